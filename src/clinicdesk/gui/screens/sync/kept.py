"""Beside the list: what a mended row said before, what stands there now, and what to do about it (ux-spec 7.12)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer

from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.people import face_of
from clinicdesk.gui.screens.sync.beside import BesideRows
from clinicdesk.gui.screens.sync.ways import Reason, Ways
from clinicdesk.gui.theme import Role, TextKind, Tone, theme
from clinicdesk.gui.theme.metrics import GAP_1, GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.cards import Card, Separator
from clinicdesk.gui.widgets.layout import STRETCH, box, bring_into_view, clear, column, row, scrolling
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.people import Face, Portrait
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.tags import StateTag, Tag
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import tr
from clinicdesk.presentation.sync_centre.keeping import KeptPart, KeptState, OpenKept, mended_words, title_of_kept
from clinicdesk.presentation.sync_centre.words import Local, person_words
from clinicdesk.services.desk import Desk


class KeptDetail(Card):
    """Head, the fields in two columns, the ways, and the reason while one is asked for."""

    def __init__(self, part: KeptPart, desk: Desk, private: Callable[[], bool]) -> None:
        super().__init__(margins=(0, 0, 0, 0))
        name(self, "sync.kept", tr("Kept value"))
        self._part = part
        self._desk = desk
        self._local: Local = desk.local
        self._private = private
        self._shown: OpenKept | None = None
        self._wanted = ""
        self.portrait = Portrait(Face(), 40)
        self.heading = Paragraph("", TextKind.SECTION)
        self.person = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        self.tag = StateTag(Tag(tr("Mended from the district's copy"), Tone.WARNING, Shape.DONE))
        head = row(self.portrait, gap=GAP_3, margins=(GAP_4, GAP_3, GAP_4, GAP_3))
        head.addLayout(column(self.heading, self.person, GAP_1, row(self.tag, STRETCH), gap=0), 1)
        self._fields = column(gap=0)
        self.hint = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        self.ways = Ways()
        self.ways.chosen.connect(part.choose)
        self.reason = Reason()
        self.reason.given.connect(part.give_reason)
        self.reason.left.connect(self._on_not_that)
        self.reason.hide()
        self.message = Paragraph("", TextKind.BODY, Role.DANGER)
        said = row(Mark("info"), self.hint, gap=GAP_3)
        said.setStretch(1, 1)
        margins = (GAP_4, GAP_3, GAP_4, GAP_3)
        decide = column(self.ways, self.reason, self.message, said, gap=GAP_2, margins=margins)
        inner = box(column(self._fields, decide, STRETCH, gap=0))
        self._area = scrolling(inner, "sync.kept.fields", tr("Fields"))
        self._area.setMinimumHeight(theme().height(120))
        self.keys = Paragraph("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self.later = Button(tr("Decide later"), "sync.kept.later", shortcut="L")
        self.later.clicked.connect(self._on_later)
        self.write = Button(tr("Write it"), "sync.kept.write", kind=Kind.PRIMARY, shortcut="Ctrl+Enter")
        self.write.clicked.connect(self.give)
        foot = row(gap=GAP_3, margins=margins)
        foot.addWidget(self.keys, 1, Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self.later)
        foot.addWidget(self.write)
        self.body.setSpacing(0)
        self.body.addLayout(head)
        self.body.addWidget(Separator(role=Role.BORDER))
        self.body.addWidget(self._area, 1)
        self.body.addWidget(Separator(role=Role.BORDER))
        self.body.addLayout(foot)

    def draw(self, state: KeptState) -> None:
        opened = state.open
        if opened is None:
            self._shown = None
            return
        before = self._shown
        if before is None or before.sheet is not opened.sheet:
            self._build(opened)
        self.hint.set_text(opened.told)
        asked, was_asked = opened.asking, "" if before is None else before.asking
        self._shown = opened
        reveal(self.ways, not asked)
        reveal(self.reason, bool(asked))
        reveal(self.write, bool(asked))
        if asked and asked != was_asked:
            self.reason.ask(next(way.words for way in opened.ways if way.id == asked))
            self.reason.enter()
            QTimer.singleShot(0, self, lambda: bring_into_view(self.reason, GAP_3))
        self.reason.field.set_error(state.message if asked else "")
        self.message.set_text("" if asked else state.message)
        reveal(self.message, bool(state.message) and not asked)
        self.later.set_text(tr("Back") if asked else tr("Decide later"))
        self.later.set_shortcut("Esc" if asked else "L")
        self.keys.set_text(tr("Enter writes it · Esc goes back") if asked else tr("A digit or Enter takes it"))
        if state.message:
            announce(self, state.message)
        if self._wanted == opened.sheet.line.id:
            self._wanted = ""
            QTimer.singleShot(0, self, self.enter)

    def enter_when_shown(self, line: str) -> None:
        """Take the focus as soon as what was asked for is here."""
        if self._shown is not None and self._shown.sheet.line.id == line:
            self.enter()
        else:
            self._wanted = line

    def enter(self) -> None:
        """The first thing that can be done."""
        if self.ways.isVisibleTo(self) and self.ways.enter():
            bring_into_view(self.ways, GAP_3)
        else:
            self.later.setFocus(Qt.FocusReason.TabFocusReason)

    def give(self) -> None:
        """Ctrl+Enter: the reason that was asked for."""
        if self._shown is not None and self._shown.asking:
            self.reason.give()

    # --- parts --------------------------------------------------------------------------------------------------

    def _build(self, opened: OpenKept) -> None:
        sheet, line = opened.sheet, opened.sheet.line
        private = self._private()
        self._area.verticalScrollBar().setValue(0)
        self.heading.set_text(title_of_kept(line))
        person = person_words(line.student, sheet.born, sheet.grade, private=private)
        self.person.set_text(person)
        reveal(self.person, bool(person))
        reveal(self.portrait, line.student is not None)
        if line.student is not None and line.student_id is not None:
            self.portrait.set_face(face_of(line.student_id, line.student, sheet.photo, private=private))
        clear(self._fields)
        heads = [
            (tr("Kept value"), mended_words(line, self._local, self._desk.now())),
            (tr("In the record now"), ""),
        ]
        self._fields.addWidget(BesideRows("sync.kept.values", heads, opened.fields))
        self.ways.show_ways(opened.ways, numbered=True)

    def _on_later(self) -> None:
        if self._shown is not None and self._shown.asking:
            self._on_not_that()
        else:
            self._part.close()

    def _on_not_that(self) -> None:
        asked = "" if self._shown is None else self._shown.asking
        self._part.not_that()
        self.ways.enter(asked)
