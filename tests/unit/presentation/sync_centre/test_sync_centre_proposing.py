"""What the resolver proposes, and how values read and are typed (D22)."""

from __future__ import annotations

import datetime as dt

import pytest

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.canonical import Kind, WireValue
from clinicdesk.presentation.sync_centre.proposing import Side, propose, union
from clinicdesk.presentation.sync_centre.words import PickASideError, ago, reason_words, typed_value, value_text
from clinicdesk.services.conflicts import ConflictField


def _field(
    name: str,
    base: WireValue,
    mine: WireValue,
    theirs: WireValue,
    *,
    safety: bool = False,
    codes: tuple[str, ...] = (),
    required: bool = False,
) -> ConflictField:
    return ConflictField(
        name=name, base=base, mine=mine, theirs=theirs, in_dispute=True, is_safety=safety, group=None,
        codes=codes, required=required, people={},
    )  # fmt: skip


def test_d22_lists_become_the_union_each_line_once() -> None:
    made = propose("allergies", Kind.JSON, _field("reactions", ["Hives"], ["Hives", "Wheeze"], ["Hives", "Lips"]))
    assert made.value == ["Hives", "Wheeze", "Lips"]
    assert made.sides == (Side.MINE, Side.THEIRS)
    assert union(["a"], None, ["b", "a"]) == ["a", "b"]


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
    most = propose("student_medications", Kind.INTEGER, _field("max_per_day", 5, 10, 4, safety=True))
    least = propose("student_medications", Kind.INTEGER, _field("min_interval_minutes", 60, 90, 240, safety=True))
    assert (most.value, least.value) == (4, 240)


@pytest.mark.parametrize(("table", "holds"), [("allergies", True), ("student_medications", False)])
def test_d22_an_allergy_holds_if_any_side_states_it_and_an_order_ends_if_any_side_ends_it(
    table: str, holds: bool
) -> None:
    made = propose(table, Kind.BOOLEAN, _field("active", None, True, False, safety=True))
    assert made.value is holds


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
