"""Slow work off the window's thread: a pool, bound slots, the latest call per key wins (platform facts 1)."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, QTimer, Signal, Slot

from clinicdesk.presentation.runner import Done, Failed, OnProgress, Progress, Task

T = TypeVar("T")
ErrorSink = Callable[[BaseException, str], None]

BLOCKED_MS = 50


class _Job(QRunnable):
    """One piece of work; its outcome goes to the runner by a queued signal."""

    def __init__(
        self, runner: TaskRunner, work: Callable[[_Job], object], done: Done[object] | None, failed: Failed | None
    ) -> None:
        super().__init__()
        # The Python side owns the job: Qt deleting it while Python still holds it would crash.
        self.setAutoDelete(False)
        self._runner = runner
        self._work = work
        self.done = done
        self.failed = failed
        self.on_progress: OnProgress | None = None
        self.key = ""
        self.answer: object = None
        self.error: Exception | None = None
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        self._cancelled.set()
        self._runner.forget(self)

    def stop(self) -> None:
        """Mark as cancelled without telling the runner."""
        self._cancelled.set()

    def report(self, done: int, total: int, words: str = "") -> None:
        self._runner.progressed.emit(self, done, total, words)

    def run(self) -> None:
        if not self.cancelled:
            try:
                self.answer = self._work(self)
            except Exception as error:
                self.error = error
        # The window may have gone while the work ran.
        with contextlib.suppress(RuntimeError):
            self._runner.finished.emit(self)


class TaskRunner(QObject):
    """Implements `presentation.runner.Runner` on a thread pool. Callbacks run on the thread that made it.

    A callback that is a method of a destroyed widget is not called. An error nobody takes goes to `sink`.
    """

    finished = Signal(object)
    progressed = Signal(object, int, int, str)

    def __init__(self, sink: ErrorSink, parent: QObject | None = None, threads: int = 4) -> None:
        super().__init__(parent)
        self._sink = sink
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._jobs: set[_Job] = set()
        self._latest: dict[str, _Job] = {}
        self.finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)
        self.progressed.connect(self._on_progressed, Qt.ConnectionType.QueuedConnection)

    def run(
        self, work: Callable[[], T], *, done: Done[T] | None = None, failed: Failed | None = None, key: str = ""
    ) -> Task:
        job = _Job(self, lambda _job: work(), done, failed)  # type: ignore[arg-type]  # T is erased in the queue
        return self._start(job, key)

    def run_long(
        self,
        work: Callable[[Progress], T],
        *,
        progress: OnProgress,
        done: Done[T] | None = None,
        failed: Failed | None = None,
        key: str = "",
    ) -> Task:
        job = _Job(self, work, done, failed)  # type: ignore[arg-type]  # T is erased in the queue
        job.on_progress = progress
        return self._start(job, key)

    def busy(self) -> bool:
        return bool(self._jobs)

    def cancel_all(self) -> None:
        """Forget every task: on lock and on closing, no answer may reach a screen any more."""
        for job in tuple(self._jobs):
            job.cancel()

    def close(self, wait_ms: int = 3000) -> bool:
        """Cancel, and wait for what is running; true when all of it ended in time."""
        self.cancel_all()
        self._pool.clear()
        return self._pool.waitForDone(wait_ms)

    def forget(self, job: _Job) -> None:
        self._jobs.discard(job)
        if self._latest.get(job.key) is job:
            del self._latest[job.key]

    def _start(self, job: _Job, key: str) -> Task:
        if key:
            earlier = self._latest.get(key)
            if earlier is not None:
                earlier.cancel()
            job.key = key
            self._latest[key] = job
        self._jobs.add(job)
        self._pool.start(job)
        return job

    @Slot(object)
    def _on_finished(self, job: _Job) -> None:
        known = job in self._jobs
        self.forget(job)
        if not known or job.cancelled:
            return
        if job.error is None:
            if job.done is not None and _alive(job.done):
                job.done(job.answer)
        elif job.failed is not None and _alive(job.failed):
            job.failed(job.error)
        else:
            self._sink(job.error, support_code())

    @Slot(object, int, int, str)
    def _on_progressed(self, job: _Job, done: int, total: int, words: str) -> None:
        if job in self._jobs and job.on_progress is not None and _alive(job.on_progress):
            job.on_progress(done, total, words)


def _alive(callback: Callable[..., object]) -> bool:
    """False for a method of a Qt object that has been destroyed."""
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)


def support_code() -> str:
    """Eight characters to find the log line again; it says nothing about anyone."""
    # Imported here: it draws in the hash modules, which the start does not need.
    import secrets

    return "".join(secrets.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(8))


class LastResort:
    """The one handler for our own mistakes: logs with a code, shows the code, keeps the window open."""

    def __init__(self, sink: ErrorSink) -> None:
        self._sink = sink
        self._before = sys.excepthook

    def install(self) -> None:
        sys.excepthook = self

    def remove(self) -> None:
        sys.excepthook = self._before

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before(kind, error, trace)
            return
        self._sink(error.with_traceback(trace), support_code())


class UiWatchdog(QObject):
    """Records how long the window's thread did not answer: a beat every 10 ms, a gap is a block.

    Runs in tests and with CLINICDESK_DEBUG; `blocks` holds milliseconds above the limit (ux-spec 2).
    """

    def __init__(self, parent: QObject | None = None, limit_ms: int = BLOCKED_MS) -> None:
        super().__init__(parent)
        self._limit = limit_ms
        self._timer = QTimer(self, interval=10)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)
        self._last = 0.0
        self.blocks: list[float] = []

    def start(self) -> None:
        self.blocks = []
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> list[float]:
        if self._timer.isActive():
            self._on_beat()
            self._timer.stop()
        return self.blocks

    def _on_beat(self) -> None:
        now = time.perf_counter()
        gap = (now - self._last) * 1000
        self._last = now
        if gap > self._limit + 10:
            self.blocks.append(gap)
