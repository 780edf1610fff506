"""A workstation's clock that is put right, or wrong, while a session is under way."""

from __future__ import annotations

import datetime as dt

import msgspec
from tests.integration.sync.conftest import NewDesk
from tests.support.district import NOW, Town
from tests.support.sync_rows import a_visit
from tests.support.workstation import DirectLine, Workstation, assert_equal_to_district

from clinicdesk.core.clock import SettableClock
from clinicdesk.sync.ports import Answer, M


class _SetsBack(DirectLine):
    """Whoever sits there sets the clock back by three years at every request."""

    def __init__(self, desk: Workstation, clock: SettableClock) -> None:
        super().__init__(desk.peer)
        self._clock = clock

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        self._clock.advance(dt.timedelta(days=-1000))
        return super().ask(path, request, kind)


def test_scenario_11_a_clock_set_back_during_a_session_leaves_a_run_that_ends_no_earlier_than_it_began(
    town: Town, new_desk: NewDesk
) -> None:
    clock = SettableClock(NOW)
    desk = new_desk(town.ann, town.oak, clock=clock)
    desk.sync()
    visit = desk.insert(a_visit(town))
    desk.sync(_SetsBack(desk, clock))
    runs = desk.rows("SELECT status, started_at, completed_at FROM sync_sessions ORDER BY session_seq")
    # Where a run's answer was lost another took it up.
    ended = [run["status"] for run in runs]
    assert (ended.count("COMPLETED"), ended[-1], set(ended) - {"COMPLETED", "FAILED"}) == (2, "COMPLETED", set())
    assert all(run["started_at"] <= run["completed_at"] for run in runs)
    desk.update("clinic_visits", visit, notes="written on another day, says the clock")
    desk.sync()
    assert_equal_to_district(desk)
