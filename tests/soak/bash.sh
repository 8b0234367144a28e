# SPDX-License-Identifier: MIT
# bash.sh LINES: strings, arrays and here-documents that grow, and pipes.
lines=$1

mapfile -t array < <(seq "$lines")
echo "array: ${#array[@]}, last ${array[-1]}"

text=$(printf 'line %s of a text that is long enough\n' "${array[@]}")
echo "text: ${#text}"

for ((i = 0; i < 3; i++)); do
	text+=$text
done
echo "doubled: ${#text}"

cksum <<TEXT
$text
TEXT
cksum <<<"${array[*]/#/row }"

declare -A counts
for ((i = 0; i < lines / 5; i++)); do
	counts[${array[i]:0:3}]+=.
done
for key in "${!counts[@]}"; do
	echo "$key ${#counts[$key]}"
done | sort | tr a-z A-Z | cksum

printf '%s\n' "$text" | tee >(cat >/dev/null) | tac | rev | sort -u | wc -l
