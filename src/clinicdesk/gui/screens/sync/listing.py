"""The left list of the sync centre: conflicts, what was stopped or settled, progress, and each school's last answer."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

from clinicdesk.gui import icons
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, paint, theme
from clinicdesk.gui.widgets.lists import RowDelegate
from clinicdesk.i18n import formats, plural, tr
from clinicdesk.presentation.shell import masked
from clinicdesk.presentation.sync_centre.keeping import kept_words, mended_words, title_of_kept
from clinicdesk.presentation.sync_centre.words import (
    Local,
    ago,
    field_words,
    kind_words,
    many_words,
    moment,
    reason_words,
    settled_words,
    table_words,
    title_of,
    written_words,
)
from clinicdesk.presentation.sync_now import in_order, scope_words
from clinicdesk.services.conflict_values import ConflictLine
from clinicdesk.services.kept_rows import KeptLine
from clinicdesk.services.sync_items import ItemLine, KindProgress, SettledLines, StoppedLine, SyncWork
from clinicdesk.sync.status import ScopeStatus

_BAR = 64
_BELOW = 14

LOOK_KINDS = frozenset({"POSSIBLE_DUPLICATE", "FORK"})
"""Both rows are kept; a person looks."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row in words. `count` and `share` stand at the right.

    What can be opened is a conflict, a `detail`, or something `kept`.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    shape: str = ""
    role: Role = Role.TEXT_SECONDARY
    conflict: uuid.UUID | None = None
    heading: bool = False
    count: str = ""
    share: float | None = None
    detail: StoppedLine | SettledLines | None = None
    kept: KeptLine | None = None

    @property
    def spoken(self) -> str:
        return ", ".join(part for part in (self.title, *self.lines, self.count) if part)


def list_rows(
    lines: Sequence[ConflictLine],
    work: SyncWork,
    scopes: Sequence[ScopeStatus],
    kept: Sequence[KeptLine] = (),
    *,
    now: dt.datetime,
    local: Local,
    private: bool,
) -> list[ListRow]:
    """Conflicts first, then what else a person looks at, what did not go out, and what needs nobody."""
    clashes = [_conflict(line, now, private=private) for line in lines if line.kind.value not in LOOK_KINDS]
    looks = [_conflict(line, now, private=private) for line in lines if line.kind.value in LOOK_KINDS]
    unsent = [_waiting(item, local, now, private=private) for item in work.waiting]
    kept_back = [_stopped(item, local, now, private=private) for item in work.stopped]
    mended = [_kept(line, local, now, private=private) for line in kept]
    settled = [_settled(lines) for lines in work.settled]
    # What is through needs nobody's eye; it would push the schools out of sight.
    progress = [_progress(one) for one in work.progress if one.settled < one.all]
    schools = [_school(scope, local, now) for scope in in_order(scopes)]
    rows = list(clashes)
    for title, part in (
        (tr("Both kept, please look"), looks),
        (tr("Could not be sent"), kept_back),
        (tr("Mended, an older value was kept"), mended),
        (tr("Settled without you today"), settled),
        (tr("Not sent yet, oldest first"), unsent),
        (tr("Progress by kind"), progress),
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
    if line.kind.value in {"FIELD", "GROUP", "DIVERGED"} and line.fields and not line.about_a_decision:
        return ", ".join(field_words(name).lower() for name in line.fields[:2])
    return kind_words(line)


def _waiting(item: ItemLine, local: Local, now: dt.datetime, *, private: bool) -> ListRow:
    who = (masked(item.student.shown, private=private),) if item.student is not None else ()
    lines = (*who, written_words(item, local, now))
    return ListRow(f"waiting.{item.mutation}", table_words(item.table), lines, Shape.WAITING)


def _stopped(item: StoppedLine, local: Local, now: dt.datetime, *, private: bool) -> ListRow:
    state = tr("Refused") if item.refused else tr("Held back")
    shape, role = (Shape.NOT_COUNTED, Role.DANGER) if item.refused else (Shape.HELD, Role.WARNING)
    who = (masked(item.student.shown, private=private),) if item.student is not None else ()
    lines = (*who, reason_words(item.reason), f"{state}, {written_words(item, local, now)}")
    return ListRow(str(item.mutation), table_words(item.table), lines, shape.value, role, detail=item)


def _kept(line: KeptLine, local: Local, now: dt.datetime, *, private: bool) -> ListRow:
    who = (masked(line.student.shown, private=private),) if line.student is not None else ()
    last = f"{kept_words(line)}, {mended_words(line, local, now)}"
    shape, role = (Shape.ALLERGY, Role.DANGER) if line.is_safety else (Shape.CONFLICT, Role.WARNING)
    return ListRow(f"kept.{line.id}", title_of_kept(line), (*who, last), shape.value, role, kept=line)


def _settled(lines: SettledLines) -> ListRow:
    count = formats().number(len(lines.lines))
    words = settled_words(lines.kind)
    return ListRow(f"settled.{lines.kind}", words, (), Shape.DONE, Role.SUCCESS, count=count, detail=lines)


def _progress(one: KindProgress) -> ListRow:
    count = tr("{done} / {all}", done=formats().number(one.settled), all=formats().number(one.all))
    return ListRow(f"progress.{one.table}", many_words(one.table), count=count, share=one.settled / one.all)


def _school(scope: ScopeStatus, local: Local, now: dt.datetime) -> ListRow:
    at = moment(scope.pulled_at, local, now) or tr("never")
    words = [tr("complete, {time}", time=at) if scope.complete else tr("not complete yet, {time}", time=at)]
    if scope.waiting and scope.oldest is not None:
        old = ago(now - scope.oldest)
        words.append(plural("{count} to send, oldest {ago}", "{count} to send, oldest {ago}", scope.waiting, ago=old))
    if scope.acknowledged_at is not None:
        words.append(tr("last acknowledged {time}", time=moment(scope.acknowledged_at, local, now)))
    shape, role = (Shape.DONE, Role.SUCCESS) if scope.complete else (Shape.WAITING, Role.TEXT_SECONDARY)
    return ListRow(str(scope.scope), scope_words(scope), tuple(words), shape.value, role)


class ListPainter(RowDelegate[ListRow]):
    """68 for a conflict with three lines, 36 for a count, 32 for a heading; names wrap, nothing is cut."""

    def height(self, row: ListRow, width: int) -> int:
        look = theme()
        if row.heading:
            tall = paint.wrapped_height(row.title, TextKind.CAPTION_STRONG, width - 24)
            return max(look.height(32), tall + 12)
        if row.share is not None and _bar_below(row, width):
            tall = paint.wrapped_height(row.title, TextKind.BODY, _room_above_bar(row, width))
            return tall + 12 + _BELOW
        if row.share is not None:
            return max(
                look.height(36), paint.wrapped_height(row.title, TextKind.BODY, _room_beside_bar(row, width)) + 12
            )
        room = width - 48 - 12 - _count_width(row.count)
        tall = paint.wrapped_height(row.title, TextKind.LABEL, room)
        tall += sum(paint.wrapped_height(line, TextKind.CAPTION, room) for line in row.lines)
        return max(look.height(44 if row.lines else 36), tall + 14)

    def paint_row(self, painter: QPainter, rect: QRectF, row: ListRow, *, selected: bool) -> None:
        look = theme()
        if row.heading:
            painter.fillRect(rect, look.colour(Role.SUNKEN))
            tall = paint.wrapped_height(row.title, TextKind.CAPTION_STRONG, rect.width() - 24)
            words = rect.adjusted(16, (rect.height() - tall) / 2, -8, 0)
            paint.wrapped(painter, words, row.title, TextKind.CAPTION_STRONG, Role.TEXT_SECONDARY)
            return
        if selected:
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), look.colour(Role.ACCENT))
        if row.count:
            under = _BELOW if row.share is not None and _bar_below(row, rect.width()) else 0
            wide = _count_width(row.count)
            words = QRectF(rect.right() - 16 - wide, rect.top(), wide, rect.height() - under)
            paint.text(painter, words, row.count, TextKind.BODY, Role.TEXT_SECONDARY, paint.Right)
        if row.share is not None:
            self._paint_progress(painter, rect, row)
            return
        side = float(min(28, look.width(20)))
        mark = QRectF(rect.left() + 16, rect.top() + (rect.height() - side) / 2, side, side)
        icons.paint(painter, row.shape, mark, look.colour(row.role))
        left, room = rect.left() + 48, rect.width() - 48 - 12 - _count_width(row.count)
        top = rect.top() + 7
        if not row.lines:
            top = rect.top() + (rect.height() - paint.wrapped_height(row.title, TextKind.LABEL, room)) / 2
        kind = TextKind.LABEL if row.conflict is not None or row.kept is not None else TextKind.BODY_MEDIUM
        tall = paint.wrapped_height(row.title, TextKind.LABEL, room)
        paint.wrapped(painter, QRectF(left, top, room, tall), row.title, kind, Role.TEXT)
        top += tall
        for at, line in enumerate(row.lines):
            tall = paint.wrapped_height(line, TextKind.CAPTION, room)
            person = at == 0 and len(row.lines) > (1 if row.conflict or row.kept else 2)
            role = Role.TEXT if person else Role.TEXT_SECONDARY
            paint.wrapped(painter, QRectF(left, top, room, tall), line, TextKind.CAPTION, role)
            top += tall

    def _paint_progress(self, painter: QPainter, rect: QRectF, row: ListRow) -> None:
        look, share = theme(), row.share or 0.0
        below = _bar_below(row, rect.width())
        room = _room_above_bar(row, rect.width()) if below else _room_beside_bar(row, rect.width())
        tall = paint.wrapped_height(row.title, TextKind.BODY, room)
        top = rect.top() + (rect.height() - (_BELOW if below else 0) - tall) / 2
        words = QRectF(rect.left() + 16, top, room, tall)
        paint.wrapped(painter, words, row.title, TextKind.BODY, Role.TEXT)
        bar = QRectF(words.right() + 12, rect.center().y() - 3, look.width(_BAR), 6)
        if below:
            bar = QRectF(rect.left() + 16, rect.bottom() - 6 - _BELOW / 2, rect.width() - 32, 6)
        paint.rounded(painter, bar, 3, fill=look.colour(Role.SUNKEN), border=look.colour(Role.BORDER))
        if share > 0:
            done = QRectF(bar.left(), bar.top(), max(6.0, bar.width() * share), bar.height())
            paint.rounded(painter, done, 3, fill=look.colour(Role.ACCENT))


def _count_width(count: str) -> float:
    return QFontMetricsF(theme().font(TextKind.BODY)).horizontalAdvance(count) + 8 if count else 0.0


def _bar_below(row: ListRow, width: float) -> bool:
    """With large letters the bar stands below: no word is broken for it."""
    longest = max((theme().text_width(TextKind.BODY, word) for word in row.title.split()), default=0)
    return longest > _room_beside_bar(row, width)


def _room_above_bar(row: ListRow, width: float) -> float:
    return width - 16 - 12 - _count_width(row.count) - 16


def _room_beside_bar(row: ListRow, width: float) -> float:
    return width - 16 - 12 - theme().width(_BAR) - _count_width(row.count) - 16
