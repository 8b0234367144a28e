#!/bin/sh
# SPDX-License-Identifier: MIT
# check-preflight.sh: preflight.py tells right from wrong. The program that it
# runs says what is in a file.
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

mkdir -p "$work/tests/preload"
: >"$work/libremapguard.so"
cat >"$work/tests/preload/doomed" <<-END
	#!/bin/sh
	cat "$work/said"
	exit \$(cat "$work/status")
END
chmod +x "$work/tests/preload/doomed"

kept='source kept, tail -, destination kept, vmas +0'
lost='source kept, tail -, destination lost, vmas -1'
moved='source lost, tail -, destination changed, vmas +0'
cut='source kept, tail kept, destination -, vmas +1'

# says MODE LOST MOVED CUT DOUBTED SUCCEEDED: what comes of five rows
says() {
	printf 'mode %s:stacks=none\n' "$1"
	rows "$2" "$3" "$4" "$5" "$6"
}

rows() {
	printf 'loses: %s\nmoves: %s\ncuts: %s\n' "$1" "$2" "$3"
	printf 'is doubtful: %s | in doubt: a driver\n' "$4"
	printf 'succeeds: %s\nis not here: skip: seal: ENOSYS\n' "$5"
}

as_bare() {
	rows "EFAULT | $lost" "EPERM | $moved" "EINVAL | $cut" \
		"EINVAL | $lost" "ok | $moved"
}

refused() {
	says "$1" "EFAULT | $kept" "EPERM | $kept" "EINVAL | $kept" \
		"EINVAL | $lost" "ok | $moved"
}

# what an object says that does as it should
good() {
	echo 'mode bare'
	as_bare
	for mode in profile=audit profile=audit:predict=always; do
		echo "mode $mode:stacks=none"
		as_bare
	done
	refused preflight=on
	refused preflight=on:predict=always
	says RG102=deny "EFAULT | $kept" "EPERM | $kept" "EINVAL | $cut" \
		"EINVAL | $lost" "ok | $moved"
	says profile=strict "EFAULT | $kept" "EPERM | $kept" \
		"EINVAL | $kept" "EEXIST | $kept" "EEXIST | $kept"
}

# judged STATUS SED-SCRIPT [PATTERN...]: with what the script has changed
judged() {
	want=$1
	good | sed "$2" >"$work/said"
	echo "${program:-0}" >"$work/status"
	changed=$2
	shift 2
	python3 "$here/preflight.py" --build "$work" --only=running \
		>"$work/out" 2>"$work/err"
	got=$?
	[ "$got" -eq "$want" ] || {
		echo "FAILED: $changed: exit status $got, not $want"
		cat "$work/out" "$work/err"
		failures=$((failures + 1))
	}
	for pattern; do
		grep -q -e "$pattern" "$work/out" && continue
		echo "FAILED: $changed: nothing says '$pattern' in:"
		cat "$work/out"
		failures=$((failures + 1))
	done
}

# change MODE FROM TO: the script for one row of a mode
change() {
	printf '/^mode %s:stacks/,/^is not here/ { s/^%s/%s/; }' "$@"
}

judged 0 '' '^| loses  *| EFAULT D ' '^| moves  *| EPERM Sd ' \
	'^| cuts  *| EINVAL / ' '^| is doubtful  *| EINVAL D ? ' \
	'^| succeeds  *| ok ' '^not run: running: is not here: seal: ENOSYS$'
if grep '^wrong' "$work/out"; then
	failures=$((failures + 1))
fi

judged 1 "$(change profile=audit 'loses: EFAULT' 'loses: EINVAL')" \
	'^wrong: running: profile=audit: loses: EINVAL D, bare EFAULT D$'
judged 1 "$(change profile=audit 'loses: .*' "loses: EFAULT | $kept")" \
	'^wrong: running: profile=audit: loses: EFAULT, bare EFAULT D$'
for mode in preflight=on preflight=on:predict=always RG102=deny profile=strict
do
	judged 1 "$(change $mode 'loses: .*' "loses: EFAULT | $lost")" \
		"^wrong: running: $mode: loses: EFAULT D, bare EFAULT D$"
	judged 1 "$(change $mode 'loses: EFAULT' 'loses: EEXIST')" \
		"^wrong: running: $mode: loses: EEXIST, bare EFAULT D$"
done
judged 1 "$(change preflight=on 'cuts: .*' "cuts: EINVAL | $cut")" \
	'^wrong: running: preflight=on: cuts: EINVAL /'
judged 1 "$(change preflight=on 'moves: .*' "moves: EPERM | $moved")" \
	'^wrong: running: preflight=on: moves: EPERM Sd'
judged 1 "$(change preflight=on 'succeeds: ok' 'succeeds: EEXIST')" \
	'^wrong: running: preflight=on: succeeds: EEXIST'
# then it is none
judged 1 "$(change preflight=on 'is doubtful: [^,]*, [^,]*, destination lost, vmas -1' \
	"is doubtful: EINVAL | $kept")" \
	'^wrong: running: preflight=on: is doubtful: EINVAL ?, bare EINVAL D ?$'
judged 1 "$(change profile=strict 'succeeds: .*' "succeeds: EEXIST | $lost")" \
	'^wrong: running: profile=strict: succeeds: EEXIST D, bare ok$'
judged 1 '/^mode profile=strict/,$ { /^cuts/d; }' \
	'^wrong: running: profile=strict: 5 of 6 rows$'
judged 1 '$ a loses: killed by signal 11' \
	'^wrong: running: loses: killed by signal 11$'
judged 1 d '^wrong: running: no row was run$'
program=3
judged 1 '' '^wrong: running: exit status 3'

[ "$failures" -eq 0 ]
