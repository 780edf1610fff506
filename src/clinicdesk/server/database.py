"""Connections to the district's PostgreSQL, each transaction in the role that its work needs (D12)."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec
import psycopg
import sqlalchemy as sa
from psycopg.conninfo import make_conninfo

from clinicdesk.server import epochs
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.storage.district_schema import ALL_SCOPES, DEVICE_SETTING, MODE_SETTING, SCOPES_SETTING, Roles
from clinicdesk.sync.protocol import ErrorCode

Connection = psycopg.Connection[tuple[Any, ...]]

POOL_TIMEOUT_SECONDS = 10.0


def as_json(records: Iterable[Mapping[str, Any]]) -> str:
    """Rows for `json_to_recordset`: one text for all of them costs a tenth of the driver's arrays."""
    return msgspec.json.encode(list(records)).decode()


class Database:
    """A pool of connections that stand in one district's schema."""

    def __init__(self, conninfo: str, schema: str, *, connections: int = 8) -> None:
        self.schema = schema
        self.roles = Roles(schema)
        self.conninfo = make_conninfo(
            conninfo, options=f"-csearch_path={schema}", application_name="clinicdesk-district"
        )
        self._free = threading.BoundedSemaphore(connections)
        self._idle: deque[Connection] = deque()
        self._closed = False

    def engine(self) -> sa.Engine:
        """For migration and set-up, which speak SQLAlchemy; the caller disposes of it."""
        return sa.create_engine(
            "postgresql+psycopg://", creator=lambda: psycopg.connect(self.conninfo), poolclass=sa.NullPool
        )

    @contextlib.contextmanager
    def merging(self, device: uuid.UUID | str, *, durable: bool = True) -> Iterator[Connection]:
        """One transaction as `clinic_merge`, writing for a device; `durable`: its commit waits for the disk."""
        with self._connection() as connection, connection.transaction():
            connection.execute(
                "SELECT set_config('role', %s, true), set_config(%s, %s, true)"
                + ("" if durable else ", set_config('synchronous_commit', 'off', true)"),
                (self.roles.merge, DEVICE_SETTING, str(device)),
            )
            yield connection

    @contextlib.contextmanager
    def reading(self, scopes: Collection[uuid.UUID | str] | Literal["ALL"]) -> Iterator[Connection]:
        """One snapshot as `clinic_read`: sees the rows of these scopes alone, all at one moment."""
        value = ALL_SCOPES if scopes == ALL_SCOPES else ",".join(sorted(str(scope) for scope in scopes))
        with self._connection() as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            try:
                with connection.transaction():
                    connection.execute(
                        "SELECT set_config('role', %s, true), set_config(%s, %s, true)",
                        (self.roles.read, SCOPES_SETTING, value),
                    )
                    yield connection
            finally:
                if not connection.closed:
                    connection.isolation_level = None
                    connection.read_only = None

    @contextlib.contextmanager
    def owning(self, *, retention: bool = False) -> Iterator[Connection]:
        """One transaction as `clinic_owner`, for administration; never used while serving a request."""
        with self._connection() as connection, connection.transaction():
            connection.execute("SELECT set_config('role', %s, true)", (self.roles.owner,))
            if retention:
                connection.execute("SELECT set_config(%s, 'RETENTION', true)", (MODE_SETTING,))
            yield connection

    @contextlib.contextmanager
    def watching(self) -> Iterator[Connection]:
        """The connection as the login itself: of all roles it alone sees what its other connections are at."""
        with self._connection() as connection:
            yield connection

    def close(self) -> None:
        """Close what is idle; connections in use close when they come back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    @contextlib.contextmanager
    def _connection(self) -> Iterator[Connection]:
        if not self._free.acquire(timeout=POOL_TIMEOUT_SECONDS):
            raise RefusedRequestError(ErrorCode.BUSY)
        try:
            connection = self._idle_or_new()
            try:
                yield connection
            finally:
                if connection.closed or self._closed:
                    connection.close()
                else:
                    self._idle.append(connection)
        finally:
            self._free.release()

    def _idle_or_new(self) -> Connection:
        with contextlib.suppress(IndexError):
            while True:
                connection = self._idle.pop()
                if not connection.closed:
                    return connection
        # Statements are not prepared: PgBouncer in transaction mode does not keep them.
        connection = psycopg.connect(self.conninfo, autocommit=True, prepare_threshold=None)
        epochs.notice(connection, self.roles.merge)
        return connection
