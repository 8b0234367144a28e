#!/bin/sh
# SPDX-License-Identifier: MIT
# without-proc.sh PROGRAM...: it finds no /proc from the start.
flags=-m
unshare -m true 2>/dev/null || flags=-rm
exec unshare $flags sh -c 'umount -l /proc && exec "$@" ||
	{ echo "/proc cannot be unmounted" >&2; exit 77; }' - "$@"
