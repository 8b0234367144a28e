#!/bin/sh
# SPDX-License-Identifier: MIT
# Eight threads and a signal handler: no call lost, none counted twice.
. "$(dirname "$0")/common.sh"
need babeltrace2

run_bare "$bin/threads-signals" 1000
run_preloaded stacks=none "$bin/threads-signals" 100000
same threads-signals
recorded threads-signals "$(cat "$work/preloaded.err")"
echo "$(cat "$work/preloaded.err") calls"
finish
