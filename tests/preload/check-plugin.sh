#!/bin/sh
# SPDX-License-Identifier: MIT
# check-plugin.sh … PLUGINS ODD: what a plugin may do, and what becomes of one
# that does what it should not.
. "$(dirname "$0")/common.sh"
limit=$1/limit.so syslog=$1/syslog.so odd=$2

# with OPTIONS PROGRAM...: preloaded anew
with() {
	rm -rf "$work/trace"
	run_preloaded "$@"
}

# status NAME WANTED
status() {
	expect "$1: exit status" "$(cat "$work/preloaded.status")" "$2"
}

# ------------------------------------------------------------------- limit
# 100 calls at once are allowed of each site, and hardly one more in time
REMAPGUARD_LIMIT=1,100 with "stacks=none:plugin=$limit" "$bin/sites" 150
status limit 0
denied=$(field totals.denied)
[ "$denied" -ge 48 ] && [ "$denied" -le 50 ] ||
	fail "limit: 150 calls of one site: $denied denied"
grep -q "^site 1: $denied denied: EAGAIN$" "$work/preloaded.out" ||
	fail "limit: $(cat "$work/preloaded.out")"
grep -q '^site 2: 0 denied$' "$work/preloaded.out" ||
	fail "limit: of another site: $(cat "$work/preloaded.out")"

# no finding stands behind what a plugin denies
REMAPGUARD_LIMIT=1,100 with "stacks=none:verbose=1:plugin=$limit" \
	"$bin/sites" 150
status 'limit, verbose' 0
grep -q '^remapguard: plugin: denied the call$' "$work/preloaded.err" ||
	fail "limit, verbose: $(cat "$work/preloaded.err")"

# ------------------------------------------------------------------ syslog
"$bin/datagrams" "$work/log" >"$work/log.out" &
listener=$!
while [ ! -S "$work/log" ]; do sleep 0.05; done
REMAPGUARD_SYSLOG=$work/log with "stacks=none:plugin=$syslog" "$bin/clobbers"
status syslog 0
kill "$listener"
wait "$listener" 2>/dev/null
grep -q '^<12>remapguard\[[0-9]*\]: mremap(0x[0-9a-f]*, 4096, 4096, 3, 0x[0-9a-f]*) = 0x[0-9a-f]*: RG101 clobber$' \
	"$work/log.out" || fail "syslog: $(cat "$work/log.out")"
expect 'syslog: lines' "$(wc -l <"$work/log.out")" 1

# --------------------------------------------------------------------- odd
run_bare "$bin/resizes" 20
for oddity in wait spoil nonsense beyond call; do
	PLUGIN_ODD=$oddity with "stacks=none:plugin=$odd" "$bin/resizes" 20
	same "$oddity"
	expect "$oddity: denied" "$(field totals.denied)" 0
done
# its own calls are recorded: two, and what realloc makes of its megabytes
[ "$(field totals.calls)" -ge 60 ] || fail "call: $(field totals.calls) calls"

PLUGIN_ODD=crash with "stacks=none:plugin=$odd" "$bin/resizes" 20
status crash 139
rm -rf "$work/trace"
PLUGIN_ODD=crash "$cli" run --quiet -o "$work/trace" \
	--options="stacks=none:plugin=$odd" -- "$bin/resizes" 20 >/dev/null
expect 'crash: ended in plugin' "$(field processes.*.in_plugin)" true
"$cli" report "$work/trace" | grep -q 'in a plugin' ||
	fail 'the report does not say that the process ended in a plugin'

# -------------------------------------------------------------- not loaded
# refused NAME PLUGIN WHY: the program runs, and one line says why it is alone
refused() {
	with "stacks=none:plugin=$2" "$bin/resizes" 20
	same "$1"
	grep -q "^remapguard: .*$3" "$work/preloaded.err" ||
		fail "$1: nothing says '$3': $(cat "$work/preloaded.err")"
}

refused missing "$work/none.so" 'cannot open shared object file'
refused other "$bin/deepbind-lib.so" 'no remapguard_plugin in it'
PLUGIN_ODD=unwilling refused unwilling "$odd" 'does not want to be used'
PLUGIN_ODD=old refused old "$odd" 'another version'
finish
