#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure what a report costs: time and memory by the number of events.

Traces of 10^3 to 10^7 events are recorded from a real program, bench-calls
under the object, with stacks of eight frames. Traces of other shapes (many
processes, stacks, modules, failures) are written by bench-trace. A report's
memory is the most that the kernel has counted for it. It is one thread, so
its rate on an idle machine is that of CPU seconds, which other work disturbs
less.

docs/benchmarks.md says what the rows mean.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

from harness import (NotRun, bench_calls, environment, fill_in, machine, run,
                     say)

SIZES = [10**3, 10**4, 10**5, 10**6, 10**7]
BATCH = 1000
DEPTH = 8
LEAST_RATE = 300_000
MOST_MB = 300

# name: what bench-trace is told, and how many directories of it there are.
SHAPES = {
    "100 stacks, 1 failure in 10": ([], 1),
    "no stacks": (["frames=0"], 1),
    "64 frames, 1,000 stacks": (["frames=64", "stacks=1000"], 1),
    "1,000,000 different stacks": (["stacks=1000000"], 1),
    "2,000 modules": (["modules=2000", "stacks=2000"], 1),
    "each a failure, with its sight": (["failures=100"], 1),
    "32 processes at once": (["processes=32"], 1),
    "1,000 processes at once": (["processes=1000"], 1),
    "1,000 processes, one after another": (["processes=1000", "at-once=0"], 1),
    "100 traces": ([], 100),
}
FORMATS = ["text", "json", "sarif"]


# What the kernel counts for a process begins with what its parent had when it
# was started, so that has to be something small: not this program.
LAUNCHER = """
import os, sys, time
start = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
print(status, time.perf_counter() - start, usage.ru_utime + usage.ru_stime,
      usage.ru_maxrss / 1024, file=sys.stderr)
"""


def measure(command, out):
    """One run: seconds, those on a processor, and the largest resident set
    in MB."""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", LAUNCHER,
                           *command], stdout=out, stderr=subprocess.PIPE,
                          text=True, check=True)
    said = done.stderr.splitlines()
    status, *numbers = map(float, said[-1].split())
    if status or said[1:]:
        sys.exit(f"bench: {' '.join(command[:3])}: {said}")
    return numbers


def bytes_in(directory):
    return sum(path.stat().st_size for path in directory.iterdir())


def events_in(report):
    totals = json.load(report)["totals"]
    if totals["lost"]:
        sys.exit(f"bench: {totals['lost']} calls are missing from a trace")
    return totals["calls"]


def row_of(args, name, directories, output, rounds):
    command = [str(args.build / "remapguard"), "report", f"--format={output}",
               *directories]
    samples = []
    for _ in range(rounds):
        with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
            samples.append(measure(command, out))
            out.seek(0)
            events = events_in(out) if output == "json" else args.events
    seconds, cpu = (statistics.median(sample[i] for sample in samples)
                    for i in range(2))
    return {"name": name, "format": output, "events": events,
            "bytes": sum(bytes_in(pathlib.Path(d)) for d in directories),
            "seconds": seconds, "cpu_seconds": cpu, "rate": events / cpu,
            "mb": max(sample[2] for sample in samples)}


def size_row(args, events, parent):
    """Of a program that makes so many calls."""
    say(f"measuring {events:,} events")
    trace = os.path.join(parent, "trace")
    options = f"trace={trace}:stacks=libunwind:max-trace=16G"
    # a batch to warm up comes before those that are asked for
    calls = min(BATCH, events // 2)
    command = bench_calls("resize", calls, events // calls - 1, DEPTH)
    run(fill_in(args, command, trace),
        environment(args.build, options, trace))
    rounds = 1 if events > 10**6 else args.rounds
    row = row_of(args, f"{events:,}", [trace], "json", rounds)
    say(f"{row['cpu_seconds']:.2f} s, {row['mb']:.1f} MB")
    shutil.rmtree(trace)
    return row


def shape_rows(args, name, parent):
    say(f"measuring {name}")
    shape, nr = SHAPES[name]
    directories = [os.path.join(parent, str(i)) for i in range(nr)]
    for directory in directories:
        run([str(args.build / "tools/bench/bench-trace"), directory,
             str(args.events // nr), *shape])
    rows = [row_of(args, name, directories, output, 1) for output in FORMATS]
    for directory in directories:
        shutil.rmtree(directory)
    return rows


def print_sizes(rows):
    print("\n### A report, by the number of events\n")
    print("| events | bytes of trace | seconds | CPU seconds | events/s of "
          "CPU | peak RSS, MB |")
    print("|---:|---:|---:|---:|---:|---:|")
    for row in rows:
        print(f"| {row['events']:,} | {row['bytes']:,} | {row['seconds']:.2f}"
              f" | {row['cpu_seconds']:.2f} | {row['rate']:,.0f}"
              f" | {row['mb']:.1f} |")


def print_shapes(rows, events):
    print(f"\n### A report of {events:,} events, by their shape\n")
    columns = [f"{unit}, {output}" for output in FORMATS
               for unit in ("events/s of CPU", "MB")]
    print("| | bytes of trace | " + " | ".join(columns) + " |")
    print("|---|" + "---:|" * (len(columns) + 1))
    for name in SHAPES:
        own = [row for row in rows if row["name"] == name]
        cells = [f"{row['rate']:,.0f} | {row['mb']:.1f}" for row in own]
        print(f"| {name} | {own[0]['bytes']:,} | " + " | ".join(cells) + " |")


def print_aims(sizes):
    last = sizes[-1]
    per_second = last["events"] / last["seconds"]
    for said, met in (
            (f"{last['rate']:,.0f} events/s of CPU ({per_second:,.0f} by the "
             f"clock), aim at least {LEAST_RATE:,}",
             last["rate"] >= LEAST_RATE),
            (f"{last['mb']:.1f} MB resident, aim at most {MOST_MB}",
             last["mb"] <= MOST_MB)):
        print(f"* {last['events']:,} events with stacks of {DEPTH} frames: "
              f"{said}: {'met' if met else 'MISSED'}")


def arguments():
    parser = argparse.ArgumentParser(
        prog="./dev bench --report", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=lambda p: pathlib.Path(p).resolve(),
                        required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=3,
                        help="how often up to a million events are read (3)")
    parser.add_argument("--events", type=int, default=10**6,
                        help="how many the shapes have (1,000,000)")
    parser.add_argument("--sizes-only", action="store_true",
                        help="leave out the shapes")
    parser.add_argument("--shapes-only", action="store_true",
                        help="leave out the sizes")
    parser.add_argument("--json", metavar="FILE",
                        help="where the numbers go (build/bench-report.json)")
    return parser.parse_args()


def main():
    args = arguments()
    about = machine()
    sizes = shapes = []
    with tempfile.TemporaryDirectory(prefix="remapguard-bench-") as parent:
        try:
            if not args.shapes_only:
                sizes = [size_row(args, events, parent) for events in SIZES]
            if not args.sizes_only:
                shapes = [row for name in SHAPES
                          for row in shape_rows(args, name, parent)]
        except NotRun as why:
            sys.exit(f"bench: {why}")
    with open(args.json or args.build / "bench-report.json", "w",
              encoding="utf-8") as out:
        json.dump({"schema": "remapguard-bench-report-1", "machine": about,
                   "sizes": sizes, "shapes": shapes}, out, indent=1)
    print(f"{about['cpu']}, {about['cpus']} CPUs, Linux {about['kernel']}, "
          f"{about['libc']}, {about['date']}.")
    if sizes:
        print_sizes(sizes)
        print()
        print_aims(sizes)
    if shapes:
        print_shapes(shapes, args.events)


if __name__ == "__main__":
    main()
