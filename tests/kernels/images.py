# SPDX-License-Identifier: MIT
"""Kernel images from Debian's archive, checked by apt, kept in a cache."""

import contextlib
import fcntl
import functools
import os
import pathlib
import re
import shutil
import subprocess
import tarfile

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or
                     pathlib.Path.home() / ".cache") / "remapguard"
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"


class NotRun(Exception):
    """Why a kernel cannot be had."""


# ----------------------------------------------------------------------- apt

def run(*words):
    try:
        return subprocess.run(words, cwd=CACHE / "partial",
                              stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False)
    except OSError as error:
        raise NotRun(f"{words[0]}: {error.strerror}") from error


@functools.cache
def mirrors():
    """The archive and the security archive, where this system has them."""
    found = {"debian": "http://deb.debian.org/debian/",
             "debian-security": "http://deb.debian.org/debian-security/"}
    targets = run("apt-get", "indextargets", "--format", "$(REPO_URI)")
    for uri in targets.stdout.split():
        name = uri.rstrip("/").rsplit("/", 1)[-1]
        if name in found:
            found[name] = uri
    return found


def apt(arch, suite, tool, *arguments):
    """Run one of apt's tools on an index of its own that has one suite. The
    system's apt is left as it is."""
    root = CACHE / "apt" / f"{suite}-{arch}"
    for folder in ("lists/partial", "cache/archives/partial", "none"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "status").touch()
    archive = "debian-security" if suite.endswith("-security") else "debian"
    (root / "sources.list").write_text(
        f"deb [signed-by={KEYS}] {mirrors()[archive]} {suite} main\n",
        encoding="ascii")
    options = {
        "APT::Architecture": arch,
        "APT::Architectures::": arch,
        "APT::Sandbox::User": "root",
        "APT::Update::Error-Mode": "any",
        "Acquire::Languages": "none",
        "Acquire::Retries": "1",
        "Acquire::http::Timeout": "20",
        "Dir::Cache": root / "cache",
        "Dir::Etc::preferences": root / "none/preferences",
        "Dir::Etc::preferencesparts": root / "none",
        "Dir::Etc::sourcelist": root / "sources.list",
        "Dir::Etc::sourceparts": root / "none",
        "Dir::State": root,
        "Dir::State::status": root / "status",
    }
    done = run(tool, *(f"-o{key}={value}" for key, value in options.items()),
               *arguments)
    if done.returncode:
        errors = re.findall(r"^E: (.*)", done.stderr, re.MULTILINE)
        raise NotRun(f"{suite}: {errors[0] if errors else tool + ' failed'}")
    return done.stdout


@functools.cache
def update(arch, suite):
    """Ask once for a suite's index; returns why there is none, or nothing."""
    try:
        apt(arch, suite, "apt-get", "update")
    except NotRun as error:
        return str(error)
    return ""


# -------------------------------------------------------------------- builds

def series(release):
    return ".".join(release.split(".")[:2])


def by_numbers(release):
    return [int(number) for number in re.findall(r"\d+", release)]


def builds(kernel, suite):
    """{release: package} of the kernel's series. From 6.19 on the image is in
    linux-binary-RELEASE, and linux-image-RELEASE is empty."""
    name = re.compile(
        rf"linux-(?:binary|image)-({re.escape(series(kernel.release))}"
        rf"\.[\w.+~]+(?:-\d+)?)-{kernel.flavour}(?:-unsigned)?")
    packages = apt(kernel.arch, suite, "apt-cache", "pkgnames", "linux-")
    matches = map(name.fullmatch, sorted(packages.split(), reverse=True))
    return {match[1]: match[0] for match in matches if match}


def image(kernel, release):
    return CACHE / "kernels" / f"vmlinuz-{release}-{kernel.flavour}"


def unpack(package, target):
    """Take the image out of a package; it gets its name when it is whole."""
    pattern = re.compile(r"\./(boot|usr/lib/modules/[^/]*)/vmlinu[xz](-.*)?")
    whole = package.with_suffix(".image")
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package],
                          stdout=subprocess.PIPE) as unpacking:
        try:
            with tarfile.open(fileobj=unpacking.stdout, mode="r|") as files:
                for member in files:
                    if member.isfile() and pattern.fullmatch(member.name):
                        with open(whole, "wb") as out:
                            shutil.copyfileobj(files.extractfile(member), out)
                        os.replace(whole, target)
                        return
        finally:
            unpacking.kill()
    raise NotRun(f"{package.name}: no kernel in it")


@contextlib.contextmanager
def fetching():
    """One fetches at a time, into a folder that is empty at first."""
    partial = CACHE / "partial"
    (CACHE / "kernels").mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        yield partial
        shutil.rmtree(partial)


def choose(kernel):
    """The build of the table, or else the newest of its series, as
    (release, suite, package)."""
    found, errors = [], []
    for suite in kernel.suites:
        errors.append(update(kernel.arch, suite))
        if not errors[-1]:
            found += [(release, suite, package) for release, package
                      in builds(kernel, suite).items()]
    if found:
        return max(found, key=lambda build: (build[0] == kernel.release,
                                             by_numbers(build[0])))
    nothing = f"{' '.join(kernel.suites)}: no {series(kernel.release)}"
    raise NotRun(next(filter(None, errors), nothing))


def fetch(kernel, say):
    with fetching() as partial:
        if image(kernel, kernel.release).exists():
            return kernel.release
        release, suite, package = choose(kernel)
        if release != kernel.release:
            say(f"{kernel.name}: {kernel.release} is gone: taking {release}")
        if not image(kernel, release).exists():
            say(f"{kernel.name}: fetching {package} from {suite}")
            apt(kernel.arch, suite, "apt-get", "download", package)
            unpack(next(partial.glob("*.deb")), image(kernel, release))
        return release


def find(kernel, say):
    """The kernel's image and its release. Where nothing can be fetched,
    another build of the series that is in the cache will do."""
    release = kernel.release
    if not image(kernel, release).exists():
        try:
            release = fetch(kernel, say)
        except (NotRun, OSError, tarfile.TarError) as error:
            others = image(kernel, series(release) + ".*")
            cached = sorted(others.parent.glob(others.name), key=lambda path:
                            by_numbers(path.name))
            if not cached:
                raise NotRun(str(error)) from error
            release = cached[-1].name.removeprefix("vmlinuz-")
            release = release.removesuffix(f"-{kernel.flavour}")
            say(f"{kernel.name}: {error}: taking {release}")
    return image(kernel, release), release
