# SPDX-License-Identifier: MIT
"""arrays.py MB: NumPy's arrays, growing in place and by copies."""

import hashlib
import sys

import numpy

LIMIT = int(sys.argv[1]) << 20


def digest(array):
    return hashlib.sha256(array.tobytes()).hexdigest()[:16]


def resize_in_place():
    array = numpy.arange(1000, dtype=numpy.int64)
    while array.nbytes < LIMIT:
        array.resize(array.size + array.size // 3, refcheck=False)
        array[-1] = array.size
    whole = digest(array)
    while array.nbytes > 4096:
        array.resize(array.size // 2, refcheck=False)
    return whole, digest(array)


def resize_by_pages():
    """Often, and by little: through the size where huge pages begin."""
    array = numpy.ones(1 << 18, dtype=numpy.int64)
    for _ in range(2000):
        array.resize(array.size + 512, refcheck=False)
        array[-1] += 1
    return digest(array)


def resize_copies():
    array = numpy.arange(1000, dtype=numpy.float32)
    while array.nbytes < LIMIT // 2:
        array = numpy.resize(array, array.size * 2 - 7)
    return digest(array)


def append():
    array = numpy.zeros((0, 1000))
    for number in range(200):
        array = numpy.append(array, numpy.full((20, 1000), number), axis=0)
    return array.shape, digest(array)


for test in (resize_in_place, resize_by_pages, resize_copies, append):
    print(test.__name__, test())
