#!/bin/sh
# SPDX-License-Identifier: MIT
# check-setuid.sh OBJECT CLI BIN PROGRAM: with more rights than its caller it
# runs as ever, and `remapguard run` says before that nothing will be seen.
# Where an administrator preloads the object (/etc/ld.so.preload, here in a
# mount namespace) it is in that program, and trusts no environment.
. "$(dirname "$0")/../preload/common.sh"
need setpriv unshare mount
[ "$(id -u)" -eq 0 ] || skip 'only root can make a setuid program'
unshare -m true 2>/dev/null || skip 'no mount namespace can be had'
findmnt -no OPTIONS -T "$work" | grep -qw nosuid &&
	skip "setuid does not count in ${work%/*}"
chmod 755 "$work"
mkdir -p -m 755 "$work/beside"
cp "$object" "$cli" "$work/beside"
cp "$1" "$work/setuid"
cp "$1" "$work/plain"
chmod 4755 "$work/setuid"
mkdir -m 777 "$work/open"
as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

run_bare as_nobody "$work/setuid"
as_nobody "$work/beside/remapguard" run -o "$work/open/run" -- \
	"$work/setuid" >"$work/preloaded.out" 2>"$work/preloaded.err"
echo $? >"$work/preloaded.status"
same 'under run'
expect 'what is said first' \
	"$(head -n 1 "$work/preloaded.err" | grep -c 'more rights than its')" 1
expect 'calls seen' "$(field totals.calls "$work/open/run")" 0

# a child with less rights may not open the trace, and does not say so
child='setpriv --reuid 65534 --clear-groups "$1"; exit 3'
for verbose in 0 1; do
	"$work/beside/remapguard" run --quiet -o "$work/parent-$verbose" \
		--options=verbose=$verbose -- sh -c "$child" sh "$work/plain" \
		>"$work/child.out" 2>"$work/child.err"
	expect 'status of a parent' $? 3
	expect "a child of another user, verbose=$verbose" \
		"$(grep -c 'cannot be made or opened' "$work/child.err")" \
		$verbose
done

cp -a /etc "$work/etc"
echo "$work/beside/libremapguard.so" >"$work/etc/ld.so.preload"

# administered NAME: with the object preloaded for everybody
administered() {
	unshare -m sh -c 'mount --bind "$1/etc" /etc && exec setpriv \
		--reuid 65534 --regid 65534 --clear-groups \
		env REMAPGUARD_OPTIONS="trace=$1/open/$2:verbose=1" "$1/$2"' \
		- "$work" "$1" >"$work/preloaded.out" 2>"$work/preloaded.err"
	echo $? >"$work/preloaded.status"
	same "$1, administered"
}

administered plain
[ -d "$work/open/plain" ] || fail 'the object was not in the plain program'
administered setuid
[ ! -e "$work/open/setuid" ] || fail 'a setuid program trusts the environment'
finish
