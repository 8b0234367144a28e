#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draw what placement.py has measured.

usage: plot-placement.py placement.json placement.svg
"""

import json
import pathlib
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "remapguard"
from matplotlib import pyplot  # noqa: E402

LINES = {("move", "SMALL"): ("4 KB pages", "tab:blue", "o"),
         ("move", "HUGE"): ("huge pages", "tab:orange", "s"),
         ("again", "SMALL"): ("4 KB pages, moved before", "tab:green", "^"),
         ("aligned", "SMALL"): ("aligned by the kernel as well", "grey", "x")}


def rows_of(result):
    """The last measurement of each."""
    rows = {}
    for run in result["runs"]:
        for row in run["rows"]:
            rows[row["what"], row["pages"], row["bytes"]] = row
    return rows


def named(size):
    for unit, name in ((30, "GB"), (20, "MB"), (10, "KB")):
        if size >> unit:
            return f"{size >> unit} {name}"
    return str(size)


def draw_line(axes, rows, key):
    label, colour, marker = LINES[key]
    points = sorted((size, row["speedup"]["congruent"])
                    for (what, pages, size), row in rows.items()
                    if (what, pages) == key)
    if not points:
        return
    sizes = [size for size, _ in points]
    axes.fill_between(sizes, [one["low"] for _, one in points],
                      [one["high"] for _, one in points],
                      color=colour, alpha=0.15, linewidth=0)
    axes.plot(sizes, [one["median"] for _, one in points], label=label,
              color=colour, marker=marker, markersize=4)


def draw(result):
    rows = rows_of(result)
    figure, axes = pyplot.subplots(figsize=(8, 4.5))
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.axhline(1, color="black", linewidth=0.8)
    axes.axhline(5, color="black", linewidth=0.5, linestyle=":")
    for key in LINES:
        draw_line(axes, rows, key)
    sizes = sorted({size for what, _, size in rows if what == "move"})
    axes.set_xticks(sizes, [named(size) for size in sizes], rotation=45)
    axes.set_yticks([1, 2, 5, 10, 20, 50, 100, 200],
                    ["1", "2", "5", "10", "20", "50", "100", "200"])
    axes.minorticks_off()
    axes.set_xlabel("length of the mapping that grows by a page")
    axes.set_ylabel("times faster than to the kernel's place")
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left")
    machine = result["runs"][-1]["machine"]
    axes.set_title(f"placement=congruent: medians, and eight tenths of all "
                   f"moves\n{machine['cpu']}, Linux {machine['kernel']}, "
                   f"{machine['date']}", fontsize=9)
    figure.tight_layout()
    return figure


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    source, drawn = map(pathlib.Path, sys.argv[1:])
    figure = draw(json.loads(source.read_text(encoding="utf-8")))
    figure.savefig(drawn, metadata={"Date": None})


if __name__ == "__main__":
    main()
