"""A PIN: one field, painted as a box for each digit (mockup 08)."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QRegularExpression, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QBoxLayout, QLineEdit, QSizePolicy

from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.theme.metrics import RADIUS_FIELD
from clinicdesk.gui.widgets.fields import Field, TextEditor
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.text import Label
from clinicdesk.i18n import tr

LEAST, MOST = 6, 12
_BOX, _GAP = (46, 52), 7


class PinEditor(TextEditor):
    """Digits only, shown as dots in boxes; to a screen reader it is one password field."""

    def __init__(self, object_name: str, accessible: str) -> None:
        super().__init__(object_name, accessible)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly | Qt.InputMethodHint.ImhSensitiveData)
        self.setValidator(QRegularExpressionValidator(QRegularExpression(f"[0-9]{{0,{MOST}}}"), self))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(LEAST * _BOX[0] + (LEAST - 1) * _GAP, theme().height(_BOX[1]))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        typed = len(self.text())
        boxes = max(LEAST, min(MOST, typed + 1)) if typed >= LEAST else LEAST
        wide = (self.width() - _GAP * (boxes - 1)) / boxes
        wrong = self.property("state") == "error"
        for at in range(boxes):
            here = at == typed and self.hasFocus()
            border = Role.DANGER if wrong else Role.ACCENT if here else Role.BORDER_CONTROL
            area = QRectF(at * (wide + _GAP), 0, wide, self.height())
            fill = look.colour(Role.SELECTION if here else Role.SURFACE)
            paint.rounded(painter, area, RADIUS_FIELD, fill=fill, border=look.colour(border))
            if at < typed:
                dot = QRectF(0, 0, 11, 11)
                dot.moveCenter(area.center())
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.colour(Role.TEXT))
                painter.drawEllipse(dot)


class PinField(Field):
    """The label, until when it works, the boxes, and what is wrong."""

    entered = Signal()

    def __init__(self, object_name: str, label: str = "") -> None:
        words = label or tr("PIN")
        self._line = PinEditor(object_name, words)
        super().__init__(words, self._line)
        self._until = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        outer = self.layout()
        assert outer is not None
        first = outer.itemAt(0)
        assert first is not None
        head = first.layout()
        assert isinstance(head, QBoxLayout)
        head.addWidget(self._until)
        name(self._line, object_name, words)
        self._line.returnPressed.connect(self.entered)
        self.setFocusProxy(self._line)

    @property
    def line(self) -> QLineEdit:
        return self._line

    def text(self) -> str:
        return self._line.text()

    def clear(self) -> None:
        self._line.clear()

    def set_until(self, words: str) -> None:
        self._until.setText(words)
        self._hint = words
        self._describe()
