#!/bin/sh
# SPDX-License-Identifier: MIT
# Threads that get into each other's way write to a stream for each processor:
# together these have all calls, in the order in which they were made.
. "$(dirname "$0")/common.sh"
need babeltrace2

run_bare "$bin/handed"
run_preloaded stacks=none "$bin/handed"
same handed
recorded handed 42000
expect 'processes' "$(field 'processes.*.pid' | wc -l)" 1

[ "$(nproc)" -gt 1 ] || skip 'one stream is enough for one processor'
[ "$(ls "$work"/trace/stream-*-0 | wc -l)" -gt 1 ] ||
	fail "one stream: $(ls "$work/trace")"

# from where the call before has left it
broken=$(babeltrace2 "$work/trace" 2>/dev/null |
	sed -n 's/.*{ addr = \(0x21[0-9A-F]*\), .* result = \(0x[0-9A-F]*\),.*/\1 \2/p' |
	awk 'NR > 1 && $1 != left { broken++ } { left = $2 }
		END { print NR, broken + 0 }')
expect 'handed on, and out of order' "$broken" '2000 0'
finish
