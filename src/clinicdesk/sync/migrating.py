"""Rows that another schema made look otherwise are fetched once more, table by table, and taken up where it was cut.

What this program could not show was kept as it came, so nothing is missing in between; a column that a migration of the
district filled changed no version, so no pull would bring it (s23).
"""

from __future__ import annotations

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.models import DeviceFact
from clinicdesk.storage.device_facts import text_fact, write_fact
from clinicdesk.sync.protocol import SessionReply

PULLED = "sync.pulled_schemas"
MIGRATING = "sync.migrating"
ROWS_A_REQUEST = 500

_KEYS = "SELECT row_id FROM sync_rows WHERE table_name = ? AND row_id > ? AND NOT companion ORDER BY row_id LIMIT ?"


def pulled_schemas(session: Session) -> tuple[int, int] | None:
    """The schemas of this program and of the district at the last contact."""
    own, _, district = (text_fact(session, PULLED) or "").partition(" ")
    return (int(own), int(district)) if district else None


def note_schemas(session: Session, reply: SessionReply, own: int) -> None:
    """From here on rows come in these schemas; those that look otherwise than they came are still to be fetched."""
    write_fact(session, PULLED, text=f"{own} {reply.schema}")
    if reply.migrated:
        _write(session, _tables(session) | dict.fromkeys(reply.migrated, ""))


def under_way(session: Session) -> bool:
    return bool(_tables(session))


def next_keys(connection: sa.Connection, session: Session) -> tuple[str, tuple[str, ...]] | None:
    """The next rows to fetch, of one table; None when all are through."""
    for table, after in _tables(session).items():
        found = connection.exec_driver_sql(_KEYS, (table, after, ROWS_A_REQUEST)).scalars().all()
        if found:
            return table, tuple(found)
        taken(session, table, None)
    return None


def taken(session: Session, table: str, last: str | None) -> None:
    """The rows up to this key are as the district has them; None ends the table."""
    tables = _tables(session)
    if last is None:
        tables.pop(table, None)
    else:
        tables[table] = last
    _write(session, tables)


def _tables(session: Session) -> dict[str, str]:
    """By table the last key that was fetched."""
    text = text_fact(session, MIGRATING)
    return {} if text is None else msgspec.json.decode(text, type=dict[str, str])


def _write(session: Session, tables: dict[str, str]) -> None:
    if tables:
        write_fact(session, MIGRATING, text=msgspec.json.encode(tables).decode())
    else:
        session.execute(sa.delete(DeviceFact).where(DeviceFact.name == MIGRATING))
