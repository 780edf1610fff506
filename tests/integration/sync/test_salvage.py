"""Scenario 53: a page that fails its HMAC; what was typed is carried into a fresh database and reaches the district."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.damage import damage_leaf, damage_root
from tests.support.databases import TEST_KEY
from tests.support.district import Town
from tests.support.sync_rows import a_visit, an_allergy
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.core.paths import ProfilePaths
from clinicdesk.models.enums import WriteMode, WritePurpose
from clinicdesk.security.errors import SealBrokenError
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.damaged_file import is_sound
from clinicdesk.storage.device_facts import DATA_KEYS, District, write_district, write_fact
from clinicdesk.storage.errors import DatabaseUnreadableError
from clinicdesk.storage.recovery_state import recovers
from clinicdesk.sync.salvage import (
    QUEUE,
    NothingToSalvageError,
    Salvaged,
    SalvageNotPossibleError,
    read_export,
    salvage,
)

EXPORT_KEY = bytes(range(32))


def enrolled(town: Town, desk: Workstation) -> None:
    """The facts that enrolment leaves, without which nobody knows whose workstation it was."""
    with desk.store.apply(WorkContext(None, WritePurpose.SYNC, mode=WriteMode.APPLY)) as work:
        write_district(work.session, District(uuid.UUID(town.district), "Example", "host:1", ("pin",), b"ca", b"key"))
        write_fact(work.session, DATA_KEYS, content=b"sealed")


def damaged(desk: Workstation, damage: Callable[[Path, bytes, str], None], table: str) -> None:
    desk.store.close()
    damage(desk.folder / "clinic.db", TEST_KEY, table)


def salvaged(desk: Workstation) -> Salvaged:
    found = salvage(ProfilePaths(desk.folder), TEST_KEY, EXPORT_KEY, desk.clock)
    desk.reopen()
    return found


@pytest.mark.parametrize(
    ("damage", "table"),
    [(damage_leaf, QUEUE), (damage_root, QUEUE), (damage_root, "clinic_visits"), (damage_root, "sync_rows")],
)
def test_scenario_53_nothing_typed_is_lost_with_a_page_of_the_queue_or_of_the_rows(
    town: Town, ann: Workstation, second: Workstation, damage: Callable[[Path, bytes, str], None], table: str
) -> None:
    enrolled(town, ann)
    sent = ann.insert(a_visit(town, notes="sent before"))
    ann.sync()
    ann.update("clinic_visits", sent, notes="edited, not yet sent")
    allergy = ann.insert(an_allergy(town, "iris", allergen="Latex"))
    with ann.write() as session:
        typed = [a_visit(town, notes=f"typed {number} {'x' * 150}") for number in range(60)]
        session.add_all(typed)
        session.flush()
        keys = {str(visit.id): visit.notes for visit in typed}
    damaged(ann, damage, table)
    found = salvaged(ann)
    assert (found.unread.get(QUEUE, 0) > 0) is (table == QUEUE)
    assert (found.made > 0) is (table == QUEUE)
    assert found.waiting == 62
    assert found.damaged is not None
    assert not is_sound(found.damaged / "clinic.db", TEST_KEY)
    assert is_sound(ann.folder / "clinic.db", TEST_KEY)
    ann.sync()
    with ann.store.read() as reading:
        assert not recovers(reading)
    second.sync()
    for desk in (ann, second):
        assert desk.row("clinic_visits", sent)["notes"] == "edited, not yet sent"
        assert desk.row("allergies", allergy)["allergen"] == "Latex"
        assert {key: desk.row("clinic_visits", key)["notes"] for key in keys} == keys
    assert ann.queue("PENDING", "IN_FLIGHT", "HELD", "REJECTED") == []
    assert ann.conflicts() == []
    ann.sync()
    assert_nothing_lost(town, ann, second)
    assert_equal_to_district(ann, second)


def test_scenario_53_a_session_that_meets_the_bad_page_stops_and_says_so(town: Town, ann: Workstation) -> None:
    ann.insert(a_visit(town, notes="typed"))
    damaged(ann, damage_root, QUEUE)
    ann.reopen()
    with pytest.raises(DatabaseUnreadableError):
        ann.sync()
    assert town.query("SELECT count(*) FROM clinic_visits") == [(0,)]
    (row,) = ann.rows("SELECT status, last_error FROM sync_sessions ORDER BY session_seq DESC LIMIT 1")
    assert row == {"status": "FAILED", "last_error": "database_unreadable"}


def test_scenario_53_the_export_is_sealed_and_holds_every_item_that_could_be_read(town: Town, ann: Workstation) -> None:
    enrolled(town, ann)
    ann.insert(a_visit(town, notes="typed"))
    damaged(ann, damage_root, "clinic_visits")
    found = salvaged(ann)
    assert found.export is not None
    assert b"typed" not in found.export.read_bytes()
    exported = read_export(found.export, EXPORT_KEY)["queue"]
    assert {item["entity_id"] for item in exported} == {item["entity_id"] for item in ann.queue()}
    with pytest.raises(SealBrokenError):
        read_export(found.export, bytes(32))


def test_scenario_53_the_audit_chain_goes_on_where_it_stood(town: Town, ann: Workstation) -> None:
    enrolled(town, ann)
    ann.insert(a_visit(town))
    before = ann.rows("SELECT max(seq) AS seq FROM audit_logs")[0]["seq"]
    damaged(ann, damage_root, QUEUE)
    salvaged(ann)
    ann.sync()
    ann.insert(a_visit(town))
    ann.sync()
    ann.sync()
    rows = town.query("SELECT seq, hash, prev_hash FROM audit_logs WHERE device_id = %s ORDER BY seq", ann.device)
    assert [seq for seq, _hash, _before in rows] == list(range(1, len(rows) + 1))
    assert [digest for _seq, digest, _before in rows][:-1] == [before for _seq, _digest, before in rows][1:]
    assert len(rows) > before


def test_scenario_53_a_sound_database_is_not_touched(town: Town, ann: Workstation) -> None:
    ann.store.close()
    before = (ann.folder / "clinic.db").read_bytes()
    with pytest.raises(NothingToSalvageError):
        salvaged(ann)
    assert (ann.folder / "clinic.db").read_bytes() == before


def test_scenario_53_where_nobody_can_tell_whose_it_was_the_file_stays(town: Town, ann: Workstation) -> None:
    ann.insert(a_visit(town, notes="typed"))
    damaged(ann, damage_root, "clinic_visits")
    before = (ann.folder / "clinic.db").read_bytes()
    with pytest.raises(SalvageNotPossibleError):
        salvaged(ann)
    assert (ann.folder / "clinic.db").read_bytes() == before
    (export,) = ann.folder.glob("damaged-*.sealed")
    assert read_export(export, EXPORT_KEY)["queue"]


def test_scenario_54_with_a_wrong_key_nothing_is_opened_and_nothing_is_changed(town: Town, ann: Workstation) -> None:
    ann.store.close()
    before = (ann.folder / "clinic.db").read_bytes()
    with pytest.raises(DatabaseUnreadableError):
        salvage(ProfilePaths(ann.folder), bytes(32), EXPORT_KEY, ann.clock)
    assert (ann.folder / "clinic.db").read_bytes() == before
