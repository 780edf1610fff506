"""Programs of other schemas than this one's: what their tables are, and encrypted files that really look so.

The program under test stands for schema 3 of a history made up here. In it schema 1 had no `medical_history`, and its
allergies had a `remedy` (now `treatment`), `remarks` (now `symptoms` and `notes`), no `emergency_protocol`, and no
word LIFE_THREATENING.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from tests.support.databases import TEST_KEY
from tests.support.district import NOW, Town, fresh
from tests.support.workstation import Workstation

from clinicdesk.domain.canonical import Kind, WireValue, canonical_value
from clinicdesk.models import Base
from clinicdesk.models.enums import AllergySeverity
from clinicdesk.storage.capture import triggers_of
from clinicdesk.storage.engine import open_engine
from clinicdesk.storage.shape import Shape, shapes
from clinicdesk.sync.tables import WireTables, tables_of
from clinicdesk.sync.versions import (
    AddedColumn,
    AddedTable,
    AddedWord,
    RenamedColumn,
    SchemaHistory,
    SchemaStep,
    SplitColumn,
)

BETWEEN = " / "


def split_remarks(text: str) -> Sequence[WireValue]:
    symptoms, between, notes = text.partition(BETWEEN)
    return (symptoms or None, notes if between else None)


def join_remarks(parts: Sequence[WireValue]) -> str:
    symptoms, notes = parts
    return str(symptoms or "") if notes is None else f"{symptoms or ''}{BETWEEN}{notes}"


SECOND = SchemaStep(
    (
        AddedTable("medical_history"),
        AddedColumn("allergies", "emergency_protocol"),
        AddedWord("allergies", "severity", "LIFE_THREATENING", shown_as="SEVERE"),
    )
)
THIRD = SchemaStep(
    (
        RenamedColumn("allergies", "remedy", "treatment"),
        SplitColumn("allergies", "remarks", ("symptoms", "notes"), split_remarks, join_remarks),
    )
)
PRESENT = SchemaHistory((SECOND, THIRD))


def serve(town: Town, history: SchemaHistory) -> None:
    """From here on the district's program is the one of this history."""
    town.exchange = replace(town.exchange, history=history)


def first_program() -> WireTables:
    """The tables of the program that knew the first schema only."""
    older = [_first_allergies(shape) if shape.name == "allergies" else shape for shape in shapes()]
    return tables_of([shape for shape in older if shape.name != "medical_history"], SchemaHistory())


def present_program() -> WireTables:
    """The tables as they are, with the history that led there."""
    return tables_of(shapes(), PRESENT)


def make_first(desk: Workstation) -> None:
    """Turn the empty file of a desk into one of the first schema, and its program into the first one."""
    desk.tables = first_program()
    with _altering(desk) as connection:
        connection.exec_driver_sql("DROP TABLE medical_history")
        connection.exec_driver_sql("DROP TABLE allergies")
        _make(connection, desk.tables.by_name["allergies"].shape)


def upgrade(desk: Workstation) -> None:
    """What the migrations to schema 3 do to a file with rows; then the program of today works on it."""
    desk.tables = present_program()
    with _altering(desk) as connection:
        rows = [dict(row) for row in connection.exec_driver_sql("SELECT * FROM allergies").mappings()]
        connection.exec_driver_sql("DROP TABLE allergies")
        _make_table(connection, Base.metadata.tables["allergies"])
        for row in rows:
            row["treatment"] = row.pop("remedy")
            remarks = row.pop("remarks")
            row["symptoms"], row["notes"] = (None, None) if remarks is None else split_remarks(remarks)
            _put(connection, "allergies", row)
        _make_triggers(connection, desk.tables.by_name["allergies"].shape)
        _make(connection, desk.tables.by_name["medical_history"].shape)


def insert_first_allergy(desk: Workstation, student: str, **values: Any) -> str:
    """A nurse at a program of the first schema writes an allergy."""
    key = fresh()
    row = {
        "id": key,
        "student_id": student,
        "allergen": "Peanut",
        "severity": "SEVERE",
        "created_at": canonical_value(Kind.INSTANT, NOW),
        "created_by": desk.user,
        "updated_at": canonical_value(Kind.INSTANT, NOW),
        "updated_by": desk.user,
        "row_version": 0,
        "allergy_type": "FOOD",
        "verified": 0,
        "active": 1,
        "epi_pen_required": 0,
        **values,
    }
    with desk.write() as session:
        _put(session.connection(), "allergies", row)
    return key


def update_first_allergy(desk: Workstation, key: str, **values: Any) -> None:
    sets = ", ".join(f'"{name}" = ?' for name in values)
    with desk.write() as session:
        session.connection().exec_driver_sql(f"UPDATE allergies SET {sets} WHERE id = ?", (*values.values(), key))


@contextmanager
def _altering(desk: Workstation) -> Iterator[sa.Connection]:
    desk.store.close()
    engine = open_engine(desk.folder / "clinic.db", TEST_KEY)
    with engine.begin() as connection:
        yield connection
    engine.dispose()
    desk.reopen()


def _first_allergies(shape: Shape) -> Shape:
    gone = {"treatment", "symptoms", "notes", "emergency_protocol", "severity"}
    words = sa.Enum(
        *(word.value for word in AllergySeverity if word is not AllergySeverity.LIFE_THREATENING),
        native_enum=False,
        create_constraint=True,
        length=40,
        name="first_severity",
    )
    table = sa.Table(
        "allergies",
        sa.MetaData(),
        *(column._copy() for column in shape.table.columns if column.name not in gone),
        sa.Column("severity", words, nullable=False),
        sa.Column("remedy", sa.Text()),
        sa.Column("remarks", sa.Text()),
    )
    return Shape(table, shape.policy, shape.model)


def _make(connection: sa.Connection, shape: Shape) -> None:
    _make_table(connection, shape.table)
    _make_triggers(connection, shape)


def _make_table(connection: sa.Connection, table: sa.Table) -> None:
    connection.execute(sa.schema.CreateTable(table))


def _make_triggers(connection: sa.Connection, shape: Shape) -> None:
    for trigger in triggers_of(shape):
        connection.exec_driver_sql(trigger.create)


def _put(connection: sa.Connection, table: str, row: Mapping[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))
