"""Rows that a restored district does not give, and that are still here: they go once nothing of them waits (s17)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec
import pytest
from tests.support.district import NOW, Town
from tests.support.sync_rows import a_student, a_visit
from tests.support.workstation import DirectLine, Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.server import epochs
from clinicdesk.server.review import Review, Wanted
from clinicdesk.sync.ports import Answer, M
from clinicdesk.sync.protocol import UNASSIGNED

WORDS = "Seen at the open day"


class BeforeRows:
    """Somebody writes at the desk once, while its session is about to ask for rows by key."""

    def __init__(self, line: DirectLine, act: Callable[[], None]) -> None:
        self._line = line
        self._act: Callable[[], None] | None = act

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        if path == "/v1/rows" and self._act is not None:
            self._act()
            self._act = None
        return self._line.ask(path, request, kind)


@pytest.fixture
def kept_elsewhere(town: Town, ann: Workstation) -> tuple[str, str]:
    """A student and her visit, typed here before the district was restored; it keeps her in no school: their keys."""
    student, _enrolment = a_student(town, None)
    student.left_on = NOW.date() - dt.timedelta(days=200)
    visit = a_visit(town, str(student.id), notes=WORDS)
    ann.insert(student, visit)
    with town.database.owning() as connection:
        epochs.begin(connection, "workstation", town.clock.now())
    return str(student.id), str(visit.id)


def here(desk: Workstation, student: str) -> tuple[int, int]:
    """How many rows of hers stand here: of herself, of her visits."""
    herself = desk.rows("SELECT id FROM students WHERE id = ?", student)
    return len(herself), len(desk.rows("SELECT id FROM clinic_visits WHERE student_id = ?", student))


@pytest.mark.sent_once
def test_scenario_17_rows_that_the_district_does_not_give_go_once_what_was_typed_meanwhile_is_taken_back(
    town: Town, ann: Workstation, kept_elsewhere: tuple[str, str]
) -> None:
    """Nothing more is sent of them, so no answer and no page will ever speak of them again."""
    student, visit = kept_elsewhere
    ann.sync(BeforeRows(ann.direct(), lambda: ann.update("clinic_visits", visit, notes="Typed meanwhile")))
    assert here(ann, student) == (1, 1)
    ann.update("clinic_visits", visit, notes=WORDS)
    for _session in range(2):
        ann.sync()
    assert ann.queue("PENDING", "IN_FLIGHT", "HELD", "REJECTED") == []
    assert here(ann, student) == (0, 0)
    assert (town.rows("clinic_visits", visit) or {})["notes"] == WORDS
    assert town.query("SELECT scope_id::text FROM scope_members WHERE anchor_id = %s", student) == [(UNASSIGNED,)]
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)


@pytest.mark.sent_once
def test_scenario_17_a_student_whose_copy_was_taken_back_goes_with_what_is_acknowledged_of_her(
    town: Town, ann: Workstation, kept_elsewhere: tuple[str, str]
) -> None:
    """Of the visit there is a copy again; of her there is none, and she is not this desk's any more."""
    student, visit = kept_elsewhere
    ann.sync(BeforeRows(ann.direct(), lambda: ann.update("clinic_visits", visit, notes="Typed meanwhile")))
    ann.sync()
    assert [item["last_error"] for item in ann.queue("HELD")] == ["scope"]
    assert here(ann, student) == (1, 1)
    released = Review(town.database, town.clock).release(Wanted(), "dora@example.org")
    assert [item["outcome"] for item in released] == ["conflict"]
    ann.sync()
    kept = town.query("SELECT client_version ->> 'notes' FROM sync_conflicts WHERE entity_id = %s", visit)
    assert kept == [("Typed meanwhile",)]
    assert here(ann, student) == (0, 0)
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)
