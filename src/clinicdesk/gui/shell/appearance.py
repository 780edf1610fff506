"""Looks that each person chooses: theme, density, text size, key caps, motion; they act at once."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clinicdesk.core.errors import PermissionDeniedError
from clinicdesk.gui.theme import Density, Look, Mode, Role, TextKind, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_4
from clinicdesk.gui.widgets.buttons import Button, ChipRow
from clinicdesk.gui.widgets.choices import Switch
from clinicdesk.gui.widgets.layout import STRETCH, column, row
from clinicdesk.gui.widgets.naming import name, reveal
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import Language, language, tr
from clinicdesk.settings import Settings, Source

_LANGUAGES = ((Language.ENGLISH.value, "English"), (Language.SPANISH.value, "Español"))
"""Each in its own words: who cannot read this one finds her own."""

_SCALES = (("1.0", "100 %"), ("1.25", "125 %"), ("1.5", "150 %"), ("2.0", "200 %"))


def look_of(settings: Settings, standard: Look | None = None) -> Look:
    """The looks in force for a person: her own choices over the program's `standard`."""
    base = standard or Look()

    def chosen(key: str) -> bool:
        return settings.value(key).source is not Source.DEFAULT

    return Look(
        mode=Mode(settings.text("appearance.theme")) if chosen("appearance.theme") else base.mode,
        density=Density(settings.text("appearance.density")) if chosen("appearance.density") else base.density,
        text_scale=settings.number("appearance.text_scale") if chosen("appearance.text_scale") else base.text_scale,
        key_caps=settings.flag("appearance.key_caps") if chosen("appearance.key_caps") else base.key_caps,
        motion=not settings.flag("appearance.reduced_motion") if chosen("appearance.reduced_motion") else base.motion,
    )


def wear(look: Look) -> None:
    """Take a look; nothing is painted anew where it is in force already."""
    if theme().look != look:
        theme().change(
            mode=look.mode,
            density=look.density,
            text_scale=look.text_scale,
            key_caps=look.key_caps,
            motion=look.motion,
        )


class AppearanceSheet(QWidget):
    """Opened from the user's name in the top bar; also the way to another user.

    `spoken` is another language: the frame is built anew in it, for words are set once.
    """

    switched_user = Signal()
    spoken = Signal(str)
    pin_wanted = Signal()

    def __init__(self, settings: Settings, no_pin: str = "") -> None:
        super().__init__()
        name(self, "appearance", tr("Appearance"))
        self._settings = settings
        modes = (
            (Mode.SYSTEM.value, tr("As the system")),
            (Mode.LIGHT.value, tr("Light")),
            (Mode.DARK.value, tr("Dark")),
            (Mode.HIGH_CONTRAST.value, tr("High contrast")),
        )
        densities = (
            (Density.COMFORTABLE.value, tr("Comfortable")),
            (Density.COMPACT.value, tr("Compact")),
            (Density.TOUCH.value, tr("Touch")),
        )
        self.mode = self._row("appearance.theme", tr("Theme"), modes)
        self.density = self._row("appearance.density", tr("Density"), densities)
        self.scale = self._row("appearance.text_scale", tr("Text size"), _SCALES)
        self.language = self._row("appearance.language", tr("Language"), _LANGUAGES)
        self.language.choose(language().value)
        self.keys = Switch(tr("Show keys on buttons"), "appearance.key_caps")
        self.keys.setChecked(settings.flag("appearance.key_caps"))
        self.motion = Switch(tr("No motion"), "appearance.reduced_motion")
        self.motion.setChecked(settings.flag("appearance.reduced_motion"))
        self.keys.toggled.connect(self._on_keys)
        self.motion.toggled.connect(self._on_motion)
        self.switch_user = Button(tr("Switch user"), "appearance.switchUser", icon="people", shortcut="Ctrl+Shift+U")
        self.switch_user.clicked.connect(self.switched_user)
        self.pin = Button(tr("Quick-unlock PIN"), "appearance.pin", icon="key")
        self.pin.clicked.connect(self.pin_wanted)
        self.pin.set_available(no_pin)
        why = Paragraph(no_pin, TextKind.CAPTION, Role.TEXT_SECONDARY)
        reveal(why, bool(no_pin))
        parts = column(gap=GAP_4, margins=(20, 16, 20, 16))
        for title, choices in (
            (tr("Theme"), self.mode),
            (tr("Density"), self.density),
            (tr("Text size"), self.scale),
            (tr("Language"), self.language),
        ):
            parts.addLayout(column(Label(title, TextKind.LABEL, Role.TEXT), choices, gap=GAP_2))
        parts.addWidget(self.keys)
        parts.addWidget(self.motion)
        self.trouble = Paragraph("", TextKind.CAPTION, Role.DANGER)
        reveal(self.trouble, False)
        parts.addWidget(self.trouble)
        parts.addLayout(column(row(self.pin, STRETCH), why, gap=GAP_2))
        parts.addStretch(1)
        parts.addLayout(row(self.switch_user, STRETCH))
        self.setLayout(parts)

    def _row(self, key: str, title: str, choices: tuple[tuple[str, str], ...]) -> ChipRow:
        made = ChipRow(key, title, choices)
        value = self._settings.value(key)
        made.choose(str(value.value))
        made.setEnabled(not value.locked)
        made.picked.connect(self._on_picked)
        return made

    def _on_picked(self, choice: str) -> None:
        key = self.sender().objectName()
        value = float(choice) if key == "appearance.text_scale" else choice
        self._keep(key, value)
        if key == "appearance.language" and choice != language().value:
            self.spoken.emit(choice)

    def _on_keys(self, on: bool) -> None:
        self._keep("appearance.key_caps", on)

    def _on_motion(self, on: bool) -> None:
        self._keep("appearance.reduced_motion", on)

    def _keep(self, key: str, value: str | float | bool) -> None:
        kept = True
        try:
            self._settings.set(key, value)
        except PermissionDeniedError:
            return
        except OSError:
            kept = False
        words = "" if kept else tr("It holds until you lock: the disk did not take it.")
        self.trouble.set_text(words)
        reveal(self.trouble, not kept)
        wear(look_of(self._settings, theme().look))
