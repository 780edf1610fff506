"""Benchmarks of sync: pushing, pulling, nothing to do, and writing while a pull applies."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.support.databases import no_seal

from bench.district_process import Ready, Wanted
from bench.measure import Goal, Result, compare
from clinicdesk.core.clock import SystemClock
from clinicdesk.core.identifiers import new_id
from clinicdesk.models import ClinicVisit
from clinicdesk.models.enums import AuditAction, UserRole, WriteMode, WritePurpose
from clinicdesk.security import tls
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.storage.audit import AuditEntry, AuditTrail
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.device_facts import District as EnrolledDistrict
from clinicdesk.storage.device_facts import write_district, write_fact
from clinicdesk.storage.engine import create_engine_on_new_file, open_engine
from clinicdesk.storage.schema import create_all
from clinicdesk.storage.store import Store
from clinicdesk.sync.desk import DeskStore, DeviceIdentity
from clinicdesk.sync.engine import Session, Totals
from clinicdesk.sync.nonce_file import NonceFile
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Unwatched
from clinicdesk.sync.process import Job
from clinicdesk.sync.runner import SyncProcess
from clinicdesk.sync.runs import run_session
from clinicdesk.sync.tables import ROW_COLUMNS, wire_tables
from clinicdesk.sync.transport import HttpsLine, device_signer

ROWS = 10_000
KEY = bytes(range(32))
_APPLY = WorkContext(None, WritePurpose.SYNC, mode=WriteMode.APPLY)
_WORDS = "headache after recess, resting, given water, temperature checked, parent called, no known allergies"


class District:
    """The server process of these benchmarks."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.district_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.ready = msgspec.json.decode(_piped(self._process.stdout).readline(), type=Ready)

    def device(self, keys: KeyPairs, schools: Sequence[str]) -> str:
        control = _piped(self._process.stdin)
        control.write(msgspec.json.encode(Wanted(keys.public, list(schools))).decode() + "\n")
        control.flush()
        return _piped(self._process.stdout).readline().strip()

    def close(self) -> None:
        _piped(self._process.stdin).close()
        self._process.wait(30)
        _piped(self._process.stdout).close()


def _piped(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise ValueError("the process was started without pipes")
    return stream


class Desk:
    """A workstation with an encrypted file of its own and a line to the district."""

    def __init__(self, district: District, folder: Path) -> None:
        folder.mkdir()
        (folder / "clinic.db").write_bytes(_template())
        self.ready = district.ready
        self.keys = KeyPairs.generate()
        self.device = district.device(self.keys, district.ready.schools)
        self.clock = SystemClock()
        trail = AuditTrail(self.clock, uuid.UUID(self.device), "bench", "UTC", no_seal)
        self.store = Store(open_engine(folder / "clinic.db", KEY), self.clock, trail)
        self.folder = folder
        with self.store.apply(_APPLY) as work:
            write_fact(work.session, "device_id", text=self.device)
            write_district(work.session, _district_of(district.ready))
        context = tls.client_context(self.ready.pem.encode(), [self.ready.pin])
        self.line = HttpsLine(f"https://{self.ready.host}", context, device_signer(self.device, self.keys, self.clock))
        self._desk_store = DeskStore(
            self.store,
            DeviceIdentity(self.device, 1, "bench", self.ready.ann),
            NonceFile(folder / "session-nonce"),
            self.clock,
            unlocked=False,
            pause=time.sleep,
        )

    def sync(self) -> Totals:
        session = Session(self.line, self._desk_store, Unwatched(), BatchSize())
        run_session(self.store, session, self.device, self.ready.ann, self.clock)
        if session.equal is not True:
            raise RuntimeError("the two sides are not equal")
        return session.totals

    def start_process(self, *, unlocked: bool) -> SyncProcess:
        """The real sync process on this profile."""
        job = Job(
            profile=str(self.folder),
            database_key=KEY,
            device=self.device,
            incarnation=1,
            device_private=self.keys.use_private(bytes),
            user=self.ready.ann,
            unlocked=unlocked,
        )
        return SyncProcess([sys.executable, "-c", _WORKER], job, lambda _event: None)

    def write_visits(self, count: int) -> None:
        with self.write() as session:
            session.add_all([visit(self.ready, number) for number in range(count)])

    @contextlib.contextmanager
    def write(self) -> Iterator[Any]:
        context = WorkContext(uuid.UUID(self.ready.ann), WritePurpose.CARE, role=UserRole.NURSE)
        with self.store.write(context) as work:
            work.audit(AuditEntry(AuditAction.CREATE, "ClinicVisit"))
            yield work.session

    def close(self) -> None:
        self.line.close()
        self.store.close()


_WORKER = "import sys; from clinicdesk.sync.worker import main; sys.exit(main())"


def _district_of(ready: Ready) -> EnrolledDistrict:
    ca = x509.load_pem_x509_certificate(ready.pem.encode()).public_bytes(Encoding.DER)
    name = uuid.UUID(ready.district)
    return EnrolledDistrict(id=name, name="Bench", host=ready.host, pins=(ready.pin,), ca=ca, public_key=b"")


def visit(ready: Ready, number: int) -> ClinicVisit:
    """An ordinary visit of about 600 bytes."""
    now = dt.datetime.now(dt.UTC)
    return ClinicVisit(
        student_id=uuid.UUID(ready.iris),
        school_id=uuid.UUID(ready.oak),
        attended_by=uuid.UUID(ready.ann),
        check_in_time=now,
        recorded_at=now,
        reason_for_visit=["HEADACHE"],
        zone_offset_minutes=-360,
        notes=f"{_WORDS}, visit {number}",
        treatment="Ice pack for ten minutes, rested on the cot, returned to class",
    )


@functools.cache
def _template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clinic.db"
        engine = create_engine_on_new_file(path, KEY)
        create_all(engine)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        return path.read_bytes()


@contextlib.contextmanager
def _surroundings() -> Iterator[tuple[District, Callable[[], Desk]]]:
    """One district process, and desks that end with the block."""
    with tempfile.TemporaryDirectory() as folder:
        district = District()
        desks: list[Desk] = []

        def desk() -> Desk:
            made = Desk(district, Path(folder) / str(len(desks)))
            desks.append(made)
            made.sync()
            return made

        try:
            yield district, desk
        finally:
            for made in desks:
                made.close()
            district.close()


def _insert_rate(desk: Desk, rows: list[tuple[object, ...]], statement: str) -> float:
    """U: the same rows into the same encrypted table, one transaction, nothing else."""
    fresh = [(str(new_id()), *row[1:]) for row in rows]
    began = time.perf_counter()
    with desk.store.apply(_APPLY, synchronous="NORMAL") as work:
        work.session.connection().exec_driver_sql(statement, fresh)
    rate = len(fresh) / (time.perf_counter() - began)
    with desk.store.apply(_APPLY, synchronous="NORMAL") as work:
        work.session.connection().exec_driver_sql(
            "DELETE FROM clinic_visits WHERE id = ?", [(row[0],) for row in fresh]
        )
    return rate


def _stored_rows(desk: Desk) -> tuple[list[tuple[object, ...]], str]:
    """Ten thousand visits as stored, and the plain insert for them."""
    plan = wire_tables().by_name["clinic_visits"]
    names = (*ROW_COLUMNS, *plan.columns)
    columns = ", ".join(f'"{name}"' for name in names)
    with desk.store.read() as session:
        found = session.connection().exec_driver_sql(f"SELECT {columns} FROM clinic_visits LIMIT {ROWS}").all()
    statement = f"INSERT INTO clinic_visits ({columns}) VALUES ({', '.join('?' * len(names))})"
    return [tuple(row) for row in found], statement


def push_10k() -> list[Result]:
    """Rows a second from the queue of a desk into PostgreSQL, window locked, until both sides are equal."""
    with _surroundings() as (_district, desk):
        pushing, floor_desk = desk(), desk()
        pushing.write_visits(ROWS)
        rows, statement = _stored_rows(pushing)

        def push() -> list[float]:
            began = time.perf_counter()
            pushed = pushing.sync().pushed
            rate = pushed / (time.perf_counter() - began)
            pushing.write_visits(ROWS)
            return [rate]

        return [
            compare(
                "push_10k",
                unit="rows/s",
                goal=Goal(ratio=0.10, more_is_better=True),
                value=push,
                floor=lambda: [_insert_rate(floor_desk, rows, statement)],
                floor_is="SQLCipher insert of the same rows, one transaction",
            )
        ]


def pull_10k() -> list[Result]:
    """Rows a second from PostgreSQL into a desk that knows the school already, window locked."""
    with _surroundings() as (_district, desk):
        writing, floor_desk = desk(), desk()
        pullers = [desk() for _ in range(5)]
        writing.write_visits(ROWS)
        writing.sync()
        rows, statement = _stored_rows(writing)

        def pull() -> list[float]:
            desk = pullers.pop()
            began = time.perf_counter()
            pulled = desk.sync().pulled
            return [pulled / (time.perf_counter() - began)]

        return [
            compare(
                "pull_10k",
                unit="rows/s",
                goal=Goal(ratio=0.15, more_is_better=True),
                value=pull,
                floor=lambda: [_insert_rate(floor_desk, rows, statement)],
                floor_is="SQLCipher insert of the same rows, one transaction",
            )
        ]


def noop_sync() -> list[Result]:
    """A session with nothing to do: every table, the district and its schools, warm process."""
    with _surroundings() as (_district, desk):
        idle = desk()
        idle.write_visits(2_000)
        idle.sync()
        idle.sync()

        def nothing() -> list[float]:
            began = time.perf_counter()
            idle.sync()
            return [(time.perf_counter() - began) * 1000]

        return [compare("noop_sync", unit="ms", goal=Goal(limit=150), value=lambda: nothing() + nothing())]


def save_visit_during_pull() -> list[Result]:
    """The same while ten thousand rows arrive beside it through the sync process, window unlocked (D25)."""
    with _surroundings() as (_district, desk):
        writing = desk()
        pullers = [desk() for _ in range(3)]
        writing.write_visits(ROWS)
        writing.sync()

        def during() -> list[float]:
            puller = pullers.pop()
            process = puller.start_process(unlocked=True)
            taken: list[float] = []
            while process.running:
                began = time.perf_counter()
                with puller.write() as session:
                    session.add(visit(puller.ready, len(taken)))
                taken.append((time.perf_counter() - began) * 1000)
                time.sleep(0.02)
            if process.wait() != 0:
                raise RuntimeError("the sync process failed")
            return taken

        return [
            compare("save_visit_during_pull", unit="ms", goal=Goal(limit=75), value=during, rounds=3),
        ]


def memory_sync_process() -> list[Result]:
    """Peak memory of the sync process while ten thousand rows arrive."""
    with _surroundings() as (_district, desk):
        writing = desk()
        pullers = [desk() for _ in range(3)]
        writing.write_visits(ROWS)
        writing.sync()

        def peak() -> list[float]:
            process = pullers.pop().start_process(unlocked=False)
            most = 0.0
            while process.running:
                most = max(most, _peak_megabytes(process.pid))
                time.sleep(0.02)
            if process.wait() != 0:
                raise RuntimeError("the sync process failed")
            return [most]

        return [compare("memory_sync_process", unit="MB", goal=Goal(limit=150), value=peak, rounds=3)]


def _peak_megabytes(pid: int) -> float:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def benches() -> dict[str, Callable[[], list[Result]]]:
    return {
        "push_10k": push_10k,
        "pull_10k": pull_10k,
        "noop_sync": noop_sync,
        "save_visit_during_pull": save_visit_during_pull,
    }
