"""Before and after the hand-over: staff checks who signs, hands the screen over, and sees what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from clinicdesk.domain.consent import ConsentState
from clinicdesk.domain.consent_text import FormLanguage
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.forms.hand_over import HandOver
from clinicdesk.gui.screens.forms.paper_entry import Nobody, PaperEntry, ResultCard
from clinicdesk.gui.screens.forms.preview import form_parts
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.shell.window import MainWindow
from clinicdesk.gui.theme import Density, Role, TextKind, Tone, theme
from clinicdesk.gui.theme.metrics import CONTENT_MARGINS, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, ChipRow, Kind
from clinicdesk.gui.widgets.cards import Card, PageTitle, SectionHead
from clinicdesk.gui.widgets.layout import STRETCH, FlowLayout, clear, column, row
from clinicdesk.gui.widgets.naming import name, reveal
from clinicdesk.gui.widgets.states import StateStack
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.tags import Tag
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import formats, language, tr
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.forms.collecting import CollectPresenter, CollectState
from clinicdesk.presentation.forms.words import IDENTITY, bar_words
from clinicdesk.presentation.shell import COMMANDS, Keys
from clinicdesk.services.consent_record import relation_words
from clinicdesk.services.consent_values import PaperToSign, PossibleSigner

SCREEN = "forms.collect"
AUTOSAVE_MS = 800
HAND_OVER = replace(COMMANDS[Keys.PRIMARY], title="Hand the screen over, or record the paper")
BLANK = Command("collect.blank", "Print the form for the pen", "", Group.SCREEN, Scope.SCREEN, "printer", screen=SCREEN)
PAPER = Command("collect.paper", "Enter the signed paper", "", Group.SCREEN, Scope.SCREEN, "paper", screen=SCREEN)


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
        self._on_paper = False
        self._density = Density.COMFORTABLE
        self._autosave = QTimer(self, singleShot=True, interval=AUTOSAVE_MS)
        self._autosave.timeout.connect(presenter.keep)
        presenter.on_typed = self._autosave.start
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
            self._on_paper = False
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
            self.signers.setFixedHeight(min(self.signers.content_height() + 4, theme().height(320)))
            if state.signer >= 0:
                self.signers.selectRow(state.signer)
        if state.identity:
            self.identity.choose(state.identity)
        else:
            self.identity.choose()
        waiting = state.collected is None
        self.hand_over.set_available(self._presenter.why_not_ready() if waiting else tr("Signed already."))
        self._draw_ways(state, waiting=waiting)
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
        if self._density is not Density.TOUCH:
            theme().change(density=self._density)
        frame.show()
        frame.activateWindow()
        window.end()
        state = self._presenter.state
        if state.collected is not None:
            self.result.focus_first()
        elif state.wants_paper:
            self.blank.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.hand_over.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_first(self) -> None:
        if self._presenter.state.nobody_may_sign:
            self.nobody.contacts.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.identity.chip(IDENTITY[0]).setFocus(Qt.FocusReason.TabFocusReason)

    def stop_autosave(self) -> None:
        self._autosave.stop()

    def _begin(self, state: CollectState) -> None:
        """A window of its own takes the whole screen; the frame behind it is hidden, so no command is live."""
        frame = self.window()
        if isinstance(frame, MainWindow) and frame.keyboard is not None:
            frame.keyboard.scans = False
        # Pen and finger need larger targets; staff's own density comes back with the screen.
        self._density = theme().look.density
        if self._density is not Density.TOUCH:
            theme().change(density=Density.TOUCH)
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
        who.body.addWidget(self.signers)
        check = Card(SectionHead(tr("How you know who it is")))
        check.body.addWidget(self.identity)
        check.body.addWidget(
            Paragraph(
                tr("The family gets the whole screen. Only your password brings the program back."),
                TextKind.BODY,
                Role.TEXT_SECONDARY,
            )
        )
        self.note = Paragraph("", TextKind.BODY_MEDIUM, Role.INFO)
        self.note.hide()
        self.problem = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.problem.hide()
        self.blank = Button(tr("Print the form for the pen"), "collect.blank", icon="printer")
        self.blank.clicked.connect(self._presenter.print_blank)
        self.paper = Button(tr("Enter the signed paper"), "collect.paper", icon="paper")
        self.paper.clicked.connect(partial(self._presenter.enter_paper, True))
        self._ways = QWidget()
        flow = FlowLayout(self._ways)
        for button in (self.hand_over, self.blank, self.paper):
            flow.addWidget(button)
        check.body.addWidget(self.note)
        check.body.addWidget(self.problem)
        check.body.addWidget(self._ways)
        self.why = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        check.body.addWidget(self.why)
        self.nobody = Nobody(self._open_contacts)
        self.nobody.hide()
        self.entry = PaperEntry(self._presenter)
        self.entry.hide()
        self.result = ResultCard(self._presenter, partial(self._shell.navigator.navigate, "forms"))
        self.result.hide()
        self.preview = column(gap=GAP_3)
        form = Card(SectionHead(tr("The form")))
        form.body.addLayout(self.preview)
        form.body.addStretch(1)
        self._check = check
        left = column(who, self.nobody, check, self.entry, self.result, STRETCH, gap=GAP_4)
        cards = row(gap=GAP_4)
        cards.addLayout(left, 3)
        cards.addWidget(form, 2)
        inner = QWidget(self)
        inner.setLayout(cards)
        self.states = StateStack(inner)
        body = column(self.title, self.states, gap=GAP_3, margins=CONTENT_MARGINS)
        body.setStretch(1, 1)
        self.setLayout(body)

    def _draw_ways(self, state: CollectState, *, waiting: bool) -> None:
        """On the screen or on paper; and what keeps either from being done."""
        reveal(self.nobody, waiting and state.nobody_may_sign)
        reveal(self._check, waiting and not state.nobody_may_sign)
        entering = waiting and state.on_paper and not state.nobody_may_sign
        reveal(self.entry, entering)
        reveal(self._ways, not entering)
        note = ""
        if state.wants_paper:
            note = tr("The family would like to sign on paper: print the form, and enter it when it comes back.")
        elif state.restored:
            note = tr("What the family had typed is here again. The identity is checked anew.")
        why = self._presenter.why_not_ready() if waiting else ""
        self.why.set_text(why)
        reveal(self.why, bool(why))
        self.note.set_text(note)
        reveal(self.note, bool(note))
        at_check = waiting and not entering and not state.handed_over
        self.problem.set_text(state.problem if at_check else "")
        reveal(self.problem, at_check and bool(state.problem))
        if entering:
            self.entry.draw(state, why)
            if not self._on_paper and state.identity:
                self.entry.focus_first()
        self._on_paper = entering

    def _draw_preview(self, state: CollectState) -> None:
        form = state.form
        assert form is not None
        if form is self._previewed:
            return
        self._previewed = form
        clear(self.preview)
        order = state.paper.order if state.paper is not None else None
        for part in form_parts(form, order):
            self.preview.addWidget(part)

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
        self.result.draw(words, state)

    def _open_contacts(self) -> None:
        paper = self._presenter.state.paper
        if paper is not None:
            self._shell.navigator.navigate("students.chart", student_id=str(paper.student.id), tab="contacts")

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
        presenter.on_said = shell.toast

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
        order, renews = str(params.get("order_id", "")), str(params.get("renews", ""))
        self._presenter.open(form, student, order, renews, on_paper=params.get("part") == "paper")

    def deactivate(self) -> None:
        """The desk locks: nothing of the form may stay on the screen; what was typed is kept."""
        self._view.stop_autosave()
        self._presenter.keep_now()
        if self._view.hand_over_window is not None:
            self._presenter.take_back()
            self._view.end()

    def commands(self) -> Sequence[BoundCommand]:
        presenter = self._presenter
        return (
            BoundCommand(HAND_OVER, self._go_on, presenter.why_not_ready),
            BoundCommand(COMMANDS[Keys.PRINT], self._print),
            BoundCommand(BLANK, presenter.print_blank),
            BoundCommand(PAPER, partial(presenter.enter_paper, True), self._why_no_paper),
        )

    def _go_on(self) -> None:
        """Hand over, or record the paper that is being entered."""
        if self._presenter.state.on_paper:
            self._presenter.record_paper()
        else:
            self._presenter.hand_over()

    def _print(self) -> None:
        """The family's copy once it is signed, the form for the pen before."""
        if self._presenter.state.collected is not None:
            self._presenter.print_copy()
        else:
            self._presenter.print_blank()

    def _why_no_paper(self) -> str:
        return tr("Nobody on file may sign this form.") if self._presenter.state.nobody_may_sign else ""


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
