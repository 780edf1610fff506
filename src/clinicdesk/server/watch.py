"""Looks after a served district: whether it is still the one it was, and whether a transaction hangs (s17, s49)."""

from __future__ import annotations

import logging

from clinicdesk.core.clock import Clock
from clinicdesk.server.database import Database
from clinicdesk.server.health import ALARM_SECONDS, Health, health_of
from clinicdesk.server.house import House, settle_epoch
from clinicdesk.server.rounds import Rounds

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


def watch(house: House, database: Database, clock: Clock) -> Rounds:
    """Watches a served district for as long as the block lasts; the last round notes where it stands."""
    return Rounds("watch", EVERY_SECONDS, lambda: look(house, database, clock), once_more=True)
