#!/bin/sh
# SPDX-License-Identifier: MIT
# run --exhaust fails the first call of each site, one in a run, and tells what
# became of it. The program has a site for each way of taking a failure.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
program=$bin/brittle

# exhausts NAME STATUS ARGUMENT...: of `run --exhaust', into ./tried
exhausts() {
	name=$1 status=$2
	shift 2
	"$cli" run --exhaust -o tried --force "$@" >out 2>err
	expect "$name: status" $? "$status"
}

# says NAME FILE PATTERN: one line of it
says() {
	expect "$1: lines $3" "$(grep -c -e "$3" "$2")" 1
}

# refuses NAME WHY ARGUMENT...: and has no table
refuses() {
	name=$1 why=$2
	shift 2
	exhausts "$name" 1 "$@" </dev/null
	expect "$name" "$(tail -n 1 err)" "remapguard: --exhaust: $why"
	[ ! -e tried/exhaust.json ] || fail "$name: has a result"
}

# attempt NUMBER FIELD
attempt() {
	"$bin/json-get" "sites.$1.$2" <tried/exhaust.json
}

echo hello >input
exhausts 'all there is' 99 -- "$program" <input
expect 'output of the first run' "$(cat out)" 'read hello
a lot'
sed -n 's/^  \(..*[^ ]\)  *1    \([0-9]\)  \([a-z_]*\) at .*/\1 \2 \3/p' \
	err >table
expect 'table' "$(cat table)" 'exits with 139: SIGSEGV 6 crashes_below
killed by SIGSEGV 7 crashes
hangs, for 10 s 5 hangs
other output 3 cuts_short
exits with 3 4 gives_up
as before 1 grow
as before 2 copes'
grep 'crashed in' err >crashed
expect 'crashes: lines' "$(wc -l <crashed)" 2
says 'where it crashed' crashed 'in crashes at .*brittle.c:[0-9]*$'
says 'where a child crashed' crashed 'in crashes_below at .*brittle.c:[0-9]*$'
expect 'where it crashed in JSON' "$(attempt 1 crashed_in.0.function)" crashes
says 'libc is told of' err ', in realloc$'
says 'how to do it again' err \
	'again: remapguard run --inject=errno=ENOMEM,nth=1,site=brittle+0x'

for row in 0:crash:139:6 1:crash:139:7 2:hang:137:5 3:other-output:0:3 \
	4:other-status:3:4 5:same:0:1 6:same:0:2; do
	at=${row%%:*}
	got=$at:$(attempt "$at" outcome):$(attempt "$at" exit):$(attempt "$at" number)
	expect "site $at in JSON" "$got" "$row"
done
expect 'the signal in JSON' "$(attempt 1 signal)" 11
expect 'what a rerun read and wrote' "$(cat tried/site-003/output)" \
	'read hello
little'
for site in first again; do
	expect "injected, $site" "$(field totals.injected tried/$site/trace)" 0
done
for site in 001 002 003 004 005 006 007; do
	expect "injected, $site" \
		"$(field totals.injected tried/site-$site/trace)" 1
done

# What is told can be done again.
exhausts 'aborts' 99 -- "$program" a <input
says 'where it was aborted' err 'crashed in aborts at .*, in .*abort$'
exhausts 'all there is, without a hang' 99 -- "$program" trsgbc <input
site=$(attempt 1 site)
"$cli" run -o again --quiet --inject="errno=ENOMEM,nth=1,site=$site" -- \
	"$program" c >out 2>&1 <input
expect 'again: status' $? 139

# One site, of two callers: they differ in how they take it.
exhausts 'a site' 0 -- "$program" tu <input
says 'a site' err 'exhaust: 1 call site,'
exhausts 'a site and its callers' 0 --exhaust=2 -- "$program" tu <input
says 'a site and its callers' err 'exhaust: 2 call sites,'
expect 'callers' "$(grep -A 1 ' grow at ' err | sed 's/ at .*//; s/   *[0-9].*//')" \
	'  exits with 5
      called by gives_in
  as before
      called by tries_again'
says 'a site and its callers: how to do it again' err \
	'nth=1,site=brittle+0x[0-9a-f]*/brittle+0x[0-9a-f]* --'

# A pipe cannot be read twice; a program's own output may differ each time.
echo hello | exhausts 'a pipe' 0 -- "$program" s
says 'a pipe is not read' err 'standard input is no file'
expect 'output without input' "$(cat out)" 'read nothing
a lot'
exhausts 'never the same output' 99 -- \
	sh -c "echo \$\$; exec '$program' tsc" <input
says 'its output is not compared' err 'never the same'
expect 'other output is none' "$(grep -c 'other output' err)" 0

refuses 'fails by itself' 'sh: exits with 4 also when nothing fails' -- \
	sh -c "'$program' c; exit 4"
refuses 'crashes by itself' 'sh: SIGSEGV ends it also when nothing fails' -- \
	sh -c 'kill -SEGV $$'
refuses 'fails the second time' \
	'mkdir: exits with 1 also when nothing fails' -- \
	mkdir "$work/once"
refuses 'no calls' \
	'true: makes no calls of mremap that could be seen: nothing to fail' -- \
	true
rm -rf tried
mkdir tried && touch tried/mine
exhausts 'a directory of others' 1 -- "$program" <input
[ -e tried/mine ] || fail 'a directory of others was emptied'
rm -rf tried

"$cli" run --exhaust --fail-on=deny -- true 2>err
expect 'with --fail-on' "$?:$(cat err)" \
	'2:remapguard: --exhaust: not together with --fail-on'
"$cli" run --exhaust --inject=errno=EIO -- true 2>err
expect 'with --inject' "$?:$(cat err)" \
	'2:remapguard: --exhaust: not together with inject'
"$cli" run --exhaust=5 -- true 2>err
expect 'too deep' "$?:$(cat err)" \
	'2:remapguard: --exhaust=5: not a depth from 1 to 4'
"$cli" run --inject=errno=EFOO -- true 2>err
expect 'a wrong injection' "$?:$(cat err)" \
	'2:remapguard: --inject=errno=EFOO: no such errno'

# What it leaves running ends with it, and an interrupt ends it all at once.
exhausts 'leaves a child' 99 -- \
	sh -c "setsid sleep 4711 & exec '$program' sc" <input
sleep 0.2
expect 'children that are left' \
	"$(grep -la '^sleep.4711' /proc/[0-9]*/cmdline 2>/dev/null | wc -l)" 0
"$cli" run --exhaust -o interrupted -- "$program" >out 2>err <input &
for _ in $(seq 300); do
	[ ! -e interrupted/site-005/output ] || break
	sleep 0.1
done
kill -INT $!
wait $!
expect 'interrupted: status' $? 130
says 'interrupted: it is said' err 'interrupted: not all were tried'
expect 'interrupted: not tried' "$(grep -c 'not tried' err)" 3
expect 'interrupted: in JSON' \
	"$("$bin/json-get" outcomes.not-tried <interrupted/exhaust.json)" 3
finish
