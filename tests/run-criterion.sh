#!/bin/sh
# Runs one Criterion program as TAP. Criterion passes a test even when a sanitizer found a leak or
# an undefined operation in it, so the sanitizers write files and any such file is a failure.
prog=$1
base=$(basename "$prog")
rm -f "$base.san".*
ASAN_OPTIONS="handle_segv=0:handle_abort=0:handle_sigfpe=0:log_path=$PWD/$base.san:$ASAN_OPTIONS" \
UBSAN_OPTIONS="print_stacktrace=1:log_path=$PWD/$base.san:$UBSAN_OPTIONS" \
"$prog" -j1 --tap=-
rc=$?
for f in "$base.san".*; do
	[ -e "$f" ] || continue
	echo "Bail out! sanitizer report $f"
	sed 's/^/# /' "$f"
	exit 1
done
exit $rc
