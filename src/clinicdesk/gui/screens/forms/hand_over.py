"""The hand-over: a window of its own, full screen, in which only the form can be reached (`ux-spec.md` 7.7)."""

from __future__ import annotations

import json
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QButtonGroup, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.forms.guard import KeyGuard
from clinicdesk.gui.screens.forms.questions import Questions
from clinicdesk.gui.theme import Role, TextKind, theme
from clinicdesk.gui.theme.metrics import GAP_3, GAP_4, GAP_6, LEAST_TOUCH_TARGET
from clinicdesk.gui.widgets.buttons import Button, Chip, Kind
from clinicdesk.gui.widgets.cards import Card, Separator, Surface
from clinicdesk.gui.widgets.choices import Tick
from clinicdesk.gui.widgets.content import ContentArea
from clinicdesk.gui.widgets.fields import Choice, Field, PasswordField, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, column, row
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.signature import SignaturePad
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import Language
from clinicdesk.i18n.formats import Formats
from clinicdesk.presentation.forms.collecting import CollectPresenter, CollectState
from clinicdesk.presentation.forms.words import RELATIONS
from clinicdesk.services.consent_record import disclosure, relation_words
from clinicdesk.services.consent_values import How

_LEAST_TWO_COLUMNS = 1000


class Pad(SignaturePad):
    """The signature box: with the keyboard there is one way to sign in it, by the name as it is typed."""

    typed_wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter} and not self.is_signed():
            self.typed_wanted.emit()
            return
        super().keyPressEvent(event)


class HandOver(Surface):
    """What the family sees. It is shown in place of the main window and closes only by a staff password."""

    def __init__(self, presenter: CollectPresenter) -> None:
        super().__init__(Role.BG)
        self._presenter = presenter
        self._language = ""
        self._may_close = False
        self._guard = KeyGuard(self)
        name(self, "handOver", "ClinicDesk")
        self.setWindowTitle("ClinicDesk")
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setMinimumSize(QSize(1024, 700))
        self._build()
        theme().changed.connect(self._arrange)

    # The window

    def showEvent(self, event: QShowEvent) -> None:
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self._guard)
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Side by side, or below each other where large letters leave no room for two columns."""
        narrow = self.width() < theme().width(_LEAST_TWO_COLUMNS)
        flow = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._cards.setDirection(flow)
        self._head.setDirection(flow)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window manager's close is no way out either."""
        if not self._may_close:
            event.ignore()
            return
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self._guard)
        super().closeEvent(event)

    def focus_first(self) -> None:
        """The first question of the form; without one, the name."""
        first = next(iter(self.questions.stops()), self.full_name)
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def end(self) -> None:
        """Staff has the screen again, or the desk locks."""
        self._may_close = True
        self.close()
        self.deleteLater()

    # Drawing

    def draw(self, state: CollectState) -> None:
        if state.paper is None or state.form is None:
            return
        if state.language != self._language:
            self._language = state.language
            self._speak(state)
        self._languages[state.language].setChecked(True)
        done = state.collected is not None
        self._pages.setCurrentWidget(self._thanks if done else self._form_page)
        self.sign.setEnabled(not state.busy)
        self.refuse.setEnabled(not state.busy)
        self._say(state)
        typed = state.how is How.TYPED
        reveal(self.witness_field, state.how is How.MARK)
        self.type_name.set_kind(Kind.SECONDARY if typed else Kind.GHOST)
        self.mark.set_kind(Kind.SECONDARY if state.how is How.MARK else Kind.GHOST)
        if done:
            declined = state.collected is not None and state.collected.state.value == "DECLINED"
            words = (
                "Your answer is kept. Please give the screen back."
                if declined
                else "Thank you. Please give the screen back."
            )
            if self._thanks_words.text() != state.tr(words):
                self._thanks_words.set_text(state.tr(words))
                announce(self, state.tr(words))
                self.unlock.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, state: CollectState) -> None:
        at_lock = state.field == "password"
        self.password.set_error(state.problem if at_lock else "")
        self.problem.set_text("" if at_lock else state.problem)
        reveal(self.problem, bool(state.problem) and not at_lock)
        if state.problem and not at_lock:
            announce(self, state.problem)
            if state.block and self.questions.focus(state.block):
                return
            editor = {"signed_by": self.full_name, "witness": self.witness, "signature": self.pad}.get(state.field)
            if editor is not None:
                editor.setFocus(Qt.FocusReason.OtherFocusReason)

    # Building

    def _build(self) -> None:
        self._languages: dict[str, Chip] = {}
        self._group = QButtonGroup(self)
        chips = row(gap=0)
        for code, words in (("en", "English"), ("es", "Español")):
            chip = Chip(words, f"handOver.language.{code}")
            chip.setProperty("size", "touch")
            chip.clicked.connect(partial(self._presenter.speak, code))
            self._group.addButton(chip)
            self._languages[code] = chip
            chips.addWidget(chip)
        self._site = Label("", TextKind.LABEL, elide=True)
        self.unlock = Button("", "handOver.unlock", icon="lock", size="touch")
        self.unlock.clicked.connect(self._on_unlock)
        bar = Surface(Role.SURFACE, ("bottom",))
        line = row(
            Mark("school", Role.ACCENT),
            self._site,
            Mark("globe", Role.TEXT_SECONDARY),
            chips,
            self.unlock,
            gap=GAP_4,
            margins=(48, 14, 48, 14),
        )
        line.setStretchFactor(self._site, 1)
        bar.setLayout(line)
        self.password = PasswordField("", "handOver.password")
        self.password.entered.connect(self._on_password)
        self.confirm = Button("", "handOver.confirm", kind=Kind.PRIMARY, size="touch")
        self.confirm.clicked.connect(self._on_password)
        self.stay = Button("", "handOver.stay", kind=Kind.GHOST, size="touch")
        self.stay.clicked.connect(self._on_stay)
        self._lock_card = Card()
        self._lock_words = Label("", TextKind.LABEL)
        line = row(self._lock_words, self.password, self.confirm, self.stay, gap=GAP_4)
        line.setStretch(1, 1)
        self._lock_card.body.addLayout(line)
        self._lock_card.hide()
        self._form_page = QWidget(self)
        self._thanks = QWidget(self)
        self._thanks_words = Paragraph("", TextKind.TITLE)
        said = row(STRETCH, Mark(Shape.DONE, Role.SUCCESS, 28), self._thanks_words, STRETCH, gap=GAP_4)
        self._thanks.setLayout(column(STRETCH, said, STRETCH, STRETCH, margins=(48, 48, 48, 48)))
        self._build_form()
        inner = QWidget(self)
        self._pages = QStackedLayout(inner)
        self._pages.addWidget(self._form_page)
        self._pages.addWidget(self._thanks)
        outer = column(bar, row(self._lock_card, margins=(48, GAP_3, 48, 0)), gap=0)
        outer.addWidget(ContentArea(inner), 1)
        self.setLayout(outer)

    def _build_form(self) -> None:
        self._title = Label("", TextKind.METRIC)
        self._student = Label("", TextKind.TITLE, Role.TEXT_SECONDARY)
        self._version = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self._head = row(self._title, self._student, STRETCH, self._version, gap=GAP_3)
        self._left = Card(margins=(GAP_6, GAP_6, GAP_6, GAP_6))
        self.questions = Questions("handOver.block", self._presenter.answer)
        self._rule = Label("", TextKind.LABEL)
        self._disclosure = Paragraph("", TextKind.BODY)
        self.paper = Button("", "handOver.paper", icon="paper", size="touch")
        self.paper.clicked.connect(self._on_paper)
        self.copy = Tick("", "handOver.copy")
        self.copy.setMinimumHeight(LEAST_TOUCH_TARGET)
        self.copy.setChecked(self._presenter.state.wants_copy)
        self.copy.toggled.connect(self._presenter.want_copy)
        self._left.body.addWidget(self.questions)
        self._left.body.addWidget(self._rule)
        self._left.body.addWidget(self._disclosure)
        self._left.body.addStretch(1)
        self._left.body.addWidget(Separator())
        self._left.body.addLayout(row(self.paper, self.copy, STRETCH, gap=GAP_4))
        right = Card(margins=(GAP_6, GAP_6, GAP_6, GAP_6))
        self._who = Label("", TextKind.LABEL)
        self.full_name = TextEditor("handOver.name")
        self.full_name.textEdited.connect(self._on_name)
        self.relation = Choice("handOver.relation", "")
        self.relation.picked.connect(self._presenter.choose_relation)
        self._name_field, self._relation_field = Field("", self.full_name), Field("", self.relation)
        self._checked = Label("", TextKind.BODY, Role.SUCCESS)
        names = QHBoxLayout()
        names.setContentsMargins(0, 0, 0, 0)
        names.setSpacing(GAP_4)
        names.addWidget(self._name_field, 5)
        names.addWidget(self._relation_field, 3)
        self._sign_here = Label("", TextKind.LABEL)
        self.undo = Button("", "handOver.undo", icon="undo", size="touch")
        self.clear = Button("", "handOver.clear", icon="cross", size="touch")
        self.pad = Pad("handOver.pad", "Signature")
        self.pad.typed_wanted.connect(self._on_type_name)
        self._how_to = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self._when = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self.undo.clicked.connect(self.pad.undo_stroke)
        self.clear.clicked.connect(self._on_clear)
        self.pad.signed.connect(self._on_pen)
        self.undo.setEnabled(False)
        self.clear.setEnabled(False)
        self.type_name = Button("", "handOver.typeName", kind=Kind.GHOST, icon="keyboard", size="touch")
        self.mark = Button("", "handOver.mark", kind=Kind.GHOST, icon="people", size="touch")
        self.type_name.clicked.connect(self._on_type_name)
        self.mark.clicked.connect(self._on_mark)
        self.witness = TextEditor("handOver.witness")
        self.witness.textEdited.connect(self._presenter.type_witness)
        self.witness_field = Field("", self.witness)
        self.witness_field.hide()
        self.problem = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.problem.hide()
        self.refuse = Button("", "handOver.refuse", size="touch")
        self.sign = Button("", "handOver.sign", kind=Kind.PRIMARY, icon="check", size="touch")
        self.refuse.clicked.connect(self._presenter.refuse)
        self.sign.clicked.connect(self._on_sign)
        lines: QVBoxLayout | QHBoxLayout = column(
            self._who,
            names,
            row(Mark(Shape.DONE, Role.SUCCESS, 18), self._checked, STRETCH),
            Separator(),
            row(self._sign_here, STRETCH, self.undo, self.clear, gap=GAP_3),
            self.pad,
            row(self._how_to, STRETCH, self._when),
            row(self.type_name, self.mark, STRETCH),
            self.witness_field,
            self.problem,
            Separator(),
            row(self.refuse, STRETCH, self.sign),
            gap=GAP_3,
        )
        lines.setStretch(5, 1)
        right.body.addLayout(lines)
        self._cards = QHBoxLayout()
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(32)
        self._cards.addWidget(self._left, 696)
        self._cards.addWidget(right, 616)
        page = column(self._head, gap=GAP_4, margins=(48, GAP_6, 48, GAP_6))
        page.addLayout(self._cards, 1)
        self._form_page.setLayout(page)

    def _speak(self, state: CollectState) -> None:
        """Every word anew, in the signer's language; what was entered stays."""
        paper, form, tr = state.paper, state.form, state.tr
        assert paper is not None
        assert form is not None
        self._site.setText(tr("{school}, health office", school=paper.school))
        self.unlock.set_text(tr("Staff: unlock to leave"))
        self._lock_words.setText(tr("Staff only"))
        self.password.label.setText(tr("Password of the person signed in"))
        reveal(self.password.label, True)
        self.password.line.setAccessibleName(tr("Password of the person signed in"))
        self.confirm.set_text(tr("Take the screen back"))
        self.stay.set_text(tr("Stay on the form"))
        self._title.setText(form.title)
        written = Formats(Language(form.language))
        self._student.setText(
            tr("for {student}, grade {grade}", student=paper.student.name.shown, grade=paper.student.grade)
        )
        published = paper.form.published_at
        version = tr("Form version {version}", version=paper.form.version)
        self._version.setText(f"{version}, {written.date(published.date())}" if published is not None else version)
        now = self._presenter.now()
        self._when.setText(f"{written.date(now.date())}, {written.time(now)}")
        self._how_to.setText(tr("Sign with the pen or a finger; Space signs by the typed name"))
        self._rule.setText(tr("Signing on this screen"))
        self._disclosure.set_text(disclosure(form.language))
        self.copy.setText(tr("Print a copy for me"))
        self.copy.setAccessibleName(tr("Print a copy for me"))
        self._who.setText(tr("Who is signing"))
        self._relabel(self._name_field, tr("Your full name"))
        self._relabel(self._relation_field, tr("You are the child's"))
        self._relabel(self.witness_field, tr("Full name of the witness"))
        self.full_name.setText(state.signed_by)
        self.relation.set_choices([(key, relation_words(key, form.language)) for key in RELATIONS])
        self.relation.choose(state.relation)
        self._checked.setText(tr("Identity checked by staff: {how}", how=tr(state.identity)))
        self._sign_here.setText(tr("Your signature"))
        self.undo.set_text(tr("Undo stroke"))
        self.clear.set_text(tr("Clear"))
        self.pad.setAccessibleName(tr("Your signature"))
        self.type_name.set_text(tr("Type my name"))
        self.mark.set_text(tr("Sign with a mark, with a witness"))
        self.paper.set_text(tr("Use paper instead"))
        self.refuse.set_text(tr("I do not agree"))
        self.sign.set_text(tr("Sign and give permission"))
        self.questions.draw(form, paper.order, state.answers)
        self._order_tabs()

    def _order_tabs(self) -> None:
        """The form, the name, the signature, then the ways around it: what most people need comes first."""
        after = [*self.questions.stops(), self.full_name, self.relation, self.pad, self.type_name, self.mark]
        after += [self.witness, self.sign, self.refuse, self.undo, self.clear, self.paper, self.copy]
        after += [*self._languages.values(), self.unlock]
        for one, other in pairwise(after):
            self.setTabOrder(one, other)

    def _relabel(self, field: Field, words: str) -> None:
        field.label.setText(words)
        reveal(field.label, True)
        field.editor.setAccessibleName(words)

    # What people do

    def _on_name(self, text: str) -> None:
        self._presenter.type_name(text)
        if self._presenter.state.how is How.TYPED:
            self.pad.set_typed(text)

    def _on_type_name(self) -> None:
        self.pad.set_typed(self.full_name.text())
        self._presenter.sign_by(How.TYPED)
        self.sign.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_mark(self) -> None:
        self.pad.clear()
        self._presenter.sign_by(How.MARK)
        self.witness.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_clear(self) -> None:
        self.pad.clear()
        if self._presenter.state.how is How.TYPED:
            self._presenter.sign_by(How.PEN)

    def _on_pen(self, signed: bool) -> None:
        self.undo.setEnabled(bool(self.pad.strokes()))
        self.clear.setEnabled(signed)
        if self.pad.strokes() and self._presenter.state.how is How.TYPED:
            self._presenter.sign_by(How.PEN)

    def _on_sign(self) -> None:
        strokes = self.pad.strokes()
        wide, tall = max(1, self.pad.width()), max(1, self.pad.height())
        shares = [[(point.x / wide, point.y / tall) for point in stroke] for stroke in strokes]
        samples = [[[point.x, point.y, point.pressure, point.t] for point in stroke] for stroke in strokes]
        pen = json.dumps(samples).encode() if samples else None
        self._presenter.sign(shares, pen)

    def _on_paper(self) -> None:
        self._presenter.want_paper(True)
        self._on_unlock()

    def _on_unlock(self) -> None:
        self._lock_card.show()
        self.password.clear()
        self.password.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_stay(self) -> None:
        self._presenter.want_paper(False)
        self.password.clear()
        self.password.set_error("")
        self._lock_card.hide()

    def _on_password(self) -> None:
        password = self.password.text()
        self.password.clear()
        if password:
            self._presenter.leave(password)
