#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Debian packages: built in a fresh Debian 12 with what debian/control asks for
# and nothing else, twice; looked through by lintian; installed in another
# fresh one, tried there by debian/tests, and purged. Needs root, the network
# and some minutes.
#
# usage: package.sh [--work-tree]
#   --work-tree  take the files as they are, instead of those of HEAD
#
# Packages and logs are left in build/packages.
#
# shellcheck disable=SC2016,SC2034,SC2046 # lists of words; for chroot.sh

set -u
name=package
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tests/chroot.sh"
in_own_namespace "$@"

out=$top/build/packages
tree=$out/tree/remapguard
native=$(dpkg --print-architecture)
passed=0
failed=0
skipped=0

trap remove_roots EXIT
trap 'exit 1' INT TERM HUP

# fresh_root [ARCHITECTURE]
fresh_root()
{
	new_root "$@" && inside apt-get -q update
}

install()
{
	inside apt-get -q -y --no-install-recommends \
		-o Dpkg::Use-Pty=0 -o APT::Keep-Downloaded-Packages=true "$@"
}

# ------------------------------------------------------------------- rows

# row LOG NAME COMMAND...: it has to succeed; what it prints goes to LOG.log
row()
{
	log=$out/$1.log
	row=$2
	shift 2
	if "$@" >>"$log" 2>&1; then
		passed=$((passed + 1))
		echo "ok - $row"
		return
	fi
	failed=$((failed + 1))
	echo "not ok - $row: the end of $log:"
	tail -n 20 "$log" | sed 's/^/# /'
	return 1
}

# count LOG: the rows that a test has printed itself
count()
{
	grep -E '^(ok|not ok|#) ' "$out/$1.log"
	skips=$(grep -c '^ok .*# SKIP' "$out/$1.log")
	oks=$(grep -c '^ok ' "$out/$1.log")
	skipped=$((skipped + skips))
	passed=$((passed + oks - skips))
	failed=$((failed + $(grep -c '^not ok ' "$out/$1.log")))
}

sum_up()
{
	rm -rf "$tree"
	echo "$passed passed, $failed failed, $skipped skipped"
	test "$failed" -eq 0 && test "$passed" -gt 0
	exit
}

# ------------------------------------------------------------------ build

# copy_to DIR: the clean tree, below /build
copy_to()
{
	mkdir -p "$root/build/$1" && cp -a "$tree" "$root/build/$1/remapguard"
}

# dependencies [ARCHITECTURE]: what a builder has, and what debian/control asks
# for
dependencies()
{
	fresh_root "$@" &&
		install install build-essential dpkg-dev &&
		copy_to first && install build-dep /build/first/remapguard
}

# build DIR WHAT [VARIABLE=VALUE]...
build()
{
	dir=$1 parts=$2
	shift 2
	inside env "$@" sh -c "cd /build/$dir/remapguard &&
		dpkg-buildpackage -us -uc --build=$parts"
}

# by another path, at another time and place
again()
{
	copy_to a/second &&
		build a/second full TZ=Asia/Tokyo LC_ALL=C DEB_BUILD_OPTIONS=nocheck
}

same()
{
	status=0
	for package in "$out"/*_"$native".deb "$out"/*.tar.*; do
		cmp "$package" "$root/build/a/second/${package##*/}" ||
			status=1
	done
	return $status
}

no_leftovers()
{
	inside sh -c 'cd /build/first/remapguard && ./debian/rules clean' &&
		diff -r "$tree" "$root/build/first/remapguard"
}

# for 32-bit programs, and one to try it with
build_narrow()
{
	dependencies i386 && build first any &&
		cp "$root"/build/first/*_i386.* "$out" &&
		inside gcc -O1 -D_GNU_SOURCE \
			/build/first/remapguard/tests/narrow/calls.c \
			-o /build/narrow &&
		cp "$root/build/narrow" "$out"
}

check_packages()
{
	# infos and pedantry are for who reads the log
	lintian --fail-on error,warning --pedantic --display-info \
		--display-level '>=pedantic' --info "$out"/*.changes
}

# paths PACKAGE.deb
paths()
{
	dpkg-deb -c "$1" | awk '{ print $6 }' | grep -v '/$'
}

# a file of two architectures' packages must not differ
multiarch()
{
	status=0
	for package in "$out"/libremapguard*.deb; do
		case $package in *-dbgsym_*) continue ;; esac
		paths "$package" | grep -v -E \
			'^\./usr/(lib/[a-z0-9_]+-linux-gnu|share|include)/' &&
			status=1
	done
	return $status
}

# -------------------------------------------------------------------- try

# packages ARCHITECTURE: those for users
packages()
{
	for package in "$out"/*_"$1".deb; do
		case $package in
		*-dbgsym_*) ;;
		*) echo "$package" ;;
		esac
	done
}

# install_packages ARCHITECTURE
install_packages()
{
	cp $(packages "$1") "$root/root" &&
		install install $(packages "$1" | sed 's|.*/|/root/|')
}

settle()
{
	fresh_root && install_packages "$native"
}

# beside the other one, for one trace of all calls
try_narrow()
{
	# a list that is amiss is not missed where the others have it all
	inside dpkg --add-architecture i386 && { inside apt-get -q update || :; }
	install_packages i386 &&
		cp "$out/narrow" "$root/narrow" || return
	inside sh -c 'cd /tmp && remapguard run --quiet -o narrow -- \
		perl -e "system q(/narrow) and exit 1" &&
		remapguard report narrow' | tee "$out/narrow.txt"
	calls=$(sed -n 's/^calls //p' "$out/narrow.txt")
	grep "  ·  $calls calls in 3 processes" "$out/narrow.txt"
}

try()
{
	autopkgtest --no-built-binaries --timeout-test=600 \
		$(packages "$native") "$tree/" -- chroot "$root"
}

purge()
{
	rm -rf "$root/narrow" "$root"/root/*.deb
	install purge $(inside dpkg-query -W -f '${binary:Package} ' \
		'*remapguard*') &&
		! inside dpkg-query -W '*remapguard*' &&
		left=$(inside find / -xdev -name '*remapguard*' \
			-not -path '/tmp/*' -not -path '/build/*') &&
		echo "left: $left" && test -z "$left"
}

rm -rf "$out"
mkdir -p "$out"
export_tree "$top" "$tree" "$@" || exit
row build 'build-dependencies can be had' dependencies || sum_up
row build 'source and binaries are built' build first full || sum_up
(cd "$root/build/first" && cp ./*.deb ./*.dsc ./*.tar.* ./*.changes \
	./*.buildinfo "$out")
builder=$root
row clean 'clean leaves the sources as they were' no_leftovers
if test "$native" = amd64; then
	row narrow 'the object is built for i386, too' build_narrow
fi
root=$builder
row lintian 'lintian finds no error, and nothing to warn of' check_packages
row multiarch 'architectures do not get into each other'\''s way' multiarch
row again 'they are built once more' again &&
	row again 'and are the same to the byte' same
row install 'they can be installed in a fresh system' settle
row try 'debian/tests pass' try
count try
if test -e "$out/narrow"; then
	row narrow 'a 32-bit program has the object of its own' try_narrow
fi
row purge 'purged, they leave nothing behind' purge
sum_up
