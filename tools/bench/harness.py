# SPDX-License-Identifier: MIT
"""Running programs in turns, and comparing what they say of themselves.

Variants of a table take turns, round after round, so that a slow minute of the
machine hits all of them. A cell is the median over the rounds; "added" is the
median of the differences to the bare run of the same round.
"""

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
import typing


class NotRun(Exception):
    """Why a row has no numbers."""


class Unrecorded(Exception):
    """A fast object that records nothing is no news: all ends here."""


def say(what):
    print(f"bench: {what}", file=sys.stderr)


def machine():
    """What all figures are of."""
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    name = re.search(r"^model name\s*:\s*(.*)$", cpuinfo, re.MULTILINE)
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"cpu": name[1] if name else platform.machine(),
            "cpus": os.cpu_count(), "kernel": platform.release(),
            "libc": " ".join(platform.libc_ver()),
            "date": now.strftime("%Y-%m-%d %H:%M UTC")}


# ------------------------------------------------------------- running it

@contextlib.contextmanager
def fresh_trace():
    """A name for a trace directory that is gone afterwards."""
    parent = tempfile.mkdtemp(prefix="remapguard-bench-")
    try:
        yield os.path.join(parent, "trace")
    finally:
        shutil.rmtree(parent)


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


def environment(build, options, trace):
    """What a program is given; options of None preload nothing."""
    env = dict(os.environ, TMPDIR=os.path.dirname(trace))
    if options is not None:
        env["LD_PRELOAD"] = str(build / "libremapguard.so")
        env["REMAPGUARD_OPTIONS"] = options.format(trace=trace)
    return env


def finished(command, env=None):
    """The process; NotRun if it could not be started or failed."""
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False)
    except OSError as error:
        raise NotRun(f"{command[0]}: {error.strerror}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NotRun(f"{command[0]}: exit status {done.returncode}"
                     f"{': ' + said[-1] if said else ''}")
    return done


def run(command, env=None):
    """What it said on standard output."""
    return finished(command, env).stdout


def parse(text):
    """The numbers of the last line of key=value pairs."""
    lines = [line for line in text.splitlines() if "median=" in line]
    if not lines:
        raise NotRun("the program said nothing")
    pairs = dict(pair.split("=") for pair in lines[-1].split())
    return {key: float(pairs[key])
            for key in ("min", "median", "mean", "wall", "lookups")
            if key in pairs}


class Case(typing.NamedTuple):
    """What one row runs. {build} and {trace} stand for themselves."""
    command: list
    options: str | None = None # the object's; None preloads nothing
    before: tuple = () # words before the command: another tool
    calls: int = 0 # how many the trace must have


def bench_calls(kind, calls, batches, depth=16, threads=1, neighbours=128):
    return ["{build}/tools/bench/bench-calls", kind, str(calls), str(batches),
            str(depth), str(threads), str(neighbours)]


def fill_in(args, words, trace):
    return [word.format(build=args.build, trace=trace) for word in words]


def recorded(args, trace, calls):
    """What the trace holds."""
    text = run([str(args.build / "remapguard"), "report", "--format=json",
                trace])
    totals = json.loads(text)["totals"]
    if totals["calls"] < calls:
        raise Unrecorded(f"only {totals['calls']} of {calls} calls were seen")
    return {"calls": totals["calls"], "lost": totals["lost"]}


def measure(args, case, look=False):
    """One run of one case; with look also whether its trace has the calls."""
    with fresh_trace() as trace:
        words = fill_in(args, [*case.before, *case.command], trace)
        sample = parse(run(words, environment(args.build, case.options,
                                              trace)))
        if look and os.path.exists(trace):
            sample["recorded"] = recorded(args, trace, case.calls)
        return sample


# ------------------------------------------------------------ taking turns

def take_turns(variants, rounds, once):
    """once(name, round) for each variant in each round, each round starting
    with another one. Returns the samples by name; of a variant that could not
    be run, why."""
    samples = {name: [] for name in variants}
    names = list(variants)
    for turn in range(rounds):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            if isinstance(samples[name], NotRun):
                continue
            try:
                samples[name].append(once(name, turn))
            except NotRun as why:
                samples[name] = why
    return samples


def statistics_of(values, base):
    pairs = list(zip(values, base))
    return {
        "median": statistics.median(values),
        "least": min(values),
        "most": max(values),
        "added": statistics.median(v - b for v, b in pairs),
        "ratio": statistics.median(v / b for v, b in pairs),
    }


def compare(samples, key="median", beside=None):
    """Rows of a table: each variant against the first, or the one that beside
    names for it, round by round."""
    first = next(iter(samples))
    rows = []
    for name, own in samples.items():
        base = (beside or {}).get(name, first)
        why = next((s for s in (own, samples[base]) if isinstance(s, NotRun)),
                   None)
        row = {"variant": name}
        if why:
            row["not_run"] = str(why)
        else:
            row |= statistics_of([s[key] for s in own],
                                 [s[key] for s in samples[base]])
            row["values"] = [s[key] for s in own]
        if beside:
            row["beside"] = base if base != name else ""
        rows.append(row)
    return rows


def add_means(rows, samples, beside=None):
    """What is added all in all, new segments and all else included."""
    for row, of_mean in zip(rows, compare(samples, "mean", beside)):
        if "not_run" not in row:
            row["added_mean"] = of_mean["added"]
    return rows


def in_turns(args, cases, key="median", beside=None, pinned=True):
    """The rows of a table of cases, by name."""
    with one_cpu(pinned):
        samples = take_turns(cases, args.rounds, lambda name, turn:
                             measure(args, cases[name], look=not turn))
    rows = compare(samples, key, beside)
    for row in rows:
        if "not_run" not in row:
            row["recorded"] = samples[row["variant"]][0].get("recorded")
    return rows if key == "wall" else add_means(rows, samples, beside)
