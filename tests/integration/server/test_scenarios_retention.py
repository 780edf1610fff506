"""What is forgotten, and what is never forgotten by that: compaction, purged rows, erasure (scenarios 20, 29, 60)."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

import pytest
from tests.integration.server.test_scenarios_durability import (
    NewDesk,
    backups,
    district_uri,
    house,
    new_desk,
    open_conflicts,
    postgres_uri,
    town,
)
from tests.support.district import NOW, Town, allergy, fresh, insert
from tests.support.restoring import Backups
from tests.support.sync_rows import a_visit, an_allergy, vitals
from tests.support.workstation import DirectLine, Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.models.enums import AuditAction, UserRole, WritePurpose
from clinicdesk.server import office
from clinicdesk.server.compaction import Compacted, compact, expire_deleted
from clinicdesk.server.erasure import Erasing
from clinicdesk.server.errors import DistrictSetupError
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.policies import DELETED_ROWS_KEPT, LAST_SCHOOL_KEEPS, RECEIPTS_KEPT, TOMBSTONES_KEPT, Days, days
from clinicdesk.server.removal import remove_rows
from clinicdesk.server.review import Review, Wanted, person_named
from clinicdesk.server.synced_tables import synced_tables
from clinicdesk.server.upkeep import keep_up
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.context import WorkContext
from clinicdesk.sync.protocol import UNASSIGNED, PullRequest
from clinicdesk.sync.resolve import Choice, Decision, resolve

__all__ = ["backups", "district_uri", "house", "new_desk", "postgres_uri", "town"]

AGES = dt.timedelta(days=401)


def purge(town: Town, table: str, *keys: str) -> None:
    """The retention job of the district takes rows out for good."""
    with town.database.owning(retention=True) as connection:
        remove_rows(connection, {table: list(keys)}, town.clock.now())


def by_message(town: Town, name: str) -> str:
    """An allergy that a third workstation sent; its key."""
    desk = town.desk(town.ann, town.oak)
    draft = insert("allergies", allergy(town.students[name]))
    assert desk.push_one(draft).outcome.value == "applied"
    return draft.key


def decide(town: Town, policy: Days, value: int) -> None:
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, town.dora, town.clock.now())
        setting = {"key": policy.key, "value": str(value), "scope": "DISTRICT", "value_type": "NUMBER"}
        writes.insert("system_configurations", {fresh(): setting})
        writes.close()


def begins_at_nothing(desk: Workstation) -> bool:
    """Whether a pull of the last session asked for a snapshot instead of going on from its cursor."""
    assert isinstance(desk.line, DirectLine)
    return any(isinstance(request, PullRequest) and request.cursor is None for _path, request in desk.line.asked)


def test_scenario_20_a_cursor_behind_the_horizon_takes_a_snapshot_over_what_is_here(
    town: Town, new_desk: NewDesk
) -> None:
    old, other = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    visit = old.insert(a_visit(town, notes="as it was"))
    kept = old.insert(an_allergy(town))
    old.sync()
    gone = by_message(town, "jack")
    for desk in (other, old):
        desk.sync()
    old.update("clinic_visits", visit, treatment="typed offline")
    offline = old.insert(a_visit(town, notes="written offline"))
    other.update("clinic_visits", visit, notes="changed meanwhile")
    other.update("allergies", kept, notes="changed meanwhile")
    other.sync()
    purge(town, "allergies", gone)
    town.clock.advance(AGES)
    other.insert(a_visit(town, notes="much later"))
    other.sync()
    done = compact(town.database, town.district, town.clock)
    assert (done.horizon > 0, done.tombstones) == (True, 1)
    assert compact(town.database, town.district, town.clock) == Compacted(done.horizon, 0, 0)
    old.line = old.direct()
    old.sync()
    asked = [path for path, _request in old.line.asked]
    assert asked.index("/v1/push") < asked.index("/v1/pull"), "the queue goes first"
    assert begins_at_nothing(old)
    row = old.row("clinic_visits", visit)
    assert (row["notes"], row["treatment"]) == ("changed meanwhile", "typed offline")
    assert old.row("allergies", kept)["notes"] == "changed meanwhile"
    assert town.rows("clinic_visits", offline) is not None
    assert old.rows("SELECT id FROM allergies WHERE id = ?", gone) == []
    other.sync()
    assert open_conflicts(town) == 0
    assert_nothing_lost(town, old, other)
    assert_equal_to_district(old, other)


def test_scenario_20_an_edit_that_comes_while_the_snapshot_does_is_not_overwritten(
    town: Town, new_desk: NewDesk
) -> None:
    old, other = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    visit = old.insert(a_visit(town, notes="as it was"))
    for desk in (old, other, old):
        desk.sync()
    other.update("clinic_visits", visit, treatment="changed meanwhile")
    other.sync()
    town.clock.advance(AGES)
    other.insert(a_visit(town, notes="much later"))
    other.sync()
    compact(town.database, town.district, town.clock)
    session = old.session()
    while session.phase.value != "pull":
        session.step()
    old.update("clinic_visits", visit, notes="typed while the snapshot came")
    while session.step():
        pass
    row = old.row("clinic_visits", visit)
    assert (row["notes"], row["treatment"]) == ("typed while the snapshot came", "changed meanwhile")
    old.sync()
    other.sync()
    assert (town.rows("clinic_visits", visit) or {})["notes"] == "typed while the snapshot came"
    assert_nothing_lost(town, old, other)
    assert_equal_to_district(old, other)


def test_scenario_20_a_workstation_within_the_horizon_and_a_new_one_notice_nothing(
    town: Town, new_desk: NewDesk
) -> None:
    ann = new_desk(town.ann, town.oak)
    ann.insert(a_visit(town))
    for _quiet in range(5):
        ann.sync()
        town.clock.advance(dt.timedelta(days=101))
    compact(town.database, town.district, town.clock)
    ann.line = ann.direct()
    totals = ann.sync()
    assert totals.pulled == 0
    assert not begins_at_nothing(ann)
    assert len(new_desk(town.ann, town.oak).rows("SELECT id FROM clinic_visits")) == 1
    assert_equal_to_district(ann)


def test_scenario_29_a_row_whose_tombstone_expired_is_found_by_its_digest_and_goes(
    town: Town, new_desk: NewDesk
) -> None:
    old, other = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    peanut = old.insert(an_allergy(town))
    for desk in (old, other, old):
        desk.sync()
    decide(town, DELETED_ROWS_KEPT, 30)
    other.sync()
    other.delete("allergies", peanut)
    other.sync()
    assert expire_deleted(town.database, town.clock) == 0, "never before 400 days"
    town.clock.advance(AGES)
    assert keep_up(town.database, town.district, town.clock).expired == 1
    town.clock.advance(AGES)
    other.insert(a_visit(town))
    other.sync()
    assert keep_up(town.database, town.district, town.clock).tombstones == 1
    assert town.query("SELECT 1 FROM change_log WHERE row_id = %s", peanut) == []
    totals = old.sync()
    assert (totals.mismatches >= 1, totals.removed) == (True, 1)
    assert old.rows("SELECT id FROM allergies WHERE id = ?", peanut) == []
    assert office.verify(town.database) == []
    assert_equal_to_district(old, other)


def test_scenario_29_an_edit_of_a_row_whose_tombstone_expired_is_a_conflict(town: Town, new_desk: NewDesk) -> None:
    old, other = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    peanut = by_message(town, "iris")
    for desk in (old, other, old):
        desk.sync()
    old.update("allergies", peanut, notes="typed offline")
    purge(town, "allergies", peanut)
    town.clock.advance(AGES)
    other.insert(a_visit(town))
    other.sync()
    compact(town.database, town.district, town.clock)
    for desk in (old, other):
        desk.sync()
    assert town.rows("allergies", peanut) is None
    for desk in (old, other):
        (conflict,) = desk.conflicts()
        assert (conflict["kind"], conflict["client_version"]["notes"]) == ("DELETE_VS_EDIT", "typed offline")
        assert desk.rows("SELECT id FROM allergies WHERE id = ?", peanut) == []
    assert_nothing_lost(town, old, other)
    assert_equal_to_district(old, other)


@pytest.mark.parametrize("decider", ["old", "other"])
def test_scenario_29_what_was_purged_is_restored_whole_with_the_edit(
    town: Town, new_desk: NewDesk, decider: str
) -> None:
    desks = {"old": new_desk(town.ann, town.oak), "other": new_desk(town.ann, town.oak)}
    old, other = desks.values()
    peanut = by_message(town, "iris")
    for desk in (old, other):
        desk.sync()
    before = old.row("allergies", peanut)
    old.update("allergies", peanut, notes="typed offline")
    purge(town, "allergies", peanut)
    town.clock.advance(AGES)
    other.insert(a_visit(town))
    other.sync()
    compact(town.database, town.district, town.clock)
    for desk in (old, other):
        desk.sync()
    (conflict,) = desks[decider].conflicts()
    with desks[decider].store.write(WorkContext(uuid.UUID(town.ann), WritePurpose.CARE, role=UserRole.NURSE)) as work:
        resolve(work, Decision(uuid.UUID(conflict["id"]), Choice.RESTORE))
        work.audit(AuditEntry(AuditAction.CONFLICT_RESOLVE, "SyncConflict"))
    for desk in (desks[decider], old, other):
        desk.sync()
        assert desk.queue("PENDING", "HELD", "REJECTED") == []
    for desk in (old, other):
        found = desk.row("allergies", peanut)
        told = {name for name in synced_tables()["allergies"].columns if name != "notes"}
        assert {name: found[name] for name in told} == {name: before[name] for name in told}
        assert found["notes"] == "typed offline"
        assert desk.conflicts() == []
    assert_nothing_lost(town, old, other)
    assert_equal_to_district(old, other)
    assert office.verify(town.database) == []


def test_scenario_27_a_second_deletion_of_a_row_that_was_purged_is_one(town: Town, new_desk: NewDesk) -> None:
    old = new_desk(town.ann, town.oak)
    peanut = by_message(town, "iris")
    old.sync()
    old.delete("allergies", peanut)
    purge(town, "allergies", peanut)
    old.sync()
    assert old.conflicts() == []
    assert old.rows("SELECT id FROM allergies WHERE id = ?", peanut) == []
    assert_equal_to_district(old)


def erasing(town: Town, file: Path | None = None) -> Erasing:
    return Erasing(town.database, town.clock, town.district, file)


def erase(town: Town, table: str, key: str, by: str, file: Path | None = None) -> dict[str, int]:
    with town.database.owning() as connection:
        person = person_named(connection, by)
    return erasing(town, file).erase(table, key, person=person, reference="R-2026-17")


def test_scenario_60_an_erased_row_goes_everywhere_and_what_arrives_of_it_is_held_unseen(
    town: Town, new_desk: NewDesk
) -> None:
    ann, other = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    visit = ann.insert(a_visit(town, notes="secret one"))
    for desk in (ann, other):
        desk.sync()
    ann.update("clinic_visits", visit, notes="secret two")
    ann.sync()
    other.sync()
    other.update("clinic_visits", visit, notes="secret three")
    assert erase(town, "clinic_visits", visit, town.dora) == {"clinic_visits": 1}
    for desk in (other, ann):
        desk.sync()
    for desk in (ann, other):
        assert desk.rows("SELECT id FROM clinic_visits") == []
        assert desk.rows("SELECT 1 FROM sync_rows WHERE row_id = ?", visit) == []
        said = [item["changes"] for item in desk.queue() if item["entity_id"] == visit]
        assert "secret" not in "".join(said)
        (marker,) = desk.rows("SELECT sync_status FROM sync_states WHERE entity_id = ?", visit)
        assert marker["sync_status"] == "ERASED"
    (held,) = Review(town.database, town.clock).listed(Wanted(reason="erased"))
    assert (held["row"], held["state"]) == (visit, "QUARANTINED")
    with pytest.raises(DistrictSetupError, match="erased"):
        Review(town.database, town.clock).show(held["id"], town.dora)
    with pytest.raises(DistrictSetupError, match="not_releasable"):
        Review(town.database, town.clock).release(Wanted([held["id"]]), town.dora)
    ((history,),) = town.query("SELECT json_agg(changes)::text FROM change_history WHERE row_id = %s", visit)
    assert "secret" not in history
    ((trail,),) = town.query("SELECT count(*) FROM audit_logs WHERE action = 'RETENTION_PURGE' AND result = 'erased'")
    assert trail == 1
    assert office.verify(town.database) == []
    assert_equal_to_district(ann, other)
    Review(town.database, town.clock).dismiss(Wanted([held["id"]]), town.dora, "the request covers it")
    ((left,),) = town.query("SELECT payload::text FROM sync_inbox WHERE row_id = %s", visit)
    assert "secret" not in left


def test_scenario_60_the_marker_outlives_tombstones_and_receipts(town: Town, new_desk: NewDesk) -> None:
    ann, late = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    peanut = ann.insert(an_allergy(town))
    for desk in (ann, late):
        desk.sync()
    late.update("allergies", peanut, notes="secret")
    erase(town, "allergies", peanut, town.dora)
    town.clock.advance(2 * AGES)
    ann.insert(a_visit(town))
    ann.sync()
    keep_up(town.database, town.district, town.clock)
    assert town.query("SELECT 1 FROM change_log WHERE row_id = %s", peanut) == []
    late.sync()
    (held,) = Review(town.database, town.clock).listed()
    assert (held["reason"], held["row"]) == ("erased", peanut)
    assert open_conflicts(town) == 0
    assert late.rows("SELECT id FROM allergies") == []
    assert_equal_to_district(ann, late)


def test_scenario_60_a_whole_record_goes_with_the_student(town: Town, new_desk: NewDesk) -> None:
    ann = new_desk(town.ann, town.oak)
    iris = town.students["iris"]
    visit = ann.insert(a_visit(town))
    ann.insert(an_allergy(town))
    ann.insert(vitals(town, temperature=37))
    ann.sync()
    before = len(ann.rows("SELECT id FROM students"))
    counted = erasing(town).would_erase("students", iris)
    assert counted["clinic_visits"] == counted["students"] == counted["student_enrollments"] == 1
    assert town.rows("clinic_visits", visit) is not None, "counting erases nothing"
    assert erase(town, "students", iris, town.dora) == counted
    ann.sync()
    assert len(ann.rows("SELECT id FROM students")) == before - 1
    assert [ann.rows(f"SELECT id FROM {table}") for table in ("clinic_visits", "allergies", "vital_signs")] == [[]] * 3
    assert office.verify(town.database) == []
    assert_equal_to_district(ann)


def test_scenario_60_an_older_backup_does_not_bring_an_erased_row_back(
    town: Town, backups: Backups, new_desk: NewDesk, tmp_path: Path
) -> None:
    ann = new_desk(town.ann, town.oak)
    peanut = ann.insert(an_allergy(town))
    ann.sync()
    restore = backups.keep()
    file = tmp_path / "erasures.json"
    erase(town, "allergies", peanut, town.dora, file)
    assert "Peanut" not in file.read_text()
    restore()
    assert town.rows("allergies", peanut) is not None
    assert (erasing(town, file).repeat(), erasing(town, file).repeat()) == (1, 0)
    assert town.rows("allergies", peanut) is None
    ann.sync()
    ann.sync()
    assert ann.rows("SELECT id FROM allergies") == []
    assert_equal_to_district(ann)


def test_scenario_60_only_who_answers_for_the_district_erases_and_never_without_a_reference(town: Town) -> None:
    iris = town.students["iris"]
    with pytest.raises(DistrictSetupError, match="no_authority"):
        erase(town, "students", iris, town.ann)
    with town.database.owning() as connection:
        person = person_named(connection, town.dora)
    with pytest.raises(DistrictSetupError, match="say_why"):
        erasing(town).erase("students", iris, person=person, reference=" ")
    with pytest.raises(DistrictSetupError, match="no_such_row"):
        erasing(town).erase("students", fresh(), person=person, reference="R-1")
    with pytest.raises(DistrictSetupError, match="no_such_table"):
        erasing(town).erase("audit_logs", fresh(), person=person, reference="R-1")
    assert town.rows("students", iris) is not None


def test_scenario_60_a_page_says_which_rows_the_law_took(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    purged = insert("allergies", allergy(town.students["iris"]))
    erased = insert("allergies", allergy(town.students["jack"]))
    desk.push(purged, erased)
    desk.pull()
    purge(town, "allergies", purged.key)
    erase(town, "allergies", erased.key, town.dora)
    (cursor,) = {desk.cursors[town.oak]}
    page = town.exchange.pull(desk.known(), PullRequest([town.oak], cursor))
    assert {gone.key: gone.erased for gone in page.gone} == {purged.key: False, erased.key: True}


def test_d10_the_180_days_are_the_districts_to_decide(town: Town) -> None:
    pupil = town.students["iris"]
    ((enrolment,),) = town.query("SELECT id::text FROM student_enrollments WHERE student_id = %s", pupil)
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, town.dora, NOW)
        writes.update("student_enrollments", enrolment, {"ends_on": "2026-03-02"})
        writes.close()
    decide(town, LAST_SCHOOL_KEEPS, 30)
    scopes = "SELECT scope_id::text FROM scope_members WHERE anchor_id = %s"
    town.clock.advance(dt.timedelta(days=30))
    keep_up(town.database, town.district, town.clock)
    assert town.query(scopes, pupil) == [(town.oak,)]
    town.clock.advance(dt.timedelta(days=1))
    keep_up(town.database, town.district, town.clock)
    assert town.query(scopes, pupil) == [(UNASSIGNED,)]


@pytest.mark.parametrize(
    ("policy", "value", "holds"),
    [
        (LAST_SCHOOL_KEEPS, None, 180),
        (RECEIPTS_KEPT, None, 400),
        (RECEIPTS_KEPT, 30, 400),
        (RECEIPTS_KEPT, 800, 800),
        (TOMBSTONES_KEPT, 10, 400),
        (DELETED_ROWS_KEPT, None, None),
        (DELETED_ROWS_KEPT, 500, 500),
    ],
)
def test_a_policy_holds_as_decided_but_never_below_what_sync_needs(
    town: Town, policy: Days, value: int | None, holds: int | None
) -> None:
    if value is not None:
        decide(town, policy, value)
    with town.database.owning() as connection:
        assert days(connection, policy) == (None if holds is None else dt.timedelta(days=holds))
