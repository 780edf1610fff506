"""The three-way resolver: differing fields side by side, keys that pick, one Result (ux-spec 7.12, mockup 07)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.people import face_of
from clinicdesk.gui.screens.sync.beside import BesideRows
from clinicdesk.gui.screens.sync.ways import WaysAndReason
from clinicdesk.gui.theme import Role, TextKind, Tone, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, Chip, Kind
from clinicdesk.gui.widgets.cards import Card, Separator, Surface
from clinicdesk.gui.widgets.layout import STRETCH, box, clear, column, row, scrolling
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.people import Face, Portrait
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.tags import StateTag, Tag
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.gui.widgets.three_way import COLUMNS, FieldConflict, Side, ThreeWayRow, align
from clinicdesk.i18n import formats, plural, tr
from clinicdesk.presentation.shell import masked
from clinicdesk.presentation.sync_centre import proposing
from clinicdesk.presentation.sync_centre.presenter import CentreState, FieldLine, OpenConflict, SyncCentre
from clinicdesk.presentation.sync_centre.words import Local, kind_words, moment, title_of
from clinicdesk.services.conflict_sheets import ConflictSheet

_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class ResolverRow(ThreeWayRow):
    """A row that tells the presenter and takes its answer; Enter leaves Result too, Shift+Enter is a new line."""

    picked_sides = Signal(str, tuple)
    typed = Signal(str, str)

    def __init__(self, line: FieldLine) -> None:
        sides = tuple(Side(side.value) for side in line.picked)
        super().__init__(
            FieldConflict(
                line.name, line.label, line.kind, line.base, line.mine, line.theirs, line.result, line.note, sides,
                line.is_list,
            )
        )  # fmt: skip
        self._line = line
        self._told = False
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
        head.addLayout(column(self.heading, self.person, gap=0), 1)
        head.addWidget(self.tag, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.everything, 0, Qt.AlignmentFlag.AlignVCenter)
        self.titles = _Titles()
        self._fields = column(gap=0)
        self._inner = box(self._fields)
        self._area = scrolling(self._inner, "sync.fields", tr("Fields"))
        self._area.viewport().installEventFilter(self)
        # With large letters the page scrolls; the fields are what it is there for.
        self._area.setMinimumHeight(theme().height(200))
        self.hint = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        self.ways = WaysAndReason()
        self.ways.ways.chosen.connect(presenter.choose)
        self.ways.reason.given.connect(presenter.give_reason)
        self.ways.reason.left.connect(self._on_not_that)
        self.message = Paragraph("", TextKind.BODY, Role.DANGER)
        hint_line = row(gap=GAP_3, margins=(GAP_4, GAP_3, GAP_4, GAP_3))
        hint_line.addWidget(Mark("info"), 0, Qt.AlignmentFlag.AlignTop)
        hint_line.addLayout(column(self.hint, self.ways, self.message, gap=GAP_2), 1)
        self.later = Button(tr("Decide later"), "sync.later", shortcut="L")
        self.apply = Button(tr("Apply result"), "sync.apply", kind=Kind.PRIMARY, shortcut="Ctrl+Enter")
        self.later.clicked.connect(presenter.later)
        self.apply.clicked.connect(presenter.apply)
        self.keys = Paragraph("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        foot = row(gap=GAP_3, margins=(GAP_4, GAP_3, GAP_4, GAP_3))
        foot.addWidget(self.keys, 1, Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self.later)
        foot.addWidget(self.apply)
        for part in (head, Separator(), self.titles, Separator(role=Role.BORDER)):
            self.body.addWidget(part) if isinstance(part, QWidget) else self.body.addLayout(part)
        self.body.addWidget(self._area, 1)
        self.body.addLayout(hint_line)
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
        self.message.set_text(state.message)
        reveal(self.message, bool(state.message))
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
            self.rows[undecided.name].enter()
        elif free and self.rows:
            next(iter(self.rows.values())).enter()
        elif not self.ways.ways.isVisibleTo(self) or not self.ways.ways.enter():
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
        self._head(sheet)
        clear(self._fields)
        self.rows = {}
        shown = [line for line in opened.fields if line.differs or state.all_fields]
        for line in shown:
            made = ResolverRow(line)
            made.picked_sides.connect(self._on_pick)
            made.typed.connect(self._presenter.edit)
            made.finished.connect(lambda of=line.name: self._on_finished(of))
            self._fields.addWidget(made)
            self._fields.addWidget(Separator())
            self.rows[line.name] = made
        now = self._presenter.now()
        if sheet.beside is not None and opened.beside:
            self._fields.addWidget(BesideRows(opened, sheet.beside, self._local, now))
        self._fields.addStretch(1)
        self._align()
        reveal(self.titles, bool(self.rows))
        differ = sum(line.differs for line in opened.fields)
        self.titles.show_sides(
            plural("{count} differs", "{count} differ", differ),
            tr("This device") if sheet.here else tr("Another device"),
            _by(sheet.mine_by, moment(sheet.mine_at, self._local, now)),
            _by(sheet.theirs_by, moment(sheet.theirs_at, self._local, now)),
        )
        self.everything.blockSignals(True)
        self.everything.setChecked(state.all_fields)
        self.everything.blockSignals(False)
        self.everything.set_note(str(len(opened.fields)))
        reveal(self.everything, differ != len(opened.fields))
        self.hint.set_text(opened.hint)
        self.ways.show_sheet(opened)

    def _draw_asking(self, opened: OpenConflict) -> None:
        """While a reason is asked for, what it is for stands still."""
        asked = bool(opened.asking)
        self.ways.draw(opened)
        for made in self.rows.values():
            for part in (*made.cells.values(), made.result):
                part.setEnabled(opened.merges and opened.sheet.may_decide and not asked)
        alone = len(opened.ways) == 1 and not opened.merges
        reveal(self.apply, not asked and (opened.merges or alone))
        self.apply.set_text(opened.ways[0].words if alone else tr("Apply result"))
        self.apply.set_available(self._presenter.why_not())
        self.keys.set_text(_keys(opened, alone=alone))

    def _align(self) -> None:
        """Columns under their titles, also where a scroll bar takes its width from the rows."""
        align([self.titles.grid, *(made.grid for made in self.rows.values())])
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
        parts = []
        if line.student is not None:
            parts.append(masked(line.student.shown, private=private))
            if sheet.born is not None and not private:
                parts.append(formats().date(sheet.born))
            if sheet.grade:
                parts.append(tr("grade {grade}", grade=sheet.grade))
        self.person.set_text(" · ".join(parts))
        reveal(self.portrait, line.student is not None)
        if line.student is not None and line.student_id is not None:
            self.portrait.set_face(face_of(line.student_id, line.student, sheet.photo, private=private))
        safe = Tag(tr("Safety data: stricter until you decide"), Tone.DANGER, Shape.ALLERGY)
        self.tag.set_tag(safe if line.is_safety else Tag(kind_words(line), Tone.WARNING, Shape.CONFLICT))

    def _on_not_that(self) -> None:
        opened = self._shown
        asked = "" if opened is None else opened.asking
        self._presenter.not_that()
        if not self.ways.ways.isVisibleTo(self) or not self.ways.ways.enter(asked):
            self.apply.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_pick(self, field: str, sides: tuple[Side, ...]) -> None:
        self._presenter.pick(field, *(proposing.Side(side.value) for side in sides))

    def _on_finished(self, field: str) -> None:
        names = list(self.rows)
        at = names.index(field) + 1
        if at < len(names):
            self.rows[names[at]].enter()
            self._area.ensureWidgetVisible(self.rows[names[at]])
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
        for at, width in enumerate(COLUMNS):
            made = column(self._titles[at], self._notes[at], STRETCH, gap=0)
            grid.addWidget(box(made), 0, at)
            grid.setColumnStretch(at, width)
        self.setMinimumHeight(theme().height(54))

    def show_sides(self, differ: str, mine: str, mine_by: str, theirs_by: str) -> None:
        self._titles[2].set_text(mine)
        notes = (differ, tr("both had this"), mine_by, theirs_by, tr("what both will have"))
        for label, words in zip(self._notes, notes, strict=True):
            label.set_text(words)


def _keys(opened: OpenConflict, *, alone: bool) -> str:
    """Which keys work now."""
    if opened.asking:
        return tr("Enter writes it · Esc goes back")
    if opened.merges:
        return tr("1 2 3 pick · B keep both · Enter next field")
    return "" if alone else tr("A digit or Enter takes it")


def _by(who: str, when: str) -> str:
    return ", ".join(part for part in (who, when) if part)
