#!/bin/sh
# SPDX-License-Identifier: MIT
# check-header.sh ROOT CC...: every public header compiles alone, in the
# dialects of those who may include it.
root=$1
shift
status=0

# alone HEADER COMPILER...
alone() {
	header=$1
	shift
	printf '#include <%s>\n#include <%s>\nint main(void) { return 0; }\n' \
		"$header" "$header" |
		"$@" -I"$root/include" -Wall -Wextra -Werror -fsyntax-only - &&
		return
	echo "$header: does not compile with: $*"
	status=1
}

for path in "$root"/include/remapguard/*.h; do
	header=remapguard/${path##*/}
	alone "$header" "$@" -x c -std=c99 -pedantic-errors
	alone "$header" "$@" -x c -std=gnu11 -Wstrict-prototypes
	if command -v g++ >/dev/null; then
		alone "$header" g++ -x c++ -std=c++11 -pedantic-errors
	fi
done
exit $status
