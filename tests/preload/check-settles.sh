#!/bin/sh
# SPDX-License-Identifier: MIT
# placement=congruent and grow-ahead=on: what grows again and again comes to
# the same wherever it goes, but for how often it moves.
. "$(dirname "$0")/common.sh"

bin=$(realpath "$bin")
cd "$work" || exit 1

# outcomes FILE: but for what is meant to differ
outcomes() {
	grep -v '^moves of' "$1"
}

moves() {
	sed -n "s/^moves of $1: //p" "$work/preloaded.out"
}

# settles OPTIONS [ROWS]: as without them. Where all calls are planned, holes
# that come and go between two looks may be taken for a mistake of the plan's.
settles() {
	rm -rf "$work/trace"
	run_preloaded "stacks=none:$1" "$bin/settles" "$2"
	expect "$1: exit status" "$(cat preloaded.status)" 0
	outcomes preloaded.out >settled.out
	grep "^$2" bare.outcomes | cmp -s - settled.out || {
		fail "$1: not as without it:"
		diff bare.outcomes settled.out
	}
	case $1/$2 in
	*predict=always/) ;;
	*) expect "$1: mismatches" "$(field totals.mismatches)" 0 ;;
	esac
	expect "$1: lost" "$(field totals.lost)" 0
}

# some OF WHAT: more than none
some() {
	[ "$(field "placement.$1")" -gt 0 ] || fail "$2: no $1"
}

run_bare "$bin/settles"
expect 'exit status' "$(cat bare.status)" 0
outcomes bare.out >bare.outcomes
! grep -E 'lost|cannot (grow|shrink)|gone|not what' bare.outcomes ||
	fail 'something is wrong without us'

settles placement=congruent
some placed congruent
expect 'congruent: rooms' "$(field placement.rooms)" 0

settles grow-ahead=on
some rooms 'grow-ahead'
some rooms_used 'grow-ahead'
# nine growths each: one or two move, and then what is outgrown three times
[ "$(moves private)" -le 10 ] || fail "grow-ahead: $(moves private) moves"

settles placement=congruent:grow-ahead=on
some rooms_used both
settles placement=congruent:grow-ahead=on:predict=always
some rooms_used 'both, always planned'
settles placement=congruent:grow-ahead=on:predict=always private
settles placement=congruent:grow-ahead=on:predict=never:profile=fast
some rooms_used fast
settles placement=congruent:grow-ahead=on:quarantine=64M
settles placement=congruent:grow-ahead=on:move=always
expect 'move=always: rooms' "$(field placement.rooms)" 0
settles placement=congruent:grow-ahead=on:quarantine=64M:move=always
settles placement=congruent:grow-ahead=on:noreplace=on:preflight=on
finish
