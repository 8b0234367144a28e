#!/bin/sh
# SPDX-License-Identifier: MIT
# check-spdx.sh ROOT: every source file says under which licence it is, in its
# first three lines.
cd "$1" || exit 1
files=$(find . -path ./.git -prune -o -path './build*' -prune -o -type f \
	\( -name '*.[chS]' -o -name '*.sh' -o -name '*.py' \) -print)
without=$(awk 'FNR == 1 { if (file && !found) print file; file = FILENAME; found = 0 }
	FNR <= 3 && /SPDX-License-Identifier: MIT/ { found = 1 }
	END { if (file && !found) print file }' \
	$files $(find ./dev .ci -type f -perm -u+x 2>/dev/null))
[ -n "$without" ] || exit 0
echo "no SPDX line in:" $without
exit 1
