"""The three-way resolver: differing fields side by side, keys that pick, one Result (ux-spec 7.12, mockup 07)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QGridLayout, QWidget

from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.people import face_of
from clinicdesk.gui.screens.sync.beside import BesideRows, one_row, two_rows
from clinicdesk.gui.screens.sync.ways import WaysAndReason
from clinicdesk.gui.theme import Role, TextKind, Tone, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, Chip, Kind
from clinicdesk.gui.widgets.cards import Card, Separator, Surface
from clinicdesk.gui.widgets.layout import STRETCH, box, bring_into_view, clear, column, row, scrolling
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.people import Face, Portrait
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.tags import StateTag, Tag
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.gui.widgets.three_way import (
    COLUMNS,
    FieldConflict,
    InColumns,
    Side,
    ThreeWayRow,
    align,
    least_widths,
)
from clinicdesk.i18n import plural, tr
from clinicdesk.presentation.sync_centre import proposing
from clinicdesk.presentation.sync_centre.presenter import SyncCentre
from clinicdesk.presentation.sync_centre.state import CentreState, FieldLine, OpenConflict
from clinicdesk.presentation.sync_centre.words import Local, kind_words, moment, person_words, title_of
from clinicdesk.services.conflict_sheets import ConflictSheet

_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class ResolverRow(ThreeWayRow):
    """A row that tells the presenter and takes its answer; Enter leaves Result too, Shift+Enter is a new line."""

    picked_sides = Signal(str, tuple)
    typed = Signal(str, str)

    def __init__(self, line: FieldLine, titles: Sequence[str], *, read_only: bool) -> None:
        sides = tuple(Side(side.value) for side in line.picked)
        super().__init__(
            FieldConflict(
                line.name, line.label, line.kind, line.base, line.mine, line.theirs, line.result, line.note, sides,
                line.is_list, read_only,
            ),
            titles,
        )  # fmt: skip
        self._line = line
        self._told = False
        self.result.setAccessibleDescription(line.note)
        self.result.installEventFilter(self)

    def take(self, line: FieldLine) -> None:
        """Show what the presenter says, unless the person typed exactly that."""
        self._line = line
        self._told = True
        try:
            for side, cell in self.cells.items():
                cell.setChecked(side.value in {one.value for one in line.picked})
            if self.text() != line.result:
                self.result.blockSignals(True)
                self.result.setPlainText(line.result)
                self.result.blockSignals(False)
            lines = line.result.count("\n") + 1
            self.result.setMinimumHeight(lines * theme().line(TextKind.BODY) + 18)
            self.note.set_text(line.problem or line.note)
            self.note.set_role(Role.DANGER if line.problem else Role.TEXT_SECONDARY)
            self.result.setAccessibleDescription(self.note.text())
        finally:
            self._told = False

    def let(self, *, free: bool) -> None:
        """Whether the person picks and types; what stands there is read as well as before."""
        for cell in self.cells.values():
            cell.setEnabled(free)
        self.result.setReadOnly(not free)
        self.result.setFocusPolicy(Qt.FocusPolicy.StrongFocus if free else Qt.FocusPolicy.NoFocus)

    def pick(self, *sides: Side) -> None:
        if sides:
            self.picked_sides.emit(self._line.name, sides)
        else:
            self.take(self._line)

    def enter(self) -> None:
        """Put the focus where the person decides: the picked side, else her own."""
        picked = self.picked()
        self.cells[picked[-1] if picked else Side.MINE].setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.result
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in _ENTER
            and not event.modifiers()
        ):
            self.finished.emit()
            return True
        return super().eventFilter(watched, event)

    def _on_edited(self) -> None:
        if not self._told:
            self.typed.emit(self._line.name, self.text())


class Resolver(Card):
    """Head, column titles, one row a field, and the footer with its keys."""

    def __init__(self, presenter: SyncCentre, local: Local, private: Callable[[], bool]) -> None:
        super().__init__(margins=(0, 0, 0, 0))
        name(self, "sync.resolver", tr("Resolver"))
        self._presenter = presenter
        self._local = local
        self._private = private
        self._shown: OpenConflict | None = None
        self._all = False
        self._wanted: uuid.UUID | None = None
        self.rows: dict[str, ResolverRow] = {}
        self.portrait = Portrait(Face(), 40)
        self.heading = Paragraph("", TextKind.SECTION)
        self.person = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        self.tag = StateTag(Tag(""))
        self.everything = Chip(tr("All fields"), "sync.all")
        self.everything.toggled.connect(presenter.show_all)
        head = row(self.portrait, gap=GAP_3, margins=(GAP_4, GAP_3, GAP_4, GAP_3))
        self._tags = row(self.tag, self.everything, STRETCH, gap=GAP_3)
        self._named = row(column(self.heading, self.person, gap=0), box(self._tags), gap=GAP_2)
        self._named.setStretch(0, 1)
        head.addLayout(self._named, 1)
        self.titles = _Titles()
        self._fields = column(gap=0)
        self.hint = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        self.ways = WaysAndReason()
        self.ways.ways.chosen.connect(presenter.choose)
        self.ways.reason.given.connect(presenter.give_reason)
        self.ways.reason.left.connect(self._on_not_that)
        self.message = Paragraph("", TextKind.BODY, Role.DANGER)
        said = row(Mark("info"), self.hint, gap=GAP_3)
        said.setStretch(1, 1)
        decide = column(said, self.ways, self.message, gap=GAP_2, margins=(GAP_4, GAP_3, GAP_4, GAP_3))
        inner = box(column(self._fields, STRETCH, decide, gap=0))
        self._area = scrolling(inner, "sync.fields", tr("Fields"))
        self._area.viewport().installEventFilter(self)
        # With large letters the page scrolls; the fields are what it is there for.
        self._area.setMinimumHeight(theme().height(120))
        self.later = Button(tr("Decide later"), "sync.later", shortcut="L")
        self.apply = Button(tr("Apply result"), "sync.apply", kind=Kind.PRIMARY, shortcut="Ctrl+Enter")
        for button, act in ((self.later, self._on_later), (self.apply, self.take)):
            button.clicked.connect(act)
        self.keys = Paragraph("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        foot = row(gap=GAP_3, margins=(GAP_4, GAP_3, GAP_4, GAP_3))
        foot.addWidget(self.keys, 1, Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self.later)
        foot.addWidget(self.apply)
        for part in (head, Separator(), self.titles, Separator(role=Role.BORDER)):
            self.body.addWidget(part) if isinstance(part, QWidget) else self.body.addLayout(part)
        self.body.addWidget(self._area, 1)
        self.body.addWidget(Separator(role=Role.BORDER))
        self.body.addLayout(foot)
        self.body.setSpacing(0)

    def draw(self, state: CentreState) -> None:
        opened = state.open
        if opened is None:
            self._shown = None
            return
        before = self._shown
        if before is None or before.sheet is not opened.sheet or self._all != state.all_fields:
            self._build(opened, state)
        for line in opened.fields:
            if line.name in self.rows:
                self.rows[line.name].take(line)
        self._shown, self._all = opened, state.all_fields
        self._draw_asking(opened)
        # What is wrong with a reason stands at its field, where the person types.
        asked = bool(opened.asking)
        self.ways.reason.field.set_error(state.message if asked else "")
        self.message.set_text("" if asked else state.message)
        reveal(self.message, bool(state.message) and not asked)
        if state.message:
            announce(self, state.message)
        if self._wanted == opened.sheet.line.id:
            self._wanted = None
            QTimer.singleShot(0, self, self.enter)

    def enter_when_shown(self, conflict: uuid.UUID) -> None:
        """Take the focus as soon as the conflict that was asked for is here."""
        if self._shown is not None and self._shown.sheet.line.id == conflict:
            self.enter()
        else:
            self._wanted = conflict

    def enter(self) -> None:
        """The first field that only a person can decide, else the first one, else what may be done."""
        opened = self._shown
        if opened is None:
            return
        undecided = opened.first_undecided
        free = opened.merges and opened.sheet.may_decide
        if free and undecided is not None and undecided.name in self.rows:
            self._enter_row(self.rows[undecided.name])
        elif free and self.rows:
            self._enter_row(next(iter(self.rows.values())))
        elif self.ways.ways.isVisibleTo(self) and self.ways.ways.enter():
            bring_into_view(self.ways, GAP_3)
            self._see_focus()
        else:
            (self.apply if self.apply.isEnabled() else self.later).setFocus(Qt.FocusReason.TabFocusReason)

    def take(self) -> None:
        """Ctrl+Enter: the result, the one thing there is to do, or the reason that was asked for."""
        if self._shown is not None and self._shown.asking:
            self.ways.reason.give()
        else:
            self._presenter.apply()

    # --- parts --------------------------------------------------------------------------------------------------

    def _build(self, opened: OpenConflict, state: CentreState) -> None:
        sheet = opened.sheet
        if self._shown is None or self._shown.sheet.line.id != sheet.line.id:
            self._area.verticalScrollBar().setValue(0)
        self._head(sheet)
        clear(self._fields)
        self.rows = {}
        shown = [line for line in opened.fields if line.differs or state.all_fields]
        mine = tr("This device") if sheet.here else tr("Another device")
        titles = (tr("Base"), mine, tr("District"), tr("Result"))
        for line in shown:
            made = ResolverRow(line, titles, read_only=not opened.merges)
            made.picked_sides.connect(self._on_pick)
            made.typed.connect(self._presenter.edit)
            made.finished.connect(lambda of=line.name: self._on_finished(of))
            self._fields.addWidget(made)
            self._fields.addWidget(Separator())
            self.rows[line.name] = made
        now = self._presenter.now()
        for made_of in self._looked_at(opened, now):
            self._fields.addWidget(made_of)
        differ = sum(line.differs for line in opened.fields)
        self.titles.show_sides(
            plural("{count} differs", "{count} differ", differ),
            mine,
            _by(sheet.mine_by, moment(sheet.mine_at, self._local, now)),
            _by(sheet.theirs_by, moment(sheet.theirs_at, self._local, now)),
            result=opened.merges,
        )
        self._align()
        self.everything.blockSignals(True)
        self.everything.setChecked(state.all_fields)
        self.everything.blockSignals(False)
        self.everything.set_note(str(len(opened.fields)))
        reveal(self.everything, differ != len(opened.fields))
        denied = opened.merges and not sheet.may_decide and not opened.ways
        barred = tr("Your role does not decide this conflict.") if denied else ""
        self.hint.set_text(" ".join(part for part in (opened.hint, barred) if part))
        self.ways.show_sheet(opened)

    def _draw_asking(self, opened: OpenConflict) -> None:
        """While a reason is asked for, what it is for stands still."""
        asked = bool(opened.asking)
        self.ways.draw(opened)
        free = opened.merges and opened.sheet.may_decide and not asked
        for made in self.rows.values():
            made.let(free=free)
        alone = len(opened.ways) == 1 and not opened.merges
        for button in (self.later, self.apply):
            # The footer stands still while a reason is asked for, whatever its buttons say then.
            button.setMinimumWidth(button.width() if asked and button.isVisible() else 0)
        plain = tr("Apply result") if opened.merges and not asked else tr("Write it")
        self.apply.set_text(opened.ways[0].words if alone else plain)
        self.apply.set_available("" if asked else self._presenter.why_not())
        self.later.set_text(tr("Back") if asked else tr("Decide later"))
        self.later.set_shortcut("Esc" if asked else "L")
        self.keys.set_text(_keys(opened, alone=alone))
        if asked:
            QTimer.singleShot(0, self, lambda: bring_into_view(self.ways.reason, GAP_3))

    def _looked_at(self, opened: OpenConflict, now: dt.datetime) -> Iterator[BesideRows]:
        """The row itself first, then what it belonged to or what stands beside it."""
        sheet = opened.sheet
        if sheet.alone is not None and opened.alone:
            yield one_row("sync.alone", sheet.alone, opened.alone, self._local, now)
        if sheet.beside is not None and opened.beside:
            if sheet.beside.only:
                yield one_row("sync.beside", sheet.beside, opened.beside, self._local, now)
            else:
                unique = sheet.line.kind.value == "UNIQUE"
                yield two_rows(sheet.beside, opened.beside, unique=unique, local=self._local, now=now)

    def _align(self) -> None:
        """Columns under their titles, also where a scroll bar takes its width; too narrow: one under another."""
        columns: list[InColumns] = [self.titles, *self.rows.values()]
        least = [max(one, theme().width(96)) for one in least_widths(list(self.rows.values()))]
        room = self._area.viewport().width() - GAP_4 * len(least) - GAP_2
        stacked = bool(self.rows) and sum(least) > room
        for made in self.rows.values():
            if made.stacked != stacked:
                made.place(stacked=stacked)
        reveal(self.titles, bool(self.rows) and not stacked)
        narrow = self._area.viewport().width() < theme().width(620)
        for line in (self._named, self._tags):
            line.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        if stacked or not self.rows:
            return
        align(columns, least)
        margins = self.titles.grid.contentsMargins()
        margins.setRight(GAP_2 + self._area.width() - self._area.viewport().width())
        self.titles.grid.setContentsMargins(margins)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._area.viewport():
            QTimer.singleShot(0, self, self._align)
        return super().eventFilter(watched, event)

    def _head(self, sheet: ConflictSheet) -> None:
        line, private = sheet.line, self._private()
        self.heading.set_text(title_of(line))
        person = person_words(line.student, sheet.born, sheet.grade, private=private)
        self.person.set_text(person)
        reveal(self.portrait, line.student is not None)
        if line.student is not None and line.student_id is not None:
            self.portrait.set_face(face_of(line.student_id, line.student, sheet.photo, private=private))
        safe = Tag(tr("Safety data: stricter until you decide"), Tone.DANGER, Shape.ALLERGY)
        words = kind_words(line)
        self.tag.set_tag(safe if line.is_safety else Tag(words[:1].upper() + words[1:], Tone.WARNING, Shape.CONFLICT))

    def _on_later(self) -> None:
        if self._shown is not None and self._shown.asking:
            self._on_not_that()
        else:
            self._presenter.later()

    def _on_not_that(self) -> None:
        opened = self._shown
        asked = "" if opened is None else opened.asking
        self._presenter.not_that()
        if not self.ways.ways.isVisibleTo(self) or not self.ways.ways.enter(asked):
            self.apply.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_pick(self, field: str, sides: tuple[Side, ...]) -> None:
        self._presenter.pick(field, *(proposing.Side(side.value) for side in sides))

    def _enter_row(self, made: ResolverRow) -> None:
        made.enter()
        bring_into_view(made)
        self._see_focus()

    def _see_focus(self) -> None:
        """Where a part is taller than the room for it, what the keys act on is seen before its end."""
        focus = QApplication.focusWidget()
        if focus is not None and self._area.isAncestorOf(focus):
            bring_into_view(focus)

    def _on_finished(self, field: str) -> None:
        names = list(self.rows)
        at = names.index(field) + 1
        if at < len(names):
            self._enter_row(self.rows[names[at]])
        else:
            self.apply.setFocus(Qt.FocusReason.TabFocusReason)


class _Titles(Surface):
    """Field, Base, This device, District, Result with who and when below; 54 high."""

    def __init__(self) -> None:
        super().__init__(Role.SUNKEN)
        titles = (tr("Field"), tr("Base"), tr("This device"), tr("District"), tr("Result"))
        self._titles = [Paragraph(words, TextKind.LABEL, least_width=60) for words in titles]
        self._notes = [Paragraph("", TextKind.CAPTION, Role.TEXT_SECONDARY, least_width=60) for _ in titles]
        grid = self.grid = QGridLayout(self)
        grid.setContentsMargins(GAP_4, GAP_2, GAP_2, GAP_2)
        grid.setHorizontalSpacing(GAP_4)
        self._columns = tuple(
            box(column(title, note, STRETCH, gap=0)) for title, note in zip(self._titles, self._notes, strict=True)
        )
        self.parts: tuple[QWidget, ...] = self._columns
        for at, width in enumerate(COLUMNS):
            grid.addWidget(self._columns[at], 0, at)
            grid.setColumnStretch(at, width)
        self.setMinimumHeight(theme().height(54))

    def minimumSizeHint(self) -> QSize:
        """As narrow as it comes: where words would be broken, the rows name their sides themselves."""
        return QSize(0, super().minimumSizeHint().height())

    def show_sides(self, differ: str, mine: str, mine_by: str, theirs_by: str, *, result: bool) -> None:
        """`result`: the last column is there."""
        last = len(COLUMNS) - 1
        self.parts = self._columns if result else self._columns[:last]
        reveal(self._columns[last], result)
        self.grid.setColumnStretch(last, COLUMNS[last] if result else 0)
        self.grid.setColumnMinimumWidth(last, 0)
        self._titles[2].set_text(mine)
        notes = (differ, tr("both had this"), mine_by, theirs_by, tr("what both will have"))
        for label, words in zip(self._notes, notes, strict=True):
            label.set_text(words)


def _keys(opened: OpenConflict, *, alone: bool) -> str:
    """Which keys work now."""
    if opened.asking:
        return tr("Enter writes it · Esc goes back")
    if opened.merges and not opened.sheet.may_decide:
        return tr("Your role does not decide this conflict.")
    if opened.merges:
        return tr("1 2 3 pick · B keep both · Enter next field")
    return "" if alone else tr("A digit or Enter takes it")


def _by(who: str, when: str) -> str:
    return ", ".join(part for part in (who, when) if part)
