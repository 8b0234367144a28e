#!/bin/sh
# SPDX-License-Identifier: MIT
# The comparison can fail: plans broken on purpose are counted as mismatches,
# and the program does not notice.
. "$(dirname "$0")/common.sh"

run_bare "$bin/calls"
run_preloaded predict=always:stacks=none:break-plan=on "$bin/calls"
same calls
made=$(sed -n 's/^calls //p' "$work/preloaded.out")
mismatches=$(field totals.mismatches)
[ "${mismatches:-0}" -gt $((made / 2)) ] ||
	fail "of $made broken plans only $mismatches mismatch"
finish
