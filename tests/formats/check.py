#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check.py: each format, read by a reader that is not ours. TAP."""

import argparse
import csv
import html
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree

import engines
import perfetto

ROWS = []


def row(name):
    def note(function):
        ROWS.append((name, function))
        return function
    return note


class Here:
    """What the rows work with: the program, traces and a directory."""

    def __init__(self, options, work):
        self.options = options
        self.work = pathlib.Path(work)
        self.make("fleet")
        self.make("odd")
        self.fleet = sorted(str(path.relative_to(self.work))
                            for path in self.work.glob("*/*.trace"))
        self.traces = self.fleet + ["odd.trace"]

    def make(self, *kind):
        subprocess.run([self.options.make_fleet, *kind, self.work],
                       check=True)

    def run(self, *arguments, status=0):
        done = subprocess.run([self.options.cli, *arguments], cwd=self.work,
                              capture_output=True, timeout=120)
        assert done.returncode == status, \
            f"{arguments}: status {done.returncode}: {done.stderr.decode()}"
        return done.stdout.decode()

    def report(self, form, *arguments):
        return self.run("report", f"--format={form}", *arguments)

    def rows(self, *traces, kind="events"):
        lines = self.run("export", f"--rows={kind}", *traces).split("\n")
        assert lines.pop() == ""
        return [json.loads(line) for line in lines]


def equal(name, got, want):
    assert got == want, f"{name}: got {got!r}, wanted {want!r}"


# ---------------------------------------------------------------- schemas

def all_json(here):
    """(schema, output) of every command that writes JSON."""
    for traces in [[trace] for trace in here.traces] + [here.traces]:
        yield "report", here.report("json", *traces)
    for trace in here.traces:
        for event in here.rows(trace):
            yield "explain", here.run("explain", "--json",
                                      f"--event={event['event']}", trace)
    for page in "clobber", "RG115", "crosses-vma", "dest-sealed", "sealed":
        yield "explain", here.run("explain", "--json", page)
    for words in ("4K 4K 4K 0", "--explain 4K 4K 8K 0",
                  "--explain --kernel=5.10 4K 8K 8K MAYMOVE|FIXED 1M",
                  "--kernel=6.16 4K 0 4K 1"):
        yield "predict", here.run("predict", "--json", *words.split())
    for what in "findings", "profiles", "checks", "kernels":
        yield "list", here.run("list", "--json", what)
    for pair in [here.traces[:2], here.traces[1:3], ["odd.trace"] * 2]:
        yield "diff", here.run("diff", "--json", *pair)
    yield "doctor", subprocess.run(
        [here.options.cli, "doctor", "--json"], stdout=subprocess.PIPE,
        timeout=60).stdout
    for line in here.run("export", "--rows=events,sites,processes",
                         *here.traces).splitlines():
        yield "rows", line


@row("every JSON has a schema, and every field is in it")
def check_schemas(here):
    try:
        import schemas
    except ImportError:
        raise engines.Missing("no python3-jsonschema here") from None
    known = schemas.Schemas(here.options.schemas)
    seen = set()
    for name, text in all_json(here):
        document = json.loads(text)
        name = f"remapguard-{name}-1"
        if name != "remapguard-rows-1":
            equal("schema", document["schema"], name)
        seen.add(name)
        found = schemas.faults(known.closed(name), document)
        assert not found, f"{name}: {found[:3]}"
        document["added-later"] = 1
        found = schemas.faults(known.published(name), document)
        assert not found, f"{name}, a field more: {found[:3]}"
    equal("schemas without output here", set(known.documents) - seen,
          {"remapguard-exhaust-1"})


@row("a schema refuses what is not of it")
def check_schemas_refuse(here):
    try:
        import schemas
    except ImportError:
        raise engines.Missing("no python3-jsonschema here") from None
    known = schemas.Schemas(here.options.schemas)
    report = json.loads(here.report("json", "odd.trace"))
    del report["totals"]["calls"]
    assert schemas.faults(known.published("remapguard-report-1"), report)
    call = here.rows("odd.trace")[0]
    call["path"] = "sideways"
    assert schemas.faults(known.published("remapguard-rows-1"), call)


@row("run --exhaust writes by its schema")
def check_exhaust(here):
    try:
        import schemas
    except ImportError:
        raise engines.Missing("no python3-jsonschema here") from None
    subprocess.run([here.options.cli, "run", "--quiet", "--exhaust", "-o",
                    "exhausted", "--", here.options.program], cwd=here.work,
                   capture_output=True, timeout=120)
    document = json.loads((here.work / "exhausted/exhaust.json").read_text())
    known = schemas.Schemas(here.options.schemas)
    equal("faults", schemas.faults(known.closed("remapguard-exhaust-1"),
                                   document), [])


# --------------------------------------------------------------------- CSV

def from_csv(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def as_cell(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(value)
    return str(value)


@row("CSV and JSON lines say the same of each event")
def check_csv(here):
    records = from_csv(here.report("csv", *here.traces))
    rows = here.rows(*here.traces)
    equal("records", len(records), len(rows))
    for record, values in zip(records, rows):
        got = {name: cell for name, cell in record.items() if cell}
        want = {name: as_cell(value) for name, value in values.items()}
        want = {name: cell for name, cell in want.items() if cell}
        equal(f"{values['trace']} {values['event']}", got, want)


# A record by the grammar of RFC 4180, section 2.
FIELD = r'(?:[^",\r\n]*|"(?:[^"]|"")*")'
RECORD = re.compile(rf"{FIELD}(?:,{FIELD})*\r\n")


@row("CSV is RFC 4180")
def check_rfc4180(here):
    text = here.report("csv", *here.traces)
    at = 0
    records = 0
    while at < len(text):
        match = RECORD.match(text, at)
        assert match, f"no record at {at}: {text[at:at + 80]!r}"
        at = match.end()
        records += 1
    equal("records and a header", records,
          len(here.rows(*here.traces)) + 1)


@row("strings come through")
def check_strings(here):
    call = here.rows("odd.trace")[0]
    equal("exe", call["exe"], '/a,b"c\\d;e\r\n\t\x1b\x7f \u00fc' +
          "\ufffd" * 6 + "\U0001f600")
    assert call["comm"].startswith('=a,b"c\\d;e')
    text = here.run("export", "odd.trace")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)


@row("numbers of 64 bits come through")
def check_numbers(here):
    call = here.rows("odd.trace")[1]
    equal("old_len", call["old_len"], 2**64 - 1)
    equal("new_len", call["new_len"], 2**64 - 2)
    equal("addr", call["addr"], "0x" + "f" * 16)
    equal("flags", call["flags"], "MAYMOVE|FIXED|DONTUNMAP|0xfffffffffffffff8")


@row("what was not seen is left out")
def check_unseen(here):
    call = here.rows("odd.trace")[2]
    equal("judged", call["judged"], "unseen")
    for name in "path", "result", "errno", "duration_ns", "bytes_moved":
        assert name not in call, name


# ------------------------------------------------------------------ folded

def stacks(text):
    return [(stack.split(";"), int(number)) for stack, number in
            (line.rsplit(" ", 1) for line in text.splitlines())]


@row("folded stacks add up to the report")
def check_folded(here):
    totals = json.loads(here.report("json", *here.traces))
    sites = totals["sites"]
    for weight, want in (
            ("calls", totals["totals"]["calls"]),
            ("failed", totals["totals"]["failed"]),
            ("bytes", totals["totals"]["bytes_moved"]),
            ("moves", sum(site["moves"] for site in sites)),
            ("time", sum(site["ns_total"] for site in sites))):
        text = here.report("folded", f"--by={weight}", *here.traces)
        equal(weight, sum(number for _, number in stacks(text)), want)


@row("flamegraph.pl draws folded stacks")
def check_flamegraph(here):
    path = here.work / "folded"
    path.write_text(here.report("folded", *here.traces))
    svg = engines.flamegraph(path)
    xml.etree.ElementTree.fromstring(svg)
    drawn = {html.unescape(name): int(count.replace(",", ""))
             for name, count in re.findall(
                 r"<title>([^<]*) \(([\d,]+) samples", svg)}
    equal("grow_ring", drawn["grow_ring"], 5)
    equal("move_over", drawn["move_over"], 4)
    equal("load_index", drawn["load_index"], 5)
    equal("all", drawn["all"], 18)


def said(page):
    return html.unescape(re.sub(r"<[^>]*>", "\n", page))


@row("speedscope opens folded stacks")
def check_speedscope_folded(here):
    path = here.work / "fleet.folded"
    path.write_text(here.report("folded", *here.fleet))
    words = said(engines.speedscope(here.options.node_modules, path,
                                    here.work))
    for name in "grow_ring", "move_over", "load_index":
        assert name in words, f"no {name} in {words}"


# ---------------------------------------------------------------- Perfetto

@row("Perfetto's trace is by its documentation")
def check_perfetto(here):
    for traces in [[trace] for trace in here.traces] + [here.traces]:
        trace = json.loads(here.report("perfetto", *traces))
        found = list(perfetto.faults(trace))
        assert not found, f"{traces}: {found[:3]}"
    found = list(perfetto.overlaps(json.loads(
        here.report("perfetto", *here.fleet))))
    assert not found, f"slices overlap: {found[:3]}"


@row("Perfetto's trace has every call and every finding")
def check_perfetto_events(here):
    trace = json.loads(here.report("perfetto", *here.traces))
    calls = [event["args"] for event in trace["traceEvents"]
             if event["ph"] == "X"]
    rows = here.rows(*here.traces)
    want = [row for row in rows if row["row"] == "call"]
    equal("calls", len(calls), len(want))
    for call, values in zip(calls, want):
        for name, value in call.items():
            equal(f"{values['trace']} {values['event']} {name}", value,
                  values[name])
    instants = [event["name"].split()[0] for event in trace["traceEvents"]
                if event["ph"] == "i"]
    equal("findings", sorted(instants),
          sorted(finding for row in rows for finding in row["findings"]))
    processes = {event["pid"] for event in trace["traceEvents"]}
    equal("processes", len(processes), len(here.traces))


@row("speedscope opens Perfetto's trace")
def check_speedscope_perfetto(here):
    path = here.work / "fleet.json"
    path.write_text(here.report("perfetto", *here.fleet))
    words = said(engines.speedscope(here.options.node_modules, path,
                                    here.work))
    for name in "store (pid 1000", "shop (pid 4194305", "move {":
        assert name in words, f"no {name} in {words}"


# ------------------------------------------------------------------- SARIF

@row("Sarif.Multitool finds nothing wrong")
def check_sarif(here):
    for number, traces in enumerate([here.fleet, ["odd.trace"]]):
        path = here.work / f"{number}.sarif"
        path.write_text(here.report("sarif", *traces))
        # there is no address to learn more at (SARIF2005)
        found = set(engines.sarif_multitool(here.options.node_modules, path,
                                            here.work))
        equal(f"{traces}", found - {("warning", "SARIF2005")}, set())


# ------------------------------------------------------------------ memory

def peak(here, *arguments):
    """Kilobytes, of a child alone."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen([here.options.cli, *arguments], stdout=out,
                                 cwd=here.work)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        equal(f"{arguments}", child.returncode, 0)
        return usage.ru_maxrss


@row("memory does not grow with calls")
def check_memory(here):
    peaks = {}
    for segments in 2, 100:
        here.make("many", str(segments))
        for form in "csv", "perfetto":
            peaks[form, segments] = peak(here, "report", f"--format={form}",
                                         "many.trace")
        peaks["jsonl", segments] = peak(here, "export", "many.trace")
        shutil.rmtree(here.work / "many.trace")
    for form in "csv", "perfetto", "jsonl":
        # what 78,400 more calls would be as events in memory: 100 MB
        assert peaks[form, 100] < peaks[form, 2] + 8192, peaks


# ------------------------------------------------------------------- merged

@row("a hundred traces are one report")
def check_hundred(here):
    names = [f"copy-{number}.trace" for number in range(100)]
    for name in names:
        shutil.copytree(here.work / "web1/shop.trace", here.work / name)
    report = json.loads(here.report("json", *names))
    equal("calls", report["totals"]["calls"], 600)
    equal("processes", len(report["processes"]), 100)
    equal("clobbers", report["findings"][0]["count"], 200)
    equal("sites", len(report["sites"]), 2)
    equal("rows", len(here.rows(*names)), 600)
    for name in names:
        shutil.rmtree(here.work / name)


# ------------------------------------------------------------- docs/fleet.md

def run_page(here, database):
    """Each block of the page that is run, and what should follow it."""
    found = engines.blocks(here.options.fleet_page)
    environment = dict(os.environ, PATH=f"{here.work}/bin:{os.environ['PATH']}")
    for (language, text), (after, want) in zip(found, found[1:] + [("-", "")]):
        got = None
        if language == "sql":
            got = database.psql(text, cwd=here.work)
        elif language == "sh" and "|" not in text:
            engines.call("sh", "-euc", text, cwd=here.work, env=environment)
        if got is not None and after == "":
            lines = [line.rstrip() for line in got.rstrip("\n").split("\n")]
            yield text, "\n".join(lines) + "\n", want


def install(here):
    (here.work / "bin").mkdir(exist_ok=True)
    link = here.work / "bin/remapguard"
    if not link.exists():
        link.symlink_to(here.options.cli)


@row("PostgreSQL answers the questions of docs/fleet.md as it says")
def check_postgres(here):
    install(here)
    answered = 0
    with tempfile.TemporaryDirectory() as directory, \
            engines.Postgres(directory) as database:
        for question, got, want in run_page(here, database):
            assert got == want, f"{question}\ngot:\n{got}\nwanted:\n{want}"
            answered += 1
        odd = here.work / "odd.jsonl"
        odd.write_text(here.run("export", "odd.trace"))
        equal("odd strings in a database", database.psql(
            r"\copy rows from 'odd.jsonl' with "
            r"(format csv, quote e'\x01', delimiter e'\x02')" "\n"
            r"\pset tuples_only" "\n\\pset format unaligned\n"
            "select count(*), max(doc->>'old_len') from rows "
            "where doc->>'trace' = 'odd.trace'", cwd=here.work),
            f"4|{max(['4096', str(2**64 - 1)])}\n")
    equal("answers", answered, 6)


@row("PostgreSQL takes CSV with odd strings")
def check_postgres_csv(here):
    (here.work / "odd.csv").write_text(here.report("csv", "odd.trace"),
                                       newline="")
    columns = ", ".join(f'"{name}" text' for name in
                        here.report("csv", "odd.trace").split("\r\n")[0]
                        .split(","))
    with tempfile.TemporaryDirectory() as directory, \
            engines.Postgres(directory) as database:
        got = database.psql(
            f"create table call ({columns});\n"
            r"\copy call from 'odd.csv' with (format csv, header)" "\n"
            r"\pset tuples_only" "\n\\pset format unaligned\n"
            "select encode(convert_to(exe, 'UTF8'), 'hex') from call limit 1;"
            "select count(*) from call where result is null;",
            cwd=here.work)
    exe = here.rows("odd.trace")[0]["exe"]
    equal("exe and nulls", got, f"{exe.encode().hex()}\n2\n")


def answers(here, command):
    """The one block with that command in it gives the answer below it."""
    install(here)
    environment = dict(os.environ, PATH=f"{here.work}/bin:{os.environ['PATH']}")
    found = engines.blocks(here.options.fleet_page)
    ran = 0
    for (language, text), (_, want) in zip(found, found[1:]):
        if language == "sh" and command in text:
            equal(command, engines.call("sh", "-euc", text, cwd=here.work,
                                        env=environment), want)
            ran += 1
    equal("blocks that were run", ran, 1)


@row("ClickHouse takes rows as docs/fleet.md says")
def check_clickhouse(here):
    with tempfile.TemporaryDirectory() as directory, \
            engines.ClickHouse(directory) as server:
        (here.work / "clickhouse-client.xml").write_text(server.client)
        answers(here, "clickhouse-client")


@row("the journal takes rows as docs/fleet.md says")
def check_journal(here):
    engines.need("jq", "journalctl")
    if not os.path.exists("/lib/systemd/systemd-journal-remote"):
        raise engines.Missing("no systemd-journal-remote here")
    answers(here, "journalctl")


# -------------------------------------------------------------------- main

def main():
    parser = argparse.ArgumentParser()
    for name in ("cli", "make-fleet", "schemas", "fleet-page", "node-modules",
                 "program"):
        parser.add_argument(f"--{name}", required=True,
                            type=lambda path: pathlib.Path(path).resolve())
    options = parser.parse_args()
    failed = 0
    print(f"1..{len(ROWS)}")
    with tempfile.TemporaryDirectory() as work:
        here = Here(options, work)
        for number, (name, check) in enumerate(ROWS, 1):
            try:
                check(here)
            except engines.Missing as missing:
                print(f"ok {number} - {name} # SKIP {missing}", flush=True)
                continue
            except Exception as error:  # a row's failure is not the others'
                said_by = getattr(error, "stderr", None) or ""
                print(f"not ok {number} - {name}")
                for line in f"{error} {said_by}".splitlines():
                    print(f"# {line}", flush=True)
                failed += 1
                continue
            print(f"ok {number} - {name}", flush=True)
    return failed != 0


if __name__ == "__main__":
    raise SystemExit(main())
