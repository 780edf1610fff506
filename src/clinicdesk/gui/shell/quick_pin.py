"""The sheet in which a person sets the own PIN, and the layer that asks for the password a PIN does not replace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_4, RADIUS_CARD
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.fields import PasswordField
from clinicdesk.gui.widgets.layout import STRETCH, Part, column, row
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.pin import PinField
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import formats, tr
from clinicdesk.presentation.quick_pin import CheckState, OwnPin, PasswordCheck, PinPresenter, PinState
from clinicdesk.presentation.runner import Runner

_LAYER_WIDTH = 420
_LAYER_TOP = 120


class PinSheet(QWidget):
    """A PIN typed twice. Enter goes on and saves."""

    kept = Signal()

    def __init__(self, pin: OwnPin, runner: Runner, zone: dt.tzinfo | None) -> None:
        super().__init__()
        name(self, "pinSheet", tr("Quick-unlock PIN"))
        self._zone = zone
        self._presenter = PinPresenter(pin, runner, self._show)
        self._presenter.when_set(self.kept.emit)
        words = Paragraph(
            tr(
                "With a PIN you come back to this desk without the password: for 8 hours, until ClinicDesk is closed "
                "or the PIN was wrong five times."
            ),
            TextKind.BODY,
        )
        limits = Paragraph(
            tr("Counts, witnessing, consents, exports and administration still ask for the password."),
            TextKind.CAPTION,
            Role.TEXT_SECONDARY,
        )
        self.first = PinField("pinSheet.first", tr("New PIN, 6 digits or more"))
        self.again = PinField("pinSheet.again", tr("The same again"))
        self.save = Button(tr("Set the PIN"), "pinSheet.save", kind=Kind.PRIMARY, shortcut="Return")
        self.drop = Button(tr("Take the PIN away"), "pinSheet.drop")
        self._now = Label("", TextKind.LABEL)
        self.first.entered.connect(self.again.line.setFocus)
        self.again.entered.connect(self._on_save)
        self.save.clicked.connect(self._on_save)
        self.drop.clicked.connect(self._presenter.forget)
        parts = column(
            self._now,
            words,
            limits,
            self.first,
            self.again,
            row(self.save, self.drop, STRETCH, gap=GAP_2),
            STRETCH,
            gap=GAP_4,
            margins=(20, 16, 20, 16),
        )
        self.setLayout(parts)
        self._show(self._presenter.state)

    def _on_save(self) -> None:
        self._presenter.save(self.first.text(), self.again.text())

    def _show(self, state: PinState) -> None:
        until = "" if state.until is None else formats().time(state.until.astimezone(self._zone))
        self._now.setText(tr("Your PIN works until {time}.", time=until) if until else "")
        reveal(self._now, bool(until))
        reveal(self.drop, bool(until))
        self.first.set_error(state.problem if state.field == "first" else "")
        self.again.set_error(state.problem if state.field == "again" else "")
        self.save.setEnabled(not state.busy)
        if state.problem:
            self.first.clear()
            self.again.clear()
            self.first.line.setFocus(Qt.FocusReason.OtherFocusReason)


class PasswordLayer(QWidget):
    """Covers the window while an act waits for the password; Esc leaves the act undone. What was typed stays."""

    def __init__(self, window: QWidget, confirm: Callable[[str], None], runner: Runner) -> None:
        super().__init__(window)
        self.setObjectName("passwordLayer")
        self._window = window
        self._before: QWidget | None = None
        self._check = PasswordCheck(confirm, runner, self._show, self._on_passed)
        self.passed: Callable[[], None] = lambda: None
        self.password = PasswordField(tr("Password"), "passwordLayer.password")
        self.cancel = Button(tr("Leave it"), "passwordLayer.cancel", shortcut="Esc")
        self.confirm = Button(tr("Confirm"), "passwordLayer.confirm", kind=Kind.PRIMARY, shortcut="Return")
        self.password.entered.connect(self._on_submit)
        self.confirm.clicked.connect(self._on_submit)
        self.cancel.clicked.connect(self.close_layer)
        self._frame = _Card(
            Label(tr("This asks for your password"), TextKind.SECTION),
            Paragraph(
                tr("You came in by PIN. Nothing was changed: confirm, then do it again."),
                TextKind.BODY,
                Role.TEXT_SECONDARY,
            ),
            self.password,
            row(self.cancel, STRETCH, self.confirm, gap=GAP_2),
        )
        self._frame.setParent(self)
        window.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        if self.isVisible():
            return
        self._before = self._window.focusWidget()
        self.password.clear()
        self._show(CheckState())
        self._place()
        self.show()
        self.raise_()
        self.password.line.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self.password.line, tr("This asks for your password"), assertive=True)

    def close_layer(self) -> None:
        if not self.isVisible():
            return
        self.hide()
        self.password.clear()
        if self._before is not None and shiboken6.isValid(self._before):
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays inside: what lies below waits."""
        stops = [self.password.line, self.cancel, self.confirm]
        focus = self._window.focusWidget()
        at = next((index for index, stop in enumerate(stops) if stop is focus), 0)
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_layer()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme().colour(Role.SCRIM))

    def _on_submit(self) -> None:
        self._check.submit(self.password.text())

    def _on_passed(self) -> None:
        self.close_layer()
        self.passed()

    def _show(self, state: CheckState) -> None:
        self.password.set_error(state.problem)
        self.confirm.setEnabled(not state.busy)
        self.password.line.setReadOnly(state.busy)
        if state.problem:
            self.password.clear()
            self.password.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self._place()

    def _place(self) -> None:
        self.setGeometry(self._window.rect())
        wide = min(theme().width(_LAYER_WIDTH), self.width() - 2 * GAP_4)
        layout = self._frame.layout()
        assert layout is not None
        tall = min(max(layout.totalHeightForWidth(wide), layout.sizeHint().height()), self.height() - 2 * GAP_4)
        top = min(_LAYER_TOP, max(GAP_4, (self.height() - tall) // 2))
        self._frame.setGeometry((self.width() - wide) // 2, top, wide, tall)


class _Card(QFrame):
    """The card of the layer."""

    def __init__(self, *parts: Part) -> None:
        super().__init__()
        self.setLayout(column(*parts, gap=GAP_4, margins=(24, 20, 24, 20)))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        fill, border = look.colour(Role.RAISED), look.colour(Role.BORDER_CONTROL)
        paint.rounded(QPainter(self), self.rect(), RADIUS_CARD, fill=fill, border=border)
