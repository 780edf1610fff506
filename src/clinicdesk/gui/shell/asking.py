"""The five questions that are asked before an act, in a side sheet with verbs on the buttons (ux-spec 1.3, 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtWidgets import QWidget

from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_2, GAP_4
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.layout import STRETCH, column, row
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.sheet import SideSheet
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import tr


class SheetHost(Protocol):
    """Where a question is shown."""

    @property
    def sheet(self) -> SideSheet: ...

    def open_sheet(self, title: str, content: QWidget, *, width: int = ..., note: str = "") -> None: ...

    def close_sheet(self) -> None: ...


class SheetAsker:
    """Asks in the sheet; "Keep as it is", Esc and anything else that closes it mean no."""

    def __init__(self, host: SheetHost) -> None:
        self._host = host
        self._answered: Callable[[bool], None] | None = None
        host.sheet.closed.connect(self._on_closed)

    def confirm(self, title: str, plain: str, verb: str, answered: Callable[[bool], None]) -> None:
        question = _Question(plain, verb)
        question.keep.clicked.connect(self._host.close_sheet)
        question.act.clicked.connect(self._on_act)
        self._host.open_sheet(title, question, width=360)
        self._answered = answered

    def _on_act(self) -> None:
        self._answer(yes=True)
        self._host.close_sheet()

    def _on_closed(self) -> None:
        self._answer(yes=False)

    def _answer(self, *, yes: bool) -> None:
        answered, self._answered = self._answered, None
        if answered is not None:
            answered(yes)


class _Question(QWidget):
    def __init__(self, plain: str, verb: str) -> None:
        super().__init__()
        name(self, "question", plain)
        self.keep = Button(tr("Keep as it is"), "question.keep")
        self.act = Button(verb, "question.act", kind=Kind.DANGER)
        words = Paragraph(plain, TextKind.BODY, Role.TEXT)
        self.setLayout(
            column(words, row(self.keep, self.act, STRETCH, gap=GAP_2), STRETCH, gap=GAP_4, margins=(20, 16, 20, 16))
        )
