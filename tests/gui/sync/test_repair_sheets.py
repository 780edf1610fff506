"""An administrator joins anew and repairs a damaged database, by keyboard alone (scenarios 15 and 53)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from tests.support import accessibility, layout
from tests.support.damage import damage_root
from tests.support.desk import _ROOT, Clinic
from tests.support.doorway import CTRL, Doorway
from tests.support.profile import PASSWORD
from tests.support.qt import settle, until
from tests.support.sync_conflicts import ScriptedLine, sync_of

from clinicdesk.core.errors import UserFacingError
from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.sync.repairs import RejoinSheet, SalvageSheet
from clinicdesk.gui.screens.sync.screen import SyncScreen
from clinicdesk.presentation.sync_centre.repairing import AskedIn
from clinicdesk.presentation.sync_now import Running
from clinicdesk.security.derivation import expand
from clinicdesk.security.unlocked import DATABASE_KEY
from clinicdesk.storage.damaged_file import is_sound
from clinicdesk.sync.process import Event, Finished

K = Qt.Key


class QuickLine(ScriptedLine):
    """A sync that is over as soon as it began."""

    def start(self, heard: Callable[[Event], None]) -> Running:
        running = super().start(heard)
        heard(Finished({}))
        return running


class ScriptedDistrict:
    """A district that answers as the test says; what it was asked is kept."""

    may = True

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.refusal: UserFacingError | None = None
        self.approved = False
        self.line = QuickLine()

    def join_anew(self, invite: str, code: str) -> AskedIn:
        if self.refusal is not None:
            raise self.refusal
        self.asked.append((invite, code))
        return AskedIn("4821 0937 5518", False)

    def let_in(self) -> bool:
        return self.approved

    def confirm(self, password: str) -> None:
        raise AssertionError("not asked here")

    def salvage(self, password: str) -> None:
        raise AssertionError("not asked here")


@pytest.fixture
def door(built: Application, clinic: Clinic, tmp_path: Path) -> Iterator[Doorway]:
    made = Doorway(built, clinic, tmp_path)
    yield made
    made.close()


def centre_of(door: Doorway) -> SyncScreen:
    screen = door.workspace.current()
    assert isinstance(screen, SyncScreen)
    return screen


def through_the_palette(door: Doorway, words: str) -> None:
    """To the sync centre, then the command by its name."""
    door.press(K.Key_0, CTRL)
    door.press(K.Key_K, CTRL)
    door.type(words)
    door.press(K.Key_Return)


def tab_to(door: Doorway, object_name: str) -> None:
    for _ in range(30):
        if door.focus() == object_name:
            return
        door.press(K.Key_Tab)
    raise AssertionError(f"{object_name} is out of reach, focus is at {door.focus()}")


def rejoin_sheet(door: Doorway) -> RejoinSheet:
    sheet = door.workspace.sheet.content
    assert isinstance(sheet, RejoinSheet)
    return sheet


def scripted(door: Doorway) -> ScriptedDistrict:
    """In place of the lines: nothing listens at the address of the test profile."""
    district = ScriptedDistrict()
    part = centre_of(door).view.repair
    assert part is not None
    part._repairs = district
    part._sync = sync_of(door.clinic, door.runner, district.line)
    return district


def test_scenario_15_an_administrator_joins_anew_by_keys_and_waits_for_the_approval(door: Doorway) -> None:
    door.sign_in(door.clinic.administrator.sign_in)
    through_the_palette(door, "join anew")
    district, sheet = scripted(door), rejoin_sheet(door)
    assert door.focus() == "sync.rejoin.invite"
    assert layout.problems(sheet) == []
    door.type("clinicdesk-enroll:1?host=district.example.org")
    door.press(K.Key_Tab)
    door.type("ABCDE12345")
    door.press(K.Key_Return, CTRL)
    # Nothing happens before the word is typed.
    assert district.asked == []
    assert door.focus() == "sync.rejoin.typed"
    door.type("join")
    door.press(K.Key_Return, CTRL)
    assert district.asked == [("clinicdesk-enroll:1?host=district.example.org", "ABCDE12345")]
    assert sheet.number.text() == "4821 0937 5518"
    assert layout.problems(sheet) == []
    assert door.focus() == "sync.rejoin.ask"
    door.press(K.Key_Return)
    assert "Nobody has approved it yet" in sheet._said.problem.text()
    district.approved = True
    door.press(K.Key_Return, CTRL)
    assert "let in" in sheet._said.done.text()
    assert not sheet.number.isVisible()
    # What waited is sent at once.
    assert len(district.line.heard) == 1


@pytest.mark.prove
def test_scenario_15_a_refusal_of_the_district_is_said_and_nothing_typed_is_lost(door: Doorway) -> None:
    class OtherDistrictError(UserFacingError):
        code = "other_district"

    door.sign_in(door.clinic.administrator.sign_in)
    through_the_palette(door, "join anew")
    district, sheet = scripted(door), rejoin_sheet(door)
    district.refusal = OtherDistrictError()
    door.type("clinicdesk-enroll:1?host=elsewhere.example.org")
    tab_to(door, "sync.rejoin.typed")
    door.type("JOIN")
    door.press(K.Key_Return, CTRL)
    assert sheet._said.problem.isVisible()
    assert sheet.invite.toPlainText() == "clinicdesk-enroll:1?host=elsewhere.example.org"


def test_d26_the_repairs_are_an_administrators(door: Doorway) -> None:
    door.sign_in(door.clinic.nurse.sign_in)
    through_the_palette(door, "repair this")
    assert door.workspace.sheet.content is None
    view = centre_of(door).view
    view.open_rejoin()
    view.open_salvage()
    assert door.workspace.sheet.content is None


@pytest.mark.prove
def test_every_part_of_the_sheets_has_a_name_and_is_reached_by_tab(door: Doorway) -> None:
    door.sign_in(door.clinic.administrator.sign_in)
    for words in ("join anew", "repair this"):
        through_the_palette(door, words)
        assert accessibility.problems(door.desktop.window) == []
        door.press(K.Key_Escape)


@pytest.mark.prove
def test_scenario_53_a_damaged_database_is_repaired_by_keys_and_is_sound_again(door: Doorway) -> None:
    desktop, administrator = door.desktop, door.clinic.administrator.sign_in
    door.sign_in(administrator)
    through_the_palette(door, "repair this")
    sheet = door.workspace.sheet.content
    assert isinstance(sheet, SalvageSheet)
    assert layout.problems(sheet) == []
    door.type("not the password")
    door.press(K.Key_Tab)
    tab_to(door, "sync.salvage.typed")
    door.type("repair")
    door.press(K.Key_Return, CTRL)
    # A wrong password leaves everything as it was.
    assert desktop.person is not None
    assert sheet._said.problem.isVisible()
    sheet.password.clear()
    sheet.password.line.setFocus()
    door.type(PASSWORD)
    damage_root(desktop.paths.database, bytes(expand(bytearray(_ROOT), DATABASE_KEY)), "allergies")
    door.press(K.Key_Return, CTRL)
    until(lambda: desktop.person is None and not desktop._repairing, 30, "the repair")
    settle()
    (notice,) = [one for one in desktop.standing().warnings if one.key == "repaired"]
    assert "repaired" in notice.cause
    assert [one for one in desktop.paths.root.iterdir() if one.name.startswith("damaged-")]
    # The fresh database fetches everything at the next sign-in: here no district answers, and the card says so.
    door.sign_in(administrator)
    assert "district" in door.card.presenter.state.message
    assert is_sound(desktop.paths.database, bytes(expand(bytearray(_ROOT), DATABASE_KEY)))


@pytest.mark.prove
def test_scenario_53_a_sound_database_is_left_alone_and_the_card_says_so(door: Doorway) -> None:
    desktop, administrator = door.desktop, door.clinic.administrator.sign_in
    door.sign_in(administrator)
    through_the_palette(door, "repair this")
    door.type(PASSWORD)
    tab_to(door, "sync.salvage.typed")
    door.type("repair")
    door.press(K.Key_Return, CTRL)
    until(lambda: desktop.person is None and not desktop._repairing, 30, "the end")
    settle()
    (notice,) = [one for one in desktop.standing().warnings if one.key == "repaired"]
    assert notice.cause == "The database was not repaired."
    door.sign_in(administrator)
    assert desktop.person is not None
