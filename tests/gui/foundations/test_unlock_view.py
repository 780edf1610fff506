"""The locked card and first run as a person meets them: keys, words, names, and every size, theme and language."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from tests.support import accessibility, layout
from tests.support.frame import Frame
from tests.support.looks import Display, on_every_display
from tests.support.qt import settle, shown

from clinicdesk.core.clock import SettableClock
from clinicdesk.core.errors import UserFacingError
from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.unlock.card import UnlockView
from clinicdesk.gui.screens.unlock.first_run import FirstRunView
from clinicdesk.gui.widgets.buttons import Button
from clinicdesk.gui.widgets.notices import Banner
from clinicdesk.presentation.runner import ImmediateRunner
from clinicdesk.presentation.unlock import Enrolled, InviteSeen, Notice, QuickEntry, StaffTile, Standing, Step

PEOPLE = (StaffTile("ro", "Renata Olszewski", "School nurse, RN"), StaffTile("dw", "Delphine Whitfield", "Health aide"))
BY_PIN = QuickEntry("ro", dt.datetime(2026, 10, 6, 16, 28, tzinfo=dt.UTC))
WEAKER = Notice("t21", "Keys are kept in a file on this machine", "This machine has no keystore. Ask IT.")


class WrongPasswordError(UserFacingError):
    """As the keys say it."""

    code = "wrong_password"


class WrongPinError(UserFacingError):
    """As the keys say it."""

    code = "wrong_pin"


class Door:
    """Opens with one password, and for Renata with a PIN where she has one."""

    def __init__(self, warnings: tuple[Notice, ...] = (), quick: tuple[QuickEntry, ...] = ()) -> None:
        self.warnings = warnings
        self.quick = quick

    def standing(self) -> Standing:
        return Standing(
            "Cedar Ridge K–8",
            "Health office, workstation 2",
            PEOPLE,
            self.warnings,
            due=5,
            late=1,
            sync_words="Synced 14 min ago, 0 to send",
            lease_words="Works offline until Oct 20",
            drafts=1,
            version="0.1.0",
            quick=self.quick,
        )

    def sign_in(self, user_name: str, password: str) -> object:
        if (user_name, password) != ("dw", "right"):
            raise WrongPasswordError
        return user_name

    def sign_in_by_pin(self, user_name: str, pin: str) -> object:
        if pin != "480613":
            raise WrongPinError(left=4)
        return user_name


class District:
    """Takes any invite that looks like one."""

    def read_invite(self, text: str) -> InviteSeen:
        return InviteSeen("district.example.org:8443")

    def enrol(self, invite: str, code: str, user_name: str, password: str) -> Enrolled:
        return Enrolled("123456789012", False, "ABCD-EFGH-JKMN-PQRS-TVWX-YZ12")

    def approved(self) -> bool:
        return True


class Locked:
    """What a person can do at the locked card, in her words."""

    def __init__(self, qtbot: QtBot, door: Door, *, second_instance: bool = False) -> None:
        clock = SettableClock(dt.datetime(2026, 10, 6, 16, 4, tzinfo=dt.UTC))
        self.desks: list[object] = []
        self.view = UnlockView(
            door,
            ImmediateRunner(),
            clock,
            self.desks.append,
            zone="America/New_York",
            second_instance=second_instance,
        )
        qtbot.addWidget(self.view)
        shown(self.view, 1440, 900)

    def press(self, key: Qt.Key) -> None:
        focus = QApplication.focusWidget() or self.view
        QTest.keyClick(focus, key)
        settle()

    def type_password(self, text: str) -> None:
        self.view.password.line.setFocus()
        QTest.keyClicks(self.view.password.line, text)
        self.press(Qt.Key.Key_Return)


@pytest.fixture
def locked(qtbot: QtBot) -> Locked:
    return Locked(qtbot, Door())


def test_arrows_choose_the_person_and_enter_unlocks_without_a_mouse(locked: Locked) -> None:
    locked.view.password.line.setFocus()
    locked.press(Qt.Key.Key_Down)
    locked.type_password("right")
    assert locked.desks == ["dw"]


def test_a_wrong_password_is_said_at_the_field_and_typed_again(locked: Locked) -> None:
    locked.type_password("wrong")
    line = locked.view.password.line
    assert line.accessibleDescription() == "Name and password do not go together. Try again."
    assert line.text() == ""
    assert QApplication.focusWidget() is line


def test_someone_whose_tile_is_hidden_types_the_name(locked: Locked) -> None:
    locked.view.other.click()
    locked.view.user_name.setText("dw")
    locked.type_password("right")
    assert locked.desks == ["dw"]


def test_t21_weaker_protection_is_a_permanent_warning(qtbot: QtBot) -> None:
    locked = Locked(qtbot, Door((WEAKER,)))
    locked.type_password("wrong")
    banners = locked.view.findChildren(Banner)
    assert [banner.objectName() for banner in banners] == ["unlock.warning.t21"]
    assert banners[0].isVisible()


def test_a_second_window_says_so_and_takes_no_password(qtbot: QtBot) -> None:
    locked = Locked(qtbot, Door(), second_instance=True)
    assert [banner.objectName() for banner in locked.view.findChildren(Banner)] == ["unlock.warning.second"]
    assert not locked.view.enter.isEnabled()


def test_the_pin_box_says_until_when_and_opens(qtbot: QtBot) -> None:
    locked = Locked(qtbot, Door(quick=(BY_PIN,)))
    locked.view.setFocus()
    line = locked.view.pin.line
    assert QApplication.focusWidget() is line
    assert line.accessibleDescription() == "quick unlock until 12:28"
    QTest.keyClicks(line, "1357a90")
    assert line.text() == "135790"
    locked.press(Qt.Key.Key_Return)
    assert line.accessibleDescription() == "This PIN does not open the desk. 4 tries left."
    QTest.keyClicks(line, "480613")
    locked.press(Qt.Key.Key_Return)
    assert locked.desks == ["ro"]


def test_the_clock_shows_the_school_time(locked: Locked) -> None:
    words = [label.text() for label in (locked.view._time, locked.view._day)]
    assert words == ["12:04", "Tuesday, October 6, 2026, EDT"]


def test_the_language_is_chosen_on_the_card(locked: Locked, qtbot: QtBot) -> None:
    with qtbot.waitSignal(locked.view.language_picked) as picked:
        locked.view.languages.setFocus()
        locked.view.languages.setCurrentIndex(1)
        locked.view.languages.activated.emit(1)
    assert picked.args == ["es"]


def test_the_locked_card_is_named_and_reachable(locked: Locked) -> None:
    assert accessibility.problems(locked.view) == []


def _first_run(qtbot: QtBot, invite: str = "") -> FirstRunView:
    view = FirstRunView(District(), ImmediateRunner(), ask_two=lambda _n: (0, 5), choose_file=lambda _w: invite)
    qtbot.addWidget(view)
    shown(view, 1024, 700)
    return view


def _click(view: QWidget, object_name: str) -> None:
    button = view.findChild(Button, object_name)
    assert button is not None
    assert button.isVisible()
    button.click()
    settle()


def test_d24_first_run_is_walked_to_the_end(qtbot: QtBot, tmp_path: Path) -> None:
    invite = tmp_path / "invite.txt"
    invite.write_text("clinicdesk-enroll:1?host=district.example.org\n", encoding="utf-8")
    view = _first_run(qtbot, str(invite))
    _click(view, "firstRun.file")
    view.code.setText("AB12CD34EF")
    _click(view, "firstRun.code.next")
    view.user_name.setText("renata")
    view.password.line.setText("a long enough password")
    view.again.line.setText("a long enough password")
    _click(view, "firstRun.person.next")
    assert view._number.text() == "1234 5678 9012"
    _click(view, "firstRun.number.next")
    assert view.password.text() == ""
    with qtbot.waitSignal(view.printed) as printed:
        _click(view, "firstRun.kit.print")
    assert printed.args == [("ABCD", "EFGH", "JKMN", "PQRS", "TVWX", "YZ12")]
    _click(view, "firstRun.kit.next")
    view.word_one.setText("ABCD")
    view.word_two.setText("yz12")
    _click(view, "firstRun.retype.next")
    with qtbot.waitSignal(view.finished):
        _click(view, "firstRun.done")


def test_a_file_that_is_far_too_large_is_not_read(qtbot: QtBot, tmp_path: Path) -> None:
    large = tmp_path / "film.txt"
    large.write_bytes(b"x" * 30_000)
    view = _first_run(qtbot, str(large))
    _click(view, "firstRun.file")
    assert view._invite_field.error.text() == "This file is too large to be an invite."
    assert view.presenter.state.step is Step.INVITE


def test_each_page_of_first_run_is_named_and_uncut(qtbot: QtBot) -> None:
    view = _first_run(qtbot)
    presenter = view.presenter
    moves = [
        lambda: None,
        lambda: presenter.take_invite("clinicdesk-enroll:1?x"),
        lambda: presenter.take_code("AB12CD34EF"),
        lambda: presenter.make_person("renata", "a long enough password", "a long enough password"),
        presenter.number_agrees,
        presenter.kit_kept,
    ]
    for move in moves:
        move()
        settle()
        assert accessibility.problems(view) == [], presenter.state.step
        assert layout.problems(view) == [], presenter.state.step


@on_every_display
def test_nothing_is_cut_on_the_locked_card(qtbot: QtBot, built: Application, display: Display) -> None:
    for quick in ((), (BY_PIN,)):
        locked = Locked(qtbot, Door((WEAKER,), quick))
        display.put_on(built, locked.view)
        assert layout.problems(locked.view) == []


@on_every_display
def test_nothing_in_the_frame_is_cut_in_other_languages(built: Application, display: Display) -> None:
    frame = Frame(built)
    frame.workspace.show_appearance()
    display.put_on(built, frame.window)
    problems = layout.problems(frame.window)
    frame.close()
    settle()
    assert problems == []
