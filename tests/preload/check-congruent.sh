#!/bin/sh
# SPDX-License-Identifier: MIT
# placement=congruent: what is large and moves as it grows goes to where page
# tables move whole; all else is as it was.
. "$(dirname "$0")/common.sh"

# row NAME KERNEL CONGRUENT: what is expected with each placement. `moved' is
# anywhere, for the kernel may come upon a congruent place as well.
row() {
	for placement in kernel congruent; do
		want=$2
		[ $placement = kernel ] || want=$3
		got=$(sed -n "s/^$1: //p" "$work/$placement.out")
		[ "$want" != moved ] || got=${got%, congruent}
		expect "placement=$placement, predict=$predict: $1" "$got" \
			"$want"
	done
}

for predict in auto always never; do
	for placement in kernel congruent; do
		rm -rf "$work/trace"
		run_preloaded \
			"stacks=none:predict=$predict:placement=$placement" \
			"$bin/moves"
		mv "$work/preloaded.out" "$work/$placement.out"
		expect "$placement: mismatches" "$(field totals.mismatches)" 0
		expect "$placement: lost" "$(field totals.lost)" 0
		! grep lost "$work/$placement.out" || fail "$placement: lost"
	done
	row 'grows, blocked' 'moved, congruent' 'moved, congruent'
	row 'large, stays' stayed stayed
	row 'large, moves' moved 'moved, congruent'
	row 'large, moves by a page' moved 'moved, congruent'
	row 'large, moves, shared' moved 'moved, congruent'
	row 'large, moves, low' moved moved
	row 'large, moves, limited' moved moved
	row 'large, may not move' ENOMEM ENOMEM
	row 'large, flag unknown' EINVAL EINVAL
	# nothing else is touched
	for placement in kernel congruent; do
		sed '/^large/d; s/, congruent$//' "$work/$placement.out" \
			>"$work/$placement.small"
	done
	cmp "$work/kernel.small" "$work/congruent.small" ||
		fail "predict=$predict: something small goes elsewhere"
done
finish
