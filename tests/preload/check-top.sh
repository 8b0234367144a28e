#!/bin/sh
# SPDX-License-Identifier: MIT
# Looked at while it is written: by its directory, by a process, on a terminal;
# and what is no trace, or damaged.
. "$(dirname "$0")/common.sh"

says() {
	grep -q -- "$2" "$work/out" || fail "$1: no \"$2\" in: $(cat "$work/out")"
}

refuses() { # NAME STATUS SENTENCE ARGUMENT...
	name=$1 status=$2 sentence=$3
	shift 3
	timeout 20 "$cli" top "$@" >"$work/out" 2>&1
	expect "$name: exit status" $? "$status"
	says "$name" "$sentence"
	expect "$name: lines" "$(wc -l <"$work/out")" 1
}

end() {
	kill -9 $pid
	wait $pid 2>/dev/null
}

begin_endless stacks=fp
"$cli" top -i 0.2 -n 2 "$work/trace" >"$work/out" 2>&1
expect "directory: exit status" $? 0
says "directory" "1 process, 1 running"
says "directory" "a second: [1-9]"
says "directory" "expand-in-place [1-9]"
says "directory" "bounce"
expect "directory: looks" "$(grep -c 'running;' "$work/out")" 2
"$cli" top -i 0.2 -n 1 --sort=failed --sites=1 $pid >"$work/out" 2>&1
expect "process: exit status" $? 0
says "process" "1 process, 1 running"
says "process" "failed/s"
if command -v script >/dev/null; then
	(sleep 1; printf b; sleep 1; printf q) |
		TERM=xterm timeout 20 script -qec "$cli top -i 0.3 $pid" \
			/dev/null >"$work/out" 2>&1
	expect "terminal: exit status" $? 0
	# what changes alone is drawn: of "calls/s", these
	says "terminal" "byte"
fi
end
# all that wrote it are gone
timeout 20 "$cli" top -i 0.2 "$work/trace" >"$work/out" 2>&1
expect "ended: exit status" $? 0
says "ended" "0 running"

# as many as the report says, refused by what it says
REMAPGUARD_OPTIONS= "$cli" run --quiet --force -o "$work/trace" -- \
	"$bin/misuse" RG002 commit >/dev/null 2>&1
"$cli" top -i 0.1 "$work/trace" >"$work/out" 2>&1
says "refused" " $(field totals.failed) failed, 0 denied"
says "refused" "the old address is not a multiple of the page size"

# what cannot be ours is left where it is
for stream in "$work"/trace/stream-*; do
	head -c 200 /dev/urandom | dd of="$stream" bs=1 seek=64 conv=notrunc 2>/dev/null
done
timeout 20 "$cli" top -i 0.1 "$work/trace" >"$work/out" 2>&1
expect "damaged: exit status" $? 0
says "damaged" "0 running"

refuses "no directory" 1 "No such file" "$work/nothing"
refuses "no trace" 1 "not a trace: it has no file metadata" "$work"
refuses "no process" 1 "no such process" 2147483647
refuses "untraced" 1 "writes no trace" $$
refuses "nothing" 2 "is missing" -i 1
refuses "interval" 2 "no number of seconds" -i 0 "$work/trace"
refuses "count" 2 "no number from 1 on" -n 0 "$work/trace"
refuses "order" 2 "no such order" --sort=size "$work/trace"
refuses "two" 2 "one trace at a time" "$work/trace" "$work/trace"
finish
