"""The blind count of controlled drugs: numbers typed, a witness, and only then what the register says (M9, M10)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from clinicdesk.domain.medication.controlled import CountKind
from clinicdesk.i18n import sentence, tr
from clinicdesk.presentation.medications.dose_entry import person_named
from clinicdesk.presentation.medications.dose_state import counted_value
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.controlled import ControlledDrugs, CountedLine, CountLine
from clinicdesk.services.dose_values import Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class CountState:
    """What the count screen shows; `results` only after both have signed."""

    lines: tuple[CountLine, ...] | None = None
    typed: Mapping[uuid.UUID, str] = field(default_factory=dict)
    kind: CountKind = CountKind.HANDOVER
    witness: str = ""
    results: Mapping[uuid.UUID, CountedLine] = field(default_factory=dict)
    busy: bool = False
    message: str = ""
    failure: str = ""

    @property
    def blocked(self) -> str:
        """Why the count cannot be signed; empty when it can."""
        if not self.lines:
            return tr("There is nothing to count.")
        if any(counted_value(self.typed.get(line.lot_id, "")) is None for line in self.lines):
            return tr("Count every package.")
        return "" if self.witness.strip() else tr("A witness is needed.")


class CountPresenter:
    """One count of everything in the controlled cupboard."""

    def __init__(
        self, controlled: ControlledDrugs, runner: Runner, staff: Callable[[], tuple[str, ...]] = tuple
    ) -> None:
        self._controlled = controlled
        self._runner = runner
        self.staff = staff
        self.state = CountState()
        self.on_change: Callable[[CountState], None] = lambda _state: None

    @property
    def begun(self) -> bool:
        """Whether numbers were typed that nobody has signed yet."""
        return not self.state.results and any(text.strip() for text in self.state.typed.values())

    def load(self) -> None:
        """A fresh, blind count."""

        def done(lines: tuple[CountLine, ...]) -> None:
            self._set(CountState(lines=lines, kind=self.state.kind))

        def failed(error: Exception) -> None:
            self._set(replace(self.state, failure=sentence(error)))

        self._runner.run(self._controlled.lines, done=done, failed=failed, key="count")

    def set_kind(self, kind: CountKind) -> None:
        self._set(replace(self.state, kind=kind))

    def set_counted(self, lot: uuid.UUID, text: str) -> None:
        self._set(replace(self.state, typed={**self.state.typed, lot: text}))

    def set_witness(self, user_name: str) -> None:
        self._set(replace(self.state, witness=user_name))

    def sign(self, password: str) -> None:
        """Both sign. Then the register's numbers are shown, and what differs has its incident draft."""
        state = self.state
        if state.blocked or state.busy or state.lines is None:
            return
        counted = {
            line.lot_id: value
            for line in state.lines
            if (value := counted_value(state.typed.get(line.lot_id, ""))) is not None
        }
        proof = Proof(user_name=person_named(state.witness, self.staff()), password=password)
        self._set(replace(state, busy=True, message=""))
        self._runner.run(
            lambda: self._controlled.count(counted, state.kind, proof), done=self._signed, failed=self._refused
        )

    def _signed(self, results: tuple[CountedLine, ...]) -> None:
        differing = [line for line in results if line.discrepancy]
        words = (
            tr("{count} differ. Stop and recount; an incident draft is open.", count=len(differing))
            if differing
            else tr("Counted and signed. Everything fits the register.")
        )
        self._set(replace(self.state, busy=False, results={line.lot_id: line for line in results}, message=words))

    def _refused(self, error: Exception) -> None:
        self._set(replace(self.state, busy=False, message=sentence(error)))

    def _set(self, state: CountState) -> None:
        self.state = state
        self.on_change(state)
