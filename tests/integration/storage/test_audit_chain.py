"""The audit chain of a device: what it says, and that any change to it is found (T10, `security-spec.md` 2.5)."""

from __future__ import annotations

import datetime as dt
import hashlib
import time

import pytest
import rfc8785
import sqlalchemy as sa
from tests.support.databases import NOW, TestDesk

from clinicdesk.domain.canonical import Kind, canonical_value
from clinicdesk.models import AuditLog
from clinicdesk.models.enums import AuditAction
from clinicdesk.storage.audit import AuditEntry, AuditTrail, Head, verify_chain
from clinicdesk.storage.store import Store


def fill(desk: TestDesk, rows: int = 5) -> None:
    for number in range(rows):
        with desk.store.write(desk.context) as work:
            work.audit(AuditEntry(AuditAction.READ, "Student", desk.student, desk.student, facts={"hits": number}))


def first_bad(desk: TestDesk) -> int | None:
    with desk.store.read() as session:
        return verify_chain(session, desk.device)


def tamper(desk: TestDesk, statement: str) -> None:
    """As somebody with the key and without our triggers would."""
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_update")
        connection.exec_driver_sql("DROP TRIGGER audit_delete")
        connection.exec_driver_sql("DROP TRIGGER refuse_delete_audit_logs")
        connection.exec_driver_sql(statement)


def test_an_audit_row_says_who_did_what_when_and_hashes_as_specified(desk: TestDesk) -> None:
    fill(desk, 2)
    with desk.store.read() as session:
        first, row = session.scalars(sa.select(AuditLog).order_by(AuditLog.seq))
    record: dict[str, str | int | None] = {
        "seq": 2,
        "utc": "2026-11-03T15:00:00.000000Z",
        "zone": "America/New_York",
        "monotonic": "0",
        "device": str(desk.device),
        "app_version": "0.0-test",
        "actor": str(desk.nurse),
        "role": "NURSE",
        "session": None,
        "action": "READ",
        "object_type": "Student",
        "object_id": str(desk.student),
        "student_id": str(desk.student),
        "purpose": "CARE",
        "result": "DONE",
        "details_hash": row.details_hash,
        "prev": first.hash,
    }
    assert first.prev_hash == "00" * 32
    expected = hashlib.sha256(b"audit/v1" + bytes.fromhex(first.hash) + rfc8785.dumps(record)).hexdigest()
    assert (row.hash, row.prev_hash, row.occurred_at, row.metadata_) == (expected, first.hash, NOW, {"hits": 1})


def test_d34_values_are_sealed_under_the_students_key_and_outside_the_chain(desk: TestDesk) -> None:
    entry = AuditEntry(AuditAction.UPDATE, "Allergy", desk.student, desk.student, new={"allergen": "Peanut"})
    with desk.store.write(desk.context) as work:
        work.audit(entry)
    with desk.store.read() as session:
        row = session.scalars(sa.select(AuditLog)).one()
        assert row.new_values == f'{desk.student}|new_values|{row.id}|{{"allergen":"Peanut"}}'.encode()
    tamper(desk, "UPDATE audit_logs SET new_values = NULL")
    assert first_bad(desk) is None


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE audit_logs SET action = 'UPDATE' WHERE seq = 3", 3),
        ("UPDATE audit_logs SET user_id = NULL WHERE seq = 2", 2),
        ("UPDATE audit_logs SET occurred_at = '2026-11-03T15:00:01.000000Z' WHERE seq = 4", 4),
        ("UPDATE audit_logs SET hash = 'broken' WHERE seq = 2", 2),
        ("UPDATE audit_logs SET prev_hash = hash WHERE seq = 3", 3),
        ("DELETE FROM audit_logs WHERE seq = 3", 4),
        ("DELETE FROM audit_logs WHERE seq = 1", 2),
        ("UPDATE audit_logs SET seq = CASE seq WHEN 2 THEN 30 ELSE seq END", 3),
    ],
)
def test_t10_a_changed_removed_or_moved_row_is_named(desk: TestDesk, statement: str, seq: int) -> None:
    fill(desk)
    assert first_bad(desk) is None
    tamper(desk, statement)
    assert first_bad(desk) == seq


def test_d34_the_committed_head_is_told_after_the_commit_only(desk: TestDesk) -> None:
    heard: list[Head] = []
    trail = AuditTrail(desk.clock, desk.device, "0.0-test", "UTC", lambda *_: b"")
    store = Store(desk.engine, desk.clock, trail, heard.append)
    entry = AuditEntry(AuditAction.READ, "Student", desk.student)
    with store.write(desk.context) as work:
        work.audit(entry)
        assert heard == []
    with pytest.raises(sa.exc.OperationalError), store.write(desk.context, attempt=entry) as work:
        work.session.execute(sa.text("no statement"))
    with store.read() as session:
        failed = session.scalars(sa.select(AuditLog).order_by(AuditLog.seq.desc()).limit(1)).one()
        first = session.scalars(sa.select(AuditLog).where(AuditLog.seq == 1)).one()
    assert (failed.result, failed.success) == ("OperationalError", False)
    assert heard == [Head(1, bytes.fromhex(first.hash)), Head(2, bytes.fromhex(failed.hash))]


def test_a_hundred_thousand_rows_are_verified_within_five_seconds(desk: TestDesk) -> None:
    entry = AuditEntry(AuditAction.READ, "Student", desk.student, desk.student)
    with desk.store.write(desk.context) as work:
        work.entries.extend([entry] * 10_000)
    began = time.process_time()
    assert first_bad(desk) is None
    # A tenth of the rows in a tenth of the time.
    assert time.process_time() - began < 0.5


def test_d20_an_audit_row_of_a_machine_that_runs_for_a_year_can_be_sent(desk: TestDesk) -> None:
    desk.clock.advance(dt.timedelta(days=366))
    fill(desk, 1)
    with desk.store.read() as session:
        (told,) = session.scalars(sa.select(AuditLog.monotonic_ns)).all()
    assert canonical_value(Kind.INTEGER, told) == told
    assert first_bad(desk) is None
