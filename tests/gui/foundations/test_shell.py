"""The frame: rail by role, history, palette, sheets, privacy, lock and idle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.support import accessibility, layout
from tests.support.frame import NOON, Frame
from tests.support.looks import Display, on_every_display
from tests.support.qt import NoSearch, settle, shown, until

from clinicdesk.core.clock import SettableClock
from clinicdesk.gui.app import Application
from clinicdesk.gui.shell.rail import RailItem
from clinicdesk.gui.shell.top_bar import TopBar
from clinicdesk.gui.shell.workspace import Workspace
from clinicdesk.gui.theme import TextKind, Tone
from clinicdesk.gui.theme.metrics import RAIL_COLLAPSED
from clinicdesk.gui.widgets.notices import Banner
from clinicdesk.i18n import Language
from clinicdesk.presentation.search import Badge, Hit, HitKind
from clinicdesk.presentation.shell import SignedIn

PSEUDO_125 = Display(width=1600, scale=1.25, language=Language.PSEUDO)


@pytest.fixture
def frame(built: Application) -> Iterator[Frame]:
    made = Frame(built)
    yield made
    made.close()
    settle()


class People(NoSearch):
    """Finds two students of one name."""

    def students(self, query: str, limit: int) -> list[Hit]:
        flag = (Badge("Same name", "warning", "info-ring"),)
        return [
            Hit(HitKind.STUDENT, "s1", "Siobhán O'Brien", "Apr 22, 2014", "grade 7", flag, ((8, 4),), same_name=True),
            Hit(HitKind.STUDENT, "s2", "Siobhan O'Brien", "Dec 30, 2018", "grade 2", flag, ((8, 4),), same_name=True),
        ]


def _press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifiers)
    settle()


def _items(frame: Frame) -> list[str]:
    return [item.objectName() for item in frame.workspace.rail.findChildren(RailItem)]


def test_places_a_role_may_not_use_are_absent(built: Application) -> None:
    made = Frame(built, allowed=lambda act: act != "view_users")
    assert "rail.admin" not in _items(made)
    assert "rail.students" in _items(made)
    made.workspace.navigate("admin.user")
    assert [note.words for note in made.workspace.toasts.notes()] == ["Your role does not include this."]
    made.close()


def test_back_and_forward_return_to_what_was_shown(frame: Frame) -> None:
    frame.workspace.navigate("students.chart", student_id="s1")
    frame.workspace.navigate("medications")
    _press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert frame.workspace.current() is frame.screen("students.chart")
    assert frame.screen("students.chart").activated == [{"student_id": "s1"}, {"student_id": "s1"}]
    _press(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert frame.workspace.current() is frame.screen("medications")
    assert frame.screen("students.chart").left == 2


def test_ctrl_and_a_digit_go_to_a_place(frame: Frame) -> None:
    _press(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    current = frame.workspace.current()
    assert current is not None
    assert current.id == "medications"


def test_the_rail_collapses_on_a_narrow_window(frame: Frame) -> None:
    wide = frame.workspace.rail.width()
    frame.window.resize(1100, 800)
    settle()
    assert frame.workspace.rail.width() < wide / 2


@pytest.mark.parametrize("display", [Display(language=Language.PSEUDO), PSEUDO_125], ids=str)
def test_words_of_the_rail_end_before_their_key_caps(frame: Frame, built: Application, display: Display) -> None:
    display.put_on(built, frame.window)
    rail = frame.workspace.rail
    assert rail.width() > built.theme.width(RAIL_COLLAPSED)
    for item in rail.findChildren(RailItem):
        assert item.wanted_width() <= item.width(), item.toolTip()


def test_ctrl_l_replaces_all_content_and_keeps_drafts(frame: Frame) -> None:
    today = frame.screen("today")
    _press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert frame.locks == 1
    assert today.left == 1
    assert frame.window.workspace is None
    assert frame.window.findChildren(Workspace) == []
    assert frame.window.windowTitle() == "ClinicDesk"


def test_t08_the_desk_locks_after_five_quiet_minutes_and_warns_before(frame: Frame) -> None:
    frame.clock.advance(dt.timedelta(minutes=4, seconds=31))
    frame.window.idle.check()
    banner = frame.workspace.banners.banner("idle")
    assert isinstance(banner, Banner)
    assert "29 s" in banner.accessibleName()
    frame.clock.advance(dt.timedelta(seconds=30))
    frame.window.idle.check()
    assert frame.locks == 1


def test_any_input_takes_the_idle_warning_back(frame: Frame) -> None:
    frame.clock.advance(dt.timedelta(minutes=4, seconds=40))
    frame.window.idle.check()
    _press(Qt.Key.Key_Down)
    assert frame.workspace.banners.banner("idle") is None
    frame.clock.advance(dt.timedelta(minutes=4))
    frame.window.idle.check()
    assert frame.locks == 0


def test_ctrl_k_finds_a_student_and_opens_the_chart(built: Application) -> None:
    made = Frame(built, search=People())
    _press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = made.workspace.palette_layer
    assert QApplication.focusWidget() is palette.query
    palette.query.insert("obri")
    palette.query.textEdited.emit("obri")
    until(lambda: len(palette.hits.rows()) >= 3)
    _press(Qt.Key.Key_Down)
    _press(Qt.Key.Key_Return)
    assert made.screen("students.chart").activated == [{"student_id": "s2"}]
    assert not palette.isVisible()
    made.close()


def test_typing_goes_on_after_the_text_the_palette_opens_with(frame: Frame) -> None:
    palette = frame.workspace.palette_layer
    palette.open(">lo")
    assert not palette.query.hasSelectedText()
    assert palette.query.cursorPosition() == 3


def test_the_palette_runs_commands_and_shows_their_keys(frame: Frame) -> None:
    frame.workspace.palette_layer.open(">lock")
    until(lambda: bool(frame.workspace.palette_layer.hits.rows()))
    current = frame.workspace.palette_layer.hits.current()
    assert current is not None
    assert current.hit is not None
    assert (current.hit.name, current.hit.shortcut) == ("Lock now", "Ctrl+L")
    _press(Qt.Key.Key_Return)
    assert frame.locks == 1


def test_escape_closes_the_top_most_layer_only_and_gives_the_focus_back(frame: Frame) -> None:
    line = frame.screen("today").line
    line.setText("half a sentence")
    line.setFocus()
    frame.workspace.show_shortcuts()
    frame.workspace.search()
    _press(Qt.Key.Key_Escape)
    assert not frame.workspace.palette_layer.isVisible()
    assert frame.workspace.sheet.isVisible()
    _press(Qt.Key.Key_Escape)
    assert not frame.workspace.sheet.isVisible()
    assert QApplication.focusWidget() is line
    assert line.text() == "half a sentence"


def test_f1_lists_every_key_of_the_registry(frame: Frame) -> None:
    _press(Qt.Key.Key_F1)
    assert frame.workspace.sheet.accessibleName() == "Keyboard shortcuts"
    keys = {key for hint in frame.workspace.commands.sheet() for key in hint.keys}
    assert {"Ctrl+K", "F1", "F8", "F9", "Ctrl+L", "D"} <= keys


def test_f8_lists_what_toasts_said(frame: Frame) -> None:
    for n in range(5):
        frame.workspace.toast(f"Saved {n}")
    assert len(frame.workspace.toasts.toasts()) == 3
    _press(Qt.Key.Key_F8)
    assert frame.workspace.toasts.notes()[0].words == "Saved 4"
    assert len(frame.workspace.toasts.notes()) == 5


def test_f9_masks_names(frame: Frame) -> None:
    _press(Qt.Key.Key_F9)
    assert frame.workspace.private
    assert frame.screen("today").activated == [{}, {}]


def test_f6_walks_the_regions_in_visual_order(frame: Frame) -> None:
    frame.workspace.show_shortcuts()
    seen = []
    for _ in frame.workspace.regions():
        _press(Qt.Key.Key_F6)
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(next(r.objectName() for r in frame.workspace.regions() if r.isAncestorOf(focus)))
    assert sorted(seen) == sorted({region.objectName() for region in frame.workspace.regions()})


def test_the_appearance_sheet_switches_the_theme_at_once(frame: Frame, built: Application) -> None:
    frame.workspace.show_appearance()
    sheet = frame.workspace.sheet.content
    assert sheet is not None
    chip = sheet.findChild(QWidget, "appearance.theme.dark")
    assert chip is not None
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert built.theme.dark
    assert frame.session.settings.text("appearance.theme") == "dark"


def test_an_unavailable_command_says_why(frame: Frame) -> None:
    frame.workspace.show_banner("stale", Banner("banner.stale", Tone.INFO, "District data is 9 days old"))
    assert frame.workspace.banners.isVisible()
    frame.workspace.take_banner("stale")
    assert not frame.workspace.banners.isVisible()


def test_the_window_title_and_name_hold_no_personal_data(frame: Frame) -> None:
    assert frame.window.windowTitle() == "ClinicDesk"
    assert "Olszewski" not in f"{QGuiApplication.applicationDisplayName()}{frame.window.accessibleName()}"


def test_the_frame_is_named_and_reachable_by_keyboard(frame: Frame) -> None:
    frame.workspace.show_shortcuts()
    assert accessibility.problems(frame.window) == []


@on_every_display
def test_nothing_in_the_frame_is_cut_at_any_text_size(frame: Frame, built: Application, display: Display) -> None:
    display.put_on(built, frame.window)
    frame.workspace.toast("PDF saved, cells under 10 hidden, export logged", action="Open")
    settle()
    assert layout.problems(frame.window) == []


@pytest.mark.parametrize(("wide", "scale", "fits"), [(1440, 1.0, True), (1024, 1.0, True), (1024, 2.0, False)])
def test_a_long_school_is_shown_whole_where_there_is_room_and_told_elsewhere(
    built: Application, wide: int, scale: float, fits: bool
) -> None:
    built.theme.change(text_scale=scale)
    school, district = "Saint Bartholomew-Featherstone Elementary", "Tamarack Valley Unified School District"
    bar = TopBar(SignedIn("u1", "Renata Olszewski", "School nurse, RN", school, district, "UTC"), SettableClock(NOON))
    shown(bar, wide, 56)
    button = bar.school
    look = built.theme
    room = button.width() - 36 - 20
    whole = room >= max(look.text_width(TextKind.LABEL, school), look.text_width(TextKind.CAPTION, district))
    assert whole is fits
    assert button.toolTip().splitlines() == ([] if whole else [school, district])
    assert bar.lock.geometry().right() <= bar.width()
    bar.deleteLater()
