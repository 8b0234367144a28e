#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check.py: every command that the documentation shows is run, and prints what
is shown below it. TAP; a row is a block, by its page and line.

A page's blocks run one after the other in a directory of the page's own, with
remapguard and the tests' programs on the PATH. What is not run is listed, with
the reason that its mark gives (page.py has the marks)."""

import argparse
import os
import pathlib
import re
import shlex
import subprocess
import tempfile

import page
import shape

SECONDS = 60
AT = "\x01"


class Wrong(Exception):
    """A row fails, and why."""


class Missing(Exception):
    """A row is skipped, and why."""


class Scratch:
    """Where the blocks of one page run: a directory of the page's name, as
    reports show the last part of a source's directory."""

    def __init__(self, directory, page_name, options):
        self.directory = pathlib.Path(directory) / \
            pathlib.Path(page_name).stem.lower()
        self.directory.mkdir()
        self.root = options.root
        self.environment = {
            "PATH": f"{options.bin}:{os.environ['PATH']}", "HOME": directory,
            "LC_ALL": "C.UTF-8", "TERM": "dumb", "TZ": "UTC",
            "SOURCE": str(options.root), "BUILD": str(options.build)}

    def run(self, script):
        """(status, what was printed, as a terminal shows it)"""
        try:
            done = subprocess.run(
                ["sh", "-c", script], cwd=self.directory, timeout=SECONDS,
                env=self.environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except subprocess.TimeoutExpired:
            raise Wrong(f"takes more than {SECONDS} s") from None
        return done.returncode, done.stdout.decode(errors="replace")


def fit(shown, printed, block):
    found = shape.difference(shown, printed, block.mark("numbers vary")
                             is not None)
    if found:
        raise Wrong("prints something else:\n" + "\n".join(found))


def filled_in(text, block):
    """With what the reader has for each placeholder, for the test's part."""
    for pair in shlex.split(block.mark("with") or ""):
        name, _, value = pair.partition("=")
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)",
                      lambda _: value, text)
    return text


def run_script(script, block, scratch):
    want = int(block.mark("exits with") or 0)
    status, printed = scratch.run("set -eu\n" + filled_in(script, block))
    if status != want:
        raise Wrong(f"exits with {status}, not {want}:\n{printed}")
    return printed


def run_session(block, scratch):
    """All in one shell, so that $? and variables last."""
    pairs = page.commands(block.text)
    script = ""
    for command, _ in pairs:
        script += f"{{ s=$?; printf '{AT}'; (exit $s); }}\n"
        script += filled_in(command, block)
    _, printed = scratch.run(script)
    parts = printed.split(AT)[1:]
    if len(parts) != len(pairs):
        raise Wrong(f"ended after {len(parts)} of {len(pairs)} commands:\n"
                    + printed)
    for (command, shown), part in zip(pairs, parts):
        try:
            fit(shown, part, block)
        except Wrong as wrong:
            raise Wrong(f"{command.strip()}: {wrong}") from None


def write_file(block, scratch):
    path = scratch.directory / block.mark("file")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text)


def check_source(block, scratch):
    """Shown in pieces it has … between them."""
    name = block.mark("source")
    text = (scratch.root / name).read_text()
    pattern = r".*?".join(map(re.escape, re.split(r"[ \t]*…\n", block.text)))
    if not re.search(pattern, text, re.S):
        raise Wrong(f"is not in {name}")


def run_block(block, output, scratch):
    for command in block.all("needs"):
        if scratch.run(command)[0]:
            raise Missing(f"needs: {command}")
    for command in block.all("before"):
        status, printed = scratch.run(command)
        if status:
            raise Wrong(f"before: {command}: exits with {status}:\n{printed}")
    if block.hides_commands and not block.mark("run"):
        raise Wrong("has a command, but neither a prompt nor a mark")
    if block.mark("source"):
        check_source(block, scratch)
    if block.mark("file"):
        write_file(block, scratch)
    if block.mark("run"):
        fit(block.text, run_script(block.mark("run"), block, scratch), block)
    elif block.language == "sql":
        raise Wrong("is a query, and has no mark")
    elif block.is_session:
        run_session(block, scratch)
    elif block.has_commands:
        printed = run_script(block.text, block, scratch)
        if output:
            fit(output.text, printed, output)
    for command in block.all("after"):
        status, printed = scratch.run(command)
        if status or printed:
            raise Wrong(f"after: {command}: exits with {status}:\n{printed}")


def is_row(block):
    return block.has_commands or block.hides_commands or any(
        block.mark(kind) is not None for kind in ("run", "before", "file", "source",
                                         "not run"))


def first_line(block):
    return block.mark("run") or block.mark("file") or \
        block.text.split("\n")[0].strip()


class Tap:
    def __init__(self):
        self.rows = self.failed = 0
        self.not_run = []

    def row(self, name, check, *arguments):
        self.rows += 1
        name = name.replace("#", "")
        try:
            check(*arguments)
        except Missing as missing:
            print(f"ok {self.rows} - {name} # SKIP {missing}", flush=True)
            return
        except (Wrong, OSError, ValueError) as wrong:
            self.failed += 1
            print(f"not ok {self.rows} - {name}")
            for line in str(wrong).splitlines():
                print(f"# {line}", flush=True)
            return
        print(f"ok {self.rows} - {name}", flush=True)


def refuse(why):
    raise Wrong(why)


def check_page(name, options, tap):
    try:
        found = list(page.blocks(name, (options.root / name).read_text()))
    except ValueError as wrong:
        tap.row(name, refuse, wrong)
        return
    with tempfile.TemporaryDirectory() as directory:
        scratch = Scratch(directory, name, options)
        for block, after in zip(found, found[1:] + [None]):
            if not is_row(block):
                continue
            label = f"{name}:{block.line} {first_line(block)}"
            if block.mark("not run") == "":
                tap.row(label, refuse, "not run, and no reason given")
                continue
            if block.mark("not run"):
                tap.not_run.append(f"{label}: {block.mark('not run')}")
                continue
            output = after if after and after.follows and \
                after.is_output and not is_row(after) else None
            tap.row(label, run_block, block, output, scratch)


# ------------------------------------------------------- what --help has

def options_of(options, verb):
    text = subprocess.run([options.cli, verb, "--help"], check=True,
                          capture_output=True, text=True).stdout
    return set(re.findall(r"(?<![\w-])--[a-z][-a-z]*", text))


def verbs_of(options):
    text = subprocess.run([options.cli, "--help"], check=True,
                          capture_output=True, text=True).stdout
    return re.findall(r"^  ([a-z]+)  ", text, re.M)


def use_block(options):
    for block in page.blocks("README.md",
                             (options.root / "README.md").read_text()):
        if block.text.startswith("remapguard run [-o DIR]"):
            return block.text
    raise Wrong("README.md has no block of what there is to use")


def check_use(options, verb, known):
    """Use has each option of the verb's, and no other."""
    parts = re.split(r"^remapguard ", use_block(options), flags=re.M)
    shown = [part for part in parts if part.split(" ")[0] == verb]
    if len(shown) != 1:
        raise Wrong(f"README.md shows it {len(shown)} times")
    shown = set(re.findall(r"(?<![\w-])--[a-z][-a-z]*", shown[0]))
    # -o DIR is written short
    known = known - {"--help", "--output"}
    if shown != known:
        raise Wrong(f"not in README.md: {sorted(known - shown)}; "
                    f"not in --help: {sorted(shown - known)}")


CALL = re.compile(r"(?<![/\w])remapguard ([a-z]+)((?:[ \n][^\n|;&`)]*)?)")


def check_options_exist(name, options, known):
    """Of `remapguard VERB ...' anywhere in the page, up to --."""
    text = (options.root / name).read_text()
    text = re.sub(r"(?m)^Usage:.*$", "", text)
    code = re.findall(r"`([^`]+)`", text.replace("```", "\0"))
    code += [block.text for block in page.blocks(name, text)
             if block.has_commands]
    wrong = []
    for piece in code:
        for verb, rest in CALL.findall(piece.replace("\\\n", " ")):
            if verb not in known:
                wrong.append(f"no such verb: remapguard {verb}")
                continue
            given = re.findall(r"(?<!\S)\[?(--[a-z][-a-z]*)",
                               re.split(r" -- ", rest)[0])
            wrong += [f"no such option: remapguard {verb} {option}"
                      for option in given if option not in known[verb]]
    if wrong:
        raise Wrong("\n".join(sorted(set(wrong))))


def check_dev(name, options):
    text = (options.root / name).read_text()
    known = subprocess.run([options.root / "dev", "help"], check=True,
                           capture_output=True, text=True).stdout
    known = set(re.findall(r"^  ([a-z-]+) ", known, re.M))
    wrong = set(re.findall(r"\./dev ([a-z][-a-z]*)", text)) - known
    if wrong:
        raise Wrong(f"no verbs of ./dev: {sorted(wrong)}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--cli", type=pathlib.Path, required=True)
    parser.add_argument("--program", action="append", default=[],
                        type=pathlib.Path, help="one for the PATH")
    parser.add_argument("--only", help="one page")
    options = parser.parse_args()
    options.root = options.root.resolve()
    options.cli = options.cli.resolve()
    options.build = options.cli.parent
    names = ["README.md", "CONTRIBUTING.md"] + sorted(
        str(path.relative_to(options.root))
        for path in (options.root / "docs").glob("*.md"))
    tap = Tap()
    with tempfile.TemporaryDirectory() as bin_dir:
        for program in [options.cli, *options.program]:
            (pathlib.Path(bin_dir) / program.name).symlink_to(
                program.resolve())
        options.bin = bin_dir
        for name in names:
            if options.only in (None, name):
                check_page(name, options, tap)
        verbs = verbs_of(options)
        known = {verb: options_of(options, verb) | {"--help"}
                 for verb in verbs}
        for verb in verbs:
            tap.row(f"README.md: Use has remapguard {verb}", check_use,
                    options, verb, known[verb])
        for name in names:
            tap.row(f"{name}: verbs and options exist", check_options_exist,
                    name, options, known)
            tap.row(f"{name}: verbs of ./dev exist", check_dev, name, options)
    print(f"1..{tap.rows}")
    print("# not run:")
    for line in tap.not_run:
        print(f"#   {line}")
    return tap.failed != 0


if __name__ == "__main__":
    raise SystemExit(main())
