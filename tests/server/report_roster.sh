#!/bin/sh
# T1 of the sample county: every figure of every row beside a count of its own from the exported CSV.
. "$top_srcdir/tests/server/ctl.sh"

# Ages, groups and rows are counted here from words and dates; nothing of forms/report/ is read but the
# order of the columns, which is the heading of the report.
count() { # count CSV HEADING: the report again
	awk -v heading="$2" -v day=2026-11-22 '
	function age(b, y) {
		y = substr(day, 1, 4) - substr(b, 1, 4)
		return substr(b, 6) > substr(day, 6) ? y - 1 : y
	}
	function add(row, key) { n[row "/" key]++ }
	function both(key) { add(town, key); add("all", key) }
	function one(prefix, value, words, keys,    w, k, i, m) { # a single choice
		m = split(words, w, " "); split(keys, k, " ")
		if (value == "") { both(prefix "_unknown"); return }
		for (i = 1; i <= m; i++)
			if (w[i] == value) { both(prefix "_" k[i]); return }
		both(prefix "_other")
	}
	BEGIN { FS = ","; m = split(heading, head, ",") }
	NR == FNR { gsub(/\r/, ""); if (substr($1, 10) == "000" && substr($1, 7, 3) != "000") { towns[++nt] = $1; name[$1] = $2 }
		if (substr($1, 7) == "000000") { county = $1 }; next }
	FNR == 1 { sub(/^\357\273\277/, ""); gsub(/\r|"/, ""); for (i = 1; i <= NF; i++) at[$i] = i; next }
	{
		gsub(/\r|\t|"/, "")
		if ($at["在册状态"] != "在册" || $at["认定结果"] != "符合") next
		birth = $at["出生日期"]; sex = $at["性别"]
		a = age(birth); if (a >= 16) next
		town = substr($at["所在村(居)"], 1, 9) "000"
		both("n")
		group = a < 6 ? "age_0_5" : a < 14 ? "age_6_13" : "age_14_15"
		both(group); both(group (sex == "男" ? "_m" : sex == "女" ? "_f" : "_x"))
		one("school", $at["就学情况"] == "未采集" ? "" : $at["就学情况"],
			"学龄前未入园 幼儿园 小学 初中 普通高中 中职/技校 大专及以上",
			"none kinder primary junior senior college college")
		one("hukou", $at["户籍性质"], "农村居民户口 城镇居民户口", "rural urban")
		h = $at["健康状况"]
		if (h ~ /残疾/) h = "残疾"
		if (h ~ /病$/ && h != "重病" || h == "癌症" || h == "慢性肾炎" || h == "神经或精神疾病") h = "慢性病"
		one("health", h, "健康或良好 一般或较弱 重病 慢性病 残疾", "good weak ill chronic disabled")
		one("board", $at["在校寄宿"], "是 否", "yes no")
		one("entrust", $at["委托照料原因"],
			"父母双方同时外出 一方外出另一方无监护能力 父母双方无监护能力", "1 2 3")
		one("care", $at["实际监护情况"], "祖父母或外祖父母 亲戚朋友 无委托照料人", "1 2 3")
		one("guard", $at["监护情况评估"], "较好 一般 差", "1 2 3")
		r = $at["享受的救助"]
		if (r == "") both("relief_unknown")
		k = split(r, part, " "); other = 0
		for (i = 1; i <= k; i++)
			if (part[i] ~ /^0[0-9]$/) both("relief_" part[i])
			else if (!other++) both("relief_other")
	}
	function figure(row, key) {
		if (key == "share") return sprintf("%d.%02d", int((10000 * n[row "/n"] * 2 + n["all/n"]) / (2 * n["all/n"]) / 100),
			int((10000 * n[row "/n"] * 2 + n["all/n"]) / (2 * n["all/n"])) % 100)
		return n[row "/" key] + 0
	}
	function print_row(code, label, row,    i, s) {
		s = code "," label
		for (i = 3; i <= m; i++) s = s "," figure(row, head[i])
		print s
	}
	END {
		print heading
		for (i = 1; i <= nt; i++) print_row(towns[i], name[towns[i]], towns[i])
		print_row(county, "合计", "all")
	}' "$top_srcdir/tests/data/320681-qidong.csv" "$1"
}

start_server
"$ctl" division load "$top_srcdir/tests/data/320681-qidong.csv" >/dev/null 2>&1
"$ctl" import child "$top_srcdir/tests/data/qidong-2000.csv" --rejects "$tmp/rejects.csv" >/dev/null 2>&1
# answers that the roster does not have, and children who do not count any more
set_all() { # set_all VALUES IDS…
	values=$1
	shift
	for id; do
		"$ctl" set child "$id" $values --direct --reason 测试 >/dev/null 2>&1 || echo "# set $id $values"
	done
}
ids=$("$ctl" list child --where "lbc_result = '1'" --fields id --limit 120 --csv 2>/dev/null | tail -n +2)
set_all "actual_care=1 guard_grade=1 relief=02" $(echo "$ids" | sed -n 1,9p)
set_all "actual_care=2 guard_grade=2 relief=01,05,17" $(echo "$ids" | sed -n 10,18p)
set_all "actual_care=3 guard_grade=3 relief=00 boarding=" $(echo "$ids" | sed -n 19,24p)
set_all "health=20 school_state=05 relief=10,98" $(echo "$ids" | sed -n 25,29p)
set_all "health=34 school_state=07" $(echo "$ids" | sed -n 30,33p)
set_all "health=90 school_state=99" $(echo "$ids" | sed -n 34,36p)
set_all "health=50 school_state=08" $(echo "$ids" | sed -n 37,40p)
set_all "health=64 school_state=" $(echo "$ids" | sed -n 41,44p)
set_all "health= reason_entrust=2" $(echo "$ids" | sed -n 45,48p)
for id in $(echo "$ids" | sed -n 49,52p); do
	"$ctl" child exit "$id" --reason-code 02 --reason 返乡 >/dev/null 2>&1 || echo "# exit $id"
done

t "a list of reports" "$ctl" report --csv
has "names t1" "t1,农村留守儿童基本情况汇总表" "$tmp/out"

t "export" "$ctl" export child --csv "$tmp/child.csv" --purpose 核对 \
	--fields village,birth_date,sex,school_state,hukou_type,health,boarding,reason_entrust,actual_care,guard_grade,relief,state,lbc_result
# several reliefs in one cell stand between quotes
awk '{ while (match($0, /"[0-9]+(,[0-9]+)+"/)) {
	cell = substr($0, RSTART + 1, RLENGTH - 2); gsub(",", " ", cell)
	$0 = substr($0, 1, RSTART - 1) cell substr($0, RSTART + RLENGTH) } print }' "$tmp/child.csv" >"$tmp/plain.csv"

t "T1 of today" "$ctl" report t1 --csv
cp "$tmp/out" "$tmp/t1.csv"
count "$tmp/plain.csv" "$(head -1 "$tmp/t1.csv")" >"$tmp/want.csv"
t "every figure as counted from the export" diff "$tmp/want.csv" "$tmp/t1.csv"
same "and there are children in it" 1496 "$(tail -1 "$tmp/t1.csv" | cut -d, -f3)"

# --- periods, divisions, mistakes ---
"$ctl" report t1 --period 2026-11 --division 320681100000 --csv >"$tmp/town.csv" 2>"$tmp/err"
has "a month that is not over says so" "未满期" "$tmp/err"
same "a township is the county's row" "$(sed -n 's/^320681100000,汇龙镇,\([0-9]*\),.*/\1/p' "$tmp/t1.csv")" \
	"$(sed -n 's/^320681100000,合计,\([0-9]*\),.*/\1/p' "$tmp/town.csv")"
"$ctl" report t1 --villages --csv >"$tmp/deep.csv" 2>/dev/null
same "every village, and nothing lost" 1496 "$(awk -F, 'substr($1, 10) != "000" { n += $3 } END { print n }' "$tmp/deep.csv")"
same "nobody before the register began" 0 "$("$ctl" report t1 --period 2026-10 --csv 2>/dev/null | tail -1 | cut -d, -f3)"
rc_of "a period to come" 2 "$ctl" report t1 --period 2027-01
rc_of "no such report" 2 "$ctl" report t99
rc_of "no such division" 2 "$ctl" report t1 --division 320681999000
rc_of "no such period" 2 "$ctl" report t1 --period 下个月
rc_of "a workbook" 0 "$ctl" report t1 --xlsx "$tmp/t1.xlsx"
unzip -p "$tmp/t1.xlsx" xl/worksheets/sheet1.xml >"$tmp/sheet.xml" 2>/dev/null
has "with merged headings" '<mergeCell ref="E2:H2"/>' "$tmp/sheet.xml"
has "and figures that are numbers" '<v>1496</v>' "$tmp/sheet.xml"
rc_of "a PDF" 0 "$ctl" report t1 --pdf "$tmp/t1.pdf"
pdftotext -layout "$tmp/t1.pdf" "$tmp/pdf.txt" 2>/dev/null
has "with the figures as text" "1496" "$tmp/pdf.txt"
rc_of "files that leave the county" 0 "$ctl" report t1 --villages --outside --csv-file "$tmp/small.csv"
same "name no figure of one to four in a village" 0 "$(awk -F, 'substr($1, 12, 2) ~ /[1-9]/ { for (i = 3; i <= NF; i++) if ($i ~ /^[1-4]$/) print }' "$tmp/small.csv" | wc -l)"
rc_of "one way out only" 2 "$ctl" report t1 --csv --xlsx "$tmp/t1.xlsx"

# --- a table of one's own ---
rc_of "a table of villages that leaves the county" 0 "$ctl" report count child --rows village --columns sex --outside --csv-file "$tmp/small.csv"
same "names no small figure either" 0 "$(awk -F, 'NR > 1 && $1 != "" { for (i = 3; i <= NF; i++) if ($i ~ /^[1-4]$/) print }' "$tmp/small.csv" | wc -l)"
has "but says that there are some" "<5" "$tmp/small.csv"
same "and leaves a row" 1 "$("$ctl" audit list --op stat.cross --newest --limit 1 --json | grep -c '"outside":true')"
"$ctl" report count child --rows town --columns sex --where "state = '3'" --csv >"$tmp/out" 2>/dev/null
same "the total of a table of one's own" "$("$ctl" count child --where "state = '3'" 2>/dev/null)" \
	"$(tail -1 "$tmp/out" | awk -F, '{ print $NF }')"
same "and its corner" "$("$ctl" count child --where "state = '3' and sex = '1'" --division 320681100000 2>/dev/null)" \
	"$(sed -n 's/^320681100000,[^,]*,\([0-9]*\),.*/\1/p' "$tmp/out")"
same "by village it is the same" "$(tail -1 "$tmp/out")" \
	"$("$ctl" report count child --rows village --columns sex --where "state = '3'" --csv 2>/dev/null | tail -1)"
rc_of "a day to come" 2 "$ctl" report count child --rows town --day 2027-01-01
rc_of "no such field" 2 "$ctl" report count child --rows nothing
same "the day before there was nobody" 0 "$("$ctl" report count child --rows town --day 2026-11-21 --csv 2>/dev/null | tail -1 | awk -F, '{ print $NF }')"

# --- frozen ---
rc_of "a month that is not over is not frozen" 5 "$ctl" report freeze t1 --period 2026-11
has "and says why" "还没有结束" "$tmp/err"
wrong=$("$ctl" count child --where "state = '3' and lbc_result = '1' and quality = '3'" 2>/dev/null)
if [ "$wrong" != 0 ]; then
	rc_of "files in error are not let out" 5 "$ctl" report freeze t1 --period 2026-11-22
	has "with their number" "有 $wrong 份档案" "$tmp/err"
	for id in $("$ctl" list child --where "state = '3' and lbc_result = '1' and quality = '3'" --fields id --csv 2>/dev/null | tail -n +2); do
		"$ctl" show child "$id" --json 2>/dev/null | grep -o '"quality_rules":"[^"]*"' >>"$tmp/wrong"
		"$ctl" child exit "$id" --reason-code 06 --reason 核查 >/dev/null 2>&1
	done
	sort "$tmp/wrong" | uniq -c | sed 's/^/# /'
fi
"$ctl" report t1 --csv >"$tmp/t1.csv" 2>/dev/null
t "freeze" "$ctl" report freeze t1 --period 2026-11-22
frozen=$(cat "$tmp/out")
rc_of "once" 5 "$ctl" report freeze t1 --period 2026-11-22
set_all "health=50" $(echo "$ids" | sed -n 60p)
"$ctl" child exit $(echo "$ids" | sed -n 61p) --reason-code 03 >/dev/null 2>&1
"$ctl" report frozen "$frozen" --csv >"$tmp/again.csv" 2>/dev/null
t "a frozen report stays as it was" diff "$tmp/t1.csv" "$tmp/again.csv"
same "with every village" 339 "$("$ctl" report frozen "$frozen" --csv --villages 2>/dev/null | awk -F, 'substr($1, 10) ~ /[1-9]/' | wc -l)"
t "a correction" "$ctl" report freeze t1 --period 2026-11-22 --note 补报
second=$(cat "$tmp/out")
"$ctl" report frozen "$second" --csv >"$tmp/again.csv" 2>"$tmp/err"
has "is the second edition" "第 2 版" "$tmp/err"
has "and says what differs" "合计 健康状况 重病，原来 4，现在 5" "$tmp/err"
"$ctl" report t1 --csv >"$tmp/t1.csv" 2>/dev/null
t "with the figures of now" diff "$tmp/t1.csv" "$tmp/again.csv"
"$ctl" report frozen --csv >"$tmp/out" 2>/dev/null
has "both are kept" "t1,2026-11-22,320681000000,启东市,1,3," "$tmp/out"
has "the newer one counts" "t1,2026-11-22,320681000000,启东市,2,2," "$tmp/out"

"$ctl" user add gao --role director --division 320681100001 2>/dev/null
"$ctl" user add tan --role county_leader --division 320681000000 2>/dev/null
"$ctl" user add tai --role health --division 320681000000 2>/dev/null
same "a director sees his village" 1 "$(HUTONG_USER=gao "$ctl" report t1 --csv 2>/dev/null | grep -c '^320681100001,幸福一村居委会')"
HUTONG_USER=gao rc_of "and no other" 4 "$ctl" report t1 --division 320681100002
HUTONG_USER=tan "$ctl" report t1 --csv >"$tmp/out" 2>/dev/null
has "a leader sees every figure of the county" "health_ill" "$tmp/out"
HUTONG_USER=tan "$ctl" report t1 --division 320681100000 --csv >"$tmp/out" 2>/dev/null
same "but not those of single villages" 0 "$(grep -c health_ill "$tmp/out")"
HUTONG_USER=gao "$ctl" report frozen "$second" --villages --csv >"$tmp/out" 2>/dev/null
same "of a frozen one he sees his row" 320681100001 "$(tail -n +2 "$tmp/out" | cut -d, -f1)"
HUTONG_USER=gao rc_of "and freezes none" 4 "$ctl" report freeze t1 --period 2026-11-22
HUTONG_USER=tai rc_of "nobody without the right" 4 "$ctl" report t1
done_testing
