"""An import can be stopped at every step, and then nothing of it is left."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.support.roster_office import Office

from clinicdesk.demonstration.people import plan_district
from clinicdesk.demonstration.roster_zip import write_roster
from clinicdesk.models import AuditLog, RosterImport, RosterImportRow, SealedKey, SourceLink, Student, SyncQueueItem
from clinicdesk.services.roster_steps import ImportCancelledError, Step

_WRITTEN = (Student, SourceLink, SealedKey, RosterImport, RosterImportRow, SyncQueueItem)


class Impatient:
    """Watches, and wants to stop when a step has been told so many times."""

    def __init__(self, step: Step | None = None, count: int = 1) -> None:
        self.step = step
        self.count = count
        self.heard: list[tuple[str, int, int]] = []

    @property
    def cancelled(self) -> bool:
        return self.step is not None and [step for step, _, _ in self.heard].count(self.step) >= self.count

    def report(self, done: int, total: int, words: str = "") -> None:
        self.heard.append((words, done, total))


def _rows(office: Office) -> dict[str, int]:
    with office.desk.store.read() as session:
        return {
            model.__tablename__: session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
            for model in _WRITTEN
        }


@pytest.fixture
def district(office: Office) -> Path:
    path = office.folder / "district.zip"
    write_roster(plan_district(7, office.desk.today(), 400), path)
    return path


def test_an_import_tells_every_step_and_how_far_it_is(office: Office, district: Path) -> None:
    watcher = Impatient()
    office.roster.import_package(district, watcher=watcher)
    assert list(dict.fromkeys(step for step, _, _ in watcher.heard)) == [
        Step.READ,
        Step.SYNC,
        Step.COMPARE,
        Step.WRITE,
        Step.COMMIT,
    ]
    written = [(done, total) for step, done, total in watcher.heard if step == Step.WRITE]
    assert written == sorted(written)
    assert written[-1][0] < written[-1][1]
    # Parts of a thousand rows at most, so that a wish to stop is heard soon.
    assert max(after - before for (before, _), (after, _) in pairwise(written)) <= 1_000


def test_a_stopped_import_leaves_nothing_half_written(office: Office, district: Path) -> None:
    before = _rows(office)
    for step, count in ((Step.SYNC, 1), (Step.COMPARE, 2), (Step.WRITE, 1), (Step.WRITE, 5)):
        watcher = Impatient(step, count)
        with pytest.raises(ImportCancelledError):
            office.roster.import_package(district, watcher=watcher)
        assert watcher.heard[-1][0] == step
        assert _rows(office) == before
    assert office.district.asked[-1] == "release"
    assert len(office.roster.import_package(district).plan.changes) > 1_500


def test_a_stopped_import_is_audited_as_an_attempt(office: Office, district: Path) -> None:
    with pytest.raises(ImportCancelledError):
        office.roster.import_package(district, watcher=Impatient(Step.WRITE))
    with office.desk.store.read() as session:
        last = session.scalars(sa.select(AuditLog).order_by(AuditLog.seq.desc()).limit(1)).one()
        assert (last.entity_type, last.success) == ("RosterImport", False)


def test_a_dry_run_can_be_stopped(office: Office, district: Path) -> None:
    with pytest.raises(ImportCancelledError):
        office.roster.preview(district, watcher=Impatient(Step.READ))


def test_a_stopped_undo_leaves_the_import_as_it_was(office: Office, district: Path) -> None:
    report = office.roster.import_package(district)
    assert report.import_id is not None
    before = _rows(office)
    for step, count in ((Step.SYNC, 1), (Step.UNDO, 3), (Step.UNDO, 6)):
        with pytest.raises(ImportCancelledError):
            office.roster.undo(report.import_id, watcher=Impatient(step, count))
        assert _rows(office) == before
    assert office.roster.undo(report.import_id).kept == ()
