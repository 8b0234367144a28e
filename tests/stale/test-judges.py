#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Are the tools understood, and right told from wrong? Prints TAP."""

import sys
import types

import judges
import stale
from judges import Access

SEGV = 139
WANT = types.SimpleNamespace(access="use", move="grow")


def memcheck(kind, aux, *stacks):
    def frame(function):
        name, _, module = function.partition("@")
        return (f"<frame><fn>{name}</fn><obj>{module or '/b/prog'}</obj>"
                "</frame>")

    shown = ["<stack>" + "".join(map(frame, stack.split())) + "</stack>"
             for stack in stacks]
    return (f"<valgrindoutput><error><kind>{kind}</kind>{shown[0]}"
            f"<auxwhat>{aux}</auxwhat>{''.join(shown[1:])}</error>"
            "</valgrindoutput>")


FREED = "Address 0x10 is 0 bytes inside a block of size 16 free'd"
UNKNOWN = "Address 0x10 is not stack'd, malloc'd or (recently) free'd"
ASAN = """==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x10
READ of size 1 at 0x10 thread T0
    #0 0x1 in __interceptor_strlen ../../libsanitizer/strlen.inc:389
    #1 0x2 in use ../b/prog.c:41
    #2 0x3 in main ../b/prog.c:56

0x10 is located 0 bytes inside of 16-byte region [0x10,0x20)
freed by thread T0 here:
    #0 0x4 in __interceptor_realloc ../../libsanitizer/malloc.cpp:85
    #1 0x5 in grow ../b/prog.c:28

previously allocated by thread T0 here:
    #0 0x4 in __interceptor_malloc ../../libsanitizer/malloc.cpp:69
    #1 0x6 in start ../b/prog.c:20
"""
ASAN_SEGV = """==1==ERROR: AddressSanitizer: SEGV on unknown address 0x10 (T0)
==1==The signal is caused by a WRITE memory access.
    #0 0x2 in use<int>(int const&) (.part.0) ../b/prog.c:41

AddressSanitizer can not provide additional info.
"""
ASAN_NESTED = """==1==ERROR: AddressSanitizer: SEGV on unknown address 0x10 (T0)
==1==The signal is caused by a READ memory access.
AddressSanitizer: nested bug in the same thread, aborting.
"""


def frames(*names):
    return [{"function": name.partition("@")[0],
             "module": name.partition("@")[2] or "/b/prog"} for name in names]


def report(moves=1, **changes):
    """One stale access, as remapguard has it in JSON, after some moves."""
    told = {"access": "write", "system_call": "", "addr": "0x1010",
            "offset": "0x10", "now": "0x5010",
            "stack": frames("memcpy@/lib/libc.so.6", "use", "main"),
            "move": {"from": "0x1000", "to": "0x5000",
                     "stack": frames("realloc@/lib/libc.so.6", "grow")}}
    paths = {"move": moves, "multi-move": 0, "dontunmap": 0}
    return {"stale_accesses": [{**told, **changes}],
            "totals": {"paths": paths}}


def silent(moves=1):
    return {**report(moves), "stale_accesses": []}


BARE = stale.Run(0, b"42\n", "")
KILLED = stale.Run(SEGV, b"", "")


def buggy(told, bare=KILLED, own=KILLED, **row):
    """How many things are wrong with a report of a program with its bug."""
    row = stale.Row(**{"name": "prog", "kind": "write", "access": "use",
                       "move": "grow", "now": "to", "call": "",
                       "status": None, **row})
    return len(list(stale.wrong_buggy(row, bare, own, told)))


def fixed(told, own=BARE):
    row = types.SimpleNamespace(name="prog")
    told["stale_accesses"] = [
        {**it, "stack": frames("use@/b/prog-fixed")}
        for it in told["stale_accesses"]]
    return len(list(stale.wrong_fixed(row, BARE, own, told)))

# name: what was made of the text, and what should be
UNDERSTOOD = {
    "memcheck, both stacks": (judges.of_memcheck(memcheck(
        "InvalidRead", FREED, "strlen@/v/mc.so use main",
        "realloc@/v/mc.so grow main", "malloc@/v/mc.so start"), "prog"),
        [Access("read", "use", "grow")]),
    "memcheck, memory it does not know": (judges.of_memcheck(memcheck(
        "InvalidWrite", UNKNOWN, "use main"), "prog"),
        [Access("write", "use")]),
    "memcheck, a block that is still there": (judges.of_memcheck(memcheck(
        "SyscallParam", "Address 0x10 is 0 bytes after a block of size 16 "
        "alloc'd", "write@/lib/libc.so.6 use", "malloc@/v/mc.so grow"),
        "prog"), [Access("system-call", "use")]),
    "memcheck, a jump from nowhere": (judges.of_memcheck(memcheck(
        "InvalidJump", UNKNOWN, "main"), "prog"), [Access("execute", "main")]),
    "memcheck, something else": (judges.of_memcheck(memcheck(
        "UninitCondition", UNKNOWN, "use"), "prog"), []),
    "ASan, both stacks": (judges.of_asan(ASAN, "prog.c"),
                          [Access("read", "use", "grow")]),
    "ASan, the signal": (judges.of_asan(ASAN_SEGV, "prog.c"),
                         [Access("write", "use<int>")]),
    "ASan, the signal and no stack": (judges.of_asan(ASAN_NESTED, "prog.c"),
                                      [Access("read", "")]),
    "ASan, nothing": (judges.of_asan("use: Bad address\n", "prog.c"), []),
    "remapguard": (judges.of_report(report(), "prog"),
                   [Access("write", "use", "grow")]),
    "remapguard, nothing": (judges.of_report({"stale_accesses": []}, "prog"),
                            []),
    "both": (judges.verdict(WANT, [Access("read", "use", "grow")], 139),
             judges.BOTH),
    "both, and another": (judges.verdict(
        WANT, [Access("read", "main"), Access("read", "use", "grow")], 0),
        judges.BOTH),
    "the move by another": (judges.verdict(
        WANT, [Access("read", "use", "main")], 139), judges.NOTICED),
    "the access by another": (judges.verdict(
        WANT, [Access("read", "main", "grow")], 0), judges.CRASH),
    "killed": (judges.verdict(WANT, [], 139), judges.CRASH),
    "an exit": (judges.verdict(WANT, [], 1), judges.NOTHING),
    "all is right": (buggy(report()), 0),
    "not reported": (buggy(silent()), 1),
    "by an older remapguard": (buggy({}), 1),
    "another kind": (buggy(report(access="read")), 1),
    "another function": (buggy(report(stack=frames("main"))), 1),
    "another offset": (buggy(report(offset="0x11")), 1),
    "offset not known": (buggy(report(offset=None)), 1),
    "now elsewhere": (buggy(report(now="0x7010")), 1),
    "now elsewhere, as it should": (buggy(report(now="0x7010"),
                                          now="elsewhere"), 0),
    "now not known": (buggy(report(now=None)), 1),
    "moved once, not twice": (buggy(report(), now="elsewhere"), 1),
    "another system call": (buggy(report(system_call="read")), 1),
    "the system call": (buggy(report(system_call="read"), call="read"), 0),
    "survives": (buggy(report(), own=BARE), 1),
    "dies where it would not": (buggy(report(), bare=BARE), 1),
    "dies as it should": (buggy(report(), bare=BARE, status=SEGV), 0),
    "mended": (fixed(silent()), 0),
    "mended, reported": (fixed(report()), 1),
    "mended, nothing moved": (fixed(silent(moves=0)), 1),
    "mended, exit status": (fixed(silent(), stale.Run(1, b"42\n", "")), 1),
    "mended, output": (fixed(silent(), stale.Run(0, b"41\n", "")), 1),
    "mended, errors": (fixed(silent(), stale.Run(0, b"42\n", "no")), 1),
}


def main():
    print(f"1..{len(UNDERSTOOD)}")
    wrong = 0
    for at, (name, (got, want)) in enumerate(UNDERSTOOD.items(), 1):
        print(f"{'ok' if got == want else 'not ok'} {at} - {name}")
        if got != want:
            print(f"# {got}, not {want}")
            wrong += 1
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
