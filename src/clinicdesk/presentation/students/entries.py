"""What is written down from a chart, as it was typed: allergies, conditions, contacts, the name a student goes by."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.when import Facing, parse_date
from clinicdesk.services.allergies import AllergyEntry, ConditionEntry, HealthFacts
from clinicdesk.services.contacts import ContactEntry, Contacts
from clinicdesk.services.student_values import AllergyOnRecord, ConditionOnRecord, ContactOnRecord
from clinicdesk.services.students import Students
from clinicdesk.services.undo import LastAct

Write = Callable[[Callable[[uuid.UUID], LastAct | None]], None]
Refuse = Callable[[Exception], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedAllergy:
    """The sheet of an allergy; several reactions are parted by commas."""

    allergen: str
    kind: str
    severity: str
    reactions: str
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedCondition:
    """The sheet of a condition; dates are read as a nurse writes them, lists are parted by commas."""

    condition: str
    diagnosed_on: str
    diagnosed_by: str
    severity: str
    emergency_protocol: str
    care_plan: str
    triggers: str
    restrictions: str
    next_review: str


class ChartEntries:
    """Turns what was typed into entries of the services; a correction keeps what its sheet does not ask for."""

    def __init__(
        self,
        students: Students,
        health: HealthFacts,
        contacts: Contacts,
        today: Callable[[], dt.date],
        write: Write,
        refuse: Refuse,
    ) -> None:
        self._students = students
        self._health = health
        self._contacts = contacts
        self._today = today
        self._write = write
        self._refuse = refuse

    # Allergies

    def add_allergy(self, typed: TypedAllergy) -> None:
        entry = _with_allergy(AllergyEntry(allergen="", severity=""), typed)
        self._write(lambda student: self._health.add_allergy(student, entry))

    def amend_allergy(self, known: AllergyOnRecord, typed: TypedAllergy) -> None:
        entry = _with_allergy(_known_allergy(known), typed)
        self._write(lambda _student: self._health.amend_allergy(known.id, entry))

    def end_allergy(self, allergy: uuid.UUID, reason: str) -> None:
        self._write(lambda _student: self._health.end_allergy(allergy, reason))

    def resume_allergy(self, allergy: uuid.UUID) -> None:
        self._write(lambda _student: self._health.resume_allergy(allergy))

    def state_none_known(self, informant: str) -> None:
        """ "No known allergies", with who said so."""
        self._write(lambda student: self._health.state_none_known(student, informant))

    # Conditions

    def add_condition(self, typed: TypedCondition) -> None:
        blank = ConditionEntry(condition="", diagnosed_on=self._today(), diagnosed_by="")
        entry = self._with_condition(blank, typed)
        if entry is not None:
            self._write(lambda student: self._health.add_condition(student, entry))

    def amend_condition(self, known: ConditionOnRecord, typed: TypedCondition) -> None:
        entry = self._with_condition(_known_condition(known), typed)
        if entry is not None:
            self._write(lambda _student: self._health.amend_condition(known.id, entry))

    def end_condition(self, condition: uuid.UUID, reason: str) -> None:
        self._write(lambda _student: self._health.end_condition(condition, reason))

    # Contacts

    def add_contact(self, entry: ContactEntry) -> None:
        self._write(lambda student: self._contacts.add(student, entry))

    def amend_contact(self, known: ContactOnRecord, entry: ContactEntry) -> None:
        self._write(lambda _student: self._contacts.amend(known.id, entry))

    def end_contact(self, contact: uuid.UUID) -> None:
        self._write(lambda _student: self._contacts.end(contact))

    def resume_contact(self, contact: uuid.UUID) -> None:
        self._write(lambda _student: self._contacts.resume(contact))

    def call_earlier(self, contacts: Sequence[ContactOnRecord], moved: uuid.UUID, by: int) -> None:
        """Move one person of the call order up (-1) or down (1); those who are never called stand at its end."""
        called = [one.id for one in contacts if one.is_active and not one.no_release]
        others = [one.id for one in contacts if one.is_active and one.no_release]
        at = called.index(moved)
        to = at + by
        if not 0 <= to < len(called):
            return
        called[at], called[to] = called[to], called[at]
        self._write(lambda student: self._contacts.call_in_order(student, [*called, *others]))

    # The name

    def call_by(self, name: str) -> None:
        """The name the student goes by."""
        self._write(lambda student: self._students.call_by(student, name or None))

    # Parts

    def _with_condition(self, entry: ConditionEntry, typed: TypedCondition) -> ConditionEntry | None:
        today = self._today()
        try:
            review = typed.next_review.strip()
            return replace(
                entry,
                condition=typed.condition,
                diagnosed_on=parse_date(typed.diagnosed_on, today, field="diagnosed_date"),
                diagnosed_by=typed.diagnosed_by,
                severity=typed.severity or None,
                emergency_protocol=_kept(typed.emergency_protocol),
                care_plan=_kept(typed.care_plan),
                triggers=_parts(typed.triggers),
                restrictions=_parts(typed.restrictions),
                next_review=parse_date(review, today, Facing.FUTURE, "next_review_date") if review else None,
            )
        except InvalidValueError as problem:
            self._refuse(problem)
            return None


def _with_allergy(entry: AllergyEntry, typed: TypedAllergy) -> AllergyEntry:
    return replace(
        entry,
        allergen=typed.allergen,
        severity=typed.severity,
        kind=typed.kind,
        reactions=_parts(typed.reactions),
        verified=typed.verified,
    )


def _known_allergy(one: AllergyOnRecord) -> AllergyEntry:
    return AllergyEntry(
        allergen=one.allergen,
        severity=one.severity,
        kind=one.kind,
        reactions=one.reactions,
        symptoms=one.symptoms or None,
        treatment=one.treatment or None,
        emergency_protocol=one.emergency_protocol or None,
        onset=one.onset,
        ingredient_code=one.ingredient_code,
        epi_pen_required=one.epi_pen_required,
        epi_pen_location=one.epi_pen_location or None,
        epi_pen_expires=one.epi_pen_expires,
        verified=one.verified,
    )


def _known_condition(one: ConditionOnRecord) -> ConditionEntry:
    return ConditionEntry(
        condition=one.condition,
        diagnosed_on=one.diagnosed_on,
        diagnosed_by=one.diagnosed_by,
        severity=one.severity or None,
        status=one.status,
        icd_code=one.icd_code or None,
        care_plan=one.care_plan or None,
        emergency_protocol=one.emergency_protocol or None,
        restrictions=one.restrictions,
        triggers=one.triggers,
        accommodations=one.accommodations,
        next_review=one.next_review,
        needs_504=one.needs_504,
        needs_iep=one.needs_iep,
        notes=one.notes or None,
    )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _kept(text: str) -> str | None:
    """Empty is nothing; else exactly as typed."""
    return text if text.strip() else None
