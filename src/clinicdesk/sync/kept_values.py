"""What stood in a row where it differed from the district without a word: kept at this desk, as long as the row (s55).

It may have been typed by somebody on a way that no capture saw, so it is not thrown away when the row is mended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.storage.kept_values import NAME, Kept, kept_of, write_kept

_COUNT = "SELECT count(*) FROM device_facts WHERE name >= 'sync.differed:' AND name < 'sync.differed;'"
_FORGET = "DELETE FROM device_facts WHERE name = ?"


def keep(session: Session, table: str, key: str, here: Mapping[str, Any], at: str) -> None:
    """Beside what was kept of this row before."""
    values = {name: value.hex() if isinstance(value, bytes) else value for name, value in here.items()}
    write_kept(session, key, [*kept_of(session, key), Kept(table, at, values)])


def rows_with_kept(session: Session) -> int:
    """Of how many rows something is kept."""
    return int(session.connection().exec_driver_sql(_COUNT).scalar_one())


def forget(connection: sa.Connection, keys: Iterable[str]) -> None:
    """These rows leave this desk, and with them everything it kept of them (s44, s60)."""
    names = [(NAME + key,) for key in keys]
    if names:
        connection.exec_driver_sql(_FORGET, names)
