"""Reads what can still be read of a damaged database, row by row, past every page that fails its HMAC (T11, s53)."""

# ruff: noqa: S608 - names of tables and indexes come from the models and the schema, never from input

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlcipher3 import dbapi2 as sqlcipher

from clinicdesk.storage.engine import open_engine
from clinicdesk.storage.errors import DatabaseUnreadableError

Row = dict[str, Any]


class DamagedFile:
    """An encrypted file of which some pages are bad. After a bad page a connection gives nothing more: it is reopened.

    Raises:
        DatabaseUnreadableError: the first page or the schema itself is damaged: nothing can be read by anybody.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key
        self._engine: sa.Engine | None = None
        self.unread: dict[str, int] = {}
        """How many rows of a table are known to have been there and cannot be read."""
        self._connection = self._opened()

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def rows(self, table: str) -> Iterator[tuple[int, Row]]:
        """The row number and the stored values of every row that can be read."""
        seen: set[int] = set()
        try:
            for row in self._connection.execute(f"SELECT rowid AS _rowid, * FROM {table} NOT INDEXED"):
                seen.add(row[0])
                yield row[0], self._named(table, row)
        except sqlcipher.Error:
            self._reopen()
        else:
            return
        for number in sorted(self._numbers(table) - seen):
            found = self._one(table, number)
            if found is None:
                self.unread[table] = self.unread.get(table, 0) + 1
            else:
                yield number, found

    def _numbers(self, table: str) -> set[int]:
        """Row numbers from both ends of the table and of each of its indexes, which lie on other pages."""
        ways = [f"NOT INDEXED ORDER BY rowid {way}" for way in ("ASC", "DESC")]
        for name, first in self._indexes(table):
            ways += [f'INDEXED BY "{name}" ORDER BY "{first}" {way}' for way in ("ASC", "DESC")]
        found: set[int] = set()
        for way in ways:
            try:
                for (number,) in self._connection.execute(f"SELECT rowid FROM {table} {way}"):
                    found.add(number)
            except sqlcipher.Error:
                self._reopen()
        return found

    def _indexes(self, table: str) -> list[tuple[str, str]]:
        """The whole indexes of a table and the first column of each."""
        found = []
        for _seq, name, _unique, _origin, partial in self._connection.execute(f"PRAGMA index_list({table})").fetchall():
            (_rank, _cid, first), *_more = self._connection.execute(f'PRAGMA index_info("{name}")').fetchall()
            if not partial and first is not None:
                found.append((name, first))
        return found

    def _one(self, table: str, number: int) -> Row | None:
        try:
            row = self._connection.execute(
                f"SELECT rowid AS _rowid, * FROM {table} NOT INDEXED WHERE rowid = ?", (number,)
            ).fetchone()
        except sqlcipher.Error:
            self._reopen()
            return None
        return None if row is None else self._named(table, row)

    def _named(self, table: str, row: Any) -> Row:
        return dict(zip(self._columns(table), row[1:], strict=True))

    def _columns(self, table: str) -> tuple[str, ...]:
        known = self._names.get(table)
        if known is None:
            described = self._connection.execute(f"PRAGMA table_info({table})").fetchall()
            known = self._names[table] = tuple(column[1] for column in described)
        return known

    def _reopen(self) -> None:
        self.close()
        self._connection = self._opened()

    def _opened(self) -> Any:  # a sqlcipher3 connection; the package has no types
        self._names: dict[str, tuple[str, ...]] = getattr(self, "_names", {})
        self._engine = open_engine(self._path, self._key)
        return self._engine.raw_connection().driver_connection


def is_sound(path: Path, key: bytes) -> bool:
    """Whether every page of the file can be read; says nothing of its content."""
    try:
        engine = open_engine(path, key)
    except DatabaseUnreadableError:
        return False
    try:
        with contextlib.suppress(DatabaseUnreadableError), engine.connect() as connection:
            return connection.exec_driver_sql("PRAGMA cipher_integrity_check").first() is None
        return False
    finally:
        engine.dispose()
