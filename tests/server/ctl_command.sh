#!/bin/sh
# hutongctl: usage, help, exit codes, records, users, review, the child's way.
. "$top_srcdir/tests/server/ctl.sh"

# --- without a server ---
rc_of "no command" 2 "$ctl"
rc_of "help" 0 "$ctl" --help
has "help names commands" "child exit" "$tmp/out"
rc_of "version" 0 "$ctl" --version
rc_of "an unknown command" 2 "$ctl" coutn child
has "offers the nearest" "count" "$tmp/err"
rc_of "a group" 2 "$ctl" user
has "lists its commands" "user disable" "$tmp/err"
rc_of "help of a command" 0 "$ctl" import -h
has "with an example" "--map roster" "$tmp/out"
rc_of "help of a command, the other way" 0 "$ctl" help user add
rc_of "an option too many" 2 "$ctl" count child --wehre x
has "offers the nearest option" "--where" "$tmp/err"
rc_of "a word missing" 2 "$ctl" count
rc_of "an option missing" 2 "$ctl" user add wang --role director
rc_of "forms check of a good directory" 0 "$ctl" forms check "$top_srcdir/forms"
rc_of "forms check of a bad one" 2 "$ctl" forms check "$top_srcdir/tests/unit/forms-bad"
has "says file and line" ".form:" "$tmp/err"
rc_of "no configuration" 2 "$ctl" --config "$tmp/none" status
make_server
rc_of "no server" 6 "$ctl" status

# --- with one ---
start_server
rc_of "status" 0 "$ctl" status --json
has "status as JSON" '"connections":1' "$tmp/out"
rc_of "division load tries" 0 "$ctl" division load "$top_srcdir/tests/data/320681-qidong.csv" --dry-run
same "and keeps nothing" 0 "$("$ctl" count division)"
rc_of "division load" 0 "$ctl" division load "$top_srcdir/tests/data/320681-qidong.csv"
same "358 divisions" 358 "$("$ctl" count division)"
printf 'code,name\n3206811,x\n' >"$tmp/bad.csv"
rc_of "a bad code" 2 "$ctl" division load "$tmp/bad.csv"
has "with its row" "第 2 行" "$tmp/err"

same "user add" 0 "$("$ctl" user add wangfang --role director --division 320681100001 \
	--name 王芳 2>/dev/null; echo $?)"
rc_of "user add twice" 5 "$ctl" user add wangfang --role director --division 320681100001
rc_of "user add tries" 0 "$ctl" user add zhang --role supervisor --division 320681100000 --dry-run
rc_of "and keeps nobody" 3 "$ctl" show user zhang
"$ctl" user add zhang --role supervisor --division 320681100000 --name 张镇 2>/dev/null
"$ctl" user add li --role county_clerk --division 320681000000 --name 李县 2>/dev/null
has_user=$("$ctl" user list --csv | grep -c '^wangfang,王芳,0,')
same "user list" 1 "$has_user"
rc_of "what is kept of a director" 0 "$ctl" user add sun --role director --division 320681100002 \
	--from 2024-03-01 --name 孙主任 full_part=专职 phone=13900000000 training_last=2026-05-10
"$ctl" user list --json >"$tmp/out"
has "is listed" '"phone":"13900000000","training_last":"2026-05-10"' "$tmp/out"
has "with the post's" '"full_part":"1"' "$tmp/out"
has "and since when" '"from":"2024-03-01"' "$tmp/out"
rc_of "user set with values" 0 "$ctl" user set sun training=2026年5月业务培训8学时 phone=
"$ctl" user list --json >"$tmp/out"
has "keeps the training" '"training":"2026年5月业务培训8学时"' "$tmp/out"
post=$(sed -n 's/.*"id":\([0-9]*\),"role":"director","label":"儿童主任","division":"320681100002".*/\1/p' "$tmp/out")
rc_of "post set" 0 "$ctl" post set "$post" full_part=兼职
has_part=$("$ctl" user list --json | grep -c '"full_part":"2"')
same "is part time now" 1 "$has_part"
rc_of "a value of no user" 5 "$ctl" user set sun full_part=专职
rc_of "a login is no value" 5 "$ctl" user set sun login=x
rc_of "a wrong day" 5 "$ctl" user set sun vetted_on=2026-13-01
HUTONG_USER=wangfang "$ctl" user list --json >"$tmp/out"
same "others see the posts alone" 0 "$(grep -c '"training"' "$tmp/out")"

id=$("$ctl" add child name=王小雨 village=320681100001 sex=女 father.name=王强 2>/dev/null)
rc_of "show by id" 0 "$ctl" show child "$id" --json
has "the code of a label" '"sex":"2"' "$tmp/out"
has "the linked person" '"father.name":"王强"' "$tmp/out"
no=$(sed 's/.*"file_no":"\([^"]*\)".*/\1/' "$tmp/out")
rc_of "show by key" 0 "$ctl" show child "$no"
has "for people" "王小雨" "$tmp/out"
rc_of "show nobody" 3 "$ctl" show child 99999
rc_of "a wrong value" 5 "$ctl" add child name=王1 village=320681100001
has "says the code" "(bad_name)" "$tmp/err"
rc_of "no field=value" 2 "$ctl" add child 王小雨
rc_of "add tries" 0 "$ctl" add child name=李四光 village=320681100001 --dry-run
same "and keeps nobody" 1 "$("$ctl" count child)"
rc_of "set" 0 "$ctl" set child "$id" grade=3 --version 1 --reason 试
rc_of "set on an old version" 7 "$ctl" set child "$id" grade=4 --version 1
has "names who changed it" "grade" "$tmp/err"
rc_of "history" 0 "$ctl" show child "$id" --history
has "shows the reason" "试" "$tmp/out"

same "list as CSV has the fields asked for" "name,sex
王小雨,2" "$("$ctl" list child --fields name,sex --csv)"
has_line=$("$ctl" list child --fields name --json)
case $has_line in
'{"id":'"$id"',"name":"王小雨","version":'*) result 0 "list as JSON lines" ;;
*) result 1 "list as JSON lines: $has_line" ;;
esac
same "find by initials" "王小雨" "$("$ctl" find child wxy --fields name --csv | sed 1d)"
same "find nothing" "name" "$("$ctl" find child zzz --fields name --csv)"
same "count by" "sex,n
2,1" "$("$ctl" count child --by sex --csv)"
same "where by a field that narrow roles do not read" 0 "$("$ctl" count child --where "health = 健康")"
rc_of "where by no field" 2 "$ctl" count child --where "helth = 1"
rc_of "fields that are none" 2 "$ctl" list child --fields nmae
rc_of "a type that is none" 2 "$ctl" list chil
has "offers the nearest type" "child" "$tmp/err"

# --- rights and review ---
HUTONG_USER=wangfang rc_of "a director manages no users" 4 "$ctl" user add x --role director --division 320681100001
HUTONG_USER=wangfang rc_of "a director proposes" 0 "$ctl" set child "$id" name=王小玉
has "and it waits" "已提交审核" "$tmp/err"
change=$("$ctl" review list --json | sed 's/.*"id":\([0-9]*\).*/\1/')
HUTONG_USER=zhang rc_of "the township approves" 0 "$ctl" review approve "$change"
HUTONG_USER=li rc_of "the county tries" 0 "$ctl" review approve "$change" --dry-run
same "nothing has changed" "王小雨" "$("$ctl" list child --fields name --csv | sed 1d)"
HUTONG_USER=li rc_of "the county approves" 0 "$ctl" review approve "$change"
same "now it has" "王小玉" "$("$ctl" list child --fields name --csv | sed 1d)"
HUTONG_USER=li rc_of "what is no change is skipped" 1 "$ctl" review approve 12345

# --- the child's way ---
state() { "$ctl" show child "$id" --json | sed 's/.*"state":"\([^"]*\)".*/\1/'; }
rc_of "exit tries" 0 "$ctl" child exit "$id" --reason-code 02 --dry-run
same "still there" 3 "$(state)"
rc_of "exit" 0 "$ctl" child exit "$id" --reason-code 02 --on 2026-11-22 --reason 返乡
same "left" 4 "$(state)"
rc_of "return" 0 "$ctl" child return "$id" --reason-code 01 --reason 再外出
same "back" 3 "$(state)"
rc_of "move" 0 "$ctl" child move "$id" --village 320681100002 --reason 搬家
same "moved" 320681100002 "$("$ctl" list child --fields village --csv | sed 1d)"
two=$("$ctl" add child name=王小玉 village=320681100002 2>/dev/null)
"$ctl" add child name=王小手 village=320681100001 >/dev/null 2>&1
"$ctl" user add feng --role director --division 320681100003 --name 冯主任 2>/dev/null
rc_of "villages without a file" 0 "$ctl" division empty --division 320681100000 --csv
villages=$("$ctl" count division --where "code within 320681100000 and level = 5")
same "all of the township but two" 2 $((villages - $(grep -c '^320681100' "$tmp/out")))
has "with their director" "东洲新村居委会,冯主任" "$tmp/out"
"$ctl" division empty --csv >"$tmp/out" 2>/dev/null
villages=$("$ctl" count division --where "level = 5")
same "of the county, page after page" 2 $((villages - $(tail -n +2 "$tmp/out" | sort -u | wc -l)))
HUTONG_USER=wangfang rc_of "are the township's care" 4 "$ctl" division empty
rc_of "a booklet was filed" 0 "$ctl" add filing what=档案册 area=320681100001 filed_to=镇社会事务办 children=3
same "with the township" 1 "$("$ctl" count filing --where "area within 320681100000 and what = 2")"
rc_of "not tomorrow" 5 "$ctl" add filing what=1 area=320681100001 filed_to=镇政府 filed_on=2099-01-01
rc_of "whom to ask" 0 "$ctl" division contacts 320681100002 --csv
has "the director" "儿童主任,孙主任" "$tmp/out"
has "and the township's supervisor" "汇龙镇,儿童督导员,张镇" "$tmp/out"
rc_of "in no division" 3 "$ctl" division contacts 320681999001
rc_of "not to who has no post there" 5 "$ctl" child handover wangfang sun
has "and who it is about" "管不到" "$tmp/err"
rc_of "a further post" 0 "$ctl" post add sun --role director --division 320681100001 --acting --until 2099-12-31
rc_of "hand-over tries" 0 "$ctl" child handover wangfang sun --dry-run
has "and names the children" "王小手" "$tmp/out"
rc_of "hand-over" 0 "$ctl" child handover wangfang sun --reason 换届
has "counts" "已交接" "$tmp/err"
rc_of "to nobody" 3 "$ctl" child handover wangfang nosuch
rc_of "merge" 0 "$ctl" child merge "$two" --into "$id" --reason 重复
same "one file less" 2 "$("$ctl" count child --where "state != '5'")"

rc_of "user disable" 0 "$ctl" user disable wangfang
HUTONG_USER=wangfang rc_of "who is disabled stays out" 4 "$ctl" count child
rc_of "user set --enable" 0 "$ctl" user set wangfang --enable
HUTONG_USER=wangfang rc_of "and comes in again" 0 "$ctl" count child

# --- the machine ---
rc_of "audit verify" 0 "$ctl" audit verify
rc_of "audit list" 0 "$ctl" audit list --newest --limit 3 --csv
same "three rows" 4 "$(wc -l <"$tmp/out" | tr -d ' ')"
rc_of "backup" 0 "$ctl" backup "$tmp/backup"
rc_of "backup into what is not empty" 5 "$ctl" backup "$tmp/backup"
rc_of "verify" 0 "$ctl" verify
rc_of "job list" 0 "$ctl" job list --json
has "has the load" '"kind":"division.load"' "$tmp/out"
rc_of "no job to cancel" 3 "$ctl" job cancel 12345
HUTONG_TODAY=x rc_of "a wrong day" 2 "$ctl" count child
rc_of "a full disk for the output" 6 sh -c '"$1" --help >/dev/full' sh "$ctl"
done_testing
