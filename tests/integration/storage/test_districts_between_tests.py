"""What a test leaves in its district does not reach the next one that gets the same database."""

from __future__ import annotations

import psycopg
import pytest
from tests.support.databases import DISTRICT_SCHEMA, Districts

_FILL = f"""
INSERT INTO {DISTRICT_SCHEMA}.sync_commits (commit_id, seq, committed_at)
SELECT gen_random_uuid(), n, now() FROM generate_series(1, %s) n"""


def _used(districts: Districts, rows: int) -> str:
    address = districts.take()
    with psycopg.connect(address) as connection:
        connection.execute(_FILL.encode(), (rows,))
    districts.give_back(address)
    return address


def test_a_district_is_emptied_for_the_next_test(postgres_uri: str) -> None:
    districts = Districts(postgres_uri)
    address = _used(districts, 3)
    assert districts.take() == address
    with psycopg.connect(address) as connection:
        assert connection.execute(f"SELECT count(*) FROM {DISTRICT_SCHEMA}.sync_commits").fetchone() == (0,)
        assert connection.execute("SHOW autovacuum").fetchone() == ("off",)
    districts.give_back(address)


@pytest.mark.prove
def test_a_district_whose_files_have_grown_is_not_given_to_the_next_test(postgres_uri: str) -> None:
    districts = Districts(postgres_uri)
    filled = _used(districts, 100_000)
    assert districts.take() != filled
