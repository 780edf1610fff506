"""The left list of the sync centre: conflicts, what could not be sent, and each school's last answer."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from clinicdesk.gui import icons
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.widgets.lists import RowDelegate
from clinicdesk.i18n import tr
from clinicdesk.presentation.shell import masked
from clinicdesk.presentation.sync_centre.words import (
    Local,
    ago,
    field_words,
    kind_words,
    moment,
    reason_words,
    table_words,
    title_of,
)
from clinicdesk.services.conflicts import ConflictLine
from clinicdesk.sync.status import ScopeStatus, StoppedItem

LOOK_KINDS = frozenset({"POSSIBLE_DUPLICATE", "FORK"})
"""Both rows are kept; a person looks."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row in words. A heading has no second line; only conflicts can be opened."""

    key: str
    title: str
    lines: tuple[str, ...] = ()
    shape: str = ""
    role: Role = Role.TEXT_SECONDARY
    conflict: uuid.UUID | None = None
    heading: bool = False

    @property
    def spoken(self) -> str:
        return ", ".join((self.title, *self.lines))


def list_rows(
    lines: Sequence[ConflictLine],
    stopped: Sequence[StoppedItem],
    scopes: Sequence[ScopeStatus],
    *,
    now: dt.datetime,
    local: Local,
    private: bool,
) -> list[ListRow]:
    """Conflicts first, then what is only to be looked at, then what did not go out, then the schools."""
    clashes = [_conflict(line, now, private=private) for line in lines if line.kind.value not in LOOK_KINDS]
    looks = [_conflict(line, now, private=private) for line in lines if line.kind.value in LOOK_KINDS]
    kept_back = [_stopped(item, local, now) for item in stopped]
    schools = [_school(scope, local, now) for scope in scopes]
    rows = list(clashes)
    for title, part in (
        (tr("Both kept, please look"), looks),
        (tr("Could not be sent"), kept_back),
        (tr("Schools, last answer"), schools),
    ):
        if part:
            rows += [ListRow(title, title, heading=True), *part]
    return rows


def _conflict(line: ConflictLine, now: dt.datetime, *, private: bool) -> ListRow:
    who = masked(line.student.shown, private=private) if line.student is not None else ""
    matter = tr("safety data") if line.is_safety else _matter(line)
    last = tr("{matter}, {ago}", matter=matter, ago=ago(now - line.since))
    if line.kind.value in LOOK_KINDS:
        shape, role = (Shape.OVERDUE, Role.DANGER)
    else:
        shape, role = (Shape.ALLERGY, Role.DANGER) if line.is_safety else (Shape.CONFLICT, Role.WARNING)
    return ListRow(str(line.id), title_of(line), (who, last) if who else (last,), shape.value, role, line.id)


def _matter(line: ConflictLine) -> str:
    if line.kind.value in {"FIELD", "GROUP", "DIVERGED"} and line.fields:
        return ", ".join(field_words(name).lower() for name in line.fields[:2])
    return kind_words(line)


def _stopped(item: StoppedItem, local: Local, now: dt.datetime) -> ListRow:
    held = item.state.value == "HELD"
    state = tr("Held back") if held else tr("Refused")
    at = moment(item.authored_at, local, now)
    shape, role = (Shape.HELD, Role.WARNING) if held else (Shape.NOT_COUNTED, Role.DANGER)
    lines = (reason_words(item.reason), tr("{state}, written {time}", state=state, time=at))
    return ListRow(str(item.mutation), table_words(item.table), lines, shape.value, role)


def _school(scope: ScopeStatus, local: Local, now: dt.datetime) -> ListRow:
    at = moment(scope.pulled_at, local, now) or tr("never")
    words = tr("complete, {time}", time=at) if scope.complete else tr("not complete yet, {time}", time=at)
    shape, role = (Shape.DONE, Role.SUCCESS) if scope.complete else (Shape.WAITING, Role.TEXT_SECONDARY)
    return ListRow(str(scope.scope), scope.name or tr("The district"), (words,), shape.value, role)


class ListPainter(RowDelegate[ListRow]):
    """68 for a conflict with three lines, 32 for a heading; names wrap, nothing is cut."""

    def height(self, row: ListRow, width: int) -> int:
        look = theme()
        if row.heading:
            return look.height(32)
        room = width - 48 - 12
        tall = paint.wrapped_height(row.title, TextKind.LABEL, room)
        tall += sum(paint.wrapped_height(line, TextKind.CAPTION, room) for line in row.lines)
        return max(look.height(44), tall + 14)

    def paint_row(self, painter: QPainter, rect: QRectF, row: ListRow, *, selected: bool) -> None:
        look = theme()
        if row.heading:
            painter.fillRect(rect, look.colour(Role.SUNKEN))
            words = rect.adjusted(16, 0, -8, 0)
            paint.text(painter, words, row.title, TextKind.CAPTION_STRONG, Role.TEXT_SECONDARY)
            return
        if selected:
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), look.colour(Role.ACCENT))
        side = 20.0
        mark = QRectF(rect.left() + 16, rect.top() + (rect.height() - side) / 2, side, side)
        icons.paint(painter, row.shape, mark, look.colour(row.role))
        left, room = rect.left() + 48, rect.width() - 48 - 12
        top = rect.top() + 7
        kind = TextKind.LABEL if row.conflict is not None else TextKind.BODY_MEDIUM
        tall = paint.wrapped_height(row.title, TextKind.LABEL, room)
        paint.wrapped(painter, QRectF(left, top, room, tall), row.title, kind, Role.TEXT)
        top += tall
        for at, line in enumerate(row.lines):
            tall = paint.wrapped_height(line, TextKind.CAPTION, room)
            role = Role.TEXT if at == 0 and len(row.lines) > 1 and row.conflict else Role.TEXT_SECONDARY
            paint.wrapped(painter, QRectF(left, top, room, tall), line, TextKind.CAPTION, role)
            top += tall
