#!/bin/sh
# The notice of 启东 of 2 August 2023 from end to end: opened on the 2nd, surveyed by the 7th, entered by
# the 8th, samples every day, dispatch on Fridays, the bulletin on the 14th. Every figure that the register
# gives is counted again from the exported rows. HUTONG_FULL=1: all 339 villages, else those of four towns.
. "$top_srcdir/tests/server/ctl.sh"

towns='320681402 320681403 320681404 320681406'
[ -z "${HUTONG_FULL:-}" ] || towns=320681
day() { HUTONG_TODAY=2023-$1; export HUTONG_TODAY; }
as() { # as LOGIN COMMAND…
	HUTONG_USER=$1
	export HUTONG_USER
	shift
	"$ctl" "$@"
	r=$?
	unset HUTONG_USER
	return $r
}

# --- the county ---

divisions() {
	awk -F, -v towns="$towns" 'BEGIN { n = split(towns, t, " ") }
		NR == 1 || substr($1, 7) == "000000" { print; next }
		{ for (i = 1; i <= n; i++) if (index($1, t[i]) == 1) { print; next } }' \
		"$top_srcdir/tests/data/320681-qidong.csv" >"$tmp/divisions.csv"
	"$ctl" division load "$tmp/divisions.csv"
}

villages() { awk -F, 'NR > 1 && substr($1, 10) != "000" { print $1 }' "$tmp/divisions.csv"; }
townships() { awk -F, 'NR > 1 && substr($1, 10) == "000" && substr($1, 7, 3) != "000" { print $1 }' "$tmp/divisions.csv"; }

# Four children a village, in two groups; the third of each village has no school year.
roster() {
	villages | awk 'BEGIN { print "name,village,village_group,sex,birth_date,child_kinds,school_state,grade,father.name,hukou_type"
			split("赵 钱 孙 李 周 吴 郑 王", f, " "); split("小雨 明 强 芳", g, " ") }
		{ for (i = 1; i <= 4; i++)
			printf "%s%s,%s,%d组,%d,%d-0%d-1%d,10,%s,%s,%s建国,农村居民户口\n", f[NR % 8 + 1], g[i], $1, i % 2 + 1,
				i % 2 + 1, 2011 + i, i + 1, i, i == 4 ? "幼儿园" : "小学", i == 3 ? "" : i + 1 "年级", f[NR % 8 + 1] }' \
		>"$tmp/roster.csv"
	"$ctl" import child "$tmp/roster.csv"
}

people() {
	"$ctl" user add clerk --role county_clerk --division 320681000000 --name 许股长 &&
		"$ctl" user add leader --role county_leader --division 320681000000 --name 陈局长 &&
		"$ctl" user add centre --role protect_centre --division 320681000000 --name 未保中心 &&
		for t in $(townships); do
			"$ctl" user add "sup$t" --role supervisor --division "$t" --name 督导员 || return 1
		done
}

# --- the work ---

# Rows as ID:VILLAGE, in the order of the list.
rows() { # rows WHERE
	as clerk list sweep_item --where "sweep = $id and $1" --fields village --json |
		sed 's/.*"id":\([0-9]*\).*"village":"\([0-9]*\)".*/\1:\2/'
}

answer_one() { # answer_one ID:VILLAGE VALUES…
	row=${1%%:*} by=sup$(echo "$1" | sed 's/.*:\(.........\).*/\1000/')
	shift
	as "$by" set sweep_item "$row" "$@" --reason 排查 2>>"$tmp/answers"
}

answer() { # answer ROW…: what each finds depends on its number and its village alone
	for one in $*; do
		case $one in
		*:320681404*1 | *:320681100*7) words=result=1 ;; # villages where nothing moved
		*) case $((${one%%:*} % 7)) in
			0) words="result=1 child.grade=6年级" ;;
			1) words="result=1 father_phone=1380000$((1000 + ${one%%:*} % 9000))" ;;
			2) words="result=4 exit_reason=02" ;;
			3) words="found=4 reason=家里没有人" ;;
			*) words=result=1 ;;
			esac ;;
		esac
		answer_one "$one" $words holiday_where=1 drowning_notice=1 || { echo "$one: $words"; tail -3 "$tmp/answers"; return 1; }
	done
}

some() { # some N OF: every N-th of what is still to be checked, but the last row explained later
	rows "state = '1'" | awk -v n="$1" 'NR % n == 0'
}

spot_check() { # a sample of each township; of each the first row has an error
	for t in $(townships); do
		as centre sweep sample "$id" --division "$t" --seed 20230802 >"$tmp/sample" 2>>"$tmp/samples" || continue
		first=y
		while read -r row; do
			if [ $first ]; then
				as centre sweep check "$row" --fields father_phone --note 号码不通 || return 1
			else
				as centre sweep check "$row" --ok || return 1
			fi
			first=
		done <"$tmp/sample" 2>>"$tmp/samples"
	done
}

correct() {
	for one in $(rows "state = '4'"); do
		answer_one "$one" note=已经核对 || return 1
	done
}

# --- counted again ---

# The table of figures by township or village, from the rows as they are exported.
counted() { # counted LENGTH-OF-CODE
	rm -f "$tmp/items.csv"
	as clerk export sweep_item --where "sweep = $id" --csv "$tmp/items.csv" --purpose 核对 >/dev/null 2>&1
	awk -v len="$1" 'BEGIN { FS = "," }
	FNR == 1 { sub(/^\357\273\277/, ""); gsub(/\r|"/, ""); for (i = 1; i <= NF; i++) at[$i] = i; next }
	{
		gsub(/\r|\t|"/, "")
		v = substr($at["所在村(居)"], 1, len)
		s = $at["状态"]; r = $at["排查结果"]; u = $at["档案有更新"] == "是"
		seen[v] = 1; total[v]++
		todo[v] += s == "待查"; back[v] += s == "抽查退回"; done[v] += s != "待查" && s != "抽查退回"
		updated[v] += u; unchanged[v] += r == "核实无变化"; fresh[v] += r == "新增"; leave[v] += r == "退出"
		missing[v] += $at["信息缺失"] == "是"; wrong[v] += $at["信息错误"] == "是"
		spot[v] += $at["抽查结果"] != ""; errors[v] += $at["抽查结果"] ~ /退回|已改/
		dynamic[v] += u || r == "新增" || r == "退出"
	}
	END { for (v in seen) print v, total[v], done[v] + 0, todo[v] + 0, back[v] + 0, updated[v] + 0, unchanged[v] + 0,
		fresh[v] + 0, leave[v] + 0, missing[v] + 0, wrong[v] + 0, spot[v] + 0, errors[v] + 0, dynamic[v] + 0 }' "$tmp/items.csv" | sort
}

# The same columns out of a table that the register printed.
given() { # given LENGTH-OF-CODE FILE
	awk -v len="$1" 'BEGIN { FS = "," }
	FNR == 1 { sub(/^\357\273\277/, ""); gsub(/\r|"/, ""); for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ gsub(/\r|\t|"/, ""); if ($at["area"] == "") next
		print substr($at["area"], 1, len), $at["total"], $at["done"], $at["todo"], $at["back"], $at["updated"], $at["unchanged"],
			$at["new"], $at["exit"], $at["missing"], $at["wrong"], $at["spot"], $at["errors"], $at["dynamic"] }' "$2" | sort
}

agree() { # agree NAME: live figures, by township and by village
	as clerk sweep progress "$id" --csv >"$tmp/towns.csv"
	as clerk sweep progress "$id" --villages --csv >"$tmp/villages.csv"
	same "$1: townships" "$(counted 9)" "$(given 9 "$tmp/towns.csv")"
	same "$1: villages" "$(counted 12)" "$(given 12 "$tmp/villages.csv")"
}

start_server
day 07-20
t "the divisions" divisions
t "the people" people
t "the roster" roster
children=$("$ctl" count child 2>/dev/null)

day 08-02
t "opened on the second" as clerk sweep open title=精准排查和关爱服务活动 kind=2 basis=启民发2023-99 \
	survey_due=2023-08-07 entry_due=2023-08-08 bulletin_due=2023-08-14 end=2023-08-31 --reason 通知 --no-wait
id=$(cat "$tmp/out")
killed() { # while the list is being made, or just after
	kill -9 "$pid"
	wait "$pid"
	start_server
	i=0
	until as clerk show sweep "$id" --json | grep -q '"state":"3"'; do
		i=$((i + 1))
		[ $i -lt 2000 ] || return 1
	done
}
t "killed meanwhile, it goes on where it was" killed
same "every registered child stands on the list" "$children" "$(rows "origin = '1'" | grep -c .)"
rc_of "not twice" 5 as clerk sweep open "$id"
rc_of "no bulletin before its freeze" 5 as clerk sweep bulletin "$id"
rc_of "no freeze before its day" 5 as clerk sweep freeze "$id" survey
agree "on the day of opening"

day 08-03
t "half of the rows" answer "$(some 2)"
t "the first samples" spot_check
agree "on the second day"

day 08-04
t "what was found is corrected" correct
t "Friday: dispatch" as clerk sweep dispatch "$id" --villages --csv
cp "$tmp/out" "$tmp/dispatch.csv"
same "the dispatch table" "$(counted 12)" "$(given 12 "$tmp/dispatch.csv")"
t "a child is registered meanwhile" as clerk add child name=新来的 village="$(villages | head -1)" \
	sex=1 birth_date=2016-01-05 child_kinds=10 --reason 摸排新增
new=$(cat "$tmp/out")
t "and confirmed" answer_one "$(rows "child = $new")" result=3
printf '学生姓名,村代码,性别,出生日期,学校\n疑似的,%s,女,2015-06-01,王鲍小学\n' "$(villages | head -1)" >"$tmp/suspects.csv"
t "suspicions of a school are imported" "$ctl" import child "$tmp/suspects.csv" --map suspect
suspect=$(rows "origin = '2'")
t "looked into and not confirmed" answer_one "$suspect" result=5 reason=父母都在家
agree "on Friday"

day 08-07
last=$(rows "state = '1'" | tail -1)
t "the rest of the rows" answer "$(rows "state = '1'" | grep -vx "$last")"
same "one row is left" "$last" "$(rows "state = '1'")"
t "the survey is frozen" as clerk sweep freeze "$id" survey
town=$(echo "$last" | sed 's/.*:\(.........\).*/\1000/')
rc_of "a township with open rows cannot submit" 5 as "sup$town" sweep submit "$id" --division "$town"
has "and is told which village" 待查 "$tmp/err"
t "it explains the row" as "sup$town" set sweep_item "${last%%:*}" explain=住院，出院后补查 --reason 说明
t "samples of the seventh" spot_check
t "corrected" correct
agree "on the day of the survey"

day 08-08
submit_all() {
	for t in $(townships); do
		as "sup$t" sweep submit "$id" --division "$t" || return 1
	done
}
t "the townships submit" submit_all
t "the entry is frozen" as clerk sweep freeze "$id" entry
t "one is returned" as clerk sweep return "$id" --division "$town" --reason 请补查住院的孩子
t "and submits again" as "sup$town" sweep submit "$id" --division "$town"
t "the county accepts" as clerk sweep accept "$id" --division "$(townships | paste -sd,)"
same "every row was accepted or explained" "$last" "$(rows "state != '7'")"
agree "after accepting"

day 08-11
t "the second Friday: dispatch" as clerk sweep dispatch "$id" --csv
cp "$tmp/out" "$tmp/dispatch.csv"
same "its table" "$(counted 9)" "$(given 9 "$tmp/dispatch.csv")"
t "supervision of areas without updates" as clerk sweep bulletin "$id" --notice

day 08-14
rc_of "still no bulletin before its freeze" 5 as clerk sweep bulletin "$id"
frozen=$(counted 9)
zero=$(counted 12 | awk '$14 == 0 { print $1 }')
t "the figures of the bulletin are frozen" as clerk sweep freeze "$id" bulletin
t "good practice" as clerk set sweep "$id" good_practice=汇龙镇请网格员一起上门。 --reason 通报
t "the bulletin is drafted" as clerk sweep bulletin "$id"
doc=$(cat "$tmp/out")
as clerk show bulletin "$doc" --json >"$tmp/bulletin"
names_zero() {
	for v in $zero; do
		name=$(awk -F, -v v="$v" '$1 == v { sub(/\r/, "", $2); print $2 }' "$tmp/divisions.csv" | sed 's/（/(/g; s/）/)/g')
		grep -qF "$name" "$tmp/bulletin" || return 1
	done
	[ -n "$zero" ]
}
t "it names every village without updates" names_zero
same "it names no child" "" "$(tail -n +2 "$tmp/roster.csv" | cut -d, -f1 | sort -u | grep -F -f - "$tmp/bulletin")"
total=$(echo "$frozen" | awk '{ n += $2; d += $3; u += $14 } END { print n, d, u }')
set -- $total
has "its total" "名单$1名（处），已查$2" "$tmp/bulletin"
has "its updates" "动态更新$3（" "$tmp/bulletin"
rc_of "the clerk does not approve it" 4 as clerk sweep sign "$doc"
t "the leader does" as leader sweep sign "$doc"
rc_of "then it stays as it is" 5 as clerk set bulletin "$doc" body=别的 --reason 改
t "a child comes after the freeze" as clerk add child name=后来的 village="$(villages | head -1)" sex=1 \
	birth_date=2017-01-05 child_kinds=10 --reason 新登记
as clerk sweep progress "$id" --freeze bulletin --csv >"$tmp/frozen.csv"
same "frozen figures stay" "$frozen" "$(given 9 "$tmp/frozen.csv")"

day 08-31
t "closed" as clerk sweep close "$id"
rc_of "nothing is answered afterwards" 5 as "sup$town" set sweep_item "${last%%:*}" result=1 --reason 补
t "the closing report" as clerk sweep bulletin "$id" --report
recount_all() {
	for v in $(villages); do
		as clerk sweep recount "$id" --division "$v" || return 1
	done
}
t "the counters agree with the rows" recount_all
done_testing
