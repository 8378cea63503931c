# The county clerk: a roster comes by sftp, is imported on screen, the result and a workbook go back
# by sftp. Sourced by sshd.sh after family.sh or alone.

# Three good rows and one whose number is wrong; GB18030, as spreadsheets of the townships save.
roster() {
	iconv -f utf-8 -t gb18030 <<'END'
序号,姓名,性别,公民身份号码,村(居)代码,父亲姓名,父亲是否外出,委托照护人姓名,与儿童关系,委托照护人电话
1,陈一鸣,男,320681201903010012,320681109218,陈大海,是,周秀英,祖母,13911112222
2,陈二妹,女,320681202004120028,320681109218,陈大海,是,周秀英,祖母,13911112222
3,顾三江,男,320681202105230031,320681109219,顾小军,是,顾老四,祖父,13933334444
4,错四海,男,320681202105230032,320681109219,错大海,是,错老四,祖父,13955556666
END
}

# sftp_clerk: commands on stdin.
sftp_clerk() {
	sftp $SSH_OPTIONS -b - -P "$BOX_PORT" "$CLERK@127.0.0.1"
}

puts_roster() {
	roster >"$T/花名册.csv"
	echo "put $T/花名册.csv in/" | sftp_clerk
}

imports() {
	before=$(ctl "$CLERK" count child)
	screen "$CLERK" -m 20 -w 今日工作 -k '=81\r' -w 导入哪个文件 -w 花名册.csv -k 1 \
		-w 导入成什么 -k '\r' -w 前几行会这样 -k "$F3" -w 对上了吗 -k 1 -w 还没有导入 -w '退回 1' -k "$F3" -w 现在导入吗 -k 1 \
		-w 导入结果 -w '存入 3' -w '退回 1' -k "$F3" -w 今日工作 $QUIT &&
		[ "$(ctl "$CLERK" count child)" = $((before + 3)) ]
}

exports() {
	screen "$CLERK" -m 20 -w 今日工作 -k '=82\r' -w 导出什么 -k '\r' -w 做什么用 -k '开学排查\r' \
		-w 导出成 -k 1 -w 已放进取件箱 $QUIT
}

# What was refused and why, and a workbook that holds the children.
takes_home() {
	mkdir "$T/home.clerk"
	echo "get out/* $T/home.clerk/" | sftp_clerk && ls "$T/home.clerk" &&
		grep -q '^4,id_no,id_checksum,' "$T/home.clerk/"*.csv &&
		chmod a+r "$T/home.clerk/"* &&
		ctl "$CLERK" import child "$(ls "$T/home.clerk/"child-*.xlsx)" --dry-run >"$T/again" &&
		cat "$T/again" && grep -q '^accepted 0$' "$T/again" && grep -q '^rejected 0$' "$T/again"
}

is "a roster goes into the box" puts_roster
is "the clerk imports it on screen" imports
is "he exports the children on screen" exports
is "result and workbook come out of the box" takes_home
