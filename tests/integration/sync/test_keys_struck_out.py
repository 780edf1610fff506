"""What was taken back still holds its key: it is said again in the next row of its line, and no page stops (s33, D1).

Acknowledgments and doses are appended and never changed: a row that strikes one out leaves the first one as it was.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from tests.integration.sync.conftest import NewDesk
from tests.integration.sync.test_keys_in_the_way import Meanwhile, assert_same
from tests.integration.sync.test_scenarios_conflicts import settle
from tests.integration.sync.test_scenarios_recovery import recovered
from tests.support.deciders import Decider, sign_in
from tests.support.district import NOW, Town, fresh
from tests.support.set_back import confirm_recovery, image_of, set_back
from tests.support.sync_rows import a_dose, an_order, another_nurse
from tests.support.workstation import Workstation

from clinicdesk.models import MedicationLog, PolicyAcknowledgment
from clinicdesk.models.enums import EntryKind
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.sync.errors import RecoveryNeededError

ACKNOWLEDGMENTS, DOSES = "policy_acknowledgments", "medication_logs"


@pytest.fixture
def policy(town: Town) -> str:
    key = fresh()
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        text = {"title": "Privacy", "category": "FERPA", "content": "Keep it to yourself.", "effective_date": NOW}
        writes.insert("policy_documents", {key: text})
        writes.close()
    return key


@pytest.fixture
def both(policy: str, ann: Workstation, second: Workstation) -> tuple[Workstation, Workstation]:
    """Two desks of one nurse, which know the policy."""
    return ann, second


def following(before: str | None, revision: int, kind: EntryKind) -> dict[str, Any]:
    """The columns by which a row follows on another."""
    if before is None:
        return {}
    reason = "entered in error" if kind is EntryKind.WITHDRAWN else "said again"
    return {
        "supersedes_id": uuid.UUID(before),
        "revision": revision,
        "entry_kind": kind,
        "correction_reason": reason,
    }


def acknowledge(
    town: Town,
    desk: Workstation,
    policy: str,
    before: str | None = None,
    revision: int = 1,
    kind: EntryKind = EntryKind.CORRECTION,
) -> str:
    """The nurse says at this desk that she read the policy, or takes that back."""
    key = fresh()
    row = PolicyAcknowledgment(
        id=uuid.UUID(key),
        policy_id=uuid.UUID(policy),
        user_id=uuid.UUID(town.ann),
        acknowledged_at=NOW,
        policy_version="1.0",
        **following(before, revision, kind),
    )
    return desk.insert(row)


def taken_back(town: Town, desk: Workstation, policy: str) -> tuple[str, str]:
    """An acknowledgment and the row that strikes it out."""
    first = acknowledge(town, desk, policy)
    return first, acknowledge(town, desk, policy, first, 2, EntryKind.WITHDRAWN)


def stands(desk: Workstation, table: str) -> set[str]:
    """The rows that nobody has followed by another, and that strike nothing out."""
    rows = desk.rows(f"SELECT id, supersedes_id, entry_kind FROM {table}")
    followed = {row["supersedes_id"] for row in rows}
    return {row["id"] for row in rows if row["id"] not in followed and row["entry_kind"] != "WITHDRAWN"}


def keys(desk: Workstation, table: str) -> set[str]:
    return {row["id"] for row in desk.rows(f"SELECT id FROM {table}")}


def refused(desk: Workstation) -> list[tuple[str, str]]:
    return [(item["entity_id"], item["last_error"]) for item in desk.queue("HELD", "REJECTED")]


def assert_quiet(desk: Workstation) -> None:
    """The next session fetches nothing again."""
    line = desk.direct()
    desk.sync(line)
    assert "/v1/rows" not in line.paths


# --- Acknowledgments ---------------------------------------------------------------------------------------------


@pytest.mark.prove
@pytest.mark.parametrize("at_the_other", [False, True], ids=["same", "other"])
def test_d01_an_acknowledgment_that_was_taken_back_is_given_again(
    town: Town, policy: str, both: tuple[Workstation, Workstation], at_the_other: bool
) -> None:
    ann, second = both
    first, struck = taken_back(town, ann, policy)
    settle(town, ann, second)
    again = acknowledge(town, second if at_the_other else ann, policy, struck, 3)
    settle(town, second, ann)
    for desk in both:
        assert keys(desk, ACKNOWLEDGMENTS) == {first, struck, again}
        assert stands(desk, ACKNOWLEDGMENTS) == {again}
        assert refused(desk) == []
        assert desk.conflicts() == []
    assert_same(town, *both)


@pytest.mark.prove
def test_d01_an_acknowledgment_given_again_at_two_desks_is_a_fork_and_both_stay(
    town: Town, policy: str, both: tuple[Workstation, Workstation]
) -> None:
    ann, second = both
    _first, struck = taken_back(town, ann, policy)
    settle(town, ann, second)
    again = {acknowledge(town, desk, policy, struck, 3) for desk in both}
    settle(town, second, ann)
    for desk in both:
        assert stands(desk, ACKNOWLEDGMENTS) == again
        assert {one["kind"] for one in desk.conflicts()} == {"FORK"}
    assert_same(town, *both)


@pytest.mark.prove
@pytest.mark.parametrize("mine_first", [False, True])
def test_scenario_33_an_acknowledgment_typed_beside_one_that_was_taken_back_is_kept_and_can_be_given_again(
    town: Town, policy: str, both: tuple[Workstation, Workstation], mine_first: bool
) -> None:
    """Neither desk knew of the other. The district has the key once, whichever comes first."""
    ann, second = both
    line = taken_back(town, second, policy)
    typed = acknowledge(town, ann, policy)
    settle(town, *((ann, second) if mine_first else (second, ann)))
    late, kept = (second, [*line]) if mine_first else (ann, [typed])
    assert [key for key, _why in refused(late)] == kept
    assert refused(ann if mine_first else second) == []
    stood = {typed} if mine_first else set(line)
    for desk in both:
        assert keys(desk, ACKNOWLEDGMENTS) == stood
        assert_quiet(desk)
    if not mine_first:
        again = acknowledge(town, ann, policy, line[1], 3)
        settle(town, ann, second)
        for desk in both:
            assert stands(desk, ACKNOWLEDGMENTS) == {again}
    assert_same(town, *both)


@pytest.mark.prove
@pytest.mark.sent_once
def test_scenario_33_an_acknowledgment_typed_while_a_line_with_its_key_is_on_its_way_stops_no_page(
    town: Town, policy: str, both: tuple[Workstation, Workstation]
) -> None:
    """What cannot stand beside it waits with all that names it, until the district has answered."""
    ann, second = both
    first, struck = taken_back(town, second, policy)
    again = acknowledge(town, second, policy, struck, 3)
    second.sync()
    typed: list[str] = []
    ann.sync(Meanwhile(ann.direct(), lambda: typed.append(acknowledge(town, ann, policy))))
    assert ann.last is not None
    assert ann.last.equal is True
    assert keys(ann, ACKNOWLEDGMENTS) == set(typed)
    ann.sync()
    assert refused(ann) == [(typed[0], "unique")]
    assert keys(ann, ACKNOWLEDGMENTS) == {first, struck, again}
    assert_quiet(ann)
    assert_same(town, ann, second)


@pytest.mark.sent_once
def test_scenario_33_one_that_waits_and_is_followed_meanwhile_stops_no_later_page(
    town: Town, policy: str, both: tuple[Workstation, Workstation]
) -> None:
    ann, second = both
    first = acknowledge(town, second, policy)
    second.sync()
    typed: list[str] = []
    ann.sync(Meanwhile(ann.direct(), lambda: typed.append(acknowledge(town, ann, policy))))
    assert keys(ann, ACKNOWLEDGMENTS) == set(typed)
    struck = acknowledge(town, second, policy, first, 2, EntryKind.WITHDRAWN)
    second.sync()
    ann.sync()
    assert refused(ann) == [(typed[0], "unique")]
    assert keys(ann, ACKNOWLEDGMENTS) == {first, struck}
    again = acknowledge(town, ann, policy, struck, 3)
    settle(town, ann, second)
    for desk in both:
        assert stands(desk, ACKNOWLEDGMENTS) == {again}
    assert_quiet(ann)
    assert_same(town, ann, second)


# --- Doses -------------------------------------------------------------------------------------------------------


class Slot:
    """One slot of an order, and what desks write of it."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.medicine, self.order = an_order(town)

    def given(
        self,
        desk: Workstation,
        words: str,
        before: str | None = None,
        revision: int = 1,
        kind: EntryKind = EntryKind.CORRECTION,
    ) -> str:
        more = {"notes": words, **following(before, revision, kind)}
        log: MedicationLog = a_dose(self.town, self.medicine, self.order, desk.device, **more)
        return desk.insert(log)

    def struck_out(self, desk: Workstation, words: str) -> tuple[str, str]:
        first = self.given(desk, words)
        return first, self.given(desk, words, first, 2, EntryKind.WITHDRAWN)


@pytest.mark.prove
@pytest.mark.parametrize("sessions", ["each", "one"])
def test_m17_a_dose_struck_out_is_charted_again_and_every_row_of_it_stays(
    town: Town, ann: Workstation, second: Workstation, sessions: str
) -> None:
    slot = Slot(town)
    settle(town, ann, second)
    first, struck = slot.struck_out(ann, "the other tablet")
    if sessions == "each":
        settle(town, ann, second)
    again = slot.given(ann, "the right one", struck, 3)
    settle(town, ann, second)
    for desk in (ann, second):
        assert keys(desk, DOSES) == {first, struck, again}
        assert stands(desk, DOSES) == {again}
        assert desk.rows("SELECT medication_log_id FROM dose_slots") == [{"medication_log_id": again}]
        assert refused(desk) == []
        assert desk.conflicts() == []
    assert_same(town, ann, second)


@pytest.mark.prove
@pytest.mark.parametrize("first_in", ["ann", "second"])
def test_m07_a_dose_struck_out_and_charted_again_at_two_desks_merges_away_at_none(
    town: Town, ann: Workstation, second: Workstation, first_in: str
) -> None:
    slot = Slot(town)
    settle(town, ann, second)
    _first, struck = slot.struck_out(ann, "the other tablet")
    settle(town, ann, second)
    desks: Sequence[Workstation] = (ann, second)
    again = {slot.given(desk, f"again, at {desk.device}", struck, 3) for desk in desks}
    settle(town, *(desks if first_in == "ann" else reversed(desks)))
    for desk in desks:
        assert stands(desk, DOSES) == again
        assert {one["kind"] for one in desk.conflicts()} == {"FORK"}
    assert_same(town, ann, second)


@pytest.mark.prove
def test_m07_a_dose_struck_out_at_two_desks_and_given_again_at_both_is_shown_as_a_double(
    town: Town, ann: Workstation, second: Workstation
) -> None:
    slot = Slot(town)
    settle(town, ann, second)
    first = slot.given(ann, "the other tablet")
    settle(town, ann, second)
    again = set()
    for desk in (ann, second):
        struck = slot.given(desk, "the other tablet", first, 2, EntryKind.WITHDRAWN)
        again.add(slot.given(desk, f"again, at {desk.device}", struck, 3))
    settle(town, second, ann)
    for desk in (ann, second):
        assert stands(desk, DOSES) == again
        assert {one["kind"] for one in desk.conflicts()} == {"FORK", "POSSIBLE_DUPLICATE"}
    assert_same(town, ann, second)


@pytest.mark.prove
def test_d01_a_fork_that_one_desk_joins_while_the_other_corrects_its_end_loses_neither(
    town: Town, ann: Workstation, new_desk: NewDesk
) -> None:
    slot = Slot(town)
    cora = new_desk(another_nurse(town), town.oak)
    settle(town, ann, cora)
    first = slot.given(ann, "at noon")
    settle(town, ann, cora)
    mine, _theirs = (slot.given(desk, f"corrected at {desk.device}", first, 2) for desk in (ann, cora))
    settle(town, ann, cora)
    decider = Decider(sign_in(town, cora, cora.user))
    (fork,) = cora.conflicts()
    later = slot.given(ann, "corrected once more", mine, 3)
    decider.follow(fork["id"], {"notes": "decided by Cora"})
    settle(town, ann, cora)
    for desk in (ann, cora):
        assert refused(desk) == []
        notes = {row["id"]: row["notes"] for row in desk.rows("SELECT id, notes FROM medication_logs")}
        assert sorted(notes[key] for key in stands(desk, DOSES)) == ["corrected once more", "decided by Cora"]
        assert later in stands(desk, DOSES)
    assert_same(town, ann, cora)


@pytest.mark.prove
def test_scenario_13_a_dose_charted_on_the_restored_database_beside_one_struck_out_is_kept_and_charted_again(
    town: Town, ann: Workstation, second: Workstation
) -> None:
    """The desk's own struck-out row has the key; what was typed waits for a person, who finds the slot free."""
    slot = Slot(town)
    settle(town, ann, second)
    backup = image_of(ann)
    first, struck = slot.struck_out(ann, "the other tablet")
    ann.sync()
    set_back(ann, backup)
    typed = slot.given(ann, "after the backup")
    recovered(town, ann)
    ann.sync()
    assert refused(ann) == [(typed, "unique")]
    assert keys(ann, DOSES) == {first, struck}
    assert ann.rows("SELECT medication_log_id FROM dose_slots") == []
    again = slot.given(ann, "after the backup", struck, 3)
    settle(town, ann, second)
    for desk in (ann, second):
        assert stands(desk, DOSES) == {again}
    assert_same(town, ann, second)


@pytest.mark.prove
@pytest.mark.sent_once
def test_scenario_13_a_dose_typed_while_a_struck_out_one_comes_back_stops_no_page(
    town: Town, ann: Workstation, second: Workstation
) -> None:
    slot = Slot(town)
    settle(town, ann, second)
    backup = image_of(ann)
    first, struck = slot.struck_out(ann, "the other tablet")
    again = slot.given(ann, "the right one", struck, 3)
    ann.sync()
    set_back(ann, backup)
    with pytest.raises(RecoveryNeededError):
        ann.sync()
    confirm_recovery(ann, town.dora)
    typed: list[str] = []
    ann.sync(Meanwhile(ann.direct(), lambda: typed.append(slot.given(ann, "typed meanwhile"))))
    assert keys(ann, DOSES) == set(typed)
    ann.sync()
    assert refused(ann) == [(typed[0], "unique")]
    assert keys(ann, DOSES) == {first, struck, again}
    assert ann.rows("SELECT medication_log_id FROM dose_slots") == [{"medication_log_id": again}]
    assert_quiet(ann)
    second.sync()
    assert_same(town, ann, second)
