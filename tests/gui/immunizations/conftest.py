"""A clinic on a real encrypted file for the immunization screen."""

from __future__ import annotations

from tests.support.desk import clinic  # noqa: F401 - fixtures are found by name
