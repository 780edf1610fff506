"""Doses due: an overview along a line of time, then the list in time order with late doses on top (mockup 01)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinicdesk.domain.medication.slots import SlotState
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.people import face_of, tag_of
from clinicdesk.gui.theme import Role, TextKind, Tone, paint, theme
from clinicdesk.gui.theme.metrics import GAP_4, RADIUS_FIELD
from clinicdesk.gui.widgets.cards import Card, Separator
from clinicdesk.gui.widgets.layout import column
from clinicdesk.gui.widgets.lists import RowDelegate, RowList
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.people import paint_face
from clinicdesk.gui.widgets.states import EmptyState
from clinicdesk.gui.widgets.tags import paint_tag, tag_size
from clinicdesk.gui.widgets.timeline import Marker, TimelineDelegate, TimelineRow, timeline_words
from clinicdesk.i18n import formats, plural, tr
from clinicdesk.presentation.medications.words import away_words
from clinicdesk.presentation.students.words import shown
from clinicdesk.presentation.today.words import Local, dose_look, drug_words, is_done, is_late, is_set_aside
from clinicdesk.services.dose_values import DueBoard, DueDose

BACK = dt.timedelta(minutes=60)
AHEAD = dt.timedelta(minutes=120)
_STRIP = 46
_SPOTS = {
    "late": Tone.DANGER,
    "aside": Tone.WARNING,
    "done": Tone.SUCCESS,
    "due": Tone.INFO,
    "soon": Tone.NEUTRAL,
}


@dataclass(frozen=True, slots=True)
class DoseRow:
    """A line of the list: a late dose on top, a dose in time order, or the now line (`dose` is None)."""

    line: TimelineRow
    dose: DueDose | None = None
    late: bool = False


class DoseDelegate(RowDelegate[DoseRow]):
    """Late rows 60 with the danger fill; the rest as the timeline paints it."""

    hairlines = False

    def __init__(self) -> None:
        super().__init__()
        self._timeline = TimelineDelegate()

    def height(self, row: DoseRow, width: int) -> int:
        if not row.late:
            return self._timeline.height(row.line, width)
        words = self._room(row, width)
        tall = paint.wrapped_height(row.line.text, TextKind.LABEL, words)
        tall += paint.wrapped_height(row.line.below, TextKind.CAPTION, words)
        return max(theme().height(60, 2), tall + 16)

    def paint_panel(self, painter: QPainter, rect: QRect, row: DoseRow, *, selected: bool, hover: bool) -> None:
        if row.late and not selected:
            painter.fillRect(rect, theme().colour(Role.DANGER_BG))
        else:
            super().paint_panel(painter, rect, row, selected=selected, hover=hover and row.dose is not None)
        if row.late:
            paint.hairline(painter, rect, Role.BORDER)

    def paint_row(self, painter: QPainter, rect: QRectF, row: DoseRow, *, selected: bool) -> None:
        if not row.late:
            self._timeline.paint_row(painter, rect, row.line, selected=selected)
            return
        line, middle = row.line, rect.center().y()
        spot = QRectF(rect.left() + GAP_4, middle - 18, 36, 36)
        if line.face is not None:
            paint_face(painter, spot, line.face)
        room = self._room(row, int(rect.width()))
        upper = paint.wrapped_height(line.text, TextKind.LABEL, room)
        lower = paint.wrapped_height(line.below, TextKind.CAPTION, room)
        left, top = spot.right() + 12, middle - (upper + lower) / 2
        paint.wrapped(painter, QRectF(left, top, room, upper), line.text, TextKind.LABEL, Role.TEXT)
        paint.wrapped(painter, QRectF(left, top + upper, room, lower), line.below, TextKind.CAPTION, Role.TEXT)
        if line.tag is not None:
            size = tag_size(theme(), line.tag)
            corner = QPointF(rect.right() - GAP_4 - size.width(), middle - size.height() / 2)
            paint_tag(painter, corner, line.tag)

    def _room(self, row: DoseRow, width: int) -> int:
        tag = tag_size(theme(), row.line.tag).width() if row.line.tag is not None else 0
        return max(60, width - 2 * GAP_4 - 36 - 12 - tag - 12)


class Overview(QWidget):
    """How many doses stand where between an hour ago and two hours ahead; the list below says the same in words."""

    def __init__(self) -> None:
        super().__init__()
        self._board: DueBoard | None = None
        self._local: Local | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        name(self, "today.doses.overview")

    def show_board(self, board: DueBoard, local: Local) -> None:
        self._board, self._local = board, local
        counts = Counter(f"{local(dose.slot.due_at):%H:%M}" for dose in board.doses)
        spoken = [f"{time} {count}" for time, count in sorted(counts.items())]
        self.setAccessibleName(tr("Doses by time: {counts}", counts=", ".join(spoken) or tr("none")))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, theme().height(_STRIP + 20, 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        board, local = self._board, self._local
        if board is None or local is None:
            return
        look = theme()
        painter = QPainter(self)
        left, right = GAP_4, self.width() - GAP_4
        line = self.height() - look.line(TextKind.CAPTION) - 14
        painter.fillRect(QRectF(left, line - 1, right - left, 2), look.colour(Role.BORDER))
        start = board.now - BACK

        def place(moment: dt.datetime) -> float:
            return left + (right - left) * ((moment - start) / (BACK + AHEAD))

        half = local(start).replace(minute=30 if local(start).minute >= 30 else 0, second=0, microsecond=0)
        tick = half + dt.timedelta(minutes=30)
        while tick <= board.now + AHEAD:
            at = place(tick)
            painter.fillRect(QRectF(at - 0.5, line - 4, 1, 8), look.colour(Role.BORDER_CONTROL))
            words = QRectF(at - 30, line + 6, 60, look.line(TextKind.CAPTION))
            if left <= words.center().x() - 18 and words.center().x() + 18 <= right:
                paint.text(painter, words, formats().time(tick), TextKind.CAPTION, Role.TEXT_SECONDARY, paint.Centre)
            tick += dt.timedelta(minutes=30)
        groups: dict[dt.datetime, list[DueDose]] = {}
        for dose in board.doses:
            if start <= dose.slot.due_at <= board.now + AHEAD:
                groups.setdefault(dose.slot.due_at, []).append(dose)
        for moment, doses in groups.items():
            self._spot(painter, place(moment), line, doses)
        now = place(board.now)
        painter.fillRect(QRectF(now - 1, line - 22, 2, 28), look.colour(Role.ACCENT))

    def _spot(self, painter: QPainter, at: float, line: float, doses: Sequence[DueDose]) -> None:
        look = theme()
        tone = _SPOTS[_gravest(doses)]
        words = str(len(doses))
        wide = max(22, look.text_width(TextKind.CAPTION_STRONG, words) + 12)
        tall = max(18, look.line(TextKind.CAPTION))
        box = QRectF(min(max(at - wide / 2, GAP_4), self.width() - GAP_4 - wide), line - 8 - tall, wide, tall)
        paint.rounded(painter, box, RADIUS_FIELD, fill=look.colour(tone.fill))
        paint.text(painter, box, words, TextKind.CAPTION_STRONG, tone.text, paint.Centre)


class DoseColumn(QWidget):
    """The due board; Enter opens the round at the time of the dose."""

    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.overview = Overview()
        self.list: RowList[DoseRow] = RowList(
            "today.doses.list", tr("Doses due"), DoseDelegate(), _spoken, enabled=_reachable
        )
        self.list.opened.connect(self._on_opened)
        self._empty = EmptyState(tr("No dose is due within two hours."), object_name="today.doses.empty")
        card = Card(margins=(0, 0, 0, 4), body=column(self.overview, Separator(), self._empty, self.list, gap=0))
        self.setLayout(column(card, gap=0))

    def show_board(self, board: DueBoard, local: Local, *, private: bool) -> None:
        self.overview.show_board(board, local)
        self.list.set_rows(rows_of(board, local, private=private), keep=_key)
        self._empty.setVisible(not board.doses)
        self.list.setVisible(bool(board.doses))

    def _on_opened(self, row: DoseRow) -> None:
        if row.dose is not None:
            self.opened.emit(row.dose)


def rows_of(board: DueBoard, local: Local, *, private: bool) -> list[DoseRow]:
    """Late doses, then times in order with the now line between what was and what comes."""
    late = [dose for dose in board.doses if is_late(dose)]
    timed = sorted(
        (dose for dose in board.doses if not is_late(dose)),
        key=lambda dose: (dose.slot.due_at, dose.student.name.sorted_by),
    )
    made = [DoseRow(_line(dose, board, local, private=private), dose, late=True) for dose in late]
    groups: dict[dt.datetime, list[DueDose]] = {}
    for dose in timed:
        groups.setdefault(dose.slot.due_at, []).append(dose)
    now = DoseRow(TimelineRow("now", formats().time(local(board.now)), marker=Marker.NOW, text=tr("now"), gap_above=4))
    past = True
    for due_at, doses in groups.items():
        if past and due_at > board.now:
            made.append(now)
            past = False
        made += _group(due_at, doses, board, local, private=private)
    if past and board.doses:
        made.append(now)
    return made


def _group(
    due_at: dt.datetime, doses: Sequence[DueDose], board: DueBoard, local: Local, *, private: bool
) -> list[DoseRow]:
    made = []
    for at, dose in enumerate(doses):
        line = _line(dose, board, local, private=private)
        if at == 0:
            marker = {"done": Marker.DONE, "aside": Marker.HELD, "due": Marker.DUE}.get(_gravest(doses), Marker.SOON)
            words = formats().time(local(due_at))
            line = replace(line, time=words, count=_count_words(doses), marker=marker, gap_above=9)
        made.append(DoseRow(line, dose))
    return made


def _count_words(doses: Sequence[DueDose]) -> str:
    done = sum(is_done(dose) for dose in doses)
    if done:
        return tr("{done} of {all}", done=done, all=len(doses)) if len(doses) > 1 else ""
    if any(is_set_aside(dose) for dose in doses):
        return ""
    due = sum(dose.state is SlotState.DUE for dose in doses)
    return plural("{count} due", "{count} due", due) if due else plural("{count} soon", "{count} soon", len(doses))


def _line(dose: DueDose, board: DueBoard, local: Local, *, private: bool) -> TimelineRow:
    student, look = dose.student, dose_look(dose, board.now, local)
    settled = is_done(dose) or is_set_aside(dose)
    open_dose = not settled and dose.state is not SlotState.DOUBLE_CHARTED
    calm = dose.state in {SlotState.SOON, SlotState.UPCOMING}
    return TimelineRow(
        id=f"{dose.order.id}:{dose.slot.key}",
        face=face_of(student.id, student.name, student.photo, private=private) if open_dose else None,
        shape=Shape(look.shape) if settled else None,
        text=shown(student.name, private=private),
        below=drug_words(dose) if dose.away is None else f"{drug_words(dose)} · {away_words(dose.away)}",
        controlled=dose.order.controlled,
        note=look.words if settled else "",
        tag=None if settled else tag_of(look, bordered=calm),
    )


def _gravest(doses: Sequence[DueDose]) -> str:
    if any(is_late(dose) for dose in doses):
        return "late"
    if any(dose.state is SlotState.DUE for dose in doses):
        return "due"
    if any(is_set_aside(dose) for dose in doses):
        return "aside"
    return "done" if all(is_done(dose) for dose in doses) else "soon"


def _spoken(row: DoseRow) -> str:
    return timeline_words(row.line)


def _key(row: DoseRow) -> str:
    return row.line.id


def _reachable(row: DoseRow) -> bool:
    return row.dose is not None
