#!/bin/sh
# SPDX-License-Identifier: MIT
# check-faults.sh OBJECT CLI BIN OPTIONS PROGRAM...: each system call that the
# object makes fails, one after the other, then all from there on, then all of
# one name. The program does not notice, and each of its calls is recorded or
# counted as lost, or else the object has said that there is no trace. With
# ALL=1 in the environment none is left out, and each fails with each error.
. "$(dirname "$0")/../preload/common.sh"
options=$1
shift
here=$(dirname "$1")
errors='12 24 1 38' # ENOMEM EMFILE EPERM ENOSYS
tried=0

# failing WHICH ERRNO PROGRAM...
failing() {
	which=$1 errno=$2
	shift 2
	rm -rf "$work/trace"
	PRELOAD=$object REMAPGUARD_OPTIONS="trace=$work/trace:$options" \
		timeout 30 "$here/fail-call" "$work/log" "$which" "$errno" \
		"$@" >"$work/preloaded.out" 2>"$work/preloaded.err" </dev/null
	echo $? >"$work/preloaded.status"
	tried=$((tried + 1))
}

# told NAME WHAT: it says so, unless it was refused every writing
told() {
	case $1 in
	*-\ * | write\ *) return ;;
	esac
	grep -q '^remapguard: ' "$work/preloaded.err" ||
		fail "$1: $2, and nothing said of it"
}

accounted() {
	"$cli" report --format=json "$work/trace" >"$work/report.json" \
		2>"$work/report.err" || {
		told "$1" 'no trace'
		return
	}
	calls=$("$bin/json-get" totals.calls <"$work/report.json")
	lost=$("$bin/json-get" totals.lost <"$work/report.json")
	[ $((calls + lost)) -eq "$made" ] || told "$1" "$calls + $lost calls"
}

# row WHICH ERRNO PROGRAM...
row() {
	failing "$@"
	name="$1 ($(sed -n "s/^${1%-} //p" "$work/log")) fails with errno $2"
	same "$name"
	accounted "$name"
}

run_bare "$@"
made=$(sed -n 's/^calls //p' "$work/bare.out")
failing 0 0 "$@"
[ "$(cat "$work/preloaded.status")" -ne 77 ] ||
	skip "$(cat "$work/preloaded.err")"
same 'no call fails'
accounted 'no call fails'
expect 'lost where no call fails' "$lost" 0
cp "$work/log" "$work/calls"
nr=$(wc -l <"$work/calls")
[ "$nr" -ge 20 ] || fail "only $nr calls of the object were seen"

# of those that come again and again the first few, and every fifth
chosen() {
	awk -v all="$ALL" 'all != "" || ++seen[$2] < 8 || seen[$2] % 5 == 0 {
		print $1
	}' "$work/calls"
}

for which in $(chosen); do
	for errno in ${ALL:+$errors}; do
		row "$which" "$errno" "$@"
	done
	[ -n "$ALL" ] || row "$which" "${errors%% *}" "$@"
	errors="${errors#* } ${errors%% *}"
done
for which in $(seq 1 20 "$nr"); do
	row "$which-" "${errors%% *}" "$@"
	errors="${errors#* } ${errors%% *}"
done
for name in $(cut -d ' ' -f 2 "$work/calls" | sort -u); do
	row "$name" "${errors%% *}" "$@"
	errors="${errors#* } ${errors%% *}"
done
echo "$nr calls of the object, $tried runs"
finish
