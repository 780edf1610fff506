"""Benchmarks of the window: a key press in the search, and from the password accepted to a painted Today."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject
from PySide6.QtWidgets import QWidget

from bench.measure import Goal, Result, compare
from clinicdesk.core.identifiers import new_id
from clinicdesk.demonstration.busy_day import busy_day
from clinicdesk.demonstration.clinic import Clinic, open_clinic
from clinicdesk.domain.permissions import Act
from clinicdesk.gui.app import Application, build
from clinicdesk.gui.screens import students, today
from clinicdesk.gui.shell.palette import Line
from clinicdesk.gui.shell.screen import ScreenSpec
from clinicdesk.gui.shell.window import MainWindow
from clinicdesk.gui.shell.workspace import Session, Workspace
from clinicdesk.models import Allergy, Student, StudentEnrollment
from clinicdesk.models.enums import AllergySeverity, EnrollmentStatus, Gender
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.search import Found, find
from clinicdesk.presentation.shell import SignedIn
from clinicdesk.presentation.today.presenter import TodayState
from clinicdesk.services.search import Search
from clinicdesk.services.today import Today

SEED = 20261006
TYPED = ("o", "ok", "oko", "okon", "m", "ma", "mar", "mari", "marie", "smtih", "garcia l", "171-0004")
_FIRST = [
    "Ada",
    "Amara",
    "Bea",
    "Chen",
    "Dmitri",
    "Ella",
    "Fatou",
    "Grace",
    "Hugo",
    "Ines",
    "Jun",
    "Kofi",
    "Lena",
    "Marie",
    "Noor",
    "Otto",
    "Priya",
    "Rosa",
    "Sven",
]
_LAST = [
    "Adeyemi",
    "Berg",
    "Costa",
    "Diaz",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Hansen",
    "Ito",
    "Jensen",
    "Kovac",
    "Lopez",
    "Meyer",
    "Okonkwo",
    "Smith",
]


def benches() -> dict[str, Callable[[], list[Result]]]:
    """By the name of the first line."""
    return {"search_keystroke": search_keystroke, "unlock_to_today": unlock_to_today}


def search_keystroke() -> list[Result]:
    """Key press to painted list over 50,000 students; the floor asks the index and paints the same list."""
    with _clinic(50_000) as clinic:
        application = _application()
        desk = clinic.desk()
        shared = students.parts(desk)
        window = _Window(application, clinic, [], shared.finder)
        palette = window.workspace.palette_layer
        palette.open()
        window.settle()
        known = {text: find(shared.finder, text) for text in TYPED}
        question = sa.text("SELECT rowid FROM student_search WHERE student_search MATCH :q LIMIT 200")

        def value() -> list[float]:
            return [_timed(partial(window.type, text)) for text in TYPED]

        def floor() -> list[float]:
            return [_timed(partial(ask, text)) for text in TYPED]

        def ask(text: str) -> None:
            with desk.store.read() as session:
                session.execute(question, {"q": " ".join(f'"{word}"*' for word in text.split())}).all()
            window.paint(known[text])

        result = compare(
            "search_keystroke",
            unit="ms",
            goal=Goal(ratio=2.5, limit=30),
            value=value,
            floor=floor,
            floor_is="the FTS query and painting the same list",
        )
        shared.close()
        window.close()
        return [result]


def unlock_to_today() -> list[Result]:
    """From the desk opened to a painted Today, 9,000 students; the floor makes the reads and paints a fixed board."""
    with _clinic(9_000) as clinic:
        busy_day(clinic)
        application = _application()
        board = Today(clinic.desk()).board()

        def value() -> list[float]:
            return [_timed(shown_board) for _ in range(5)]

        def shown_board() -> None:
            desk = clinic.desk()
            acts = LastActs(clinic.clock, application.runner)
            window = _Window(application, clinic, today.screens(desk, acts), students.parts(desk).finder)
            window.settle()
            window.grab()
            window.close()

        def floor() -> list[float]:
            return [_timed(fixed_board) for _ in range(5)]

        def fixed_board() -> None:
            desk = clinic.desk()
            Today(desk).board()
            acts = LastActs(clinic.clock, application.runner)
            window = _Window(application, clinic, today.screens(desk, acts), students.parts(desk).finder, start=False)
            screen, _ = window.workspace._made("today")
            screen.view.draw(TodayState(board))  # type: ignore[attr-defined]  # the Today screen
            window.settle()
            window.grab()
            window.close()

        return [
            compare(
                "unlock_to_today",
                unit="ms",
                goal=Goal(ratio=2.0, limit=400),
                value=value,
                floor=floor,
                floor_is="the same reads and widgets with fixed rows",
            )
        ]


class _Window:
    """A signed-in window that is really painted, offscreen."""

    def __init__(
        self, application: Application, clinic: Clinic, specs: list[ScreenSpec], finder: Any, *, start: bool = True
    ) -> None:
        self._runner = application.runner
        self.window = MainWindow(application.runner, clinic.clock, QWidget)
        person = SignedIn("u", "Renata Olszewski", "School nurse, RN", clinic.school.name, "Tamarack Valley USD")
        desk = clinic.desk()
        session = Session(person, specs, finder, lambda act: desk.may(Act(act)), idle_minutes=60)
        if start and specs:
            self.workspace: Workspace = self.window.show_workspace(session)
        else:
            self.workspace = Workspace(self.window, session, application.runner, clinic.clock)
            layout = self.window.layout()
            assert layout is not None
            layout.addWidget(self.workspace)
        self.window.resize(1440, 900)
        self.window.show()

    def type(self, text: str) -> None:
        """A key press as the palette hears it, until its list is painted."""
        query = self.workspace.palette_layer.query
        query.setText(text)
        with self._list_painted():
            query.textEdited.emit(text)

    def paint(self, found: Found) -> None:
        """The same list, already known."""
        palette = self.workspace.palette_layer
        lines = [line for section in found.sections for line in (Line(section.heading), *map(_line, section.hits))]
        with self._list_painted():
            palette.hits.set_rows(lines)

    @contextlib.contextmanager
    def _list_painted(self) -> Iterator[None]:
        """Ends when nothing is being looked up and the list has been painted with what was found."""
        viewport = self.workspace.palette_layer.hits.viewport()
        watch = _Paints()
        viewport.installEventFilter(watch)
        yield
        while self._runner.busy():
            watch.painted = False
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        while not watch.painted:
            QCoreApplication.processEvents()
        viewport.removeEventFilter(watch)

    def settle(self) -> None:
        while self._runner.busy():
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        QCoreApplication.processEvents()

    def grab(self) -> None:
        self.window.grab()

    def close(self) -> None:
        self.window.hide()
        self.workspace.leave()
        if self.window.keyboard is not None:
            self.window.keyboard.close()
        self.window.deleteLater()
        self.settle()
        # Without a running loop Qt keeps what was deleted, and each further window would be slower.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


class _Paints(QObject):
    """Notes that a widget was painted."""

    painted = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt names it
        self.painted = self.painted or event.type() == QEvent.Type.Paint
        return False


def _line(hit: Any) -> Line:
    return Line(hit=hit)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _application() -> Application:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

    def rise(error: BaseException, _code: str) -> None:
        raise error

    made = build(["clinicdesk"], rise)
    made.last_resort.remove()
    return made


@contextlib.contextmanager
def _clinic(count: int) -> Iterator[Clinic]:
    """A clinic whose desk holds so many students, a twelfth of them with an allergy."""
    with tempfile.TemporaryDirectory() as folder, open_clinic(Path(folder)) as clinic:
        chance = random.Random(SEED)
        pupils, enrolments, allergies = [], [], []
        for at in range(count):
            key = new_id()
            place = clinic.school if at % 4 else clinic.other_school
            pupils.append(
                {
                    "id": key,
                    "first_name": chance.choice(_FIRST),
                    "last_name": "-".join(chance.sample(_LAST, 2 if at % 5 == 0 else 1)),
                    "date_of_birth": dt.date(2008, 1, 1) + dt.timedelta(days=chance.randrange(4000)),
                    "grade": str(1 + at % 12),
                    "gender": Gender.OTHER,
                    "enrollment_date": clinic.clock.now(),
                    "student_number": f"171-{at:06d}",
                    "school_id": place.id,
                    "district_id": clinic.district,
                    "scope_id": key,
                }
            )
            enrolments.append(
                {
                    "student_id": key,
                    "school_id": place.id,
                    "starts_on": dt.date(2026, 8, 31),
                    "status": EnrollmentStatus.CONFIRMED,
                    "scope_id": key,
                }
            )
            if at % 12 == 0:
                allergies.append({"student_id": key, "allergen": "Peanut", "severity": AllergySeverity.SEVERE})
        for model, rows in ((Student, pupils), (StudentEnrollment, enrolments), (Allergy, allergies)):
            for part in _batches(rows):
                with clinic.pulled() as work:
                    work.session.execute(sa.insert(model), part)
        Search(clinic.desk()).students("warm")
        yield clinic


def _batches(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for at in range(0, len(rows), 2000):
        yield rows[at : at + 2000]
