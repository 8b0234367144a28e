#!/bin/sh
# SPDX-License-Identifier: MIT
# 100,000 calls cost 100,000 system calls, and a dozen for each of the trace's
# segments, which are few.
. "$(dirname "$0")/common.sh"
need strace
strace -o /dev/null true 2>/dev/null || skip 'may not trace processes here'

strace -f -o "$work/strace" -E LD_PRELOAD="$object" \
	-E REMAPGUARD_OPTIONS="trace=$work/trace:stacks=none" \
	"$bin/resizes" 100000 >"$work/out"
expect output "$(cat "$work/out")" 'calls 100000'
expect 'mremap calls' "$(grep -c 'mremap(' "$work/strace")" 100000
sed '1,/mremap(/d' "$work/strace" | grep -v 'mremap(' >"$work/others"
others=$(wc -l <"$work/others")
segments=$(find "$work/trace" -name 'stream-*' | wc -l)
[ "$segments" -le 8 ] || fail "$segments segments"
[ "$others" -le $((20 + 14 * segments)) ] || {
	fail "$others system calls beside mremap:"
	awk '{ sub(/\(.*/, "", $2); print $2 }' "$work/others" | sort |
		uniq -c | sort -rn | head
}
echo "$others system calls beside mremap, for $segments segments"
finish
