"""Fixtures of the presenter tests: one clinic on a real encrypted file."""

from __future__ import annotations

from tests.support.desk import clinic  # noqa: F401 - fixtures are found by name
