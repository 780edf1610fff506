"""The six rights as a strip of 3 x 2 items, of which the first two are ticked (ux-spec 7.5, mockup 04)."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from clinicdesk.gui import icons
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.theme.metrics import RADIUS_FIELD
from clinicdesk.gui.widgets.naming import name
from clinicdesk.presentation.medications.dose_state import Right, RightState

_SHAPES = {
    RightState.DONE: (Shape.DONE, Role.SUCCESS),
    RightState.NEXT: (Shape.DUE, Role.INFO),
    RightState.WAITING: (Shape.WAITING, Role.TEXT_SECONDARY),
    RightState.DEVIATION: (Shape.PLAN, Role.WARNING),
    RightState.WRONG: (Shape.ALLERGY, Role.DANGER),
}
_FILLS = {
    RightState.DONE: Role.SUCCESS_BG,
    RightState.DEVIATION: Role.WARNING_BG,
    RightState.WRONG: Role.DANGER_BG,
}
_INDENT = 28


class RightItem(QAbstractButton):
    """One of the six rights: shape, number, word and the evidence below."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._right = Right(number, "", "", RightState.WAITING)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if number <= 2 else Qt.FocusPolicy.NoFocus)
        name(self, f"dose.right.{number}", str(number))
        self.setProperty("ring", RADIUS_FIELD)

    def show_right(self, right: Right) -> None:
        longer = right.evidence != self._right.evidence
        self._right = right
        if longer:
            self.updateGeometry()
        self.setAccessibleName(f"{right.number} {right.word}: {right.evidence}")
        self.setAccessibleDescription(right.state.value)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, self.heightForWidth(120))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        """50 as in the mockup; a dose that is longer than one line wraps, it never elides (ux-spec 6)."""
        look = theme()
        evidence = paint.wrapped_height(self._right.evidence, TextKind.CAPTION, width - _INDENT - 4)
        return max(look.height(50, 2), look.line(TextKind.CAPTION_STRONG) + evidence + 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, right = theme(), self._right
        painter = QPainter(self)
        shape, role = _SHAPES[right.state]
        fill = _FILLS.get(right.state, Role.RAISED)
        border = Role.BORDER_CONTROL if right.state is RightState.NEXT else Role.BORDER
        paint.rounded(painter, self.rect(), RADIUS_FIELD, fill=look.colour(fill), border=look.colour(border))
        upper = look.line(TextKind.CAPTION_STRONG)
        wide = self.width() - _INDENT - 4
        lower = paint.wrapped_height(right.evidence, TextKind.CAPTION, wide)
        top = (self.height() - upper - lower) / 2
        icons.paint(painter, shape.value, QRectF(8, top + (upper - 15) / 2, 15, 15), look.colour(role))
        word = f"{right.number} {right.word}"
        paint.text(painter, QRectF(_INDENT, top, wide, upper), word, TextKind.CAPTION_STRONG, role)
        below = Role.TEXT if right.state in _FILLS else Role.TEXT_SECONDARY
        paint.wrapped(painter, QRectF(_INDENT, top + upper, wide, lower), right.evidence, TextKind.CAPTION, below)
