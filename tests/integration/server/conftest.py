"""A district on a real PostgreSQL, and workstations that speak to it in messages."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from tests.support.databases import DISTRICT_SCHEMA, district_uri, postgres_uri
from tests.support.district import Town

from clinicdesk.server.database import Database

__all__ = ["district_uri", "postgres_uri"]


@pytest.fixture
def town(district_uri: str) -> Iterator[Town]:
    """Two schools, a nurse at each, a district administrator, and four students."""
    database = Database(district_uri, DISTRICT_SCHEMA, connections=6)
    with contextlib.closing(database):
        yield Town.found(database)
