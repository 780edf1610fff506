"""The printed recovery code and the one-time code of a first sign-in."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from tests.support.secret_stores import OTHER_PASSWORD, PASSWORD, Workstation

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.security import code_slots, crockford
from clinicdesk.security.derivation import FLOOR_PARAMETERS
from clinicdesk.security.errors import (
    ForeignDeviceError,
    SealBrokenError,
    SlotLockedError,
    UserExistsError,
    WrongPasswordError,
    WrongRecoveryCodeError,
)
from clinicdesk.security.sealing import open_sealed
from clinicdesk.security.slot_book import root_info
from clinicdesk.security.slot_file import previous_path, read_slots
from clinicdesk.security.unlocked import Notice, Person, Unlocked

pytestmark = pytest.mark.keys

AIDE = Person(uuid.UUID("0190b2c4-0000-7000-8000-000000000002"), "aide")


def recovery_code(desk: Workstation) -> str:
    return code_slots.add_recovery_code(desk.paths, desk.sign_in(), desk.store, desk.clock)


def recover(desk: Workstation, code: str, password: str = OTHER_PASSWORD) -> Unlocked:
    return code_slots.recover(
        desk.paths, code, desk.nurse, password, desk.store, desk.clock, parameters=FLOOR_PARAMETERS
    )


def granted(desk: Workstation) -> str:
    grant, code = code_slots.issue_grant(AIDE.user_id, desk.clock, parameters=FLOOR_PARAMETERS)
    code_slots.accept_grant(desk.paths, desk.sign_in(), grant, AIDE.name, desk.store, desk.clock)
    return code


def first_sign_in(desk: Workstation, code: str, name: str = AIDE.name, password: str = OTHER_PASSWORD) -> Unlocked:
    return code_slots.first_sign_in(
        desk.paths, name, code, password, desk.store, desk.clock, parameters=FLOOR_PARAMETERS
    )


def test_a_forgotten_password_is_replaced_by_the_recovery_code(desk: Workstation) -> None:
    before = desk.sign_in()
    opened = recover(desk, recovery_code(desk))
    assert bytes(opened.db_key) == desk.db_key
    assert opened.device_keys.public == before.device_keys.public
    assert opened.notices == ()
    assert bytes(desk.sign_in(OTHER_PASSWORD).db_key) == desk.db_key
    with pytest.raises(WrongPasswordError):
        desk.sign_in(PASSWORD)


def test_the_code_may_be_typed_without_hyphens_and_in_small_letters(desk: Workstation) -> None:
    code = recovery_code(desk)
    assert bytes(recover(desk, code.replace("-", "").lower()).db_key) == desk.db_key


def test_f11_a_wiped_keystore_is_survived_by_the_recovery_code(desk: Workstation) -> None:
    code = recovery_code(desk)
    first = desk.sign_in().device_keys
    desk.store.entries.clear()
    opened = recover(desk, code)
    assert bytes(opened.db_key) == desk.db_key
    assert set(opened.notices) == {Notice.OTHER_USERS_DROPPED, Notice.DEVICE_KEYS_RENEWED}
    assert opened.device_keys.public != first.public
    assert opened.device_keys.incarnation == first.incarnation + 1
    assert bytes(desk.sign_in(OTHER_PASSWORD).db_key) == desk.db_key


def test_recovery_lifts_the_lock_of_too_many_tries(desk: Workstation) -> None:
    code = recovery_code(desk)
    for _ in range(4):
        with pytest.raises(WrongPasswordError):
            desk.sign_in("not the password at all")
    with pytest.raises(SlotLockedError):
        desk.sign_in()
    recover(desk, code)
    assert bytes(desk.sign_in(OTHER_PASSWORD).db_key) == desk.db_key


@pytest.mark.parametrize("wrong", ["", "ABC", "0" * 27, "not a code at all"])
def test_a_wrong_recovery_code_is_refused(desk: Workstation, wrong: str) -> None:
    recovery_code(desk)
    with pytest.raises(WrongRecoveryCodeError):
        recover(desk, wrong)


def test_a_well_formed_code_of_another_profile_is_refused(desk: Workstation) -> None:
    recovery_code(desk)
    with pytest.raises(WrongRecoveryCodeError):
        recover(desk, crockford.encode(bytes(range(16)), check=True))


def test_a_new_recovery_code_ends_the_old_one(desk: Workstation) -> None:
    old = recovery_code(desk)
    recovery_code(desk)
    with pytest.raises(WrongRecoveryCodeError):
        recover(desk, old)


def test_a_refused_new_password_keeps_the_recovery_code_good(desk: Workstation) -> None:
    code = recovery_code(desk)
    with pytest.raises(InvalidValueError):
        recover(desk, code, "short")
    assert bytes(recover(desk, code).db_key) == desk.db_key


def test_d33_a_one_time_code_admits_a_person_once(desk: Workstation) -> None:
    code = granted(desk)
    opened = first_sign_in(desk, code)
    assert (bytes(opened.db_key), opened.user_id) == (desk.db_key, AIDE.user_id)
    assert bytes(desk.sign_in(OTHER_PASSWORD, AIDE.name).db_key) == desk.db_key
    assert all(not file.codes for file in read_slots(desk.paths).usable)
    with pytest.raises(WrongPasswordError):
        first_sign_in(desk, code)


def test_d33_a_wrong_code_is_a_wrong_password(desk: Workstation) -> None:
    granted(desk)
    with pytest.raises(WrongPasswordError):
        first_sign_in(desk, "0000-0000-0000")


def test_d33_a_code_is_for_its_person_only(desk: Workstation) -> None:
    code = granted(desk)
    with pytest.raises(WrongPasswordError):
        first_sign_in(desk, code, "somebody")


def test_d33_a_code_ends_after_a_day(desk: Workstation) -> None:
    code = granted(desk)
    desk.clock.advance(dt.timedelta(hours=24))
    with pytest.raises(WrongPasswordError):
        first_sign_in(desk, code)


def test_d33_the_code_alone_does_not_open_a_copied_folder(desk: Workstation) -> None:
    code = granted(desk)
    grant = next(each for each in read_slots(desk.paths).usable[0].codes if each.kind == "grant")
    assert grant.salt is not None
    assert grant.kdf is not None
    private = code_slots._grant_key(code, grant.salt, grant.kdf, grant.slot).private_bytes_raw()
    with pytest.raises(SealBrokenError):
        open_sealed(private, grant.roots[0].sealed, root_info(desk.device, grant.slot, 1))
    desk.store.entries.clear()
    with pytest.raises(ForeignDeviceError):
        first_sign_in(desk, code)


def test_d33_sealing_twice_to_one_grant_changes_nothing(desk: Workstation) -> None:
    grant, _ = code_slots.issue_grant(AIDE.user_id, desk.clock, parameters=FLOOR_PARAMETERS)
    by = desk.sign_in()
    code_slots.accept_grant(desk.paths, by, grant, AIDE.name, desk.store, desk.clock)
    first = desk.paths.slots.read_bytes()
    code_slots.accept_grant(desk.paths, by, grant, AIDE.name, desk.store, desk.clock)
    assert desk.paths.slots.read_bytes() == first
    assert previous_path(desk.paths).exists()


def test_d33_someone_with_a_slot_needs_no_code(desk: Workstation) -> None:
    grant, code = code_slots.issue_grant(desk.nurse.user_id, desk.clock, parameters=FLOOR_PARAMETERS)
    code_slots.accept_grant(desk.paths, desk.sign_in(), grant, desk.nurse.name, desk.store, desk.clock)
    with pytest.raises(UserExistsError):
        first_sign_in(desk, code, desk.nurse.name)
