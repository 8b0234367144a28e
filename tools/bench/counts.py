# SPDX-License-Identifier: MIT
"""What is counted and not timed: instructions and system calls. It comes out
the same each time, so as many are counted at once as there are processors."""

import concurrent.futures
import os
import re
import tempfile

from harness import NotRun, bench_calls, environment, fill_in, fresh_trace, run
from variants import BARE, LIBUNWIND, NONE, OFF, PREDICT, QUARANTINE, QUICK


def at_once(count, variants):
    """count(name) for each; the results by name, or why there is none."""
    def one(name):
        try:
            return count(name)
        except NotRun as why:
            return why
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(variants, pool.map(one, variants)))


# ------------------------------------------------------------- instructions

def callgrind(args, words, options=None):
    """All instructions of a program, in user space."""
    with fresh_trace() as trace, tempfile.NamedTemporaryFile("r") as out:
        run(["valgrind", "--tool=callgrind",
             f"--callgrind-out-file={out.name}", *fill_in(args, words, trace)],
            environment(args.build, options, trace))
        found = re.search(r"^totals: (\d+)", out.read(), re.MULTILINE)
    if not found:
        raise NotRun("valgrind: no totals")
    return int(found[1])


def per_call(args, words_of, few, many, options=None):
    """What one more costs: each run has a batch to warm up, and another."""
    less = callgrind(args, words_of(few), options)
    return (callgrind(args, words_of(many), options) - less) / (
        2 * (many - few))


def instruction_row(name, found, bare):
    if isinstance(found, NotRun):
        return {"variant": name, "not_run": str(found)}
    row = {"variant": name, "instructions": found}
    if not isinstance(bare, NotRun):
        row["added"] = found - bare
    return row


def instructions(kind):
    def make(args):
        found = at_once(lambda name: per_call(
            args, lambda calls: bench_calls(kind, calls, 1), 500, 5500,
            QUICK[name]), QUICK)
        return {"unit": "instructions", "kind": kind,
                "rows": [instruction_row(name, nr, found["bare"])
                         for name, nr in found.items()]}
    return make


# ------------------------------------------------------------- system calls

def syscalls(args, options, kind, calls):
    """How often the program makes each system call, for so many mremaps."""
    with fresh_trace() as trace, tempfile.NamedTemporaryFile("r") as out:
        tool = ["strace", "-f", "-c", "-U", "calls,name", "-o", out.name]
        if options is not None:
            tool += ["-E", f"LD_PRELOAD={args.build}/libremapguard.so", "-E",
                     "REMAPGUARD_OPTIONS=" + options.format(trace=trace)]
        run([*tool, *fill_in(args, bench_calls(kind, calls, 1), trace)])
        rows = re.findall(r"^\s*(\d+)\s+(\w+)$", out.read(), re.MULTILINE)
    return {name: int(count) for count, name in rows if name != "total"}


def syscall_row(name, less, more):
    """What so many more calls add."""
    for result in (less, more):
        if isinstance(result, NotRun):
            return {"variant": name, "not_run": str(result)}
    grown = {call: more[call] - less.get(call, 0) for call in more
             if more[call] != less.get(call, 0)}
    return {"variant": name, "mremap": grown.pop("mremap", 0), "others": grown}


def more_syscalls(variants, kind, few, many):
    def make(args):
        found = at_once(lambda key: syscalls(args, variants[key[0]], kind,
                                             key[1]),
                        [(name, calls) for name in variants
                         for calls in (few, many)])
        return {"unit": "syscalls",
                "calls": 2 * (many - few), # a batch to warm up, and one more
                "rows": [syscall_row(name, found[name, few], found[name, many])
                         for name in variants]}
    return make


TABLES = {
    "syscalls": ("System calls that more calls add",
                 more_syscalls(BARE | OFF | NONE | LIBUNWIND | PREDICT,
                               "resize", 1000, 26000)),
    "syscalls-move": ("System calls that more moves add",
                      more_syscalls(BARE | NONE | QUARANTINE, "move", 100,
                                    1100)),
    "instructions": ("Instructions per no-op call, in user space",
                     instructions("noop")),
    "instructions-resize": ("Instructions per page off or on, in user space",
                            instructions("resize")),
}
