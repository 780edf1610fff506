"""Many rows at once on the workstation, past SQLAlchemy's work for each row: 49,000 rows in 11 s against 19 s."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.models.stamps import STAMP_OPTION, Stamp, UnstampedRowError
from clinicdesk.storage.queries.roster_columns import Row

_Encode = Callable[[Any], Any] | None


def insert_many(
    session: Session, table: sa.Table, rows: Sequence[Row], *, same: Mapping[str, Any] | None = None
) -> None:
    """Insert rows, stamped by the unit of work; a column that no row names takes its default in the database.

    `same` are the values that every row shares.
    """
    connection = session.connection()
    stamps = {**_stamps(connection, table), **(same or {})}
    for names, group in _by_columns(rows).items():
        columns = (*names, *stamps)
        encoders = _encoders(connection, table, names)
        fixed = tuple(
            _encoded(encode, value)
            for encode, value in zip(_encoders(connection, table, tuple(stamps)), stamps.values(), strict=True)
        )
        marks = ", ".join("?" * len(columns))
        # Names come from the metadata, values are bound.
        statement = f"INSERT INTO {table.name} ({_listed(connection, columns)}) VALUES ({marks})"  # noqa: S608
        pairs = list(zip(encoders, names, strict=True))
        values = [(*[encode(row[name]) if encode else row[name] for encode, name in pairs], *fixed) for row in group]
        connection.exec_driver_sql(statement, values)


def update_many(session: Session, table: sa.Table, rows: Sequence[Row]) -> None:
    """Write the columns that each row names, by its `id`; rows that name the same columns go together."""
    connection = session.connection()
    for names, group in _by_columns(rows).items():
        columns = tuple(name for name in names if name != "id")
        if not columns:
            continue
        quote = connection.dialect.identifier_preparer.quote
        assignments = ", ".join(f"{quote(name)} = ?" for name in columns)
        statement = f"UPDATE {table.name} SET {assignments} WHERE id = ?"  # noqa: S608 - as above
        ordered = (*columns, "id")
        pairs = list(zip(_encoders(connection, table, ordered), ordered, strict=True))
        values = [tuple([encode(row[name]) if encode else row[name] for encode, name in pairs]) for row in group]
        connection.exec_driver_sql(statement, values)


def _by_columns(rows: Sequence[Row]) -> dict[tuple[str, ...], list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row), []).append(row)
    return groups


def _stamps(connection: sa.Connection, table: sa.Table) -> dict[str, Any]:
    """What the defaults of the stamp columns would say, once for all rows (D4)."""
    stamp = connection.get_execution_options().get(STAMP_OPTION)
    if not isinstance(stamp, Stamp):
        raise UnstampedRowError("no unit of work on this connection")
    written = {
        "created_at": stamp.at,
        "created_by": stamp.author,
        "updated_at": stamp.at,
        "updated_by": stamp.author,
    }
    return {name: value for name, value in written.items() if name in table.c}


def _encoders(connection: sa.Connection, table: sa.Table, names: tuple[str, ...]) -> list[_Encode]:
    dialect = connection.dialect
    return [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]


def _encoded(encode: _Encode, value: Any) -> Any:
    return encode(value) if encode is not None else value


def _listed(connection: sa.Connection, columns: tuple[str, ...]) -> str:
    return ", ".join(connection.dialect.identifier_preparer.quote(name) for name in columns)
