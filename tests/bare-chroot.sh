#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Does everything work where only Debian 12's minimal base is installed? Makes
# such a system in a temporary directory, puts the checkout into it and runs
# the two commands of the README there. Takes minutes and the network, so it is
# run before a release and after changes to `dev`, not by `./dev test`.
#
# usage: bare-chroot.sh [--work-tree]
#   --work-tree  take the files as they are, instead of cloning HEAD
#
# All mounts live in a mount namespace of their own: they are gone when the
# script is, however it ends, and cleaning up cannot reach into /proc or /dev.

set -eu

mirror=http://deb.debian.org/debian
security=http://deb.debian.org/debian-security
top=$(cd "$(dirname "$0")/.." && pwd)

if test "${REMAPGUARD_BARE:-}" != inside; then
	test "$(id -u)" -eq 0 || {
		echo "bare-chroot: must be root" >&2
		exit 1
	}
	REMAPGUARD_BARE=inside exec unshare --mount --propagation private \
		"$0" "$@"
fi

root=$(mktemp -d /var/tmp/remapguard-bare.XXXXXX)

cleanup()
{
	for mount in $(findmnt -rno TARGET | grep "^$root/" | sort -r); do
		umount -l "$mount"
	done
	if findmnt -rno TARGET | grep -q "^$root/"; then
		echo "bare-chroot: still mounted below $root: left alone" >&2
		return
	fi
	rm -rf --one-file-system "$root"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

inside()
{
	chroot "$root" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 CI=true \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@" </dev/null
}

echo "== a minimal Debian 12 in $root"
debootstrap --variant=minbase bookworm "$root" "$mirror" >/dev/null
cat >"$root/etc/apt/sources.list" <<END
deb $mirror bookworm main
deb $mirror bookworm-updates main
deb $security bookworm-security main
END
cp /etc/resolv.conf "$root/etc/resolv.conf"

mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"

echo "== the checkout"
if test "${1:-}" = --work-tree; then
	mkdir "$root/root/remapguard"
	(cd "$top" && git ls-files -z -co --exclude-standard |
		tar -c --null -T - --ignore-failed-read) |
		tar -x -C "$root/root/remapguard"
else
	git clone --quiet --no-hardlinks "$top" "$root/root/remapguard"
fi

echo "== ./dev audit"
# shellcheck disable=SC2016 # Perl's variable
inside /root/remapguard/dev audit -- /usr/bin/perl -e \
	'$x .= "x" x 100000 for 1 .. 100; print length($x), "\n"'

echo "== ./dev test"
inside /root/remapguard/dev test
