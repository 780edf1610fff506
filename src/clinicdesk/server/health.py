"""How the district's database is, for who asks over the line and for the watch (s49)."""

from __future__ import annotations

from dataclasses import dataclass

from clinicdesk.server.database import Connection

ALARM_SECONDS = 60.0
"""How long a transaction may be open before somebody is told."""

LONG_TRANSACTION = "long_transaction"


@dataclass(frozen=True, slots=True)
class Health:
    """`alarms` are stable words."""

    oldest_transaction_seconds: float
    alarms: tuple[str, ...] = ()


def health_of(connection: Connection, alarm_seconds: float = ALARM_SECONDS) -> Health:
    """The oldest transaction that is open in this database, this one left out.

    It holds nobody's rows back: what is not committed is in no window, and what is committed has its place in the
    order. It delays whoever waits for the same row, so somebody should look.
    """
    (seconds,) = connection.execute(
        "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8 FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    ).fetchone() or (0.0,)
    return Health(round(float(seconds), 1), (LONG_TRANSACTION,) if seconds >= alarm_seconds else ())
