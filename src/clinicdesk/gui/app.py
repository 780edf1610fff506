"""Builds the `QApplication`: names, scaling, theme, language, the ring, the last-resort handler."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from clinicdesk.gui.runtime import ErrorSink, LastResort, TaskRunner
from clinicdesk.gui.theme import Look, Theme
from clinicdesk.gui.widgets.focus_ring import FocusRings
from clinicdesk.i18n import Language, use


@dataclass(frozen=True, slots=True)
class Application:
    """What lives as long as the program: the application, its theme and its task runner."""

    app: QApplication
    theme: Theme
    runner: TaskRunner
    rings: FocusRings
    last_resort: LastResort


def build(
    argv: Sequence[str], sink: ErrorSink, look: Look | None = None, language: Language = Language.ENGLISH
) -> Application:
    """Make the application; nothing of storage, services or screens is imported here, so the card shows early.

    `sink` gets every error nobody took, with a support code to show; it must not raise.
    """
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(list(argv))
    app.setApplicationName("clinicdesk")
    app.setApplicationDisplayName("ClinicDesk")
    app.setOrganizationName("ClinicDesk")
    app.setDesktopFileName("clinicdesk")
    speak(language)
    theme = Theme(app, look)
    theme.install()
    last_resort = LastResort(sink)
    last_resort.install()
    return Application(app, theme, TaskRunner(sink, app), FocusRings(app), last_resort)


def speak(language: Language) -> None:
    """Use a language for words, dates and numbers."""
    use(language)
    country = QLocale.Country.UnitedStates
    tongue = QLocale.Language.Spanish if language is Language.SPANISH else QLocale.Language.English
    QLocale.setDefault(QLocale(tongue, country))


def arguments() -> list[str]:
    """The arguments Qt may see: none of ours, so that no name or path reaches a window property."""
    return sys.argv[:1]
