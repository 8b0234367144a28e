#!/bin/sh
# SPDX-License-Identifier: MIT
# check-seen.sh OBJECT CLI BIN [NAME=VALUE...] PROGRAM...: the program does the
# same with the object as without, and in one run of it strace, the report and
# babeltrace2 count the same calls, but for those it says are not seen. Names:
#
#     OPTIONS  of the object, beside trace=
#     BEFORE   another object to be preloaded, before ours
#     AFTER    the same, after ours
#     LOST     "some": calls may be counted as lost
#     LIBC     what the report says of the tier, "works" unless it is given
#     NEEDS    a file without which the row is skipped
#
# and any other is for the program's environment, with the object and without.
. "$(dirname "$0")/../preload/common.sh"
options=stacks=none before='' after='' may_lose=none libc=works
while :; do
	case $1 in
	OPTIONS=*) options=${1#*=} ;;
	BEFORE=*) before=${1#*=} ;;
	AFTER=*) after=${1#*=} ;;
	LOST=*) may_lose=${1#*=} ;;
	LIBC=*) libc=${1#*=} ;;
	NEEDS=*) [ -e "${1#*=}" ] || skip "${1##*/} could not be built here" ;;
	[A-Z]*=*) export "${1?}" ;;
	*) break ;;
	esac
	shift
done
# what heaptrack writes, it would write here
export DUMP_HEAPTRACK_OUTPUT="$work/heaptrack"
need strace babeltrace2
strace -o /dev/null true 2>/dev/null || skip 'may not trace processes here'
others=$before$after
if [ -n "$others" ] &&
	env LD_PRELOAD="$others" true 2>&1 | grep -q 'cannot be preloaded'; then
	skip "no ${others##*/} here"
fi

run_bare env LD_PRELOAD="$others" "$@"
[ "$(cat "$work/bare.status")" -ne 77 ] || skip "$(tail -n 1 "$work/bare.err")"
strace -f -e trace=mremap -e signal=none -o "$work/strace" \
	-E LD_PRELOAD="$before${before:+ }$object${after:+ }$after" \
	-E REMAPGUARD_OPTIONS="trace=$work/trace:$options" \
	"$@" >"$work/preloaded.out" 2>"$work/preloaded.err" </dev/null
echo $? >"$work/preloaded.status"
same "$1"
expect 'standard error' "$(grep '^remapguard' "$work/preloaded.err")" ''

made=$(sed -n 's/^calls //p' "$work/bare.out")
least=$(sed -n 's/^at least //p' "$work/bare.out")
unseen=$(sed -n 's/^unseen //p' "$work/bare.out")
# one that another thread interrupted has two lines
counted=$(grep -c ' mremap(' "$work/strace")
expect 'calls strace saw' "$counted" "${made:-$counted}"
made=$counted
[ "${made:-0}" -ge "${least:-1}" ] || fail "only $made calls were made"
calls=$(field totals.calls)
lost=$(field totals.lost)
expect 'recorded and lost' $((calls + lost)) $((made - ${unseen:-0}))
expect 'events babeltrace2 prints' "$(events)" "$calls"
[ $may_lose = some ] || expect 'lost' "$lost" 0
expect 'mismatches' "$(field totals.mismatches)" 0
expect 'tier libc' "$(field 'processes.*.tiers_why.libc' | tail -n 1)" "$libc"
echo "$made calls, $calls recorded, $lost lost"
finish
