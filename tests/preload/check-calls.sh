#!/bin/sh
# SPDX-License-Identifier: MIT
# Every row of the table does the same with the object as without, each call
# was planned before it was made, and each plan was right.
. "$(dirname "$0")/common.sh"
need babeltrace2

run_bare "$bin/calls"
run_preloaded predict=always:stacks=none "$bin/calls"
same calls
expect 'exit status' "$(cat "$work/preloaded.status")" 0
grep EXPECTED "$work/bare.out" && fail 'rows are not as this kernel does'

grep ': skip: ' "$work/bare.out"
rows=$(grep -v ': skip: ' "$work/bare.out" | grep -c ' | ')
[ "$rows" -ge 200 ] || fail "only $rows rows were run"

made=$(sed -n 's/^calls //p' "$work/preloaded.out")
recorded calls "$made"
expect planned "$(field totals.planned)" "$made"
mismatches=$(field totals.mismatches)
expect mismatches "$mismatches" 0
[ "$mismatches" = 0 ] || babeltrace2 "$work/trace" | grep '"mismatch"'
echo "$rows rows, $made calls, $(field totals.unknown) with unknowns"
finish
