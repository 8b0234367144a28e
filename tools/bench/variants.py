# SPDX-License-Identifier: MIT
"""What is preloaded: name, and the options that the object gets."""

BARE = {"bare": None}
OFF = {"object, no trace": ""}
NONE = {"trace, stacks=none": "trace={trace}:stacks=none"}
FP = {"trace, stacks=fp": "trace={trace}:stacks=fp"}
LIBUNWIND = {"trace, stacks=libunwind": "trace={trace}:stacks=libunwind"}
PREDICT = {"trace, stacks=none, predict=always":
           "trace={trace}:stacks=none:predict=always"}
# No profile notes them all without changing what calls do. Who watches a
# mapping by userfaultfd is told by smaps alone, so uffd-lost has its own row.
MOST_FINDINGS = {"trace, all findings but uffd-lost":
                 "trace={trace}:stacks=none:predict=always:"
                 "unaligned-length=note:page-size-assumption=note"}
FINDINGS = {"trace, all findings":
            "trace={trace}:stacks=none:predict=always:unaligned-length=note:"
            "page-size-assumption=note:uffd-lost=note"}
QUARANTINE = {"trace, stacks=none, quarantine=64M":
              "trace={trace}:stacks=none:quarantine=64M"}

QUICK = BARE | OFF | NONE | FP | LIBUNWIND | PREDICT | MOST_FINDINGS
PATHS = QUICK | FINDINGS
STACKS = BARE | NONE | FP | LIBUNWIND


def name_of(variant):
    """The name of the one variant that is meant."""
    return next(iter(variant))
