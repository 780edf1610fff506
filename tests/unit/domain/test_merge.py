"""The three-way merge: nothing anybody typed disappears (I0), by value, field, group and operation."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.domain.canonical import WireValue
from clinicdesk.domain.merge import (
    Clash,
    ConflictKind,
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

RULES = MergeRules(MergeClass.FIELDS, {"dose": "dosing", "unit": "dosing", "route": "dosing"})
SEALED = MergeRules(MergeClass.SEALED, signed_when="signed_at", after_sign=frozenset({"status"}))
APPEND = MergeRules(MergeClass.INSERT_ONLY)


def row(
    version: int = 3,
    versions: Mapping[str, int] | None = None,
    *,
    deleted: bool = False,
    **values: WireValue,
) -> DistrictRow:
    return DistrictRow(version, values, versions or {}, deleted)


def edit(base: int = 3, **fields: tuple[WireValue, WireValue]) -> RowChange:
    return RowChange(Operation.UPDATE, base, {name: FieldChange(old, new, base) for name, (old, new) in fields.items()})


def act(operation: Operation, base: int = 3, **fields: WireValue) -> RowChange:
    return RowChange(operation, base, {name: FieldChange(None, new, base) for name, new in fields.items()})


def clash(kind: ConflictKind, *fields: str, group: str | None = None) -> Clash:
    return Clash(kind, fields, group)


class TestFields:
    def test_a_change_of_what_the_author_saw_is_applied(self) -> None:
        assert merge(row(notes="a"), edit(notes=("a", "b")), RULES) == Merge(Verdict.APPLIED, {"notes": "b"})

    def test_scenario_34_two_values_for_one_field_are_a_conflict(self) -> None:
        merged = merge(row(4, {"notes": 4}, notes="c"), edit(3, notes=("a", "b")), RULES)
        assert merged == Merge(Verdict.CONFLICT, {}, (clash(ConflictKind.FIELD, "notes"),))

    def test_scenario_35_the_same_new_value_is_no_conflict(self) -> None:
        assert merge(row(4, {"notes": 4}, notes="b"), edit(3, notes=("a", "b")), RULES) == Merge(Verdict.MERGED)

    def test_scenario_36_different_fields_of_one_row_are_merged(self) -> None:
        merged = merge(row(4, {"reason": 4}, notes="a", reason="z"), edit(3, notes=("a", "b")), RULES)
        assert merged == Merge(Verdict.MERGED, {"notes": "b"})

    def test_a_wrong_base_is_never_trusted(self) -> None:
        merged = merge(row(notes="x"), edit(notes=("a", "b")), RULES)
        assert merged == Merge(Verdict.CONFLICT, {}, (clash(ConflictKind.DIVERGED, "notes"),))

    def test_clean_fields_are_taken_beside_a_conflict(self) -> None:
        merged = merge(row(4, {"notes": 4}, notes="c", reason="r"), edit(3, notes=("a", "b"), reason=("r", "s")), RULES)
        assert merged == Merge(Verdict.CONFLICT, {"reason": "s"}, (clash(ConflictKind.FIELD, "notes"),))

    def test_a_field_changed_at_its_very_base_is_no_conflict(self) -> None:
        assert merge(row(4, {"notes": 3}, notes="a"), edit(3, notes=("a", "b")), RULES).verdict is Verdict.MERGED

    def test_each_field_has_its_own_base(self) -> None:
        change = RowChange(Operation.UPDATE, 2, {"notes": FieldChange("a", "b", 4), "reason": FieldChange("r", "s", 2)})
        merged = merge(row(4, {"notes": 4, "reason": 3}, notes="a", reason="t"), change, RULES)
        assert merged == Merge(Verdict.CONFLICT, {"notes": "b"}, (clash(ConflictKind.FIELD, "reason"),))

    def test_null_and_empty_text_are_two_values(self) -> None:
        assert merge(row(notes=None), edit(notes=("", "b")), RULES).verdict is Verdict.CONFLICT

    def test_a_change_that_is_partly_there_already_is_merged(self) -> None:
        merged = merge(row(notes="b", reason="r"), edit(notes=("a", "b"), reason=("r", "s")), RULES)
        assert merged == Merge(Verdict.MERGED, {"reason": "s"})

    @pytest.mark.parametrize("bases", [(9, 3), (3, 9)])
    def test_scenario_59_a_version_from_the_future_is_diverged(self, bases: tuple[int, int]) -> None:
        change = RowChange(Operation.UPDATE, bases[0], {"notes": FieldChange("a", "b", bases[1])})
        assert merge(row(notes="a"), change, RULES) == Merge(
            Verdict.CONFLICT, {}, (clash(ConflictKind.DIVERGED, "notes"),)
        )

    def test_an_edit_of_a_row_that_never_was_is_rejected(self) -> None:
        assert merge(None, edit(notes=("a", "b")), RULES) == Merge(Verdict.REJECTED, reason="no_such_row")


class TestGroups:
    def test_scenario_36_two_fields_of_one_merge_group_are_a_conflict(self) -> None:
        theirs = row(4, {"unit": 4}, dose="5", unit="mL", route="ORAL")
        merged = merge(theirs, edit(3, dose=("5", "10")), RULES)
        assert merged == Merge(Verdict.CONFLICT, {}, (clash(ConflictKind.GROUP, "dose", group="dosing"),))

    def test_a_conflict_takes_its_whole_group_with_it(self) -> None:
        theirs = row(4, {"dose": 4}, dose="7", unit="mg", route="ORAL", notes="n")
        merged = merge(theirs, edit(3, dose=("5", "10"), unit=("mg", "mL"), notes=("n", "m")), RULES)
        assert merged == Merge(
            Verdict.CONFLICT, {"notes": "m"}, (clash(ConflictKind.GROUP, "dose", "unit", group="dosing"),)
        )

    def test_a_diverged_field_makes_its_group_diverged(self) -> None:
        merged = merge(row(dose="6", unit="mg", route="ORAL"), edit(dose=("5", "10"), unit=("mg", "mL")), RULES)
        assert merged.clashes == (clash(ConflictKind.DIVERGED, "dose", "unit", group="dosing"),)

    def test_a_group_that_nobody_else_touched_is_applied(self) -> None:
        merged = merge(row(dose="5", unit="mg", route="ORAL"), edit(dose=("5", "10"), unit=("mg", "mL")), RULES)
        assert merged == Merge(Verdict.APPLIED, {"dose": "10", "unit": "mL"})

    def test_the_same_new_values_of_a_group_are_no_conflict(self) -> None:
        theirs = row(4, {"dose": 4, "unit": 4}, dose="10", unit="mL", route="ORAL")
        assert merge(theirs, edit(3, dose=("5", "10")), RULES) == Merge(Verdict.MERGED)

    def test_another_group_is_not_drawn_in(self) -> None:
        rules = MergeRules(
            MergeClass.FIELDS, {"dose": "dosing", "unit": "dosing", "low": "pressure", "high": "pressure"}
        )
        theirs = row(4, {"low": 4}, dose="5", unit="mg", low=1, high=2)
        assert merge(theirs, edit(3, dose=("5", "10")), rules) == Merge(Verdict.MERGED, {"dose": "10"})


class TestInsert:
    def test_a_new_row_is_applied(self) -> None:
        assert merge(None, act(Operation.INSERT, 0, notes="a"), RULES) == Merge(Verdict.APPLIED, {"notes": "a"})

    def test_the_same_row_once_more_changes_nothing(self) -> None:
        assert merge(row(notes="a"), act(Operation.INSERT, 0, notes="a"), APPEND) == Merge(Verdict.MERGED)

    def test_another_row_under_the_same_key_is_kept_as_a_conflict(self) -> None:
        assert merge(row(notes="a"), act(Operation.INSERT, 0, notes="b"), APPEND).clashes == (
            clash(ConflictKind.DIVERGED, "notes"),
        )

    def test_scenario_28_an_insert_does_not_revive_a_deleted_row(self) -> None:
        merged = merge(row(notes="a", deleted=True), act(Operation.INSERT, 0, notes="b"), RULES)
        assert merged.clashes == (clash(ConflictKind.DELETE_VS_EDIT, "notes"),)

    @pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.DELETE, Operation.RESTORE, Operation.SIGN])
    def test_d01_an_append_only_row_is_never_changed(self, operation: Operation) -> None:
        assert merge(row(notes="a"), act(operation, notes="b"), APPEND) == Merge(Verdict.REJECTED, reason="append_only")


class TestDelete:
    def test_d03_a_delete_of_the_row_its_author_saw_is_applied(self) -> None:
        merged = merge(row(notes="a"), act(Operation.DELETE, deleted_at="now"), RULES)
        assert merged == Merge(Verdict.APPLIED, {"deleted_at": "now"})

    def test_scenario_25_an_edit_of_a_deleted_row_is_a_conflict(self) -> None:
        merged = merge(row(4, notes="a", deleted=True), edit(3, notes=("a", "b")), RULES)
        assert merged == Merge(Verdict.CONFLICT, {}, (clash(ConflictKind.DELETE_VS_EDIT, "notes"),))

    def test_scenario_26_a_delete_of_an_edited_row_is_not_applied(self) -> None:
        merged = merge(row(4, {"notes": 4}, notes="b"), act(Operation.DELETE, 3, deleted_at="now"), RULES)
        assert merged == Merge(Verdict.CONFLICT, {}, (clash(ConflictKind.EDIT_VS_DELETE, "deleted_at"),))

    def test_scenario_27_deleted_on_both_sides_is_clean(self) -> None:
        merged = merge(row(4, notes="a", deleted=True), act(Operation.DELETE, 3, deleted_at="later"), RULES)
        assert merged == Merge(Verdict.MERGED)

    @pytest.mark.parametrize(
        ("first", "second", "both"),
        [
            ("Wrong child", "Charted twice", {"delete_reason": "Wrong child; Charted twice"}),
            ("Wrong child; Charted twice", "Charted twice", {}),
            (None, "Charted twice", {"delete_reason": "Charted twice"}),
            ("Wrong child", None, {}),
            ("a" * 190, "b" * 10, {}),
        ],
    )
    def test_scenario_27_both_reasons_stand_in_the_row(
        self, first: str | None, second: str | None, both: dict[str, str]
    ) -> None:
        change = act(Operation.DELETE, 3, deleted_at="later", delete_reason=second)
        merged = merge(row(4, notes="a", deleted=True, delete_reason=first), change, RULES)
        assert merged == Merge(Verdict.MERGED, both)

    def test_d02_a_signed_row_is_never_deleted(self) -> None:
        merged = merge(row(signed_at="then"), act(Operation.DELETE, deleted_at="now"), SEALED)
        assert merged.clashes == (clash(ConflictKind.SIGN_VS_EDIT, "deleted_at"),)

    def test_d03_a_restore_of_the_deleted_row_is_applied(self) -> None:
        merged = merge(row(notes="a", deleted=True), act(Operation.RESTORE, deleted_at=None), RULES)
        assert merged == Merge(Verdict.APPLIED, {"deleted_at": None})

    def test_d03_a_restore_beside_another_change_is_a_conflict(self) -> None:
        merged = merge(row(4, notes="a", deleted=True), act(Operation.RESTORE, 3, deleted_at=None), RULES)
        assert merged.clashes == (clash(ConflictKind.DELETE_VS_EDIT, "deleted_at"),)

    def test_d03_a_restore_of_a_live_row_changes_nothing(self) -> None:
        assert merge(row(4, notes="a"), act(Operation.RESTORE, 3, deleted_at=None), RULES) == Merge(Verdict.MERGED)


class TestSign:
    def test_d02_a_signature_over_what_its_author_saw_is_applied(self) -> None:
        merged = merge(row(text="a", signed_at=None), act(Operation.SIGN, signed_at="now"), SEALED)
        assert merged == Merge(Verdict.APPLIED, {"signed_at": "now"})

    def test_d02_a_signature_over_other_content_is_a_conflict(self) -> None:
        merged = merge(row(4, {"text": 4}, text="b", signed_at=None), act(Operation.SIGN, 3, signed_at="now"), SEALED)
        assert merged == Merge(Verdict.CONFLICT, {}, (clash(ConflictKind.SIGN_VS_EDIT, "signed_at"),))

    def test_d02_columns_outside_the_signature_do_not_hinder_it(self) -> None:
        theirs = row(4, {"status": 4}, text="a", status="OPEN", signed_at=None)
        merged = merge(theirs, act(Operation.SIGN, 3, signed_at="now"), SEALED)
        assert merged == Merge(Verdict.MERGED, {"signed_at": "now"})

    def test_d02_content_that_both_wrote_alike_does_not_hinder_it(self) -> None:
        theirs = row(4, {"text": 4}, text="b", signed_at=None)
        change = RowChange(
            Operation.SIGN, 3, {"text": FieldChange("a", "b", 3), "signed_at": FieldChange(None, "now", 3)}
        )
        assert merge(theirs, change, SEALED) == Merge(Verdict.MERGED, {"signed_at": "now"})

    def test_d02_a_second_signature_is_a_conflict(self) -> None:
        merged = merge(row(text="a", signed_at="then"), act(Operation.SIGN, signed_at="now"), SEALED)
        assert merged.clashes == (clash(ConflictKind.SIGN_VS_EDIT, "signed_at"),)

    def test_d02_the_same_signature_once_more_changes_nothing(self) -> None:
        merged = merge(row(text="a", signed_at="now"), act(Operation.SIGN, signed_at="now"), SEALED)
        assert merged == Merge(Verdict.MERGED)

    def test_d02_a_signature_on_a_deleted_row_is_a_conflict(self) -> None:
        merged = merge(row(text="a", deleted=True), act(Operation.SIGN, signed_at="now"), SEALED)
        assert merged.clashes == (clash(ConflictKind.DELETE_VS_EDIT, "signed_at"),)

    def test_d02_an_edit_that_comes_after_the_signature_is_kept_beside_it(self) -> None:
        theirs = row(4, {"signed_at": 4}, text="a", status="OPEN", signed_at="then")
        merged = merge(theirs, edit(3, text=("a", "b"), status=("OPEN", "DONE")), SEALED)
        assert merged == Merge(Verdict.CONFLICT, {"status": "DONE"}, (clash(ConflictKind.SIGN_VS_EDIT, "text"),))

    def test_d02_columns_outside_the_signature_stay_open(self) -> None:
        merged = merge(row(text="a", status="OPEN", signed_at="then"), edit(status=("OPEN", "DONE")), SEALED)
        assert merged == Merge(Verdict.APPLIED, {"status": "DONE"})

    def test_d02_an_edit_that_the_signed_row_holds_already_is_no_conflict(self) -> None:
        theirs = row(4, {"signed_at": 4, "text": 4}, text="b", signed_at="then")
        assert merge(theirs, edit(3, text=("a", "b")), SEALED) == Merge(Verdict.MERGED)


VALUES = st.sampled_from([None, "", "a", "b", 0, 1, True, "1"])
NAMES = ("dose", "unit", "route", "notes", "signed_at", "status")


@st.composite
def cases(draw: st.DrawFn) -> tuple[DistrictRow, RowChange, MergeRules]:
    version = draw(st.integers(1, 5))
    values: dict[str, WireValue] = {name: draw(VALUES) for name in NAMES}
    versions = {name: draw(st.integers(1, version)) for name in draw(st.sets(st.sampled_from(NAMES)))}
    theirs = DistrictRow(version, values, versions, draw(st.booleans()))
    base = draw(st.integers(0, 6))
    fields = {
        name: FieldChange(draw(VALUES), draw(VALUES), draw(st.integers(0, 6)))
        for name in draw(st.sets(st.sampled_from(NAMES), min_size=1))
    }
    rules = draw(
        st.sampled_from([RULES, SEALED, APPEND, MergeRules(MergeClass.SEALED, RULES.groups, "signed_at", {"status"})])
    )
    return theirs, RowChange(draw(st.sampled_from(Operation)), base, fields), rules


@given(cases())
def test_i00_every_new_value_is_taken_there_already_or_shown_in_a_conflict(
    case: tuple[DistrictRow, RowChange, MergeRules],
) -> None:
    theirs, change, rules = case
    merged = merge(theirs, change, rules)
    if merged.verdict is Verdict.REJECTED:
        assert rules.kind is MergeClass.INSERT_ONLY
        return
    if change.operation in {Operation.DELETE, Operation.RESTORE} and merged.verdict is Verdict.MERGED:
        assert theirs.deleted is (change.operation is Operation.DELETE)
        return
    shown = set(itertools.chain.from_iterable(clash.fields for clash in merged.clashes))
    for name, f in change.fields.items():
        there = theirs.values[name] == f.new and type(theirs.values[name]) is type(f.new)
        assert name in shown or (name in merged.accepted and merged.accepted[name] == f.new) or there
    assert not shown & set(merged.accepted)
    assert (merged.verdict is Verdict.CONFLICT) is bool(merged.clashes)


@given(cases())
def test_i00_no_value_of_another_person_is_overwritten_unseen(case: tuple[DistrictRow, RowChange, MergeRules]) -> None:
    theirs, change, rules = case
    for name in merge(theirs, change, rules).accepted:
        if change.operation is Operation.UPDATE:
            assert theirs.version_of(name) <= change.fields[name].base
            assert theirs.values[name] == change.fields[name].old
        assert not (theirs.deleted and change.operation is not Operation.RESTORE)
