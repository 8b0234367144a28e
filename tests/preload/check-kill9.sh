#!/bin/sh
# SPDX-License-Identifier: MIT
# Killed in mid-flight, the trace holds what any CTF reader can read, and the
# report counts the same.
. "$(dirname "$0")/common.sh"
need babeltrace2

for round in 1 2 3 4 5; do
	begin_endless stacks=none
	sleep "0.$round"
	kill -9 $pid
	wait $pid 2>/dev/null
	expect "round $round: exit status" $? 137
	calls=$(field totals.calls)
	expect "round $round: events" "$(events)" "$calls"
	[ "$calls" -gt 1000 ] || fail "round $round: only $calls calls"
done
finish
