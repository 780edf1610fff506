"""A round of thirteen rows as in mockup 04, for the screens: late, due, given, held, refused and PRN doses."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

from tests.support.desk import PASSWORD, Clinic, furnished
from tests.support.medication import (
    PRN,
    Cupboard,
    note_allergy,
    put_in_stock,
    sign_consent,
    stock_cupboard,
    strength_of,
    write_order,
)

from clinicdesk.domain.medication.log import DoseOutcome
from clinicdesk.domain.medication.outcomes import DoseReason
from clinicdesk.models.enums import Gender, Route, Unit
from clinicdesk.services.dose_values import HomeDose, Proof
from clinicdesk.services.doses import Doses

WITNESS = Proof(user_name="carvalho", password=PASSWORD)
FIRST_NAMES = ("Chen", "Fatoumata", "Jun", "Kwabena", "Noor", "Priyanka", "Siobhán", "Tobias")
LAST_NAMES = ("Li-Wei", "Diabaté", "Tanaka", "Asante", "al-Khatib", "Subramaniam-Whitlock", "O’Brien", "Grønlund")


@dataclasses.dataclass(frozen=True)
class RoundDay:
    """The clinic of the mockup at 11:32, and who is who in it."""

    cupboard: Cupboard
    dmitri: uuid.UUID
    jose: uuid.UUID
    inhaler: uuid.UUID
    late: uuid.UUID


@furnished
def stock_round(clinic: Clinic) -> RoundDay:
    """Thirteen orders of eleven students."""
    cupboard = stock_cupboard(clinic)
    drugs = cupboard.drugs
    dmitri = clinic.student("Dmitri", "Volkov-Reyes", dt.date(2016, 2, 9), gender=Gender.MALE)
    late = write_order(
        clinic,
        dmitri,
        drugs.amoxicillin,
        sign_consent(clinic, drugs, dmitri),
        **strength_of("500", Unit.MG, Unit.CAPSULE),
        times_of_day=["11:00"],
        window_after_minutes=30,
    )
    for at, (first, last) in enumerate(zip(FIRST_NAMES, LAST_NAMES, strict=True)):
        student = clinic.student(first, last, dt.date(2014, 1 + at, 3 + at), homeroom=str(10 + at % 3))
        order = write_order(
            clinic,
            student,
            drugs.ibuprofen,
            sign_consent(clinic, drugs, student),
            **strength_of("200", Unit.MG, Unit.TABLET, "2" if at % 2 else "1"),
            times_of_day=["12:00"] if at % 2 else ["11:30", "13:00"],
        )
        if at == 3:
            slot = f"{clinic.clock.now():%Y-%m-%d}T12:00"
            held = cupboard.dose(order, slot_key=slot, outcome=DoseOutcome.HELD, reason=DoseReason.HELD_BY_NURSE)
            Doses(clinic.desk()).record(dataclasses.replace(held, student_id=student))
        if at == 4:
            Doses(clinic.desk()).record(dataclasses.replace(cupboard.dose(order), student_id=student))
    jose = clinic.student("José Ángel", "Ñúñez-Villaseñor", dt.date(2015, 11, 3), gender=Gender.MALE)
    note_allergy(clinic, jose, "Tree nuts")
    inhaler = write_order(
        clinic,
        jose,
        drugs.albuterol,
        sign_consent(clinic, drugs, jose),
        **strength_of("90", Unit.UG, Unit.PUFF, "2"),
        **PRN,
        route=Route.INHALED,
    )
    put_in_stock(clinic, drugs.albuterol, "112", Unit.PUFF, student=jose)
    Doses(clinic.desk()).record_home_dose(
        HomeDose(
            student_id=jose,
            order_id=inhaler,
            given_at=clinic.clock.now() - dt.timedelta(hours=4, minutes=12),
            told_by="mother",
            form_count=Decimal(2),
        )
    )
    return RoundDay(cupboard, dmitri, jose, inhaler, late)
