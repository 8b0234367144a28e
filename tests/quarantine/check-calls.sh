#!/bin/sh
# SPDX-License-Identifier: MIT
# check-calls.sh OBJECT CLI BIN HOW OPTIONS OWN MOST: a thousand moves cost at
# most MOST system calls each beside the OWN of the program, and one in each
# thirty-two moves.
. "$(dirname "$0")/../preload/common.sh"
need strace
strace -o /dev/null true 2>/dev/null || skip 'may not trace processes here'
how=$1 options=$2 own=$3 most=$4 nr=1000

strace -f -o "$work/strace" -E LD_PRELOAD="$object" \
	-E REMAPGUARD_OPTIONS="trace=$work/trace:stacks=none:quarantine=1M:$options" \
	"$bin/counted" "$how" $nr || fail "status $?"
sed -n '/getpgid(0)/,/getpgid(0)/{ /getpgid/!p }' "$work/strace" |
	grep -v '<\.\.\. ' >"$work/calls"
all=$(wc -l <"$work/calls")
segments=$(grep -c '/\?stream-' "$work/calls")
extra=$((all - own * nr - segments * 14))
[ "$extra" -le $((most * nr + nr / 32 + 1)) ] || {
	fail "$extra system calls for $nr moves, beside the program's own"
	awk '{ sub(/\(.*/, "", $2); print $2 }' "$work/calls" | sort |
		uniq -c | sort -rn | head
}
[ "$extra" -ge $((2 * nr)) ] || fail "only $extra: is anything held?"
echo "$extra system calls for $nr moves"
finish
