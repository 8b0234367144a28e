# SPDX-License-Identifier: MIT
"""buffers.py MB: what grows in Python by realloc, and mappings that do."""

import hashlib
import io
import mmap
import sys
import tempfile
import threading

LIMIT = int(sys.argv[1]) << 20
STEP = bytes(range(256)) * 3000 + b"and an odd end"


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def grow_bytearray():
    data = bytearray()
    while len(data) < LIMIT:
        data += STEP
    whole = digest(data)
    while len(data) > len(STEP):
        del data[len(data) // 2:]
    return whole, digest(data)


def grow_stream():
    stream = io.BytesIO()
    while stream.tell() < LIMIT:
        stream.write(STEP)
    return digest(stream.getbuffer())


def grow_list():
    numbers = []
    for number in range(LIMIT // 16):
        numbers.append(number & 255)
    return sum(numbers), digest(bytes(numbers))


def resize_mapping(mapping):
    """Up to the limit and down again, marking each end."""
    size = len(mapping)
    while size < LIMIT:
        size += size // 2 + 1000
        mapping.resize(size)
        mapping[-1] = size & 255
    whole = digest(mapping)
    while size > mmap.PAGESIZE:
        size //= 3
        mapping.resize(size)
    return whole, digest(mapping)


def resize_file():
    with tempfile.TemporaryFile() as file:
        file.write(STEP)
        file.flush()
        with mmap.mmap(file.fileno(), 0) as mapping:
            return resize_mapping(mapping)


def resize_private():
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    with mmap.mmap(-1, 1 << 16, flags=flags) as mapping:
        return resize_mapping(mapping)


def in_threads():
    """All at once, as they would be in a server."""
    results = [None] * 4

    def work(place):
        results[place] = (grow_bytearray(), resize_private())

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


for test in (grow_bytearray, grow_stream, grow_list, resize_file,
             resize_private, in_threads):
    print(test.__name__, test())
