#!/bin/sh
# The catalogue of what the definitions name: label and en of forms, sections, views, columns, roles
# and code tables, as a .po on stdout. A label that stands in several places has the first one's en:
# 女 is a sex before it is a daughter.
#   labels.sh TOP PO...     messages of the PO files go before labels and are left out
set -eu
top=$1
shift
{
	cat "$top"/forms/*.form "$top"/conf/roles.conf | tr '\n' ' ' | sed 's/label = "/\n&/g' |
		sed -n 's/^label = "\([^"]*\)"; *en = "\([^"]*\)".*/\1\t\2/p'
	sed '/^#/d; /^code,label/d' "$top"/forms/codes/sex.csv "$top"/forms/codes/*.csv |
		sed -n 's/^[^,]*,\([^,"]*\),"\([^"]*\)".*/\1\t\2/p; s/^[^,]*,\([^,"]*\),\([^,"]\{1,\}\)\(,.*\)*$/\1\t\2/p'
	cat "$top"/forms/report/*.report | tr '\n' ' ' | sed 's/\(label\|group\) = "/\nlabel = "/g' |
		sed -n 's/^label = "\([^"]*\)"; *en = "\([^"]*\)".*/\1\t\2/p'
} | awk -F '\t' '
	BEGIN {
		for (i = 1; i < ARGC; i++)
			while ((getline line < ARGV[i]) > 0)
				if (sub(/^msgid "/, "", line)) { sub(/"$/, "", line); seen[line] = 1 }
		ARGC = 1
	}
	$1 != "" && $2 != "" && !seen[$1]++ { printf "\nmsgid \"%s\"\nmsgstr \"%s\"\n", $1, $2 }' "$@"
