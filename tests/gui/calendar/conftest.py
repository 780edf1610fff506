"""The calendar screen in a real clinic, with the work done at once."""

from __future__ import annotations

from tests.support.desk import clinic  # noqa: F401 - the fixture is found by name
