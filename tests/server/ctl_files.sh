#!/bin/sh
# hutongctl: import and export of files; the roster of 2,004 rows against its expected outcomes.
. "$top_srcdir/tests/server/ctl.sh"
roster=$top_srcdir/tests/data/qidong-2000.csv
want=$top_srcdir/tests/data/qidong-2000.expected.csv

start_server
"$ctl" division load "$top_srcdir/tests/data/320681-qidong.csv" >/dev/null 2>&1

# row,code of every rejected row
awk -F, 'NR > 1 && $2 == "rejected" { sub(/\r$/, "", $3); print NR - 1 "," $3 }' "$want" >"$tmp/want"
refused() { sed 1d "$1" | cut -d, -f1,3; }
counts="accepted 1868
incomplete 53
unchanged 0
rejected 132
skipped 4"

rc_of "a preview stores nothing" 0 "$ctl" import child "$roster" --map roster --preview
has "and shows which column fills what" "父亲的电话" "$tmp/out"
has "dates as they would be kept" "2021-08-24 " "$tmp/out"
has "and what is not kept" "（行号，不存）" "$tmp/out"
has "and what every new child gets" "儿童类别 农村留守儿童" "$tmp/out"
rc_of "a dry run says how it will end" 1 "$ctl" import child "$roster" --dry-run --rejects "$tmp/dry"
same "with the same counts" "$counts" "$(head -n 5 "$tmp/out")"
same "and the same rejects" "$(cat "$tmp/want")" "$(refused "$tmp/dry")"
same "but keeps no child" 0 "$("$ctl" count child)"
same "nor a person" 0 "$("$ctl" count person)"

# killed as soon as something is stored, then run again
"$ctl" import child "$roster" >/dev/null 2>&1 &
import=$!
while kill -0 "$import" 2>/dev/null && [ "$("$ctl" count child)" = 0 ]; do :; done
kill -9 "$import" 2>/dev/null
wait "$import" 2>/dev/null
rc_of "a killed import goes on" 1 "$ctl" import child "$roster" --map roster --rejects "$tmp/rej"
has "and says so" "接着上次导入" "$tmp/err"
same "counts are those of the whole file" "$counts" "$(head -n 5 "$tmp/out")"
has "and how many meet the definition" "符合 " "$tmp/out"
same "rejects are those expected" "$(cat "$tmp/want")" "$(refused "$tmp/rej")"
same "heading of the rejects" "row,field,code,message" "$(head -n 1 "$tmp/rej")"
same "1868 are stored" 1868 "$("$ctl" count child)"
versions=$("$ctl" list child --json --fields id | grep -c '"version":1}')
same "each was written once" 1868 "$versions"

rc_of "a second run" 1 "$ctl" import child "$roster" --json
has "changes nothing" '"accepted":0,"incomplete":0,"unchanged":1868,"rejected":132' "$tmp/out"
has "and says so" "没有变化" "$tmp/err"

# --- export, and the way back ---
rc_of "export needs a purpose" 2 "$ctl" export child --csv "$tmp/x.csv"
rc_of "export CSV" 0 "$ctl" export child --csv "$tmp/x.csv" --purpose 测试
rc_of "export XLSX" 0 "$ctl" export child --xlsx "$tmp/x.xlsx" --purpose 测试
for f in x.csv x.xlsx; do
	rc_of "$f comes back" 0 "$ctl" import child "$tmp/$f" --json
	has "$f changes nothing" '"accepted":0,"incomplete":0,"unchanged":1868,"rejected":0' "$tmp/out"
done
same "every child is as it was" 1868 "$("$ctl" list child --json --fields id | grep -c '"version":1}')"
rc_of "export of some" 0 "$ctl" export child --where "school_state = 小学" --fields name,father.name --purpose 测试
same "with labels as headings" "姓名,父亲·姓名" "$(head -n 1 "$tmp/out")"
same "the purpose stands in the trail" 1 \
	"$("$ctl" audit list --op export.begin --newest --limit 1 --json | grep -c 测试)"
"$ctl" user add wangfang --role director --division 320681100001 2>/dev/null
HUTONG_USER=wangfang rc_of "a director exports nothing" 4 "$ctl" export child --purpose 测试

# --- files that are wrong ---
printf '姓名,性别\n王小雨,女\n李四,"男\n' >"$tmp/quote.csv"
rc_of "a quote never closed" 2 "$ctl" import child "$tmp/quote.csv"
has "with its row" "第 3 行" "$tmp/err"
{
	echo "启东市汇龙镇花名册,,,,,,"
	echo "序号,儿童信息,,村(居)代码,父亲,,备注"
	echo ",姓名,出生日期,,姓名,电话,"
	echo "1,钱双行,2016-03-04,320681100001,钱大,13905130001,"
} >"$tmp/two.csv"
rc_of "a heading of two rows" 0 "$ctl" import child "$tmp/two.csv" --map roster
same "is read as one" "钱大,13905130001" \
	"$("$ctl" list child --where "name = '钱双行'" --fields father.name,father.phone --csv | tail -n 1)"
printf 'a,b\n1,2\n' >"$tmp/strange.csv"
rc_of "no heading" 2 "$ctl" import child "$tmp/strange.csv"
{
	echo "姓名,性别,公民身份号码"
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "女,32068120210824188$i,汇龙镇"; done
} >"$tmp/shift.csv"
printf '姓名,性别,村代码\n王2,女,320681100001\n' >"$tmp/bad.csv"
rc_of "a file of which nothing is taken" 1 "$ctl" import child "$tmp/bad.csv" --map roster
has "does not say it is registered" "1 行没有登记" "$tmp/err"
rc_of "shifted columns" 5 "$ctl" import child "$tmp/shift.csv"
has "named" "错位" "$tmp/err"
"$ctl" import child "$tmp/shift.csv" --preview >"$tmp/out" 2>/dev/null
has "and marked in the preview" "! 汇龙镇" "$tmp/out"
printf '启东市花名册,,\n\n姓名,村代码,公民身份号码\n赵一,320681100001,3.20681E+17\n钱二,320681100001,\n' \
	>"$tmp/lost.csv"
rc_of "an ID that lost its digits" 1 "$ctl" import child "$tmp/lost.csv" --rejects "$tmp/rej"
same "is refused with its row" "1,lost_digits" "$(refused "$tmp/rej")"
has "and the row behind it is stored" "accepted 1" "$tmp/out"
rc_of "no such file" 3 "$ctl" import child "$tmp/none.csv"
rc_of "no such map" 2 "$ctl" import child "$tmp/lost.csv" --map none
rc_of "no such encoding" 2 "$ctl" import child "$tmp/lost.csv" --encoding latin1
done_testing
