"""Rows of vaccine entries: written once and signed, with the stock and the observation that follow them (D1, I14)."""

from __future__ import annotations

import datetime as dt
import uuid
from calendar import monthrange
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.vaccination_entry import OBSERVATION_MINUTES, VfcEligibility, after_vaccination
from clinicdesk.domain.vaccines import BY_CVX
from clinicdesk.models import ClinicalTask, Immunization, InventoryTransaction, Vaccination
from clinicdesk.models.base import STAMPS
from clinicdesk.models.enums import (
    BodySite,
    ClinicalTaskKind,
    DatePrecision,
    EntryKind,
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
from clinicdesk.services.desk import Desk
from clinicdesk.services.immunization_rules import Assessed
from clinicdesk.services.immunization_values import EntryOutdatedError, NewVaccination, ReportedDose
from clinicdesk.services.signatures import SignedRow, Signer, sign_row
from clinicdesk.services.stock import StockMove, require_valid, write_move, write_reversal
from clinicdesk.storage.queries import immunizations as queries
from clinicdesk.storage.queries import stock as stock_queries
from clinicdesk.storage.store import Work

VFC = {
    VfcEligibility.NOT_ELIGIBLE: VfcColumn.NOT_ELIGIBLE,
    VfcEligibility.MEDICAID: VfcColumn.MEDICAID,
    VfcEligibility.UNINSURED: VfcColumn.UNINSURED,
    VfcEligibility.NATIVE: VfcColumn.AMERICAN_INDIAN,
    VfcEligibility.UNDERINSURED: VfcColumn.UNDERINSURED,
}
EntryModel = type[Vaccination] | type[Immunization]
TOLD = (
    "vaccine_name",
    "vaccine_code",
    "administered_date",
    "lot_number",
    "source",
    "source_detail",
    "date_precision",
    "cvx_code",
)
"""What a paper record tells of a dose; the other columns of an entry stay as they are when it is corrected."""

_ONE = Decimal(1)
_TAKEN_BACK = "The dose was taken back"


class VaccineRows:
    """Writes inside a unit of work of the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def blank(self, work: Work, student: uuid.UUID, given_at: dt.datetime) -> dict[str, Any]:
        """Every column of a new row of doses given here, with what all of them share."""
        return dict.fromkeys(columns(Vaccination)) | {
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

    def given(
        self, work: Work, new: NewVaccination, found: Assessed, given_at: dt.datetime, *, lifted: bool
    ) -> dict[str, Any]:
        """The columns of a dose that the rules let pass; what a reason lifted is kept with the answers."""
        dose, consent, vaccine = found.dose, found.consent, BY_CVX[new.cvx or ""]
        assert new.vfc is not None
        assert dose.information_edition is not None
        screening: dict[str, Any] = dict(new.screening)
        if lifted:
            screening |= {"reason": new.lifts, "lifted": sorted({one.code for one in found.findings if one.stops})}
        return self.blank(work, new.student_id, given_at) | {
            "vaccine_name": vaccine.short,
            "vaccine_type": VaccineType(vaccine.kind),
            "cvx_code": vaccine.cvx,
            "manufacturer": new.manufacturer,
            "lot_number": dose.lot_number,
            "ndc_code": new.ndc,
            "lot_id": new.lot_id,
            "administered_by_name": dose.administrator_name,
            "administered_by_role": self._desk.person.role.value,
            "administered_by_title": dose.administrator_title,
            "administered_by_address": dose.administrator_address,
            "facility": self._desk.school.name,
            "site_of_administration": choice(BodySite, "site_of_administration", new.site),
            "route_of_administration": choice(Route, "route_of_administration", new.route),
            "dosage_amount": new.amount,
            "dosage_unit": choice(Unit, "dosage_unit", new.unit),
            "expiration_date": dose.expires_on,
            "vfc_eligibility": new.vfc is not VfcEligibility.NOT_ELIGIBLE,
            "vfc_code": VFC[new.vfc],
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

    def reported(
        self, student: uuid.UUID, born: dt.date, source: str, detail: str, dose: ReportedDose
    ) -> dict[str, Any]:
        """The columns of a dose as it was reported; a partial date stands on its first day (I15).

        Raises:
            InvalidValueError: no date, one that cannot be, or no such source.
        """
        on = dose.on
        if on is None:
            raise InvalidValueError("administered_date", "missing")
        if on > self._desk.today():
            raise InvalidValueError("administered_date", "in_future")
        month = dose.month or 12
        last = on if dose.date is not None else dt.date(on.year, month, monthrange(on.year, month)[1])
        if last < born:
            raise InvalidValueError("administered_date", "before_birth")
        vaccine = BY_CVX.get(dose.cvx) if dose.cvx is not None else None
        return dict.fromkeys(columns(Immunization)) | {
            "student_id": student,
            "vaccine_name": vaccine.short if vaccine is not None else dose.vaccine,
            "vaccine_code": dose.cvx,
            "administered_date": self.noon(on),
            "lot_number": dose.lot or None,
            "source": choice(ReportedSource, "source", source),
            "source_detail": detail or None,
            "date_precision": DatePrecision(dose.precision),
            "cvx_code": dose.cvx,
            "recorded_by": self._desk.person.user_id,
            "revision": 1,
            "entry_kind": EntryKind.ORIGINAL,
        }

    def noon(self, day: dt.date) -> dt.datetime:
        """A date kept as a moment: noon at the school."""
        return dt.datetime.combine(day, dt.time(12), tzinfo=self._desk.school.zone)

    def write(
        self, work: Work, model: EntryModel, key: uuid.UUID, values: dict[str, Any], meaning: SignatureMeaning
    ) -> None:
        """Add a row and its signature."""
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

    def withdraw(self, work: Work, model: EntryModel, key: uuid.UUID, reason: str) -> uuid.UUID:
        """Follow an entry by one that says it was made in error; stock goes back, the observation is called off (D1).

        Raises:
            EntryOutdatedError: somebody was here before.
        """
        row = current(work.session, model, key)
        values: dict[str, Any] = {name: getattr(row, name) for name in columns(model)}
        if isinstance(row, Vaccination):
            values["stock_transaction_id"] = self.give_back(work, row, reason)
            values["recorded_at"] = work.at
            self.end_observation(work, key)
        values |= follows(row, EntryKind.WITHDRAWN, reason)
        withdrawn = new_id()
        self.write(work, model, withdrawn, values, SignatureMeaning.AMENDED)
        return withdrawn

    def bring_back(self, work: Work, model: EntryModel, key: uuid.UUID, reason: str) -> None:
        """What comes back after a withdrawal supersedes the withdrawn row; a dose leaves the stock once more.

        Raises:
            EntryOutdatedError: somebody was here before.
        """
        row: Any = work.session.get_one(model, key)  # Any: a row of the model handed in
        if queries.superseded(work.session, model, key):
            raise EntryOutdatedError
        values: dict[str, Any] = {name: getattr(row, name) for name in columns(model)}
        if isinstance(row, Vaccination):
            values["recorded_at"] = work.at
            if row.stock_transaction_id is not None and row.lot_id is not None:
                values["stock_transaction_id"] = self.take_from_stock(work, row.lot_id, row.administration_date)
        values |= follows(row, EntryKind.CORRECTION, reason)
        again = new_id()
        self.write(work, model, again, values, SignatureMeaning.AMENDED)
        if isinstance(row, Vaccination) and not row.exemption_status:
            self.observe(work, again, row.student_id, row.vaccine_name, row.administration_date)

    def take_from_stock(self, work: Work, lot_id: uuid.UUID, at: dt.datetime) -> uuid.UUID | None:
        """One dose out of the lot, in the ledger."""
        lot = stock_queries.lot(work.session, lot_id)
        if lot is None:
            raise InvalidValueError("lot_id", "unknown")
        move = StockMove(lot=lot, kind=InventoryTransactionType.USAGE, amount=-_ONE, unit=lot.unit, at=at)
        return write_move(work, self._desk, move)

    def give_back(self, work: Work, row: Vaccination, reason: str) -> uuid.UUID | None:
        """The dose back into its lot: nothing is deleted, a reversal stands beside it."""
        if row.stock_transaction_id is None or row.lot_id is None:
            return None
        moved = work.session.get_one(InventoryTransaction, row.stock_transaction_id)
        lot = stock_queries.lot(work.session, row.lot_id)
        return None if lot is None else write_reversal(work, self._desk, moved, lot, reason)

    def observe(
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

    def end_observation(self, work: Work, key: uuid.UUID) -> None:
        for task in queries.open_observations(work.session, key):
            task.status = TaskStatus.CANCELLED
            task.done_at = work.at
            task.done_by = self._desk.person.user_id
            task.result_note = _TAKEN_BACK


def columns(model: EntryModel) -> list[str]:
    return [column.key for column in model.__table__.columns if column.key not in STAMPS | {"id"}]


def current(session: Session, model: Any, key: uuid.UUID) -> Any:  # Any: a row of the model handed in
    """The row, if nobody has followed it yet.

    Raises:
        EntryOutdatedError: it was corrected or taken back meanwhile.
    """
    row = session.get(model, key)
    if row is None:
        raise InvalidValueError("id", "unknown")
    if row.entry_kind is EntryKind.WITHDRAWN or queries.superseded(session, model, key):
        raise EntryOutdatedError
    return row


def follows(row: Vaccination | Immunization, kind: EntryKind, reason: str) -> dict[str, Any]:
    return {
        "supersedes_id": row.id,
        "revision": row.revision + 1,
        "entry_kind": kind,
        "correction_reason": reason,
    }


def choice(kind: Any, field: str, word: str | None) -> Any:  # Any: the enumeration handed in
    try:
        return kind(word)
    except ValueError:
        raise InvalidValueError(field, "not_a_choice") from None
