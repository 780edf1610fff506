"""The student screens in a real window over a real encrypted file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.busy_day import BusyDay, busy_day
from tests.support.clinic_window import ClinicWindow
from tests.support.desk import Clinic, clinic  # noqa: F401 - fixtures are found by name

from clinicdesk.gui.app import Application


@pytest.fixture
def day(clinic: Clinic) -> BusyDay:  # noqa: F811 - the fixture of the same name
    return busy_day(clinic)


@pytest.fixture
def window(built: Application, day: BusyDay) -> Iterator[ClinicWindow]:
    opened = ClinicWindow(built, day.clinic)
    yield opened
    opened.close()
