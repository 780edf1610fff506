"""Every command that speaks with the district carries out its wipe: over TLS, on a whole profile (scenario 43)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.databases import DISTRICT_SCHEMA, district_uri, postgres_uri
from tests.support.desk import Clinic, clinic
from tests.support.district import Town
from tests.support.doomed import Doomed, doomed
from tests.support.oneroster import package
from tests.support.profile import PASSWORD
from tests.support.served import served

from clinicdesk.bootstrap.command_line import run_command
from clinicdesk.server.database import Database

__all__ = ["clinic", "district_uri", "postgres_uri"]


@pytest.fixture
def lost(district_uri: str, clinic: Clinic, tmp_path: Path) -> Iterator[Doomed]:
    """An administrator's workstation that the district wants wiped, with work that nobody else has."""
    clinic.student("Amara", "Okonkwo")
    with contextlib.closing(Database(district_uri, DISTRICT_SCHEMA, connections=6)) as database:
        town = Town.found(database)
        with served(town, tmp_path / "server") as wire:
            yield doomed(clinic, wire, tmp_path / "machine", (clinic.administrator, clinic.nurse))


@pytest.mark.parametrize(
    "command",
    [["sync"], ["sync", "--recover"], pytest.param(["roster", "import"], marks=pytest.mark.prove)],
    ids=" ".join,
)
def test_scenario_43_a_command_hands_in_what_is_here_and_destroys_it(
    lost: Doomed, clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """And whoever tries to sign in afterwards finds a workstation that nobody ever joined."""
    if command[0] == "roster":
        (tmp_path / "roster.zip").write_bytes(package("pinewood").read())
        command = [*command, str(tmp_path / "roster.zip")]
    (tmp_path / "password").write_text(PASSWORD)
    words = [
        *command,
        "--user",
        clinic.administrator.sign_in,
        "--profile",
        str(lost.profile.paths.root),
        "--password-file",
        str(tmp_path / "password"),
        "--managed-policy",
        str(lost.profile.policy),
    ]
    assert run_command(words, no_window) == 1
    assert "[wiped]" in capsys.readouterr().err
    assert lost.left == set()
    assert (lost.standing, lost.trail) == ("done", ["wipe_ordered", "wipe_begun", "wiped"])
    ((handed_in,),) = lost.wire.town.query("SELECT count(*) FROM sync_inbox WHERE device_id = %s", lost.device)
    assert handed_in > 0
    assert lost.wire.town.query("SELECT left_waiting FROM device_wipes") == [(0,)]
    assert run_command(words, no_window) == 1
    assert "[wiped]" not in capsys.readouterr().err


def no_window(profile: Path | None, policy: Path | None) -> int:
    raise AssertionError(f"a command opened the window: {profile} {policy}")
