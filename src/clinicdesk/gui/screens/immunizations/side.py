"""What the view asks of every sheet of this screen."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clinicdesk.presentation.immunizations.state import ImmunizationState


class SheetContent(QWidget):
    """Content of the side sheet; `left` tells that the frame took it away."""

    left = Signal()

    @abstractmethod
    def draw(self, state: ImmunizationState) -> None: ...

    @abstractmethod
    def primary(self) -> None:
        """Ctrl+Enter while the sheet is open."""

    @abstractmethod
    def focus_first(self) -> None: ...

    def closed(self) -> None:
        self.left.emit()
