#!/bin/sh
# SPDX-License-Identifier: MIT
# check-checks.sh CC...: (ROOT and BUILD in the environment) each check of this folder accepts a good input and
# refuses one made to be bad: a check that cannot fail says nothing.
here=$(cd "$(dirname "$0")" && pwd)
cc=$*
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

# verdict accepts|refuses NAME CHECK ARGUMENT...
verdict() {
	want=$1 name=$2 check=$3
	shift 3
	got=refuses
	"$here/$check" "$@" >output 2>&1 && got=accepts
	[ "$got" = "$want" ] && return
	echo "FAILED: $name: $check $got it:"
	head -n 5 output
	failures=$((failures + 1))
}

# object NAME SOURCE [ARGUMENT...]: NAME.so
object() {
	name=$1 source=$2
	shift 2
	printf '%s\n' "$source" |
		$cc -x c - -fPIC -shared -O1 -fno-stack-protector -w \
			-o "$name.so" "$@" || exit 1
}

# archive NAME SOURCE: NAME.a
archive() {
	printf '%s\n' "$2" | $cc -x c - -c -O1 -fno-stack-protector -w -o "$1.o" &&
		ar rc "$1.a" "$1.o" || exit 1
}

# tree NAME FILE LINE...: one more file in a source tree
tree() {
	mkdir -p "$1/$(dirname "$2")"
	file=$1/$2
	shift 2
	printf '%s\n' "$@" >"$file"
}

printf 'mremap\nsyscall\n' >allowed
calls='void mremap(void) {} void syscall(void) {}'
object plain "$calls"
object leaky "$calls void helper(void) {}"
object partial 'void mremap(void) {}'
verdict accepts 'two symbols' check-exports.sh plain.so allowed
verdict refuses 'one symbol more' check-exports.sh leaky.so allowed
verdict refuses 'one symbol less' check-exports.sh partial.so allowed
verdict refuses 'no object' check-exports.sh missing.so allowed

object copies '#include <string.h>
	void f(char *a, char *b, long n) { memmove(a, b, n); }'
object allocates '#include <stdlib.h>
	void *f(long n) { return malloc(n); }'
object prints '#include <stdio.h>
	void f(int n) { printf("%d\n", n); }'
object maps '#include <sys/mman.h>
	void f(void *p) { munmap(p, 1); }'
object linked "$calls" -Wl,--no-as-needed -lm
object executable "$calls" -Wl,-z,execstack
verdict accepts 'memmove' check-guest.sh copies.so
verdict refuses 'malloc' check-guest.sh allocates.so
verdict refuses 'printf' check-guest.sh prints.so
verdict refuses 'munmap' check-guest.sh maps.so
verdict refuses 'a second library' check-guest.sh linked.so
verdict refuses 'an executable stack' check-guest.sh executable.so

archive pure '#include <string.h>
	void f(char *a, char *b, long n) { memmove(a, b, n); }'
archive inner 'void g(void); void f(void) { g(); }'
archive outer 'void g(void) {}'
archive printing '#include <stdio.h>
	void f(int n) { printf("%d\n", n); }'
archive failing '#include <errno.h>
	void f(void) { errno = 1; }'
verdict accepts 'memmove' check-pure.sh pure.a
verdict accepts 'each other' check-pure.sh inner.a outer.a
verdict refuses 'one without the other' check-pure.sh inner.a
verdict refuses 'printf' check-pure.sh printing.a
verdict refuses 'errno' check-pure.sh failing.a
verdict refuses 'no archive' check-pure.sh missing.a

mit='/* SPDX-License-Identifier: MIT */'
tree good src/model/a.c "$mit" '#include "model/a.h"' '#include <stdint.h>'
tree good src/runtime/b.c "$mit" '#include "trace/event.h"' '#include <fcntl.h>'
tree good tools/c.c "$mit" '#include "child.h"' '#include "report/read.h"'
tree good include/remapguard/ok.h "$mit" '#include <stdint.h>' \
	'uint64_t rg_ok(void);'
tree upward src/model/a.c '#include "trace/event.h"'
tree sideways src/report/a.c '#include "runtime/sys.h"'
tree impure src/trace/a.c '#include <stdio.h>'
tree tooled tools/a.c '#include "runtime/sys.h"'
tree bare src/model/a.c 'int a;'
tree modern include/remapguard/bad.h '#include <missing.h>'
tree dialect include/remapguard/bad.h 'static inline int f(void)' \
	'{ return ({ 1; }); }'
tree shadowed include/remapguard/bad.h 'int rg_class(int class);'
mkdir upward/tools sideways/tools impure/tools bare/tools
verdict accepts 'a good tree' check-layers.sh good
verdict refuses 'model includes trace' check-layers.sh upward
verdict refuses 'report includes runtime' check-layers.sh sideways
verdict refuses 'trace includes stdio' check-layers.sh impure
verdict refuses 'tools include runtime' check-layers.sh tooled
verdict accepts 'a good tree' check-spdx.sh good
verdict refuses 'a file without a licence' check-spdx.sh bare
verdict accepts 'a good header' check-header.sh good $cc
verdict refuses 'a header that is not there' check-header.sh modern $cc
verdict refuses 'a dialect of its own' check-header.sh dialect $cc
if command -v g++ >/dev/null; then
	verdict refuses 'a word of C++' check-header.sh shadowed $cc
fi

if [ -n "$BUILD" ]; then
	mkdir -p told/docs
	cp "$ROOT/docs/example.c" told/docs
	sed 's/^6.16.0: refuse/6.16.0: move/' "$ROOT/docs/model.md" \
		>told/docs/model.md
	verdict refuses 'an example that is told of otherwise' \
		check-installed.sh told "$BUILD" $cc
	sed 's/^RG101  clobber .*/RG101  clobber  note/' "$ROOT/docs/policy.md" \
		>told/docs/policy.md
	verdict refuses 'a profile that is told of otherwise' \
		check-policy-doc.sh told "$BUILD/remapguard"
	verdict refuses 'no build' check-installed.sh "$ROOT" missing $cc
fi

[ "$failures" -eq 0 ]
