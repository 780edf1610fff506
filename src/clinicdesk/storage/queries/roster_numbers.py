"""Student numbers that pass from one student to another: no two hold one, not even half-way through an import."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.models import Student
from clinicdesk.models.enums import NumberStatus
from clinicdesk.models.registry import table_of
from clinicdesk.storage.queries.bulk import update_many
from clinicdesk.storage.queries.roster_columns import Row

_STUDENTS = table_of(Student.__tablename__)
_NUMBER = "student_number"
_STATE = "number_status"
_AT_ONCE = 1_000


def update_students(session: Session, rows: Sequence[Row]) -> None:
    """Write students; whoever holds a number that another of these rows asks for lets go of it first."""
    changing = {row["id"] for row in rows if _NUMBER in row}
    held = number_holders(session, (row[_NUMBER] for row in rows if row.get(_NUMBER)))
    between = changing & set(held.values())
    if not between:
        update_many(session, _STUDENTS, rows)
        return
    statement = sa.select(_STUDENTS.c.id, _STUDENTS.c.number_status).where(_STUDENTS.c.id.in_(between))
    states = {row_id: {_STATE: state} for row_id, state in session.execute(statement)}
    # Without a number none is confirmed.
    none: Row = {_NUMBER: None, _STATE: NumberStatus.CONTESTED}
    update_many(session, _STUDENTS, [{"id": row_id, **none} for row_id in states])
    update_many(session, _STUDENTS, [{**states.get(row["id"], {}), **row} for row in rows])


def number_holders(session: Session, numbers: Iterable[str]) -> dict[str, uuid.UUID]:
    """Whose each of these numbers is now."""
    wanted = list(numbers)
    found: dict[str, uuid.UUID] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        statement = sa.select(_STUDENTS.c.student_number, _STUDENTS.c.id).where(
            _STUDENTS.c.student_number.in_(wanted[start : start + _AT_ONCE]), _STUDENTS.c.deleted_at.is_(None)
        )
        found.update({number: row_id for number, row_id in session.execute(statement)})  # noqa: C416 - rows, not pairs
    return found
