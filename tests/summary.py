#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sum up Meson's test logs: what was skipped and why, what failed, and last
one line, `N passed, N failed, N skipped`.

usage: summary.py LOG [--again LOG]...

LOG stands for LOG.json, as Meson wrote it, and LOG.status, what Meson exited
with. Of the first log each TAP line counts, and each test that prints no TAP.
A log after --again is of the same tests under another judge: there a test
program counts once, and its cases are not counted over again.
"""

import json
import os
import re
import sys

TAP_LINE = re.compile(r"^(ok|not ok)\b\s*\d*\s*-?\s*(.*)$")
TAP_SKIP = re.compile(r"#\s*skip\S*\s*(.*)$", re.IGNORECASE)
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
VERDICTS = {"OK": PASSED, "EXPECTEDFAIL": PASSED, "SKIP": SKIPPED}


def last_line(test):
    """What a test said last: the reason of a skip, by convention."""
    text = test.get("stdout", "") + "\n" + test.get("stderr", "")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].lstrip("# ") if lines else ""


def whole(test):
    """One (verdict, name, reason) for a test program."""
    verdict = VERDICTS.get(test["result"], FAILED)
    reason = last_line(test) if verdict == SKIPPED else test["result"].lower()
    # A test that neither says anything nor why it says nothing has not run.
    if verdict == SKIPPED and not reason:
        return FAILED, test["name"], "skipped without a reason"
    return verdict, test["name"], reason


def cases(test):
    """A (verdict, name, reason) for each TAP line of a test program."""
    for line in test.get("stdout", "").splitlines():
        tap = TAP_LINE.match(line)
        if not tap:
            continue
        skip = TAP_SKIP.search(tap[2])
        name = f"{test['name']}: {TAP_SKIP.sub('', tap[2]).strip()}"
        if skip:
            yield SKIPPED, name, skip[1] or "no reason given"
        else:
            yield (PASSED if tap[1] == "ok" else FAILED), name, ""


def results(test):
    """The cases; a program that failed beside them, by crashing say, is one
    failure more."""
    rows = list(cases(test))
    outcome = whole(test)
    if not rows:
        return [outcome]
    if outcome[0] == FAILED and not any(row[0] == FAILED for row in rows):
        rows.append(outcome)
    return rows


def read(log):
    with open(log + ".json", encoding="utf-8") as lines:
        tests = [json.loads(line) for line in lines]
    with open(log + ".status", encoding="utf-8") as status:
        return tests, int(status.read())


def collect(log, count):
    """Rows of one log. Meson's own failure is one too: tests that were never
    started are in no log."""
    try:
        tests, status = read(log)
    except (OSError, ValueError) as error:
        return [(FAILED, "no results", str(error))]
    rows = [row for test in tests for row in count(test)]
    if not rows:
        rows.append((FAILED, "no results", "no test ran"))
    if status and not any(row[0] == FAILED for row in rows):
        rows.append((FAILED, "meson", f"exit status {status}"))
    return rows


def show(label, rows):
    for verdict in (SKIPPED, FAILED):
        for row in rows:
            if row[0] == verdict:
                print(f"{verdict}: {label}{row[1]}: {row[2]}".rstrip(": "))


def main(logs):
    rows = []
    label, count = "", results
    for log in logs:
        if log == "--again":
            count = lambda test: [whole(test)]
            continue
        if count is not results:
            label = os.path.basename(log) + ": "
        new = collect(log, count)
        show(label, new)
        rows += new
    sums = [(v, sum(row[0] == v for row in rows))
            for v in (PASSED, FAILED, SKIPPED)]
    print(", ".join(f"{n} {verdict}" for verdict, n in sums))
    return 1 if dict(sums)[FAILED] else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
