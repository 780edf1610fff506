"""The forms screen: who waits for an answer, what holds until when; asking, collecting, withdrawing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.forms.record_sheet import RecordSheet, RequestSheet, Sheet
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import CONTENT_MARGINS, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, ChipRow, Kind
from clinicdesk.gui.widgets.cards import Card, PageTitle, SectionHead
from clinicdesk.gui.widgets.fields import Choice, Field, TextEditor
from clinicdesk.gui.widgets.layout import FlowLayout, column, row
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.states import StateStack
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.tags import Tag
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import formats, tr
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.forms.board import BoardState, FormsPresenter, Show, waiting_words
from clinicdesk.presentation.forms.words import date_words, state_badge, until_words
from clinicdesk.presentation.shell import COMMANDS, Keys
from clinicdesk.presentation.students.words import shown
from clinicdesk.services.consent_values import ConsentLine
from clinicdesk.services.search import FoundStudent

SCREEN = "forms"
SHEET = 440
COLLECT = replace(COMMANDS[Keys.PRIMARY], title="Collect from the student found", act=Act.COLLECT_CONSENT)
AUTHOR = Command(
    "forms.write",
    "Write a consent form",
    "Ctrl+Shift+F",
    Group.SCREEN,
    Scope.SCREEN,
    "pen",
    act=Act.AUTHOR_CONSENT_FORM,
    screen=SCREEN,
)
SAVE = Command("forms.save", "Save the sealed document", "", Group.SCREEN, Scope.SCREEN, "download", screen=SCREEN)
SAVE_TEXT = Command("forms.save-text", "Save the consent as text", "", Group.SCREEN, Scope.SCREEN, screen=SCREEN)


class FormsView(QWidget):
    """Draws a `BoardState`."""

    def __init__(self, shell: ShellContext, presenter: FormsPresenter) -> None:
        super().__init__()
        name(self, "forms", tr("Forms & consent"))
        self._shell = shell
        self._presenter = presenter
        self._opened: object = None
        self._sheet: Sheet | None = None
        self._may_collect = shell.commands.allowed(Act.COLLECT_CONSENT)
        self._build()

    def draw(self, state: BoardState) -> None:
        if state.failure and state.lines is None:
            self.states.show_error(state.failure, tr("Nothing was lost."))
            return
        if state.lines is None:
            self.states.show_loading()
            return
        first = self.states.shown() is not self._inner
        self.states.show_content()
        if first:
            self.focus_first()
        self.title.set_note(waiting_words(state.lines))
        visible = state.visible
        if self.lines.rows() != visible:
            self.lines.set_rows(visible)
        self.shows.choose(state.show.value)
        reveal(self.nothing, not visible)
        self.nothing.set_text(tr("No consent of this kind.") if state.lines else tr("No consent was asked for yet."))
        choices = [(str(form.id), form.title) for form in state.forms if form.newest]
        if self.form.count() != len(choices):
            self.form.set_choices(choices)
        self.form.choose(state.form)
        if self.found.rows() != state.found:
            self.found.set_rows(state.found)
            if state.found:
                self.found.selectRow(0)
        self._draw_opened(state)
        at_sheet = self._sheet is not None and bool(state.problem)
        if self._sheet is not None:
            self._sheet.say(state)
        self.problem.set_text("" if at_sheet else state.problem)
        reveal(self.problem, bool(state.problem) and not at_sheet)
        if state.problem and not at_sheet:
            announce(self, state.problem)

    def focus_first(self) -> None:
        (self.search if self._may_collect else self.lines).setFocus(Qt.FocusReason.TabFocusReason)

    def collect(self) -> None:
        """The student who is marked in the list of those found."""
        found = self.found.current()
        if found is not None:
            self._presenter.collect(found.id)

    def _build(self) -> None:
        self.author = Button(tr("Write a form"), "forms.author", icon="pen", shortcut=AUTHOR.shortcut)
        self.author.clicked.connect(self.write)
        self._may_write = self._shell.commands.allowed(Act.AUTHOR_CONSENT_FORM)
        reveal(self.author, self._may_write)
        self.title = PageTitle(tr("Forms & consent"), "", self.author)
        self.search = TextEditor("forms.search", tr("Find a student"), placeholder=tr("Find a student"))
        self.search.textEdited.connect(self._presenter.find)
        self.search.returnPressed.connect(self.collect)
        self.form = Choice("forms.form", tr("Form"))
        self.form.picked.connect(self._presenter.choose_form)
        self.found: DataTable[FoundStudent] = DataTable(
            "forms.found",
            tr("Students found"),
            (
                Column("name", tr("Student"), self._found_name, kind=lambda _one: TextKind.BODY_MEDIUM),
                Column("born", tr("Born"), lambda one: formats().date(one.birth_date), width=110),
                Column("grade", tr("Grade"), lambda one: one.grade, width=72),
            ),
        )
        self.found.opened.connect(self._on_found)
        self.go = Button(tr("Collect now"), "forms.collectNow", kind=Kind.PRIMARY, icon="pen", shortcut="Ctrl+Return")
        self.go.clicked.connect(self.collect)
        self.ask = Button(tr("Ask the family"), "forms.ask")
        self.ask.clicked.connect(partial(self._on_ask, send=True))
        self.prepare = Button(tr("Prepare"), "forms.prepare", kind=Kind.GHOST)
        self.prepare.clicked.connect(partial(self._on_ask, send=False))
        new = Card(SectionHead(tr("A new consent")))
        new.body.addWidget(Field(tr("Form"), self.form))
        new.body.addWidget(Field(tr("Student"), self.search))
        new.body.addWidget(self.found, 1)
        ways = QWidget()
        flow = FlowLayout(ways)
        for button in (self.go, self.ask, self.prepare):
            flow.addWidget(button)
        new.body.addWidget(ways)
        self._new = new
        reveal(new, self._may_collect)
        self.lines: DataTable[ConsentLine] = DataTable(
            "forms.lines",
            tr("Requests and consents"),
            (
                Column(
                    "student",
                    tr("Student"),
                    lambda one: shown(one.student.name, private=self._shell.private),
                    kind=lambda _one: TextKind.BODY_MEDIUM,
                    sort=lambda one: one.student.name.sorted_by.casefold(),
                ),
                Column("form", tr("Form"), lambda one: one.form, sort=lambda one: one.form.casefold(), folds=3),
                # Without room the state is the last to leave its column, and stands first under the name then.
                Column("state", tr("State"), lambda one: state_badge(one.state).words, tag=_tag, width=150, folds=4),
                Column(
                    "by",
                    tr("Signed by"),
                    lambda one: one.signed_by,
                    below=lambda one: date_words(one.signed_on),
                    folds=1,
                ),
                Column("until", tr("Holds"), until_words, sort=lambda one: str(one.valid_until), folds=2),
            ),
            row_height=44,
            problem=lambda one: one.state.value == "FORKED",
        )
        self.lines.opened.connect(self._presenter.open)
        self.shows = ChipRow("forms.show", tr("What to show"), [(one.value, words) for one, words in _show_words()])
        self.shows.picked.connect(lambda one: self._presenter.show(Show(one)))
        self.nothing = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        self.nothing.hide()
        listing = Card(SectionHead(tr("Requests and consents")), margins=(0, 0, 0, 4))
        listing.body.addLayout(row(self.shows, margins=(GAP_4, GAP_3, GAP_4, 0)))
        listing.body.addLayout(row(self.nothing, margins=(GAP_4, GAP_3, GAP_4, 0)))
        listing.body.addWidget(self.lines, 1)
        self.problem = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.problem.hide()
        cards = row(gap=GAP_4)
        cards.addWidget(listing, 768)
        cards.addWidget(new, 400)
        self._inner = QWidget(self)
        lines = column(self.problem, gap=GAP_3)
        lines.addLayout(cards, 1)
        self._inner.setLayout(lines)
        self.states = StateStack(self._inner)
        self.states.retried.connect(self._presenter.refresh)
        body = column(self.title, self.states, gap=GAP_3, margins=CONTENT_MARGINS)
        body.setStretch(1, 1)
        self.setLayout(body)

    def _draw_opened(self, state: BoardState) -> None:
        opened = state.opened or state.asked
        if opened is self._opened:
            return
        self._opened = opened
        before, self._sheet = self._sheet, None
        if before is not None:
            before.let_go()
        # The list keeps its room beside the sheet, and the focus until the sheet takes it.
        if opened is not None:
            self.lines.setFocus(Qt.FocusReason.OtherFocusReason)
        reveal(self._new, opened is None and self._may_collect)
        reveal(self.author, opened is None and self._may_write)
        if opened is None:
            self._shell.close_sheet()
            return
        if state.opened is not None:
            self._sheet = RecordSheet(
                state.opened,
                shown(state.opened.line.student.name, private=self._shell.private),
                self._presenter,
                may_collect=self._may_collect,
                may_withdraw=self._shell.commands.allowed(Act.WITHDRAW_CONSENT),
            )
            title = tr("This consent")
        else:
            assert state.asked is not None
            name_shown = shown(state.asked.student.name, private=self._shell.private)
            self._sheet = RequestSheet(state.asked, name_shown, self._presenter, may_collect=self._may_collect)
            title = tr("This request")
        self._shell.open_sheet(title, self._sheet, width=SHEET)
        self._sheet.focus_first()

    def _found_name(self, one: FoundStudent) -> str:
        return shown(one.name, private=self._shell.private)

    def _on_found(self, one: FoundStudent) -> None:
        self._presenter.collect(one.id)

    def write(self) -> None:
        self._shell.navigator.navigate("forms.author")

    def _on_ask(self, *, send: bool) -> None:
        found = self.found.current()
        if found is not None:
            self._presenter.ask(found.id, send=send)


class FormsScreen:
    """Requests and consents of the school."""

    id = SCREEN

    def __init__(self, shell: ShellContext, presenter: FormsPresenter) -> None:
        self._shell = shell
        self._presenter = presenter
        self._view = FormsView(shell, presenter)
        presenter.on_change = self._view.draw
        presenter.on_said = self._on_said

    @property
    def title(self) -> str:
        return tr("Forms & consent")

    @property
    def view(self) -> FormsView:
        return self._view

    def widget(self) -> QWidget:
        return self._view

    def activate(self, **params: object) -> None:
        self._view.draw(self._presenter.state)
        about = params.get("signature_id")
        self._presenter.come(uuid.UUID(str(about)) if about else None)
        self._view.focus_first()

    def deactivate(self) -> None:
        """Nothing is typed here that must be kept; the sheet goes with the screen."""
        self._presenter.go()

    def commands(self) -> Sequence[BoundCommand]:
        presenter = self._presenter
        return (
            BoundCommand(COLLECT, self._view.collect, self._reason),
            BoundCommand(COMMANDS[Keys.PRINT], presenter.print_document, self._no_consent),
            BoundCommand(SAVE, presenter.save_document, self._no_consent),
            BoundCommand(SAVE_TEXT, presenter.save_text, self._no_consent),
            BoundCommand(AUTHOR, self._view.write),
        )

    def _no_consent(self) -> str:
        return "" if self._presenter.state.opened is not None else tr("Open a consent in the list first.")

    def _reason(self) -> str:
        return "" if self._view.found.current() is not None else tr("Find the student first.")

    def _on_said(self, words: str) -> None:
        self._shell.toast(words, Tone.WARNING)


def _tag(line: ConsentLine) -> Tag | None:
    badge = state_badge(line.state)
    return Tag(badge.words, Tone(badge.tone), Shape(badge.shape))


def _show_words() -> tuple[tuple[Show, str], ...]:
    return (
        (Show.ALL, tr("All")),
        (Show.WAITING, tr("Waiting")),
        (Show.ENDING, tr("Ending soon")),
        (Show.STOPPED, tr("Not in force")),
    )
