#!/bin/sh
# SPDX-License-Identifier: MIT
# A policy reaches the program however it is given, and what comes of it the
# exit status tells. The program clobbers twice, and exits with 3.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

# runs NAME STATUS OUTPUT ERROR OPTION...: of `remapguard run', in one line each
runs() {
	name=$1 status=$2 output=$3 error=$4
	shift 4
	"$cli" run -o trace --force --quiet "$@" -- "$bin/clobber" \
		>out 2>err </dev/null
	expect "$name: status" $? "$status"
	expect "$name: output" "$(tr '\n' ' ' <out)" "$output"
	expect "$name: standard error" "$(cat err)" "$error"
}

# preloads NAME OUTPUT OPTIONS: without the command
preloads() {
	env LD_PRELOAD="$object" REMAPGUARD_OPTIONS="$3" "$bin/clobber" \
		>out 2>err </dev/null
	expect "$1: status" $? 3
	expect "$1: output" "$(tr '\n' ' ' <out)" "$2"
	expect "$1: standard error" "$(cat err)" ''
}

printf '[findings]\nclobber = deny EBUSY\n' >deny
printf '[rule ours]\nfinding = clobber\naction = deny EPERM\nmodule = clobber*\n' >ours
printf '[options]\nprofile = strict\nnoreplace = off\n\n[rule theirs]\nfinding = clobber\naction = note\nmodule = libtheirs*\n' >theirs
printf '# known\n\nRG101:clobb*\n' >known
printf 'RG101:libtheirs*\n' >others

allowed='moved moved ' denied='EEXIST EEXIST ' busy='EBUSY EBUSY '
runs 'as ever' 3 "$allowed" ''
runs 'noted' 99 "$allowed" '' --fail-on=clobber
runs 'noted, a hazard' 99 "$allowed" '' --fail-on=deny,hazard
runs 'noted, not denied' 3 "$allowed" '' --fail-on=deny,overlap
runs 'ignored' 3 "$allowed" '' --fail-on=any --set clobber=ignore
runs 'denied' 99 "$denied" '' --fail-on=deny --set RG101=deny
runs 'denied, and it does not matter' 3 "$denied" '' --set RG101=deny
runs 'the last counts' 3 "$allowed" '' --set clobber=deny --set RG101=note
runs 'a profile' 3 "$denied" '' --profile=strict
runs 'a profile comes first' 3 "$busy" '' --set='clobber=deny EBUSY' \
	--options=noreplace=off --profile=strict
runs 'a policy' 3 "$busy" '' --policy=deny
runs 'a policy, and what is set' 3 "$allowed" '' --policy=deny --set RG101=note
runs 'a rule' 3 'EPERM EPERM ' '' --policy=ours
runs 'a rule before what is set' 3 'EPERM EPERM ' '' --policy=ours \
	--set RG101=note
runs 'a rule for others' 3 "$denied" '' --policy=theirs
runs 'suppressed' 3 "$allowed" '' --policy=deny --suppress=known --fail-on=any
runs 'suppressed under a profile' 3 "$allowed" '' --profile=strict \
	--suppress=known
runs 'suppressed for others under it' 3 "$denied" '' --profile=strict \
	--suppress=others
runs 'a line under a profile' 3 "$denied" '' --profile=strict --set RG101=note
runs 'suppressed for others' 99 "$busy" '' --policy=deny --suppress=others \
	--fail-on=any
REMAPGUARD_OPTIONS=rule=a,finding=clobber,action=note:RG101=abort
export REMAPGUARD_OPTIONS
runs 'a rule before those of the caller' 3 'EPERM EPERM ' '' --policy=ours
runs 'rules of the caller' 3 "$allowed" '' --set RG101=deny
unset REMAPGUARD_OPTIONS

runs 'a wrong policy' 2 '' 'remapguard: known:3:1: in no section, there are findings, options and rule NAME' --policy=known
runs 'wrong suppressions' 2 '' 'remapguard: deny:1:1: not FINDING:MODULE[:FUNCTION]
remapguard: deny:2:1: not FINDING:MODULE[:FUNCTION]' --suppress=deny
runs 'no such finding' 2 '' \
	'remapguard: --fail-on: clobbr: neither a finding nor deny, hazard or any' \
	--fail-on=clobbr

"$cli" run -o trace --force --fail-on=clobber,overlap -- "$bin/clobber" \
	>out 2>err </dev/null
expect 'what was found' "$(grep fail-on err)" \
	'remapguard: --fail-on: RG101 clobber: 2 calls'

# What may be stopped is looked for: predict=auto alone would not see these.
# Not those that only the outcome shows, nor what needs other options.
"$bin/misuse" --list | while read -r finding _ _ options; do
	case $finding,$options in
	RG114,* | RG2* | RG[01]*,[!-]*) continue ;;
	esac
	"$cli" run -o trace --force --quiet --set "$finding=deny EXDEV" -- \
		"$bin/misuse" "$finding" commit >out 2>err </dev/null
	case $? in
	0) echo "$finding $(tail -n 1 out | cut -d ' ' -f 3-)" ;;
	77) echo "$finding EXDEV same" ;;
	*) echo "$finding ended badly" ;;
	esac
done >denied
expect 'denied with predict=auto' "$(grep -v ' EXDEV same$' denied)" ''
[ "$(wc -l <denied)" -gt 35 ] || fail "few were tried: $(cat denied)"

for policy in deny ours theirs; do
	"$cli" policy compile -o "$policy.compiled" "$policy" || fail "$policy"
done
preloads 'a string' "$busy" "$("$cli" policy compile deny)"
preloads 'a compiled policy' "$busy" policy=deny.compiled
preloads 'a compiled policy, and the string' "$allowed" \
	RG101=note:policy=deny.compiled
preloads 'a compiled rule' 'EPERM EPERM ' RG101=note:policy=ours.compiled
preloads 'a rule of the string before it' "$allowed" \
	policy=ours.compiled:rule=a,finding=clobber,action=note
preloads 'a compiled profile' "$denied" policy=theirs.compiled
preloads 'a profile of the string' "$allowed" \
	policy=theirs.compiled:profile=fast
preloads 'suppressed by the object' "$allowed" \
	suppress=known:policy=deny.compiled
preloads 'suppressed for others' "$busy" suppress=others:policy=deny.compiled
finish
