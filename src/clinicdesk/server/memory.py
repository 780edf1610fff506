"""What a request has freed goes back to the system: a worker stays as small as its present work (T14)."""

from __future__ import annotations

import ctypes
import sys

_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_LARGE = 256 << 10
_ARENAS = 2


def return_memory_promptly() -> None:
    """Tell the C library's allocator, where it is glibc, to keep no large blocks and few pools.

    By itself it keeps a pool for each thread, and after the first bodies of some megabytes it keeps blocks of
    that size in every one of them: a gigabyte for a dozen threads that unpacked one body each.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
        mallopt(_M_ARENA_MAX, _ARENAS)
