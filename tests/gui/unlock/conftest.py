"""The program in front of a nurse, on a profile of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.desk import Clinic, open_clinic
from tests.support.doorway import Doorway

from clinicdesk.gui.app import Application


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with open_clinic(tmp_path) as opened:
        yield opened


@pytest.fixture
def door(built: Application, clinic: Clinic, tmp_path: Path) -> Iterator[Doorway]:
    made = Doorway(built, clinic, tmp_path)
    yield made
    made.close()
