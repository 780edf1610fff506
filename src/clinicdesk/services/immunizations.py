"""Vaccines at the desk: doses given here with all of I14, doses reported from outside, exemptions (I14, I15, D1)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.findings import Finding, OverrideBy
from clinicdesk.domain.permissions import Act
from clinicdesk.domain.vaccines import BY_CVX
from clinicdesk.domain.vaccines_on_record import DoseMark, on_record
from clinicdesk.i18n import tr
from clinicdesk.models import Immunization, Vaccination
from clinicdesk.models.enums import (
    AuditAction,
    EntryKind,
    ExemptionKind,
    SignatureMeaning,
    VaccinationComplianceStatus,
    VaccineType,
)
from clinicdesk.services import immunization_reading as reading
from clinicdesk.services.chart_reading import badges_of, read_allergies
from clinicdesk.services.desk import Desk
from clinicdesk.services.immunization_rules import VaccineRules
from clinicdesk.services.immunization_values import (
    NewExemption,
    NewVaccination,
    Recorded,
    ReportedDose,
    VaccinationRefusedError,
    VaccineEntry,
    VaccineHistory,
)
from clinicdesk.services.immunization_writing import (
    TOLD,
    EntryModel,
    VaccineRows,
    columns,
    current,
    follows,
)
from clinicdesk.services.student_values import StudentBadge
from clinicdesk.services.undo import LastAct, reason_for
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries.students import badge_facts, same_person
from clinicdesk.storage.store import Work

_WRITING = (Act.RECORD_VACCINATION, Act.RECORD_EXEMPTION, Act.RECORD_OUTSIDE_DOSE)


class Immunizations:
    """What a person at the desk does with vaccines. Whether a dose counts is not judged here."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._rules = VaccineRules(desk)
        self._rows = VaccineRows(desk)

    # Reading

    def open(self, student: uuid.UUID) -> VaccineHistory:
        """The vaccine history of a student; audited once, before it is shown (D34)."""
        entry = AuditEntry(
            AuditAction.READ, "Student", entity_id=student, student_id=student, facts={"part": "immunizations"}
        )
        with self._desk.open_record(Act.VIEW_IMMUNIZATIONS, entry) as session:
            return self._history(session, student)

    def history(self, student: uuid.UUID) -> VaccineHistory:
        """The open history once more, after an act or a sync: no further audit row."""
        with self._desk.look(Act.VIEW_IMMUNIZATIONS, student=student) as session:
            return self._history(session, student)

    def entry(self, student: uuid.UUID, entry: uuid.UUID) -> VaccineEntry:
        """One entry of the open history, with every wording it had (D1).

        Raises:
            InvalidValueError: there is no such entry of this student's.
        """
        with self._desk.look(Act.VIEW_IMMUNIZATIONS, student=student) as session:
            row = session.get(Vaccination, entry) or session.get(Immunization, entry)
            if row is None or row.student_id not in same_person(session, student):
                raise InvalidValueError("id", "unknown")
            return reading.entry(session, row, self._desk.local)

    def assessed(self, new: NewVaccination, instead_of: uuid.UUID | None = None) -> tuple[Finding, ...]:
        """What stands against the dose as it is filled in: for the form, while it is open."""
        with self._desk.look(Act.VIEW_IMMUNIZATIONS, student=new.student_id) as session:
            return self._rules.assess(session, new, self._desk.now(), instead_of).findings

    # A dose given here

    def record_vaccination(self, new: NewVaccination) -> Recorded:
        """Write a dose given here with its signature, stock movement and observation task, in one transaction.

        Raises:
            VaccinationRefusedError: something of I14 is missing, the lot has expired (M13) or is another vaccine,
                no consent, a severe allergy (M6), a date that cannot be, or a soft stop that nobody gave a reason for.
            InvalidValueError: a field cannot be kept.
        """
        key = new_id()
        entry = AuditEntry(
            AuditAction.CREATE, "Vaccination", entity_id=key, student_id=new.student_id, facts={"cvx": new.cvx}
        )
        with self._desk.act(Act.RECORD_VACCINATION, entry) as work:
            observe = self._write_dose(work, key, new)
            at = work.at
        act = self._undoable(Act.RECORD_VACCINATION, Vaccination, (key,), new.student_id, at, _dose_words(new))
        return Recorded(ids=(key,), observe_until=observe, last_act=act)

    def correct_vaccination(self, vaccination: uuid.UUID, new: NewVaccination, reason: str) -> Recorded:
        """Replace an entry by a right one; the old one stays readable, stock follows (D1, M17).

        Raises:
            InvalidValueError: no reason.
            EntryOutdatedError, VaccinationRefusedError.
        """
        _require_reason(reason)
        key = new_id()
        entry = AuditEntry(AuditAction.SUPERSEDE, "Vaccination", entity_id=vaccination, student_id=new.student_id)
        with self._desk.act(Act.RECORD_VACCINATION, entry) as work:
            row = current(work.session, Vaccination, vaccination)
            self._require_same(work.session, row.student_id, new.student_id)
            self._rows.give_back(work, row, reason)
            self._rows.end_observation(work, row.id)
            chain = follows(row, EntryKind.CORRECTION, reason)
            given = replace(new, given_at=new.given_at or row.administration_date)
            observe = self._write_dose(work, key, given, chain, row.id)
            at = work.at
        act = self._undoable(Act.RECORD_VACCINATION, Vaccination, (key,), new.student_id, at, tr("Dose corrected"))
        return Recorded(ids=(key,), observe_until=observe, last_act=act)

    # Exemptions

    def record_exemption(self, new: NewExemption) -> Recorded:
        """An exemption from a vaccine, with its ground and, where it has one, its end.

        Raises:
            InvalidValueError: no known vaccine or kind, no ground, or an end before the beginning.
        """
        vaccine = BY_CVX.get(new.cvx)
        if vaccine is None:
            raise InvalidValueError("cvx_code", "unknown_choice")
        try:
            kind = ExemptionKind(new.kind)
        except ValueError:
            raise InvalidValueError("exemption_kind", "not_a_choice") from None
        if not new.reason.strip():
            raise InvalidValueError("exemption_reason", "missing")
        if new.until is not None and new.until < new.since:
            raise InvalidValueError("exemption_expires_on", "wrong_order")
        key = new_id()
        entry = AuditEntry(AuditAction.CREATE, "Vaccination", entity_id=key, student_id=new.student_id)
        with self._desk.act(Act.RECORD_EXEMPTION, entry) as work:
            values = self._rows.blank(work, new.student_id, self._rows.noon(new.since)) | {
                "vaccine_name": vaccine.short,
                "vaccine_type": VaccineType(vaccine.kind),
                "cvx_code": vaccine.cvx,
                "exemption_status": True,
                "exemption_kind": kind,
                "exemption_reason": new.reason,
                "exemption_document": new.document or None,
                "exemption_expires_on": new.until,
                "compliance_status": VaccinationComplianceStatus.EXEMPT,
            }
            self._rows.write(work, Vaccination, key, values, SignatureMeaning.RECORDED)
            at = work.at
        words = tr("Exemption recorded")
        act = self._undoable(Act.RECORD_EXEMPTION, Vaccination, (key,), new.student_id, at, words)
        return Recorded(ids=(key,), last_act=act)

    # Doses given elsewhere

    def record_reported(
        self, student: uuid.UUID, source: str, doses: Sequence[ReportedDose], detail: str = ""
    ) -> Recorded:
        """Write doses given elsewhere as they were reported; those on record already are left out and named.

        Raises:
            InvalidValueError: the source is none of ours, or a dose has no date at all.
        """
        keys: list[uuid.UUID] = []
        known: list[ReportedDose] = []
        entry = AuditEntry(AuditAction.CREATE, "Immunization", student_id=student, facts={"doses": len(doses)})
        with self._desk.act(Act.RECORD_OUTSIDE_DOSE, entry) as work:
            seen = self._marks(work.session, student)
            born = self._rules.student(work.session, student).birth_date
            for dose in doses:
                values = self._rows.reported(student, born, source, detail, dose)
                mark = dose.mark
                assert mark is not None
                if on_record(mark, seen) is not None:
                    known.append(dose)
                    continue
                seen.append(mark)
                key = new_id()
                keys.append(key)
                self._rows.write(work, Immunization, key, values, SignatureMeaning.RECORDED)
            at = work.at
        words = tr("Old doses recorded")
        act = self._undoable(Act.RECORD_OUTSIDE_DOSE, Immunization, tuple(keys), student, at, words) if keys else None
        return Recorded(ids=tuple(keys), known=tuple(known), last_act=act)

    def correct_reported(
        self,
        immunization: uuid.UUID,
        student: uuid.UUID,
        source: str,
        dose: ReportedDose,
        detail: str,
        reason: str,
    ) -> Recorded:
        """Replace a dose as it was reported by what the paper really says; the old wording stays readable (D1).

        Raises:
            InvalidValueError: no reason, no vaccine, no such source, or a date that cannot be.
            EntryOutdatedError: somebody was here before.
        """
        _require_reason(reason)
        if not dose.vaccine.strip():
            raise InvalidValueError("vaccine", "missing")
        key = new_id()
        entry = AuditEntry(AuditAction.SUPERSEDE, "Immunization", entity_id=immunization, student_id=student)
        with self._desk.act(Act.RECORD_OUTSIDE_DOSE, entry) as work:
            row = current(work.session, Immunization, immunization)
            self._require_same(work.session, row.student_id, student)
            born = self._rules.student(work.session, student).birth_date
            kept = {name: getattr(row, name) for name in columns(Immunization)}
            told = self._rows.reported(row.student_id, born, source, detail, dose)
            asked = {name: told[name] for name in TOLD}
            values = {**kept, **asked, "recorded_by": self._desk.person.user_id}
            values |= follows(row, EntryKind.CORRECTION, reason)
            self._rows.write(work, Immunization, key, values, SignatureMeaning.AMENDED)
            at = work.at
        act = self._undoable(Act.RECORD_OUTSIDE_DOSE, Immunization, (key,), student, at, tr("Dose corrected"))
        return Recorded(ids=(key,), last_act=act)

    # Entered in error

    def take_back(self, entry_id: uuid.UUID, reason: str) -> LastAct:
        """An entry made in error, given here or reported: a row says so, stock is restored (D1).

        Raises:
            InvalidValueError: no reason.
            EntryOutdatedError: somebody was here before.
        """
        _require_reason(reason)
        act, model, student = self._kind_of(entry_id)
        (withdrawn,), at = self._take_back(act, model, (entry_id,), student, reason)

        def undo(why: str | None) -> None:
            because = reason_for(at, self._desk.now(), why)
            entry = AuditEntry(AuditAction.SUPERSEDE, model.__name__, entity_id=withdrawn, student_id=student)
            with self._desk.act(act, entry) as work:
                self._rows.bring_back(work, model, withdrawn, because)

        return LastAct(tr("Entered in error"), at, undo)

    # Parts

    def _history(self, session: Session, student: uuid.UUID) -> VaccineHistory:
        ids = same_person(session, student)
        today = self._desk.today()
        found = reading.entries(session, ids, self._desk.local)
        return VaccineHistory(
            student=self._rules.student(session, student),
            badges=self._badges(session, ids),
            doses=found.doses,
            groups=reading.groups(found.doses, found.exemptions, today),
            exemptions=found.exemptions,
            withdrawn=found.withdrawn,
            lots=reading.lots(session, self._desk.school.id),
            consent=self._rules.consent(session, student, self._desk.now()),
            today=today,
            editions=reading.editions(session),
            may=frozenset(act for act in _WRITING if self._desk.may(act, self._desk.schools_of(student))),
        )

    def _badges(self, session: Session, ids: tuple[uuid.UUID, ...]) -> tuple[StudentBadge, ...]:
        """Every side of an open conflict counts (D22)."""
        found = badge_facts(session, ids, self._desk.now(), self._desk.today())
        facts = [("ALLERGY", one.allergen, one.severity) for one in read_allergies(session, ids).listed]
        facts += {one: None for key in ids for one in found.get(key, []) if one[0] != "ALLERGY"}
        return badges_of(facts)

    def _write_dose(
        self,
        work: Work,
        key: uuid.UUID,
        new: NewVaccination,
        chain: Mapping[str, Any] | None = None,
        instead_of: uuid.UUID | None = None,
    ) -> dt.datetime | None:
        given_at = new.given_at or work.at
        found = self._rules.assess(work.session, replace(new, given_at=given_at), work.at, instead_of)
        lifted = bool(new.lifts.strip())
        stops = tuple(
            one for one in found.findings if one.stops and not (lifted and one.override is OverrideBy.ACTOR_WITH_REASON)
        )
        if stops:
            raise VaccinationRefusedError(stops)
        vaccine = BY_CVX[new.cvx or ""]
        values = self._rows.given(work, new, found, given_at, lifted=lifted)
        values |= chain or {}
        if new.lot_id is not None:
            values["stock_transaction_id"] = self._rows.take_from_stock(work, new.lot_id, given_at)
        self._rows.write(work, Vaccination, key, values, SignatureMeaning.ADMINISTERED)
        return self._rows.observe(work, key, new.student_id, vaccine.short, given_at)

    def _marks(self, session: Session, student: uuid.UUID) -> list[DoseMark]:
        found = reading.entries(session, same_person(session, student), self._desk.local)
        return [line.mark for line in found.doses]

    def _require_same(self, session: Session, owner: uuid.UUID, student: uuid.UUID) -> None:
        """M1: an entry is never moved to another child by correcting it."""
        if owner not in same_person(session, student):
            raise InvalidValueError("id", "unknown")

    def _undoable(
        self, act: Act, model: EntryModel, keys: tuple[uuid.UUID, ...], student: uuid.UUID, at: dt.datetime, words: str
    ) -> LastAct:
        def undo(reason: str | None) -> None:
            self._take_back(act, model, keys, student, reason_for(at, self._desk.now(), reason))

        return LastAct(words, at, undo)

    def _take_back(
        self, act: Act, model: EntryModel, keys: tuple[uuid.UUID, ...], student: uuid.UUID, reason: str
    ) -> tuple[tuple[uuid.UUID, ...], dt.datetime]:
        entry = AuditEntry(AuditAction.SUPERSEDE, model.__name__, entity_id=keys[0], student_id=student)
        with self._desk.act(act, entry) as work:
            return tuple(self._rows.withdraw(work, model, key, reason) for key in keys), work.at

    def _kind_of(self, entry: uuid.UUID) -> tuple[Act, EntryModel, uuid.UUID]:
        """What an entry is: the act that its correction takes, its table, and whose it is."""
        with self._desk.store.read() as session:
            given = session.get(Vaccination, entry)
            if given is not None:
                act = Act.RECORD_EXEMPTION if given.exemption_status else Act.RECORD_VACCINATION
                return act, Vaccination, given.student_id
            reported = session.get(Immunization, entry)
            if reported is None:
                raise InvalidValueError("id", "unknown")
            return Act.RECORD_OUTSIDE_DOSE, Immunization, reported.student_id


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidValueError("correction_reason", "missing")


def _dose_words(new: NewVaccination) -> str:
    vaccine = BY_CVX.get(new.cvx or "")
    return tr("{vaccine} recorded", vaccine=vaccine.short if vaccine is not None else "")
