"""The sync process: keys come over the inherited pipe, progress goes out as JSON lines, it ends with the pipe (D31)."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable

import msgspec

from clinicdesk.core.errors import ClinicDeskError, Param
from clinicdesk.sync.errors import CancelledError
from clinicdesk.sync.ports import Watcher

CANCEL = b"cancel\n"
GRACE_SECONDS = 0.2
"""A cancelled session may end its step within this; then the process ends anyway, inside the lock's 300 ms."""

EXIT_FAILED = 1
EXIT_BAD_JOB = 2
EXIT_STOPPED = 3

DIED = "sync_died"
"""The code of a run whose process ended without a word; that of the cause, so far as it is known, stands beside it."""


class Job(msgspec.Struct, frozen=True):
    """What one run needs. The keys never stand in an argument, the environment or a file.

    `unlocked`: a window is open, so each transaction of a pull ends at 20 ms (D25).
    """

    profile: str
    database_key: bytes
    device: str
    incarnation: int
    device_private: bytes
    user: str | None = None
    unlocked: bool = True

    def __repr__(self) -> str:
        return "Job()"


class Progress(msgspec.Struct, frozen=True, tag_field="event", tag="progress"):
    """How far the session is; `total` is null where nobody knows."""

    phase: str
    done: int
    total: int | None


class Finished(msgspec.Struct, frozen=True, tag_field="event", tag="finished"):
    """The session ended by itself; `session` is its `SyncSession` row."""

    session: dict[str, str | int | float | bool | None]


class Failed(msgspec.Struct, frozen=True, tag_field="event", tag="failed"):
    """The session could not be finished; the code is that of `sync.errors`."""

    code: str
    params: dict[str, Param]


Event = Progress | Finished | Failed

SessionRow = dict[str, str | int | float | bool | None]


class _Reporter:
    """The `Watcher` of a session in this process: writes events, knows of the wish to stop."""

    def __init__(self, events: io.RawIOBase) -> None:
        self._events = events
        self._stop = threading.Event()

    def progress(self, phase: str, done: int, total: int | None) -> None:
        self.write(Progress(phase, done, total))

    def stopped(self) -> bool:
        return self._stop.is_set()

    def stop(self) -> None:
        self._stop.set()

    def write(self, event: Event) -> None:
        self._events.write(msgspec.json.encode(event) + b"\n")


Work = Callable[[Job, Watcher], SessionRow]


def serve_parent(work: Work) -> int:
    """`serve` over the standard streams, which the desk has connected to its pipes."""
    with io.FileIO(0, closefd=False) as control, io.FileIO(1, "w", closefd=False) as events:
        return serve(control, events, work)


def serve(control: io.RawIOBase, events: io.RawIOBase, work: Work) -> int:
    """Run the one job that comes over `control`; the value is the exit status of the process.

    Both are unbuffered: a buffer's lock, held by the thread that waits for words, would break the end of the process.

    While it runs, `cancel` asks it to stop; the end of `control` means that the desk has locked or died, and ends
    the process at once: every transaction is whole or not there.
    """
    try:
        job = msgspec.json.decode(control.readline(), type=Job)
    except msgspec.DecodeError:
        return EXIT_BAD_JOB
    reporter = _Reporter(events)
    threading.Thread(target=_obey, args=(control, reporter), daemon=True).start()
    try:
        reporter.write(Finished(work(job, reporter)))
    except CancelledError as stopped:
        reporter.write(Failed(stopped.code, stopped.params))
        return EXIT_STOPPED
    except ClinicDeskError as failure:
        reporter.write(Failed(failure.code, failure.params))
        return EXIT_FAILED
    return 0


def _obey(control: io.RawIOBase, reporter: _Reporter) -> None:
    while line := control.readline():
        if line == CANCEL:
            reporter.stop()
            threading.Timer(GRACE_SECONDS, os._exit, (EXIT_STOPPED,)).start()
    os._exit(EXIT_STOPPED)
