#!/bin/sh
# SPDX-License-Identifier: MIT
# What `remapguard doctor' says of a host that has everything, and of hosts
# that lack one thing each: which row tells of it, and the exit status.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

# says NAME STATUS ROW HEALTH TEXT COMMAND...: TEXT is a part of it
says() {
	name=$1 status=$2 row=$3 health=$4 text=$5
	shift 5
	"$@" --json >out 2>err </dev/null
	expect "$name: status" $? "$status"
	expect "$name: standard error" "$(cat err)" ''
	at=$("$bin/json-get" 'diagnoses.*.name' <out | awk -v row="$row" '
		$1 == row { print NR - 1 }')
	expect "$name: $row" \
		"$("$bin/json-get" "diagnoses.$at.health" <out)" "$health"
	case $("$bin/json-get" "diagnoses.$at.says" <out) in
	*"$text"*) ;;
	*) fail "$name: $row: $("$bin/json-get" "diagnoses.$at.says" <out)" ;;
	esac
}

# under ULIMIT-OPTION VALUE COMMAND...
under() {
	(
		ulimit -S "$1" "$2" || exit
		shift 2
		"$@"
	)
}

for row in kernel object symbol libc syscall stacks limits directory; do
	says 'all there' 0 "$row" works '' "$cli" doctor
done
says 'the release' 0 kernel works "Linux $(uname -r) on $(uname -m)" \
	"$cli" doctor

mkdir alone
cp "$cli" alone/remapguard
says 'no object' 1 object missing 'libremapguard.so: neither beside' \
	alone/remapguard doctor
says 'no object, no tiers' 1 libc limited 'not tried' alone/remapguard doctor
head -c 4096 /dev/zero >alone/libremapguard.so
says 'not an object' 1 object missing 'invalid ELF header' \
	alone/remapguard doctor
says 'few descriptors' 0 limits limited 'RLIMIT_NOFILE is 7: ' \
	under -n 7 "$cli" doctor
says 'small files' 0 limits limited 'RLIMIT_FSIZE is 1048576: ' \
	under -f 2048 "$cli" doctor
says 'stacks by frame pointers' 0 stacks limited 'fp: ' \
	env REMAPGUARD_OPTIONS=stacks=fp "$cli" doctor
says 'nowhere to try it' 1 object missing '/nowhere/remapguard-doctor-' \
	env TMPDIR=/nowhere "$cli" doctor
if unshare --mount true 2>/dev/null; then
	says 'no /proc' 0 procmap-query limited '/proc/self/maps: No such file' \
		unshare --mount sh -c "umount -l /proc && exec $cli doctor --json"
	says 'no /proc, and no smaps' 0 smaps limited '/proc/self/smaps: ' \
		unshare --mount sh -c "umount -l /proc && exec $cli doctor --json"
fi

"$cli" doctor >out 2>err
expect 'text: status' $? 0
expect 'text: standard error' "$(cat err)" ''
grep -q '^works    object         it gets into programs, with glibc ' out ||
	fail "text: $(cat out)"
awk 'length > 80 { exit 1 }' out || fail "too wide: $(cat out)"
"$cli" doctor who >out 2>err
expect 'a name: status' $? 2
expect 'a name' "$(cat out err)" \
	'remapguard: who: doctor looks at this host, and takes no name'
finish
