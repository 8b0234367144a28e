#!/bin/sh
# SPDX-License-Identifier: MIT
# check-files.sh BUILD LIBDIR LIST: what is installed is what LIST has, no file
# more and none less; what the documents there link to is there.
. "$(dirname "$0")/common.sh"

sed "/^#/d; s|^\(?*\)LIB/|\1$libdir/|" "$1" >"$work/list"
(cd "$prefix" && find . ! -type d | sed 's|^\./||' | sort) >"$work/files"

# listed FILE: some line stands for it
listed() {
	while read -r line; do
		# shellcheck disable=SC2254 # it is a pattern
		case $1 in ${line#\?}) return 0 ;; esac
	done <"$work/list"
	echo "$1 is installed, and not in the list"
	return 1
}

# installed LINE: some file is what it stands for
installed() {
	case $1 in \?*) return 0 ;; esac
	while read -r file; do
		# shellcheck disable=SC2254
		case $file in $1) return 0 ;; esac
	done <"$work/files"
	echo "$1 is in the list, and not installed"
	return 1
}

# all COMMAND FILE: COMMAND for each line of FILE
all() {
	status=0
	while read -r each; do
		"$1" "$each" || status=1
	done <"$2"
	return $status
}

# links DOCUMENT: relative ones between documents lead to something
links() {
	status=0
	for link in $(grep -o '](\([^)#]*\)[^)]*)' "$1" |
		sed 's/^](//; s/[#)].*//' | grep -v :); do
		case $link in
		*CONTRIBUTING.md | *src/*) continue ;; # for who has the sources
		esac
		[ -e "$(dirname "$1")/$link" ] || {
			echo "$1: $link is not there"
			status=1
		}
	done
	return $status
}

find "$prefix/share/doc" -name '*.md' >"$work/documents"
row 'nothing that is not listed' all listed "$work/files"
row 'all that is listed' all installed "$work/list"
row 'what documents link to' all links "$work/documents"
row 'schemas, also beside the documents' test -e \
	"$prefix/share/doc/remapguard/docs/schemas/remapguard-report-1.schema.json"
finish
