#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Builds the fuzz targets with clang and lets libFuzzer run each, under the
# address and undefined-behaviour sanitizers. An input that breaks one is kept
# and named, and the exit status is 1. Inputs that reach new code are kept in
# the directory as well, and the next run goes on from them.
#
# usage: run.sh DIRECTORY [--runs=N]
#   --runs=N  inputs for each target, instead of 12 million in all

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..

usage()
{
	echo "usage: ${0##*/} DIRECTORY [--runs=N]" >&2
	exit 2
}

test $# -ge 1 || usage
dir=$1
runs=
shift
for arg; do
	case $arg in
	--runs=*[!0-9]* | --runs=) usage ;;
	--runs=*) runs=${arg#--runs=} ;;
	*) usage ;;
	esac
done

# target | inputs | their length at most
targets()
{
	cat <<-'END'
	maps|3400000|4096
	limits|3200000|1024
	policy|2000000|1024
	request|3400000|512
	END
}

build()
{
	clang -O1 -g -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=undefined -D_GNU_SOURCE \
		-I"$top/include" -I"$top/src" -o "$dir/fuzz-$1" \
		"$here/fuzz-$1.c" "$top"/src/model/*.c "$top"/src/input/*.c \
		"$top"/src/policy/*.c "$top"/src/trace/cursor.c \
		"$top"/src/trace/maps.c "$top"/src/trace/vma-kind.c -linih
}

# fuzz TARGET INPUTS LENGTH: an input takes microseconds, but the time-out is by
# the wall's clock, and a machine that is busy otherwise may stand still.
fuzz()
{
	found=$dir/corpus-$1
	seeds=$here/corpus/$1
	test -d "$seeds" || seeds=
	mkdir -p "$found"
	# shellcheck disable=SC2086 # no seeds, no word
	"$dir/fuzz-$1" -runs="$2" -max_len="$3" -timeout=100 -verbosity=1 \
		-print_final_stats=1 -artifact_prefix="$dir/$1-" \
		"$found" $seeds >"$dir/fuzz-$1.log" 2>&1
}

# What broke it: what our own claims or a sanitizer said, and the input.
complain()
{
	grep -avE '^ *#[0-9]+ |^#[0-9]+[[:space:]]|^(INFO|stat::|0x|\\)' \
		"$dir/fuzz-$1.log" | tail -n 60
	input=$(sed -n 's/.*Test unit written to //p' "$dir/fuzz-$1.log")
	echo "fuzz-$1: broken; to see it again: $dir/fuzz-$1 $input"
}

mkdir -p "$dir"
status=0
for row in $(targets); do
	target=${row%%|*}
	length=${row##*|}
	count=${row#*|}
	count=${runs:-${count%|*}}
	build "$target"
	start=$(date +%s)
	if fuzz "$target" "$count" "$length"; then
		done=$(sed -n 's/^stat::number_of_executed_units: *//p' \
			"$dir/fuzz-$target.log")
		echo "fuzz-$target: $done inputs, $(($(date +%s) - start)) s, nothing broken"
	else
		complain "$target"
		status=1
	fi
done
exit $status
