#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""screenshot.py REMAPGUARD PNG: audit real programs, and take a picture of the
first screen of the page: docs/page.png. The python3 that runs this is one of
them; one that was built with -g has lines. DARK=1: as it looks in the dark."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from browser import Browser

# CPython's own tests, workers under memory limits, and a stress test
AUDITED = """
{python} -m test -q test_mmap test_memoryio test_bytes
{python} {job}
stress-ng --quiet --mremap 1 --mremap-ops 3
"""


def audit(remapguard, work):
    """The page of a run of all of it. Return: its path."""
    job = pathlib.Path(__file__).with_name("job.py")
    script = AUDITED.format(python=sys.executable, job=job)
    subprocess.run([remapguard, "run", "--quiet", "-o", f"{work}/trace", "--",
                    "/bin/sh", "-c", script], stdout=subprocess.DEVNULL,
                   check=True)
    subprocess.run([remapguard, "report", "--format=html", "-o",
                    f"{work}/page.html", f"{work}/trace"], check=True)
    return f"{work}/page.html"


def shoot(page, png):
    with Browser() as browser:
        browser.size(1280, 800)
        browser.dark(bool(os.environ.get("DARK")))
        browser.open(page)
        browser.run("new Promise((done) => setTimeout(done, 500))")
        browser.picture(png)
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--output", png, png],
                       check=True)


def main(remapguard, png):
    with tempfile.TemporaryDirectory() as work:
        shoot(audit(os.path.abspath(remapguard), work), png)


if __name__ == "__main__":
    main(*sys.argv[1:])
