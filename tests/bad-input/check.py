#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check.py: whatever is wrong with what the command is given, it says so in one
line, `remapguard: WHAT: WHY', exits as it should, prints nothing else, and
leaves every file as it was. TAP; a row is a command."""

import argparse
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

FORMATS = ["text", "json", "folded", "perfetto", "csv", "sarif", "html"]
SECONDS = 60

# What reads traces: %s stands for one that is bad.
READERS = [["report", f"--format={name}", "%s"] for name in FORMATS] + [
    ["report", "good", "%s"],
    ["export", "%s"],
    ["export", "--rows=events,sites,processes", "good", "%s"],
    ["explain", "--event=1", "%s"],
    ["explain", "--json", "--event=1", "%s"],
    ["diff", "%s", "good"],
    ["diff", "good", "%s"],
    ["diff", "--json", "good", "%s"],
]

# What writes, all of it to standard output.
WRITERS = [["report", f"--format={name}", "good"] for name in FORMATS] + [
    ["export", "good"],
    ["diff", "good", "good"],
    ["diff", "--json", "good", "good"],
    ["explain", "--event=1", "good"],
    ["explain", "RG101"],
    ["explain", "--json", "crosses-vma"],
    ["predict", "4K", "4K", "4K", "0"],
    ["predict", "--json", "4K", "4K", "4K", "0"],
    ["list", "findings"],
    ["list", "--json", "kernels"],
    ["policy", "compile", "policy"],
    ["doctor"],
    ["doctor", "--json"],
    ["top", "--count=1", "--interval=0.1", "good"],
    ["--help"],
    ["--version"],
]

# What writes to a file of a name: %s stands for it.
TO_FILES = [["report", f"--format={name}", "-o", "%s", "good"]
            for name in FORMATS] + [
    ["export", "-o", "%s", "good"],
    ["policy", "compile", "-o", "%s", "policy"],
]

# To a directory.
TO_DIRECTORIES = [
    ["run", "-o", "%s", "--", "true"],
    ["run", "--exhaust", "-o", "%s", "--", "true"],
    ["run", "--coverage=all", "-o", "%s", "--", "true"],
]

# Options with values that are none; %s stands for each.
VALUES = [
    (["report", "--format=%s", "good"], ["", "xml", "JSON", "html,csv"]),
    (["report", "--format=folded", "--by=%s", "good"], ["", "size"]),
    (["export", "--format=%s", "good"], ["", "csv"]),
    (["export", "--rows=%s", "good"], ["", ",", "sites,", "calls"]),
    (["diff", "--tolerance=%s", "good", "good"],
     ["", "-1", "x", "1x", "nan", "inf", "1e999"]),
    (["diff", "--fail-on=%s", "good", "good"], ["", "any"]),
    (["explain", "--event=%s", "good"],
     ["", "0", "-1", "x", "1.5", "0x1", "99999999999999999999999"]),
    (["top", "--interval=%s", "good"], ["", "0", "-1", "x", "1e9", "nan"]),
    (["top", "--count=%s", "good"],
     ["", "0", "-1", "x", "99999999999999999999"]),
    (["top", "--sites=%s", "good"], ["", "0", "-1", "x"]),
    (["top", "--sort=%s", "good"], ["", "time"]),
    (["run", "--profile=%s", "--", "true"], ["", "lax", "STRICT"]),
    (["run", "--stacks=%s", "--", "true"], ["", "dwarf"]),
    (["run", "--coverage=%s", "--", "true"], ["", "none"]),
    (["run", "--enforce=%s", "--", "true"], ["", "none"]),
    (["run", "--seed=%s", "--", "true"],
     ["", "-1", "x", "99999999999999999999999"]),
    (["run", "--exhaust=%s", "--", "true"], ["", "0", "5", "x"]),
    (["run", "--set=%s", "--", "true"],
     ["", "clobber", "=deny", "clobber=", "RG999=deny", "clobber=deny EFOO"]),
    (["run", "--inject=%s", "--", "true"],
     ["", "nth=1", "errno=EFOO", "errno=ENOMEM,nth=0", "delay=1",
      "errno=ENOMEM,prob=2"]),
    (["run", "--fail-on=%s", "--", "true"], ["", ",", "hazards", "RG999", "any,x"]),
    (["run", "--options=%s", "--", "true"],
     ["no-such=1", "verbose=x", "max-trace=-1", "quarantine=x", "stacks"]),
    (["predict", "--kernel=%s", "4K", "4K", "4K", "0"],
     ["", "x", "5", "2.6.32", "G9"]),
    (["predict", "%s", "4K", "4K", "0"],
     ["", "0x", "x", "4KK", "0x1ffffffffffffffff"]),
    (["predict", "4K", "%s", "4K", "0"], ["", "1T", "4 K"]),
    (["predict", "4K", "4K", "4K", "%s"], ["", "|", "MAYMOVE|", "maymove"]),
]

USAGE = [  # what is asked for is not clear: status 2
    [], ["frobnicate"], [""], ["-x"], ["--frobnicate"], ["REPORT", "good"],
    ["report"], ["export"], ["explain"], ["diff"], ["diff", "good"],
    ["diff", "good", "good", "good"], ["top"], ["top", "good", "good"],
    ["policy"], ["policy", "check"], ["policy", "apply", "policy"],
    ["policy", "check", "policy", "policy"], ["list"], ["list", ""],
    ["list", "flags"], ["list", "checks", "kernels"], ["doctor", "host"],
    ["predict"], ["predict", "4K"], ["predict", "1", "2", "3", "4", "5", "6"],
    ["explain", "RG999"], ["explain", "RG101", "RG102"], ["explain", ""],
    ["run"], ["run", "--"], ["report", "--format"], ["run", "-o"],
    ["run", "--quiet=yes", "--", "true"],
] + [[verb, "--frobnicate"] for verb in
     ("run", "report", "top", "explain", "predict", "diff", "export",
      "policy", "doctor", "list")]

FILES = [  # a file that is needed is none: what reads it, and its status
    (["policy", "check", "%s"], 1),
    (["policy", "compile", "%s"], 1),
    (["predict", "--maps=%s", "4K", "4K", "4K", "0"], 1),
    (["predict", "--limits=%s", "4K", "4K", "4K", "0"], 1),
    (["run", "--policy=%s", "--", "true"], 2),
    (["run", "--suppress=%s", "--", "true"], 2),
]
NO_FILES = ["", "nowhere", ".", "policy/x", "new\nline", "binary", "endless"]

PROGRAMS = [("nowhere", 127), ("./nowhere", 127), ("", 127), (".", 126),
            ("./policy", 126)]


# ------------------------------------------------------------ what is there

def write(path, data):
    path.write_bytes(data)


def change(trace, name, edit):
    """Of the first file of the trace whose name begins so."""
    path = sorted(trace.glob(name + "*"))[0]
    write(path, edit(path.read_bytes()))


NOISE = bytes(range(256)) * 256

# How a trace is made a bad one: name, which of its files, and what becomes
# of what is in it.
DAMAGE = [
    ("cut-stream", "stream-", lambda data: data[:100]),
    ("cut-header", "stream-", lambda data: data[:10]),
    ("empty-stream", "stream-", lambda _: b""),
    ("noise-stream", "stream-", lambda data: NOISE[:len(data)]),
    ("noise-events", "stream-", lambda data: data[:48] + NOISE),
    ("empty-metadata", "metadata", lambda _: b""),
    ("noise-metadata", "metadata", lambda _: NOISE),
    ("cut-metadata", "metadata", lambda data: data[:len(data) // 2]),
    ("foreign-metadata", "metadata",
     lambda _: b"/* CTF 1.8 */\ntrace { major = 1; minor = 8; };\n"),
    ("noise-processes", ".processes", lambda _: NOISE),
    ("cut-processes", ".processes", lambda data: data[:8]),
]


def make_traces(work, make_fleet):
    subprocess.run([make_fleet, "fleet", work], check=True)
    shutil.move(work / "web1/shop.trace", work / "good")
    for host in "web1", "web2", "db1":
        shutil.rmtree(work / host)
    for name, file, edit in DAMAGE:
        shutil.copytree(work / "good", work / name)
        change(work / name, file, edit)
    (work / "empty").mkdir()
    (work / "dangling").symlink_to("nowhere")


BAD_TRACES = ["", "nowhere", "nowhere/below", "policy", "policy/below",
              "empty", ".", "dangling", "new\nline"] + [
                  name for name, _, _ in DAMAGE]


def make_work(work, make_fleet):
    make_traces(work, make_fleet)
    write(work / "policy", b"[findings]\nclobber = deny\n")
    write(work / "binary", b"a\0b\n")
    (work / "endless").symlink_to("/dev/zero")
    write(work / "kept", b"keep me\n")
    (work / "kept-directory").mkdir()
    write(work / "kept-directory/file", b"keep me\n")


def picture(work):
    """Every name and what is in it."""
    found = {}
    for path in sorted(work.rglob("*")):
        if path.is_symlink():
            found[str(path)] = os.readlink(path)
        elif path.is_file():
            found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            found[str(path)] = "directory"
    return found


# --------------------------------------------------------------- the rows

def fill(command, value):
    return [word.replace("%s", value) for word in command]


def of_option(command, value):
    """What the line should name: --kernel=x, or x where it is no option."""
    word = next(word for word in command if "%s" in word)
    return word.replace("%s", value).split("=")[0] if "=" in word else value


def rows():
    """(command, status, what its line must name, standard output)"""
    for command in USAGE:
        yield command, 2, "", None
    for command, values in VALUES:
        for value in values:
            yield fill(command, value), 2, "", None
    for command in READERS:
        for trace in BAD_TRACES:
            yield fill(command, trace), 1, trace, None
    for trace in BAD_TRACES:
        if not trace.endswith("-stream") and trace not in (
                "noise-events", "cut-header"):
            yield ["top", "--count=1", trace], 1, trace, None
    for command in WRITERS:
        yield command, 1, "standard output", "/dev/full"
        yield command, 1, "standard output", "closed"
    for command in TO_FILES:
        for name in ("", "kept", "kept-directory", "nowhere/below",
                     "policy/below", "/dev/full", "/proc/below"):
            yield fill(command, name), 1, name, None
        for name in ("", "kept-directory", "nowhere/below", "/dev/full"):
            yield fill(command, name) + ["--force"], 1, name, None
        if command[0] == "policy":
            continue
        for trace in BAD_TRACES:
            yield [*fill(command[:-1], "kept"), "--force", trace], 1, trace, \
                None
    for command in TO_DIRECTORIES:
        for name in ("", "kept", "kept-directory", "good", "nowhere/below",
                     "policy/below", "/proc/below", "/dev/full"):
            yield fill(command, name), 1, name, None
        for name in ("", "kept", "kept-directory", "nowhere/below"):
            yield fill(command[:1] + ["--force"] + command[1:], name), 1, \
                name, None
    for command, status in FILES:
        for name in NO_FILES:
            yield fill(command, name), status, name, None
    for program, status in PROGRAMS:
        yield ["run", "-o", "started", "--", program], status, program, None


def label(command, output):
    words = [repr(word) if not re.fullmatch(r"[-\w./=,|]+", word) else word
             for word in command]
    return " ".join(["remapguard", *words] + ([f"> {output}"] if output
                                              else []))


LINE = re.compile(r"remapguard: [^\n]*\S: \S[^\n]*\n|"
                  r"remapguard: [a-z]+: [^\n]+\n")


def call(cli, command, output, work):
    redirect = {None: "", "closed": ">&-"}.get(output, f">{output}")
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {redirect}', "sh", cli, *command], cwd=work,
        capture_output=True, text=True, errors="replace", timeout=SECONDS,
        stdin=subprocess.DEVNULL, env={"PATH": "/usr/bin:/bin",
                                       "LC_ALL": "C"})


def faults(done, status, names):
    if done.returncode != status:
        yield f"status {done.returncode}, not {status}"
    if done.stdout:
        yield f"standard output: {done.stdout[:200]!r}"
    if not LINE.fullmatch(done.stderr):
        yield "not one line `remapguard: WHAT: WHY'"
    shown = names.replace("\n", "?") or "''"
    if names and shown not in done.stderr:
        yield f"does not name {shown}"
    if re.search(r": :|remapguard: :", done.stderr):
        yield "names nothing"


def check(cli, row, work, before):
    command, status, names, output = row
    done = call(cli, command, output, work)
    found = list(faults(done, status, names))
    after = picture(work)
    if after != before:
        changed = [os.path.relpath(path, work) for path in before | after
                   if before.get(path) != after.get(path)]
        found.append(f"files are other than before: {changed[:5]}")
    return found and found + ["it said: " + line
                              for line in done.stderr.splitlines()[:5]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cli", required=True, type=pathlib.Path)
    parser.add_argument("--make-fleet", required=True, type=pathlib.Path)
    options = parser.parse_args()
    failed = number = 0
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        make_work(work, options.make_fleet.resolve())
        before = picture(work)
        for number, row in enumerate(rows(), 1):
            found = check(options.cli.resolve(), row, work, before)
            failed += bool(found)
            name = label(row[0], row[3])
            print(f"{'not ok' if found else 'ok'} {number} - {name}",
                  flush=True)
            for line in found:
                print(f"# {line}", flush=True)
            if any("files are" in line for line in found):
                before = picture(work)
    print(f"1..{number}")
    return failed != 0


if __name__ == "__main__":
    raise SystemExit(main())
