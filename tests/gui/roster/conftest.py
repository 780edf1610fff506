"""The roster screen on a real desk, with the work done at once."""

from __future__ import annotations

from tests.support.roster_office import desk_engine, desk_template, office  # noqa: F401 - fixtures are found by name
