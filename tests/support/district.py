"""A small district and its workstations, as messages: what a desk would send, without a desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from tests.support.delivery import Delivery

from clinicdesk.core.clock import SettableClock
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.canonical import Kind, canonical_value
from clinicdesk.domain.digest import row_digest, sum_digests, to_text
from clinicdesk.server.database import Database
from clinicdesk.server.exchange import Exchange
from clinicdesk.server.founding import found_district
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.sessions import KnownDevice, read_device, read_district
from clinicdesk.server.synced_tables import synced_tables
from clinicdesk.sync.protocol import (
    SCHEMA,
    ItemResult,
    PullPage,
    PullRequest,
    PushBatch,
    PushItem,
    PushReply,
    SessionOpen,
    SessionReply,
    TableColumns,
    TableRows,
)

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)


def fresh() -> str:
    return str(new_id())


@dataclass(slots=True)
class Town:
    """A founded district: oak and elm are schools; ann nurses oak, ben nurses elm, dora runs the district."""

    database: Database
    clock: SettableClock
    exchange: Exchange
    district: str
    oak: str
    elm: str
    ann: str
    ben: str
    dora: str
    students: dict[str, str]
    delivery: Delivery = Delivery.ONCE

    @classmethod
    def found(cls, database: Database, delivery: Delivery = Delivery.ONCE) -> Town:
        clock = SettableClock(NOW)
        oak, elm, ann, ben, dora = (fresh() for _ in range(5))
        students = {name: fresh() for name in ("iris", "jack", "kim", "lou")}
        with database.owning() as connection:
            district = found_district(connection, "Example District", "EX", NOW).district
        with database.owning() as connection:
            writes = OwnWrites(connection, district, None, NOW)
            writes.insert(
                "schools",
                {
                    oak: {"name": "Oak", "code": "OAK", "district_id": district},
                    elm: {"name": "Elm", "code": "ELM", "district_id": district},
                },
            )
            writes.insert(
                "users",
                {
                    ann: _account("ann", "NURSE", district, oak),
                    ben: _account("ben", "NURSE", district, elm),
                    dora: _account("dora", "DISTRICT_ADMIN", district, None),
                },
            )
            at_school = {"iris": oak, "jack": oak, "kim": elm, "lou": elm}
            writes.insert(
                "students",
                {key: student(name, str(index), at_school[name]) for index, (name, key) in enumerate(students.items())},
            )
            writes.insert(
                "student_enrollments",
                {
                    fresh(): {"student_id": key, "school_id": at_school[name], "starts_on": "2025-08-20"}
                    for name, key in students.items()
                },
            )
            writes.close()
        with database.owning() as connection:
            known = read_district(connection)
        exchange = Exchange(database, clock, known)
        return cls(database, clock, exchange, district, oak, elm, ann, ben, dora, students, delivery)

    def desk(self, user: str, *schools: str, everything: bool = False) -> Desk:
        """An enrolled workstation with these schools."""
        device = fresh()
        with self.database.owning() as connection:
            connection.execute(
                "INSERT INTO devices (id, name, status, signing_key, sealing_key, scope_all, school_ids, enrolled_at)"
                " VALUES (%s, 'desk', 'ACTIVE', %s, %s, %s, %s::jsonb, %s)",
                (device, bytes(32), bytes(32), everything, _json(list(schools)), NOW),
            )
        return Desk(self, device, user)

    def rows(self, table: str, key: str) -> dict[str, Any] | None:
        """A row as the database holds it."""
        with self.database.owning() as connection:
            found = connection.execute(
                f'SELECT row_to_json(t)::text FROM "{table}" t WHERE id = %s'.encode(), (key,)
            ).fetchone()
        if found is None:
            return None
        row: dict[str, Any] = msgspec.json.decode(found[0])
        return row

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self.database.owning() as connection:
            return connection.execute(statement.encode(), values).fetchall()


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _account(name: str, role: str, district: str, school: str | None) -> dict[str, Any]:
    return {
        "email": f"{name}@example.org",
        "first_name": name.title(),
        "last_name": "Example",
        "role": role,
        "district_id": district,
        "school_id": school,
    }


def student(name: str, number: str | None, school: str | None) -> dict[str, Any]:
    """A student's columns."""
    return {
        "student_number": number,
        "number_status": "PROVISIONAL" if number is None else "CONFIRMED",
        "first_name": name.title(),
        "last_name": "Sample",
        "date_of_birth": "2015-05-05",
        "grade": "5",
        "gender": "FEMALE",
        "enrollment_date": "2025-08-20T12:00:00.000000Z",
        "school_id": school,
    }


def visit(student_id: str, school: str, nurse: str, **changes: Any) -> dict[str, Any]:
    """An open visit's columns."""
    return {
        "student_id": student_id,
        "school_id": school,
        "attended_by": nurse,
        "check_in_time": "2026-03-02T14:30:00.000000Z",
        "recorded_at": "2026-03-02T14:31:00.000000Z",
        "reason_for_visit": ["HEADACHE"],
        "zone_offset_minutes": -360,
        "notes": "Rested ten minutes",
        **changes,
    }


def allergy(student_id: str, **changes: Any) -> dict[str, Any]:
    return {"student_id": student_id, "allergen": "Peanut", "severity": "SEVERE", "allergy_type": "FOOD", **changes}


@dataclass(slots=True)
class Draft:
    """One item before it is in a batch."""

    table: str
    key: str
    operation: str
    base: int
    values: Mapping[str, Any] | None = None
    changes: Mapping[str, tuple[Any, Any, int]] | None = None
    author: str | None = None
    mutation: str = field(default_factory=fresh)
    depends_on: Sequence[str] = ()
    grant: str | None = None
    purpose: str = "CARE"
    authored_at: str = "2026-03-02T14:31:00.000000Z"


def insert(table: str, values: Mapping[str, Any], key: str | None = None, **more: Any) -> Draft:
    """A new row; columns that may not be null have their defaults, as a desk would send them."""
    plan = synced_tables()[table]
    given = {name: canonical_value(plan.kinds[name], value) for name, value in values.items()}
    return Draft(table, key or fresh(), "insert", 0, values={**plan.defaults, **given}, **more)


def update(table: str, key: str, base: int, /, **changes: tuple[Any, Any]) -> Draft:
    return Draft(table, key, "update", base, changes={name: (old, new, base) for name, (old, new) in changes.items()})


def delete(table: str, key: str, base: int, by: str) -> Draft:
    at = canonical_value(Kind.INSTANT, NOW)
    changes = {"deleted_at": (None, at, base), "deleted_by": (None, by, base), "delete_reason": (None, "error", base)}
    return Draft(table, key, "delete", base, changes=changes)


@dataclass(slots=True)
class Desk:
    """A workstation as messages. It keeps what it was sent, to compare digests."""

    town: Town
    device: str
    user: str
    cursors: dict[str, str | None] = field(default_factory=dict)
    held: dict[tuple[str, str], tuple[int, str, dict[str, Any]]] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=dict)
    nonce: str | None = None
    acked: int = 0
    incarnation: int = 1

    def known(self) -> KnownDevice:
        with self.town.database.owning() as connection:
            device = read_device(connection, self.device)
        assert device is not None
        return device

    def batch(self, *drafts: Draft, author: str | None = None) -> PushBatch:
        tables: dict[str, TableColumns] = {}
        for draft in drafts:
            columns = list(synced_tables()[draft.table].columns) if draft.table in synced_tables() else []
            tables.setdefault(draft.table, TableColumns(draft.table, columns))
        names = list(tables)
        authors = list(dict.fromkeys(draft.author or author or self.user for draft in drafts))
        grants = list(dict.fromkeys(draft.grant for draft in drafts if draft.grant is not None))
        purposes = list(dict.fromkeys(draft.purpose for draft in drafts))
        items = [
            PushItem(
                draft.mutation,
                names.index(draft.table),
                draft.key,
                draft.operation,
                draft.base,
                0,
                authors.index(draft.author or author or self.user),
                -1 if draft.grant is None else grants.index(draft.grant),
                draft.authored_at,
                None if draft.values is None else [draft.values.get(name) for name in tables[draft.table].columns],
                None if draft.changes is None else dict(draft.changes),
                list(draft.depends_on),
                purposes.index(draft.purpose),
            )
            for draft in drafts
        ]
        return PushBatch(
            fresh(),
            self.device,
            self.incarnation,
            SCHEMA,
            list(tables.values()),
            [fresh()],
            authors,
            items,
            grants,
            purposes,
        )

    def push(self, *drafts: Draft, author: str | None = None) -> PushReply:
        return self.town.exchange.push(self.known(), self.batch(*drafts, author=author))

    def push_one(self, draft: Draft, author: str | None = None) -> ItemResult:
        return self.push(draft, author=author).results[0]

    def open(self, **changes: Any) -> SessionReply:
        request = SessionOpen(
            self.device,
            self.incarnation,
            1,
            SCHEMA,
            "test",
            self.user,
            nonce=self.nonce,
            cursors=dict(self.cursors),
            acked=self.acked,
        )
        reply = self.town.exchange.open_session(self.known(), replace_struct(request, **changes))
        self.nonce = reply.nonce
        for scope in reply.scopes:
            self.cursors.setdefault(scope.scope, None)
        return reply

    def pull(self, *, limit: int = 1_000, skip_own: bool = False) -> dict[str, str]:
        """Pull every scope to the end, page by page; the roots the district gave."""
        self.open()
        roots: dict[str, str] = {}
        groups: dict[str | None, list[str]] = {}
        for scope, token in self.cursors.items():
            groups.setdefault(token, []).append(scope)
        for token, scopes in groups.items():
            cursor, complete = token, False
            while not complete:
                page = self.town.exchange.pull(self.known(), PullRequest(scopes, cursor, limit, skip_own))
                self.apply(page)
                cursor, complete = page.cursor, page.complete
                roots |= page.roots
            self.cursors.update(dict.fromkeys(scopes, cursor))
        return roots

    def apply(self, page: PullPage) -> None:
        for member in page.members:
            scopes = self.members.setdefault(member.anchor, set())
            scopes.add(member.scope) if member.present else scopes.discard(member.scope)
        for rows in page.tables:
            self.keep(rows)
        for gone in page.gone:
            self.held.pop((gone.table, gone.key), None)
        mine = set(self.cursors)
        self.held = {
            place: row for place, row in self.held.items() if not self.members.get(row[1], mine).isdisjoint(mine)
        }

    def keep(self, rows: TableRows) -> None:
        for row in rows.rows:
            values = as_sent(row)
            if not rows.companion:
                named = dict(zip(rows.columns, values[7:], strict=True))
                self.held[rows.table, values[0]] = (values[1], values[2], named)

    def digests(self) -> dict[str, str]:
        """The root digest of each scope over what this desk holds."""
        sums: dict[str, list[int]] = {scope: [] for scope in self.cursors}
        for (table, key), (version, anchor, values) in self.held.items():
            for scope in self.members.get(anchor, set()) & set(self.cursors):
                sums[scope].append(row_digest(table, key, version, values))
        return {scope: to_text(sum_digests(digests)) for scope, digests in sums.items()}


def replace_struct(request: SessionOpen, **changes: Any) -> SessionOpen:
    return msgspec.structs.replace(request, **changes)


def as_sent(row: object) -> list[Any]:
    """The values of a row of a page: the server hands them on as the database wrote them."""
    if isinstance(row, msgspec.Raw):
        return list(msgspec.json.decode(row))
    assert isinstance(row, list)
    return row
