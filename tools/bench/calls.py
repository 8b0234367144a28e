# SPDX-License-Identifier: MIT
"""What is added to one call, by kind, depth, mappings and threads."""

from harness import Case, bench_calls, in_turns
from variants import (BARE, FINDINGS, LIBUNWIND, NONE, PATHS,
                      PREDICT, QUARANTINE, STACKS)

CALLS = {"noop": 1000, "resize": 1000, "escaped": 1000, "move": 50,
         "realloc": 500, "query": 1000, "counter": 1000, "segment": 1}
BATCHES = 50
NEIGHBOURS = [10, 1000, 60000]
THREADS = {1: 50, 2: 50, 8: 12, 64: 6} # and how many batches each makes


def case_of(name, options, kind, batches, threads=1, **how):
    calls = CALLS[kind]
    if name in FINDINGS: # each call reads a file
        calls = max(2, calls // 100)
    seen = calls * (batches + 1) * threads # one batch to warm up
    if kind == "realloc": # a batch's first is a malloc
        seen -= batches + 1
    return Case(bench_calls(kind, calls, batches, threads=threads, **how),
                options, calls=seen)


def cases_of(variants, kind, batches=BATCHES, **how):
    return {name: case_of(name, options, kind, batches, **how)
            for name, options in variants.items()}


def table(variants, kind, **how):
    """A function that measures one kind of call under each variant."""
    def make(args):
        cases = cases_of(variants, kind, **how)
        return {"unit": "ns", "kind": kind,
                "rows": in_turns(args, cases)}
    return make


FLOORS = {
    "a no-op call, bare": ("noop", BATCHES),
    "the same without a function that returns": ("escaped", BATCHES),
    "the machine's counter, read twice": ("counter", BATCHES),
    "PROCMAP_QUERY for one mapping": ("query", BATCHES),
    "a file of 4 MiB, made and touched": ("segment", 5),
}
EVENT, SEGMENT = 72, 4 << 20


def floors(args):
    """Each by itself."""
    rows = in_turns(args, {said: case_of(said, None, kind, batches)
                           for said, (kind, batches) in FLOORS.items()})
    per_event = {key: rows[-1][key] * EVENT / SEGMENT
                 for key in ("median", "least", "most")}
    return {"unit": "floor", "rows": rows + [
        {"variant": f"… of it by each event of {EVENT} bytes"} | per_event]}


# --------------------------------------------------------------- scaling

def points(series):
    """Cases of many tables in one, each beside the bare one of its own."""
    cases, beside = {}, {}
    for said, own in series.items():
        for name, case in own.items():
            cases[f"{said}: {name}"] = case
            beside[f"{said}: {name}"] = f"{said}: bare"
    return cases, beside


def mappings(args):
    series = {}
    for nr in NEIGHBOURS:
        for kind, said, variants in (
                ("noop", "no-op", BARE | NONE | PREDICT),
                ("move", "FIXED move", BARE | NONE),
                ("query", "query", BARE)):
            series[f"{said}, {nr:,}"] = cases_of(variants, kind, batches=25,
                                                 neighbours=nr)
    cases, beside = points(series)
    return {"unit": "ns", "rows": in_turns(args, cases, beside=beside)}


def threads(args):
    """By the clock on the wall: threads wait for each other."""
    cases, beside = points({
        f"{nr}": cases_of(BARE | NONE | LIBUNWIND, "noop", threads=nr,
                          batches=batches)
        for nr, batches in THREADS.items()})
    return {"unit": "ns", "rows": in_turns(args, cases, key="wall",
                                           beside=beside, pinned=False)}


TABLES = {
    "noop": ("No-op call, 16 frames deep", table(PATHS, "noop")),
    "resize": ("One page off and on in place, 16 frames deep",
               table(PATHS, "resize")),
    "move": ("MREMAP_FIXED move of 16 present pages",
             table(PATHS | QUARANTINE, "move")),
    "realloc": ("realloc, a page more each time",
                table(PATHS | QUARANTINE, "realloc")),
    "depth-4": ("No-op call, 4 frames deep",
                table(STACKS, "noop", depth=4)),
    "depth-8": ("No-op call, 8 frames deep",
                table(STACKS, "noop", depth=8)),
    "depth-64": ("No-op call, 64 frames deep",
                 table(STACKS, "noop", depth=64)),
    "floors": ("What lies below all that the object can do", floors),
    "mappings": ("By number of mappings", mappings),
    "threads": ("A no-op call in so many threads at once, by the wall clock",
                threads),
}
