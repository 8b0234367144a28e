#!/bin/sh
# SPDX-License-Identifier: MIT
# check-clock.sh OBJECT CLI BIN: each event has a time between what the program
# read off the clock before and after the call; it may be 200 ns late.
. "$(dirname "$0")/common.sh"
need babeltrace2

preloaded stacks=none "$bin/clocked" >"$work/readings"
babeltrace2 --clock-cycles "$work/trace" |
	sed -n 's/^\[0*\([0-9]*\)\].*remapguard:mremap.*/\1/p' >"$work/times"
expect 'events' "$(wc -l <"$work/times")" "$(wc -l <"$work/readings")"

# Past 2^53 awk's numbers are not exact: only the last 15 digits are compared.
paste "$work/readings" "$work/times" | awk '
	function tail(number) { return substr(number, length(number) - 14) + 0 }
	tail($3) < tail($1) - 200 || tail($3) > tail($2) {
		print "call " NR ": " $1 " to " $2 ", recorded " $3
	}' >"$work/wrong"
[ ! -s "$work/wrong" ] || fail "times are wrong: $(head -n 3 "$work/wrong")"
finish
