#!/bin/sh
# SPDX-License-Identifier: MIT
# Where the trace has no room left, every call is recorded or counted as lost,
# and the program gets neither SIGBUS nor SIGXFSZ. check-lost.sh … HOW, one of
# cap, disk, small-disk, file-size; and tiny-files, where not even the counters
# fit.
. "$(dirname "$0")/common.sh"
need babeltrace2
how=$1 made=200000 options=stacks=none limit=unlimited

run_bare "$bin/resizes" $made
case $how in
cap)
	options=$options:max-trace=256K
	;;
file-size)
	limit=1000
	;;
tiny-files)
	limit=8
	;;
disk | small-disk)
	size=6m
	[ "$how" = disk ] || size=1m
	mkdir "$work/disk"
	mount -t tmpfs -o size=$size none "$work/disk" 2>/dev/null ||
		skip 'may not mount a small disk'
	trap 'umount "$work/disk"; rm -rf "$work"' EXIT
	;;
esac
trace=$work/trace
[ ! -d "$work/disk" ] || trace=$work/disk/trace

(
	# in blocks of 512 bytes
	ulimit -f $limit
	exec env LD_PRELOAD="$object" \
		REMAPGUARD_OPTIONS="trace=$trace:$options" \
		"$bin/resizes" $made
) >"$work/preloaded.out" 2>"$work/preloaded.err"
echo $? >"$work/preloaded.status"
same "$how"
[ "$how" != tiny-files ] || finish

calls=$(field totals.calls "$trace")
lost=$(field totals.lost "$trace")
expect 'recorded and lost' $((calls + lost)) $made
expect 'events' "$(events "$trace")" "$calls"
# a limit on files leaves room for many small ones
[ "$lost" -gt 0 ] || [ "$how" = file-size ] ||
	fail 'nothing was lost: the test is too small'
echo "$calls recorded, $lost lost"
finish
