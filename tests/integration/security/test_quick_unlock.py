"""Quick unlock by PIN over a real profile: what opens it, and everything that ends it (security-spec 2.2)."""

from __future__ import annotations

import datetime as dt
import gc

import pytest
from tests.support.secret_stores import OTHER_PASSWORD, PASSWORD, Workstation

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.security.derivation import FLOOR_PARAMETERS
from clinicdesk.security.errors import KeysGoneError
from clinicdesk.security.quick_unlock import (
    LIVES,
    MOST_WRONG,
    PARAMETERS,
    PinGoneError,
    QuickUnlock,
    WrongPinError,
    require_good_pin,
)
from clinicdesk.security.slots import add_user, change_password, remove_user
from clinicdesk.security.unlocked import Person

PIN = "480613"


def armed(desk: Workstation, pin: str = PIN) -> tuple[QuickUnlock, bytes]:
    """A PIN set after a full login, whose keys are overwritten as on lock; and the database key of that login."""
    unlocked = desk.sign_in()
    quick = QuickUnlock(desk.paths, unlocked, pin, desk.clock)
    unlocked.destroy()
    return quick, desk.db_key


def test_the_pin_gives_back_the_keys_of_the_full_login(desk: Workstation) -> None:
    before = desk.sign_in()
    quick = QuickUnlock(desk.paths, before, PIN, desk.clock)
    signed, device = before.user_keys.public, before.device_keys.public
    before.destroy()
    again = quick.open(PIN)
    assert bytes(again.db_key) == desk.db_key
    assert again.user_keys.public == signed
    assert again.device_keys.public == device
    assert (again.device, again.person, again.epoch) == (desk.device, desk.nurse, 1)


def test_while_locked_only_the_wrapped_keys_stay(desk: Workstation) -> None:
    """T4: no key buffer of the login survives beside the sealed one."""
    unlocked = desk.sign_in()
    quick = QuickUnlock(desk.paths, unlocked, PIN, desk.clock)
    root = bytes(unlocked.root_keys()[1])
    private = unlocked.user_keys.use_private(bytes)
    unlocked.destroy()
    gc.collect()
    for kept in vars(quick).values():
        for secret in (root, private, desk.db_key, PIN.encode()):
            assert not (isinstance(kept, bytes | bytearray) and secret in kept)
            assert kept != PIN
    with pytest.raises(KeysGoneError):
        unlocked.root_keys()


def test_nothing_of_it_is_written_to_disk(desk: Workstation) -> None:
    before = {path: path.read_bytes() for path in desk.paths.root.rglob("*") if path.is_file()}
    quick, _key = armed(desk)
    quick.open(PIN).destroy()
    after = {path: path.read_bytes() for path in desk.paths.root.rglob("*") if path.is_file()}
    changed = {path.name for path in after if after[path] != before.get(path)}
    assert changed <= {"tries.json"}


def test_it_is_stretched_with_64_mebibytes() -> None:
    assert PARAMETERS.memory_kib == 64 * 1024
    PARAMETERS.require_floor()


def test_five_wrong_tries_end_it_and_the_right_pin_comes_too_late(desk: Workstation) -> None:
    quick, _key = armed(desk)
    for left in range(MOST_WRONG - 1, 0, -1):
        with pytest.raises(WrongPinError) as wrong:
            quick.open("135790")
        assert wrong.value.params["left"] == left
    with pytest.raises(PinGoneError):
        quick.open("135790")
    assert not quick.alive
    with pytest.raises(PinGoneError):
        quick.open(PIN)


def test_a_right_try_gives_all_five_back(desk: Workstation) -> None:
    quick, _key = armed(desk)
    for _ in range(MOST_WRONG - 1):
        with pytest.raises(WrongPinError):
            quick.open("135790")
    quick.open(PIN).destroy()
    with pytest.raises(WrongPinError) as wrong:
        quick.open("135790")
    assert wrong.value.params["left"] == MOST_WRONG - 1


def test_after_eight_hours_the_password_is_needed(desk: Workstation) -> None:
    quick, _key = armed(desk)
    desk.clock.advance(LIVES - dt.timedelta(seconds=1))
    quick.open(PIN).destroy()
    desk.clock.advance(dt.timedelta(seconds=1))
    with pytest.raises(PinGoneError):
        quick.open(PIN)


def test_setting_the_clock_back_does_not_prolong_it(desk: Workstation) -> None:
    quick, _key = armed(desk)
    desk.clock.advance(dt.timedelta(minutes=-1))
    assert not quick.alive


def test_a_new_password_ends_it(desk: Workstation) -> None:
    quick, _key = armed(desk)
    change_password(desk.paths, "rivera", PASSWORD, OTHER_PASSWORD, desk.store, desk.clock, parameters=FLOOR_PARAMETERS)
    with pytest.raises(PinGoneError):
        quick.open(PIN)


def test_t07_whoever_is_removed_from_the_workstation_does_not_come_back_by_pin(desk: Workstation) -> None:
    quick, _key = armed(desk)
    other = Person(desk.device, "okafor")
    by = desk.sign_in()
    add_user(desk.paths, by, other, OTHER_PASSWORD, desk.store, desk.clock, parameters=FLOOR_PARAMETERS)
    assert quick.alive
    remove_user(desk.paths, desk.nurse.user_id, desk.store)
    with pytest.raises(PinGoneError):
        quick.open(PIN)


def test_without_the_secret_of_the_run_the_right_pin_opens_nothing(desk: Workstation) -> None:
    quick, _key = armed(desk)
    quick._secret[0] ^= 1
    with pytest.raises(WrongPinError):
        quick.open(PIN)


@pytest.mark.parametrize(
    ("pin", "problem"),
    [
        ("12345", "too_short"),
        ("1234567890123", "too_long"),
        ("48o613", "not_digits"),
        ("٤٨٠٦١٣", "not_digits"),
        ("", "not_digits"),
        ("777777", "too_simple"),
        ("123456", "too_simple"),
        ("890123", "too_simple"),
        ("654321", "too_simple"),
    ],
)
def test_a_pin_that_is_guessed_first_is_refused(pin: str, problem: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        require_good_pin(pin)
    assert (refused.value.field, refused.value.problem) == ("pin", problem)
