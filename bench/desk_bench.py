"""`save_visit`: a visit's commit through the real service, against one bare row in the same encrypted file."""

from __future__ import annotations

import tempfile
import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from bench.measure import Goal, Result, compare
from clinicdesk.demonstration.clinic import NOW, Clinic, open_clinic
from clinicdesk.domain.entry.numbers import Temperature, TemperatureUnit
from clinicdesk.domain.vitals import VitalSigns
from clinicdesk.models.enums import WriteMode, WritePurpose
from clinicdesk.services.visit_values import NewVisit, VisitEntry
from clinicdesk.services.visits import Visits
from clinicdesk.storage.context import WorkContext

_SAVES = 40
_WARM_UP = 5
_NOTE = "Came from PE with a stomach ache, ate no breakfast. Rested, drank water, ate crackers, felt better."
_BARE = WorkContext(author=None, purpose=WritePurpose.SYNC, mode=WriteMode.APPLY)


def save_visit() -> list[Result]:
    """Findings, a note and a vital of an open visit: checked, audited, captured, committed FULL (D34, D6)."""
    with tempfile.TemporaryDirectory() as folder, open_clinic(Path(folder)) as clinic:
        visits = Visits(clinic.desk())
        saves = _Saves(visits, [_begun(clinic, visits) for _ in range(8)])
        saves(_WARM_UP)
        return [
            compare(
                "save_visit",
                unit="ms",
                goal=Goal(ratio=10, limit=15),
                value=lambda: saves(_SAVES),
                floor=lambda: _bare_rows(clinic, _SAVES),
                floor_is="one bare row in the same encrypted file, committed FULL",
            )
        ]


class _Saves:
    """Saves one visit after the other, each time with another reading and other words."""

    def __init__(self, visits: Visits, open_visits: list[uuid.UUID]) -> None:
        self._visits = visits
        self._open = open_visits
        self._done = 0

    def __call__(self, count: int) -> list[float]:
        taken = []
        for _ in range(count):
            self._done += 1
            visit, entry = self._open[self._done % len(self._open)], _entry(self._done)
            began = time.perf_counter()
            self._visits.save(visit, entry)
            taken.append((time.perf_counter() - began) * 1000)
        return taken


def _begun(clinic: Clinic, visits: Visits) -> uuid.UUID:
    new = NewVisit(student_id=clinic.student(), complaints=("stomach_ache",), template="stomach_ache")
    return visits.check_in(new).visit_id


def _entry(number: int) -> VisitEntry:
    reading = Temperature(value=Decimal("36.5") + Decimal(number % 10) / 10, unit=TemperatureUnit.C)
    return VisitEntry(
        complaints=("stomach_ache",),
        template="stomach_ache",
        came_at=NOW,
        vitals=VitalSigns(temperature=reading, heart_rate=70 + number % 40),
        interventions=frozenset({"rest", "water"}),
        note=f"{_NOTE} {number}",
    )


def _bare_rows(clinic: Clinic, count: int) -> list[float]:
    """One row of a table of its own, without capture and without audit."""
    taken = []
    for number in range(count):
        began = time.perf_counter()
        with clinic.store.apply(_BARE) as work:
            work.session.connection().exec_driver_sql(
                "INSERT INTO device_facts (name, text_value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET text_value = excluded.text_value",
                (f"bench {number % 8}", str(time.perf_counter_ns())),
            )
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def benches() -> dict[str, Callable[[], list[Result]]]:
    return {"save_visit": save_visit}
