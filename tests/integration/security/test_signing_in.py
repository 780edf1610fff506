"""Profiles on disk: making one, signing in, other people, other machines."""

from __future__ import annotations

import base64
import datetime as dt
import stat
import statistics
import time
import unicodedata
import uuid
from pathlib import Path

import pytest
from tests.support.secret_stores import OTHER_PASSWORD, PASSWORD, MemorySecretStore, Workstation, start_clock

from clinicdesk.core.errors import InvalidValueError, UserFacingError, WorldError
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security import slots
from clinicdesk.security.derivation import DEFAULT_PARAMETERS, FLOOR_PARAMETERS, KdfParameters
from clinicdesk.security.errors import (
    DeviceFileDamagedError,
    ForeignDeviceError,
    KeysGoneError,
    KeystoreUnavailableError,
    LastUserError,
    ProfileExistsError,
    SecretFileError,
    SlotFileMissingError,
    UserExistsError,
    WeakParametersError,
    WrongPasswordError,
)
from clinicdesk.security.keystore import SecretName
from clinicdesk.security.slot_file import parse_slots, previous_path, read_slots
from clinicdesk.security.unlocked import Notice, Person

pytestmark = pytest.mark.keys

AIDE = Person(uuid.UUID("0190b2c4-0000-7000-8000-000000000002"), "Zoë Aide")


def admit_aide(desk: Workstation, *, hide_name: bool = False) -> None:
    by = desk.sign_in()
    slots.add_user(
        desk.paths,
        by,
        AIDE,
        OTHER_PASSWORD,
        desk.store,
        desk.clock,
        parameters=FLOOR_PARAMETERS,
        hide_name=hide_name,
    )


def test_the_right_password_gives_the_same_database_key_each_time(desk: Workstation) -> None:
    opened = desk.sign_in()
    assert bytes(opened.db_key) == desk.db_key
    assert (opened.user_id, opened.user_name, opened.device) == (desk.nurse.user_id, "rivera", desk.device)
    assert opened.notices == ()


def test_the_name_is_found_in_any_case_and_composition(desk: Workstation) -> None:
    admit_aide(desk)
    opened = desk.sign_in(OTHER_PASSWORD, unicodedata.normalize("NFD", " ZOË aide "))
    assert bytes(opened.db_key) == desk.db_key


def test_a_password_typed_in_another_composition_is_the_same_password(desk: Workstation) -> None:
    composed = "crème brûlée für zwölf Gäste"
    slots.change_password(desk.paths, "rivera", PASSWORD, composed, desk.store, desk.clock, parameters=FLOOR_PARAMETERS)
    assert bytes(desk.sign_in(unicodedata.normalize("NFD", composed)).db_key) == desk.db_key


@pytest.mark.parametrize("name", ["rivera", "nobody", ""])
def test_t03_wrong_password_and_unknown_name_give_the_same_answer(desk: Workstation, name: str) -> None:
    with pytest.raises(WrongPasswordError) as refused:
        desk.sign_in("not the password at all", name)
    assert (refused.value.code, refused.value.params) == ("wrong_password", {"retry_after_s": 0})


@pytest.mark.parametrize("name", ["rivera", "nobody"])
def test_t03_a_wrong_try_says_how_long_the_next_one_waits(desk: Workstation, name: str) -> None:
    waits = []
    for _ in range(5):
        with pytest.raises(WrongPasswordError) as refused:
            desk.sign_in("not the password at all", name)
        waits.append(refused.value.params["retry_after_s"])
        desk.clock.advance(dt.timedelta(seconds=int(waits[-1] or 0)))
    assert waits == [0, 0, 0, 1, 2]


def test_t03_an_unknown_name_takes_as_long_as_a_wrong_password(desk: Workstation) -> None:
    def seconds(name: str) -> float:
        started = time.perf_counter()
        with pytest.raises(WrongPasswordError):
            desk.sign_in("not the password at all", name)
        desk.clock.advance(dt.timedelta(hours=1))
        return time.perf_counter() - started

    pairs = [(seconds("rivera"), seconds("nobody")) for _ in range(5)]
    known, unknown = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert unknown > known / 3


def test_half_a_surrogate_pair_is_a_wrong_password_and_no_crash(desk: Workstation) -> None:
    with pytest.raises(WrongPasswordError):
        desk.sign_in("\ud800 not a text that can be stored")


def test_t01_a_copied_folder_does_not_open_elsewhere_with_the_right_password(desk: Workstation) -> None:
    desk.store.entries.clear()
    with pytest.raises(ForeignDeviceError) as refused:
        desk.sign_in()
    assert refused.value.params == {"reason": "no_secret"}


def test_t01_another_device_secret_does_not_open_the_profile(desk: Workstation) -> None:
    desk.store.write(desk.device, SecretName.DEVICE_SECRET, bytes(32))
    with pytest.raises(ForeignDeviceError) as refused:
        desk.sign_in()
    assert refused.value.params == {"reason": "other_secret"}


def test_t01_no_file_of_the_profile_holds_key_bytes_or_the_password(desk: Workstation) -> None:
    opened = desk.sign_in()
    keys = [bytes(opened.db_key), *map(bytes, opened.root_keys().values()), PASSWORD.encode()]
    keys += [desk.store.entries[desk.device, SecretName.DEVICE_SECRET]]
    keys += [opened.user_keys.use_private(bytes)[:32], opened.device_keys.pairs.use_private(bytes)[:32]]
    written = [path.read_bytes() for path in desk.paths.root.rglob("*") if path.is_file()]
    assert len(written) >= 3
    for key in keys:
        for form in (key, key.hex().encode(), base64.b64encode(key)):
            assert not any(form in content for content in written)


def test_t02_unlocking_with_the_default_parameters_takes_between_a_quarter_and_some_seconds(tmp_path: Path) -> None:
    paths, store, clock = ProfilePaths(tmp_path / "desk"), MemorySecretStore(), start_clock()
    slots.create_profile(paths, Person(uuid.uuid4(), "rivera"), PASSWORD, store, clock)
    assert read_slots(paths).usable[0].slots[0].header.kdf == DEFAULT_PARAMETERS
    started = time.perf_counter()
    slots.unlock(paths, "rivera", PASSWORD, store, clock)
    # The budget of 1 s holds on the reference machine; a shared test machine gets more.
    assert 0.05 < time.perf_counter() - started < 10


def test_t02_parameters_below_the_floor_are_not_even_written(tmp_path: Path) -> None:
    with pytest.raises(WeakParametersError):
        slots.create_profile(
            ProfilePaths(tmp_path),
            Person(uuid.uuid4(), "rivera"),
            PASSWORD,
            MemorySecretStore(),
            start_clock(),
            parameters=KdfParameters(memory_kib=19_456, iterations=2),
        )


def test_parameters_are_raised_at_the_next_sign_in(desk: Workstation) -> None:
    wanted = KdfParameters(memory_kib=FLOOR_PARAMETERS.memory_kib + 1_024)
    opened = slots.unlock(desk.paths, "rivera", PASSWORD, desk.store, desk.clock, parameters=wanted)
    assert Notice.PARAMETERS_RAISED in opened.notices
    assert read_slots(desk.paths).usable[0].slots[0].header.kdf == wanted
    assert bytes(desk.sign_in().db_key) == desk.db_key


def test_t21_a_failing_keystore_refuses_and_creates_nothing(tmp_path: Path) -> None:
    store = MemorySecretStore()
    store.broken = True
    paths = ProfilePaths(tmp_path / "desk")
    with pytest.raises(KeystoreUnavailableError):
        slots.create_profile(
            paths, Person(uuid.uuid4(), "rivera"), PASSWORD, store, start_clock(), parameters=FLOOR_PARAMETERS
        )
    assert not paths.slots.exists()
    with pytest.raises(SlotFileMissingError):
        slots.known_users(paths)


def test_t21_a_file_secret_asks_for_twenty_characters_and_warns(tmp_path: Path) -> None:
    store, clock = MemorySecretStore(weaker_protection=True), start_clock()
    person, paths = Person(uuid.uuid4(), "rivera"), ProfilePaths(tmp_path / "desk")
    with pytest.raises(InvalidValueError) as refused:
        slots.create_profile(paths, person, "seven blue hills", store, clock, parameters=FLOOR_PARAMETERS)
    assert (refused.value.problem, refused.value.params["minimum"]) == ("too_short", 20)
    made = slots.create_profile(paths, person, PASSWORD, store, clock, parameters=FLOOR_PARAMETERS)
    opened = slots.unlock(paths, "rivera", PASSWORD, store, clock, parameters=FLOOR_PARAMETERS)
    assert made.weaker_protection
    assert opened.weaker_protection
    assert Notice.WEAKER_PROTECTION in opened.notices


def test_a_second_profile_never_overwrites_the_first(desk: Workstation) -> None:
    with pytest.raises(ProfileExistsError):
        slots.create_profile(desk.paths, desk.nurse, PASSWORD, desk.store, desk.clock, parameters=FLOOR_PARAMETERS)
    assert bytes(desk.sign_in().db_key) == desk.db_key


def test_everything_written_is_private_to_the_account(desk: Workstation) -> None:
    desk.sign_in()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in desk.paths.root.rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_an_admitted_person_opens_the_same_database_with_own_keys(desk: Workstation) -> None:
    admit_aide(desk)
    nurse, aide = desk.sign_in(), desk.sign_in(OTHER_PASSWORD, "Zoë Aide")
    assert bytes(aide.db_key) == bytes(nurse.db_key)
    assert aide.user_keys.public != nurse.user_keys.public
    assert aide.device_keys.public == nurse.device_keys.public
    assert {user.name for user in slots.known_users(desk.paths)} == {"rivera", "Zoë Aide"}


def test_a_hidden_name_stands_nowhere_in_the_file_and_still_signs_in(desk: Workstation) -> None:
    admit_aide(desk, hide_name=True)
    assert "Aide" not in desk.paths.slots.read_text()
    assert [user.name for user in slots.known_users(desk.paths)] == ["rivera", None]
    assert desk.sign_in(OTHER_PASSWORD, "zoë aide").user_name == "zoë aide"


def test_the_same_person_is_not_admitted_twice(desk: Workstation) -> None:
    admit_aide(desk)
    with pytest.raises(UserExistsError):
        admit_aide(desk)


def test_t07_a_removed_person_opens_neither_generation(desk: Workstation) -> None:
    admit_aide(desk)
    assert slots.remove_user(desk.paths, AIDE.user_id, desk.store)
    for path in (desk.paths.slots, previous_path(desk.paths)):
        assert [slot.header.user for slot in parse_slots(path.read_bytes()).slots] == [desk.nurse.user_id]
    with pytest.raises(WrongPasswordError):
        desk.sign_in(OTHER_PASSWORD, "Zoë Aide")
    assert not slots.remove_user(desk.paths, AIDE.user_id, desk.store)


def test_the_last_person_cannot_be_removed(desk: Workstation) -> None:
    with pytest.raises(LastUserError):
        slots.remove_user(desk.paths, desk.nurse.user_id, desk.store)


def test_after_a_password_change_the_old_one_opens_nothing(desk: Workstation) -> None:
    slots.change_password(
        desk.paths, "rivera", PASSWORD, OTHER_PASSWORD, desk.store, desk.clock, parameters=FLOOR_PARAMETERS
    )
    assert bytes(desk.sign_in(OTHER_PASSWORD).db_key) == desk.db_key
    with pytest.raises(WrongPasswordError):
        desk.sign_in(PASSWORD)
    desk.paths.slots.write_bytes(b"")  # the previous generation must not bring the old password back
    with pytest.raises(WrongPasswordError):
        desk.sign_in(PASSWORD)


def test_a_refused_new_password_changes_nothing(desk: Workstation) -> None:
    with pytest.raises(InvalidValueError):
        slots.change_password(desk.paths, "rivera", PASSWORD, "rivera rivera 1", desk.store, desk.clock)
    assert bytes(desk.sign_in().db_key) == desk.db_key


def test_t05_a_witness_signs_with_the_key_of_her_own_password(desk: Workstation) -> None:
    admit_aide(desk)
    witness = slots.reauthenticate(desk.paths, "Zoë Aide", OTHER_PASSWORD, desk.store, desk.clock)
    assert witness.person.user_id == AIDE.user_id
    assert witness.keys.public == desk.sign_in(OTHER_PASSWORD, "Zoë Aide").user_keys.public
    with pytest.raises(WrongPasswordError):
        slots.reauthenticate(desk.paths, "Zoë Aide", PASSWORD, desk.store, desk.clock)


def test_t13_destroy_overwrites_every_key(desk: Workstation) -> None:
    opened = desk.sign_in()
    buffers = [opened.db_key, *opened.root_keys().values(), *opened.db_keys()]
    opened.destroy()
    assert all(not any(buffer) for buffer in buffers)
    assert opened.user_keys.destroyed
    assert opened.device_keys.pairs.destroyed
    for use in (lambda: opened.db_key, lambda: opened.sub_key("draft/v1"), opened.db_keys, opened.root_keys):
        with pytest.raises(KeysGoneError):
            use()


def test_sub_keys_differ_by_purpose(desk: Workstation) -> None:
    opened = desk.sign_in()
    assert len({bytes(opened.sub_key(info)) for info in ("db/v1", "anchor/v1", "log/v1")}) == 3
    assert opened.sub_key("db/v1") == opened.db_key


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b'{"header": {"format": "clinicdesk-device/1"}, "sealed": ""}'])
def test_damaged_device_keys_keep_local_work_going(desk: Workstation, content: bytes) -> None:
    desk.paths.device.write_bytes(content)
    opened = desk.sign_in()
    assert bytes(opened.db_key) == desk.db_key
    assert Notice.DEVICE_KEYS_DAMAGED in opened.notices
    with pytest.raises(DeviceFileDamagedError):
        _ = opened.device_keys


def test_d33_the_device_file_of_another_workstation_is_refused(desk: Workstation, tmp_path: Path) -> None:
    other = ProfilePaths(tmp_path / "other")
    slots.create_profile(other, desk.nurse, PASSWORD, MemorySecretStore(), desk.clock, parameters=FLOOR_PARAMETERS)
    desk.paths.device.write_bytes(other.device.read_bytes())
    with pytest.raises(ForeignDeviceError) as refused:
        desk.sign_in()
    assert refused.value.params == {"reason": "other_device"}


def test_a_file_that_cannot_be_written_keeps_nobody_out(desk: Workstation, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise SecretFileError(reason="unwritable")

    monkeypatch.setattr(slots, "write_slots", full)
    opened = slots.unlock(
        desk.paths, "rivera", PASSWORD, desk.store, desk.clock, parameters=KdfParameters(memory_kib=66_560)
    )
    assert Notice.SLOT_FILE_NOT_WRITTEN in opened.notices


def test_every_failure_here_has_a_stable_code() -> None:
    from clinicdesk.security import errors

    classes = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    own = [each for each in classes if each.__module__ == errors.__name__]
    codes = [each.__dict__["code"] for each in own if issubclass(each, (WorldError, UserFacingError))]
    assert len(codes) == len(own) == len(set(codes))
