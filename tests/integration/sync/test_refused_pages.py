"""What this desk's own database refuses becomes a sentence, with nothing of it applied by half."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec
import pytest
import sqlalchemy as sa
from tests.integration.sync.conftest import NewDesk
from tests.support.district import Town
from tests.support.workstation import DirectLine, Workstation, assert_equal_to_district

from clinicdesk.core.errors import ClinicDeskError, UserFacingError
from clinicdesk.i18n import sentence
from clinicdesk.i18n.sentences import has_sentence
from clinicdesk.sync import errors
from clinicdesk.sync.errors import NotStoredError
from clinicdesk.sync.ports import Answer, M
from clinicdesk.sync.protocol import PullPage


@dataclass
class Meddles:
    """A line on which something happens to each answer of one route before the desk has it."""

    line: DirectLine
    path: str
    meddle: Callable[[msgspec.Struct], msgspec.Struct]

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        answer = self.line.ask(path, request, kind)
        if path != self.path:
            return answer
        message = self.meddle(answer.message)
        assert isinstance(message, kind)
        return replace(answer, message=message)


def without_students(reply: msgspec.Struct) -> msgspec.Struct:
    """A page whose enrolments name students that never came."""
    assert isinstance(reply, PullPage)
    return msgspec.structs.replace(reply, tables=[part for part in reply.tables if part.table != "students"])


@pytest.mark.sent_once
@pytest.mark.parametrize("unlocked", [False, True], ids=["locked", "unlocked"])
def test_a_page_that_does_not_fit_is_left_out_whole_and_said_in_words(
    town: Town, new_desk: NewDesk, unlocked: bool
) -> None:
    desk = new_desk(town.ann, town.oak)
    desk.unlocked = unlocked
    with pytest.raises(NotStoredError) as refused:
        desk.sync(Meddles(desk.direct(), "/v1/pull", without_students))
    assert isinstance(refused.value, UserFacingError)
    assert refused.value.params == {"phase": "pull", "kind": "IntegrityError"}
    assert refused.value.__cause__ is None, "a statement of the database holds values of rows"
    assert "could not store" in sentence(refused.value)
    assert desk.rows("SELECT id FROM student_enrollments") == []
    assert {row["cursor"] for row in desk.rows("SELECT cursor FROM sync_cursors")} == {None}
    (run,) = desk.rows("SELECT status, last_error, completed_at FROM sync_sessions")
    assert (run["status"], run["last_error"]) == ("FAILED", "sync_not_stored")
    assert run["completed_at"] is not None
    desk.sync()
    assert_equal_to_district(desk)


def test_a_write_that_the_file_refuses_in_a_push_leaves_the_changes_waiting(town: Town, new_desk: NewDesk) -> None:
    desk = new_desk(town.ann, town.oak)
    desk.sync()
    desk.update("students", town.students["iris"], preferred_name="Izzy")
    with desk.store.read() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM sync_queue_items WHERE state = 'PENDING'")) == 1
    with pytest.raises(NotStoredError):
        desk.sync(Meddles(desk.direct(), "/v1/push", lambda reply: _refuse(desk, reply)))
    assert len(desk.queue("IN_FLIGHT")) == 1
    with desk.write() as session:
        session.execute(sa.text("DROP TRIGGER nothing_settles"))
    desk.sync()
    assert_equal_to_district(desk)


def _refuse(desk: Workstation, reply: msgspec.Struct) -> msgspec.Struct:
    with desk.write() as session:
        session.execute(
            sa.text(
                "CREATE TRIGGER nothing_settles BEFORE UPDATE OF outcome ON sync_queue_items"
                " BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        )
    return reply


def test_every_failure_of_a_session_has_a_sentence_of_its_own() -> None:
    made = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ClinicDeskError)]
    kinds = [kind for kind in made if kind.__module__ == errors.__name__]
    assert len(kinds) > 9
    assert [kind.code for kind in kinds if not has_sentence(kind.code)] == []
    assert has_sentence("sync_died")
    assert has_sentence("sync_interrupted")
