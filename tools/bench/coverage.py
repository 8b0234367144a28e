# SPDX-License-Identifier: MIT
"""What --coverage=all costs: calls that escape the object, and those that do
not, which pay for the filter alone."""

from harness import Case, bench_calls, in_turns

STRACE = "strace -f --seccomp-bpf -e mremap"
ALL, PRELOAD = "run --coverage=all", "run --coverage=preload"
PASS, COMPARE = "a filter that passes all", "a filter that compares"
RUN = ("{build}/remapguard", "run", "--quiet", "--stacks=none", "-o",
       "{trace}")

# What comes before the program, in a process tree of its own.
BEFORE = {
    "bare": (),
    PASS: ("{build}/tools/bench/pass-filter", "allow"),
    COMPARE: ("{build}/tools/bench/pass-filter", "compare"),
    STRACE: ("strace", "-f", "--seccomp-bpf", "-e", "trace=mremap", "-o",
             "/dev/null"),
    PRELOAD: (*RUN, "--"),
    ALL: (*RUN, "--coverage=all", "--"),
}


def table(names, kind, calls, beside=None, pinned=False):
    def make(args):
        cases = {name: Case(bench_calls(kind, calls, 50), before=BEFORE[name],
                            calls=calls * 51)
                 for name in names}
        return {"unit": "ns", "kind": kind, "calls": calls * 51,
                "rows": in_turns(args, cases, beside=beside, pinned=pinned)}
    return make


def escaped(kind):
    """Nothing is pinned: caller and supervisor choose their processors as
    they would for anybody."""
    return table(["bare", ALL, STRACE], kind, 100)


def covered(kind):
    """What the supervisor adds to what the object costs anyway; and what any
    filter adds to a bare call."""
    return table(["bare", PASS, COMPARE, PRELOAD, ALL], kind, 1000,
                 {ALL: PRELOAD}, pinned=True)


TABLES = {
    "escaped": ("A no-op call that escapes the object", escaped("escaped")),
    "escaped-resize": ("One page off and on, escaping the object",
                       escaped("escaped-resize")),
    "covered": ("A no-op call through the object, stacks=none",
                covered("noop")),
    "covered-resize": ("One page off and on through the object, stacks=none",
                       covered("resize")),
}
