"""Decides what the roster screen shows: check a package, decide who is who, import, undo (D5)."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, TypeVar

from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.domain.roster.difference import Action, StopReason
from clinicdesk.domain.roster.held import Kind
from clinicdesk.i18n import formats, plural, sentence, tr
from clinicdesk.i18n.roster_words import roster_words
from clinicdesk.interchange.oneroster import RosterRefusedError
from clinicdesk.presentation.roster.lines import (
    ChangeLine,
    FindingLine,
    PastLine,
    UndecidedLine,
    change_lines,
    finding_lines,
    notice_lines,
    undecided_lines,
)
from clinicdesk.presentation.runner import Progress, Runner
from clinicdesk.services.roster import ImportRefusedError
from clinicdesk.services.roster_report import ImportReport, PastImport, UndoReport
from clinicdesk.services.roster_steps import ImportCancelledError, Step, Watcher

_T = TypeVar("_T")

_STATUS = {
    "APPLIED": "imported",
    "UNDONE": "undone",
    "DRY_RUN": "dry run",
    "FAILED": "failed",
}


class Rosters(Protocol):
    """The roster service as the screen uses it; every call may take seconds."""

    def preview(
        self, file: Path, *, decisions: Mapping[str, uuid.UUID | None] = ..., watcher: Watcher | None = ...
    ) -> ImportReport: ...

    def import_package(
        self,
        file: Path,
        *,
        decisions: Mapping[str, uuid.UUID | None] = ...,
        accepted: Collection[StopReason] = ...,
        watcher: Watcher | None = ...,
    ) -> ImportReport: ...

    def undo(self, import_id: uuid.UUID, *, watcher: Watcher | None = ...) -> UndoReport: ...

    def imports(self) -> tuple[PastImport, ...]: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """A report in the lines of the screen."""

    report: ImportReport
    changes: tuple[ChangeLine, ...]
    set_aside: tuple[FindingLine, ...]
    remarks: tuple[FindingLine, ...]
    undecided: tuple[UndecidedLine, ...]

    def count(self, *actions: Action) -> int:
        """Students that would be added, changed..."""
        counts = self.report.plan.counts()[Kind.STUDENT]
        return sum(counts[action] for action in actions)

    @property
    def stop_words(self) -> tuple[str, ...]:
        return tuple(
            roster_words("stop", stop.reason.value, count=stop.count, total=stop.total)
            for stop in self.report.plan.stops
        )


@dataclass(frozen=True, slots=True)
class StepLine:
    """Where slow work stands; a total of 0 is not known. `kept` says why it cannot be stopped any more."""

    words: str = ""
    done: int = 0
    total: int = 0
    kept: str = ""


class _Wish:
    """Follows work on another thread, and carries a person's wish to stop it there."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._stop = threading.Event()

    def follow(self, progress: Progress) -> Watcher:
        self._progress = progress
        return self

    def stop(self) -> None:
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        # The desk locks: the runner has dropped the work, and nothing of it may be written any more.
        return self._stop.is_set() or (self._progress is not None and self._progress.cancelled)

    def report(self, done: int, total: int, words: str = "") -> None:
        if self._progress is not None:
            self._progress.report(done, total, words)


@dataclass(frozen=True, slots=True)
class RosterState:
    """What the screen shows. `busy` says in words what is under way, `problem` why there is nothing to show."""

    path: str = ""
    busy: str = ""
    step: StepLine = StepLine()
    problem: str = ""
    shown: Shown | None = None
    decisions: Mapping[str, uuid.UUID | None] = field(default_factory=dict)
    accepted: bool = False
    past: tuple[PastLine, ...] = ()

    @property
    def applied(self) -> bool:
        return self.shown is not None and self.shown.report.applied

    @property
    def import_reason(self) -> str:
        """Why nothing can be imported now; empty when it can."""
        if self.busy:
            return self.busy
        if self.shown is None:
            return tr("Check a package first.")
        if self.applied:
            return tr("This package has been imported.")
        if self.shown.report.plan.stops and not self.accepted:
            return tr("Confirm that you have looked at what stopped the import.")
        if not self.shown.report.plan.changes and not self.decisions:
            return tr("Nothing would change.")
        return ""


class RosterPresenter:
    """`changed` draws a state; `said` shows a passing word, with an undo where there is one."""

    def __init__(
        self,
        service: Rosters,
        runner: Runner,
        changed: Callable[[RosterState], None],
        said: Callable[[str, bool], None],
    ) -> None:
        self._service = service
        self._runner = runner
        self._changed = changed
        self._said = said
        self._state = RosterState()
        self._wish = _Wish()

    @property
    def state(self) -> RosterState:
        return self._state

    def open(self) -> None:
        """The person came here: show the past imports."""
        self._changed(self._state)
        self._runner.run(self._service.imports, done=self._on_past, failed=self._on_failed, key="roster.past")

    def check(self, path: str) -> None:
        """Read a package and show what an import would do."""
        stated = path.strip().strip('"')
        if not stated or self._state.busy:
            return
        self._show(path=stated, problem="", shown=None, decisions={}, accepted=False)
        self._work(
            tr("Reading the package…"),
            lambda watcher: _shown(self._service.preview(Path(stated).expanduser(), watcher=watcher)),
            self._on_checked,
        )

    def stop(self) -> None:
        """A person wants no more of what is under way; it ends at its next step, and nothing of it is left."""
        if self._state.busy and not self._state.step.kept:
            self._wish.stop()
            self._show(step=replace(self._state.step, words=tr("Stopping…"), kept=tr("It is being stopped.")))

    def decide(self, source_id: str, same_as: uuid.UUID | None) -> None:
        """A person says who an undecided student is: one of the known, or somebody new."""
        self._show(decisions={**self._state.decisions, source_id: same_as})

    def take_back(self, source_id: str) -> None:
        """Leave a student undecided after all."""
        self._show(decisions={key: who for key, who in self._state.decisions.items() if key != source_id})

    def accept_stops(self, accepted: bool) -> None:
        self._show(accepted=accepted)

    def import_now(self) -> None:
        """Sync, take the lease, write."""
        state = self._state
        if state.import_reason or state.shown is None:
            return
        accepted = [stop.reason for stop in state.shown.report.plan.stops] if state.accepted else []
        self._work(
            tr("Importing… The district is asked first."),
            lambda watcher: _shown(
                self._service.import_package(
                    Path(state.path).expanduser(), decisions=dict(state.decisions), accepted=accepted, watcher=watcher
                )
            ),
            self._on_imported,
        )

    def undo_last(self) -> None:
        """Undo the newest import that can be undone."""
        newest = next((line for line in self._state.past if line.undoable), None)
        if newest is not None:
            self.undo(newest.id)

    def undo(self, import_id: uuid.UUID) -> None:
        """Take a whole import back."""
        if self._state.busy:
            return
        self._work(
            tr("Taking the import back…"),
            lambda watcher: self._service.undo(import_id, watcher=watcher),
            self._on_undone,
        )

    def _work(self, words: str, work: Callable[[Watcher], _T], done: Callable[[_T], None]) -> None:
        wish = self._wish = _Wish()
        self._show(busy=words, problem="", step=StepLine(words))
        self._runner.run_long(
            lambda progress: work(wish.follow(progress)),
            progress=self._on_progress,
            done=done,
            failed=self._on_failed,
            key="roster.work",
        )

    def _on_progress(self, done: int, total: int, step: str) -> None:
        if not self._state.busy or self._wish.cancelled:
            return
        kept = tr("Everything is written; it is being saved.") if step == Step.COMMIT else ""
        self._show(step=StepLine(_step_words(Step(step), done), done, total, kept))

    def _on_past(self, imports: tuple[PastImport, ...]) -> None:
        self._show(past=tuple(_past(one) for one in imports))

    def _on_checked(self, shown: Shown) -> None:
        self._show(busy="", step=StepLine(), shown=shown)

    def _on_imported(self, shown: Shown) -> None:
        self._show(busy="", step=StepLine(), shown=shown, accepted=False)
        if shown.report.applied:
            count = len(shown.report.plan.changes)
            self._said(plural("{count} row imported", "{count} rows imported", count), True)
        self._refresh_past()

    def _on_undone(self, report: UndoReport) -> None:
        count = sum(report.undone.values())
        words = plural("{count} row put back", "{count} rows put back", count)
        if report.kept:
            reasons = sorted({roster_words("kept", one.reason.value) for one in report.kept})
            stays = plural("{count} row stays", "{count} rows stay", len(report.kept))
            words = f"{words}. {stays}: {', '.join(reasons)}"
        self._show(busy="", step=StepLine(), shown=None, decisions={})
        self._said(words, False)
        self._refresh_past()

    def _on_failed(self, error: Exception) -> None:
        self._show(busy="", step=StepLine())
        if isinstance(error, ImportCancelledError):
            self._said(tr("Stopped. Nothing was changed."), False)
        else:
            self._show(problem=failure_words(error))

    def _refresh_past(self) -> None:
        self._runner.run(self._service.imports, done=self._on_past, failed=self._on_failed, key="roster.past")

    def _show(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # fields of the state, by name
        self._changed(self._state)


def _step_words(step: Step, done: int) -> str:
    match step:
        case Step.READ if done:
            return plural("Reading the package: {count} row", "Reading the package: {count} rows", done)
        case Step.READ:
            return tr("Reading the package…")
        case Step.SYNC:
            return tr("Syncing with the district…")
        case Step.COMPARE:
            return tr("Comparing with the records here…")
        case Step.WRITE:
            return tr("Writing the difference…")
        case Step.UNDO:
            return tr("Taking the import back…")
        case Step.COMMIT:
            return tr("Saving…")


def failure_words(error: Exception) -> str:
    """Why a package or an import was refused, and what to do."""
    if isinstance(error, RosterRefusedError):
        return roster_words("refusal", error.reason.value, file=error.file, line=error.line, detail=error.detail)
    if isinstance(error, ImportRefusedError):
        return roster_words("import_refusal", error.reason.value)
    if isinstance(error, ClinicDeskError):
        return sentence(error)
    raise error


def _shown(report: ImportReport) -> Shown:
    """Made off the window's thread: a first import has tens of thousands of lines."""
    plan = report.plan
    return Shown(
        report,
        change_lines(report),
        finding_lines(plan.quarantined),
        (*finding_lines(plan.warnings), *notice_lines(plan.notices)),
        undecided_lines(report),
    )


def _past(one: PastImport) -> PastLine:
    changed = plural("{count} row", "{count} rows", one.rows_changed)
    set_aside = tr("{count} set aside", count=one.rows_quarantined)
    when = formats().date(one.started_at.date())
    return PastLine(one.id, one.file_name, f"{when} · {tr(_STATUS[one.status])} · {changed}, {set_aside}", one.undoable)
