#!/bin/sh
# SPDX-License-Identifier: MIT
# check-unmap-moved.sh OBJECT CLI BIN: no mapping of ours lies where a call has
# just made room. The program makes enough calls for several segments.
. "$(dirname "$0")/common.sh"
need babeltrace2

run_bare "$bin/unmap-moved"
for stacks in none fp libunwind; do
	rm -rf "$work/trace"
	run_preloaded "stacks=$stacks" "$bin/unmap-moved"
	same "stacks=$stacks"
	recorded "stacks=$stacks" "$(sed -n 's/^calls //p' "$work/bare.out")"
done
finish
