#!/bin/sh
# Keeps tests/requirements.csv whole: every requirement of the domain once and in order, a test that
# exists or the word "later" behind each. TAP. A test is named suite::test (Criterion) or is a script.
csv=$top_srcdir/tests/requirements.csv
last=223

say() {
	if [ -z "$2" ]; then
		echo "ok $1"
	else
		echo "not ok $1"
		printf '%s\n' "$2" | sed 's/^/# /'
		bad=1
	fi
}

echo 1..3
bad=

want=$(awk -v n=$last 'BEGIN { for (i = 1; i <= n; i++) printf "R-%03d\n", i }')
have=$(awk -F, 'NR > 1 { print $1 }' "$csv")
[ "$want" = "$have" ] && wrong= || wrong="not R-001 to R-$last, each once and in order"
say "1 - every requirement is listed once" "$wrong"

wrong=$(awk -F, 'NR > 1 && ($2 == "" || (index($2, "later") && $2 != "later"))' "$csv")
say "2 - each has tests or the word later" "$wrong"

all=$(find "$top_srcdir/tests" -name '*.c' -exec sed -n \
	's/^\(Parameterized\)\{0,1\}Test(\([a-z0-9_]*\), *\([a-z0-9_]*\).*/\2::\3/p' {} +)
wrong=
for t in $(awk -F, 'NR > 1 && $2 != "later" { print $2 }' "$csv"); do
	case $t in
	*::*) printf '%s\n' "$all" | grep -qx -- "$t" || wrong="$wrong $t" ;;
	*) [ -f "$top_srcdir/$t" ] || wrong="$wrong $t" ;;
	esac
done
say "3 - the tests that are named exist" "$wrong"
[ -z "$bad" ]
