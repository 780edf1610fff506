"""The tabs of an opened chart: every entry of a kind, newest first. Opening was audited; the tabs are its pages."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from clinicdesk.domain.permissions import Act
from clinicdesk.models import GrowthTracking, VitalSigns
from clinicdesk.models.enums import AttachmentKind
from clinicdesk.services import chart_reading as reading
from clinicdesk.services.desk import Desk
from clinicdesk.services.student_values import (
    Allergies,
    ConditionOnRecord,
    ContactOnRecord,
    DoseOnRecord,
    MeasuredSet,
    OrderOnRecord,
    PaperKind,
    PaperOnRecord,
    PlanOnRecord,
    ScreeningOnRecord,
    TimelineEntry,
    VaccineOnRecord,
    VisitOnRecord,
)
from clinicdesk.storage import attachment_notes
from clinicdesk.storage.queries import chart as rows
from clinicdesk.storage.queries.students import same_person

T = TypeVar("T")
_LATE_ENTRY = dt.timedelta(minutes=15)
UNIT_SIGNS = {"[in_i]": "in", "cm": "cm", "[lb_av]": "lb", "kg": "kg", "[degF]": "°F", "Cel": "°C"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationPage:
    """Every order and the log."""

    orders: tuple[OrderOnRecord, ...]
    doses: tuple[DoseOnRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionPage:
    """Allergies, conditions and the plans that follow from them."""

    allergies: Allergies
    conditions: tuple[ConditionOnRecord, ...]
    plans: tuple[PlanOnRecord, ...]


class Charts:
    """Reads the pages of a chart; each needs the act of its own kind."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def visits(self, student: uuid.UUID) -> tuple[VisitOnRecord, ...]:
        return self._page(
            Act.VIEW_VISITS, student, lambda session, ids: reading.read_visits(session, rows.visits(session, ids))
        )

    def medications(self, student: uuid.UUID) -> MedicationPage:
        def read(session: Session, ids: tuple[uuid.UUID, ...]) -> MedicationPage:
            today, local = self._desk.today(), self._desk.local
            return MedicationPage(
                orders=reading.read_orders(session, ids, today, local, active_only=False), doses=_doses(session, ids)
            )

        return self._page(Act.VIEW_MEDICATION, student, read)

    def immunizations(self, student: uuid.UUID) -> tuple[VaccineOnRecord, ...]:
        return self._page(Act.VIEW_IMMUNIZATIONS, student, self._vaccines)

    def conditions(self, student: uuid.UUID) -> ConditionPage:
        def read(session: Session, ids: tuple[uuid.UUID, ...]) -> ConditionPage:
            conditions = reading.read_conditions(session, ids)
            plans = reading.read_plans(session, ids, conditions)
            return ConditionPage(allergies=reading.read_allergies(session, ids), conditions=conditions, plans=plans)

        return self._page(Act.VIEW_HEALTH_RECORD, student, read)

    def screenings(self, student: uuid.UUID) -> tuple[ScreeningOnRecord, ...]:
        return self._page(Act.VIEW_HEALTH_RECORD, student, _screenings)

    def growth(self, student: uuid.UUID) -> tuple[MeasuredSet, ...]:
        return self._page(Act.VIEW_HEALTH_RECORD, student, _measurements)

    def papers(self, student: uuid.UUID) -> tuple[PaperOnRecord, ...]:
        reads_health = self._may(student)(Act.VIEW_HEALTH_RECORD)
        return self._page(
            Act.VIEW_CONSENTS,
            student,
            lambda session, ids: self._papers(session, ids, reads_health=reads_health),
        )

    def contacts(self, student: uuid.UUID) -> tuple[ContactOnRecord, ...]:
        return self._page(Act.OPEN_STUDENT, student, reading.read_contacts)

    def timeline(self, student: uuid.UUID) -> tuple[TimelineEntry, ...]:
        """What happened, of all kinds the person may see, newest first."""
        parts: list[TimelineEntry] = []
        may = self._may(student)
        if may(Act.VIEW_VISITS):
            parts += [
                TimelineEntry(
                    id=one.id, kind="VISIT", at=one.at, words=(*one.reasons, one.treatment), state=one.disposition or ""
                )
                for one in self.visits(student)
            ]
        if may(Act.VIEW_MEDICATION):
            parts += [
                TimelineEntry(id=one.id, kind="DOSE", at=one.at, words=(one.drug,), state=one.outcome)
                for one in self.medications(student).doses
            ]
        if may(Act.VIEW_IMMUNIZATIONS):
            parts += [
                TimelineEntry(id=one.id, kind="VACCINE", at=self._noon(one.given_on), words=(one.vaccine,))
                for one in self.immunizations(student)
            ]
        if may(Act.VIEW_HEALTH_RECORD):
            parts += [
                TimelineEntry(
                    id=one.id,
                    kind="SCREENING",
                    at=one.at,
                    words=(one.kind,),
                    state="PASSED" if one.passed else "REFERRED",
                )
                for one in self.screenings(student)
            ]
            parts += [
                TimelineEntry(
                    id=one.id,
                    kind="MEASURED",
                    at=one.at,
                    words=tuple(word for word in (one.weight, one.height, one.temperature) if word),
                )
                for one in self.growth(student)
            ]
        return tuple(sorted(parts, key=lambda one: one.at, reverse=True))

    # --- parts --------------------------------------------------------------------------------------------------

    def _page(self, act: Act, student: uuid.UUID, read: Callable[[Session, tuple[uuid.UUID, ...]], T]) -> T:
        with self._desk.look(act, student=student) as session:
            return read(session, same_person(session, student))

    def _may(self, student: uuid.UUID) -> Callable[[Act], bool]:
        schools = self._desk.schools_of(student)
        return lambda act: self._desk.may(act, schools)

    def _noon(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(12), tzinfo=self._desk.school.zone)

    def _vaccines(self, session: Session, ids: tuple[uuid.UUID, ...]) -> tuple[VaccineOnRecord, ...]:
        local = self._desk.local
        here = [
            VaccineOnRecord(
                id=row.id,
                vaccine=row.vaccine_name,
                cvx=row.cvx_code or "",
                given_on=local(row.administration_date).date(),
                precision="DAY",
                here=True,
                source="",
                lot=row.lot_number or "",
                exemption=row.exemption_kind.value if row.exemption_kind else "",
                exemption_reason=row.exemption_reason or "",
            )
            for row in rows.vaccinations(session, ids)
        ]
        reported = [
            VaccineOnRecord(
                id=row.id,
                vaccine=row.vaccine_name,
                cvx=row.cvx_code or row.vaccine_code or "",
                given_on=local(row.administered_date).date(),
                precision=row.date_precision.value,
                here=False,
                source=row.source.value,
                lot=row.lot_number or "",
            )
            for row in rows.immunizations(session, ids)
        ]
        return tuple(sorted([*here, *reported], key=lambda one: one.given_on, reverse=True))

    def _papers(self, session: Session, ids: tuple[uuid.UUID, ...], *, reads_health: bool) -> tuple[PaperOnRecord, ...]:
        local, today = self._desk.local, self._desk.today()
        found = [
            PaperOnRecord(
                id=row.id,
                kind=PaperKind.CONSENT,
                title=form.title,
                state="EXPIRED" if row.expires_on is not None and row.expires_on < today else row.decision.value,
                on=local(row.signed_at).date(),
                until=row.expires_on,
                by=row.signed_by,
            )
            for row, form in rows.consents(session, ids)
        ]
        found += [
            PaperOnRecord(
                id=asked.id,
                kind=PaperKind.REQUEST,
                title=form.title,
                state=asked.status.value,
                on=local(asked.sent_at or asked.created_at).date(),
                until=asked.due_on,
                by="",
            )
            for asked, form in rows.consent_requests(session, ids)
        ]
        found += [
            PaperOnRecord(
                id=row.id,
                kind=PaperKind.DOCUMENT,
                title=row.file_name,
                state=row.kind.value,
                on=local(row.captured_at or row.created_at).date(),
                until=None,
                by="",
                here=attachment_notes.is_here(session.connection(), row.id),
            )
            for row in rows.documents(session, ids)
            # What is in a scan is of the health record; who sees consents alone does not see it.
            if row.kind is not AttachmentKind.DOCUMENT or reads_health
        ]
        return tuple(sorted(found, key=lambda one: one.on, reverse=True))


def _doses(session: Session, ids: tuple[uuid.UUID, ...]) -> tuple[DoseOnRecord, ...]:
    found = rows.doses(session, ids)
    names = rows.staff_names(session, [log.administered_by for log, _ in found])
    return tuple(
        DoseOnRecord(
            id=log.id,
            drug=drug.name,
            amount=log.dosage,
            unit=log.dosage_unit.value,
            outcome=log.outcome.value,
            at=log.administered_at,
            by=_by(names, log.administered_by, log.administered_by_name),
            reason=log.reason_not_given or "",
            late_entry=log.recorded_at - log.administered_at > _LATE_ENTRY,
            controlled=drug.is_controlled,
        )
        for log, drug in found
    )


def _screenings(session: Session, ids: tuple[uuid.UUID, ...]) -> tuple[ScreeningOnRecord, ...]:
    found = rows.screenings(session, ids)
    names = rows.staff_names(session, [row.conducted_by for row in found])
    return tuple(
        ScreeningOnRecord(
            id=row.id,
            kind=row.screening_type,
            at=row.screening_date,
            passed=row.passed,
            not_screened=row.not_screened_reason or "",
            referral_sent_at=row.referral_sent_at,
            referral_outcome=row.referral_outcome or "",
            notes=row.notes or "",
            by=names.get(row.conducted_by, ""),
        )
        for row in found
    )


def _measurements(session: Session, ids: tuple[uuid.UUID, ...]) -> tuple[MeasuredSet, ...]:
    """Vital signs and growth in one list; a growth row taken from a set of vital signs is not shown twice."""
    vitals = rows.vital_signs(session, ids)
    known = {row.id for row in vitals}
    growth = [row for row in rows.growth(session, ids) if row.vital_signs_id not in known]
    measured: list[VitalSigns | GrowthTracking] = [*vitals, *growth]
    names = rows.staff_names(session, [row.measured_by for row in measured])
    made = [_measured(row, names) for row in measured]
    return tuple(sorted(made, key=lambda one: one.at, reverse=True))


def _measured(row: VitalSigns | GrowthTracking, names: dict[uuid.UUID, str]) -> MeasuredSet:
    vitals = row if isinstance(row, VitalSigns) else None
    return MeasuredSet(
        id=row.id,
        at=row.measurement_date,
        height=_with_unit(row.height, row.height_unit),
        weight=_with_unit(row.weight, row.weight_unit),
        bmi=_with_unit(row.bmi, None),
        temperature=_with_unit(vitals.temperature, vitals.temperature_unit) if vitals else "",
        pulse=str(vitals.heart_rate or "") if vitals else "",
        pressure=_pressure(vitals) if vitals else "",
        oxygen=f"{vitals.oxygen_saturation} %" if vitals and vitals.oxygen_saturation is not None else "",
        by=_by(names, row.measured_by, vitals.measured_by_name if vitals else None),
    )


def _with_unit(amount: Decimal | None, unit: Any) -> str:  # Any: one of three unit enumerations
    if amount is None:
        return ""
    return f"{amount} {UNIT_SIGNS.get(unit.value, unit.value)}" if unit is not None else str(amount)


def _pressure(row: VitalSigns) -> str:
    if row.blood_pressure_systolic is None or row.blood_pressure_diastolic is None:
        return ""
    return f"{row.blood_pressure_systolic}/{row.blood_pressure_diastolic}"


def _by(names: dict[uuid.UUID, str], person: uuid.UUID | None, written: str | None) -> str:
    return names.get(person, written or "") if person is not None else written or ""
