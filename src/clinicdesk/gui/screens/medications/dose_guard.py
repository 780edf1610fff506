"""The PRN guard with its checks, the controlled count with its witness, and the clock of an emergency (M5, M9, M16)."""

from __future__ import annotations

import datetime as dt

from PySide6.QtWidgets import QHBoxLayout

from clinicdesk.domain.medication.frequency_rules import PrnGuard
from clinicdesk.domain.medication.orders import PreCheck
from clinicdesk.domain.medication.prechecks import GLUCOSE_UNITS, PEAK_FLOW_UNIT
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3
from clinicdesk.gui.widgets.buttons import ChipRow
from clinicdesk.gui.widgets.cards import Card, SectionHead
from clinicdesk.gui.widgets.fields import Field, PasswordField, TextEditor, TypeAhead
from clinicdesk.gui.widgets.layout import column, row
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import term, tr
from clinicdesk.presentation.medications.dose_state import (
    PRECHECK_MISSING,
    Lifting,
    SheetState,
    missing_prechecks,
    precheck_skipped,
)
from clinicdesk.presentation.medications.sheet import DosePresenter
from clinicdesk.presentation.medications.words import Local, amount_words, emergency_minutes, when_words
from clinicdesk.services.dose_values import DoseSheet

_UNITS = {PreCheck.PEAK_FLOW: PEAK_FLOW_UNIT, PreCheck.GLUCOSE: GLUCOSE_UNITS[0]}


class GuardCard(Card):
    """Verdict in a sentence, last dose and count, the reason it is given for, the checks that the order asks for."""

    def __init__(self, presenter: DosePresenter, state: SheetState, sheet: DoseSheet) -> None:
        super().__init__(margins=(GAP_3, GAP_2, GAP_3, GAP_3))
        self._mark = Mark(Shape.DONE, Role.SUCCESS, 18)
        self._verdict = Paragraph("", TextKind.LABEL)
        self.indications: ChipRow | None = None
        self.checks: dict[PreCheck, Field] = {}
        head = row(self._mark, gap=GAP_2)
        head.addWidget(self._verdict, 1)
        self.body.addLayout(head)
        if sheet.guard is not None:
            self.body.addLayout(_cells(sheet.guard, sheet.opened_at, presenter.local))
        choices = presenter.indications()
        if choices:
            self.indications = ChipRow(
                "dose.indication",
                tr("Given for"),
                [(words, f"{at} {words}") for at, words in enumerate(choices, 1)],
            )
            self.indications.picked.connect(presenter.choose_indication)
            self.body.addWidget(self.indications)
        prn = sheet.order.prn
        asked = sorted(prn.prechecks) if prn is not None else []
        for check in asked:
            self.body.addWidget(self._check(presenter, state, check, required=not sheet.order.emergency))
        if asked and not sheet.order.emergency:
            self.body.addWidget(self._instead(presenter, state, sheet))

    def follow(self, state: SheetState) -> None:
        """Verdict, choice and problems as they are now."""
        tone, shape, words = _verdict(state)
        self.set_roles(tone.fill)
        self._mark.set_mark(shape, tone.text)
        self._verdict.set_text(words)
        self._verdict.set_role(tone.text)
        if self.indications is not None:
            self.indications.choose(state.indication)
        for check, field in self.checks.items():
            field.set_error(state.precheck_problems.get(check, ""))

    def _check(self, presenter: DosePresenter, state: SheetState, check: PreCheck, *, required: bool) -> Field:
        editor = TextEditor(f"dose.need.{check.value.lower()}", unit=_UNITS.get(check, ""))
        editor.setText(state.prechecks.get(check, ""))
        editor.textEdited.connect(lambda text: presenter.set_precheck(check, text))
        editor.left.connect(lambda: presenter.check_precheck(check))
        editor.returnPressed.connect(lambda: presenter.check_precheck(check))
        self.checks[check] = Field(term("precheck", check.value), editor, required=required)
        return self.checks[check]

    def _instead(self, presenter: DosePresenter, state: SheetState, sheet: DoseSheet) -> Field | Paragraph:
        """The way on where a check cannot be done: a registered nurse's, with her reason (M5)."""
        if not sheet.nurse:
            words = tr("Without these checks only a registered nurse can go on.")
            return Paragraph(words, TextKind.CAPTION, Role.TEXT_SECONDARY)
        reason = TextEditor("dose.own.precheck.reason")
        reason.setText(state.lifting.get(PRECHECK_MISSING, Lifting()).reason)
        reason.textEdited.connect(lambda text: presenter.set_reason_for(PRECHECK_MISSING, text))
        return Field(tr("If a check cannot be done: why"), reason, caption=True)


class ControlledCard(Card):
    """Register before and after, the count back, and the witness with the own password (M9)."""

    def __init__(self, presenter: DosePresenter, state: SheetState, sheet: DoseSheet) -> None:
        super().__init__(SectionHead(tr("Controlled"), "", height=34, kind=TextKind.LABEL))
        self.password: PasswordField | None = None
        stock = sheet.stock
        if stock is not None and stock.balance is not None and stock.after is not None:
            words = tr(
                "Register: {before} before, {after} after this dose",
                before=amount_words(stock.balance, stock.unit),
                after=amount_words(stock.after, stock.unit),
            )
            self.body.addWidget(Paragraph(words, TextKind.CAPTION, Role.TEXT_SECONDARY))
        line = row(gap=GAP_3)
        if sheet.count_back:
            counted = TextEditor("dose.need.counted")
            counted.setText(state.counted)
            counted.textEdited.connect(presenter.set_counted)
            line.addWidget(Field(tr("Counted back"), counted, required=True), 1)
        if state.needs_witness:
            witness = witness_editor(presenter, state)
            line.addWidget(Field(tr("Witness"), witness, required=True), 1)
            self.password = PasswordField(tr("Own password"), "dose.need.witnessPassword")
            line.addWidget(self.password, 1)
        self.body.addLayout(line)


def witness_editor(presenter: DosePresenter, state: SheetState) -> TypeAhead:
    """The witness's sign-in name; its beginning is enough."""
    witness = TypeAhead("dose.need.witness", "", presenter.staff())
    witness.setText(state.witness)
    witness.textChanged.connect(presenter.set_witness)
    return witness


def emergency_clock(sheet: DoseSheet, now: dt.datetime) -> Paragraph | None:
    """Minutes since the first dose of the running emergency; nothing before there was one (M16)."""
    minutes = emergency_minutes(sheet, now)
    if minutes is None:
        return None
    return Paragraph(tr("First dose {minutes} min ago", minutes=minutes), TextKind.LABEL, Role.DANGER)


def _verdict(state: SheetState) -> tuple[Tone, Shape, str]:
    """The guard in a sentence: what stops, what is still to be checked, or that it may be given."""
    emergency = state.sheet is not None and state.sheet.order.emergency
    missing = bool(missing_prechecks(state)) and not emergency
    if state.open_stops:
        return Tone.DANGER, Shape.ALLERGY, tr("PRN guard: not now")
    if missing and not precheck_skipped(state):
        return Tone.INFO, Shape.INFO, tr("PRN guard: check first")
    if state.stops or missing:
        return Tone.WARNING, Shape.PLAN, tr("PRN guard: goes on with a reason")
    return Tone.SUCCESS, Shape.DONE, tr("PRN guard: may be given now")


def _cells(guard: PrnGuard, now: dt.datetime, local: Local) -> QHBoxLayout:
    last, after = guard.last_dose, guard.next_allowed_at
    waits = after is not None and after > now
    parts = (
        (
            tr("Last dose"),
            when_words(last.event_at, now, local) if last is not None else tr("none"),
            tr("next from {time}", time=when_words(after, now, local)) if after is not None and waits else "",
        ),
        (
            tr("Today"),
            tr("{count} of {maximum}", count=guard.count, maximum=guard.maximum),
            tr("this is number {number}", number=guard.count + 1),
        ),
    )
    cells = row(gap=GAP_3)
    for caption, value, hint in parts:
        cells.addLayout(
            column(
                Label(caption, TextKind.CAPTION, Role.TEXT_SECONDARY),
                Label(value, TextKind.LABEL),
                Label(hint, TextKind.CAPTION, Role.TEXT_SECONDARY, elide=True),
                gap=0,
            ),
            1,
        )
    return cells
