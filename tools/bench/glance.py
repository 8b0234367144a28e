# SPDX-License-Identifier: MIT
"""All that a variant adds, in one row: a table made of the others."""

from variants import PATHS

# heading: table, what follows the variant's name there, column, digits
CELLS = {
    "no-op, ns": ("noop", "", "added", 0),
    "page off and on, ns": ("resize", "", "added", 0),
    "FIXED move, ns": ("move", "", "added", 0),
    "realloc, ns": ("realloc", "", "added", 0),
    "instructions of a no-op": ("instructions", "", "added", 0),
    "start and end, ms": ("startup", "", "added", 2),
    "Private_Dirty, KiB": ("memory", ", 10 calls", "dirty", 0),
}


def row_of(found, variant):
    row = {"variant": variant}
    for heading, (table, suffix, column, digits) in CELLS.items():
        value = found.get((table, variant + suffix), {}).get(column)
        if value is not None:
            row[heading] = f"{value:,.{digits}f}"
    return row


def tables(measured):
    """The table, if there are two at least that it can be made of."""
    sources = {cell[0] for cell in CELLS.values()}
    if sum(table["name"] in sources for table in measured) < 2:
        return []
    found = {(table["name"], row["variant"]): row
             for table in measured for row in table["rows"]}
    return [{"name": "glance", "title": "What is added, at a glance",
             "unit": "glance",
             "rows": [row_of(found, variant) for variant in PATHS]}]
