"""T3: waiting, locking, and that putting an old state file back gains nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.support.secret_stores import Workstation

from clinicdesk.security import slot_book, slots
from clinicdesk.security.errors import SlotLockedError, WrongPasswordError
from clinicdesk.security.keystore import SecretName
from clinicdesk.security.throttle import LOCKING_TRIES, Throttle

pytestmark = pytest.mark.keys


def throttle_of(desk: Workstation) -> Throttle:
    secret = desk.store.entries[desk.device, SecretName.DEVICE_SECRET]
    return Throttle(desk.paths, desk.device, secret, desk.store, desk.clock)


def tag_of(desk: Workstation, name: str = "rivera") -> str:
    secret = desk.store.entries[desk.device, SecretName.DEVICE_SECRET]
    return slot_book.name_tag(secret, desk.device, name).hex()


def fail_times(desk: Workstation, times: int) -> None:
    for _ in range(times):
        throttle_of(desk).count_try(tag_of(desk))
        desk.clock.advance(dt.timedelta(minutes=6))


def test_t03_the_fifth_try_has_to_wait(desk: Workstation) -> None:
    for _ in range(4):
        with pytest.raises(WrongPasswordError):
            desk.sign_in("not the password at all")
    with pytest.raises(SlotLockedError) as refused:
        desk.sign_in()
    assert refused.value.retry_after_s == 1
    desk.clock.advance(dt.timedelta(seconds=1))
    assert bytes(desk.sign_in().db_key) == desk.db_key


def test_t03_the_twenty_first_try_is_refused_even_if_right(desk: Workstation) -> None:
    fail_times(desk, LOCKING_TRIES)
    with pytest.raises(SlotLockedError) as refused:
        desk.sign_in()
    assert refused.value.retry_after_s is None


def test_t03_an_old_state_file_put_back_does_not_reset_the_counter(desk: Workstation) -> None:
    fail_times(desk, 3)
    state = desk.paths.root / "tries.json"
    old = state.read_bytes()
    fail_times(desk, LOCKING_TRIES - 3)
    state.write_bytes(old)
    with pytest.raises(SlotLockedError):
        desk.sign_in()
    state.unlink()
    with pytest.raises(SlotLockedError):
        desk.sign_in()


def test_t03_the_file_alone_counts_when_the_keystore_copy_is_lost(desk: Workstation) -> None:
    fail_times(desk, LOCKING_TRIES)
    desk.store.delete(desk.device, SecretName.TRIES)
    with pytest.raises(SlotLockedError):
        desk.sign_in()


def test_t03_a_forged_or_damaged_state_file_counts_nothing_by_itself(desk: Workstation) -> None:
    fail_times(desk, 2)
    state = desk.paths.root / "tries.json"
    state.write_bytes(state.read_bytes().replace(b'"failures":2', b'"failures":0'))
    assert throttle_of(desk).failures(tag_of(desk)) == 2
    state.write_bytes(b"\xff")
    assert throttle_of(desk).failures(tag_of(desk)) == 2


def test_t03_the_right_password_clears_the_counter(desk: Workstation) -> None:
    fail_times(desk, 5)
    desk.sign_in()
    assert throttle_of(desk).failures(tag_of(desk)) == 0


def test_t03_an_administrator_lets_a_locked_person_try_again(desk: Workstation) -> None:
    fail_times(desk, LOCKING_TRIES)
    slots.clear_failures(desk.paths, "Rivera", desk.store, desk.clock)
    assert bytes(desk.sign_in().db_key) == desk.db_key


def test_t03_a_try_is_counted_before_the_password_is_looked_at(desk: Workstation) -> None:
    throttle_of(desk).count_try(tag_of(desk))  # the process is killed here
    assert throttle_of(desk).failures(tag_of(desk)) == 1


def test_t03_unknown_names_are_slowed_down_too(desk: Workstation) -> None:
    for _ in range(4):
        throttle_of(desk).count_try(tag_of(desk, "nobody"))
    with pytest.raises(SlotLockedError):
        desk.sign_in(name="nobody")


def test_t03_many_names_in_turn_slow_the_device_down(desk: Workstation) -> None:
    for number in range(13):
        throttle_of(desk).count_try(tag_of(desk, f"guess{number}"))
    with pytest.raises(SlotLockedError):
        throttle_of(desk).count_try(tag_of(desk, "one more"))


def test_t08_a_clock_set_back_waits_no_longer_than_the_delay(desk: Workstation) -> None:
    fail_times(desk, 10)
    desk.clock.advance(dt.timedelta(days=-30))
    with pytest.raises(SlotLockedError) as refused:
        throttle_of(desk).count_try(tag_of(desk))
    assert refused.value.retry_after_s == 64
    desk.clock.advance(dt.timedelta(days=31))
    throttle_of(desk).count_try(tag_of(desk))


def test_the_keystore_copy_fits_into_a_windows_credential(desk: Workstation) -> None:
    for number in range(40):
        throttle_of(desk).count_try(tag_of(desk, f"guess{number}"))
        desk.clock.advance(dt.timedelta(hours=1))
    entry = desk.store.entries[desk.device, SecretName.TRIES]
    assert 4 * len(entry) / 3 * 2 <= 2_560
