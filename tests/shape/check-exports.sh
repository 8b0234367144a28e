#!/bin/sh
# SPDX-License-Identifier: MIT
# check-exports.sh OBJECT ALLOWED: the object offers to its host exactly the
# symbols listed, one a line.
object=$1 allowed=$2
got=$(nm -D --defined-only "$object" | awk '{ print $NF }' | LC_ALL=C sort) ||
	exit 1
want=$(grep -v '^#' "$allowed" | LC_ALL=C sort)
[ "$got" = "$want" ] && exit 0
echo "$object exports:" "$got"
echo "and should export:" "$want"
exit 1
