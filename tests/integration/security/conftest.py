"""A profile on disk with one person, made with the floor parameters."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

import pytest
from tests.support.secret_stores import PASSWORD, MemorySecretStore, Workstation, start_clock

from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security.derivation import FLOOR_PARAMETERS
from clinicdesk.security.slots import create_profile
from clinicdesk.security.unlocked import Person


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Workstation:
    paths = ProfilePaths(tmp_path_factory.mktemp("profile") / "desk")
    store, clock = MemorySecretStore(), start_clock()
    nurse = Person(uuid.UUID("0190b2c4-0000-7000-8000-000000000001"), "rivera")
    opened = create_profile(paths, nurse, PASSWORD, store, clock, parameters=FLOOR_PARAMETERS)
    return Workstation(paths, store, clock, nurse, opened.device, bytes(opened.db_key))


@pytest.fixture
def desk(made_once: Workstation, tmp_path: Path) -> Workstation:
    root = tmp_path / "desk"
    shutil.copytree(made_once.paths.root, root)
    return Workstation(
        ProfilePaths(root),
        made_once.store.copy(),
        start_clock(),
        made_once.nurse,
        made_once.device,
        made_once.db_key,
    )
