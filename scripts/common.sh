# Shared by scripts/test, scripts/demo and scripts/serve: packages, build, messages. POSIX sh, sourced.
# Sets top (the tree that is built), uses HUTONG_BUILD for the build directory's name.

set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
top=$here

PACKAGES='gcc make git autoconf automake pkg-config gettext locales unicode-data
libncurses-dev ncurses-term libdb5.3-dev libpam0g-dev libconfig-dev libtalloc-dev libmsgpack-dev
libcsv-dev libxlsxwriter-dev libzip-dev libexpat1-dev libcriterion-dev libvterm-dev
libpango1.0-dev fonts-noto-cjk fonts-hanazono poppler-utils openssh-server openssh-client sshpass'
FULL_PACKAGES='clang libsqlite3-dev postgresql postgresql-contrib libpq-dev valgrind'

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

missing_packages() {
	for p in "$@"; do
		dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$p"
	done
}

# Installs what is missing when root; else says which command an administrator should run.
ensure_packages() {
	need=$(missing_packages "$@")
	[ -n "$need" ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		die "缺少软件包，请管理员运行: apt-get install $need"
	fi
	say "安装软件包: $need"
	apt_log=$(mktemp)
	if ! { apt-get -o DPkg::Lock::Timeout=60 update &&
		DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=60 install -y \
			--no-install-recommends $need; } >"$apt_log" 2>&1 </dev/null; then
		cat "$apt_log" >&2
		die "软件包没有装上，请检查网络和软件源后再试"
	fi
	rm -f "$apt_log"
}

# A tree that this user cannot write is copied to a place of his own and built there.
writable_tree() {
	[ -w "$here" ] && { [ ! -e "$here/configure" ] || [ -w "$here/configure" ]; } && return 0
	top=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/hutong/src
	mkdir -p "$top" 2>/dev/null || { top=$(mktemp -d); }
	(cd "$here" && tar cf - --exclude=./build --exclude='./build-*' --exclude=./.git .) |
		(cd "$top" && tar xf -)
}

# build NAME [configure options]: configures and makes $top/NAME; quiet unless it fails.
build() {
	b_name=$1
	shift
	mkdir -p "$top/$b_name"
	b_log=$top/$b_name/build.log
	exec 9>"$top/.build.lock"
	flock 9
	if ! {
		cd "$top" &&
			{ [ configure -nt configure.ac ] && [ -e build-aux/tap-driver.sh ] || autoreconf -i; } &&
			cd "$b_name" &&
			{ [ -e Makefile ] && [ Makefile -nt ../configure ] || ../configure -q "$@"; } &&
			make -s -j"$(nproc)"
	} >"$b_log" 2>&1 </dev/null; then
		tail -n 60 "$b_log" >&2
		die "构建失败，全部输出在 $b_log"
	fi
	exec 9>&-
	cd "$top"
}
