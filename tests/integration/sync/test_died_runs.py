"""A run whose process died stands among the runs with what is known of why."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.support.workstation import Workstation, assert_equal_to_district

from clinicdesk.core.errors import Param
from clinicdesk.sync.ports import Answer, M
from clinicdesk.sync.runs import record_death
from clinicdesk.sync.status import read_status

TOLD: dict[str, Param] = {"status": 1, "failure": "ValueError", "place": "clinicdesk/sync/worker.py:114"}


class Dies:
    """The process ends with its first request."""

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        raise SystemExit


def runs(desk: Workstation) -> list[dict[str, Any]]:
    return desk.rows("SELECT status, last_error, stats, completed_at FROM sync_sessions ORDER BY session_seq")


@pytest.mark.parametrize("began", [False, True])
def test_the_run_of_a_process_that_died_ends_with_what_it_died_of(ann: Workstation, began: bool) -> None:
    """Where it had not even begun its run, there is one in its place."""
    before = len(runs(ann))
    if began:
        with pytest.raises(SystemExit):
            ann.sync(Dies())
        assert runs(ann)[-1]["status"] == "IN_PROGRESS"
    record_death(ann.store, ann.device, ann.user, ann.clock, 1, TOLD)
    (died,) = runs(ann)[before:]
    assert (died["status"], died["last_error"]) == ("FAILED", "sync_died")
    assert msgspec.json.decode(died["stats"]) == TOLD
    assert died["completed_at"] is not None
    with ann.store.read() as session:
        assert read_status(session).last_error == "sync_died"
    ann.sync()
    assert_equal_to_district(ann)
