"""What a mended row said before, in the sync centre by keys alone (s55, ux-spec 7.12)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from tests.gui.sync.conftest import Centre
from tests.support import accessibility, layout
from tests.support.looks import LEAST_ROOM, PLAIN, SMALL, Display, displays
from tests.support.qt import settle
from tests.support.rotten_rows import mended

from clinicdesk.gui.screens.sync.listing import ListRow
from clinicdesk.models import Allergy, AuditLog
from clinicdesk.models.enums import AllergySeverity, AuditAction

K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def rotten(centre: Centre) -> Centre:
    """Treatment and severity of an allergy rotted in the table and were mended from the district's copy."""
    damaged = {"treatment": "Give water and call the office.", "severity": "MODERATE"}
    mended(centre.clinic, "allergies", centre.allergy, damaged)
    centre.screen.presenter.load()
    centre.rest()
    return centre


def go_to(centre: Centre, field: str) -> ListRow:
    """With the arrow keys to what was kept of this field."""
    view = centre.screen.view
    view.list.setFocus()
    at = next(at for at, row in enumerate(view.list.rows()) if row.kept is not None and field in row.kept.fields)
    centre.press(K.Key_Home)
    for _ in range(len(view.list.rows())):
        if view.list.currentIndex().row() == at:
            break
        centre.press(K.Key_Down)
    found = view.list.current()
    assert found is not None
    return found


def stands(centre: Centre) -> Allergy:
    (row,) = centre.clinic.rows(Allergy, Allergy.id == centre.allergy)
    return row


def test_scenario_55_a_kept_value_stands_in_the_list_and_is_used_by_two_keys(rotten: Centre) -> None:
    row = go_to(rotten, "treatment")
    assert row.title == "Allergy: Tree nuts"
    assert row.lines == ("José Ángel Núñez-Villaseñor", "Treatment, mended 11:32")
    headings = [one.title for one in rotten.screen.view.list.rows() if one.heading]
    assert headings[0] == "Mended, an older value was kept"
    view = rotten.screen.view
    assert not view.kept.isVisible()
    rotten.keys = 0
    rotten.press(K.Key_Return)
    assert view.kept.isVisible()
    assert QApplication.focusWidget() is view.kept.ways.buttons["use"]
    opened = rotten.screen.presenter.kept.state.open
    assert opened is not None
    assert [(one.label, one.mine, one.theirs) for one in opened.fields] == [
        (
            "Treatment",
            "Give water and call the office.",
            "Give cetirizine 10 mg, call mother and 911 if breathing is hard.",
        )
    ]
    rotten.press(K.Key_1)
    assert rotten.keys == 2
    assert stands(rotten).treatment == "Give water and call the office."
    assert view.list.hasFocus()
    assert [one.kept.fields for one in view.list.rows() if one.kept is not None] == [("severity",)]
    toast = rotten.workspace.toasts.toasts()[-1]
    assert toast.note.words == "Kept value used: Allergy: Tree nuts"
    toast.action.click()
    rotten.rest()
    assert stands(rotten).treatment == "Give cetirizine 10 mg, call mother and 911 if breathing is hard."
    assert sum(one.kept is not None for one in view.list.rows()) == 2


def test_scenario_55_a_kept_value_is_dismissed_by_a_key_and_a_reason(rotten: Centre) -> None:
    go_to(rotten, "severity")
    view = rotten.screen.view
    rotten.press(K.Key_Return, K.Key_2)
    assert QApplication.focusWidget() is view.kept.reason.editor
    rotten.press(K.Key_Return)
    assert view.kept.reason.field.error.text() == "A reason goes on record with it."
    rotten.press(K.Key_Escape)
    assert QApplication.focusWidget() is view.kept.ways.buttons["dismiss"]
    assert view.kept.isVisible()
    rotten.press(K.Key_2)
    rotten.write("the disk was bad")
    rotten.press(K.Key_Return, modifiers=CTRL)
    assert stands(rotten).severity is AllergySeverity.SEVERE
    assert [one.kept.fields for one in view.list.rows() if one.kept is not None] == [("treatment",)]
    assert rotten.clinic.count(AuditLog, AuditLog.action == AuditAction.CONFLICT_RESOLVE) == 1
    assert view.list.hasFocus()


def test_scenario_55_it_is_left_for_later_by_a_key_and_a_conflict_takes_its_place(rotten: Centre) -> None:
    go_to(rotten, "severity")
    view = rotten.screen.view
    rotten.press(K.Key_Return, K.Key_L)
    assert not view.kept.isVisible()
    assert view.list.hasFocus()
    rotten.press(K.Key_Return)
    assert view.kept.isVisible()
    rotten.open(rotten.allergy_conflict)
    assert (view.kept.isVisible(), view.resolver.isVisible()) == (False, True)


def test_f9_hides_whose_it_is(rotten: Centre) -> None:
    rotten.press(K.Key_F9)
    row = go_to(rotten, "severity")
    assert row.lines[0] == "J. Á. N. V."
    rotten.press(K.Key_Return)
    assert rotten.screen.view.kept.person.text().startswith("J. Á. N. V.")


@displays((PLAIN, SMALL, LEAST_ROOM))
def test_nothing_of_it_is_cut_and_all_of_it_is_reached(rotten: Centre, display: Display) -> None:
    display.put_on(rotten.built, rotten.window)
    go_to(rotten, "treatment")
    rotten.press(K.Key_Return)
    settle()
    assert layout.problems(rotten.window) == []
    assert accessibility.problems(rotten.window) == []
    rotten.press(K.Key_2)
    settle()
    assert layout.problems(rotten.window) == []
