# SPDX-License-Identifier: MIT
"""Programs that read what remapguard writes, and are not ours."""

import base64
import contextlib
import glob
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time


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


# -------------------------------------------------------------- ClickHouse

CLICKHOUSE = """<yandex>
<logger><level>error</level><console>1</console></logger>
<tcp_port>{port}</tcp_port><listen_host>127.0.0.1</listen_host>
<path>{path}/data/</path><tmp_path>{path}/tmp/</tmp_path>
<user_files_path>{path}/files/</user_files_path>
<format_schema_path>{path}/schemas/</format_schema_path>
<mark_cache_size>5368709</mark_cache_size>
<users_config>{path}/users.xml</users_config>
<default_profile>default</default_profile>
<default_database>default</default_database>
</yandex>
"""
USERS = """<yandex><profiles><default/></profiles><quotas><default/></quotas>
<users><default><password></password><profile>default</profile>
<quota>default</quota><networks><ip>127.0.0.1</ip></networks></default></users>
</yandex>
"""


class ClickHouse:
    """A server of its own; `client' is what its client finds it by, in the
    directory where it is called."""

    def __init__(self, directory):
        need("clickhouse-server", "clickhouse-client")
        self.directory = pathlib.Path(directory)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.client = ("<config><host>127.0.0.1</host>"
                       f"<port>{self.port}</port></config>")

    def __enter__(self):
        (self.directory / "users.xml").write_text(USERS)
        (self.directory / "config.xml").write_text(
            CLICKHOUSE.format(port=self.port, path=self.directory))
        self.log = open(self.directory / "log", "w+")
        self.server = subprocess.Popen(
            ["clickhouse-server",
             f"--config-file={self.directory}/config.xml"],
            stdout=self.log, stderr=self.log, cwd=self.directory)
        for _ in range(300):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            time.sleep(0.1)
        self.__exit__()
        raise AssertionError("clickhouse-server does not listen")

    def __exit__(self, *_):
        self.server.kill()
        self.server.wait()
        self.log.close()


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


# ------------------------------------------------------------------- SARIF

def sarif_multitool(modules, path, work):
    """What Microsoft's validator says of a file, a finding a line."""
    name = "@microsoft/sarif-multitool-linux/Sarif.Multitool"
    program = pathlib.Path(modules) / name
    if not program.exists():
        raise Missing(f"no {name} in {modules}")
    program.chmod(0o755)
    said = call(str(program), "validate", str(path),
                env={"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1",
                     "DOTNET_BUNDLE_EXTRACT_BASE_DIR": f"{work}/dotnet"})
    assert "Analysis completed successfully" in said, said
    return re.findall(r": (error|warning|note) (SARIF\d+)", said)


# -------------------------------------------------------------- flame graph

def flamegraph(path):
    """The SVG that flamegraph.pl draws."""
    found = ["/usr/share/perl5/Devel/NYTProf/flamegraph.pl"]
    script = shutil.which("flamegraph.pl") or found[0]
    if not os.path.exists(script):
        raise Missing("no flamegraph.pl here")
    return call("perl", script, str(path))

