"""Scenarios 2, 3, 13, 14, 15, 52, 54 and 58: a workstation that was killed, set back, copied, or ran out of room."""

from __future__ import annotations

import pytest
from tests.integration.sync.conftest import NewDesk
from tests.support.district import Town
from tests.support.set_back import Image, confirm_recovery, image_of, set_back
from tests.support.sync_rows import a_visit
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.storage.recovery_state import Finding, Found, read_found, recovers
from clinicdesk.sync.errors import RecoveryNeededError


def found_at(desk: Workstation) -> Found | None:
    with desk.store.read() as session:
        return read_found(session)


def accepted(town: Town, key: str) -> int:
    """How many changes of a row the district has accepted."""
    ((count,),) = town.query("SELECT count(*) FROM change_history WHERE row_id = %s", key)
    return int(count)


def recovered(town: Town, desk: Workstation) -> None:
    """The next session is refused, an administrator confirms, and one more session comes to its end."""
    with pytest.raises(RecoveryNeededError):
        desk.sync()
    confirm_recovery(desk, town.dora)
    desk.sync()
    with desk.store.read() as session:
        assert not recovers(session)
        assert read_found(session) is None


def test_scenario_13_a_restored_database_says_so_and_sends_nothing_before_somebody_confirms(
    town: Town, ann: Workstation
) -> None:
    ann.insert(a_visit(town, notes="in the backup"))
    ann.sync()
    backup = image_of(ann)
    ann.insert(a_visit(town, notes="after the backup"))
    ann.sync()
    ann.sync()
    set_back(ann, backup)
    typed = ann.insert(a_visit(town, notes="typed on the restored database"))
    with pytest.raises(RecoveryNeededError) as refused:
        ann.sync()
    assert refused.value.params == {"reason": "rewound"}
    assert found_at(ann) == Found(Finding.REWOUND, 1)
    assert town.rows("clinic_visits", typed) is None
    assert [item["state"] for item in ann.queue() if item["entity_id"] == typed] == ["PENDING"]
    assert ann.row("clinic_visits", typed)["notes"] == "typed on the restored database"
    row = ann.rows("SELECT status, last_error, phase FROM sync_sessions ORDER BY session_seq DESC LIMIT 1")[0]
    assert row == {"status": "FAILED", "last_error": "sync_recovery_needed", "phase": "open"}


def test_scenario_13_what_was_written_after_the_backup_comes_back_and_what_waits_goes_in_once(
    town: Town, ann: Workstation, second: Workstation
) -> None:
    kept = ann.insert(a_visit(town, notes="first"))
    ann.sync()
    waiting = ann.insert(a_visit(town, notes="waits in the backup"))
    backup = image_of(ann)
    ann.update("clinic_visits", kept, notes="edited after the backup")
    ann.update("clinic_visits", waiting, notes="folded into the item that waited")
    later = ann.insert(a_visit(town, notes="new after the backup"))
    ann.sync()
    ann.sync()
    set_back(ann, backup)
    typed = ann.insert(a_visit(town, notes="typed on the restored database"))
    recovered(town, ann)
    second.sync()
    for desk in (ann, second):
        assert desk.row("clinic_visits", kept)["notes"] == "edited after the backup"
        assert desk.row("clinic_visits", waiting)["notes"] == "folded into the item that waited"
        assert desk.row("clinic_visits", later)["notes"] == "new after the backup"
        assert desk.row("clinic_visits", typed)["notes"] == "typed on the restored database"
    assert [accepted(town, key) for key in (kept, waiting, later, typed)] == [2, 1, 1, 1]
    assert ann.queue("REJECTED", "HELD", "PENDING", "IN_FLIGHT") == []
    assert town.query("SELECT count(*) FROM sync_inbox") == [(0,)]
    assert ann.conflicts() == []
    ann.sync()
    assert_nothing_lost(town, second)
    assert_equal_to_district(ann, second)


def test_scenario_13_an_edit_on_the_older_row_is_a_conflict_not_the_last_word(town: Town, ann: Workstation) -> None:
    visit = ann.insert(a_visit(town, notes="first"))
    ann.sync()
    backup = image_of(ann)
    ann.update("clinic_visits", visit, notes="what the district has")
    ann.sync()
    ann.sync()
    set_back(ann, backup)
    ann.update("clinic_visits", visit, notes="typed on the older row")
    recovered(town, ann)
    (conflict,) = ann.conflicts()
    assert conflict["client_version"] == {"notes": "typed on the older row"}
    assert conflict["server_version"] == {"notes": "what the district has"}
    assert ann.row("clinic_visits", visit)["notes"] == "what the district has"
    assert_nothing_lost(town, ann)
    ann.sync()
    assert_equal_to_district(ann)


def test_scenario_13_a_recovery_that_is_cut_goes_on_with_the_next_session(town: Town, ann: Workstation) -> None:
    """Killed after every step in turn: the mark that a recovery is under way ends with the session that ends it."""
    keys = [ann.insert(a_visit(town, notes="first"))]
    ann.sync()
    backup = image_of(ann)
    keys += [ann.insert(a_visit(town, notes=f"after {n}")) for n in range(3)]
    ann.sync()
    ann.sync()
    set_back(ann, backup)
    typed = ann.insert(a_visit(town, notes="typed on the restored database"))
    with pytest.raises(RecoveryNeededError):
        ann.sync()
    confirm_recovery(ann, town.dora)
    steps = 0
    while True:
        steps += 1
        session = ann.session()
        if not any([session.step() for _ in range(steps)][-1:]):
            break
        ann.reopen()
    assert steps > 2
    assert {row["id"] for row in ann.rows("SELECT id FROM clinic_visits")} == {*keys, typed}
    assert accepted(town, typed) == 1
    ann.sync()
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)


def test_scenario_13_both_branches_of_the_audit_chain_reach_the_district(town: Town, ann: Workstation) -> None:
    """Gapless device sequences: each row names the one before it, also where the chain parts (D21)."""
    ann.insert(a_visit(town))
    ann.sync()
    backup = image_of(ann)
    for number in range(3):
        ann.insert(a_visit(town, notes=f"lost here {number}"))
    ann.sync()
    ann.sync()
    set_back(ann, backup)
    ann.insert(a_visit(town, notes="on the restored database"))
    recovered(town, ann)
    ann.sync()
    ann.sync()
    rows = town.query("SELECT seq, hash, prev_hash FROM audit_logs WHERE device_id = %s", ann.device)
    known = {(seq, digest) for seq, digest, _before in rows}
    assert len({seq for seq, _digest in known}) < len(known), "two branches"
    assert all(seq == 1 or (seq - 1, before) in known for seq, _digest, before in rows)
    here = {row["hash"] for row in ann.rows("SELECT hash FROM audit_logs")}
    unsent = here - {digest for _seq, digest in known}
    assert len(unsent) <= 2, "rows of the last session ride with the next"
    assert town.query("SELECT reason FROM sync_inbox") == []
    assert [row["incarnation"] for row in ann.rows("SELECT DISTINCT incarnation FROM sync_sessions ORDER BY 1")] == [
        1,
        2,
    ]


def test_scenario_14_acknowledged_commits_that_a_power_cut_takes_back_are_found_and_brought_back(
    town: Town, ann: Workstation
) -> None:
    """The image of the moment before the push: with NORMAL it may be what the disk holds after the power cut."""
    visit = ann.insert(a_visit(town, notes="typed"))
    session = ann.session()
    image = image_of(ann)
    while session.step():
        pass
    ann.insert(a_visit(town, notes="acknowledged, then gone"))
    ann.sync()
    set_back(ann, image)
    recovered(town, ann)
    assert {row["notes"] for row in ann.rows("SELECT notes FROM clinic_visits")} == {"typed", "acknowledged, then gone"}
    assert accepted(town, visit) == 1
    ann.sync()
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)


def test_scenario_14_the_loss_of_a_single_acknowledged_batch_is_found(town: Town, ann: Workstation) -> None:
    ann.insert(a_visit(town, notes="typed"))
    image: list[Image] = []
    session = ann.session()
    while session.step():
        if session.phase == "outcomes":
            image.append(image_of(ann))
    set_back(ann, image[0])
    with pytest.raises(RecoveryNeededError):
        ann.sync()


def test_scenario_15_one_of_two_machines_with_one_identity_is_told(
    town: Town, ann: Workstation, new_desk: NewDesk
) -> None:
    ann.insert(a_visit(town))
    ann.sync()
    nonce = (ann.folder / "session-nonce").read_bytes()
    ann.sync()
    ann.sync()
    (ann.folder / "session-nonce").write_bytes(nonce)
    with pytest.raises(RecoveryNeededError) as refused:
        ann.sync()
    assert refused.value.params == {"reason": "cloned"}
    assert found_at(ann) == Found(Finding.CLONED, 1)
