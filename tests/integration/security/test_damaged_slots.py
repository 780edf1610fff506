"""F10: a slot file that is empty, cut, changed, newer or weaker, with and without a good second generation."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.secret_stores import OTHER_PASSWORD, PASSWORD, Workstation

from clinicdesk.core.errors import WorldError
from clinicdesk.security import slots
from clinicdesk.security.derivation import FLOOR_PARAMETERS
from clinicdesk.security.errors import (
    ForeignDeviceError,
    NewerFormatError,
    SecretFileError,
    SlotFileDamagedError,
    WeakParametersError,
)
from clinicdesk.security.slot_file import previous_path
from clinicdesk.security.unlocked import Notice

pytestmark = pytest.mark.keys


def changed(change: Callable[[dict[str, Any]], None]) -> Callable[[bytes], bytes]:
    def apply(content: bytes) -> bytes:
        outline = json.loads(content)
        change(outline)
        return json.dumps(outline).encode()

    return apply


def header(outline: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = outline["slots"][0]["header"]
    return found


def swap_salt(outline: dict[str, Any]) -> None:
    header(outline)["salt"] = "AAAAAAAAAAAAAAAAAAAAAA=="


def swap_header(outline: dict[str, Any]) -> None:
    header(outline)["created"] = "2020-01-01T00:00:00Z"


def other_suite(outline: dict[str, Any]) -> None:
    header(outline)["suite"] = "X25519/NULL"


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], type[WorldError], str | None]] = {
    "empty": (lambda content: b"", SlotFileDamagedError, "empty"),
    "truncated": (lambda content: content[: len(content) // 2], SlotFileDamagedError, "not_json"),
    "invalid_json": (lambda content: b"\xff\xfe not json", SlotFileDamagedError, "not_json"),
    "deep": (lambda content: b"[" * 100_000, SlotFileDamagedError, "not_json"),
    "huge": (lambda content: content + b" " * 2_000_000, SlotFileDamagedError, "too_large"),
    "other_object": (lambda content: b'{"format": "something"}', SlotFileDamagedError, "wrong_shape"),
    "unknown_field": (changed(lambda outline: outline.update(extra=1)), SlotFileDamagedError, "wrong_shape"),
    "no_slots": (changed(lambda outline: outline.update(slots=[])), SlotFileDamagedError, "wrong_shape"),
    "future_version": (changed(lambda outline: outline.update(version=2)), NewerFormatError, None),
    "weak_memory": (
        changed(lambda outline: header(outline)["kdf"].update(memory_kib=65_535)),
        WeakParametersError,
        None,
    ),
    "weak_iterations": (
        changed(lambda outline: header(outline)["kdf"].update(iterations=2)),
        WeakParametersError,
        None,
    ),
    "absurd_memory": (
        changed(lambda outline: header(outline)["kdf"].update(memory_kib=2**40)),
        WeakParametersError,
        None,
    ),
    "other_kdf": (changed(lambda outline: header(outline)["kdf"].update(name="md5")), WeakParametersError, None),
    "other_suite": (changed(other_suite), WeakParametersError, None),
    "swapped_salt": (changed(swap_salt), SlotFileDamagedError, "mac"),
    "swapped_aad": (changed(swap_header), SlotFileDamagedError, "mac"),
    "swapped_wrap": (
        changed(lambda outline: outline["slots"][0].update(wrapped="A" * 124)),
        SlotFileDamagedError,
        "mac",
    ),
}


@pytest.mark.parametrize("kind", sorted(DAMAGE))
def test_f10_both_generations_damaged_are_refused_with_the_reason(desk: Workstation, kind: str) -> None:
    damage, error, reason = DAMAGE[kind]
    damaged = damage(desk.paths.slots.read_bytes())
    desk.paths.slots.write_bytes(damaged)
    previous_path(desk.paths).write_bytes(damaged)
    with pytest.raises(error) as refused:
        desk.sign_in()
    if reason is not None:
        assert refused.value.params["reason"] == reason


@pytest.mark.parametrize("kind", sorted(DAMAGE))
def test_f10_the_second_generation_opens_and_repairs_the_first(desk: Workstation, kind: str) -> None:
    damage, _, _ = DAMAGE[kind]
    good = desk.paths.slots.read_bytes()
    previous_path(desk.paths).write_bytes(good)
    desk.paths.slots.write_bytes(damage(good))
    opened = desk.sign_in()
    assert bytes(opened.db_key) == desk.db_key
    assert Notice.SLOT_FILE_REPAIRED in opened.notices
    assert desk.sign_in().notices == ()


def test_f10_a_missing_first_generation_is_repaired_from_the_second(desk: Workstation) -> None:
    desk.paths.slots.rename(previous_path(desk.paths))
    assert Notice.SLOT_FILE_REPAIRED in desk.sign_in().notices
    assert desk.paths.slots.exists()


def test_f10_a_damaged_second_generation_disturbs_nobody(desk: Workstation) -> None:
    previous_path(desk.paths).write_bytes(b"{")
    assert desk.sign_in().notices == ()


def test_f10_a_changed_device_or_check_value_reads_as_foreign(desk: Workstation) -> None:
    outline = json.loads(desk.paths.slots.read_bytes())
    outline["secret_check"] = "AAAAAAAAAAAAAAAAAAAAAA=="
    desk.paths.slots.write_bytes(json.dumps(outline).encode())
    with pytest.raises(ForeignDeviceError):
        desk.sign_in()


def test_f10_no_single_changed_byte_opens_anything_else(desk: Workstation) -> None:
    good = desk.paths.slots.read_bytes()
    for place in range(0, len(good), 37):
        desk.paths.slots.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        try:
            opened = desk.sign_in()
        except WorldError:
            continue
        # Blanks may change to other blanks; nothing that is authenticated may.
        assert bytes(opened.db_key) == desk.db_key
        assert json.loads(desk.paths.slots.read_bytes())["slots"] == json.loads(good)["slots"]


@pytest.mark.parametrize("dies_at", range(4))
def test_f02_a_kill_at_any_step_of_a_password_change_leaves_the_old_or_the_new_state(
    desk: Workstation, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    steps = iter(range(100))
    replace_file = Path.replace

    def replace_or_die(path: Path, target: Path) -> Path:
        if target.name.startswith("keyslots") and next(steps) == dies_at:
            raise KeyboardInterrupt
        return replace_file(path, target)

    monkeypatch.setattr(Path, "replace", replace_or_die)
    finished = True
    try:
        slots.change_password(
            desk.paths, "rivera", PASSWORD, OTHER_PASSWORD, desk.store, desk.clock, parameters=FLOOR_PARAMETERS
        )
    except KeyboardInterrupt:
        finished = False
    assert finished == (dies_at >= 2)
    good = OTHER_PASSWORD if finished else PASSWORD
    assert bytes(desk.sign_in(good).db_key) == desk.db_key
    assert not [path for path in desk.paths.root.iterdir() if path.name.startswith(".")]


def test_f04_a_full_disk_during_a_password_change_keeps_the_old_password(
    desk: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(SecretFileError):
            slots.change_password(
                desk.paths, "rivera", PASSWORD, OTHER_PASSWORD, desk.store, desk.clock, parameters=FLOOR_PARAMETERS
            )
    assert bytes(desk.sign_in().db_key) == desk.db_key
