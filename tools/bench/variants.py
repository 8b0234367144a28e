# SPDX-License-Identifier: MIT
"""What is preloaded: name, and the options that the object gets."""

BARE = {"bare": None}
OFF = {"object, no trace": ""}
NONE = {"trace, stacks=none": "trace={trace}:stacks=none"}
FP = {"trace, stacks=fp": "trace={trace}:stacks=fp"}
LIBUNWIND = {"trace, stacks=libunwind": "trace={trace}:stacks=libunwind"}
PREDICT = {"trace, stacks=none, predict=always":
           "trace={trace}:stacks=none:predict=always"}
# No profile notes them all without also changing what calls do.
FINDINGS = {"trace, stacks=none, all findings":
            "trace={trace}:stacks=none:predict=always:unaligned-length=note:"
            "uffd-lost=note:page-size-assumption=note"}
QUARANTINE = {"trace, stacks=none, quarantine=64M":
              "trace={trace}:stacks=none:quarantine=64M"}

PATHS = BARE | OFF | NONE | FP | LIBUNWIND | PREDICT | FINDINGS
STACKS = BARE | NONE | FP | LIBUNWIND


def name_of(variant):
    """The name of the one variant that is meant."""
    return next(iter(variant))
