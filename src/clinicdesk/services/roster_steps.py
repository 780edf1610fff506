"""The steps of a roster import as a person follows them, and the moments at which she may still stop it."""

from __future__ import annotations

import enum
from typing import ClassVar, Protocol

from clinicdesk.core.errors import UserFacingError


class Step(enum.StrEnum):
    """What is under way. COMMIT is past stopping: everything is written, or nothing."""

    READ = "read"
    SYNC = "sync"
    COMPARE = "compare"
    WRITE = "write"
    UNDO = "undo"
    COMMIT = "commit"


class Watcher(Protocol):
    """Who follows the work, and may want it to stop. `words` is the value of a `Step`."""

    @property
    def cancelled(self) -> bool: ...

    def report(self, done: int, total: int, words: str = "") -> None: ...


class ImportCancelledError(UserFacingError):
    """A person stopped the work; its transaction was rolled back, so nothing of it is left."""

    code: ClassVar[str] = "roster_import_cancelled"


class Steps:
    """Tells a watcher where the work stands; without one it is silent."""

    def __init__(self, watcher: Watcher | None = None) -> None:
        self._watcher = watcher

    def at(self, step: Step, done: int = 0, total: int = 0) -> None:
        """The work stands here. A total of 0 is one that nobody knows.

        Raises:
            ImportCancelledError: the watcher wants no more of it.
        """
        if self._watcher is None:
            return
        if self._watcher.cancelled and step is not Step.COMMIT:
            raise ImportCancelledError
        self._watcher.report(done, total, step.value)
