"""Importing a roster at this desk: a dry run, the import under the district's lease, and its undoing (D5)."""

from __future__ import annotations

import contextlib
import enum
import gc
import hashlib
import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from sqlalchemy.orm import Session

from clinicdesk.core.errors import UserFacingError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.permissions import Act
from clinicdesk.domain.roster.difference import RosterPlan, RosterPolicy, StopReason
from clinicdesk.domain.roster.held import HeldRoster
from clinicdesk.domain.roster.plan import plan_import
from clinicdesk.domain.roster.records import FileMode, RosterPackage
from clinicdesk.domain.roster.students import Decisions
from clinicdesk.interchange.oneroster import read_package
from clinicdesk.models import RosterImport
from clinicdesk.models.enums import AuditAction, ImportStatus, WritePurpose
from clinicdesk.services.desk import Desk
from clinicdesk.services.roster_report import ImportReport, PastImport, UndoReport
from clinicdesk.services.roster_steps import Step, Steps, Watcher
from clinicdesk.services.roster_undo import Undoing
from clinicdesk.services.roster_writing import PlanWriter
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import roster as queries

_NO_DECISIONS: Mapping[str, uuid.UUID | None] = {}
_LISTED = 20


class ImportRefusal(enum.StrEnum):
    """Why this desk may not import now."""

    NOT_ALL_SCHOOLS = "not_all_schools"
    HELD_ELSEWHERE = "held_elsewhere"
    NO_DISTRICT = "no_district"
    UNKNOWN_IMPORT = "unknown_import"
    NOT_APPLIED = "not_applied"
    OTHER_DEVICE = "other_device"


class ImportRefusedError(UserFacingError):
    """Nothing was imported; `reason` is an `ImportRefusal`."""

    code: ClassVar[str] = "roster_import_refused"

    def __init__(self, reason: ImportRefusal) -> None:
        super().__init__(reason=reason.value)
        self.reason = reason


class ImportStoppedError(UserFacingError):
    """The difference is too large to be meant; nothing was written."""

    code: ClassVar[str] = "roster_import_stopped"


@dataclass(frozen=True, slots=True)
class LeaseAnswer:
    """What the district said to the wish to import."""

    granted: bool


class DistrictLine(Protocol):
    """The district, as an import needs it. Each call fails with a `WorldError` where it cannot be reached."""

    def holds_all_schools(self) -> bool:
        """Whether this device's scope set is ALL; known without the network."""
        ...

    def sync(self) -> None:
        """Send and receive everything, so that the difference is made against what the district knows."""
        ...

    def lease(self, user: uuid.UUID) -> contextlib.AbstractContextManager[LeaseAnswer]:
        """Take the one right to import, and give it back on leaving."""
        ...


class RosterService:
    """What a district administrator does with a roster package at this desk."""

    def __init__(self, desk: Desk, district: DistrictLine, policy: RosterPolicy | None = None) -> None:
        self._desk = desk
        self._district = district
        self._policy = policy or RosterPolicy()

    def preview(
        self, file: Path, *, decisions: Decisions = _NO_DECISIONS, watcher: Watcher | None = None
    ) -> ImportReport:
        """What an import would do; nothing is written and the district is not asked.

        Raises:
            RosterRefusedError: the package cannot be used.
            ImportCancelledError: `watcher` wants no more of it.
            ImportRefusedError: this device does not hold every school, so it would take known students for new ones.
        """
        self._require_all_schools()
        steps = Steps(watcher)
        with self._desk.look(Act.IMPORT_ROSTER, schools=()) as session, without_cycle_search():
            package = _read(file, steps)
            held, plan = self._planned(session, package, decisions, steps)
        return ImportReport(file.name, plan, held, dry_run=True)

    def import_package(
        self,
        file: Path,
        *,
        decisions: Decisions = _NO_DECISIONS,
        accepted: Collection[StopReason] = (),
        watcher: Watcher | None = None,
    ) -> ImportReport:
        """Import a package in one transaction. A report that is not applied was stopped: see its `stops`.

        `accepted` are the stops that a person has looked at and means.

        Raises:
            RosterRefusedError: the package cannot be used.
            ImportRefusedError: another desk is importing, or this one may not.
            ImportCancelledError: `watcher` wants no more of it; nothing was written.
        """
        import_id = new_id()
        entry = AuditEntry(AuditAction.IMPORT, "RosterImport", import_id)
        self._desk.require(Act.IMPORT_ROSTER, entry, schools=())
        self._require_all_schools()
        with without_cycle_search():
            return self._import(file, import_id, entry, decisions, accepted, Steps(watcher))

    def _import(
        self,
        file: Path,
        import_id: uuid.UUID,
        entry: AuditEntry,
        decisions: Decisions,
        accepted: Collection[StopReason],
        steps: Steps,
    ) -> ImportReport:
        package = _read(file, steps)
        steps.at(Step.SYNC)
        with self._leased():
            held, plan = HeldRoster(), None
            try:
                with self._desk.act(Act.IMPORT_ROSTER, entry, schools=(), purpose=WritePurpose.IMPORT) as work:
                    held, plan = self._planned(work.session, package, decisions, steps)
                    if any(stop.reason not in accepted for stop in plan.stops):
                        raise ImportStoppedError(stops=len(plan.stops))
                    is_delta = FileMode.DELTA in package.modes.values()
                    # Tens of thousands of rows that the plan says better.
                    del package
                    self._write(work.session, file, plan, import_id, steps, is_delta=is_delta)
                    steps.at(Step.COMMIT)
            except ImportStoppedError:
                if plan is None:
                    raise
                return ImportReport(file.name, plan, held, dry_run=False)
        return ImportReport(file.name, plan, held, dry_run=False, import_id=import_id)

    def undo(self, import_id: uuid.UUID, *, watcher: Watcher | None = None) -> UndoReport:
        """Take a whole import back. Rows that were changed or written about since stay, and the report names them.

        Raises:
            ImportRefusedError: it was made elsewhere, was undone before, or another desk is importing.
            ImportCancelledError: `watcher` wants no more of it; the import stands as before.
        """
        steps = Steps(watcher)
        entry = AuditEntry(AuditAction.RESTORE, "RosterImport", import_id)
        self._desk.require(Act.UNDO_IMPORT, entry, schools=())
        self._require_all_schools()
        steps.at(Step.SYNC)
        with (
            self._leased(),
            self._desk.act(Act.UNDO_IMPORT, entry, schools=(), purpose=WritePurpose.IMPORT) as work,
        ):
            record = queries.import_of(work.session, import_id)
            if record is None or record.deleted_at is not None:
                raise ImportRefusedError(ImportRefusal.UNKNOWN_IMPORT)
            if record.status is not ImportStatus.APPLIED:
                raise ImportRefusedError(ImportRefusal.NOT_APPLIED)
            rows = queries.import_rows(work.session, import_id)
            if not rows and record.rows_changed:
                # The record of an import stays where it was made.
                raise ImportRefusedError(ImportRefusal.OTHER_DEVICE)
            report = Undoing(work.session, self._desk.person.user_id, work.at, import_id, rows, steps).undo()
            record.status = ImportStatus.UNDONE
            record.undone_at = work.at
            record.report = {**record.report, "undo": _counted(report)}
            steps.at(Step.COMMIT)
        return report

    def imports(self) -> tuple[PastImport, ...]:
        """The last imports, newest first."""
        with self._desk.look(Act.IMPORT_ROSTER, schools=()) as session:
            return tuple(
                PastImport(
                    row.id,
                    row.file_name,
                    row.source,
                    row.status.value,
                    row.started_at,
                    row.rows_changed,
                    row.rows_quarantined,
                    undoable=row.status is ImportStatus.APPLIED and bool(row.rows_changed),
                )
                for row in queries.recent_imports(session, _LISTED)
            )

    def _planned(
        self, session: Session, package: RosterPackage, decisions: Decisions, steps: Steps
    ) -> tuple[HeldRoster, RosterPlan]:
        steps.at(Step.COMPARE)
        held = queries.held_roster(session, package.source.key)
        steps.at(Step.COMPARE)
        plan = plan_import(
            package, held, today=self._desk.today(), new_id=new_id, decisions=decisions, policy=self._policy
        )
        return held, plan

    def _write(
        self,
        session: Session,
        file: Path,
        plan: RosterPlan,
        import_id: uuid.UUID,
        steps: Steps,
        *,
        is_delta: bool,
    ) -> None:
        district = queries.district_of(session)
        if district is None:
            raise ImportRefusedError(ImportRefusal.NO_DISTRICT)
        now = self._desk.now()
        session.add(
            RosterImport(
                id=import_id,
                file_name=file.name[:255],
                content_hash=_hash_of(file),
                source=plan.source.key,
                is_delta=is_delta,
                status=ImportStatus.APPLIED,
                started_at=now,
                finished_at=now,
                rows_read=plan.rows_read,
                rows_changed=len(plan.changes),
                rows_quarantined=plan.rows_set_aside,
                report=_counts(plan),
            )
        )
        session.flush()
        PlanWriter(session, self._desk, plan, import_id, district, now, steps).write()

    def _require_all_schools(self) -> None:
        if not self._district.holds_all_schools():
            raise ImportRefusedError(ImportRefusal.NOT_ALL_SCHOOLS)

    @contextlib.contextmanager
    def _leased(self) -> Iterator[None]:
        self._district.sync()
        with self._district.lease(self._desk.person.user_id) as answer:
            if not answer.granted:
                raise ImportRefusedError(ImportRefusal.HELD_ELSEWHERE)
            yield


@contextlib.contextmanager
def without_cycle_search() -> Iterator[None]:
    """The many small values of a roster hold no cycles; searching them for some takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(file: Path, steps: Steps) -> RosterPackage:
    return read_package(file, heard=lambda rows: steps.at(Step.READ, rows))


def _hash_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _counts(plan: RosterPlan) -> dict[str, Any]:
    return {
        kind.value: {action.value: count for action, count in actions.items() if count}
        for kind, actions in plan.counts().items()
    }


def _counted(report: UndoReport) -> dict[str, Any]:
    return {
        "undone": {kind.value: count for kind, count in report.undone.items()},
        "kept": dict(Counter(one.reason.value for one in report.kept)),
    }
