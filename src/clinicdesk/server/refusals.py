"""Why the database refused a row, in words that the workstation can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import errors

from clinicdesk.domain.canonical import python_value
from clinicdesk.domain.validation import violations
from clinicdesk.server.rows import Row
from clinicdesk.server.synced_tables import SyncedTable


@dataclass(frozen=True, slots=True)
class Refusal:
    """A stable word and the fields at fault. `waits`: it may go in later."""

    reason: str
    fields: Sequence[str] = ()
    waits: bool = False
    waits_for: str | None = None


def explain(row: Row, error: psycopg.Error) -> Refusal:
    """The same rules that the desk judges by say what is wrong; else the kind of constraint does."""
    if isinstance(error, errors.ForeignKeyViolation):
        column = next(
            (p.column for p in row.table.parents if f"_{p.column}" in (error.diag.constraint_name or "")), None
        )
        named = None if column is None else row.values.get(column)
        return Refusal("parent_missing", [column] if column else [], True, named if isinstance(named, str) else None)
    if isinstance(error, errors.UniqueViolation):
        return Refusal("unique", broken_unique_key(row.table, error))
    if isinstance(error, errors.RestrictViolation):
        return Refusal("frozen")
    if isinstance(error, errors.NotNullViolation):
        return Refusal("missing", [error.diag.column_name] if error.diag.column_name else [])
    values = {name: python_value(kind, row.values.get(name)) for name, kind in row.table.kinds.items()}
    problems = violations(row.table.validation, {"id": row.key, **values})
    return Refusal("invalid", sorted({problem.field for problem in problems}))


def broken_unique_key(table: SyncedTable, error: psycopg.Error) -> Sequence[str]:
    """The columns of the unique rule that refused a row; none for any other error."""
    if not isinstance(error, errors.UniqueViolation):
        return ()
    return table.unique_keys.get(error.diag.constraint_name or "", ())
