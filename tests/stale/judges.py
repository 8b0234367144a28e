# SPDX-License-Identifier: MIT
"""What remapguard, memcheck and AddressSanitizer say of a program's accesses,
in one form, and how much of it is right. Text in, words out: nothing is run.
"""

import dataclasses
import re
import xml.etree.ElementTree

BOTH = "both stacks"
NOTICED = "noticed, without the move"
CRASH = "crash only"
NOTHING = "nothing"


@dataclasses.dataclass
class Access:
    """What a tool says of one. access and move: the innermost function that
    is the program's own, in the stacks of either; "" where there is none."""
    kind: str
    access: str
    move: str = ""


def bare_name(function):
    """Of a C++ function as it is shown, without its parameters."""
    return re.sub(r"\(.*", "", function or "")


def innermost(frames, is_own):
    """frames: (function, where) of each, the innermost first."""
    return next((bare_name(function) for function, where in frames
                 if is_own(where)), "")


def verdict(row, accesses, status):
    """One of the words above. row has the functions that are right."""
    here = [it for it in accesses if it.access == row.access]
    if any(it.move == row.move for it in here):
        return BOTH
    if here:
        return NOTICED
    return CRASH if accesses or status > 128 else NOTHING


# ---------------------------------------------------------------- remapguard

def stale_accesses(report):
    return report.get("stale_accesses", [])


def of_report(report, program):
    """program: the file's name."""
    def own(stack):
        frames = [(it["function"], it["module"]) for it in stack]
        return innermost(frames, lambda module: is_file(module, program))

    return [Access(it["access"], own(it["stack"]), own(it["move"]["stack"]))
            for it in stale_accesses(report)]


def is_file(path, name):
    return (path or "").rpartition("/")[2] == name


# ------------------------------------------------------------------ memcheck

MEMCHECK = {"InvalidRead": "read", "InvalidWrite": "write",
            "InvalidJump": "execute", "SyscallParam": "system-call"}


def of_memcheck(text, program):
    """text: what --xml=yes writes of one process."""
    def own(stack):
        frames = [(it.findtext("fn"), it.findtext("obj"))
                  for it in stack.findall("frame")]
        return innermost(frames, lambda module: is_file(module, program))

    def access(error):
        stacks = error.findall("stack")
        freed = "free'd" in (error.findtext("auxwhat") or "")
        move = own(stacks[1]) if freed and len(stacks) > 1 else ""
        return Access(MEMCHECK[error.findtext("kind")], own(stacks[0]), move)

    root = xml.etree.ElementTree.fromstring(text)
    return [access(error) for error in root.findall("error")
            if error.findtext("kind") in MEMCHECK]


# ---------------------------------------------------------- AddressSanitizer

ASAN_FRAME = re.compile(r"^ +#\d+ 0x[0-9a-f]+ in (.+) (\S+)$", re.MULTILINE)
ASAN_KIND = re.compile(r"\b(?:READ|WRITE)\b")


def of_asan(text, source):
    """text: what it says on standard error; source: the program's."""
    def own(after):
        stack = text.partition(after)[2].partition("\n\n")[0]
        frames = ASAN_FRAME.findall(stack)
        return innermost(frames,
                         lambda where: is_file(where.split(":")[0], source))

    error = "ERROR: AddressSanitizer:"
    if error not in text:
        return []
    kind = ASAN_KIND.search(text.partition(error)[2])
    return [Access(kind[0].lower() if kind else "", own(error),
                   own("\nfreed by thread"))]
