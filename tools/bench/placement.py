#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure what placement= and grow-ahead= win.

A mapping that something is mapped behind, all of its pages written to, grows
by a page and so has to move. Bare, with the object, and with the object and
its options take turns, round after round; each round is a process of its own,
with mappings of its own. A figure is the median over all samples of all
rounds; the speed-up is that of the object without the option to that with it.

docs/placement.md says what comes of it, and plot-placement.py draws it.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30
PAGE = 4 * KB

# Not multiples of huge pages, which the kernel would align.
ODD = 3 * PAGE
SIZES = [64 * KB, 256 * KB, MB, 2 * MB, 4 * MB, 8 * MB, 16 * MB, 32 * MB,
         64 * MB, 128 * MB, 256 * MB, 512 * MB, GB, 2 * GB, 4 * GB]
# The least and the most of it, where not all.
RANGES = {"gigabytes": (GB, 4 * GB), "realloc": (MB, GB)}
# So much is written to in a process, and as often as this at most.
BUDGET = 400 * MB
MOST_SAMPLES = 40

OBJECT = "stacks=none:predict=never"
CONGRUENT = OBJECT + ":placement=congruent"
VARIANTS = {"bare": None, "object": OBJECT, "congruent": CONGRUENT}
GROWING = VARIANTS | {
    "grow-ahead": OBJECT + ":grow-ahead=on",
    "congruent, grow-ahead": CONGRUENT + ":grow-ahead=on",
}
BASE = "object"


def environment(build, options):
    env = dict(os.environ)
    if options is not None:
        env["LD_PRELOAD"] = str(build / "libremapguard.so")
        env["REMAPGUARD_OPTIONS"] = options
    return env


def samples_of(build, options, arguments):
    """Pairs: ns, and what has happened (or how many calls it took)."""
    command = [str(build / "tools/bench/bench-placement"), *arguments]
    done = subprocess.run(command, env=environment(build, options),
                          capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL)
    if done.returncode or done.stderr:
        sys.exit(f"placement: {' '.join(command)}: "
                 f"{done.stderr.strip() or done.returncode}")
    return [(int(ns), what) for ns, what in
            (line.split() for line in done.stdout.splitlines())]


def take_turns(build, variants, rounds, arguments):
    taken = {name: [] for name in variants}
    for i in range(rounds):
        names = list(variants)
        for name in names[i % len(names):] + names[:i % len(names)]:
            taken[name] += samples_of(build, variants[name], arguments)
    return taken


# ---------------------------------------------------------------- figures

def spread(samples):
    times = sorted(ns for ns, _ in samples)
    return {"median": statistics.median(times),
            "low": times[len(times) // 10],
            "high": times[-1 - len(times) // 10],
            "samples": len(times),
            "congruent": sum(what == "congruent" for _, what in samples)}


def ratios(samples, name):
    """Against each time without, the middle eight tenths."""
    base = statistics.median(ns for ns, _ in samples[BASE])
    all_of = sorted(base / ns for ns, _ in samples[name])
    return {"median": statistics.median(all_of),
            "low": all_of[len(all_of) // 10],
            "high": all_of[-1 - len(all_of) // 10]}


def row_of(what, size, pages, samples):
    return {"what": what, "bytes": size, "pages": pages,
            "variants": {name: spread(taken)
                         for name, taken in samples.items()},
            "speedup": {name: ratios(samples, name) for name in samples
                        if name not in ("bare", BASE)}}


def number_of_samples(size):
    return max(2, min(MOST_SAMPLES, BUDGET // size))


def measure_moves(args, what, sizes, pages):
    for size in sizes:
        exact = size if what == "aligned" else size + ODD
        arguments = [what, str(exact), str(number_of_samples(size)), pages]
        yield row_of(what, exact, pages, take_turns(
            args.build, VARIANTS, args.rounds, arguments))


def measure_files(args, sizes):
    with tempfile.TemporaryDirectory(prefix="remapguard-bench-",
                                     dir=args.files) as parent:
        path = os.path.join(parent, "file")
        for size in sizes:
            arguments = ["file", str(size + ODD),
                         str(number_of_samples(size)), path]
            yield row_of("file", size + ODD, "", take_turns(
                args.build, VARIANTS, args.rounds, arguments))


def measure_realloc(args):
    arguments = ["realloc", str(args.most), str(args.buffers)]
    yield row_of("realloc", args.most, "", take_turns(
        args.build, GROWING, args.rounds, arguments))


# --------------------------------------------------------------- printing

def named(size):
    for unit, name in ((GB, "GB"), (MB, "MB"), (KB, "KB")):
        if size >= unit:
            return f"{size // unit} {name}"
    return str(size)


def ran_on():
    setting = pathlib.Path("/sys/kernel/mm/transparent_hugepage/enabled")
    cpu = next((line.split(":", 1)[1].strip()
                for line in open("/proc/cpuinfo", encoding="utf-8")
                if line.startswith("model name")), platform.machine())
    date = datetime.datetime.now(datetime.timezone.utc)
    return {"cpu": cpu, "cpus": os.cpu_count(), "kernel": platform.release(),
            "huge_pages": setting.read_text(encoding="utf-8").strip()
                          if setting.exists() else "none",
            "date": date.strftime("%Y-%m-%d %H:%M UTC")}


def microseconds(figures):
    return (f"{figures['median'] / 1000:.1f} ({figures['low'] / 1000:.1f} to "
            f"{figures['high'] / 1000:.1f})")


def print_row(row):
    cells = [row["what"], row["pages"] or "-", named(row["bytes"])]
    cells += [microseconds(one) for one in row["variants"].values()]
    cells += [f"{one['median']:.2f}" for one in row["speedup"].values()]
    print("| " + " | ".join(cells) + " |", flush=True)


def print_head(variants):
    heads = ["what", "pages", "size"]
    heads += [f"{name}, us" for name in variants]
    heads += [f"{name}: times faster" for name in variants
              if name not in ("bare", BASE)]
    print("\n| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))


# -------------------------------------------------------------- arguments

def arguments_of():
    parser = argparse.ArgumentParser(prog="./dev bench --placement",
                                     description=__doc__.split("\n\n")[0])
    parser.add_argument("--build", type=pathlib.Path, required=True,
                        help=argparse.SUPPRESS)
    parser.add_argument("--what", default="move",
                        choices=["move", "again", "aligned", "gigabytes",
                                 "file", "realloc"])
    parser.add_argument("--pages", default="SMALL",
                        choices=["SMALL", "HUGE", "DEFAULT"],
                        help="what madvise(2) is told of huge pages")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--least", type=int,
                        help="the smallest size, in bytes (64 KB; of "
                        "gigabytes 1 GB)")
    parser.add_argument("--most", type=int,
                        help="the largest size (2 GB; of gigabytes 4 GB; of "
                        "realloc 1 GB)")
    parser.add_argument("--buffers", type=int, default=4,
                        help="of realloc")
    parser.add_argument("--files", help="where to make files")
    parser.add_argument("--json", type=pathlib.Path,
                        help="here (BUILD/placement.json); rows are added")
    args = parser.parse_args()
    least, most = RANGES.get(args.what, (64 * KB, 2 * GB))
    args.least = args.least or least
    args.most = args.most or most
    args.json = args.json or args.build / "placement.json"
    return args


def rows_of(args):
    sizes = [size for size in SIZES if args.least <= size <= args.most]
    if args.what == "realloc":
        return measure_realloc(args)
    if args.what == "file":
        return measure_files(args, sizes)
    return measure_moves(args, args.what, sizes, args.pages)


def main():
    args = arguments_of()
    run = {"machine": ran_on(), "rounds": args.rounds, "rows": []}
    result = {"schema": "remapguard-placement-1", "runs": []}
    if args.json.exists():
        result = json.loads(args.json.read_text(encoding="utf-8"))
    print(", ".join(str(value) for value in run["machine"].values()))
    print_head(GROWING if args.what == "realloc" else VARIANTS)
    for row in rows_of(args):
        run["rows"].append(row)
        print_row(row)
    result["runs"].append(run)
    args.json.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
