"""What a person has typed about vaccines and not saved: kept sealed, for its author alone (D2)."""

from __future__ import annotations

import uuid
from typing import Any

from clinicdesk.domain.permissions import Act
from clinicdesk.models.enums import DraftKind
from clinicdesk.services.desk import Desk
from clinicdesk.services.drafts import Drafts
from clinicdesk.services.immunization_rules import VaccineRules
from clinicdesk.services.student_values import StudentFacts


class VaccineDrafts:
    """One draft a student."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._drafts = Drafts(desk)

    def keep(self, student: uuid.UUID, content: dict[str, Any] | None) -> None:
        """Keep what was typed; None throws the draft away, if there is one."""
        subject = str(student)
        if content is not None:
            self._drafts.save(DraftKind.VACCINATION, subject, content)
        elif subject in self._drafts.subjects(DraftKind.VACCINATION):
            self._drafts.discard(DraftKind.VACCINATION, subject)

    def of(self, student: uuid.UUID) -> dict[str, Any] | None:
        return self._drafts.load(DraftKind.VACCINATION, str(student))

    def waiting(self) -> tuple[StudentFacts, ...]:
        """The students whose entry was begun and not saved, newest first."""
        found = []
        for subject in self._drafts.subjects(DraftKind.VACCINATION):
            student = uuid.UUID(subject)
            if not self._desk.may(Act.VIEW_IMMUNIZATIONS, self._desk.schools_of(student)):
                continue
            with self._desk.look(Act.VIEW_IMMUNIZATIONS, student=student) as session:
                found.append(VaccineRules(self._desk).student(session, student))
        return tuple(found)
