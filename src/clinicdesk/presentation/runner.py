"""How presenters ask for slow work: the same interface off the window's thread and, in tests, at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")
Done = Callable[[T], None]
Failed = Callable[[Exception], None]


class Task(Protocol):
    """Work under way. After `cancel` neither `done` nor `failed` is called."""

    def cancel(self) -> None: ...


class Progress(Protocol):
    """Handed to long work: reports, and tells when to stop."""

    @property
    def cancelled(self) -> bool: ...

    def report(self, done: int, total: int, words: str = "") -> None: ...


OnProgress = Callable[[int, int, str], None]


class Runner(Protocol):
    """Runs work elsewhere and brings the answer back to the caller's thread.

    With a `key`, a later call makes an earlier one of the same key forgotten: the latest wins.
    """

    def run(
        self, work: Callable[[], T], *, done: Done[T] | None = None, failed: Failed | None = None, key: str = ""
    ) -> Task: ...

    def run_long(
        self,
        work: Callable[[Progress], T],
        *,
        progress: OnProgress,
        done: Done[T] | None = None,
        failed: Failed | None = None,
        key: str = "",
    ) -> Task: ...


class FinishedTask:
    """A task that is over before it is handed back."""

    def cancel(self) -> None:
        return


class ImmediateRunner:
    """Does the work at once, on the caller's thread: for presenter tests and commands without a window."""

    def run(
        self, work: Callable[[], T], *, done: Done[T] | None = None, failed: Failed | None = None, key: str = ""
    ) -> Task:
        try:
            answer = work()
        except Exception as error:
            if failed is None:
                raise
            failed(error)
        else:
            if done is not None:
                done(answer)
        return FinishedTask()

    def run_long(
        self,
        work: Callable[[Progress], T],
        *,
        progress: OnProgress,
        done: Done[T] | None = None,
        failed: Failed | None = None,
        key: str = "",
    ) -> Task:
        return self.run(lambda: work(_Direct(progress)), done=done, failed=failed, key=key)


class _Direct:
    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress

    @property
    def cancelled(self) -> bool:
        return False

    def report(self, done: int, total: int, words: str = "") -> None:
        self._on_progress(done, total, words)
