"""A row that rotted in its table beside the district's copy, and the real check that mends it (s55)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from tests.support.desk import Clinic

from clinicdesk.domain.canonical import Kind, canonical_value
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.store import Store
from clinicdesk.sync.base_copies import BaseCopies
from clinicdesk.sync.row_check import RowCheck
from clinicdesk.sync.tables import wire_tables


def mended(clinic: Clinic, table: str, row: uuid.UUID, rotten: Mapping[str, object]) -> None:
    """The district has the row as it stands; then these columns rot, and the check of the next session mends them."""
    acknowledge(clinic, table, row)
    rot(clinic, table, row, rotten)
    check(clinic, table, row)


def acknowledge(clinic: Clinic, table: str, row: uuid.UUID) -> None:
    """Keep the copy that a pull keeps of a row."""
    plan = wire_tables().by_name[table]
    with clinic.store.apply(SYNC_APPLIES) as work:
        connection = work.session.connection()
        stored = connection.exec_driver_sql(plan.read(plan.columns), (str(row),)).one()
        values = {
            name: plan.wire(name, value.hex() if isinstance(value, bytes) else value)
            for name, value in zip(plan.columns, stored, strict=True)
            if value is not None
        }
        copies = BaseCopies(connection)
        copies.put(table, str(row), 1, values, None, None)
        copies.flush()


def rot(clinic: Clinic, table: str, row: uuid.UUID, rotten: Mapping[str, object]) -> None:
    """By raw SQL with every trigger of the table off: nothing captures it, no copy and no digest knows of it."""
    sets = ", ".join(f'"{name}" = ?' for name in rotten)
    without_triggers(clinic.store, table, f"UPDATE {table} SET {sets} WHERE id = ?", *rotten.values(), str(row))


def without_triggers(store: Store, table: str, statement: str, *parameters: object) -> None:
    """Change one row of this table past everything that watches it."""
    with store.apply(SYNC_APPLIES) as work:
        connection = work.session.connection()
        rules = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
        ).fetchall()
        for name, _sql in rules:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        # Rot keeps no rule of the schema either.
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        done = connection.exec_driver_sql(statement, parameters)
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
        assert done.rowcount == 1
        for _name, sql in rules:
            connection.exec_driver_sql(sql)


def check(clinic: Clinic, table: str, row: uuid.UUID) -> None:
    """Compare this row as a session does, and mend it."""
    at = str(canonical_value(Kind.INSTANT, clinic.clock.now()))
    with clinic.store.apply(SYNC_APPLIES) as work:
        rows = RowCheck(work.session.connection(), wire_tables())
        found = rows.of(table, [str(row)])
        assert len(found) == 1, "the row differs from its copy"
        assert rows.mend(work, found, at) == 0, "the copy brings it back"
