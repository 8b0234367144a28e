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

# driver PLACEMENT: what became of a driver's mapping
driver() {
	sed -n "s/^large, driver's: //p" "$work/$1.out"
}

# counted NAME PLACED MISPLACED: what is counted where this is the only call
counted() {
	rm -rf "$work/trace"
	run_preloaded "stacks=none:predict=$predict:placement=congruent" \
		"$bin/moves" "$1"
	for what in placed misplaced; do
		expect "predict=$predict: $1: $what" \
			"$(field "placement.$what")" "$2"
		shift
	done
}

# kernel_is RELEASE: or a later one
kernel_is() {
	[ "$(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1)" = "$1" ]
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
	# with room behind it, which is not what the kernel refuses it for
	expect "predict=$predict: large, driver's" "$(driver congruent)" \
		"$(driver kernel)"
	learns=$(sed -n 's/^large, learns, file: //p' "$work/kernel.out")
	row 'large, flag unknown' EINVAL EINVAL
	# nothing else is touched
	for placement in kernel congruent; do
		sed '/^large/d; s/, congruent$//' "$work/$placement.out" \
			>"$work/$placement.small"
	done
	cmp "$work/kernel.small" "$work/congruent.small" ||
		fail "predict=$predict: something small goes elsewhere"
	counted 'left, short' 0 0
	counted 'left, in its last page' 0 0
	! kernel_is 6.7 || counted 'left, aligned' 0 0
	counted 'large, stays' 0 0
	counted 'large, moves by a page' 1 0
	counted 'large, moves, low' 0 0
	counted 'large, moves, limited' 0 1
	counted 'large, may not move' 0 0
	# where the file stays aligned the next is thought to, once
	! kernel_is 6.11 || case $learns in
	'moved, congruent') counted 'large, learns' 1 0 ;;
	moved) counted 'large, learns' 2 0 ;;
	*) fail "predict=$predict: large, learns, file: $learns" ;;
	esac
done
finish
