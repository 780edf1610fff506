"""Before and after the hand-over: staff checks who signs, hands the screen over, and sees what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from clinicdesk.domain.consent import ConsentState
from clinicdesk.domain.consent_text import FormLanguage
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.forms.hand_over import HandOver
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.shell.window import MainWindow
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import CONTENT_MARGINS, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, ChipRow, Kind
from clinicdesk.gui.widgets.cards import Card, PageTitle, SectionHead
from clinicdesk.gui.widgets.layout import STRETCH, clear, column, row
from clinicdesk.gui.widgets.naming import announce, name
from clinicdesk.gui.widgets.states import StateStack
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.tags import Tag
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import formats, language, tr
from clinicdesk.presentation.commands import BoundCommand
from clinicdesk.presentation.forms.collecting import CollectPresenter, CollectState
from clinicdesk.presentation.forms.words import IDENTITY, bar_words
from clinicdesk.presentation.shell import COMMANDS, Keys
from clinicdesk.services.consent_record import relation_words
from clinicdesk.services.consent_values import PaperToSign, PossibleSigner

SCREEN = "forms.collect"
HAND_OVER = replace(COMMANDS[Keys.PRIMARY], title="Hand the screen over")


@dataclass(frozen=True, slots=True)
class SignerRow:
    """A possible signer and whether she is the chosen one."""

    at: int
    signer: PossibleSigner
    chosen: bool


class CollectView(QWidget):
    """Draws a `CollectState` for staff."""

    def __init__(self, shell: ShellContext, presenter: CollectPresenter) -> None:
        super().__init__()
        name(self, "collect", tr("Collect a consent"))
        self._shell = shell
        self._presenter = presenter
        self.hand_over_window: HandOver | None = None
        self._previewed: FormLanguage | None = None
        self._paper: PaperToSign | None = None
        self._build()

    def draw(self, state: CollectState) -> None:
        if state.failure:
            self.states.show_error(state.failure, tr("Nothing was written."))
            return
        if state.paper is None or state.form is None:
            self.states.show_loading()
            return
        self.states.show_content()
        if state.paper is not self._paper:
            self._paper = state.paper
            self.focus_first()
        student = state.paper.student
        self.title.title.setText(state.paper.form.title)
        self.title.set_note(
            tr(
                "for {student}, born {date}, version {version}",
                student=student.name.shown,
                date=formats().date(student.birth_date),
                version=state.paper.form.version,
            )
        )
        rows = [SignerRow(at, one, at == state.signer) for at, one in enumerate(state.paper.signers)]
        if list(self.signers.rows()) != rows:
            self.signers.set_rows(rows)
            if state.signer >= 0:
                self.signers.selectRow(state.signer)
        if state.identity:
            self.identity.choose(state.identity)
        else:
            self.identity.choose()
        waiting = state.collected is None
        self.hand_over.set_available(self._presenter.why_not_ready() if waiting else tr("Signed already."))
        self._draw_preview(state)
        self._draw_result(state)
        if self.hand_over_window is not None:
            self.hand_over_window.draw(state)
        if state.handed_over and self.hand_over_window is None:
            self._begin(state)
        elif not state.handed_over and self.hand_over_window is not None:
            self.end()

    def end(self) -> None:
        """The main window is back, scanners route again."""
        window, self.hand_over_window = self.hand_over_window, None
        if window is None:
            return
        frame = self.window()
        if isinstance(frame, MainWindow) and frame.keyboard is not None:
            frame.keyboard.scans = True
        frame.show()
        frame.activateWindow()
        window.end()

    def focus_first(self) -> None:
        self.identity.chip(IDENTITY[0]).setFocus(Qt.FocusReason.TabFocusReason)

    def _begin(self, state: CollectState) -> None:
        """A window of its own takes the whole screen; the frame behind it is hidden, so no command is live."""
        frame = self.window()
        if isinstance(frame, MainWindow) and frame.keyboard is not None:
            frame.keyboard.scans = False
        window = HandOver(self._presenter)
        self.hand_over_window = window
        window.resize(frame.size())
        window.draw(state)
        window.showFullScreen()
        frame.hide()
        window.activateWindow()
        window.focus_first()

    def _build(self) -> None:
        self.title = PageTitle(tr("Collect a consent"))
        self.signers: DataTable[SignerRow] = DataTable(
            "collect.signers",
            tr("Who is signing"),
            (
                Column("name", tr("Name"), lambda row: row.signer.name, kind=_weight),
                Column("relation", tr("Relation"), _relation),
                Column(
                    "may",
                    tr("May sign"),
                    lambda row: bar_words(row.signer.bar) if row.signer.bar else tr("yes"),
                    tag=_may,
                ),
            ),
        )
        self.signers.chosen.connect(self._on_signer)
        self.identity = ChipRow("collect.identity", tr("How you know who it is"), [(one, tr(one)) for one in IDENTITY])
        self.identity.picked.connect(self._presenter.choose_identity)
        self.hand_over = Button(
            tr("Hand the screen over"), "collect.handOver", kind=Kind.PRIMARY, icon="pen", shortcut="Ctrl+Return"
        )
        self.hand_over.clicked.connect(self._presenter.hand_over)
        who = Card(SectionHead(tr("Who is signing")))
        who.body.addWidget(self.signers, 1)
        check = Card(SectionHead(tr("How you know who it is")))
        check.body.addWidget(self.identity)
        check.body.addWidget(
            Paragraph(
                tr("The family gets the whole screen. Only your password brings the program back."),
                TextKind.BODY,
                Role.TEXT_SECONDARY,
            )
        )
        check.body.addLayout(row(STRETCH, self.hand_over))
        self.result = Card(SectionHead(tr("What came of it")))
        self.result_words = Paragraph("", TextKind.BODY)
        self.result.body.addWidget(self.result_words)
        self.result.hide()
        self.preview = column(gap=GAP_3)
        form = Card(SectionHead(tr("The form")))
        form.body.addLayout(self.preview)
        form.body.addStretch(1)
        left = column(who, check, self.result, gap=GAP_4)
        left.setStretch(0, 1)
        cards = row(gap=GAP_4)
        cards.addLayout(left, 3)
        cards.addWidget(form, 2)
        inner = QWidget(self)
        inner.setLayout(cards)
        self.states = StateStack(inner)
        body = column(self.title, self.states, gap=GAP_3, margins=CONTENT_MARGINS)
        body.setStretch(1, 1)
        self.setLayout(body)

    def _draw_preview(self, state: CollectState) -> None:
        form = state.form
        assert form is not None
        if form is self._previewed:
            return
        self._previewed = form
        clear(self.preview)
        for at, block in enumerate(form.blocks):
            if block.heading:
                self.preview.addWidget(Label(block.heading, TextKind.LABEL))
            self.preview.addWidget(Paragraph(block.text, TextKind.BODY))
            if at == 0 and state.paper is not None and state.paper.order is not None:
                self.preview.addWidget(Label(state.paper.order.medicine, TextKind.LABEL))
                self.preview.addWidget(Paragraph(state.paper.order.details, TextKind.BODY))

    def _draw_result(self, state: CollectState) -> None:
        done = state.collected
        self.result.setVisible(done is not None)
        if done is None:
            return
        if done.state is ConsentState.DECLINED:
            words = tr("{name} did not agree. The answer is on record.", name=state.signed_by)
        elif done.valid_until is None:
            words = tr("Signed by {name}. The sealed document is on record.", name=state.signed_by)
        else:
            words = tr(
                "Signed by {name}, holds until {date}. The sealed document is on record.",
                name=state.signed_by,
                date=formats().date(done.valid_until),
            )
        if words != self.result_words.text():
            self.result_words.set_text(words)
            announce(self, words)

    def _on_signer(self, found: SignerRow) -> None:
        if found.at != self._presenter.state.signer and self._presenter.state.collected is None:
            self._presenter.choose_signer(found.at)


class CollectScreen:
    """`activate(form_id=..., student_id=..., order_id="", renews="")`."""

    id = SCREEN

    def __init__(self, shell: ShellContext, presenter: CollectPresenter) -> None:
        self._shell = shell
        self._presenter = presenter
        self._view = CollectView(shell, presenter)
        presenter.on_change = self._view.draw

    @property
    def title(self) -> str:
        return tr("Collect a consent")

    @property
    def view(self) -> CollectView:
        return self._view

    def widget(self) -> QWidget:
        return self._view

    def activate(self, **params: object) -> None:
        form, student = str(params.get("form_id", "")), str(params.get("student_id", ""))
        if not form or not student:
            self._shell.navigator.navigate("forms")
            return
        self._presenter.open(form, student, str(params.get("order_id", "")), str(params.get("renews", "")))

    def deactivate(self) -> None:
        """The desk locks: nothing of the form may stay on the screen."""
        if self._view.hand_over_window is not None:
            self._presenter.take_back()
            self._view.end()

    def commands(self) -> Sequence[BoundCommand]:
        return (BoundCommand(HAND_OVER, self._presenter.hand_over, self._presenter.why_not_ready),)


def _weight(row: SignerRow) -> TextKind:
    return TextKind.BODY_MEDIUM if row.chosen else TextKind.BODY


def _relation(row: SignerRow) -> str:
    return relation_words(row.signer.relation, language().value if language().value in {"en", "es"} else "en")


def _may_words(row: SignerRow) -> str:
    return bar_words(row.signer.bar) if row.signer.bar is not None else tr("may sign")


def _may(row: SignerRow) -> Tag | None:
    if row.signer.bar is not None:
        return None
    return Tag(tr("may sign"), Tone.SUCCESS, Shape.DONE)
