"""F10: a slot file that is empty, cut, changed, newer or weaker, with and without a good second generation."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.support.secret_stores import Workstation

from clinicdesk.core.errors import WorldError
from clinicdesk.security.errors import ForeignDeviceError, NewerFormatError, SlotFileDamagedError, WeakParametersError
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
