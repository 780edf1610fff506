"""The window of a workstation that its district wants wiped: sync hears the order, everything goes (scenario 43)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.databases import DISTRICT_SCHEMA, district_uri, postgres_uri
from tests.support.desk import Clinic, Member, clinic
from tests.support.district import Town
from tests.support.doomed import Doomed, doomed
from tests.support.oneroster import package
from tests.support.profile import PASSWORD
from tests.support.qt import settle, shown, until
from tests.support.served import served

from clinicdesk.bootstrap.desktop import Desktop
from clinicdesk.bootstrap.person import PersonAtWork
from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.roster.view import RosterView
from clinicdesk.gui.screens.unlock.card import UnlockView
from clinicdesk.gui.screens.unlock.first_run import FirstRunView
from clinicdesk.server.database import Database

__all__ = ["clinic", "district_uri", "postgres_uri"]


@pytest.fixture
def lost(district_uri: str, clinic: Clinic, tmp_path: Path) -> Iterator[Doomed]:
    clinic.student("Amara", "Okonkwo")
    with (
        contextlib.closing(Database(district_uri, DISTRICT_SCHEMA, connections=6)) as database,
        served(Town.found(database), tmp_path / "server") as wire,
    ):
        yield doomed(clinic, wire, tmp_path / "machine", (clinic.nurse, clinic.administrator))


@pytest.fixture
def desktop(built: Application, clinic: Clinic, lost: Doomed) -> Iterator[Desktop]:
    opened = Desktop(built, lost.profile.paths.root, lost.profile.policy, clinic.clock)
    shown(opened.window, 1440, 900)
    yield opened
    opened.close()
    opened.window.close()
    opened.window.deleteLater()
    settle()


def person_at_work(desktop: Desktop, who: Member) -> PersonAtWork:
    desktop._opened(desktop.sign_in(who.sign_in, PASSWORD))
    assert desktop.person is not None
    return desktop.person


@pytest.mark.prove
def test_scenario_43_the_window_locks_destroys_what_is_here_and_begins_like_a_new_one(
    desktop: Desktop, lost: Doomed, clinic: Clinic
) -> None:
    """The order reaches the sync process, as it does every five minutes while somebody works."""
    assert isinstance(desktop.window.locked_view, UnlockView)
    person_at_work(desktop, clinic.nurse).sync.now()
    until(lambda: isinstance(desktop.window.locked_view, FirstRunView), 60, "the first run")
    assert_wiped(desktop, lost)


@pytest.mark.prove
def test_scenario_43_an_import_that_meets_the_order_in_the_window_carries_it_out_at_once(
    desktop: Desktop, lost: Doomed, clinic: Clinic, tmp_path: Path
) -> None:
    """It syncs in the window's own process, with what is waiting, before it writes anything."""
    (tmp_path / "roster.zip").write_bytes(package("pinewood").read())
    person_at_work(desktop, clinic.administrator)
    assert desktop.window.workspace is not None
    desktop.window.workspace.navigate("admin.roster", path=str(tmp_path / "roster.zip"))
    (view,) = desktop.window.findChildren(RosterView)
    until(view.import_button.isEnabled, 20, "the preview")
    view.import_wanted.emit()
    until(lambda: isinstance(desktop.window.locked_view, FirstRunView), 60, "the first run")
    assert_wiped(desktop, lost)


def assert_wiped(desktop: Desktop, lost: Doomed) -> None:
    assert desktop.person is None
    assert lost.left == set()
    assert (lost.standing, lost.trail) == ("done", ["wipe_ordered", "wipe_begun", "wiped"])
    assert lost.wire.town.query("SELECT left_waiting FROM device_wipes") == [(0,)]
    ((handed_in,),) = lost.wire.town.query("SELECT count(*) FROM sync_inbox WHERE device_id = %s", lost.device)
    assert handed_in > 0
