"""A simulated workstation: the real store on a real encrypted file, which can crash, lose power and fill its disk."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from tests.support.databases import TEST_KEY, no_seal
from tests.support.faulty import Killed

from clinicdesk.core.clock import Clock
from clinicdesk.domain.canonical import WireValue, canonical_value
from clinicdesk.models.enums import AuditAction, UserRole, WriteMode, WritePurpose
from clinicdesk.models.registry import table_of
from clinicdesk.storage.audit import AuditEntry, AuditTrail
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.device_facts import write_fact
from clinicdesk.storage.engine import SYNCHRONOUS_OPTION, open_engine
from clinicdesk.storage.recovery_state import begin_recovery, read_found
from clinicdesk.storage.store import Store, Work
from clinicdesk.sync.desk import DeskStore, DeviceIdentity
from clinicdesk.sync.nonce_file import NonceFile
from clinicdesk.sync.rare import Chance
from clinicdesk.sync.tables import wire_tables

_ROOM = 1 << 30
_NONCE = "session-nonce"


@dataclass(frozen=True, slots=True)
class DeskFile:
    """What is on a desk's disk: its database, and the nonce of its last session beside it."""

    database: bytes
    nonce: bytes | None = None

    @classmethod
    def read(cls, folder: Path) -> DeskFile:
        nonce = folder / _NONCE
        return cls((folder / "clinic.db").read_bytes(), nonce.read_bytes() if nonce.exists() else None)

    def write(self, folder: Path) -> None:
        (folder / "clinic.db").write_bytes(self.database)
        if self.nonce is not None:
            (folder / _NONCE).write_bytes(self.nonce)
            (folder / _NONCE).chmod(0o600)


class DeskClock:
    """The workstation's own clock: the virtual one, wrong by what it was set to."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.wrong_by = dt.timedelta()

    def now(self) -> dt.datetime:
        return self._clock.now() + self.wrong_by

    def monotonic(self) -> float:
        return self._clock.monotonic()


@dataclass
class SimulatedDesk:
    """One desk. What is on its disk is in `folder`; each crash goes on in a copy of it."""

    name: str
    folder: Path
    device: str
    user: str
    role: UserRole
    schools: tuple[str, ...]
    everything: bool
    clock: DeskClock
    chance: random.Random
    file: DeskFile = field(repr=False)
    incarnation: int = 1
    crashes: int = 0
    disk_full: bool = False
    confirmed_by: str | None = None
    statements_to_live: int | None = None
    _full_commits: int = 0
    _normal_commits: int = 0
    _image: Path | None = None
    _image_of: tuple[int, int] = (0, 0)
    store: Store = field(init=False, repr=False)
    engine: sa.Engine = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.file.write(self.folder)
        self._open()
        if self.file.nonce is None:
            with self.store.apply(WorkContext(None, WritePurpose.SYNC, mode=WriteMode.APPLY)) as work:
                write_fact(work.session, "device_id", text=self.device)

    # --- The file ---------------------------------------------------------------------------------------------

    def _open(self) -> None:
        self.engine = open_engine(self.folder / "clinic.db", TEST_KEY)
        sa.event.listen(self.engine, "checkout", self._prepare)
        sa.event.listen(self.engine, "before_cursor_execute", self._before_statement, retval=True)
        sa.event.listen(self.engine, "commit", self._on_commit)
        trail = AuditTrail(self.clock, uuid.UUID(self.device), "0-simulation", "UTC", no_seal)
        self.store = Store(self.engine, self.clock, trail)

    def _prepare(self, connection: Any, _record: object, _proxy: object) -> None:
        """SQLite's own chance comes from the seed as well: triggers make keys by it."""
        raw = connection
        raw.create_function("randomblob", 1, self.chance.randbytes)
        raw.create_function("random", 0, lambda: self.chance.getrandbits(63))
        raw.execute("PRAGMA trusted_schema = ON")
        # A power cut is played by going back to an image, so nothing here has to wait for a real disk.
        raw.execute("PRAGMA synchronous = OFF")
        pages = raw.execute("PRAGMA page_count").fetchone()[0] if self.disk_full else _ROOM
        raw.execute(f"PRAGMA max_page_count = {pages}").fetchall()

    def _before_statement(
        self, _connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object
    ) -> tuple[str, Any]:
        if self.statements_to_live is not None:
            self.statements_to_live -= 1
            if self.statements_to_live < 0:
                raise Killed
        return "PRAGMA synchronous = OFF" if statement.startswith("PRAGMA synchronous") else statement, parameters

    def _on_commit(self, connection: sa.Connection) -> None:
        if connection.get_execution_options().get(SYNCHRONOUS_OPTION) == "NORMAL":
            self._normal_commits += 1
        else:
            self._full_commits += 1

    def keep_image(self) -> None:
        """Remember the file as it stands, if everything in it is safe on the disk (D25)."""
        if self._image_of[0] != self._full_commits or self._image is None:
            self._image = self.folder.with_name(f"{self.folder.name}-durable")
            shutil.rmtree(self._image, ignore_errors=True)
            self._copy(self._image)
            self._image_of = (self._full_commits, self._normal_commits)

    @property
    def can_lose_power(self) -> bool:
        """Whether commits followed the last durable state that a power cut takes with it."""
        return (
            self._image is not None
            and self._image_of[0] == self._full_commits
            and self._image_of[1] != self._normal_commits
        )

    def crash(self, *, power: bool = False) -> None:
        """The process is gone; the next one opens what is on the disk: with `power` lost only what was made durable."""
        self.statements_to_live = None
        before = self.folder
        self.crashes += 1
        after = before.with_name(f"{self.name}-{self.crashes}")
        if power and self.can_lose_power:
            assert self._image is not None
            shutil.move(self._image, after)
            shutil.copyfile(before / _NONCE, after / _NONCE)
        else:
            self._copy(after)
        self.store.close()
        shutil.rmtree(before)
        self.folder, self._image = after, None
        self._open()

    def confirm_recovery(self, who: str) -> None:
        """An authorised person says that this file is the one to go on with (D26)."""
        self.confirmed_by = who
        with self.write(who) as work:
            found = read_found(work.session)
            assert found is not None
            begin_recovery(work.session)
        self.incarnation = max(self.incarnation, found.incarnation) + 1

    def reopen(self) -> None:
        """An orderly end and a new start."""
        self.store.close()
        self._open()

    def _copy(self, target: Path) -> None:
        target.mkdir()
        for file in sorted(self.folder.iterdir()):
            if not file.name.endswith("-shm"):
                shutil.copyfile(file, target / file.name)
        if (target / _NONCE).exists():
            (target / _NONCE).chmod(0o600)

    def close(self) -> None:
        self.store.close()

    # --- What people do ---------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def write(self, who: str | None = None) -> Iterator[Work]:
        """A captured, audited transaction of a person."""
        context = WorkContext(uuid.UUID(who or self.user), WritePurpose.CARE, role=self.role)
        with self.store.write(context) as work:
            work.audit(AuditEntry(AuditAction.UPDATE, "Student"))
            yield work

    def row(self, table: str, key: str) -> dict[str, Any] | None:
        """A row as the models see it."""
        target = table_of(table)
        with self.store.read() as session:
            found = session.execute(sa.select(target).where(target.c.id == uuid.UUID(key))).mappings().first()
            return None if found is None else dict(found)

    def wire_row(self, table: str, key: str) -> dict[str, WireValue] | None:
        found = self.row(table, key)
        return None if found is None else wire_values(table, found)

    def query(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self.store.read() as session:
            return [tuple(row) for row in session.connection().exec_driver_sql(statement, parameters)]

    # --- Sync -------------------------------------------------------------------------------------------------

    def desk_store(self, rare: Chance) -> DeskStore:
        return DeskStore(
            self.store,
            DeviceIdentity(self.device, self.incarnation, "simulation", self.confirmed_by or self.user),
            NonceFile(self.folder / _NONCE),
            self.clock,
            unlocked=False,
            pause=lambda _seconds: None,
            rare=rare,
        )


def wire_values(table: str, row: Mapping[str, Any]) -> dict[str, WireValue]:
    """The travelling columns of a row in canonical form."""
    plan = wire_tables().by_name[table]
    return {name: canonical_value(kind, row[name]) for name, kind in plan.kinds.items()}
