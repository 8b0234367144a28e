# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Sourced by the checks, which get OBJECT CLI DIRECTORY-OF-PROGRAMS first.

object=$(realpath "$1") cli=$(realpath "$2") bin=$3
shift 3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# the CLI runs the object beside itself
[ "${object##*/}" = libremapguard.so ] || {
	mkdir "$work/beside"
	cp "$cli" "$work/beside/remapguard"
	cp "$object" "$work/beside/libremapguard.so"
	cli=$work/beside/remapguard object=$work/beside/libremapguard.so
}
failures=0

fail() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

skip() {
	echo "skipped: $*"
	exit 77
}

finish() {
	[ "$failures" -eq 0 ]
	exit
}

# "endless" under the object with OPTIONS, into $work/trace; returns once it has
# begun to write. $! must be the program, not a shell: so not by preloaded().
begin_endless() { # OPTIONS
	rm -rf "$work/trace"
	env LD_PRELOAD="$object" \
		REMAPGUARD_OPTIONS="trace=$work/trace:$1" "$bin/endless" &
	pid=$!
	for _ in $(seq 100); do
		ls "$work"/trace/stream-* >/dev/null 2>&1 && break
		sleep 0.1
	done
}

need() {
	for tool; do
		command -v "$tool" >/dev/null || skip "no $tool here"
	done
}

# expect NAME GOT WANTED
expect() {
	[ "$2" = "$3" ] || fail "$1: got $2, wanted $3"
}

# preloaded OPTIONS PROGRAM...: traced into $work/trace
preloaded() {
	options=$1
	shift
	env LD_PRELOAD="$object" REMAPGUARD_OPTIONS="trace=$work/trace:$options" \
		"$@"
}

# field PATH [DIR]: a value of the JSON report
field() {
	"$cli" report --format=json "${2:-$work/trace}" 2>>"$work/report-errors" |
		"$bin/json-get" "$1" || fail "no $1 in the report of ${2:-trace}:" \
		"$(head -n 3 "$work/report-errors")"
}

# events [DIR]: as babeltrace2, which knows nothing of us, counts them
events() {
	babeltrace2 "${1:-$work/trace}" 2>"$work/babeltrace-errors" |
		grep -c 'remapguard:mremap'
	[ ! -s "$work/babeltrace-errors" ] ||
		fail "babeltrace2: $(head -n 3 "$work/babeltrace-errors")"
}

# recorded NAME CALLS: all are in the trace, by our count and by others'
recorded() {
	expect "$1: calls in the report" "$(field totals.calls)" "$2"
	expect "$1: lost" "$(field totals.lost)" 0
	expect "$1: events babeltrace2 prints" "$(events)" "$2"
}

# run_bare / run_preloaded: leave $work/{bare,preloaded}.{out,status}
run_bare() {
	"$@" >"$work/bare.out" 2>"$work/bare.err" </dev/null
	echo $? >"$work/bare.status"
}

run_preloaded() {
	preloaded "$@" >"$work/preloaded.out" 2>"$work/preloaded.err" </dev/null
	echo $? >"$work/preloaded.status"
}

# same NAME: standard output and exit status are what they are without us
same() {
	case $(cat "$work/bare.status") in
	126 | 127) fail "$1: could not be run: $(head -n 3 "$work/bare.err")" ;;
	esac
	for what in out status; do
		cmp -s "$work/bare.$what" "$work/preloaded.$what" && continue
		fail "$1: $what differs from a run without the object:"
		diff "$work/bare.$what" "$work/preloaded.$what" | head -n 20
	done
}
