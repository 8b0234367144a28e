#!/bin/sh
# SPDX-License-Identifier: MIT
# check-stacks.sh OBJECT BIN SCENE PARTS: the scene ends well in each program,
# under the object that compares each stack with libunwind's; and of 1,000 that
# it unwinds by itself PARTS at least were remembered.
object=$1 bin=$2 scene=$3 parts=$4
status=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

for program in simple fast small framed; do
	env REMAPGUARD_SAY_STACKS=1 LD_PRELOAD="$object" \
		REMAPGUARD_OPTIONS="trace=$work/$program:stacks=libunwind" \
		"$bin/stacks-$program" "$scene" \
		"$bin/same-place-136.so" "$bin/same-place-200.so" \
		2>"$work/said" </dev/null
	ended=$?
	rm -rf "${work:?}/$program"
	[ $ended -ne 77 ] || {
		cat "$work/said"
		exit 77
	}
	unwound=$(sed -n 's/^unwound //p' "$work/said" | tail -n 1)
	remembered=$(sed -n 's/^remembered //p' "$work/said" | tail -n 1)
	echo "$program: status $ended, unwound $unwound," \
		"remembered $remembered"
	all=$((${unwound:-0} + ${remembered:-0}))
	[ $ended -eq 0 ] && [ $all -gt 1000 ] &&
		[ $((1000 * remembered)) -ge $((parts * all)) ] && continue
	echo "FAILED: $scene in stacks-$program"
	cat "$work/said"
	status=1
done
exit $status
