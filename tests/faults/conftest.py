"""Faults at every point of real programs: all of it belongs to the long proofs."""

from __future__ import annotations

import pytest
from tests.support.databases import postgres_uri

__all__ = ["postgres_uri"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Left to `make prove`."""
    for item in items:
        if "faults" in item.path.parts:
            item.add_marker(pytest.mark.prove)
