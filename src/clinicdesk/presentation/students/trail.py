"""Which searches leave an audit row: those that were used, and those whose list stood for two seconds (D34)."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Protocol

from clinicdesk.services.search import SearchAnswer

REST_S = 2.0


class Waiting(Protocol):
    """Something that will be done unless it is cancelled."""

    def cancel(self) -> None: ...


class Later(Protocol):
    """Does something after a while, on any thread."""

    def __call__(self, seconds: float, work: Callable[[], None]) -> Waiting: ...


def on_a_timer(seconds: float, work: Callable[[], None]) -> Waiting:
    """The real `Later`: a thread that sleeps and does not hold the program open."""
    timer = threading.Timer(seconds, work)
    timer.daemon = True
    timer.start()
    return timer


class SearchTrail:
    """Follows one search field. `answered` comes with each list, `opened` when a line was used.

    Each query leaves at most one row; typing on within two seconds leaves none for what was typed so far.
    """

    def __init__(
        self,
        used: Callable[[SearchAnswer, tuple[uuid.UUID, ...]], None],
        rested: Callable[[SearchAnswer], None],
        later: Later = on_a_timer,
    ) -> None:
        self._used = used
        self._rested = rested
        self._later = later
        self._lock = threading.Lock()
        self._answer: SearchAnswer | None = None
        self._waiting: Waiting | None = None

    def answered(self, answer: SearchAnswer) -> None:
        """A list is shown; an empty query ends the search."""
        with self._lock:
            self._stop()
            if not answer.query.strip():
                return
            self._answer = answer
            self._waiting = self._later(REST_S, self._on_rest)

    def opened(self, student: uuid.UUID) -> None:
        """A student was opened: if the list led there, the search is written down with it."""
        with self._lock:
            answer = self._answer
            if answer is None or all(hit.id != student for hit in answer.students):
                return
            self._stop()
        self._used(answer, (student,))

    def close(self) -> None:
        """The desk locks: nothing is written after the keys are gone."""
        with self._lock:
            self._stop()

    def _on_rest(self) -> None:
        with self._lock:
            answer = self._answer
            self._stop()
        if answer is not None:
            self._rested(answer)

    def _stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = None
        self._answer = None
