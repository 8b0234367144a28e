# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Sourced by checks that tell of rows, as TAP. Theirs is $work, a directory,
# where "out" is what the latest row has said.

number=0
failures=0

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
