"""What was stopped, what was settled without a person, and a cursor that stays (ux-spec 7.12)."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.gui.sync.conftest import Centre
from tests.support import accessibility, layout
from tests.support.looks import Display, on_every_display
from tests.support.qt import settle, until
from tests.support.sync_conflicts import allergy_conflict, queued, visit_conflict

from clinicdesk.gui.screens.sync.listing import ListRow
from clinicdesk.models import SyncConflict, SyncQueueItem
from clinicdesk.models.enums import QueueState, SyncConflictResolution, SyncConflictStatus
from clinicdesk.sync.process import Finished

K = Qt.Key


@pytest.fixture
def busy(centre: Centre) -> Centre:
    """A day with a refused change, one held back, and some that were settled by themselves."""
    clinic = centre.clinic
    queued(clinic, "allergies", centre.allergy, QueueState.REJECTED, reason="invalid", at_fault=("severity",))
    queued(clinic, "clinic_visits", centre.visit, QueueState.HELD, reason="scope", minutes=2_000)
    for _ in range(3):
        queued(clinic, "clinic_visits", centre.visit, QueueState.MERGED, reason="beside")
    queued(clinic, "clinic_visits", centre.visit, QueueState.PENDING)
    reload(centre)
    return centre


def reload(centre: Centre) -> None:
    centre.screen.presenter.load()
    centre.rest()


def current(centre: Centre) -> ListRow:
    found = centre.screen.view.list.current()
    assert found is not None
    return found


def decide_all(centre: Centre) -> None:
    """Somebody else decided every conflict."""
    with centre.clinic.pulled() as work:
        work.session.execute(
            sa.update(SyncConflict).values(
                status=SyncConflictStatus.RESOLVED,
                resolution=SyncConflictResolution.SERVER_WINS,
                resolved_at=centre.clinic.clock.now(),
                resolved_by=centre.clinic.nurse.id,
            )
        )


def test_the_cursor_jumps_to_the_first_conflict_that_comes_and_never_again(busy: Centre) -> None:
    decide_all(busy)
    reload(busy)
    busy.press(K.Key_Down)
    stood = current(busy)
    assert stood.conflict is None
    _row, note = visit_conflict(busy.clinic, busy.clinic.student("Nils", "Sample"))
    reload(busy)
    assert current(busy).conflict == note
    _row, grave = allergy_conflict(busy.clinic, busy.clinic.student("Nora", "Sample"))
    reload(busy)
    assert [row.conflict for row in busy.screen.view.list.rows()][:2] == [grave, note]
    assert current(busy).conflict == note


def test_the_cursor_stays_where_a_row_went(busy: Centre) -> None:
    busy.press(K.Key_Down)
    assert current(busy).conflict == busy.visit_conflict
    at = busy.screen.view.list.currentIndex().row()
    with busy.clinic.pulled() as work:
        work.session.execute(
            sa.update(SyncConflict)
            .where(SyncConflict.id == busy.visit_conflict)
            .values(status=SyncConflictStatus.RESOLVED, resolution=SyncConflictResolution.SERVER_WINS)
            .values(resolved_at=busy.clinic.clock.now(), resolved_by=busy.clinic.nurse.id)
        )
    reload(busy)
    assert abs(busy.screen.view.list.currentIndex().row() - at) <= 1
    assert not current(busy).heading


def test_a_refused_change_says_why_and_goes_again_by_two_keys(busy: Centre) -> None:
    view = busy.screen.view
    busy.press(K.Key_Down, K.Key_Down)
    assert current(busy).lines[1] == "Breaks a rule of the district"
    assert (view.detail.isVisible(), view.resolver.isVisible()) == (True, False)
    assert view.detail.reason.text() == "Breaks a rule of the district"
    assert view.detail.fields.text() == "At fault: Severity"
    busy.keys = 0
    busy.press(K.Key_Return)
    assert QApplication.focusWidget() is view.detail.again
    QTest.keyClick(view.detail.again, K.Key_Return)
    until(lambda: busy.line.heard != [], what="the sync that takes it along")
    assert busy.clinic.count(SyncQueueItem, SyncQueueItem.state == QueueState.REJECTED) == 0
    assert busy.clinic.count(SyncQueueItem, SyncQueueItem.state == QueueState.PENDING) == 2
    busy.line.heard[0](Finished({}))
    busy.rest()


def test_what_is_held_back_is_asked_after_and_not_sent_twice(busy: Centre) -> None:
    view = busy.screen.view
    busy.press(K.Key_Down, K.Key_Down, K.Key_Down)
    assert view.detail.again.text() == "Ask now"
    busy.press(K.Key_Return)
    QTest.keyClick(view.detail.again, K.Key_Return)
    until(lambda: busy.line.heard != [], what="the sync that asks")
    assert busy.clinic.count(SyncQueueItem, SyncQueueItem.state == QueueState.HELD) == 1
    busy.line.heard[0](Finished({}))
    busy.rest()


def test_what_was_settled_without_a_person_is_listed_with_whose_it_was(busy: Centre) -> None:
    view = busy.screen.view
    busy.press(K.Key_Down, K.Key_Down, K.Key_Down, K.Key_Down)
    assert (current(busy).title, current(busy).count) == ("Different fields changed", "3")
    assert view.detail.heading.text() == "Different fields changed"
    rows = view.detail.list.rows()
    assert len(rows) == 3
    assert rows[0].spoken.startswith("Visit, Harriet Quill, Notes, written")
    busy.press(K.Key_Up, K.Key_Up, K.Key_Up)
    assert current(busy).conflict == busy.visit_conflict
    assert not view.detail.isVisible()


def test_show_reason_goes_to_the_first_change_that_was_stopped(busy: Centre) -> None:
    view = busy.screen.view
    view.reason_button.click()
    busy.rest()
    assert current(busy).lines[1] == "Breaks a rule of the district"
    assert view.detail.isVisible()


def test_the_log_is_written_and_said(busy: Centre, tmp_path: Path) -> None:
    busy.screen.presenter.export_log(str(tmp_path / "log.json"))
    busy.rest()
    assert (tmp_path / "log.json").exists()
    assert busy.screen.presenter.state.said == "The log was written. It holds no personal data."
    busy.screen.presenter.export_log("")
    busy.rest()
    assert busy.screen.presenter.state.message == ""


@on_every_display
def test_nothing_of_it_is_cut(busy: Centre, display: Display) -> None:
    display.put_on(busy.built, busy.window)
    for downs in (2, 2):
        busy.press(*[K.Key_Down] * downs)
        settle()
        assert busy.screen.view.detail.isVisible()
        assert layout.problems(busy.window) == []
    assert accessibility.problems(busy.window) == []
