# SPDX-License-Identifier: MIT
"""What one plan costs: the model alone."""

from counts import at_once, per_call
from harness import Case, NotRun, compare, measure, one_cpu, take_turns

KINDS = {"noop": "no-op", "shrink": "shrink", "grow": "grow in place",
         "grow-moves": "grow that moves", "fixed": "MREMAP_FIXED move",
         "refused": "refused by its arguments"}
MAPPINGS = [10, 1000, 60000]
BATCHES = 50


def words(what, kind, mappings, plans, batches=BATCHES):
    return ["{build}/tools/bench/bench-model", what, kind, str(mappings),
            str(plans), str(batches)]


def row_of(kind, mappings, samples, counted):
    """A plan against nothing but the lookups that it makes."""
    lookups, row = compare(samples)
    if "not_run" in row:
        raise NotRun(row["not_run"])
    row["variant"] = f"{KINDS[kind]}, {mappings:,} mappings"
    row["lookups"] = samples["plan"][0]["lookups"]
    row["lookups_ns"] = lookups["median"]
    row["per_second"] = 1e9 / row["median"]
    row["instructions"], row["lookups_instructions"] = (
        None if isinstance(counted[what, kind, mappings], NotRun)
        else counted[what, kind, mappings] for what in ("plan", "lookups"))
    return row


def make(args):
    points = [(kind, mappings) for kind in KINDS for mappings in MAPPINGS]
    runs = {(what, *point): Case(words(what, *point, 1000))
            for point in points for what in ("lookups", "plan")}
    with one_cpu():
        samples = take_turns(runs, args.rounds, lambda name, _:
                             measure(args, runs[name]))
    counted = at_once(lambda name: per_call(
        args, lambda plans: words(*name, plans, 1), 1000, 5000), runs)
    return {"unit": "plans",
            "rows": [row_of(*point, {what: samples[(what, *point)]
                                     for what in ("lookups", "plan")}, counted)
                     for point in points]}


TABLES = {"model": ("A plan by the model alone", make)}
