#!/bin/sh
# SPDX-License-Identifier: MIT
# check-run.sh OBJECT CLI BIN HERE: what `run --coverage=all' says and refuses.
. "$(dirname "$0")/common.sh"
here=$1
cd "$work" || exit 1

# says NAME STATUS ERROR OPTION...
says() {
	name=$1 status=$2 error=$3
	shift 3
	"$cli" run --force --quiet -o "$work/trace" "$@" >out 2>err </dev/null
	expect "$name: status" $? "$status"
	expect "$name: standard error" "$(cat err)" "$error"
}

says 'nonsense' 2 'remapguard: --coverage=nonsense: not preload or all' \
	--coverage=nonsense -- true
says 'nothing' 2 'remapguard: --coverage=: not preload or all' \
	--coverage= -- true
says 'nonsense to enforce' 2 'remapguard: --enforce=some: not preload or all' \
	--enforce=some -- true
says 'at odds' 2 'remapguard: --enforce=all: needs --coverage=all' \
	--enforce=all --coverage=preload -- true
says 'not found' 127 'remapguard: no-such-program: No such file or directory' \
	--coverage=all -- no-such-program
says 'a status' 3 '' --coverage=all -- sh -c 'exit 3'
says 'a signal' 143 '' --coverage=all -- sh -c 'kill -TERM $$'
says 'a static program is seen' 0 '' --coverage=all -- "$here/escapes-static"
says 'a static program is not' 0 "remapguard: $here/escapes-static: its calls cannot be seen: it is statically linked, and no loader reads LD_PRELOAD" \
	-- "$here/escapes-static"

# one listener is all that the kernel allows
inner="$cli run --force --quiet -o $work/inner"
busy="there is a seccomp listener above it already, and the kernel allows one"
says 'in another' 0 "remapguard: true: only what the object reaches is seen: $busy" \
	--coverage=all -- $inner --coverage=all -- true
says 'enforced in another' 1 "remapguard: true: not started, as --enforce=all is not possible: $busy" \
	--coverage=all -- $inner --enforce=all -- true

# children are left alone, and the program is not
covered --options=follow=off -- "$here/becomes" kept "$here/escapes-static"
expect 'follow=off, the program' "$(field totals.calls)" 51
covered --options=follow=off -- sh -c "'$here/escapes-static'; true"
expect 'follow=off, a child' "$(field totals.calls)" 0

# the tier says that it works, and nothing is missing
covered -- "$bin/realloc-grow"
expect 'the tier' "$(field processes.0.tiers.supervisor)" true
expect 'nothing is missing' "$("$cli" report trace | grep -c 'Not seen')" 0
covered --options=stacks=none -- "$here/escapes-static"
expect 'a function' "$(field sites.0.stack.0.function)" \
	raw_mremap_marked
covered -- "$here/realloc-grow-static"
expect 'a stack' "$(field 'sites.0.stack.*.function' | head -n 3 | tr '\n' ' ')" \
	'__mremap __libc_realloc main '
if [ -e "$here/escapes-go" ]; then
	covered -- "$here/escapes-go"
	[ "$(field 'sites.0.stack.*.function' | grep -c '^main\.')" -ge 3 ] ||
		fail "Go: $(field 'sites.0.stack.*.function' | tr '\n' ' ')"
fi
covered --options=stacks=none -- "$here/escapes-static"
expect 'without stacks: main' \
	"$(field 'sites.0.stack.*.function' | grep -c '^main$')" 0
expect 'a program' "$(basename "$(field processes.0.exe)")" escapes-static

"$cli" run --coverage=all --force -o "$work/trace" -- "$here/escapes-static" \
	>out 2>err </dev/null
expect 'a summary' "$(grep 'mremap calls' err)" \
	'remapguard: 50 mremap calls, 0 failed, of 50 the result was not seen'

if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	chmod 777 "$work"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$cli" run \
		--coverage=all --force -o "$work/theirs" -- \
		"$here/escapes-static" >out 2>err </dev/null
	expect 'without rights: status' $? 0
	expect 'without rights: said before' "$(head -n 1 err)" \
		"remapguard: $here/escapes-static: runs with no_new_privs: setuid programs and file capabilities bring no rights in it"
	expect 'without rights: calls' "$(field totals.calls "$work/theirs")" 50
fi
finish
