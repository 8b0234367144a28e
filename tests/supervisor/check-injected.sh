#!/bin/sh
# SPDX-License-Identifier: MIT
# inject= counts and fails the calls that only the supervisor sees as well; it
# keeps nobody waiting.
. "$(dirname "$0")/common.sh"
here=$1
cd "$work" || exit 1
program=$here/grows-static

# grows NAME LETTERS INJECTION OUTPUT INJECTED: see grows.c
grows() {
	name=$1 letters=$2 injection=$3 output=$4 injected=$5
	covered --inject="$injection" -- "$program" "$letters"
	said "$name" 0 "$output"
	expect "$name: injected" "$(field totals.injected)" "$injected"
	expect "$name: denied" "$(field totals.denied)" 0
	expect "$name: lost" "$(field totals.lost)" 0
}

covered -- "$program" mmm
said 'nothing' 0 '. . .  '
offset=$(field sites.0.stack.0.offset)
grows 'one' mmm errno=EIO,nth=2 '. EIO .  ' 1
grows 'by path' mkmk errno=EIO,path=shrink '. EIO . EIO  ' 2
grows 'by module' mm errno=EIO,site=grows-st* 'EIO EIO  ' 2
grows 'by another module' mm errno=EIO,site=libring* '. .  ' 0
grows 'by site' mm "errno=EIO,nth=1,site=grows-static+$offset" 'EIO .  ' 1
grows 'by another site' mm errno=EIO,site=grows-static+0x10 '. .  ' 0
grows 'no function is known' mm 'errno=EIO,site=grows-static!grow*' '. .  ' 0
grows 'each process counts' mfm errno=EIO,nth=1 'EIO . EIO  . .  ' 2
grows 'nobody waits' m? delay=200ms '. soon  ' 0
grows 'nor for what fails' m? delay=200ms,errno=EIO 'EIO soon  ' 1

covered --inject=errno=EIO -- "$here/clobbers-raw"
said 'inline' 0 'Input/output error maps are the same holds b '
expect 'inline: by the supervisor' "$(field totals.tiers.supervisor)" 1
covered --enforce=all --inject=errno=EIO,nth=1 -- "$bin/grows" mm
said 'the object injects its own' 0 'EIO .  '
finish
