"""Databases for the tests of the data model."""

from __future__ import annotations

from tests.support.databases import desk_path, district_schema_name, empty_desk, empty_district, postgres_uri

__all__ = ["desk_path", "district_schema_name", "empty_desk", "empty_district", "postgres_uri"]
