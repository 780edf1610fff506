"""On no screen does a toast lie on anything or move anything (ux-spec 3)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget
from tests.support import layout
from tests.support.busy_day import busy_day
from tests.support.desk import Clinic, open_clinic
from tests.support.doorway import Doorway
from tests.support.looks import LEAST_ROOM, PLAIN, SMALL, Display
from tests.support.qt import settle

from clinicdesk.gui.app import Application
from clinicdesk.gui.theme import Tone
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
def test_a_toast_lies_on_nothing_and_moves_nothing(
    door: Doorway, built: Application, who: str, display: Display
) -> None:
    door.sign_in(who)
    display.put_on(built, door.desktop.window)
    covered, moved, seen = [], [], 0
    for place in _places(door):
        door.workspace.toasts.clear()
        settle(6)
        before = _parts(door)
        seen += len(before)
        door.workspace.toast("Nora Sample checked in", Tone.SUCCESS, "Undo", _nothing)
        settle(6)
        covered += [f"{place}: {one}" for one in layout.under_toasts(door.desktop.window)]
        after = _parts(door)
        moved += [f"{place}: {part.objectName()}" for part in before if after.get(part) != before[part]]
    assert seen >= 200
    assert (covered, moved) == ([], [])


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


def _parts(door: Doorway) -> dict[QWidget, QRect]:
    """Everything that is shown on the page, and where."""
    current, window = door.workspace.stack.currentWidget(), door.desktop.window
    assert current is not None
    found = [part for part in current.findChildren(QWidget) if part.isVisible()]
    return {part: QRect(part.mapTo(window, QPoint(0, 0)), part.size()) for part in found}
