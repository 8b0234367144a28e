# SPDX-License-Identifier: MIT
"""Trace events by their documentation.

"Trace Event Format" (docs.google.com/document/d/
1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU): the JSON Object Format, of
whose phases we write three. Perfetto imports these; see perfetto.dev,
"Visualizing external trace formats".
"""

import numbers

METADATA = {"process_name": "name", "process_labels": "labels",
            "thread_name": "name"}


def is_number(value):
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def faults_of_event(event):
    for name in ("ph", "name"):
        if not isinstance(event.get(name), str) or not event[name]:
            yield f"{name}: {event.get(name)!r}"
    for name in ("pid", "tid"):
        if not isinstance(event.get(name), int) or event[name] < 0:
            yield f"{name}: {event.get(name)!r}"
    if not isinstance(event.get("args"), dict):
        yield "no args"
    phase = event.get("ph")
    if phase == "M":
        member = METADATA.get(event["name"])
        if not member:
            yield f"no such metadata: {event['name']}"
        elif not isinstance(event["args"].get(member), str):
            yield f"{event['name']} without {member}"
        return
    if not is_number(event.get("ts")) or event["ts"] < 0:
        yield f"ts: {event.get('ts')!r}"
    if not isinstance(event.get("cat"), str):
        yield f"cat: {event.get('cat')!r}"
    if phase == "X":
        if not is_number(event.get("dur")) or event["dur"] < 0:
            yield f"dur: {event.get('dur')!r}"
    elif phase == "i":
        if event.get("s") not in ("g", "p", "t"):
            yield f"scope: {event.get('s')!r}"
    else:
        yield f"ph: {phase!r}"


def faults(trace):
    if trace.get("displayTimeUnit") not in ("ms", "ns"):
        yield f"displayTimeUnit: {trace.get('displayTimeUnit')!r}"
    if not isinstance(trace.get("traceEvents"), list):
        yield "no traceEvents"
        return
    for number, event in enumerate(trace["traceEvents"]):
        for fault in faults_of_event(event):
            yield f"traceEvents[{number}]: {fault}"


def overlaps(trace):
    """Slices of a thread must lie in one another or apart (Perfetto drops
    others)."""
    threads = {}
    for event in trace["traceEvents"]:
        if event["ph"] == "X":
            threads.setdefault((event["pid"], event["tid"]), []).append(
                (event["ts"], -event["dur"]))
    for thread, slices in threads.items():
        open_ends = []
        for start, minus_length in sorted(slices):
            end = start - minus_length
            while open_ends and open_ends[-1] <= start:
                open_ends.pop()
            if open_ends and end > open_ends[-1] + 0.001:
                yield f"{thread}: at {start}"
            open_ends.append(end)
