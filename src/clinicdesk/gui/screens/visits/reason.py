"""The sheet that asks why: for an amendment, or an act taken back after its first minute (D1, D2)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from clinicdesk.gui.theme.metrics import GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.fields import Field, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, column, row
from clinicdesk.gui.widgets.naming import name
from clinicdesk.i18n import tr


class ReasonSheet(QWidget):
    """One field, one button."""

    def __init__(self, verb: str, given: Callable[[str], None]) -> None:
        super().__init__()
        name(self, "visit.why", tr("Reason"))
        self._given = given
        self.reason = TextEditor("visit.why.reason", tr("Reason"))
        self.reason.returnPressed.connect(self._on_given)
        self._field = Field(tr("Reason"), self.reason, required=True)
        self.go = Button(verb, "visit.why.go", kind=Kind.PRIMARY)
        self.go.clicked.connect(self._on_given)
        self.setLayout(
            column(self._field, row(self.go, STRETCH), STRETCH, gap=GAP_3, margins=(GAP_4, GAP_4, GAP_4, GAP_4))
        )
        self.setFocusProxy(self.reason)

    def _on_given(self) -> None:
        words = self.reason.text()
        if words.strip():
            self._given(words)
        else:
            self._field.set_error(tr("Needed here."))
