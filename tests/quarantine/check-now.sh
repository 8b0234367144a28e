#!/bin/sh
# SPDX-License-Identifier: MIT
# check-now.sh OBJECT CLI BIN: where the bytes are now that an access was meant
# for, by the moves in the same trace; and that the move it names is the one.
. "$(dirname "$0")/../preload/common.sh"
need babeltrace2
run_preloaded quarantine=1M:stacks=none "$bin/signals" moved-on
babeltrace2 "$work/trace" >"$work/events" ||
	fail 'no trace'
# value NAME: of the fields of standard input, one a line
value() {
	sed -n "s/.*[{ ]$1 = \([0-9A-Fx]*\).*/\1/p"
}
moves=$(grep -v 'move_timestamp' "$work/events" | value result)
second=$(echo "$moves" | sed -n 1p) third=$(echo "$moves" | sed -n 2p)
first=$(grep -v 'move_timestamp' "$work/events" | value addr | sed -n 1p)
grep move_timestamp "$work/events" >"$work/accesses"

# told N FROM TO NOW: of the Nth access, addresses as sums
told() {
	line=$(sed -n "$1p" "$work/accesses")
	expect "access $1: from" "$(($(echo "$line" | value from)))" "$(($2))"
	expect "access $1: to" "$(($(echo "$line" | value to)))" "$(($3))"
	expect "access $1: now" "$(($(echo "$line" | value now)))" "$(($4))"
}
told 1 "$first" "$second" "$second + 1"
told 2 "$first" "$second" "$third + 2"
told 3 "$second" "$third" "$third + 3"
told 4 "$first" "$second" 0
told 5 "$first" "$second" 0
expect accesses "$(wc -l <"$work/accesses")" 5
finish
