"""The window whose sync process dies: it says so, and the log of runs says of what."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.desk import Clinic, clinic
from tests.support.profile import PASSWORD, joined_profile
from tests.support.qt import settle, shown, until

from clinicdesk.bootstrap import person
from clinicdesk.bootstrap.desktop import Desktop
from clinicdesk.gui.app import Application
from clinicdesk.models import SyncSession
from clinicdesk.models.enums import SyncSessionStatus

__all__ = ["clinic"]

DIES = "raise RuntimeError('Nils Sample')"


@pytest.fixture
def desktop(built: Application, clinic: Clinic, tmp_path: Path) -> Iterator[Desktop]:
    profile = joined_profile(clinic, tmp_path / "machine", (clinic.nurse,))
    opened = Desktop(built, profile.paths.root, profile.policy, clinic.clock)
    shown(opened.window, 1440, 900)
    yield opened
    opened.close()
    opened.window.close()
    opened.window.deleteLater()
    settle()


@pytest.mark.prove
def test_what_the_sync_process_died_of_stands_among_the_runs(
    desktop: Desktop, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person, "sync_command", lambda: [sys.executable, "-c", DIES])
    desktop._opened(desktop.sign_in(clinic.nurse.sign_in, PASSWORD))
    assert desktop.person is not None
    sync = desktop.person.sync
    sync.now()
    until(lambda: not sync.state.running, 20, "the end of the run")
    assert "Sync ended before it was done" in sync.state.message
    with desktop.person.desk.store.read() as session:
        (run,) = session.query(SyncSession).all()
        assert (run.status, run.last_error) == (SyncSessionStatus.FAILED, "sync_died")
        assert run.stats == {"status": 1, "failure": "RuntimeError"}
