"""A real workstation for sync: an encrypted file with the whole schema, its keys, and a line to the district.

Rows are written as services write them: through the unit of work, captured and audited. The line carries the real
messages, encoded and decoded as on the wire; `HttpsLine` takes its place where a test needs the wire itself.
"""

from __future__ import annotations

import contextlib
import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from tests.support.databases import TEST_KEY, no_seal
from tests.support.databases import _desk_template as desk_template
from tests.support.delivery import AnswerLostError, Delivery, LosesNth
from tests.support.district import Desk, Town

from clinicdesk.core.clock import Clock
from clinicdesk.models import Base
from clinicdesk.models.enums import AuditAction, UserRole, WriteMode, WritePurpose
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.rows import load
from clinicdesk.server.synced_tables import synced_tables
from clinicdesk.storage.attachment_folder import AttachmentFolder
from clinicdesk.storage.audit import AuditEntry, AuditTrail
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.device_facts import write_fact
from clinicdesk.storage.engine import open_engine
from clinicdesk.storage.store import Store
from clinicdesk.sync.body import decode, encode
from clinicdesk.sync.desk import DeskStore, DeviceIdentity
from clinicdesk.sync.engine import Session
from clinicdesk.sync.errors import RefusedError
from clinicdesk.sync.files import FileLine, FileRound
from clinicdesk.sync.local_store import Totals
from clinicdesk.sync.nonce_file import NonceFile
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Answer, Line, M, Unwatched
from clinicdesk.sync.runs import run_session
from clinicdesk.sync.shelf import DeskShelf
from clinicdesk.sync.tables import WireTables, wire_tables

__all__ = ["DirectLine", "Workstation", "assert_equal_to_district", "assert_nothing_lost", "open_workstation"]


class DirectLine:
    """The district's exchange with every message encoded and decoded as on the wire, without the network."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.asked: list[tuple[str, msgspec.Struct]] = []
        self.replies: list[msgspec.Struct] = []

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        self.asked.append((path, request))
        body, encoding = encode(request)
        exchange = self._desk.town.exchange
        handlers: dict[str, Callable[..., msgspec.Struct]] = {
            "/v1/session": exchange.open_session,
            "/v1/push": exchange.push,
            "/v1/pull": exchange.pull,
            "/v1/outcomes": exchange.outcomes,
            "/v1/digests": exchange.digests,
            "/v1/rows": exchange.rows,
        }
        try:
            reply = handlers[path](self._desk.known(), decode(body, encoding, type(request)))
            if self._desk.town.delivery is Delivery.TWICE:
                reply = handlers[path](self._desk.known(), decode(body, encoding, type(request)))
        except RefusedRequestError as refused:
            if refused.status != 409:
                raise
            raise RefusedError(reason=refused.reason.value) from refused
        answer, answer_encoding = encode(reply)
        message = decode(answer, answer_encoding, kind)
        self.replies.append(message)
        return Answer(message, len(body), len(answer), 0.01)

    @property
    def paths(self) -> list[str]:
        return [path for path, _request in self.asked]


@dataclass
class Workstation:
    """One desk of a school, known to the district as `peer`."""

    folder: Path
    town: Town
    peer: Desk
    user: str
    clock: Clock
    store: Store
    unlocked: bool = False
    line: Line | None = None
    files: FileLine | None = None
    last: Session | None = field(default=None, repr=False)
    tables: WireTables = field(default_factory=wire_tables, repr=False)

    @property
    def device(self) -> str:
        return self.peer.device

    # --- What people do ---------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def write(self, who: str | None = None) -> Iterator[sa.orm.Session]:
        """A captured, audited transaction of a nurse."""
        context = WorkContext(uuid.UUID(who or self.user), WritePurpose.CARE, role=UserRole.NURSE)
        with self.store.write(context) as work:
            work.audit(AuditEntry(AuditAction.UPDATE, "Student"))
            yield work.session

    def insert(self, *rows: Base, who: str | None = None) -> str:
        """Write rows in one transaction; the key of the first."""
        with self.write(who) as session:
            for row in rows:
                session.add(row)
                session.flush()
            return str(rows[0].id)  # type: ignore[attr-defined]  # every synced row has one

    def update(self, table: str, key: str, who: str | None = None, **values: object) -> None:
        target = Base.metadata.tables[table]
        with self.write(who) as session:
            changed = session.execute(sa.update(target).where(target.c["id"] == uuid.UUID(key)).values(values))
            assert changed.rowcount == 1  # type: ignore[attr-defined]  # an UPDATE's result has it

    def delete(self, table: str, key: str, who: str | None = None, *, reason: str = "entered twice") -> None:
        user = uuid.UUID(who or self.user)
        self.update(table, key, who, deleted_at=self.clock.now(), deleted_by=user, delete_reason=reason)

    # --- Sync -------------------------------------------------------------------------------------------------

    def desk_store(self) -> DeskStore:
        return DeskStore(
            self.store,
            DeviceIdentity(self.device, self.peer.incarnation, "test", self.user),
            NonceFile(self.folder / "session-nonce"),
            self.clock,
            unlocked=self.unlocked,
            pause=lambda _seconds: None,
            tables=self.tables,
        )

    def direct(self) -> DirectLine:
        return DirectLine(self.peer)

    def session(self, line: Line | None = None, size: BatchSize | None = None) -> Session:
        return Session(
            line or self.line or self.direct(),
            self.desk_store(),
            Unwatched(),
            size or BatchSize(),
            schema=self.tables.schema,
            files=None if self.files is None else FileRound(self.files, self.shelf()),
        )

    def shelf(self) -> DeskShelf:
        return DeskShelf(self.store, AttachmentFolder(self.folder / "attachments"), self.clock)

    def sync(self, line: Line | None = None, size: BatchSize | None = None) -> Totals:
        """One whole session, recorded as the program records it."""
        if self.town.delivery is Delivery.EACH_ANSWER_LOST:
            return self._sync_losing_answers(line, size)
        return self._sync_once(line, size)

    def _sync_once(self, line: Line | None, size: BatchSize | None) -> Totals:
        self.last = self.session(line, size)
        run_session(self.store, self.last, self.device, self.user, self.clock, self.peer.incarnation)
        return self.last.totals

    def _sync_losing_answers(self, line: Line | None, size: BatchSize | None) -> Totals:
        """Session after session, of which the nth loses its nth answer, until one comes to its end."""
        through = line or self.line or self.direct()
        sums = Totals()
        for which in itertools.count(1):
            with contextlib.suppress(AnswerLostError):
                totals = self._sync_once(LosesNth(through, which), size)
                return _both(sums, totals)
            assert self.last is not None
            sums = _both(sums, self.last.totals)
        raise AssertionError

    # --- What stands here -------------------------------------------------------------------------------------

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        with self.store.read() as session:
            found = session.connection().exec_driver_sql(query, tuple(parameters))
            return [dict(row) for row in found.mappings()]

    def row(self, table: str, key: str) -> dict[str, Any]:
        (found,) = self.rows(f"SELECT * FROM {table} WHERE id = ?", key)
        return found

    def queue(self, *states: str) -> list[dict[str, Any]]:
        items = self.rows("SELECT * FROM sync_queue_items ORDER BY local_seq")
        return [item for item in items if not states or item["state"] in states]

    def conflicts(self) -> list[dict[str, Any]]:
        """The open conflicts as this desk holds them."""
        found = self.rows("SELECT * FROM sync_conflicts WHERE status = 'PENDING' ORDER BY id")
        for conflict in found:
            for name in ("client_version", "server_version", "base_values", "fields"):
                conflict[name] = msgspec.json.decode(conflict[name]) if conflict[name] else conflict[name]
        return found

    def close(self) -> None:
        self.store.close()

    def reopen(self) -> None:
        """As after a crash: what was not committed is gone, everything else is read from the file again."""
        self.store.close()
        self.store = _opened(self.folder, self.device, self.clock)


def _both(first: Totals, second: Totals) -> Totals:
    return Totals(**{part.name: getattr(first, part.name) + getattr(second, part.name) for part in fields(Totals)})


def _opened(folder: Path, device: str, clock: Clock) -> Store:
    engine = open_engine(folder / "clinic.db", TEST_KEY)
    return Store(engine, clock, AuditTrail(clock, uuid.UUID(device), "0-test", "UTC", no_seal))


def open_workstation(
    folder: Path, town: Town, user: str, *schools: str, everything: bool = False, clock: Clock | None = None
) -> Workstation:
    """A freshly enrolled desk of these schools with an empty database."""
    folder.mkdir(parents=True)
    (folder / "clinic.db").write_bytes(desk_template())
    peer = town.desk(user, *schools, everything=everything)
    clock = clock or town.clock
    store = _opened(folder, peer.device, clock)
    with store.apply(WorkContext(None, WritePurpose.SYNC, mode=WriteMode.APPLY)) as work:
        write_fact(work.session, "device_id", text=peer.device)
    return Workstation(folder, town, peer, user, clock, store)


def assert_nothing_lost(town: Town, *desks: Workstation) -> None:
    """I0: every value that a queue ever carried still waits in it, was written to the district, or is in a conflict.

    A value in a later item of the same field was replaced by its own author's desk.
    """
    kept = _values_kept(town)
    plans = wire_tables().by_name
    for desk in desks:
        items = [(item, msgspec.json.decode(item["changes"])) for item in desk.queue()]
        for position, (item, changes) in enumerate(items):
            place = (item["table_name"], item["entity_id"])
            later = {
                column
                for other, others in items[position + 1 :]
                if (other["table_name"], other["entity_id"]) == place
                for column in others
            }
            if item["state"] not in {"APPLIED", "MERGED", "CONFLICT"}:
                continue
            for column, (_old, new) in changes.items():
                value = plans[item["table_name"]].wire(column, new)
                assert column in later or value in kept.get((*place, column), []), (
                    f"lost: {place} {column} of {item['mutation_id']}"
                )


def _values_kept(town: Town) -> dict[tuple[str, str, str], list[Any]]:
    """By table, row and column: what the district holds now, what it ever changed, and what its conflicts hold."""
    kept: dict[tuple[str, str, str], list[Any]] = {}
    touched: dict[str, set[str]] = {}
    for table, key, changes in town.query("SELECT table_name, row_id::text, changes FROM change_history"):
        touched.setdefault(table, set()).add(key)
        for column, change in changes.items():
            kept.setdefault((table, key, column), []).extend(change if isinstance(change, list) else [change])
    for table, key, mine in town.query("SELECT table_name, entity_id::text, client_version FROM sync_conflicts"):
        for column, value in mine.items():
            kept.setdefault((table, key, column), []).append(value)
    with town.database.owning() as connection:
        for table, keys in touched.items():
            for key, row in load(connection, synced_tables()[table], keys).items():
                for column, value in row.values.items():
                    kept.setdefault((table, key, column), []).append(value)
    return kept


def assert_equal_to_district(*desks: Workstation) -> None:
    """Nothing pending, equal digests at the district's present state (D21)."""
    for desk in desks:
        assert desk.queue("PENDING", "IN_FLIGHT") == []
        assert desk.last is not None
        assert desk.last.equal is True
        roots = desk.desk_store().roots()
        reply = desk.peer.town.exchange.open_session(desk.peer.known(), desk.desk_store().opening())
        NonceFile(desk.folder / "session-nonce").write(reply.nonce)
        assert {state.scope: int(state.root, 16) for state in reply.scopes} == roots
