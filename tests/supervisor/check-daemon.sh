#!/bin/sh
# SPDX-License-Identifier: MIT
# check-daemon.sh OBJECT CLI BIN HERE: what outlives `run' is still judged and
# recorded, or, when the supervisor is killed then, at least answered.
. "$(dirname "$0")/common.sh"
here=$1
need babeltrace2

# its output goes elsewhere: what it holds `run' may not wait for
cat >"$work/daemon" <<END
#!/bin/sh
exec "$here/becomes" daemon /bin/sh -c "'$here/escapes-static' 10 >'$work/daemon.out'"
END
chmod +x "$work/daemon"

start() {
	rm -f "$work/daemon.out"
	covered -- "$work/daemon"
	said "$1: run" 0 ''
	[ ! -s "$work/daemon.out" ] || fail "$1: run waited for the daemon"
	[ -n "$(helpers supervisor)" ] || fail "$1: the supervisor has gone"
}

start 'a daemon'
nobody_stays 'a daemon'
expect 'a daemon: output' "$(cat "$work/daemon.out")" '50 calls'
recorded 'a daemon' 51

start 'a daemon, alone'
kill -9 "$(helpers supervisor)"
nobody_stays 'a daemon, alone'
expect 'a daemon, alone: output' "$(cat "$work/daemon.out")" '50 calls'
expect 'a daemon, alone: lost' "$(field totals.lost)" 50
expect 'a daemon, alone: recorded' "$(field totals.calls)" 1
finish
