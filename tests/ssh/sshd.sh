#!/bin/sh
# Real sign-ins over ssh with passwords on loopback: what a login reaches, what it is told, and that
# it reaches nothing else. TAP. Needs root; the stand is stand.sh, the journeys are family.sh and
# clerk.sh.
#   sshd.sh [PART...]     only these parts (signin refused box family clerk); all without arguments
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if [ "$(id -u)" -ne 0 ]; then
	echo "1..1"
	echo "ok 1 - ssh # SKIP 需要 root"
	exit 0
fi
if [ -n "${HUTONG_SANITIZED:-}" ] && [ $# -eq 0 ]; then
	echo "1..1"
	echo "ok 1 - ssh # SKIP 只在普通构建里跑，sanitizer 构建由画面测试和服务器测试代替"
	exit 0
fi
for p in /usr/sbin/sshd ssh sftp; do
	command -v "$p" >/dev/null || { echo "1..0 # SKIP 需要 openssh"; exit 0; }
done
. "$here/stand.sh"

trap stand_close EXIT
trap 'exit 130' INT TERM HUP
stand_open || bail "the stand could not be opened"

[ $# -gt 0 ] || set -- signin refused box family clerk
case $1 in
signin) ;;
*) answer_terminals ;;
esac
for part in "$@"; do
	. "$here/$part.sh"
done
# All of it left a whole register and no complaint of the server or a sanitizer.
whole() {
	kill "$SERVER_PID" && wait "$SERVER_PID" || return 1
	cat "$T/hutongd.log"
	! grep -qE ' error |Sanitizer|runtime error' "$T/hutongd.log" || return 1
	setpriv --reuid "$SERVER" --regid "$SERVER" --clear-groups \
		"$T/bin/hutongd" --config "$T/hutong.conf" --verify
}
is "the server ends well and the register is whole" whole
echo "1..$count"
[ "$failed" -eq 0 ]
