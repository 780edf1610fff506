"""The sheet of one request or one consent: what it says, what rests on it, its papers, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.consent import ConsentState
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.cards import Card, Separator
from clinicdesk.gui.widgets.fields import Choice, Field, Parsed, ParsedField, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, FlowLayout, column, row
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.tags import StateTag, Tag
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import formats, sentence, tr
from clinicdesk.presentation.forms.board import BoardState, FormsPresenter
from clinicdesk.presentation.forms.words import date_words, state_badge, until_words, withdrawal_ways
from clinicdesk.services.consent_values import ConsentLine, ConsentRecord, How

_MARGINS = (20, GAP_3, 20, 20)
_STANDS = frozenset({ConsentState.SIGNED, ConsentState.NOT_YET_VALID})


class Sheet(QWidget):
    """What stands at the side while a line of the list is open; closing it goes back to the list."""

    def __init__(self, closed: Callable[[], None]) -> None:
        super().__init__()
        self._heard: Callable[[], None] | None = closed

    def closed(self) -> None:
        """The frame tells of Esc or the cross."""
        if self._heard is not None:
            self._heard()

    def let_go(self) -> None:
        """Another line is opened in its place: that is no going back."""
        self._heard = None

    def focus_first(self) -> None:
        """To what is done most often."""

    def say(self, state: BoardState) -> None:
        """What went wrong, under the field it belongs to where there is one."""


class RequestSheet(Sheet):
    """A request that waits: what can be done about it."""

    def __init__(self, line: ConsentLine, student: str, presenter: FormsPresenter, *, may_collect: bool) -> None:
        super().__init__(presenter.close)
        name(self, "forms.request", tr("This request"))
        draft = line.state is ConsentState.DRAFT
        self.collect = Button(tr("Collect now"), "forms.request.collect", kind=Kind.PRIMARY, icon="pen")
        self.collect.clicked.connect(partial(presenter.collect_asked))
        self.send = Button(tr("Mark as sent"), "forms.request.send", icon="check")
        self.send.clicked.connect(presenter.send)
        self.blank = Button(tr("Print the form for the pen"), "forms.request.blank", icon="printer")
        self.blank.clicked.connect(presenter.print_blank)
        self.paper = Button(tr("Enter the signed paper"), "forms.request.paper", icon="paper")
        self.paper.clicked.connect(partial(presenter.collect_asked, on_paper=True))
        self.cancel = Button(tr("Not needed any more"), "forms.request.cancel", kind=Kind.DANGER)
        self.cancel.clicked.connect(presenter.cancel)
        for button in (self.collect, self.blank, self.paper, self.cancel):
            reveal(button, may_collect)
        reveal(self.send, may_collect and draft)
        words = (
            tr("Prepared, and not given to the family yet.")
            if draft
            else tr("The family has been asked and has not answered.")
        )
        parts = column(
            row(_state(line), STRETCH),
            Paragraph(line.form, TextKind.LABEL),
            Paragraph(student, TextKind.BODY),
            Paragraph(words, TextKind.BODY, Role.TEXT_SECONDARY),
            Paragraph(until_words(line), TextKind.BODY),
            Separator(),
            self.collect,
            self.send,
            self.blank,
            self.paper,
            Separator(),
            self.cancel,
            STRETCH,
            gap=GAP_3,
            margins=_MARGINS,
        )
        self.setLayout(parts)

    def focus_first(self) -> None:
        self.collect.setFocus(Qt.FocusReason.TabFocusReason)


class RecordSheet(Sheet):
    """A consent on record."""

    def __init__(
        self, record: ConsentRecord, student: str, presenter: FormsPresenter, *, may_collect: bool, may_withdraw: bool
    ) -> None:
        super().__init__(presenter.close)
        name(self, "forms.record", tr("This consent"))
        self._presenter = presenter
        line = record.line
        self._line = line
        self.problem = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.problem.hide()
        self.print = Button(tr("Print or open"), "forms.print", icon="printer", shortcut="Ctrl+P")
        self.print.clicked.connect(presenter.print_document)
        self.save = Button(tr("Save the document"), "forms.save", icon="download")
        self.save.clicked.connect(presenter.save_document)
        self.save_text = Button(tr("Save as text"), "forms.saveText", icon="document")
        self.save_text.clicked.connect(presenter.save_text)
        for button in (self.print, self.save):
            button.set_available(_why_no_document(record))
        self.save_text.set_available("" if record.record else tr("There is no text of this consent."))
        self.renew = Button(tr("Sign again"), "forms.renew", icon="pen")
        self.renew.clicked.connect(partial(presenter.renew, line))
        reveal(self.renew, may_collect)
        papers = QWidget()
        flow = FlowLayout(papers)
        for button in (self.print, self.save, self.save_text, self.renew):
            flow.addWidget(button)
        text = Card(role=Role.SUNKEN)
        self.text = Paragraph(record.record, TextKind.BODY)
        text.body.addWidget(self.text)
        parts = column(
            row(_state(line), STRETCH),
            Paragraph(line.form, TextKind.LABEL),
            Paragraph(student, TextKind.BODY),
            Paragraph(_signed_words(line), TextKind.BODY),
            self._dependent(record),
            papers,
            self.problem,
            gap=GAP_3,
            margins=_MARGINS,
        )
        self.ending: QWidget | None = None
        if may_withdraw and line.state in _STANDS:
            self.ending = self._build_ending()
            parts.addWidget(Separator())
            parts.addWidget(self.ending)
        if record.record:
            parts.addWidget(Separator())
            parts.addWidget(Label(tr("What was signed"), TextKind.LABEL))
            parts.addWidget(text)
        parts.addStretch(1)
        self.setLayout(parts)

    def focus_first(self) -> None:
        target = self.print if self.print.isEnabled() else self.renew
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def say(self, state: BoardState) -> None:
        fields = {} if self.ending is None else {"withdrawn_by": self.by_field, "withdrawn_at": self.when}
        named = fields.get(state.field)
        for one in fields.values():
            one.set_error(state.problem if one is named else "")
        self.problem.set_text("" if named is not None else state.problem)
        self.problem.setVisible(bool(state.problem) and named is None)
        if named is not None:
            named.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        elif state.problem:
            announce(self, state.problem)

    def _dependent(self, record: ConsentRecord) -> QWidget:
        """What rests on it; what stopped with it stands in a box of its own."""
        stopped = [one.words for one in record.blocked]
        self.blocked = Card(role=Role.DANGER_BG if stopped else Role.SURFACE, margins=(12, GAP_2, 12, GAP_2))
        if stopped:
            self.blocked.body.addWidget(Label(tr("Stopped until somebody signs again:"), TextKind.LABEL, Role.DANGER))
            for words in stopped:
                self.blocked.body.addWidget(Paragraph(f"– {words}", TextKind.BODY))
            return self.blocked
        words = ", ".join(one.words for one in record.dependent)
        said = tr("Rests on it: {what}", what=words) if words else tr("Nothing rests on it.")
        self.blocked.body.addWidget(Paragraph(said, TextKind.BODY, Role.TEXT_SECONDARY))
        return self.blocked

    def _build_ending(self) -> QWidget:
        self.by = TextEditor("forms.withdrawnBy")
        self.by.setText(self._line.signed_by)
        self.by_field = Field(tr("Who takes it back"), self.by, required=True)
        self.when = ParsedField(
            tr("When"), "forms.withdrawnAt", self._read, placeholder=tr("now, or {example}", example="10/6 9:30")
        )
        self.how = Choice("forms.withdrawnHow", tr("How"), withdrawal_ways())
        self.reason = TextEditor("forms.withdrawnReason")
        self.withdraw = Button(tr("Withdraw consent"), "forms.withdraw", kind=Kind.DANGER)
        self.withdraw.clicked.connect(self._on_withdraw)
        made = QWidget()
        made.setLayout(
            column(
                Label(tr("Take it back"), TextKind.LABEL),
                self.by_field,
                row(self.when, Field(tr("How"), self.how), gap=GAP_3),
                Field(tr("Reason, if one was given"), self.reason),
                row(STRETCH, self.withdraw),
                gap=GAP_2,
            )
        )
        return made

    def _read(self, text: str) -> Parsed:
        try:
            moment = self._presenter.read_moment(text)
        except InvalidValueError as error:
            return Parsed(problem=sentence(error))
        local = moment.local
        return Parsed(moment, f"{formats().date(local.date())}, {formats().time(local)}")

    def _on_withdraw(self) -> None:
        self._presenter.withdraw(self.by.text(), self.when.text(), How(self.how.chosen()), self.reason.text())


def _state(line: ConsentLine) -> StateTag:
    badge = state_badge(line.state)
    return StateTag(Tag(badge.words, Tone(badge.tone), Shape(badge.shape)))


def _signed_words(line: ConsentLine) -> str:
    if line.state is ConsentState.DECLINED:
        return tr("{name} did not agree on {date}.", name=line.signed_by, date=date_words(line.signed_on))
    words = tr("Signed by {name} on {date}", name=line.signed_by, date=date_words(line.signed_on))
    if line.withdrawn_on is not None:
        ended = tr("Taken back by {name} on {date}", name=line.withdrawn_by, date=date_words(line.withdrawn_on))
        return f"{words} · {ended}"
    return " · ".join(part for part in (words, until_words(line)) if part)


def _why_no_document(record: ConsentRecord) -> str:
    if record.line.document is None:
        return tr("There is no document of this consent.")
    return "" if record.document_here else tr("The document is not here yet; the next sync brings it.")
