"""Every command that is known runs, or says why it does not (ux-spec 3)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from tests.support.busy_day import busy_day
from tests.support.desk import Clinic, open_clinic
from tests.support.doorway import CTRL, Doorway
from tests.support.qt import settle

from clinicdesk.gui.app import Application
from clinicdesk.presentation.commands import BoundCommand
from clinicdesk.presentation.shell import COMMANDS, RAIL, Keys

ELSEWHERE = {Keys.LOCK, Keys.SWITCH_USER, Keys.SYNC_NOW}
"""They end the sign-in or start the process of sync: tested where these are."""


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with open_clinic(tmp_path) as opened:
        busy_day(opened)
        yield opened


@pytest.fixture
def door(built: Application, clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Doorway]:
    made = Doorway(built, clinic, tmp_path)
    # Dialogs and viewers of the system would wait for a person.
    monkeypatch.setattr(made.desktop, "ask_path", lambda _proposed: None)
    monkeypatch.setattr(made.desktop.documents, "show", lambda _content, _name: True)
    yield made
    made.close()


def _screens(door: Doorway) -> list[str]:
    return [spec.id for spec in door.person.session().screens]


@pytest.mark.parametrize("who", ["olszewski", "whitfield", "lindgren"])
def test_every_shared_command_of_a_role_is_bound(door: Doorway, who: str) -> None:
    door.sign_in(who)
    known = {screen.partition(".")[0] for screen in _screens(door)}
    elsewhere = {f"go.{place.id}" for place in RAIL if place.id not in known}
    if "incidents" not in known:
        elsewhere.add(Keys.NEW_INCIDENT)
    commands = door.workspace.commands
    wanted = {
        command.id
        for command in COMMANDS.values()
        if command.id not in elsewhere and (command.act is None or commands.allowed(command.act))
    }
    assert wanted - {bound.id for bound in commands.all()} == set()


@pytest.mark.parametrize("who", ["olszewski", "lindgren"])
def test_every_command_of_every_screen_runs_or_says_why_not(door: Doorway, who: str) -> None:
    door.sign_in(who)
    silent: list[str] = []
    for place in [screen for screen in _screens(door) if "." not in screen]:
        for command_id in _ids(door, place):
            door.workspace.navigate(place)
            door.rest()
            bound = door.workspace.commands.find(command_id)
            if bound is None or command_id in ELSEWHERE:
                continue
            if not _ran_or_said(door, bound):
                silent.append(f"{place}: {command_id}")
    assert silent == []


def _ids(door: Doorway, place: str) -> list[str]:
    door.workspace.navigate(place)
    door.rest()
    shared = set(COMMANDS) if place != "today" else set()
    return [bound.id for bound in door.workspace.commands.all() if bound.id not in shared]


def _ran_or_said(door: Doorway, bound: BoundCommand) -> bool:
    reason = door.workspace.commands.run(bound.id)
    door.rest()
    door.workspace.close_sheet()
    door.workspace.palette_layer.close_palette()
    settle()
    return not reason or (len(reason) > 8 and reason.rstrip().endswith((".", "…")))


def test_a_known_command_without_a_meaning_here_says_why_at_its_key(door: Doorway) -> None:
    door.sign_in("olszewski")
    door.workspace.navigate("sync")
    door.rest()
    door.press(Qt.Key.Key_E, CTRL)
    assert door.workspace.toasts.notes()[0].words == "Open a student first."


def test_roster_and_calendar_are_reached_by_the_palette(door: Doorway) -> None:
    door.sign_in("lindgren")
    for words, screen in (("import a roster", "admin.roster"), ("school calendar", "admin.calendar")):
        door.press(Qt.Key.Key_K, CTRL)
        door.type(words)
        door.press(Qt.Key.Key_Return)
        current = door.workspace.current()
        assert current is not None
        assert current.id == screen


def test_a_person_of_several_schools_goes_to_another_by_keys(door: Doorway) -> None:
    door.sign_in("lindgren")
    desk, clinic = door.person.desk, door.clinic
    assert desk.school.id in {clinic.school.id, clinic.other_school.id}
    other = clinic.other_school if desk.school.id == clinic.school.id else clinic.school
    door.press(Qt.Key.Key_K, CTRL)
    door.type("switch school")
    door.press(Qt.Key.Key_Return)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    words = [action.text() for action in menu.actions()]
    for _ in range(words.index(other.name) + 1):
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    door.rest()
    assert door.person.desk is desk
    assert desk.school.id == other.id
    assert door.workspace.top_bar.school.accessibleName() == f"School: {other.name}"
    current = door.workspace.current()
    assert current is not None
    assert current.id == "today"


def test_with_one_school_there_is_nothing_to_switch(door: Doorway) -> None:
    door.sign_in("olszewski")
    assert door.workspace.commands.run("shell.school") == "You work at one school."
