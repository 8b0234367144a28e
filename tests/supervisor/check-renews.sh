#!/bin/sh
# SPDX-License-Identifier: MIT
# Each call is judged by the mappings of the process that makes it, and of the
# program that runs there now.
. "$(dirname "$0")/common.sh"
here=$1
program=$here/renews-static

# renews WAY ROUNDS CALLS: half of them are denied
renews() {
	covered --set RG101=deny -- "$program" "$1" "$2"
	[ "$(cat "$work/covered.status")" != 77 ] || {
		echo "$1: not possible here"
		return
	}
	said "$1" 0 ''
	expect "$1: calls" "$(field totals.calls)" "$3"
	expect "$1: denied" "$(field totals.denied)" $(($3 / 2))
	expect "$1: lost" "$(field totals.lost)" 0
}

renews exec 100 300
renews shared 100 300
renews vfork 50 300
renews fork 50 150
renews number 100 300

# those that are killed had some denied as well; who lives on is not mistaken
covered --set RG101=deny -- "$program" dies 100
said 'dies' 0 ''
[ "$(field totals.calls)" -ge 300 ] || fail 'dies: calls are missing'
expect 'dies: lost' "$(field totals.lost)" 0

# a stack is that of the call, and not of the one before
covered -- "$program" stacks 100
said 'stacks' 0 ''
for site in 0 1; do
	expect "stacks: calls of one" "$(field "sites.$site.calls")" 100
	field "sites.$site.stack.*.function" >>"$work/functions"
done
expect 'stacks: from above' "$(grep -c '^call_from_above$' "$work/functions")" 1
expect 'stacks: from here' "$(grep -c '^call_from_here$' "$work/functions")" 2

# without descriptors calls are judged by their arguments, and counted
(
	ulimit -n 24 || exit
	covered -- "$program" many 60
)
said 'many' 0 ''
expect 'many: counted' $(($(field totals.calls) + $(field totals.lost))) 60
finish
