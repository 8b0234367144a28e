# SPDX-License-Identifier: MIT
# gcc.sh CHECKOUT LINES: this project without its tests, and one large source.
set -eu

quietly()
{
	"$@" >log 2>&1 || {
		cat log
		exit 1
	}
}

quietly meson setup build "$1" -Dtests=disabled --buildtype=debugoptimized
quietly ninja -C build
# of link-time optimization no two objects are the same
find build -name '*.o' ! -path '*/libremapguard.so.p/*' | sort | xargs cksum
readelf -W --dyn-syms build/libremapguard.so | awk '{ print $4, $5, $8 }'

awk -v lines="$2" 'BEGIN {
	for (n = 0; n < lines; n++)
		printf "int variable_%d = %d; /* of many */\n", n, n
}' >large.c
gcc -E -x c - <large.c | cksum
cat large.c | gcc -O -c -x c - -o large.o
nm large.o | sort | cksum
gcc -shared -o large.so large.o
nm large.so | grep -c variable
