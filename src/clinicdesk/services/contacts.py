"""Emergency contacts of a student: who is called, in which order, and whom she must not leave with."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import tr
from clinicdesk.models import Contact, EmergencyContact, HealthRecord
from clinicdesk.models.enums import (
    AuditAction,
    ContactPriority,
    ContactType,
    EmergencyContactRelationship,
    HealthRecordType,
    VerificationStatus,
)
from clinicdesk.models.rules import validate
from clinicdesk.services.desk import Desk
from clinicdesk.services.undo import LastAct, reason_for
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries.chart import CUSTODY, call_orders, highest_call_order
from clinicdesk.storage.queries.students import same_person
from clinicdesk.storage.store import Work

_PRIORITIES = {1: ContactPriority.PRIMARY, 2: ContactPriority.SECONDARY}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEntry:
    """A contact as it is typed. Custody limits are words of the court order or of the person who told the clinic.

    `rests_on` says what the right to consent, or the change of a limit, rests on: the paper that was seen (D42).
    """

    first_name: str
    last_name: str
    relationship: str
    phone: str
    email: str | None = None
    may_pick_up: bool = False
    may_consent: bool = False
    rests_on: str = ""
    custody_limits: str | None = None
    language: str | None = None
    notes: str | None = None
    verified: bool = False


class Contacts:
    """The people around a student. A person is one `Contact`, what she is to this student an `EmergencyContact`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, student: uuid.UUID, entry: ContactEntry) -> LastAct:
        """Add a person at the end of the call order.

        Raises:
            InvalidValueError: a field cannot be kept, the words about custody contradict each other, or a right to
                consent rests on nothing (D42).
        """
        values = self._values(entry)
        self._require_basis(student, entry, may_consent=False, limits=None)
        with self._desk.look(Act.EDIT_EMERGENCY_CONTACTS, student=student) as session:
            order = highest_call_order(session, student) + 1
        values |= {"call_order": order, "priority": _PRIORITIES.get(order, ContactPriority.EMERGENCY_ONLY)}
        person, key = new_id(), new_id()
        _check("EmergencyContact", {**values, "student_id": student, "contact_id": person})
        audit = AuditEntry(
            AuditAction.CREATE, "EmergencyContact", entity_id=key, student_id=student, new=_plain(values)
        )
        with self._desk.act(Act.EDIT_EMERGENCY_CONTACTS, audit) as work:
            work.session.add(
                Contact(
                    id=person,
                    first_name=values["first_name"],
                    last_name=values["last_name"],
                    phone=values["phone_number"],
                    email=values["email"],
                    type=ContactType.GUARDIAN,
                    relation_to=student,
                    school_id=self._desk.school.id,
                    language=values["language"],
                )
            )
            work.session.flush()
            work.session.add(EmergencyContact(id=key, student_id=student, contact_id=person, **values))
            self._state_custody(work, key, student, entry)
            at = work.at

        def undo(reason: str | None) -> None:
            because = reason_for(at, self._desk.now(), reason)
            self._write(key, student, {"is_active": True}, {"is_active": False}, because)

        return LastAct(tr("Contact added"), at, undo)

    def amend(self, contact: uuid.UUID, entry: ContactEntry) -> LastAct:
        """Write what is now known of a person and her rights. A right to consent, and a limit of custody that is
        lifted or changed, need what that rests on (D42).

        Raises:
            InvalidValueError: a field cannot be kept, or what a right rests on is missing.
        """
        return self._change(contact, self._values(entry), tr("Contact changed"), entry)

    def end(self, contact: uuid.UUID) -> LastAct:
        """Call this person no more; the row stays readable, and a limit of custody goes on to hold."""
        return self._change(contact, {"is_active": False}, tr("Contact ended"))

    def resume(self, contact: uuid.UUID) -> LastAct:
        """Call this person again."""
        return self._change(contact, {"is_active": True}, tr("Contact is called again"))

    def call_in_order(self, student: uuid.UUID, contacts: Sequence[uuid.UUID]) -> LastAct:
        """Whom to call first, second and so on.

        Raises:
            InvalidValueError: the list does not name exactly the active contacts of the student.
        """
        with self._desk.look(Act.EDIT_EMERGENCY_CONTACTS, student=student) as session:
            before = call_orders(session, same_person(session, student))
        if set(before) != set(contacts) or len(contacts) != len(before):
            raise InvalidValueError("call_order", "not_the_contacts")
        after = {key: at for at, key in enumerate(contacts, start=1)}
        at = self._write_order(student, before, after)

        def undo(reason: str | None) -> None:
            self._write_order(student, after, before, reason_for(at, self._desk.now(), reason))

        return LastAct(tr("Call order changed"), at, undo)

    # --- parts --------------------------------------------------------------------------------------------------

    def _write_order(
        self,
        student: uuid.UUID,
        before: Mapping[uuid.UUID, int],
        after: Mapping[uuid.UUID, int],
        reason: str | None = None,
    ) -> dt.datetime:
        entry = AuditEntry(
            AuditAction.UPDATE,
            "EmergencyContact",
            student_id=student,
            previous={str(key): order for key, order in before.items()},
            new={str(key): order for key, order in after.items()},
            changes={"reason": reason} if reason else None,
        )
        with self._desk.act(Act.EDIT_EMERGENCY_CONTACTS, entry) as work:
            for key, order in after.items():
                if before[key] != order:
                    row = work.session.get_one(EmergencyContact, key)
                    row.call_order = order
                    row.priority = _PRIORITIES.get(order, ContactPriority.EMERGENCY_ONLY)
            return work.at

    def _require_basis(self, student: uuid.UUID, entry: ContactEntry, *, may_consent: bool, limits: str | None) -> None:
        """A right that is given, or a limit that is lifted, is never a tick alone (D42), and no aide's to state."""
        given = entry.may_consent and not may_consent
        lifted = bool(limits) and (entry.custody_limits or "").strip() != limits
        if not given and not lifted:
            return
        if not entry.rests_on.strip():
            raise InvalidValueError("rests_on", "missing")
        self._desk.require(Act.EDIT_STUDENT, AuditEntry(AuditAction.UPDATE, "EmergencyContact", student_id=student))

    def _state_custody(self, work: Work, contact: uuid.UUID, student: uuid.UUID, entry: ContactEntry) -> None:
        """Who stated a right or a limit, when, and on what it rests: signed, and never written over (D2, D42)."""
        if not entry.rests_on.strip():
            return
        work.session.add(
            HealthRecord(
                id=new_id(),
                student_id=student,
                record_type=HealthRecordType.OTHER,
                title="Custody and the right to consent",
                description=entry.rests_on,
                record_date=work.at,
                metadata_={"statement": CUSTODY, "contact": str(contact), "may_consent": entry.may_consent},
                signed_at=work.at,
                signed_by=self._desk.person.user_id,
            )
        )

    def _change(
        self, key: uuid.UUID, values: Mapping[str, Any], words: str, entry: ContactEntry | None = None
    ) -> LastAct:
        with self._desk.store.read() as session:
            row = session.get(EmergencyContact, key)
            if row is None:
                raise InvalidValueError("id", "unknown")
            student = row.student_id
            stands = {column.key: getattr(row, column.key) for column in EmergencyContact.__table__.columns}
        changed = {name: value for name, value in values.items() if stands[name] != value}
        if entry is not None:
            self._require_basis(student, entry, may_consent=stands["may_consent"], limits=stands["custody_limits"])
        _check("EmergencyContact", {**stands, **changed})
        at = self._write(key, student, stands, changed, said=entry)

        def undo(reason: str | None) -> None:
            because = reason_for(at, self._desk.now(), reason)
            self._write(key, student, changed, {name: stands[name] for name in changed}, because)

        return LastAct(words, at, undo)

    def _write(
        self,
        key: uuid.UUID,
        student: uuid.UUID,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        reason: str | None = None,
        said: ContactEntry | None = None,
    ) -> dt.datetime:
        entry = AuditEntry(
            AuditAction.UPDATE,
            "EmergencyContact",
            entity_id=key,
            student_id=student,
            previous=_plain({name: before[name] for name in after}),
            new=_plain(after),
            changes={"reason": reason} if reason else None,
        )
        with self._desk.act(Act.EDIT_EMERGENCY_CONTACTS, entry) as work:
            row = work.session.get_one(EmergencyContact, key)
            for name, value in after.items():
                setattr(row, name, value)
            if said is not None:
                self._state_custody(work, key, student, said)
            return work.at

    def _values(self, entry: ContactEntry) -> dict[str, Any]:
        limits = (entry.custody_limits or "").strip() or None
        if limits and (entry.may_pick_up or entry.may_consent):
            raise InvalidValueError("custody_limits", "contradicts_rights")
        for field, text in (("first_name", entry.first_name), ("phone_number", entry.phone)):
            if not text.strip():
                raise InvalidValueError(field, "missing")
        try:
            relationship = EmergencyContactRelationship(entry.relationship)
        except ValueError:
            raise InvalidValueError("relationship", "unknown_choice") from None
        values: dict[str, Any] = {
            "first_name": entry.first_name.strip(),
            "last_name": entry.last_name.strip(),
            "relationship": relationship,
            "phone_number": entry.phone.strip(),
            "email": entry.email,
            "can_pickup_student": entry.may_pick_up,
            "may_consent": entry.may_consent,
            "custody_limits": limits,
            "language": entry.language,
            "notes": entry.notes,
        }
        if entry.verified:
            values |= {"verification_status": VerificationStatus.VERIFIED, "last_verified_at": self._desk.now()}
        return values


def _check(model: str, values: Mapping[str, Any]) -> None:
    problems = validate(model, values)
    if problems:
        raise problems[0]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the audit trail keeps them."""
    return {name: value if isinstance(value, bool | None) else str(value) for name, value in values.items()}
