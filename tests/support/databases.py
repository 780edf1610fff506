"""Real databases for tests: an encrypted file opened by key, and schemas of one embedded PostgreSQL server.

A folder's conftest.py imports the fixtures it uses. However many do, one server runs per test session.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from clinicdesk.storage.engine import create_engine_on_new_file
from clinicdesk.storage.throwaway import throwaway_postgres

TEST_KEY = bytes(range(32))


@pytest.fixture
def desk_path(tmp_path: Path) -> Path:
    """Where the encrypted file of this test stands."""
    return tmp_path / "clinicdesk.db"


@pytest.fixture
def empty_desk(desk_path: Path) -> Iterator[sa.Engine]:
    """An engine on a new encrypted file without tables."""
    engine = create_engine_on_new_file(desk_path, TEST_KEY)
    yield engine
    engine.dispose()


class SharedServer:
    """The one server of this test session: started by the first who asks, ended when the last has left."""

    def __init__(self) -> None:
        self._users = 0
        self._running = contextlib.ExitStack()
        self._uri = ""

    def __enter__(self) -> str:
        if self._users == 0:
            self._uri = self._running.enter_context(throwaway_postgres())
        self._users += 1
        return self._uri

    def __exit__(self, *_: object) -> None:
        self._users -= 1
        if self._users == 0:
            self._running.close()


_SERVER = SharedServer()


@pytest.fixture(scope="session")
def postgres_uri() -> Iterator[str]:
    """The address of the running embedded server, `postgresql://...`."""
    with _SERVER as uri:
        yield uri


def sqlalchemy_url(uri: str) -> str:
    """The same address for SQLAlchemy and psycopg 3."""
    return uri.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture
def district_schema_name() -> str:
    """A schema name no other test has."""
    return f"district_{secrets.token_hex(4)}"


@pytest.fixture
def empty_district(postgres_uri: str, district_schema_name: str) -> Iterator[sa.Engine]:
    """An engine whose connections stand in a new empty schema, as superuser."""
    engine = district_engine(postgres_uri, district_schema_name)
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema(district_schema_name))
    yield engine
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema(district_schema_name, cascade=True))
    engine.dispose()
    drop_roles(postgres_uri, district_schema_name)


def district_engine(uri: str, schema: str, *, role: str | None = None) -> sa.Engine:
    """An engine whose connections have `schema` as their search path, and act as `role` where one is given."""
    options = f"-csearch_path={schema}" + (f" -crole={role}" if role else "")
    return sa.create_engine(sqlalchemy_url(uri), connect_args={"options": options}, pool_size=3)


def drop_roles(uri: str, schema: str) -> None:
    """Roles belong to the whole server: those that carry the name of the schema go with it."""
    with psycopg.connect(uri, autocommit=True) as connection:
        names = connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", (f"%\\_{schema}",)).fetchall()
        for (name,) in names:
            connection.execute(psycopg.sql.SQL("DROP OWNED BY {}").format(psycopg.sql.Identifier(name)))
            connection.execute(psycopg.sql.SQL("DROP ROLE {}").format(psycopg.sql.Identifier(name)))
