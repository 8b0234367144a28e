#!/bin/sh
# SPDX-License-Identifier: MIT
# move=: a mapping that grows and may move does as the kernel has it, always
# moves, or never; and the plan agrees.
. "$(dirname "$0")/common.sh"

# row KERNEL ALWAYS NEVER NAME: what is expected with each
row() {
	case $move in
	kernel) want=$1 ;;
	always) want=$2 ;;
	never) want=$3 ;;
	esac
	grep -q "^$4: cannot be had$" "$work/preloaded.out" && {
		echo "$4: cannot be had here"
		return
	}
	expect "move=$move, predict=$predict: $4" \
		"$(sed -n "s/, congruent$//; s/^$4: //p" \
			"$work/preloaded.out")" "$want"
}

for move in kernel always never; do
	for predict in auto always never; do
		rm -rf "$work/trace"
		run_preloaded "stacks=none:predict=$predict:move=$move" \
			"$bin/moves"
		row stayed moved stayed grows
		row stayed moved stayed 'grows by a byte'
		row moved moved ENOMEM 'grows, blocked'
		row stayed moved stayed 'grows, shared'
		row EINVAL EINVAL EINVAL 'grows, huge pages'
		row stayed moved stayed 'grows, locked'
		row stayed stayed stayed 'grows, limited'
		row stayed stayed stayed 'grows, may not move'
		row stayed stayed stayed 'grows within its last page'
		row stayed stayed stayed shrinks
		row stayed stayed stayed 'keeps its size'
		row moved moved moved 'keeps its size, DONTUNMAP'
		row moved moved moved 'length wraps'
		[ "$move" != always ] || row '' moved '' realloc
		! grep 'lost' "$work/preloaded.out" || fail "move=$move: lost"
		expect "move=$move, predict=$predict: mismatches" \
			"$(field totals.mismatches)" 0
	done
done

# what the profile has
rm -rf "$work/trace"
run_preloaded stacks=none:profile=debug "$bin/moves"
expect 'profile=debug' \
	"$(sed -n 's/, congruent$//; s/^grows: //p' "$work/preloaded.out")" moved
finish
