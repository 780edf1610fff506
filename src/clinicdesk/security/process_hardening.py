"""Keep other programs of the same account out of our memory, and our memory out of crash files (T13)."""

from __future__ import annotations

import contextlib
import ctypes
import sys

_PR_SET_DUMPABLE = 4


def harden_process() -> tuple[str, ...]:
    """Called first by `bootstrap`; returns which measures took hold: `no_core_files`, `not_dumpable`."""
    return (*_no_core_files(), *_not_dumpable())


def _no_core_files() -> tuple[str, ...]:
    if sys.platform == "win32":
        return ()
    import resource

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        return ("no_core_files",)
    return ()


def _not_dumpable() -> tuple[str, ...]:
    if not sys.platform.startswith("linux"):
        return ()
    done = ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0
    return ("not_dumpable",) if done else ()
