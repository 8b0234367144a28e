#!/bin/sh
# SPDX-License-Identifier: MIT
# inject= makes calls fail or late, in each tier and by each condition; what it
# does is seen as that in the trace, and the same again with the same seed.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

# grows NAME LETTERS OPTIONS OUTPUT INJECTED: see grows.c
grows() {
	name=$1 letters=$2 options=$3 output=$4 injected=$5
	rm -rf trace
	preloaded "$options" "$bin/grows" "$letters" >out 2>err </dev/null
	expect "$name: status" $? 0
	expect "$name: output" "$(sed 's/ $//' out)" "$output"
	expect "$name: standard error" "$(cat err)" ''
	expect "$name: injected" "$(field totals.injected)" "$injected"
	expect "$name: denied" "$(field totals.denied)" 0
	expect "$name: mismatches" "$(field totals.mismatches)" 0
	expect "$name: lost" "$(field totals.lost)" 0
}

grows 'nothing' msrkx seed=1 '. . . . EINVAL' 0
grows 'all' msrk inject=errno=EAGAIN 'EAGAIN EAGAIN . EAGAIN' 4
grows 'inside realloc' mR inject=errno=ENOMEM,nth=2 '. ENOMEM' 1
grows 'one' mmmm inject=errno=EBUSY,nth=3 '. . EBUSY .' 1
grows 'each third' mmmmmmm inject=errno=EBUSY,every=3 \
	'. . EBUSY . . EBUSY .' 2
grows 'each second from the third on' mmmmmmm \
	inject=errno=EBUSY,nth=3,every=2 '. . EBUSY . EBUSY . EBUSY' 3
grows 'two, each with a count' mmmm \
	inject=errno=EIO,nth=2:inject=errno=EPERM,nth=3 '. EIO EPERM .' 2
grows 'the first counts' mm inject=errno=EIO,nth=2:inject=errno=EPERM \
	'EPERM EIO' 2
grows 'large ones' mrm inject=errno=EIO,min-size=1M '. . .' 1
grows 'by path' mkmk inject=errno=EIO,path=shrink '. EIO . EIO' 2
grows 'another path' mkm inject=errno=EIO,path=move '. . .' 0
grows 'without plans' mkm predict=never:inject=errno=EIO,path=shrink \
	'. . .' 0
grows 'what libc refuses' lm inject=errno=EIO 'EINVAL EIO' 1
grows 'what would be refused' xm inject=errno=EIO,nth=1 'EIO .' 1
grows 'by module' mmr inject=errno=EIO,site=grows,nth=2 '. EIO .' 1
grows 'by another module' mmr inject=errno=EIO,site=libring* '. . .' 0
ln -s "$bin/grows" swells
for name in grows swells gr*s; do
	preloaded "inject=errno=EIO,site=$name,nth=2" ./swells mm >out
	expect "by module, called swells, as $name" "$(cat out)" '. EIO '
done
grows 'never libc' msr inject=errno=EIO,site=libc* '. . .' 0
grows 'by function' mskmr inject=errno=EIO,site=grows!grow_map* \
	'EIO . . EIO .' 2
grows 'by function and caller' mmk 'inject=errno=EIO,site=grows!grow_m*/grows' \
	'EIO EIO EINVAL' 2
grows 'by another caller' mm 'inject=errno=EIO,site=grows!grow_m*/grows!grow_m*' \
	'. .' 0
grows 'by more callers than there are' mm \
	inject=errno=EIO,site=grows/grows/grows/libring* '. .' 0
grows 'each process counts' mfm inject=errno=EIO,nth=1 'EIO . EIO
. .' 2
grows 'off' mm inject=errno=EIO:inject=off '. .' 0

# as a report names it
grows 'none, for a look' mskr seed=0 '. . . .' 0
"$cli" report --format=json trace | grep -o '"offset": "0x[0-9a-f]*"' |
	cut -d '"' -f 4 | sort -u >offsets
nr=0
while read -r offset; do
	preloaded "inject=errno=EIO,site=grows+$offset" "$bin/grows" mskr \
		>out 2>err </dev/null
	nr=$((nr + $(grep -c EIO out)))
done <offsets
# not realloc, where libc makes a copy
expect 'sites that a failure is seen of' $nr 3

# the same seed, the same run
for seed in 1 1 2; do
	preloaded "inject=errno=EIO,prob=0.5:seed=$seed" "$bin/grows" \
		mmmmmmmmmmmmmmmmmmmm </dev/null
done >runs
expect 'runs of two seeds' "$(sort -u runs | wc -l)" 2
expect 'runs of one seed' "$(head -n 2 runs | sort -u | wc -l)" 1

grows 'late' m?m?m? inject=delay=100ms,nth=2 '. soon . late . soon' 0
expect 'late: delayed' "$(field totals.delayed)" 1
took=$(field sites.0.ns_total)
[ "$took" -lt 100000000 ] || fail "late: the call itself took $took ns"
grows 'late, whatever signals arrive' tm? inject=delay=100ms '. . late' 0
grows 'late, and failing' m? inject=delay=100ms,errno=EIO 'EIO late' 1

# without a trace, too
env LD_PRELOAD="$object" REMAPGUARD_OPTIONS=inject=errno=EIO,site=grows!grow_m* \
	"$bin/grows" msm >out 2>&1 </dev/null
expect 'without a trace' "$?:$(cat out)" '0:EIO . EIO '

# what is denied is not there to be injected into
grows 'planned and denied' mm 'RG103=deny:inject=errno=EIO,nth=2' '. EIO' 1
rm -rf trace
preloaded 'RG101=deny:inject=errno=EIO' "$bin/clobber" >out 2>err </dev/null
expect 'denied, and not injected' "$(tr '\n' ' ' <out)" 'EEXIST EEXIST '
expect 'denied, and not injected: count' "$(field totals.injected)" 0
rm -rf trace
preloaded inject=errno=EIO "$bin/grows" m >out 2>err </dev/null
"$cli" report trace >out
grep -q '1  of them injected: the kernel was not asked' out ||
	fail "the report does not tell: $(cat out)"
"$cli" explain trace >out
grep -q '^verdict  *inject, on request: the kernel was not asked$' out ||
	fail "explain does not tell: $(cat out)"

"$cli" run -o trace --force --quiet --seed=1 --inject=errno=EIO,nth=1 \
	--inject=errno=EPERM,nth=2 -- "$bin/grows" mmm >out 2>err
expect 'by the command' "$(cat out err)" 'EIO EPERM . '
printf '[options]\ninject = errno=EPERM,nth=1\n' >policy.ini
"$cli" run -o trace --force --quiet --policy=policy.ini -- "$bin/grows" mm \
	>out 2>err
expect 'by a policy' "$(cat out err)" 'EPERM . '
"$cli" policy compile policy.ini >compiled
expect 'compiled' "$(cat compiled)" 'inject=errno=EPERM,nth=1'
finish
