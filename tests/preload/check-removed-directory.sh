#!/bin/sh
# SPDX-License-Identifier: MIT
# The trace's directory is removed while the program runs: it goes on.
. "$(dirname "$0")/common.sh"
mkfifo "$work/go"

env LD_PRELOAD="$object" REMAPGUARD_OPTIONS="trace=$work/trace:stacks=none" \
	"$bin/resizes" 200000 100 >"$work/preloaded.out" 2>"$work/preloaded.err" \
	<"$work/go" &
pid=$!
trap '' PIPE # should it have ended already
exec 9>"$work/go"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	grep -q pause "$work/preloaded.out" && break
	sleep 0.2
done
[ -d "$work/trace" ] || fail 'there is no trace to remove'
rm -rf "$work/trace"
echo >&9
wait $pid
expect 'exit status' $? 0
expect 'output' "$(tail -n 1 "$work/preloaded.out")" 'calls 200000'
finish
