#!/bin/sh
# SPDX-License-Identifier: MIT
# check-pure.sh ARCHIVE...: taken together they use nothing from outside but
# what copies and compares memory and strings. What may do input or output,
# allocate, or set errno shows up here.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for archive; do
	nm --defined-only "$archive" 2>/dev/null
done | awk 'NF == 3 { print $3 }' | sort -u >"$work/defined"
for archive; do
	nm --undefined-only "$archive" 2>/dev/null
done | awk '$1 == "U" { print $2 }' | sort -u >"$work/used"
[ -s "$work/defined" ] || {
	echo "$*: no symbols: this is no archive of ours"
	exit 1
}

comm -13 "$work/defined" "$work/used" |
	grep -E -x -v 'mem(cpy|set|move|cmp|chr)|str(n?len|n?cmp|r?chr)|_GLOBAL_OFFSET_TABLE_' \
		>"$work/outside"
[ -s "$work/outside" ] || exit 0
echo "$*: uses from outside:" $(cat "$work/outside")
exit 1
