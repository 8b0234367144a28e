# SPDX-License-Identifier: MIT
"""What other tools make of the same calls, and what they cost to start."""

import re
import shlex
import shutil
import tempfile
import time
import typing

from harness import (NotRun, bench_calls, compare, fill_in, finished,
                     fresh_trace, parse, take_turns)

BATCHES = 5
ROUNDS = 3
LIBC_MREMAP = "uprobe:/lib/x86_64-linux-gnu/libc.so.6:mremap"


class Tool(typing.NamedTuple):
    words: list # before the program; {command} is the program in one word
    calls: int # in a batch: as many as a second or so allows
    reallocs: int
    seen: str | None # matches what it says of a call, or of how many


def strace(*options):
    return ["strace", "-f", *options, "-e", "trace=mremap", "-o", "{out}"]


def bpftrace(probe):
    return ["bpftrace", "-q", "-o", "{out}", "-c", "{command}", "-e",
            probe + " /pid == cpid/ { @[ustack] = count(); }"]


def remapguard(stacks):
    return ["{build}/remapguard", "run", "--quiet", f"--stacks={stacks}",
            "-o", "{trace}", "--"]


TOOLS = {
    "remapguard run --stacks=none":
        Tool(remapguard("none"), 1000, 1000, None),
    "remapguard run --stacks=libunwind":
        Tool(remapguard("libunwind"), 1000, 1000, None),
    "strace -f -e mremap": Tool(strace(), 200, 200, r"mremap\("),
    "strace -f --seccomp-bpf -e mremap":
        Tool(strace("--seccomp-bpf"), 500, 500, r"mremap\("),
    "strace -f --seccomp-bpf -k -e mremap":
        Tool(strace("--seccomp-bpf", "-k"), 20, 20, r"mremap\("),
    "perf trace -e mremap":
        Tool(["perf", "trace", "-e", "mremap", "-o", "{out}"], 1000, 1000,
             r"mremap\("),
    "bpftrace, tracepoint, by stack":
        Tool(bpftrace("tracepoint:syscalls:sys_enter_mremap"), 1000, 1000,
             r"^\]: (\d+)"),
    "bpftrace, uprobe on mremap, by stack":
        Tool(bpftrace(LIBC_MREMAP), 1000, 1000, r"^\]: (\d+)"),
    "memusage -m": Tool(["memusage", "-m"], 1000, 1000, r"mremap\|\s*(\d+)"),
    "valgrind --tool=none": Tool(["valgrind", "-q", "--tool=none"], 1000, 200,
                                 None),
    "valgrind --tool=memcheck": Tool(["valgrind", "-q"], 1000, 20, None),
}


def command_of(args, tool, command, trace, out):
    command = fill_in(args, command, trace)
    if "{command}" not in tool.words:
        return [*(word.format(build=args.build, trace=trace, out=out)
                  for word in tool.words), *command]
    program = shlex.join(command)
    return [word.replace("{out}", out).replace("{command}", program)
            for word in tool.words]


def count(pattern, text):
    """How many calls a tool told of: by its lines, or the numbers in them."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", text)
    found = re.findall(pattern, plain, re.MULTILINE)
    return sum(int(nr) if nr.isdigit() else 1 for nr in found)


def behind(args, tool, command):
    """One run behind a tool: what the program and the tool said."""
    with fresh_trace() as trace, tempfile.NamedTemporaryFile("r") as out:
        words = command_of(args, tool, command, trace, out.name)
        if not shutil.which(words[0]):
            raise NotRun(f"{words[0]} is not installed")
        done = finished(words)
        said = out.read() + done.stderr
    return done.stdout, said


def sample_of(args, tool, kind):
    calls = tool.reallocs if kind == "realloc" else tool.calls
    out, said = behind(args, tool, bench_calls(kind, calls, BATCHES))
    sample = parse(out)
    if tool.seen:
        sample["told"] = count(tool.seen, said) / (calls * (BATCHES + 1))
    return sample


def table(kind):
    """Nothing is pinned: a tool may have another processor than the program."""
    def make(args):
        tools = {"bare": Tool([], 1000, 1000, None)} | TOOLS
        samples = take_turns(tools, ROUNDS, lambda name, _:
                             sample_of(args, tools[name], kind))
        rows = compare(samples)
        for row in rows:
            if "not_run" not in row:
                row["told"] = samples[row["variant"]][0].get("told")
        return {"unit": "ns", "kind": kind, "rows": rows}
    return make


# ----------------------------------------------------------------- start-up

def startup(args):
    tools = {"bare": Tool([], 0, 0, None)} | TOOLS

    def once(name, _):
        start = time.perf_counter_ns()
        behind(args, tools[name], ["/bin/true"])
        return {"median": (time.perf_counter_ns() - start) / 1e6}
    return {"unit": "ms", "rows": compare(take_turns(tools, ROUNDS, once))}


TABLES = {
    "tools": ("Other tools, a no-op call", table("noop")),
    "tools-realloc": ("Other tools, realloc, a page more each time",
                      table("realloc")),
    "tools-startup": ("Other tools, start and end of /bin/true", startup),
}
