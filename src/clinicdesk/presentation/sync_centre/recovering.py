"""The word that a person owes when this database is older than the district remembers, or speaks twice (D26)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from clinicdesk.i18n import sentence, tr
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.sync_now import SyncNow
from clinicdesk.services.recovery import Recovery, RecoveryState


@dataclass(frozen=True, slots=True)
class RecoveryLine:
    """What the banner says; `action` is empty where this person cannot do anything about it.

    `joins_anew`: another identity is a way out. `waits_anew`: it was asked for.
    """

    cause: str
    remedy: str
    action: str = ""
    joins_anew: bool = False
    waits_anew: bool = False


class RecoveryPart:
    """Reads how the workstation stands, asks once more, confirms, and starts the session that brings all back."""

    def __init__(self, recovery: Recovery, sync: SyncNow, runner: Runner) -> None:
        self._recovery = recovery
        self._sync = sync
        self._runner = runner
        self._state = RecoveryState()
        self._asking = False
        self._message = ""
        self._ran = sync.state.running
        self.on_change: Callable[[RecoveryLine | None], None] = lambda _line: None
        sync.subscribe(self._on_sync)

    @property
    def line(self) -> RecoveryLine | None:
        """None where nothing is the matter."""
        if self._state.quiet:
            return None
        line = _line_of(self._state)
        if self._asking:
            line = replace(
                line,
                cause=tr("Go on with this database?"),
                remedy=tr(
                    "What the district has and this database lacks comes back. A copy of it elsewhere is shut out."
                ),
                action=tr("Yes, go on with it"),
            )
        return replace(line, remedy=self._message) if self._message else line

    def read(self) -> None:
        self._runner.run(self._recovery.state, done=self._on_read, key="recovery")

    def act(self) -> None:
        """The first time asks, the second time does it."""
        if not self._state.may_confirm or self._state.finding is None or not _line_of(self._state).action:
            return
        if not self._asking:
            self._asking, self._message = True, ""
            self.on_change(self.line)
            return
        self._asking = False
        self._runner.run(self._recovery.confirm, done=self._on_confirmed, failed=self._on_failed, key="recovery")

    def _on_read(self, state: RecoveryState) -> None:
        self._asking = self._asking and state.finding is not None
        self._state = state
        self.on_change(self.line)

    def _on_confirmed(self, _incarnation: int | None) -> None:
        self._message = ""
        self._sync.now()
        self.read()

    def _on_failed(self, error: Exception) -> None:
        self._message = sentence(error)
        self.on_change(self.line)

    def _on_sync(self) -> None:
        running = self._sync.state.running
        ended, self._ran = self._ran and not running, running
        if ended:
            self.read()


def _line_of(state: RecoveryState) -> RecoveryLine:
    if state.waits_anew:
        return RecoveryLine(
            tr("This workstation waits to be let in"),
            tr("It asked to join anew. An administrator approves it; what is entered here is kept until then."),
            waits_anew=True,
        )
    if state.finding is None:
        return RecoveryLine(
            tr("What was lost here comes back"),
            tr("The recovery ends with the next sync that comes through."),
        )
    if state.finding.value == "cloned":
        cause = tr("Another computer speaks as this workstation")
        remedy = tr(
            "One of the two is a copy. An administrator lets this one join anew, or says that the other one is gone. "
            "Nothing is lost meanwhile."
        )
        action = tr("The other one is gone")
    elif state.finding.value == "unknown":
        cause = tr("The district does not know this workstation")
        remedy = tr(
            "It was set back to before this one joined. An administrator lets this one join anew; what is entered here "
            "is kept and sent then."
        )
        action = ""
    else:
        cause = tr("This database is older than the district remembers")
        remedy = tr("Nothing is sent or fetched until an administrator confirms. What is entered here is kept.")
        action = tr("Go on with this database")
    joins_anew = state.finding.value in {"cloned", "unknown"}
    return RecoveryLine(cause, remedy, action if state.may_confirm else "", joins_anew=joins_anew)
