"""The unit of work: one transaction that knows who writes and why, with its audit row inside (D6, D34)."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import ClinicDeskError, WorldError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.canonical import Kind, canonical_value
from clinicdesk.models.enums import WriteMode
from clinicdesk.models.stamps import STAMP_OPTION, Stamp
from clinicdesk.storage.audit import AuditEntry, Head
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.engine import (
    BEGIN_OPTION,
    SYNCHRONOUS_OPTION,
    Synchronous,
    execute_plainly,
    let_keys_wait,
)
from clinicdesk.storage.errors import DatabaseClosedError, UnauditedWriteError, WorkContextError

CLOSING_GRACE: Final = 0.2
"""Seconds that writers get to finish when the desk locks; the whole lock has 300 ms (D31)."""


class Trail(Protocol):
    """Appends audit rows to the chain of this device, inside the transaction it is given."""

    def append(self, session: Session, work: WorkContext, at: dt.datetime, entries: list[AuditEntry]) -> Head: ...


class Work:
    """One open transaction. Everything in it stands or falls together with its audit rows."""

    def __init__(self, session: Session, context: WorkContext, stamp: Stamp, *, durable: bool) -> None:
        self.session = session
        self.context = context
        self.at = stamp.at
        self.transaction = new_id()
        self.entries: list[AuditEntry] = []
        self._durable = durable

    def audit(self, entry: AuditEntry) -> None:
        """Append `entry` when the transaction commits."""
        if not self._durable:
            raise WorkContextError(problem="audit_without_full_sync")
        self.entries.append(entry)


class Store:
    """The open database of one profile, for every thread of the process."""

    def __init__(
        self, engine: sa.Engine, clock: Clock, trail: Trail, committed: Callable[[Head], None] | None = None
    ) -> None:
        """`committed` hears of each new head of the audit chain once it is safe on disk: the anchor's place (D34)."""
        self._engine = engine
        self._clock = clock
        self._trail = trail
        self._committed = committed
        self._own = threading.local()
        self._change = threading.Condition()
        self._open: dict[sa.Connection, bool] = {}
        self._closed = False

    @property
    def closed(self) -> bool:
        return self._closed

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one snapshot; it cannot write."""
        with self._connection("READ") as connection, Session(connection, autoflush=False) as session:
            yield session

    @contextlib.contextmanager
    def glance(self) -> Iterator[Session]:
        """As `read`, for the queries between the writes of a sync: what it wrote would be rolled back.

        The guard that refuses a write at once is put on and taken off by a PRAGMA after which SQLite compiles all
        statements anew: an eighth of a session.
        """
        with self._connection("DEFERRED") as connection, Session(connection, autoflush=False) as session:
            yield session

    @contextlib.contextmanager
    def write(self, context: WorkContext, *, attempt: AuditEntry | None = None) -> Iterator[Work]:
        """One transaction of a person at the desk, committed FULL on leaving the block.

        `attempt` is its audit row; where the block fails, everything is rolled back and `attempt` is written alone,
        marked as failed.

        Raises:
            WorkContextError: a unit of work is open on this thread already.
            UnauditedWriteError: synced rows changed and no audit row was asked for.
        """
        if context.mode is not WriteMode.DESK:
            raise WorkContextError(problem="not_a_desk_write")
        try:
            with self._work(context, "FULL") as work:
                if attempt is not None:
                    work.audit(attempt)
                yield work
                work.session.flush()
                if not work.entries and self._captured(work):
                    raise UnauditedWriteError(purpose=context.purpose)
        except Exception as failure:
            if attempt is not None:
                self._record_failure(context, attempt, failure)
            raise

    @contextlib.contextmanager
    def apply(
        self, context: WorkContext, *, synchronous: Synchronous = "FULL", keys_wait: bool = True
    ) -> Iterator[Work]:
        """One transaction of sync or retention: not captured, keys checked at commit.

        NORMAL is for pulled pages, which append no audit row (D25). `keys_wait` is False where no row is written that
        names another: what `let_keys_wait` costs is saved, and keys are checked at each statement.
        """
        if context.mode is WriteMode.DESK:
            raise WorkContextError(problem="a_desk_write")
        with self._work(context, synchronous) as work:
            if keys_wait:
                let_keys_wait(work.session.connection())
            yield work

    def close(self, grace: float = CLOSING_GRACE) -> None:
        """Refuse new work, stop readers, let writers finish within `grace`, then drop every connection and the key."""
        deadline = time.monotonic() + grace
        with self._change:
            self._closed = True
            self._interrupt(writers=False)
            while self._open and (left := deadline - time.monotonic()) > 0:
                self._change.wait(left)
            self._interrupt(writers=True)
            self._change.wait_for(lambda: not self._open, timeout=grace)
        self._engine.dispose()

    @contextlib.contextmanager
    def _work(self, context: WorkContext, synchronous: Synchronous) -> Iterator[Work]:
        if getattr(self._own, "working", False):
            raise WorkContextError(problem="nested")
        self._own.working = True
        try:
            stamp = Stamp(self._clock.now(), context.author)
            options = {STAMP_OPTION: stamp, SYNCHRONOUS_OPTION: synchronous}
            with self._connection("IMMEDIATE", options) as connection, Session(connection) as session:
                work = Work(session, context, stamp, durable=synchronous == "FULL")
                _put_context(connection, work)
                yield work
                session.flush()
                head = self._trail.append(session, context, work.at, work.entries) if work.entries else None
                if execute_plainly(connection, "DELETE FROM work_context").rowcount != 1:
                    raise WorkContextError(problem="context_lost")
                _commit(connection)
            if head is not None and self._committed is not None:
                self._committed(head)
        finally:
            self._own.working = False

    @contextlib.contextmanager
    def _connection(
        self, begin: Literal["READ", "DEFERRED", "IMMEDIATE"], options: dict[str, Any] | None = None
    ) -> Iterator[sa.Connection]:
        """A connection inside a transaction; whatever is not committed is rolled back."""
        connection = self._checked_out(writes=begin == "IMMEDIATE")
        try:
            connection = connection.execution_options(**{BEGIN_OPTION: begin}, **(options or {}))
            connection.begin()
            yield connection
        finally:
            try:
                connection.close()
            finally:
                with self._change:
                    del self._open[connection]
                    self._change.notify_all()

    def _checked_out(self, *, writes: bool) -> sa.Connection:
        connection = self._engine.connect()
        with self._change:
            if not self._closed:
                self._open[connection] = writes
                return connection
        connection.close()
        raise DatabaseClosedError()

    def _interrupt(self, *, writers: bool) -> None:
        for connection, writes in self._open.items():
            if writes <= writers:
                raw = connection.connection.driver_connection
                if raw is not None:
                    raw.interrupt()

    def _captured(self, work: Work) -> bool:
        """Whether this transaction queued anything; its items are the last ones."""
        connection = work.session.connection()
        last = connection.exec_driver_sql("SELECT local_tx_id FROM sync_queue_items ORDER BY local_seq DESC LIMIT 1")
        return last.scalar() == str(work.transaction)

    def _record_failure(self, context: WorkContext, attempt: AuditEntry, failure: Exception) -> None:
        """The attempt alone. Where even that cannot be written, the failure itself is what the caller hears of."""
        code = failure.code if isinstance(failure, ClinicDeskError) else type(failure).__name__
        with contextlib.suppress(WorldError), self._work(context, "FULL") as work:
            work.audit(attempt.failed(code))


def _commit(connection: sa.Connection) -> None:
    """A commit that deferred keys refuse leaves SQLite inside the transaction, and SQLAlchemy believes it is over."""
    try:
        connection.commit()
    except BaseException:
        connection.connection.rollback()
        raise


_PUT_CONTEXT = (
    "INSERT INTO work_context (id, mode, author_id, grant_id, tx_id, purpose, written_at) VALUES (1, ?, ?, ?, ?, ?, ?)"
)


def _put_context(connection: sa.Connection, work: Work) -> None:
    context = work.context
    if execute_plainly(connection, "SELECT 1 FROM work_context").fetchone() is not None:
        raise WorkContextError(problem="left_behind")
    values = (
        context.mode.value,
        None if context.author is None else str(context.author),
        None if context.grant is None else str(context.grant),
        str(work.transaction),
        context.purpose.value,
        canonical_value(Kind.INSTANT, work.at),
    )
    execute_plainly(connection, _PUT_CONTEXT, values)
