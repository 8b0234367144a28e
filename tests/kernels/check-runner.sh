#!/bin/sh
# SPDX-License-Identifier: MIT
# check-runner.sh: kernels.py tells right from wrong. Its oracle is a program
# that does, in a booted kernel, what a parameter of that kernel says.
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# defaults: where a table begins
defaults() {
	sed '/^\[running\]$/,$d' "$here/kernels.ini"
}

# kernel NAME APPEND [SED-SCRIPT]: a section of a table, like that of 6.12
kernel() {
	printf '[%s]\nappend = %s\n' "$1" "$2"
	sed -n '/^\[6\.12\]$/,/^$/p' "$here/kernels.ini" | grep ' = ' |
		sed "${3:-}"
}

# kernels STATUS OPTION...: run it, and see how it ends
kernels() {
	want=$1
	shift
	python3 "$here/kernels.py" --oracle tests/kernels/fake-oracle.c \
		"$@" >"$work/out" 2>"$work/err"
	got=$?
	[ "$got" -eq "$want" ] && return
	echo "FAILED: $*: exit status $got, not $want"
	cat "$work/out" "$work/err"
	failures=$((failures + 1))
}

# says out|err PATTERN...: each is part of a line
says() {
	file=$1
	shift
	for pattern in "$@"; do
		grep -q -e "$pattern" "$work/$file" && continue
		echo "FAILED: nothing says '$pattern' in:"
		cat "$work/$file"
		failures=$((failures + 1))
	done
}

# two runs of each, with a seed of its own, and not one call too few
kernels 0 --only=running,6.12 --calls=250001 --counts
if grep '^not run: 6\.12' "$work/out"; then
	exit 77
fi
says out '^| running .* 250001 | *0 | *0\.006 % | *0\.002 % ' \
	'^| 6\.12 .* G3b .* 250001 |' '^check overlap  *20 on 2 kernels$' \
	'^unknown: 6\.12: commit 14$' \
	'^not run: perf: no such device (running, 6\.12)$'

defaults >"$work/table"
for name in disagree contradict babble stop-early be-ignorant be-blind \
	mistake-kernel refuse crash panic hang; do
	kernel "$name" "fake=$name"
done >>"$work/table"
{
	kernel stuck rdinit=/nowhere
	kernel lost '' 's/^release = 6\.12/release = 6.99/'
	kernel spare '' 's/^release = 6\.12/release = 6.99/; s/yes$/no/'
} >>"$work/table"
kernels 1 --table="$work/table" --calls=10000 --seconds=30 --tap
says out '^1\.\.14$' '^not ok .* - disagree$' '^not ok .* - babble$' \
	'^not ok .* - lost$' \
	'^# wrong: disagree: disagreement: seed 7$' '^# .{ a row }$' \
	'^# wrong: contradict: the oracle.s exit status is 1' \
	'^# wrong: babble: .* result missing' \
	'^# wrong: stop-early: 9999 calls were made instead of 10000' \
	'^# wrong: be-ignorant: 11 of 10000 .* unknown inputs: commit 11$' \
	'^# wrong: be-blind: 101 of 10000 .* nobody can see: ksm 101$' \
	'^# wrong: mistake-kernel: its generation is taken for G9$' \
	'^# wrong: refuse: .* status is 2' '^# no memory$' \
	'^# wrong: crash: .* died by signal 6' '^# about to crash$' \
	'^# wrong: panic: the kernel panicked' \
	'^# wrong: stuck: the kernel panicked' \
	'^# wrong: hang: not done within 30 s' \
	'^# not run: lost: bookworm-security: ' \
	'^ok .* - spare # SKIP not run: bookworm-security: '
says err '^kernels: stuck: once more, as the kernel panicked'
if grep '^ok' "$work/out" | grep -v SKIP; then
	echo 'FAILED: that is not ok'
	failures=$((failures + 1))
fi

# without a network; nothing is cached
XDG_CACHE_HOME=$work/cache http_proxy=http://127.0.0.1:9 \
	kernels 1 --only=6.1
says out '^not run: 6\.1: bookworm-security: '
XDG_CACHE_HOME=$work/cache http_proxy=http://127.0.0.1:9 \
	kernels 0 --only=6.16
says out '^not run: 6\.16: trixie-backports: '

kernels 2 --only=6.12,7.99
says err '^kernels: --only=7\.99: no such kernel'
kernels 2 --calls=many
says err '^kernels: --calls: many: not a number from 1 on$'
kernels 2 --table=/nowhere
says err '^kernels: /nowhere: .*No such file'
printf '[6.12]\narch = arm64\n' >"$work/table"
kernels 2 --table="$work/table"
says err "^kernels: $work/table: 6\.12: .*release"
{
	defaults
	kernel 6.12 '' 's/^arch = .*/arch = vax/; s/^required/arch = vax\n&/'
} >"$work/table"
kernels 2 --table="$work/table"
says err "^kernels: $work/table: 6\.12: arch = vax: no such architecture$"

# mutants [PATTERN]: with a reason for those, on the running kernel
mutants() {
	printf '%s\n' '[a reason]' "$@" >"$work/unnoticed"
	set -- --mutants --only=running --calls=1000
	kernels "$status" "$@" --unnoticed="$work/unnoticed"
}

status=0
mutants two
says out '^| one | a\.c:1: x <= y | running: a call |$' \
	'^not run: two: a reason$' '^not run: G0: three: no kernel of G0 is ' \
	'^mutants: 3: 1 caught, 2 not run, 0 survive$'
status=1
mutants
says out '^wrong: two: survives: a\.c:2: x > y$' \
	'^mutants: 3: 1 caught, 1 not run, 1 survive$'
mutants t*o one
says out '^wrong: unnoticed\.ini: one: one was caught: running: a call$'
mutants two four
says out '^wrong: unnoticed\.ini: four: no such mutant$'

status=0
mutants two '[by chance: it may be caught]' t*o one
says out '^mutants: 3: 1 caught, 2 not run, 0 survive$'
mutants two
kernels 0 --mutants --only=running --calls=1000 --mutant='on*' \
	--unnoticed="$work/unnoticed"
says out '^mutants: 1: 1 caught, 0 not run, 0 survive$'

status=2
mutants two two
says err "^kernels: $work/unnoticed: .*two.* already exists"

# what the oracle does with mutants that are known to be right or wrong
printf '[not broken]\nthe model*\n' >"$work/unnoticed"
python3 "$here/kernels.py" --mutants --only=running --calls=20000 \
	--unnoticed="$work/unnoticed" --oracle 'src/model/*.c' \
	'tests/kernels/oracle/*.c' 'tests/kernels/mutants/*.c' \
	tests/kernels/fake-mutants.c >"$work/out" 2>"$work/err"
if ! grep -q '^not run: running' "$work/out"; then
	says out '^not run: the model: not broken$' \
		'^not run: the model, of which nothing is reached: not broken$' \
		'^| always refuses | here | running: .*: result (' \
		'^| crashes | .*: it crashes (' \
		'^| never ends | .*: it does not end (' \
		'^| knows nothing | .*: it does not know, and that too often' \
		'^| doubts what nobody sees | .*: it does not know, and that' \
		'^| certain of what it does not see | .*: no input named ('
fi

[ "$failures" -eq 0 ]
