"""Joins a profile with its keystore, its policy and the clock: for the window and the commands alike."""

from __future__ import annotations

from pathlib import Path

from clinicdesk.core.clock import Clock, SystemClock
from clinicdesk.core.paths import ProfilePaths, default_profile
from clinicdesk.security.keystore import DeviceSecretStore, open_secret_store
from clinicdesk.security.policy import load_policy
from clinicdesk.services.signing_in import Workstation


def workstation(profile: Path | None, managed_policy: Path | None, clock: Clock | None = None) -> Workstation:
    """The workstation of a profile folder (None: this account's) under the machine's policy or a named stand-in."""
    loaded = load_policy(managed_policy)

    def secret_store() -> DeviceSecretStore:
        return open_secret_store(loaded.policy)

    paths = default_profile() if profile is None else ProfilePaths(profile.absolute())
    return Workstation(paths, secret_store, loaded, clock or SystemClock())
