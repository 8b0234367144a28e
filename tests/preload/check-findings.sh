#!/bin/sh
# SPDX-License-Identifier: MIT
# check-findings.sh OBJECT CLI BIN PROFILE
# Each misuse is reported once, at its function and line, and what comes close
# to it is not reported. What the profile denies fails with the errno it should,
# and changes nothing that is mapped. TAP.
. "$(dirname "$0")/common.sh"
profile=$1
number=0

# result NAME [WHY]: ok without a reason why not
result() {
	number=$((number + 1))
	[ -n "$2" ] || {
		echo "ok $number - $1"
		return
	}
	echo "not ok $number - $1: $2"
	sed 's/^/# /' "$work/out" "$work/err"
	failures=$((failures + 1))
}

skipped() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

value() {
	"$bin/json-get" "$1" <"$work/report.json" 2>>"$work/err"
}

# run FINDING WHICH OPTIONS: 1 where it could not be, and is skipped
run() {
	"$cli" run --quiet --force -o "$work/trace" --options="$3" -- \
		"$bin/misuse" "$1" "$2" >"$work/out" 2>"$work/err" </dev/null
	case $? in
	0) ;;
	77)
		skipped "$1 $2" "$(sed -n 's/^skip: //p' "$work/out")"
		return 1
		;;
	*)
		result "$1 $2" 'it did not end well'
		return 1
		;;
	esac
	"$cli" report --format=json "$work/trace" >"$work/report.json" \
		2>>"$work/err"
	# the last call: CALLED and LINE, FAILED with, whether maps are the SAME
	read -r called line error maps <<-END
		$(tail -n 1 "$work/out")
	END
}

# place_of ID: of a finding in the report's list, from 0 on; none if missing
place_of() {
	value 'findings.*.id' | awk -v id="$1" '$1 == id { print NR - 1 }'
}

# site_of EVENT: the site that came last by then
site_of() {
	at=$(value 'sites.*.first_event' | awk -v event="$1" '
		$1 <= event && $1 > last { last = $1; at = NR - 1 }
		END { print at }')
	echo "$(value "sites.$at.stack.0.function")" \
		"$(value "sites.$at.stack.0.line")"
}

# why_not_reported ID ERRNO: what is wrong with the report of a misuse
why_not_reported() {
	at=$(place_of "$1")
	[ -n "$at" ] || {
		echo "not among the findings: $(value 'findings.*.id' | xargs)"
		return
	}
	count=$(value "findings.$at.count")
	[ "$count" = 1 ] || echo "reported $count times"
	site=$(site_of "$(value "findings.$at.first_event")")
	[ "$site" = "$called $line" ] ||
		echo "reported at $site, and is at $called $line"
	[ "$2" = - ] || return
	[ "$(value totals.denied)" = 0 ] || echo "denied, with $error"
}

# why_not_denied ID ERRNO
why_not_denied() {
	[ "$2" != - ] || return
	[ "$(value totals.denied)" = 1 ] || echo 'not denied'
	[ "$error" = "$2" ] || echo "ended with $error instead of $2"
	[ "$maps" = same ] || echo 'what is mapped changed'
}

why_reported() {
	[ -z "$(place_of "$1")" ] || echo 'reported all the same'
	[ "$(value totals.denied)" = 0 ] || echo "denied, with $error"
}

# misuse FINDING ERRNO OPTIONS
misuse() {
	options=profile=$profile:predict=always
	if run "$1" commit "$options${3:+:$3}"; then
		result "$1 commit" \
			"$({
				why_not_reported "$1" "$2"
				why_not_denied "$1" "$2"
			} | paste -s -d ';')"
	fi
	# only a plan that is broken on purpose is ever wrong
	[ "$3" = break-plan=on ] || options=$options${3:+:$3}
	if run "$1" avoid "$options"; then
		result "$1 avoid" "$(why_reported "$1" | paste -s -d ';')"
	fi
}

"$bin/misuse" --list >"$work/list"
grep -q '^RG' "$work/list" || skip "$(cat "$work/list")"
while read -r finding strict hardened options; do
	case $profile in
	audit) error=- ;;
	strict) error=$strict ;;
	hardened) error=$hardened ;;
	esac
	case $options in
	-) misuse "$finding" "$error" '' ;;
	# of other profiles, or of none
	profile=* | break-plan=*)
		[ "$profile" != audit ] || misuse "$finding" "$error" "$options"
		;;
	*) misuse "$finding" "$error" "$options" ;;
	esac
done <"$work/list"
echo "1..$number"
finish
