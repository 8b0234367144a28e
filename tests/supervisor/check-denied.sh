#!/bin/sh
# SPDX-License-Identifier: MIT
# What a policy denies does not happen, whoever asks, and is recorded as denied.
. "$(dirname "$0")/common.sh"
here=$1
cd "$work" || exit 1

moved='moved maps differ holds a ' kept='maps are the same holds b '
exists="File exists $kept" busy="Device or resource busy $kept"

# denies NAME OUTPUT DENIED OPTION... -- PROGRAM...
denies() {
	name=$1 output=$2 denied=$3
	shift 3
	covered "$@"
	said "$name" 0 "$output"
	expect "$name: denied" "$(field totals.denied)" "$denied"
	expect "$name: calls" "$(field totals.calls)" 1
	expect "$name: lost" "$(field totals.lost)" 0
	expect "$name: by the supervisor" "$(field totals.tiers.supervisor)" 1
}

printf '[rule static]\nfinding = clobber\naction = deny EBUSY\nmodule = clobbers-raw-st*\n' >static
printf 'RG101:clobbers-raw-st*\n' >known
for program in clobbers-raw clobbers-raw-static; do
	at=$here/$program
	denies "$program: as ever" "$moved" 0 -- "$at"
	denies "$program: denied" "$exists" 1 --set RG101=deny -- "$at"
	denies "$program: its errno" "$busy" 1 --set 'RG101=deny EBUSY' -- "$at"
	denies "$program: a profile" "$exists" 1 --profile=strict -- "$at"
	denies "$program: noreplace" "$exists" 1 \
		--options=noreplace=on:RG101=ignore -- "$at"
done
denies 'a rule of its module' "$busy" 1 --policy=static -- "$here/clobbers-raw-static"
denies 'a rule of another' "$moved" 0 --policy=static -- "$here/clobbers-raw"
denies 'suppressed' "$moved" 0 --set RG101=deny --suppress=known -- \
	"$here/clobbers-raw-static"
denies 'suppressed for others' "$exists" 1 --set RG101=deny \
	--suppress=known -- "$here/clobbers-raw"

covered --set RG101=abort -- "$here/clobbers-raw-static"
said 'aborted' 134 ''
expect 'aborted: says why' "$(grep -c '^remapguard: RG101: ' covered.err)" 1
expect 'aborted: denied' "$(field totals.denied)" 1

covered --set RG101=abort -- sh -c \
	"trap '' ABRT; exec '$here/clobbers-raw-static'"
said 'aborted, and deaf to it' 137 ''

covered --set RG101=abort -- "$here/clobbers-raw-static" survive
said 'aborted, and survives it' 137 ''

# who has the cookie passes for the object, but not where all is enforced
covered --set RG101=deny -- "$here/clobbers-raw" forge
said 'forged' 0 "$moved"
denies 'forged, and all enforced' "$exists" 1 --enforce=all --set RG101=deny \
	-- "$here/clobbers-raw" forge

# the object's calls are judged once more there, and recorded once
covered --enforce=all --set RG101=deny -- "$bin/clobber"
said 'the object denies' 3 'EEXIST EEXIST '
expect 'the object denies: calls' "$(field totals.calls)" 2
covered --enforce=all -- "$bin/realloc-grow"
said 'enforced and allowed' 0 'sum 294 '
expect 'enforced and allowed: seen by the object' \
	"$(field totals.tiers.supervisor)" 0
[ "$(field totals.tiers.libc)" -ge 72 ] || fail 'enforced: calls are missing'
finish
