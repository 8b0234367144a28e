#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check.py: what bash, zsh and fish complete. TAP; a shell that is not there is
skipped, and named.
"""

import argparse
import json
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time

SECONDS = 20  # for one answer

# name, line, words wanted: all there are; with "..." there may be others; and
# a word behind "!" must not be there, while others may
ROWS = [
    ("verbs", "remapguard ",
     "run report top explain predict diff export policy doctor list ..."),
    ("a verb", "remapguard ex", "explain export"),
    ("version", "remapguard --v", "--version"),
    ("options of report", "remapguard report --",
     "--format --by --output --force --help"),
    ("an option", "remapguard report --fo", "--format --force"),
    ("none of another verb", "remapguard doctor --", "--json --help"),
    ("formats", "remapguard report --format=",
     "--format=text --format=json --format=folded --format=perfetto "
     "--format=csv --format=sarif --format=html"),
    ("a format, begun", "remapguard report --format=js", "--format=json"),
    ("a format, as the next word", "remapguard report --format js", "json"),
    ("weights", "remapguard report --by=",
     "--by=calls --by=failed --by=moves --by=bytes --by=time"),
    ("a trace", "remapguard report a", "a.trace"),
    ("traces", "remapguard report a.trace ", "a.trace b.trace !policy.ini"),
    ("a trace behind options", "remapguard report --format=json -o x ",
     "a.trace b.trace !policy.ini"),
    ("an output", "remapguard report -o p", "policy.ini"),
    ("an output of the same word", "remapguard report --output=p",
     "--output=policy.ini"),
    ("rows", "remapguard export --rows=",
     "--rows=events --rows=sites --rows=processes"),
    ("more rows", "remapguard export --rows=events,s", "--rows=events,sites"),
    ("a format of rows", "remapguard export --format=", "--format=jsonl"),
    ("orders", "remapguard top --sort=",
     "--sort=calls --sort=failed --sort=bytes"),
    ("a trace to look at", "remapguard top b", "b.trace"),
    ("a process to look at", f"remapguard top {os.getpid()}",
     f"{os.getpid()} ..."),
    ("kernels", "remapguard predict --kernel=6.1",
     "--kernel=6.10 --kernel=6.11 --kernel=6.12 --kernel=6.14 --kernel=6.15 "
     "--kernel=6.16 --kernel=6.17"),
    ("generations", "remapguard predict --kernel=G3",
     "--kernel=G3a --kernel=G3b"),
    ("mappings", "remapguard predict --maps=pol", "--maps=policy.ini"),
    ("an address", "remapguard predict ", ""),
    ("flags", "remapguard predict 4K 4K 4K ", "MAYMOVE FIXED DONTUNMAP"),
    ("a finding by its name", "remapguard explain clob", "clobber"),
    ("a finding by its id", "remapguard explain RG10",
     "RG101 RG102 RG103 RG104 RG105 RG106 RG107 RG108 RG109"),
    ("a check", "remapguard explain crosses", "crosses-vma"),
    ("a trace to explain", "remapguard explain b.t", "b.trace"),
    ("an event's number", "remapguard explain --event=", ""),
    ("a gate", "remapguard diff --fail-on=", "--fail-on=regression"),
    ("the second of two", "remapguard diff a.trace b", "b.trace"),
    ("no third", "remapguard diff a.trace b.trace ", "!a.trace !b.trace"),
    ("verbs of policy", "remapguard policy ", "check compile"),
    ("a policy", "remapguard policy check p", "policy.ini"),
    ("a policy behind options", "remapguard policy compile -o x p",
     "policy.ini"),
    ("lists", "remapguard list ", "findings profiles checks kernels"),
    ("a list, begun", "remapguard list --json k", "kernels"),
    ("one list", "remapguard list kernels ", "!kernels !checks"),
    ("stacks", "remapguard run --stacks=",
     "--stacks=libunwind --stacks=fp --stacks=none"),
    ("profiles", "remapguard run --profile=",
     "--profile=audit --profile=strict --profile=hardened --profile=debug "
     "--profile=fast"),
    ("coverage", "remapguard run --coverage=",
     "--coverage=preload --coverage=all"),
    ("enforcement", "remapguard run --enforce=a", "--enforce=all"),
    ("a finding to set", "remapguard run --set=RG101", "--set=RG101="),
    ("a finding to set, by name", "remapguard run --set=clob",
     "--set=clobber="),
    ("actions", "remapguard run --set=clobber=",
     "--set=clobber=ignore --set=clobber=note --set=clobber=deny "
     "--set=clobber=abort"),
    ("an action", "remapguard run --set=RG101=de", "--set=RG101=deny"),
    ("an action, of the next word", "remapguard run --set RG101=de",
     "RG101=deny"),
    ("what to fail on", "remapguard run --fail-on=h",
     "--fail-on=hazard --fail-on=hugetlb-rules --fail-on=huge-new-len "
     "--fail-on=heap-or-stack"),
    ("more to fail on", "remapguard run --fail-on=deny,RG10",
     " ".join(f"--fail-on=deny,RG10{i}" for i in range(1, 10))),
    ("options", "remapguard run --options=pre",
     "--options=predict= --options=preflight="),
    ("none of our own", "remapguard run --options=g", "--options=grow-ahead= "
     "--options=gap-in-source="),
    ("an option's values", "remapguard run --options=stacks=",
     "--options=stacks=libunwind --options=stacks=fp --options=stacks=none"),
    ("one more option", "remapguard run --options=stacks=fp:fol",
     "--options=stacks=fp:follow="),
    ("one more option's values", "remapguard run --options=stacks=fp:follow=o",
     "--options=stacks=fp:follow=on --options=stacks=fp:follow=off"),
    ("injections", "remapguard run --inject=",
     " ".join(f"--inject={key}=" for key in
              "errno delay nth every prob site path min-size".split())),
    ("an errno", "remapguard run --inject=errno=ENOM",
     "--inject=errno=ENOMEM"),
    ("a condition", "remapguard run --inject=errno=ENOMEM,pa",
     "--inject=errno=ENOMEM,path="),
    ("a path", "remapguard run --inject=errno=ENOMEM,path=mo",
     "--inject=errno=ENOMEM,path=move"),
    ("a policy to run with", "remapguard run --policy=p",
     "--policy=policy.ini"),
    ("a trace to write", "remapguard run -o a", "a.trace"),
    ("a program", "remapguard run -- seque", "sequence-of-nothing"),
    ("a program without --", "remapguard run -o x --force seque",
     "sequence-of-nothing"),
    ("a program's file", "remapguard run -- cat pol", "policy.ini"),
    ("no option of ours for it", "remapguard run -- cat --", "!--stacks ..."),
    ("a command that is none", "remapguard nothing --", ""),
]


# name, arguments that a tab is typed behind, what they have become
TYPED_ROWS = [
    ("a verb", "rep", "report"),
    ("a format", "report --format=js", "report --format=json"),
    ("a format, as the next word", "report --format js",
     "report --format json"),
    ("a key", "run --set=clob", "run --set=clobber="),
    ("a key, with its value", "run --set=clob\tde", "run --set=clobber=deny"),
    ("a list", "run --options=stacks=fp:fol\tof",
     "run --options=stacks=fp:follow=off"),
    ("words with commas", "export --rows=events,si",
     "export --rows=events,sites"),
    ("a trace", "report --format=json a", "report --format=json a.trace"),
    ("an output", "report --output=pol", "report --output=policy.ini"),
    ("inside of a line", "report --format=js a.trace" + "\x02" * 8,
     "report --format=json a.trace"),
    ("a name with a blank", "report tw", "report two words"),
    ("such a name in quotes", 'report "two w', "report two words"),
    ("such a name with a backslash", "report two\\ w", "report two words"),
    ("a program's file", "run -- cat pol", "run -- cat policy.ini"),
    ("a program", "run -- seque", "run -- sequence-of-nothing"),
]


def plain(word):
    """Shells differ in what they put behind a word."""
    return re.sub(r"[= /]+$", "", word.split("\t")[0].replace("\\", ""))


class Terminal:
    """A program at a terminal of its own."""

    def __init__(self, command, folder, environment):
        self.name = command[0]
        self.pid, self.file = pty.fork()
        if not self.pid:
            os.chdir(folder)
            os.execvpe(command[0], command, environment)

    def type(self, text):
        os.write(self.file, text.encode())

    def wait(self, is_there):
        screen = ""
        end = time.monotonic() + SECONDS
        while not is_there(screen):
            if select.select([self.file], [], [], 0.02)[0]:
                screen += os.read(self.file, 65536).decode("utf-8", "replace")
            assert time.monotonic() < end, \
                f"{self.name} is silent: {screen[-300:]!r}"

    def close(self):
        os.close(self.file)
        os.waitpid(self.pid, 0)


class Shell:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.environment = dict(
            os.environ, PATH=f"{folder}/bin:{os.environ['PATH']}",
            HOME=str(folder / "home"), LC_ALL="C.UTF-8", TERM="dumb",
            XDG_CONFIG_HOME=str(folder / "home"),
            XDG_DATA_HOME=str(folder / "home"))

    def close(self):
        pass


class Bash(Shell):
    program = "bash"
    with_library = False

    def __init__(self, options, folder):
        super().__init__(options, folder)
        library = "/usr/share/bash-completion/bash_completion"
        arguments = [library] * (self.with_library and
                                 os.path.exists(library))
        self.process = subprocess.Popen(
            ["bash", "--norc", options.bash_driver,
             options.folder / "remapguard", *arguments],
            cwd=folder / "work", env=self.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def complete(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        words = []
        while True:
            word = self.process.stdout.readline()
            assert word, "bash has ended"
            if word == "\n":
                return words
            words.append(word.rstrip("\n"))

    def close(self):
        self.process.stdin.close()
        self.process.wait(SECONDS)


class BashWithLibrary(Bash):
    """As it is where the package bash-completion has been loaded."""
    with_library = True


class TypedBash(Shell):
    """A line as it is typed at a terminal, and what the command then gets."""
    program = "bash"

    def __init__(self, options, folder):
        super().__init__(options, folder)
        self.captured = folder / "typed"
        self.environment["CAPTURED"] = str(self.captured)
        self.terminal = Terminal(["bash", "--norc", "--noprofile", "-i"],
                                 folder / "work", self.environment)
        library = "/usr/share/bash-completion/bash_completion"
        self.terminal.type(
            f"PS1='rea''dy> '; . {options.folder}/remapguard; "
            f"[ ! -e {library} ] || . {library}; "
            'remapguard() { printf "%s\\n" "$@" "" >$CAPTURED; }\n')
        self.terminal.wait(lambda screen: "ready>" in screen)

    def complete(self, line):
        self.captured.write_text("")
        self.terminal.type(f"remapguard {line}\t\n")
        self.terminal.wait(
            lambda _: self.captured.read_text().endswith("\n\n"))
        return self.captured.read_text().split()

    def close(self):
        self.terminal.close()


class Fish(Shell):
    program = "fish"

    def complete(self, line):
        script = (f"source {self.options.folder}/remapguard.fish; "
                  "complete -C $argv[1]")
        done = subprocess.run(
            ["fish", "--no-config", "-c", script, line], check=False,
            cwd=self.folder / "work", env=self.environment,
            capture_output=True, text=True, timeout=SECONDS)
        assert done.returncode == 0 and not done.stderr, done.stderr
        return done.stdout.splitlines()


class Zsh(Shell):
    program = "zsh"

    def __init__(self, options, folder):
        super().__init__(options, folder)
        self.captured = folder / "captured"
        self.environment.update(COMPLETION_DIR=str(options.folder),
                                CAPTURED=str(self.captured))
        self.terminal = Terminal(["zsh", "-f", "-i"], folder / "work",
                                 self.environment)
        self.terminal.type(f". {options.zsh_driver}\n")
        self.terminal.wait(lambda screen: "ready>" in screen)

    def complete(self, line):
        self.captured.write_text("")
        self.terminal.type(line + "\t")
        self.terminal.wait(
            lambda _: self.captured.read_text().endswith("\n\n") or
            self.captured.read_text() == "\n")
        words = self.captured.read_text().splitlines()
        return [word for word in words if word]

    def close(self):
        self.terminal.close()


SHELLS = [Bash, BashWithLibrary, TypedBash, Zsh, Fish]


def check_row(got, wanted):
    got = {plain(word) for word in got}
    wanted = wanted.split()
    needed = {plain(word) for word in wanted if word != "..." and
              not word.startswith("!")}
    unwanted = {word[1:] for word in wanted if word.startswith("!")}
    missing = needed - got
    extra = got & unwanted
    if "..." not in wanted and not unwanted:
        extra |= got - needed
    return "; ".join(f"{what}: {' '.join(sorted(words)[:12])}"
                     for what, words in (("missing", missing),
                                         ("not wanted", extra)) if words)


def rows_of_description(description):
    """Every option of every command, and every word that it takes."""
    for command in json.loads(description.read_text())["commands"]:
        names = [f"--{option['name']}" for option in command["options"]]
        yield (f"all options of {command['name']}",
               f"remapguard {command['name']} --", " ".join(names))
        for option in command["options"]:
            if not option["words"]:
                continue
            prefix = f"--{option['name']}="
            words = [prefix + word["word"]
                     for word in option["words"]["list"]]
            yield (f"all words of {command['name']} {prefix}",
                   f"remapguard {command['name']} {prefix}", " ".join(words))


def make_place(folder):
    """Two traces and a policy to find, and a program."""
    for name in "work/a.trace", "work/b.trace", "work/two words", "bin", \
            "home":
        (folder / name).mkdir(parents=True)
    (folder / "work/policy.ini").touch()
    program = folder / "bin/sequence-of-nothing"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)


def check_shell(make, options, rows, report):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_place(folder)
        shell = make(options, folder)
        for row, line, wanted in rows:
            report(f"{make.__name__.lower()}: {row}",
                   check_row(shell.complete(line), wanted))
        shell.close()


def main():
    parser = argparse.ArgumentParser()
    for name in "folder", "description", "bash-driver", "zsh-driver":
        parser.add_argument("--" + name, type=pathlib.Path, required=True)
    parser.add_argument("--only")
    options = parser.parse_args()
    rows = ROWS + list(rows_of_description(options.description))
    nr = 0

    def report(name, wrong):
        nonlocal nr
        nr += 1
        print(f"{'not ' * bool(wrong)}ok {nr} - {name}"
              f"{': ' * bool(wrong)}{wrong}", flush=True)

    for make in SHELLS:
        if options.only and options.only != make.__name__.lower():
            continue
        if shutil.which(make.program):
            check_shell(make, options,
                        TYPED_ROWS if make is TypedBash else rows, report)
        else:
            nr += 1
            print(f"ok {nr} - {make.program} # SKIP not installed")
    print(f"1..{nr}")


if __name__ == "__main__":
    main()
