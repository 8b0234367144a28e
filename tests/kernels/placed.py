#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The oracle's calls, made through the preloaded object, which is told by
options of its own to put elsewhere what moves: all but the address must be as
the model says of the kernel. Prints a table of kernels and options, then what
is wrong, and exits with 1 if anything is. With the options "nothing" there is
no object, and nothing may be wrong either; with "+threads" behind them each
process that makes calls has a second thread.
"""

import argparse
import asyncio
import collections
import contextlib
import dataclasses
import pathlib
import shutil
import sys

import guest
import kernels
import preflight
from guest import Failed

OBJECT = preflight.OBJECT
PROGRAM = "tests/kernels/placed"
# Guests have no libunwind, and nobody reads a trace.
ALWAYS = "stacks=none"

OPTIONS = [
    "nothing",
    "placement=congruent",
    "placement=congruent:predict=always",
    "placement=congruent:grow-ahead=on",
    "grow-ahead=on",
    "move=always",
    "move=never",
    "move=always:placement=congruent:quarantine=64M",
    "move=always:quarantine=64M +threads",
    "quarantine=64M:placement=congruent +threads",
    "shrink-first=on:predict=always",
    "profile=fast",
]
THREADS = " +threads"
# Of so many that the object may place, this share is to be placed by it; the
# others meet a limit. Where it is none, so many are by chance at most.
FEW, PLACED, SENT_AWAY, BY_CHANCE = 20, 0.6, 0.6, 0.4


@dataclasses.dataclass
class Counts:
    """What the object could do, and did, by the oracle's word."""
    large: int
    congruent: int
    may_stay: int
    sent_away: int
    among_ours: int
    again: int
    again_in_place: int


def congruent(options):
    """Is it the object that chooses, and so? What it sends away goes where
    there is room for it, and so does what leaves its place to a quarantine
    among threads."""
    return ("placement=congruent" in options or "profile=fast" in options) \
        and "move=always" not in options and THREADS not in options


def judge_placed(options, counts):
    """What shows that the object did what it was told, or that it does."""
    wrong = []
    if counts.large < FEW and "move=never" not in options:
        wrong.append(f"{counts.large} calls alone could be placed")
    elif congruent(options) and counts.congruent < PLACED * counts.large:
        wrong.append(f"{counts.congruent} of {counts.large} calls were placed")
    elif options == "nothing" and \
            counts.congruent > BY_CHANCE * counts.large:
        wrong.append(f"{counts.congruent} of {counts.large} calls were placed "
                     "by the kernel")
    if "move=always" in options and (
            counts.may_stay < FEW or
            counts.sent_away < SENT_AWAY * counts.may_stay):
        wrong.append(f"{counts.sent_away} of {counts.may_stay} calls were sent "
                     "away")
    if "quarantine" in options and counts.among_ours < FEW:
        wrong.append(f"{counts.among_ours} calls were made among held ranges")
    return wrong


class Runner(kernels.Runner):
    """Runs what Meson has built, once for each of the options."""

    def __init__(self, options, folder, rows):
        super().__init__(options, folder)
        self.rows = rows # (kernel's name, options, its sums)

    async def build(self, arch):
        program = self.options.build / PROGRAM
        try:
            shutil.copy(program, f"{self.folder}/prog-{arch}")
            self.files = {OBJECT: self.options.build / OBJECT} | \
                preflight.libraries(program)
        except OSError as error:
            raise Failed(f"{error.filename}: {error.strerror}") from error
        await guest.build_init(arch, self.folder)

    def arguments(self, kernel, options, calls):
        under = str(self.options.build / OBJECT) if kernel.runs_here \
            else f"/{OBJECT}"
        given = options.removesuffix(THREADS)
        if given == "nothing":
            under = given
        return [f"--seed={self.options.seed}", f"--calls={calls}",
                f"--under={under}", f"--options={given}:{ALWAYS}",
                *["--threads"] * options.endswith(THREADS)]

    async def run_with(self, kernel, image, options):
        calls = self.options.calls
        seconds = self.options.seconds or 300 + calls // 50
        arguments = self.arguments(kernel, options, calls)
        part = dataclasses.replace(kernel, sums=collections.Counter(),
                                   wrong=[], lacks=set())
        async with self.slots:
            await self.built(kernel.arch)
            said = await self.ask(kernel, image, arguments, seconds)
        kernels.take(part, *said, calls)
        part.wrong += judge_placed(options, Counts(
            *(part.sums[f"placed {field.name.replace('_', '-')}"]
              for field in dataclasses.fields(Counts))))
        kernel.wrong += [f"{options}: {wrong}" for wrong in part.wrong]
        kernel.sums += part.sums
        self.rows.append((kernel, options, part.sums))

    async def runs(self, kernel):
        image = await self.find(kernel)
        outcomes = await asyncio.gather(*(
            self.run_with(kernel, image, options)
            for options in self.options.options), return_exceptions=True)
        for options, error in zip(self.options.options, outcomes):
            if isinstance(error, (Failed, OSError)):
                kernel.wrong.append(f"{options}: {error}")
            elif error:
                raise error


# ----------------------------------------------------------------- reporting

def print_table(rows):
    row = "| {:8} | {:46} | {:>7} | {:>4} | {:>14} | {:>14} | {:>14} | {:>6} |"
    print(row.format("kernel", "options", "calls", "dis.", "congruent",
                     "sent away", "again in place", "ours"))
    print(row.format("---", "---", *("---:",) * 6))
    for kernel, options, sums in rows:
        def pair(part, whole):
            return f"{sums[f'placed {part}']} of {sums[f'placed {whole}']}"
        print(row.format(kernel.name, options, sums["calls"],
                         sums["disagreements"], pair("congruent", "large"),
                         pair("sent-away", "may-stay"),
                         pair("again-in-place", "again"),
                         sums["placed among-ours"]))


def report(found, rows):
    print_table(rows)
    kernels.print_notes(found)
    kernels.print_wrong(found)


# ---------------------------------------------------------------------- main

def parse_options(arguments):
    parser = kernels.Parser(
        prog="./dev placed", allow_abbrev=False, description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--only", metavar="NAME,…", type=lambda text: text.split(","),
        default=["running"], help="these kernels of kernels.ini (running)")
    add("--options", metavar="TEXT", action="append",
        help="options of the object, or nothing; may be given again "
        f"({', '.join(OPTIONS)})")
    add("--calls", metavar="N", type=kernels.positive, default=100_000,
        help="calls with each of the options (100000)")
    add("--seed", metavar="N", type=kernels.positive, default=1,
        help="where the random calls begin (1)")
    add("--jobs", metavar="N", type=kernels.positive, default=2,
        help="runs at a time (2)")
    add("--seconds", metavar="N", type=kernels.positive,
        help="how long a run may take (300, and 20 per 1000 calls)")
    add("--tap", action="store_true", help="print as a test")
    add("--build", required=True, help=argparse.SUPPRESS,
        type=lambda path: pathlib.Path(path).resolve())
    options = parser.parse_args(arguments)
    options.options = options.options or OPTIONS
    return options


def main(arguments):
    options = parse_options(arguments)
    found = preflight.select(options)
    done = kernels.Tap(len(found)).done if options.tap else kernels.progress
    rows = []
    if not kernels.run_in_folder(lambda *given: Runner(*given, rows), options,
                                 found, done):
        return 130
    with contextlib.redirect_stdout(kernels.Comments(sys.stdout)
                                    if options.tap else sys.stdout):
        report(found, rows)
    return int(any(kernel.failed for kernel in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
