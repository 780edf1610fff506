"""A session ends twelve hours after the password, whatever is typed meanwhile (security-spec 2.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from PySide6.QtCore import Qt
from tests.support.desk import Clinic, open_clinic
from tests.support.doorway import PIN, Doorway
from tests.support.leaving import check_in

from clinicdesk.gui.screens.unlock.card import UnlockView
from clinicdesk.gui.widgets.fields import NoteEditor
from clinicdesk.gui.widgets.notices import Banner
from clinicdesk.models import ClinicVisit, Session
from clinicdesk.security.errors import KeysGoneError
from clinicdesk.services.visits import Visits

TWELVE = dt.timedelta(hours=12)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """A clinic with one open visit."""
    with open_clinic(tmp_path) as opened:
        check_in(opened, opened.student())
        yield opened


def after(door: Doorway, clinic: Clinic, span: dt.timedelta) -> None:
    """The time goes by while somebody works: idleness never locks, the end of the session may."""
    clinic.clock.advance(span)
    door.desktop.window.idle.touch()
    door.desktop.window.session_end.check()
    door.rest()


def locked(door: Doorway) -> bool:
    return isinstance(door.desktop.window.locked_view, UnlockView)


def test_t04_after_twelve_hours_the_desk_locks_says_why_and_drops_the_keys(door: Doorway, clinic: Clinic) -> None:
    door.sign_in("olszewski")
    desk = door.person.desk
    after(door, clinic, TWELVE - dt.timedelta(minutes=6))
    assert door.workspace.banners.banner("session") is None
    after(door, clinic, dt.timedelta(minutes=2))
    banner = door.workspace.banners.banner("session")
    assert isinstance(banner, Banner)
    assert "ends in 4 minutes" in banner.accessibleName()
    after(door, clinic, dt.timedelta(minutes=4))
    assert locked(door)
    with pytest.raises(KeysGoneError):
        desk.unlocked.root_keys()
    warning = door.card.findChild(Banner, "unlock.warning.session_over")
    assert isinstance(warning, Banner)
    assert "The session ended after 12 hours." in warning.accessibleName()
    door.sign_in("olszewski")
    door.lock()
    assert door.card.findChild(Banner, "unlock.warning.session_over") is None


def test_what_was_typed_is_there_again_after_the_session_ended(door: Doorway, clinic: Clinic) -> None:
    (visit,) = (row.id for row in clinic.rows(ClinicVisit))
    door.sign_in("olszewski")
    door.workspace.navigate("visits.visit", visit_id=str(visit))
    door.rest()
    note = door.workspace.findChild(NoteEditor, "visit.note")
    assert isinstance(note, NoteEditor)
    note.setFocus(Qt.FocusReason.OtherFocusReason)
    door.type("itches a lot")
    assert note.toPlainText() == "itches a lot"
    after(door, clinic, TWELVE)
    assert locked(door)
    door.sign_in("olszewski")
    draft = Visits(door.person.desk).draft(str(visit))
    assert draft is not None
    assert draft["note"] == "itches a lot"


def test_another_school_or_a_lock_in_between_does_not_move_the_end(door: Doorway, clinic: Clinic) -> None:
    door.sign_in("olszewski")
    ends_at = door.person.desk.ends_at
    assert ends_at == clinic.clock.now() + TWELVE
    with door.person.desk.store.read() as session:
        assert session.scalars(sa.select(Session.expires_at).where(Session.is_active)).all() == [ends_at]
    after(door, clinic, dt.timedelta(hours=6))
    door.set_pin()
    door.lock()
    door.type(PIN)
    door.press(Qt.Key.Key_Return)
    assert door.person.desk.ends_at == ends_at
    after(door, clinic, dt.timedelta(hours=6))
    assert locked(door)
    assert door.card.presenter.state.standing.quick == ()


def test_a_clock_that_was_set_back_lengthens_no_session(door: Doorway, clinic: Clinic) -> None:
    door.sign_in("olszewski")
    after(door, clinic, dt.timedelta(hours=11))
    clinic.clock.advance(dt.timedelta(hours=-10))
    after(door, clinic, dt.timedelta(hours=1))
    assert locked(door)
