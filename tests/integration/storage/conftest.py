"""Fixtures of the storage tests."""

from __future__ import annotations

from tests.support.databases import (  # noqa: F401 - fixtures are found by name
    desk,
    desk_engine,
    desk_path,
    district_engine,
    district_uri,
    empty_desk,
    empty_district,
    empty_district_uri,
    postgres_uri,
)
