"""The unit of work: what commits, what rolls back, and what it leaves behind (D6, D34)."""

from __future__ import annotations

import datetime as dt
import threading
import uuid

import pytest
import sqlalchemy as sa
from tests.support.databases import NOW, TestDesk, a_student, an_allergy

from clinicdesk.core.identifiers import new_id
from clinicdesk.models import Allergy, AuditLog, Student, SyncQueueItem
from clinicdesk.models import WorkContext as ContextRow
from clinicdesk.models.enums import AllergySeverity, AuditAction, WriteMode
from clinicdesk.storage.errors import (
    DatabaseClosedError,
    DatabaseReadOnlyError,
    UnauditedWriteError,
    WorkContextError,
)
from clinicdesk.storage.store import Work


def count(desk: TestDesk, model: type[Allergy | AuditLog | SyncQueueItem | ContextRow]) -> int:
    with desk.store.read() as session:
        return session.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


def test_d06_d34_a_write_its_queue_item_and_its_audit_row_commit_together(desk: TestDesk) -> None:
    with desk.store.write(desk.context, attempt=desk.entry("Allergy", AuditAction.CREATE)) as work:
        work.session.add(an_allergy(desk))
    assert (count(desk, Allergy), count(desk, SyncQueueItem), count(desk, AuditLog)) == (1, 1, 1)
    assert count(desk, ContextRow) == 0


def test_d34_a_failed_write_leaves_nothing_but_the_audit_of_the_attempt(desk: TestDesk) -> None:
    def broken(work: Work) -> None:
        work.session.add(an_allergy(desk))
        work.session.flush()
        raise RuntimeError("pen broke")

    attempt = desk.entry("Allergy", AuditAction.CREATE)
    with pytest.raises(RuntimeError, match="pen broke"), desk.store.write(desk.context, attempt=attempt) as work:
        broken(work)
    assert (count(desk, Allergy), count(desk, SyncQueueItem), count(desk, ContextRow)) == (0, 0, 0)
    with desk.store.read() as session:
        row = session.scalars(sa.select(AuditLog)).one()
        assert (row.success, row.result, row.new_values) == (False, "RuntimeError", None)
        assert "pen broke" not in str(row.__dict__)


def test_d34_a_captured_write_without_an_audit_row_is_rolled_back(desk: TestDesk) -> None:
    with pytest.raises(UnauditedWriteError), desk.store.write(desk.context) as work:
        work.session.add(an_allergy(desk))
    assert (count(desk, Allergy), count(desk, SyncQueueItem)) == (0, 0)


def test_new_rows_are_stamped_alike_by_orm_core_and_bulk_writes(desk: TestDesk) -> None:
    values = {"student_id": desk.student, "severity": AllergySeverity.MILD}
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        work.session.add(an_allergy(desk))
        work.session.execute(sa.insert(Allergy), [{**values, "allergen": "Milk"}, {**values, "allergen": "Egg"}])
        work.session.connection().execute(sa.insert(Allergy), {**values, "allergen": "Soy"})
    with desk.store.read() as session:
        for row in session.scalars(sa.select(Allergy)):
            assert (row.created_at, row.updated_at) == (NOW, NOW)
            assert (row.created_by, row.updated_by) == (desk.nurse, desk.nurse)
            assert (row.row_version, row.scope_id) == (0, desk.student)


def test_changed_rows_are_stamped_alike_by_orm_core_and_raw_sql(desk: TestDesk) -> None:
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        rows = [an_allergy(desk, allergen) for allergen in ("Peanut", "Milk", "Egg", "Soy")]
        work.session.add_all(rows)
    keys = [row.id for row in rows]
    later = desk.clock
    later.advance(dt.timedelta(minutes=5))
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        loaded = work.session.get(Allergy, keys[0])
        assert loaded is not None
        loaded.notes = "itches"
        work.session.execute(sa.update(Allergy).where(Allergy.id == keys[1]).values(notes="itches"))
        work.session.execute(sa.text("UPDATE allergies SET notes = 'itches' WHERE id = :id"), {"id": str(keys[2])})
        work.session.execute(sa.text("UPDATE allergies SET notes = notes WHERE id = :id"), {"id": str(keys[3])})
    with desk.store.read() as session:
        changed = {row.id: row.updated_at for row in session.scalars(sa.select(Allergy))}
    assert [changed[key] for key in keys] == [later.now()] * 3 + [NOW]


def test_d06_a_unit_of_work_inside_another_is_an_error(desk: TestDesk) -> None:
    with pytest.raises(WorkContextError), desk.store.write(desk.context), desk.store.write(desk.context):
        raise AssertionError("a second unit of work began")
    assert count(desk, ContextRow) == 0


def test_d06_a_context_left_behind_stops_the_next_write(desk: TestDesk) -> None:
    with desk.engine.begin() as connection:
        connection.execute(
            sa.insert(ContextRow).values(
                id=1, mode=WriteMode.APPLY, tx_id=new_id(), purpose=desk.context.purpose, written_at=NOW
            )
        )
    with pytest.raises(WorkContextError, match="left_behind"), desk.store.write(desk.context):
        raise AssertionError("wrote under a stranger's context")


def test_d06_a_context_lost_on_the_way_stops_the_commit(desk: TestDesk) -> None:
    def careless(work: Work) -> None:
        work.session.add(an_allergy(desk))
        work.session.flush()
        work.session.execute(sa.text("DELETE FROM work_context"))

    refused = pytest.raises(WorkContextError, match="context_lost")
    with refused, desk.store.write(desk.context, attempt=desk.entry()) as work:
        careless(work)
    assert count(desk, Allergy) == 0


def test_a_reading_session_cannot_write(desk: TestDesk) -> None:
    with desk.store.read() as session, pytest.raises(DatabaseReadOnlyError):
        session.execute(sa.text("DELETE FROM allergies"))
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        work.session.add(an_allergy(desk))
    assert count(desk, Allergy) == 1


def test_what_a_glance_writes_is_rolled_back(desk: TestDesk) -> None:
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        work.session.add(an_allergy(desk))
    with desk.store.glance() as session:
        session.execute(sa.text("DELETE FROM device_facts"))
        session.execute(sa.text("INSERT INTO device_facts (name, text_value) VALUES ('stray', 'x')"))
    with desk.store.read() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM device_facts WHERE name = 'stray'")) == 0
    assert count(desk, Allergy) == 1


def test_a_reader_keeps_its_snapshot_and_is_not_held_up_by_a_writer(desk: TestDesk) -> None:
    with desk.store.read() as session:
        before = session.scalars(sa.select(Allergy)).all()
        with desk.store.write(desk.context, attempt=desk.entry()) as work:
            work.session.add(an_allergy(desk))
            work.session.flush()
            assert session.scalars(sa.select(Allergy)).all() == before == []
        assert session.scalars(sa.select(Allergy)).all() == []
    assert count(desk, Allergy) == 1


def test_writers_of_many_threads_take_turns(desk: TestDesk) -> None:
    failures: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(10):
                with desk.store.write(desk.context, attempt=desk.entry()) as work:
                    work.session.add(an_allergy(desk))
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with desk.store.read() as session:
        assert sorted(session.scalars(sa.select(AuditLog.seq))) == list(range(1, 41))
        assert sorted(session.scalars(sa.select(SyncQueueItem.local_seq))) == list(range(1, 41))


def test_d25_a_page_with_normal_synchronisation_appends_no_audit_row(desk: TestDesk) -> None:
    with desk.store.apply(desk.applying, synchronous="NORMAL") as work:
        assert work.session.execute(sa.text("PRAGMA synchronous")).scalar_one() == 1
        with pytest.raises(WorkContextError):
            work.audit(desk.entry())
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        assert work.session.execute(sa.text("PRAGMA synchronous")).scalar_one() == 2


def test_keys_that_do_not_wait_are_checked_at_the_statement(desk: TestDesk) -> None:
    def enter(work: Work) -> None:
        work.session.add(a_student(new_id(), uuid.UUID(int=7), last_name="Orphan", first_name="Ida"))
        work.session.flush()
        raise AssertionError("the key waited")

    with pytest.raises(sa.exc.IntegrityError), desk.store.apply(desk.applying, keys_wait=False) as work:
        enter(work)


def test_d11_keys_of_applied_rows_are_checked_at_the_commit(desk: TestDesk) -> None:
    student = a_student(new_id(), uuid.UUID(int=7), last_name="Orphan", first_name="Ida")
    with desk.store.apply(desk.applying) as work:
        work.session.add(student)
        work.session.flush()
        work.session.execute(sa.update(Student).where(Student.id == student.id).values(school_id=desk.school))
    with pytest.raises(sa.exc.IntegrityError), desk.store.apply(desk.applying) as work:
        work.session.execute(sa.update(Student).values(school_id=uuid.UUID(int=7)))


def test_the_mode_decides_which_door_a_context_may_take(desk: TestDesk) -> None:
    with pytest.raises(WorkContextError), desk.store.write(desk.applying):
        raise AssertionError("sync wrote as a person")
    with pytest.raises(WorkContextError), desk.store.apply(desk.context):
        raise AssertionError("a person wrote as sync")


def test_t04_a_closed_store_opens_nothing_and_stops_a_long_reader(desk: TestDesk) -> None:
    started, outcome = threading.Event(), list[BaseException]()

    def read_for_ever() -> None:
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        try:
            with desk.store.read() as session:
                session.execute(sa.text("SELECT 1"))
                started.set()
                session.execute(sa.text(endless))
        except BaseException as failure:
            outcome.append(failure)

    reader = threading.Thread(target=read_for_ever)
    reader.start()
    assert started.wait(5)
    desk.store.close()
    reader.join(5)
    assert [type(failure) for failure in outcome] == [DatabaseClosedError]
    with pytest.raises(DatabaseClosedError), desk.store.read():
        raise AssertionError("read a closed store")


def test_t04_a_writer_in_the_middle_finishes_before_the_store_closes(desk: TestDesk) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def write() -> None:
        with desk.store.write(desk.context, attempt=desk.entry()) as work:
            work.session.add(an_allergy(desk))
            inside.set()
            go_on.wait(5)

    writer = threading.Thread(target=write)
    writer.start()
    assert inside.wait(5)
    threading.Timer(0.02, go_on.set).start()
    desk.store.close(grace=5)
    writer.join(5)
    assert desk.store.closed
