# SPDX-License-Identifier: MIT
"""Programs that read what remapguard writes, and are not ours."""

import base64
import glob
import json
import os
import pathlib
import re
import shutil
import subprocess


class Missing(Exception):
    """A program is not here; the row is skipped."""


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Missing(f"no {program} here")


def call(*command, **how):
    return subprocess.run(command, check=True, capture_output=True, text=True,
                          timeout=120, **how).stdout


# ------------------------------------------------------------- PostgreSQL

class Postgres:
    """A cluster of its own in a directory, reached by a socket in it."""

    def __init__(self, directory):
        self.directory = directory
        self.bin = (glob.glob("/usr/lib/postgresql/*/bin") or [""])[-1]
        if not self.bin or not shutil.which("psql"):
            raise Missing("no PostgreSQL here")

    def run(self, program, *arguments):
        command = [f"{self.bin}/{program}", "-D", f"{self.directory}/data",
                   *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, timeout=120, cwd="/",
                       stdout=subprocess.DEVNULL)

    def __enter__(self):
        if os.geteuid() == 0:
            shutil.chown(self.directory, "postgres")
        os.chmod(self.directory, 0o711)
        self.run("initdb", "-A", "trust", "-N", "-U", "postgres",
                 "--locale=C.UTF-8")
        self.run("pg_ctl", "-w", "-l", f"{self.directory}/log", "-o",
                 f"-F -c listen_addresses='' -k {self.directory}", "start")
        return self

    def __exit__(self, *_):
        self.run("pg_ctl", "-m", "immediate", "stop")

    def psql(self, text, **how):
        return call("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U",
                    "postgres", "-h", str(self.directory), input=text, **how)


# --------------------------------------------------------- a page's blocks

def blocks(page):
    """(language, text) of each fenced block of a Markdown file."""
    return re.findall(r"^```(\w*)\n(.*?)^```$",
                      pathlib.Path(page).read_text(), re.M | re.S)


# -------------------------------------------------------------- speedscope

CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu",
            "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--allow-file-access-from-files",
            "--virtual-time-budget=8000", "--dump-dom"]


def speedscope(modules, path, work):
    """The page that speedscope makes of a file, as HTML."""
    release = pathlib.Path(modules) / "speedscope/dist/release/index.html"
    if not release.exists():
        raise Missing(f"no speedscope in {modules}")
    need("chromium")
    script = pathlib.Path(work) / "profile.js"
    contents = base64.b64encode(pathlib.Path(path).read_bytes()).decode()
    script.write_text("speedscope.loadFileFromBase64("
                      f"{json.dumps(pathlib.Path(path).name)}, "
                      f"{json.dumps(contents)})")
    return call(*CHROMIUM, f"--user-data-dir={work}/browser",
                f"file://{release}#view=sandwich&localProfilePath={script}")


# -------------------------------------------------------------- flame graph

def flamegraph(path):
    """The SVG that flamegraph.pl draws."""
    found = ["/usr/share/perl5/Devel/NYTProf/flamegraph.pl"]
    script = shutil.which("flamegraph.pl") or found[0]
    if not os.path.exists(script):
        raise Missing("no flamegraph.pl here")
    return call("perl", script, str(path))

