#!/bin/sh
# SPDX-License-Identifier: MIT
# check-read-only.sh OBJECT CLI BIN PROGRAM: the trace's directory would be on
# a file system that takes none, or is there and takes no file. One line says
# so, and the program runs.
. "$(dirname "$0")/../preload/common.sh"
mkdir -p "$work/disk"
mount -t tmpfs none "$work/disk" 2>/dev/null || skip 'may not mount a disk'
trap 'umount "$work/disk"; rm -rf "$work"' EXIT
mkdir "$work/disk/trace"
mount -o remount,ro "$work/disk" || skip 'may not make it read-only'

# row DIR PROGRAM
row() {
	run_bare "$2"
	env LD_PRELOAD="$object" REMAPGUARD_OPTIONS="trace=$1" "$2" \
		>"$work/preloaded.out" 2>"$work/preloaded.err" </dev/null
	echo $? >"$work/preloaded.status"
	same "$1"
	expect "$1: lines on standard error" \
		"$(grep -c "^remapguard: $1: " "$work/preloaded.err")" \
		"$(wc -l <"$work/preloaded.err")"
	expect "$1: says" "$(wc -l <"$work/preloaded.err")" 1
}

row "$work/disk/new" "$1"
row "$work/disk/trace" "$1"
finish
