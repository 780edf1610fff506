"""The dose sheet at the right: identity, order, guard, six rights, last doses, outcomes (ux-spec 7.5, mockup 04)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QMenu, QWidget

from clinicdesk.domain.calendar import Attendance
from clinicdesk.domain.medication.log import DoseOutcome
from clinicdesk.domain.medication.slots import SlotState
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.medications.dose_guard import ControlledCard, GuardCard, emergency_clock, witness_editor
from clinicdesk.gui.screens.medications.dose_identity import identity, last_doses, order_card
from clinicdesk.gui.screens.medications.dose_rights import RightItem
from clinicdesk.gui.screens.medications.dose_stops import FindingCard, SecondPersonCard, reason_chips
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, ChipRow, IconButton, Kind
from clinicdesk.gui.widgets.cards import Card, SectionHead, Separator
from clinicdesk.gui.widgets.fields import Field, PasswordField, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, FlowLayout, box, clear, column, row, scrolling
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.states import ErrorState, Mark
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import formats, term, tr
from clinicdesk.presentation.medications.dose_state import SheetState, missing_prechecks, precheck_skipped
from clinicdesk.presentation.medications.sheet import DosePresenter
from clinicdesk.presentation.medications.words import away_words
from clinicdesk.services.dose_values import DoseSheet

OUTCOMES: tuple[tuple[DoseOutcome, str], ...] = (
    (DoseOutcome.REFUSED, "R"),
    (DoseOutcome.HELD, "H"),
    (DoseOutcome.NOT_AVAILABLE, "N"),
    (DoseOutcome.ABSENT, "A"),
    (DoseOutcome.SELF_CARRIED, "S"),
    (DoseOutcome.WASTED, "W"),
    (DoseOutcome.MISSED, "M"),
)
_KEYS = dict(OUTCOMES)
_IN_THE_BAR = (DoseOutcome.REFUSED, DoseOutcome.HELD, DoseOutcome.NOT_AVAILABLE)
"""Outcomes with a button of their own; the others stand in the menu beside them (mockup 04)."""
_WHEN_AWAY = (DoseOutcome.ABSENT, DoseOutcome.REFUSED, DoseOutcome.HELD)
_WHEN_MISSED = (DoseOutcome.MISSED, DoseOutcome.REFUSED, DoseOutcome.ABSENT)
AUTOSAVE_MS = 700
"""After the last key; with the write itself a draft is kept within a second (ux-spec 1.4)."""


class DoseSheetView(QWidget):
    """Draws a `SheetState`. Parts with text fields are built once a dose, so that typing keeps its place."""

    def __init__(
        self,
        presenter: DosePresenter,
        *,
        private: Callable[[], bool],
        now: Callable[[], dt.datetime],
        close: Callable[[], None],
    ) -> None:
        super().__init__()
        name(self, "dose", tr("Dose"))
        self._presenter = presenter
        self._private = private
        self._now = now
        self._on_close = close
        self._shape: tuple[object, ...] = ()
        self._said = ""
        self._autosave = QTimer(self, singleShot=True, interval=AUTOSAVE_MS)
        self._autosave.timeout.connect(presenter.keep_draft)
        self._body = column(gap=GAP_3, margins=(20, 14, 20, GAP_4))
        self._rights = [RightItem(number) for number in range(1, 7)]
        self._rights[0].clicked.connect(presenter.tick_identity)
        self._rights[1].clicked.connect(presenter.tick_label)
        self._rights_note = SectionHead(tr("Six rights"), "", height=28, kind=TextKind.LABEL)
        self._guard: GuardCard | None = None
        self._timing: list[ChipRow] = []
        self._reasons: ChipRow | None = None
        self._chart: Button | None = None
        self._witness_password: PasswordField | None = None
        self._second_password: PasswordField | None = None
        self._message = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self._scanned = Paragraph("", TextKind.BODY, Role.INFO)
        self.given = Button(tr("Given"), "dose.given", kind=Kind.PRIMARY, shortcut="G", size="large")
        self.given.clicked.connect(self.give)
        inner = box(self._body, "dose.body")
        self._outcomes = FlowLayout(gap=4)
        self._buttons = {outcome: self._outcome_button(outcome) for outcome, _ in OUTCOMES}
        self._footer = row(gap=4, margins=(GAP_2, GAP_3, GAP_2, GAP_3))
        self._scroll = scrolling(inner, "dose.scroll", tr("Dose"))
        outer = column(self._scroll, Separator(role=Role.BORDER), self._footer, gap=0)
        outer.setStretch(0, 1)
        self.setLayout(outer)
        self.more = IconButton("more", tr("More outcomes"), "dose.more")
        self.more.set_kind(Kind.SECONDARY)
        self.more.clicked.connect(self._on_more)
        self._outcomes.addWidget(self.more)
        self._footer.addWidget(box(self._outcomes, "dose.outcomes"), 1)
        self._footer.addWidget(self.given, 0, Qt.AlignmentFlag.AlignBottom)
        self.draw(presenter.state)

    def hideEvent(self, event: QHideEvent) -> None:
        """The sheet hides its content when it closes, however that came about."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._autosave.stop()
            self._on_close()

    def give(self) -> None:
        """Chart as given, with the passwords that stand in the fields."""
        if self._presenter.state.blocked:
            self._to_next()
            announce(self, self._presenter.state.blocked)
            return
        witness = self._witness_password.text() if self._witness_password is not None else ""
        second = self._second_password.text() if self._second_password is not None else ""
        self._presenter.give(witness, second)

    def chart_outcome(self) -> None:
        self._presenter.chart_outcome(self._witness_password.text() if self._witness_password is not None else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        state = self._presenter.state
        if event.key() == Qt.Key.Key_Space and state.outcome is None:
            self._presenter.tick_next()
            return
        if not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            at = event.key() - Qt.Key.Key_1
            if 0 <= at < 9 and self._presenter.choose_at(at):
                if state.outcome is None and self._presenter.state.label:
                    self._to_next()
                return
        super().keyPressEvent(event)

    def draw(self, state: SheetState) -> None:
        sheet = state.sheet
        shape = (
            None if sheet is None else (sheet.order.id, sheet.opened_at),
            tuple(finding.code for finding in state.all_findings),
            state.outcome,
            state.failure,
        )
        if shape != self._shape:
            self._shape = shape
            self._build(state)
        for item, right in zip(self._rights, state.rights, strict=False):
            item.show_right(right)
        ready = tr("ready to give") if not state.blocked else state.blocked
        self._rights_note.set_note(tr("{done} of 6, {what}", done=state.done, what=ready))
        self.given.set_available(state.blocked or (tr("Writing") if state.busy else ""))
        if self._guard is not None:
            self._guard.follow(state)
        for chips in self._timing:
            chips.choose(state.timing.value if state.timing is not None else "")
        if self._reasons is not None:
            self._reasons.choose(state.reason.value if state.reason is not None else "")
        self._speak(state)
        if self._presenter.unsaved:
            self._autosave.start()
        self._follow(state)

    def _speak(self, state: SheetState) -> None:
        """What went wrong, aloud once; a password that did not fit is typed again."""
        reveal(self._message, bool(state.message))
        reveal(self._scanned, bool(state.scanned))
        said = state.message or state.scanned
        if said and said != self._said:
            announce(self, said, assertive=bool(state.message))
            secrets = [one for one in (self._second_password, self._witness_password) if one is not None]
            for secret in secrets:
                if state.message and secret.text():
                    secret.clear()
                    secret.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self._said = said
        self._message.set_text(state.message)
        self._scanned.set_text(state.scanned)

    def _follow(self, state: SheetState) -> None:
        """The focus goes to the next thing to be done; text fields keep it while they are typed in."""
        if state.sheet is None or state.outcome is not None:
            return
        if self._rights[0].hasFocus() and state.identity and not state.label:
            self._rights[1].setFocus(Qt.FocusReason.OtherFocusReason)
        elif any(item.hasFocus() for item in self._rights[:2]) and state.identity and state.label:
            self._to_next()

    def _to_next(self) -> None:
        """Enter in a field, and whatever is asked next: rights first, then what is empty, at last Given."""
        state = self._presenter.state
        if not state.identity or not state.label:
            self._rights[int(state.identity)].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        target = next(iter(self._open_fields(state)), None)
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(target, 0, 40)
        elif not state.blocked:
            self.given.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_fields(self, state: SheetState) -> list[QWidget]:
        """What must still be filled in, from the top down."""
        skipped = missing_prechecks(state) if precheck_skipped(state) else ()
        named = {f"dose.need.{check.value.lower()}" for check in skipped}
        found: list[QWidget] = [
            editor
            for editor in self.findChildren(TextEditor)
            if editor.isVisibleTo(self)
            and not editor.text().strip()
            and editor.objectName().startswith("dose.need")
            and editor.objectName() not in named
        ]
        timed = [one for one in state.open_stops if one.rule == "M4"]
        if timed:
            found += [chips.chip(state.timing_choices[0].value) for chips in self._timing]
        return sorted(found, key=lambda one: (one.mapTo(self, QPoint(0, 0)).y(), one.mapTo(self, QPoint(0, 0)).x()))

    # Parts

    def _outcome_button(self, outcome: DoseOutcome) -> Button:
        words = term("dose_outcome", outcome.value)
        shown = tr("Not avail.") if outcome is DoseOutcome.NOT_AVAILABLE else words
        key = _KEYS[outcome]
        button = Button(shown, f"dose.outcome.{outcome.value.lower()}", shortcut=key, size="head", accessible=words)
        button.clicked.connect(self._chooser(outcome))
        self._outcomes.addWidget(button)
        if outcome not in _IN_THE_BAR:
            button.hide()
        return button

    def _bar(self) -> tuple[DoseOutcome, ...]:
        sheet = self._presenter.state.sheet
        if sheet is not None and sheet.state is SlotState.MISSED:
            return _WHEN_MISSED
        return _WHEN_AWAY if sheet is not None and sheet.away is not None else _IN_THE_BAR

    def _on_more(self) -> None:
        menu = QMenu(self)
        menu.setAccessibleName(tr("More outcomes"))
        bar = self._bar()
        for outcome, key in OUTCOMES:
            if outcome not in bar:
                # The letter is only shown: the command registry acts on it.
                menu.addAction(f"{term('dose_outcome', outcome.value)}\t{key}", self._chooser(outcome))
        menu.popup(self.more.mapToGlobal(self.more.rect().topLeft()) - QPoint(0, menu.sizeHint().height()))

    def _chooser(self, outcome: DoseOutcome) -> Callable[[], None]:
        def choose() -> None:
            self._presenter.choose_outcome(outcome)

        return choose

    def _build(self, state: SheetState) -> None:
        for item in self._rights:
            item.setParent(self)
            item.hide()
        for kept in (self._rights_note, self._message, self._scanned):
            kept.setParent(self)
            kept.hide()
        self._witness_password = self._second_password = None
        self._guard = self._reasons = self._chart = None
        self._timing = []
        clear(self._body)
        bar = self._bar()
        for outcome, button in self._buttons.items():
            button.setVisible(outcome in bar)
        sheet = state.sheet
        if sheet is None:
            if state.failure:
                self._body.addWidget(ErrorState(state.failure, tr("Nothing was charted.")))
            self._body.addStretch(1)
            return
        self._add(identity(sheet, private=self._private()))
        self._add(order_card(sheet))
        if state.draft_at is not None:
            at = formats().time(self._presenter.local(state.draft_at))
            words = tr("Your words of {time} are back. Check them.", time=at)
            self._body.addWidget(Paragraph(words, TextKind.CAPTION, Role.TEXT_SECONDARY))
        if state.outcome is not None:
            self._add(self._reason_card(state, state.outcome))
        else:
            self._stops(state, sheet)
        self._body.addWidget(self._scanned)
        self._body.addWidget(self._message)
        self._body.addLayout(last_doses(sheet, self._presenter.local))
        self._body.addStretch(1)
        for editor in self.findChildren(TextEditor):
            if not isinstance(editor.parent(), PasswordField) and editor.objectName().startswith("dose."):
                self._chain(editor)
        self._begin(state)

    def _begin(self, state: SheetState) -> None:
        """Where the hands go first in what was just built."""
        if state.outcome is None:
            self._to_next()
        elif self._chart is not None:
            self._chart.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self, part: QWidget) -> None:
        """Shown at once, not with the next turn of the loop: what is hidden cannot take the focus."""
        self._body.addWidget(part)
        part.show()

    def _chain(self, editor: TextEditor) -> None:
        """Enter goes on to what is asked next; in a password it gives, in the note of an outcome it charts."""
        if editor.objectName() == "dose.note":
            editor.returnPressed.connect(self.chart_outcome)
        elif editor.echoMode() is TextEditor.EchoMode.Normal:
            editor.returnPressed.connect(self._to_next)

    def _stops(self, state: SheetState, sheet: DoseSheet) -> None:
        """Findings, guard, rights, witness: from what stops the dose to what lets it go on."""
        if sheet.away is not None:
            self._add(_away_card(sheet.away))
        if sheet.state is SlotState.MISSED:
            self._add(_missed_card(nurse=sheet.nurse))
        for finding in state.all_findings:
            card = FindingCard(self._presenter, state, finding)
            if card.reasons is not None:
                self._timing.append(card.reasons)
            self._add(card)
        if state.asks_second:
            second = SecondPersonCard(self._presenter, state)
            self._second_password = second.password
            self._second_password.entered.connect(self.give)
            self._add(second)
        clock = emergency_clock(sheet, self._now()) if sheet.order.emergency else None
        if clock is not None:
            self._add(clock)
        if sheet.guard is not None:
            self._guard = GuardCard(self._presenter, state, sheet)
            self._add(self._guard)
        self._body.addWidget(self._rights_note)
        self._rights_note.show()
        self._body.addLayout(self._rights_grid())
        if state.needs_witness or sheet.count_back:
            controlled = ControlledCard(self._presenter, state, sheet)
            self._witness_password = controlled.password
            if self._witness_password is not None:
                self._witness_password.entered.connect(self.give)
            self._add(controlled)

    def _rights_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for at, item in enumerate(self._rights):
            grid.addWidget(item, at // 3, at % 3)
            item.show()
        return grid

    def _reason_card(self, state: SheetState, outcome: DoseOutcome) -> Card:
        card = Card(SectionHead(term("dose_outcome", outcome.value), tr("why?"), height=34, kind=TextKind.LABEL))
        reasons = self._presenter.reasons(outcome)
        self._reasons = reason_chips("dose.reason", tr("Reason"), reasons)
        by_key = {one.value: one for one in reasons}
        self._reasons.picked.connect(lambda key: self._presenter.choose_reason(by_key[key]))
        note = TextEditor("dose.note")
        note.setText(state.note)
        note.textEdited.connect(self._presenter.set_note)
        card.body.addWidget(self._reasons)
        card.body.addWidget(Field(tr("Note"), note))
        if outcome is DoseOutcome.MISSED:
            words = tr("An incident draft opens by itself, and the parent is to be told.")
            card.body.addWidget(Paragraph(words, TextKind.CAPTION, Role.TEXT_SECONDARY))
        if state.needs_witness and outcome is DoseOutcome.WASTED:
            card.body.addWidget(Field(tr("Witness"), witness_editor(self._presenter, state), required=True))
            self._witness_password = PasswordField(tr("Own password"), "dose.need.witnessPassword")
            self._witness_password.entered.connect(self.chart_outcome)
            card.body.addWidget(self._witness_password)
        chart = Button(
            tr("Chart as {outcome}", outcome=term("dose_outcome", outcome.value).lower()),
            "dose.chartOutcome",
            kind=Kind.PRIMARY,
            shortcut="Ctrl+Return",
        )
        chart.clicked.connect(self.chart_outcome)
        back = Button(tr("Back"), "dose.leaveOutcome")
        back.clicked.connect(self._presenter.leave_outcome)
        card.body.addLayout(row(chart, back, STRETCH))
        self._chart = chart
        return card


def _away_card(away: Attendance) -> Card:
    """Why *absent* is proposed; nothing is charted before a person says so (D41)."""
    words = tr("{why}. Absent is proposed: A charts it.", why=away_words(away))
    return _note_card(words, Shape.WAITING, "dose.away")


def _missed_card(*, nurse: bool) -> Card:
    """Past the cut-off: the reason is owed, and who may still give it (M4, domain rules 3)."""
    words = tr("Past its last time. M charts it as missed, with the reason.")
    if nurse:
        words += " " + tr("It may still be given: say why below.")
    return _note_card(words, Shape.INFO, "dose.missed")


def _note_card(words: str, shape: Shape, object_name: str) -> Card:
    card = Card(margins=(GAP_3, GAP_2, GAP_3, GAP_2))
    name(card, object_name, words)
    card.set_roles(Tone.INFO.fill)
    head = row(gap=GAP_2)
    head.addWidget(Mark(shape, Tone.INFO.text, 18), 0, Qt.AlignmentFlag.AlignTop)
    head.addWidget(Paragraph(words, TextKind.BODY), 1)
    card.body.addLayout(head)
    return card
