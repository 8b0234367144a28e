# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Sourced by the checks, which get BUILD and LIBDIR first: installs into $tree
# and tells, as TAP, of rows.

build=$1 libdir=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
tree=$work/tree
. "$(dirname "$0")/../tap.sh"

DESTDIR=$tree meson install -C "$build" --no-rebuild >"$work/log" 2>&1 || {
	echo "Bail out! meson install: $(tail -n 1 "$work/log")"
	exit 1
}
bin=$(dirname "$(find "$tree" -path '*/bin/remapguard')")
prefix=${bin%/bin}
