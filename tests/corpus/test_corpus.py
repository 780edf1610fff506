"""Every recorded release is accepted by today's program: its database, its requests, its messages."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from tests.corpus.recording import (
    CORPUS,
    DESK,
    DISTRICT,
    FACTS,
    KEY,
    MESSAGES,
    PROBE,
    SESSION,
    Exchanged,
    Facts,
    described_messages,
    encrypt_plain,
    put_district_rows,
    read_packed,
    read_session,
)
from tests.support.databases import DISTRICT_SCHEMA, district_uri, no_seal, own_database, postgres_uri
from tests.support.district import Desk, Town
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.core.clock import SettableClock
from clinicdesk.server.database import Database
from clinicdesk.server.exchange import Exchange
from clinicdesk.server.sessions import read_district
from clinicdesk.storage import migrate
from clinicdesk.storage.audit import AuditTrail
from clinicdesk.storage.engine import open_engine
from clinicdesk.storage.schema import district_engine
from clinicdesk.storage.store import Store
from clinicdesk.sync import protocol as p

__all__ = ["district_uri", "postgres_uri"]

ENTRIES = sorted(folder.name for folder in CORPUS.iterdir() if folder.is_dir())

MESSAGES_OF: Mapping[str, tuple[type[msgspec.Struct], type[msgspec.Struct]]] = {
    "/v1/session": (p.SessionOpen, p.SessionReply),
    "/v1/outcomes": (p.HeldRequest, p.HeldReply),
    "/v1/push": (p.PushBatch, p.PushReply),
    "/v1/pull": (p.PullRequest, p.PullPage),
    "/v1/digests": (p.DigestRequest, p.DigestReply),
    "/v1/rows": (p.RowsRequest, p.RowsReply),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded release."""

    folder: Path
    facts: Facts

    @property
    def session(self) -> list[Exchanged]:
        return list(read_session(self.folder / SESSION))


@pytest.fixture(params=ENTRIES)
def entry(request: pytest.FixtureRequest) -> Entry:
    folder = CORPUS / str(request.param)
    return Entry(folder, msgspec.json.decode((folder / FACTS).read_bytes(), type=Facts))


@pytest.fixture
def town(entry: Entry, district_uri: str) -> Iterator[Town]:
    """The recorded district, brought to the schema of today."""
    facts = entry.facts
    with contextlib.ExitStack() as stack:
        address = district_uri
        if facts.district_revision != migrate.head():
            address = stack.enter_context(_district_of(district_uri, facts.district_revision))
        database = stack.enter_context(contextlib.closing(Database(address, DISTRICT_SCHEMA, connections=4)))
        rows = msgspec.json.decode(read_packed(entry.folder / DISTRICT), type=dict[str, list[msgspec.Raw]])
        put_district_rows(database, rows)
        engine = database.engine()
        migrate.upgrade(engine)
        engine.dispose()
        clock = SettableClock(dt.datetime.fromisoformat(facts.now))
        with database.owning() as connection:
            known = read_district(connection)
        yield Town(
            database=database,
            clock=clock,
            exchange=Exchange(database, clock, known),
            district=facts.district,
            oak=facts.oak,
            elm=facts.elm,
            ann=facts.user,
            ben=facts.user,
            dora=facts.user,
            students=facts.students,
        )


@contextlib.contextmanager
def _district_of(uri: str, revision: str) -> Iterator[str]:
    """An empty district of an older schema."""
    with own_database(uri, "template1") as address:
        engine = district_engine(address, DISTRICT_SCHEMA)
        with engine.begin() as connection:
            connection.execute(sa.schema.CreateSchema(DISTRICT_SCHEMA))
        migrate.upgrade(engine, revision)
        engine.dispose()
        yield address


@pytest.fixture
def desk(entry: Entry, town: Town, tmp_path: Path) -> Iterator[Workstation]:
    """The recorded workstation, opened by today's program."""
    facts = entry.facts
    (tmp_path / "plain.db").write_bytes(read_packed(entry.folder / DESK))
    encrypt_plain(tmp_path / "plain.db", KEY, tmp_path / "clinic.db")
    (tmp_path / "clinic.db").chmod(0o600)
    engine = open_engine(tmp_path / "clinic.db", KEY)
    migrate.upgrade(engine)
    engine.dispose()
    (tmp_path / "session-nonce").write_text(facts.nonce)
    (tmp_path / "session-nonce").chmod(0o600)
    peer = Desk(town, facts.device, facts.user, incarnation=facts.incarnation)
    trail = AuditTrail(town.clock, uuid.UUID(facts.device), "0-test", "UTC", no_seal)
    store = Store(open_engine(tmp_path / "clinic.db", KEY), town.clock, trail)
    yield Workstation(tmp_path, town, peer, facts.user, town.clock, store)
    store.close()


def test_a_recorded_database_keeps_every_queued_value_and_syncs_it(entry: Entry, town: Town, desk: Workstation) -> None:
    facts = entry.facts
    queued = [
        (item["table_name"], item["entity_id"], item["state"], msgspec.json.decode(item["changes"]))
        for item in desk.queue("PENDING", "IN_FLIGHT", "HELD", "REJECTED")
    ]
    assert queued == facts.queued
    assert [conflict["id"] for conflict in desk.conflicts()] == facts.conflicts
    desk.sync()
    desk.sync()
    became = {
        item["mutation_id"]: (item["state"], msgspec.json.decode(item["outcome"] or b"{}").get("reason"))
        for item in desk.queue()
        if item["mutation_id"] in facts.outcomes
    }
    assert became == facts.outcomes
    assert_nothing_lost(town, desk)
    assert_equal_to_district(desk)


def test_a_recorded_session_gets_the_same_answers_from_todays_district(entry: Entry, town: Town) -> None:
    """Only what the district draws by lot or counts anew is another: cursors, nonces, commits, keys of conflicts."""
    peer = Desk(town, entry.facts.device, entry.facts.user)
    handlers: Mapping[str, Any] = {
        "/v1/session": town.exchange.open_session,
        "/v1/outcomes": town.exchange.outcomes,
        "/v1/push": town.exchange.push,
        "/v1/pull": town.exchange.pull,
        "/v1/digests": town.exchange.digests,
        "/v1/rows": town.exchange.rows,
    }
    now_called: dict[str, str] = {}
    for one in entry.session:
        asks, says = MESSAGES_OF[one.path]
        request = msgspec.json.decode(_renamed(bytes(one.request), now_called), type=asks)
        told = msgspec.json.decode(msgspec.json.encode(handlers[one.path](peer.known(), request)), type=says)
        then = msgspec.json.decode(one.answer, type=says)
        for name in ("nonce", "cursor"):
            if (before := getattr(then, name, None)) is not None:
                now_called[before] = getattr(told, name)
        assert _said(told) == _said(then), one.path


def _renamed(request: bytes, now_called: Mapping[str, str]) -> bytes:
    for before, now in now_called.items():
        request = request.replace(before.encode(), now.encode())
    return request


def _said(message: msgspec.Struct) -> object:
    """What an answer says whatever is drawn by lot: outcomes, versions, states, and which rows with which values."""
    if isinstance(message, p.PushReply):
        return [
            (result.outcome, result.version, result.reason, sorted(result.fields), len(result.conflicts))
            for result in message.results
        ], _rows(message.rows)
    if isinstance(message, p.SessionReply):
        return message.state, message.protocol, [(s.scope, s.changed, s.rows) for s in message.scopes]
    if isinstance(message, p.PullPage):
        members = sorted((m.anchor, m.scope, m.present) for m in message.members)
        return message.complete, members, _rows(message.tables), [gone.key for gone in message.gone]
    if isinstance(message, p.RowsReply | p.HeldReply):
        return _rows(message.rows)
    assert isinstance(message, p.DigestReply)
    return sorted(message.tables), sorted(message.buckets), sorted(message.keys.items())


def _rows(tables: list[p.TableRows]) -> dict[str, list[dict[str, Any]]]:
    """Rows by table, without the stamps that the district gives; of conflicts, which are made anew, what they say."""
    found: dict[str, list[dict[str, Any]]] = {}
    for part in tables:
        for row in part.rows:
            values = dict(zip([*p.ROW_STAMPS, *part.columns], row, strict=False))
            named = {name: value for name, value in values.items() if name not in _DRAWN and value is not None}
            if part.table == "sync_conflicts":
                named.pop("id")
            found.setdefault(part.table, []).append(named)
    return {table: sorted(rows, key=repr) for table, rows in found.items()}


_DRAWN = {"updated_at", "created_at", "queue_item_id", "server_changed_at"}


def test_todays_messages_read_the_recorded_bytes_and_lose_nothing(entry: Entry) -> None:
    assert {one.path for one in entry.session} == MESSAGES_OF.keys()
    for one in entry.session:
        for said, kind in zip((one.request, one.answer), MESSAGES_OF[one.path], strict=True):
            again = msgspec.json.decode(msgspec.json.encode(msgspec.json.decode(said, type=kind)))
            assert again == msgspec.json.decode(said)


def test_no_field_of_a_recorded_message_is_gone_moved_or_newly_demanded(entry: Entry) -> None:
    """A message may grow by fields with a default at its end; anything else is a new protocol."""
    then = msgspec.json.decode(read_packed(entry.folder / MESSAGES))
    then.pop("Struct", None)  # the first recording took msgspec's own base for a message
    assert broken_promises(then, described_messages()) == []


def broken_promises(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What a reader of the older shapes would miss, or could not satisfy."""
    broken = [f"{name}: gone" for name in then.keys() - now.keys()]
    for name, old in then.items():
        new = now.get(name, {})
        for member, shape in old.get("properties", {}).items():
            if new.get("properties", {}).get(member) is None:
                broken.append(f"{name}.{member}: gone")
            elif shape.get("type") != new["properties"][member].get("type"):
                broken.append(f"{name}.{member}: another type")
        broken += [f"{name}.{one}: demanded" for one in set(new.get("required", ())) - set(old.get("required", ()))]
        places = old.get("prefixItems", [])
        if places != new.get("prefixItems", [])[: len(places)]:
            broken.append(f"{name}: places moved")
        if new.get("minItems", 0) > old.get("minItems", 0):
            broken.append(f"{name}: more places demanded")
        if missing := set(old.get("enum", ())) - set(new.get("enum", ())):
            broken.append(f"{name}: words gone {sorted(missing)}")
    return sorted(broken)


@pytest.mark.parametrize(
    ("name", "spoil", "said"),
    [
        ("SessionOpen", lambda shape: shape["properties"].pop("acked"), "SessionOpen.acked: gone"),
        ("PushItem", lambda shape: shape["prefixItems"].pop(3), "PushItem: places moved"),
        ("PullRequest", lambda shape: shape["required"].append("schema"), "PullRequest.schema: demanded"),
        ("Outcome", lambda shape: shape["enum"].remove("held"), "Outcome: words gone ['held']"),
    ],
)
def test_a_field_that_somebody_removes_is_noticed(name: str, spoil: Any, said: str) -> None:
    now = msgspec.json.decode(msgspec.json.encode(described_messages()))
    spoil(now[name])
    assert said in broken_promises(described_messages(), now)


def test_this_protocol_has_an_entry() -> None:
    """A release without one fails here."""
    facts = [msgspec.json.decode((CORPUS / name / FACTS).read_bytes(), type=Facts) for name in ENTRIES]
    assert (p.PROTOCOL, p.SCHEMA) in {(one.protocol, one.schema) for one in facts}


def test_the_cipher_of_every_release_is_still_read(entry: Entry, tmp_path: Path) -> None:
    """A copy, since opening a database writes its journal."""
    (tmp_path / PROBE).write_bytes((entry.folder / PROBE).read_bytes())
    engine = open_engine(tmp_path / PROBE, KEY)
    with engine.connect() as connection:
        said = connection.exec_driver_sql("SELECT word FROM said").scalar()
    engine.dispose()
    assert said == f"protocol {entry.facts.protocol}"
