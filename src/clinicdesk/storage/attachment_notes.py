"""What a desk knows of the bytes of its attachments: which are here, which it has to bring to the district (s10)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from clinicdesk.storage.engine import read_plainly

_MADE = (
    "INSERT INTO attachment_files (content_hash, made_here, here, at_district) VALUES (?, 1, 1, 0)"
    " ON CONFLICT (content_hash) DO UPDATE SET made_here = 1, here = 1"
)
_HERE = (
    "INSERT INTO attachment_files (content_hash, made_here, here, at_district) VALUES (?, 0, 1, 1)"
    " ON CONFLICT (content_hash) DO UPDATE SET here = 1, at_district = 1"
)
_ASKED = (
    "INSERT INTO attachment_files (content_hash, asked_at) VALUES (?, ?)"
    " ON CONFLICT (content_hash) DO UPDATE SET asked_at = excluded.asked_at"
)
_BROUGHT = "UPDATE attachment_files SET at_district = 1 WHERE content_hash = ?"
_NOT_HERE = "UPDATE attachment_files SET here = 0 WHERE content_hash = ?"
_SPOILT = "UPDATE attachment_files SET here = 0 WHERE content_hash = ? AND at_district"
_IS_HERE = (
    "SELECT 1 FROM attachments a JOIN attachment_files f ON f.content_hash = a.content_hash WHERE a.id = ? AND f.here"
)
_FORGET = "DELETE FROM attachment_files WHERE content_hash = ?"
_ANEW = "UPDATE attachment_files SET at_district = 0 WHERE here"

_TO_SEND = (
    "SELECT f.content_hash, f.made_here FROM attachment_files f WHERE f.here AND NOT f.at_district"
    " AND EXISTS (SELECT 1 FROM attachments a WHERE a.content_hash = f.content_hash AND NOT EXISTS (SELECT 1"
    " FROM sync_queue_items q WHERE q.table_name = 'attachments' AND q.entity_id = a.id AND q.action_type = 'INSERT'"
    " AND q.state IN ('PENDING', 'IN_FLIGHT'))) ORDER BY f.asked_at, f.content_hash LIMIT ?"
)
_MISSING = (
    "SELECT a.content_hash, min(f.asked_at) AS asked FROM attachments a"
    " LEFT JOIN attachment_files f ON f.content_hash = a.content_hash"
    " WHERE a.deleted_at IS NULL AND a.wrapped_key IS NOT NULL AND NOT coalesce(f.here, 0)"
    " GROUP BY a.content_hash ORDER BY asked, a.content_hash LIMIT ?"
)
_UNSENT_ROWS = (
    "SELECT a.id FROM attachment_files f JOIN attachments a ON a.content_hash = f.content_hash"
    " WHERE f.here AND f.made_here AND NOT f.at_district"
)
_UNREFERRED = (
    "SELECT f.content_hash FROM attachment_files f WHERE NOT EXISTS (SELECT 1 FROM attachments a"
    " WHERE a.content_hash = f.content_hash AND a.wrapped_key IS NOT NULL)"
)
_KNOWN = "SELECT content_hash FROM attachment_files UNION SELECT content_hash FROM attachments"
_WAITING = (
    "SELECT (SELECT count(*) FROM attachment_files WHERE here AND made_here AND NOT at_district),"
    " (SELECT count(DISTINCT a.content_hash) FROM attachments a LEFT JOIN attachment_files f"
    " ON f.content_hash = a.content_hash WHERE a.deleted_at IS NULL AND a.wrapped_key IS NOT NULL"
    " AND NOT coalesce(f.here, 0))"
)


def made_here(connection: sa.Connection, name: str) -> None:
    """A file was sealed at this desk, or found here with nobody to say that the district has it."""
    connection.exec_driver_sql(_MADE, (name,))


def came_here(connection: sa.Connection, name: str) -> None:
    connection.exec_driver_sql(_HERE, (name,))


def is_here(connection: sa.Connection, attachment: uuid.UUID) -> bool:
    """Whether the bytes have arrived; the row may be here long before them."""
    return connection.exec_driver_sql(_IS_HERE, (str(attachment),)).scalar() is not None


def brought(connection: sa.Connection, name: str) -> None:
    """The district has it whole, or does not want it from this desk."""
    connection.exec_driver_sql(_BROUGHT, (name,))


def lost(connection: sa.Connection, name: str) -> None:
    """The file is gone from the folder: it is fetched again."""
    connection.exec_driver_sql(_NOT_HERE, (name,))


def spoilt(connection: sa.Connection, name: str) -> bool:
    """The bytes are not those any more that they were: fetched again where the district has them, else kept as is."""
    return connection.exec_driver_sql(_SPOILT, (name,)).rowcount > 0


def asked(connection: sa.Connection, name: str, at: str) -> None:
    """It was asked for in vain; others come first next time."""
    connection.exec_driver_sql(_ASKED, (name, at))


def forget(connection: sa.Connection, name: str) -> None:
    connection.exec_driver_sql(_FORGET, (name,))


def ask_anew(connection: sa.Connection) -> None:
    """The district was restored: of no file it is known any more that it has it (s17)."""
    connection.exec_driver_sql(_ANEW)


def to_send(connection: sa.Connection, most: int) -> Sequence[tuple[str, bool]]:
    """Files for the district whose rows it has been told of, and whether this desk made them."""
    return [(name, bool(made)) for name, made in read_plainly(connection, _TO_SEND, (most,))]


def missing(connection: sa.Connection, most: int) -> Sequence[str]:
    """Files that a row here speaks of and that are not here, longest not asked for first."""
    return [name for name, _asked in read_plainly(connection, _MISSING, (most,))]


def unsent_rows(connection: sa.Connection) -> set[tuple[str, str]]:
    """Rows that must not leave this desk: nobody else has the bytes they speak of."""
    return {("attachments", key) for (key,) in connection.exec_driver_sql(_UNSENT_ROWS)}


def unreferred(connection: sa.Connection) -> Sequence[str]:
    """Files that no row speaks of any more, or whose key was destroyed (D32)."""
    return [name for (name,) in read_plainly(connection, _UNREFERRED)]


def known(connection: sa.Connection) -> set[str]:
    return {name for (name,) in connection.exec_driver_sql(_KNOWN)}


def waiting(connection: sa.Connection) -> tuple[int, int]:
    """How many files the district does not have from here yet, and how many are not here yet."""
    to_bring, to_come = connection.exec_driver_sql(_WAITING).one()
    return int(to_bring), int(to_come)
