"""Sync as the window knows it: one run at a time off its thread, honest words for the chip, progress for the centre."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.i18n import plural, sentence, tr
from clinicdesk.presentation.runner import Progress, Runner, Task
from clinicdesk.presentation.shell import SyncChip
from clinicdesk.sync.process import Event, Failed, Finished
from clinicdesk.sync.process import Progress as SyncProgress
from clinicdesk.sync.protocol import UNASSIGNED
from clinicdesk.sync.status import ScopeStatus, SyncStatus

OFFLINE_CODES = frozenset({"sync_unreachable", "sync_too_slow", "sync_busy"})
"""Failures that mean the line is down, not that somebody has to look."""


DAMAGED_CODES = frozenset({"database_unreadable", "database_damaged"})
"""Failures that mean this database has to be repaired."""


class Running(Protocol):
    """A run of the sync process."""

    def cancel(self) -> None: ...

    def close(self) -> None: ...


Start = Callable[[Callable[[Event], None]], Running]
"""Starts a run; what it hears comes from a thread of its own, the last event is `Finished` or `Failed`."""

Listener = Callable[[], None]


class SyncFailedError(ClinicDeskError):
    """A run ended with the code of a sync error."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(**failed.params)
        self.code = failed.code  # type: ignore[misc]  # the code is the process's, not this class's


@dataclass(frozen=True, slots=True)
class SyncState:
    """What is known of sync: the last read status, and the run under way, if any. `damaged`: the file is (s53)."""

    status: SyncStatus | None = None
    running: bool = False
    phase: str = ""
    done: int = 0
    total: int | None = None
    message: str = ""
    offline: bool = False
    damaged: bool = False


class SyncNow:
    """Starts runs and tells listeners; lives from unlock to lock, on the window's thread."""

    def __init__(self, start: Start, read: Callable[[], SyncStatus], runner: Runner, clock: Clock) -> None:
        self._start = start
        self._read = read
        self._runner = runner
        self._clock = clock
        self._state = SyncState()
        self._task: Task | None = None
        self._run: Running | None = None
        self._listeners: list[Listener] = []

    @property
    def state(self) -> SyncState:
        return self._state

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def refresh(self) -> None:
        """Read the status anew."""
        self._runner.run(self._read, done=self._on_status, key="sync-status")

    def now(self) -> None:
        """Start a run, unless one is under way."""
        if self._state.running:
            return
        self._show(running=True, phase="", done=0, total=None, message="")
        self._task = self._runner.run_long(
            self._work, progress=self._on_progress, done=self._on_done, failed=self._on_failed
        )

    def cancel(self) -> None:
        """Ask the run to stop at its next step; what was acknowledged stays."""
        if self._run is not None:
            self._run.cancel()

    def close(self) -> None:
        """The desk locks: end the run now."""
        self._listeners.clear()
        if self._task is not None:
            self._task.cancel()
        if self._run is not None:
            self._run.close()

    def chip(self) -> SyncChip:
        """The words of the top bar, and behind them what waits here and what each school last acknowledged."""
        status, chip = self._state.status, self._chip()
        if status is None:
            return chip
        return replace(chip, details=tuple(line for line in _details(status, self._clock.now()) if line != chip.words))

    def _chip(self) -> SyncChip:
        status = self._state.status
        if self._state.running:
            return SyncChip(tr("Syncing"))
        if status is None:
            return SyncChip("")
        if status.to_decide:
            told = _to_decide(status)
            words = told[0] if len(told) == 1 else tr("{count} to decide", count=status.to_decide)
            return SyncChip(words, act=True)
        if self._state.offline:
            words = tr("Offline")
            if status.pending:
                words = tr("Offline – {count} to send", count=status.pending)
            return SyncChip(words, offline=True)
        if status.needs_a_person:
            return SyncChip(tr("Sync needs a look"), act=True)
        if status.pending:
            # Never green while something is not acknowledged.
            return SyncChip(plural("{count} to send", "{count} to send", status.pending))
        if status.last_success is None:
            return SyncChip(tr("Not synced yet"))
        return SyncChip(tr("Synced {ago}", ago=_ago(self._clock.now() - status.last_success)))

    def _work(self, progress: Progress) -> None:
        ended = threading.Event()
        last: list[Event] = []

        def heard(event: Event) -> None:
            if isinstance(event, SyncProgress):
                progress.report(event.done, event.total or 0, event.phase)
            else:
                last.append(event)
                ended.set()

        self._run = self._start(heard)
        ended.wait()
        self._run = None
        if isinstance(last[0], Failed):
            raise SyncFailedError(last[0])
        assert isinstance(last[0], Finished)

    def _on_progress(self, done: int, total: int, phase: str) -> None:
        self._show(phase=phase, done=done, total=total or None)

    def _on_done(self, _nothing: None) -> None:
        self._show(running=False, phase="", message="", offline=False, damaged=False)
        self.refresh()

    def _on_failed(self, error: Exception) -> None:
        code = error.code if isinstance(error, ClinicDeskError) else ""
        offline, damaged = code in OFFLINE_CODES, code in DAMAGED_CODES
        self._show(running=False, phase="", message=sentence(error), offline=offline, damaged=damaged)
        self.refresh()

    def _on_status(self, status: SyncStatus) -> None:
        self._show(status=status)

    def _show(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # names and types are the state's own
        for listener in self._listeners:
            listener()


def _details(status: SyncStatus, now: dt.datetime) -> list[str]:
    """What is to be decided, rows not sent yet and the oldest of them, what was stopped, each school's last answer."""
    lines = _to_decide(status)
    if status.pending and status.oldest_pending is not None:
        lines.append(
            plural(
                "{count} row not sent yet, written {ago}",
                "{count} rows not sent yet, the oldest written {ago}",
                status.pending,
                ago=_ago(now - status.oldest_pending),
            )
        )
    elif not status.files_to_send:
        lines.append(tr("Nothing waits to be sent"))
    if status.stopped:
        lines.append(plural("{count} could not be sent", "{count} could not be sent", len(status.stopped)))
    if status.files_to_send:
        lines.append(plural("{count} file not sent yet", "{count} files not sent yet", status.files_to_send))
    if status.files_missing:
        lines.append(plural("{count} file not here yet", "{count} files not here yet", status.files_missing))
    for scope in in_order(status.scopes):
        at = scope.acknowledged_at or scope.pulled_at
        told = tr("no answer yet") if at is None else tr("last answer {ago}", ago=_ago(now - at))
        if scope.acknowledged_at is not None:
            told = tr("last acknowledged {ago}", ago=_ago(now - scope.acknowledged_at))
        name = scope_words(scope)
        waits = plural("{count} to send", "{count} to send", scope.waiting) + ", " if scope.waiting else ""
        lines.append(f"{name}: {waits}{told}")
    return lines


def _to_decide(status: SyncStatus) -> list[str]:
    """Conflicts, and older values of mended records (s55), each in words if there are any."""
    told = []
    if status.open_conflicts:
        told.append(plural("{count} conflict", "{count} conflicts", status.open_conflicts))
    if status.kept:
        told.append(plural("{count} kept value", "{count} kept values", status.kept))
    return told


def _ago(gone: dt.timedelta) -> str:
    minutes = max(0, int(gone.total_seconds() // 60))
    if minutes < 1:
        return tr("just now")
    if minutes < 60:
        return plural("{count} min ago", "{count} min ago", minutes)
    hours = minutes // 60
    if hours < 48:
        return plural("{count} hour ago", "{count} hours ago", hours)
    return plural("{count} day ago", "{count} days ago", hours // 24)


def in_order(scopes: Iterable[ScopeStatus]) -> list[ScopeStatus]:
    """The schools by name, then the district, students without a school last: there is rarely anything about them."""
    return sorted(scopes, key=lambda one: (one.name is None, str(one.scope) == UNASSIGNED, one.name or ""))


def scope_words(scope: ScopeStatus) -> str:
    """The school's name; what the district has for all of them, and students without any, have none of their own."""
    if scope.name is None and str(scope.scope) == UNASSIGNED:
        return tr("Students without a school")
    return scope.name or tr("The district")
