"""The desk's end of the sync process: start it, hear from it, stop it."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable, Sequence
from typing import IO

import msgspec

from clinicdesk.sync.last_words import LastWords
from clinicdesk.sync.process import CANCEL, DIED, EXIT_STOPPED, Event, Failed, Finished, Job

LAST_WORD_SECONDS = 0.25


class SyncProcess:
    """One run of the sync process. `heard` is called for each event, in a thread of its own, the last time once.

    The last event is always `Finished` or `Failed`: where the process dies without a word, `sync_died` stands for it,
    with the status, and with failure and place as far as a traceback named them (`LastWords`).
    """

    def __init__(self, command: Sequence[str], job: Job, heard: Callable[[Event], None]) -> None:
        self._heard = heard
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no argument from outside
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._control = _opened(self._process.stdin)
        self._events = _opened(self._process.stdout)
        self._last_words = LastWords(_opened(self._process.stderr))
        # A process that died at once takes no job; its listener tells of it.
        with contextlib.suppress(OSError):
            self._control.write(msgspec.json.encode(job) + b"\n")
            self._control.flush()
        self._listener = threading.Thread(target=self._listen, name="sync-events", daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def cancel(self) -> None:
        """Ask the session to stop at its next step; what was acknowledged stays."""
        try:
            self._control.write(CANCEL)
            self._control.flush()
        except (OSError, ValueError):
            return  # it ended by itself

    def close(self) -> None:
        """End the process now, for the lock of the desk: at most 300 ms (D31)."""
        try:
            self._control.close()
        except OSError:
            self._process.kill()
        try:
            self._process.wait(LAST_WORD_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join()

    def wait(self, timeout: float | None = None) -> int:
        """The exit status, once the last event was heard."""
        status = self._process.wait(timeout)
        self._listener.join()
        self._control.close()
        return status

    def _listen(self) -> None:
        ended = False
        with self._events:
            for line in self._events:
                # What a process wrote by half when it died is no event.
                with contextlib.suppress(msgspec.DecodeError):
                    event = msgspec.json.decode(line, type=Event)
                    ended = ended or isinstance(event, (Finished, Failed))
                    self._heard(event)
        # Nothing of a run stays behind in the window's process: no zombie and no open pipe.
        status = self._process.wait()
        told = self._last_words.told(status)
        with contextlib.suppress(OSError):
            self._control.close()
        if not ended:
            self._heard(Failed("sync_cancelled", {}) if status == EXIT_STOPPED else Failed(DIED, dict(told)))


def _opened(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("the process was started without pipes")
    return stream
