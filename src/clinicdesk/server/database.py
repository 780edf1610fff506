"""Connections to the district's PostgreSQL, each transaction in the role that its work needs (D12)."""

from __future__ import annotations

import contextlib
import re
import threading
import uuid
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec
import psycopg
import sqlalchemy as sa
from psycopg import sql
from psycopg.abc import Buffer
from psycopg.conninfo import make_conninfo
from psycopg.types.array import ListDumper
from psycopg.types.json import set_json_loads

from clinicdesk.server import epochs
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.storage.district_schema import ALL_SCOPES, DEVICE_SETTING, MODE_SETTING, SCOPES_SETTING, Roles
from clinicdesk.sync.protocol import ErrorCode

Connection = psycopg.Connection[tuple[Any, ...]]

POOL_TIMEOUT_SECONDS = 10.0

_SNAPSHOT = "ISOLATION LEVEL REPEATABLE READ READ ONLY"

_PREPARED_AFTER = 4
"""Planning costs as much as running most of a session's statements; those that come again are planned once."""


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
        settings = {"role": self.roles.merge, DEVICE_SETTING: str(device)}
        if not durable:
            settings["synchronous_commit"] = "off"
        with self._connection() as connection, _transaction(connection, settings):
            yield connection

    @contextlib.contextmanager
    def reading(self, scopes: Collection[uuid.UUID | str] | Literal["ALL"]) -> Iterator[Connection]:
        """One snapshot as `clinic_read`: sees the rows of these scopes alone, all at one moment."""
        value = ALL_SCOPES if scopes == ALL_SCOPES else ",".join(sorted(str(scope) for scope in scopes))
        settings = {"role": self.roles.read, SCOPES_SETTING: value}
        with self._connection() as connection, _transaction(connection, settings, _SNAPSHOT):
            yield connection

    @contextlib.contextmanager
    def owning(self, *, retention: bool = False) -> Iterator[Connection]:
        """One transaction as `clinic_owner`, for administration; never used while serving a request."""
        settings = {"role": self.roles.owner}
        if retention:
            settings[MODE_SETTING] = "RETENTION"
        with self._connection() as connection, _transaction(connection, settings):
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
        connection = psycopg.connect(self.conninfo, autocommit=True, prepare_threshold=None)
        connection.adapters.register_dumper(list, _ListDumper)
        set_json_loads(msgspec.json.decode, connection)
        if _is_direct(connection):
            connection.prepare_threshold = _PREPARED_AFTER
        epochs.notice(connection, self.roles.merge)
        return connection


class _ListDumper(ListDumper):
    """Lists of keys, which need no quotes: the driver looks at each character of each element for a reason."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        if obj and all(type(element) is str for element in obj):
            keys = ",".join(obj).encode()
            if len(keys) == _KEY_LENGTH * len(obj) - 1 and _KEYS.fullmatch(keys):
                return b"{%b}" % keys
        return super().dump(obj)


_KEY_LENGTH = 37
_KEYS = re.compile(rb"[0-9a-f-]{36}(?:,[0-9a-f-]{36})*")


@contextlib.contextmanager
def _transaction(connection: Connection, settings: Mapping[str, str], characteristics: str = "") -> Iterator[None]:
    """One transaction with these settings of its own; that it begins and what it is go in one message."""
    local = sql.SQL(", ").join(
        sql.SQL("set_config({}, {}, true)").format(name, value) for name, value in settings.items()
    )
    try:
        connection.execute(sql.SQL("BEGIN " + characteristics + "; SELECT {}").format(local), prepare=False)
        yield
    except BaseException:
        # A line that is gone has ended its transaction as well.
        with contextlib.suppress(psycopg.OperationalError):
            connection.execute("ROLLBACK", prepare=False)
        raise
    connection.execute("COMMIT", prepare=False)


def _is_direct(connection: Connection) -> bool:
    """Whether the server at the other end is PostgreSQL itself.

    A pooler (PgBouncer in transaction mode) gives each transaction another server, which does not know a prepared
    statement; it tells a process number of its own.
    """
    found = connection.execute("SELECT pg_backend_pid()").fetchone()
    return found is not None and found[0] == connection.info.backend_pid
