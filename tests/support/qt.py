"""The application for window tests, and waits that keep its events running."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from clinicdesk.gui.app import Application, build
from clinicdesk.gui.theme import Look, Mode
from clinicdesk.presentation.search import Hit


class Sink:
    """Collects the errors that nobody took."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []

    def __call__(self, error: BaseException, support_code: str) -> None:
        self.errors.append(error)


def application() -> Application:
    """The real application in the light theme, without its last-resort handler: pytest-qt has its own."""
    built = build(["clinicdesk"], Sink(), Look(mode=Mode.LIGHT))
    built.last_resort.remove()
    return built


def until(condition: Callable[[], bool], seconds: float = 5.0, what: str = "the condition") -> None:
    """Run the event loop until something holds; waiting for a fact, never for a time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come about in {seconds} s")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)


def settle(rounds: int = 4) -> None:
    """Let posted events (layouts, deletions, queued signals) run."""
    for _ in range(rounds):
        QApplication.processEvents()
        # Without a running loop Qt keeps deleted widgets; here they really go.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def shown(widget: QWidget, width: int = 0, height: int = 0) -> QWidget:
    """Show a widget at a size, laid out."""
    if width and height:
        widget.resize(width, height)
    widget.show()
    widget.activateWindow()
    settle()
    return widget


class NoSearch:
    """A search that finds nobody."""

    def students(self, query: str, limit: int) -> Sequence[Hit]:
        return ()

    def by_number(self, query: str, limit: int) -> Sequence[Hit]:
        return ()

    def staff(self, query: str, limit: int) -> Sequence[Hit]:
        return ()

    def recents(self, limit: int) -> Sequence[Hit]:
        return ()
