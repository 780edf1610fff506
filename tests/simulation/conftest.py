"""One PostgreSQL and one founded district for all seeds of a process."""

from __future__ import annotations

import pytest
from tests.simulation.districts import Template, make_template
from tests.support.databases import postgres_uri

__all__ = ["postgres_uri"]


@pytest.fixture(scope="session")
def template(postgres_uri: str) -> Template:
    """What each seed's district is a copy of."""
    return make_template(postgres_uri)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Seeded runs belong to the long proofs."""
    for item in items:
        if "simulation" in item.path.parts:
            item.add_marker(pytest.mark.prove)
