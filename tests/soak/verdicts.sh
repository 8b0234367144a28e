# SPDX-License-Identifier: MIT
# verdicts.sh TEST...: Python's own tests, each with what has come of it. What
# they print has the lines of their children among it, whenever those came.
/usr/bin/python3 -m test --junit-xml "$PWD/results.xml" "$@" >log 2>&1 \
	</dev/null
status=$?
/usr/bin/python3 - results.xml <<'PYTHON' || exit 1
import sys
import xml.etree.ElementTree

for case in xml.etree.ElementTree.parse(sys.argv[1]).iter("testcase"):
    told = {part.tag for part in case} - {"system-out", "system-err"}
    print(case.get("name"), *sorted(told) or [case.get("result")])
PYTHON
exit "$status"
