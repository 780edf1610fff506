"""Decides what the roster screen shows: check a package, decide who is who, import, undo (D5)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

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
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.roster import ImportRefusedError
from clinicdesk.services.roster_report import ImportReport, PastImport, UndoReport

_STATUS = {
    "APPLIED": "imported",
    "UNDONE": "undone",
    "DRY_RUN": "dry run",
    "FAILED": "failed",
}


class Rosters(Protocol):
    """The roster service as the screen uses it; every call may take seconds."""

    def preview(self, file: Path, *, decisions: Mapping[str, uuid.UUID | None] = ...) -> ImportReport: ...

    def import_package(
        self,
        file: Path,
        *,
        decisions: Mapping[str, uuid.UUID | None] = ...,
        accepted: Collection[StopReason] = ...,
    ) -> ImportReport: ...

    def undo(self, import_id: uuid.UUID) -> UndoReport: ...

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
class RosterState:
    """What the screen shows. `busy` says in words what is under way, `problem` why there is nothing to show."""

    path: str = ""
    busy: str = ""
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
        self._show(path=stated, busy=tr("Reading the package…"), problem="", shown=None, decisions={}, accepted=False)
        self._runner.run(
            lambda: _shown(self._service.preview(Path(stated).expanduser())),
            done=self._on_checked,
            failed=self._on_failed,
            key="roster.work",
        )

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
        self._show(busy=tr("Importing… The district is asked first."), problem="")
        self._runner.run(
            lambda: _shown(
                self._service.import_package(
                    Path(state.path).expanduser(), decisions=dict(state.decisions), accepted=accepted
                )
            ),
            done=self._on_imported,
            failed=self._on_failed,
            key="roster.work",
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
        self._show(busy=tr("Taking the import back…"), problem="")
        self._runner.run(
            lambda: self._service.undo(import_id), done=self._on_undone, failed=self._on_failed, key="roster.work"
        )

    def _on_past(self, imports: tuple[PastImport, ...]) -> None:
        self._show(past=tuple(_past(one) for one in imports))

    def _on_checked(self, shown: Shown) -> None:
        self._show(busy="", shown=shown)

    def _on_imported(self, shown: Shown) -> None:
        self._show(busy="", shown=shown, accepted=False)
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
        self._show(busy="", shown=None, decisions={})
        self._said(words, False)
        self._refresh_past()

    def _on_failed(self, error: Exception) -> None:
        self._show(busy="")
        self._show(problem=failure_words(error))

    def _refresh_past(self) -> None:
        self._runner.run(self._service.imports, done=self._on_past, failed=self._on_failed, key="roster.past")

    def _show(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # fields of the state, by name
        self._changed(self._state)


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
