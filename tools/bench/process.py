# SPDX-License-Identifier: MIT
"""What a process costs: its start and end, its memory, its trace."""

import os
import pathlib
import re
import statistics
import subprocess
import time

from harness import (NotRun, bench_calls, compare, environment, fill_in,
                     fresh_trace, one_cpu, recorded, run, take_turns)
from variants import BARE, FP, LIBUNWIND, NONE, OFF

# ----------------------------------------------------------------- start-up

def spawn_ms(args, options):
    with fresh_trace() as trace:
        env = environment(args.build, options, trace)
        start = time.perf_counter_ns()
        pid = os.posix_spawn("/bin/true", ["/bin/true"], env)
        _, status = os.waitpid(pid, 0)
        took = time.perf_counter_ns() - start
    if status:
        raise NotRun(f"/bin/true: wait status {status}")
    return {"median": took / 1e6}


def startup(args):
    variants = BARE | OFF | NONE | LIBUNWIND
    with one_cpu():
        samples = take_turns(variants, args.spawns, lambda name, _:
                             spawn_ms(args, variants[name]))
    return {"unit": "ms", "rows": compare(samples)}


# ------------------------------------------------------------------- memory

MEMORY = {"Rss": "rss", "Pss": "pss", "Private_Dirty": "dirty"}


def footprint(pid):
    """KiB of memory, and mappings, of a process that waits."""
    proc = pathlib.Path("/proc") / str(pid)
    rollup = (proc / "smaps_rollup").read_text(encoding="ascii")
    status = (proc / "status").read_text(encoding="ascii")
    maps = (proc / "maps").read_text(encoding="utf-8")
    found = {own: int(re.search(rf"^{name}:\s+(\d+)", rollup,
                                re.MULTILINE)[1])
             for name, own in MEMORY.items()}
    found["size"] = int(re.search(r"^VmSize:\s+(\d+)", status,
                                  re.MULTILINE)[1])
    return found | {"mappings": maps.count("\n")}


def waiting(args, options, calls):
    with fresh_trace() as trace:
        words = fill_in(args, [*bench_calls("noop", calls, 1), "wait"], trace)
        with subprocess.Popen(words, text=True, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, env=environment(
                                  args.build, options, trace)) as process:
            if "median=" not in process.stdout.readline():
                raise NotRun("the program said nothing")
            found = footprint(process.pid)
            process.stdin.close()
    return found


def memory(args):
    """All that is beside the bare process, after some calls and after many."""
    points = {f"{name}, {2 * calls:,} calls": (options, calls)
              for calls in (5, 25000)
              for name, options in (BARE | OFF | NONE | LIBUNWIND).items()}
    samples = take_turns(points, 3, lambda name, _:
                         waiting(args, *points[name]))
    bare = next(iter(samples.values()))
    rows = []
    for name, own in samples.items():
        if isinstance(own, NotRun):
            rows.append({"variant": name, "not_run": str(own)})
            continue
        rows.append({"variant": name} | {
            key: statistics.median(s[key] - b[key] for s, b in zip(own, bare))
            for key in own[0]})
    return {"unit": "memory", "rows": rows}


# -------------------------------------------------------------- the trace

def content_bytes(path):
    """Of a segment, its header and the events that are finished."""
    with path.open("rb") as file:
        return int.from_bytes(file.read(32)[24:32], "little") // 8


def trace_row(args, name, options, depth, calls=25000):
    command = bench_calls("noop", calls, 1, depth)
    with fresh_trace() as trace:
        run(fill_in(args, command, trace),
            environment(args.build, options, trace))
        nr = recorded(args, trace, 2 * calls)["calls"]
        files = list(pathlib.Path(trace).iterdir())
        segments = [f for f in files if f.name.startswith("stream-")]
        return {"variant": name, "events": nr,
                "per_event": sum(map(content_bytes, segments)) / nr,
                "kib": sum(f.stat().st_blocks * 512 for f in files) // 1024}


def traces(args):
    none, options = next(iter(NONE.items()))
    return {"unit": "trace", "rows": [trace_row(args, none, options, 16)] + [
        trace_row(args, f"{name}, {depth} frames", options, depth)
        for name, options in (FP | LIBUNWIND).items() for depth in (8, 16)]}


TABLES = {
    "startup": ("Start and end of /bin/true", startup),
    "memory": ("Memory of a process, beside the bare one", memory),
    "trace": ("Bytes of a trace", traces),
}
