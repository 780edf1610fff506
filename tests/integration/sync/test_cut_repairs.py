"""A session is cut off right before it fetches rows that it knows to be different: the next one fetches them."""

from __future__ import annotations

import pytest
from tests.support.district import Town
from tests.support.faulty import LosesAnswers
from tests.support.workstation import Workstation, assert_equal_to_district

from clinicdesk.sync.errors import UnreachableError
from clinicdesk.sync.inbox import block_rows


def test_scenario_03_a_row_that_was_to_be_fetched_again_is_fetched_by_the_next_session_although_nothing_changed(
    town: Town, ann: Workstation
) -> None:
    iris = town.students["iris"]
    ann.sync()
    with ann.desk_store()._applying("FULL") as (connection, _session):
        connection.exec_driver_sql("UPDATE students SET grade = '9' WHERE id = ?", (iris,))
        block_rows(connection, "students", [iris], "2026-03-02T15:00:00.000000Z", "answered_late")
    with pytest.raises(UnreachableError):
        ann.session(LosesAnswers(ann.direct(), "/v1/rows")).run()
    assert ann.row("students", iris)["grade"] == "9"
    ann.sync()
    assert ann.row("students", iris)["grade"] == "5"
    assert ann.rows("SELECT * FROM sync_states WHERE sync_status = 'BLOCKED'") == []
    assert_equal_to_district(ann)
