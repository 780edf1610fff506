"""The `Theme`: tokens, fonts and sizes in force, switched live; one per application, like its palette."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication

from clinicdesk.gui.theme import fonts
from clinicdesk.gui.theme.metrics import CONTROL_HEIGHT, ROW_HEIGHT, TYPE_SCALE, Density, TextKind
from clinicdesk.gui.theme.palette import palette
from clinicdesk.gui.theme.tokens import DARK, HIGH_CONTRAST, LIGHT, Role, Tokens


class Mode(StrEnum):
    """Which tokens to take; SYSTEM follows the operating system while the program runs."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high-contrast"


@dataclass(frozen=True, slots=True)
class Look:
    """What a person may choose about the looks (settings `appearance.*`)."""

    mode: Mode = Mode.SYSTEM
    density: Density = Density.COMFORTABLE
    text_scale: float = 1.0
    key_caps: bool = True
    motion: bool = True


class Theme(QObject):
    """Hands out colours, fonts and heights. `changed` is emitted after the application has been restyled."""

    changed = Signal()

    def __init__(self, app: QApplication, look: Look | None = None) -> None:
        super().__init__(app)
        self._app = app
        self._look = look or Look()
        self._tokens: Tokens = LIGHT
        self._colours: dict[Role, QColor] = {}
        self._fonts: dict[TextKind, QFont] = {}
        self._lines: dict[TextKind, int] = {}
        self._resolve()

    @property
    def look(self) -> Look:
        return self._look

    @property
    def tokens(self) -> Tokens:
        return self._tokens

    @property
    def dark(self) -> bool:
        return self._tokens is not LIGHT

    def install(self) -> None:
        """Become the theme of the application: style, palette and fonts."""
        from clinicdesk.gui.theme.style import ClinicStyle

        _Installed.theme = self
        self._app.setStyle(ClinicStyle(self))
        self._dress()
        hints = self._app.styleHints()
        hints.colorSchemeChanged.connect(self._on_system_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._on_system_changed)

    def change(self, **choices: object) -> None:
        """Take other choices of `Look` and restyle everything that is open."""
        self._look = replace(self._look, **choices)  # type: ignore[arg-type]  # names and types are Look's own
        self._resolve()
        self._dress()
        self.changed.emit()
        # Widgets cache their size hints; a change of style makes them ask again.
        for widget in self._app.allWidgets():
            self._app.sendEvent(widget, QEvent(QEvent.Type.StyleChange))

    def colour(self, role: Role) -> QColor:
        return self._colours[role]

    def font(self, kind: TextKind) -> QFont:
        return self._fonts[kind]

    def line(self, kind: TextKind) -> int:
        """Height of one line of text of this kind."""
        return self._lines[kind]

    def height(self, base: int, lines: int = 1) -> int:
        """A height of the mockups (at 100 %) grown with the text it must hold."""
        return base + lines * max(0, self._lines[TextKind.BODY] - _BODY_LINE)

    def width(self, base: int) -> int:
        """A column of the mockups grown with the text size."""
        return round(base * self._look.text_scale)

    def control_height(self) -> int:
        return self.height(CONTROL_HEIGHT[self._look.density])

    def row_height(self, base: int = 36, lines: int = 1) -> int:
        """A row of `base` px at comfortable density, moved by the density in force."""
        return self.height(base + ROW_HEIGHT[self._look.density] - ROW_HEIGHT[Density.COMFORTABLE], lines)

    def text_width(self, kind: TextKind, text: str) -> int:
        return math.ceil(QFontMetricsF(self._fonts[kind]).horizontalAdvance(text))

    def _resolve(self) -> None:
        self._tokens = self._tokens_of(self._look.mode)
        self._colours = {role: QColor(value) for role, value in self._tokens.items()}
        scale = self._look.text_scale
        for kind, (points, _, ratio) in TYPE_SCALE.items():
            self._fonts[kind] = fonts.font(kind, scale)
            self._lines[kind] = math.ceil(points * scale * 96 / 72 * ratio)

    def _tokens_of(self, mode: Mode) -> Tokens:
        match mode:
            case Mode.LIGHT:
                return LIGHT
            case Mode.DARK:
                return DARK
            case Mode.HIGH_CONTRAST:
                return HIGH_CONTRAST
        hints = self._app.styleHints()
        if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
            return HIGH_CONTRAST
        return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT

    def _dress(self) -> None:
        self._app.setPalette(palette(self._tokens))
        self._app.setFont(self._fonts[TextKind.BODY])
        self._app.setFont(self._fonts[TextKind.CAPTION_STRONG], "QHeaderView")  # type: ignore[arg-type]  # the stub is wrong: it takes str
        self._app.setFont(self._fonts[TextKind.CAPTION], "QToolTip")  # type: ignore[arg-type]  # as above

    def _on_system_changed(self) -> None:
        if self._look.mode is Mode.SYSTEM:
            self.change()


_BODY_LINE = 19


class _Installed:
    theme: Theme | None = None


def theme() -> Theme:
    """The theme in force; like `QApplication.palette()`, there is one while an application runs."""
    assert _Installed.theme is not None, "no theme has been installed"
    return _Installed.theme
