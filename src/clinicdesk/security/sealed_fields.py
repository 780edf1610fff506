"""Sealed columns (D32): a random key per student, deterministic AES-SIV, wrapped by the district data key.

A sealed value is `01 | generation (4 bytes) | AES-SIV`; a wrapped key is `01 | epoch (4 bytes) | AES-256-GCM`.
Destroying a student's wrapped key shreds every field and attachment sealed under it.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from clinicdesk.security.derivation import KEY_BYTES, expand, wipe
from clinicdesk.security.errors import KeysGoneError, SealBrokenError, UnknownEpochError
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.sealing import lock, seal_to, unlock_bytes

FIELD_KEY_BYTES = 64
_VERSION = 1
_HEADER_BYTES = 5


class FieldKey:
    """Seals the cells of one student, or of the district where no student stands behind a value (audit)."""

    def __init__(self, owner: str, generation: int, key: bytearray) -> None:
        if len(key) != FIELD_KEY_BYTES:
            raise ValueError("an AES-256-SIV key has 64 bytes")
        self.owner = owner
        self.generation = generation
        self._key = key
        self._destroyed = False

    def seal(self, table: str, column: str, row_key: uuid.UUID, plaintext: bytes) -> bytes:
        """Equal text in one cell gives equal bytes, so merge and digest work on the sealed value."""
        header = _header(self.generation)
        return header + AESSIV(self.raw()).encrypt(plaintext, _cell(header, table, column, row_key))

    def open(self, table: str, column: str, row_key: uuid.UUID, sealed: bytes) -> bytes:
        """Raises `SealBrokenError`: another cell, another student, or changed."""
        header, body = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
        if header != _header(self.generation):
            raise SealBrokenError(reason="header")
        try:
            return AESSIV(self.raw()).decrypt(body, _cell(header, table, column, row_key))
        except (InvalidTag, ValueError) as error:
            raise SealBrokenError(reason="tag") from error

    def wrap_attachment_key(self, attachment: uuid.UUID, file_key: bytes) -> bytes:
        """The per-file key of an attachment; it opens with this student's key only."""
        return self.seal("attachments", "file_key", attachment, file_key)

    def unwrap_attachment_key(self, attachment: uuid.UUID, wrapped: bytes) -> bytes:
        return self.open("attachments", "file_key", attachment, wrapped)

    def raw(self) -> bytes:
        """For wrapping; raises `KeysGoneError` after `destroy`, so that nothing is ever sealed under zeros."""
        if self._destroyed:
            raise KeysGoneError
        return bytes(self._key)

    def destroy(self) -> None:
        self._destroyed = True
        wipe(self._key)


class DataKeyRing:
    """The district data key by epochs; the newest wraps, all open."""

    def __init__(self, keys: dict[int, bytearray]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise ValueError("at least one data key of 32 bytes")
        self._keys = dict(keys)
        self._destroyed = False

    @classmethod
    def generate(cls) -> DataKeyRing:
        """Made once, at `init`; the server never stores it."""
        return cls({1: bytearray(secrets.token_bytes(KEY_BYTES))})

    @property
    def epoch(self) -> int:
        return max(self._keys)

    @property
    def epochs(self) -> tuple[int, ...]:
        return tuple(sorted(self._keys))

    def with_key(self, epoch: int, key: bytearray) -> DataKeyRing:
        """A ring with one more epoch."""
        return DataKeyRing({**{known: self._key(known) for known in self._keys}, epoch: key})

    def new_student_key(self, student: uuid.UUID) -> FieldKey:
        """Made in the transaction that inserts the student."""
        return FieldKey(str(student), 1, bytearray(secrets.token_bytes(FIELD_KEY_BYTES)))

    def wrap_student_key(self, student: uuid.UUID, key: FieldKey) -> bytes:
        """What the synced row `sealed_keys` holds."""
        header = _header(self.epoch)
        return header + lock(self._wrapping_key(self.epoch), key.raw(), _student(header, student))

    def open_student_key(self, student: uuid.UUID, wrapped: bytes) -> FieldKey:
        """Raises `UnknownEpochError` until this device gets that epoch; `SealBrokenError` for another student's."""
        header, body = wrapped[:_HEADER_BYTES], wrapped[_HEADER_BYTES:]
        if len(header) < _HEADER_BYTES or header[0] != _VERSION:
            raise SealBrokenError(reason="header")
        key = self._wrapping_key(int.from_bytes(header[1:], "big"))
        return FieldKey(str(student), 1, unlock_bytes(key, body, _student(header, student)))

    def district_key(self, epoch: int | None = None) -> FieldKey:
        """For audit values without a student; the sealed value names its epoch as generation."""
        epoch = self.epoch if epoch is None else epoch
        return FieldKey("district", epoch, expand(self._key(epoch), "district-field/v1", length=FIELD_KEY_BYTES))

    def open_district_field(self, table: str, column: str, row_key: uuid.UUID, sealed: bytes) -> bytes:
        """Open under whichever epoch sealed it."""
        return self.district_key(sealed_generation(sealed)).open(table, column, row_key, sealed)

    def seal_to_device(self, district: uuid.UUID, device: uuid.UUID, sealing_public: bytes) -> dict[int, bytes]:
        """Every epoch, HPKE-sealed to an approved device or to the recovery key (D32)."""
        return {
            epoch: seal_to(sealing_public, self._key(epoch), data_key_info(district, device, epoch))
            for epoch in self._keys
        }

    def seal_under(self, key: bytes | bytearray, associated: bytes) -> bytes:
        """All epochs under a symmetric key: the first administrator's invite, the local copy in the database."""
        packed = b"".join(epoch.to_bytes(4, "big") + bytes(self._key(epoch)) for epoch in self.epochs)
        return lock(key, packed, associated)

    @classmethod
    def open_under(cls, key: bytes | bytearray, sealed: bytes, associated: bytes) -> DataKeyRing:
        """Raises `SealBrokenError`."""
        packed = unlock_bytes(key, sealed, associated)
        size = 4 + KEY_BYTES
        if not packed or len(packed) % size:
            raise SealBrokenError(reason="length")
        parts: Iterable[bytearray] = (packed[start : start + size] for start in range(0, len(packed), size))
        return cls({int.from_bytes(part[:4], "big"): part[4:] for part in parts})

    def destroy(self) -> None:
        self._destroyed = True
        wipe(*self._keys.values())

    def _wrapping_key(self, epoch: int) -> bytearray:
        return expand(self._key(epoch), "student-key/v1")

    def _key(self, epoch: int) -> bytearray:
        if self._destroyed:
            raise KeysGoneError
        if epoch not in self._keys:
            raise UnknownEpochError(epoch=epoch)
        return self._keys[epoch]


def open_data_keys(keys: KeyPairs, district: uuid.UUID, device: uuid.UUID, sealed: Mapping[int, bytes]) -> DataKeyRing:
    """What `DataKeyRing.seal_to_device` sealed to these keys; raises `SealBrokenError`."""
    return DataKeyRing(
        {epoch: keys.open_sealed(content, data_key_info(district, device, epoch)) for epoch, content in sealed.items()}
    )


def data_key_info(district: uuid.UUID, device: uuid.UUID, epoch: int) -> str:
    return f"data-key/v1|{district}|{device}|{epoch}"


def sealed_generation(sealed: bytes) -> int:
    """The key generation or epoch a sealed value names; raises `SealBrokenError` for what is no sealed value."""
    if len(sealed) < _HEADER_BYTES or sealed[0] != _VERSION:
        raise SealBrokenError(reason="header")
    return int.from_bytes(sealed[1:_HEADER_BYTES], "big")


def _header(number: int) -> bytes:
    return bytes([_VERSION]) + number.to_bytes(4, "big")


def _cell(header: bytes, table: str, column: str, row_key: uuid.UUID) -> list[bytes]:
    return [b"field/v1", header, table.encode(), column.encode(), row_key.bytes]


def _student(header: bytes, student: uuid.UUID) -> bytes:
    return b"student-key/v1|" + header + student.bytes
