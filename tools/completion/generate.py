#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""generate.py DESCRIPTION TEMPLATE OUTPUT: a template of completion, with the
tables of DESCRIPTION, which `describe' writes, for @TABLES@. The last part of
TEMPLATE's name but .in says which shell it is for.
"""

import json
import pathlib
import re
import sys

KINDS = {"FILE": "files", "DIR": "dirs", "PID": "pids"}
MORE = "more"  # the position of all arguments behind those that have their own


def argument_kinds(name):
    """What is typed for a name as help has it: "PID|DIR", "DIR_A"."""
    words = re.findall("[A-Z]+", name)
    return [KINDS[word] for word in words if word in KINDS]


class Value:
    """What may be typed for an option or an argument."""

    def __init__(self, name, words):
        self.name = name
        self.kinds = argument_kinds(name)
        # what is a finding and a check has one word; the first explains it
        self.list = list({word["word"]: word for word in
                          reversed(words["list"])}.values())[::-1] \
            if words else []
        # a bar has to be quoted, so shells see no list there
        self.between = words and words["between"] or ""
        if self.between == "|":
            self.between = ""
        self.is_keyed = bool(self.list) and "values" in self.list[0]

    def __bool__(self):
        return bool(self.kinds or self.list)

    def typed(self):
        """The words as they are typed, a key with its `='."""
        return [word["word"] + "=" * self.is_keyed for word in self.list]


class Option:
    def __init__(self, fields):
        self.name = "--" + fields["name"]
        self.letter = fields["letter"] and "-" + fields["letter"]
        self.argument = fields["argument"]
        self.wants = self.argument is not None and not fields["optional"]
        self.doc = first_words(fields["doc"])
        self.repeats = bool(fields["words"] and fields["words"]["repeats"])
        self.value = Value(self.argument or "", fields["words"])

    def names(self):
        return [self.name] + [self.letter] * bool(self.letter)


class Command:
    def __init__(self, fields):
        self.name = fields["name"]
        self.summary = fields["summary"]
        self.options = [Option(option) for option in fields["options"]]
        self.positions = dict(self.make_positions(fields))

    @staticmethod
    def make_positions(fields):
        first = fields["arguments"].split("\n")[0]
        for i, name in enumerate(first.split(), 1):
            words = fields["words"]
            if words and words["position"] not in (0, i):
                words = None
            yield MORE if name.endswith("...") else i, Value(name, words)


def first_words(doc):
    """Of a description what fits on a line."""
    return re.split(r"[.:;] | \(|, see|\. *$", doc)[0]


# -------------------------------------------------------------------- bash

def bash_case(label, *commands):
    return f"\t{label}) {'; '.join(commands)} ;;\n"


def bash_function(name, subject, cases):
    return f"{name}()\n{{\n\tcase {subject} in\n{cases}\tesac\n}}\n\n"


def bash_options(command):
    words = [name + "=" * option.wants for option in command.options
             for name in option.names()]
    return bash_case(command.name, f"words='{' '.join(words)}'")


def bash_take(label, value):
    sets = [("kinds", " ".join(value.kinds)), ("between", value.between),
            ("words", " ".join(value.typed()))]
    return bash_case(label, *(f"{name}='{text}'" for name, text in sets
                              if text))


def bash_values(command, option):
    lists = [(word["word"], " ".join(word["values"]))
             for word in option.value.list if word.get("values")]
    name = f"{command.name} {option.name} "
    if len({values for _, values in lists}) == 1:
        return bash_case(f"'{name}'*", f"words='{lists[0][1]}'")
    return "".join(bash_case(f"'{name}{key}'", f"words='{values}'")
                   for key, values in lists)


def bash_position(command, place):
    return f"'{command.name} '[0-9]*" if place == MORE else \
        f"'{command.name} {place}'"


def bash_tables(commands):
    verbs = " ".join(command.name for command in commands)
    takes = values = ""
    for command in commands:
        for option in command.options:
            label = " | ".join(f"'{command.name} {name}'"
                               for name in option.names())
            if option.value:
                takes += bash_take(label, option.value)
            if option.value.is_keyed:
                values += bash_values(command, option)
        for place, value in command.positions.items():
            if value:
                takes += bash_take(bash_position(command, place), value)
    return "".join((
        f"__remapguard_verbs='{verbs} --help --version'\n\n",
        "# VERB: its options, with = behind those that need an argument\n",
        bash_function("__remapguard_options", "$1",
                      "".join(map(bash_options, commands))),
        "# VERB OPTION|POSITION: what may be typed there\n",
        bash_function("__remapguard_take", '"$1 $2"', takes),
        "# VERB OPTION KEY: what may be typed behind KEY=\n",
        bash_function("__remapguard_values", '"$1 $2 $3"', values)))


# --------------------------------------------------------------------- zsh

def zsh_quote(text):
    return "'" + text.replace("'", "'\\''") + "'"


def zsh_plain(text):
    """Without what means something in a specification."""
    return re.sub(r"([\\:\[\]])", r"\\\1", text)


def zsh_word(word):
    text = word["word"]
    if word["about"]:
        text += f"[{zsh_plain(word['about'])}]"
    elif "values" in word:
        text += f"[{word['word']}]"
    if "values" in word:
        values = " ".join(word["values"])
        text += f":value:({values})" if values else ":value: "
    return zsh_quote(text)


def zsh_values(name, value, is_argument=False):
    """A function for a list, or for words that are described."""
    # two dashes of an option would match any word that has two
    guard = "\t[[ $PREFIX != -* ]] || return 1\n" * is_argument
    between = f"-s {value.between} " * bool(value.between)
    words = "".join(f" \\\n\t\t{zsh_word(word)}" for word in value.list)
    return (f"{name}()\n{{\n{guard}\t_values {between}"
            f"{zsh_quote(zsh_plain(value.name))}{words}\n}}\n\n")


def zsh_is_plain(value):
    return not (value.is_keyed or value.between or
                any(word["about"] for word in value.list))


ZSH_ACTIONS = {"files": "_files", "dirs": "_files -/",
               "pids": "_remapguard_pids"}


def zsh_is_simple(value):
    """Does what completes it fit into the specification of an option?"""
    return len(value.kinds) + bool(value.list) < 2 and zsh_is_plain(value)


def zsh_action(name, value):
    if not value:
        return " "
    if not zsh_is_simple(value):
        return name
    return (ZSH_ACTIONS[value.kinds[0]] if value.kinds else
            f"({' '.join(value.typed())})")


def zsh_functions(name, value, is_argument):
    """What zsh_action() names, where there is more to do."""
    if zsh_is_simple(value):
        return ""
    if not value.kinds:
        return zsh_values(name, value, is_argument)
    listed = f"{name}-words"
    parts = [ZSH_ACTIONS[kind] for kind in value.kinds]
    parts += [listed] * bool(value.list)
    words = "".join(" " + zsh_quote(f"{part.split()[0].strip('_')}:word:{part}")
                    for part in parts)
    functions = zsh_values(listed, value, is_argument) * bool(value.list)
    return f"{functions}{name}()\n{{\n\t_alternative{words}\n}}\n\n"


def zsh_option(command, option):
    spec = f"[{zsh_plain(option.doc)}]"
    if option.argument:
        function = f"_remapguard-{command.name}-{option.name[2:]}"
        colon = ":" if option.wants else "::"
        spec += (f"{colon}{zsh_plain(option.argument)}:"
                 f"{zsh_action(function, option.value)}")
    equals = "=" if option.wants else "=-" if option.argument else ""
    star = "*" * option.repeats
    if not option.letter:
        return zsh_quote(star + option.name + equals + spec)
    both = f"({option.letter} {option.name})"
    return " \\\n\t\t".join(
        (zsh_quote(both + option.letter + "+" + spec),
         zsh_quote(both + option.name + equals + spec)))


def zsh_position(command, place, value):
    function = f"_remapguard-{command.name}-{place}"
    if command.name == "run":
        return ["'(-)1:PROGRAM: _command_names -e'", "'*::ARG: _normal'"]
    return [zsh_quote(f"{'*' if place == MORE else place}:"
                      f"{zsh_plain(value.name)}:{zsh_action(function, value)}")]


def zsh_command(command):
    functions = ""
    specs = []
    for option in command.options:
        functions += zsh_functions(
            f"_remapguard-{command.name}-{option.name[2:]}", option.value,
            is_argument=False)
        specs.append(zsh_option(command, option))
    for place, value in command.positions.items():
        functions += zsh_functions(f"_remapguard-{command.name}-{place}",
                                   value, is_argument=True)
        specs += [spec for spec in zsh_position(command, place, value)
                  if spec not in specs]
    specs = "".join(f" \\\n\t\t{spec}" for spec in specs)
    return (f"{functions}_remapguard-{command.name}()\n{{\n"
            f"\t_arguments -S{specs}\n}}\n\n")


def zsh_tables(commands):
    verbs = "".join(f"\t\t{zsh_quote(f'{c.name}:{c.summary}')}\n"
                    for c in commands)
    return ("_remapguard_verbs()\n{\n\tlocal -a verbs=(\n" + verbs +
            "\t)\n\t_describe command verbs\n}\n\n" +
            "".join(map(zsh_command, commands)))


# -------------------------------------------------------------------- fish

def fish_quote(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_lines(command, name, value):
    texts = [typed + f"\t{word['about']}" * bool(word["about"])
             for typed, word in zip(value.typed(), value.list)]
    listed = " \\\n            ".join(map(fish_quote, texts))
    return (f"        case {fish_quote(f'{command.name} {name}')}\n"
            f"            printf '%s\\n' {listed}\n")


def fish_values(command, name, value):
    lists = [(word["word"], " ".join(word["values"]))
             for word in value.list if word.get("values")]
    if len({values for _, values in lists}) == 1:
        lists = [("*", lists[0][1])]
    return "".join(
        f"        case {fish_quote(f'{command.name} {name} {key}')}\n"
        f"            string split ' ' {fish_quote(values)}\n"
        for key, values in lists)


def fish_is_plain(value):
    return not (value.is_keyed or value.between or value.kinds or
                any(word["about"] for word in value.list))


def fish_arguments(command, name, value):
    """What stands behind -a, a list."""
    parts = []
    if value.list and fish_is_plain(value):
        return [fish_quote(" ".join(value.typed()))]
    if value.list:
        parts.append(f"(__remapguard_pick {command.name} {name} "
                     f"{fish_quote(value.between)})".replace(" '')", ")"))
    if "dirs" in value.kinds:
        parts.append("(__remapguard_directories)")
    if "pids" in value.kinds:
        parts.append("(__remapguard_pids)")
    return list(map(fish_quote, parts))


def fish_complete(condition, *rest):
    return " ".join(("complete -c remapguard -n", fish_quote(condition),
                     *rest)) + "\n"


def fish_option(command, option):
    rest = [f"-l {option.name[2:]}"]
    if option.letter:
        rest.append(f"-s {option.letter[1:]}")
    if option.wants:
        rest.append("-r -F" if "files" in option.value.kinds else "-x")
    rest.append("-d " + fish_quote(option.doc))
    for arguments in fish_arguments(command, option.name, option.value):
        rest.append("-a " + arguments)
    return fish_complete(f"__remapguard_options_of {command.name}", *rest)


def fish_position(command, place, value):
    where = f"__remapguard_is_at {command.name} {place}"
    lines = "".join(fish_complete(where, "-a " + arguments)
                    for arguments in fish_arguments(command, str(place),
                                                    value))
    if "files" in value.kinds:
        lines += fish_complete(where, "-F")
    return lines


def fish_command(command):
    lines = fish_complete("__remapguard_needs_verb", f"-a {command.name}",
                          "-d " + fish_quote(command.summary))
    lines += "".join(fish_option(command, option)
                     for option in command.options)
    if command.name == "run":
        return lines + fish_complete("__remapguard_runs_program",
                                     "-a '(__remapguard_program)'")
    return lines + "".join(fish_position(command, place, value)
                           for place, value in command.positions.items())


def fish_function(name, about, subject, cases):
    return (f"# {about}\nfunction {name}\n    switch {subject}\n{cases}"
            "    end\nend\n\n")


def fish_wanting(command):
    names = [name for option in command.options if option.wants
             for name in option.names()]
    if not names:
        return ""
    return (f"        case {command.name}\n"
            f"            string split ' ' -- {fish_quote(' '.join(names))}\n")


def fish_tables(commands):
    words = values = ""
    for command in commands:
        places = [(option.name, option.value) for option in command.options]
        places += [(str(place), value)
                   for place, value in command.positions.items()]
        for name, value in places:
            if value.list and not fish_is_plain(value):
                words += fish_lines(command, name, value)
            if value.is_keyed:
                values += fish_values(command, name, value)
    return "".join((
        fish_function("__remapguard_wanting",
                      "VERB: options whose argument may be the next word.",
                      "$argv[1]", "".join(map(fish_wanting, commands))),
        fish_function("__remapguard_words",
                      "VERB OPTION|POSITION: what may be typed there.",
                      '"$argv"', words),
        fish_function("__remapguard_values",
                      "VERB OPTION KEY: what may be typed behind KEY=.",
                      '"$argv"', values),
        "complete -c remapguard -f\n",
        fish_complete("__remapguard_needs_verb", "-l help",
                      "-d 'Show the commands and exit'"),
        fish_complete("__remapguard_needs_verb", "-l version",
                      "-d 'Show the version and exit'"),
        "".join(map(fish_command, commands)), "\n"))


SHELLS = {"bash": bash_tables, "zsh": zsh_tables, "fish": fish_tables}


def main(description, template, output):
    described = json.loads(pathlib.Path(description).read_text("utf-8"))
    commands = [Command(fields) for fields in described["commands"]]
    shell = pathlib.Path(template).name.split(".")[-2]
    text = pathlib.Path(template).read_text("utf-8")
    tables = SHELLS[shell](commands)
    assert "@TABLES@\n" in text, f"{template}: no @TABLES@"
    pathlib.Path(output).write_text(
        text.replace("@TABLES@\n", tables.rstrip("\n") + "\n\n"), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
