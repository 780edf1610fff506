"""What stood in a row where it differed from the district without a word: kept at this desk, as long as the row (s55).

It may have been typed by somebody on a way that no capture saw, so it is not thrown away when the row is mended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.storage.device_facts import bytes_fact, write_fact

_NAME = "sync.differed:"
_COUNT = "SELECT count(*) FROM device_facts WHERE name >= 'sync.differed:' AND name < 'sync.differed;'"
_FORGET = "DELETE FROM device_facts WHERE name = ?"


class Kept(msgspec.Struct, frozen=True):
    """The differing columns of a row as they were stored, bytes in hexadecimal."""

    table: str
    at: str
    values: dict[str, Any]


def keep(session: Session, table: str, key: str, here: Mapping[str, Any], at: str) -> None:
    """Beside what was kept of this row before."""
    values = {name: value.hex() if isinstance(value, bytes) else value for name, value in here.items()}
    kept = [*kept_of(session, key), Kept(table, at, values)]
    write_fact(session, _NAME + key, content=msgspec.json.encode(kept))


def kept_of(session: Session, key: str) -> list[Kept]:
    """The oldest first."""
    content = bytes_fact(session, _NAME + key)
    return [] if content is None else msgspec.json.decode(content, type=list[Kept])


def rows_with_kept(session: Session) -> int:
    """Of how many rows something is kept."""
    return int(session.connection().exec_driver_sql(_COUNT).scalar_one())


def forget(connection: sa.Connection, keys: Iterable[str]) -> None:
    """These rows leave this desk, and with them everything it kept of them (s44, s60)."""
    names = [(_NAME + key,) for key in keys]
    if names:
        connection.exec_driver_sql(_FORGET, names)
