# SPDX-License-Identifier: MIT
"""Run a program: here, or on another kernel under qemu, where it has what it
brings along and nothing else."""

import asyncio
import contextlib
import dataclasses
import os
import pathlib
import re
import signal
import stat
import tempfile

from images import NotRun

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
BOOT_SECONDS = 120
# Nothing of a program lies where vm.mmap_min_addr may come to be.
FREE_BELOW = "-Wl,-Ttext-segment=0x10000000"
APPEND = "quiet loglevel=1 nokaslr oops=panic panic=-1"


class Failed(Exception):
    """Why a run says nothing about its kernel."""


class NotBooted(Failed):
    """It never came to its first program."""


@dataclasses.dataclass(frozen=True)
class Machine:
    compiler: str
    qemu: str
    append: str

    @property
    def objcopy(self):
        return self.compiler.removesuffix("gcc") + "objcopy"


MACHINES = {
    "amd64": Machine(
        "x86_64-linux-gnu-gcc",
        "qemu-system-x86_64 -machine pc",
        "console=ttyS0 mitigations=off reboot=t no_timer_check"),
    "arm64": Machine(
        "aarch64-linux-gnu-gcc",
        "qemu-system-aarch64 -machine virt",
        "console=ttyAMA0"),
    "ppc64el": Machine(
        "powerpc64le-linux-gnu-gcc",
        "qemu-system-ppc64 -machine pseries,x-vof=on,"
        "cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken",
        "console=hvc0"),
}


@contextlib.asynccontextmanager
async def process(*words):
    """A child that is gone when the block is left, whatever the reason."""
    try:
        child = await asyncio.create_subprocess_exec(
            *words, cwd=TOP, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    except OSError as error:
        raise NotRun(f"{words[0]}: {error.strerror}") from error
    try:
        yield child
    finally:
        # not child.kill(), which may reap it before asyncio does
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)
        await child.wait()


# ------------------------------------------------------------------ building

async def compile_static(arch, target, sources, *options):
    async with process(MACHINES[arch].compiler, "-std=gnu11", "-D_GNU_SOURCE",
                       "-O2", "-Wall", "-static", FREE_BELOW, "-Iinclude",
                       "-Isrc", *options, "-o", target, *sources) as compiler:
        said = await compiler.stdout.read()
        if await compiler.wait():
            raise Failed(f"{arch}: does not compile:\n{said.decode()}")


async def build_init(arch, folder):
    """FOLDER/init-ARCH, which starts a guest's FOLDER/prog-ARCH."""
    await compile_static(arch, f"{folder}/init-{arch}", [HERE / "init.c"])


async def build(arch, patterns, folder, *options):
    """Both, the program of the sources."""
    sources = [path for pattern in patterns
               for path in sorted(TOP.glob(pattern))]
    await build_init(arch, folder)
    await compile_static(arch, f"{folder}/prog-{arch}", sources, *options)


def cpio_entry(number, name, mode, content=b"", device=(0, 0)):
    """A file in an archive of the format "newc"."""
    fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, *device,
              len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields)
    head += name.encode() + b"\0"
    return b"".join(part + bytes(-len(part) % 4) for part in (head, content))


def folders_of(files):
    """All that the files lie in, the outer ones first."""
    return sorted({str(parent) for name in files
                   for parent in pathlib.PurePath(name).parents} - {"."})


def initramfs(folder, arch, arguments, files):
    """The guest's root. By hand, as a device's node that cpio could read can
    only be made by root."""
    files = {name: f"{folder}/{name}-{arch}"
             for name in ("init", "prog")} | files
    entries = [(name, stat.S_IFDIR | 0o755)
               for name in ["dev", "proc", "sys", "tmp", *folders_of(files)]]
    entries.append(("dev/console", stat.S_IFCHR | 0o600, b"", (5, 1)))
    for name, path in files.items():
        entries.append((name, stat.S_IFREG | 0o755,
                        pathlib.Path(path).read_bytes()))
    entries.append(("args", stat.S_IFREG | 0o644,
                    "\n".join(arguments).encode()))
    entries.append(("TRAILER!!!", 0))
    return b"".join(cpio_entry(number, *entry)
                    for number, entry in enumerate(entries))


# ------------------------------------------------------------------- running

def told(what, output):
    """A reason, and the last that was seen of the patient."""
    lines = [line for line in output.splitlines() if line.strip()]
    if any("Kernel panic" in line for line in lines):
        what = "the kernel panicked"
    return "\n".join([f"{what}; its last lines:"] + lines[-20:])


def text_of(output):
    return bytes(output).decode(errors="replace").replace("\r", "")


async def listen(child, seconds, boots):
    """All that a child prints, within so many seconds; a guest's count from
    when it has booted, for which it has a limit of its own."""
    output = bytearray()
    limit = BOOT_SECONDS if boots else seconds
    try:
        async with asyncio.timeout(limit) as end:
            while chunk := await child.stdout.read(65536):
                output += chunk
                if boots and b"@boot " in output:
                    boots = False
                    end.reschedule(asyncio.get_running_loop().time() + seconds)
    except TimeoutError:
        if boots:
            raise NotBooted(told(f"no boot within {limit} s",
                                 text_of(output))) from None
        raise Failed(told(f"not done within {seconds} s",
                          text_of(output))) from None
    if boots:
        raise NotBooted(told("it ended while booting", text_of(output)))
    return text_of(output)


def qemu(kernel, image, initrd):
    machine = MACHINES[kernel.arch]
    return [*machine.qemu.split(), "-accel", "tcg", "-cpu", kernel.cpu,
            "-m", kernel.memory, "-nodefaults", "-no-user-config",
            "-display", "none", "-no-reboot", "-serial", "stdio",
            "-kernel", image, "-initrd", initrd,
            "-append", f"{machine.append} {APPEND} {kernel.append}"]


async def boot(kernel, image, folder, arguments, seconds, files):
    """The program's output and exit status, from a guest that has the files,
    by their names there, as well."""
    with tempfile.NamedTemporaryFile(dir=folder) as initrd:
        initrd.write(initramfs(folder, kernel.arch, arguments, files))
        initrd.flush()
        async with process(*qemu(kernel, image, initrd.name)) as child:
            text = await listen(child, seconds, boots=True)
    said = re.search(r"@boot .*\n((?:.*\n)*)@exit (code|signal)=(\d+)\n", text)
    if not said:
        raise Failed(told("the guest ended before its program", text))
    if said[2] == "signal":
        raise Failed(told(f"its program died by signal {said[3]}", said[1]))
    return said[1], int(said[3])


async def run_here(kernel, folder, arguments, seconds):
    """The same, from the running kernel."""
    async with process(f"{folder}/prog-{kernel.arch}", *arguments) as child:
        text = await listen(child, seconds, boots=False)
        status = await child.wait()
    if status < 0:
        raise Failed(told(f"its program died by signal {-status}", text))
    return text, status
