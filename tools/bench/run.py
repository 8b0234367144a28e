#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure what remapguard costs, and what the alternatives do.

Every number is compared with the bare program's in the same run: the variants
of a table take turns, round after round, so that a slow minute of the machine
hits all of them.

docs/benchmarks.md says what the rows mean.
"""

import argparse
import json
import pathlib
import sys
import time

import aims
import calls
import counts
import coverage
import glance
import harness
import model
import peers
import process
import text

# name: title, and the function that measures it; in the order of the report
TABLES = {name: table
          for module in (model, calls, coverage, peers, process, counts)
          for name, table in module.TABLES.items()}


def names(said):
    wanted = said.split(",")
    unknown = [name for name in wanted if name not in TABLES]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"no such table: {', '.join(unknown)} (--list has them)")
    return wanted


def arguments():
    parser = argparse.ArgumentParser(
        prog="./dev bench", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=lambda p: pathlib.Path(p).resolve(),
                        required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=9,
                        help="how often each variant has its turn (9)")
    parser.add_argument("--spawns", type=int, default=100,
                        help="how often /bin/true is started (100)")
    parser.add_argument("--only", type=names, metavar="TABLE,...",
                        default=list(TABLES), help="measure these tables")
    parser.add_argument("--model", dest="only", action="store_const",
                        const=list(model.TABLES),
                        help="measure the model alone")
    parser.add_argument("--list", action="store_true",
                        help="say which tables there are")
    parser.add_argument("--json", metavar="FILE",
                        help="where the numbers go (build/bench.json)")
    return parser.parse_args()


def measured(args, name):
    title, make = TABLES[name]
    harness.say(title)
    start = time.monotonic()
    table = {"name": name, "title": title} | make(args)
    return table | {"seconds": round(time.monotonic() - start, 1)}


def main():
    args = arguments()
    if args.list:
        for name, (title, _) in TABLES.items():
            print(f"{name:<20} {title}")
        return
    result = {"schema": "remapguard-bench-2", "machine": harness.machine(),
              "rounds": args.rounds}
    try:
        result["tables"] = [measured(args, name) for name in args.only]
    except (harness.NotRun, harness.Unrecorded) as why:
        sys.exit(f"bench: {why}")
    result["aims"] = aims.judge(result["tables"])
    result["tables"] = glance.tables(result["tables"]) + result["tables"]
    with open(args.json or args.build / "bench.json", "w",
              encoding="utf-8") as out:
        json.dump(result, out, indent=1)
    text.print_report(result)


if __name__ == "__main__":
    main()
