# SPDX-License-Identifier: MIT
"""What --coverage=all costs: calls that escape the object, and those that do
not, which pay for the filter alone."""

import os

from harness import Case, bench_calls, in_turns

STRACE = "strace -f --seccomp-bpf -e mremap"
ALL, PRELOAD = "run --coverage=all", "run --coverage=preload"
PASS, COMPARE = "a filter that passes all", "a filter that compares"
LISTEN = "a listener that passes all"
ANYWHERE = ", any processor"
RUN = ("{build}/remapguard", "run", "--quiet", "--stacks=none", "-o",
       "{trace}")

# What comes before the program, in a process tree of its own.
BEFORE = {
    "bare": (),
    PASS: ("{build}/tools/bench/pass-filter", "allow"),
    COMPARE: ("{build}/tools/bench/pass-filter", "compare"),
    LISTEN: ("{build}/tools/bench/pass-filter", "notify"),
    STRACE: ("strace", "-f", "--seccomp-bpf", "-e", "trace=mremap", "-o",
             "/dev/null"),
    PRELOAD: (*RUN, "--"),
    ALL: (*RUN, "--coverage=all", "--"),
}


def case_of(kind, calls, name, first=()):
    return Case(bench_calls(kind, calls, 50), before=(*first, *BEFORE[name]),
                calls=calls * 51)


def escaped(kind):
    """All on one processor; and with caller and supervisor free to choose, as
    anybody's are, which depends on what else there is to run."""
    def make(args):
        cases, beside = {}, {}
        one = ("taskset", "-c", str(max(os.sched_getaffinity(0))))
        for first, said in ((one, ""), ((), ANYWHERE)):
            for name in ("bare", LISTEN, ALL, STRACE):
                cases[name + said] = case_of(kind, 100, name, first)
                beside[name + said] = "bare" + said
        return {"unit": "ns", "kind": kind,
                "rows": in_turns(args, cases, beside=beside, pinned=False)}
    return make


def covered(kind):
    """What the supervisor adds to what the object costs anyway; and what any
    filter adds to a bare call."""
    def make(args):
        cases = {name: case_of(kind, 1000, name)
                 for name in ("bare", PASS, COMPARE, PRELOAD, ALL)}
        return {"unit": "ns", "kind": kind,
                "rows": in_turns(args, cases, beside={ALL: PRELOAD})}
    return make


TABLES = {
    "escaped": ("A no-op call that escapes the object", escaped("escaped")),
    "escaped-resize": ("One page off and on, escaping the object",
                       escaped("escaped-resize")),
    "covered": ("A no-op call through the object, stacks=none",
                covered("noop")),
    "covered-resize": ("One page off and on through the object, stacks=none",
                       covered("resize")),
}
