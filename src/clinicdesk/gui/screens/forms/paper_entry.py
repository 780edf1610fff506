"""Entering a form that the family signed with a pen: its day, its language, its answers (M17)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.consent_text import FormLanguage
from clinicdesk.gui.screens.forms.questions import Questions
from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, ChipRow, Kind
from clinicdesk.gui.widgets.cards import Card, SectionHead
from clinicdesk.gui.widgets.fields import DateField, Field, Parsed, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, row
from clinicdesk.gui.widgets.naming import announce, reveal
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import formats, sentence, tr
from clinicdesk.presentation.forms.collecting import CollectPresenter, CollectState
from clinicdesk.presentation.forms.words import language_words


class PaperEntry(Card):
    """What stands on the paper, as staff reads it."""

    def __init__(self, presenter: CollectPresenter) -> None:
        super().__init__(SectionHead(tr("The signed paper")))
        self._presenter = presenter
        self._form: FormLanguage | None = None
        self.day = DateField(tr("Day on the paper"), "paper.day", self._read, required=True, placeholder="10/6")
        self.day.editor.textEdited.connect(presenter.type_signed_on)  # type: ignore[attr-defined]  # a TextEditor
        self.languages = ChipRow("paper.language", tr("Language that was signed"), [])
        self.languages.picked.connect(presenter.speak)
        self.signed_by = TextEditor("paper.name")
        self.signed_by.textEdited.connect(presenter.type_name)
        self.name_field = Field(tr("Name as it is signed"), self.signed_by, required=True)
        self.questions = Questions("paper.block", presenter.answer, asking_only=True)
        self.problem = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.problem.hide()
        self.back = Button(tr("Sign on the screen instead"), "paper.back", kind=Kind.GHOST)
        self.back.clicked.connect(partial(presenter.enter_paper, False))
        self.refused = Button(tr("The family did not agree"), "paper.refused")
        self.refused.clicked.connect(partial(presenter.record_paper, refused=True))
        self.record = Button(
            tr("Record the paper"), "paper.record", kind=Kind.PRIMARY, icon="check", shortcut="Ctrl+Return"
        )
        self.record.clicked.connect(partial(presenter.record_paper))
        self.body.setSpacing(GAP_3)
        self.body.addWidget(self.languages)
        names = row(self.day, self.name_field, gap=GAP_4)
        names.setStretch(1, 1)
        self.body.addLayout(names)
        self.body.addWidget(self.questions)
        self.body.addWidget(self.problem)
        self.body.addLayout(row(self.back, STRETCH, self.refused, self.record))

    def draw(self, state: CollectState, why_not: str) -> None:
        """The words follow the language of the paper; what was entered stays."""
        form, paper = state.form, state.paper
        if form is None or paper is None:
            return
        if form is not self._form:
            self._form = form
            spoken = [(one.language, language_words(one.language)) for one in paper.form.text.languages]
            self.languages.set_choices(spoken)
            self.questions.draw(form, None, state.answers)
        self.languages.choose(state.language)
        if self.signed_by.text() != state.signed_by:
            self.signed_by.setText(state.signed_by)
        if self.day.text() != state.signed_on:
            self.day.set_text(state.signed_on)
        why_not = why_not or (tr("One moment") if state.busy else "")
        self.record.set_available(why_not)
        self.refused.set_available(why_not)
        self._say(state)

    def focus_first(self) -> None:
        self.day.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, state: CollectState) -> None:
        fields: dict[str, Field] = {"signed_on": self.day, "signed_by": self.name_field}
        named = fields.get(state.field)
        for one in fields.values():
            one.set_error(state.problem if one is named else "")
        self.problem.set_text("" if named is not None else state.problem)
        reveal(self.problem, bool(state.problem) and named is None)
        if named is not None:
            named.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        elif state.problem:
            announce(self, state.problem)
            self.questions.focus(state.block)

    def _read(self, text: str) -> Parsed:
        try:
            day = self._presenter.read_day(text)
        except InvalidValueError as error:
            return Parsed(problem=sentence(error))
        return Parsed(day, formats().date_full(day))


Act = Callable[[], None]


class Nobody(Card):
    """Nobody on file may sign: what has to be stated, by whom and where (D42)."""

    def __init__(self, open_contacts: Act) -> None:
        super().__init__(role=Role.WARNING_BG)
        self.body.setSpacing(GAP_3)
        self.body.addWidget(Paragraph(tr("Nobody on file may sign this form."), TextKind.LABEL, Role.WARNING))
        self.body.addWidget(
            Paragraph(
                tr(
                    "A parent or guardian signs who is marked “may consent” and has no custody limit. The nurse or the "
                    "school office states that on the page Contacts of the chart, from the enrolment papers. Then come "
                    "back to this form."
                ),
                TextKind.BODY,
            )
        )
        self.contacts = Button(tr("Open the contacts"), "collect.contacts", icon="people")
        self.contacts.clicked.connect(open_contacts)
        self.body.addLayout(row(self.contacts, STRETCH))


class ResultCard(Card):
    """What came of it, and the family's copy."""

    def __init__(self, presenter: CollectPresenter, back: Act) -> None:
        super().__init__(SectionHead(tr("What came of it")))
        self.words = Paragraph("", TextKind.BODY)
        self.wanted = Paragraph("", TextKind.BODY_MEDIUM)
        self.print = Button(
            tr("Print the family's copy"), "collect.print", kind=Kind.PRIMARY, icon="printer", shortcut="Ctrl+P"
        )
        self.print.clicked.connect(presenter.print_copy)
        self.save = Button(tr("Save the document"), "collect.save", icon="download")
        self.save.clicked.connect(presenter.save_copy)
        self.save_text = Button(tr("Save as text"), "collect.saveText", icon="document")
        self.save_text.clicked.connect(presenter.save_text)
        self.done = Button(tr("Back to the list"), "collect.done", kind=Kind.GHOST)
        self.done.clicked.connect(back)
        self.problem = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.problem.hide()
        self.body.setSpacing(GAP_3)
        for part in (self.words, self.wanted, self.problem):
            self.body.addWidget(part)
        self.body.addLayout(row(self.print, self.save, STRETCH))
        self.body.addLayout(row(self.save_text, STRETCH, self.done))

    def draw(self, words: str, state: CollectState) -> None:
        if words != self.words.text():
            self.words.set_text(words)
            announce(self, words)
        asked = tr("The family asked for a printed copy.") if state.wants_copy else ""
        self.wanted.set_text(asked)
        reveal(self.wanted, bool(asked))
        self.problem.set_text(state.problem)
        reveal(self.problem, bool(state.problem))

    def focus_first(self, widget: QWidget | None = None) -> None:
        (widget or self.print).setFocus(Qt.FocusReason.OtherFocusReason)
