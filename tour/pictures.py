"""Every screen, light and dark: what the main job did not show, and all of it once more in the dark theme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa
from PySide6.QtCore import Qt

from clinicdesk.gui.theme import Mode, theme
from clinicdesk.models import Allergy, Student, StudentMedication
from tour.hand import CTRL, PLAIN, SHIFT, K, TourError
from tour.place import Station
from tour.record import Record, Rows


@dataclass(frozen=True, slots=True)
class Stop:
    """One screen and how keys lead there; `shown`: the main job has a light picture of it."""

    title: str
    screen: str
    go: Callable[[], object]
    shown: bool = False


class EveryScreen:
    """The administrator walks through her screens and the nurse through hers, in one theme and then in the other."""

    def __init__(self, station: Station, record: Record, *, administrator: str, nurse: str) -> None:
        self._station = station
        self._record = record
        self._administrator = administrator
        self._nurse = nurse

    def run(self) -> None:
        people = ((self._administrator, self._office()), (self._nurse, self._clinic()))
        for person, stops in people:
            self._enter(person)
            for stop in stops:
                if not stop.shown:
                    self._record.run(f"Light: {stop.title}", stop.screen, partial(self._at, stop))
        for person, stops in people[::-1]:
            self._enter(person)
            self._record.run(f"Dark theme chosen by {person}", "appearance", self._darken, dark=True)
            for stop in stops:
                self._record.run(f"Dark: {stop.title}", stop.screen, partial(self._at, stop, dark=True), dark=True)
        self._record.run("Dark: unlock", "unlock", self._lock, dark=True)

    def _enter(self, person: str) -> None:
        self._station.lock()
        self._station.unlock(person)

    def _office(self) -> tuple[Stop, ...]:
        further = self._station.further_place
        return (
            Stop("people and workstations", "admin", lambda: self._station.palette("admin", "admin"), shown=True),
            Stop("roster import", "admin.roster", lambda: further("admin.roster"), shown=True),
            Stop("school calendar", "admin.calendar", lambda: further("admin.calendar")),
        )

    def _clinic(self) -> tuple[Stop, ...]:
        go, key = self._station.go, self._key
        return (
            Stop("Today", "today", lambda: go("today"), shown=True),
            Stop("notifications", "notifications", lambda: self._sheet(K.Key_F8)),
            Stop("keyboard shortcuts", "shortcuts", lambda: self._sheet(K.Key_F1)),
            Stop("students", "students", lambda: go("students")),
            Stop("student with orders", "students.chart", self._chart),
            Stop("emergency card", "students.chart", lambda: self._sheet(K.Key_E, CTRL)),
            Stop("visit", "visits.visit", lambda: key(K.Key_N, "visits.visit"), shown=True),
            Stop("medication round", "medications", lambda: go("medications"), shown=True),
            Stop("new order", "medications.order", lambda: self._from_round(K.Key_O, "medications.order")),
            Stop("controlled count", "medications.count", lambda: self._from_round(K.Key_C, "medications.count")),
            Stop("immunizations", "immunizations", self._immunizations),
            Stop("forms", "forms", lambda: go("forms")),
            Stop("consent form written", "forms.author", self._author),
            Stop("sync centre", "sync", lambda: go("sync"), shown=True),
        )

    def _at(self, stop: Stop, *, dark: bool = False) -> Rows:
        if theme().dark is not dark:
            raise TourError(f"{stop.title} is not in the theme that was chosen")
        if self._station.workspace.sheet.content is not None:
            self._station.hand.press(K.Key_Escape)
        stop.go()
        self._station.quiet()
        return {}

    # -- Ways ----------------------------------------------------------------------------------------------------

    def _key(self, key: Qt.Key, screen: str, modifiers: Qt.KeyboardModifier = CTRL) -> None:
        self._station.hand.press(key, modifiers=modifiers)
        self._station.hand.until(lambda: self._station.on(screen), f"screen {screen}")

    def _sheet(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        self._station.hand.press(key, modifiers=modifiers)
        self._station.hand.until(lambda: self._station.workspace.sheet.content is not None, "sheet")

    def _from_round(self, key: Qt.Key, screen: str) -> None:
        self._station.go("medications")
        self._key(key, screen, PLAIN)

    def _chart(self) -> None:
        """A student who has orders, and an allergy if one of those has."""
        with self._station.reading() as session:
            ordered = sa.select(StudentMedication.student_id)
            allergic = sa.select(Allergy.student_id)
            found = session.execute(
                sa.select(Student.first_name, Student.last_name)
                .where(Student.id.in_(ordered), Student.school_id == self._station.desk.school.id)
                .order_by(Student.id.in_(allergic).desc(), Student.last_name, Student.first_name)
                .limit(1)
            ).one()
        self._station.palette(f"{found.first_name} {found.last_name}".lower(), "students.chart")

    def _immunizations(self) -> None:
        self._chart()
        self._key(K.Key_I, "immunizations")

    def _author(self) -> None:
        self._station.go("forms")
        self._key(K.Key_F, "forms.author", CTRL | SHIFT)
        self._station.hand.press(K.Key_N, modifiers=CTRL | SHIFT)

    def _darken(self) -> Rows:
        """In the sheet behind the user's name."""
        hand = self._station.hand
        if self._station.workspace.sheet.content is not None:
            hand.press(K.Key_Escape)
        for _ in range(8):
            hand.press(K.Key_F6)
            if hand.focused().startswith("topBar"):
                break
        hand.go_to("topBar.user")
        hand.press(K.Key_Space)
        # Tab stops at the theme in use only; the arrows lead on to the dark one.
        for _ in range(20):
            if hand.focused().startswith("appearance.theme."):
                break
            hand.press(K.Key_Tab)
        for _ in range(4):
            if hand.at("appearance.theme.dark"):
                break
            hand.press(K.Key_Right)
        hand.press(K.Key_Space)
        if not theme().dark:
            raise TourError("the dark theme was not taken")
        return {}

    def _lock(self) -> Rows:
        """The card wears the machine's own theme, which no key of the program changes."""
        self._station.lock()
        theme().change(mode=Mode.DARK)
        return {}
