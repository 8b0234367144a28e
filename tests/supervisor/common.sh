# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Sourced by the checks, which get what those of tests/preload get.
. "$(dirname "$0")/../preload/common.sh"

strace -o /dev/null true 2>/dev/null || skip 'may not trace processes here'

# covered OPTION... -- PROGRAM...: leaves $work/covered.{out,err,status}
covered() {
	"$cli" run --coverage=all --force --quiet -o "$work/trace" "$@" \
		>"$work/covered.out" 2>"$work/covered.err" </dev/null
	echo $? >"$work/covered.status"
	! grep -q 'only what the object reaches' "$work/covered.err" ||
		skip "no seccomp listener to be had: $(cat "$work/covered.err")"
}

# said NAME STATUS OUTPUT: what came of it, in one line
said() {
	expect "$1: status" "$(cat "$work/covered.status")" "$2"
	expect "$1: output" "$(tr '\n' ' ' <"$work/covered.out")" "$3"
}

# nobody_stays NAME: supervisor and watchdog of the last run have ended
nobody_stays() {
	for _ in $(seq 100); do
		helpers >"$work/left"
		[ -s "$work/left" ] || return 0
		sleep 0.3
	done
	fail "$1: still there: $(cat "$work/left")"
}

# helpers [NAME]: the numbers of supervisors and watchdogs that hold our trace
helpers() {
	grep -lE "^rg-${1:-(supervisor|watchdog)}\$" /proc/[0-9]*/comm \
		2>/dev/null | while IFS= read -r comm; do
		find "${comm%/comm}/fd" -lname "$work/trace*" 2>/dev/null |
			sed -n '1s|/proc/\([0-9]*\)/.*|\1|p'
	done
}
