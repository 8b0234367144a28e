# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Sourced by the checks, which get BUILD and LIBDIR first: installs into $tree
# and tells, as TAP, of rows.

build=$1 libdir=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
tree=$work/tree
number=0
failures=0

DESTDIR=$tree meson install -C "$build" --no-rebuild >"$work/log" 2>&1 || {
	echo "Bail out! meson install: $(tail -n 1 "$work/log")"
	exit 1
}
bin=$(dirname "$(find "$tree" -path '*/bin/remapguard')")
prefix=${bin%/bin}

# row NAME COMMAND...: it has to succeed
row() {
	name=$1
	shift
	number=$((number + 1))
	if "$@" >"$work/out" 2>&1; then
		echo "ok $number - $name"
		return
	fi
	echo "not ok $number - $name"
	sed 's/^/# /' "$work/out"
	failures=$((failures + 1))
}

finish() {
	echo "1..$number"
	[ "$failures" -eq 0 ]
	exit
}
