#!/bin/sh
# SPDX-License-Identifier: MIT
# check-said.sh OBJECT CLI BIN: what is said of a stale access without a trace,
# and what the policy makes of it.
. "$(dirname "$0")/../preload/common.sh"

# said NAME OPTIONS STATUS PATTERN ROW: one line of standard error matches it
said() {
	env LD_PRELOAD="$object" REMAPGUARD_OPTIONS="quarantine=1M:$2" \
		"$bin/signals" "$5" >"$work/out" 2>"$work/err"
	expect "$1: status" $? "$3"
	lines=$(grep -c '^remapguard' "$work/err")
	[ -n "$4" ] || {
		expect "$1: lines" "$lines" 0
		return
	}
	expect "$1: lines" "$lines" 1
	grep -qE "^remapguard: $4\$" "$work/err" ||
		fail "$1: says $(cat "$work/err")"
}

of='of 0x[0-9a-f]+005 at offset 5 of what moved from 0x[0-9a-f]+000 to 0x[0-9a-f]+000'
start=$(echo "$of" | sed 's/005 at offset 5/000 at offset 0/')
said 'no trace' '' 0 "RG115: read $of" siginfo
said 'a trace, and verbose' "verbose=1:trace=$work/trace" 0 \
	"RG115: read $of" siginfo
said 'a trace' "trace=$work/trace2" 0 '' siginfo
said 'ignored' RG115=ignore 0 '' siginfo
said 'ignored, and fatal' RG115=ignore 139 '' by-default
said 'aborted' RG115=abort 134 "RG115: read $of" siginfo
said 'aborted, with a trace' "RG115=abort:trace=$work/trace3" 134 \
	"RG115: read $of" siginfo
said 'denied, which is too late' RG115=deny 0 "RG115: read $of" siginfo
said 'by default' '' 139 "RG115: read $start" by-default
said 'a rule that lets it be' \
	'rule=a,finding=RG115,action=ignore,module=signals' 0 '' siginfo
said 'a rule for others' \
	'rule=a,finding=RG115,action=ignore,module=other' 0 "RG115: read $of" \
	siginfo
printf 'RG115:signals\n' >"$work/suppress"
said 'suppressed' "suppress=$work/suppress" 0 '' siginfo
said 'no quarantine' quarantine=off 0 '' siginfo
(
	ulimit -v 4000000
	said 'limited address space' verbose=1 0 'quarantine: address space is limited \(RLIMIT_AS\): nothing is held' siginfo
	finish
) || failures=1
finish
