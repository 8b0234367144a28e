#!/bin/sh
# SPDX-License-Identifier: MIT
# Ordinary programs start and end as ever, whatever the options are worth.
. "$(dirname "$0")/common.sh"

# as_ever NAME OPTIONS PROGRAM...: the object says nothing, either
as_ever() {
	name=$1 options=$2
	shift 2
	run_bare "$@"
	env LD_PRELOAD="$object" REMAPGUARD_OPTIONS="$options" "$@" \
		>"$work/preloaded.out" 2>"$work/preloaded.err" </dev/null
	echo $? >"$work/preloaded.status"
	same "$name"
	cmp -s "$work/bare.err" "$work/preloaded.err" ||
		fail "$name: says on standard error:" \
			"$(head -n 3 "$work/preloaded.err")"
}

as_ever 'true' '' true
as_ever 'false' '' false
as_ever 'echo, traced' "trace=$work/echo" echo here
as_ever 'shell' "trace=$work/shell" sh -c 'echo a | cat; exit 3'
as_ever 'killed' "trace=$work/killed" sh -c 'kill -9 $$'
as_ever 'all options' \
	"trace=$work/all:stacks=none:predict=never:max-trace=1M:follow=on" \
	"$bin/resizes" 100
printf 'RG101=deny\nrule=a,finding=overlap,action=abort,module=lib*\n' \
	>"$work/policy"
printf '# ours\n\nclobber:libours.so*\n' >"$work/suppressed"
as_ever 'a policy' \
	"policy=$work/policy:suppress=$work/suppressed:profile=fast" \
	"$bin/resizes" 100
as_ever 'a rule that asks who calls, and no trace' \
	'rule=a,finding=clobber,action=note,module=clobber*' "$bin/clobber"
as_ever 'empty environment for the child' "trace=$work/env" env -i /bin/true

# bad NAME OPTIONS: one line says why, and the program runs all the same
bad() {
	run_bare "$bin/resizes" 100
	env LD_PRELOAD="$object" REMAPGUARD_OPTIONS="$2" "$bin/resizes" 100 \
		>"$work/preloaded.out" 2>"$work/preloaded.err" </dev/null
	echo $? >"$work/preloaded.status"
	same "$1"
	expect "$1: lines on standard error" "$(wc -l <"$work/preloaded.err")" 1
	grep -q '^remapguard: ' "$work/preloaded.err" ||
		fail "$1: says: $(head -n 3 "$work/preloaded.err")"
}

: >"$work/file"
bad 'nonsense' nonsense
bad 'no such key' no-such-key=1
bad 'bad value' predict=perhaps
bad 'bad size' max-trace=much
bad 'bad rule' rule=a,finding=no-such,action=deny
bad 'policy in no file' "policy=$work/none"
bad 'policy that is a directory' "policy=$work"
bad 'policy without end' policy=/dev/zero
mkfifo "$work/fifo"
as_ever 'policy that nobody writes' "policy=$work/fifo" "$bin/resizes" 100
printf 'clobber=deny\nclobber=deni\n' >"$work/policy"
bad 'bad line in a policy' "policy=$work/policy"
expect 'bad line in a policy' "$(cat "$work/preloaded.err")" \
	"remapguard: $work/policy:2: \`clobber=deni': not ignore, note, deny or abort; ignored"
printf '[findings]\nclobber = deny\noverlap = deny\n' >"$work/policy"
bad 'policy that was not compiled' "policy=$work/policy"
echo clobber >"$work/suppressed"
bad 'bad suppression' "suppress=$work/suppressed"
bad 'trace below a file' "trace=$work/file/trace"
bad 'trace in no directory' "trace=$work/none/such/trace"
finish
