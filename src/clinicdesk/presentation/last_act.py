"""The last act that can be taken back: one place for the whole desk (ux-spec 4: undo, not "are you sure?")."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from clinicdesk.core.clock import Clock
from clinicdesk.i18n import sentence, tr
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.undo import FREE_FOR, LastAct

Listener = Callable[[], None]


class LastActs:
    """Screens report acts here; Today shows the newest one and Ctrl+Z takes it back within a minute."""

    def __init__(self, clock: Clock, runner: Runner) -> None:
        self._clock = clock
        self._runner = runner
        self._act: LastAct | None = None
        self._listeners: list[Listener] = []
        self.message = ""

    @property
    def act(self) -> LastAct | None:
        return self._act

    @property
    def seconds_left(self) -> int:
        """How long it can be taken back without a reason."""
        if self._act is None:
            return 0
        left = self._act.at + FREE_FOR - self._clock.now()
        return max(0, -(-left // dt.timedelta(seconds=1)))

    def done(self, act: LastAct) -> None:
        """Something was written that can be taken back."""
        self._act = act
        self.message = ""
        self._tell()

    def reason(self) -> str:
        """Why Undo is off; empty when it is on."""
        if self._act is None:
            return tr("There is nothing to undo.")
        if not self.seconds_left:
            return tr("The minute is over. Correct it in the record, with a reason.")
        return ""

    def undo(self) -> None:
        """Take the last act back."""
        act = self._act
        if act is None or self.reason():
            return
        # Not twice while it runs; one that failed stays to be tried again.
        self._act = None
        self._runner.run(lambda: act.undo(None), done=self._on_undone, failed=lambda error: self._on_failed(act, error))

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def _on_undone(self, _nothing: None) -> None:
        self.message = tr("Taken back")
        self._tell()

    def _on_failed(self, act: LastAct, error: Exception) -> None:
        if self._act is None:
            self._act = act
        self.message = sentence(error)
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
