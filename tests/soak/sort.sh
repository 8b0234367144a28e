# SPDX-License-Identifier: MIT
# sort.sh MB: numbers are sorted in little memory and in much.
set -eu

# Eleven bytes each, none twice before all have been.
numbers()
{
	awk -v lines="$(($1 * 1000000 / 11))" 'BEGIN {
		for (x = 1; lines-- > 0; x = x * 48271 % 2147483647)
			printf "%010d\n", x
	}'
}

export TMPDIR="$PWD"
numbers "$1" >numbers
wc -c <numbers
sort -S 1M --batch-size=4 numbers | cksum
sort -S 1G --parallel=2 <numbers | cksum
cat numbers | sort -S 1G -n -r | cksum
# lines that have no room in the memory given
for digit in 3 1 2; do
	head -c 50000000 numbers | tr '\n' "$digit"
	echo
done | sort -S 1M | cksum
head -n 100000 numbers | sort -S 4k -k 1.5 | cksum
