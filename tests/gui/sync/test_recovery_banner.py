"""The sync centre while this database is older than the district remembers (D26, scenarios 13 and 15)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from PySide6.QtWidgets import QWidget
from tests.support.desk import (
    Clinic,
    Member,
    clinic,  # noqa: F401 - the fixture is found by name
)
from tests.support.profile import PASSWORD, Profile, joined_profile
from tests.support.qt import NoSearch, settle, shown, until
from tests.support.sync_conflicts import ScriptedLine, sync_of

from clinicdesk.bootstrap.workstation import workstation
from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.sync import screens
from clinicdesk.gui.screens.sync.screen import SyncScreen
from clinicdesk.gui.shell.window import MainWindow
from clinicdesk.gui.shell.workspace import Session
from clinicdesk.models import AuditLog
from clinicdesk.models.enums import AuditAction, WriteMode, WritePurpose
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.shell import Route, SignedIn
from clinicdesk.security.device_keys import last_incarnation
from clinicdesk.services.desk import Desk
from clinicdesk.services.recovery import Recovery
from clinicdesk.services.signing_in import leave
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.recovery_state import Finding, Found, recovers, write_found
from clinicdesk.sync.process import Failed

Opened = Callable[[Member, Finding | None], "Standing"]


@dataclass
class Standing:
    """A person at the sync centre of a workstation, with its real profile."""

    built: Application
    screen: SyncScreen
    profile: Profile
    desk: Desk
    line: ScriptedLine

    def rest(self) -> None:
        until(lambda: not self.built.runner.busy(), what="the end of the work")
        settle(3)

    @property
    def words(self) -> str:
        banner = self.screen.view.recovery
        assert banner is not None
        return banner.banner.accessibleName() if banner.isVisible() else ""

    @property
    def offered(self) -> str:
        banner = self.screen.view.recovery
        assert banner is not None
        return banner.banner.action.text() if banner.banner.action.isVisible() else ""

    def act(self) -> None:
        banner = self.screen.view.recovery
        assert banner is not None
        banner.banner.action.click()
        settle(3)

    def under_way(self) -> bool:
        with self.desk.store.read() as session:
            return recovers(session)

    def confirmations(self) -> int:
        counted = sa.select(sa.func.count()).where(AuditLog.action == AuditAction.RECOVERY)
        with self.desk.store.read() as session:
            return int(session.scalar(counted) or 0)


@pytest.fixture
def opened(built: Application, clinic: Clinic, tmp_path: Path) -> Iterator[Opened]:  # noqa: F811
    """`opened(who, finding)`: signed in by password at a profile where that was found."""
    made: list[tuple[MainWindow, Desk]] = []

    def open_for(who: Member, finding: Finding | None) -> Standing:
        profile = joined_profile(clinic, tmp_path / uuid.uuid4().hex, (clinic.administrator, clinic.nurse))
        here = workstation(profile.paths.root, profile.policy, clinic.clock)
        desk = here.sign_in(who.sign_in, PASSWORD)
        if finding is not None:
            with desk.store.apply(WorkContext(None, WritePurpose.SYNC, mode=WriteMode.APPLY)) as work:
                write_found(work.session, Found(finding, 1))
        line = ScriptedLine()
        window = MainWindow(built.runner, clinic.clock, QWidget)
        sync = sync_of(clinic, built.runner, line)
        workspace = window.show_workspace(
            Session(
                SignedIn("u1", who.name, "", "Cedar Ridge", "Tamarack Valley USD", "America/New_York"),
                screens(desk, sync, LastActs(clinic.clock, built.runner), Recovery(desk, here)),
                NoSearch(),
                lambda _act: True,
                start=Route("sync"),
                lock=lambda: None,
                scanned=lambda _code: None,
            )
        )
        shown(window, 1440, 900)
        made.append((window, desk))
        screen = workspace.current()
        assert isinstance(screen, SyncScreen)
        standing = Standing(built, screen, profile, desk, line)
        standing.rest()
        return standing

    yield open_for
    for window, desk in made:
        until(lambda: not built.runner.busy(), what="the end of the work")
        window.close()
        window.deleteLater()
        settle()
        leave(desk)


def test_where_nothing_is_the_matter_there_is_no_banner(opened: Opened, clinic: Clinic) -> None:  # noqa: F811
    assert opened(clinic.administrator, None).words == ""


def test_scenario_13_an_administrator_is_asked_once_more_then_it_goes_on_and_syncs(
    opened: Opened,
    clinic: Clinic,  # noqa: F811
) -> None:
    standing = opened(clinic.administrator, Finding.REWOUND)
    assert "older than the district remembers" in standing.words
    standing.act()
    assert "Go on with this database?" in standing.words
    assert (standing.under_way(), standing.confirmations()) == (False, 0)
    standing.act()
    until(lambda: bool(standing.line.heard), what="the run")
    standing.line.heard[0](Failed("sync_unreachable", {}))
    standing.rest()
    assert (standing.under_way(), standing.confirmations()) == (True, 1)
    assert last_incarnation(standing.profile.paths) == 2
    assert standing.desk.unlocked.device_keys.incarnation == 2
    assert "comes back" in standing.words


def test_d26_a_nurse_reads_what_is_the_matter_and_cannot_confirm(opened: Opened, clinic: Clinic) -> None:  # noqa: F811
    standing = opened(clinic.nurse, Finding.REWOUND)
    assert "until an administrator confirms" in standing.words
    assert standing.offered == ""
    standing.act()
    standing.rest()
    assert (standing.under_way(), standing.confirmations()) == (False, 0)
    assert last_incarnation(standing.profile.paths) == 1


def test_scenario_15_a_copy_is_told_how_it_joins_anew(opened: Opened, clinic: Clinic) -> None:  # noqa: F811
    standing = opened(clinic.administrator, Finding.CLONED)
    assert "Another computer speaks as this workstation" in standing.words
    assert "lets this one join anew" in standing.words
    assert standing.offered == "The other one is gone"
