# SPDX-License-Identifier: MIT
"""A page of the documentation, as blocks between fences and the marks above
them: comments that the source has and a reader does not see.

  <!-- not run: REASON -->      the commands below are not for a test
  <!-- run: COMMAND -->         what is below is what COMMAND prints
  <!-- before: COMMAND -->      is run first, of which nothing is shown
  <!-- after: COMMAND -->       is run last, and finds nothing to say
  <!-- with: A=B C=D -->        A and C stand for what the reader has: here B, D
  <!-- needs: COMMAND -->       is skipped here unless COMMAND succeeds
  <!-- file: NAME -->           what is below is the file NAME
  <!-- source: NAME -->         ... and is NAME of this repository, or in it
  <!-- exits with N -->         and not with 0
  <!-- numbers vary -->         from run to run, and the widths of columns
"""

import dataclasses
import re

COMMANDS = ("sh", "bash", "shell", "console", "sql")
PROMPT = "$ "


@dataclasses.dataclass
class Block:
    page: str
    line: int
    language: str
    text: str
    marks: list
    follows: bool  # nothing but blank lines since the block before

    def all(self, kind):
        return [what for name, what in self.marks if name == kind]

    def mark(self, kind):
        return (self.all(kind) or [None])[0]

    @property
    def is_session(self):
        return self.language in ("", "console") and \
            self.text.startswith(PROMPT)

    @property
    def has_commands(self):
        return self.language in COMMANDS or self.is_session

    @property
    def hides_commands(self):
        """Without a language or a prompt they would never be run."""
        return not self.language and not self.is_session and re.search(
            r"^(\$|remapguard|\./dev) \w", self.text, re.M)

    @property
    def is_output(self):
        return not self.language and not self.is_session


MARK = re.compile(r"<!--\s*(not run|run|needs|before|after|with|file|source|exits with|"
                  r"numbers vary)(?::?\s+(.*?))?\s*-->", re.S)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def blocks(name, text):
    """The blocks of a page, in order; raises ValueError for an odd fence."""
    at, before = 0, False
    if len(re.findall(r"^```", text, re.M)) % 2:
        raise ValueError(f"{name}: a fence without its end")
    for match in FENCE.finditer(text):
        between = text[at:match.start()]
        # those right above the fence
        marks = re.search(r"((?:<!--(?:(?!-->).)*-->\s*)*)\Z", between, re.S)
        yield Block(name, text.count("\n", 0, match.start()) + 1,
                    match[1], match[2],
                    [(kind, what) for kind, what in MARK.findall(marks[1])],
                    before and not between.strip())
        at, before = match.end(), True


def commands(session):
    """[(command, what it prints)] of a session with prompts; `> ' begins what
    a command goes on with."""
    found = []
    for line in session.splitlines(keepends=True):
        if line.startswith(PROMPT):
            found.append([line[len(PROMPT):], ""])
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0] += line[2:]
        else:
            found[-1][1] += line
    return [tuple(pair) for pair in found]
