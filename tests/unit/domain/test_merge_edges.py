"""The merge at its very edges: values equal to a bound, empty words, full columns. Found by mutation testing."""

from __future__ import annotations

import pytest

from clinicdesk.domain.canonical import WireValue
from clinicdesk.domain.merge import (
    REASON_LENGTH,
    DistrictRow,
    FieldChange,
    Merge,
    MergeClass,
    MergeRules,
    Operation,
    RowChange,
    Verdict,
    merge,
)

FIELDS = MergeRules(MergeClass.FIELDS, {"dose": "dosing", "unit": "dosing"})
SEALED = MergeRules(MergeClass.SEALED, signed_when="signed_at")


def deleted_twice(first: WireValue, second: WireValue) -> Merge:
    row = DistrictRow(4, {"delete_reason": first}, {}, deleted=True)
    return merge(row, RowChange(Operation.DELETE, 3, {"delete_reason": FieldChange(None, second, 3)}), FIELDS)


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("", "entered twice", "entered twice"),
        (None, "entered twice", "entered twice"),
        ("wrong child", "", None),
        ("wrong child", None, None),
        ("wrong child", "wrong child", None),
        ("a" * 100, "b" * (REASON_LENGTH - 102), f"{'a' * 100}; {'b' * (REASON_LENGTH - 102)}"),
        ("a" * 100, "b" * (REASON_LENGTH - 101), None),
    ],
)
def test_scenario_27_two_reasons_of_a_delete_stand_together_as_far_as_the_column_holds(
    first: WireValue, second: WireValue, kept: str | None
) -> None:
    assert deleted_twice(first, second) == Merge(Verdict.MERGED, {} if kept is None else {"delete_reason": kept})


def test_scenario_36_a_group_changed_at_the_very_version_the_author_saw_was_seen() -> None:
    row = DistrictRow(3, {"dose": "5", "unit": "mg"}, {"unit": 3})
    merged = merge(row, RowChange(Operation.UPDATE, 3, {"dose": FieldChange("5", "10", 3)}), FIELDS)
    assert merged == Merge(Verdict.APPLIED, {"dose": "10"})


def test_d02_what_changed_at_the_very_version_the_signer_saw_was_seen() -> None:
    row = DistrictRow(3, {"notes": "n", "signed_at": None}, {"notes": 3})
    signing = RowChange(Operation.SIGN, 3, {"signed_at": FieldChange(None, "2026-03-02T15:00:00.000000Z", 3)})
    assert merge(row, signing, SEALED).verdict is Verdict.APPLIED
