# The box port: one's own two directories and nothing else. Sourced by sshd.sh.

# sftp_do LOGIN: commands on stdin, run one by one until one fails.
sftp_do() {
	sftp $SSH_OPTIONS -b - -P "$BOX_PORT" "$1@127.0.0.1"
}

puts_and_gets() {
	printf '姓名,村\n王小雨,柳河村\n' >"$T/roster.csv"
	printf 'put %s in/花名册.csv\nls in\nget in/花名册.csv %s\n' "$T/roster.csv" "$T/back.csv" |
		sftp_do "$CLERK" && cmp "$T/roster.csv" "$T/back.csv" &&
		[ "$(stat -c '%U %a' "$T/box/$CLERK/in/花名册.csv")" = "$CLERK 600" ]
}

# fails COMMAND...: the clerk is let in, and the last command is refused.
fails() {
	if { echo pwd; printf '%s\n' "$@"; } | sftp_do "$CLERK" >"$T/said" 2>&1; then return 1; fi
	cat "$T/said"
	grep -q '^Remote working directory: /$' "$T/said" &&
		[ "$(grep -c '^sftp> ' "$T/said")" -eq $(($# + 1)) ]
}

sees_only_box() {
	echo 'ls -1 /' | sftp_do "$CLERK" >"$T/ls" && [ "$(grep -v '^sftp>' "$T/ls" | tr -d '/' | sort | tr '\n' ' ')" = "in out " ]
}

no_shell() {
	! ssh $SSH_OPTIONS -p "$BOX_PORT" "$CLERK@127.0.0.1" id >"$T/out" 2>&1 &&
		! grep -q uid= "$T/out"
}

no_forward() {
	timeout 20 ssh -o LogLevel=INFO $SSH_OPTIONS -W "127.0.0.1:$PORT" -p "$BOX_PORT" "$CLERK@127.0.0.1" >"$T/came" 2>&1
	grep -q 'administratively prohibited' "$T/came" && ! grep -qa SSH- "$T/came"
}

strangers_stay_out() {
	! echo ls | sftp $SSH_OPTIONS -b - -P "$BOX_PORT" "$SERVER@127.0.0.1" &&
		! echo ls | sftp_do "$NEIGHBOUR"
}

box_list() {
	"$top/scripts/hutong-box" --dir "$T/box" list >"$T/list" &&
		grep -q "^$CLERK	投件 1	取件 0\$" "$T/list" &&
		"$top/scripts/hutong-box" --dir "$T/box" add "$CLERK" &&
		! "$top/scripts/hutong-box" --dir "$T/box" add ../x &&
		! "$top/scripts/hutong-box" --dir "$T/home/$CLERK/box" add "$CLERK"
}

is "a file goes into the box and comes out again" puts_and_gets
is "the box shows in and out and nothing else" sees_only_box
is "outside the box there is nothing: /etc/passwd" fails "get /etc/passwd $T/copied"
is "outside the box there is nothing: .." fails "get ../../../etc/passwd $T/copied"
is "outside the box there is nothing: another's box" fails "ls /../$DIRECTOR"
is "the box itself takes no files" fails "put $T/roster.csv /x.csv"
is "a link leads nowhere" fails "symlink /etc/passwd in/l" "get in/l $T/copied"
is "no command on the box port" no_shell
is "no forwarding on the box port" no_forward
is "a login without a box or group stays out" strangers_stay_out
is "hutong-box lists boxes and refuses bad names and places" box_list
rm -f "$T/box/$CLERK/in/"*
