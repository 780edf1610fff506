"""The roster tests work at the desk of a district office."""

from __future__ import annotations

from tests.support.roster_office import desk_engine, desk_template, office  # noqa: F401 - fixtures are found by name
