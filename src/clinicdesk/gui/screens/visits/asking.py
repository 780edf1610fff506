"""Who came in? A name typed, a list walked with the arrows, Enter (T3)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from clinicdesk.gui.screens.people import face_of
from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.theme.metrics import GAP_3, GAP_4, GAP_6
from clinicdesk.gui.widgets.cards import Card, PageTitle
from clinicdesk.gui.widgets.fields import Field, TextEditor
from clinicdesk.gui.widgets.layout import column
from clinicdesk.gui.widgets.lists import RowDelegate, RowList
from clinicdesk.gui.widgets.naming import announce, name
from clinicdesk.gui.widgets.people import paint_face
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import formats, plural, tr
from clinicdesk.presentation.students.words import shown
from clinicdesk.presentation.visits.state import Asking, VisitState
from clinicdesk.services.search import FoundStudent


class AskingPanel(QWidget):
    """A field and the list under it."""

    typed = Signal(str)
    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        name(self, "visit.asking", tr("New visit"))
        self._line = _Line()
        self.who = TextEditor("visit.who", tr("Who came in?"), placeholder=tr("Name, ID or date of birth"))
        self.who.textEdited.connect(self.typed)
        self.who.returnPressed.connect(self._on_return)
        self.who.installEventFilter(self)
        self.found: RowList[FoundStudent] = RowList("visit.whoFound", tr("Students"), self._line, _spoken)
        self.found.opened.connect(self.chosen)
        self._hint = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        body = column(Field(tr("Who came in?"), self.who), self._hint, self.found, gap=GAP_3)
        body.setStretch(2, 1)
        lines = column(
            PageTitle(tr("New visit")),
            Card(body=body, margins=(GAP_4, GAP_4, GAP_4, GAP_4)),
            gap=GAP_3,
            margins=(GAP_6, GAP_4, GAP_6, GAP_6),
        )
        lines.setStretch(1, 1)
        self.setLayout(lines)

    def draw(self, state: VisitState, *, private: bool) -> None:
        asking = state.asking
        if asking is None:
            return
        if self._line.private != private:
            self._line.private = private
            self.found.viewport().update()
        if self.who.text() != asking.query:
            self.who.setText(asking.query)
        if self.found.rows() != asking.found:
            self.found.set_rows(asking.found)
            if asking.found:
                self.found.setCurrentIndex(self.found.model().index(0, 0))
            announce(self.found, plural("{count} student", "{count} students", len(asking.found)))
        self._hint.set_text(state.problem or _hint(asking))
        self._hint.set_role(Role.DANGER if state.problem else Role.WARNING if asking.sure else Role.TEXT_SECONDARY)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down move in the list while the field keeps the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.found.rows():
                at = max(0, min(len(self.found.rows()) - 1, self.found.currentIndex().row() + step))
                self.found.setCurrentIndex(self.found.model().index(at, 0))
                return True
        return super().eventFilter(watched, event)

    def _on_return(self) -> None:
        current = self.found.current()
        if current is not None:
            self.chosen.emit(current)


class _Line(RowDelegate[FoundStudent]):
    """Photo, name over birth date, grade and school; the birth date is bold where two share a name."""

    private = False

    def height(self, row: FoundStudent, width: int) -> int:
        return theme().height(44, 2)

    def paint_row(self, painter: QPainter, rect: QRectF, row: FoundStudent, *, selected: bool) -> None:
        look = theme()
        face = QRectF(rect.left() + 8, rect.center().y() - 16, 32, 32)
        paint_face(painter, face, face_of(row.id, row.name, row.photo, private=self.private))
        line = look.line(TextKind.BODY)
        left, width = rect.left() + 52, rect.width() - 60
        top = rect.center().y() - line
        words = shown(row.name, private=self.private)
        paint.text(painter, QRectF(left, top, width, line), words, TextKind.LABEL, Role.TEXT)
        second = QRectF(left, top + line, width, line)
        born = formats().date(row.birth_date)
        kind = TextKind.CAPTION_STRONG if row.same_name else TextKind.CAPTION
        paint.text(painter, second, born, kind, Role.TEXT if row.same_name else Role.TEXT_SECONDARY)
        second.setLeft(left + look.text_width(kind, born) + 8)
        paint.text(painter, second, _details(row), TextKind.CAPTION, Role.TEXT_SECONDARY)


def _details(row: FoundStudent) -> str:
    parts = [tr("grade {grade}", grade=row.grade), row.school if not row.here else ""]
    if row.same_name:
        parts.append(tr("same name"))
    if not row.is_active:
        parts.append(tr("no longer enrolled"))
    return " · ".join(part for part in parts if part)


def _spoken(row: FoundStudent) -> str:
    return f"{row.name.shown}, {formats().date(row.birth_date)}, {_details(row)}"


def _hint(asking: Asking) -> str:
    if asking.sure is not None:
        sure = next((one for one in asking.found if one.id == asking.sure), None)
        if sure is not None:
            born = formats().date(sure.birth_date)
            return tr("Another student has this name. Born {born}? Press Enter again.", born=born)
    if asking.query.strip() and not asking.found:
        return tr("Nobody of this name is on record here.")
    return tr("Type a few letters and press Enter.")
