#!/bin/sh
# SPDX-License-Identifier: MIT
# check-narrow.sh ROOT CLI OBJECT CC LIBDIR: the object for 32-bit programs: a program
# does the same with it as without, all calls are seen in all ways and planned
# rightly; and `run' has the loader choose where both objects are installed.
# TAP.
root=$1 cli=$(realpath "$2") object=$(realpath "$3") cc=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1
. "$root/tests/tap.sh"

skip() {
	echo "1..0 # SKIP $*"
	exit
}

command -v "$cc" >/dev/null || skip "no $cc"
printf 'int main(void) { return 0; }\n' >try.c
"$cc" try.c -o try 2>err || skip "$cc has no libc"
./try 2>/dev/null || skip 'no 32-bit program runs here'

builds() {
	cat >cross.ini <<-END
		[binaries]
		c = '$cc'
		ar = '${cc%gcc}ar'
		strip = '${cc%gcc}strip'
		pkgconfig = 'false'

		[host_machine]
		system = 'linux'
		cpu_family = 'x86'
		cpu = 'i686'
		endian = 'little'
	END
	meson setup build "$root" --cross-file cross.ini -Dcommand=false \
		-Dwerror=true && ninja -C build libremapguard.so &&
		"$cc" -O1 -D_GNU_SOURCE -Wall -Werror \
			"$root/tests/narrow/calls.c" -o calls
}

# field FILTER WANTED: of the report
field() {
	got=$(jq -c "$1" report.json)
	[ "$got" = "$2" ] && return
	echo "$1: $got, wanted $2"
	return 1
}

# under OPTIONS: leaves its output and report
under() {
	rm -rf trace
	LD_PRELOAD=$work/build/libremapguard.so \
		REMAPGUARD_OPTIONS=trace=$work/trace:$1 ./calls >preloaded &&
		"$cli" report --format=json trace >report.json
}

# the program says how often it has called
is_whole() {
	calls=$(sed -n 's/^calls //p' preloaded)
	field .totals.calls "$calls" && field .totals.lost 0 &&
		field .totals.mismatches 0 || return
	events=$(babeltrace2 trace | grep -c remapguard:mremap)
	[ "$events" = "$calls" ] && return
	echo "babeltrace2 prints $events events, there were $calls calls"
	return 1
}

same() {
	under "$1" && diff bare preloaded && is_whole
}

all_planned() {
	same predict=always && field .totals.planned "$calls" &&
		field .totals.unknown 0
}

all_tiers() {
	for tier in symbol libc syscall; do
		field "[.processes[].tiers.$tier] | unique" '[true]' &&
			field ".totals.tiers.$tier > 0" true || return
	done
}

# what is denied fails, and nothing else changes
strict() {
	under profile=strict && is_whole && field .totals.denied 2 || return
	sed '/fixed, onto another/s/: moves, x$/: File exists/' bare |
		diff - preloaded
}

no_quarantine() {
	LD_PRELOAD=$work/build/libremapguard.so \
		REMAPGUARD_OPTIONS=trace=$work/other:quarantine=1M ./try 2>said
	grep 'quarantine: not to be had' said
}

# installed LIBDIR: both objects, where packages have them; the loader of
# libc6-i386 has another place for them
installed() {
	mkdir -p "tree/bin" "tree/$1" tree/lib/i386-linux-gnu
	ln -sfn lib/i386-linux-gnu tree/lib32
	cp "$cli" tree/bin/remapguard
	cp "$object" "tree/$1"
	cp build/libremapguard.so tree/lib/i386-linux-gnu
}

# run OPTION...: by the installed command, with a 64-bit program before
run() {
	rm -rf trace
	tree/bin/remapguard run --quiet -o trace "$@" -- sh -c \
		'echo "$LD_PRELOAD" >preload; exec ./calls' >preloaded 2>said
}

# one trace has what both have seen, and nobody has complained
both() {
	run --stacks=none || return
	"$cli" report --format=json trace >report.json
	[ "$(cat preload)" = "$work/tree/\$LIB/libremapguard.so" ] &&
		[ ! -s said ] && diff bare preloaded && is_whole && return
	cat preload said
	return 1
}

# run's own program may be one, too
directly() {
	rm -rf trace
	tree/bin/remapguard run --quiet -o trace -- ./calls >preloaded 2>said &&
		"$cli" report --format=json trace >report.json && is_whole &&
		[ ! -s said ] && return
	cat said
	return 1
}

# with a supervisor it is the supervisor's, and counted once
supervised() {
	run --coverage=all
	"$cli" report --format=json trace >report.json
	# libc may refuse a flag by itself
	calls=$(strace -f -e trace=mremap ./calls 2>&1 >/dev/null |
		grep -c 'mremap(')
	field .totals.calls "$calls" &&
		field .totals.tiers.supervisor "$calls"
}

# without that object it is told of
alone() {
	rm tree/lib/i386-linux-gnu/libremapguard.so
	tree/bin/remapguard run --quiet -o none -- ./calls >preloaded 2>said
	grep 'its calls cannot be seen: it is of another word size' said &&
		diff bare preloaded
}

./try && row 'it can be built' builds
./calls >bare
row 'as without it, and each call planned' all_planned
row 'each way is seen' all_tiers
row 'frame pointers' same stacks=fp
row 'placed and grown ahead' same \
	placement=congruent:grow-ahead=on:move=always:shrink-first=on
row 'preflight' same preflight=on:stacks=none
row 'a strict profile' strict
row 'no quarantine' no_quarantine
installed "$5"
row 'run: by a 64-bit program' both
row 'run: directly' directly
row 'run: with a supervisor' supervised
row 'run: without that object' alone
finish
