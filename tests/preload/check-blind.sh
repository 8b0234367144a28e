#!/bin/sh
# SPDX-License-Identifier: MIT
# The checks that count can fail: given an object that sees nothing, they do.
# check-blind.sh OBJECT CLI BIN BLIND-OBJECT
here=$(dirname "$0")
cli=$2 bin=$3 blind=$4
status=0

refuses() {
	check=$1
	shift
	"$here/$check" "$blind" "$cli" "$bin" "$@" >/dev/null 2>&1 && {
		echo "FAILED: $check is content with an object that sees nothing"
		status=1
	}
}

refuses check-strace.sh 1 SAME "$bin/dontunmap-hint"
refuses check-counted.sh "$bin/fork-tree"
refuses ../hosts/check-seen.sh "$bin/fork-tree"
refuses check-confined.sh 0 "$bin/few-descriptors"
refuses check-lost.sh cap
refuses check-kill9.sh
refuses check-removed-directory.sh
refuses check-start-up.sh
refuses check-broken-plan.sh
exit $status
