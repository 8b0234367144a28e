# SPDX-License-Identifier: MIT
"""Does the oracle notice when the model is wrong? The model is broken in one
place after the other, all these mutants are built into one program with the
oracle, and each must be caught on some kernel, or be listed in unnoticed.ini
with the reason."""

import asyncio
import collections
import configparser
import dataclasses
import json
import os
import pathlib
import re

import guest
import images
import mutate

MODEL = guest.TOP / "src/model"
PROGRAM = ["tests/kernels/oracle/*.c", "tests/kernels/mutants/*.c",
           "src/model/*.c"]
OPTIONS = ["-Itests/kernels/mutants", "-Wl,--wrap=rg_rules_of"]
# They decide nothing, or are broken at run time: mutants share the model's.
SHARED = ("checks.c", "compare.c", "generations.c", "kernels.c", "names.c")
CALLS_A_SECOND = 40 # at the least
BY_CHANCE = "by chance:" # how reasons begin of what one may catch
# A kernel's calls are made in parts, all kernels in turn, each of them more
# than the last: what is easy to catch is gone before many calls are made.
FIRST_PART = 20 # of the calls, but
LEAST_PART = 10_000
TIMES_MORE = 4


# ------------------------------------------------------------------ building

class Builder:
    """Builds each of the source's mutants to one object with one name."""

    def __init__(self, arch, folder):
        self.folder = pathlib.Path(folder, f"mutants-{arch}")
        self.folder.mkdir()
        self.arch = arch
        self.slots = asyncio.Semaphore(os.cpu_count())

    async def run(self, *words):
        async with guest.process(*words) as child:
            said = await child.stdout.read()
            if await child.wait():
                raise guest.Failed(f"{words[0]} failed:\n{said.decode()}")

    async def compile(self, *words):
        await self.run(guest.MACHINES[self.arch].compiler, "-std=gnu11",
                       "-D_GNU_SOURCE", "-O1", "-w", "-Iinclude", "-Isrc",
                       "-Itests/kernels/mutants", "-include", "operators.h",
                       *words)

    async def right_objects(self):
        parts = [path for path in sorted(MODEL.glob("*.c"))
                 if path.name not in SHARED]
        for path in parts:
            await self.compile("-c", path, "-o",
                               self.folder / f"{path.name}.o")
        return [path.name for path in parts]

    async def link(self, name, *objects):
        """NAME.o, of which NAME() alone can be seen: it is rg_plan_make()."""
        target = self.folder / f"{name}.o"
        await self.compile("-r", "-nostdlib", *objects, "-o", target)
        await self.run(guest.MACHINES[self.arch].objcopy,
                       "--redefine-sym", f"rg_plan_make={name}",
                       "--keep-global-symbol", name, target)
        return target

    async def trace(self, parts):
        """traced_plan.o, and the numbers of its functions."""
        folder = self.folder / "traced"
        folder.mkdir()
        names = []
        for part in parts:
            text = (MODEL / part).read_text(encoding="utf-8")
            text, new = mutate.traced(text, len(names))
            names += [(part, name) for name in new]
            (folder / part).write_text(text, encoding="utf-8")
        await self.link("traced_plan", *(folder / part for part in parts))
        return {name: number for number, name in enumerate(names)}

    async def build(self, number, mutant, parts):
        """Returns whether it is one: its code may be that of the model."""
        folder = self.folder / str(number)
        folder.mkdir()
        source = folder / mutant.file
        changed = folder / "changed.o"
        source.write_text(mutant.text, encoding="utf-8")
        async with self.slots:
            await self.compile("-c", source, "-o", changed)
            right = self.folder / f"{mutant.file}.o"
            if changed.read_bytes() == right.read_bytes():
                return False
            await self.link(f"mutant_{number}", changed, *(
                self.folder / f"{name}.o" for name in parts
                if name != mutant.file))
        return True

    def table(self, mutants, reached):
        """C that names them, and the functions they are in."""
        rows = "".join(f"\t{{ {json.dumps(mutant.name)}, "
                       f"{json.dumps(mutant.broken)}, mutant_{number}, "
                       f"{reached.get((mutant.file, mutant.part), -1)} }},\n"
                       for number, mutant in mutants)
        plans = "".join(f"plan_fn mutant_{number};\n" for number, _ in mutants)
        path = self.folder / "table.c"
        path.write_text(
            f'#include "mutants.h"\n\n{plans}\nconst struct source_mutant '
            f"source_mutants[] = {{\n{rows}}};\nconst unsigned int "
            f"nr_source_mutants = {len(mutants)};\n", encoding="utf-8")
        return path

    async def all(self, mutants):
        """Returns what to link, and the names of the mutants in it."""
        parts = await self.right_objects()
        differ = await asyncio.gather(*(
            self.build(number, mutant, parts)
            for number, mutant in enumerate(mutants)))
        real = [(number, mutant) for number, mutant in enumerate(mutants)
                if differ[number]]
        files = [self.table(real, await self.trace(parts)),
                 self.folder / "traced_plan.o"]
        files += [self.folder / f"mutant_{number}.o" for number, _ in real]
        return files, [mutant.name for _, mutant in real]


def parts(calls):
    part = max(calls // FIRST_PART, LEAST_PART)
    while calls > 0:
        yield min(part, calls)
        calls -= part
        part *= TIMES_MORE


# ------------------------------------------------------------------- reasons

def read_reasons(path):
    """Patterns of names, each with why no call can tell such a mutant."""
    table = configparser.ConfigParser(allow_no_value=True, delimiters="\t",
                                      comment_prefixes="#", strict=True)
    table.optionxform = str
    with open(path, encoding="utf-8") as lines:
        table.read_file(lines)
    return {pattern: section for section in table.sections()
            for pattern in table[section]}


def matches(pattern, name):
    words = map(re.escape, pattern.split("*"))
    return re.fullmatch(".*".join(words), name)


# ----------------------------------------------------------------- the whole

@dataclasses.dataclass
class Fate:
    broken: str
    generation: str = "" # whose kernels alone can tell
    since: tuple = ()    # or those of these releases
    before: tuple = ()
    caught: str = ""     # by which kernel and call

    def can_be_told_by(self, kernel):
        if self.since:
            return self.since <= version(kernel) < self.before
        return (not self.generation or not kernel.generation or
                self.generation == kernel.generation)

    def who_can_tell(self):
        if self.since:
            return "no kernel from {}.{} to before {}.{}".format(
                *self.since, *self.before)
        return f"no kernel of {self.generation}"


def version(kernel):
    return tuple(images.by_numbers(kernel.release)[:2])


class Mutants:
    """What has become of all of them, on all kernels so far."""

    def __init__(self, kernels, table, reasons, patterns):
        self.kernels = kernels
        self.reasons = reasons
        self.patterns = patterns # of those that are asked
        # of the whole table, so that names do not depend on what runs
        self.versions = sorted({version(kernel) for kernel in table
                                if not kernel.runs_here})
        self.sources = {} # names of the source's, by architecture
        self.rules = []   # names of the rules', behind those
        self.all = set()  # with those that the compiler makes the model of
        self.fates = {}

    async def build(self, arch, other_program, folder):
        files, self.sources[arch] = [], []
        if not other_program:
            broken = mutate.mutants(MODEL, self.versions)
            self.all.update(mutant.name for mutant in broken)
            asked = [mutant for mutant in broken
                     if self.is_asked(mutant.name) and
                     not self.is_caught(mutant.name)]
            files, self.sources[arch] = await Builder(arch, folder).all(asked)
            for mutant in asked:
                self.expect(mutant, arch)
        await guest.build(arch, other_program or PROGRAM, folder, *OPTIONS,
                          *files)
        await self.list(arch, f"{folder}/prog-{arch}")

    def expect(self, mutant, arch):
        if mutant.name in self.sources[arch]:
            self.fates.setdefault(mutant.name, Fate(
                mutant.broken, since=mutant.since, before=mutant.before))

    def is_caught(self, name):
        return name in self.fates and self.fates[name].caught

    def is_asked(self, name):
        return any(matches(pattern, name) for pattern in self.patterns)

    async def list(self, arch, program):
        """The rules are known to the program alone. Where none can be run
        here, all of them are tried to the end."""
        try:
            async with guest.process(program, "--beside=list") as child:
                said = await child.stdout.read()
                if await child.wait() == 0:
                    names = said.decode().splitlines()
                    self.rules = names[len(self.sources[arch]):]
        except guest.NotRun:
            pass

    def reason(self, name):
        """Why it is not expected to be caught, and by which pattern."""
        for pattern, why in self.reasons.items():
            if matches(pattern, name):
                return pattern, why
        return None, ""

    def letter(self, name, kernel):
        """Of the program's: await it, try it, or leave it out."""
        fate = self.fates.get(name)
        if not self.is_asked(name) or self.is_caught(name) or \
                fate and not fate.can_be_told_by(kernel):
            return "-"
        return "t" if self.reason(name)[0] else "a"

    def arguments(self, kernel):
        """To try what has not been caught, and to wait for what should; or
        nothing, where there is nothing to wait for."""
        names = self.sources[kernel.arch] + self.rules
        letters = "".join(self.letter(name, kernel) for name in names)
        if names and "a" not in letters:
            return []
        return [f"--beside={letters}"]

    def take(self, kernel, line):
        """A line of the program's: see mutants/mutants.c."""
        state, name, broken, call = line.split("\t")
        if not self.is_asked(name):
            return
        fate = self.fates.setdefault(name, Fate(broken))
        if broken == "generations.c":
            fate.generation = name.split(":")[0]
        if state == "mutant caught" and not fate.caught:
            fate.caught = f"{kernel.name}: {call}"

    def left(self):
        """How many are still awaited on some kernel."""
        return sum(not fate.caught and not self.not_run(name, fate)
                   for name, fate in self.fates.items())

    def not_run(self, name, fate):
        """Why it could not have been caught, or nothing."""
        if not any(fate.can_be_told_by(kernel) for kernel in self.kernels
                   if not kernel.not_run):
            return f"{fate.who_can_tell()} is among those that ran"
        return self.reason(name)[1]

    def wrong(self):
        """What is, a line each."""
        for name, fate in self.fates.items():
            pattern, _ = self.reason(name)
            if fate.caught and pattern and \
                    not self.reasons[pattern].startswith(BY_CHANCE):
                yield f"unnoticed.ini: {pattern}: {name} was caught: " \
                      f"{fate.caught}"
            if not fate.caught and not self.not_run(name, fate):
                yield f"{name}: survives: {fate.broken}"
        names = self.all | set(self.rules) | set(self.fates)
        for pattern in self.reasons:
            if not any(matches(pattern, name) for name in names):
                yield f"unnoticed.ini: {pattern}: no such mutant"

    def report(self):
        print("\n| mutant | broken | caught by |\n| --- | --- | --- |")
        for name, fate in self.fates.items():
            if fate.caught:
                print(f"| {name} | {fate.broken} | {fate.caught} |")
        for name, fate in self.fates.items():
            if not fate.caught and self.not_run(name, fate):
                print(f"not run: {name}: {self.not_run(name, fate)}")
        same = sorted(filter(self.is_asked, self.all.difference(
            *self.sources.values())))
        for name in same:
            print(f"not run: {name}: the compiler makes the same code of it")
        counts = collections.Counter(
            "caught" if fate.caught else
            "not run" if self.not_run(name, fate) else "survive"
            for name, fate in self.fates.items())
        counts["not run"] += len(same)
        print(f"mutants: {sum(counts.values())}: {counts['caught']} caught, "
              f"{counts['not run']} not run, {counts['survive']} survive")
