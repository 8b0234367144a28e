# SPDX-License-Identifier: MIT
"""What is aimed at, and whether it is met. An aim whose rows were not
measured is left out."""

import model
from coverage import ALL, ANYWHERE, COMPARE, PRELOAD, STRACE
from variants import FP, LIBUNWIND, NONE, OFF, PREDICT, name_of

OFF, NONE, FP, LIBUNWIND, PREDICT = map(name_of,
                                        (OFF, NONE, FP, LIBUNWIND, PREDICT))
STRACE_K = "strace -f --seccomp-bpf -k -e mremap"
PERF = "perf trace -e mremap"

# table, row, column, at most; of what is added
AT_MOST = [
    *(("model", f"{model.KINDS[kind]}, {nr:,} mappings", "added", 100)
      for kind in ("shrink", "grow") for nr in model.MAPPINGS),
    ("noop", OFF, "added", 20),
    ("resize", OFF, "added", 20),
    ("noop", NONE, "added", 100),
    ("resize", NONE, "added", 100),
    ("noop", NONE, "added_mean", 100),
    ("resize", NONE, "added_mean", 100),
    ("noop", FP, "added", 150),
    ("resize", FP, "added", 150),
    ("noop", LIBUNWIND, "added", 500),
    ("resize", LIBUNWIND, "added", 500),
    ("instructions", NONE, "added", 400),
    ("instructions-resize", NONE, "added", 400),
    ("startup", LIBUNWIND, "added", 1),
]


class Rows:
    """All rows that were measured, by table and name."""

    def __init__(self, tables):
        self.rows = {(table["name"], row["variant"]): row for table in tables
                     for row in table["rows"] if "not_run" not in row}
        self.units = {table["name"]: table["unit"] for table in tables}
        self.titles = {table["name"]: table["title"] for table in tables}

    def get(self, table, variant, column="added"):
        """KeyError where it was not measured."""
        return self.rows[table, variant][column]


def aim(said, value, bound, unit, least=False):
    return {"said": said, "value": value, "bound": bound, "unit": unit,
            "least": least,
            "met": value >= bound if least else value <= bound}


def plain(rows, table, variant, column, bound):
    value = rows.get(table, variant, column)
    unit = {"ms": "ms", "instructions": "instructions"}.get(
        rows.units[table], "ns")
    said = f"{rows.titles[table]}, {variant}"
    said += {"added": ", added", "added_mean": ", added, mean"}.get(column, "")
    return aim(said, value, bound, unit)


# ------------------------------------------------ aims that are calculated

def slowest_plan(rows):
    least = min(rows.get("model", f"{said}, 10 mappings", "per_second")
                for said in model.KINDS.values())
    return aim("Plans of the slowest kind, 10 mappings", least / 1e6, 5,
               "million/s", least=True)


def query(rows):
    return aim("A no-op call with questions for its mappings, added beside a "
               "bare call", rows.get("noop", PREDICT),
               rows.get("noop", "bare", "median") + 400, "ns")


def cheaper_than(tool, own, times):
    def make(rows):
        return aim(f"{own} is so many times cheaper than {tool}",
                   rows.get("tools", tool) / rows.get("noop", own), times,
                   "times", least=True)
    return make


def flat(kind, variant):
    """What is added may grow by 5 % of the bare call between 10 and 60,000
    mappings: 5 % of itself is less than two rounds differ by."""
    def make(rows):
        few, many = (rows.get("mappings", f"{kind}, {nr}: {variant}")
                     for nr in ("10", "60,000"))
        bare = rows.get("mappings", f"{kind}, 10: bare", "median")
        return aim(f"{kind}, {variant}, what 60,000 mappings add beside 10, "
                   "of a bare call", 100 * (many - few) / bare, 5, "%")
    return make


def threads(nr, variant):
    """The kernel slows threads down, too: what counts is the ratio."""
    def make(rows):
        one, all_of_them = (rows.get("threads", f"{n}: {variant}", "ratio")
                            for n in (1, nr))
        return aim(f"{nr} threads, {variant}, slowed beyond the bare "
                   "program's", 100 * (all_of_them / one - 1), 5, "%")
    return make


def escaped(table, where=""):
    def make(rows):
        own, strace = (rows.get(table, name + where) for name in (ALL, STRACE))
        return aim(f"{rows.titles[table]}, {ALL}{where}, beside strace",
                   100 * own / strace, 50, "%")
    return make


def covered(table):
    def make(rows):
        return aim(f"{rows.titles[table]}, {ALL}",
                   100 * rows.get(table, ALL)
                   / rows.get(table, PRELOAD, "median"), 10, "%")
    return make


def covered_beside_filter(table):
    def make(rows):
        own = rows.get(table, ALL) - rows.get(table, COMPARE)
        return aim(f"{rows.titles[table]}, {ALL}, less what any filter that "
                   "compares adds", 100 * own
                   / rows.get(table, PRELOAD, "median"), 10, "%")
    return make


CALCULATED = [
    slowest_plan,
    query,
    cheaper_than(STRACE_K, LIBUNWIND, 100),
    cheaper_than(PERF, NONE, 20),
    cheaper_than(PERF, LIBUNWIND, 20),
    flat("no-op", NONE),
    flat("no-op", PREDICT),
    flat("FIXED move", NONE),
    *(threads(nr, variant) for variant in (NONE, LIBUNWIND)
      for nr in (2, 8, 64)),
    escaped("escaped"),
    escaped("escaped-resize"),
    escaped("escaped", ANYWHERE),
    escaped("escaped-resize", ANYWHERE),
    covered_beside_filter("covered"),
    covered("covered-resize"),
]


def judge(tables):
    rows = Rows(tables)
    makers = [lambda rows, own=own: plain(rows, *own) for own in AT_MOST]
    found = []
    for make in makers + CALCULATED:
        try:
            found.append(make(rows))
        except KeyError:
            pass
    return found
