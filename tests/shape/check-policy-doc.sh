#!/bin/sh
# SPDX-License-Identifier: MIT
# check-policy-doc.sh ROOT REMAPGUARD: what docs/policy.md shows is what the
# command prints.
doc=$(realpath "$1/docs/policy.md") remapguard=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# shows NAME: standard input stands in the document
shows() {
	cat >"$work/text"
	[ -s "$work/text" ] || echo 'prints nothing' >"$work/text"
	while IFS= read -r line; do
		[ -z "$line" ] || grep -qxF -e "$line" "$doc" || {
			echo "$1: docs/policy.md does not show: $line"
			return 1
		}
	done <"$work/text"
}

# block FROM: the lines behind one that is FROM, up to the next fence or command
block() {
	sed -n "/^$1\$/,/^[\`$]/{ /^[\`$]/!p }" "$doc"
}

"$remapguard" list profiles | shows 'list profiles' || status=1
sed -n '/^```ini$/,/^```$/{ /^```/!p }' "$doc" >"$work/policy.ini"
block '\$ cat wrong.ini' >"$work/wrong.ini"
cd "$work" || exit 1
"$remapguard" policy check policy.ini || status=1
"$remapguard" policy compile policy.ini | shows 'policy compile' || status=1
"$remapguard" policy check wrong.ini 2>&1 | shows 'policy check' || status=1
exit $status
