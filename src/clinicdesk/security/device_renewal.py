"""The next incarnation of a workstation, or another identity: written beside the slots by whoever has it open (D26)."""

from __future__ import annotations

from clinicdesk.core.identifiers import new_id
from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security.device_keys import DeviceKeys, last_incarnation, write_device_keys
from clinicdesk.security.errors import KeystoreUnavailableError
from clinicdesk.security.keystore import DeviceSecretStore, SecretName
from clinicdesk.security.unlocked import Unlocked


def raise_incarnation(paths: ProfilePaths, unlocked: Unlocked, secret_store: DeviceSecretStore, above: int) -> int:
    """Speak as a later incarnation than `above` and than any before; the value is the new one.

    Raises:
        DeviceFileDamagedError: the device's keys are not open.
        KeystoreUnavailableError, SecretFileError: nothing was changed.
    """
    keys = unlocked.device_keys.next_incarnation()
    keys.incarnation = max(keys.incarnation, above + 1, last_incarnation(paths) + 1)
    _write(paths, unlocked, secret_store, keys)
    return keys.incarnation


def take_identity(paths: ProfilePaths, unlocked: Unlocked, secret_store: DeviceSecretStore, keys: DeviceKeys) -> None:
    """From now on this workstation is the device of `keys`; slots, database and people stay. Raises as above."""
    _write(paths, unlocked, secret_store, keys)


def new_identity() -> DeviceKeys:
    """Keys of a device that nobody knows yet."""
    return DeviceKeys.generate(new_id())


def _write(paths: ProfilePaths, unlocked: Unlocked, secret_store: DeviceSecretStore, keys: DeviceKeys) -> None:
    secret = secret_store.read(unlocked.device, SecretName.DEVICE_SECRET)
    if secret is None:
        raise KeystoreUnavailableError(reason="no_secret")
    write_device_keys(paths, keys, secret, unlocked.root_keys()[unlocked.epoch], unlocked.device)
    unlocked.take_device_keys(keys)
