"""What keeps Given off, and what a stop asks for before it is lifted (M5, M9, D40)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from clinicdesk.domain.findings import OverrideBy, hard_stop
from clinicdesk.presentation.medications.dose_entry import person_named
from clinicdesk.presentation.medications.dose_state import Lifting, SheetState, counted_value, lifted

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
    state = SheetState(lifting={stop.code: Lifting(reason="r", contact="c")}, second="s")
    assert not lifted(state, stop)
