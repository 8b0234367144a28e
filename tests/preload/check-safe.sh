#!/bin/sh
# SPDX-License-Identifier: MIT
# Safe execution: noreplace=on is not raced by another thread, and lets a
# caller use its own reservation; shrink-first=on loses no committed memory.
. "$(dirname "$0")/common.sh"

run_preloaded predict=auto:stacks=none:noreplace=on "$bin/races" 20000
expect 'races: exit status' "$(cat "$work/preloaded.status")" 0
cat "$work/preloaded.out"

rm -rf "$work/trace"
run_preloaded stacks=none:noreplace=on "$bin/clobbers"
expect 'onto a page' "$(cat "$work/preloaded.err")" 'onto a page: File exists'

# the program's own limits are the kernel's: 0 with and without
for limit in 100000 40000; do
	rm -rf "$work/trace"
	run_preloaded stacks=none:noreplace=on sh -c \
		"ulimit -v $limit; exec $bin/clobbers"
	expect "RLIMIT_AS of $limit" "$(cat "$work/preloaded.status")" 0
done

rm -rf "$work/trace"
run_bare "$bin/several"
run_preloaded stacks=none:noreplace=on "$bin/several"
same 'several, the first moved'

leaked=$("$bin/leaks")
rm -rf "$work/trace"
run_preloaded stacks=none:predict=always:shrink-first=on "$bin/leaks"
kept=$(cat "$work/preloaded.out")
echo "committed memory lost: $leaked kB bare, $kept kB with shrink-first=on"
# others come and go meanwhile, so less than a quarter of what is at stake
[ "$kept" -lt $((8 * 65536 / 4)) ] || fail "$kept kB are lost"
finish
