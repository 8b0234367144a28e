#!/bin/sh
# SPDX-License-Identifier: MIT
# check-killed.sh OBJECT CLI BIN HERE: whoever of supervisor and watchdog is
# killed, the program goes on, and what was not judged is counted.
. "$(dirname "$0")/common.sh"
here=$1
need babeltrace2
rounds=10000

# begins OPTION... -- PROGRAM...: in the background, and under way
begins() {
	"$cli" run --coverage=all --force -o "$work/trace" "$@" \
		>"$work/covered.out" 2>"$work/covered.err" </dev/null &
	run=$!
	for _ in $(seq 100); do
		[ -n "$(helpers watchdog)" ] && break
		sleep 0.02
	done
	supervisor=$(helpers supervisor) watchdog=$(helpers watchdog)
	[ -n "$supervisor" ] && [ -n "$watchdog" ] ||
		fail "no supervisor ($supervisor) or watchdog ($watchdog): $*"
}

ends() {
	wait "$run"
	echo $? >"$work/covered.status"
	nobody_stays "$1"
}

made() {
	sed -n 's/ calls$//p' "$work/covered.out"
}

for threads in 1 4; do
	for program in escapes escapes-static; do
		name="$program, $threads threads"
		begins -- "$here/$program" $((rounds / threads)) "$threads"
		sleep 0.1
		kill -9 "$supervisor"
		ends "$name, supervisor killed"
		said "$name, supervisor killed" 0 "$(made) calls "
		expect "$name: says so" \
			"$(grep -c 'supervisor: was killed' "$work/covered.err")" 1
		lost=$(field totals.lost)
		expect "$name: all are counted" \
			$(($(field totals.calls) + lost)) "$(made)"
		expect "$name: events" "$(events)" "$(field totals.calls)"
		[ "$lost" -gt 0 ] || fail "$name: nothing lost: killed too late?"
	done
done

begins -- "$here/escapes-static" $((4 * rounds))
kill -9 "$watchdog"
for _ in $(seq 100); do
	again=$(helpers watchdog)
	[ -n "$again" ] && [ "$again" != "$watchdog" ] && break
	sleep 0.05
done
[ -n "$again" ] && [ "$again" != "$watchdog" ] || fail 'no new watchdog came'
kill -9 "$again"
ends 'watchdog killed'
said 'watchdog killed' 0 "$(made) calls "
recorded 'watchdog killed' "$(made)"

# both: the kernel says that there is no such call, to whom has no cookie
kill_both() {
	kill -STOP "$supervisor"
	kill -9 "$watchdog"
	kill -9 "$supervisor"
}
begins -- "$here/escapes-static" $rounds 2 tolerant
kill_both
ends 'both killed'
expect 'both killed: status' "$(cat "$work/covered.status")" 0
[ "$(sed -n 's/ refused$//p' "$work/covered.out")" -gt 0 ] ||
	fail 'both killed: no call was refused'

begins -- sh -c "sleep 2; exec '$bin/realloc-grow'"
kill_both
ends 'both killed, with the object'
said 'both killed, with the object' 0 'sum 294 '
[ "$(field totals.tiers.libc)" -ge 72 ] || fail 'with the object: calls missing'

# where all is enforced nothing is let go unjudged
begins --enforce=all -- "$here/escapes-static" $rounds 1 tolerant
kill -9 "$supervisor"
ends 'all enforced, supervisor killed'
expect 'all enforced: status' "$(cat "$work/covered.status")" 0
[ "$(sed -n 's/ refused$//p' "$work/covered.out")" -gt 0 ] ||
	fail 'all enforced: calls were let go'

# killing `run' is nothing to either
begins -- "$here/escapes-static" $rounds
kill -9 "$run"
wait "$run" 2>/dev/null
nobody_stays 'run killed'
recorded 'run killed' "$(made)"
finish
