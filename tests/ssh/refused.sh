# Everything else that ssh can be asked for. Sourced by sshd.sh.

# command_refused OPTION: the sentence comes and nothing of the command.
command_refused() {
	if ssh $SSH_OPTIONS "$1" -p "$PORT" "$DIRECTOR@127.0.0.1" "touch $T/home/$DIRECTOR/made; id" \
		>"$T/said" 2>&1; then return 1; fi
	cat "$T/said"
	[ ! -e "$T/home/$DIRECTOR/made" ] && ! grep -q uid= "$T/said" &&
		grep -q 护童只能在终端里使用 "$T/said"
}

no_terminal() {
	if over "$DIRECTOR" -T >"$T/out" 2>"$T/said"; then return 1; fi
	cat "$T/said"
	[ ! -s "$T/out" ] && grep -q 这里不是终端 "$T/said"
}

# The password was right and still the door is shut: files have the box port. (What a subsystem says on
# stderr sshd throws away, so no sentence can be asked for here.)
copy_refused() {
	! scp -o LogLevel=VERBOSE $SSH_OPTIONS "$1" -P "$PORT" "$T/askpass" \
		"$DIRECTOR@127.0.0.1:copied" 2>"$T/said" &&
		cat "$T/said" && grep -q '^Authenticated to' "$T/said" &&
		! scp $SSH_OPTIONS "$1" -P "$PORT" "$DIRECTOR@127.0.0.1:/etc/passwd" "$T/copied" &&
		[ ! -e "$T/home/$DIRECTOR/copied" ] && [ ! -s "$T/copied" ]
}

sftp_refused() {
	! echo "get /etc/passwd $T/copied" | sftp -o LogLevel=VERBOSE $SSH_OPTIONS -b - -P "$PORT" \
		"$DIRECTOR@127.0.0.1" >"$T/said" 2>&1 &&
		cat "$T/said" && grep -q '^Authenticated to' "$T/said" && [ ! -s "$T/copied" ]
}

# A forwarded port must not lead to the sshd behind it, which would greet with its version.
# through OPTION BYTES: opens the forward OPTION on a local port and sends BYTES (printf) into it.
through() {
	f_port=$((PORT + 11000))
	ssh -o LogLevel=INFO $SSH_OPTIONS -E "$T/said" -M -S "$T/master" -f -N "$1" "$(printf "$2" "$f_port")" -p "$PORT" \
		"$DIRECTOR@127.0.0.1" || return 1
	bash -c "exec 3<>/dev/tcp/127.0.0.1/$f_port; printf '$3' >&3; timeout 20 cat <&3" >"$T/came"
	ssh -F none -S "$T/master" -O exit -p "$PORT" "$DIRECTOR@127.0.0.1" 2>/dev/null
	cat "$T/said"
	grep -q 'administratively prohibited' "$T/said" && ! grep -qa SSH- "$T/came"
}

forward_refused() {
	through -L "127.0.0.1:%d:127.0.0.1:$PORT" ''
}

socks_refused() {
	through -D '127.0.0.1:%d' "$(printf '\\005\\001\\000\\005\\001\\000\\001\\177\\000\\000\\001\\%03o\\%03o' \
		$((PORT / 256)) $((PORT % 256)))"
}

stdio_refused() {
	timeout 20 ssh -o LogLevel=INFO $SSH_OPTIONS -W "127.0.0.1:$PORT" -p "$PORT" "$DIRECTOR@127.0.0.1" >"$T/came" 2>&1
	grep -q 'administratively prohibited' "$T/came" && ! grep -qa SSH- "$T/came"
}

remote_refused() {
	! timeout 20 ssh $SSH_OPTIONS -N -o ExitOnForwardFailure=yes -R "$1" -p "$PORT" \
		"$DIRECTOR@127.0.0.1" >"$T/said" 2>&1 && grep -q 'forwarding failed' "$T/said"
}

# What a user might have put into his home before: none of it runs at sign-in.
home_is_dead() {
	h=$T/home/$DIRECTOR
	mkdir "$h/.ssh"
	for f in .ssh/rc .profile .bashrc; do
		echo "touch $h/ran" >"$h/$f"
	done
	echo "HUTONG_CONFIG=$h/other.conf" >"$h/.ssh/environment"
	chown -R "$DIRECTOR:" "$h/.ssh"
	screen "$DIRECTOR" -w 今日工作 $QUIT && [ ! -e "$h/ran" ]
}

# Variables of the client: none but the locale arrives, and the program looks at no other.
environment_is_dead() {
	screen_with='-o SetEnv=HUTONG_CONFIG=/etc/passwd'
	"$build/tests/screen/screen_shot" -w 今日工作 $QUIT ssh $SSH_OPTIONS $screen_with \
		-o SetEnv=LC_HUTONG=x -tt -p "$PORT" "$DIRECTOR@127.0.0.1"
}

effective() {
	/usr/sbin/sshd -T -f "$T/sshd.conf" -C "user=$DIRECTOR,host=x,addr=127.0.0.1" >"$T/effective" &&
		for line in 'disableforwarding yes' 'permittunnel no' 'permituserrc no' 'x11forwarding no' \
			'allowagentforwarding no' 'permituserenvironment no' 'usepam yes' \
			'passwordauthentication no'; do
			grep -qi "^$line" "$T/effective" || { echo "$line"; return 1; }
		done
}

is "sshd itself says that nothing but the screens is open" effective
is "a command is refused" command_refused -T
is "a command with a terminal is refused" command_refused -tt
is "without a terminal a sentence says what to do" no_terminal
is "scp is refused" copy_refused -s
is "the old scp is refused" copy_refused -O
is "sftp is refused on the main port" sftp_refused
is "-L leads nowhere" forward_refused
is "-D leads nowhere" socks_refused
is "-W leads nowhere" stdio_refused
is "-R is refused" remote_refused "0:127.0.0.1:$PORT"
is "-R of a socket is refused" remote_refused "$T/home/$DIRECTOR/s:127.0.0.1:$PORT"
is "nothing in the home directory runs" home_is_dead
is "no variable of the client counts" environment_is_dead
