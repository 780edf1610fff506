"""The forms screen: who waits for an answer, what holds until when; asking, collecting, withdrawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import CONTENT_MARGINS, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.cards import Card, PageTitle, SectionHead
from clinicdesk.gui.widgets.fields import Choice, Field, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, column, row
from clinicdesk.gui.widgets.naming import announce, name
from clinicdesk.gui.widgets.states import StateStack
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.tags import Tag
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import formats, tr
from clinicdesk.presentation.commands import BoundCommand
from clinicdesk.presentation.forms.board import BoardState, FormsPresenter, waiting_words
from clinicdesk.presentation.forms.words import date_words, state_badge, until_words, withdrawal_ways
from clinicdesk.presentation.shell import COMMANDS, Keys
from clinicdesk.presentation.students.words import shown
from clinicdesk.services.consent_values import ConsentLine, How
from clinicdesk.services.search import FoundStudent

SCREEN = "forms"
COLLECT = replace(COMMANDS[Keys.PRIMARY], title="Collect from the student found")


class FormsView(QWidget):
    """Draws a `BoardState`."""

    def __init__(self, shell: ShellContext, presenter: FormsPresenter) -> None:
        super().__init__()
        name(self, "forms", tr("Forms & consent"))
        self._shell = shell
        self._presenter = presenter
        self._opened: object = None
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
        if self.lines.rows() != state.lines:
            self.lines.set_rows(state.lines)
        choices = [(str(form.id), form.title) for form in state.forms if form.newest]
        if self.form.count() != len(choices):
            self.form.set_choices(choices)
        self.form.choose(state.form)
        if self.found.rows() != state.found:
            self.found.set_rows(state.found)
            if state.found:
                self.found.selectRow(0)
        self.problem.set_text(state.problem)
        self.problem.setVisible(bool(state.problem))
        if state.problem:
            announce(self, state.problem)
        self._draw_opened(state)

    def focus_first(self) -> None:
        self.search.setFocus(Qt.FocusReason.TabFocusReason)

    def collect(self) -> None:
        """The student who is marked in the list of those found."""
        found = self.found.current()
        if found is not None:
            self._presenter.collect(found.id)

    def _build(self) -> None:
        self.title = PageTitle(tr("Forms & consent"))
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
                Column("born", tr("Born"), lambda one: formats().date(one.birth_date), width=120),
                Column("grade", tr("Grade"), lambda one: one.grade, width=72),
            ),
        )
        self.found.opened.connect(self._on_found)
        self.go = Button(tr("Collect now"), "forms.collectNow", kind=Kind.PRIMARY, icon="pen", shortcut="Ctrl+Return")
        self.go.clicked.connect(self.collect)
        self.ask = Button(tr("Ask the family"), "forms.ask")
        self.ask.clicked.connect(self._on_ask)
        new = Card(SectionHead(tr("A new consent")))
        new.body.addWidget(Field(tr("Form"), self.form))
        new.body.addWidget(Field(tr("Student"), self.search))
        new.body.addWidget(self.found, 1)
        new.body.addLayout(row(STRETCH, self.ask, self.go))
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
                Column("form", tr("Form"), lambda one: one.form, sort=lambda one: one.form.casefold()),
                Column("state", tr("State"), lambda one: state_badge(one.state).words, tag=_tag, width=150),
                Column("by", tr("Signed by"), lambda one: one.signed_by, below=lambda one: date_words(one.signed_on)),
                Column("until", tr("Holds"), until_words, sort=lambda one: str(one.valid_until)),
            ),
            row_height=44,
            problem=lambda one: one.state.value == "FORKED",
        )
        self.lines.opened.connect(self._presenter.open)
        listing = Card(SectionHead(tr("Requests and consents")), margins=(0, 0, 0, 4))
        listing.body.addWidget(self.lines, 1)
        self.problem = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.problem.hide()
        side = column(new, self._record_card(), gap=GAP_4)
        cards = row(gap=GAP_4)
        cards.addWidget(listing, 768)
        cards.addLayout(side, 400)
        self._inner = QWidget(self)
        lines = column(self.problem, gap=GAP_3)
        lines.addLayout(cards, 1)
        self._inner.setLayout(lines)
        self.states = StateStack(self._inner)
        self.states.retried.connect(self._presenter.refresh)
        body = column(self.title, self.states, gap=GAP_3, margins=CONTENT_MARGINS)
        body.setStretch(1, 1)
        self.setLayout(body)

    def _record_card(self) -> QWidget:
        self.record = Card(SectionHead(tr("This consent")))
        self.record_words = Paragraph("", TextKind.BODY)
        self.dependent = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        self.renew = Button(tr("Sign again"), "forms.renew")
        self.renew.clicked.connect(self._on_renew)
        self.by = TextEditor("forms.withdrawnBy")
        self.how = Choice("forms.withdrawnHow", tr("How"), withdrawal_ways())
        self.reason = TextEditor("forms.withdrawnReason")
        self.withdraw = Button(tr("Withdraw consent"), "forms.withdraw", kind=Kind.DANGER)
        self.withdraw.clicked.connect(self._on_withdraw)
        self.ending = QWidget()
        self.ending.setLayout(
            column(
                Field(tr("Who takes it back"), self.by),
                row(Field(tr("How"), self.how), Field(tr("Reason"), self.reason)),
                row(STRETCH, self.withdraw),
            )
        )
        self.record.body.addWidget(self.record_words)
        self.record.body.addWidget(self.dependent)
        self.record.body.addLayout(row(self.renew, STRETCH))
        self.record.body.addWidget(self.ending)
        self.record.hide()
        return self.record

    def _draw_opened(self, state: BoardState) -> None:
        opened = state.opened
        self.record.setVisible(opened is not None)
        if opened is None or opened is self._opened:
            self._opened = opened
            return
        self._opened = opened
        line = opened.line
        student = shown(line.student.name, private=self._shell.private)
        state_words = state_badge(line.state).words
        self.record_words.set_text(" · ".join((line.form, student, state_words, line.signed_by, until_words(line))))
        names = ", ".join(one.words for one in opened.dependent)
        stopped = ", ".join(one.words for one in opened.blocked)
        words = tr("Rests on it: {what}", what=names) if names else tr("Nothing rests on it.")
        self.dependent.set_text(tr("Stopped: {what}", what=stopped) if stopped else words)
        may = self._shell.commands.allowed(Act.WITHDRAW_CONSENT) and line.state.value in {"SIGNED", "NOT_YET_VALID"}
        self.ending.setVisible(may)
        self.by.setText(line.signed_by)
        self.reason.setText("")
        (self.by if may else self.renew).setFocus(Qt.FocusReason.OtherFocusReason)

    def _found_name(self, one: FoundStudent) -> str:
        return shown(one.name, private=self._shell.private)

    def _on_found(self, one: FoundStudent) -> None:
        self._presenter.collect(one.id)

    def _on_ask(self) -> None:
        found = self.found.current()
        if found is not None:
            self._presenter.ask(found.id)

    def _on_renew(self) -> None:
        opened = self._presenter.state.opened
        if opened is not None:
            self._presenter.renew(opened.line)

    def _on_withdraw(self) -> None:
        self._presenter.withdraw(self.by.text(), How(self.how.chosen()), self.reason.text())


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
        self._presenter.refresh()
        self._view.focus_first()

    def deactivate(self) -> None:
        """Nothing is typed here that must be kept."""

    def commands(self) -> Sequence[BoundCommand]:
        return (BoundCommand(COLLECT, self._view.collect, self._reason),)

    def _reason(self) -> str:
        return "" if self._view.found.current() is not None else tr("Find the student first.")

    def _on_said(self, words: str) -> None:
        self._shell.toast(words, Tone.WARNING)


def _tag(line: ConsentLine) -> Tag | None:
    badge = state_badge(line.state)
    return Tag(badge.words, Tone(badge.tone), Shape(badge.shape))
