# SPDX-License-Identifier: MIT
"""What a page shows and what was printed, compared but for what is another
each time: addresses, times, processes, kernels, directories."""

import difflib
import re

SKIPPED = re.compile(r"^\s*(…|\.\.\.)$")

ALWAYS = [
    # the colours, the ends of lines
    (r"[ \t]+$", ""),
    (r"0x[0-9a-f]{5,16}\b", "0xADDRESS"),
    (r"\+0x[0-9a-f]+\b", "+0xOFFSET"),
    (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?", "TIME"),
    (r"\b\d[\d,.]* ?(ns|us|µs|ms|s|minutes)\b", "N TIME"),
    (r"\b\d+\.\d+\.\d+[-.\w]*( \(G\w+\))?(?=[\s,)]|$)", "VERSION"),
    (r"(?i)\b(pid|process|thread)( +)\d+", r"\1\2N"),
    (r"-\d{2,}\.trace\b", "-N.trace"),
    (r"(?<![\w.])/[-\w./+]+/(?=[-\w.+]+)", "/…/"),
    (r"in the order of Linux .*", "in the order of Linux VERSION"),
    # a picture is to no scale
    (r"\|[-=~]*\|", "|-|"),
    (r"  +", "  "),
]

NUMBERS = [
    (r"\b\d[\d,.]* ([KMGT]iB|B)\b", "SIZE"),
    (r"(?<![A-Za-z\d])\d[\d,.]*", "N"),
    (r" +", " "),
]


def shape(text, numbers_vary=False):
    for pattern, instead in ALWAYS + (NUMBERS if numbers_vary else []):
        text = re.sub(pattern, instead, text, flags=re.M)
    return text.rstrip("\n").split("\n")


def line_pattern(line):
    """What a line may be: … in it is anything."""
    return ".*".join(re.escape(part) for part in
                     re.split("…|(?<!\\.)\\.\\.\\.(?!\\.)", line))


def fits(shown, printed):
    pattern = "".join(r"(?:.*\n)*?" if SKIPPED.match(line)
                      else line_pattern(line) + "\n" for line in shown)
    return re.fullmatch(pattern, "\n".join(printed) + "\n") is not None


def as_printed(line, printed):
    """The printed line that a line with … in it fits, so that it is none of
    the difference."""
    if SKIPPED.match(line):
        return line
    return next((other for other in printed
                 if re.fullmatch(line_pattern(line), other)), line)


def difference(shown, printed, numbers_vary=False):
    """None, or the lines that tell where the two do not fit."""
    shown = shape(shown, numbers_vary)
    printed = shape(printed, numbers_vary)
    if fits(shown, printed):
        return None
    shown = [as_printed(line, printed) for line in shown]
    return list(difflib.unified_diff(shown, printed, "shown", "printed",
                                     lineterm="", n=2))
