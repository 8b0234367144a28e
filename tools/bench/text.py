# SPDX-License-Identifier: MIT
"""The tables as text, in Markdown."""

import glance


def number(key, digits=0, sign=""):
    def cell(row):
        value = row.get(key)
        return "" if value is None else f"{value:{sign},.{digits}f}"
    return cell


def times(unit):
    digits = 2 if unit == "ms" else 0
    return [
        (unit, number("median", digits)),
        ("range over the rounds", lambda row:
         f"{row['least']:,.{digits}f} to {row['most']:,.{digits}f}"),
        (f"{unit} added", number("added", digits, "+")),
        ("ratio", number("ratio", 2)),
    ]


def recorded(row):
    own = row.get("recorded")
    return f"{own['calls']}, {own['lost']} lost" if own else ""


def others(row):
    return ", ".join(f"{name} {count:+d}" for name, count in sorted(
        row["others"].items(), key=lambda item: -item[1])) or "none"


# unit: heading of each column, and what it has of a row
COLUMNS = {
    "ns": times("ns"),
    "ms": times("ms"),
    "floor": times("ns")[:2],
    "plans": [
        *times("ns")[:2],
        ("lookups", number("lookups")),
        ("ns of lookups", number("lookups_ns")),
        ("ns of the rest", number("added")),
        ("million/s", lambda row: f"{row['per_second'] / 1e6:.1f}"),
        ("instructions", number("instructions")),
        ("of lookups", number("lookups_instructions")),
    ],
    "syscalls": [("mremap", number("mremap", sign="+")), ("others", others)],
    "instructions": [("instructions", number("instructions")),
                     ("added", number("added", sign="+"))],
    "memory": [
        ("mappings", number("mappings", sign="+")),
        ("KiB of address space", number("size", sign="+")),
        ("Rss, KiB", number("rss", sign="+")),
        ("Pss, KiB", number("pss", sign="+")),
        ("Private_Dirty, KiB", number("dirty", sign="+")),
    ],
    "trace": [
        ("events", number("events")),
        ("bytes an event", number("per_event", 1)),
        ("KiB on the disk", number("kib")),
    ],
}

# Those that only some tables have, by what their rows then have.
FURTHER = {
    "beside": ("beside", lambda row: row["beside"]),
    "added_mean": ("ns added, mean", number("added_mean", sign="+")),
    "recorded": ("recorded", recorded),
    "told": ("told of", lambda row: "" if row.get("told") is None else
             f"{100 * row['told']:.0f} %"),
}


def columns_of(table):
    if table["unit"] == "glance":
        return [(heading, lambda row, heading=heading: row.get(heading, ""))
                for heading in glance.CELLS
                if any(heading in row for row in table["rows"])]
    found = list(COLUMNS[table["unit"]])
    for key, column in FURTHER.items() if table["unit"] != "floor" else ():
        if any(row.get(key) not in (None, "") for row in table["rows"]):
            found.append(column)
    return found


def print_table(table):
    columns = columns_of(table)
    print(f"\n### {table['title']}\n")
    print("| | " + " | ".join(heading for heading, _ in columns) + " |")
    print("|---|" + "---:|" * len(columns))
    for row in table["rows"]:
        filled = ([f"not run: {row['not_run']}"] + [""] * (len(columns) - 1)
                  if "not_run" in row else [cell(row) for _, cell in columns])
        print(f"| {row['variant']} | " + " | ".join(filled) + " |")


def print_aim(aim):
    print(f"* {aim['said']}: {aim['value']:,.1f} {aim['unit']}, aim at "
          f"{'least' if aim['least'] else 'most'} {aim['bound']:,.0f}: "
          f"{'met' if aim['met'] else 'MISSED'}")


def print_report(result):
    about = result["machine"]
    print(f"{about['cpu']}, {about['cpus']} CPUs, Linux {about['kernel']}, "
          f"{about['libc']}, {about['date']}; {result['rounds']} rounds.")
    for table in result["tables"]:
        print_table(table)
    if result["aims"]:
        print("\n### Aims\n")
    for aim in result["aims"]:
        print_aim(aim)
