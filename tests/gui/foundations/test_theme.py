"""Tokens, palette, fonts and style of every theme."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QStyle
from pytestqt.qtbot import QtBot
from tests.support.qt import shown

import clinicdesk.gui
from clinicdesk.gui.theme import Density, Mode, Role, TextKind, Theme
from clinicdesk.gui.theme.metrics import TYPE_SCALE
from clinicdesk.gui.theme.tokens import CONTRAST_PAIRS, DARK, HIGH_CONTRAST, LIGHT, Tokens, contrast
from clinicdesk.gui.widgets.text import Label, Paragraph

THEMES = {"light": LIGHT, "dark": DARK, "high contrast": HIGH_CONTRAST}


@pytest.mark.parametrize("tokens", THEMES.values(), ids=THEMES.keys())
def test_every_pair_of_tokens_has_its_contrast(tokens: Tokens) -> None:
    weak = [
        f"{pair.front} on {pair.back}: {contrast(tokens[pair.front], tokens[pair.back]):.2f}"
        for pair in CONTRAST_PAIRS
        if contrast(tokens[pair.front], tokens[pair.back]) < pair.least
    ]
    assert weak == []


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    ("role", "light", "dark"),
    [
        (Role.TEXT, 16.5, 13.6),
        (Role.TEXT_SECONDARY, 7.6, 8.6),
        (Role.BORDER_CONTROL, 4.1, 5.0),
        (Role.ACCENT, 7.4, 6.9),
        (Role.FOCUS, 6.4, 7.9),
    ],
)
def test_tokens_are_those_of_the_specification(role: Role, light: float, dark: float) -> None:
    assert contrast(LIGHT[role], LIGHT[Role.SURFACE]) == pytest.approx(light, abs=0.06)
    assert contrast(DARK[role], DARK[Role.SURFACE]) == pytest.approx(dark, abs=0.06)


@pytest.mark.parametrize("mode", [Mode.LIGHT, Mode.DARK, Mode.HIGH_CONTRAST])
def test_the_palette_is_set_in_every_role_and_group(qapp: QApplication, theme: Theme, mode: Mode) -> None:
    theme.change(mode=mode)
    known = {QColor(value).name() for value in theme.tokens.values()}
    roles = [
        role for role in QPalette.ColorRole if role not in {QPalette.ColorRole.NColorRoles, QPalette.ColorRole.NoRole}
    ]
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive, QPalette.ColorGroup.Disabled):
        for role in roles:
            assert qapp.palette().isBrushSet(group, role), (group, role)
            assert qapp.palette().color(group, role).name() in known, (group, role)


def test_switching_the_theme_restyles_what_is_open(qtbot: QtBot, theme: Theme) -> None:
    label = Label("Given", TextKind.BODY, Role.DANGER)
    qtbot.addWidget(label)
    theme.change(mode=Mode.DARK)
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == QColor(DARK[Role.DANGER]).name()
    assert QLabel("x").palette().color(QPalette.ColorRole.WindowText).name() == QColor(DARK[Role.TEXT]).name()


def test_a_theme_following_the_system_takes_the_dark_tokens(theme: Theme, qapp: QApplication) -> None:
    theme.change(mode=Mode.SYSTEM)
    dark = qapp.styleHints().colorScheme() == Qt.ColorScheme.Dark
    assert theme.tokens == (DARK if dark else LIGHT)


def test_fonts_are_in_points_with_tabular_figures(theme: Theme) -> None:
    tag = QFont.Tag("tnum")
    for kind, (points, _, _) in TYPE_SCALE.items():
        assert theme.font(kind).pointSizeF() == points
        assert theme.font(kind).pixelSize() == -1
        assert theme.font(kind).featureValue(tag) == 1
    assert theme.text_width(TextKind.BODY, "1111") == theme.text_width(TextKind.BODY, "8888")


def test_the_font_is_inter_where_it_is_installed(theme: Theme) -> None:
    assert QFontInfo(theme.font(TextKind.BODY)).family() in {"Inter", "Noto Sans"}


def test_lines_are_high_enough_for_reading(theme: Theme) -> None:
    for kind in (TextKind.BODY, TextKind.CAPTION, TextKind.SECTION, TextKind.TITLE):
        points = TYPE_SCALE[kind][0]
        assert theme.line(kind) >= points * 96 / 72 * 1.35


def test_text_at_200_percent_makes_controls_grow(qtbot: QtBot, theme: Theme) -> None:
    button = QPushButton("Unlock")
    qtbot.addWidget(button)
    before = button.sizeHint()
    theme.change(text_scale=2.0)
    assert button.sizeHint().height() > before.height()
    assert button.sizeHint().width() > before.width() * 1.5


def test_touch_density_makes_targets_of_44(qtbot: QtBot, theme: Theme) -> None:
    theme.change(density=Density.TOUCH)
    button = QPushButton("Sign")
    qtbot.addWidget(button)
    assert button.sizeHint().height() >= 44
    assert theme.row_height() == 48


def test_screen_readers_reach_disabled_menu_entries(qapp: QApplication) -> None:
    assert qapp.style().styleHint(QStyle.StyleHint.SH_Menu_AllowActiveAndDisabled) == 1


def test_reduced_motion_stops_animations(qapp: QApplication, theme: Theme) -> None:
    theme.change(motion=False)
    assert qapp.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0


def test_a_long_name_wraps_and_is_never_cut(qtbot: QtBot) -> None:
    name = Paragraph("Maximilian Featherstonehaugh-Bartholomew", TextKind.BODY_MEDIUM)
    qtbot.addWidget(name)
    assert name.heightForWidth(120) >= 2 * name.heightForWidth(600)
    shown(name, 160, name.heightForWidth(160))
    assert name.text() == "Maximilian Featherstonehaugh-Bartholomew"


def test_colours_are_written_in_the_token_module_alone() -> None:
    root = Path(clinicdesk.gui.__file__).parent
    found = [
        f"{path.name}: {hit}"
        for path in root.rglob("*.py")
        if path.name != "tokens.py"
        for hit in re.findall(r'["\']#[0-9A-Fa-f]{3,8}["\']', path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_widget_carries_a_style_sheet_of_its_own() -> None:
    root = Path(clinicdesk.gui.__file__).parent
    assert [path.name for path in root.rglob("*.py") if "setStyleSheet" in path.read_text(encoding="utf-8")] == []
