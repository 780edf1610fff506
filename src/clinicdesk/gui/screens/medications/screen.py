"""The medication round: filter chips and grid at the left, the dose sheet at the right (ux-spec 7.5)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from clinicdesk.domain.medication.log import DoseOutcome
from clinicdesk.domain.permissions import Act
from clinicdesk.gui.screens.medications.dose_sheet import OUTCOMES, DoseSheetView
from clinicdesk.gui.screens.medications.effect_sheet import EffectSheetView
from clinicdesk.gui.screens.medications.grid import RoundGrid
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Tone
from clinicdesk.gui.theme.metrics import CONTENT_MARGINS, DOSE_SHEET, GAP_2, GAP_3
from clinicdesk.gui.widgets.buttons import Button, ChipRow, IconButton
from clinicdesk.gui.widgets.cards import Card, PageTitle
from clinicdesk.gui.widgets.fields import Choice
from clinicdesk.gui.widgets.layout import column, row
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.states import EmptyState, Skeleton, StateStack
from clinicdesk.i18n import formats, term, tr
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.medications.dose_state import SheetState
from clinicdesk.presentation.medications.effect import EffectState
from clinicdesk.presentation.medications.round import RoundPresenter, RoundState, Show
from clinicdesk.presentation.shell import COMMANDS, Keys

FRESH_MS = 30_000
AskPath = Callable[[str], str | None]
"""Asks where a file goes, given its proposed name; None where the person changed her mind."""

_HERE = "medications"
_GIVE = Command("medications.given", "Given", "G", Group.SCREEN, Scope.SCREEN, "check", Act.CHART_DOSE_NOT_GIVEN, _HERE)
_CHART = Command(
    "medications.chart", "Chart the outcome", "Ctrl+Return", Group.SCREEN, Scope.SCREEN, "check",
    Act.CHART_DOSE_NOT_GIVEN, _HERE,
)  # fmt: skip
_COUNT = Command(
    "medications.open-count", "Controlled count", "C", Group.SCREEN, Scope.SCREEN, "shield", Act.COUNT_CONTROLLED, _HERE
)
_ORDER = Command("medications.new-order", "New order", "O", Group.SCREEN, Scope.SCREEN, "plus", Act.WRITE_ORDER, _HERE)
_TITLES = {
    DoseOutcome.REFUSED: "Refused",
    DoseOutcome.ABSENT: "Absent",
    DoseOutcome.HELD: "Held",
    DoseOutcome.NOT_AVAILABLE: "Not available",
    DoseOutcome.SELF_CARRIED: "Self-carried",
    DoseOutcome.WASTED: "Wasted",
    DoseOutcome.MISSED: "Missed",
}


class RoundView(QWidget):
    """Draws a `RoundState`."""

    def __init__(self, shell: ShellContext, presenter: RoundPresenter) -> None:
        super().__init__()
        name(self, "medications", tr("Medication round"))
        self._shell = shell
        self._presenter = presenter
        self._said = ""
        self.wants_focus = False
        self.print_button = Button(tr("Round sheet"), "medications.print", icon="printer")
        self.print_button.setToolTip(f"{tr('Round sheet')} (Ctrl+P)")
        self.count_button = IconButton("shield", tr("Controlled count"), "medications.count", shortcut="C")
        reveal(self.count_button, shell.commands.allowed(Act.COUNT_CONTROLLED))
        self.order_button = IconButton("plus", tr("New order"), "medications.newOrder", shortcut="O")
        reveal(self.order_button, shell.commands.allowed(Act.WRITE_ORDER))
        self.title = PageTitle(tr("Medication round"), "", self.order_button, self.count_button, self.print_button)
        self.chips = ChipRow("medications.show", tr("Show"), [(show.value, _words(show)) for show in Show])
        self.chips.picked.connect(lambda key: presenter.filter(Show(key)))
        self.rooms = Choice("medications.room", tr("Room"))
        self.rooms.picked.connect(presenter.in_room)
        self.grid = RoundGrid(presenter.local)
        self.grid.opened.connect(presenter.open_at)
        self._card = Card(margins=(0, 0, 0, 0))
        self._empty = EmptyState("", object_name="medications.empty")
        self._card.body.addWidget(self.grid, 1)
        self._card.body.addWidget(self._empty, 1)
        self._empty.hide()
        filters = row(self.chips, gap=GAP_2)
        filters.setStretch(0, 1)
        filters.addWidget(self.rooms)
        inner = QWidget()
        lines = column(filters, self._card, gap=GAP_3)
        lines.setStretch(1, 1)
        inner.setLayout(lines)
        self.states = StateStack(inner, Skeleton(8, row_height=50, photo=True))
        self.states.retried.connect(presenter.load)
        body = column(self.title, self.states, gap=GAP_3, margins=CONTENT_MARGINS)
        body.setStretch(1, 1)
        self.setLayout(body)

    def draw(self, state: RoundState) -> None:
        found = state.round
        if found is None:
            if state.failure:
                self.states.show_error(state.failure, tr("Charted doses are safe."))
            else:
                self.states.show_loading()
            return
        self.title.set_note(f"{formats().weekday_short(found.day)} · {found.site}")
        for show, count in zip(Show, state.counts, strict=True):
            self.chips.chip(show.value).set_note(str(count))
        self.chips.choose(state.show.value)
        rooms = [("", tr("Room: all")), *((room, tr("Room {room}", room=room)) for room in state.rooms)]
        if [self.rooms.itemData(at) for at in range(self.rooms.count())] != [key for key, _ in rooms]:
            self.rooms.set_choices(rooms)
        self.rooms.choose(state.room)
        empty = not state.lines
        self._empty.words.set_text(
            tr("No doses are due here today.") if found.is_school_day else tr("No school today: no doses are owed.")
        )
        self._empty.setVisible(empty)
        self.grid.setVisible(not empty)
        self.grid.show_state(state, private=self._shell.private)
        self.states.show_content()
        if self.wants_focus and not empty:
            # A grid that is still hidden behind its loading state cannot take the focus.
            self.wants_focus = False
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        if state.note and state.note != self._said:
            announce(self, state.note)
        self._said = state.note


class MedicationsScreen:
    """The round; Enter opens a dose, letters chart it."""

    id = _HERE

    def __init__(self, shell: ShellContext, presenter: RoundPresenter, ask_path: AskPath) -> None:
        self._shell = shell
        self._presenter = presenter
        self._ask_path = ask_path
        self._sheet: DoseSheetView | None = None
        self._effect: EffectSheetView | None = None
        self.view = RoundView(shell, presenter)
        self.view.print_button.clicked.connect(self._print)
        self.view.count_button.clicked.connect(self._count)
        self.view.order_button.clicked.connect(self._new_order)
        presenter.on_change = self.view.draw
        presenter.on_open = self._open_sheet
        presenter.on_advice = lambda words: shell.toast(words, Tone.INFO)
        presenter.sheet.on_change = self._draw_sheet
        presenter.effect.on_change = self._draw_effect
        presenter.effect.on_saved = self._on_checked
        self._charted = presenter.sheet.on_recorded
        presenter.sheet.on_recorded = self._on_recorded
        self._fresh = QTimer(self.view, interval=FRESH_MS)
        self._fresh.timeout.connect(presenter.load)

    @property
    def title(self) -> str:
        return tr("Medication round")

    @property
    def sheet(self) -> DoseSheetView | None:
        return self._sheet

    def widget(self) -> QWidget:
        return self.view

    def activate(self, **params: object) -> None:
        """`student_id`, `order_id` and `slot_key` open one dose at once, `task_id` an effect check (from Today)."""
        student, order = params.get("student_id"), params.get("order_id")
        self.view.wants_focus = not order
        self._presenter.load(
            student_id=uuid.UUID(str(student)) if student else None,
            order_id=uuid.UUID(str(order)) if order else None,
            slot=str(params.get("slot_key") or ""),
        )
        self._fresh.start()
        if task := params.get("task_id"):
            self._open_effect(uuid.UUID(str(task)))

    def deactivate(self) -> None:
        """Typed words are written at once: the desk may lock now."""
        self._fresh.stop()
        self._presenter.sheet.leave()
        if self._sheet is not None or self._effect is not None:
            self._shell.close_sheet()

    def scanned(self, code: str) -> bool:
        """A scan while the round shows: a student's card or a label, whatever has the focus."""
        self._presenter.scanned(code)
        return True

    def commands(self) -> Sequence[BoundCommand]:
        return (
            BoundCommand(_GIVE, self._give, self._why_not_given),
            BoundCommand(_CHART, self._chart, self._why_not_charted),
            *(
                BoundCommand(
                    Command(
                        f"medications.{outcome.value.lower()}",
                        _TITLES[outcome],
                        key,
                        Group.SCREEN,
                        Scope.SCREEN,
                        "",
                        Act.CHART_DOSE_NOT_GIVEN,
                        _HERE,
                    ),
                    self._chooser(outcome),
                    self._why_no_dose,
                )
                for outcome, key in OUTCOMES
            ),
            BoundCommand(_COUNT, self._count),
            BoundCommand(_ORDER, self._new_order),
            BoundCommand(COMMANDS[Keys.PRINT], self._print),
            BoundCommand(COMMANDS[Keys.NEXT_STUDENT], lambda: self._presenter.step(1)),
            BoundCommand(COMMANDS[Keys.PREVIOUS_STUDENT], lambda: self._presenter.step(-1)),
        )

    # Sheet

    def _open_sheet(self) -> None:
        sheet = DoseSheetView(
            self._presenter.sheet,
            private=lambda: self._shell.private,
            now=self._shell.clock.now,
            close=lambda: self._on_closed(sheet),
        )
        self._sheet = sheet
        title, time = self._presenter.state.heading
        time = time or formats().time(self._presenter.local(self._shell.clock.now()))
        self._shell.open_sheet(title, sheet, width=DOSE_SHEET, note=time)

    def _draw_sheet(self, state: SheetState) -> None:
        if self._sheet is not None:
            self._sheet.draw(state)

    def _on_closed(self, sheet: DoseSheetView) -> None:
        """Another dose may stand in the sheet already: then this one was only replaced."""
        if self._sheet is sheet:
            self._sheet = None
            self._presenter.close()

    def _open_effect(self, task_id: uuid.UUID) -> None:
        self.view.wants_focus = False
        sheet = EffectSheetView(
            self._presenter.effect, private=lambda: self._shell.private, close=lambda: self._on_effect_closed(sheet)
        )
        self._effect = sheet
        self._shell.open_sheet(tr("Check the effect"), sheet, width=DOSE_SHEET)
        self._presenter.effect.open(task_id)

    def _draw_effect(self, state: EffectState) -> None:
        if self._effect is not None:
            self._effect.draw(state)

    def _on_effect_closed(self, sheet: EffectSheetView) -> None:
        if self._effect is sheet:
            self._effect = None

    def _on_checked(self, words: str) -> None:
        self._shell.close_sheet()
        self._shell.toast(words)
        self._presenter.load()

    def _on_recorded(self, recorded: object) -> None:
        self._shell.close_sheet()
        self.view.wants_focus = True
        self._charted(recorded)  # type: ignore[arg-type]  # handed on as it came

    # Commands

    def _give(self) -> None:
        if self._sheet is not None:
            self._sheet.give()

    def _chart(self) -> None:
        if self._effect is not None:
            self._presenter.effect.save()
        if self._sheet is None:
            return
        if self._presenter.sheet.state.outcome is not None:
            self._sheet.chart_outcome()
        else:
            self._sheet.give()

    def _chooser(self, outcome: DoseOutcome) -> Callable[[], None]:
        return lambda: self._presenter.sheet.choose_outcome(outcome)

    def _why_no_dose(self) -> str:
        return "" if self._sheet is not None else tr("Open a dose first.")

    def _why_not_charted(self) -> str:
        return self._presenter.effect.state.blocked if self._effect is not None else self._why_no_dose()

    def _why_not_given(self) -> str:
        return self._why_no_dose() or self._presenter.sheet.state.blocked

    def _count(self) -> None:
        self._shell.navigator.navigate("medications.count")

    def _new_order(self) -> None:
        """For the student whose dose stands open; else the form asks whose order it is."""
        sheet = self._presenter.sheet.state.sheet if self._sheet is not None else None
        student = {} if sheet is None else {"student_id": str(sheet.student.id)}
        self._shell.navigator.navigate("medications.order", **student)

    def _print(self) -> None:
        self._presenter.print_round(self._ask_path, lambda path: self._shell.toast(tr("Saved: {path}", path=path)))


def _words(show: Show) -> str:
    return {
        Show.ALL: tr("All"),
        Show.LATE: term("slot_state", "LATE"),
        Show.DUE: term("slot_state", "DUE"),
        Show.PRN: tr("PRN"),
    }[show]
