"""Work that a served district does by itself every so often, on a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import psycopg

from clinicdesk.core.errors import ClinicDeskError

_LOG = logging.getLogger(__name__)


class Rounds:
    """Does one thing at once and then every `seconds`, until it is stopped; a round that fails is left to the next.

    `once_more`: the last thing it does is one more round.
    """

    def __init__(self, name: str, seconds: float, do: Callable[[], object], *, once_more: bool = False) -> None:
        self._name = name
        self._seconds = seconds
        self._do = do
        self._once_more = once_more
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Rounds:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        self._round()
        while not self._stopped.wait(self._seconds):
            self._round()
        if self._once_more:
            self._round()

    def _round(self) -> None:
        try:
            self._do()
        except (psycopg.Error, ClinicDeskError, OSError) as error:
            _LOG.warning("%s_failed: %s", self._name, type(error).__name__)
