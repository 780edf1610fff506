"""`clinicdesk verify` holds every row against what the district acknowledged of it; `--repair` mends (s55)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.desk import Clinic, clinic
from tests.support.profile import PASSWORD, joined_profile

from clinicdesk.bootstrap.command_line import run_command
from clinicdesk.bootstrap.workstation import workstation
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.device_facts import write_fact
from clinicdesk.sync.base_copies import BaseCopies
from clinicdesk.sync.gone_rows import row_here
from clinicdesk.sync.migrating import PULLED
from clinicdesk.sync.protocol import SCHEMA
from clinicdesk.sync.tables import wire_tables

__all__ = ["clinic"]

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def verify(clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command at a desk whose district has acknowledged Amara under another grade than stands in her row."""
    student = str(clinic.student("Amara", "Okonkwo"))
    profile = joined_profile(clinic, tmp_path / "machine", (clinic.administrator,))
    here = workstation(profile.paths.root, profile.policy)
    opened = here.open(clinic.administrator.sign_in, PASSWORD)
    with opened.store.apply(SYNC_APPLIES) as work:
        connection = work.session.connection()
        values = row_here(connection, wire_tables().by_name["students"], student)
        assert values is not None
        connection.exec_driver_sql("DELETE FROM sync_queue_items")
        copies = BaseCopies(connection)
        copies.put("students", student, 1, {**values, "grade": "11"}, None, None)
        copies.flush()
        write_fact(work.session, PULLED, text=f"{SCHEMA} {SCHEMA}")
    opened.close()
    (tmp_path / "password").write_text(PASSWORD)

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        place = ["--profile", str(profile.paths.root), "--managed-policy", str(profile.policy)]
        person = ["--user", clinic.administrator.sign_in, "--password-file", str(tmp_path / "password")]
        status = run_command(["verify", *words, *person, *place], lambda _profile, _policy: 2)
        return status, json.loads(capsys.readouterr().out)

    return run


def test_scenario_55_verify_names_a_row_that_differs_and_repair_mends_it(verify: Run) -> None:
    status, said = verify()
    assert (status, said["sound"], said["place"]) == (1, False, "row")
    assert said["finding"].startswith("students ")
    assert said["finding"].endswith(": grade")
    assert said["rows"] == {"checked": 1, "differing": 1, "fetched_next": 0, "kept": 0}
    status, said = verify("--repair")
    assert (status, said["sound"]) == (0, True)
    assert said["rows"] == {"checked": 1, "differing": 1, "fetched_next": 0, "kept": 1}
