"""Where the device secret lives: the operating system's keystore, or a private file if the policy allows it (T21)."""

from __future__ import annotations

import base64
import binascii
import enum
import importlib
import os
import stat
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import keyring.errors
import platformdirs
from keyring.backend import KeyringBackend

from clinicdesk.security.errors import KeystoreUnavailableError, SecretFileError
from clinicdesk.security.policy import ManagedPolicy
from clinicdesk.security.private_files import read_private, remove_private, replace_private

SERVICE = "ClinicDesk"
TIME_LIMIT_S = 30.0

# keyring would also take plaintext backends (keyrings.alt) or whatever an environment variable names.
ALLOWED_BACKENDS = (
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.macOS.Keyring",
)

Answer = TypeVar("Answer")


class SecretName(enum.StrEnum):
    """What is kept per device outside the profile folder."""

    DEVICE_SECRET = "device-secret"  # noqa: S105 - the name of the entry
    TRIES = "tries"
    ANCHOR = "anchor"


class DeviceSecretStore(Protocol):
    """Small secrets of one device, out of reach of whoever has only the profile folder."""

    @property
    def weaker_protection(self) -> bool:
        """Whether the interface must show the permanent warning of T21."""

    def read(self, device: uuid.UUID, name: SecretName) -> bytes | None:
        """None where nothing is stored; raises `KeystoreUnavailableError`."""

    def write(self, device: uuid.UUID, name: SecretName, value: bytes) -> None:
        """Raises `KeystoreUnavailableError`."""

    def delete(self, device: uuid.UUID, name: SecretName) -> None:
        """Raises `KeystoreUnavailableError`."""


class KeyringSecretStore:
    """The operating system's keystore through an allowed keyring backend, each call within a time limit (F11)."""

    weaker_protection = False

    def __init__(self, backend: KeyringBackend, time_limit_s: float = TIME_LIMIT_S) -> None:
        """Raises `KeystoreUnavailableError` for a backend that is not on the list."""
        kind = type(backend)
        if f"{kind.__module__}.{kind.__qualname__}" not in ALLOWED_BACKENDS:
            raise KeystoreUnavailableError(reason="refused_backend")
        self._backend = backend
        self._time_limit_s = time_limit_s

    def read(self, device: uuid.UUID, name: SecretName) -> bytes | None:
        text = self._ask(lambda: self._backend.get_password(SERVICE, _account(device, name)))
        if text is None:
            return None
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise KeystoreUnavailableError(reason="damaged") from error

    def write(self, device: uuid.UUID, name: SecretName, value: bytes) -> None:
        text = base64.b64encode(value).decode()
        self._ask(lambda: self._backend.set_password(SERVICE, _account(device, name), text))

    def delete(self, device: uuid.UUID, name: SecretName) -> None:
        if self.read(device, name) is not None:
            self._ask(lambda: self._backend.delete_password(SERVICE, _account(device, name)))

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        try:
            return within(self._time_limit_s, question)
        except keyring.errors.KeyringLocked as error:
            raise KeystoreUnavailableError(reason="locked") from error
        except keyring.errors.KeyringError as error:
            raise KeystoreUnavailableError(reason="denied") from error


class FileSecretStore:
    """Secrets in 0600 files of the account, outside the profile folder: weaker, and says so (T21)."""

    weaker_protection = True

    def __init__(self, folder: Path, policy: ManagedPolicy) -> None:
        """Raises `KeystoreUnavailableError` unless the managed policy allows secrets in files."""
        if not policy.allow_file_secret:
            raise KeystoreUnavailableError(reason="not_allowed")
        self._folder = folder

    def read(self, device: uuid.UUID, name: SecretName) -> bytes | None:
        path = self._path(device, name)
        try:
            if os.name == "posix" and path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise KeystoreUnavailableError(reason="not_private")
            return read_private(path)
        except (OSError, SecretFileError) as error:
            raise KeystoreUnavailableError(reason="denied") from error

    def write(self, device: uuid.UUID, name: SecretName, value: bytes) -> None:
        try:
            replace_private(self._path(device, name), value)
        except SecretFileError as error:
            raise KeystoreUnavailableError(reason="denied") from error

    def delete(self, device: uuid.UUID, name: SecretName) -> None:
        try:
            remove_private(self._path(device, name))
        except SecretFileError as error:
            raise KeystoreUnavailableError(reason="denied") from error

    def lies_within(self, profile: Path) -> bool:
        """Whether copying the profile folder would copy the secrets as well."""
        return self._folder.resolve().is_relative_to(profile.resolve())

    def _path(self, device: uuid.UUID, name: SecretName) -> Path:
        return self._folder / f"{device}.{name}"


def open_secret_store(policy: ManagedPolicy, time_limit_s: float = TIME_LIMIT_S) -> DeviceSecretStore:
    """The keystore of this account; a private file only where there is none and the policy allows it.

    Raises:
        KeystoreUnavailableError: there is no allowed keystore (T21).
    """
    backend = find_backend(time_limit_s)
    if backend is not None:
        return KeyringSecretStore(backend, time_limit_s)
    if not policy.allow_file_secret:
        raise KeystoreUnavailableError(reason="none")
    return FileSecretStore(file_secret_folder(policy), policy)


def file_secret_folder(policy: ManagedPolicy) -> Path:
    """The folder the policy names, else one in the account's configuration, never the profile."""
    if policy.file_secret_folder is not None:
        return Path(policy.file_secret_folder)
    return Path(platformdirs.user_config_dir("ClinicDesk", appauthor=False)) / "device-secrets"


def find_backend(time_limit_s: float = TIME_LIMIT_S) -> KeyringBackend | None:
    """The best allowed backend that answers here; asking may start a service, hence the time limit."""
    return within(time_limit_s, _best_backend)


def _best_backend() -> KeyringBackend | None:
    viable: list[type[KeyringBackend]] = []
    for name in ALLOWED_BACKENDS:
        module, _, kind = name.rpartition(".")
        backend: type[KeyringBackend] = getattr(importlib.import_module(module), kind)
        if backend.viable:
            viable.append(backend)
    return max(viable, key=lambda backend: float(backend.priority))() if viable else None


class _Outcome(Generic[Answer]):
    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.failure: BaseException | None = None


def within(time_limit_s: float, question: Callable[[], Answer]) -> Answer:
    """Ask on another thread and stop waiting at the limit: a keystore may show a prompt for ever (F11).

    Raises:
        KeystoreUnavailableError: no answer in time.
    """
    outcome: _Outcome[Answer] = _Outcome()

    def ask() -> None:
        try:
            outcome.answers.append(question())
        except Exception as error:  # handed to the asking thread below
            outcome.failure = error

    thread = threading.Thread(target=ask, name="keystore", daemon=True)
    thread.start()
    thread.join(time_limit_s)
    if outcome.failure is not None:
        raise outcome.failure
    if not outcome.answers:
        raise KeystoreUnavailableError(reason="timeout")
    return outcome.answers[0]


def _account(device: uuid.UUID, name: SecretName) -> str:
    return f"{device}/{name}"
