#!/bin/sh
# SPDX-License-Identifier: MIT
# The probes are where gdb and bpftrace find them, with the arguments that
# src/runtime/probes.h says.
. "$(dirname "$0")/common.sh"

readelf -n "$object" | grep -q 'Provider: remapguard' ||
	skip 'built without probes: no sys/sdt.h'
seen=
if command -v gdb >/dev/null; then
	cat >"$work/gdb" <<-'GDB'
		set breakpoint pending on
		set debuginfod enabled off
		break -probe-stap remapguard:finding
		commands
		silent
		printf "finding %d\n", (int)$_probe_arg0
		continue
		end
		run
	GDB
	gdb -q -batch -x "$work/gdb" -ex quit \
		-iex "set startup-with-shell off" \
		-iex "set environment LD_PRELOAD=$object" \
		"$bin/clobbers" >"$work/gdb.out" 2>&1
	grep -q '^finding 101$' "$work/gdb.out" ||
		fail "gdb: $(tail -n 5 "$work/gdb.out")"
	seen="$seen gdb"
fi
# It looks for what it needs where few systems have it mounted: in a mount
# namespace of our own it is. The first tick comes when all is attached.
trace_calls() {
	cat >"$work/trace.sh" <<-'SH'
		[ -e /sys/kernel/tracing/uprobe_events ] ||
			mount -t tracefs tracefs /sys/kernel/tracing || exit 1
		bpftrace -e "
			usdt:$1:remapguard:call { @[arg1, arg2] = count(); }
			interval:ms:200 { printf(\"tick\\n\"); }" >"$2" 2>&1 &
		tracer=$!
		for wait in $(seq 100); do
			grep -q tick "$2" && break
			kill -0 $tracer || exit 1
			sleep 0.1
		done
		LD_PRELOAD=$1 "$3" 20
		kill -INT $tracer
		wait $tracer
	SH
	unshare -m sh "$work/trace.sh" "$object" "$work/bpf.out" "$bin/resizes"
}

if command -v bpftrace unshare >/dev/null && [ "$(id -u)" -eq 0 ] &&
	bpftrace -e 'BEGIN { exit(); }' >"$work/bpf.out" 2>&1 &&
	trace_calls >/dev/null 2>&1; then
	grep -q '^@\[4096, 8192\]: 10$' "$work/bpf.out" ||
		fail "bpftrace: $(tail -n 5 "$work/bpf.out")"
	seen="$seen bpftrace"
fi
[ -n "$seen" ] || skip 'neither gdb nor a bpftrace that works here'
echo "seen by$seen"
finish
