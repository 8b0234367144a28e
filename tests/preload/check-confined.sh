#!/bin/sh
# SPDX-License-Identifier: MIT
# check-confined.sh OBJECT CLI BIN AT-LEAST PROGRAM: it shuts itself off from
# the trace (no /proc, no paths, no descriptors). Each call is recorded or
# counted as lost, AT-LEAST so many are recorded, and the program runs on.
. "$(dirname "$0")/common.sh"
need babeltrace2
at_least=$1
shift
mkdir "$work/jail"

run_bare "$@" "$work/jail"
[ "$(cat "$work/bare.status")" -ne 77 ] || skip 'not possible for this user'
run_preloaded stacks=none "$@" "$work/jail"
same "$1"
made=$(sed -n 's/^calls //p' "$work/preloaded.out")
calls=$(field totals.calls)
lost=$(field totals.lost)
expect 'recorded and lost' $((calls + lost)) "$made"
expect 'events' "$(events)" "$calls"
[ "$calls" -ge "$at_least" ] || fail "only $calls recorded"
expect 'files in the jail' "$(ls -A "$work/jail")" ''
echo "$calls recorded, $lost lost"
finish
