#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""version.py CLI FEATURE=WORD...: what --version tells is so. TAP."""

import json
import pathlib
import platform
import re
import subprocess
import sys
import tempfile


def run(*command, **more):
    return subprocess.run(command, check=False, capture_output=True,
                          text=True, timeout=60, **more)


def generations(cli):
    told = json.loads(run(cli, "list", "kernels", "--json").stdout)["kernels"]
    first, last = told[0], told[-1]
    oldest = first["releases"].split()[0]
    return (f"{oldest} to {last['releases']}, generations "
            f"{first['generation']} to {last['generation']}")


def trace_format(cli, folder):
    """What a trace that is written now says of itself."""
    run(cli, "run", "--quiet", "-o", folder / "t", "--", "true")
    text = (folder / "t/metadata").read_text()
    return re.search(r"\bformat = (\d+);", text).group(1)


def html(cli, folder):
    """Is there a page?"""
    done = run(cli, "report", "--format=html", folder / "t")
    return "built in" if "</html>" in done.stdout else "not built in"


def names(cli, folder):
    """How a C++ function of a caller is shown."""
    source = folder / "caller.cc"
    source.write_text("""#include <sys/mman.h>
        namespace ours { void __attribute__((noinline)) grow(char *at)
        { mremap(at, 1, 4096, 0); asm volatile(""); } }
        int main() { ours::grow(static_cast<char *>(mmap(nullptr, 4096,
        PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))); }""")
    built = run("g++", "-g", "-O1", "-fno-optimize-sibling-calls", source,
                "-o", folder / "caller")
    if built.returncode:
        return None
    run(cli, "run", "--quiet", "-o", folder / "named", "--",
        folder / "caller")
    shown = run(cli, "report", "--format=folded", folder / "named").stdout
    assert "grow" in shown, shown
    return "demangled" if "ours::grow" in shown else \
        "as they are in the object"


def rows(cli, folder, features):
    """name, what is told, what it has to be: equal, or a pattern; None: skip"""
    lines = run(cli, "--version").stdout.splitlines()
    told = dict(line.split(": ", 1) for line in lines[1:])
    made = trace_format(cli, folder)
    yield "first line", lines[0], f"remapguard {features['version']}"
    yield "machine", told["machine"], platform.machine()
    yield "kernels", told["kernels"], generations(cli)
    yield ("trace format", told["trace format"],
           re.compile(rf"{made}, reads [1-9]\d* to {made}"))
    yield "coverage", told["coverage"], re.compile(
        r"preload, all \(libseccomp \d+\.\d+\.\d+\)")
    yield "stacks", told["stacks"], \
        "libunwind, " * (features["unwind"] == "true") + "fp, none"
    yield "probes", told["probes"], \
        "USDT" if features["probes"] == "true" else "none"
    yield "lines", told["source lines"], re.compile(r"libdw \d+\.\d+.*")
    yield "top", told["top"], re.compile(r"ncurses \d+\.\d+.*")
    yield "page", told["report --format=html"], html(cli, folder)
    yield "names", told["C++ names"], names(cli, folder)
    yield "no other line", len(told), 10
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([cli, "--version"], check=False, stdout=full,
                              stderr=subprocess.PIPE, text=True, timeout=60)
    yield "a full disk", (done.returncode, done.stderr), \
        (1, "remapguard: standard output: No space left on device\n")


def is_so(told, want):
    if isinstance(want, re.Pattern):
        return want.fullmatch(told)
    return told == want


def main(cli, *features):
    cli = pathlib.Path(cli).resolve()
    features = dict(feature.split("=", 1) for feature in features)
    nr = 0
    with tempfile.TemporaryDirectory() as name:
        for what, told, want in rows(cli, pathlib.Path(name), features):
            nr += 1
            if want is None:
                print(f"ok {nr} - {what} # SKIP no g++")
            elif is_so(told, want):
                print(f"ok {nr} - {what}")
            else:
                print(f"not ok {nr} - {what}: told {told!r}, wanted {want!r}")
    print(f"1..{nr}")


if __name__ == "__main__":
    main(*sys.argv[1:])
