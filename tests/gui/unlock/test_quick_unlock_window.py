"""The whole way in by PIN through the real window, profile and keys, by real key events (T1, security-spec 2.2)."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from sqlalchemy import select
from tests.support.desk import Clinic
from tests.support.doorway import PIN, Doorway
from tests.support.profile import PASSWORD
from tests.support.qt import settle

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.app import Application
from clinicdesk.gui.shell.quick_pin import PinSheet
from clinicdesk.models import AuditLog
from clinicdesk.models.enums import AuditAction
from clinicdesk.security.errors import KeysGoneError
from clinicdesk.services.full_check import PasswordNeededError
from clinicdesk.storage.audit import AuditEntry


def test_the_focus_starts_at_the_password(door: Doorway) -> None:
    assert door.focus() == "unlock.password"


def test_t1_unlock_by_pin_and_see_today_in_seven_keys_and_four_seconds(door: Doorway) -> None:
    door.sign_in("olszewski")
    door.set_pin()
    door.lock()
    assert (door.focus(), door.card.presenter.state.chosen) == ("unlock.pin", "olszewski")
    door.keys, began = 0, time.monotonic()
    door.type(PIN)
    door.press(Qt.Key.Key_Return)
    taken = time.monotonic() - began
    current = door.workspace.current()
    assert current is not None
    assert current.id == "today"
    assert door.keys <= 7
    # Keystroke-level model: seven keys and one thought, with what the machine itself took.
    assert door.keys * 0.28 + 1.35 <= 4
    assert taken <= 4


def test_t04_on_lock_the_keys_are_gone_and_only_the_sealed_ones_stay(door: Doorway) -> None:
    door.sign_in("olszewski")
    door.set_pin()
    unlocked = door.person.desk.unlocked
    door.lock()
    with pytest.raises(KeysGoneError):
        unlocked.root_keys()
    assert unlocked.user_keys.destroyed
    assert not any(PIN in line.text() for line in door.desktop.window.findChildren(QLineEdit))


def test_five_wrong_pins_lead_to_the_password(door: Doorway) -> None:
    door.sign_in("olszewski")
    door.set_pin()
    door.lock()
    for _ in range(5):
        assert door.focus() == "unlock.pin"
        door.type("135790")
        door.press(Qt.Key.Key_Return)
    assert door.focus() == "unlock.password"
    assert door.card.password.error.text().startswith("The PIN is over.")
    door.type(PASSWORD)
    door.press(Qt.Key.Key_Return)
    assert door.desktop.person is not None


def test_another_person_is_asked_for_the_password_and_the_pin_waits_for_its_owner(door: Doorway) -> None:
    door.sign_in("olszewski")
    door.set_pin()
    door.lock()
    door.sign_in("whitfield")
    assert door.person.desk.person.name == "Dan Whitfield"
    door.lock()
    assert door.focus() == "unlock.password"
    door.press(Qt.Key.Key_Down)
    assert (door.focus(), door.card.presenter.state.chosen) == ("unlock.pin", "olszewski")
    door.type(PIN)
    door.press(Qt.Key.Key_Return)
    assert door.person.desk.person.name == "Renata Olszewski"


def test_a_name_typed_at_the_pin_chooses_its_person(door: Doorway) -> None:
    door.sign_in("olszewski")
    door.set_pin()
    door.lock()
    door.type("whi")
    assert door.card.presenter.state.chosen == "whitfield"


def test_the_way_in_is_audited(door: Doorway) -> None:
    door.sign_in("olszewski")
    door.set_pin()
    door.lock()
    door.type(PIN)
    door.press(Qt.Key.Key_Return)
    with door.person.desk.store.read() as session:
        query = select(AuditLog.metadata_).where(AuditLog.action == AuditAction.SIGN_IN).order_by(AuditLog.seq)
        ways = [facts["way"] for facts in session.scalars(query)]
    assert ways == ["password", "pin"]


def test_a_pin_does_not_do_what_wants_the_password_until_it_is_given(door: Doorway) -> None:
    door.sign_in("olszewski")
    door.set_pin()
    door.lock()
    door.type(PIN)
    door.press(Qt.Key.Key_Return)
    desk = door.person.desk
    entry = AuditEntry(AuditAction.CREATE, "InventoryTransaction", is_phi=False)
    before = QApplication.focusWidget()

    def count() -> None:
        with desk.act(Act.COUNT_CONTROLLED, entry):
            pass

    with pytest.raises(PasswordNeededError):
        count()
    settle()
    assert door.focus() == "passwordLayer.password"
    door.type("not the password at all")
    door.press(Qt.Key.Key_Return)
    assert door.workspace.password_layer.isVisible()
    door.type(PASSWORD)
    door.press(Qt.Key.Key_Return)
    assert not door.workspace.password_layer.isVisible()
    assert QApplication.focusWidget() is before
    count()
    door.clinic.clock.advance(dt.timedelta(minutes=6))
    door.desktop.window.idle.touch()
    with pytest.raises(PasswordNeededError):
        count()
    settle()
    door.press(Qt.Key.Key_Escape)
    assert not door.workspace.password_layer.isVisible()


def test_whoever_came_in_by_pin_sets_no_new_one(door: Doorway) -> None:
    door.sign_in("olszewski")
    door.set_pin()
    door.lock()
    door.type(PIN)
    door.press(Qt.Key.Key_Return)
    door.workspace.show_appearance()
    settle()
    found = door.workspace.findChild(QLineEdit, "pinSheet.first")
    assert found is None
    assert door.workspace.commands.run("shell.pin").startswith("You came in by PIN.")


def test_the_policy_turns_the_pin_off(built: Application, clinic: Clinic, tmp_path: Path) -> None:
    door = Doorway(built, clinic, tmp_path, quick_unlock_pin=False)
    try:
        door.sign_in("olszewski")
        assert door.workspace.commands.run("shell.pin") == "Your district does not use PINs here."
        assert door.workspace.findChild(PinSheet) is None
    finally:
        door.close()


def test_closing_the_program_ends_every_pin(door: Doorway) -> None:
    door.sign_in("olszewski")
    door.set_pin()
    assert list(door.desktop.pins.live()) == ["olszewski"]
    door.desktop.close()
    assert door.desktop.pins.live() == {}


def test_the_language_of_the_card_is_changed_by_keys(door: Doorway) -> None:
    door.card.languages.setFocus()
    door.press(Qt.Key.Key_Down)
    settle()
    assert door.card.enter.text() == "Desbloquear"
