"""A clinic to work in: a real encrypted file, a district with two schools, its staff, and desks for any of them.

    def test_something(clinic: Clinic) -> None:
        student = clinic.student("Amara", "Okonkwo")
        visits = Visits(clinic.desk(clinic.nurse))

`clinic` is a fixture: a folder's conftest.py imports it (`from tests.support.desk import clinic`). The file is opened
by key (D63: only login tests derive keys). What it is stands in `clinicdesk.demonstration.clinic`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinicdesk.demonstration.clinic import NOW, PASSWORD, ZONE, Clinic, Member, furnished, open_clinic
from clinicdesk.demonstration.clinic import ROOT as _ROOT

__all__ = ["NOW", "PASSWORD", "ZONE", "_ROOT", "Clinic", "Member", "clinic", "furnished", "open_clinic"]


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """A clinic on a Tuesday in October at 11:32."""
    with open_clinic(tmp_path) as opened:
        yield opened
