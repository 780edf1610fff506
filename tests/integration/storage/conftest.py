"""Fixtures of the storage tests."""

from __future__ import annotations

from tests.support.databases import (  # noqa: F401 - fixtures are found by name
    desk_path,
    district_schema_name,
    empty_desk,
    empty_district,
    postgres_uri,
)
