#!/bin/sh
# SPDX-License-Identifier: MIT
# check-layers.sh ROOT: each folder includes only what lies below it
# (docs/design.md, Layout), and the pure ones no header that could do anything.
cd "$1" || exit 1
status=0

# layer FOLDER BELOW: what it may include of ours, as a pattern
layer() {
	[ -d "$1" ] || return 0
	bad=$(grep -rnE --include='*.[chS]' '^ *# *include *("|<remapguard/)' \
		"$1" | grep -vE "include *[\"<]($2)/")
	[ -z "$bad" ] && return 0
	echo "$1 may only include $2:"
	echo "$bad"
	status=1
}

# pure FOLDER
pure() {
	[ -d "$1" ] || return 0
	bad=$(grep -rnE --include='*.[ch]' '^ *# *include *<' "$1" |
		grep -vE '<(std(bool|def|int)|limits|errno|string|inttypes|remapguard/[a-z]*)\.h>')
	[ -z "$bad" ] && return 0
	echo "$1 is pure and may not include:"
	echo "$bad"
	status=1
}

layer include 'remapguard'
layer src/model 'model|remapguard'
layer src/policy 'policy|model|remapguard'
layer src/trace 'trace|policy|remapguard'
layer src/runtime 'runtime|trace|policy|remapguard'
layer src/input 'input|trace|policy|remapguard'
layer src/report 'report|trace|policy|remapguard'
layer src/supervisor 'supervisor|trace|policy|remapguard'
pure include
pure src/model
pure src/policy
pure src/trace

# tools see all but the runtime; their own headers have no folder
bad=$(grep -rnE --include='*.[ch]' '^ *# *include *"(\.\./)*(src/)?runtime/' tools)
[ -z "$bad" ] || {
	echo 'tools may not include the runtime:'
	echo "$bad"
	status=1
}
exit $status
