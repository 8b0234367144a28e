# SPDX-License-Identifier: MIT
"""Break the model's source, one place at a time."""

import collections
import dataclasses
import re

FILES = ("params.c", "source.c", "counts.c", "unmap.c", "place.c", "multi.c",
         "plan.c", "limits.c")
# Those that the model's users call, and which decide nothing in it.
NOT_ASKED = ("rg_params_check", "rg_limits_default", "rg_limit_name",
             "rg_limits_set", "FIELD", "TASK_SIZE_DEFAULT",
             "UNTAG_MASK_DEFAULT", "MMAP_MIN_ADDR_DEFAULT")

OPERATORS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=",
             "!=": "==", "&&": "||", "||": "&&", "+": "-", "-": "+"}
# Functions, and what is called in their place (mutants/operators.h).
CALLS = {"rg_and": ["rg_or"], "rg_or": ["rg_and"], "rg_not": [""],
         "rg_when": ["!rg_when"], "rg_sum": ["rg_difference"],
         "rg_difference": ["rg_sum"], "rg_round_up": ["round_down"],
         "rg_span_exceeds": ["reaches", "exceeds_by_two"],
         "rg_span_add": ["rg_span_sub"], "rg_span_sub": ["rg_span_add"],
         "rg_span_min": ["first_of_two"]}
RETURNS = {"RG_NO": ["RG_YES"], "RG_YES": ["RG_NO"],
           "RG_MAYBE": ["RG_NO", "RG_YES"], "true": ["false"],
           "false": ["true"]}


@dataclasses.dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    part: str   # the function, "" for a macro
    broken: str # where, and how that line reads now
    text: str   # the whole file
    since: tuple = ()  # of a release: only kernels from this one on
    before: tuple = () # and before this one can tell


# ------------------------------------------------------------ where to break

def blank(text):
    """The same with spaces for comments, strings, #includes, and the heads of
    loops over tables."""
    return re.sub(r'/\*(?:.|\n)*?\*/|"(?:\\.|[^"\\])*"|#include.*'
                  r"|for \(int i.*",
                  lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def functions(code):
    """Their bodies, as (name, start, end)."""
    function = re.compile(r"^\w[^;{}=#]*?(\w+)\([^;{}]*\)\n\{(\n(?:.*\n)*?)\}\n",
                          re.MULTILINE)
    for match in function.finditer(code):
        if match[1] not in NOT_ASKED:
            yield match[1], *match.span(2)


def macros(code):
    for match in re.finditer(r"^#define (\w+)( .*)", code, re.MULTILINE):
        if match[1] not in NOT_ASKED:
            yield match[1], *match.span(2)


def closing(code, start):
    """Where the parenthesis that is open before start ends."""
    depth = 1
    for end in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[end], 0)
        if not depth:
            return end
    raise ValueError("not C")


# -------------------------------------------------------------- how to break
#
# Each takes the code, a match in it, and the versions of the kernels there
# are; and gives changes as (start, end, new text, name), and with a release
# also the two that it moves between.

def becomes(match, group, words):
    for word in words:
        what = f"becomes {word}" if word else "dropped"
        yield *match.span(group), word, f"{match[group]} {what}"


def operator(_code, match, _versions):
    return becomes(match, 0, [OPERATORS[match[0]]])


def call(_code, match, _versions):
    return becomes(match, 1, CALLS[match[1]])


def returned(_code, match, _versions):
    return becomes(match, 1, RETURNS[match[1]])


def dropped(_code, match, _versions):
    yield *match.span(1), "", f"{match[1]} dropped"


def number(code, match, _versions):
    value = int(match[0])
    values = [value // 2, value * 2] if value > 1 else [0]
    if re.search(r"(?:VERSION\([^)]*|UINT64_C\(1)$", code[:match.end()]):
        return ()
    return becomes(match, 0, map(str, values))


def condition(code, match, _versions):
    end = closing(code, match.end())
    text = " ".join(code[match.end():end].split())
    yield (match.end(), end, f"0 && ({code[match.end():end]})",
           f"{match[1]} ({text}) never")


def version(_code, match, versions):
    """To the neighbours that a kernel can tell from it: the newest kernel
    without the rule has it, or the oldest with it has not."""
    since = int(match[1]), int(match[2])
    before = [have for have in versions if have < since]
    after = [have for have in versions if have >= since]
    shifted = before[-1:] + [(major, minor + 1) for major, minor in after[:1]]
    for other in shifted:
        major, minor = other
        yield (*match.span(), f"RG_KERNEL_VERSION({major}, {minor})",
               f"{match[1]}.{match[2]} becomes {major}.{minor}",
               min(since, other), max(since, other))


WAYS = (
    (r"(?<= )(?:<=|>=|==|!=|<|>|&&|\|\||\+|-)(?=\s)(?!\s+RG_KERNEL_VERSION)",
     operator),
    (rf"\b({'|'.join(CALLS)})(?=\()", call),
    (r"\breturn (\w+);", lambda code, match, versions:
     returned(code, match, versions) if match[1] in RETURNS else ()),
    (r"(!)(?=[\w(])", dropped),
    (r"^\t+(\S*damage \|= \w+);", dropped),
    (r"\b(?!0\b)\d+\b", number),
    (r"\b(if|while) \(", condition),
    (r"RG_KERNEL_VERSION\((\d+), (\d+)\)", version),
)


# ----------------------------------------------------------------- the whole

def changes(code, start, end, versions):
    for pattern, way in WAYS:
        for match in re.compile(pattern, re.MULTILINE).finditer(code, start,
                                                                end):
            yield from way(code, match, versions)


def mutants_of(path, versions):
    text = path.read_text(encoding="utf-8")
    code = blank(text)
    times = collections.Counter()
    bodies = dict.fromkeys(functions(code), True) | \
        dict.fromkeys(macros(code), False)
    for (part, start, end), is_function in bodies.items():
        for at, until, new, what, *releases in changes(code, start, end,
                                                       versions):
            name = f"{path.name}:{part}: {' '.join(what.split())}"
            times[name] += 1
            if times[name] > 1:
                name += f" #{times[name]}"
            broken = text[:at] + new + text[until:]
            line = text.count("\n", 0, at)
            yield Mutant(name, path.name, part if is_function else "",
                         f"{path.name}:{line + 1}: "
                         f"{' '.join(broken.splitlines()[line].split())}",
                         broken, *releases)


def traced(text, number):
    """The same program, which notes what functions it comes through; and what
    they are, numbered from number on."""
    names = []
    places = list(functions(blank(text)))
    for name, start, _end in reversed(places):
        mark = f" parts_reached[{number + len(places) - 1 - len(names)}] = 1;"
        text = text[:start] + mark + text[start:]
        names.insert(0, name)
    return text, names


def mutants(folder, versions):
    """All of the model's, where there are kernels of these versions, as
    sorted pairs of numbers."""
    return [mutant for name in FILES
            for mutant in mutants_of(folder / name, versions)]
