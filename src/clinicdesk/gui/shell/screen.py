"""What a screen is, what the frame gives it, and how it is registered (an example stands in presentation/shell.py)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from clinicdesk.core.clock import Clock
from clinicdesk.gui.theme import Tone
from clinicdesk.gui.widgets.notices import Banner
from clinicdesk.presentation.commands import BoundCommand, Commands
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.shell import Navigator


class Screen(Protocol):
    """One view in the content. It is made once a sign-in, when first visited, and dropped on lock."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str: ...

    def widget(self) -> QWidget:
        """The view; the frame owns it. It is asked for once."""

    def activate(self, **params: object) -> None:
        """The person came here, with the parameters of the route; also on back and forward."""

    def deactivate(self) -> None:
        """The person leaves or the desk locks: keep drafts now."""

    def commands(self) -> Sequence[BoundCommand]:
        """Commands live while this screen shows, with Scope.SCREEN and their `screen` set to its id."""


class Asker(Protocol):
    """Puts one of the five questions that are asked before an act (ux-spec 1.3); a test answers in its place."""

    def confirm(self, title: str, plain: str, verb: str, answered: Callable[[bool], None]) -> None: ...


class ShellContext(Protocol):
    """What the frame offers to screens."""

    @property
    def runner(self) -> Runner: ...

    @property
    def navigator(self) -> Navigator: ...

    @property
    def commands(self) -> Commands: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def asker(self) -> Asker: ...

    @property
    def private(self) -> bool:
        """Privacy mode: names are shown by `presentation.shell.masked`."""

    def toast(
        self, words: str, tone: Tone = Tone.SUCCESS, action: str = "", run: Callable[[], None] | None = None
    ) -> None: ...

    def open_sheet(self, title: str, content: QWidget, *, width: int = 320, note: str = "") -> None:
        """A sheet at the right; Esc closes it. `content` may define `closed(self)` to hear of it."""

    def close_sheet(self) -> None: ...

    def show_banner(self, key: str, banner: Banner) -> None: ...

    def take_banner(self, key: str) -> None: ...

    def title_changed(self) -> None:
        """The screen's title or its commands are different now."""


@dataclass(frozen=True, slots=True)
class ScreenSpec:
    """A screen that can be visited: its id, the name in Recent and history, and how it is made."""

    id: str
    make: Callable[[ShellContext], Screen]
