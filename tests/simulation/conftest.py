"""One PostgreSQL and one founded district for all seeds of a process."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.simulation.districts import Template, make_template
from tests.simulation.lives import Lives
from tests.support.databases import postgres_uri

__all__ = ["postgres_uri"]


@pytest.fixture(scope="session")
def template(postgres_uri: str) -> Template:
    """What each seed's district is a copy of."""
    return make_template(postgres_uri)


@pytest.fixture(scope="session")
def lives(postgres_uri: str, template: Template, tmp_path_factory: pytest.TempPathFactory) -> Lives:
    """The fixed seeds. Each worker has a folder inside that of its run; alone the run's is the worker's own."""
    own = tmp_path_factory.getbasetemp()
    folder: Path = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "lives"
    folder.mkdir(exist_ok=True)
    return Lives(folder, postgres_uri, template)
