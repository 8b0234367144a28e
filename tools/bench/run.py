#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure what remapguard costs, and what the alternatives do.

Every number is compared with the bare program's in the same run: the variants
of a table take turns, round after round, so that a slow minute of the machine
hits all of them. A cell is the median over the rounds; "added" is the median
of the differences to the bare call of the same round.

docs/benchmarks.md says what the rows mean.
"""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

MODEL = "A plan by the model alone"
KINDS = {"noop": "no-op", "shrink": "shrink", "grow": "grow in place",
         "grow-moves": "grow that moves", "fixed": "MREMAP_FIXED move",
         "refused": "refused by its arguments"}
MAPPINGS = [10, 1000, 60000]

CALLS = {"noop": 1000, "resize": 1000, "move": 50, "realloc": 500}
BATCHES = 50
DEPTH = 16

# name: the options the object gets; None preloads nothing.
BARE = {"bare": None}
OFF = {"object, no trace": ""}
NONE = {"trace, stacks=none": "trace={trace}:stacks=none"}
FP = {"trace, stacks=fp": "trace={trace}:stacks=fp"}
LIBUNWIND = {"trace, stacks=libunwind": "trace={trace}:stacks=libunwind"}
PREDICT = {"trace, stacks=none, predict=always":
           "trace={trace}:stacks=none:predict=always"}
QUARANTINE = {"trace, stacks=none, quarantine=64M":
              "trace={trace}:stacks=none:quarantine=64M"}
PATHS = BARE | OFF | NONE | FP | LIBUNWIND | PREDICT
STACKS = BARE | NONE | FP | LIBUNWIND

TRACERS = {
    "strace -f --seccomp-bpf -e mremap":
        (["strace", "-f", "--seccomp-bpf", "-e", "trace=mremap"], 1000),
    "strace -f --seccomp-bpf -k -e mremap":
        (["strace", "-f", "--seccomp-bpf", "-k", "-e", "trace=mremap"], 20),
    "perf trace -e mremap": (["perf", "trace", "-e", "mremap"], 1000),
}


SUPERVISED = "A no-op call that escapes the object"
COVERED = "A no-op call through the object, stacks=none"
SYSCALLS = "System calls that more calls add"
MOVE_SYSCALLS = "System calls that more moves add"
STRACE = "strace -f --seccomp-bpf -e mremap"
ALL, PRELOAD = "run --coverage=all", "run --coverage=preload"

# What comes before the program, in a process tree of its own.
BEFORE = {
    "bare": [],
    STRACE: ["strace", "-f", "--seccomp-bpf", "-e", "trace=mremap", "-o",
             "/dev/null"],
    ALL: ["{build}/remapguard", "run", "--quiet", "--stacks=none",
          "--coverage=all", "-o", "{trace}", "--"],
    PRELOAD: ["{build}/remapguard", "run", "--quiet", "--stacks=none", "-o",
              "{trace}", "--"],
}


class NotRun(Exception):
    """Why a row has no numbers."""


# ------------------------------------------------------------- running it

@contextlib.contextmanager
def fresh_trace():
    """A name for a trace directory that is gone afterwards."""
    parent = tempfile.mkdtemp(prefix="remapguard-bench-")
    try:
        yield os.path.join(parent, "trace")
    finally:
        shutil.rmtree(parent)


def environment(build, options, trace):
    env = dict(os.environ)
    if options is not None:
        env["LD_PRELOAD"] = str(build / "libremapguard.so")
        env["REMAPGUARD_OPTIONS"] = options.format(trace=trace)
    return env


def bench_calls(build, kind, calls, batches, depth=DEPTH, threads=1):
    return [str(build / "tools/bench/bench-calls"), kind, str(calls),
            str(batches), str(depth), str(threads)]


def run(command, env=None):
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False)
    except OSError as error:
        raise NotRun(f"{command[0]}: {error.strerror}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NotRun(f"{command[0]}: exit status {done.returncode}"
                     f"{': ' + said[-1] if said else ''}")
    return done.stdout


def bench_model(build, what, kind, mappings, plans, batches=BATCHES):
    return [str(build / "tools/bench/bench-model"), what, kind, str(mappings),
            str(plans), str(batches)]


def parse(line):
    pairs = dict(pair.split("=") for pair in line.split())
    return {key: float(pairs[key])
            for key in ("min", "median", "mean", "lookups") if key in pairs}


def recorded(build, trace, calls):
    """What the trace holds. A fast object that records nothing is no news."""
    text = run([str(build / "remapguard"), "report", "--format=json", trace])
    totals = json.loads(text)["totals"]
    if totals["calls"] < 0.99 * calls: # realloc now and then is a malloc
        raise NotRun(f"only {totals['calls']} of {calls} calls were seen")
    return {"calls": totals["calls"], "lost": totals["lost"]}


def measure(build, options, command, calls=0):
    """One run of one variant; with calls also whether its trace has them."""
    with fresh_trace() as trace:
        out = run(command, environment(build, options, trace))
        sample = parse(out.strip().splitlines()[-1])
        if calls and options:
            sample["recorded"] = recorded(build, trace, calls)
        return sample


@contextlib.contextmanager
def one_cpu(wanted=True):
    """Moving between processors costs more than what is measured here."""
    before = os.sched_getaffinity(0)
    if wanted:
        os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


# ------------------------------------------------------------ taking turns

def take_turns(variants, rounds, once):
    """once(name, round) for each variant in each round, each round starting
    with another one. Returns the samples by name."""
    samples = {name: [] for name in variants}
    names = list(variants)
    for turn in range(rounds):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            samples[name].append(once(name, turn))
    return samples


def compare(samples, key="median"):
    """Rows of a table: each variant against the first, round by round."""
    bare = [sample[key] for sample in next(iter(samples.values()))]
    rows = []
    for name, own in samples.items():
        values = [sample[key] for sample in own]
        rows.append({
            "variant": name,
            "median": statistics.median(values),
            "least": min(values),
            "most": max(values),
            "added": statistics.median(v - b for v, b in zip(values, bare)),
            "ratio": statistics.median(v / b for v, b in zip(values, bare)),
        })
    return rows


def add_means(rows, samples):
    """What is added all in all, new segments and all else included."""
    for row, of_mean in zip(rows, compare(samples, "mean")):
        row["added_mean"] = of_mean["added"]
        row["recorded"] = next(
            (sample["recorded"] for sample in samples[row["variant"]]
             if "recorded" in sample), None)
    return rows


def table_of_calls(args, title, variants, kind, depth=DEPTH, threads=1):
    print(f"measuring: {title}", file=sys.stderr)
    command = bench_calls(args.build, kind, CALLS[kind], BATCHES, depth,
                          threads)

    calls = CALLS[kind] * (BATCHES + 1) * threads # one batch to warm up

    def once(name, turn):
        return measure(args.build, variants[name], command,
                       0 if turn else calls)

    with one_cpu(threads == 1):
        samples = take_turns(variants, args.rounds, once)
    return {"title": title, "unit": "ns", "kind": kind, "depth": depth,
            "threads": threads, "calls": calls,
            "rows": add_means(compare(samples), samples)}


# --------------------------------------------------------- the alternatives

def tracer_command(args, tool, calls):
    if not shutil.which(tool[0]):
        raise NotRun(f"{tool[0]} is not installed")
    return [*tool, "-o", "/dev/null", *bench_calls(args.build, "noop", calls, 5)]


def tracer_row(args, name, tool, calls):
    """A tool against the bare program, in turns, at as many calls."""
    try:
        traced = tracer_command(args, tool, calls)
        bare = bench_calls(args.build, "noop", calls, 5)
        commands = {"bare": bare, name: traced}
        samples = take_turns(commands, 3, lambda which, _:
                             measure(args.build, None, commands[which]))
        return compare(samples)[1]
    except NotRun as why:
        return {"variant": name, "not_run": str(why)}


def table_of_tracers(args):
    print("measuring: other tools", file=sys.stderr)
    rows = [tracer_row(args, name, tool, calls)
            for name, (tool, calls) in TRACERS.items()]
    return {"title": "Other tools, a no-op call", "unit": "ns", "kind": "noop",
            "depth": DEPTH, "threads": 1, "rows": rows}


# ------------------------------------------------------------ the supervisor

def measure_behind(args, before, command, calls):
    with fresh_trace() as trace:
        words = [word.format(build=args.build, trace=trace) for word in before]
        if words and not shutil.which(words[0]):
            raise NotRun(f"{words[0]} is not installed")
        out = run([*words, *command])
        sample = parse(out.strip().splitlines()[-1])
        if calls and os.path.exists(trace):
            sample["recorded"] = recorded(args.build, trace, calls)
        return sample


def table_of_coverage(args, title, names, kind, calls):
    """Nothing is pinned: caller and supervisor choose their processors as
    they would for anybody."""
    print(f"measuring: {title}", file=sys.stderr)
    command = bench_calls(args.build, kind, calls, BATCHES)
    made = calls * (BATCHES + 1)
    samples = take_turns(names, args.rounds, lambda name, turn:
                         measure_behind(args, BEFORE[name], command,
                                        0 if turn else made))
    return {"title": title, "unit": "ns", "kind": kind, "threads": 1,
            "calls": made, "rows": add_means(compare(samples), samples)}


# ----------------------------------------------------------------- start-up

def spawn_ms(build, options):
    with fresh_trace() as trace:
        env = environment(build, options, trace)
        start = time.perf_counter_ns()
        pid = os.posix_spawn("/bin/true", ["/bin/true"], env)
        _, status = os.waitpid(pid, 0)
        took = time.perf_counter_ns() - start
    if status:
        raise NotRun(f"/bin/true: wait status {status}")
    return {"median": took / 1e6}


def table_of_startup(args):
    print("measuring: start-up", file=sys.stderr)
    variants = BARE | OFF | NONE | LIBUNWIND
    with one_cpu():
        samples = take_turns(variants, args.spawns, lambda name, _:
                             spawn_ms(args.build, variants[name]))
    return {"title": "Start and end of /bin/true", "unit": "ms",
            "rows": compare(samples)}


# ------------------------------------------------- what else a call consists of

def syscalls(args, options, kind, calls):
    """How often the program makes each system call, for so many mremaps."""
    with fresh_trace() as trace, tempfile.NamedTemporaryFile("r") as out:
        tool = ["strace", "-f", "-c", "-U", "calls,name", "-o", out.name]
        if options is not None:
            tool += ["-E", f"LD_PRELOAD={args.build}/libremapguard.so", "-E",
                     "REMAPGUARD_OPTIONS=" + options.format(trace=trace)]
        run([*tool, *bench_calls(args.build, kind, calls, 1)])
        rows = re.findall(r"^\s*(\d+)\s+(\w+)$", out.read(), re.MULTILINE)
    return {name: int(count) for count, name in rows if name != "total"}


def syscall_row(args, name, options, kind, few, many):
    """What so many more calls add: strace counts the program twice."""
    try:
        less = syscalls(args, options, kind, few)
        more = syscalls(args, options, kind, many)
    except NotRun as why:
        return {"variant": name, "not_run": str(why)}
    grown = {call: more[call] - less.get(call, 0) for call in more
             if more[call] != less.get(call, 0)}
    return {"variant": name, "mremap": grown.pop("mremap", 0), "others": grown}


def table_of_syscalls(args, title, variants, kind, few, many):
    print(f"counting: {title.lower()}", file=sys.stderr)
    return {"title": title, "unit": "syscalls",
            "calls": 2 * (many - few), # a batch to warm up, and one more
            "rows": [syscall_row(args, name, options, kind, few, many)
                     for name, options in variants.items()]}


def callgrind(command, env=None):
    with tempfile.NamedTemporaryFile("r") as out:
        run(["valgrind", "--tool=callgrind",
             f"--callgrind-out-file={out.name}", *command], env)
        return int(re.search(r"^totals: (\d+)", out.read(), re.MULTILINE)[1])


def instructions(args, options, calls):
    with fresh_trace() as trace:
        return callgrind(bench_calls(args.build, "noop", calls, 1),
                         environment(args.build, options, trace))


def instruction_row(args, name, options, few, many):
    try:
        more = instructions(args, options, many)
        less = instructions(args, options, few)
    except (NotRun, TypeError) as why:
        return {"variant": name, "not_run": str(why)}
    return {"variant": name, "instructions": (more - less) / (2 * (many - few))}


def table_of_instructions(args):
    print("counting: instructions", file=sys.stderr)
    return {"title": "Instructions per no-op call, in user space",
            "unit": "instructions",
            "rows": [instruction_row(args, name, options, 500, 5500)
                     for name, options in PATHS.items()]}


# ------------------------------------------------------- the model by itself

def model_instructions(args, what, kind, mappings, few=1000, many=5000):
    """How many a plan takes, or its lookups; None where valgrind is not."""
    try:
        less, more = (callgrind(bench_model(args.build, what, kind, mappings,
                                            plans, 1))
                      for plans in (few, many))
        return (more - less) / (2 * (many - few)) # a batch to warm up
    except (NotRun, TypeError):
        return None


def model_row(args, kind, mappings, samples):
    """A plan against nothing but the lookups that it makes."""
    lookups, row = compare(samples)
    row["variant"] = f"{KINDS[kind]}, {mappings:,} mappings"
    row["lookups"] = samples["plan"][0]["lookups"]
    row["lookups_ns"] = lookups["median"]
    row["per_second"] = 1e9 / row["median"]
    row["instructions"], row["lookups_instructions"] = (
        model_instructions(args, what, kind, mappings)
        for what in ("plan", "lookups"))
    return row


def table_of_model(args):
    print("measuring: the model", file=sys.stderr)
    points = [(kind, mappings) for kind in KINDS for mappings in MAPPINGS]
    runs = {(what, *point): bench_model(args.build, what, *point, 1000)
            for point in points for what in ("lookups", "plan")}
    with one_cpu():
        samples = take_turns(runs, args.rounds, lambda name, _:
                             measure(args.build, None, runs[name]))
    return {"title": MODEL, "unit": "plans",
            "rows": [model_row(args, *point, {what: samples[(what, *point)]
                                              for what in ("lookups", "plan")})
                     for point in points]}


# ------------------------------------------------------------------ the text

def machine():
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*:\s*(.*)$", cpuinfo, re.MULTILINE)
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"cpu": model[1] if model else platform.machine(),
            "cpus": os.cpu_count(), "kernel": platform.release(),
            "libc": " ".join(platform.libc_ver()),
            "date": now.strftime("%Y-%m-%d %H:%M UTC")}


def cells_of_times(row, unit):
    digits = 0 if unit == "ns" else 2
    cells = [f"{row['median']:.{digits}f}",
             f"{row['least']:.{digits}f} to {row['most']:.{digits}f}",
             f"{row['added']:+.{digits}f}", f"{row['ratio']:.2f}"]
    if "added_mean" in row:
        cells.append(f"{row['added_mean']:+.{digits}f}")
        seen = row["recorded"]
        cells.append(f"{seen['calls']}, {seen['lost']} lost" if seen else "")
    return cells


def cells_of_syscalls(row, _):
    others = [f"{call} {count:+d}" for call, count in row["others"].items()]
    return [f"{row['mremap']:+d}", ", ".join(others) or "none"]


def cells_of_instructions(row, _):
    return [f"{row['instructions']:.0f}"]


def cells_of_plans(row, _):
    counted = [row["instructions"], row["lookups_instructions"]]
    return [f"{row['median']:.0f}", f"{row['least']:.0f} to {row['most']:.0f}",
            f"{row['lookups']:.0f}", f"{row['lookups_ns']:.0f}",
            f"{row['added']:.0f}", f"{row['per_second'] / 1e6:.1f}",
            *("not run" if count is None else f"{count:.0f}"
              for count in counted)]


def layout(table):
    """The columns of a table, and the function that fills them."""
    unit = table["unit"]
    if unit == "plans":
        return ["ns", "range over the rounds", "lookups", "ns of lookups",
                "ns of the rest", "million/s", "instructions",
                "of lookups"], cells_of_plans
    if unit == "syscalls":
        return ["mremap", "others"], cells_of_syscalls
    if unit == "instructions":
        return ["instructions"], cells_of_instructions
    columns = [unit, "range over the rounds", f"{unit} added", "ratio"]
    if "calls" in table:
        columns += [f"{unit} added, mean",
                    f"recorded of {table['calls']} calls"]
    return columns, cells_of_times


def print_table(table):
    columns, cells = layout(table)
    print(f"\n### {table['title']}\n")
    print("| | " + " | ".join(columns) + " |")
    print("|---|" + "---:|" * len(columns))
    for row in table["rows"]:
        filled = ([f"not run: {row['not_run']}"] if "not_run" in row
                  else cells(row, table["unit"]))
        filled += [""] * (len(columns) - len(filled))
        print(f"| {row['variant']} | " + " | ".join(filled) + " |")


def target(tables, title, variant, most):
    """Is what a variant adds to the bare call, or a plan to its lookups,
    within bounds?"""
    table = next(t for t in tables if t["title"] == title)
    row = next(r for r in table["rows"] if r["variant"] == variant)
    unit = "ns" if table["unit"] == "plans" else table["unit"]
    return {"title": title, "variant": variant, "added": row["added"],
            "most": most, "unit": unit, "met": row["added"] <= most}


def rate_target(tables, least):
    """Are so many plans a second made of the slowest kind?"""
    rows = next(t for t in tables if t["title"] == MODEL)["rows"]
    row = min((row for row in rows if row["variant"].endswith(" 10 mappings")),
              key=lambda row: row["per_second"])
    return {"title": MODEL, "variant": row["variant"],
            "per_second": row["per_second"], "least": least,
            "met": row["per_second"] >= least}


def print_target(aim):
    said = (f"{aim['added']:+.2f} {aim['unit']} added, aim at most "
            f"{aim['most']}" if "added" in aim else
            f"{aim['per_second'] / 1e6:.1f} million/s, aim at least "
            f"{aim['least'] / 1e6:.0f}")
    print(f"* {aim['title']}, {aim['variant']}: {said}: "
          f"{'met' if aim['met'] else 'MISSED'}")


def print_report(result):
    about = result["machine"]
    print(f"{about['cpu']}, {about['cpus']} CPUs, Linux {about['kernel']}, "
          f"{about['libc']}, {about['date']}; {result['rounds']} rounds.")
    for table in result["tables"]:
        print_table(table)
    print("\n### Aims\n")
    for aim in result["aims"]:
        print_target(aim)


# ------------------------------------------------------------------ all of it

def all_tables(args):
    yield table_of_model(args)
    if args.model:
        return
    yield table_of_calls(args, "No-op call, 16 frames deep", PATHS, "noop")
    yield table_of_calls(args, "One page off and on in place, 16 frames deep",
                         PATHS, "resize")
    yield table_of_calls(args, "MREMAP_FIXED move of 16 present pages", PATHS | QUARANTINE,
                         "move")
    yield table_of_calls(args, "realloc, a page more each time",
                         PATHS | QUARANTINE, "realloc")
    yield table_of_calls(args, "No-op call, 8 frames deep", STACKS, "noop", 8)
    yield table_of_calls(args, "No-op call, 60 frames deep", STACKS, "noop",
                         60)
    yield table_of_calls(args, "No-op call in 2 threads at once", STACKS,
                         "noop", threads=2)
    yield table_of_coverage(args, SUPERVISED, ["bare", ALL, STRACE],
                            "escaped", 100)
    yield table_of_coverage(args, COVERED, [PRELOAD, ALL], "noop", 1000)
    yield table_of_tracers(args)
    yield table_of_startup(args)
    yield table_of_syscalls(args, SYSCALLS, BARE | OFF | NONE | LIBUNWIND,
                            "resize", 1000, 26000)
    yield table_of_syscalls(args, MOVE_SYSCALLS, BARE | NONE | QUARANTINE,
                            "move", 100, 1100)
    yield table_of_instructions(args)


def model_aims(tables):
    return [target(tables, MODEL, f"{KINDS[kind]}, {mappings:,} mappings", 100)
            for kind in ("shrink", "grow") for mappings in MAPPINGS
            ] + [rate_target(tables, 5e6)]


def coverage_aims(tables):
    """Half of what strace adds, and a tenth of a call through the object."""
    rows = {(table["title"], row["variant"]): row for table in tables
            for row in table["rows"]}
    return [target(tables, SUPERVISED, ALL,
                   round(rows[SUPERVISED, STRACE]["added"] / 2)),
            target(tables, COVERED, ALL,
                   round(rows[COVERED, PRELOAD]["median"] / 10))]


def call_aims(tables):
    none, libunwind = next(iter(NONE)), next(iter(LIBUNWIND))
    deep = "No-op call, 16 frames deep"
    resize = "One page off and on in place, 16 frames deep"
    return [target(tables, deep, none, 150),
            target(tables, resize, none, 150),
            target(tables, deep, libunwind, 1000),
            target(tables, resize, libunwind, 1000),
            target(tables, "Start and end of /bin/true", libunwind, 2)]


def arguments():
    parser = argparse.ArgumentParser(
        prog="./dev bench", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=lambda p: pathlib.Path(p).resolve(),
                        required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=15,
                        help="how often each variant has its turn (15)")
    parser.add_argument("--spawns", type=int, default=200,
                        help="how often /bin/true is started (200)")
    parser.add_argument("--model", action="store_true",
                        help="measure the model alone")
    parser.add_argument("--json", metavar="FILE",
                        help="where the numbers go (build/bench.json)")
    return parser.parse_args()


def main():
    args = arguments()
    result = {"schema": "remapguard-bench-1", "machine": machine(),
              "rounds": args.rounds}
    try:
        result["tables"] = list(all_tables(args))
    except NotRun as why:
        sys.exit(f"bench: {why}")
    result["aims"] = model_aims(result["tables"])
    if not args.model:
        result["aims"] += call_aims(result["tables"])
        result["aims"] += coverage_aims(result["tables"])
    with open(args.json or args.build / "bench.json", "w",
              encoding="utf-8") as out:
        json.dump(result, out, indent=1)
    print_report(result)


if __name__ == "__main__":
    main()
