"""On no screen does a toast lie on anything, and what is typed stays in sight with its heading (ux-spec 3)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget
from tests.support import layout
from tests.support.busy_day import busy_day
from tests.support.desk import Clinic, open_clinic
from tests.support.doorway import Doorway
from tests.support.looks import LEAST_ROOM, PLAIN, SMALL, Display
from tests.support.qt import settle

from clinicdesk.gui.app import Application
from clinicdesk.gui.theme import Tone
from clinicdesk.gui.widgets.fields import Field
from clinicdesk.models import ClinicVisit, Student

pytestmark = pytest.mark.prove


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with open_clinic(tmp_path) as opened:
        busy_day(opened)
        yield opened


@pytest.fixture
def door(built: Application, clinic: Clinic, tmp_path: Path) -> Iterator[Doorway]:
    made = Doorway(built, clinic, tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("display", [PLAIN, SMALL, LEAST_ROOM], ids=str)
@pytest.mark.parametrize("who", ["olszewski", "lindgren"])
def test_a_toast_lies_on_nothing_and_what_is_typed_is_seen(
    door: Doorway, built: Application, who: str, display: Display
) -> None:
    door.sign_in(who)
    display.put_on(built, door.desktop.window)
    covered, hidden, editors = [], [], 0
    for place in _places(door):
        for editor in _editors(door):
            editors += 1
            door.workspace.toasts.clear()
            settle()
            editor.setFocus(Qt.FocusReason.TabFocusReason)
            settle()
            before = _seen(editor)
            door.workspace.toast("Nora Sample checked in", Tone.SUCCESS, "Undo", _nothing)
            settle(6)
            covered += [f"{place}: {one}" for one in layout.under_toasts(door.desktop.window)]
            if before and not _seen(editor):
                hidden.append(f"{place}: {editor.objectName()}")
    assert editors >= (12 if who == "olszewski" else 3)
    assert (covered, hidden) == ([], [])


def _nothing() -> None:
    return


def _places(door: Doorway) -> Iterator[str]:
    """Every place of the rail, a chart, an open visit and a new one; each yielded while it is shown."""
    clinic, known = door.clinic, [spec.id for spec in door.person.session().screens]
    student, (visit, *_) = clinic.rows(Student)[0].id, clinic.rows(ClinicVisit, ClinicVisit.signed_at.is_(None))
    params: dict[str, list[dict[str, object]]] = {
        "students.chart": [{"student_id": student}],
        "visits.visit": [{}, {"visit_id": visit.id}],
    }
    for screen in known:
        for given in params.get(screen, [{}] if "." not in screen else []):
            door.workspace.navigate(screen, **given)
            door.rest()
            yield f"{screen} {sorted(given)}"


def _editors(door: Doorway) -> list[QWidget]:
    current = door.workspace.stack.currentWidget()
    assert current is not None
    found = current.findChildren(QWidget)
    return [one for one in found if isinstance(one, QLineEdit | QPlainTextEdit) and one.isVisible() and one.isEnabled()]


def _seen(editor: QWidget) -> bool:
    """Whether the line that is typed is in sight, and the label of its field."""
    line = editor.cursorRect() if isinstance(editor, QPlainTextEdit) else editor.rect()
    shown = line.intersected(editor.visibleRegion().boundingRect())
    if shown.height() < line.height() - 2:
        return False
    around = editor.parentWidget()
    if not isinstance(around, Field):
        return True
    above = QRect(around.rect().topLeft(), QPoint(around.rect().right(), editor.y()))
    return above.height() <= 1 or not around.visibleRegion().intersected(above).isEmpty()
