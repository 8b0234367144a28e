#!/bin/sh
# SPDX-License-Identifier: MIT
# check-selftests.sh BUILD: selftests.py tells right from wrong. The tests that
# it finds in its cache are programs of our own.
here=$(cd "$(dirname "$0")" && pwd)
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

strace -o /dev/null true 2>/dev/null || {
	echo 'strace cannot trace here'
	exit 77
}

XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME
version=$(sed -n 's/^VERSION = "\(.*\)"/\1/p' "$here/selftests.py")
sources=$XDG_CACHE_HOME/remapguard/selftests/$version/selftests/mm
mkdir -p "$sources"
: >"$sources/vm_util.c"

# program NAME BODY: one that makes a call, and says so before BODY
program() {
	cat >"$sources/$1.c" <<-END
		#include <stdio.h>
		#include <stdlib.h>
		#include <sys/mman.h>
		#include <unistd.h>
		int main(int argc, char **argv)
		{
			char *preloaded = getenv("LD_PRELOAD");
			void *mem = mmap(0, 8192, PROT_READ, MAP_PRIVATE |
					 MAP_ANONYMOUS, -1, 0);
			if (mremap(mem, 8192, 4096, 0) == mem)
				printf("ok 1 shrinks\n");
			fflush(stdout);
			$2
			return 0;
		}
	END
}

# selftests STATUS LAST-LINE: run it, and see how it ends
selftests() {
	python3 "$here/selftests.py" --build "$build" >"$work/out" 2>"$work/err"
	got=$?
	[ "$got" -eq "$1" ] && [ "$(tail -n 1 "$work/out")" = "$2" ] && return
	echo "FAILED: exit status $got, not $1, or the last line is not '$2'"
	cat "$work/out" "$work/err"
	failures=$((failures + 1))
}

# says PATTERN...: each is part of a line
says() {
	for pattern; do
		grep -q -e "$pattern" "$work/out" && continue
		echo "FAILED: nothing says '$pattern' in:"
		cat "$work/out"
		failures=$((failures + 1))
	done
}

program mremap_test ''
program mremap_dontunmap 'printf("not ok 2 # SKIP nothing\n");'
program mseal_test 'if (argc == 1 && fork() == 0)
	execl("/proc/self/exe", argv[0], "again", (char *)0);'
selftests 0 '6 passed, 0 failed, 0 skipped'
says '^ok: mremap_test, predict=auto: 1 verdicts .* 1 calls' \
	'^ok: mremap_dontunmap, predict=always: 2 .*, 1 of them not ok' \
	'^ok: mseal_test, predict=auto: .* 2 calls'

program mremap_test 'printf("ok 2 %s\n", preloaded ? "worse" : "better");'
program mremap_dontunmap 'if (preloaded) return 3;'
program mseal_test 'unsetenv("LD_PRELOAD");
	if (argc == 1 && fork() == 0)
		execl("/proc/self/exe", argv[0], "again", (char *)0);'
selftests 1 '0 passed, 6 failed, 0 skipped'
says '^failed: mremap_test, predict=auto: "ok worse", bare "ok better"$' \
	'^failed: mremap_dontunmap, .* exit status 3, bare 0$' \
	'^failed: mseal_test, predict=always: calls: 1 instead of 2$'

program mremap_test 'if (preloaded) printf("ok 2 more\n");'
program mremap_dontunmap 'return nowhere;'
echo 'int main(void) { return 0; }' >"$sources/mseal_test.c"
selftests 1 '0 passed, 2 failed, 4 skipped'
says '^failed: mremap_test, .* 2 verdicts, bare 1$' \
	'^not run: mremap_dontunmap, predict=auto: gcc: ' \
	'^not run: mseal_test, .* no verdicts, exit status 0$'

[ "$failures" -eq 0 ]
