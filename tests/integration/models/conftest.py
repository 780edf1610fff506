"""Databases for the tests of the data model."""

from __future__ import annotations

from tests.support.databases import desk_path, empty_desk, empty_district, empty_district_uri, postgres_uri

__all__ = ["desk_path", "empty_desk", "empty_district", "empty_district_uri", "postgres_uri"]
