"""Looks after a served district: whether it is still the one it was, and whether a transaction hangs (s17, s49)."""

from __future__ import annotations

import logging
import threading

import psycopg

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.server.database import Database
from clinicdesk.server.health import ALARM_SECONDS, Health, health_of
from clinicdesk.server.house import House, settle_epoch

EVERY_SECONDS = 30.0

_LOG = logging.getLogger(__name__)


def look(house: House, database: Database, clock: Clock, alarm_seconds: float = ALARM_SECONDS) -> Health:
    """One look: the mark beside the database is compared and moved on, an alarm becomes a line of the log."""
    settle_epoch(house, database, clock)
    with database.watching() as connection:
        health = health_of(connection, alarm_seconds)
    for alarm in health.alarms:
        _LOG.warning("%s: %.0f s", alarm, health.oldest_transaction_seconds)
    return health


class WatchThread:
    """Watches a served district until it is stopped; the last thing it does is to note where it stands."""

    def __init__(self, house: House, database: Database, clock: Clock) -> None:
        self._house = house
        self._database = database
        self._clock = clock
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> WatchThread:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        stopped = False
        while not stopped:
            stopped = self._stopped.wait(EVERY_SECONDS)
            try:
                look(self._house, self._database, self._clock)
            except (psycopg.Error, ClinicDeskError, OSError) as error:
                # The next look sees what this one did not.
                _LOG.warning("watch_failed: %s", type(error).__name__)
