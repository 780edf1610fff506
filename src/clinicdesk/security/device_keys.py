"""The device's own keys (D33), sealed beside the slots under device secret and root key together."""

from __future__ import annotations

import uuid
from typing import Literal

import msgspec

from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security.canonical_json import canonical_struct
from clinicdesk.security.derivation import expand, wipe
from clinicdesk.security.errors import (
    DeviceFileDamagedError,
    ForeignDeviceError,
    NewerFormatError,
    SealBrokenError,
    SecretFileError,
)
from clinicdesk.security.key_pairs import KeyPairs, PublicKeys
from clinicdesk.security.private_files import read_private, replace_private
from clinicdesk.security.sealing import lock, unlock_bytes


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    device: uuid.UUID
    incarnation: int
    public: PublicKeys
    format: Literal["clinicdesk-device/1"] = "clinicdesk-device/1"

    @property
    def profile(self) -> uuid.UUID:
        """The device that the slots beside the file name."""
        return self.device


class _AnewHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of a workstation that joined anew under another identity: the slots keep the first one (scenario 15)."""

    device: uuid.UUID
    incarnation: int
    public: PublicKeys
    profile: uuid.UUID
    format: Literal["clinicdesk-device/2"] = "clinicdesk-device/2"


class _DeviceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    header: _Header
    sealed: bytes


class _AnewFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    header: _AnewHeader
    sealed: bytes


_FORMATS: dict[object, type[_DeviceFile] | type[_AnewFile]] = {
    "clinicdesk-device/1": _DeviceFile,
    "clinicdesk-device/2": _AnewFile,
}


class DeviceKeys:
    """Who this workstation is to the district: id, incarnation, and the keys it signs and is sealed to with."""

    def __init__(self, device: uuid.UUID, incarnation: int, pairs: KeyPairs) -> None:
        self.device = device
        self.incarnation = incarnation
        self.pairs = pairs

    @classmethod
    def generate(cls, device: uuid.UUID, incarnation: int = 1) -> DeviceKeys:
        return cls(device, incarnation, KeyPairs.generate())

    @property
    def public(self) -> PublicKeys:
        return self.pairs.public

    def next_incarnation(self) -> DeviceKeys:
        """The same keys after a restore or a rollback, so that the server never merges backwards (D26)."""
        private = self.pairs.use_private(bytes)
        return DeviceKeys(self.device, self.incarnation + 1, KeyPairs(bytearray(private)))

    def destroy(self) -> None:
        self.pairs.destroy()


def write_device_keys(
    paths: ProfilePaths,
    keys: DeviceKeys,
    secret: bytes | bytearray,
    root: bytes | bytearray,
    profile: uuid.UUID | None = None,
) -> None:
    """Seal the keys under HKDF(device secret and root key, "device/v1"); `profile`: the device that the slots name."""
    header: _Header | _AnewHeader = _Header(keys.device, keys.incarnation, keys.public)
    if profile is not None and profile != keys.device:
        header = _AnewHeader(keys.device, keys.incarnation, keys.public, profile)
    key = _sealing_key(secret, root)
    try:
        sealed = keys.pairs.use_private(lambda private: lock(key, private, canonical_struct(header)))
    finally:
        wipe(key)
    content = msgspec.json.encode({"header": header, "sealed": sealed})
    replace_private(paths.device, msgspec.json.format(content, indent=1))


def read_device_keys(
    paths: ProfilePaths, device: uuid.UUID, secret: bytes | bytearray, root: bytes | bytearray
) -> DeviceKeys:
    """Open the device's keys.

    Raises:
        DeviceFileDamagedError: missing, unreadable or changed.
        ForeignDeviceError: it names another device than the slots do.
        NewerFormatError: written by a later program.
    """
    file = _parse(paths)
    if file.header.profile != device:
        raise ForeignDeviceError(reason="other_device")
    key = _sealing_key(secret, root)
    try:
        private = unlock_bytes(key, file.sealed, canonical_struct(file.header))
        keys = DeviceKeys(file.header.device, file.header.incarnation, KeyPairs(private))
    except (SealBrokenError, ValueError) as error:
        raise DeviceFileDamagedError(reason="seal") from error
    finally:
        wipe(key)
    return keys


def last_incarnation(paths: ProfilePaths) -> int:
    """The incarnation the file names, readable without any key; 0 where there is none to read."""
    try:
        return _parse(paths).header.incarnation
    except (DeviceFileDamagedError, NewerFormatError):
        return 0


def _parse(paths: ProfilePaths) -> _DeviceFile | _AnewFile:
    try:
        content = read_private(paths.device)
    except SecretFileError as error:
        raise DeviceFileDamagedError(reason=error.params["reason"]) from error
    if content is None:
        raise DeviceFileDamagedError(reason="missing")
    try:
        outline = msgspec.json.decode(content)
        header = outline.get("header") if isinstance(outline, dict) else None
        name = header.get("format") if isinstance(header, dict) else None
        if isinstance(name, str) and name.startswith("clinicdesk-device/") and name not in _FORMATS:
            raise NewerFormatError(format=name)
        return msgspec.convert(outline, _FORMATS.get(name, _DeviceFile), strict=True)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise DeviceFileDamagedError(reason="not_readable") from error


def _sealing_key(secret: bytes | bytearray, root: bytes | bytearray) -> bytearray:
    both = bytearray(secret) + bytearray(root)
    try:
        return expand(both, "device/v1")
    finally:
        wipe(both)
