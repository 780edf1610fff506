"""The stricter of two sides: what the resolver proposes and what safety goes by until a person decides (D22)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.domain.canonical import WireValue
from clinicdesk.domain.merge_safety import RULES, Stricter, Strictness, stricter
from clinicdesk.models.enums import AllergySeverity, ConditionSeverity, ConditionStatus, OrderStatus
from clinicdesk.models.registry import table_of

MINE, THEIRS = {"mine": True, "theirs": False}, {"mine": False, "theirs": True}


@pytest.mark.parametrize(
    ("table", "column", "lowered", "kept"),
    [
        ("allergies", "severity", "MILD", "LIFE_THREATENING"),
        ("allergies", "active", False, True),
        ("allergies", "emergency_protocol", None, "Give epinephrine"),
        ("chronic_conditions", "status", "RESOLVED", "ACTIVE"),
        ("chronic_conditions", "is_active", False, True),
        ("medical_history", "is_critical", False, True),
        ("emergency_contacts", "can_pickup_student", True, False),
        ("emergency_contacts", "custody_limits", None, "No contact with the father"),
        ("student_medications", "status", "ACTIVE", "DISCONTINUED"),
        ("student_medications", "is_active", True, False),
        ("student_medications", "end_date", None, "2026-03-02T00:00:00.000000Z"),
        ("student_medications", "prn_min_interval_minutes", 60, 240),
        ("student_medications", "prn_max_per_day", None, 2),
        ("standing_orders", "max_per_day", 10, 9),
        ("standing_orders", "max_dose_amount", "10", "9.5"),
        ("standing_orders", "ends_on", "2026-06-30", "2026-03-01"),
    ],
)
def test_d22_what_one_side_lowered_stays_as_strict_as_the_other_side_has_it(
    table: str, column: str, lowered: WireValue, kept: WireValue
) -> None:
    assert stricter(table, column, lowered, kept) == Stricter(kept, **THEIRS)
    assert stricter(table, column, kept, lowered) == Stricter(kept, **MINE)


def test_m06_d22_a_reaction_or_ingredient_that_one_side_took_out_stays() -> None:
    assert stricter("allergies", "reactions", ["Hives"], ["Hives", "Wheeze"]) == Stricter(
        ["Hives", "Wheeze"], mine=True, theirs=True
    )
    made = stricter("chronic_conditions", "contraindicated_ingredients", ["aspirin"], ["ibuprofen"])
    assert made is not None
    assert made.value == ["aspirin", "ibuprofen"]


def test_d22_two_protocols_both_stand_and_a_longer_one_takes_the_shorter_in() -> None:
    both = stricter("allergies", "emergency_protocol", "Epinephrine first", "Call 911")
    assert both == Stricter("Epinephrine first\nCall 911", mine=True, theirs=True)
    assert stricter("allergies", "emergency_protocol", "Call 911 and mother", "Call 911") == Stricter(
        "Call 911 and mother", **MINE
    )


@pytest.mark.parametrize("column", ["dose_amount", "dose_unit", "route", "medication_id", "times_of_day", "dosage"])
def test_m02_m05_d22_what_makes_a_dose_has_no_stricter_side(column: str) -> None:
    assert stricter("student_medications", column, "5", "10") is None


def test_every_rule_is_about_a_column_that_is_there_and_every_word_has_its_rank() -> None:
    for table, columns in RULES.items():
        assert set(columns) <= set(table_of(table).c.keys())
    for words, table, column in (
        (AllergySeverity, "allergies", "severity"),
        (ConditionSeverity, "chronic_conditions", "severity"),
        (ConditionStatus, "chronic_conditions", "status"),
        (OrderStatus, "student_medications", "status"),
    ):
        for word in words:
            for other in words:
                assert stricter(table, column, word.value, other.value) is not None


def test_d22_every_safety_column_has_a_stricter_side_or_is_left_to_a_person() -> None:
    """A new safety column fails here until somebody says what is stricter in it."""
    asked = {
        "allergies": {"allergen", "allergy_type", "ingredient_code"},
        "chronic_conditions": set[str](),
        "emergency_contacts": set[str](),
        "standing_orders": {"medication_id", "emergency", "dose_amount", "dose_unit", "dose_per_kg", "route"},
    }
    for table, by_hand in asked.items():
        marked = {column.name for column in table_of(table).c if column.info.get("safety")}
        assert marked == (set(RULES[table]) & marked) | by_hand


_VALUES = {
    Strictness.GRAVER: st.sampled_from([one.value for one in AllergySeverity]),
    Strictness.STATED: st.booleans(),
    Strictness.DENIED: st.booleans(),
    Strictness.LESS: st.none() | st.integers(0, 500),
    Strictness.MORE: st.none() | st.integers(0, 500),
}


@given(st.data())
def test_d22_it_does_not_matter_which_side_is_which(data: st.DataObject) -> None:
    rules = [(t, c, r) for t, columns in RULES.items() for c, r in columns.items() if r in _VALUES]
    table, column, rule = data.draw(st.sampled_from(rules))
    mine, theirs = data.draw(_VALUES[rule]), data.draw(_VALUES[rule])
    one, other = stricter(table, column, mine, theirs), stricter(table, column, theirs, mine)
    assert one is not None
    assert other is not None
    assert one.value == other.value
