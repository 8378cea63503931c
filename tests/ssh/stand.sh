# A county on this machine for the tests of signing in, sourced by sshd.sh: real users with passwords,
# a hutongd run by a user of its own, and two real sshd on loopback whose configuration is made from
# conf/sshd and conf/hutong.conf: only paths, ports and the group's name differ. POSIX sh, root.
#
# stand_open makes it and sets: T (its directory), PORT, BOX_PORT, and the logins below.
# stand_close takes everything away again: processes, users, groups, files.

top=${top_srcdir:-.}
build=${top_builddir:-$top/build}
top=$(CDPATH='' cd -- "$top" && pwd)
build=$(CDPATH='' cd -- "$build" && pwd)

tag=$$
GROUP=hutong-users-test$tag
PAM=ht-sshd$tag           # PAM service and name of both sshd
SERVER=ht-server$tag      # runs hutongd
SECURITY=ht-anquan$tag    # 安全管理员
SYSTEM=ht-xitong$tag      # 系统管理员
DIRECTOR=ht-zhuren$tag    # 儿童主任 of 320681109217
NEIGHBOUR=ht-linju$tag    # 儿童主任 of 320681109218
SUPERVISOR=ht-dudao$tag   # 儿童督导员 of 320681109000
CLERK=ht-keyuan$tag       # 县民政局
NOPOST=ht-wugang$tag      # a login that Hutong does not know
DISABLED=ht-tingyong$tag
EXPIRED=ht-daoqi$tag
PERSONS="$SECURITY $SYSTEM $DIRECTOR $NEIGHBOUR $SUPERVISOR $CLERK $NOPOST $DISABLED $EXPIRED"
PASSWORD=Hutong-$tag-Mima.9

T='' PORT='' BOX_PORT='' SERVER_PID='' PIDS='' MADE_RUN_SSHD=''

# --- TAP ---

count=0 failed=0

# is WHAT COMMAND...: passes when the command succeeds; its output explains a failure.
is() {
	what=$1
	shift
	count=$((count + 1))
	if "$@" >"$T/why" 2>&1 </dev/null; then
		echo "ok $count - $what"
	else
		echo "not ok $count - $what"
		echo "# $*" | cut -c1-300
		sed 's/^/# /' "$T/why"
		failed=$((failed + 1))
	fi
}

bail() {
	echo "Bail out! $*"
	exit 1
}

# --- processes ---

# serve NAME READY COMMAND...: starts it and returns when a line of its stderr holds READY; 1 when it
# ended before. PID is set; what it said is in $T/NAME.log.
serve() {
	s_name=$1 s_ready=$2 told=''
	shift 2
	rm -f "$T/$s_name.err" "$T/$s_name.up"
	mkfifo "$T/$s_name.err" "$T/$s_name.up"
	(
		while IFS= read -r line; do
			printf '%s\n' "$line" >>"$T/$s_name.log"
			case $line in
			*"$s_ready"*) [ -z "$told" ] && echo up >"$T/$s_name.up"; told=1 ;;
			esac
		done
		[ -n "$told" ] || echo ended >"$T/$s_name.up"
	) <"$T/$s_name.err" &
	PIDS="$! $PIDS"
	"$@" 2>"$T/$s_name.err" >/dev/null </dev/null &
	PID=$!
	read -r s_state <"$T/$s_name.up"
	if [ "$s_state" = up ]; then
		PIDS="$PID $PIDS"
		return 0
	fi
	wait "$PID" || true
	return 1
}

end_processes() {
	for p in $PIDS; do
		kill "$p" 2>/dev/null || true
		wait "$p" 2>/dev/null || true
	done
	PIDS=''
}

# --- users ---

make_users() {
	groupadd "$GROUP" || return 1
	useradd --system --no-create-home --home-dir / --shell /usr/sbin/nologin "$SERVER" || return 1
	mkdir "$T/home"
	for u in $PERSONS; do
		useradd --create-home --home-dir "$T/home/$u" --shell /bin/sh --groups "$GROUP" "$u" ||
			return 1
	done
	for u in $PERSONS; do echo "$u:$PASSWORD"; done | chpasswd 2>"$T/chpasswd.log" || return 1
}

# Only users of this run: their names hold its number.
drop_users() {
	for u in $PERSONS $SERVER; do
		id -u "$u" >/dev/null 2>&1 || continue
		for p in $(ps -o pid= -u "$u"); do kill -KILL "$p" 2>/dev/null || true; done
		userdel -f "$u" >/dev/null 2>&1 || true
		rm -f "/var/mail/$u" "/run/faillock/$u"
		groupdel "$u" >/dev/null 2>&1 || true
	done
	groupdel "$GROUP" >/dev/null 2>&1 || true
}

# as LOGIN COMMAND...: in a session of that user on this machine.
as() {
	a_user=$1
	shift
	setpriv --reuid "$a_user" --regid "$a_user" --init-groups \
		env HOME="$T/home/$a_user" USER="$a_user" LOGNAME="$a_user" HUTONG_CONFIG="$T/hutong.conf" \
		LC_ALL=C.UTF-8 "$@"
}

ctl() {
	c_user=$1
	shift
	as "$c_user" "$T/bin/hutongctl" "$@"
}

# --- configuration ---

# The shipped hutong.conf with the paths of this stand; every edit has to hit.
write_hutong_conf() {
	sed -e "s|# data_dir = .*|data_dir = \"$T/data\";|" \
		-e "s|# socket = .*|socket = \"$T/run/socket\";|" \
		-e "s|# forms_dir = .*|forms_dir = \"$T/forms\";|" \
		-e "s|# box_dir = .*|box_dir = \"$T/box\";|" \
		"$top/conf/hutong.conf" >"$T/hutong.conf"
	[ "$(grep -c "\"$T/" "$T/hutong.conf")" -eq 4 ] || return 1
	mkdir "$T/import"
	cp "$top/conf/roles.conf" "$T/roles.conf"
	cp "$top"/conf/import/* "$T/import/"
}

# A system's sshd_config as Debian ships it, with the file that the administrator adds.
write_sshd_conf() {
	mkdir "$T/sshd_config.d"
	sed -e "s|hutong-users|$GROUP|" \
		-e "s|/usr/bin/hutong|$T/bin/hutong --config $T/hutong.conf|" \
		"$top/conf/sshd/hutong.conf" >"$T/sshd_config.d/hutong.conf"
	grep -q "Match Group $GROUP" "$T/sshd_config.d/hutong.conf" || return 1
	cat >"$T/sshd_config" <<END
Include $T/sshd_config.d/*.conf
Port PORT
ListenAddress 127.0.0.1
MaxStartups 100
HostKey $T/host_key
PidFile none
KbdInteractiveAuthentication no
UsePAM yes
X11Forwarding yes
PrintMotd no
AcceptEnv LANG LC_*
Subsystem sftp /usr/lib/openssh/sftp-server
END
	sed -e "s|^Port .*|Port PORT\nListenAddress 127.0.0.1|" \
		-e "s|^HostKey .*|HostKey $T/host_key|" -e "s|^PidFile .*|PidFile none|" \
		-e "s|hutong-users|$GROUP|" -e "s|/var/lib/hutong-box|$T/box|" \
		"$top/conf/sshd/box.conf" >"$T/box_config"
	grep -q "^ChrootDirectory $T/box/%u" "$T/box_config"
}

# The system's PAM stack of sshd with the shipped one in its place, as conf/pam/hutong says. sshd asks
# for the service of its own name, so a link of that name starts it.
write_pam() {
	grep -v '^#' "$top/conf/pam/hutong" >"/etc/pam.d/$PAM-stack" || return 1
	sed -e "s|^@include common-auth|auth substack $PAM-stack|" \
		-e "s|^@include common-account|account include $PAM-stack|" \
		-e "s|^@include common-password|password include $PAM-stack|" \
		/etc/pam.d/sshd >"/etc/pam.d/$PAM"
	ln -s /usr/sbin/sshd "$T/$PAM"
	[ "$(grep -c "$PAM-stack" "/etc/pam.d/$PAM")" -eq 3 ]
}

# sshd_serve CONFIG NAME: on a free port of loopback, which becomes FOUND.
sshd_serve() {
	FOUND=$((20000 + $$ % 10000))
	for try in 1 2 3 4 5 6 7 8 9 10; do
		FOUND=$((FOUND + 997 * try % 1000))
		sed "s|^Port PORT|Port $FOUND|" "$T/$1" >"$T/$2.conf"
		/usr/sbin/sshd -t -f "$T/$2.conf" >"$T/$2.said" 2>&1 || return 1
		serve "$2" "Server listening on" "$T/$PAM" -D -e -f "$T/$2.conf" && return 0
	done
	return 1
}

install_programs() {
	mkdir "$T/bin"
	for p in hutong hutongctl hutongd; do
		cp "$build/$p" "$T/bin/$p" || return 1
	done
	cp -R "$top/forms" "$T/forms"
	chmod -R a+rX "$T/forms"
	mkdir -m 0755 "$T/run"
	mkdir -m 0700 "$T/data"
	chown "$SERVER" "$T/run" "$T/data"
}

server_start() {
	serve hutongd " ready " setpriv --reuid "$SERVER" --regid "$SERVER" --clear-groups \
		"$T/bin/hutongd" --config "$T/hutong.conf" --foreground || return 1
	SERVER_PID=$PID
}

# --- the county's users, as the README tells administrators to make them ---

make_county() {
	setpriv --reuid "$SERVER" --regid "$SERVER" --clear-groups \
		"$T/bin/hutongd" --config "$T/hutong.conf" --init --security-admin "$SECURITY" || return 1
	server_start || return 1
	ctl "$SECURITY" user add "$SYSTEM" --role system_admin --name 赵系统 || return 1
	ctl "$SYSTEM" division load "$top/tests/data/320681-qidong.csv" || return 1
	add="ctl $SECURITY user add"
	$add "$DIRECTOR" --role director --division 320681109217 --name 李桂兰 || return 1
	$add "$NEIGHBOUR" --role director --division 320681109218 --name 张秀珍 || return 1
	$add "$SUPERVISOR" --role supervisor --division 320681109000 --name 王建国 || return 1
	$add "$CLERK" --role county_clerk --division 320681000000 --name 陈明 || return 1
	$add "$DISABLED" --role director --division 320681109217 --name 停用人 || return 1
	ctl "$SECURITY" user disable "$DISABLED" || return 1
	$add "$EXPIRED" --role director --division 320681109217 --name 到期人 --until 2020-01-31
}

# --- opening and closing ---

stand_open() {
	# Not below /tmp: the way to a chroot must belong to root and be writable by nobody else.
	T=$(mktemp -d /var/lib/hutong-test.XXXXXX) || return 1
	chmod 0755 "$T"
	[ -d /run/sshd ] || { mkdir -m 0755 /run/sshd && MADE_RUN_SSHD=1; }
	make_users || { echo "# users could not be made"; return 1; }
	install_programs || { echo "# programs are missing"; return 1; }
	write_hutong_conf || { echo "# conf/hutong.conf was not understood"; return 1; }
	write_sshd_conf || { echo "# conf/sshd was not understood"; return 1; }
	write_pam || { echo "# /etc/pam.d/sshd was not understood"; return 1; }
	ssh-keygen -q -t ed25519 -N '' -f "$T/host_key" || return 1
	"$top/scripts/hutong-box" --dir "$T/box" add "$CLERK" "$DIRECTOR" || return 1
	sshd_serve sshd_config sshd || { sed 's/^/# /' "$T/sshd.said" "$T/sshd.log"; return 1; }
	PORT=$FOUND
	sshd_serve box_config box || { sed 's/^/# /' "$T/box.said" "$T/box.log"; return 1; }
	BOX_PORT=$FOUND
	printf '#!/bin/sh\necho "$HT_PASSWORD"\n' >"$T/askpass"
	chmod 0755 "$T/askpass"
	export SSH_ASKPASS="$T/askpass" SSH_ASKPASS_REQUIRE=force HT_PASSWORD="$PASSWORD"
	make_county >"$T/county.log" 2>&1 || { sed 's/^/# /' "$T/county.log"; return 1; }
}

stand_close() {
	end_processes
	drop_users
	rm -f "/etc/pam.d/$PAM" "/etc/pam.d/$PAM-stack"
	# another stand on this machine may need it still
	[ -z "$MADE_RUN_SSHD" ] || ls /etc/pam.d/ht-sshd* >/dev/null 2>&1 ||
		rmdir /run/sshd 2>/dev/null || true
	[ -z "$T" ] || rm -rf "$T"
}

# Answers the question of the first sign-in for everybody, as they did before.
answer_terminals() {
	for u in $PERSONS; do
		printf utf-8 >"$T/home/$u/.hutong-terminal"
		chown "$u:" "$T/home/$u/.hutong-terminal"
	done
}

# --- clients ---

SSH_OPTIONS='-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR
 -o NumberOfPasswordPrompts=1 -o PreferredAuthentications=keyboard-interactive -o ConnectTimeout=20
 -o BatchMode=no -o IdentityAgent=none -o IdentityFile=none'

# over LOGIN [ARGUMENT...]: ssh to the main port; over_box the same to the box port.
over() {
	o_user=$1
	shift
	ssh $SSH_OPTIONS -p "$PORT" "$@" "$o_user@127.0.0.1"
}

# Keys as terminals send them.
F3='\e3' F6='\e6' F9='\e9' F10='\e0' PGDN='\e[6~'

# The last steps of a person who leaves from the first screen.
QUIT='-k \e3 -w 现在退出护童吗 -k 1 -x'

# screen LOGIN STEP...: a person at a terminal of 80x24; steps are those of screen_shot.
screen() {
	u=$1
	shift
	"$build/tests/screen/screen_shot" "$@" ssh $SSH_OPTIONS -tt -p "$PORT" "$u@127.0.0.1"
}
