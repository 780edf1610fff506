"""Folding, batching and rebasing of what waits to be sent."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from clinicdesk.domain.merge import Operation
from clinicdesk.sync.outbox import Batch, BatchSize, Changes, Waiting, foldable, folded, next_batch, rebased

RANK = {"students": 0, "clinic_visits": 1, "vital_signs": 2}


def change(
    seq: int,
    pk: str = "a",
    *,
    table: str = "clinic_visits",
    operation: Operation = Operation.UPDATE,
    changes: Changes | None = None,
    author: str = "nurse",
    transaction: str | None = None,
    base: int = 1,
) -> Waiting:
    return Waiting(
        seq=seq,
        mutation_id=f"m{seq}",
        transaction=transaction or f"t{seq}",
        table=table,
        pk=pk,
        operation=operation,
        changes=changes if changes is not None else {"notes": [f"old{seq}", f"new{seq}"]},
        base=base,
        author=author,
        grant="g",
        authored_at=f"2026-01-01T00:00:{seq:02d}.000000Z",
        schema=1,
    )


def sent(batch: Batch) -> list[str]:
    return [item.mutation_id for item in batch.items]


def test_d06_edits_of_one_author_fold_to_the_oldest_old_and_the_newest_new() -> None:
    first = change(1, changes={"notes": ["a", "b"]})
    second = change(2, changes={"notes": ["b", "c"], "pulse": [None, 80]}, base=4)
    both = folded(first, second)
    assert both.changes == {"notes": ["a", "c"], "pulse": [None, 80]}
    assert both.mutation_id == "m1"
    assert both.absorbed == (2,)
    assert both.base_of("notes") == 1
    assert both.base_of("pulse") == 4


def test_d06_edits_of_another_author_or_grant_never_fold() -> None:
    assert not foldable(change(1), change(2, author="aide"))
    assert not foldable(change(1), replace(change(2), grant="other"))


def test_d03_a_delete_is_never_folded_into_an_edit() -> None:
    assert not foldable(change(1), change(2, operation=Operation.DELETE))
    assert not foldable(change(1, operation=Operation.DELETE), change(2, operation=Operation.RESTORE))


def test_d02_a_row_signed_before_it_was_sent_arrives_signed() -> None:
    made = change(1, operation=Operation.INSERT, changes={"notes": [None, "a"]}, base=0)
    signed = change(2, operation=Operation.SIGN, changes={"signed_at": [None, "t"]}, base=0)
    both = folded(made, signed)
    assert both.operation is Operation.INSERT
    assert both.changes == {"notes": [None, "a"], "signed_at": [None, "t"]}
    assert folded(change(1), signed).operation is Operation.SIGN
    assert not foldable(folded(change(1), signed), change(3))


def test_an_edit_taken_back_before_it_was_sent_is_emptied() -> None:
    batch = next_batch([change(1, changes={"notes": ["a", "b"]}), change(2, changes={"notes": ["b", "a"]})], 10, RANK)
    assert batch.items == ()
    assert [item.absorbed for item in batch.emptied] == [(2,)]


@given(st.lists(st.dictionaries(st.sampled_from("xyz"), st.integers(0, 3), min_size=1), min_size=1, max_size=6))
def test_folding_says_the_same_as_the_edits_one_by_one(edits: list[dict[str, int]]) -> None:
    start: dict[str, Any] = {"x": 0, "y": 0, "z": 0}
    row = dict(start)
    whole: Waiting | None = None
    for seq, edit in enumerate(edits, 1):
        step = change(seq, changes={name: [row[name], value] for name, value in edit.items()})
        row.update(edit)
        whole = step if whole is None else folded(whole, step)
    assert whole is not None
    replayed = start | {name: new for name, (_old, new) in whole.changes.items()}
    assert replayed == row
    assert all(old == start[name] for name, (old, _new) in whole.changes.items())


def test_scenario_40_at_most_one_item_of_a_row_is_in_a_batch() -> None:
    batch = next_batch([change(1), change(2, author="aide"), change(3, pk="b"), change(4)], 10, RANK)
    assert sent(batch) == ["m1", "m3"]


def test_what_waits_behind_a_postponed_parent_waits_too() -> None:
    aide_deletes = change(2, operation=Operation.DELETE, transaction="t2")
    new_parent = change(3, pk="p", table="students", operation=Operation.INSERT, transaction="t2")
    child = change(4, pk="c", operation=Operation.INSERT, changes={"student_id": [None, "p"]})
    other = change(5, pk="d", operation=Operation.INSERT, changes={"student_id": [None, "q"]})
    batch = next_batch([change(1), aide_deletes, new_parent, child, other], 10, RANK)
    assert sent(batch) == ["m1", "m5"]


def test_scenario_30_parents_come_first_and_within_a_table_the_order_of_capture_holds() -> None:
    visit = change(1, pk="v", operation=Operation.INSERT, transaction="t")
    pupil = change(2, pk="s", table="students", operation=Operation.INSERT, transaction="t")
    later_visit = change(3, pk="w", operation=Operation.INSERT, transaction="t")
    assert sent(next_batch([visit, pupil, later_visit], 10, RANK)) == ["m2", "m1", "m3"]


def test_scenario_09_a_batch_ends_between_transactions_and_a_huge_one_is_cut() -> None:
    small = [change(n, pk=f"r{n}", transaction="first" if n < 3 else "second") for n in range(1, 6)]
    assert sent(next_batch(small, 4, RANK)) == ["m1", "m2"]
    huge = [change(n, pk=f"r{n}", transaction="one") for n in range(1, 9)]
    assert sent(next_batch(huge, 5, RANK)) == ["m1", "m2", "m3", "m4", "m5"]


def test_two_operations_on_one_row_in_one_transaction_go_one_after_the_other() -> None:
    made = change(1, operation=Operation.INSERT, transaction="t")
    gone = change(2, operation=Operation.DELETE, transaction="t")
    assert sent(next_batch([made, gone], 10, RANK)) == ["m1"]
    assert sent(next_batch([gone], 10, RANK)) == ["m2"]


def test_scenario_40_the_answer_moves_the_base_of_only_the_fields_it_was_about() -> None:
    waiting = change(2, changes={"notes": ["b", "c"], "pulse": [70, 80]}, base=3)
    after = rebased(waiting, {"notes"}, 7, whole=False)
    assert (after.base_of("notes"), after.base_of("pulse"), after.base) == (7, 3, 3)
    assert rebased(waiting, {"notes"}, 7, whole=True).base_of("pulse") == 7


def test_batches_grow_while_answers_are_fast_and_halve_down_to_one_row() -> None:
    size = BatchSize(rows=600, most=2000)
    size.fast_enough(0.5)
    assert size.rows == 1200
    size.fast_enough(2.5)
    assert size.rows == 1200
    size.fast_enough(0.1)
    assert size.rows == 2000
    halvings = 0
    while size.halve():
        halvings += 1
    assert (size.rows, halvings) == (1, 10)
