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

set -eu

name=bare-chroot
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/tests/chroot.sh"
in_own_namespace "$@"

trap remove_roots EXIT
trap 'exit 1' INT TERM HUP

echo "== a minimal Debian 12"
new_root

echo "== the checkout, in $root"
if test "${1:-}" = --work-tree; then
	export_tree "$top" "$root/root/remapguard" --work-tree
else
	git clone --quiet --no-hardlinks "$top" "$root/root/remapguard"
fi

echo "== ./dev audit"
# shellcheck disable=SC2016 # Perl's variable
inside /root/remapguard/dev audit -- /usr/bin/perl -e \
	'$x .= "x" x 100000 for 1 .. 100; print length($x), "\n"'

echo "== ./dev test"
inside /root/remapguard/dev test
