"""A screen without the frame: the real theme, work done at once, and what the frame was told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtWidgets import QWidget

from clinicdesk.core.clock import Clock, SettableClock
from clinicdesk.gui.shell.screen import Asker
from clinicdesk.gui.theme import Tone
from clinicdesk.gui.widgets.notices import Banner
from clinicdesk.presentation.commands import Commands
from clinicdesk.presentation.runner import ImmediateRunner, Runner
from clinicdesk.presentation.shell import Navigator


class StillNavigator:
    """Remembers where a screen wanted to go."""

    def __init__(self) -> None:
        self.visited: list[str] = []

    def navigate(self, screen: str, **params: object) -> None:
        self.visited.append(screen)

    def back(self) -> None:
        self.visited.append("back")

    def forward(self) -> None:
        self.visited.append("forward")


class YesAsker:
    """Says yes to every question, and remembers the verbs."""

    def __init__(self) -> None:
        self.verbs: list[str] = []

    def confirm(self, title: str, plain: str, verb: str, answered: Callable[[bool], None]) -> None:
        self.verbs.append(verb)
        answered(True)


@dataclass
class SmallFrame:
    """What a screen gets from the frame, with what it told the frame in return."""

    clock: Clock = field(default_factory=lambda: SettableClock(dt.datetime(2026, 10, 6, 15, tzinfo=dt.UTC)))
    runner: Runner = field(default_factory=ImmediateRunner)
    navigator: Navigator = field(default_factory=StillNavigator)
    commands: Commands = field(default_factory=Commands)
    asker: Asker = field(default_factory=YesAsker)
    private: bool = False
    toasts: list[str] = field(default_factory=list)
    last_undo: Callable[[], None] | None = None

    def toast(
        self, words: str, tone: Tone = Tone.SUCCESS, action: str = "", run: Callable[[], None] | None = None
    ) -> None:
        self.toasts.append(words)
        self.last_undo = run

    def open_sheet(self, title: str, content: QWidget, *, width: int = 320, note: str = "") -> None:
        raise AssertionError(f"no sheet was expected: {title}")

    def close_sheet(self) -> None:
        raise AssertionError("no sheet is open")

    def show_banner(self, key: str, banner: Banner) -> None:
        raise AssertionError(f"no banner was expected: {key}")

    def take_banner(self, key: str) -> None:
        raise AssertionError(f"no banner is shown: {key}")

    def title_changed(self) -> None:
        return


def unnamed_widgets(root: QWidget) -> list[str]:
    """Focusable widgets without an accessible name (ux-spec 8)."""
    return [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in root.findChildren(QWidget)
        if widget.focusPolicy()
        and widget.isVisibleTo(root)
        and not widget.accessibleName()
        and not widget.objectName().startswith("qt_")
    ]
