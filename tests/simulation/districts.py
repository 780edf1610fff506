"""The simulated district: the real server core on a real PostgreSQL, which can crash, restart and be restored."""

from __future__ import annotations

import contextlib
import dataclasses
import random
import secrets
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from psycopg import sql
from tests.simulation.chance import Identifiers, stream
from tests.simulation.enrolled import Enrolled, enrol_desks
from tests.support.databases import DISTRICT_SCHEMA, district_template, in_database
from tests.support.district import NOW, Town, fresh
from tests.support.sync_rows import an_order

from clinicdesk.core.clock import SettableClock
from clinicdesk.core.identifiers import drawn_from
from clinicdesk.server.database import Connection, Database
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.exchange import Exchange
from clinicdesk.server.house import House, Settings, settle_epoch
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.sessions import read_device, read_district
from clinicdesk.sync.body import check_digest, decode, encode
from clinicdesk.sync.errors import BusyError, RefusedError, RevokedError, UpgradeNeededError
from clinicdesk.sync.protocol import (
    DigestRequest,
    ErrorCode,
    HeldRequest,
    PullRequest,
    PushBatch,
    RowsRequest,
    SessionOpen,
)
from clinicdesk.sync.rare import NEVER, Chance

_KINDS: dict[str, type[msgspec.Struct]] = {
    "/v1/session": SessionOpen,
    "/v1/push": PushBatch,
    "/v1/pull": PullRequest,
    "/v1/outcomes": HeldRequest,
    "/v1/digests": DigestRequest,
    "/v1/rows": RowsRequest,
}


Reply = tuple[bytes, str]
"""A body and its encoding."""


class ServerDied(BaseException):
    """The server's process ended here: its open transaction is rolled back, nobody gets an answer."""


class MortalDatabase(Database):
    """The district's connections; `dies` ends the process right before its next commit."""

    dies = False

    @contextlib.contextmanager
    def merging(self, device: uuid.UUID | str, *, durable: bool = True) -> Iterator[Connection]:
        with super().merging(device, durable=durable) as connection:
            yield connection
            if self.dies:
                raise ServerDied


@dataclasses.dataclass(frozen=True, slots=True)
class Template:
    """A founded district with people, schools, students and an order, to be copied for each seed."""

    database: str
    town: Town
    people: dict[str, str]
    orders: tuple[tuple[str, str, str], ...]
    """Student, medicine and order."""

    desks: tuple[Enrolled, ...]


def make_template(uri: str) -> Template:
    """Once a process; its keys are the same in each."""
    name = f"simulation_{secrets.token_hex(4)}"
    with psycopg.connect(uri, autocommit=True) as connection:
        # A plan that changes while a seed runs would bring rows in another order.
        connection.execute("ALTER SYSTEM SET autovacuum = off")
        connection.execute("SELECT pg_reload_conf()")
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(made.format(sql.Identifier(name), sql.Identifier(district_template(uri))))
    identifiers = Identifiers(stream(0, "template"), lambda: NOW)
    with (
        drawn_from(identifiers.key, identifiers.random),
        contextlib.closing(Database(in_database(uri, name), DISTRICT_SCHEMA)) as database,
    ):
        town = Town.found(database)
        with database.owning() as owner:
            # Else every process would give out other cursors.
            owner.execute("UPDATE server_state SET proof_key = %s", (stream(0, "proof key").randbytes(32),))
            town.exchange.district = read_district(owner)
        people = {role: fresh() for role in ("cora", "carl", "hugo")}
        with database.owning() as connection_:
            writes = OwnWrites(connection_, town.district, None, town.clock.now())
            writes.insert(
                "users",
                {
                    people["cora"]: _account("cora", "NURSE", town, town.oak),
                    people["carl"]: _account("carl", "COUNSELOR", town, town.oak),
                    people["hugo"]: _account("hugo", "NURSE", town, None),
                },
            )
            writes.insert(
                "role_grants",
                {
                    fresh(): {
                        "user_id": people["hugo"],
                        "role": "NURSE",
                        "school_id": school,
                        "valid_from": "2025-08-01T12:00:00.000000Z",
                        "granted_by": town.dora,
                    }
                    for school in (town.oak, town.elm)
                },
            )
            writes.close()
        orders = tuple((town.students[student], *an_order(town, student)) for student in ("iris", "kim"))
        with tempfile.TemporaryDirectory() as folder:
            desks = enrol_desks(town, people, Path(folder))
    return Template(name, town, people, orders, desks)


def _account(name: str, role: str, town: Town, school: str | None) -> dict[str, Any]:
    return {
        "email": f"{name}@example.org",
        "first_name": name.title(),
        "last_name": "Example",
        "role": role,
        "district_id": town.district,
        "school_id": school,
    }


class SimulatedDistrict:
    """One district of a seed. `town` always names the running server."""

    def __init__(
        self,
        uri: str,
        template: Template,
        folder: Path,
        clock: SettableClock,
        chance: random.Random,
        rare: Chance,
    ) -> None:
        self._uri = uri
        self._chance = chance
        self.rare = rare
        self._name = f"seed_{secrets.token_hex(4)}"
        self._backup: str | None = None
        self._copy(template.database, self._name)
        self.house = House(folder / "house", Settings(DISTRICT_SCHEMA, "127.0.0.1:1", []))
        self.house.folder.mkdir(parents=True)
        self.template = template
        self.clock = clock
        self.database = self._connect()
        self.town = dataclasses.replace(template.town, database=self.database, clock=self.clock)
        self.epochs = 0
        self._start(NEVER)

    # --- Life and death ---------------------------------------------------------------------------------------

    def _connect(self) -> MortalDatabase:
        return MortalDatabase(in_database(self._uri, self._name), DISTRICT_SCHEMA, connections=4)

    def _start(self, rare: Chance) -> None:
        """As `serve` starts: the epoch is settled before anybody is served (s17)."""
        self.epochs += settle_epoch(self.house, self.database, self.clock, rare)
        with self.database.merging("00000000-0000-0000-0000-000000000000") as connection:
            known = read_district(connection)
        self.town.database = self.database
        self.town.exchange = Exchange(self.database, self.clock, known, rare=self.rare, jitter=self._chance)

    def restart(self) -> None:
        self.database.close()
        self.database = self._connect()
        self._start(self.rare)

    def back_up(self) -> None:
        """A verified backup covers everything up to now: `durable_seq` says so, as after `pg_dump` (D23)."""
        self.database.close()
        self._drop_backup()
        self._backup = f"{self._name}_backup"
        self._copy(self._name, self._backup)
        self.database = self._connect()
        with self.database.owning() as connection:
            connection.execute("UPDATE server_state SET durable_seq = greatest(durable_seq, last_seq)")
        self._start(NEVER)

    @property
    def has_backup(self) -> bool:
        return self._backup is not None

    def restore(self) -> None:
        """The backup takes the place of the database; an operator's restore has no epoch file beside it (s17)."""
        assert self._backup is not None
        self.database.close()
        self._drop(self._name)
        self._copy(self._backup, self._name)
        self.house.epoch_file.unlink(missing_ok=True)
        self.database = self._connect()
        self._start(NEVER)

    def close(self) -> None:
        self.database.close()
        self._drop(self._name)
        self._drop_backup()

    def _copy(self, source: str, target: str) -> None:
        with psycopg.connect(self._uri, autocommit=True) as connection:
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
            connection.execute(made.format(sql.Identifier(target), sql.Identifier(source)))

    def _drop(self, name: str) -> None:
        with psycopg.connect(self._uri, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _drop_backup(self) -> None:
        if self._backup is not None:
            self._drop(self._backup)
            self._backup = None

    # --- Requests ---------------------------------------------------------------------------------------------

    def answer(self, device: str, path: str, body: bytes, encoding: str, digest: str, *, dies: bool = False) -> Reply:
        """What the routes do with a request whose signature holds: the whole answer, encoded, or a refusal.

        Raises:
            BadBodyError: the request did not arrive as it was sent.
            ServerDied: with `dies`, before it could commit; somebody has to restart it.
            BusyError, RefusedError, RevokedError, UpgradeNeededError: as the workstation's transport says it.
        """
        check_digest(body, digest)
        exchange = self.town.exchange
        handlers: dict[str, Callable[..., msgspec.Struct]] = {
            "/v1/session": exchange.open_session,
            "/v1/push": exchange.push,
            "/v1/pull": exchange.pull,
            "/v1/outcomes": exchange.outcomes,
            "/v1/digests": exchange.digests,
            "/v1/rows": exchange.rows,
        }
        message = decode(body, encoding, _KINDS[path])
        with self.database.merging(device) as connection:
            known = read_device(connection, device)
        assert known is not None
        self.database.dies = dies
        try:
            return encode(handlers[path](known, message))
        except RefusedRequestError as refused:
            raise _as_heard(refused) from refused
        finally:
            self.database.dies = False


def _as_heard(refused: RefusedRequestError) -> Exception:
    if refused.status == 503:
        return BusyError(seconds=int(refused.details.get("seconds") or 5))
    if refused.reason is ErrorCode.REVOKED:
        return RevokedError()
    if refused.reason is ErrorCode.UPGRADE_NEEDED:
        return UpgradeNeededError()
    return RefusedError(reason=refused.reason.value)
