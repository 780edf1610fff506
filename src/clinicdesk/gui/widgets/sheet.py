"""The side sheet: a pane at the right edge instead of a dialog (ux-spec 3)."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from clinicdesk.gui.theme import Role, TextKind, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_4, SIDE_SHEET
from clinicdesk.gui.widgets.buttons import IconButton
from clinicdesk.gui.widgets.cards import Separator, Surface
from clinicdesk.gui.widgets.content import ContentArea
from clinicdesk.gui.widgets.layout import row
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.text import Label
from clinicdesk.i18n import tr

QWIDGETSIZE_MAX = (1 << 24) - 1
"""Qt's own: no limit."""


class SideSheet(Surface):
    """Head of 48 with title and close, then the content on `raised`. Esc closes it and keeps what was typed."""

    closed = Signal()

    def __init__(self, object_name: str = "sideSheet") -> None:
        super().__init__(Role.RAISED, ("left",))
        self._width = SIDE_SHEET
        self._room = QWIDGETSIZE_MAX
        self._content: QWidget | None = None
        self._area: ContentArea | None = None
        self._before: QWidget | None = None
        name(self, object_name)
        self.title = Label("", TextKind.SECTION)
        self.note = Label("", TextKind.BODY, Role.TEXT_SECONDARY, elide=True)
        self.close_button = IconButton("cross", tr("Close"), f"{object_name}.close", shortcut="Esc")
        self.close_button.clicked.connect(self.close_sheet)
        head = row(self.title, self.note, gap=GAP_2, margins=(20, GAP_2, GAP_4 - 4, GAP_2))
        head.setStretchFactor(self.note, 1)
        head.addWidget(self.close_button)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(1, 0, 0, 0)
        self._outer.setSpacing(0)
        self._outer.addLayout(head)
        self._outer.addWidget(Separator())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.hide()
        # Text may grow while the sheet is open: the looks are chosen in one.
        theme().changed.connect(self._fit)

    @property
    def content(self) -> QWidget | None:
        return self._content

    def open_with(self, title: str, content: QWidget, *, width: int = SIDE_SHEET, note: str = "") -> None:
        """Show a widget; the focus moves in and comes back when the sheet closes."""
        if self._content is None:
            self._before = self.window().focusWidget()
        self._drop()
        self._content = content
        self._width = width
        self.title.setText(title)
        self.note.setText(note)
        self.setAccessibleName(title)
        self._area = ContentArea(content, QSize(160, 120))
        self._outer.addWidget(self._area, 1)
        self._fit()
        self.show()
        first = next((child for child in [content, *content.findChildren(QWidget)] if _takes_focus(child)), None)
        (first or self.close_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def close_sheet(self) -> None:
        if self._content is None:
            return
        self._drop()
        self.hide()
        self.closed.emit()
        if self._before is not None and shiboken6.isValid(self._before):
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
            return
        super().keyPressEvent(event)

    def allow(self, room: int) -> None:
        """No wider than this, however wide its content was asked for."""
        self._room = room
        self._fit()

    def _fit(self) -> None:
        self.setFixedWidth(max(min(theme().width(self._width), self._room), theme().width(160)))

    def _drop(self) -> None:
        if self._area is not None:
            self._outer.removeWidget(self._area)
            self._area.hide()
            self._area.deleteLater()
        content, self._area, self._content = self._content, None, None
        # Contents may define `closed` to hear that they go (gui/shell/screen.py).
        closed = getattr(content, "closed", None)
        if callable(closed):
            closed()


def _takes_focus(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled() and not widget.isHidden()
