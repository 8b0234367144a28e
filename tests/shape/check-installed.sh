#!/bin/sh
# SPDX-License-Identifier: MIT
# check-installed.sh ROOT BUILD CC...: what BUILD installs can be used: the
# example of the documentation compiles by pkg-config alone, in the dialects of
# those who may want it, links with either library and says what the
# documentation says.
root=$1 build=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

fail() {
	echo "$@"
	status=1
}

tree=$work/tree
DESTDIR=$tree meson install -C "$build" --no-rebuild >"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
PKG_CONFIG_PATH=$(dirname "$(find "$tree" -name remapguard-model.pc)")
PKG_CONFIG_SYSROOT_DIR=$tree
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
libdir=${PKG_CONFIG_PATH%/pkgconfig}
cflags=$(pkg-config --cflags remapguard-model) &&
	libs=$(pkg-config --libs remapguard-model) || exit 1

# prints PROGRAM: what the documentation shows below its name
sed -n '/^\$ \.\/example 6\.18/,/^```/{ /^[$`]/!p }' "$root/docs/model.md" \
	>"$work/want"
[ -s "$work/want" ] || fail 'docs/model.md shows no output of the example'

# example NAME COMPILER...
example() {
	name=$1
	shift
	# shellcheck disable=SC2086 # lists of words
	"$@" $cflags -Wall -Wextra -Werror "$root/docs/example.c" $libs \
		-o "$work/example" || {
		fail "$name: does not compile: $*"
		return
	}
	LD_LIBRARY_PATH=$libdir "$work/example" 6.18.44 6.16.0 >"$work/got"
	cmp -s "$work/want" "$work/got" || {
		fail "$name: prints another text than docs/model.md:"
		diff "$work/want" "$work/got"
	}
}

example 'C99, shared' "$@" -std=c99 -pedantic-errors
example 'C11, shared' "$@" -std=c11 -pedantic-errors
example 'C11, static' "$@" -std=c11 -static
if command -v g++ >/dev/null; then
	example 'C++11, shared' g++ -x c++ -std=c++11 -pedantic-errors
fi

library=$libdir/libremapguard-model.so
soname=$(readelf -dW "$library" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')
[ "$soname" = libremapguard-model.so.0 ] || fail "soname is $soname"
[ -e "$libdir/$soname" ] || fail "nothing is called $soname"

# each function of the header is in the library, and nothing else
sed -n 's/^[a-z].*[ *]\(rg_[a-z_]*\)(.*/\1/p' \
	"$(find "$tree" -path '*/include/remapguard/model.h')" |
	sort -u >"$work/declared"
nm -D --defined-only "$library" | awk '{ print $NF }' | sort >"$work/defined"
cmp -s "$work/declared" "$work/defined" || {
	fail 'declared in model.h (<) and exported (>):'
	diff "$work/declared" "$work/defined"
}

# whoever reads our JSON finds what it is by its name
for schema in "$root"/docs/schemas/*.json; do
	cmp -s "$schema" "$(find "$tree" -path \
		"*/share/remapguard/schemas/${schema##*/}")" ||
		fail "${schema##*/} is not installed"
done

# what shells and man look for is where they look, below the prefix
prefix=$(dirname "$(dirname "$(find "$tree" -path '*/bin/remapguard')")")
for file in man/man1/remapguard.1 man/man1/remapguard-run.1 \
	man/man3/remapguard-model.3 man/man5/remapguard-policy.5 \
	man/man8/libremapguard.so.8 bash-completion/completions/remapguard \
	zsh/site-functions/_remapguard \
	fish/vendor_completions.d/remapguard.fish; do
	[ -s "$prefix/share/$file" ] || fail "share/$file is not installed"
done

"$(find "$tree" -path '*/bin/remapguard')" predict --kernel=6.16 4K 4K 4K 0 |
	grep -q no-resize || fail 'the command does not run'
exit $status
