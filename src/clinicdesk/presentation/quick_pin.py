"""The own PIN without Qt: set after a full login, until when it works, taken away; and the password it stands for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.i18n import sentence, tr
from clinicdesk.presentation.runner import Runner


class OwnPin(Protocol):
    """The PIN of the person at the desk. `set_pin` takes as long as a key derivation and runs off the window."""

    def why_not(self) -> str:
        """Why none can be set: `policy`, `by_pin`, or empty."""

    def until(self) -> dt.datetime | None: ...

    def set_pin(self, pin: str) -> dt.datetime: ...

    def forget(self) -> None: ...


@dataclass(frozen=True, slots=True)
class PinState:
    """What the sheet shows; `field` says which of the two entries the problem is about."""

    until: dt.datetime | None = None
    busy: bool = False
    problem: str = ""
    field: str = ""


def why_no_pin(pin: OwnPin | None) -> str:
    """The reason in words; empty when a PIN can be set."""
    reason = "policy" if pin is None else pin.why_not()
    if reason == "by_pin":
        return tr("You came in by PIN. A new one is set after signing in by password.")
    return tr("Your district does not use PINs here.") if reason else ""


class PinPresenter:
    """Takes a PIN typed twice."""

    def __init__(self, pin: OwnPin, runner: Runner, changed: Callable[[PinState], None]) -> None:
        self._pin = pin
        self._runner = runner
        self._changed = changed
        self._done: Callable[[], None] = lambda: None
        self.state = PinState(until=pin.until())

    def when_set(self, done: Callable[[], None]) -> None:
        self._done = done

    def save(self, first: str, again: str) -> None:
        """Nothing is kept unless both are the same."""
        if self.state.busy:
            return
        if first != again:
            self._show(problem=tr("The two PINs differ."), field="again")
            return
        self._show(busy=True, problem="", field="")
        self._runner.run(lambda: self._pin.set_pin(first), done=self._on_set, failed=self._on_failed, key="pin")

    def forget(self) -> None:
        """The PIN is over now; the password is asked next time."""
        self._pin.forget()
        self._show(until=None, problem="", field="")

    def _on_set(self, until: dt.datetime) -> None:
        self._show(until=until, busy=False)
        self._done()

    def _on_failed(self, error: Exception) -> None:
        problem = sentence(error)
        if isinstance(error, InvalidValueError) and error.problem == "too_short":
            problem = tr("At least {count} digits.", count=int(error.params["minimum"] or 0))
        self._show(busy=False, problem=problem, field="first")

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # names and types are the state's own
        self._changed(self.state)


@dataclass(frozen=True, slots=True)
class CheckState:
    """The password that an act waits for."""

    busy: bool = False
    problem: str = ""


class PasswordCheck:
    """Asks the person at the desk for the own password; the act is done again afterwards."""

    def __init__(
        self,
        confirm: Callable[[str], None],
        runner: Runner,
        changed: Callable[[CheckState], None],
        passed: Callable[[], None],
    ) -> None:
        self._confirm = confirm
        self._runner = runner
        self._changed = changed
        self._passed = passed
        self.state = CheckState()

    def submit(self, password: str) -> None:
        if self.state.busy:
            return
        if not password:
            self._show(CheckState(problem=tr("Type your password.")))
            return
        self._show(CheckState(busy=True))
        self._runner.run(
            lambda: self._confirm(password), done=self._on_passed, failed=self._on_failed, key="password-check"
        )

    def _on_passed(self, _nothing: None) -> None:
        self._show(CheckState())
        self._passed()

    def _on_failed(self, error: Exception) -> None:
        self._show(CheckState(problem=sentence(error)))

    def _show(self, state: CheckState) -> None:
        self.state = state
        self._changed(state)
