# SPDX-License-Identifier: MIT
# stress.sh SECONDS: of each stressor, as far as this stress-ng has it. Not
# forkheavy: it takes all of the disk, from whoever else is there.
set -u
status=0
for stressor in pagemove vm malloc mmapmany mmapfork stackmmap fork \
	vfork clone daemon exec; do
	stress-ng --help | grep -q -e "--$stressor N " || {
		echo "$stressor: not in this version"
		continue
	}
	stress-ng --quiet "--$stressor" 1 --vm-bytes 64M --malloc-bytes 16M \
		--timeout "$1s" >log 2>&1
	got=$?
	echo "$stressor: $got"
	test "$got" -eq 0 || {
		cat log >&2
		status=1
	}
done
exit "$status"
