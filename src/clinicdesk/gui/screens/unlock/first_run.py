"""First run: invite, code, check number, first person, recovery kit, two words again, done (ux-spec 7.1, D24)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4, GAP_6, GAP_8
from clinicdesk.gui.widgets.buttons import Button, Kind, LinkText
from clinicdesk.gui.widgets.cards import Card
from clinicdesk.gui.widgets.content import ContentArea
from clinicdesk.gui.widgets.fields import Field, NoteEditor, PasswordField, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, FixedColumn, Part, box, column, row
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import tr
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.unlock import FirstRunPresenter, FirstRunState, Joining, Step

CARD_WIDTH = 520
APPROVAL_EVERY_MS = 5000
MOST_INVITE_BYTES = 20_000


class FirstRunView(QWidget):
    """One card, one page at a time. `finished` leads to the sign-in; `printed` asks the owner to print the kit."""

    finished = Signal()
    printed = Signal(object)

    def __init__(
        self,
        service: Joining,
        runner: Runner,
        *,
        ask_two: Callable[[int], tuple[int, int]] | None = None,
        choose_file: Callable[[QWidget], str] | None = None,
    ) -> None:
        super().__init__()
        name(self, "firstRun", tr("Set up this workstation"))
        self._choose_file = choose_file or _choose_file
        self._presenter = FirstRunPresenter(service, runner, self._show, self.finished.emit, ask_two or _two_of)
        self._pages = QStackedWidget()
        self._by_step: dict[Step, QWidget] = {}
        self._first: dict[Step, QWidget] = {}
        makers = {
            Step.INVITE: self._invite_page,
            Step.CODE: self._code_page,
            Step.PERSON: self._person_page,
            Step.NUMBER: self._number_page,
            Step.KIT: self._kit_page,
            Step.RETYPE: self._retype_page,
            Step.DONE: self._done_page,
        }
        for step, make in makers.items():
            page = make()
            self._by_step[step] = page
            self._pages.addWidget(page)
        self._where = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        card = Card(margins=(23, 19, 23, 23), body=column(self._where, self._pages, gap=GAP_2))
        frame = FixedColumn(CARD_WIDTH, column(card))
        brand = row(Mark("school", Role.ACCENT, 20), Label("clinicdesk", TextKind.LABEL), STRETCH, gap=GAP_2)
        inner = column(brand, STRETCH, row(STRETCH, frame, STRETCH), STRETCH, STRETCH, gap=GAP_4)
        inner.setContentsMargins(GAP_8, GAP_6, GAP_8, GAP_6)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(ContentArea(box(inner)))
        self._poll = QTimer(self, interval=APPROVAL_EVERY_MS)
        self._poll.timeout.connect(self._presenter.check_approval)
        self._shown: Step | None = None
        self._show(self._presenter.state)

    @property
    def presenter(self) -> FirstRunPresenter:
        return self._presenter

    # -- pages -------------------------------------------------------------------------------------------------

    def _invite_page(self) -> QWidget:
        self.invite = NoteEditor("firstRun.invite", tr("Invite"), placeholder="clinicdesk-enroll:1?host=…", lines=4)
        self._invite_field = Field(tr("Invite"), self.invite)
        from_file = Button(tr("Open invite file"), "firstRun.file", icon="document")
        from_file.clicked.connect(self._on_file)
        go_on = Button(tr("Continue"), "firstRun.invite.next", kind=Kind.PRIMARY)
        go_on.clicked.connect(self._on_invite)
        self._first[Step.INVITE] = self.invite
        return _page(
            tr("Join your district"),
            tr("Your district gave you an invite: a file, or a text to paste. A new district makes its first one."),
            self._invite_field,
            row(from_file, STRETCH, go_on, gap=GAP_2),
        )

    def _code_page(self) -> QWidget:
        self._host = Paragraph("", TextKind.LABEL)
        self.code = TextEditor("firstRun.code", tr("Code of ten characters"))
        self._code_field = Field(tr("Code of ten characters"), self.code)
        self.code.returnPressed.connect(self._on_code)
        self._code_next = Button(tr("Continue"), "firstRun.code.next", kind=Kind.PRIMARY)
        self._code_next.clicked.connect(self._on_code)
        self._first[Step.CODE] = self.code
        return _page(
            tr("Connect to the district"),
            tr("The code came by another way than the invite. It works once, for 15 minutes."),
            column(Label(tr("District server"), TextKind.CAPTION, Role.TEXT_SECONDARY), self._host, gap=0),
            self._code_field,
            row(self._back("firstRun.code.back"), STRETCH, self._code_next, gap=GAP_2),
        )

    def _number_page(self) -> QWidget:
        self._number = Label("", TextKind.METRIC)
        self._approval = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        self._again = LinkText(tr("Ask again"), "firstRun.number.again", icon="sync")
        self._again.clicked.connect(self._presenter.check_approval)
        self._agrees = Button(tr("The numbers agree"), "firstRun.number.next", kind=Kind.PRIMARY)
        self._agrees.clicked.connect(self._presenter.number_agrees)
        self._first[Step.NUMBER] = self._agrees
        return _page(
            tr("Compare this number"),
            tr("The administrator sees the same twelve digits. If they differ, stop and call your district."),
            self._number,
            self._approval,
            row(self._again, STRETCH, self._agrees, gap=GAP_2),
        )

    def _person_page(self) -> QWidget:
        self.user_name = TextEditor("firstRun.name", tr("Name you sign in with"))
        self._name_field = Field(tr("Name you sign in with"), self.user_name)
        self.password = PasswordField(tr("Password"), "firstRun.password")
        self.password.set_echo(tr("At least 15 characters; a sentence works well."))
        self.again = PasswordField(tr("Password again"), "firstRun.again")
        self.again.entered.connect(self._on_person)
        self._person_next = Button(tr("Connect"), "firstRun.person.next", kind=Kind.PRIMARY)
        self._person_next.clicked.connect(self._on_person)
        self._first[Step.PERSON] = self.user_name
        return _page(
            tr("The first person of this workstation"),
            tr("Only you know this password. Nobody can look it up or reset it without your recovery kit."),
            self._name_field,
            self.password,
            self.again,
            row(self._back("firstRun.person.back"), STRETCH, self._person_next, gap=GAP_2),
        )

    def _kit_page(self) -> QWidget:
        self._kit = Paragraph("", TextKind.TITLE)
        print_kit = Button(tr("Print the kit"), "firstRun.kit.print", icon="printer")
        print_kit.clicked.connect(self._on_print)
        copy = LinkText(tr("Copy"), "firstRun.kit.copy", icon="copy")
        copy.clicked.connect(self._on_copy)
        kept = Button(tr("I have kept it"), "firstRun.kit.next", kind=Kind.PRIMARY)
        kept.clicked.connect(self._presenter.kit_kept)
        self._first[Step.KIT] = print_kit
        return _page(
            tr("Your recovery kit"),
            tr("It opens the workstation if every password is lost, and is shown once. Keep it on paper, locked away."),
            self._kit,
            row(print_kit, copy, STRETCH, kept, gap=GAP_2),
        )

    def _retype_page(self) -> QWidget:
        self.word_one = TextEditor("firstRun.word1", tr("First group asked"))
        self.word_two = TextEditor("firstRun.word2", tr("Second group asked"))
        self._one_field = Field("", self.word_one)
        self._two_field = Field("", self.word_two)
        self.word_two.returnPressed.connect(self._on_retype)
        check = Button(tr("Check"), "firstRun.retype.next", kind=Kind.PRIMARY)
        check.clicked.connect(self._on_retype)
        self._first[Step.RETYPE] = self.word_one
        return _page(
            tr("Two groups of the kit"),
            tr("So that we know the kit can be read."),
            self._one_field,
            self._two_field,
            row(self._back("firstRun.retype.back"), STRETCH, check, gap=GAP_2),
        )

    def _done_page(self) -> QWidget:
        sign_in = Button(tr("Sign in"), "firstRun.done", kind=Kind.PRIMARY)
        sign_in.clicked.connect(self._presenter.finish)
        self._first[Step.DONE] = sign_in
        self._done_words = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        return _page(
            tr("This workstation is set up"),
            "",
            row(Mark(Shape.DONE, Role.SUCCESS, 24), self._done_words, gap=GAP_3),
            row(STRETCH, sign_in),
        )

    def _back(self, object_name: str) -> Button:
        made = Button(tr("Back"), object_name)
        made.clicked.connect(self._presenter.back)
        return made

    # -- showing -----------------------------------------------------------------------------------------------

    def _show(self, state: FirstRunState) -> None:
        steps = list(Step)
        self._where.setText(tr("Step {at} of {all}", at=steps.index(state.step) + 1, all=len(steps)))
        self._pages.setCurrentWidget(self._by_step[state.step])
        self._host.set_text(state.host)
        self._number.setText(state.number_groups)
        self._kit.set_text("-".join(state.recovery))
        self._approval.set_text(self._approval_words(state))
        reveal(self._again, state.needs_approval and not state.approved)
        for label, at in ((self._one_field, 0), (self._two_field, 1)):
            label.label.setText(tr("Group {number}", number=state.asked[at] + 1))
            label.label.show()
        waits = tr("Your district still has to approve it; you can sign in as soon as it has.")
        self._done_words.set_text(tr("Sign in with your new password.") if state.approved else waits)
        for button in (self._code_next, self._person_next):
            button.setEnabled(not state.busy)
        self._show_problem(state)
        if state.step is not self._shown:
            self._enter(state.step)

    def _enter(self, step: Step) -> None:
        self._shown = step
        self._first[step].setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, self._by_step[step].accessibleName())
        if step is Step.NUMBER:
            self._poll.start()
        elif step is Step.DONE:
            self._poll.stop()
        if step is Step.KIT:
            self.password.clear()
            self.again.clear()

    def _approval_words(self, state: FirstRunState) -> str:
        if not state.needs_approval:
            return tr("The first workstation of a district needs no approval.")
        if state.approved:
            return tr("Approved.")
        return state.message or tr("Waiting for approval. You can go on; sign-in works once it is approved.")

    def _show_problem(self, state: FirstRunState) -> None:
        fields: dict[str, Field] = {
            "invite": self._invite_field,
            "code": self._code_field,
            "name": self._name_field,
            "password": self.password,
            "again": self.again,
            "first": self._one_field,
            "second": self._two_field,
        }
        for key, field in fields.items():
            field.set_error(state.message if key == state.field else "")

    # -- acting ------------------------------------------------------------------------------------------------

    def _on_file(self) -> None:
        chosen = self._choose_file(self)
        if not chosen:
            return
        path = Path(chosen)
        if path.stat().st_size > MOST_INVITE_BYTES:
            self._invite_field.set_error(tr("This file is too large to be an invite."))
            return
        self.invite.setPlainText(path.read_text(encoding="utf-8", errors="replace").strip())
        self._on_invite()

    def _on_invite(self) -> None:
        self._presenter.take_invite(self.invite.toPlainText().strip())

    def _on_code(self) -> None:
        self._presenter.take_code(self.code.text().strip())

    def _on_person(self) -> None:
        self._presenter.make_person(self.user_name.text(), self.password.text(), self.again.text())

    def _on_retype(self) -> None:
        self._presenter.retype(self.word_one.text(), self.word_two.text())

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText("-".join(self._presenter.state.recovery))
        announce(self, tr("Copied"))

    def _on_print(self) -> None:
        self.printed.emit(self._presenter.state.recovery)


def _page(title: str, words: str, *parts: Part) -> QWidget:
    lines = column(Paragraph(title, TextKind.TITLE), gap=GAP_4)
    if words:
        lines.insertWidget(1, Paragraph(words, TextKind.BODY, Role.TEXT_SECONDARY))
    for part in parts:
        if isinstance(part, QWidget):
            lines.addWidget(part)
        else:
            lines.addLayout(part)  # type: ignore[arg-type]  # pages hold widgets and layouts only
    lines.addStretch(1)
    made = box(lines)
    made.setAccessibleName(title)
    return made


def _choose_file(parent: QWidget) -> str:
    path, _ = QFileDialog.getOpenFileName(parent, tr("Open invite file"), "", tr("Invites (*.txt *.invite *.enroll)"))
    return path


def _two_of(count: int) -> tuple[int, int]:
    """Two different places among the groups of the kit."""
    first, second = sorted(secrets.SystemRandom().sample(range(count), 2))
    return first, second
