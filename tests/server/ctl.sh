# Sourced by tests of hutongctl: a private server of its own, and TAP.
#   start_server; t NAME COMMAND…; same NAME WANT GOT; rc_of NAME CODE COMMAND…; done_testing

set -u
: "${top_srcdir:=.}" "${top_builddir:=.}"
tmp=$(mktemp -d "${TMPDIR:-/tmp}/hutong-XXXXXX")
ctl=$top_builddir/hutongctl
pid=
n=0
HUTONG_CONFIG=$tmp/hutong.conf HUTONG_TODAY=2026-11-22
export HUTONG_CONFIG HUTONG_TODAY
unset HUTONG_USER HUTONG_LANG LANGUAGE 2>/dev/null
LC_ALL=C.UTF-8
export LC_ALL

stop_server() {
	[ -z "$pid" ] && return 0
	kill "$pid" 2>/dev/null
	wait "$pid"
	stopped=$?
	pid=
}
clean() {
	stop_server
	rm -rf "$tmp"
}
trap clean EXIT

make_server() {
	cat >"$tmp/hutong.conf" <<END
server = { private = true; data_dir = "data"; socket = "s";
  forms_dir = "$top_srcdir/forms"; roles = "$top_srcdir/conf/roles.conf";
  import_dir = "$top_srcdir/conf/import"; };
limits = { sessions_per_user = 100; requests_per_second = 1000000; };
private = { allow_combined_roles = true; allow_act_as = true; allow_today = true; };
END
	"$top_builddir/hutongd" --init --private 2>/dev/null
}

# The server says that it is ready on its stderr; the rest goes to a file.
start_server() {
	[ -e "$tmp/data" ] || make_server || { echo "Bail out! no store"; exit 1; }
	[ -p "$tmp/said" ] || mkfifo "$tmp/said"
	"$top_builddir/hutongd" --foreground 2>"$tmp/said" &
	pid=$!
	exec 3<"$tmp/said"
	while IFS= read -r line <&3; do
		case $line in
		*\ ready\ *) break ;;
		esac
	done
	cat <&3 >>"$tmp/log" &
	exec 3<&-
}

result() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
	fi
}

t() {
	name=$1
	shift
	"$@" >"$tmp/out" 2>"$tmp/err"
	r=$?
	result "$r" "$name"
	[ "$r" = 0 ] || sed 's/^/# /' "$tmp/out" "$tmp/err"
}

# Output on stdout must be this.
same() {
	if [ "$2" = "$3" ]; then
		result 0 "$1"
	else
		result 1 "$1"
		printf '%s\n' "want: $2" "got: $3" | sed 's/^/# /'
	fi
}

# The exit code must be this; stdout in $tmp/out, stderr in $tmp/err.
rc_of() {
	name=$1 want=$2
	shift 2
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	same "$name" "$want" "$?"
}

has() { # has NAME WORDS FILE
	if grep -qF -- "$2" "$3"; then
		result 0 "$1"
	else
		result 1 "$1"
		sed 's/^/# /' "$3"
	fi
}

done_testing() {
	stop_server
	same "the server ended well" 0 "$stopped"
	echo "1..$n"
}
