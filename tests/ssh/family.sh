# A family of three: registered by the director, returned by the township, mended, approved by the
# township and by the county; a director of another village finds none of it. Sourced by sshd.sh.

# The grandmother has the children: father and mother work elsewhere.
first_child() {
	screen "$DIRECTOR" -w 今日工作 -k "$F6" -w '31 儿童 > 登记' \
		-k '李小雷\r320681201405080018' -w 2014-05-08 -k "$PGDN" -w 与父亲的关系 \
		-k "张伟\r\r1$PGDN" -w 与母亲的关系 -k "李梅\r\r1$PGDN" -w '有没有委托照料人' \
		-k '1赵桂兰\rzm\r13812345678' -w 13812345678 -k "$PGDN$PGDN" -w 班主任 \
		-k 'xx\r' -w 小学 -k "$F10" -w 还没有保存 -w 赵桂兰 -k '\r' -w 今日工作 $QUIT
}

# Found while typing: the same father in the same village.
sister() {
	screen "$DIRECTOR" -w 今日工作 -k "$F6" -w '31 儿童 > 登记' \
		-k '李小月\r320681201603120025' -w 2016-03-12 -k "$PGDN" -w 与父亲的关系 -k "张伟\r" \
		-w 兄弟姐妹 -w 李小雷 -k 1 -n '- 兄弟姐妹 -' -k "$F10" -w 还没有保存 -w 赵桂兰 -k '\r' \
		-w 今日工作 $QUIT
}

# Copied from the list of what was sent up, by its option 3.
brother() {
	screen "$DIRECTOR" -w 今日工作 -k '=31\r' -w 本村儿童 -k "$F9" -w 换一个名单 -k '\r' \
		-w 照护待落实 -k 'ysb\r' -w '共2条' -k '3\r' -w '31 儿童 > 登记' \
		-k '李小宝\r320681201811090035' -w 2018-11-09 -k "$F10" -w 还没有保存 -w 赵桂兰 -k '\r' \
		-w '共3条' -k "$F3" -w 今日工作 $QUIT
}

# One grandmother, one father and one mother for all three.
shared() {
	[ "$(ctl "$DIRECTOR" count child)" = 3 ] && [ "$(ctl "$DIRECTOR" count person)" = 3 ] &&
		[ "$(ctl "$DIRECTOR" count child --where "caregiver.name = '赵桂兰'")" = 3 ]
}

# due LOGIN LABEL: the keys that open this line of the first screen.
due() {
	row=$(screen "$1" -w "$2" | sed 's/\x1b\[[0-9;]*[A-Za-z]//g' |
		sed -n "s/^[> ]*\([0-9][0-9]*\) $2.*/\1/p")
	printf '%s\\r' "${row:-99}"
}

# All three at once, with one reason and one marked field.
returned() {
	screen "$SUPERVISOR" -w 今日工作 -k "$(due "$SUPERVISOR" '待审核(镇)')" -w '共3条' -k '*' \
		-w 已选3 -k "$F9" -w 菜单 -k 'th\r' -w 哪里要改 -k '请补上现住址的门牌号\r' \
		-w 要改哪几项 -k 'xzz' -w 现住址 -k ' ' -w '[x]' -k '\r' -w '将退回 3 条' -k 1 \
		-w '退回 3 条。' -w '共0条' -k "$F3" $QUIT
}

# The list says why; its option 2 opens the form at the marked field, where typing starts at once.
mended() {
	screen "$DIRECTOR" -w 今日工作 -k "$(due "$DIRECTOR" '被退回')" -w "共$1条" \
		-w 请补上现住址的门牌号 -k '2\r' -w '> 现住址' -k "柳河村3组$1号\r" -k "$F10" \
		-w 还没有保存 -w "柳河村3组$1号" -k '\r' -w "共$2条" -k "$F3" $QUIT
}

# approved LOGIN LABEL: all that wait there, at once.
approved() {
	screen "$1" -w 今日工作 -k "$(due "$1" "$2")" -w '共3条' -k '*' -w 已选3 -k "$F9" -w 菜单 \
		-k 'shtg\r' -w '将审核通过 3 条' -k 1 -w '审核通过 3 条。' -w '共0条' -k "$F3" $QUIT
}

registered() {
	[ "$(ctl "$DIRECTOR" count child --where "state = '3'")" = "$1" ]
}

# Not by list, search, number, name or history; a number already registered tells no name.
# gone COMMAND...: the neighbour is told that there is no such thing.
gone() {
	g=0
	ctl "$NEIGHBOUR" "$@" >"$T/found" 2>&1 || g=$?
	[ $g -eq 3 ] || { echo "$* $g"; cat "$T/found"; return 1; }
}

finds_nothing() {
	ctl "$DIRECTOR" find child lxl --csv >"$T/found"
	[ "$(wc -l <"$T/found")" -eq 2 ] || { cat "$T/found"; return 1; }
	for type in child person; do
		[ "$(ctl "$NEIGHBOUR" count $type)" = 0 ] || return 1
	done
	for words in 李小雷 lxl 320681201405080018 080018 赵桂兰 13812345678; do
		ctl "$NEIGHBOUR" find child "$words" --csv >"$T/found" || return 1
		[ "$(wc -l <"$T/found")" -le 1 ] || { cat "$T/found"; return 1; }
	done
	for n in 1 2 3 4 5; do
		for type in child person change; do
			gone show "$type" "$n" --history || return 1
		done
	done
	gone set child 1 live_addr=别处 --reason 试
}

sees_nothing() {
	screen "$NEIGHBOUR" -w 今日工作 -k '/lxl' -w '共0条' -n 李小雷 -k "$F3" -w 今日工作 \
		-k "$F6" -w '31 儿童 > 登记' -k '李小雷\r320681201405080018' -w 已在别处登记 \
		-n 二厂村 -k 3 -w 不再登记 -k 1 -w 今日工作 $QUIT
}

is "the director registers a child by keyboard" first_child
is "the sister is found to be one, and shares the family" sister
is "the brother is copied from the list" brother
is "the three share their father, mother and grandmother" shared
is "the township sees the three and returns them together" returned
is "the director's list says what to do, and opens there" mended 3 2
is "the second is mended" mended 2 1
is "the third is mended" mended 1 0
is "the township approves the three" approved "$SUPERVISOR" '待审核(镇)'
is "they are not on the register before the county agreed" registered 0
is "the county approves the three" approved "$CLERK" '待审核(县)'
is "the three are on the register" registered 3
is "another village's director finds none of them by any request" finds_nothing
is "nor by his screens" sees_nothing
