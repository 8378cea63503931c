#!/bin/sh
# What the national system must be told (decision 10): listed, exported in its order and codes, marked.
. "$top_srcdir/tests/server/ctl.sh"

start_server
"$ctl" division load "$top_srcdir/tests/data/320681-qidong.csv" 2>/dev/null
add() { "$ctl" add child "$@" 2>/dev/null; }
a=$(add name=王小雨 village=320681100001 sex=女 child_kinds=10 father.name=王强 birth_date=2016-03-12)
b=$(add name=李明 village=320681100002 sex=男 child_kinds=10 birth_date=2015-03-12)

rc_of "list" 0 "$ctl" national list --csv
same "both are new" "id,kind,name
$a,新增,王小雨
$b,新增,李明" "$(cut -d, -f1-3 "$tmp/out" | sort -t, -k1,1 | sed 's/^id,.*/0&/' | sort | sed 's/^0//')"
same "within a division" 1 "$("$ctl" national list --division 320681100002 --csv | sed 1d | wc -l | tr -d ' ')"
rc_of "export in the national order" 0 "$ctl" export child --map national --where 'national_due = 1' \
	--purpose 录入全国系统
has "its headings" '全国系统编号,儿童姓名,证件类型' "$tmp/out"
has "its codes" ',400,' "$tmp/out"
rc_of "a map of another type" 2 "$ctl" export person --map national --purpose 试

rc_of "one is entered" 0 "$ctl" national done "$a" --on 2026-11-20
same "the other is left" "$b" "$("$ctl" national list --csv | sed 1d | cut -d, -f1)"
same "with its day" 2026-11-20 "$("$ctl" list child --where "name = 王小雨" --fields national_sync_date --csv | sed 1d)"
rc_of "a day to come" 2 "$ctl" national done "$b" --on 2026-12-01
rc_of "a number that is not listed" 1 "$ctl" national done "$a"
rc_of "a day that is none" 2 "$ctl" national done "$b" --on 2026-02-30

# A change of the file, and one of the family, come back with their names; our own fields do not.
"$ctl" set child "$a" national_no=G001 2>/dev/null
same "the number of the national system is no news" "$b" \
	"$("$ctl" national list --csv | sed 1d | cut -d, -f1)"
"$ctl" set child "$a" grade=三年级 father.phone=13900000001 2>/dev/null
same "what changed" "$a,变更,王小雨,G001,电话、年级" \
	"$("$ctl" national list --csv | grep "^$a," | cut -d, -f1-4,6)"
"$ctl" national done 2>/dev/null
same "all entered" 0 "$("$ctl" national list --csv | sed 1d | wc -l | tr -d ' ')"
p=$("$ctl" list person --where "name = 王强" --fields phone --csv >/dev/null; "$ctl" list person --where "name = 王强" --json | sed 's/.*"id":\([0-9]*\).*/\1/')
"$ctl" set person "$p" phone=13900000002 2>/dev/null
same "the father's own change" "$a,变更,电话" \
	"$("$ctl" national list --csv | sed 1d | cut -d, -f1,2,6)"
"$ctl" national done 2>/dev/null
"$ctl" child exit "$b" --reason-code 02 2>/dev/null
same "an exit" "$b,退出" "$("$ctl" national list --csv | sed 1d | cut -d, -f1,2)"

# Rows that came back wrong become tasks of the villages, and a reply goes up.
v=$("$ctl" list division --where "code = '320681100001'" --fields name --csv | sed 1d)
printf '序号,姓名,所在村,问题字段,问题描述\n1,王小雨,%s,父亲电话,电话是空号\n2,无此人,%s,姓名,查无此人\n' "$v" "$v" >"$tmp/back.csv"
rc_of "feedback with a row that fits nobody" 1 "$ctl" import task "$tmp/back.csv" --map feedback --rejects "$tmp/rej.csv"
has "says which" "2,child,unknown_child" "$tmp/rej.csv"
same "a task of the village" "4,320681100001,父亲电话,1" \
	"$("$ctl" list task --fields kind,village,fields,state --csv | sed 1d)"
t=$("$ctl" list task --json | sed 's/.*"id":\([0-9]*\).*/\1/')
"$ctl" set task "$t" answer=已换新号 2>/dev/null
rc_of "the reply" 0 "$ctl" export task --map feedback --where "kind = '4'" --purpose 回复
has "in the columns it came in" "王小雨" "$tmp/out"
has "with what was done" "已换新号" "$tmp/out"
rc_of "the same file again" 1 "$ctl" import task "$tmp/back.csv" --map feedback
same "opens nothing twice" 1 "$("$ctl" count task)"

# Visits taken out find their children again by the number of the file.
c=$(add name=赵云 village=320681100002 sex=男 child_kinds=10 birth_date=2017-03-12 add_date=2026-01-05)
"$ctl" add visit child="$c" kind=1 way=1 seen=1 visited_on=2026-11-20 2>/dev/null
rc_of "visits are exported" 0 "$ctl" export visit --csv "$tmp/visits.csv" --purpose 试
sed 's/2026-11-20/2026-11-21/' "$tmp/visits.csv" >"$tmp/more.csv"
rc_of "and imported" 0 "$ctl" import visit "$tmp/more.csv" --rejects "$tmp/rej.csv"
same "for the same child" 2 "$("$ctl" count visit --where "child = $c")"

done_testing
