"""T21 and D31: which keystores are accepted, secrets in files, and the managed policy file on disk."""

from __future__ import annotations

import importlib
import json
import os
import stat
import threading
import uuid
from pathlib import Path

import keyring.errors
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, fail, null
from tests.support.secret_stores import PASSWORD, start_clock

from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security import keystore
from clinicdesk.security.derivation import FLOOR_PARAMETERS
from clinicdesk.security.errors import KeystoreUnavailableError
from clinicdesk.security.keystore import FileSecretStore, KeyringSecretStore, SecretName, open_secret_store
from clinicdesk.security.policy import SAFE_DEFAULTS, ManagedPolicy, PolicyProblem, load_policy
from clinicdesk.security.slots import create_profile, unlock
from clinicdesk.security.unlocked import Notice, Person

DEVICE = uuid.UUID("6f0f5a0e-7a3c-4c1d-9a57-0d3f3a6f1c11")


@pytest.fixture
def headless(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without a session bus."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


class _Service(SecretService.Keyring):
    """Behaves like the Secret Service without a bus; `KeyringSecretStore` is told that it is the real class."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring has no annotation there
        self.entries: dict[tuple[str, str], str] = {}
        self.failure: Exception | None = None
        self.answering = threading.Event()
        self.answering.set()

    def get_password(self, service: str, username: str) -> str | None:
        self.answering.wait(10)
        if self.failure is not None:
            raise self.failure
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> _Service:
    monkeypatch.setattr(keystore, "ALLOWED_BACKENDS", (f"{_Service.__module__}.{_Service.__qualname__}",))
    return _Service()


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
def test_t21_a_failing_or_forgetful_backend_is_refused(backend: type[KeyringBackend]) -> None:
    with pytest.raises(KeystoreUnavailableError) as refused:
        KeyringSecretStore(backend())
    assert refused.value.params == {"reason": "refused_backend"}


@pytest.mark.usefixtures("headless")
def test_t21_a_headless_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    with pytest.raises(KeystoreUnavailableError) as refused:
        open_secret_store(SAFE_DEFAULTS)
    assert refused.value.params == {"reason": "none"}


@pytest.mark.keys
@pytest.mark.usefixtures("headless")
def test_t21_with_the_policy_a_file_keeps_the_secret_and_the_profile_says_so(tmp_path: Path) -> None:
    policy = ManagedPolicy(allow_file_secret=True, file_secret_folder=str(tmp_path / "secrets"))
    store, clock, paths = open_secret_store(policy), start_clock(), ProfilePaths(tmp_path / "desk")
    create_profile(paths, Person(uuid.uuid4(), "rivera"), PASSWORD, store, clock, parameters=FLOOR_PARAMETERS)
    opened = unlock(paths, "rivera", PASSWORD, open_secret_store(policy), clock, parameters=FLOOR_PARAMETERS)
    assert opened.weaker_protection
    assert Notice.WEAKER_PROTECTION in opened.notices
    files = list((tmp_path / "secrets").iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert not any(path.name.endswith(SecretName.DEVICE_SECRET) for path in paths.root.rglob("*"))


def test_t01_a_file_secret_inside_the_profile_is_refused(tmp_path: Path) -> None:
    paths = ProfilePaths(tmp_path / "desk")
    store = FileSecretStore(paths.root / "secrets", ManagedPolicy(allow_file_secret=True))
    with pytest.raises(KeystoreUnavailableError) as refused:
        create_profile(paths, Person(uuid.uuid4(), "rivera"), PASSWORD, store, start_clock())
    assert refused.value.params == {"reason": "inside_profile"}
    assert not paths.root.exists()


def test_t21_no_file_secret_without_the_policy(tmp_path: Path) -> None:
    with pytest.raises(KeystoreUnavailableError) as refused:
        FileSecretStore(tmp_path, SAFE_DEFAULTS)
    assert refused.value.params == {"reason": "not_allowed"}


def test_t21_a_file_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    store = FileSecretStore(tmp_path, ManagedPolicy(allow_file_secret=True))
    store.write(DEVICE, SecretName.DEVICE_SECRET, b"secret")
    (tmp_path / f"{DEVICE}.device-secret").chmod(0o644)
    with pytest.raises(KeystoreUnavailableError) as refused:
        store.read(DEVICE, SecretName.DEVICE_SECRET)
    assert refused.value.params == {"reason": "not_private"}


def test_a_file_store_that_cannot_write_says_denied(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    store = FileSecretStore(tmp_path / "taken", ManagedPolicy(allow_file_secret=True))
    with pytest.raises(KeystoreUnavailableError) as refused:
        store.write(DEVICE, SecretName.TRIES, b"1")
    assert refused.value.params == {"reason": "denied"}


def test_both_stores_keep_replace_and_forget_a_secret(tmp_path: Path, service: _Service) -> None:
    for store in (
        FileSecretStore(tmp_path, ManagedPolicy(allow_file_secret=True)),
        KeyringSecretStore(service),
    ):
        assert store.read(DEVICE, SecretName.ANCHOR) is None
        store.write(DEVICE, SecretName.ANCHOR, b"\x00\xff one")
        store.write(DEVICE, SecretName.ANCHOR, b"two")
        assert store.read(DEVICE, SecretName.ANCHOR) == b"two"
        assert store.read(uuid.uuid4(), SecretName.ANCHOR) is None
        store.delete(DEVICE, SecretName.ANCHOR)
        store.delete(DEVICE, SecretName.ANCHOR)
        assert store.read(DEVICE, SecretName.ANCHOR) is None


@pytest.mark.parametrize(
    ("failure", "reason"),
    [(keyring.errors.KeyringLocked(), "locked"), (keyring.errors.InitError("Prompt dismissed"), "denied")],
)
def test_f11_a_locked_or_denied_keystore_is_told_apart(service: _Service, failure: Exception, reason: str) -> None:
    service.failure = failure
    with pytest.raises(KeystoreUnavailableError) as refused:
        KeyringSecretStore(service).read(DEVICE, SecretName.DEVICE_SECRET)
    assert refused.value.params == {"reason": reason}


def test_f11_a_keystore_that_shows_a_prompt_for_ever_is_given_up(service: _Service) -> None:
    service.answering.clear()
    with pytest.raises(KeystoreUnavailableError) as refused:
        KeyringSecretStore(service, time_limit_s=0.05).read(DEVICE, SecretName.DEVICE_SECRET)
    service.answering.set()
    assert refused.value.params == {"reason": "timeout"}


def test_a_mangled_keystore_entry_is_damage_and_no_secret(service: _Service) -> None:
    service.entries[keystore.SERVICE, f"{DEVICE}/device-secret"] = "not base64!"
    with pytest.raises(KeystoreUnavailableError) as refused:
        KeyringSecretStore(service).read(DEVICE, SecretName.DEVICE_SECRET)
    assert refused.value.params == {"reason": "damaged"}


def test_the_allow_list_names_backends_that_exist() -> None:
    for name in keystore.ALLOWED_BACKENDS:
        module, _, kind = name.rpartition(".")
        assert issubclass(getattr(importlib.import_module(module), kind), KeyringBackend)


def test_d31_the_stand_in_policy_is_followed_and_marked(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps({"version": 1, "allow_file_secret": True, "idle_lock_minutes": 2}))
    loaded = load_policy(path)
    assert loaded.stand_in
    assert (loaded.policy.allow_file_secret, loaded.policy.idle_lock_minutes) == (True, 2)
    assert loaded.problems == ()


def test_d31_without_any_file_the_safe_defaults_hold(tmp_path: Path) -> None:
    loaded = load_policy(system=tmp_path / "none.json")
    assert (loaded.policy, loaded.stand_in, loaded.problems) == (SAFE_DEFAULTS, False, ())


def test_f37_a_named_policy_that_is_not_there_is_reported(tmp_path: Path) -> None:
    loaded = load_policy(tmp_path / "none.json")
    assert loaded.policy == SAFE_DEFAULTS
    assert loaded.problems == (PolicyProblem("unreadable"),)


def test_f37_a_policy_that_anyone_may_change_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text('{"allow_file_secret": true}')
    path.chmod(0o666)
    loaded = load_policy(system=path)
    assert loaded.policy == SAFE_DEFAULTS
    assert loaded.problems == (PolicyProblem("writable_by_others"),)


def test_f37_a_policy_that_is_a_folder_is_unreadable(tmp_path: Path) -> None:
    assert os.path.isdir(tmp_path)
    assert load_policy(system=tmp_path).problems == (PolicyProblem("unreadable"),)
