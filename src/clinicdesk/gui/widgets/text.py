"""Labels and paragraphs in the type scale, coloured by role, following the theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from clinicdesk.gui.theme import Role, TextKind, paint, theme


class Label(QLabel):
    """Text of one kind and role. It never elides unless told so, and then shows all of it in a tooltip."""

    def __init__(
        self,
        text: str = "",
        kind: TextKind = TextKind.BODY,
        role: Role = Role.TEXT,
        *,
        elide: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._kind = kind
        self._role = role
        self._elide = elide
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._restyle()
        theme().changed.connect(self._restyle)

    def set_role(self, role: Role) -> None:
        self._role = role
        self._restyle()

    def set_kind(self, kind: TextKind) -> None:
        self._kind = kind
        self._restyle()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), max(hint.height(), theme().line(self._kind)))

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        width = theme().text_width(TextKind.BODY, "…") if self._elide else hint.width()
        return QSize(width, max(hint.height(), theme().line(self._kind)))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._elide:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        align = paint.Right if self.alignment() & Qt.AlignmentFlag.AlignRight else paint.Left
        paint.text(painter, self.rect(), self.text(), self._kind, self._role, align, elide=True)
        cut = theme().text_width(self._kind, self.text()) > self.width()
        self.setToolTip(self.text() if cut else "")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._restyle()

    def _restyle(self) -> None:
        look = theme()
        self.setFont(look.font(self._kind))
        own = QPalette()
        own.setColor(QPalette.ColorRole.WindowText, look.colour(self._role))
        own.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText, look.colour(Role.TEXT_DISABLED))
        self.setPalette(own)
        self.updateGeometry()


class Paragraph(QWidget):
    """Wrapped text with the line height of the type scale; as tall as it needs, never cut."""

    def __init__(
        self,
        text: str = "",
        kind: TextKind = TextKind.BODY,
        role: Role = Role.TEXT,
        *,
        least_width: int = 120,
        whole_words: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._whole_words = whole_words
        self._text = text
        self._kind = kind
        self._role = role
        self._least = least_width
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(text)

    @property
    def kind(self) -> TextKind:
        return self._kind

    def set_kind(self, kind: TextKind) -> None:
        self._kind = kind
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def set_role(self, role: Role) -> None:
        self._role = role
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return paint.wrapped_height(self._text, self._kind, width) if self._text else 0

    def sizeHint(self) -> QSize:
        width = min(theme().text_width(self._kind, self._text) + 1, theme().width(480))
        return QSize(max(width, 1), self.heightForWidth(max(width, 1)))

    def minimumSizeHint(self) -> QSize:
        look, least = theme(), self._least
        if self._whole_words:
            words = self._text.replace("-", "- ").split()
            least = max(least, *(look.text_width(self._kind, word) + 1 for word in words)) if words else least
        width = min(least, look.text_width(self._kind, self._text) + 1)
        return QSize(width, theme().line(self._kind) if self._text else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        role = self._role if self.isEnabled() else Role.TEXT_DISABLED
        paint.wrapped(painter, QRectF(self.rect()), self._text, self._kind, role)
