#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run programs that use memory where it was before it moved, and the same
programs mended: the first must be caught with the right two stacks, the others
run as without the object and in silence. Without --tap the same is measured of
valgrind's memcheck and of AddressSanitizer. Prints a table of them, then what
is wrong, and exits with 1 if anything is.
"""

import argparse
import configparser
import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import tempfile

import judges

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 120 # for one run: no program takes one second by itself
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
ASAN_OPTIONS = ("detect_leaks=0:fast_unwind_on_malloc=0:abort_on_error=1"
                ":color=never")


class Failed(Exception):
    """What went wrong with a run."""


class NotRun(Exception):
    """Why a program could not be run."""


def say(text):
    print(f"stale: {text}", file=sys.stderr, flush=True)


def die(text):
    say(text)
    sys.exit(2)


# ----------------------------------------------------------------- the table

@dataclasses.dataclass
class Row:
    """A section of programs.ini."""
    name: str
    kind: str
    access: str
    move: str
    now: str
    call: str
    status: int


@dataclasses.dataclass
class Case:
    """A program with its bug or without, and what has come of it."""
    row: Row
    fixed: bool
    bare: int = 0
    not_run: str = ""
    verdicts: dict = dataclasses.field(default_factory=dict)
    wrong: list = dataclasses.field(default_factory=list)

    @property
    def label(self):
        return self.row.name + ("-fixed" if self.fixed else "")


def read_row(section):
    return Row(section.name, section["kind"], section["access"],
               section["move"], section["now"],
               section["call"], section.getint("status"))


def read_cases(options):
    table = configparser.ConfigParser()
    try:
        with open(options.table, encoding="utf-8") as lines:
            table.read_file(lines)
        rows = [read_row(table[name]) for name in table.sections()]
    except (OSError, ValueError, KeyError, configparser.Error) as error:
        die(f"{options.table}: {' '.join(str(error).split())}")
    for name in options.only or ():
        if name not in table.sections():
            die(f"--only={name}: no such program: --list has their names")
    return [Case(row, fixed) for row in rows for fixed in (False, True)
            if not options.only or row.name in options.only]


# ------------------------------------------------------------------- running

@dataclasses.dataclass
class Run:
    status: int # as a shell has it
    output: bytes
    errors: str


def run(command, **variables):
    """In a group of its own, of which nothing is left behind."""
    environment = {**ENVIRONMENT, **variables}
    try:
        with subprocess.Popen(command, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=environment,
                              start_new_session=True) as process:
            try:
                output, errors = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                raise Failed(f"{command[0]}: not done within {SECONDS} s") from None
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
    except OSError as error:
        raise Failed(f"{command[0]}: {error.strerror}") from error
    status = process.returncode
    return Run(128 - status if status < 0 else status, output,
               errors.decode(errors="replace"))


@dataclasses.dataclass
class Tools:
    """Where all is."""
    build: pathlib.Path
    folder: pathlib.Path

    def program(self, case, suffix=""):
        path = self.build / "tests/stale" / (case.label + suffix)
        if path.exists():
            return str(path)
        if (HERE / f"{case.row.name}.cc").exists():
            raise NotRun("not built: there was no C++ compiler")
        raise Failed(f"{path} is not there")

    def empty(self):
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        return self.folder / "out"


def run_preloaded(tools, case):
    """How it ended, and its report."""
    cli, trace = str(tools.build / "remapguard"), str(tools.empty())
    own = run([cli, "run", "--quiet", "--profile=debug", "-o", trace, "--",
               tools.program(case)])
    report = run([cli, "report", "--format=json", trace])
    if report.status:
        raise Failed(f"the report failed: {report.errors.strip()}; "
                     f"{own.errors.strip()}")
    return own, json.loads(report.output)


def run_memcheck(tools, case):
    """How it ended, and its accesses: each process writes a file."""
    folder = tools.empty()
    folder.mkdir()
    ended = run(["valgrind", "-q", "--xml=yes", f"--xml-file={folder}/%p",
                 tools.program(case)])
    return ended, [access for path in sorted(folder.iterdir())
                   for access in judges.of_memcheck(
                       path.read_text(encoding="utf-8"), case.label)]


def run_asan(tools, case):
    ended = run([tools.program(case, "-asan")], ASAN_OPTIONS=ASAN_OPTIONS)
    sources = HERE.glob(case.row.name + ".c*")
    return ended, judges.of_asan(ended.errors, next(sources).name)


# ------------------------------------------------------------------- judging

def number(text):
    """None for what is not known."""
    return text and int(text, 16)


def wrong_details(row, told):
    """Is it told rightly where the byte lay, and where it is now?"""
    move, now = told["move"], number(told["now"])
    offset = number(told["addr"]) - number(move["from"])
    if number(told["offset"]) != offset:
        yield f"offset {told['offset']}, not {offset:#x}"
    moved_once = now == number(move["to"]) + offset
    if not now or moved_once != (row.now == "to"):
        yield f"now at {told['now']}, not {row.now}: {move['to']}"
    if told["system_call"] != row.call:
        yield f"system call {told['system_call']!r}, not {row.call!r}"


def wrong_accesses(row, report):
    """Each that is reported must be the one that is meant."""
    accesses = judges.of_report(report, row.name)
    want = judges.Access(row.kind, row.access, row.move)
    if not accesses:
        yield "nothing is reported"
    for access, told in zip(accesses, judges.stale_accesses(report)):
        if access != want:
            yield f"reported: {access}, not {want}"
        yield from wrong_details(row, told)


def wrong_buggy(row, bare, own, report):
    yield from wrong_accesses(row, report)
    status = row.status or bare.status
    if own.status != status:
        yield f"exit status {own.status}, not {status}"


def wrong_fixed(row, bare, own, report):
    if judges.of_report(report, row.name + "-fixed"):
        yield f"reported: {judges.stale_accesses(report)}"
    if own.status or bare.status:
        yield f"exit status {own.status}, bare {bare.status}"
    if own.output != bare.output:
        yield f"prints {own.output!r}, bare {bare.output!r}"
    if own.errors != bare.errors:
        yield f"says {own.errors!r}, bare {bare.errors!r}"
    paths = report["totals"]["paths"]
    if not sum(paths[path] for path in ("move", "multi-move", "dontunmap")):
        yield "nothing was moved: its silence proves nothing"


def judge_own(tools, case):
    bare = run([tools.program(case)])
    own, report = run_preloaded(tools, case)
    wrong = wrong_fixed if case.fixed else wrong_buggy
    case.wrong += wrong(case.row, bare, own, report)
    case.bare = bare.status
    note(case, "remapguard", judges.of_report(report, case.label), own.status)


def judge_others(tools, case):
    for tool, run_tool in ("memcheck", run_memcheck), ("ASan", run_asan):
        ended, accesses = run_tool(tools, case)
        note(case, tool, accesses, ended.status)
        if case.fixed and (accesses or ended.status):
            case.wrong.append(f"{tool}: {accesses}, exit status "
                              f"{ended.status}: is it mended?")


def note(case, tool, accesses, status):
    case.verdicts[tool] = judges.verdict(case.row, accesses, status)


def judge(tools, case, with_others):
    try:
        judge_own(tools, case)
        if with_others:
            judge_others(tools, case)
    except Failed as error:
        case.wrong.append(str(error))
    except NotRun as error:
        case.not_run = str(error)


# ----------------------------------------------------------------- reporting

def progress(case):
    say(f"{case.label}: " + (case.not_run or "; ".join(case.wrong) or "right"))


class Tap:
    """Each case as a line of a test."""

    def __init__(self, number):
        self.at = 0
        print(f"1..{number}", flush=True)

    def done(self, case):
        self.at += 1
        skip = f" # SKIP {case.not_run}" if case.not_run else ""
        print(f"{'not ' if case.wrong else ''}ok {self.at} - {case.label}"
              f"{skip}")
        for line in case.wrong:
            print(f"# {line}")
        sys.stdout.flush()


def ended(status):
    if status <= 128:
        return f"exit status {status}"
    return signal.Signals(status - 128).name


def print_table(cases):
    heads = ["program", "bare", "remapguard", "remapguard, fixed", "memcheck",
             "ASan"]
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    for case, fixed in zip(cases[::2], cases[1::2]):
        said = [case.verdicts.get(tool, "failed")
                for tool in ("remapguard", "memcheck", "ASan")]
        said.insert(1, "not silent" if fixed.wrong else "silent")
        if not case.not_run:
            print("| " + " | ".join([case.row.name, ended(case.bare), *said])
                  + " |")


def version(*command):
    return run(command).output.decode().splitlines()[0]


def print_versions():
    print(f"Linux {platform.release()}, glibc {platform.libc_ver()[1]}, "
          f"{version('valgrind', '--version')}, {version('gcc', '--version')}"
          f", {datetime.date.today()}\n")


def print_sums(cases):
    sums = {"passed": 0, "failed": 0, "skipped": 0}
    for case in cases:
        for wrong in case.wrong:
            print(f"failed: {case.label}: {wrong}")
        if case.not_run:
            print(f"skipped: {case.label}: {case.not_run}")
        sums["failed" if case.wrong else
             "skipped" if case.not_run else "passed"] += 1
    print(", ".join(f"{number} {kind}" for kind, number in sums.items()))


# ---------------------------------------------------------------------- main

class Parser(argparse.ArgumentParser):
    def error(self, message):
        die(message.removeprefix("argument "))


def parse_options(arguments):
    parser = Parser(prog="./dev stale", allow_abbrev=False,
                    description=__doc__,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--build", type=lambda path: pathlib.Path(path).resolve(),
        required=True, help=argparse.SUPPRESS)
    add("--list", action="store_true", help="print the programs' names")
    add("--only", metavar="NAME,…", type=lambda text: text.split(","),
        help="these programs alone")
    add("--table", metavar="FILE", default=HERE / "programs.ini",
        help="another table of programs")
    add("--tap", action="store_true",
        help="under remapguard alone, and print as a test")
    return parser.parse_args(arguments)


def main(arguments):
    options = parse_options(arguments)
    cases = read_cases(options)
    if options.list:
        print("\n".join(case.row.name for case in cases[::2]))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    done = Tap(len(cases)).done if options.tap else progress
    with tempfile.TemporaryDirectory(prefix="remapguard-stale-") as folder:
        tools = Tools(options.build, pathlib.Path(folder))
        for case in cases:
            judge(tools, case, not options.tap)
            done(case)
    if not options.tap:
        print_versions()
        print_table(cases)
        print_sums(cases)
    return int(any(case.wrong for case in cases))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
