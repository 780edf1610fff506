"""Medication orders: drafted, activated (which freezes them), followed by a new version, stopped (M2, D1)."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError, UserFacingError, WorldError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.calendar import SchoolCalendar
from clinicdesk.domain.consent import ConsentState
from clinicdesk.domain.medication.orders import (
    DoseMismatch,
    Order,
    OrderStatus,
    PreCheck,
    Route,
    dose_mismatch,
    heads,
    in_force,
)
from clinicdesk.domain.medication.quantities import DoseUnit
from clinicdesk.domain.permissions import Act
from clinicdesk.models import ConsentForm, ConsentSignature, StudentMedication
from clinicdesk.models.enums import (
    AuditAction,
    ConsentType,
    DraftKind,
    EntryKind,
    ScheduleKind,
    SignatureMeaning,
    Unit,
)
from clinicdesk.models.enums import OrderStatus as StatusColumn
from clinicdesk.models.registry import table_of
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_values import OrderNotFoundError
from clinicdesk.services.drafts import Drafts
from clinicdesk.services.signatures import SignedRow, Signer, sign_row
from clinicdesk.services.stock import require_valid
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import doses as dose_queries
from clinicdesk.storage.queries import orders as order_queries
from clinicdesk.storage.queries.orders import OrderRow
from clinicdesk.storage.store import Work

ORDERS = StudentMedication.__tablename__


class OrderStateError(UserFacingError):
    """The order is not in a state in which this can be done with it; nothing was changed."""

    code = "order_state"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormularyEntry:
    """A medicine that may be ordered, with what the form fills in from it."""

    id: uuid.UUID
    name: str
    strength: str
    strength_amount: Decimal | None
    strength_unit: DoseUnit | None
    form_unit: DoseUnit | None
    route: Route | None
    controlled: bool
    requires_witness: bool
    emergency: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChoice:
    """A signed medication consent that an order can rest on."""

    id: uuid.UUID
    title: str
    signed_by: str
    until: dt.date | None
    state: ConsentState


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order as it is written down. Times or a PRN interval, never both."""

    student_id: uuid.UUID
    medication_id: uuid.UUID
    form_count: Decimal
    start: dt.date
    end: dt.date | None
    prescriber: str
    route: Route | None = None
    times: tuple[dt.time, ...] = ()
    weekdays: frozenset[int] = frozenset(range(5))
    prn_interval_minutes: int | None = None
    prn_per_day: int | None = None
    indications: tuple[str, ...] = ()
    prechecks: frozenset[PreCheck] = frozenset()
    effect_check_minutes: int | None = None
    instructions: str = ""
    consent_id: uuid.UUID | None = None
    half_tablet_allowed: bool = False
    given_elsewhere: bool = False
    self_carry: bool = False
    delegation_allowed: bool = True
    emergency: bool = False
    prescriber_phone: str = ""
    prescription_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOnFile:
    """An order of a student as lists show it: the version in force, or the newest draft."""

    order: Order
    instructions: str
    status_reason: str
    consent: ConsentState | None
    draft: Order | None
    in_conflict: bool
    versions: int


class Orders:
    """What a nurse does with orders. An activated version is never changed: a change is a new version."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._drafts = Drafts(desk)

    def keep_typed(self, subject: str, content: dict[str, Any]) -> None:
        """Keep the words of a form that is not written yet, for their author alone (D2)."""
        self._drafts.save(DraftKind.OTHER, subject, content)

    def typed(self, subject: str) -> dict[str, Any] | None:
        return self._drafts.load(DraftKind.OTHER, subject)

    def drop_typed(self, subject: str) -> None:
        """The order is written; words that outlive it by a full disk are offered again, never lost."""
        with contextlib.suppress(WorldError):
            self._drafts.discard(DraftKind.OTHER, subject)

    def formulary(self) -> tuple[FormularyEntry, ...]:
        """The medicines the district lets be ordered."""
        with self._desk.look(Act.VIEW_MEDICATION) as session:
            rows = order_queries.formulary(session)
        return tuple(
            FormularyEntry(
                id=row.id,
                name=row.name,
                strength=row.strength,
                strength_amount=row.strength_amount,
                strength_unit=None if row.strength_unit is None else DoseUnit(row.strength_unit.value),
                form_unit=None if row.form_unit is None else DoseUnit(row.form_unit.value),
                route=row.default_route,
                controlled=row.is_controlled,
                requires_witness=row.requires_witness,
                emergency=row.is_emergency,
            )
            for row, _ in rows
        )

    def consents(self, student: uuid.UUID) -> tuple[ConsentChoice, ...]:
        """The student's medication consents that nobody has followed by another row."""
        with self._desk.look(Act.VIEW_CONSENTS, student=student) as session:
            calendar = dose_queries.calendar_of(session, self._desk.school.id, self._desk.school.zone.key)
            students = dose_queries.aliases(session, student)
            rows = session.execute(
                sa.select(ConsentSignature, ConsentForm.title)
                .join(ConsentForm, ConsentForm.id == ConsentSignature.consent_form_id)
                .where(
                    ConsentSignature.student_id.in_(list(students)),
                    ConsentForm.type.in_((ConsentType.MEDICATION_ADMINISTRATION, ConsentType.OTC_MEDICATION)),
                )
                .order_by(ConsentSignature.signed_at.desc(), ConsentSignature.id)
            ).all()
            followed = {row.supersedes_id for row, _ in rows}
            found = []
            for row, title in rows:
                standing = dose_queries.consent_of(session, row.id, calendar, self._desk.now())
                if row.id in followed or row.entry_kind is EntryKind.WITHDRAWN or standing is None:
                    continue
                found.append(
                    ConsentChoice(
                        id=row.id,
                        title=title,
                        signed_by=row.signed_by,
                        until=row.expires_on,
                        state=standing[0].standing.state,
                    )
                )
            return tuple(found)

    def of_student(self, student: uuid.UUID) -> tuple[OrderOnFile, ...]:
        """Every order of a student that still matters: active, on hold, or waiting as a draft."""
        with self._desk.look(Act.VIEW_MEDICATION, student=student) as session:
            students = dose_queries.aliases(session, student)
            rows = order_queries.orders_of_student(session, students, self._desk.school.zone)
            calendar = dose_queries.calendar_of(session, self._desk.school.id, self._desk.school.zone.key)
            found = [
                one
                for versions in order_queries.by_root(rows).values()
                if (one := self._on_file(session, versions, calendar)) is not None
            ]
        return tuple(sorted(found, key=lambda one: (one.order.drug.name.casefold(), one.order.id)))

    def write(self, new: NewOrder) -> uuid.UUID:
        """Write an order down as a draft; nothing can be given by it before it is activated.

        Raises:
            InvalidValueError: names the field that cannot be.
        """
        key = new_id()
        entry = AuditEntry(AuditAction.CREATE, "StudentMedication", entity_id=key, student_id=new.student_id)
        with self._desk.act(Act.WRITE_ORDER, entry) as work:
            values = self._values(work.session, new) | {"root_id": key, "version": 1}
            self._insert(work, key, values)
        return key

    def new_version(self, order_id: uuid.UUID, new: NewOrder) -> uuid.UUID:
        """Write the change of an order as the draft of its next version; the old one governs until activation.

        Raises:
            OrderStateError: the order has a draft already, or has forked (D22).
            InvalidValueError: names the field.
        """
        key = new_id()
        entry = AuditEntry(AuditAction.CREATE, "StudentMedication", entity_id=key, student_id=new.student_id)
        with self._desk.act(Act.WRITE_ORDER, entry) as work:
            row = self._row(work.session, order_id)
            if row.student_id != new.student_id:
                raise OrderNotFoundError
            versions = order_queries.versions_of(work.session, order_id, self._desk.school.zone)
            newest = heads([one.order for one in versions])
            if len(newest) != 1 or newest[0].status is OrderStatus.DRAFT:
                raise OrderStateError(problem="draft_or_fork")
            values = self._values(work.session, new) | {
                "root_id": row.root_id,
                "version": newest[0].version + 1,
                "previous_version_id": newest[0].id,
            }
            self._insert(work, key, values)
        return key

    def activate(self, order_id: uuid.UUID) -> None:
        """Put a draft in force: from now on it is frozen, signed by the person at the desk.

        Raises:
            OrderStateError: it is no draft.
        """
        student = self._student_of(order_id)
        entry = AuditEntry(AuditAction.SIGN, "StudentMedication", entity_id=order_id, student_id=student)
        with self._desk.act(Act.ACTIVATE_ORDER, entry) as work:
            row = self._row(work.session, order_id)
            if row.status is not StatusColumn.DRAFT:
                raise OrderStateError(problem="not_a_draft", status=row.status.value)
            row.status = StatusColumn.ACTIVE
            row.is_active = True
            row.activated_at = row.signed_at = row.status_changed_at = work.at
            row.activated_by = row.signed_by = row.status_changed_by = self._desk.person.user_id
            work.session.flush()
            values = {column.name: getattr(row, column.name) for column in table_of(ORDERS).columns}
            signed = SignedRow(
                table=ORDERS, id=row.id, values=values, student=student, school=None, version=row.row_version
            )
            me = Signer(self._desk.person.user_id, self._desk.person.name, self._desk.unlocked.user_keys)
            sign_row(
                work.session,
                signed,
                me,
                SignatureMeaning.APPROVED,
                work.at,
                self._desk.zone_offset_minutes(work.at),
                self._desk.device_id,
            )

    def hold(self, order_id: uuid.UUID, reason: str) -> None:
        """Stop giving for now."""
        self._set_status(order_id, StatusColumn.ON_HOLD, reason, {StatusColumn.ACTIVE})

    def resume(self, order_id: uuid.UUID, reason: str) -> None:
        """Give again after a hold."""
        self._set_status(order_id, StatusColumn.ACTIVE, reason, {StatusColumn.ON_HOLD})

    def discontinue(self, order_id: uuid.UUID, reason: str) -> None:
        """End an order; its past doses stay."""
        self._set_status(order_id, StatusColumn.DISCONTINUED, reason, {StatusColumn.ACTIVE, StatusColumn.ON_HOLD})

    def _set_status(
        self, order_id: uuid.UUID, status: StatusColumn, reason: str, allowed: Iterable[StatusColumn]
    ) -> None:
        if not reason.strip():
            raise InvalidValueError("status_reason", "missing")
        student = self._student_of(order_id)
        entry = AuditEntry(
            AuditAction.UPDATE,
            "StudentMedication",
            entity_id=order_id,
            student_id=student,
            facts={"status": status.value},
        )
        with self._desk.act(Act.STOP_ORDER, entry) as work:
            row = self._row(work.session, order_id)
            if row.status not in set(allowed):
                raise OrderStateError(problem="status", status=row.status.value)
            row.status = status
            row.is_active = status is StatusColumn.ACTIVE
            row.status_reason = reason
            row.status_changed_at = work.at
            row.status_changed_by = self._desk.person.user_id

    def _values(self, session: Session, new: NewOrder) -> dict[str, Any]:
        """The columns of a draft, with drug, dose and strength from the formulary (M3)."""
        medicine = next((row for row, _ in order_queries.formulary(session) if row.id == new.medication_id), None)
        if medicine is None:
            raise InvalidValueError("medication_id", "unknown")
        prn = new.prn_interval_minutes is not None or new.prn_per_day is not None
        if prn == bool(new.times):
            raise InvalidValueError("times_of_day", "not_allowed" if prn else "missing")
        route = new.route or medicine.default_route
        if route is None:
            raise InvalidValueError("route", "missing")
        form = medicine.form_unit or Unit.EACH
        drawn = medicine.strength_amount is not None and medicine.strength_unit is not None
        dose = new.form_count * (medicine.strength_amount or Decimal(1))
        zone = self._desk.school.zone
        return {
            "student_id": new.student_id,
            "medication_id": medicine.id,
            "dosage": f"{new.form_count.normalize():f} {form.value.strip('{}')}",
            "frequency": "as needed" if prn else ", ".join(f"{time:%H:%M}" for time in sorted(new.times)),
            "route": route,
            "instructions": new.instructions or None,
            "start_date": dt.datetime.combine(new.start, dt.time.min, tzinfo=zone),
            "end_date": None if new.end is None else dt.datetime.combine(new.end, dt.time.min, tzinfo=zone),
            "is_active": False,
            "prescribed_by_name": new.prescriber or None,
            "prescriber_phone": new.prescriber_phone or None,
            "prescription_number": new.prescription_number or None,
            "status": StatusColumn.DRAFT,
            "consent_signature_id": new.consent_id,
            "dose_amount": dose,
            "dose_unit": medicine.strength_unit if drawn else form,
            "form_count": new.form_count,
            "form_unit": form,
            "strength_amount": medicine.strength_amount if drawn else None,
            "strength_unit": medicine.strength_unit if drawn else None,
            "half_tablet_allowed": new.half_tablet_allowed,
            "schedule_kind": ScheduleKind.PRN if prn else ScheduleKind.SCHEDULED,
            "times_of_day": [f"{time:%H:%M}" for time in sorted(new.times)],
            "days_of_week": sorted(new.weekdays),
            "prn_min_interval_minutes": new.prn_interval_minutes,
            "prn_max_per_day": new.prn_per_day,
            "prn_indications": list(new.indications),
            "prn_precheck": ",".join(sorted(check.value for check in new.prechecks)) or None,
            "effect_check_minutes": new.effect_check_minutes,
            "is_controlled": medicine.is_controlled,
            "requires_witness": medicine.requires_witness,
            "emergency": new.emergency or medicine.is_emergency,
            "self_carry": new.self_carry,
            "delegation_allowed": new.delegation_allowed,
            "first_dose_given_elsewhere": new.given_elsewhere,
        }

    def _insert(self, work: Work, key: uuid.UUID, values: dict[str, Any]) -> None:
        require_valid("StudentMedication", values)
        work.session.add(StudentMedication(id=key, **values))
        work.session.flush()
        versions = order_queries.versions_of(work.session, key, self._desk.school.zone)
        order = next(row.order for row in versions if row.order.id == key)
        mismatch = dose_mismatch(
            dose=order.dose,
            strength=order.strength,
            form_count=order.form_count,
            half_tablet_allowed=order.half_tablet_allowed,
        )
        if mismatch is not None:
            raise InvalidValueError("form_count", _PROBLEMS[mismatch])

    def _on_file(
        self, session: Session, versions: tuple[OrderRow, ...], calendar: SchoolCalendar
    ) -> OrderOnFile | None:
        orders = [row.order for row in versions]
        governing = in_force(orders, self._desk.today())
        newest = heads(orders)
        draft = next((order for order in newest if order.status is OrderStatus.DRAFT), None)
        shown = governing or (newest[-1] if newest else None)
        if shown is None or (shown.status in {OrderStatus.DISCONTINUED, OrderStatus.COMPLETED} and draft is None):
            return None
        row = next(one for one in versions if one.order.id == shown.id)
        consent = dose_queries.consent_of(session, row.consent_id, calendar, self._desk.now())
        disputed = dose_queries.open_conflicts(session, [order.id for order in orders])
        return OrderOnFile(
            order=shown,
            instructions=row.instructions,
            status_reason=row.status_reason or "",
            consent=None if consent is None else consent[0].standing.state,
            draft=draft,
            in_conflict=bool(disputed) or len(newest) > 1,
            versions=len(versions),
        )

    def _row(self, session: Session, order_id: uuid.UUID) -> StudentMedication:
        row = session.get(StudentMedication, order_id)
        if row is None or row.deleted_at is not None:
            raise OrderNotFoundError
        return row

    def _student_of(self, order_id: uuid.UUID) -> uuid.UUID:
        with self._desk.store.read() as session:
            return self._row(session, order_id).student_id


_PROBLEMS = {
    DoseMismatch.UNIT: "unit_mismatch",
    DoseMismatch.AMOUNT: "arithmetic_mismatch",
    DoseMismatch.HALF: "half_tablet_not_ordered",
    DoseMismatch.SPLIT: "cannot_be_split",
}
