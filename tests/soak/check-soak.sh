#!/bin/sh
# SPDX-License-Identifier: MIT
# check-soak.sh BUILD: soak.py tells right from wrong, and the two programs that
# are built here are as they should be.
here=$(cd "$(dirname "$0")" && pwd)
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# soak STATUS LAST-LINE OPTION...: run it, and see how it ends
soak() {
	status=$1 last=$2
	shift 2
	python3 "$here/soak.py" --build "$build" --short "$@" >"$work/out" \
		2>"$work/err"
	got=$?
	[ "$got" -eq "$status" ] && [ "$(tail -n 1 "$work/out")" = "$last" ] &&
		return
	echo "FAILED: $*: exit status $got, not $status, or the last line is" \
		"not '$last'"
	cat "$work/out" "$work/err"
	failures=$((failures + 1))
}

# says out|err PATTERN...: each is part of a line
says() {
	file=$1
	shift
	for pattern; do
		grep -q -e "$pattern" "$work/$file" && continue
		echo "FAILED: nothing says '$pattern' in:"
		cat "$work/$file"
		failures=$((failures + 1))
	done
}

# program NAME COMMAND [LINE...]: a section of a table
program() {
	printf '[%s]\nseconds = 20\ntries = 1\nshort = 1\nversion = true\ncommand = %s\n' \
		"$1" "$2"
	shift 2
	printf '%s\n' "$@"
}

soak 0 '4 passed, 0 failed, 0 skipped' --only=guarded,stack-probe \
	--profile=hardened,audit
says out '^| guarded | audit | 1\.0 | 1 | [0-9]* | 0 |' \
	'^| stack-probe | hardened .* RG204 benign-probe'

# as much as may be locked without privileges, and more
if "$build/tests/soak/guarded" 8 locked >/dev/null; then
	soak 0 '1 passed, 0 failed, 0 skipped' --only=guarded-locked
fi

{
	program same 'echo same'
	program left-behind 'sh -c "sleep 98765 & echo same"'
	program denied 'sh -c "{programs}/../preload/clobber || :"'
	program differs 'sh -c "echo ${{LD_PRELOAD-}}"'
	program dies 'sh -c "test ! ${{LD_PRELOAD-}} || kill -9 $$"'
	program hangs 'sleep 98765' 'seconds = 1' | sed '/^seconds = 20$/d'
	program seldom \
		'sh -c "echo >>../seen; test $(wc -l <../seen) -ne 2 && echo x"' \
		'tries = 2' | sed '/^tries = 1$/d'
	program broken 'sh -c "echo why >&2; exit 3"'
	program unfound 'echo same' 'finds = RG101'
	program absent 'echo same' | sed 's/^version = .*/version = nowhere/'
	program part-absent 'echo same' |
		sed 's/^version = .*/version = sh -c "echo no x >\&2; false"/'
	program cannot 'sh -c "echo no memory; exit 77"'
} >"$work/table"
soak 1 '3 passed, 5 failed, 4 skipped' --table="$work/table"
says out 'denied, hardened: denied: RG101 clobber: move_over at .*clobber\.c:' \
	'^failed: denied, hardened: denied: [1-9][0-9]* calls$' \
	"^failed: denied, hardened: prints b'EEXIST', bare b'moved'$" \
	"^failed: differs, hardened: prints b'/.*libremapguard.so', bare b''$" \
	'^failed: dies, hardened: exit status 137, bare 0: ' \
	'^failed: hangs, hardened: not done within 1 s$' \
	'^skipped: broken, hardened: exit status 3 without the object: why$' \
	'^failed: unfound, hardened: RG101 is not found$' \
	'^skipped: absent, hardened: nowhere: No such file' \
	'^skipped: part-absent, hardened: no x$' \
	'^skipped: cannot, hardened: no memory$'
says err '^soak: seldom, hardened: once more: exit status 1, bare 0: ' \
	'^soak: seldom, hardened: as bare, 0 calls$'
if cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' | grep -q 'sleep 9876[5]'
then
	echo 'FAILED: something was left behind'
	failures=$((failures + 1))
fi

soak 2 '' --only=nothing
says err '^soak: --only=nothing: no such program'
soak 2 '' --profile=fast
says err '^soak: --profile: fast: not one of audit, strict,'
soak 2 '' --table=/nowhere
says err '^soak: /nowhere: .*No such file'
printf '[odd]\nshort = 1\ncommand = true\n' >"$work/table"
soak 2 '' --table="$work/table"
says err "^soak: $work/table: odd: .*version"

[ "$failures" -eq 0 ]
