# SPDX-License-Identifier: MIT
"""Sort, pickle and index logs in a few workers, each with a memory limit of
its own: what docs/page.png shows an audit of."""

import io
import json
import mmap
import multiprocessing
import random
import resource
import sqlite3
import tempfile

MB = 1 << 20


def lines(n):
    random.seed(n)
    out = bytearray()
    for i in range(n):
        row = {"at": i, "host": f"web{i % 17}", "ms": random.random() * 90,
               "path": "/" + "x" * (i % 61)}
        out += json.dumps(row).encode() + b"\n"
    return out


def gather(n):
    log, whole = lines(n), bytearray()
    try:
        while True:
            whole += log
    except MemoryError:
        return len(whole)


def table(n):
    rows = []
    try:
        while True:
            rows.append(n)
    except MemoryError:
        return len(rows)


def archive(n):
    log, out, times = lines(n), io.BytesIO(), 0
    try:
        while True:
            out.write(log)
            times += 1
    except MemoryError:
        return times


def index(n):
    with tempfile.TemporaryDirectory() as directory:
        db = sqlite3.connect(directory + "/db")
        db.execute("pragma mmap_size=1073741824")
        db.execute("create table t(a, b)")
        db.executemany("insert into t values(?, ?)",
                       enumerate(bytes(lines(n)).split(b"\n")))
        db.execute("create index i on t(b)")
        db.commit()
        return db.execute("select count(*) from t").fetchone()[0]


def ring(_):
    with tempfile.TemporaryFile() as file:
        file.truncate(MB)
        buffer = mmap.mmap(file.fileno(), MB)
        try:
            for size in range(2, 4096):
                buffer.resize(size * MB)
        except (OSError, MemoryError):
            return buffer.size()


def limited(job):
    work, n, limit = job
    resource.setrlimit(resource.RLIMIT_AS,
                       (limit * MB, resource.RLIM_INFINITY))
    try:
        return work.__name__, work(n)
    except (MemoryError, OSError):
        return work.__name__, "out of memory"


JOBS = [(gather, 20000, 260), (index, 60000, 900), (ring, 1, 300),
        (table, 1, 280), (archive, 15000, 240), (index, 90000, 900),
        (gather, 9000, 200), (table, 2, 200), (ring, 2, 200),
        (archive, 30000, 320)]

if __name__ == "__main__":
    with multiprocessing.Pool(2, maxtasksperchild=1) as pool:
        for name, result in pool.imap(limited, JOBS, 1):
            print(name, result)
