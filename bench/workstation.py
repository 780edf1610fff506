"""A workstation of the sync benchmarks: an encrypted file, keys and a line of its own, and the real engine."""

from __future__ import annotations

import contextlib
import functools
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bench.district import District
from bench.district_process import Place, Ready
from bench.visits import SCHOOL_YEAR, Pen
from clinicdesk.core.clock import SystemClock
from clinicdesk.core.identifiers import new_id
from clinicdesk.models import ClinicVisit
from clinicdesk.models.enums import AuditAction, UserRole, WriteMode, WritePurpose
from clinicdesk.security import tls
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.storage.attachment_folder import AttachmentFolder
from clinicdesk.storage.audit import AuditEntry, AuditTrail
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.device_facts import District as EnrolledDistrict
from clinicdesk.storage.device_facts import write_district, write_fact
from clinicdesk.storage.engine import create_engine_on_new_file, open_engine
from clinicdesk.storage.schema import create_all
from clinicdesk.storage.store import Store
from clinicdesk.sync.desk import DeskStore, DeviceIdentity
from clinicdesk.sync.engine import Session
from clinicdesk.sync.file_line import HttpsFiles
from clinicdesk.sync.files import FileRound
from clinicdesk.sync.local_store import Totals
from clinicdesk.sync.nonce_file import NonceFile
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Unwatched
from clinicdesk.sync.process import Job
from clinicdesk.sync.runner import SyncProcess
from clinicdesk.sync.runs import run_session
from clinicdesk.sync.shelf import DeskShelf
from clinicdesk.sync.tables import ROW_COLUMNS, wire_tables
from clinicdesk.sync.transport import HttpsLine, device_signer

KEY = bytes(range(32))
APPLY = WorkContext(None, WritePurpose.SYNC, mode=WriteMode.APPLY)
FILE = "clinic.db"
_OK = 200
_WORKER = "import sys; from clinicdesk.sync.worker import main; sys.exit(main())"
_TABLE: sa.Table = ClinicVisit.__table__  # type: ignore[assignment]  # a mapped class of one table


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer other than 200, and whether it said when to come again."""

    status: int
    retry_after: bool


@dataclass(slots=True)
class Carried:
    """Bytes of HTTP inside TLS, headers and bodies, and the answers that were refusals."""

    sent: int = 0
    received: int = 0
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def both(self) -> int:
        return self.sent + self.received


def counted_connection(carried: Carried) -> type[urllib3.connection.HTTPSConnection]:
    """Connections that add what they carry to `carried`."""

    class Counted(urllib3.connection.HTTPSConnection):
        def send(self, data: Any) -> None:
            carried.sent += len(data)
            super().send(data)

        def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]  # as urllib3 itself overrides it
            answer = super().getresponse()
            heads = sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
            carried.received += len(f"HTTP/1.1 {answer.status} {answer.reason}\r\n\r\n") + heads
            carried.received += int(answer.headers.get("Content-Length", 0))
            if answer.status != _OK:
                carried.refusals.append(Refusal(answer.status, "Retry-After" in answer.headers))
            return answer

    return Counted


class Workstation:
    """One desk. `unlocked` says whether a window is open beside."""

    def __init__(
        self,
        folder: Path,
        ready: Ready,
        device: str,
        keys: KeyPairs,
        places: Sequence[Place],
    ) -> None:
        self.folder, self.ready, self.device, self.keys = folder, ready, device, keys
        self.places = list(places)
        self.clock = SystemClock()
        trail = AuditTrail(self.clock, uuid.UUID(device), "bench", "UTC", _sealed_nothing)
        self.store = Store(open_engine(folder / FILE, KEY), self.clock, trail)
        self.carried = Carried()
        self.line = self._dialled()
        self._pen = Pen(uuid.UUID(device).int, self.places[0].school, self.places[0].students, ready.nurse)
        self._desk_store = DeskStore(
            self.store,
            DeviceIdentity(device, 1, "bench", ready.nurse),
            NonceFile(folder / "session-nonce"),
            self.clock,
            unlocked=False,
            pause=time.sleep,
        )

        self._shelf = DeskShelf(self.store, AttachmentFolder(folder / "attachments"), self.clock)

    def sync(self, *, equal: bool | None = True) -> Totals:
        """One session; `equal` None where the district may move on meanwhile."""
        files = FileRound(HttpsFiles(self.line), self._shelf)
        session = Session(self.line, self._desk_store, Unwatched(), BatchSize(), files=files)
        run_session(self.store, session, self.device, self.ready.nurse, self.clock)
        if session.equal is False or (equal and session.equal is None):
            raise RuntimeError("the two sides are not equal")
        return session.totals

    def dial_anew(self) -> None:
        """Hang up; the next session begins with a new TLS connection."""
        self.line.close()
        self.line = self._dialled()

    def _dialled(self) -> HttpsLine:
        context = tls.client_context(self.ready.pem.encode(), [self.ready.pin])
        signer = device_signer(self.device, self.keys, self.clock)
        line = HttpsLine(f"https://{self.ready.host}", context, signer)
        # Bodies alone are counted by the line itself; the goals of a session hold for its headers too.
        line._pool.ConnectionCls = counted_connection(self.carried)
        return line

    def start_process(self, *, unlocked: bool) -> SyncProcess:
        """The real sync process on this profile."""
        job = Job(
            profile=str(self.folder),
            database_key=KEY,
            device=self.device,
            incarnation=1,
            device_private=self.keys.use_private(bytes),
            user=self.ready.nurse,
            unlocked=unlocked,
        )
        return SyncProcess([sys.executable, "-c", _WORKER], job, lambda _event: None)

    def write_visits(self, count: int, days: int = SCHOOL_YEAR) -> None:
        """New visits of the first school, in one transaction of the nurse."""
        with self.write() as session:
            session.execute(sa.insert(ClinicVisit), [self.new_visit(days) for _ in range(count)])

    def new_visit(self, days: int = SCHOOL_YEAR) -> dict[str, Any]:
        visit = self._pen.visit(days)
        keyed = {name: uuid.UUID(visit[name]) for name in ("student_id", "school_id", "attended_by")}
        return {**visit, **keyed, "scope_id": keyed["student_id"]}

    def edit_visits(self, count: int) -> None:
        """Other words in the newest visits of this desk."""
        with self.write() as session:
            keys = session.scalars(sa.select(_TABLE.c.id).order_by(_TABLE.c.id.desc()).limit(count)).all()
            for key in keys:
                words = self._pen.words(24)
                session.execute(sa.update(_TABLE).where(_TABLE.c.id == key).values(notes=words))

    @contextlib.contextmanager
    def write(self) -> Iterator[Any]:
        context = WorkContext(uuid.UUID(self.ready.nurse), WritePurpose.CARE, role=UserRole.NURSE)
        with self.store.write(context) as work:
            work.audit(AuditEntry(AuditAction.CREATE, "ClinicVisit"))
            yield work.session

    def close(self) -> None:
        self.line.close()
        self.store.close()


def new_workstations(district: District, folder: Path, count: int, places: Sequence[Place]) -> list[Workstation]:
    """Freshly enrolled desks of these schools, each with an empty file in a folder of its own."""
    keys = [KeyPairs.generate() for _ in range(count)]
    devices = district.admit([(pair, places) for pair in keys])
    return [
        open_new(folder / device, district.ready, device, pair, places)
        for device, pair in zip(devices, keys, strict=True)
    ]


def open_new(folder: Path, ready: Ready, device: str, keys: KeyPairs, places: Sequence[Place]) -> Workstation:
    """A desk that has joined the district and holds nothing yet."""
    folder.mkdir()
    (folder / FILE).write_bytes(template())
    desk = Workstation(folder, ready, device, keys, places)
    with desk.store.apply(APPLY) as work:
        write_fact(work.session, "device_id", text=device)
        write_district(work.session, _district_of(ready))
    return desk


def _district_of(ready: Ready) -> EnrolledDistrict:
    ca = x509.load_pem_x509_certificate(ready.pem.encode()).public_bytes(Encoding.DER)
    name = uuid.UUID(ready.district)
    return EnrolledDistrict(id=name, name="Bench", host=ready.host, pins=(ready.pin,), ca=ca, public_key=b"")


def _sealed_nothing(student: uuid.UUID | None, column: str, row: uuid.UUID, plain: bytes) -> bytes:
    raise ValueError("nothing here audits sealed values")


@functools.cache
def template() -> bytes:
    """An encrypted file with the whole schema and no rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        engine = create_engine_on_new_file(path, KEY)
        create_all(engine)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        return path.read_bytes()


class InsertFloor:
    """U: the same rows into the same encrypted table, one transaction, nothing else."""

    def __init__(self, desk: Workstation, source: Workstation, count: int) -> None:
        """`desk` takes the rows; `source` has `count` of them or more."""
        plan = wire_tables().by_name["clinic_visits"]
        names = (*ROW_COLUMNS, *plan.columns)
        columns = ", ".join(f'"{name}"' for name in names)
        self._desk = desk
        self._statement = f"INSERT INTO clinic_visits ({columns}) VALUES ({', '.join('?' * len(names))})"
        with source.store.read() as session:
            found = session.connection().exec_driver_sql(f"SELECT {columns} FROM clinic_visits LIMIT {count}").all()
        self._rows = [tuple(row) for row in found]

    def rate(self) -> float:
        """Rows a second; they are gone again afterwards."""
        fresh = [(str(new_id()), *row[1:]) for row in self._rows]
        began = time.perf_counter()
        with self._desk.store.apply(APPLY, synchronous="NORMAL") as work:
            work.session.connection().exec_driver_sql(self._statement, fresh)
        rate = len(fresh) / (time.perf_counter() - began)
        with self._desk.store.apply(APPLY, synchronous="NORMAL") as work:
            work.session.connection().exec_driver_sql(
                "DELETE FROM clinic_visits WHERE id = ?", [(row[0],) for row in fresh]
            )
        return rate
