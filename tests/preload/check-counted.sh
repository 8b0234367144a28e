#!/bin/sh
# SPDX-License-Identifier: MIT
# check-counted.sh OBJECT CLI BIN PROGRAM...: the program says "calls N", and,
# when it has several processes, "PID CALLS" for each on standard error.
. "$(dirname "$0")/common.sh"
need babeltrace2

run_bare "$@"
[ "$(cat "$work/bare.status")" -ne 77 ] || skip 'not possible for this user'
run_preloaded stacks=none "$@"
same "$1"
recorded "$1" "$(sed -n 's/^calls //p' "$work/preloaded.out")"

while read -r pid calls; do
	"$cli" report --format=json "$work/trace" >"$work/report.json"
	"$bin/json-get" 'processes.*.pid' <"$work/report.json" >"$work/pids"
	"$bin/json-get" 'processes.*.calls' <"$work/report.json" >"$work/counts"
	got=$(paste "$work/pids" "$work/counts" |
		awk -v pid="$pid" '$1 == pid { sum += $2 } END { print sum + 0 }')
	expect "process $pid" "$got" "$calls"
done <"$work/preloaded.err"
finish
