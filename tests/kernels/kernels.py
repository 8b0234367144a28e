#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare what mremap does on many kernels with what the model says: run the
oracle on those of kernels.ini, which are fetched and booted under qemu, and
on the running one. Prints a table of them, then what is wrong, and exits with
1 if anything is. Neither root nor KVM is needed.
"""

import argparse
import asyncio
import collections
import configparser
import contextlib
import dataclasses
import os
import pathlib
import platform
import re
import signal
import sys
import tempfile
import time

import guest
import images
import mutants
from guest import Failed, NotBooted
from images import NotRun

HERE = pathlib.Path(__file__).resolve().parent
ORACLE = ["src/model/*.c", "tests/kernels/oracle/*.c"]
HERE_ARCH = {"x86_64": "amd64", "aarch64": "arm64", "ppc64le": "ppc64el"}

MAX_UNKNOWN = 0.001 # share of the calls, beside inputs nobody can see
MAX_INVISIBLE = 0.01 # and of those that lack only such inputs
CALLS_PER_RUN = 250_000
SEEDS_PER_RUN = 1_000_000 # a run may use seeds behind its first

RESULT = re.compile(r"result calls=(\d+) unknown=(\d+) invisible=(\d+)"
                    r" disagreements=(\d+) seconds=[\d.]+")
COUNT = re.compile(r"((?:check|path|unknown|placed) \S+) (\d+)")


def say(text):
    print(f"kernels: {text}", file=sys.stderr, flush=True)


def die(text):
    say(text)
    sys.exit(2)


# ----------------------------------------------------------------- the table

@dataclasses.dataclass
class Kernel:
    """A section of kernels.ini, and what has come of it."""
    name: str
    arch: str
    release: str
    flavour: str
    suites: list
    generation: str
    cpu: str
    memory: str
    append: str
    calls: int
    calls_for_mutants: int
    required: bool
    seconds: float = 0
    not_run: str = ""
    wrong: list = dataclasses.field(default_factory=list)
    lacks: set = dataclasses.field(default_factory=set)
    sums: collections.Counter = dataclasses.field(
        default_factory=collections.Counter)

    @property
    def runs_here(self):
        return self.name == "running"

    @property
    def failed(self):
        return bool(self.wrong or self.not_run and self.required)


def read_kernel(section):
    fields = dict(section)
    if section.name == "running":
        fields["release"] = platform.release()
        fields["arch"] = HERE_ARCH.get(platform.machine(), platform.machine())
        fields["generation"] = ""
    if fields.get("arch") not in guest.MACHINES:
        raise ValueError(f"arch = {fields.get('arch')}: no such architecture")
    fields |= {"suites": section.get("suites", "").split(),
               "calls": section.getint("calls"),
               "calls_for_mutants": section.getint("calls_for_mutants"),
               "required": section.getboolean("required")}
    return Kernel(section.name, **fields)


def read_table(path):
    table = configparser.ConfigParser()
    try:
        with open(path, encoding="utf-8") as lines:
            table.read_file(lines)
    except (OSError, ValueError, configparser.Error) as error:
        die(f"{path}: {' '.join(str(error).split())}")
    kernels = []
    for name in table.sections():
        try:
            kernels.append(read_kernel(table[name]))
        except (ValueError, TypeError, AttributeError) as error:
            die(f"{path}: {name}: {error}")
    return kernels


def read_reasons(path):
    try:
        return mutants.read_reasons(path)
    except (OSError, ValueError, configparser.Error) as error:
        die(f"{path}: {' '.join(str(error).split())}")


def select(kernels, names):
    by_name = {kernel.name: kernel for kernel in kernels}
    for name in names:
        if name not in by_name:
            die(f"--only={name}: no such kernel: --list has their names")
    return [kernel for kernel in kernels if kernel.name in names]


# --------------------------------------------------------- what a run has said

def take_generation(kernel, generation):
    if kernel.generation not in ("", generation):
        raise Failed(f"its generation is taken for {generation}")
    kernel.generation = generation


def take_result(kernel, result, status, calls, rest):
    numbers = [int(number) for number in result.groups()] if result else []
    if not result or status != bool(numbers[3]):
        raise Failed(guest.told(
            f"the oracle's exit status is {status}, and its result "
            f"{result[0] if result else 'missing'}", "\n".join(rest)))
    kernel.sums.update(dict(zip(
        ("calls", "unknown", "invisible", "disagreements"), numbers)))
    if status:
        kernel.wrong.append("\n".join(rest))
    elif numbers[0] < calls:
        raise Failed(f"{numbers[0]} calls were made instead of {calls}")


def take(kernel, text, status, calls, others=None):
    """Add a run to the kernel's; with mutants among the `others`. All but the
    lines known here is told in full where there is a disagreement."""
    result, rest = None, []
    for line in text.splitlines():
        if match := COUNT.fullmatch(line):
            kernel.sums[match[1]] += int(match[2])
        elif line.startswith("generation "):
            take_generation(kernel, line.removeprefix("generation "))
        elif line.startswith("not-run "):
            kernel.lacks.add(line.removeprefix("not-run "))
        elif match := RESULT.fullmatch(line):
            result = match
        elif others and line.startswith("mutant "):
            others.take(kernel, line)
        elif line.strip():
            rest.append(line)
    take_result(kernel, result, status, calls, rest)


def unknowns(kernel):
    return ", ".join(f"{key.removeprefix('unknown ')} {number}"
                     for key, number in sorted(kernel.sums.items())
                     if key.startswith("unknown ") and number)


def judge_unknown(kernel):
    few = MAX_UNKNOWN * max(kernel.sums["calls"], 10_000)
    if kernel.sums["unknown"] > few:
        kernel.wrong.append(f"{kernel.sums['unknown']} of "
                            f"{kernel.sums['calls']} calls had unknown inputs:"
                            f" {unknowns(kernel) or 'not named'}")
    few = MAX_INVISIBLE * max(kernel.sums["calls"], 10_000)
    if kernel.sums["invisible"] > few:
        kernel.wrong.append(f"{kernel.sums['invisible']} of "
                            f"{kernel.sums['calls']} calls lacked what nobody "
                            f"can see: {unknowns(kernel)}")


# ------------------------------------------------------------------- running

class Runner:
    """Runs kernels, so many at a time."""

    def __init__(self, options, folder, others=None):
        self.options = options
        self.folder = folder
        self.others = others
        self.slots = asyncio.Semaphore(options.jobs)
        self.fetching = asyncio.Lock()
        self.programs = {}
        self.files = {} # for guests, beside their programs

    async def build(self, arch):
        if self.others:
            await self.others.build(arch, self.options.oracle, self.folder)
        else:
            await guest.build(arch, self.options.oracle or ORACLE,
                              self.folder)

    def built(self, arch):
        """Built in the slot of the first that wants it."""
        if arch not in self.programs:
            self.programs[arch] = asyncio.ensure_future(self.build(arch))
        return self.programs[arch]

    async def find(self, kernel):
        if kernel.runs_here:
            return None
        async with self.fetching:
            image, kernel.release = await asyncio.to_thread(
                images.find, kernel, say)
        return image

    async def ask(self, kernel, image, arguments, seconds):
        """One run of the oracle, where it belongs."""
        if kernel.runs_here:
            return await guest.run_here(kernel, self.folder, arguments,
                                        seconds)
        return await self.boot(kernel, image, arguments + ["--machine"],
                               seconds)

    async def boot(self, kernel, image, arguments, seconds):
        try:
            return await guest.boot(kernel, image, self.folder, arguments,
                                    seconds, self.files)
        except NotBooted as error:
            say(f"{kernel.name}: once more, as {error}")
            return await guest.boot(kernel, image, self.folder, arguments,
                                    seconds, self.files)

    async def run(self, kernel, image, seed, calls):
        a_second = mutants.CALLS_A_SECOND if self.others else 200
        seconds = self.options.seconds or 300 + calls // a_second
        arguments = [f"--seed={seed}", f"--calls={calls}"]
        async with self.slots:
            await self.built(kernel.arch)
            if self.others:
                beside = self.others.arguments(kernel)
                if not beside:
                    return
                arguments += beside
            start = time.monotonic()
            try:
                said = await self.ask(kernel, image, arguments, seconds)
            finally:
                kernel.seconds += time.monotonic() - start
        take(kernel, *said, 0 if self.others else calls, self.others)

    async def runs(self, kernel):
        image = await self.find(kernel)
        if self.others: # they are asked where less is certain
            await self.parts(kernel, image)
            return
        calls = self.options.calls or kernel.calls
        runs = -(-calls // CALLS_PER_RUN)
        outcomes = await asyncio.gather(*(
            self.run(kernel, image, self.options.seed + i * SEEDS_PER_RUN,
                     calls // runs + (i < calls % runs))
            for i in range(runs)), return_exceptions=True)
        for error in filter(None, outcomes):
            raise error
        judge_unknown(kernel)

    async def parts(self, kernel, image):
        """Slots are given in turn, so all kernels come to their first part
        before one comes to its second."""
        calls = self.options.calls or kernel.calls_for_mutants
        for number, part in enumerate(mutants.parts(calls)):
            await self.run(kernel, image,
                           self.options.seed + number * SEEDS_PER_RUN, part)
            say(f"{kernel.name}: {kernel.sums['calls']} calls: "
                f"{self.others.left()} mutants left")

    async def kernel(self, kernel):
        try:
            await self.runs(kernel)
        except NotRun as error:
            kernel.not_run = str(error)
        except (Failed, OSError) as error:
            kernel.wrong.append(str(error))
        return kernel

    async def all(self, kernels, done):
        running = [asyncio.ensure_future(self.kernel(kernel))
                   for kernel in kernels]
        for kernel in asyncio.as_completed(running):
            done(await kernel)


async def run_all(runner, kernels, done):
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGTERM, asyncio.current_task().cancel)
    await runner.all(kernels, done)


def run_in_folder(make_runner, options, kernels, done):
    """Return: whether it was left alone."""
    with tempfile.TemporaryDirectory(prefix="remapguard-kernels-") as folder:
        try:
            asyncio.run(run_all(make_runner(options, folder), kernels, done))
        except (KeyboardInterrupt, asyncio.CancelledError):
            say("interrupted")
            return False
    return True


# ----------------------------------------------------------------- reporting

def percent(kernel, key):
    return f"{100 * kernel.sums[key] / max(1, kernel.sums['calls']):.3f} %"


def print_table(kernels):
    row = "| {:16} | {:23} | {:4} | {:>9} | {:>5} | {:>8} | {:>9} | {:>7} |"
    print(row.format("kernel", "release", "gen.", "calls", "dis.", "unknown",
                     "invisible", "seconds"))
    print(row.format("---", "---", "---", "---:", "---:", "---:", "---:",
                     "---:"))
    for kernel in kernels:
        if not kernel.not_run:
            print(row.format(kernel.name, kernel.release, kernel.generation,
                             kernel.sums["calls"], kernel.sums["disagreements"],
                             percent(kernel, "unknown"),
                             percent(kernel, "invisible"),
                             f"{kernel.seconds:.1f}"))


def print_notes(kernels):
    lacks = collections.defaultdict(list)
    for kernel in kernels:
        if kernel.not_run:
            print(f"not run: {kernel.name}: {kernel.not_run}")
        if unknowns(kernel):
            print(f"unknown: {kernel.name}: {unknowns(kernel)}")
        for lack in kernel.lacks:
            lacks[lack].append(kernel.name)
    for lack, names in sorted(lacks.items()):
        print(f"not run: {lack} ({', '.join(names)})")


def print_wrong(kernels):
    for kernel in kernels:
        for wrong in kernel.wrong:
            print(f"wrong: {kernel.name}: {wrong}")


def print_counts(kernels):
    """How often each check refused and each path was taken, and on how many
    kernels."""
    counts, where = collections.Counter(), collections.Counter()
    for kernel in kernels:
        for key, number in kernel.sums.items():
            if key.startswith(("check ", "path ")):
                counts[key] += number
                where[key] += number > 0
    for key, number in sorted(counts.items()):
        print(f"{key:30} {number:>12} on {where[key]} kernels")


def progress(kernel):
    if not kernel.not_run:
        verdict = "wrong" if kernel.wrong else "as planned"
        say(f"{kernel.name}: {kernel.sums['calls']} calls in "
            f"{kernel.seconds:.1f} s: {verdict}")


class Tap:
    """The Test Anything Protocol: a line for each kernel."""

    def __init__(self, count):
        self.number = 0
        print(f"1..{count}", flush=True)

    def done(self, kernel):
        self.number += 1
        line = f"ok {self.number} - {kernel.name}"
        if kernel.failed:
            line = "not " + line
        elif kernel.not_run:
            line += f" # SKIP not run: {kernel.not_run}"
        print(line, flush=True)


class Comments:
    """Standard output with a # before each line."""

    def __init__(self, out):
        self.out = out
        self.begins = True

    def write(self, text):
        for line in text.splitlines(keepends=True):
            self.out.write("# " + line if self.begins else line)
            self.begins = line.endswith("\n")


def report(options, kernels, others):
    print_table(kernels)
    print_notes(kernels)
    if options.counts:
        print_counts(kernels)
    if others:
        others.report()
    print_wrong(kernels)
    for wrong in others.wrong() if others else ():
        print(f"wrong: {wrong}")


# ---------------------------------------------------------------------- main

class Parser(argparse.ArgumentParser):
    def error(self, message):
        die(message.removeprefix("argument "))


def positive(text):
    if not re.fullmatch(r"[0-9]{1,15}", text) or not int(text):
        raise argparse.ArgumentTypeError(f"{text}: not a number from 1 on")
    return int(text)


def parse_options(arguments):
    parser = Parser(prog="kernels", allow_abbrev=False, description=__doc__,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--list", action="store_true", help="print the kernels' names")
    add("--only", metavar="NAME,…", type=lambda text: text.split(","),
        help="these kernels alone")
    add("--calls", metavar="N", type=positive,
        help="calls on each kernel (its calls= in the table)")
    add("--seed", metavar="N", type=positive, default=1,
        help="where the random calls begin (1)")
    add("--jobs", metavar="N", type=positive, default=os.cpu_count(),
        help="runs at a time (as many as processors)")
    add("--seconds", metavar="N", type=positive,
        help="how long a run may take (300, and 5 per 1000 calls)")
    add("--counts", action="store_true",
        help="print how often each check and path was met")
    add("--mutants", action="store_true",
        help="break the model in one place after the other, and see that the "
        "kernels notice")
    add("--mutant", metavar="PATTERN", action="append",
        help="with --mutants: only those of such names, * for any text; may "
        "be repeated")
    add("--unnoticed", metavar="FILE", default=HERE / "unnoticed.ini",
        help="another table of what they cannot notice")
    add("--tap", action="store_true", help="print as a test")
    add("--table", metavar="FILE", default=HERE / "kernels.ini",
        help="another table of kernels")
    add("--oracle", metavar="SOURCE", nargs="+",
        help="another program to run on them")
    return parser.parse_args(arguments)


def main(arguments):
    options = parse_options(arguments)
    table = kernels = read_table(options.table)
    if options.only is not None:
        kernels = select(kernels, options.only)
    if options.list:
        print("\n".join(kernel.name for kernel in kernels))
        return 0
    others = None
    if options.mutants:
        others = mutants.Mutants(kernels, table,
                                 read_reasons(options.unnoticed),
                                 options.mutant or ["*"])
    done = Tap(len(kernels)).done if options.tap else progress

    def runner(options, folder):
        return Runner(options, folder, others)

    if not run_in_folder(runner, options, kernels, done):
        return 130
    with contextlib.redirect_stdout(Comments(sys.stdout) if options.tap
                                    else sys.stdout):
        report(options, kernels, others)
    return int(any(kernel.failed for kernel in kernels) or
               bool(others and any(others.wrong())))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
