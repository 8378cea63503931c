# Who gets in, and what those who do not are told. Sourced by sshd.sh.

# turned_away LOGIN SENTENCE: the sentence and nothing else: no screen, and the line ends.
turned_away() {
	screen "$1" -w "$2" -x -n 今日工作
}

# Says first_time when the question about the characters comes, as it does once for each login.
signs_in() {
	screen "$1" -w 'Neng kan qing' -k 1 -w 今日工作 -w "$2" $QUIT
}

wrong_password() {
	! HT_PASSWORD=wrong over "$DIRECTOR" -tt 2>"$T/said" && grep -q 'Permission denied' "$T/said"
}

# Five wrong passwords lock one login, and only that one (conf/pam/hutong); all at once, for each
# wrong one costs its asker two seconds.
locks_after_five() {
	tries=''
	for n in 1 2 3 4 5; do
		HT_PASSWORD=wrong over "$EXPIRED" -tt >/dev/null 2>&1 &
		tries="$! $tries"
	done
	wait $tries
	! over "$EXPIRED" -tt 2>"$T/said" && grep -q 'Permission denied' "$T/said" &&
		turned_away "$DISABLED" 您的护童账号已停用 &&
		faillock --user "$EXPIRED" --reset && turned_away "$EXPIRED" 您的护童账号已到期
}

told_in_production() {
	! as "$DIRECTOR" env HUTONG_USER="$CLERK" "$T/bin/hutongctl" count child 2>"$T/said" &&
		grep -q 'HUTONG_USER' "$T/said"
}

is "a director signs in and sees his own name" signs_in "$DIRECTOR" 李桂兰
is "the second time nothing is asked" screen "$DIRECTOR" -w 今日工作 -n 'Neng kan qing' $QUIT
is "a supervisor signs in" signs_in "$SUPERVISOR" 王建国
is "a county clerk signs in" signs_in "$CLERK" 陈明
is "another village's director signs in" signs_in "$NEIGHBOUR" 张秀珍
is "a wrong password is refused" wrong_password
is "a login without a post is told so" turned_away "$NOPOST" 这个登录名还没有在护童登记
is "a disabled user is told so" turned_away "$DISABLED" 您的护童账号已停用
is "an expired user is told so" turned_away "$EXPIRED" 您的护童账号已到期
is "nobody acts as another" told_in_production
is "five wrong passwords lock that login and no other" locks_after_five

# A stand-in has the other village to the last day that was said (hutongctl speaks of --until).
stands_in() {
	ctl "$SECURITY" post add "$DISABLED" --role director --division 320681109218 --acting \
		--until 2099-12-31 && ctl "$SECURITY" user list --json >"$T/users" &&
		grep -q '"to":"2099-12-31"' "$T/users"
}
is "a stand-in is named to a day" stands_in
