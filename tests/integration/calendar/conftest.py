"""The calendar tests work on the clinic that every service test knows."""

from __future__ import annotations

from tests.support.desk import clinic  # noqa: F401 - the fixture is found by name
