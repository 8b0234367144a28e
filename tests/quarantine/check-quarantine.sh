#!/bin/sh
# SPDX-License-Identifier: MIT
# check-quarantine.sh OBJECT CLI BIN [NAME=VALUE...] PROGRAM...: the program does
# the same with a quarantine as without the object, and what the quarantine has
# done is as expected. Names:
#
#     OPTIONS   beside quarantine=, instead of each of three sets
#     SIZE      of the quarantine, 1M unless it is given
#     PRINTS    what the program says under the object, where it is not the same
#     ACCESSES  RG115: as many are counted, none lost
#     RECORDED  as many are in the trace, those counted unless it is given
#     COUNTERS  the lines of ./counters
#     NOT_HELD  old ranges that could not be held
#     FOUND     findings of the report, in their order
. "$(dirname "$0")/../preload/common.sh"
options='' size=1M prints='' accesses='' recorded='' counters=''
not_held='' found=''
while :; do
	case $1 in
	OPTIONS=*) options=${1#*=} ;;
	SIZE=*) size=${1#*=} ;;
	PRINTS=*) prints=${1#*=} ;;
	ACCESSES=*) accesses=${1#*=} ;;
	RECORDED=*) recorded=${1#*=} ;;
	COUNTERS=*) counters=${1#*=} ;;
	NOT_HELD=*) not_held=${1#*=} ;;
	FOUND=*) found=${1#*=} ;;
	*) break ;;
	esac
	shift
done
need babeltrace2

# sum FIELD: of a counter, over all processes
sum() {
	"$bin/counters" "$work/trace" | awk -v name="$1" '{
		for (i = 1; i < NF; i++)
			if ($i == name) sum += $(i + 1)
	} END { print sum + 0 }'
}

# row OPTIONS PROGRAM...
row() {
	name=$1
	rm -rf "$work/trace"
	run_preloaded "quarantine=$size:$@"
	if [ -n "$prints" ]; then
		expect "$name: says" "$(cat "$work/preloaded.out")" "$prints"
	else
		same "$name"
	fi
	expect "$name: standard error" \
		"$(grep '^remapguard' "$work/preloaded.err")" ''
	expect "$name: lost" "$(sum lost)" 0
	[ -z "$accesses" ] || {
		expect "$name: accesses" "$(sum accesses)" "$accesses"
		expect "$name: accesses recorded" \
			"$(babeltrace2 "$work/trace" 2>&1 |
				grep -c 'remapguard:stale_access')" \
			"${recorded:-$accesses}"
	}
	[ -z "$counters" ] || expect "$name: counters" \
		"$("$bin/counters" "$work/trace")" "$counters"
	[ -z "$not_held" ] || expect "$name: not held" "$("$bin/counters" "$work/trace" |
		sed 's/.* not held \([0-9]*\) .*/\1/')" "$not_held"
	[ -z "$found" ] || expect "$name: found" \
		"$(field 'findings.*.id' | sort | tr '\n' ' ')" "$found "
	expect "$name: mismatches" "$(field totals.mismatches)" 0
}

run_bare "$@"
[ "$(cat "$work/bare.status")" -ne 77 ] || skip "$(tail -n 1 "$work/bare.err")"
if [ -n "$options" ]; then
	row "$options" "$@"
else
	row stacks=none "$@"
	row profile=debug "$@"
	row stacks=fp:move=always:predict=always "$@"
fi
finish
