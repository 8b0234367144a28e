#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run real programs bare and under the object: each must print and exit the
same, no call may be denied, none may be lost, and the kernel must do what was
planned. Prints a table of them, then what is wrong, and exits with 1 if
anything is.
"""

import argparse
import configparser
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PATH = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
VERSION = re.compile(r"\d+(?:\.\d+)+\S*")

# What a profile is run with beside itself, so that each call is judged.
OPTIONS = {"audit": "predict=always"}
PROFILES = ["audit", "strict", "hardened", "debug"]


class Failed(Exception):
    """What is wrong with a program under the object."""


class NotRun(Exception):
    """Why a program could not be run."""


def say(text):
    print(f"soak: {text}", file=sys.stderr, flush=True)


def die(text):
    say(text)
    sys.exit(2)


# ----------------------------------------------------------------- the table

@dataclasses.dataclass
class Program:
    """A section of programs.ini with a profile, and what has come of it."""
    name: str
    profile: str
    version: list
    command: list
    seconds: int
    tries: int
    finds: list
    options: list
    user: str
    release: str = ""
    not_run: str = ""
    wrong: list = dataclasses.field(default_factory=list)
    report: dict = dataclasses.field(default_factory=dict)
    took: dict = dataclasses.field(default_factory=dict)

    @property
    def label(self):
        return f"{self.name}, {self.profile}"


def read_program(section, profile, options):
    known = {"here": HERE, "top": HERE.parent.parent,
             "programs": options.build / "tests/soak",
             "size": section["short" if options.short else "long"]}

    def words(key):
        return [word.format(**known) for word in shlex.split(section[key])]

    return Program(section.name, profile, words("version"), words("command"),
                   section.getint("seconds"), section.getint("tries"),
                   section.get("finds", "").split(),
                   [section.get("options", ""), options.options],
                   section.get("user", ""))


def read_table(options):
    table = configparser.ConfigParser()
    try:
        with open(options.table, encoding="utf-8") as lines:
            table.read_file(lines)
    except (OSError, ValueError, configparser.Error) as error:
        die(f"{options.table}: {' '.join(str(error).split())}")
    for name in options.only or ():
        if name not in table.sections():
            die(f"--only={name}: no such program: --list has their names")
    return [table[name] for name in options.only or table.sections()]


def read_programs(options):
    """Each once for each profile, or for its own alone."""
    programs = []
    for section in read_table(options):
        own = section.get("profile")
        try:
            programs += [read_program(section, profile, options)
                         for profile in ([own] if own else options.profile)]
        except (KeyError, ValueError, TypeError) as error:
            die(f"{options.table}: {section.name}: {error}")
    return programs


# ------------------------------------------------------------------- running

def environment(folder):
    return {"PATH": PATH, "HOME": str(folder), "TMPDIR": str(folder),
            "LC_ALL": "C.UTF-8"}


@contextlib.contextmanager
def started(command, seconds, **others):
    """A process in a group of its own, of which nothing is left behind."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL,
                          start_new_session=True, **others) as process:
        try:
            process.wait(seconds)
            yield process.returncode
        except subprocess.TimeoutExpired:
            raise Failed(f"not done within {seconds} s") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def last_line(path):
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()),
                "nothing said")


def identity(user):
    """Who a program of that user's is run by: as root only can say."""
    if not user or os.geteuid():
        return {}
    return {"user": user, "group": "nogroup", "extra_groups": []}


def run(command, seconds, folder, name, user):
    """Exit status and standard output. The program's folder is always the
    same, and empty at first."""
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    who = identity(user)
    for place in (folder, work):
        shutil.chown(place, who.get("user", os.geteuid()))
    out, err = folder / f"{name}.out", folder / f"{name}.err"
    try:
        with open(out, "wb") as output, open(err, "wb") as errors, \
             started(command, seconds, cwd=work, env=environment(work),
                     stdout=output, stderr=errors, **who) as status:
            return status, out.read_bytes()
    except OSError as error:
        raise NotRun(f"{command[0]}: {error.strerror}") from error


def find_release(program, folder):
    status, _ = run(program.version, 60, folder, "version", program.user)
    if status:
        raise NotRun(last_line(folder / "version.err"))
    said = [(folder / f"version.{stream}").read_text(encoding="utf-8")
            for stream in ("out", "err")]
    found = VERSION.search(" ".join(said))
    program.release = found[0].rstrip(",)") if found else "-"


def run_timed(program, command, folder, name):
    start = time.monotonic()
    try:
        return run(command, program.seconds, folder, name, program.user)
    finally:
        program.took[name] = time.monotonic() - start


def run_bare(program, folder):
    """What depends on time may fail now and then, and is run again."""
    for _ in range(program.tries):
        bare = run_timed(program, program.command, folder, "bare")
        if bare[0] in (0, 77):
            break
    if bare[0] == 77:
        raise NotRun(last_line(folder / "bare.out"))
    if bare[0]:
        raise NotRun(f"exit status {bare[0]} without the object: "
                     f"{last_line(folder / 'bare.err')}")
    return bare


def options_of(program):
    return ":".join(filter(None, [OPTIONS.get(program.profile),
                                  *program.options]))


def run_preloaded(program, tool, folder):
    """Its exit status and output; its report is left in the program."""
    trace = folder / "trace"
    shutil.rmtree(trace, ignore_errors=True)
    command = [tool, "run", "--quiet", "-o", str(trace),
               f"--profile={program.profile}",
               f"--options={options_of(program)}", "--", *program.command]
    own = run_timed(program, command, folder, "own")
    report = subprocess.run([tool, "report", "--format=json", str(trace)],
                            capture_output=True, stdin=subprocess.DEVNULL,
                            check=False)
    if report.returncode:
        raise Failed(f"the report failed: {report.stderr.decode().strip()}")
    program.report = json.loads(report.stdout)
    return own


# ------------------------------------------------------------------- judging

def name_caller(caller):
    where = caller.get("function") or caller.get("module") or "?"
    if caller.get("line"):
        where += f" at {caller['file']}:{caller['line']}"
    if caller.get("inside"):
        where += f", in {caller['inside']}"
    return f"{where} ({caller['count']})"


def name_finding(finding):
    callers = "; ".join(name_caller(row) for row in finding["callers"])
    return f"{finding['id']} {finding['name']}: {callers}"


def judge_same(bare, own, folder):
    if own[0] != bare[0]:
        raise Failed(f"exit status {own[0]}, bare {bare[0]}: "
                     f"{last_line(folder / 'own.err')}")
    lines = bare[1].splitlines(), own[1].splitlines()
    for before, after in zip(*lines):
        if before != after:
            raise Failed(f"prints {after!r}, bare {before!r}")
    if bare[1] != own[1]:
        raise Failed(f"prints {len(lines[1])} lines, bare {len(lines[0])}")


def judge_report(program):
    totals, findings = program.report["totals"], program.report["findings"]
    denied = [row for row in findings if row["denied"]]
    mismatches = [row for row in findings if row["id"] == "RG205"]
    program.wrong += [f"denied: {name_finding(row)}" for row in denied]
    if totals["mismatches"]:
        program.wrong += [f"mismatch: {name_finding(row)}"
                          for row in mismatches]
    for key in ("denied", "mismatches", "lost"):
        if totals[key]:
            program.wrong.append(f"{key}: {totals[key]} calls")
    for finding in program.finds:
        if finding not in (row["id"] for row in findings):
            program.wrong.append(f"{finding} is not found")


def attempt(program, tool, folder):
    program.wrong = []
    try:
        bare = run_bare(program, folder)
        own = run_preloaded(program, tool, folder)
        judge_report(program)
        judge_same(bare, own, folder)
    except Failed as error:
        program.wrong.append(str(error))


def soak(program, tool, folder):
    """One program with one profile."""
    try:
        find_release(program, folder)
        attempt(program, tool, folder)
        for _ in range(1, program.tries):
            if not program.wrong:
                break
            say(f"{program.label}: once more: {'; '.join(program.wrong)}")
            attempt(program, tool, folder)
    except NotRun as error:
        program.not_run = str(error)


# ----------------------------------------------------------------- reporting

def moved(totals):
    return sum(totals["paths"][path]
               for path in ("move", "multi-move", "dontunmap"))


def findings_of(program):
    return ", ".join(f"{row['id']} {row['name']}: {row['count']}"
                     for row in program.report["findings"]) or "-"


def cells(program):
    totals = program.report["totals"]
    return [program.name, program.profile, program.release,
            len(program.report["processes"]), totals["calls"],
            totals["failed"], moved(totals), totals["denied"],
            totals["planned"], totals["racy"], totals["mismatches"],
            totals["lost"], f"{program.took['bare']:.1f}",
            f"{program.took['own']:.1f}", findings_of(program)]


HEADS = ["program", "profile", "version", "processes", "calls", "failed",
         "moved", "denied", "planned", "racy", "mismatches", "lost", "s bare",
         "s", "findings noted"]


def print_table(programs):
    rows = [cells(program) for program in programs if program.report]
    numbers = range(3, len(HEADS) - 1)
    print("| " + " | ".join(HEADS) + " |")
    print("|" + "".join("---:|" if i in numbers else "---|"
                        for i in range(len(HEADS))))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def print_notes(programs):
    """Returns how many passed, failed and were skipped."""
    sums = {"passed": 0, "failed": 0, "skipped": 0}
    for program in programs:
        for wrong in program.wrong:
            print(f"failed: {program.label}: {wrong}")
        if program.not_run:
            print(f"skipped: {program.label}: {program.not_run}")
        sums["failed" if program.wrong else
             "skipped" if program.not_run else "passed"] += 1
    return sums


def progress(program):
    verdict = ("failed" if program.wrong else
               f"skipped: {program.not_run}" if program.not_run else
               f"as bare, {program.report['totals']['calls']} calls")
    say(f"{program.label}: {verdict}")


# ---------------------------------------------------------------------- main

class Parser(argparse.ArgumentParser):
    def error(self, message):
        die(message.removeprefix("argument "))


def profiles(text):
    for name in text.split(","):
        if name not in PROFILES:
            raise argparse.ArgumentTypeError(
                f"{name}: not one of {', '.join(PROFILES)}")
    return text.split(",")


def parse_options(arguments):
    parser = Parser(prog="./dev soak", allow_abbrev=False, description=__doc__,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--build", type=lambda path: pathlib.Path(path).resolve(),
        required=True, help=argparse.SUPPRESS)
    add("--list", action="store_true", help="print the programs' names")
    add("--only", metavar="NAME,…", type=lambda text: text.split(","),
        help="these programs alone")
    add("--options", metavar="STRING", default="",
        help="of the object, besides")
    add("--profile", metavar="NAME,…", type=profiles, default=["hardened"],
        help="profiles, one after the other (hardened); each with "
        "predict=always")
    add("--short", action="store_true", help="with less to do: minutes")
    add("--table", metavar="FILE", default=HERE / "programs.ini",
        help="another table of programs")
    return parser.parse_args(arguments)


def main(arguments):
    options = parse_options(arguments)
    programs = read_programs(options)
    if options.list:
        print("\n".join(dict.fromkeys(row.name for row in programs)))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    tool = str(options.build / "remapguard")
    with tempfile.TemporaryDirectory(prefix="remapguard-soak-") as folder:
        for program in programs:
            soak(program, tool, pathlib.Path(folder))
            progress(program)
    print_table(programs)
    sums = print_notes(programs)
    print(", ".join(f"{number} {kind}" for kind, number in sums.items()))
    return int(sums["failed"] > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
