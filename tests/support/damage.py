"""Damage on purpose: one flipped bit in a chosen page of an encrypted database."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from clinicdesk.storage.damaged_file import DamagedFile
from clinicdesk.storage.engine import open_engine
from clinicdesk.storage.errors import DatabaseUnreadableError

PAGE = 4096


def flip(database: Path, page: int) -> None:
    """Change a bit in the middle of a page, counted from 1."""
    with database.open("r+b") as file:
        file.seek((page - 1) * PAGE + 77)
        (byte,) = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))


def damage_root(database: Path, key: bytes, table: str) -> None:
    """No row of the table can be reached any more; its indexes are whole. Nobody has the database open."""
    engine = open_engine(database, key)
    with engine.connect() as connection:
        found = connection.execute(
            sa.text("SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = :name"), {"name": table}
        )
        page = int(found.scalar_one())
    engine.dispose()
    flip(database, page)


def damage_leaf(database: Path, key: bytes, table: str) -> None:
    """Some rows of the table are gone, and not all: the newest pages are tried first."""
    for page in range(database.stat().st_size // PAGE, 1, -1):
        flip(database, page)
        read, unread = readable(database, key, table)
        if read and unread:
            return
        flip(database, page)
    raise AssertionError("no page holds a part of that table")


def readable(database: Path, key: bytes, table: str) -> tuple[int, int]:
    """How many rows of a table can be read, and how many cannot."""
    try:
        file = DamagedFile(database, key)
    except DatabaseUnreadableError:
        return 0, 0
    try:
        return sum(1 for _row in file.rows(table)), file.unread.get(table, 0)
    except DatabaseUnreadableError:
        return 0, 0
    finally:
        file.close()
