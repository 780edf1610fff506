"""Every main screen once more in the dark theme, chosen by keys from the appearance sheet."""

from __future__ import annotations

from functools import partial

from clinicdesk.gui.theme import theme
from tour.hand import CTRL, K, TourError
from tour.place import RAIL_KEYS, Station
from tour.record import Record, Rows
from tour.roster import NEWCOMER


class DarkRound:
    """Walks through the rail; each stop is a step with a picture."""

    def __init__(self, station: Station, record: Record, *, nurse: str) -> None:
        self._station = station
        self._record = record
        self._nurse = nurse

    def run(self) -> None:
        step = self._record.run
        step("School calendar", "admin.calendar", self._calendar)
        step("Dark theme chosen", "appearance", self._darken, dark=True)
        for screen in RAIL_KEYS:
            step(f"Dark: {screen}", screen, partial(self._go, screen), dark=True)
        step("Dark: students.chart", "students.chart", self._chart, dark=True)
        step("Dark: visits.visit", "visits.visit", self._visit, dark=True)
        step("Dark: unlock", "unlock", self._lock, dark=True)

    def _calendar(self) -> Rows:
        self._station.further_place("admin.calendar")
        return {}

    def _darken(self) -> Rows:
        """As the nurse: it is her theme."""
        hand = self._station.hand
        self._station.lock()
        self._station.unlock(self._nurse)
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

    def _go(self, screen: str) -> Rows:
        if self._station.workspace.sheet.content is not None:
            self._station.hand.press(K.Key_Escape)
        self._station.go(screen)
        return {}

    def _chart(self) -> Rows:
        self._station.palette(NEWCOMER[1].lower(), "students.chart")
        return {}

    def _visit(self) -> Rows:
        self._station.hand.press(K.Key_N, modifiers=CTRL)
        self._station.hand.until(lambda: self._station.on("visits.visit"), "visit screen")
        self._station.quiet()
        return {}

    def _lock(self) -> Rows:
        self._station.lock()
        return {}
