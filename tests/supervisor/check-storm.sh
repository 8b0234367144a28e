#!/bin/sh
# SPDX-License-Identifier: MIT
# check-storm.sh OBJECT CLI BIN PROGRAM...: signals that break calls off, which
# the kernel then begins anew, make neither more nor fewer of them. strace is
# too slow to look on, so the program says itself how many it made.
. "$(dirname "$0")/common.sh"
need babeltrace2

covered -- "$@"
expect 'status' "$(cat "$work/covered.status")" 0
expect 'lines' "$(wc -l <"$work/covered.out")" 1
recorded 'under signals' "$(sed -n 's/ calls$//p' "$work/covered.out")"
nobody_stays 'the run'
finish
