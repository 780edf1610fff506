"""Recording vaccines: doses given here with all of I14, doses reported from outside, exemptions (I14, I15)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.findings import Finding, OverrideBy, hard_stop
from clinicdesk.domain.permissions import Act
from clinicdesk.domain.vaccination_entry import (
    OBSERVATION_MINUTES,
    AdministeredDose,
    VfcEligibility,
    after_vaccination,
    assess_vaccination,
)
from clinicdesk.domain.vaccines import BY_CVX, SCREENING
from clinicdesk.i18n import tr
from clinicdesk.models import ClinicalTask, Immunization, InventoryTransaction, School, Vaccination
from clinicdesk.models.base import STAMPS
from clinicdesk.models.enums import (
    AuditAction,
    BodySite,
    ClinicalTaskKind,
    DatePrecision,
    EntryKind,
    ExemptionKind,
    InventoryTransactionType,
    Priority,
    ReportedSource,
    Route,
    SignatureMeaning,
    TaskStatus,
    Unit,
    VaccinationComplianceStatus,
    VaccineType,
)
from clinicdesk.models.enums import VfcEligibility as VfcColumn
from clinicdesk.services import immunization_reading as reading
from clinicdesk.services.chart_reading import student_facts
from clinicdesk.services.desk import Desk
from clinicdesk.services.immunization_values import (
    EntryOutdatedError,
    NewExemption,
    NewVaccination,
    Recorded,
    ReportedDose,
    VaccinationRefusedError,
    VaccineConsent,
    VaccineHistory,
)
from clinicdesk.services.signatures import SignedRow, Signer, sign_row
from clinicdesk.services.stock import StockMove, require_valid, write_move, write_reversal
from clinicdesk.services.student_values import StudentFacts
from clinicdesk.services.students import StudentUnknownError
from clinicdesk.services.undo import LastAct, reason_for
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import immunizations as queries
from clinicdesk.storage.queries import stock as stock_queries
from clinicdesk.storage.queries.doses import calendar_of
from clinicdesk.storage.queries.students import same_person, student_with_school
from clinicdesk.storage.store import Work

_VFC = {
    VfcEligibility.NOT_ELIGIBLE: VfcColumn.NOT_ELIGIBLE,
    VfcEligibility.MEDICAID: VfcColumn.MEDICAID,
    VfcEligibility.UNINSURED: VfcColumn.UNINSURED,
    VfcEligibility.NATIVE: VfcColumn.AMERICAN_INDIAN,
    VfcEligibility.UNDERINSURED: VfcColumn.UNDERINSURED,
}
_ONE = Decimal(1)
_TAKEN_BACK = "The dose was taken back"
_QUESTIONS = tuple(key for key, _ in SCREENING)
_Model = type[Vaccination] | type[Immunization]


class Immunizations:
    """What a person at the desk does with vaccines. Whether a dose counts is not judged here."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

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

    def last_edition(self, cvx: str) -> dt.date | None:
        """The information-sheet edition handed out last for a vaccine."""
        with self._desk.look(Act.VIEW_IMMUNIZATIONS) as session:
            written = queries.last_edition(session, cvx)
        try:
            return dt.date.fromisoformat(written) if written else None
        except ValueError:
            return None

    def assessed(self, new: NewVaccination) -> tuple[Finding, ...]:
        """What stands against the dose as it is filled in: for the form, while it is open."""
        with self._desk.look(Act.VIEW_IMMUNIZATIONS, student=new.student_id) as session:
            return self._assess(session, new, self._desk.now())[0]

    # Recording

    def record_vaccination(self, new: NewVaccination) -> Recorded:
        """Write a dose given here with its signature, stock movement and observation task, in one transaction.

        Raises:
            VaccinationRefusedError: something of I14 is missing, the lot has expired (M13), no consent, a date
                that cannot be, or a positive screening answer that nobody gave a reason for.
            InvalidValueError: a field cannot be kept.
        """
        key = new_id()
        entry = AuditEntry(
            AuditAction.CREATE, "Vaccination", entity_id=key, student_id=new.student_id, facts={"cvx": new.cvx}
        )
        with self._desk.act(Act.RECORD_VACCINATION, entry) as work:
            observe = self._write_dose(work, key, new)
            at = work.at
        return Recorded(
            ids=(key,), observe_until=observe, last_act=self._undoable(Vaccination, (key,), at, _dose_words(new))
        )

    def correct_vaccination(self, vaccination: uuid.UUID, new: NewVaccination, reason: str) -> Recorded:
        """Replace an entry by a right one; the old one stays readable, stock follows (D1, M17).

        Raises:
            InvalidValueError: no reason.
            EntryOutdatedError, VaccinationRefusedError.
        """
        if not reason.strip():
            raise InvalidValueError("correction_reason", "missing")
        key = new_id()
        entry = AuditEntry(AuditAction.SUPERSEDE, "Vaccination", entity_id=vaccination, student_id=new.student_id)
        with self._desk.act(Act.RECORD_VACCINATION, entry) as work:
            row = _current(work.session, Vaccination, vaccination)
            self._give_back(work, row, reason)
            self._end_observation(work, row.id)
            follows = _follows(row, EntryKind.CORRECTION, reason)
            observe = self._write_dose(work, key, new, follows, first_at=row.administration_date)
            at = work.at
        return Recorded(
            ids=(key,), observe_until=observe, last_act=self._undoable(Vaccination, (key,), at, tr("Dose corrected"))
        )

    def record_exemption(self, new: NewExemption) -> Recorded:
        """An exemption from a vaccine, with its ground and, where it has one, its end."""
        vaccine = BY_CVX.get(new.cvx)
        if vaccine is None:
            raise InvalidValueError("cvx_code", "unknown_choice")
        try:
            kind = ExemptionKind(new.kind)
        except ValueError:
            raise InvalidValueError("exemption_kind", "not_a_choice") from None
        if new.until is not None and new.until < new.since:
            raise InvalidValueError("exemption_expires_on", "wrong_order")
        key = new_id()
        entry = AuditEntry(AuditAction.CREATE, "Vaccination", entity_id=key, student_id=new.student_id)
        with self._desk.act(Act.RECORD_EXEMPTION, entry) as work:
            since = self._noon(new.since)
            values = self._blank(work, new.student_id, since) | {
                "vaccine_name": vaccine.short,
                "vaccine_type": VaccineType(vaccine.kind),
                "cvx_code": vaccine.cvx,
                "exemption_status": True,
                "exemption_kind": kind,
                "exemption_reason": new.reason,
                "exemption_expires_on": new.until,
                "compliance_status": VaccinationComplianceStatus.EXEMPT,
            }
            self._write(work, Vaccination, key, values, SignatureMeaning.RECORDED)
            at = work.at
        return Recorded(ids=(key,), last_act=self._undoable(Vaccination, (key,), at, tr("Exemption recorded")))

    def record_reported(
        self, student: uuid.UUID, source: str, doses: Sequence[ReportedDose], detail: str = ""
    ) -> Recorded:
        """Write doses given elsewhere as they were reported; those on record already are left out and named.

        Raises:
            InvalidValueError: the source is none of ours, or a dose has no date at all.
        """
        try:
            told_by = ReportedSource(source)
        except ValueError:
            raise InvalidValueError("source", "not_a_choice") from None
        keys: list[uuid.UUID] = []
        known: list[ReportedDose] = []
        entry = AuditEntry(AuditAction.CREATE, "Immunization", student_id=student, facts={"doses": len(doses)})
        with self._desk.act(Act.RECORD_OUTSIDE_DOSE, entry) as work:
            facts = self._student(work.session, student)
            lines, _ = reading.doses(work.session, same_person(work.session, student), self._desk.local)
            seen = {(line.cvx or line.vaccine.casefold(), line.on, line.precision) for line in lines}
            for dose in doses:
                on, precision = _reported_date(dose, facts, self._desk.today())
                mark = (dose.cvx or dose.vaccine.casefold(), on, precision.value)
                if mark in seen:
                    known.append(dose)
                    continue
                seen.add(mark)
                key = new_id()
                keys.append(key)
                vaccine = BY_CVX.get(dose.cvx) if dose.cvx is not None else None
                values = dict.fromkeys(_columns(Immunization)) | {
                    "student_id": student,
                    "vaccine_name": vaccine.short if vaccine is not None else dose.vaccine,
                    "vaccine_code": dose.cvx,
                    "administered_date": self._noon(on),
                    "lot_number": dose.lot or None,
                    "source": told_by,
                    "source_detail": detail or None,
                    "date_precision": precision,
                    "cvx_code": dose.cvx,
                    "recorded_by": self._desk.person.user_id,
                    "revision": 1,
                    "entry_kind": EntryKind.ORIGINAL,
                }
                self._write(work, Immunization, key, values, SignatureMeaning.RECORDED)
            at = work.at
        act = self._undoable(Immunization, tuple(keys), at, tr("Old doses recorded")) if keys else None
        return Recorded(ids=tuple(keys), known=tuple(known), last_act=act)

    def take_back(self, entry_id: uuid.UUID, reason: str) -> None:
        """An entry made in error, given here or reported: a row says so, stock is restored (D1).

        Raises:
            InvalidValueError: no reason.
        """
        if not reason.strip():
            raise InvalidValueError("correction_reason", "missing")
        with self._desk.store.read() as session:
            model: _Model = Vaccination if session.get(Vaccination, entry_id) is not None else Immunization
        self._take_back(model, (entry_id,), reason)

    # Parts

    def _history(self, session: Session, student: uuid.UUID) -> VaccineHistory:
        ids = same_person(session, student)
        lines, exempt = reading.doses(session, ids, self._desk.local)
        return VaccineHistory(
            student=self._student(session, student),
            doses=lines,
            groups=reading.groups(lines, exempt),
            exemptions=exempt,
            lots=reading.lots(session, self._desk.school.id),
            consent=self._consent(session, student, self._desk.now()),
            today=self._desk.today(),
        )

    def _consent(self, session: Session, student: uuid.UUID, at: dt.datetime) -> VaccineConsent:
        calendar = calendar_of(session, self._desk.school.id, self._desk.school.zone.key)
        return reading.consent(session, same_person(session, student), calendar, at)

    def _assess(
        self, session: Session, new: NewVaccination, now: dt.datetime
    ) -> tuple[tuple[Finding, ...], AdministeredDose, VaccineConsent]:
        """The rules, asked on what the form says, what the stock says of the lot, and the consent that stands."""
        found = self._consent(session, new.student_id, now)
        paper = bool(new.consent_by.strip()) and not found.shut
        given = self._desk.local(new.given_at or now)
        lot = stock_queries.lot(session, new.lot_id) if new.lot_id is not None else None
        person = self._desk.person
        dose = AdministeredDose(
            student_id=new.student_id,
            birth_date=self._student(session, new.student_id).birth_date,
            cvx_code=new.cvx if new.cvx in BY_CVX else None,
            given_on=given.date(),
            lot_number=lot.lot_number if lot is not None else new.lot_number,
            manufacturer=new.manufacturer,
            expires_on=lot.expires_on if lot is not None and lot.expires_on is not None else new.expires_on,
            site=new.site,
            route=new.route,
            amount=new.amount,
            unit=new.unit,
            information_edition=new.information_edition,
            information_given_on=new.information_given_on,
            administrator_name=person.name,
            administrator_title=person.credentials or tr("Nurse"),
            administrator_address=self._address(session),
            vfc=new.vfc,
            screening_answered=all(key in new.screening for key in _QUESTIONS),
            screening_positive=any(new.screening.values()),
            consent_holds=found.signature_id is not None or paper,
        )
        findings = assess_vaccination(dose, self._desk.today())
        if lot is not None and lot.shut:
            findings = (*findings, hard_stop("M13", "dose.product_quarantined"))
        return findings, dose, found

    def _write_dose(
        self,
        work: Work,
        key: uuid.UUID,
        new: NewVaccination,
        follows: Mapping[str, Any] | None = None,
        first_at: dt.datetime | None = None,
    ) -> dt.datetime | None:
        given_at = new.given_at or first_at or work.at
        findings, dose, consent = self._assess(work.session, replace(new, given_at=given_at), work.at)
        lifted = bool(new.lifts.strip())
        stops = tuple(
            one for one in findings if one.stops and not (lifted and one.override is OverrideBy.ACTOR_WITH_REASON)
        )
        if stops:
            raise VaccinationRefusedError(stops)
        vaccine = BY_CVX[new.cvx or ""]
        assert new.vfc is not None
        assert dose.information_edition is not None
        screening: dict[str, Any] = dict(new.screening)
        if lifted:
            screening["reason"] = new.lifts
        values = self._blank(work, new.student_id, given_at) | {
            "vaccine_name": vaccine.short,
            "vaccine_type": VaccineType(vaccine.kind),
            "cvx_code": vaccine.cvx,
            "manufacturer": new.manufacturer,
            "lot_number": dose.lot_number,
            "ndc_code": new.ndc,
            "lot_id": new.lot_id,
            "administered_by": self._desk.person.user_id,
            "administered_by_name": dose.administrator_name,
            "administered_by_role": self._desk.person.role.value,
            "administered_by_title": dose.administrator_title,
            "administered_by_address": dose.administrator_address,
            "facility": self._desk.school.name,
            "site_of_administration": _choice(BodySite, "site_of_administration", new.site),
            "route_of_administration": _choice(Route, "route_of_administration", new.route),
            "dosage_amount": new.amount,
            "dosage_unit": _choice(Unit, "dosage_unit", new.unit),
            "expiration_date": dose.expires_on,
            "vfc_eligibility": new.vfc is not VfcEligibility.NOT_ELIGIBLE,
            "vfc_code": _VFC[new.vfc],
            "vis_provided": True,
            "vis_edition": dose.information_edition.isoformat(),
            "vis_date": dose.information_given_on,
            "consent_obtained": True,
            "consent_by": consent.by or new.consent_by,
            "consent_signature_id": consent.signature_id,
            "screening_answers": screening,
            "observation_minutes": OBSERVATION_MINUTES,
            "vaers_prompted": True,
            "visit_id": new.visit_id,
            "notes": new.notes or None,
        }
        values |= follows or {}
        if new.lot_id is not None:
            values["stock_transaction_id"] = self._take_from_stock(work, new.lot_id, given_at)
        self._write(work, Vaccination, key, values, SignatureMeaning.ADMINISTERED)
        return self._observe(work, key, new.student_id, vaccine.short, given_at)

    def _take_from_stock(self, work: Work, lot_id: uuid.UUID, at: dt.datetime) -> uuid.UUID | None:
        lot = stock_queries.lot(work.session, lot_id)
        if lot is None:
            raise InvalidValueError("lot_id", "unknown")
        move = StockMove(lot=lot, kind=InventoryTransactionType.USAGE, amount=-_ONE, unit=lot.unit, at=at)
        return write_move(work, self._desk, move)

    def _give_back(self, work: Work, row: Vaccination, reason: str) -> uuid.UUID | None:
        if row.stock_transaction_id is None or row.lot_id is None:
            return None
        moved = work.session.get_one(InventoryTransaction, row.stock_transaction_id)
        lot = stock_queries.lot(work.session, row.lot_id)
        return None if lot is None else write_reversal(work, self._desk, moved, lot, reason)

    def _observe(
        self, work: Work, key: uuid.UUID, student: uuid.UUID, vaccine: str, given_at: dt.datetime
    ) -> dt.datetime | None:
        """15 minutes, then the question for an adverse event; a dose written down later was observed then."""
        until = after_vaccination(given_at).observe_until
        if until < work.at:
            return None
        work.session.add(
            ClinicalTask(
                kind=ClinicalTaskKind.OBSERVATION,
                title=f"Observe 15 minutes, then ask about reactions: {vaccine}",
                student_id=student,
                school_id=self._desk.school.id,
                subject_table=Vaccination.__tablename__,
                subject_id=key,
                due_at=until,
                priority=Priority.HIGH,
                details={"ask_adverse_event": True},
            )
        )
        return until

    def _end_observation(self, work: Work, key: uuid.UUID) -> None:
        for task in queries.open_observations(work.session, key):
            task.status = TaskStatus.CANCELLED
            task.done_at = work.at
            task.done_by = self._desk.person.user_id
            task.result_note = _TAKEN_BACK

    def _blank(self, work: Work, student: uuid.UUID, given_at: dt.datetime) -> dict[str, Any]:
        """Every column of a new row, with what all rows share."""
        return dict.fromkeys(_columns(Vaccination)) | {
            "student_id": student,
            "series_complete": False,
            "administration_date": given_at,
            "exemption_status": False,
            "compliance_status": VaccinationComplianceStatus.PARTIALLY_COMPLIANT,
            "vfc_eligibility": False,
            "vis_provided": False,
            "consent_obtained": False,
            "vaers_prompted": False,
            "administered_by": self._desk.person.user_id,
            "administered_by_name": self._desk.person.name,
            "school_id": self._desk.school.id,
            "recorded_at": work.at,
            "zone_offset_minutes": self._desk.zone_offset_minutes(given_at),
            "revision": 1,
            "entry_kind": EntryKind.ORIGINAL,
        }

    def _write(
        self, work: Work, model: _Model, key: uuid.UUID, values: dict[str, Any], meaning: SignatureMeaning
    ) -> None:
        require_valid(model.__name__, values)
        work.session.add(model(id=key, **values))
        work.session.flush()
        sign_row(
            work.session,
            SignedRow(
                table=model.__tablename__,
                id=key,
                values=values,
                student=values["student_id"],
                school=self._desk.school.id,
            ),
            Signer(self._desk.person.user_id, self._desk.person.name, self._desk.unlocked.user_keys),
            meaning,
            work.at,
            self._desk.zone_offset_minutes(work.at),
            self._desk.device_id,
        )
        work.session.flush()

    def _undoable(self, model: _Model, keys: tuple[uuid.UUID, ...], at: dt.datetime, words: str) -> LastAct:
        def undo(reason: str | None) -> None:
            self._take_back(model, keys, reason_for(at, self._desk.now(), reason))

        return LastAct(words, at, undo)

    def _take_back(self, model: _Model, keys: tuple[uuid.UUID, ...], reason: str) -> None:
        with self._desk.store.read() as session:
            row: Any = session.get_one(model, keys[0])
            student = row.student_id
            exempt = isinstance(row, Vaccination) and row.exemption_status
        act = Act.RECORD_OUTSIDE_DOSE
        if model is Vaccination:
            act = Act.RECORD_EXEMPTION if exempt else Act.RECORD_VACCINATION
        entry = AuditEntry(AuditAction.SUPERSEDE, model.__name__, entity_id=keys[0], student_id=student)
        with self._desk.act(act, entry) as work:
            for key in keys:
                row = _current(work.session, model, key)
                values: dict[str, Any] = {name: getattr(row, name) for name in _columns(model)}
                if isinstance(row, Vaccination):
                    values["stock_transaction_id"] = self._give_back(work, row, reason)
                    values["recorded_at"] = work.at
                    self._end_observation(work, key)
                values |= _follows(row, EntryKind.WITHDRAWN, reason)
                self._write(work, model, new_id(), values, SignatureMeaning.AMENDED)

    def _student(self, session: Session, student: uuid.UUID) -> StudentFacts:
        found = student_with_school(session, same_person(session, student)[0])
        if found is None:
            raise StudentUnknownError
        return student_facts(*found)

    def _address(self, session: Session) -> str:
        """The clinic's address; its name alone where the district gave none."""
        school = session.get_one(School, self._desk.school.id)
        place = " ".join(part for part in (school.state, school.zip_code) if part)
        return ", ".join(part for part in (school.name, school.address, school.city, place) if part)

    def _noon(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(12), tzinfo=self._desk.school.zone)


def _columns(model: _Model) -> list[str]:
    return [column.key for column in model.__table__.columns if column.key not in STAMPS | {"id"}]


def _current(session: Session, model: Any, key: uuid.UUID) -> Any:  # Any: a row of the model handed in
    row = session.get(model, key)
    if row is None:
        raise InvalidValueError("id", "unknown")
    if row.entry_kind is EntryKind.WITHDRAWN or queries.superseded(session, model, key):
        raise EntryOutdatedError
    return row


def _follows(row: Vaccination | Immunization, kind: EntryKind, reason: str) -> dict[str, Any]:
    return {
        "supersedes_id": row.id,
        "revision": row.revision + 1,
        "entry_kind": kind,
        "correction_reason": reason,
    }


def _choice(kind: Any, field: str, word: str | None) -> Any:  # Any: the enumeration handed in
    try:
        return kind(word)
    except ValueError:
        raise InvalidValueError(field, "not_a_choice") from None


def _reported_date(dose: ReportedDose, student: StudentFacts, today: dt.date) -> tuple[dt.date, DatePrecision]:
    """The date as far as it is known; the first day of a known month or year holds its place (I15)."""
    if dose.date is not None:
        on, precision = dose.date, DatePrecision.DAY
    elif dose.year is not None and dose.month is not None:
        on, precision = dt.date(dose.year, dose.month, 1), DatePrecision.MONTH
    elif dose.year is not None:
        on, precision = dt.date(dose.year, 1, 1), DatePrecision.YEAR
    else:
        raise InvalidValueError("administered_date", "missing")
    if on > today:
        raise InvalidValueError("administered_date", "in_future")
    if precision is DatePrecision.DAY and on < student.birth_date:
        raise InvalidValueError("administered_date", "before_birth")
    return on, precision


def _dose_words(new: NewVaccination) -> str:
    vaccine = BY_CVX.get(new.cvx or "")
    return tr("{vaccine} recorded", vaccine=vaccine.short if vaccine is not None else "")
