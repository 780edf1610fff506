"""How a window is shown in a test: size, theme, text scale and language.

Two displays are shown by `make test`, the whole matrix of ux-spec 9 by `make prove`:

    @on_every_display
    def test_nothing_is_cut(centre: Centre, display: Display) -> None:
        display.put_on(centre.built, centre.window)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from PySide6.QtWidgets import QWidget
from tests.support.qt import settle, shown

from clinicdesk.gui.app import Application
from clinicdesk.gui.theme import Mode
from clinicdesk.i18n import Language


@dataclass(frozen=True, slots=True)
class Display:
    """One way a window is shown. Its language is in use before the window is made: words are set once."""

    mode: Mode = Mode.LIGHT
    width: int = 1440
    height: int = 900
    scale: float = 1.0
    language: Language = Language.ENGLISH

    def __str__(self) -> str:
        return f"{self.mode.value}-{self.width}-{self.scale:g}-{self.language.value}"

    def put_on(self, built: Application, window: QWidget) -> None:
        """Wear the theme at the scale, and have the size."""
        built.theme.change(mode=self.mode, text_scale=self.scale)
        shown(window, self.width, self.height)
        settle()


PLAIN = Display()
HARDEST = Display(mode=Mode.DARK, scale=2.0, language=Language.SPANISH)
SMALL = Display(width=1024, height=700)
LEAST_ROOM = Display(width=1024, height=700, scale=2.0)
_REPRESENTATIVE = frozenset({PLAIN, HARDEST})


def _narrow(mode: Mode, scale: float, language: Language) -> Display:
    return Display(mode, 1024, 700, scale, language)


MATRIX = (
    PLAIN,
    Display(mode=Mode.DARK, language=Language.SPANISH),
    _narrow(Mode.DARK, 1.0, Language.PSEUDO),
    _narrow(Mode.DARK, 1.25, Language.ENGLISH),
    Display(scale=1.25, language=Language.SPANISH),
    Display(mode=Mode.DARK, scale=1.25, language=Language.PSEUDO),
    _narrow(Mode.DARK, 1.5, Language.ENGLISH),
    _narrow(Mode.LIGHT, 1.5, Language.SPANISH),
    Display(mode=Mode.DARK, scale=1.5, language=Language.PSEUDO),
    LEAST_ROOM,
    HARDEST,
    Display(scale=2.0, language=Language.PSEUDO),
)
"""Every scale in every language; any two values of scale, theme, language and width meet in one of them (ux-spec 9)."""


def displays(chosen: Iterable[Display]) -> pytest.MarkDecorator:
    """`display` as a parameter; all but the two representative ones are left to `make prove`."""
    return pytest.mark.parametrize(
        "display",
        [pytest.param(one, id=str(one), marks=() if one in _REPRESENTATIVE else pytest.mark.prove) for one in chosen],
    )


on_every_display = displays(MATRIX)
