"""Alerts and tasks under their headings: now, later today, this week (mockup 01)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from clinicdesk.gui import icons
from clinicdesk.gui.theme import Role, TextKind, Tone, paint, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_4
from clinicdesk.gui.widgets.buttons import LinkText
from clinicdesk.gui.widgets.cards import Card, Separator
from clinicdesk.gui.widgets.layout import STRETCH, box, column, row
from clinicdesk.gui.widgets.lists import RowDelegate, RowList
from clinicdesk.gui.widgets.states import EmptyState
from clinicdesk.gui.widgets.text import Label
from clinicdesk.i18n import plural, tr
from clinicdesk.presentation.today.words import WHEN_WORDS, Local, Look, alert_look, alert_people, alert_time
from clinicdesk.services.today import Alert, When

_NOTHING = Look("")


@dataclass(frozen=True, slots=True)
class AlertLine:
    """A heading with its count, or an alert."""

    heading: str = ""
    count: int = 0
    alert: Alert | None = None
    look: Look = _NOTHING
    people: str = ""
    time: Look = _NOTHING


class AlertDelegate(RowDelegate[AlertLine]):
    """Heads 32 on sunken ground; rows 58 with shape, two lines and the time at the right."""

    def height(self, row: AlertLine, width: int) -> int:
        look = theme()
        if row.alert is None:
            return look.height(32)
        room = self._room(row, width)
        tall = paint.wrapped_height(row.look.words, TextKind.BODY_MEDIUM, room)
        tall += paint.wrapped_height(row.people, TextKind.CAPTION, room) if row.people else 0
        return max(look.height(58, 2), tall + 20)

    def paint_panel(self, painter: QPainter, rect: QRect, row: AlertLine, *, selected: bool, hover: bool) -> None:
        if row.alert is None:
            painter.fillRect(rect, theme().colour(Role.BG))
        else:
            super().paint_panel(painter, rect, row, selected=selected, hover=hover)

    def paint_row(self, painter: QPainter, rect: QRectF, row: AlertLine, *, selected: bool) -> None:
        look = theme()
        area = rect.adjusted(GAP_4, 0, -GAP_4, 0)
        if row.alert is None:
            paint.text(painter, area, row.heading, TextKind.CAPTION_STRONG, Role.TEXT_SECONDARY)
            paint.text(painter, area, str(row.count), TextKind.CAPTION_STRONG, Role.TEXT, paint.Right)
            return
        middle = rect.center().y()
        mark = row.look.shape or row.look.icon
        if mark:
            spot = QRectF(area.left(), middle - 9, 18, 18)
            icons.paint(painter, mark, spot, look.colour(Tone(row.look.tone).text))
        room = self._room(row, int(rect.width()))
        left = area.left() + 32
        upper = paint.wrapped_height(row.look.words, TextKind.BODY_MEDIUM, room)
        lower = paint.wrapped_height(row.people, TextKind.CAPTION, room) if row.people else 0
        top = middle - (upper + lower) / 2
        paint.wrapped(painter, QRectF(left, top, room, upper), row.look.words, TextKind.BODY_MEDIUM, Role.TEXT)
        if row.people:
            people = QRectF(left, top + upper, room, lower)
            paint.wrapped(painter, people, row.people, TextKind.CAPTION, Role.TEXT_SECONDARY)
        urgent = row.time.tone != "neutral"
        kind = TextKind.CAPTION_STRONG if urgent else TextKind.CAPTION
        paint.text(painter, area, row.time.words, kind, Tone(row.time.tone).text, paint.Right)

    def _room(self, row: AlertLine, width: int) -> int:
        time = theme().text_width(TextKind.CAPTION_STRONG, row.time.words) + 12 if row.time.words else 0
        return max(60, width - 2 * GAP_4 - 32 - time)


class AlertColumn(QWidget):
    """Enter opens where it is dealt with, Space ticks a task off."""

    opened = Signal(object)
    ticked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.list: RowList[AlertLine] = RowList(
            "today.alerts.list", tr("Alerts and tasks"), AlertDelegate(), _spoken, enabled=_reachable
        )
        self.list.opened.connect(self._on_opened)
        self.list.ticked.connect(self._on_ticked)
        self._empty = EmptyState(tr("Nothing waits for you."), object_name="today.alerts.empty")
        self._done = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self.show_all = LinkText(tr("Notifications"), "today.alerts.all", shortcut="F8")
        foot = box(row(self._done, STRETCH, self.show_all, gap=GAP_2, margins=(GAP_4, 4, 8, 4)))
        card = Card(margins=(0, 1, 0, 0), body=column(self._empty, self.list, Separator(), foot, gap=0))
        self.setLayout(column(card, gap=0))

    def show_alerts(self, alerts: Sequence[Alert], done: int, now: dt.datetime, local: Local, *, private: bool) -> None:
        self.list.set_rows(lines_of(alerts, now, local, private=private), keep=_key)
        self._done.setText(plural("{count} done today", "{count} done today", done))
        self._empty.setVisible(not alerts)
        self.list.setVisible(bool(alerts))

    def _on_opened(self, line: AlertLine) -> None:
        if line.alert is not None:
            self.opened.emit(line.alert)

    def _on_ticked(self, line: AlertLine) -> None:
        if line.alert is not None:
            self.ticked.emit(line.alert)


def lines_of(alerts: Sequence[Alert], now: dt.datetime, local: Local, *, private: bool) -> list[AlertLine]:
    made: list[AlertLine] = []
    for when in When:
        under = [alert for alert in alerts if alert.when is when]
        if under:
            made.append(AlertLine(tr(WHEN_WORDS[when]), len(under)))
        made += [
            AlertLine(
                alert=alert,
                look=alert_look(alert),
                people=alert_people(alert, private=private),
                time=alert_time(alert, now, local),
            )
            for alert in under
        ]
    return made


def _spoken(line: AlertLine) -> str:
    if line.alert is None:
        return f"{line.heading}, {line.count}"
    return ", ".join(part for part in (line.look.words, line.people, line.time.words) if part)


def _key(line: AlertLine) -> str:
    return str(line.alert.id) + line.alert.kind if line.alert is not None else line.heading


def _reachable(line: AlertLine) -> bool:
    return line.alert is not None
