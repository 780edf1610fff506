"""A full disk while a visit is saved: the draft is kept and the sentence says what to do."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.desk import Clinic, open_clinic

from clinicdesk.i18n import sentence
from clinicdesk.models import ClinicVisit
from clinicdesk.services.visit_values import NewVisit, VisitEntry
from clinicdesk.services.visits import Visits
from clinicdesk.storage.errors import DiskFullError


@pytest.fixture
def small_clinic(tmp_path: Path) -> Iterator[Clinic]:
    """A clinic on a disk of 16 MB (D63)."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)], check=True)
    with open_clinic(disk) as opened:
        yield opened
    subprocess.run(["umount", str(disk)], check=True)


def fill(disk: Path) -> Path:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)) == 4096:
            pass
    return ballast


def test_f04_a_full_disk_on_save_keeps_the_draft_and_says_so(small_clinic: Clinic) -> None:
    visits = Visits(small_clinic.desk())
    visit = visits.check_in(NewVisit(student_id=small_clinic.student(), complaints=("rash",), template="rash")).visit_id
    visits.keep_draft(str(visit), {"note": "itches since lunch"})
    ballast = fill(small_clinic.folder)
    long_note = "itches since lunch " * 100_000
    entry = VisitEntry(complaints=("rash",), template="rash", came_at=small_clinic.clock.now(), note=long_note)
    with pytest.raises(DiskFullError) as told:
        visits.save(visit, entry)
    assert "disk" in sentence(told.value).lower()
    assert visits.draft(str(visit)) == {"note": "itches since lunch"}
    assert small_clinic.rows(ClinicVisit)[0].notes is None
    ballast.unlink()
    visits.save(visit, entry)
    assert small_clinic.rows(ClinicVisit)[0].notes == long_note
    assert visits.draft(str(visit)) is None
