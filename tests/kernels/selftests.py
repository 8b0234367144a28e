#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the kernel's own tests of mremap and mseal bare and under the object:
the verdicts must be the same, and what the object has recorded must agree
with the kernel and with strace.

The tests are GPL: they come from Debian's archive into the cache, are built
in a temporary folder, and are never a part of this tree.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

import images
from images import NotRun

# What is known to work, or else the newest that all packages have.
VERSION = "6.12.117-1"
SUITES = ["trixie-security", "trixie"]
SOURCE, HEADERS = "linux-source-6.12", "linux-libc-dev"
SELFTESTS = "tools/testing/selftests"

# name: arguments. mremap_test compares 4 MB of each range, unless told, and
# fills them with what -p seeds.
TESTS = {"mremap_test": ["-p", "1"], "mremap_dontunmap": [], "mseal_test": []}
OPTIONS = ["predict=auto", "predict=always"]
SECONDS = 300

TAP = re.compile(r"^(ok|not ok) \d+ (?:- )?(.*)$", re.MULTILINE)


class Failed(Exception):
    """What is wrong with a test under the object."""


def say(text):
    print(f"selftests: {text}", file=sys.stderr, flush=True)


def run(command, **others):
    try:
        return subprocess.run(command, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=SECONDS,
                              check=False, **others)
    except OSError as error:
        raise NotRun(f"{command[0]}: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise Failed(f"{command[0]}: not done in {SECONDS} s") from error


def must_run(command):
    done = run(command)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["nothing said"]
        raise NotRun(f"{command[0]}: {said[0]}")
    return done.stdout.strip()


# ------------------------------------------------------------------ fetching

def versions(arch, suite):
    """What a suite has of both packages: tests go with their own headers."""
    table = images.apt(arch, suite, "apt-cache", "madison", SOURCE, HEADERS)
    rows = [[cell.strip() for cell in line.split("|")]
            for line in table.splitlines() if "|" in line]
    return ({row[1] for row in rows if row[0] == SOURCE} &
            {row[1] for row in rows if row[0] == HEADERS})


def choose(arch):
    """The version that is known to work or else the newest, and its suite."""
    found, errors = [], []
    for suite in SUITES:
        errors.append(images.update(arch, suite))
        if not errors[-1]:
            found += [(version, suite) for version in versions(arch, suite)]
    if found:
        return max(found, key=lambda row: (row[0] == VERSION,
                                           images.by_numbers(row[0])))
    nothing = f"{' '.join(SUITES)}: no {SOURCE} with its {HEADERS}"
    raise NotRun(next(filter(None, errors), nothing))


def take_sources(archive, folder):
    """The tests, and the headers that they may include."""
    wanted = re.compile(rf"[^/]*/{SELFTESTS}/((?:mm/)?[^/]*\.h"
                        rf"|mm/(?:{'|'.join(TESTS)}|vm_util)\.c)")
    with tarfile.open(fileobj=archive, mode="r|xz") as files:
        for member in files:
            match = wanted.fullmatch(member.name)
            if match and member.isfile():
                target = folder / match[1]
                target.parent.mkdir(parents=True, exist_ok=True)
                with open(target, "wb") as out:
                    shutil.copyfileobj(files.extractfile(member), out)


def unpack_sources(package, folder):
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package],
                          stdout=subprocess.PIPE) as unpacking:
        try:
            with tarfile.open(fileobj=unpacking.stdout, mode="r|") as files:
                for member in files:
                    if member.name.endswith(f"/{SOURCE}.tar.xz"):
                        take_sources(files.extractfile(member), folder)
                        return
        finally:
            unpacking.kill()
    raise NotRun(f"{package.name}: no sources in it")


def unpack(partial, target):
    """Both packages; they get their name when they are whole."""
    whole = partial / "whole"
    unpack_sources(next(partial.glob(f"{SOURCE}_*.deb")), whole / "selftests")
    must_run(["dpkg-deb", "--extract",
              str(next(partial.glob(f"{HEADERS}_*.deb"))),
              str(whole / "headers")])
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(whole, target)


def cached(version):
    return images.CACHE / "selftests" / version


def fetch(arch):
    with images.fetching() as partial:
        version, suite = choose(arch)
        if version != VERSION:
            say(f"{VERSION} is gone: taking {version}")
        if not cached(version).exists():
            say(f"fetching {SOURCE} and {HEADERS} {version} from {suite}")
            images.apt(arch, suite, "apt-get", "download",
                       f"{SOURCE}={version}", f"{HEADERS}={version}")
            unpack(partial, cached(version))
        return cached(version)


def find():
    """The folder of the tests. Where nothing can be fetched, another version
    that is in the cache will do."""
    if cached(VERSION).exists():
        return cached(VERSION)
    try:
        return fetch(must_run(["dpkg", "--print-architecture"]))
    except (NotRun, OSError, tarfile.TarError) as error:
        others = sorted(cached("").glob("*"),
                        key=lambda path: images.by_numbers(path.name))
        if not others:
            raise NotRun(str(error)) from error
        say(f"{error}: taking {others[-1].name}")
        return others[-1]


# ------------------------------------------------------------------- running

def build(source, name, folder):
    """As the tests' own Makefile does, with the headers of their kernel."""
    include = source / "headers/usr/include"
    multiarch = must_run(["gcc", "-print-multiarch"])
    must_run(["gcc", "-O2", "-D_GNU_SOURCE=", "-isystem", str(include),
              "-isystem", str(include / multiarch),
              "-o", str(folder / name),
              str(source / "selftests/mm" / f"{name}.c"),
              str(source / "selftests/mm/vm_util.c"), "-lrt", "-lpthread"])
    return [str(folder / name), *TESTS[name]]


def verdicts(done):
    """(ok or not, name) of each line, and the exit status; a skip and an
    expected failure are part of the name."""
    return TAP.findall(done.stdout), done.returncode


def run_bare(command):
    bare = verdicts(run(command))
    if not bare[0]:
        raise NotRun(f"no verdicts, exit status {bare[1]}")
    return bare


def count_calls(command, folder):
    """What strace counts, of children too."""
    log = folder / "strace"
    done = run(["strace", "-f", "-e", "trace=mremap", "-o", str(log),
                *command])
    if not log.exists():
        raise NotRun(f"strace: exit status {done.returncode}")
    return log.read_text(encoding="utf-8", errors="replace").count("mremap(")


def run_preloaded(options, command, extra, folder):
    """Its verdicts, and the totals of the report."""
    tool = str(options.build / "remapguard")
    trace = folder / "trace"
    shutil.rmtree(trace, ignore_errors=True)
    done = run([tool, "run", "--quiet", "-o", str(trace),
                f"--options={extra}", "--", *command])
    report = run([tool, "report", "--format=json", str(trace)])
    if report.returncode:
        raise Failed(f"the report failed: {report.stderr.strip()}")
    return verdicts(done), json.loads(report.stdout)["totals"]


# ------------------------------------------------------------------- judging

def judge_verdicts(bare, own):
    if bare[1] != own[1]:
        raise Failed(f"exit status {own[1]}, bare {bare[1]}")
    for before, after in zip(bare[0], own[0]):
        if before != after:
            raise Failed(f"\"{' '.join(after)}\", bare \"{' '.join(before)}\"")
    if len(bare[0]) != len(own[0]):
        raise Failed(f"{len(own[0])} verdicts, bare {len(bare[0])}")


def judge_totals(totals, calls):
    for key, wanted in {"calls": calls, "mismatches": 0, "lost": 0}.items():
        if totals[key] != wanted:
            raise Failed(f"{key}: {totals[key]} instead of {wanted}")


def judge(options, command, extra, folder):
    """One test with one option; returns what was seen."""
    bare = run_bare(command)
    calls = count_calls(command, folder)
    own, totals = run_preloaded(options, command, extra, folder)
    judge_verdicts(bare, own)
    judge_totals(totals, calls)
    bad = sum(verdict != "ok" for verdict, _ in bare[0])
    return (f"{len(bare[0])} verdicts as bare, {bad} of them not ok; "
            f"{calls} calls as by strace, {totals['planned']} planned, "
            f"{totals['unknown']} with unknowns, 0 mismatches, 0 lost")


def judge_all(options, folder):
    """(kind, name, what was seen or why not) of each test with each option."""
    source, nothing = None, ""
    try:
        source = find()
    except NotRun as error:
        nothing = str(error)
    for name in TESTS:
        for extra in OPTIONS:
            try:
                if nothing:
                    raise NotRun(nothing)
                command = build(source, name, folder)
                seen = judge(options, command, extra, folder)
                yield "passed", f"{name}, {extra}", seen
            except NotRun as error:
                yield "skipped", f"{name}, {extra}", error
            except Failed as error:
                yield "failed", f"{name}, {extra}", error


# ---------------------------------------------------------------------- main

LABELS = {"passed": "ok", "failed": "failed", "skipped": "not run"}


def parse_options(arguments):
    parser = argparse.ArgumentParser(
        prog="./dev selftests", description=__doc__, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=lambda p: pathlib.Path(p).resolve(),
                        required=True, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments):
    options = parse_options(arguments)
    sums = dict.fromkeys(LABELS, 0)
    with tempfile.TemporaryDirectory(prefix="remapguard-selftests-") as folder:
        for kind, name, what in judge_all(options, pathlib.Path(folder)):
            print(f"{LABELS[kind]}: {name}: {what}", flush=True)
            sums[kind] += 1
    print(", ".join(f"{number} {kind}" for kind, number in sums.items()))
    return int(sums["failed"] > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
