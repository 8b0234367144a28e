#!/bin/sh
# SPDX-License-Identifier: MIT
# check-command.sh BUILD LIBDIR PROGRAM: the installed command and object work
# together, where they were installed and where that was moved to. PROGRAM makes
# 78 calls by realloc.
. "$(dirname "$0")/common.sh"
program=$1
calls=78
object=$prefix/$libdir/libremapguard.so
cd "$work" || exit 1

# counted DIR: its report has all calls of PROGRAM
counted() {
	"$bin/remapguard" report --format=json "$1" >report.json &&
		grep -E '"calls": *'"$calls\\b" report.json >/dev/null && return
	head -n 20 report.json
	return 1
}

# runs CLI OBJECT: by CLI, PROGRAM sees OBJECT and no other
runs() {
	rm -rf trace
	"$1" run --quiet -o trace -- sh -c \
		'echo "$LD_PRELOAD" >preload; exec "$@"' sh "$program" || return
	[ "$(cat preload)" = "$2" ] || {
		echo "preloaded: $(cat preload)"
		return 1
	}
	counted trace
}

# as in a unit file, or what a container's image sets
preloaded() {
	rm -rf trace
	LD_PRELOAD=$1 REMAPGUARD_OPTIONS=trace=$work/trace "$program" &&
		counted trace
}

by_name() {
	LD_LIBRARY_PATH=${object%/*} preloaded libremapguard.so
}

moved() {
	mkdir elsewhere
	cp -r "$prefix/bin" "$prefix/${libdir%%/*}" elsewhere
	runs "$work/elsewhere/bin/remapguard" \
		"$work/elsewhere/$libdir/libremapguard.so"
}

linked() {
	ln -s "$bin/remapguard" link
	runs "$work/link" "$object"
}

# without its object it says where it has looked
alone() {
	mkdir -p alone/bin
	cp "$bin/remapguard" alone/bin
	alone/bin/remapguard run --quiet -o none -- true >said 2>&1
	[ $? -eq 1 ] && grep '^remapguard: libremapguard.so: neither' said
}

# the plugin that came with it refuses all but one call of a site
plugin() {
	rm -rf trace
	REMAPGUARD_LIMIT=1,1 "$bin/remapguard" run --quiet -o trace \
		--options="plugin=$prefix/$libdir/remapguard/limit.so" -- \
		"$program" && counted trace &&
		grep '"denied": *[1-9]' report.json
}

row 'version' "$bin/remapguard" --version
row 'doctor' "$bin/remapguard" doctor
row 'run and report' runs "$bin/remapguard" "$object"
row 'by a symbolic link' linked
row 'below another prefix' moved
row 'without its object' alone
row 'without the command' preloaded "$object"
row 'by its name' by_name
row 'with a plugin' plugin
finish
