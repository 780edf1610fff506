"""Statements that come again are planned once, where the server that planned them is the one that is asked."""

from __future__ import annotations

import contextlib
import uuid

from tests.support.databases import DISTRICT_SCHEMA
from tests.support.pooler import behind_a_pooler

from clinicdesk.server.database import Database

_OFTEN = 8


def _prepared(database: Database) -> int:
    """How many statements the server has prepared after the same one was asked often."""
    for _ in range(_OFTEN):
        with database.merging(uuid.uuid4()) as connection:
            connection.execute("SELECT %s::int", (1,)).fetchone()
    with database.merging(uuid.uuid4()) as connection:
        found = connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()
    assert found is not None
    return int(found[0])


def test_a_statement_that_comes_again_is_planned_once(district_uri: str) -> None:
    with contextlib.closing(Database(district_uri, DISTRICT_SCHEMA, connections=1)) as database:
        assert _prepared(database) == 1


def test_nothing_is_prepared_behind_a_pooler(district_uri: str) -> None:
    """The next transaction may have another server."""
    with (
        behind_a_pooler(district_uri) as pooled,
        contextlib.closing(Database(pooled, DISTRICT_SCHEMA, connections=1)) as database,
    ):
        assert _prepared(database) == 0
