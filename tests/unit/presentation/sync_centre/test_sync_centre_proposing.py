"""What the resolver proposes, and how values read and are typed (D22)."""

from __future__ import annotations

import datetime as dt

import pytest

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.canonical import Kind, WireValue
from clinicdesk.presentation.sync_centre.proposing import Side, propose
from clinicdesk.presentation.sync_centre.words import PickASideError, ago, reason_words, typed_value, value_text
from clinicdesk.services.conflict_values import ConflictField


def _field(
    name: str,
    base: WireValue,
    mine: WireValue,
    theirs: WireValue,
    *,
    safety: bool = False,
    codes: tuple[str, ...] = (),
    required: bool = False,
    group: str | None = None,
) -> ConflictField:
    return ConflictField(
        name=name, base=base, mine=mine, theirs=theirs, in_dispute=True, is_safety=safety, group=group,
        codes=codes, required=required, people={},
    )  # fmt: skip


def test_d22_lists_become_the_union_each_line_once() -> None:
    made = propose("allergies", Kind.JSON, _field("reactions", ["Hives"], ["Hives", "Wheeze"], ["Hives", "Lips"]))
    assert made.value == ["Hives", "Wheeze", "Lips"]
    assert made.sides == (Side.MINE, Side.THEIRS)


@pytest.mark.parametrize(
    ("mine", "theirs", "value", "side"),
    [
        ("SEVERE", "MODERATE", "SEVERE", Side.MINE),
        ("MODERATE", "LIFE_THREATENING", "LIFE_THREATENING", Side.THEIRS),
    ],
)
def test_d22_the_graver_severity_is_proposed(mine: str, theirs: str, value: str, side: Side) -> None:
    made = propose("allergies", Kind.TEXT, _field("severity", "MILD", mine, theirs, safety=True))
    assert (made.value, made.sides, made.decided) == (value, (side,), True)


def test_d22_numbers_of_an_order_go_to_the_safe_side() -> None:
    most = propose("student_medications", Kind.INTEGER, _field("prn_max_per_day", 5, 10, 4, safety=True))
    least = propose("standing_orders", Kind.INTEGER, _field("min_interval_minutes", 60, 90, 240, safety=True))
    assert (most.value, least.value) == (4, 240)


@pytest.mark.parametrize(
    ("table", "name", "base", "lowered"),
    [
        ("allergies", "severity", "SEVERE", "MILD"),
        ("allergies", "active", True, False),
        ("allergies", "reactions", ["Hives", "Wheeze"], ["Hives"]),
        ("chronic_conditions", "contraindicated_ingredients", ["aspirin"], []),
        ("student_medications", "status", "ON_HOLD", "ACTIVE"),
        ("standing_orders", "max_per_day", 2, 4),
    ],
)
def test_d22_a_side_that_lowered_a_stop_does_not_decide_while_the_other_left_it(
    table: str, name: str, base: WireValue, lowered: WireValue
) -> None:
    for mine, theirs in ((lowered, base), (base, lowered)):
        made = propose(table, Kind.TEXT, _field(name, base, mine, theirs, safety=True, group="any"), "GROUP")
        assert (made.value, made.decided) == (base, True)


def test_d22_half_a_dose_of_each_side_is_never_proposed() -> None:
    """One side changed the amount, the other the route: neither may be put to the other without a person."""
    amount = _field("dose_amount", "5", "10", "5", safety=True, group="dose")
    route = _field("route", "ORAL", "ORAL", "RECTAL", safety=True, group="dose")
    times = _field("times_of_day", ["09:00"], ["09:00", "13:00"], ["12:00"], safety=True, group="schedule")
    made = [propose("student_medications", Kind.TEXT, one, "GROUP") for one in (amount, route, times)]
    assert [one.decided for one in made] == [False, False, False]
    pressure = _field("blood_pressure_systolic", 110, 120, 110, group="blood_pressure")
    assert not propose("vital_signs", Kind.INTEGER, pressure, "GROUP").decided


@pytest.mark.parametrize(
    ("table", "name", "holds"), [("allergies", "active", True), ("student_medications", "is_active", False)]
)
def test_d22_an_allergy_holds_if_any_side_states_it_and_an_order_ends_if_any_side_ends_it(
    table: str, name: str, holds: bool
) -> None:
    for mine in (True, False):
        made = propose(table, Kind.BOOLEAN, _field(name, None, mine, not mine, safety=True))
        assert (made.value, made.decided) == (holds, True)


def test_what_one_side_left_alone_takes_the_change_of_the_other() -> None:
    assert propose("allergies", Kind.TEXT, _field("notes", "a", "b", "a")).sides == (Side.MINE,)
    assert propose("allergies", Kind.TEXT, _field("notes", "a", "a", "c")).sides == (Side.THEIRS,)


def test_a_plain_text_is_left_to_the_person() -> None:
    made = propose("clinic_visits", Kind.TEXT, _field("notes", "a", "b", "c"))
    assert (made.sides, made.decided) == ((), False)


def test_a_typed_code_date_and_number_become_canonical() -> None:
    codes = _field("severity", None, None, None, codes=("MILD", "LIFE_THREATENING"), required=True)
    assert typed_value(codes, Kind.TEXT, "life threatening") == "LIFE_THREATENING"
    assert typed_value(_field("n", 1, 2, 3), Kind.INTEGER, " 7 ") == 7
    assert typed_value(_field("l", ["a"], ["b"], ["c"]), Kind.JSON, "a\n\n b ") == ["a", "b"]
    assert typed_value(_field("on", True, False, True), Kind.BOOLEAN, "no") is False
    assert typed_value(_field("t", "a", "b", "c"), Kind.TEXT, "") is None


@pytest.mark.parametrize(
    ("kind", "text", "problem"),
    [(Kind.INTEGER, "many", "not_a_number"), (Kind.DATE, "soon", "not_a_date"), (Kind.INTEGER, " ", "missing")],
)
def test_what_is_no_value_is_refused_by_field(kind: Kind, text: str, problem: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        typed_value(_field("count", None, None, None, required=True), kind, text)
    assert (refused.value.field, refused.value.problem) == ("count", problem)


def test_moments_and_keys_are_picked_never_typed() -> None:
    for kind in (Kind.INSTANT, Kind.UUID, Kind.BYTES):
        with pytest.raises(PickASideError):
            typed_value(_field("at", None, None, None), kind, "11:20")


def test_values_reasons_and_ages_read_as_words() -> None:
    def local(at: dt.datetime) -> dt.datetime:
        return at

    field = _field("reactions", None, ["Hives", "Wheeze"], None)
    assert value_text(field, Kind.JSON, field.mine, local) == "Hives\nWheeze"
    assert value_text(field, Kind.DATE, "2026-10-06", local) == "Oct 6, 2026"
    assert value_text(field, Kind.TEXT, None, local) == ""
    assert reason_words("frozen") == "The record is signed or closed"
    assert reason_words("odd_word") == "Refused: odd word"
    assert [ago(dt.timedelta(minutes=n)) for n in (21, 185, 5 * 1440)] == ["21 min", "3 h", "5 days"]
