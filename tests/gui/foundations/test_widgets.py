"""What the parts of screens promise: fields, ticks, chips, toasts, sheets, states, signature, three-way rows."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from tests.support import accessibility, layout
from tests.support.qt import settle, shown, until

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.when import parse_date
from clinicdesk.gui.theme import Mode, Role, TextKind, Theme, Tone
from clinicdesk.gui.widgets.buttons import Button, ChipRow, IconButton, Kind
from clinicdesk.gui.widgets.choices import Finding, Tick, TileChoice, TileList
from clinicdesk.gui.widgets.fields import Choice, DateField, Field, Parsed, PasswordField, TextEditor
from clinicdesk.gui.widgets.notices import Banner, BannerStrip, ToastLine
from clinicdesk.gui.widgets.people import StudentHeader, StudentIdentity
from clinicdesk.gui.widgets.signature import SignaturePad
from clinicdesk.gui.widgets.states import ErrorState, NoPermission, Skeleton, StateStack
from clinicdesk.gui.widgets.tabs import TabBar
from clinicdesk.gui.widgets.tags import CountBadge, Tag, allergy_badge
from clinicdesk.gui.widgets.three_way import FieldConflict, Side, ThreeWayRow, Word, word_diff
from clinicdesk.i18n import formats, sentence

TODAY = dt.date(2026, 10, 6)


def _dates(text: str) -> Parsed:
    try:
        day = parse_date(text, TODAY)
    except InvalidValueError as error:
        return Parsed(problem=sentence(error))
    return Parsed(day, formats().weekday_short(day))


def _host(qtbot: QtBot, *parts: QWidget, width: int = 480, height: int = 320) -> QWidget:
    host = QWidget()
    lines = QVBoxLayout(host)
    lines.setContentsMargins(8, 8, 8, 8)
    for part in parts:
        lines.addWidget(part)
    qtbot.addWidget(host)
    return shown(host, width, height)


def _spoken(widget: QWidget, kind: QAccessible.Text) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None
    return interface.text(kind)


def test_a_field_speaks_its_label_and_its_error(qtbot: QtBot) -> None:
    editor = TextEditor("lot")
    field = Field("Lot", editor, required=True)
    _host(qtbot, field)
    field.set_error("This lot has expired.")
    assert _spoken(editor, QAccessible.Text.Name) == "Lot, required"
    assert _spoken(editor, QAccessible.Text.Description) == "This lot has expired."
    assert editor.property("state") == "error"
    field.set_error("")
    assert _spoken(editor, QAccessible.Text.Description) == ""


def test_a_date_is_echoed_while_typing_and_checked_on_leaving(qtbot: QtBot) -> None:
    field, other = DateField("Date", "date", _dates), QLineEdit()
    other.setObjectName("other")
    _host(qtbot, field, other)
    field.editor.setFocus()
    QTest.keyClicks(field.editor, "-2d")
    assert field.value() == dt.date(2026, 10, 4)
    assert field.echo.text() == "Sun, Oct 4"
    field.set_text("31/31")
    assert not field.has_error()
    other.setFocus()
    assert field.has_error()
    assert field.text() == "31/31"


def test_leaving_an_empty_required_field_names_the_fix(qtbot: QtBot) -> None:
    field = DateField("Date", "date", _dates, required=True)
    _host(qtbot, field)
    assert not field.check()
    assert field.error.text() == "Needed here."


def test_a_password_can_be_shown_and_is_pasted(qtbot: QtBot) -> None:
    field = PasswordField("Password", "password")
    _host(qtbot, field)
    show = field.findChild(IconButton, "password.show")
    assert show is not None
    assert field.line.echoMode() == QLineEdit.EchoMode.Password
    show.click()
    assert field.line.echoMode() == QLineEdit.EchoMode.Normal
    assert show.accessibleName() == "Hide password"
    field.line.insert("four words in a row")
    assert field.text() == "four words in a row"


def test_caps_lock_is_noticed_from_a_capital_without_shift(qtbot: QtBot) -> None:
    field = PasswordField("Password", "password")
    _host(qtbot, field)
    field.line.setFocus()
    QTest.keyClicks(field.line, "A")
    assert field.caps.isVisible()
    QTest.keyClicks(field.line, "a")
    assert not field.caps.isVisible()


def test_the_first_touch_of_a_template_finding_confirms_it(qtbot: QtBot) -> None:
    tick = Tick("Gait steady", "gait", finding=Finding.TEMPLATE)
    tick.setChecked(True)
    _host(qtbot, tick)
    QTest.keyClick(tick, Qt.Key.Key_Space)
    assert tick.isChecked()
    assert tick.finding is Finding.CONFIRMED
    QTest.keyClick(tick, Qt.Key.Key_Space)
    assert not tick.isChecked()


def test_chips_hold_one_choice_or_several(qtbot: QtBot) -> None:
    one = ChipRow("filter", "Filter", [("all", "All"), ("late", "Late")])
    many = ChipRow("acts", "Interventions", [("ice", "Ice pack"), ("rest", "Rest")], exclusive=False)
    _host(qtbot, one, many)
    for row, keys in ((one, ("all", "late")), (many, ("ice", "rest"))):
        for key in keys:
            QTest.mouseClick(row.chip(key), Qt.MouseButton.LeftButton)
    assert one.chosen() == ("late",)
    assert many.chosen() == ("ice", "rest")


def test_tiles_are_picked_by_key(qtbot: QtBot) -> None:
    tiles = TileList("where", "Disposition", [TileChoice("class", "Back to class"), TileChoice("home", "Home")])
    _host(qtbot, tiles)
    QTest.keyClick(tiles.tile("home"), Qt.Key.Key_Return)
    assert tiles.chosen() == "home"


def test_the_wheel_never_changes_a_choice(qtbot: QtBot) -> None:
    choice = Choice("route", "Route", [("oral", "Oral"), ("im", "Intramuscular")])
    _host(qtbot, choice)
    choice.choose("im")
    assert choice.chosen() == "im"
    assert choice.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_a_button_says_why_it_is_off(qtbot: QtBot) -> None:
    button = Button("Given", "given", kind=Kind.PRIMARY, shortcut="G")
    _host(qtbot, button)
    button.set_available("Scan the label first")
    assert not button.isEnabled()
    assert _spoken(button, QAccessible.Text.Description) == "Scan the label first"
    button.set_available()
    assert button.toolTip() == "Given (G)"


def test_toasts_stay_eight_seconds_and_pause_on_focus(qtbot: QtBot) -> None:
    toasts = ToastLine(lambda: dt.datetime(2026, 10, 6, 12, tzinfo=dt.UTC))
    _host(qtbot, toasts)
    undone: list[bool] = []
    toast = toasts.show_toast("Saved", Tone.SUCCESS, "Undo", lambda: undone.append(True))
    settle()
    assert toast._timer.interval() >= 8000
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Enter))
    assert toast.is_paused()
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
    toast.action.setFocus()
    assert toast.is_paused()
    toast.action.clearFocus()
    assert not toast.is_paused()
    toast.action.click()
    assert undone == [True]
    assert toasts.toasts() == ()


def test_only_three_toasts_show_and_all_are_noted(qtbot: QtBot) -> None:
    toasts = ToastLine(lambda: dt.datetime(2026, 10, 6, 12, tzinfo=dt.UTC))
    _host(qtbot, toasts, width=900)
    for n in range(5):
        toasts.show_toast(f"{n}")
    assert [toast.accessibleName() for toast in toasts.toasts()] == ["2", "3", "4"]
    assert [note.words for note in toasts.notes()] == ["4", "3", "2", "1", "0"]
    toasts.clear()
    assert toasts.notes() == ()


def test_a_state_of_the_system_shows_one_banner(qtbot: QtBot) -> None:
    strip = BannerStrip()
    _host(qtbot, strip)
    for days in (8, 9):
        strip.show_banner("stale", Banner("b", Tone.WARNING, f"Data is {days} days old", "Sync now."))
    settle()
    assert [banner.accessibleName() for banner in strip.findChildren(Banner)] == ["Data is 9 days old. Sync now."]


def test_loading_shows_nothing_then_a_skeleton_then_progress_with_cancel(qtbot: QtBot) -> None:
    stack = StateStack(QWidget())
    _host(qtbot, stack)
    stack.show_loading()
    assert not isinstance(stack.shown(), Skeleton)
    until(lambda: isinstance(stack.shown(), Skeleton))
    with qtbot.waitSignal(stack.cancelled, timeout=4000):
        until(lambda: type(stack.shown()).__name__ == "Progress")
        cancel = stack.findChild(Button, "progress.cancel")
        assert cancel is not None
        cancel.click()
    stack.show_content()
    assert stack.shown() is stack._content


def test_an_error_says_what_is_safe_and_offers_the_next_step(qtbot: QtBot) -> None:
    stack = StateStack(QWidget())
    _host(qtbot, stack)
    stack.show_error("The list could not be read.", "Your entry is kept as a draft.", "AB12CD34")
    failure = stack.shown()
    assert isinstance(failure, ErrorState)
    assert "AB12CD34" in failure.copy.text()
    with qtbot.waitSignal(stack.retried):
        failure.retry.click()


def test_no_permission_names_the_role_and_offers_emergency_access_by_policy(qtbot: QtBot) -> None:
    plain, open_one = NoPermission("Counselor"), NoPermission("Counselor", emergency=True)
    _host(qtbot, plain, open_one)
    assert "Counselor" in plain.accessibleName()
    assert not plain.request.isVisible()
    assert open_one.request.isVisible()


def test_a_signature_is_recorded_as_strokes_with_pressure_and_time(qtbot: QtBot) -> None:
    seconds = iter(n / 10 for n in range(1000))
    pad = SignaturePad("pad", "Your signature", lambda: next(seconds))
    _host(qtbot, pad, width=640, height=300)
    for start in (60, 200):
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(start, 100))
        QTest.mouseMove(pad, QPoint(start + 40, 140))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(start + 40, 140))
    assert len(pad.strokes()) == 2
    points = [point for stroke in pad.strokes() for point in stroke]
    assert [point.t for point in points] == sorted(point.t for point in points)
    assert {point.pressure for point in points} == {0.5}
    QTest.keyClick(pad, Qt.Key.Key_Backspace)
    assert len(pad.strokes()) == 1
    assert not pad.image().isNull()


def test_a_typed_name_stands_for_a_drawing(qtbot: QtBot) -> None:
    pad = SignaturePad("pad", "Your signature")
    _host(qtbot, pad, width=640, height=300)
    pad.set_typed("Cathal O'Brien")
    assert pad.is_signed()
    assert pad.strokes() == ()
    pad.clear()
    assert not pad.is_signed()


def _conflict(*, is_list: bool = False) -> FieldConflict:
    return FieldConflict(
        "reactions" if is_list else "protocol",
        "Reactions",
        "safety",
        "Hives",
        "Hives\nWheeze" if is_list else "Give cetirizine 5 mg",
        "Hives\nLip swelling" if is_list else "Give cetirizine 10 mg",
        "Hives",
        is_list=is_list,
    )


def test_digits_pick_a_side_and_the_result_stays_editable(qtbot: QtBot) -> None:
    row = ThreeWayRow(_conflict())
    _host(qtbot, row, width=900)
    QTest.keyClicks(row.cells[Side.BASE], "3")
    assert row.text() == "Give cetirizine 10 mg"
    assert row.picked() == (Side.THEIRS,)
    row.result.setPlainText("Give cetirizine 7.5 mg")
    assert row.picked() == ()
    assert row.note.text() == "edited by hand"


def test_b_keeps_both_sides_of_a_list(qtbot: QtBot) -> None:
    row = ThreeWayRow(_conflict(is_list=True))
    _host(qtbot, row, width=900)
    QTest.keyClicks(row.cells[Side.MINE], "B")
    assert row.text().splitlines() == ["Hives", "Wheeze", "Lip swelling"]


def test_a_changed_dose_stands_out_word_by_word() -> None:
    assert word_diff("Give cetirizine 5 mg", "Give cetirizine 10 mg") == (
        Word("Give cetirizine"),
        Word("5", "removed"),
        Word("10", "added"),
        Word("mg"),
    )


def test_a_mark_at_the_end_of_a_word_is_no_change_of_the_word() -> None:
    assert word_diff("5 mg, call mother.", "5 mg, call mother and 911.") == (
        Word("5 mg, call mother"),
        Word("and 911", "added"),
        Word(".", glued=True),
    )


def test_a_value_that_keeps_nothing_is_new_as_a_whole() -> None:
    assert word_diff("Moderate", "Severe") == (Word("Severe", "added"),)
    assert word_diff("Hives", "") == (Word("Hives", "removed"),)


def test_the_student_header_speaks_two_identifiers_and_what_threatens(qtbot: QtBot) -> None:
    identity = StudentIdentity(
        "s1",
        "Amara Okonkwo-Lindqvist",
        "Feb 14, 2018 · 8 y 7 mo",
        "Grade 3, Room 14 · ID 204-1187",
        badges=(allergy_badge("Peanut: anaphylaxis"), Tag("ADHD 504 plan")),
    )
    header = StudentHeader(identity, large=True)
    _host(qtbot, header, width=1100)
    for part in ("Amara Okonkwo-Lindqvist", "Feb 14, 2018", "204-1187", "Peanut: anaphylaxis"):
        assert part in header.accessibleName()
    assert layout.problems(header) == []


def test_a_count_of_nothing_is_not_shown(qtbot: QtBot) -> None:
    badge = CountBadge(2)
    _host(qtbot, badge)
    assert badge.isVisible()
    badge.set_count(0)
    assert not badge.isVisible()


@pytest.mark.parametrize("mode", [Mode.LIGHT, Mode.DARK, Mode.HIGH_CONTRAST])
def test_the_focus_ring_shows_on_every_control_outside_its_border(qtbot: QtBot, theme: Theme, mode: Mode) -> None:
    theme.change(mode=mode)
    tiles = TileList("tiles", "Tiles", [TileChoice("x", "X")])
    parts: list[QWidget] = [
        TextEditor("t", "Text"),
        Button("Save", "b", kind=Kind.PRIMARY),
        Tick("Alert", "k"),
        Choice("c", "Choice", [("a", "A")]),
    ]
    host = _host(qtbot, *parts, tiles, width=300, height=400)
    parts.append(tiles.tile("x"))
    focus = theme.colour(Role.FOCUS)
    for part in parts:
        part.setFocus(Qt.FocusReason.TabFocusReason)
        settle()
        image = host.grab().toImage()
        outside = part.mapTo(host, QPoint(part.width() // 2, -3))
        assert image.pixelColor(outside).name() == focus.name(), part.objectName()


def test_a_form_is_named_reachable_and_uncut(qtbot: QtBot) -> None:
    host = _host(
        qtbot,
        Field("Pulse", TextEditor("pulse", unit="/min"), echo="normal"),
        PasswordField("Password", "password"),
        Field("Route", Choice("route", "Route", [("oral", "Oral")])),
        Tick("Alert", "alert"),
        Button("Save", "save", kind=Kind.PRIMARY, icon="check", shortcut="Ctrl+Return"),
        height=480,
    )
    assert accessibility.problems(host) == []
    assert layout.problems(host) == []


def test_a_tab_is_as_wide_as_its_words_though_they_hold_an_ampersand(qtbot: QtBot, theme: Theme) -> None:
    plain, joined = "Conditions and plans", "Conditions & plans"
    bar = TabBar("tabs", "Tabs", [("plain", plain), ("joined", joined)])
    qtbot.addWidget(bar)
    bar.show()
    padding = bar.tabRect(0).width() - theme.text_width(TextKind.LABEL, plain)
    assert bar.tabRect(1).width() - theme.text_width(TextKind.LABEL, joined) == padding
