"""Orders, rows and facts for tests of the dose rules: a dose against which nothing stands, to be spoiled one by one."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from clinicdesk.domain.calendar import SchoolCalendar, SessionDates
from clinicdesk.domain.consent import ConsentStanding, ConsentState
from clinicdesk.domain.medication.facts import (
    DoseActor,
    IdentityStep,
    LabelStep,
    Licence,
    MedicationConsent,
    ProposedDose,
    SafetyFacts,
)
from clinicdesk.domain.medication.log import DoseOutcome, DoseRow
from clinicdesk.domain.medication.orders import (
    Drug,
    Order,
    OrderStatus,
    PrnSchedule,
    Route,
    Strength,
    TimedSchedule,
)
from clinicdesk.domain.medication.quantities import DoseUnit, Quantity
from clinicdesk.domain.permissions import UserRole

ZONE = "America/New_York"
DAY = dt.date(2026, 10, 6)  # a Tuesday
STUDENT = uuid.UUID(int=1)
NURSE = uuid.UUID(int=2)
SECOND_NURSE = uuid.UUID(int=3)
AIDE = uuid.UUID(int=4)
SCHOOL = uuid.UUID(int=5)
CONSENT = uuid.UUID(int=6)
ROOT = uuid.UUID(int=7)
METHYLPHENIDATE = Drug(
    id=uuid.UUID(int=8), name="methylphenidate", ingredients=frozenset({"6901"}), classes=frozenset({"stimulant"})
)
ALBUTEROL = Drug(
    id=uuid.UUID(int=9), name="albuterol HFA inhaler", ingredients=frozenset({"435"}), classes=frozenset({"beta2"})
)


def quantity(amount: str, unit: DoseUnit) -> Quantity:
    return Quantity(amount=Decimal(amount), unit=unit)


def moment(text: str, day: dt.date = DAY) -> dt.datetime:
    """A local time of the test school as a moment."""
    return dt.datetime.combine(day, dt.time.fromisoformat(text), tzinfo=ZoneInfo(ZONE)).astimezone(dt.UTC)


def calendar(**changes: Any) -> SchoolCalendar:
    """A school year from 31 August to 18 June."""
    whole = SchoolCalendar(
        school_id=SCHOOL,
        zone=ZONE,
        sessions=(SessionDates(first=dt.date(2026, 8, 31), last=dt.date(2027, 6, 18)),),
    )
    return dataclasses.replace(whole, **changes)


def scheduled_order(**changes: Any) -> Order:
    """Two 5 mg tablets at 11:30 on school days."""
    order = Order(
        id=ROOT,
        root_id=ROOT,
        version=1,
        status=OrderStatus.ACTIVE,
        student_id=STUDENT,
        drug=METHYLPHENIDATE,
        dose=quantity("10", DoseUnit.MILLIGRAM),
        strength=Strength(content=quantity("5", DoseUnit.MILLIGRAM), per=quantity("1", DoseUnit.TABLET)),
        form_count=Decimal(2),
        route=Route.ORAL,
        schedule=TimedSchedule(times=(dt.time(11, 30),)),
        start_date=dt.date(2026, 9, 1),
        end_date=dt.date(2027, 6, 30),
        consent_id=CONSENT,
    )
    return dataclasses.replace(order, **changes)


def prn_order(**changes: Any) -> Order:
    """Two puffs of albuterol when wheezing, every 4 hours, 3 a day."""
    defaults: dict[str, Any] = {
        "drug": ALBUTEROL,
        "dose": quantity("180", DoseUnit.MICROGRAM),
        "strength": Strength(content=quantity("90", DoseUnit.MICROGRAM), per=quantity("1", DoseUnit.PUFF)),
        "route": Route.INHALED,
        "schedule": PrnSchedule(
            min_interval=dt.timedelta(hours=4), max_per_day=3, indications=("wheeze", "before exercise")
        ),
    }
    return scheduled_order(**{**defaults, **changes})


def proposed(order: Order, **changes: Any) -> ProposedDose:
    """The dose as ordered, at 11:30, student and label checked."""
    prn = order.prn
    dose = ProposedDose(
        order_id=order.id,
        student_id=order.student_id,
        drug_id=order.drug.id,
        dose=order.dose,
        strength=order.strength,
        form_count=order.form_count,
        route=order.route,
        event_at=moment("11:30"),
        identity=IdentityStep(photo_matched=True, second_identifier_matched=True),
        label=LabelStep(label_read=True),
        slot_key=None if prn else "2026-10-06T11:30",
        indication=prn.indications[0] if prn and prn.indications else None,
    )
    return dataclasses.replace(dose, **changes)


def nurse(user_id: uuid.UUID = NURSE) -> DoseActor:
    return DoseActor(user_id=user_id, role=UserRole.NURSE, licence=Licence.RN)


def aide(**changes: Any) -> DoseActor:
    return dataclasses.replace(DoseActor(user_id=AIDE, role=UserRole.HEALTH_AIDE, licence=Licence.NONE), **changes)


def signed_consent(**changes: Any) -> MedicationConsent:
    consent = MedicationConsent(
        consent_id=CONSENT,
        standing=ConsentStanding(
            state=ConsentState.SIGNED, valid_from=dt.date(2026, 8, 31), valid_until=dt.date(2027, 6, 18)
        ),
    )
    return dataclasses.replace(consent, **changes)


def facts(order: Order, **changes: Any) -> SafetyFacts:
    """Everything in order, at 11:31."""
    known = SafetyFacts(
        now=moment("11:31"),
        actor=nurse(),
        student_ids=frozenset({STUDENT}),
        versions=(order,),
        calendar=calendar(),
        consents=(signed_consent(),),
        given_before=True,
    )
    return dataclasses.replace(known, **changes)


def row(number: int, at: str, order: Order | None = None, day: dt.date = DAY, **changes: Any) -> DoseRow:
    """A dose of the order given at a local time; without an order, one of albuterol taken at home."""
    event = moment(at, day)
    dose = DoseRow(
        id=uuid.UUID(int=1000 + number),
        student_id=STUDENT,
        order_root=order.root_id if order else None,
        outcome=DoseOutcome.GIVEN,
        event_at=event,
        entered_at=event,
        ingredients=order.drug.ingredients if order else ALBUTEROL.ingredients,
        slot_key=f"{day}T{at}" if order and not order.is_prn else None,
    )
    return dataclasses.replace(dose, **changes)
