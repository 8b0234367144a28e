# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Sourced by the tests, which are run in the source tree: rows of TAP, about
# what is installed.

sources=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
. "$sources/tests/tap.sh"

# says TEXT COMMAND...
says() {
	text=$1
	shift
	"$@" >said || return
	grep -F -e "$text" said && return
	cat said
	return 1
}

# its calls of mremap are libc's, as it grows a string
grow() {
	"$@" perl -e '$x .= "x" x 1000000 for 1 .. 50; exit 3'
	[ $? -eq 3 ]
}

# counted DIR: the report of DIR has calls, and none is lost
counted() {
	remapguard report --format=json "$1" >report.json &&
		grep '"calls": *[1-9]' report.json &&
		grep '"lost": 0' report.json && return
	head -n 20 report.json
	return 1
}
