#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Refusals that destroy, on several kernels: run tests/preload/doomed bare and
under the object. With preflight=on, and where RG102 is denied, the errno must
be the kernel's and nothing be lost; with the profile audit all must be as it
is bare. Prints what each kernel does, then what is wrong, and exits with 1 if
anything is.
"""

import argparse
import contextlib
import dataclasses
import pathlib
import platform
import re
import shutil
import subprocess
import sys

import guest
import kernels
from guest import Failed
from images import NotRun

# One of each way to treat a destination, and the newest.
KERNELS = ["running", "5.10", "6.1", "6.12", "6.16", "6.18", "7.3"]
SECONDS = 120
OBJECT = "libremapguard.so"

ROW = re.compile(r"(.*?): (?:skip: (?P<skip>.*)|(?P<error>ok|E[A-Z]+)"
                 r" \| source (?P<source>\S+), tail (?P<tail>\S+),"
                 r" destination (?P<destination>\S+), vmas (?P<vmas>[-+]\d+)"
                 r"(?: \| in doubt: (?P<doubt>.*))?)")
LIBRARY = re.compile(r"(?:.* => )?/(\S+) \(0x")


# --------------------------------------------------------------- an outcome

@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of a row."""
    skip: str
    error: str
    source: str
    tail: str
    destination: str
    vmas: str
    doubt: str

    @property
    def refused(self):
        return not self.skip and self.error != "ok"

    @property
    def untouched(self):
        return self.vmas == "+0" and {self.source, self.tail,
                                      self.destination} <= {"kept", "-"}

    @property
    def harmed(self):
        return self.refused and not self.untouched

    @property
    def lost(self):
        return self.refused and "lost" in (self.source, self.tail,
                                           self.destination)

    def __str__(self):
        """The errno, and a letter for each range that is not as it was."""
        if self.skip:
            return "-"
        marks = "".join(name[0].upper() if fate == "lost" else name[0]
                        for name in ("source", "tail", "destination")
                        if (fate := getattr(self, name)) in ("lost", "changed"))
        if self.harmed and not marks:
            marks = "/"
        return " ".join(filter(None, (self.error, self.refused * marks,
                                      self.refused and self.doubt and "?")))


# ------------------------------------------------------------------- judging

def as_bare(bare, own):
    return own == bare


def refused_in_time(bare, own):
    """As the kernel refuses it, and before it has begun. Where that is in
    doubt, the kernel is asked."""
    if bare.harmed and not bare.doubt:
        return own.error == bare.error and own.untouched
    return own == bare


def loss_denied(bare, own):
    """RG102 is of what is lost, and not of a vma that is cut."""
    if bare.lost and not bare.doubt:
        return own.error == bare.error and own.untouched
    return own.error == bare.error and (own == bare or own.untouched)


def strictly(bare, own):
    """What the kernel does, and what it is not certain to refuse, may be
    denied for another reason."""
    if bare.refused and not bare.doubt:
        return own.error == bare.error and own.untouched
    return own == bare or own.refused and own.untouched


# options of the object: what each outcome is judged by
MODES = {
    "profile=audit": as_bare,
    "profile=audit:predict=always": as_bare,
    "preflight=on": refused_in_time,
    "preflight=on:predict=always": refused_in_time,
    "RG102=deny": loss_denied,
    "profile=strict": strictly,
}
# what a finding's own errno is instead of the kernel's: RG108
OWN_ERRORS = {("profile=strict", "onto itself, duplicate"): "EINVAL"}
STACKS = ":stacks=none" # guests have no libunwind


def take(kernel, text):
    """Return {mode: {row: its outcome}}."""
    modes, rows = {}, {}
    for line in text.splitlines():
        if match := ROW.fullmatch(line):
            rows[match[1]] = Outcome(**match.groupdict(default=""))
        elif line.startswith("mode "):
            mode = line.removeprefix("mode ").removesuffix(STACKS)
            rows = modes.setdefault(mode, {})
        elif line.strip():
            kernel.wrong.append(line)
    return modes


def judge(kernel, modes):
    bare = modes.get("bare", {})
    if not bare:
        kernel.wrong.append("no row was run")
    for mode, holds in MODES.items():
        rows = modes.get(mode, {})
        if rows.keys() != bare.keys():
            kernel.wrong.append(f"{mode}: {len(rows)} of {len(bare)} rows")
        for name in bare.keys() & rows.keys():
            error = OWN_ERRORS.get((mode, name), bare[name].error)
            wanted = dataclasses.replace(bare[name], error=error)
            if not holds(wanted, rows[name]):
                kernel.wrong.append(f"{mode}: {name}: {rows[name]}, bare "
                                    f"{bare[name]}")


# ------------------------------------------------------------------- running

def libraries(program):
    """The loader and libc, which a guest has at the same place."""
    listed = subprocess.run(["ldd", program], capture_output=True, text=True,
                            check=False)
    return {name: f"/{name}" for name in LIBRARY.findall(listed.stdout)}


class Runner(kernels.Runner):
    """Runs the program that Meson has built, and not one of its own."""

    def __init__(self, options, folder, outcomes):
        super().__init__(options, folder)
        self.program = options.build / "tests/preload/doomed"
        self.object = options.build / OBJECT
        self.outcomes = outcomes # {kernel: {row: what came of it bare}}

    async def build(self, arch):
        try:
            shutil.copy(self.program, f"{self.folder}/prog-{arch}")
            self.files = {OBJECT: self.object} | libraries(self.program)
        except OSError as error:
            raise Failed(f"{error.filename}: {error.strerror}") from error
        await guest.build_init(arch, self.folder)

    async def runs(self, kernel):
        image = await self.find(kernel)
        modes = [mode + STACKS for mode in MODES]
        async with self.slots:
            await self.built(kernel.arch)
            if kernel.runs_here:
                said = await guest.run_here(
                    kernel, self.folder,
                    ["--under", str(self.object), *modes], SECONDS)
            else:
                said = await self.boot(
                    kernel, image,
                    ["--machine", "--under", f"/{OBJECT}", *modes], SECONDS)
        if said[1]:
            raise Failed(guest.told(f"exit status {said[1]}", said[0]))
        modes = take(kernel, said[0])
        judge(kernel, modes)
        self.outcomes[kernel.name] = modes.get("bare", {})


# ----------------------------------------------------------------- reporting

def print_table(outcomes):
    """What each kernel does by itself."""
    rows = list(dict.fromkeys(name for bare in outcomes.values()
                              for name in bare))
    width = max(map(len, rows), default=0)
    line = f"| {{:{width}}} |" + " {:11} |" * len(outcomes)
    print(line.format("row", *outcomes))
    print(line.format("---", *("---" for _ in outcomes)))
    for row in rows:
        cells = [bare.get(row) for bare in outcomes.values()]
        print(line.format(row, *map(str, cells)))
    print("S, T, D: source, tail, destination are lost, or small: changed; "
          "/: a vma was cut; ?: in doubt before the call; -: skipped")


class Rows:
    """Whether each row was needed: reported like a kernel. One that destroys
    nothing may still be refused by some kernels alone."""
    name = "each row tells something"

    def __init__(self, outcomes):
        rows = {row for bare in outcomes.values() for row in bare}
        missing = set(KERNELS) - outcomes.keys()
        self.not_run = f"without {', '.join(sorted(missing))}" * bool(missing)
        self.wrong = [] if missing else [
            row for row in sorted(rows) if not self.tells(
                [bare[row] for bare in outcomes.values() if row in bare])]
        self.failed = bool(self.wrong)

    @staticmethod
    def tells(cells):
        errors = {cell.error for cell in cells if not cell.skip}
        return any(cell.harmed for cell in cells) or len(errors) > 1


def print_skipped(outcomes):
    for name, bare in outcomes.items():
        for row, outcome in bare.items():
            if outcome.skip:
                print(f"not run: {name}: {row}: {outcome.skip}")


def progress(kernel):
    if not kernel.not_run:
        kernels.say(f"{kernel.name}: "
                    f"{'wrong' if kernel.wrong else 'as it should be'}")


def report(found, outcomes):
    outcomes = {kernel.name: outcomes[kernel.name] for kernel in found
                if kernel.name in outcomes}
    print_table(outcomes)
    print_skipped(outcomes)
    for kernel in found:
        if kernel.not_run:
            print(f"not run: {kernel.name}: {kernel.not_run}")
    kernels.print_wrong(found)


# ---------------------------------------------------------------------- main

def parse_options(arguments):
    parser = kernels.Parser(
        prog="./dev preflight", allow_abbrev=False, description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--only", metavar="NAME,…", type=lambda text: text.split(","),
        default=KERNELS, help=f"these kernels alone ({','.join(KERNELS)})")
    add("--jobs", metavar="N", type=kernels.positive, default=1,
        help="kernels at a time (1)")
    add("--tap", action="store_true", help="print as a test")
    add("--build", required=True, help=argparse.SUPPRESS,
        type=lambda path: pathlib.Path(path).resolve())
    return parser.parse_args(arguments)


def select(options):
    """Of those kernels the ones that the object is built for."""
    table = kernels.read_table(kernels.HERE / "kernels.ini")
    here = kernels.HERE_ARCH.get(platform.machine(), platform.machine())
    return [kernel for kernel in kernels.select(table, options.only)
            if kernel.arch == here]


def main(arguments):
    options = parse_options(arguments)
    found = select(options)
    done = kernels.Tap(len(found) + 1).done if options.tap else progress
    outcomes = {}
    if not kernels.run_in_folder(
            lambda *options: Runner(*options, outcomes), options, found, done):
        return 130
    rows = Rows(outcomes)
    done(rows)
    with contextlib.redirect_stdout(kernels.Comments(sys.stdout)
                                    if options.tap else sys.stdout):
        report(found + [rows], outcomes)
    return int(any(kernel.failed for kernel in found + [rows]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
