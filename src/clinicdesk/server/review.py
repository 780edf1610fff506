"""The district's review of everything that arrived and is not in: look, let in, or put aside, each by a named person.

Nothing of the inbox is ever deleted. What is let in is judged, merged and written as it was authored; what is put aside
keeps its content, with the name of who did it (s30, s41-s43, s47, s59).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from clinicdesk.core.clock import Clock
from clinicdesk.domain.canonical import Kind, canonical_value
from clinicdesk.domain.item_reasons import ItemReason
from clinicdesk.domain.permissions import Act, Actor, allowed
from clinicdesk.models.enums import AuditAction, InboxState
from clinicdesk.server import records
from clinicdesk.server.authors import Authors
from clinicdesk.server.database import Connection, Database
from clinicdesk.server.errors import DistrictSetupError
from clinicdesk.server.exchange import lock_of
from clinicdesk.server.incoming import Incoming, from_payload
from clinicdesk.server.judging import Sender
from clinicdesk.server.push import Push
from clinicdesk.server.sessions import District, device_scopes, read_device, read_district
from clinicdesk.server.synced_tables import synced_tables
from clinicdesk.server.trail import DistrictTrail
from clinicdesk.sync.protocol import ItemResult, Outcome

WAITS_TOO_LONG = dt.timedelta(hours=24)
"""A parent that has not come by then will not come by itself: somebody looks (s30)."""

MOST_AT_ONCE = 500

_NEVER = frozenset({ItemReason.MUTATION_REUSED, ItemReason.SYSTEM_ROW, ItemReason.ERASED})
"""Another change went in under the same identity, nobody at all writes such a row, or the law took it."""

_FIELDS = (
    "SELECT i.id::text, i.mutation_id::text, i.device_id::text, d.name, i.table_name, i.row_id::text,"
    " i.waits_for::text, i.state, i.reason, i.payload, i.received_at, i.settled_at, i.settled_by::text,"
    " a.email, s.email FROM sync_inbox i LEFT JOIN devices d ON d.id = i.device_id"
    " LEFT JOIN users a ON a.id::text = i.payload ->> 'author' LEFT JOIN users s ON s.id = i.settled_by"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items; nothing named: all that are not settled. `items` are places in the inbox or mutation ids."""

    items: Sequence[str] = ()
    reason: str | None = None
    device: str | None = None
    state: InboxState | None = None
    settled: bool = False


@dataclass(frozen=True, slots=True)
class HeldItem:
    """One item of the inbox. The payload holds what was typed, and stays inside unless a person asks by name."""

    id: str
    mutation: str
    device: str
    device_name: str | None
    table: str | None
    row: str | None
    waits_for: str | None
    state: InboxState
    reason: str
    payload: Mapping[str, Any]
    received_at: dt.datetime
    settled_at: dt.datetime | None
    settled_by: str | None
    author_name: str | None
    settled_name: str | None

    @property
    def decision(self) -> Mapping[str, Any]:
        return self.payload.get("decision") or {}

    @property
    def readable(self) -> bool:
        """Whether the district could do what it says, if it were let in."""
        return self.table in synced_tables() and self.reason not in _NEVER and self.state is not InboxState.SETTLED

    def told(self, now: dt.datetime) -> dict[str, Any]:
        """What may be listed: whose, what kind, why and since when, without a value."""
        waits = self.state is InboxState.HELD
        return {
            "id": self.id,
            "mutation": self.mutation,
            "device": self.device,
            "device_name": self.device_name,
            "author": self.author_name or self.payload.get("author"),
            "table": self.table,
            "row": self.row,
            "operation": self.payload.get("operation"),
            "fields": sorted(self.payload.get("changes") or {}),
            "state": self.state.value,
            "reason": self.reason,
            "waits_for": self.waits_for,
            "authored_at": self.payload.get("authored_at"),
            "received_at": _text(self.received_at),
            "needs_a_person": not waits or now - self.received_at >= WAITS_TOO_LONG,
            "settled_at": None if self.settled_at is None else _text(self.settled_at),
            "settled_by": self.settled_name or self.settled_by,
            "decision": self.decision.get("what"),
        }


@dataclass(frozen=True, slots=True)
class Review:
    """What a person at the district does with the inbox."""

    database: Database
    clock: Clock

    def listed(self, wanted: Wanted = Wanted()) -> list[dict[str, Any]]:
        """Oldest first; no value of any row."""
        with self.database.owning() as connection:
            return [item.told(self.clock.now()) for item in _found(connection, wanted)]

    def show(self, item: str, by: str) -> dict[str, Any]:
        """One item with its content, for somebody who has authority over such a row; leaves an audit row.

        Raises:
            DistrictSetupError: no such item, nobody of that name, or she has no authority over it.
        """
        now = self.clock.now()
        with self.database.owning() as connection:
            district = read_district(connection)
            found = self._one(connection, item)
            if found.reason == ItemReason.ERASED:
                raise DistrictSetupError("erased", item=found.id)
            reader = person_named(connection, by)
            self._require_authority(connection, district, found, reader)
            facts = {"items": [found.mutation], "table": found.table, "row": found.row}
            DistrictTrail(district.id).append(
                connection, now, AuditAction.READ, "held_shown", facts, by=str(reader.user_id), is_phi=True
            )
            content = {"changes": found.payload.get("changes") or {}, "decision": dict(found.decision)}
            return found.told(now) | content

    def release(self, wanted: Wanted, by: str, note: str = "") -> list[dict[str, Any]]:
        """Let items in, oldest first: what became of each. One that still may not go in stays, with today's reason.

        Items of a revoked device are judged as their authors wrote them; where authority was in doubt, the person
        who lets them in answers for them by her own.

        Raises:
            DistrictSetupError: nobody of that name, or an item that can never go in.
        """
        with self.database.owning() as connection:
            items = _found(connection, wanted)
            voucher = person_named(connection, by)
        for item in items:
            if not item.readable:
                raise DistrictSetupError("not_releasable", item=item.id, reason=item.reason)
        done: list[dict[str, Any]] = []
        for start in range(0, len(items), MOST_AT_ONCE):
            for (device, vouched), group in _alike(items[start : start + MOST_AT_ONCE]).items():
                done += self._release(device, group, voucher, vouched=vouched, note=note)
        return done

    def dismiss(self, wanted: Wanted, by: str, note: str) -> list[dict[str, Any]]:
        """Put items aside for good. Their content stays in the inbox, with who did it and why.

        Raises:
            DistrictSetupError: no reason given, nobody of that name, or she has no authority over an item.
        """
        if not note.strip():
            raise DistrictSetupError("say_why")
        now = self.clock.now()
        with self.database.owning() as connection:
            district = read_district(connection)
            items = _found(connection, wanted)
            person = person_named(connection, by)
            for item in items:
                if item.state is InboxState.SETTLED:
                    raise DistrictSetupError("already_settled", item=item.id)
                self._require_authority(connection, district, item, person)
            for item in items:
                records.decide(connection, item.id, _decision("dismissed", person, note, now))
                if item.reason == ItemReason.ERASED:
                    records.forget_content(connection, item.id)
                records.settle(connection, [item.id], now, str(person.user_id))
                if item.reason != ItemReason.MUTATION_REUSED:
                    result = ItemResult(Outcome.REJECTED, reason=ItemReason.DISMISSED.value)
                    records.answer_anew(connection, item.mutation, result)
            self._after_dismissal(connection, district, items)
            facts = {"items": [item.mutation for item in items], "reasons": sorted({item.reason for item in items})}
            DistrictTrail(district.id).append(
                connection, now, AuditAction.SYNC, "held_dismissed", facts, by=str(person.user_id)
            )
        return self.listed(Wanted([item.id for item in items], settled=True))

    # --- Steps ---------------------------------------------------------------------------------------------------

    def _release(
        self, device: str, items: Sequence[HeldItem], person: Actor, *, vouched: bool, note: str
    ) -> list[dict[str, Any]]:
        """One transaction: items of one device."""
        now = self.clock.now()
        by = str(person.user_id)
        with self.database.merging(device) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock_of(device),))
            district = read_district(connection)
            if not vouched and not allowed(person, Act.REVOKE_DEVICE, at=now):
                raise DistrictSetupError("no_authority", act=Act.REVOKE_DEVICE.value)
            still = {item.id for item in _found(connection, Wanted([item.id for item in items]))}
            incoming = [_incoming(item) for item in items if item.id in still]
            push = _push(connection, district, device, now)
            push.release(incoming, person if vouched else None, by)
            for item in incoming:
                if item.result is not None and item.result.outcome not in records.NOT_IN:
                    records.decide(connection, str(item.inbox), _decision("released", person, note, now))
            done = [_became(item) for item in incoming]
            facts = {"items": [one["mutation"] for one in done], "device": device, "vouched": vouched}
            DistrictTrail(district.id).append(connection, now, AuditAction.SYNC, "held_released", facts, by=by)
            return done

    def _after_dismissal(self, connection: Connection, district: District, items: Sequence[HeldItem]) -> None:
        """What waited for a change that will not come is judged by itself; what waited for a row goes on waiting."""
        for device in dict.fromkeys(item.device for item in items):
            push = _push(connection, district, device, self.clock.now())
            push.arrived = {item.mutation for item in items if item.device == device}
            push.release([], None, "")

    def _require_authority(self, connection: Connection, district: District, item: HeldItem, person: Actor) -> None:
        """The authority that the row itself needs; where the district cannot read it, that over devices."""
        if item.table not in synced_tables() or not item.payload.get("author"):
            if not allowed(person, Act.REVOKE_DEVICE, at=self.clock.now()):
                raise DistrictSetupError("no_authority", item=item.id)
            return
        push = _push(connection, district, item.device, self.clock.now())
        if not push.may_vouch(_incoming(item), person):
            raise DistrictSetupError("no_authority", item=item.id)

    def _one(self, connection: Connection, item: str) -> HeldItem:
        found = _found(connection, Wanted([item], settled=True))
        if len(found) != 1:
            raise DistrictSetupError("no_such_item", item=item)
        return found[0]


def _found(connection: Connection, wanted: Wanted) -> list[HeldItem]:
    """The items named, oldest first: a parent came before its children.

    Raises:
        DistrictSetupError: one that is named by its id is not there.
    """
    rows = connection.execute(
        f"{_FIELDS} WHERE (%s OR i.state <> 'SETTLED') AND (%s::text[] IS NULL OR i.id::text = ANY(%s)"
        " OR i.mutation_id::text = ANY(%s)) AND (%s::text IS NULL OR i.reason = %s)"
        " AND (%s::text IS NULL OR i.device_id::text = %s) AND (%s::text IS NULL OR i.state = %s)"
        " ORDER BY i.received_at, i.id".encode(),
        (
            wanted.settled,
            list(wanted.items) or None,
            list(wanted.items),
            list(wanted.items),
            wanted.reason,
            wanted.reason,
            wanted.device,
            wanted.device,
            wanted.state,
            wanted.state,
        ),
    ).fetchall()
    found = [HeldItem(*(*row[:7], InboxState(row[7]), *row[8:])) for row in rows]
    named = {item.id for item in found} | {item.mutation for item in found}
    for item in wanted.items:
        if item not in named:
            raise DistrictSetupError("no_such_item", item=item)
    return found


def person_named(connection: Connection, named: str) -> Actor:
    """An active account by its address or key.

    Raises:
        DistrictSetupError: there is none.
    """
    found = connection.execute(
        "SELECT id::text FROM users WHERE (lower(email) = lower(%s) OR id::text = %s) AND deleted_at IS NULL",
        (named, named),
    ).fetchone()
    authors = Authors()
    if found is not None:
        authors.read(connection, [found[0]])
    actor = None if found is None else authors.known.get(found[0])
    if actor is None or not actor.active:
        raise DistrictSetupError("no_such_person", name=named)
    return actor


def _push(connection: Connection, district: District, device: str, now: dt.datetime) -> Push:
    """A push as the device would make it, with the scopes that it has or had."""
    known = read_device(connection, device)
    if known is None:
        raise DistrictSetupError("no_such_device", device=device)
    sender = Sender(device, device_scopes(connection, known, district.id), known.last_seq, now)
    return Push(connection, district.id, district.system_user, sender, now)


def _alike(items: Iterable[HeldItem]) -> dict[tuple[str, bool], list[HeldItem]]:
    """By device, and whether the person answers for them: what one transaction takes.

    What a revoked device handed in was never judged, so it is judged first as its author wrote it (s43).
    """
    groups: dict[tuple[str, bool], list[HeldItem]] = {}
    for item in items:
        groups.setdefault((item.device, item.reason != ItemReason.DEVICE_REVOKED), []).append(item)
    return groups


def _incoming(item: HeldItem) -> Incoming:
    return from_payload(item.payload, item.device, item.id)


def _became(item: Incoming) -> dict[str, Any]:
    assert item.result is not None
    return {
        "id": item.inbox,
        "mutation": item.mutation,
        "table": item.table.name,
        "row": item.key,
        "outcome": item.result.outcome.value,
        "reason": item.result.reason,
        "version": item.result.version,
    }


def _decision(what: str, person: Actor, note: str, now: dt.datetime) -> Jsonb:
    decision = {"what": what, "by": str(person.user_id), "at": _text(now), "note": note.strip()}
    return Jsonb({"decision": decision}, dumps=msgspec.json.encode)


def _text(moment: dt.datetime) -> str:
    return str(canonical_value(Kind.INSTANT, moment))
