#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-harness.py: check.py finds what is wrong with a page. Each row is a page
and which of its rows should fail. TAP."""

import argparse
import contextlib
import io
import pathlib
import tempfile

import check

SAYS = "```\n$ echo calls: {}\n{}```\n"

# name, page, what is said of the first row: "ok", "not run" or why it fails
ROWS = [
    ("what is shown", SAYS.format(3, "calls: 3\n"), "ok"),
    ("something else", SAYS.format(3, "calls: 4\n"), "-calls: 4"),
    ("nothing is shown", SAYS.format(3, ""), "+calls: 3"),
    ("nothing is printed", "```\n$ true\ncalls: 3\n```\n", "-calls: 3"),
    ("the page and the line", "#\n\n" + SAYS.format(3, ""),
     "not ok 1 - README.md:3 $ echo"),
    ("an address, a time, a process, a version",
     SAYS.format("0x7f0000001000 3.1 us pid 1 6.1.2-amd64",
                 "calls: 0x55d0a0003000 1,200 ns pid 22 6.18.44\n"), "ok"),
    ("a count is no address", SAYS.format("0x10", "calls: 0x20\n"),
     "-calls: 0x20"),
    ("numbers vary, and words do not", "<!-- numbers vary -->\n" +
     SAYS.format("3 of 4", "calls: 1.5 GiB, 7\n"), "-calls: SIZE, N"),
    ("numbers vary, and fit", "<!-- numbers vary -->\n" +
     SAYS.format("3.0 MiB, 4", "calls: 1.5 GiB, 7\n"), "ok"),
    ("lines are left out", "```\n$ seq 11 20\n11\n…\n15\n...\n20\n```\n", "ok"),
    ("an end is left out", "```\n$ seq 11 20\n11\n…\n```\n", "ok"),
    ("a line that never comes",
     "```\n$ seq 11 20\n11\n…\n25\n…\n```\n", "-25"),
    ("part of a line is left out", SAYS.format("3 4 5", "calls: 3…5\n"), "ok"),
    ("a script and what it prints", "```sh\necho a\n```\n\n```\na\n```\n",
     "ok"),
    ("a script prints something else",
     "```sh\necho a\n```\n```\nb\n```\n", "+a"),
    ("a script fails halfway", "```sh\nfalse\ntrue\n```\n",
     "exits with 1, not 0"),
    ("a script that should fail",
     "<!-- exits with 3 -->\n```sh\nexit 3\n```\n", "ok"),
    ("standard error is shown as well", "```\n$ echo a >&2\na\n```\n", "ok"),
    ("statuses last", "```\n$ (exit 3)\n$ echo $?\n3\n```\n", "ok"),
    ("a command that goes on", "```\n$ echo a \\\n> b\na b\n```\n", "ok"),
    ("a session that ends early", "```\n$ exit 3\n$ echo a\na\n```\n",
     "ended after 1 of 2 commands"),
    ("a hidden command", "<!-- run: echo a -->\n```\na\n```\n", "ok"),
    ("a hidden command prints something else",
     "<!-- run: echo b -->\n```\na\n```\n", "+b"),
    ("something goes before",
     "<!-- before: echo a > f -->\n```\n$ cat f\na\n```\n", "ok"),
    ("what goes before fails",
     "<!-- before: false -->\n```\n$ echo a\na\n```\n", "before: false"),
    ("something is right after it", "<!-- file: f -->\n"
     "<!-- after: grep -q a f -->\n```ini\na = b\n```\n", "ok"),
    ("something is wrong after it", "<!-- file: f -->\n"
     "<!-- after: grep -q c f -->\n```ini\na = b\n```\n",
     "after: grep -q c f: exits with 1"),
    ("something is said after it",
     "<!-- after: echo a -->\n```sh\ntrue\n```\n", "exits with 0:"),
    ("a placeholder", "<!-- with: PROGRAM='echo a' -->\n"
     "```sh\nPROGRAM\n```\n```\na\n```\n", "ok"),
    ("a file, and who reads it",
     "<!-- file: f -->\n```ini\na = b\n```\n```\n$ cat f\na = b\n```\n", "ok"),
    ("part of a source",
     "<!-- source: some.c -->\n```c\none\n…\nthree\n```\n", "ok"),
    ("another source",
     "<!-- source: some.c -->\n```c\none\nthree\n```\n",
     "is not in some.c"),
    ("not run", "<!-- not run: too long -->\n```sh\nsleep 9\n```\n",
     "sleep 9: too long"),
    ("not run, for no reason", "<!-- not run: -->\n```sh\ntrue\n```\n",
     "no reason given"),
    ("a mark that is none", "<!-- not-run: too long -->\n```sh\nfalse\n```\n",
     "exits with 1"),
    ("a mark for another block",
     "<!-- not run: too long -->\n```sh\nfalse\n```\n\n```sh\nexit 4\n```\n",
     "exits with 4"),
    ("a command without a prompt", "```\nremapguard report t\n```\n",
     "neither a prompt nor a mark"),
    ("a command in mid-block", "```\nso:\n$ true\n```\n",
     "neither a prompt nor a mark"),
    ("a query without a mark", "```sql\nselect 1;\n```\n",
     "is a query, and has no mark"),
    ("a fence without its end", "```sh\ntrue\n", "without its end"),
    ("needed, and there", "<!-- needs: true -->\n```\n$ echo a\na\n```\n",
     "ok"),
    ("needed, and not there",
     "<!-- needs: false -->\n```\n$ echo a\nb\n```\n", "# SKIP needs: false"),
    ("an option that is none", "`remapguard report --colour t`\n",
     "no such option: remapguard report --colour"),
    ("an option of the program's own",
     "`remapguard run -- ls --colour`\n", "ok"),
    ("a verb that is none", "`remapguard repeat t`\n",
     "no such verb: remapguard repeat"),
    ("a verb of ./dev that is none", "`./dev tset`\n", "['tset']"),
    ("an option that Use lacks",
     "<!-- not run: use -->\n```sh\nremapguard run [-o DIR] -- P\n```\n",
     "not in README.md: ['--force']"),
    ("an option that Use has alone", "<!-- not run: use -->\n```sh\n"
     "remapguard run [-o DIR] [--force] [--fast] -- P\n```\n",
     "not in --help: ['--fast']"),
    ("all options in Use", "<!-- not run: use -->\n```sh\n"
     "remapguard run [-o DIR] [--force] -- P\n```\n", "ok"),
]

KNOWN = {"report": {"--format"}, "run": {"--force"}}


def said_of(text):
    """What check.py says of a page of that text."""
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        (root / "bin").mkdir()
        (root / "README.md").write_text(text)
        (root / "some.c").write_text("one\ntwo\nthree\n")
        (root / "dev").write_text("#!/bin/sh\necho '  test  every test'\n")
        (root / "dev").chmod(0o755)
        options = argparse.Namespace(root=root, bin=root / "bin", build=root)
        tap = check.Tap()
        with contextlib.redirect_stdout(io.StringIO()) as said:
            check.check_page("README.md", options, tap)
            tap.row("options", check.check_options_exist, "README.md",
                    options, KNOWN)
            tap.row("dev", check.check_dev, "README.md", options)
            if "[-o DIR]" in text:
                tap.row("use", check.check_use, options, "run", KNOWN["run"])
        return said.getvalue() + "\n".join(tap.not_run)


def judge(said, want):
    """What is wrong, if anything."""
    if want == "ok":
        return [line for line in said.splitlines() if line.startswith("not")]
    return [] if want in said else ["not said: " + want]


def main():
    failed = 0
    print(f"1..{len(ROWS)}")
    for number, (name, text, want) in enumerate(ROWS, 1):
        said = said_of(text)
        wrong = judge(said, want)
        failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {name}", flush=True)
        for line in wrong and wrong + said.splitlines():
            print(f"# {line}", flush=True)
    return failed != 0


if __name__ == "__main__":
    raise SystemExit(main())
