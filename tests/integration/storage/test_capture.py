"""Change capture: every write of a person becomes a queue item, whoever speaks SQL (D3, D4, D6)."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from tests.support.databases import NOW, TestDesk, a_visit

from clinicdesk.core.identifiers import new_id
from clinicdesk.models import Allergy, ClinicVisit, DeviceToken, SealedKey, SyncQueueItem, SyncRow, User
from clinicdesk.models.enums import AllergySeverity, SyncAction, VisitDisposition
from clinicdesk.storage.errors import WriteRuleError
from clinicdesk.storage.shape import shapes


def queue(desk: TestDesk) -> list[SyncQueueItem]:
    with desk.store.read() as session:
        return list(session.scalars(sa.select(SyncQueueItem).order_by(SyncQueueItem.local_seq)))


def an_allergy(desk: TestDesk, **values: Any) -> uuid.UUID:
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        row = Allergy(student_id=desk.student, allergen="Peanut", severity=AllergySeverity.SEVERE, **values)
        work.session.add(row)
    return row.id


def test_an_insert_is_captured_with_its_author_purpose_and_values(desk: TestDesk) -> None:
    key = an_allergy(desk, reactions=["hives"])
    (item,) = queue(desk)
    assert (item.action_type, item.table_name, item.entity_id) == (SyncAction.INSERT, "allergies", key)
    assert (item.user_id, item.device_id, item.purpose) == (desk.nurse, desk.device, desk.context.purpose)
    assert (item.timestamp, item.base_version, item.local_seq) == (NOW, 0, 1)
    assert item.entity_type.value == "ALLERGY"
    assert item.changes["allergen"] == [None, "Peanut"]
    assert item.changes["student_id"] == [None, str(desk.student)]
    assert item.changes["epi_pen_required"] == [None, 0]
    assert json.loads(item.changes["reactions"][1]) == ["hives"]
    assert not {"notes", "id", "created_at", "updated_by", "row_version", "scope_id"} & item.changes.keys()
    assert item.mutation_id.version == item.id.version == 7


def test_d04_an_update_names_changed_columns_only_and_stamps_are_none(desk: TestDesk) -> None:
    key = an_allergy(desk, notes="old")
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        row = work.session.get_one(Allergy, key)
        row.notes = None
        row.severity = AllergySeverity.MILD
        row.allergen = "Peanut"
    item = queue(desk)[1]
    assert (item.action_type, item.changes) == (
        SyncAction.UPDATE,
        {"notes": ["old", None], "severity": ["SEVERE", "MILD"]},
    )
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        work.session.execute(sa.update(Allergy).values(row_version=7, scope_id=desk.school))
    assert len(queue(desk)) == 2


def test_an_assignment_that_changes_nothing_is_not_queued(desk: TestDesk) -> None:
    key = an_allergy(desk)
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        work.session.execute(sa.text("UPDATE allergies SET allergen = allergen"))
    assert [item.entity_id for item in queue(desk)] == [key]


@pytest.mark.parametrize("way", ["core", "raw", "bulk"])
def test_no_way_of_writing_escapes_capture(desk: TestDesk, way: str) -> None:
    values = {"student_id": desk.student, "severity": AllergySeverity.MILD, "allergen": "Milk"}
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        if way == "core":
            work.session.connection().execute(sa.insert(Allergy), values)
        elif way == "bulk":
            work.session.execute(sa.insert(Allergy), [values, values, values])
        else:
            work.session.execute(
                sa.text(
                    "INSERT INTO allergies (id, student_id, allergen, severity, created_at, updated_at)"
                    " VALUES (:id, :student, 'Milk', 'MILD', :at, :at)"
                ),
                {"id": str(new_id()), "student": str(desk.student), "at": "2026-11-03T15:00:00.000000Z"},
            )
        work.session.execute(sa.text("UPDATE allergies SET notes = 'x'"))
    rows = 3 if way == "bulk" else 1
    assert [item.action_type for item in queue(desk)] == [SyncAction.INSERT] * rows + [SyncAction.UPDATE] * rows
    assert {item.changes["allergen"][1] for item in queue(desk)[:rows]} == {"Milk"}


def test_d03_delete_and_restore_are_operations_of_their_own(desk: TestDesk) -> None:
    key = an_allergy(desk)
    for deleted in (NOW, None):
        with desk.store.write(desk.context, attempt=desk.entry()) as work:
            work.session.execute(sa.update(Allergy).where(Allergy.id == key).values(deleted_at=deleted))
    assert [item.action_type for item in queue(desk)] == [SyncAction.INSERT, SyncAction.DELETE, SyncAction.RESTORE]


def test_d02_signing_is_an_operation_of_its_own(desk: TestDesk) -> None:
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        visit = a_visit(desk)
        work.session.add(visit)
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        row = work.session.get_one(ClinicVisit, visit.id)
        row.disposition, row.check_out_time = VisitDisposition.RETURN_TO_CLASS, NOW
        row.signed_at, row.signed_by = NOW, desk.nurse
    assert [item.action_type for item in queue(desk)] == [SyncAction.INSERT, SyncAction.SIGN]


def test_the_base_version_is_the_acknowledged_one(desk: TestDesk) -> None:
    key = an_allergy(desk)
    with desk.store.apply(desk.applying) as work:
        work.session.add(SyncRow(table_name="allergies", row_id=key, base_version=41, digest=0))
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        work.session.execute(sa.update(Allergy).values(notes="x"))
    assert queue(desk)[-1].base_version == 41


def test_bytes_travel_through_the_queue_in_hexadecimal(desk: TestDesk) -> None:
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        work.session.add(SealedKey(student_id=desk.student, suite="v1", wrapped_key=b"\x00\xff'\""))
    assert queue(desk)[0].changes["wrapped_key"] == [None, "00FF2722"]


def test_d05_columns_of_this_side_alone_are_not_captured(desk: TestDesk) -> None:
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        work.session.execute(sa.update(User).where(User.id == desk.nurse).values(failed_login_attempts=3))
    assert queue(desk) == []


def test_d06_a_write_without_context_is_aborted(desk: TestDesk) -> None:
    key = an_allergy(desk)
    statements = {
        "UPDATE allergies SET notes = 'x'": "no_context",
        "INSERT INTO allergies (id, student_id, allergen, severity, created_at, updated_at)"
        " SELECT '0', student_id, 'x', severity, created_at, updated_at FROM allergies": "no_context",
        "DELETE FROM allergies": "physical_delete",
    }
    for statement, rule in statements.items():
        with desk.engine.connect() as connection, pytest.raises(WriteRuleError) as refused:
            connection.exec_driver_sql(statement)
        assert (refused.value.rule, refused.value.table) == (rule, "allergies")
    with desk.store.read() as session:
        assert session.get_one(Allergy, key).notes is None


def test_a_person_deletes_no_row_physically_nor_replaces_one(desk: TestDesk) -> None:
    an_allergy(desk)
    replacing = "INSERT OR REPLACE INTO allergies SELECT * FROM allergies"
    for statement in ("DELETE FROM allergies", replacing):
        refused = pytest.raises(WriteRuleError, match="physical_delete")
        with refused, desk.store.write(desk.context, attempt=desk.entry()) as work:
            work.session.execute(sa.text(statement))


def test_the_key_of_a_row_never_changes(desk: TestDesk) -> None:
    an_allergy(desk)
    for context in (desk.applying, desk.retaining):
        with pytest.raises(WriteRuleError, match="key_change"), desk.store.apply(context) as work:
            work.session.execute(sa.text("UPDATE allergies SET id = 'other'"))


def test_applied_and_purged_rows_are_not_captured(desk: TestDesk) -> None:
    key = an_allergy(desk)
    with desk.store.apply(desk.applying) as work:
        work.session.execute(sa.update(Allergy).values(notes="from the district", updated_by=None))
    with desk.store.apply(desk.retaining) as work:
        work.session.execute(sa.delete(Allergy).where(Allergy.id == key))
    assert len(queue(desk)) == 1
    with desk.store.read() as session:
        assert session.get(Allergy, key) is None


def test_every_captured_table_has_its_triggers(desk: TestDesk) -> None:
    with desk.engine.connect() as connection:
        found = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars())
    captured = [shape for shape in shapes() if shape.captured]
    assert len(captured) > 80
    for shape in captured:
        assert {f"capture_insert_{shape.name}", f"capture_update_{shape.name}", f"refuse_delete_{shape.name}"} <= found


def test_d32_a_sealed_cell_is_captured_as_the_bytes_it_holds(desk: TestDesk) -> None:
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        token = DeviceToken(user_id=desk.nurse, device_id="tablet 7", platform="FCM", token=b"\x00sealed\xff")
        work.session.add(token)
        work.session.flush()
        token.token = b"sealed anew"
    inserted, updated = queue(desk)
    assert inserted.changes["token"] == [None, b"\x00sealed\xff".hex().upper()]
    assert updated.changes == {"token": [b"\x00sealed\xff".hex().upper(), b"sealed anew".hex().upper()]}
