"""Allergies and long-term conditions: written down, amended, ended; and the statement that none is known."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import tr
from clinicdesk.models import Allergy, ChronicCondition, HealthRecord
from clinicdesk.models.enums import (
    AllergySeverity,
    AllergyType,
    AuditAction,
    ConditionSeverity,
    ConditionStatus,
    HealthRecordType,
)
from clinicdesk.models.rules import validate
from clinicdesk.services.chart_reading import read_allergies
from clinicdesk.services.desk import Desk
from clinicdesk.services.student_values import AllergyKnowledge
from clinicdesk.services.undo import LastAct, reason_for
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries.students import NO_KNOWN_ALLERGIES, same_person

Word = TypeVar("Word", bound=enum.StrEnum)
Kept = TypeVar("Kept", Allergy, ChronicCondition)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergyEntry:
    """An allergy as it is typed; `verified` says that the nurse saw a paper or spoke with the physician."""

    allergen: str
    severity: str
    kind: str = AllergyType.OTHER.value
    reactions: tuple[str, ...] = ()
    symptoms: str | None = None
    treatment: str | None = None
    emergency_protocol: str | None = None
    onset: dt.date | None = None
    ingredient_code: str | None = None
    epi_pen_required: bool = False
    epi_pen_location: str | None = None
    epi_pen_expires: dt.date | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionEntry:
    """A long-term condition as it is typed. With an emergency protocol it is an action plan."""

    condition: str
    diagnosed_on: dt.date
    diagnosed_by: str
    severity: str | None = None
    status: str = ConditionStatus.ACTIVE.value
    icd_code: str | None = None
    care_plan: str | None = None
    emergency_protocol: str | None = None
    restrictions: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    accommodations: tuple[str, ...] = ()
    next_review: dt.date | None = None
    needs_504: bool = False
    needs_iep: bool = False
    notes: str | None = None


class AllergiesKnownError(InvalidValueError):
    """ "No known allergies" was to be written while one is on record."""


class HealthFacts:
    """What a nurse keeps of a student's allergies and conditions. Rows are merged by field, both sides count (D22)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add_allergy(self, student: uuid.UUID, entry: AllergyEntry) -> LastAct:
        """Write an allergy down.

        Raises:
            InvalidValueError: a field cannot be kept.
        """
        values = self._allergy_values(entry)
        _check("Allergy", {**values, "student_id": student, "active": True})
        return self._add(Allergy, student, values, Act.EDIT_ALLERGIES, tr("Allergy added"))

    def amend_allergy(self, allergy: uuid.UUID, entry: AllergyEntry) -> LastAct:
        """Write it as it is now known; what stood before is in the audit trail.

        Raises:
            InvalidValueError: a field cannot be kept.
        """
        with self._desk.store.read() as session:
            row = session.get(Allergy, allergy)
            known = row is not None and row.verified
        values = self._allergy_values(entry, known=known)
        return self._change(Allergy, allergy, values, Act.EDIT_ALLERGIES, tr("Allergy changed"))

    def end_allergy(self, allergy: uuid.UUID, reason: str) -> LastAct:
        """It does not hold any more, or never did; the row stays with its reason.

        Raises:
            InvalidValueError: no reason.
        """
        if not reason.strip():
            raise InvalidValueError("inactive_reason", "missing")
        values = {"active": False, "inactive_reason": reason}
        return self._change(Allergy, allergy, values, Act.EDIT_ALLERGIES, tr("Allergy ended"))

    def resume_allergy(self, allergy: uuid.UUID) -> LastAct:
        """It holds again."""
        values = {"active": True, "inactive_reason": None}
        return self._change(Allergy, allergy, values, Act.EDIT_ALLERGIES, tr("Allergy holds again"))

    def state_none_known(self, student: uuid.UUID, informant: str) -> None:
        """Somebody was asked and knows of no allergy: a dated, signed statement (ux-spec 7.3).

        Raises:
            AllergiesKnownError: an allergy is on record; end it first.
        """
        if not informant.strip():
            raise InvalidValueError("informant", "missing")
        with self._desk.look(Act.EDIT_ALLERGIES, student=student) as session:
            if read_allergies(session, same_person(session, student)).knowledge is AllergyKnowledge.LISTED:
                raise AllergiesKnownError("allergen", "on_record")
        record = new_id()
        entry = AuditEntry(
            AuditAction.CREATE,
            "HealthRecord",
            entity_id=record,
            student_id=student,
            new={"statement": NO_KNOWN_ALLERGIES, "informant": informant},
        )
        with self._desk.act(Act.EDIT_ALLERGIES, entry) as work:
            work.session.add(
                HealthRecord(
                    id=record,
                    student_id=student,
                    record_type=HealthRecordType.ALLERGY_DOCUMENTATION,
                    title="No known allergies",
                    description=informant,
                    record_date=work.at,
                    metadata_={"statement": NO_KNOWN_ALLERGIES},
                    signed_at=work.at,
                    signed_by=self._desk.person.user_id,
                )
            )

    def add_condition(self, student: uuid.UUID, entry: ConditionEntry) -> LastAct:
        """Write a long-term condition down.

        Raises:
            InvalidValueError: a field cannot be kept.
        """
        values = self._condition_values(entry)
        _check("ChronicCondition", {**values, "student_id": student})
        return self._add(ChronicCondition, student, values, Act.EDIT_CONDITIONS, tr("Condition added"))

    def amend_condition(self, condition: uuid.UUID, entry: ConditionEntry) -> LastAct:
        """Write it as it is now known; RESOLVED ends it.

        Raises:
            InvalidValueError: a field cannot be kept.
        """
        values = self._condition_values(entry)
        return self._change(ChronicCondition, condition, values, Act.EDIT_CONDITIONS, tr("Condition changed"))

    def end_condition(self, condition: uuid.UUID, reason: str) -> LastAct:
        """It is resolved, or was never so: its plans end with it, and the reason is on record.

        Raises:
            InvalidValueError: no reason.
        """
        if not reason.strip():
            raise InvalidValueError("reason", "missing")
        values = {"status": ConditionStatus.RESOLVED, "is_active": False}
        return self._change(
            ChronicCondition, condition, values, Act.EDIT_CONDITIONS, tr("Condition ended"), reason=reason
        )

    # --- parts --------------------------------------------------------------------------------------------------

    def _add(
        self,
        model: type[Kept],
        student: uuid.UUID,
        values: Mapping[str, Any],
        act: Act,
        words: str,
    ) -> LastAct:
        key = new_id()
        entry = AuditEntry(AuditAction.CREATE, model.__name__, entity_id=key, student_id=student, new=_plain(values))
        with self._desk.act(act, entry) as work:
            work.session.add(model(id=key, student_id=student, **values))
            at = work.at

        def undo(reason: str | None) -> None:
            because = reason_for(at, self._desk.now(), reason)
            taken = AuditEntry(
                AuditAction.DELETE, model.__name__, entity_id=key, student_id=student, new={"reason": because}
            )
            with self._desk.act(act, taken) as work:
                row = work.session.get_one(model, key)
                row.deleted_at, row.deleted_by, row.delete_reason = work.at, self._desk.person.user_id, because

        return LastAct(words, at, undo)

    def _change(
        self,
        model: type[Kept],
        key: uuid.UUID,
        values: Mapping[str, Any],
        act: Act,
        words: str,
        *,
        reason: str | None = None,
    ) -> LastAct:
        with self._desk.store.read() as session:
            row = session.get(model, key)
            if row is None:
                raise InvalidValueError("id", "unknown")
            student = row.student_id
            stands = {column.key: getattr(row, column.key) for column in model.__table__.columns}
        # Only what differs is written, so that two desks that amend different fields do not meet (D1, D22).
        changed = {name: value for name, value in values.items() if stands[name] != value}
        _check(model.__name__, {**stands, **changed})
        at = self._write(model, key, student, stands, changed, act, reason)

        def undo(reason: str | None) -> None:
            because = reason_for(at, self._desk.now(), reason)
            self._write(model, key, student, changed, {name: stands[name] for name in changed}, act, because)

        return LastAct(words, at, undo)

    def _write(
        self,
        model: type[Kept],
        key: uuid.UUID,
        student: uuid.UUID,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        act: Act,
        reason: str | None = None,
    ) -> dt.datetime:
        entry = AuditEntry(
            AuditAction.UPDATE,
            model.__name__,
            entity_id=key,
            student_id=student,
            previous=_plain({name: before[name] for name in after}),
            new=_plain(after),
            changes={"reason": reason} if reason else None,
        )
        with self._desk.act(act, entry) as work:
            row = work.session.get_one(model, key)
            for name, value in after.items():
                setattr(row, name, value)
            return work.at

    def _allergy_values(self, entry: AllergyEntry, *, known: bool = False) -> dict[str, Any]:
        """`known`: it was verified before, and who verified it stands."""
        values: dict[str, Any] = {
            "allergen": entry.allergen.strip(),
            "allergy_type": _choice("allergy_type", AllergyType, entry.kind),
            "severity": _choice("severity", AllergySeverity, entry.severity),
            "reactions": list(entry.reactions) or None,
            "symptoms": entry.symptoms,
            "treatment": entry.treatment,
            "emergency_protocol": entry.emergency_protocol,
            "onset_date": self._noon(entry.onset),
            "ingredient_code": entry.ingredient_code,
            "epi_pen_required": entry.epi_pen_required,
            "epi_pen_location": entry.epi_pen_location,
            "epi_pen_expiration": self._noon(entry.epi_pen_expires),
        }
        if entry.onset is not None and entry.onset > self._desk.today():
            raise InvalidValueError("onset_date", "in_future")
        if entry.verified and not known:
            person = self._desk.person.user_id
            values |= {"verified": True, "verified_by": person, "verification_date": self._desk.now()}
        elif known and not entry.verified:
            values |= {"verified": False, "verified_by": None, "verification_date": None}
        return values

    def _condition_values(self, entry: ConditionEntry) -> dict[str, Any]:
        if entry.diagnosed_on > self._desk.today():
            raise InvalidValueError("diagnosed_date", "in_future")
        status = _choice("status", ConditionStatus, entry.status)
        return {
            "condition": entry.condition.strip(),
            "diagnosed_date": entry.diagnosed_on,
            "diagnosed_by_name": entry.diagnosed_by.strip() or None,
            "severity": _choice("severity", ConditionSeverity, entry.severity) if entry.severity else None,
            "status": status,
            "icd_code": entry.icd_code,
            "care_plan": entry.care_plan,
            "emergency_protocol": entry.emergency_protocol,
            "restrictions": list(entry.restrictions),
            "triggers": list(entry.triggers),
            "accommodations": list(entry.accommodations),
            "next_review_date": entry.next_review,
            "requires_504": entry.needs_504,
            "requires_iep": entry.needs_iep,
            "notes": entry.notes,
            "is_active": status is not ConditionStatus.RESOLVED,
        }

    def _noon(self, day: dt.date | None) -> dt.datetime | None:
        """A date kept as a moment: noon at the school keeps the day in every zone of the country."""
        return None if day is None else dt.datetime.combine(day, dt.time(12), tzinfo=self._desk.school.zone)


def _choice(field: str, words: type[Word], given: str) -> Word:
    try:
        return words(given)
    except ValueError:
        raise InvalidValueError(field, "unknown_choice") from None


def _check(model: str, values: Mapping[str, Any]) -> None:
    problems = validate(model, values)
    if problems:
        raise problems[0]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the audit trail keeps them."""
    return {name: value if isinstance(value, bool | list | None) else str(value) for name, value in values.items()}
