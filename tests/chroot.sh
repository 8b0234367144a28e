# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# Fresh systems of Debian 12's minimal base to try things in. Sourced, with
# $name for messages, by scripts that have begun with `in_own_namespace "$@"`:
# all mounts live in a mount namespace of their own, so they are gone when the
# script is, however it ends, and cleaning up cannot reach into /proc or /dev.
# The base is made once in a week and kept, and so is what apt fetches.

mirror=http://deb.debian.org/debian
security=http://deb.debian.org/debian-security
cache=${XDG_CACHE_HOME:-$HOME/.cache}/remapguard

in_own_namespace()
{
	test "${REMAPGUARD_CHROOT:-}" != inside || return 0
	test "$(id -u)" -eq 0 || {
		echo "$name: must be root" >&2
		exit 1
	}
	REMAPGUARD_CHROOT=inside exec unshare --mount --propagation private \
		"$0" "$@"
}

# make_base ARCHITECTURE
make_base()
{
	base=$cache/bookworm-$1.tar
	mkdir -p "$cache/archives"
	test -z "$(find "$base" -mtime -7 2>/dev/null)" || return 0
	set -- "$1" "deb $mirror bookworm main"
	# for another architecture than this one the mirror may be behind
	test "$1" != "$(dpkg --print-architecture)" ||
		set -- "$@" "deb $mirror bookworm-updates main" \
			"deb $security bookworm-security main"
	architecture=$1
	shift
	mmdebstrap --quiet --variant=minbase \
		--architectures="$architecture" bookworm "$base.$$" "$@" &&
		mv "$base.$$" "$base"
}

roots=

# new_root [ARCHITECTURE]: one more system, in $root
new_root()
{
	make_base "${1:-$(dpkg --print-architecture)}" || return
	root=$(mktemp -d /var/tmp/remapguard-chroot.XXXXXX)
	roots="$roots $root"
	tar -xf "$base" -C "$root"
	cp /etc/resolv.conf "$root/etc/resolv.conf"
	mount -t proc proc "$root/proc"
	mount --rbind /sys "$root/sys"
	mount --rbind /dev "$root/dev"
	mount -t tmpfs tmpfs "$root/tmp"
	mount --bind "$cache/archives" "$root/var/cache/apt/archives"
}

remove_roots()
{
	for each in $roots; do
		for mount in $(findmnt -rno TARGET | grep "^$each/" | sort -r); do
			umount -l "$mount"
		done
		if findmnt -rno TARGET | grep -q "^$each/"; then
			echo "$name: still mounted below $each: left alone" >&2
			continue
		fi
		rm -rf --one-file-system "$each"
	done
}

# inside COMMAND...: in $root
inside()
{
	chroot "$root" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 CI=true \
		DEBIAN_FRONTEND=noninteractive \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@" </dev/null
}

# export_tree FROM TO [--work-tree]: the files of HEAD, or as they are
export_tree()
{
	mkdir -p "$2"
	if test "${3:-}" = --work-tree; then
		(cd "$1" && git ls-files -z -co --exclude-standard |
			tar -c --null -T - --ignore-failed-read)
	else
		git -C "$1" archive HEAD
	fi | tar -x -C "$2"
}
