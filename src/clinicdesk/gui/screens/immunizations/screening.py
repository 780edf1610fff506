"""The questions before a dose: one key when all are clear, a tick for each that is answered with yes (I14)."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt

from clinicdesk.domain.vaccines import SCREENING
from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.widgets.buttons import Button
from clinicdesk.gui.widgets.cards import Card, SectionHead
from clinicdesk.gui.widgets.choices import Tick
from clinicdesk.gui.widgets.text import Label
from clinicdesk.i18n import tr
from clinicdesk.presentation.immunizations.presenter import ImmunizationPresenter
from clinicdesk.presentation.immunizations.state import ImmunizationState


class ScreeningCard(Card):
    """Nothing is answered until a person answered it."""

    def __init__(self, presenter: ImmunizationPresenter) -> None:
        self.clear = Button(
            tr("All five clear"), "immunizations.allClear", icon="check", size="head", shortcut="Ctrl+Shift+A"
        )
        super().__init__(SectionHead(tr("Screening"), "", self.clear, height=44))
        self._presenter = presenter
        self.clear.clicked.connect(presenter.screen_all_clear)
        self.ticks: dict[str, Tick] = {}
        self.note = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self.body.setSpacing(0)
        self.body.addWidget(self.note)
        for key, question in SCREENING:
            tick = Tick(tr(question), f"immunizations.screening.{key}")
            tick.clicked.connect(partial(self._on_tick, key))
            self.ticks[key] = tick
            self.body.addWidget(tick)
        self.body.addStretch(1)

    def draw(self, state: ImmunizationState) -> None:
        answers = state.entry.screening
        for key, tick in self.ticks.items():
            tick.setChecked(answers.get(key, False))
        answered = all(key in answers for key in self.ticks)
        yes = sum(answers.values())
        words = tr("Tick what is answered with yes")
        if answered:
            words = tr("5 of 5 clear") if not yes else tr("{count} answered with yes", count=yes)
        self.note.setText(words)
        missing = any(name == "screening" for name, _ in state.problems)
        calm = Role.SUCCESS if answered and not yes else Role.TEXT_SECONDARY
        self.note.set_role(Role.DANGER if missing else calm)

    def focus_first(self) -> None:
        self.clear.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_tick(self, key: str, on: bool) -> None:
        """A tick is a yes; the questions that stay without one are answered with no."""
        if not self._presenter.state.entry.screening:
            self._presenter.screen_all_clear()
        self._presenter.screen(key, yes=on)
