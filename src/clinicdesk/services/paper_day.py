"""Today's medication round for paper: what a nurse needs in hand when the computer is down (domain rules 3)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from clinicdesk.domain.medication.facts import AllergyFact
from clinicdesk.domain.medication.orders import Order
from clinicdesk.domain.permissions import Act
from clinicdesk.models.enums import AuditAction
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_values import Cell, RoundStudent
from clinicdesk.services.medication_round import read_round
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import doses as queries
from clinicdesk.storage.queries.students import no_known_allergies


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperAllergies:
    """What any side states of a student's allergies (D22). `none_stated`: asked, and knew of none."""

    severe: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    none_stated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperDose:
    """A line of the round; `time` and `cell` are empty for an order as needed."""

    student: RoundStudent
    order: Order
    allergies: PaperAllergies
    time: str = ""
    cell: Cell | None = None
    in_conflict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRound:
    """The round of a day at a school, in the order it is walked: by time, then name; as needed at the end."""

    day: dt.date
    printed_at: dt.datetime
    site: str
    lines: tuple[PaperDose, ...]


class PaperDay:
    """Takes today's round out on paper. The print is audited before anything of it is handed out (D34)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def round(self) -> PaperRound:
        """Every dose of today and every order as needed, each with both identifiers and the allergies."""
        desk = self._desk
        entry = AuditEntry(AuditAction.PRINT, "MedicationLog", facts={"document": "medication round"})
        with desk.open_record(Act.PRINT_RECORD, entry) as session:
            found = read_round(session, desk, desk.today())
            people = {row.student.id for row in found.rows} | {row.student.id for row in found.prn}
            allergies = {student: _allergies(session, student) for student in people}
        scheduled = [
            PaperDose(
                student=row.student,
                order=row.order,
                allergies=allergies[row.student.id],
                time=time,
                cell=cell,
                in_conflict=row.in_conflict,
            )
            for row in found.rows
            for time, cell in row.cells.items()
        ]
        scheduled.sort(key=lambda line: (line.time, line.student.name.sorted_by))
        needed = [
            PaperDose(student=row.student, order=row.order, allergies=allergies[row.student.id]) for row in found.prn
        ]
        return PaperRound(day=found.day, printed_at=found.now, site=found.site, lines=(*scheduled, *needed))


def _allergies(session: Session, student: uuid.UUID) -> PaperAllergies:
    ids = queries.aliases(session, student)
    facts = queries.allergies_of(session, ids)
    if not facts:
        return PaperAllergies(none_stated=no_known_allergies(session, ids) is not None)
    severe = tuple(_named(fact) for fact in facts if _severe(fact))
    return PaperAllergies(severe=severe, other=tuple(_named(fact) for fact in facts if not _severe(fact)))


def _severe(fact: AllergyFact) -> bool:
    return any(side.active and side.severe for side in fact.sides)


def _named(fact: AllergyFact) -> str:
    """Where two sides name different things, both stand there."""
    return " / ".join(dict.fromkeys(side.allergen for side in fact.sides if side.active))
