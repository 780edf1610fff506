"""D32: sealed cells, student keys and the district data key."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.security.errors import KeysGoneError, SealBrokenError, UnknownEpochError
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.sealed_fields import DataKeyRing, FieldKey, open_data_keys, sealed_generation

STUDENT, OTHER_STUDENT, ROW, DISTRICT, DEVICE = (uuid.UUID(int=number) for number in range(1, 6))
RING = DataKeyRing({1: bytearray(range(32))})
KEY = FieldKey(str(STUDENT), 1, bytearray(range(64)))
CELL = ("mental_health_records", "notes", ROW)


@given(st.binary(max_size=300))
def test_d32_a_cell_reads_back_and_equal_text_gives_equal_bytes(plaintext: bytes) -> None:
    sealed = KEY.seal(*CELL, plaintext)
    assert sealed == KEY.seal(*CELL, plaintext)
    assert KEY.open(*CELL, sealed) == plaintext
    assert len(sealed) == len(plaintext) + 21


@pytest.mark.parametrize(
    "place",
    [
        ("mental_health_record", "snotes", ROW),
        ("mental_health_records", "summary", ROW),
        ("clinical_notes", "notes", ROW),
        ("mental_health_records", "notes", STUDENT),
    ],
)
def test_d32_a_value_moved_to_another_cell_does_not_open(place: tuple[str, str, uuid.UUID]) -> None:
    sealed = KEY.seal(*CELL, b"text")
    assert KEY.seal(*place, b"text") != sealed
    with pytest.raises(SealBrokenError):
        KEY.open(*place, sealed)


@given(st.integers(0, 24), st.integers(1, 255))
def test_d32_a_changed_byte_is_noticed(place: int, flip: int) -> None:
    sealed = bytearray(KEY.seal(*CELL, b"text"))
    sealed[place] ^= flip
    with pytest.raises(SealBrokenError):
        KEY.open(*CELL, bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01\0\0\0\x01", b"plain text in the column"])
def test_d32_what_is_no_sealed_value_is_refused(sealed: bytes) -> None:
    with pytest.raises(SealBrokenError):
        KEY.open(*CELL, sealed)


def test_d32_a_student_key_opens_for_its_student_only() -> None:
    key = RING.new_student_key(STUDENT)
    wrapped = RING.wrap_student_key(STUDENT, key)
    assert RING.open_student_key(STUDENT, wrapped).open(*CELL, key.seal(*CELL, b"text")) == b"text"
    with pytest.raises(SealBrokenError):
        RING.open_student_key(OTHER_STUDENT, wrapped)
    with pytest.raises(SealBrokenError):
        RING.open_student_key(STUDENT, wrapped[:-1])


def test_d32_every_student_gets_another_key() -> None:
    sealed = {RING.new_student_key(STUDENT).seal(*CELL, b"text") for _ in range(20)}
    assert len(sealed) == 20


def test_d32_a_new_epoch_wraps_and_the_old_one_still_opens() -> None:
    key = RING.new_student_key(STUDENT)
    old = RING.wrap_student_key(STUDENT, key)
    ring = RING.with_key(2, bytearray(32))
    new = ring.wrap_student_key(STUDENT, key)
    assert (ring.epoch, sealed_generation(old), sealed_generation(new)) == (2, 1, 2)
    sealed = key.seal(*CELL, b"text")
    assert all(ring.open_student_key(STUDENT, wrapped).open(*CELL, sealed) == b"text" for wrapped in (old, new))
    with pytest.raises(UnknownEpochError):
        RING.open_student_key(STUDENT, new)


def test_d32_audit_values_without_a_student_open_under_the_epoch_that_sealed_them() -> None:
    sealed = RING.district_key().seal("audit_logs", "new_values", ROW, b"{}")
    ring = RING.with_key(2, bytearray(32))
    assert ring.open_district_field("audit_logs", "new_values", ROW, sealed) == b"{}"
    assert ring.district_key().seal("audit_logs", "new_values", ROW, b"{}") != sealed


def test_t04_a_destroyed_key_is_refused_and_never_seals_under_zeros() -> None:
    key = RING.new_student_key(STUDENT)
    sealed = key.seal(*CELL, b"text")
    wrapped = RING.wrap_student_key(STUDENT, key)
    key.destroy()
    uses: tuple[Callable[[], object], ...] = (
        lambda: key.open(*CELL, sealed),
        lambda: key.seal(*CELL, b"text"),
        lambda: RING.wrap_student_key(STUDENT, key),
    )
    for use in uses:
        with pytest.raises(KeysGoneError):
            use()
    assert RING.open_student_key(STUDENT, wrapped).open(*CELL, sealed) == b"text"


def test_t04_after_the_lock_the_data_keys_seal_nothing_more() -> None:
    ring = DataKeyRing.generate()
    key = ring.new_student_key(STUDENT)
    wrapped = ring.wrap_student_key(STUDENT, key)
    ring.destroy()
    uses: tuple[Callable[[], object], ...] = (
        lambda: ring.wrap_student_key(STUDENT, key),
        lambda: ring.open_student_key(STUDENT, wrapped),
        ring.district_key,
        lambda: ring.seal_under(bytes(32), b"local"),
        lambda: ring.seal_to_device(DISTRICT, DEVICE, KeyPairs.generate().public.sealing),
    )
    for use in uses:
        with pytest.raises(KeysGoneError):
            use()


def test_d32_the_data_keys_travel_sealed_to_one_device() -> None:
    device, other = KeyPairs.generate(), KeyPairs.generate()
    ring = RING.with_key(2, bytearray(32))
    sealed = ring.seal_to_device(DISTRICT, DEVICE, device.public.sealing)
    opened = open_data_keys(device, DISTRICT, DEVICE, sealed)
    assert opened.epochs == (1, 2)
    assert opened.district_key(1).seal(*CELL, b"x") == ring.district_key(1).seal(*CELL, b"x")
    for keys, district, device_id, content in (
        (other, DISTRICT, DEVICE, sealed),
        (device, DEVICE, DEVICE, sealed),
        (device, DISTRICT, DISTRICT, sealed),
        (device, DISTRICT, DEVICE, {1: sealed[2], 2: sealed[1]}),
        (device, DISTRICT, DEVICE, {1: b""}),
    ):
        with pytest.raises(SealBrokenError):
            open_data_keys(keys, district, device_id, content)


def test_d32_the_ring_under_a_local_key_opens_with_that_key_and_purpose_only() -> None:
    sealed = RING.with_key(7, bytearray(32)).seal_under(bytes(32), b"local")
    assert DataKeyRing.open_under(bytes(32), sealed, b"local").epochs == (1, 7)
    for key, associated in ((b"1" * 32, b"local"), (bytes(32), b"other")):
        with pytest.raises(SealBrokenError):
            DataKeyRing.open_under(key, sealed, associated)


def test_d32_an_attachment_key_is_wrapped_under_the_students_key() -> None:
    wrapped = KEY.wrap_attachment_key(ROW, bytes(32))
    assert KEY.unwrap_attachment_key(ROW, wrapped) == bytes(32)
    with pytest.raises(SealBrokenError):
        KEY.unwrap_attachment_key(STUDENT, wrapped)


@pytest.mark.parametrize("keys", [{}, {1: bytearray(31)}])
def test_a_ring_without_whole_keys_cannot_be_made(keys: dict[int, bytearray]) -> None:
    with pytest.raises(ValueError, match="data key"):
        DataKeyRing(keys)
