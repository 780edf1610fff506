"""A district whose connections are all in use says so before it knows who asks, and takes the same request later."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from tests.support.district import Town
from tests.support.served import give_keys, served
from tests.support.sync_rows import an_allergy
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.server import database
from clinicdesk.sync.errors import BusyError

CONNECTIONS = 6


@pytest.mark.sent_once
def test_scenario_57_a_district_that_cannot_look_up_a_signature_now_says_when_to_come_again(
    town: Town, ann: Workstation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither an unknown device nor an error of the server: 503, no word in the audit trail, nothing lost."""
    keys = KeyPairs.generate()
    give_keys(town, ann.device, keys)
    allergy = ann.insert(an_allergy(town, notes="typed while the district was busy"))
    refusals = "SELECT count(*) FROM audit_logs"
    before = town.query(refusals)
    with served(town, tmp_path / "served") as running:
        line = running.line(ann.device, keys)
        with monkeypatch.context() as patched, contextlib.ExitStack() as taken:
            patched.setattr(database, "POOL_TIMEOUT_SECONDS", 0.05)
            for _connection in range(CONNECTIONS):
                taken.enter_context(town.database.owning())
            with pytest.raises(BusyError) as busy:
                ann.sync(line)
        assert busy.value.params["seconds"] == 5
        assert town.query(refusals) == before
        assert ann.sync(line).pushed == 1
    assert (town.rows("allergies", allergy) or {})["notes"] == "typed while the district was busy"
    assert_nothing_lost(town, ann)
    assert_equal_to_district(ann)
