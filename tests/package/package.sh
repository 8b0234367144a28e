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

set -u
name=package
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tests/chroot.sh"
in_own_namespace "$@"

out=$top/build/packages
tree=$out/tree/remapguard
passed=0
failed=0
skipped=0

trap remove_roots EXIT
trap 'exit 1' INT TERM HUP

fresh_root()
{
	new_root && inside apt-get -q update
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

# what a builder has, and what debian/control asks for
dependencies()
{
	fresh_root &&
		install install build-essential dpkg-dev &&
		copy_to first && install build-dep /build/first/remapguard
}

# build DIR [VARIABLE=VALUE]...: from a clean tree, with all that goes with it
build()
{
	dir=$1
	shift
	inside env "$@" sh -c "cd /build/$dir/remapguard &&
		dpkg-buildpackage -us -uc"
}

# by another path, at another time and place
again()
{
	copy_to a/second &&
		build a/second TZ=Asia/Tokyo LC_ALL=C DEB_BUILD_OPTIONS=nocheck
}

same()
{
	status=0
	for package in "$out"/*.deb "$out"/*.tar.*; do
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

install_packages()
{
	fresh_root || return
	cp "$out"/*.deb "$root/root" &&
		install install $(cd "$root/root" && for package in *.deb; do
			case $package in *-dbgsym_*) ;; *)
				echo "/root/$package" ;;
			esac
		done)
}

try()
{
	autopkgtest --no-built-binaries --timeout-test=600 \
		$(ls "$out"/*.deb | grep -v dbgsym) \
		"$tree/" -- chroot "$root"
}

purge()
{
	install purge remapguard libremapguard libremapguard-model0 \
		libremapguard-model-dev &&
		! inside dpkg-query -W '*remapguard*' &&
		rm -f "$root"/root/*.deb &&
		left=$(inside find / -xdev -name '*remapguard*' \
			-not -path '/tmp/*' -not -path '/build/*') &&
		echo "left: $left" && test -z "$left"
}

rm -rf "$out"
mkdir -p "$out"
export_tree "$top" "$tree" "$@" || exit
row build 'build-dependencies can be had' dependencies || sum_up
row build 'source and binaries are built' build first || sum_up
(cd "$root/build/first" && cp ./*.deb ./*.dsc ./*.tar.* ./*.changes \
	./*.buildinfo "$out")
row clean 'clean leaves the sources as they were' no_leftovers
row lintian 'lintian finds no error, and nothing to warn of' check_packages
row multiarch 'architectures do not get into each other'\''s way' multiarch
row again 'they are built once more' again &&
	row again 'and are the same to the byte' same
row install 'they can be installed in a fresh system' install_packages
row try 'debian/tests pass' try
count try
row purge 'purged, they leave nothing behind' purge
sum_up
