"""Order entry: student and medicine, dose both ways, schedule, prescriber and consent, problems under their fields."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from PySide6.QtCore import QStringListModel, Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLayout, QWidget

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.when import Facing, parse_date
from clinicdesk.domain.medication.orders import PreCheck
from clinicdesk.domain.permissions import Act
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import CONTENT_MARGINS, GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, ChipRow, Kind
from clinicdesk.gui.widgets.cards import Card, PageTitle, SectionHead
from clinicdesk.gui.widgets.choices import Tick
from clinicdesk.gui.widgets.fields import Choice, Field, TextEditor, TypeAhead
from clinicdesk.gui.widgets.layout import STRETCH, FlowLayout, box, clear, column, extend, row, scrolling
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.states import NoPermission, Skeleton, StateStack
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import formats, term, tr
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.medications.order import OrderPresenter
from clinicdesk.presentation.medications.order_state import OrderState, Part, medicine_label, student_label
from clinicdesk.presentation.medications.words import ROUTES_BY_USE, both_ways, order_words
from clinicdesk.presentation.shell import COMMANDS, Keys
from clinicdesk.services.orders import ConsentChoice, OrderOnFile

_HERE = "medications.order"
ACTIVATE = Command(
    "medications.order.activate", "Activate the order", "Ctrl+Return", Group.SCREEN, Scope.SCREEN, "check",
    Act.ACTIVATE_ORDER, _HERE,
)  # fmt: skip
_SCHEDULED, _PRN = "scheduled", "prn"
AUTOSAVE_MS = 700
"""After the last key; with the write itself the words are kept within a second (ux-spec 1.4)."""


class OrderView(QWidget):
    """Draws an `OrderState`. Editors keep what is typed; only what others change is written into them."""

    def __init__(self, shell: ShellContext, presenter: OrderPresenter) -> None:
        super().__init__()
        name(self, "order", tr("New order"))
        self._shell = shell
        self._presenter = presenter
        self._said = ""
        self._listed: tuple[object, ...] = ()
        self.wants_focus = False
        self.fields: dict[Part, Field] = {}
        self.student = TypeAhead("order.student", "", ())
        self._students = QStringListModel(self)
        self.student.completer().setModel(self._students)
        self.student.completer().activated.connect(presenter.find)
        self.student.textEdited.connect(presenter.find)
        self.medicine = TypeAhead("order.medicine", "", ())
        self.medicine.textChanged.connect(self._typed(Part.MEDICINE))
        routes = [("", tr("Choose")), *((one.value, term("dose_route", one.value)) for one in ROUTES_BY_USE)]
        self.route = Choice("order.route", tr("Route"), routes)
        self.route.picked.connect(self._typed(Part.ROUTE))
        self.consent = Choice("order.consent", tr("Consent"))
        self.consent.picked.connect(self._typed(Part.CONSENT))
        self.kind = ChipRow(
            "order.kind", tr("When it is given"), [(_SCHEDULED, tr("At set times")), (_PRN, tr("As needed (PRN)"))]
        )
        self.kind.picked.connect(lambda key: presenter.set_prn(prn=key == _PRN))
        self.elsewhere = Tick(tr("First dose was given outside school"), "order.elsewhere")
        self.elsewhere.toggled.connect(lambda on: presenter.set_given_elsewhere(given=on))
        self.half = Tick(tr("Half tablets allowed"), "order.half")
        self.half.toggled.connect(lambda on: presenter.set_half_tablet(allowed=on))
        self.checks = {check: Tick(term("precheck", check.value), f"order.check.{check.value}") for check in PreCheck}
        self._scheduled = box(row(self._line(Part.TIMES, tr("Times"), "08:00, 12:00"), gap=GAP_3), "order.scheduled")
        self._as_needed = box(self._needed(), "order.asNeeded")
        self._autosave = QTimer(self, singleShot=True, interval=AUTOSAVE_MS)
        self._autosave.timeout.connect(presenter.keep)
        self._kept = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self.clear_button = Button(tr("Clear the form"), "order.clear", size="large")
        self.clear_button.clicked.connect(self._clear)
        self._message = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.activate_button = Button(
            tr("Activate"), "order.activate", kind=Kind.PRIMARY, shortcut="Ctrl+Return", size="large"
        )
        self.activate_button.clicked.connect(presenter.activate)
        self.draft_button = Button(tr("Save draft"), "order.draft", shortcut="Ctrl+S", size="large")
        self.draft_button.clicked.connect(presenter.save_draft)
        self._file = column(gap=GAP_2)
        form = column(self._what(), self._when(), self._who(), gap=GAP_3)
        bar = row(self.activate_button, self.draft_button, self.clear_button, STRETCH, self._kept)
        self._on_file = Card(SectionHead(tr("Orders on file"), ""), body=self._file)
        inner = box(
            column(form, self._message, bar, self._on_file, STRETCH, gap=GAP_3, margins=(4, 4, 4, 4)), "order.body"
        )
        self.states = StateStack(scrolling(inner, "order.scroll", tr("New order")), Skeleton(6, row_height=50))
        title = PageTitle(tr("New order"), tr("An active order is never changed; a change is a new version."))
        body = column(title, self.states, gap=GAP_3, margins=CONTENT_MARGINS)
        body.setStretch(1, 1)
        self.setLayout(body)

    def draw(self, state: OrderState) -> None:
        if state.failure:
            self.states.show_error(state.failure, tr("Nothing was ordered."))
            return
        if not state.loaded:
            self.states.show_loading()
            return
        self._show_texts(state)
        for part, field in self.fields.items():
            field.set_error(state.errors.get(part, ""))
        self.fields[Part.COUNT].set_echo(state.dose_words)
        self.fields[Part.CONSENT].set_echo(state.consent_hint, Role.WARNING)
        self.kind.choose(_PRN if state.prn else _SCHEDULED)
        self._scheduled.setVisible(not state.prn)
        self._as_needed.setVisible(state.prn)
        self.elsewhere.setChecked(state.given_elsewhere)
        self.half.setChecked(state.half_tablet)
        for check, tick in self.checks.items():
            tick.setChecked(check in state.prechecks)
        reveal(self.clear_button, self._presenter.begun)
        at = "" if state.kept_at is None else formats().time(self._presenter.local(state.kept_at))
        self._kept.setText(tr("Kept as a draft {time}", time=at) if at and self._presenter.begun else "")
        if self._presenter.unsaved:
            self._autosave.start()
        for button in (self.activate_button, self.draft_button):
            button.set_available(tr("Writing") if state.busy else "")
        if state.message and state.message != self._said:
            announce(self, state.message, assertive=True)
        self._said = state.message
        self._message.set_text(state.message)
        reveal(self._message, bool(state.message))
        self._show_file(state)
        self.states.show_content()
        if self.wants_focus:
            self.wants_focus = False
            first = self.student if state.student is None else self.medicine
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def stop_autosave(self) -> None:
        self._autosave.stop()

    def _clear(self) -> None:
        again = self._presenter.clear()
        self._shell.toast(tr("The form is empty again."), Tone.INFO, tr("Undo"), again)
        self.student.setFocus(Qt.FocusReason.OtherFocusReason)

    # Parts

    def _what(self) -> Card:
        first = row(gap=GAP_3)
        first.addWidget(self._field(Part.STUDENT, tr("Student"), self.student, required=True), 1)
        first.addWidget(self._field(Part.MEDICINE, tr("Medicine"), self.medicine, required=True), 1)
        second = row(gap=GAP_3)
        second.addWidget(self._line(Part.COUNT, tr("Units a dose"), "1", required=True), 1)
        second.addWidget(self._field(Part.ROUTE, tr("Route"), self.route, required=True), 1)
        return _card(tr("What"), first, second, column(self.half, self.elsewhere, gap=GAP_2))

    def _when(self) -> Card:
        dates = row(gap=GAP_3)
        dates.addWidget(self._line(Part.START, tr("From"), "10/6", required=True), 1)
        dates.addWidget(self._line(Part.END, tr("Until"), "6/18", required=True), 1)
        return _card(tr("When"), self.kind, self._scheduled, self._as_needed, dates)

    def _who(self) -> Card:
        first = row(gap=GAP_3)
        first.addWidget(self._line(Part.PRESCRIBER, tr("Prescriber"), "", required=True), 1)
        first.addWidget(self._line(Part.PHONE, tr("Phone"), ""), 1)
        consent = self._field(Part.CONSENT, tr("Consent"), self.consent)
        return _card(tr("Who"), first, consent, self._line(Part.NOTE, tr("Instructions"), ""))

    def _needed(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP_3)
        grid.addWidget(self._line(Part.INTERVAL, tr("Hours between doses"), "4", required=True), 0, 0)
        grid.addWidget(self._line(Part.PER_DAY, tr("Most doses a day"), "3", required=True), 0, 1)
        grid.addWidget(self._line(Part.INDICATIONS, tr("Given for"), tr("wheeze, before exercise")), 1, 0, 1, 2)
        ticks = FlowLayout(gap=GAP_3)
        for check, tick in self.checks.items():
            tick.toggled.connect(self._checking(check))
            ticks.addWidget(tick)
        before = column(Label(tr("Check before each dose"), TextKind.LABEL), box(ticks, "order.checks"), gap=GAP_2)
        grid.addLayout(before, 2, 0, 1, 2)
        return grid

    def _checking(self, check: PreCheck) -> Callable[[bool], None]:
        return lambda on: self._presenter.set_precheck(check, asked=on)

    def _line(self, part: Part, label: str, example: str, *, required: bool = False) -> Field:
        editor = TextEditor(f"order.{part.value}", placeholder=example)
        editor.textEdited.connect(self._typed(part))
        if part in {Part.START, Part.END}:
            editor.left.connect(lambda: self._echo_date(part))
        return self._field(part, label, editor, required=required)

    def _field(self, part: Part, label: str, editor: QWidget, *, required: bool = False) -> Field:
        self.fields[part] = Field(label, editor, required=required)
        return self.fields[part]

    def _typed(self, part: Part) -> Callable[[str], None]:
        return lambda text: self._presenter.set_text(part, text)

    def _echo_date(self, part: Part) -> None:
        """What the date was understood as, once it is left."""
        try:
            day = parse_date(self._presenter.state.text.get(part, ""), self._presenter.today(), Facing.FUTURE)
        except InvalidValueError:
            self.fields[part].set_echo("")
            return
        self.fields[part].set_echo(f"{formats().weekday_short(day)}, {day.year}")

    def _show_texts(self, state: OrderState) -> None:
        for part, field in self.fields.items():
            editor, words = field.editor, state.text.get(part, "")
            if isinstance(editor, TextEditor) and editor.text() != words:
                editor.setText(words)
        found = [student_label(one) for one in state.found]
        if self._students.stringList() != found:
            self._students.setStringList(found)
            if found and self.student.hasFocus():
                self.student.completer().complete()
        listed = (tuple(one.id for one in state.formulary), tuple(one.id for one in state.consents))
        if listed != self._listed:
            self._listed = listed
            self.medicine.set_choices([medicine_label(one) for one in state.formulary])
            choices = [("", tr("None")), *((str(one.id), _consent(one)) for one in state.consents)]
            self.consent.set_choices(choices)
        self.route.choose(state.text.get(Part.ROUTE, ""))
        self.consent.choose(state.text.get(Part.CONSENT, ""))

    def _show_file(self, state: OrderState) -> None:
        self._on_file.setVisible(bool(state.orders))
        clear(self._file)
        for one in state.orders:
            self._file.addLayout(self._order_line(one))

    def _order_line(self, one: OrderOnFile) -> QHBoxLayout:
        order = one.draft or one.order
        words = f"{order_words(order)}, {both_ways(order)}"
        status = tr("Draft") if one.draft is not None else term("order_status", one.order.status.value)
        line = row(gap=GAP_3)
        line.addWidget(Paragraph(words, TextKind.BODY_MEDIUM), 1)
        line.addWidget(Label(status, TextKind.CAPTION, Role.TEXT_SECONDARY))
        if one.draft is not None:
            button = Button(
                tr("Activate"),
                f"order.file.{one.draft.id}",
                size="head",
                accessible=tr("Activate {order}", order=words),
            )
            button.clicked.connect(self._activating(one.draft.id))
            line.addWidget(button)
        return line

    def _activating(self, draft: uuid.UUID) -> Callable[[], None]:
        return lambda: self._presenter.activate_draft(draft)


class OrderScreen:
    """A new order: `medications.order`, with `student_id` where the student is known."""

    id = _HERE

    def __init__(self, shell: ShellContext, presenter: OrderPresenter) -> None:
        self._shell = shell
        self._presenter = presenter
        self.view = OrderView(shell, presenter)
        self._student: uuid.UUID | None = None
        self.view.states.retried.connect(lambda: presenter.load(self._student))
        presenter.on_change = self.view.draw
        presenter.on_saved = shell.toast

    @property
    def title(self) -> str:
        return tr("New order")

    def widget(self) -> QWidget:
        return self.view

    def activate(self, **params: object) -> None:
        if not self._shell.commands.allowed(Act.WRITE_ORDER):
            self.view.states.show_other(NoPermission(tr("School nurse"), object_name="order.denied"))
            return
        student = params.get("student_id")
        wanted = uuid.UUID(str(student)) if student else None
        self.view.wants_focus = True
        if self._presenter.begun and wanted == self._student:
            # Back to a form that is half filled in: nothing that was typed is lost.
            self.view.draw(self._presenter.state)
            return
        self._student = wanted
        self._presenter.load(wanted)

    def deactivate(self) -> None:
        """What was typed is written as a draft: the desk may lock now, and a draft outlives it."""
        self.view.stop_autosave()
        self._presenter.leave()

    def commands(self) -> Sequence[BoundCommand]:
        return (
            BoundCommand(ACTIVATE, self._presenter.activate),
            BoundCommand(COMMANDS[Keys.SAVE_DRAFT], self._presenter.save_draft),
        )


def _card(title: str, *parts: QWidget | QLayout) -> Card:
    card = Card(SectionHead(title, ""), margins=(GAP_4, GAP_3, GAP_4, GAP_4))
    extend(card.body, *parts)
    return card


def _consent(one: ConsentChoice) -> str:
    state = term("consent_state", one.state.value)
    until = tr("to {date}", date=formats().date(one.until)) if one.until is not None else ""
    return " · ".join(part for part in (one.title, one.signed_by, state, until) if part)
