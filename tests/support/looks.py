"""How a window is shown in a test: size, theme, text scale and language.

Two displays are shown by `make test`, the whole matrix of ux-spec 9 by `make prove`:

    @on_every_display
    def test_nothing_is_cut(centre: Centre, display: Display) -> None:
        display.put_on(centre.built, centre.window)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

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
_REPRESENTATIVE = frozenset({PLAIN, HARDEST})


def _matrix() -> Iterator[Display]:
    languages = (Language.ENGLISH, Language.SPANISH)
    for mode, scale, language in product((Mode.LIGHT, Mode.DARK), (1.0, 1.25, 1.5, 2.0), languages):
        yield Display(mode=mode, scale=scale, language=language)
    for mode in (Mode.LIGHT, Mode.DARK):
        yield Display(mode=mode, width=1024, height=700)
        yield Display(mode=mode, width=1024, height=768, scale=2.0)


def displays(chosen: Iterable[Display]) -> pytest.MarkDecorator:
    """`display` as a parameter; all but the two representative ones are left to `make prove`."""
    return pytest.mark.parametrize(
        "display",
        [pytest.param(one, id=str(one), marks=() if one in _REPRESENTATIVE else pytest.mark.prove) for one in chosen],
    )


on_every_display = displays(_matrix())
