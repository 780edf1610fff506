"""What keeps Given off, and what a stop asks for before it is lifted (M5, M9, D40)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from clinicdesk.domain.findings import Finding, OverrideBy, Tier, hard_stop
from clinicdesk.presentation.medications.sheet import Lifting, SheetState, counted_value, lifted, person_named

STAFF = ("carvalho", "castro", "ferrer")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("f", "ferrer"), ("Carv", "carvalho"), ("ca", "ca"), (" ferrer ", "ferrer"), ("nobody", "nobody")],
)
def test_the_beginning_of_one_name_alone_is_enough_for_a_witness(typed: str, meant: str) -> None:
    assert person_named(typed, STAFF) == meant


@pytest.mark.parametrize(
    ("typed", "value"),
    [("19", Decimal(19)), ("0,5", Decimal("0.5")), ("", None), ("-1", None), ("NaN", None), ("x", None)],
)
def test_m09_a_count_is_a_number_or_nothing(typed: str, value: Decimal | None) -> None:
    assert counted_value(typed) == value


def test_d40_a_stop_without_an_override_is_never_lifted() -> None:
    stop = hard_stop("M6", "dose.allergy")
    assert stop.override is OverrideBy.NONE
    state = SheetState(lifting={stop.code: Lifting(reason="r", contact="c", second="s")})
    assert not lifted(state, stop)


@pytest.mark.parametrize(
    ("lifting", "enough"),
    [
        (Lifting(reason="as agreed", contact="Dr. Lund 11:30", second="ferrer"), True),
        (Lifting(reason="as agreed", contact="Dr. Lund 11:30"), False),
        (Lifting(reason="as agreed", second="ferrer"), False),
        (Lifting(contact="Dr. Lund 11:30", second="ferrer"), False),
    ],
)
def test_d40_reason_prescriber_and_second_person_are_all_asked(lifting: Lifting, *, enough: bool) -> None:
    stop = Finding(
        rule="M6",
        tier=Tier.HARD_STOP,
        code="dose.allergy",
        override=OverrideBy.SECOND_PERSON,
        needs_prescriber_contact=True,
    )
    assert lifted(SheetState(lifting={stop.code: lifting}), stop) is enough
