#!/bin/sh
# SPDX-License-Identifier: MIT
# check-strace.sh OBJECT CLI BIN AT-LEAST SAME|NUMBERS-DIFFER PROGRAM...
# In one run, strace and the trace count the same calls; what libc refuses by
# itself never becomes a system call. And the program does not notice.
. "$(dirname "$0")/common.sh"
at_least=$1 compare=$2
shift 2
need strace babeltrace2
case $1 in
"$bin"/*) ;;
*) need "$1" ;;
esac
strace -o /dev/null true 2>/dev/null || skip 'may not trace processes here'

run_bare "$@"
strace -f -e trace=mremap -o "$work/strace" -E LD_PRELOAD="$object" \
	-E REMAPGUARD_OPTIONS="trace=$work/trace:stacks=none" \
	"$@" >"$work/preloaded.out" 2>"$work/preloaded.err" </dev/null
echo $? >"$work/preloaded.status"
if [ "$compare" = NUMBERS-DIFFER ]; then
	sed -i -E 's/[0-9]+(\.[0-9]+)?/N/g' "$work/bare.out" \
		"$work/preloaded.out"
fi
same "$1"

strace_count=$(grep -c 'mremap(' "$work/strace")
refused=$(babeltrace2 "$work/trace" | grep -c '"libc-flags"')
recorded "$1" $((strace_count + refused))
[ "$strace_count" -ge "$at_least" ] ||
	fail "$1: only $strace_count calls, $at_least or more were meant"
echo "$strace_count system calls, $refused refused by libc"
finish
