#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check.py: manual pages have what the commands have, and nothing else. TAP."""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import tempfile

ROWS = []
COMMON = {"help", "version"}
# what lint says that is meant so: our version stands where a system's would,
# and of pages that are not installed it knows nothing
MEANT = ["operating system explicitly specified", "mandoc.db"]
# pages of others, which not every system has installed
FOREIGN = {"abort(3)", "babeltrace2(1)", "dlmopen(3)", "fork(2)", "jq(1)",
           "ld.so(8)", "malloc(3)", "mremap(2)", "pkg-config(1)",
           "realloc(3)", "syscall(2)", "systemd.exec(5)", "vfork(2)"}
# arguments, the status that the pages name for them
STATUSES = [
    ("report t", 0), ("report nowhere", 1), ("report --format=x t", 2),
    ("explain clobber", 0), ("explain --event=99 t", 1), ("explain t", 1),
    ("explain nothing", 2), ("predict 4K 4K 4K 0", 0),
    ("predict 4K 8K 4K 1024", 0), ("predict --maps=nowhere 4K 4K 4K 0", 1),
    ("predict 4K", 2), ("policy check good.ini", 0),
    ("policy check bad.ini", 1), ("policy check", 2),
    ("policy check -o x good.ini", 2), ("list kernels", 0), ("list x", 2),
    ("top t", 0), ("top nowhere", 1), ("top", 2), ("diff t t", 0),
    ("diff --fail-on=regression t t", 0),
    ("diff --fail-on=regression nothing-yet t", 1), ("diff t", 2),
    ("export t", 0), ("export nowhere", 1), ("export --rows=x t", 2),
    ("doctor x", 2), ("run -o a -- sh -c exit\\ 7", 7),
    ("run -o b -- sh -c kill\\ -TERM\\ $$", 143), ("run -o t -- true", 1),
    ("run --stacks=x -- true", 2), ("run --policy=bad.ini -- true", 2),
    ("run -o c -- nowhere", 127), ("run -o d -- /dev/null", 126),
]


def row(name):
    def note(function):
        ROWS.append((name, function))
        return function
    return note


class Here:
    """The pages as they are written, and what they are about."""

    def __init__(self, options):
        self.options = options
        self.paths = sorted(options.pages.glob("*.[1358]"))
        self.pages = {path.name: path.read_text("utf-8")
                      for path in self.paths}
        self.told = json.loads(options.description.read_text("utf-8"))
        self.commands = {command["name"]: command
                         for command in self.told["commands"]}

    def help_of(self, verb):
        done = subprocess.run([self.options.cli, verb, "--help"], check=True,
                              capture_output=True, text=True, timeout=60)
        return done.stdout


def items(text):
    """What the lists of a page have, a line of macros each."""
    return re.findall(r"^\.It (.*)$", text, re.MULTILINE)


def section(text, name):
    parts = re.split(r"^\.Sh (.*)$", text, flags=re.MULTILINE)
    return parts[parts.index(name) + 1] if name in parts else ""


def long_options(text):
    return set(re.findall(r"\bFl -([a-z][a-z-]*)", text))


def settings_of(text):
    """Items `key = ...', and what stands behind each."""
    return {match.group(1): match.group(2) for match in re.finditer(
        r"^\.It (?:Cm|Ar) (\S+) Ns = (.*)$", text, re.MULTILINE)}


def same(what, got, want):
    got, want = set(got), set(want)
    return [f"{what}: not in the page: {' '.join(sorted(want - got))}"] * \
        bool(want - got) + \
        [f"{what}: only in the page: {' '.join(sorted(got - want))}"] * \
        bool(got - want)


@row("there are pages")
def check_pages(here):
    want = {f"remapguard-{verb}.1" for verb in here.commands}
    return same("pages", here.pages, want | {
        "remapguard.1", "remapguard-policy.5", "remapguard-model.3",
        "libremapguard.so.8"})


def complaints(command, paths):
    if not shutil.which(command[0]):
        return None
    # lint looks for other pages beside the one it looks at
    done = [subprocess.run([*command, f"./{path.name}"], check=False,
                           timeout=60, capture_output=True, text=True,
                           cwd=path.parent,
                           env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin",
                                "MANWIDTH": "80"})
            for path in paths]
    return [line for one in done
            for line in (one.stderr + one.stdout * ("-Tlint" in command))
            .splitlines()
            if not any(meant in line for meant in MEANT)]


@row("mandoc finds nothing to complain of")
def check_lint(here):
    return complaints(["mandoc", "-Tlint"], here.paths)


@row("groff has no warnings")
def check_groff(here):
    return complaints(["groff", "-ww", "-mandoc", "-Tutf8"], here.paths)


@row("man has no warnings")
def check_man(here):
    return complaints(["man", "--warnings", "-l"], here.paths)


@row("no marker is left, and no line is too long when shown")
def check_shown(here):
    wrong = [f"{name}: @{marker}@" for name, text in here.pages.items()
             for marker in re.findall("@([A-Z]+)@", text)]
    if not shutil.which("mandoc"):
        return wrong
    for path in here.paths:
        shown = subprocess.run(["mandoc", "-Tascii", path], check=True,
                               capture_output=True, text=True).stdout
        wrong += [f"{path.name}: {line}"
                  for line in re.sub(".\b", "", shown).splitlines()
                  if len(line) > 80]
    return wrong


@row("a page has the options of its command, and no others")
def check_options(here):
    wrong = []
    for verb in here.commands:
        text = here.pages[f"remapguard-{verb}.1"]
        shown = set(re.findall(r"--([a-z][a-z-]*)",
                               re.split("\n\n", here.help_of(verb), 1)[1]))
        listed = long_options("\n".join(items(section(text, "OPTIONS"))))
        listed_options = {option["name"]
                          for option in here.commands[verb]["options"]}
        wrong += same(f"{verb} --help", listed, shown & listed_options)
        wrong += same(f"{verb}, options", listed, listed_options)
    return wrong


@row("words in the name of an argument are those that it takes")
def check_arguments(here):
    wrong = []
    for verb, command in here.commands.items():
        told = {option["name"]: option for option in command["options"]
                if re.search("[a-z]", option["argument"] or "")}
        for name, option in told.items():
            argument = option["argument"]
            words = [word["word"] for word in (option["words"] or
                                               {"list": []})["list"]]
            if re.search("[A-Z]", argument):
                words = [word for word in words if word in argument]
            wrong += same(f"{verb} --{name}",
                          re.findall("[a-z]+", argument), words)
    return wrong


@row("no option is named that is none")
def check_named(here):
    known = COMMON | {option["name"] for command in here.commands.values()
                      for option in command["options"]}
    return [f"{name}: --{option}" for name, text in here.pages.items()
            for option in long_options(text) - known]


@row("the commands are in remapguard(1)")
def check_commands(here):
    text = section(here.pages["remapguard.1"], "DESCRIPTION")
    return same("commands", [item[3:] for item in items(text)], here.commands)


@row("options of the object are in libremapguard.so(8)")
def check_settings(here):
    text = section(here.pages["libremapguard.so.8"], "OPTIONS")
    listed = settings_of(text)
    want = {setting["key"]: setting["words"]
            for setting in here.told["settings"] if not setting["internal"]}
    wrong = same("options", listed,
                 [*want, "rule", "inject", "FINDING"])
    for key, words in want.items():
        named = set(re.findall("[a-z]+", re.sub(
            r"\b(Ar \S+|Ns|Cm)", "", listed.get(key, ""))))
        wrong += same(key, named, words)
    return wrong


@row("what a profile sets is named")
def check_profile(here):
    done = subprocess.run([here.options.cli, "list", "profiles", "--json"],
                          check=True, capture_output=True, text=True)
    want = json.loads(done.stdout)["profiles"][0]["options"]
    text = section(here.pages["libremapguard.so.8"], "OPTIONS")
    item = re.search(r"^\.It Cm profile.*?^\.It ", text, re.M | re.S).group(0)
    named = re.findall(r"[a-z-]+", " ".join(re.findall(
        r"^\.Cm (.*)$", item.split("are unless")[0], re.MULTILINE)))
    return same("settings of a profile", named, want)


@row("what the object exports is in libremapguard.so(8)")
def check_exports(here):
    text = section(here.pages["libremapguard.so.8"], "WHAT IT EXPORTS")
    named = re.findall(r"Fn (\w+)", "\n".join(items(text)))
    allowed = [line for line in here.options.exports.read_text().splitlines()
               if line and not line.startswith("#")]
    return same("exports", named, allowed)


@row("functions and constants of the header are in remapguard-model(3)")
def check_model(here):
    text = here.pages["remapguard-model.3"]
    header = here.options.header.read_text()
    declared = re.findall(r"^[a-z].*[ *](rg_\w+)\(", header, re.MULTILINE)
    described = re.findall(r"^\.Fn (rg_\w+)",
                           section(text, "DESCRIPTION"), re.MULTILINE)
    return (same("synopsis", re.findall(r"^\.Fo (\w+)", text, re.MULTILINE),
                 declared) +
            same("description", described, declared) +
            [f"no constant: {name}"
             for name in re.findall(r"^\.Dv (RG_\w+)", text, re.MULTILINE)
             if not re.search(rf"\b{name}\b", header)])


@row("keys and actions are in remapguard-policy(5)")
def check_policy(here):
    text = here.pages["remapguard-policy.5"]
    parts = dict(re.findall(r"^\.Ss (\w+)\n(.*?)(?=^\.S[sh] )", text,
                            re.MULTILINE | re.DOTALL))

    def keys(part):
        return [word for item in items(parts[part])
                for word in re.findall(r"[a-z-]+", re.sub(
                    r" Ns = .*| Op .*", "", item[3:]))]
    return (same("rules", keys("Rules"), here.told["rule_keys"]) +
            same("injections", keys("Injections"),
                 here.told["injection_keys"]) +
            same("actions", [word for word in keys("Actions") if word],
                 here.told["actions"]) +
            same("profiles", re.findall(r"^\.Cm ([a-z]+)", parts["Profiles"],
                                        re.MULTILINE),
                 [word for setting in here.told["settings"]
                  if setting["key"] == "profile"
                  for word in setting["words"]]))


@row("formats are in remapguard-report(1)")
def check_formats(here):
    option = next(option for option in here.commands["report"]["options"]
                  if option["name"] == "format")
    text = section(here.pages["remapguard-report.1"], "FORMATS")
    return same("formats", [item[3:] for item in items(text)],
                [word["word"] for word in option["words"]["list"]])


@row("cross references lead somewhere")
def check_references(here):
    wrong = []
    for name, text in here.pages.items():
        for page, number in re.findall(r"^\.Xr (\S+) (\d)", text,
                                       re.MULTILINE):
            if f"{page}.{number}" not in here.pages and \
                    f"{page}({number})" not in FOREIGN:
                wrong.append(f"{name}: {page}({number})")
            if f"{page}.{number}" == name and page != "libremapguard.so":
                wrong.append(f"{name}: refers to itself")
    ours = {f"{page}.{number}" for page, number in re.findall(
        r"^\.Xr (\S+) (\d)", section(here.pages["remapguard.1"], "SEE ALSO"),
        re.MULTILINE)}
    return wrong + same("SEE ALSO of remapguard(1)", ours & set(here.pages),
                        set(here.pages) - {"remapguard.1"})


@row("each page has examples, exit statuses and what to see also")
def check_sections(here):
    return [f"{name}: no {heading}" for name, text in here.pages.items()
            for heading in ["EXAMPLES", "SEE ALSO"] +
            ["EXIT STATUS"] * name.endswith(".1")
            if not section(text, heading).strip()]


def example_words(here):
    """(page, verb, words) of each command in an example."""
    for name, text in here.pages.items():
        for line in section(text, "EXAMPLES").replace("\\-", "-").splitlines():
            match = re.match(r"(?:\.Dl )?remapguard ([a-z]+) (.*)", line)
            if match:
                yield name, match.group(1), match.group(2).split(" -- ")[0]


@row("examples have options and words that there are")
def check_examples(here):
    wrong = []
    found = list(example_words(here))
    for name, verb, words in found:
        options = {option["name"]: option
                   for option in here.commands[verb]["options"]}
        for option, value in re.findall(r"--([a-z-]+)(?:=(\S+))?", words):
            if option not in options:
                wrong.append(f"{name}: {verb} --{option}")
                continue
            known = options[option]["words"]
            if not known or "values" in known["list"][0]:
                continue
            allowed = [word["word"] for word in known["list"]]
            wrong += [f"{name}: --{option}={value}"
                      for word in value.split(known["between"] or "\0")
                      if word not in allowed]
    return wrong if len(found) >= 12 else [f"{len(found)} are too few"]


def make_trace(here, folder):
    subprocess.run([here.options.cli, "run", "--quiet", "-o", folder / "t",
                    "--", "true"], check=True, timeout=60)
    (folder / "good.ini").write_text("[findings]\nclobber = deny\n")
    (folder / "bad.ini").write_text("[findings]\nclobbr = deny\n")


@row("exit statuses are those of the pages")
def check_statuses(here):
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_trace(here, folder)
        for line, want in STATUSES:
            words = [word.replace("\0", " ")
                     for word in line.replace("\\ ", "\0").split()]
            got = subprocess.run([here.options.cli, *words], check=False,
                                 cwd=folder, capture_output=True,
                                 timeout=60).returncode
            if got != want:
                wrong.append(f"{line}: {got}, not {want}")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    for name in "pages", "description", "cli", "header", "exports":
        parser.add_argument("--" + name, type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.cli = options.cli.resolve()
    here = Here(options)
    for i, (name, function) in enumerate(ROWS, 1):
        wrong = function(here)
        if wrong is None:
            print(f"ok {i} - {name} # SKIP not installed")
            continue
        print(f"{'not ' * bool(wrong)}ok {i} - {name}"
              f"{': ' * bool(wrong)}{'; '.join(wrong)[:1000]}")
    print(f"1..{len(ROWS)}")


if __name__ == "__main__":
    main()
