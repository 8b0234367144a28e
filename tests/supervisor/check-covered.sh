#!/bin/sh
# SPDX-License-Identifier: MIT
# check-covered.sh OBJECT CLI BIN AT-LEAST PROGRAM...
# Under --coverage=all every mremap of the program's processes that strace sees
# in the same run is in the trace, once, and the program does not notice.
. "$(dirname "$0")/common.sh"
at_least=$1
shift
need strace babeltrace2
[ -e "$1" ] || command -v "$1" >/dev/null || skip "no $(basename "$1") here"

run_bare "$@"
case $(cat "$work/bare.status") in
126) skip "$(basename "$1") cannot be run here" ;;
esac
covered -- "$@"
expect 'status' "$(cat "$work/covered.status")" "$(cat "$work/bare.status")"
cmp -s "$work/bare.out" "$work/covered.out" || {
	fail 'output differs from a bare run'
	diff "$work/bare.out" "$work/covered.out" | head -n 5
}
nobody_stays 'the first run'

# the same again, under strace: calls of `run' itself, the object's test of the
# tier, and what a signal broke off before it began are none of the program's
strace -f -e trace=execve,mremap -e signal=none -o "$work/strace" \
	"$cli" run --coverage=all --force --quiet -o "$work/trace" -- "$@" \
	>/dev/null 2>"$work/strace.err" </dev/null
run=$(sed -n '1s/ .*//p' "$work/strace")
grep 'mremap(' "$work/strace" | grep -v "^$run " |
	grep -vE 'mremap\(NULL, 0, 0, 0(, NULL)?\) += 0x1' >"$work/calls"
again=$(grep -c 'mremap.*ERESTARTSYS' "$work/strace")
seen=$(($(wc -l <"$work/calls") - again))
refused=$(babeltrace2 "$work/trace" 2>/dev/null | grep -c '"libc-flags"')
recorded "$(basename "$1")" $((seen + refused))
[ "$seen" -ge "$at_least" ] ||
	fail "only $seen calls, $at_least or more were meant"
echo "$seen system calls, $refused refused by libc," \
	"$(field totals.tiers.supervisor) by the supervisor"
finish
