# SPDX-License-Identifier: MIT
# verdicts.sh TEST...: Python's own tests, each with what has come of it.
/usr/bin/python3 -m test -v "$@" >log 2>&1 </dev/null
status=$?
grep -E ' \.\.\. (ok|FAIL|ERROR|skipped|expected|unexpected)' log
exit "$status"
