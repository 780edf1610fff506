"""The dose sheet at the right: identity, order, guard, six rights, last doses, outcomes (ux-spec 7.5, mockup 04)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QMenu, QSizePolicy, QWidget

from clinicdesk.domain.findings import Finding, OverrideBy
from clinicdesk.domain.medication.log import DoseOutcome
from clinicdesk.gui import icons
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.people import face_of
from clinicdesk.gui.theme import Role, TextKind, Tone, paint, theme
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4, RADIUS_FIELD
from clinicdesk.gui.widgets.buttons import Button, ChipRow, IconButton, Kind
from clinicdesk.gui.widgets.cards import Card, SectionHead, Separator
from clinicdesk.gui.widgets.fields import Field, PasswordField, TextEditor, TypeAhead
from clinicdesk.gui.widgets.layout import STRETCH, FlowLayout, box, clear, column, row, scrolling
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.people import Portrait
from clinicdesk.gui.widgets.states import ErrorState, Mark
from clinicdesk.gui.widgets.tags import Tag, TagRow, allergy_badge, cleared_badge
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import formats, term, tr
from clinicdesk.presentation.medications.sheet import (
    DosePresenter,
    Right,
    RightState,
    SheetState,
    dose_line,
    order_title,
)
from clinicdesk.presentation.medications.words import (
    amount_words,
    consent_words,
    finding_words,
    past_words,
    stock_words,
    tone_of,
)
from clinicdesk.presentation.shell import masked
from clinicdesk.services.dose_values import DoseSheet

OUTCOMES: tuple[tuple[DoseOutcome, str], ...] = (
    (DoseOutcome.REFUSED, "R"),
    (DoseOutcome.HELD, "H"),
    (DoseOutcome.NOT_AVAILABLE, "N"),
    (DoseOutcome.ABSENT, "A"),
    (DoseOutcome.SELF_CARRIED, "S"),
    (DoseOutcome.WASTED, "W"),
)
_IN_THE_BAR = 3
"""Outcomes with a button of their own; the others stand in the menu beside them (mockup 04)."""
_SHAPES = {
    RightState.DONE: (Shape.DONE, Role.SUCCESS),
    RightState.NEXT: (Shape.DUE, Role.INFO),
    RightState.WAITING: (Shape.WAITING, Role.TEXT_SECONDARY),
    RightState.DEVIATION: (Shape.PLAN, Role.WARNING),
}
_FINDING_SHAPES = {"danger": Shape.ALLERGY, "warning": Shape.PLAN, "info": Shape.INFO}


class RightItem(QAbstractButton):
    """One of the six rights: shape, number, word and the evidence below."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._right = Right(number, "", "", RightState.WAITING)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if number <= 2 else Qt.FocusPolicy.NoFocus)
        name(self, f"dose.right.{number}", str(number))
        self.setProperty("ring", RADIUS_FIELD)

    def show_right(self, right: Right) -> None:
        self._right = right
        self.setAccessibleName(f"{right.number} {right.word}: {right.evidence}")
        self.setAccessibleDescription(right.state.value)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, theme().height(50, 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, right = theme(), self._right
        painter = QPainter(self)
        shape, role = _SHAPES[right.state]
        done, deviates = right.state is RightState.DONE, right.state is RightState.DEVIATION
        fill = Role.SUCCESS_BG if done else Role.WARNING_BG if deviates else Role.RAISED
        border = Role.BORDER_CONTROL if right.state is RightState.NEXT else Role.BORDER
        paint.rounded(painter, self.rect(), RADIUS_FIELD, fill=look.colour(fill), border=look.colour(border))
        upper, lower = look.line(TextKind.CAPTION_STRONG), look.line(TextKind.CAPTION)
        top = (self.height() - upper - lower) / 2
        icons.paint(painter, shape.value, QRectF(8, top + (upper - 15) / 2, 15, 15), look.colour(role))
        left, wide = 28.0, self.width() - 32.0
        word = f"{right.number} {right.word}"
        paint.text(painter, QRectF(left, top, wide, upper), word, TextKind.CAPTION_STRONG, role)
        below = Role.TEXT if done or deviates else Role.TEXT_SECONDARY
        paint.text(painter, QRectF(left, top + upper, wide, lower), right.evidence, TextKind.CAPTION, below, elide=True)


class DoseSheetView(QWidget):
    """Draws a `SheetState`. Parts with text fields are built once a dose, so that typing keeps its place."""

    def __init__(self, presenter: DosePresenter, *, private: Callable[[], bool], close: Callable[[], None]) -> None:
        super().__init__()
        name(self, "dose", tr("Dose"))
        self._presenter = presenter
        self._private = private
        self._on_close = close
        self._shape: tuple[object, ...] = ()
        self._said = ""
        self._body = column(gap=GAP_3, margins=(20, 14, 20, GAP_4))
        self._rights = [RightItem(number) for number in range(1, 7)]
        self._rights[0].clicked.connect(presenter.tick_identity)
        self._rights[1].clicked.connect(presenter.tick_label)
        self._rights_note = SectionHead(tr("Six rights"), "", height=28, kind=TextKind.LABEL)
        self._indications: ChipRow | None = None
        self._witness_password: PasswordField | None = None
        self._second_password: PasswordField | None = None
        self._message = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.given = Button(tr("Given"), "dose.given", kind=Kind.PRIMARY, shortcut="G", size="large")
        self.given.clicked.connect(self.give)
        inner = box(self._body, "dose.body")
        self._outcomes = FlowLayout(gap=4)
        self._footer = row(gap=4, margins=(GAP_2, GAP_3, GAP_2, GAP_3))
        outer = column(scrolling(inner, "dose.scroll", tr("Dose")), Separator(role=Role.BORDER), self._footer, gap=0)
        outer.setStretch(0, 1)
        self.setLayout(outer)
        self.more = IconButton("more", tr("More outcomes"), "dose.more")
        self.more.set_kind(Kind.SECONDARY)
        self.more.clicked.connect(self._on_more)
        self._fill_footer()
        self.draw(presenter.state)

    def hideEvent(self, event: QHideEvent) -> None:
        """The sheet hides its content when it closes, however that came about."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._on_close()

    def give(self) -> None:
        """Chart as given, with the passwords that stand in the fields."""
        witness = self._witness_password.text() if self._witness_password is not None else ""
        second = self._second_password.text() if self._second_password is not None else ""
        self._presenter.give(witness, second)

    def chart_outcome(self) -> None:
        self._presenter.chart_outcome(self._witness_password.text() if self._witness_password is not None else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._presenter.tick_next()
            return
        indications = self._presenter.indications()
        at = event.key() - Qt.Key.Key_1
        if 0 <= at < len(indications):
            self._choose_indication(indications[at])
            return
        super().keyPressEvent(event)

    def draw(self, state: SheetState) -> None:
        sheet = state.sheet
        shape = (
            None if sheet is None else (sheet.order.id, sheet.opened_at),
            tuple(finding.code for finding in state.findings),
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
        reveal(self._message, bool(state.message))
        if state.message and state.message != self._said:
            announce(self, state.message, assertive=True)
        self._said = state.message
        if self._indications is not None:
            self._indications.choose(state.indication)
        self._message.set_text(state.message)
        self._follow(state)

    def _follow(self, state: SheetState) -> None:
        """The focus goes to the next thing to be done; text fields keep it while they are typed in."""
        if state.sheet is None or state.outcome is not None:
            return
        if self._rights[0].hasFocus() and state.identity and not state.label:
            self._rights[1].setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._rights[1].hasFocus() and state.label:
            target = next(iter(self._open_fields()), None)
            if target is not None:
                target.setFocus(Qt.FocusReason.OtherFocusReason)
            elif not state.blocked:
                self.given.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_indication(self, words: str) -> None:
        self._presenter.choose_indication(words)

    def _open_fields(self) -> list[QWidget]:
        return [
            editor
            for editor in self.findChildren(TextEditor)
            if editor.isVisibleTo(self) and not editor.text().strip() and editor.objectName().startswith("dose.need")
        ]

    # Parts

    def _fill_footer(self) -> None:
        for outcome, key in OUTCOMES[:_IN_THE_BAR]:
            words = term("dose_outcome", outcome.value)
            shown = tr("Not avail.") if outcome is DoseOutcome.NOT_AVAILABLE else words
            button = Button(shown, f"dose.outcome.{outcome.value.lower()}", shortcut=key, size="head", accessible=words)
            button.clicked.connect(self._chooser(outcome))
            self._outcomes.addWidget(button)
        self._outcomes.addWidget(self.more)
        self._footer.addWidget(box(self._outcomes, "dose.outcomes"), 1)
        self._footer.addWidget(self.given, 0, Qt.AlignmentFlag.AlignBottom)

    def _on_more(self) -> None:
        menu = QMenu(self)
        menu.setAccessibleName(tr("More outcomes"))
        for outcome, key in OUTCOMES[_IN_THE_BAR:]:
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
        self._rights_note.setParent(self)
        self._message.setParent(self)
        self._message.hide()
        self._witness_password = self._second_password = None
        self._indications = None
        clear(self._body)
        sheet = state.sheet
        if sheet is None:
            if state.failure:
                self._body.addWidget(ErrorState(state.failure, tr("Nothing was charted.")))
            self._body.addStretch(1)
            return
        self._body.addWidget(self._identity(sheet))
        self._body.addWidget(self._order(sheet))
        if state.outcome is not None:
            self._body.addWidget(self._reason_card(state))
        else:
            self._guard(state, sheet)
            self._body.addWidget(self._rights_note)
            self._rights_note.show()
            self._body.addLayout(self._rights_grid())
            if state.needs_witness or sheet.count_back:
                self._body.addWidget(self._controlled_card(state, sheet))
        self._body.addWidget(self._message)
        self._last_doses(sheet)
        self._body.addStretch(1)
        if not state.identity:
            self._rights[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _identity(self, sheet: DoseSheet) -> QWidget:
        student = sheet.student
        private = self._private()
        face = face_of(student.id, student.name, student.photo or "drawn", private=private)
        age = formats().birth_and_age(student.born, sheet.opened_at.date())
        details = [
            tr("Grade {grade}", grade=student.grade),
            tr("Room {room}", room=student.homeroom) if student.homeroom else "",
            tr("ID {number}", number=student.number) if student.number else "",
        ]
        badges = [
            allergy_badge(f"{line.allergen}: {line.reaction}" if line.reaction else line.allergen)
            for line in sheet.allergies
        ]
        matches = any(finding.rule == "M6" and finding.stops for finding in sheet.findings)
        verdict = [] if matches else [_plain(cleared_badge(tr("No match with allergies")))]
        words = column(
            Paragraph(masked(student.name.shown, private=private), TextKind.TITLE),
            Label(age, TextKind.LABEL),
            Paragraph(" · ".join(part for part in details if part), TextKind.BODY, Role.TEXT_SECONDARY),
            GAP_2,
            TagRow(badges),
            TagRow(verdict),
            STRETCH,
            gap=2,
        )
        made = row(gap=GAP_4)
        made.addWidget(Portrait(face, 160), 0, Qt.AlignmentFlag.AlignTop)
        made.addLayout(words, 1)
        return box(made)

    def _order(self, sheet: DoseSheet) -> QWidget:
        until = sheet.order.end_date
        prescriber = sheet.order.prescriber_name or ""
        order = tr("{name}, to {date}", name=prescriber, date=formats().date(until)) if until else prescriber
        lines = [
            (tr("Dose"), dose_line(sheet)),
            (tr("Order"), order),
            (tr("Consent"), consent_words(sheet)),
            (tr("Stock"), stock_words(sheet)),
        ]
        if sheet.instructions:
            lines.append((tr("Note"), sheet.instructions))
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP_3)
        grid.setVerticalSpacing(2)
        for at, (caption, words) in enumerate(lines):
            grid.addWidget(Label(caption, TextKind.CAPTION, Role.TEXT_SECONDARY), at, 0, Qt.AlignmentFlag.AlignTop)
            kind = TextKind.BODY_MEDIUM if at == 0 else TextKind.BODY
            grid.addWidget(Paragraph(words, kind), at, 1)
        grid.setColumnMinimumWidth(0, theme().width(62))
        grid.setColumnStretch(1, 1)
        return box(column(Paragraph(order_title(sheet), TextKind.SECTION), box(grid), gap=GAP_2))

    def _guard(self, state: SheetState, sheet: DoseSheet) -> None:
        for finding in state.findings:
            self._body.addWidget(self._finding_card(state, finding))
        if sheet.guard is None:
            return
        guard = sheet.guard
        ok = not state.stops
        tone = Tone.SUCCESS if ok else Tone.DANGER
        verdict = tr("PRN guard: may be given now") if ok else tr("PRN guard: not now")
        head = row(Mark(Shape.DONE if ok else Shape.ALLERGY, tone.text, 18), gap=GAP_2)
        head.addWidget(Label(verdict, TextKind.LABEL, tone.text), 1)
        local = self._presenter.local
        last = guard.last_dose
        cells = row(gap=GAP_3)
        for caption, value, hint in (
            (
                tr("Last dose"),
                formats().time(local(last.event_at)) if last is not None else tr("none"),
                tr("next from {time}", time=formats().time(local(guard.next_allowed_at)))
                if guard.next_allowed_at is not None
                else "",
            ),
            (
                tr("Today"),
                tr("{count} of {maximum}", count=guard.count, maximum=guard.maximum),
                tr("this is number {number}", number=guard.count + 1),
            ),
        ):
            cells.addLayout(
                column(
                    Label(caption, TextKind.CAPTION, Role.TEXT_SECONDARY),
                    Label(value, TextKind.LABEL),
                    Label(hint, TextKind.CAPTION, Role.TEXT_SECONDARY, elide=True),
                    gap=0,
                ),
                1,
            )
        card = Card(margins=(GAP_3, GAP_2, GAP_3, GAP_3))
        card.set_roles(tone.fill)
        card.body.addLayout(head)
        card.body.addLayout(cells)
        indications = self._presenter.indications()
        if indications:
            chips = ChipRow(
                "dose.indication",
                tr("Given for"),
                [(words, f"{at} {words}") for at, words in enumerate(indications, 1)],
            )
            chips.choose(state.indication)
            chips.picked.connect(self._presenter.choose_indication)
            self._indications = chips
            card.body.addWidget(chips)
        prn = sheet.order.prn
        for check in sorted(prn.prechecks) if prn is not None else ():
            editor = TextEditor(f"dose.need.{check.value.lower()}")
            editor.setText(state.prechecks.get(check, ""))
            editor.textEdited.connect(lambda text, which=check: self._presenter.set_precheck(which, text))
            card.body.addWidget(Field(term("precheck", check.value), editor, required=True))
        self._body.addWidget(card)

    def _finding_card(self, state: SheetState, finding: Finding) -> Card:
        tone = Tone(tone_of(finding))
        head = row(gap=GAP_2)
        head.addWidget(Mark(_FINDING_SHAPES[tone.value], tone.text, 18), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(Paragraph(finding_words(finding, self._presenter.local), TextKind.BODY_MEDIUM, tone.text), 1)
        card = Card(margins=(GAP_3, GAP_2, GAP_3, GAP_2))
        card.set_roles(tone.fill)
        card.body.addLayout(head)
        code = finding.code
        known = state.lifting.get(code)
        if not finding.stops or finding.override is OverrideBy.NONE:
            return card
        reason = TextEditor(f"dose.need.{code}.reason")
        reason.setText(known.reason if known is not None else "")
        reason.textEdited.connect(lambda text: self._presenter.set_reason_for(code, text))
        card.body.addWidget(Field(tr("Reason to go on"), reason, required=True))
        if finding.needs_prescriber_contact:
            contact = TextEditor(f"dose.need.{code}.contact")
            contact.setText(known.contact if known is not None else "")
            contact.textEdited.connect(lambda text: self._presenter.set_contact_for(code, text))
            card.body.addWidget(Field(tr("Prescriber: who and when"), contact, required=True))
        if finding.override is OverrideBy.SECOND_PERSON:
            second = TypeAhead(f"dose.need.{code}.second", "", self._presenter.staff())
            second.setText(known.second if known is not None else "")
            second.textChanged.connect(lambda text: self._presenter.set_second_for(code, text))
            card.body.addWidget(Field(tr("Second licensed person"), second, required=True))
            self._second_password = PasswordField(tr("Her own password"), f"dose.need.{code}.password")
            card.body.addWidget(self._second_password)
        return card

    def _rights_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for at, item in enumerate(self._rights):
            grid.addWidget(item, at // 3, at % 3)
            item.show()
        return grid

    def _controlled_card(self, state: SheetState, sheet: DoseSheet) -> Card:
        card = Card(SectionHead(tr("Controlled"), "", height=34, kind=TextKind.LABEL))
        stock = sheet.stock
        if stock is not None and stock.balance is not None and stock.after is not None:
            words = tr(
                "Register: {before} before, {after} after this dose",
                before=amount_words(stock.balance, stock.unit),
                after=amount_words(stock.after, stock.unit),
            )
            card.body.addWidget(Label(words, TextKind.CAPTION, Role.TEXT_SECONDARY))
        line = row(gap=GAP_3)
        if sheet.count_back:
            counted = TextEditor("dose.need.counted")
            counted.setText(state.counted)
            counted.textEdited.connect(self._presenter.set_counted)
            line.addWidget(Field(tr("Counted back"), counted, required=True), 1)
        if state.needs_witness:
            witness = TypeAhead("dose.need.witness", "", self._presenter.staff())
            witness.setText(state.witness)
            witness.textChanged.connect(self._presenter.set_witness)
            line.addWidget(Field(tr("Witness"), witness, required=True), 1)
            self._witness_password = PasswordField(tr("Own password"), "dose.need.witnessPassword")
            self._witness_password.entered.connect(self.give)
            line.addWidget(self._witness_password, 1)
        card.body.addLayout(line)
        return card

    def _reason_card(self, state: SheetState) -> Card:
        outcome = state.outcome or DoseOutcome.REFUSED
        card = Card(SectionHead(term("dose_outcome", outcome.value), tr("why?"), height=34, kind=TextKind.LABEL))
        reasons = self._presenter.reasons(outcome)
        chips = ChipRow("dose.reason", tr("Reason"), [(one.value, term("dose_reason", one.value)) for one in reasons])
        chips.choose(state.reason.value if state.reason is not None else "")
        by_key = {one.value: one for one in reasons}
        chips.picked.connect(lambda key: self._presenter.choose_reason(by_key[key]))
        note = TextEditor("dose.note")
        note.setText(state.note)
        note.textEdited.connect(self._presenter.set_note)
        note.returnPressed.connect(self.chart_outcome)
        if state.needs_witness and outcome is DoseOutcome.WASTED:
            witness = TypeAhead("dose.need.witness", "", self._presenter.staff())
            witness.textChanged.connect(self._presenter.set_witness)
            self._witness_password = PasswordField(tr("Own password"), "dose.need.witnessPassword")
        chart = Button(
            tr("Chart as {outcome}", outcome=term("dose_outcome", outcome.value).lower()),
            "dose.chartOutcome",
            kind=Kind.PRIMARY,
            shortcut="Ctrl+Return",
        )
        chart.clicked.connect(self.chart_outcome)
        back = Button(tr("Back"), "dose.leaveOutcome")
        back.clicked.connect(self._presenter.leave_outcome)
        card.body.addWidget(chips)
        card.body.addWidget(Field(tr("Note"), note))
        if state.needs_witness and outcome is DoseOutcome.WASTED and self._witness_password is not None:
            card.body.addWidget(Field(tr("Witness"), witness, required=True))
            card.body.addWidget(self._witness_password)
        card.body.addLayout(row(chart, back, STRETCH))
        chart.setFocus(Qt.FocusReason.OtherFocusReason)
        return card

    def _last_doses(self, sheet: DoseSheet) -> None:
        if not sheet.last:
            return
        self._body.addWidget(SectionHead(tr("Last 3 doses"), "", height=28, kind=TextKind.LABEL))
        today = self._presenter.local(sheet.opened_at).date()
        for dose in sheet.last:
            when, what, effect = past_words(dose, self._presenter.local, today)
            line = row(gap=GAP_3)
            moment = Label(when, TextKind.BODY)
            moment.setMinimumWidth(theme().width(98))
            line.addWidget(moment)
            line.addWidget(Paragraph(what, TextKind.BODY), 1)
            line.addWidget(Label(effect, TextKind.CAPTION, Role.TEXT_SECONDARY))
            self._body.addLayout(line)
            self._body.addWidget(Separator())


def _plain(tag: Tag) -> Tag:
    return Tag(tag.text, tag.tone, tag.shape, plain=True)
