"""One real application for all window tests, offscreen, put back to the light theme after each test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.support.looks import Display
from tests.support.qt import Sink, application

from clinicdesk.gui.app import Application
from clinicdesk.gui.theme import Look, Mode, Theme
from clinicdesk.i18n import Language, use


@pytest.fixture(scope="session")
def built() -> Application:
    """The application with its theme, runner and focus ring."""
    return application()


@pytest.fixture(scope="session")
def qapp(built: Application) -> QApplication:
    """What pytest-qt works with."""
    return built.app


@pytest.fixture
def theme(built: Application) -> Theme:
    return built.theme


@pytest.fixture
def sink() -> Sink:
    return Sink()


class _Windows(QObject):
    """Remembers what was shown while it had no parent."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[QWidget] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.parentWidget() is None:
            self.shown.append(watched)
        return False

    def strays(self) -> list[str]:
        """Parts that were a window of their own for a moment: on a real desktop they flash and take the focus."""
        alive = [widget for widget in self.shown if shiboken6.isValid(widget)]
        return [
            f"{type(widget).__name__} {widget.objectName()}" for widget in alive if widget.parentWidget() is not None
        ]


@pytest.fixture(autouse=True)
def _no_part_is_ever_a_window(qapp: QApplication) -> Iterator[None]:
    watcher = _Windows()
    qapp.installEventFilter(watcher)
    yield
    qapp.removeEventFilter(watcher)
    assert watcher.strays() == [], "use naming.reveal before a part has a parent"


@pytest.fixture(autouse=True)
def _as_before(request: pytest.FixtureRequest, built: Application) -> Iterator[None]:
    """Looks and language are the application's; no test leaves its own behind. A `display` speaks from the start."""
    call = getattr(request.node, "callspec", None)
    display = None if call is None else call.params.get("display")
    if isinstance(display, Display):
        use(display.language)
    yield
    use(Language.ENGLISH)
    if built.theme.look != Look(mode=Mode.LIGHT):
        plain = Look(mode=Mode.LIGHT)
        built.theme.change(
            mode=plain.mode,
            density=plain.density,
            text_scale=plain.text_scale,
            key_caps=plain.key_caps,
            motion=plain.motion,
        )
