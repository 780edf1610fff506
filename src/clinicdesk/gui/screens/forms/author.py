"""Writing a consent form: what there is at the left, the form in both languages, its preview, publishing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QStackedLayout, QWidget

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.consent import ValidityRule
from clinicdesk.domain.consent_text import LANGUAGES, BlockKind
from clinicdesk.domain.consent_writing import ADDABLE
from clinicdesk.domain.entry.when import Facing, parse_date
from clinicdesk.gui.screens.forms.blocks import BlockEditors, Titles
from clinicdesk.gui.screens.forms.preview import Preview
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import CONTENT_MARGINS, GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, ChipRow, Kind, LinkText
from clinicdesk.gui.widgets.cards import Card, PageTitle, SectionHead
from clinicdesk.gui.widgets.choices import Tick
from clinicdesk.gui.widgets.fields import Choice, DateField, Field, Parsed, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, FixedColumn, FlowLayout, box, clear, column, row, scrolling
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.states import EmptyState, StateStack
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import formats, sentence, tr
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.forms.authoring import AuthorPresenter, AuthorState
from clinicdesk.presentation.forms.words import (
    form_problem_words,
    kind_choices,
    kind_words,
    language_words,
    rule_choices,
)
from clinicdesk.presentation.shell import COMMANDS, Keys
from clinicdesk.services.consent_forms import FormDraft
from clinicdesk.services.consent_values import FormOnRecord

SCREEN = "forms.author"
AUTOSAVE_MS = 800
PUBLISH = replace(COMMANDS[Keys.PRIMARY], title="Publish this version")
_WRITE = "write"


def _own(key: str, title: str, shortcut: str = "", icon: str = "") -> Command:
    return Command(f"author.{key}", title, shortcut, Group.SCREEN, Scope.SCREEN, icon, screen=SCREEN)


NEW = _own("new", "New form", "Ctrl+Shift+N", "plus")
LOOK = _own("look", "Preview, next language", "Ctrl+Shift+P", "eye")
UP = _own("up", "Move the block up", "Alt+Up", "arrow-up")
DOWN = _own("down", "Move the block down", "Alt+Down", "arrow-down")
REMOVE = _own("remove", "Remove the block", "Ctrl+Shift+Backspace", "trash")
ADD = {
    BlockKind.TEXT: _own("add.text", "Add a text", "Alt+1", "plus"),
    BlockKind.CHOICE: _own("add.choice", "Add a choice", "Alt+2", "plus"),
    BlockKind.INITIALS: _own("add.initials", "Add initials", "Alt+3", "plus"),
    BlockKind.DATE: _own("add.date", "Add a date", "Alt+4", "plus"),
}


@dataclass(frozen=True, slots=True)
class FormRow:
    """An entry of the list at the left: an own draft, or the newest version of a published form."""

    title: str
    note: str
    draft: FormDraft | None = None
    form: FormOnRecord | None = None


class AuthorView(QWidget):
    """Draws an `AuthorState`."""

    def __init__(self, shell: ShellContext, presenter: AuthorPresenter) -> None:
        super().__init__()
        name(self, "author", tr("Write a consent form"))
        self._shell = shell
        self._presenter = presenter
        self._shape = -1
        self._autosave = QTimer(self, singleShot=True, interval=AUTOSAVE_MS)
        self._autosave.timeout.connect(presenter.keep)
        self._problems: tuple[InvalidValueError, ...] = ()
        self._build()

    # Drawing

    def draw(self, state: AuthorState) -> None:
        if state.failure and state.drafts is None:
            self.states.show_error(state.failure, tr("Nothing was lost."))
            return
        if state.drafts is None:
            self.states.show_loading()
            return
        first = self.states.shown() is not self._inner
        self.states.show_content()
        rows = _rows(state)
        if self.forms.rows() != rows:
            self.forms.set_rows(rows)
        draft = state.draft
        self._pages.setCurrentWidget(self._empty if draft is None else self._desk)
        reveal(self.discard, draft is not None)
        self.publish.set_available(self._presenter.why_not_publish() if not state.busy else tr("One moment"))
        self.title.set_note(_kept_words(state))
        self.problem.set_text(state.problem)
        reveal(self.problem, bool(state.problem))
        self._draw_problems(state)
        if draft is None:
            gone = self._shape != -1
            self._shape = -1
            self._autosave.stop()
            if first or gone:
                self.focus_first()
            return
        if not state.kept and not state.busy:
            self._autosave.start()
        if state.shape != self._shape:
            begun = self._shape == -1
            self._shape = state.shape
            self._draw_form(state)
            if state.focus[0]:
                self._show_block(*state.focus)
            elif begun or not self.isAncestorOf(self.focusWidget() or self):
                self.titles.focus()
        self.preview.draw(draft.text)

    def focus_first(self) -> None:
        if self._presenter.state.draft is not None:
            self.titles.focus()
        elif self.forms.rows():
            self.forms.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.new.setFocus(Qt.FocusReason.TabFocusReason)

    def stop_autosave(self) -> None:
        self._autosave.stop()

    def look_on(self) -> None:
        """Write, then the preview in each language, then write again."""
        order = [_WRITE, *LANGUAGES]
        at = order.index(self.looks.chosen()[0])
        self.look_at(order[(at + 1) % len(order)])

    def look_at(self, what: str) -> None:
        self.looks.choose(what)
        self._sheets.setCurrentWidget(self._writing if what == _WRITE else self._preview_area)
        if what != _WRITE:
            self.preview.speak(what)
            self.looks.chip(what).setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.titles.focus()

    def _draw_form(self, state: AuthorState) -> None:
        draft = state.draft
        assert draft is not None
        self.titles.draw(draft.text)
        self.kind.choose(draft.kind)
        self.description.setText(draft.description)
        self.withdrawable.setChecked(draft.withdrawable)
        validity = draft.text.validity
        self.rule.choose(validity.rule.value)
        dated = validity.rule is ValidityRule.UNTIL_DATE
        reveal(self.until, dated)
        if validity.until is not None:
            self.until.set_text(f"{validity.until.month}/{validity.until.day}/{validity.until.year}")
        self.blocks.draw(draft.text)

    def _draw_problems(self, state: AuthorState) -> None:
        if state.problems == self._problems:
            return
        more = len(state.problems) > len(self._problems)
        self._problems = state.problems
        clear(self._missing)
        reveal(self.summary, bool(state.problems))
        keys = [block.key for block in state.text.languages[0].blocks] if state.text is not None else []
        for at, problem in enumerate(state.problems):
            block = str(problem.params.get("block", ""))
            words = form_problem_words(problem, keys.index(block) + 1 if block in keys else 0)
            link = LinkText(words, f"author.problem.{at}", icon="arrow-right")
            link.clicked.connect(partial(self._go_to, problem))
            self._missing.addLayout(row(link, STRETCH))
        if more:
            announce(self, tr("The form is not complete."))
            self.look_at(_WRITE)
            self._go_to(state.problems[0])

    def _go_to(self, problem: InvalidValueError) -> None:
        language = str(problem.params.get("language", LANGUAGES[0]))
        if problem.field == "title":
            self.titles.focus(language)
            return
        block, option = str(problem.params.get("block", "")), str(problem.params.get("option", ""))
        if block:
            self._show_block(block, option, language)

    def _show_block(self, block: str, option: str = "", language: str = LANGUAGES[0]) -> None:
        """Into the words, once they have their place: a block that was just made is laid out later."""
        self.blocks.focus(block, option, language)
        QTimer.singleShot(0, self._writing, self._scroll_to_focus)

    def _scroll_to_focus(self) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and self._writing.isAncestorOf(focus):
            self._writing.ensureWidgetVisible(focus, 8, 64)

    # Building

    def _build(self) -> None:
        self.publish = Button(tr("Publish"), "author.publish", kind=Kind.PRIMARY, icon="check", shortcut="Ctrl+Return")
        self.publish.clicked.connect(self._presenter.publish)
        self.discard = Button(tr("Throw the draft away"), "author.discard", kind=Kind.GHOST)
        self.discard.clicked.connect(self._presenter.discard)
        self.title = PageTitle(tr("Write a consent form"), "", self.discard, self.publish)
        self._empty = EmptyState(
            tr(
                "A published form is never changed: open one at the left to write its next version, or begin a new one."
            ),
            tr("New form"),
            shortcut=NEW.shortcut,
            object_name="author.empty",
        )
        self._empty.acted.connect(self._presenter.begin)
        middle = QWidget()
        self._pages = QStackedLayout(middle)
        self._desk = self._build_desk()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._desk)
        self._inner = QWidget(self)
        cards = row(gap=GAP_4)
        cards.addWidget(FixedColumn(248, column(self._build_list(), gap=0)))
        cards.addWidget(middle, 1)
        self._inner.setLayout(cards)
        self.states = StateStack(self._inner)
        self.states.retried.connect(self._presenter.refresh)
        body = column(self.title, self.states, gap=GAP_3, margins=CONTENT_MARGINS)
        body.setStretch(1, 1)
        self.setLayout(body)

    def _build_list(self) -> Card:
        self.forms: DataTable[FormRow] = DataTable(
            "author.forms",
            tr("Forms"),
            (
                Column(
                    "form",
                    tr("Form"),
                    lambda one: one.title,
                    below=lambda one: one.note,
                    kind=lambda one: TextKind.BODY_MEDIUM if one.draft is not None else TextKind.BODY,
                ),
            ),
            row_height=52,
        )
        self.forms.opened.connect(self._on_form)
        self.new = Button(tr("New form"), "author.new", icon="plus", shortcut=NEW.shortcut)
        self.new.clicked.connect(self._presenter.begin)
        card = Card(SectionHead(tr("Forms")), margins=(0, 0, 0, GAP_3))
        card.body.addWidget(self.forms, 1)
        card.body.addLayout(row(self.new, STRETCH, margins=(GAP_4, 0, GAP_4, 0)))
        return card

    def _build_desk(self) -> QWidget:
        looks = [
            (_WRITE, tr("Write")),
            *((one, tr("Preview: {language}", language=language_words(one))) for one in LANGUAGES),
        ]
        self.looks = ChipRow("author.look", tr("What to see"), looks)
        self.looks.choose(_WRITE)
        self.looks.picked.connect(self.look_at)
        self.problem = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.problem.hide()
        self.summary = Card(margins=(GAP_4, GAP_2, GAP_4, GAP_2), role=Role.DANGER_BG)
        self.summary.body.addWidget(Label(tr("Not published: this is missing."), TextKind.LABEL, Role.DANGER))
        self._missing = column(gap=0)
        holder = scrolling(box(self._missing), "author.missing", tr("What is missing"))
        holder.setMaximumHeight(112)
        self.summary.body.addWidget(holder)
        self.summary.hide()
        self.preview = Preview()
        self._preview_area = scrolling(self.preview, "author.previewArea", tr("Preview"))
        self._writing = scrolling(self._build_writing(), "author.writing", tr("The form"))
        sheets = QWidget()
        self._sheets = QStackedLayout(sheets)
        self._sheets.addWidget(self._writing)
        self._sheets.addWidget(self._preview_area)
        desk = QWidget()
        lines = column(row(self.looks), self.problem, self.summary, sheets, gap=GAP_3)
        lines.setStretch(3, 1)
        desk.setLayout(lines)
        return desk

    def _build_writing(self) -> QWidget:
        presenter = self._presenter
        self.titles = Titles(presenter)
        self.kind = Choice("author.kind", tr("What it permits"), kind_choices())
        self.kind.picked.connect(presenter.choose_kind)
        self.rule = Choice("author.rule", tr("A signature holds"), rule_choices())
        self.rule.picked.connect(presenter.choose_rule)
        self.until = DateField(tr("Last day"), "author.until", self._last_day, required=True, placeholder="6/30")
        self.until.parsed.connect(presenter.hold_until)
        self.until.hide()
        self.withdrawable = Tick(tr("The family may take it back at any time"), "author.withdrawable")
        self.withdrawable.toggled.connect(presenter.allow_withdrawal)
        self.description = TextEditor("author.description", tr("What staff should know"))
        self.description.textEdited.connect(presenter.describe)
        about = Card(margins=(GAP_4, GAP_3, GAP_4, GAP_3))
        about.body.addWidget(self.titles)
        rules = row(
            Field(tr("What it permits"), self.kind), Field(tr("A signature holds"), self.rule), self.until, gap=GAP_4
        )
        about.body.addLayout(rules)
        about.body.addWidget(Field(tr("What staff should know"), self.description))
        about.body.addLayout(row(self.withdrawable, STRETCH))
        self.blocks = BlockEditors(presenter)
        adding = QWidget()
        flow = FlowLayout(adding)
        self.adds: dict[BlockKind, Button] = {}
        for kind in ADDABLE:
            words = tr(ADD[kind].title)
            button = Button(words, f"author.add.{kind.value}", icon="plus", shortcut=ADD[kind].shortcut)
            button.clicked.connect(partial(presenter.add, kind, ""))
            self.adds[kind] = button
            flow.addWidget(button)
        return box(column(about, self.blocks, adding, STRETCH, gap=GAP_3, margins=(4, 4, 8, 4)))

    # What people do

    def add(self, kind: BlockKind) -> None:
        """Behind the block that has the focus."""
        self._presenter.add(kind, self.blocks.current())

    def shift(self, by: int) -> None:
        self._presenter.move(self.blocks.current(), by)

    def remove(self) -> None:
        self._presenter.remove(self.blocks.current())

    def _on_form(self, found: FormRow) -> None:
        if found.draft is not None:
            self._presenter.open_draft(found.draft.family)
        elif found.form is not None and found.form.id is not None:
            self._presenter.open_version(found.form.id)

    def _last_day(self, text: str) -> Parsed:
        try:
            day = parse_date(text, self._presenter.today(), Facing.FUTURE, "valid_until")
        except InvalidValueError as error:
            return Parsed(problem=sentence(error))
        return Parsed(day, formats().date_full(day))


class AuthorScreen:
    """`activate(form_id="")`: with a form, its next version is begun."""

    id = SCREEN

    def __init__(self, shell: ShellContext, presenter: AuthorPresenter) -> None:
        self._shell = shell
        self._presenter = presenter
        self._view = AuthorView(shell, presenter)
        presenter.on_change = self._view.draw
        presenter.on_said = lambda words: shell.toast(words, Tone.SUCCESS)

    @property
    def title(self) -> str:
        return tr("Write a consent form")

    @property
    def view(self) -> AuthorView:
        return self._view

    def widget(self) -> QWidget:
        return self._view

    def activate(self, **params: object) -> None:
        self._view.draw(self._presenter.state)
        self._presenter.refresh()
        self._view.focus_first()

    def deactivate(self) -> None:
        """What was written is kept before the person is gone or the desk locks."""
        self._view.stop_autosave()
        self._presenter.leave()

    def commands(self) -> Sequence[BoundCommand]:
        view, presenter = self._view, self._presenter
        return (
            BoundCommand(PUBLISH, presenter.publish, presenter.why_not_publish),
            BoundCommand(COMMANDS[Keys.SAVE_DRAFT], presenter.keep, self._no_form),
            BoundCommand(NEW, presenter.begin),
            BoundCommand(LOOK, view.look_on, self._no_form),
            BoundCommand(UP, partial(view.shift, -1), self._no_block),
            BoundCommand(DOWN, partial(view.shift, 1), self._no_block),
            BoundCommand(REMOVE, view.remove, self._no_block),
            *(BoundCommand(command, partial(view.add, kind), self._no_form) for kind, command in ADD.items()),
        )

    def _no_form(self) -> str:
        return "" if self._presenter.state.draft is not None else tr("Open a form first.")

    def _no_block(self) -> str:
        return "" if self._view.blocks.current() else tr("Go to a block first.")


def _rows(state: AuthorState) -> tuple[FormRow, ...]:
    drafts = tuple(
        FormRow(
            one.text.languages[0].title or tr("Form without a title"),
            tr("Draft, {kind}", kind=kind_words(one.kind)),
            draft=one,
        )
        for one in state.drafts or ()
    )
    published = tuple(
        FormRow(one.title, tr("Version {version}, {kind}", version=one.version, kind=kind_words(one.kind)), form=one)
        for one in state.published
        if one.newest
    )
    return (*drafts, *published)


def _kept_words(state: AuthorState) -> str:
    if state.draft is None:
        return ""
    before = state.version_before
    what = tr("follows version {version}", version=before) if before else tr("a new form")
    return tr("{what}, draft kept", what=what) if state.kept else what
