#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""generate.py DESCRIPTION HEADER EXAMPLE TEMPLATE OUTPUT: a manual page from
its template. Lines of the template that are @NAME@ are replaced by what the
tables have, as `describe' writes them into DESCRIPTION, or by declarations of
HEADER or the text of EXAMPLE; the name of a command's page says which command
it is about.
"""

import json
import pathlib
import re
import sys
import textwrap


def escape(text):
    """Text that is no macro's."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = re.sub(r"`([^`']*)'", r"\\(oq\1\\(cq", text)
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def fill(text):
    """A sentence begins a line, as mdoc(7) asks for, and none is too long."""
    sentences = re.sub(r"(?<=[a-z0-9)])\. (?=[A-Z])", ".\n", text).split("\n")
    return "\n".join(textwrap.fill(escape(sentence), 78,
                                   break_on_hyphens=False,
                                   break_long_words=False)
                     for sentence in sentences)


def words_of(text):
    """FINDING=ACTION or libunwind|fp|none: the latter are typed as they are."""
    parts = [("Ar " if part.isupper() else "Cm ") +
             " Ns = Ns Ar ".join(part.split("=")) for part in text.split("|")]
    return " Ns | Ns ".join(parts)


def option_macros(option):
    """Without the macro's dot: "Fl -format Ns = Ns Ar ..."."""
    name = f"Fl -{option['name']}"
    if option["argument"] is None:
        return name
    value = f"= Ns {words_of(option['argument'])}"
    return f"{name} Ns Oo {value} Oc" if option["optional"] else \
        f"{name} Ns {value}"


def arguments(text):
    """DIR... or [NEW_ADDR], the macros of each word."""
    for word in text.split():
        dots = " ..." * word.rstrip("]").endswith("...")
        bare = word.strip("[]").replace("...", "")
        if bare == "--":
            yield "Fl -"
        elif word.startswith("["):
            yield f"Op {words_of(bare)}{dots}"
        else:
            yield words_of(bare) + dots


def synopsis(command):
    yield f".Nm remapguard {command['name']}"
    for option in command["options"]:
        if option["name"] == "help":
            continue
        again = " ..." * bool(option["words"] and option["words"]["repeats"])
        yield f".Op {option_macros(option)}{again}"
    for word in arguments(command["arguments"]):
        yield f".{word}"


def options(command):
    yield ".Bl -tag -width Ds"
    for option in command["options"]:
        letter = option["letter"]
        argument = re.search("= Ns (.*)", option_macros(option))
        short = f"Fl {letter}" + f" {argument.group(1)}" * bool(argument) + \
            " , " if letter else ""
        yield f".It {short}{option_macros(option)}"
        yield fill(option["doc"].rstrip(".") + ".")
    yield ".El"


def verbs(described):
    yield ".Bl -tag -width predict"
    for command in described["commands"]:
        yield f".It Cm {command['name']}"
        summary = command["summary"]
        yield fill(summary[0].upper() + summary[1:] + ": see")
        yield f".Xr remapguard-{command['name']} 1 ."
    yield ".El"


def findings(described):
    yield ".Bl -tag -width Ds"
    for finding in described["findings"]:
        yield (f".It Cm {finding['id']} , {escape(finding['name'])} "
               f"Pq {finding['severity']}")
        text = finding["sentence"]
        yield fill(text[0].upper() + text[1:] + ".")
    yield ".El"


def keys(names):
    yield ".Bl -bullet -compact -offset indent"
    for name in names:
        yield f".It\n.Cm {name}"
    yield ".El"


def prototypes(header):
    """Each function of the header."""
    text = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
    for match in re.finditer(
            r"^((?:const |struct |enum |unsigned )*\w+ \**)(rg_\w+)\(([^;]*)\);",
            text, re.MULTILINE):
        kind, name, parameters = match.groups()
        yield f".Ft \"{kind.strip()}\"\n.Fo {name}"
        for parameter in re.sub(r"\s+", " ", parameters).split(", "):
            yield f".Fa \"{parameter}\""
        yield ".Fc"


def literal(text):
    """Lines as they stand, but that a page is indented itself."""
    return text.rstrip("\n").replace("\t", "    ").replace("\\", "\\e").replace("-", "\\-")


def main(description, header, example, template, output):
    described = json.loads(pathlib.Path(description).read_text("utf-8"))
    command = next((entry for entry in described["commands"]
                    if pathlib.Path(template).name ==
                    f"remapguard-{entry['name']}.1.in"), None)
    makers = {
        "SYNOPSIS": lambda: synopsis(command),
        "OPTIONS": lambda: options(command),
        "COMMANDS": lambda: verbs(described),
        "FINDINGS": lambda: findings(described),
        "LIMITS": lambda: keys(described["limits"]),
        "PROTOTYPES": lambda: prototypes(
            pathlib.Path(header).read_text("utf-8")),
        "EXAMPLE": lambda: [literal(
            pathlib.Path(example).read_text("utf-8"))],
    }
    lines = []
    for line in pathlib.Path(template).read_text("utf-8").splitlines():
        marker = re.fullmatch("@([A-Z]+)@", line)
        lines += makers[marker.group(1)]() if marker else [line]
    text = "\n".join(lines).replace("@VERSION@", described["version"])
    pathlib.Path(output).write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
