"""One session in which everything happens that a session can do, ready to be lived again and again from its files.

The desk is at Oak. Offline it registered a student with all that belongs to one, wrote visits with their children,
edited, deleted and signed, recorded a dose, and has an entry of somebody whose account was closed meanwhile. At the
district the same allergy was edited, the same dose recorded, visits were written, one student came to Oak and one left,
the desk was given a second school, and one row of the desk is silently not what the district sent.
"""

from __future__ import annotations

import contextlib
import dataclasses
import secrets
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql
from tests.faults.points import OF_THE_DISTRICT, MortalDatabase, MortalLine, Points, watch_writes
from tests.support.databases import DISTRICT_SCHEMA, TEST_KEY, district_template, in_database, no_seal
from tests.support.district import Desk, Town, allergy, fresh, insert, student, update, visit
from tests.support.faulty import Killed
from tests.support.sync_rows import a_dose, a_student, a_visit, an_allergy, an_order, another_nurse, vitals
from tests.support.workstation import Workstation, open_workstation

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.core.identifiers import new_id
from clinicdesk.models import SealedKey, VisitEvent
from clinicdesk.models.enums import VisitDisposition, VisitEventKind, WriteMode, WritePurpose
from clinicdesk.server.database import Database
from clinicdesk.server.device_scopes import give_schools
from clinicdesk.server.exchange import Exchange
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.sessions import read_district
from clinicdesk.storage.audit import AuditTrail
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.engine import open_engine
from clinicdesk.storage.store import Store
from clinicdesk.sync.base_copies import BaseCopies
from clinicdesk.sync.desk import DeskStore, DeviceIdentity
from clinicdesk.sync.engine import Session
from clinicdesk.sync.nonce_file import NonceFile
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Line, Unwatched, Watcher
from clinicdesk.sync.protocol import Outcome
from clinicdesk.sync.runs import run_session

FILES = ("clinic.db", "clinic.db-wal", "session-nonce")
ITEMS_A_BATCH = 8
"""Always: a size that grows cuts the queue elsewhere after a restart, and edits of one row fold within a batch."""

ROWS_A_PAGE = 15
MOST_SESSIONS = 6

_OF_A_DOSE = (
    "student_id",
    "medication_id",
    "student_medication_id",
    "order_root_id",
    "order_version",
    "dosage",
    "dosage_unit",
    "route",
    "administered_at",
    "administered_by",
    "was_given",
    "outcome",
    "scheduled_for",
    "slot_key",
    "school_id",
    "recorded_at",
    "zone_offset_minutes",
    "device_id",
)


@dataclasses.dataclass(frozen=True)
class Beginning:
    """Both sides right before the session: a folder and a database that nobody has open."""

    uri: str
    database: str
    folder: Path
    town: Town
    peer: Desk


def prepare(uri: str, folder: Path) -> Beginning:
    """Live up to the session."""
    name = _copy(uri, district_template(uri))
    with contextlib.closing(Database(in_database(uri, name), DISTRICT_SCHEMA)) as database:
        town = Town.found(database)
        ash, pupil = fresh(), fresh()
        cora = another_nurse(town)
        ordered = an_order(town)
        with database.owning() as connection:
            writes = OwnWrites(connection, town.district, None, town.clock.now())
            writes.insert("schools", {ash: {"name": "Ash", "code": "ASH", "district_id": town.district}})
            writes.insert("students", {pupil: student("max", "77", ash)})
            writes.insert(
                "student_enrollments", {fresh(): {"student_id": pupil, "school_id": ash, "starts_on": "2025-08-20"}}
            )
            writes.insert("allergies", {fresh(): allergy(pupil, notes="at the second school")})
            writes.close()
        desk = open_workstation(folder, town, town.ann, town.oak)
        desk.sync()
        told = _type_before(desk)
        desk.sync()
        desk.sync()
        others = town.desk(town.dora, everything=True)
        _happen_at_the_district(others, told, ordered)
        _decide_at_the_district(town, cora)
        give_schools(database, town.clock, desk.device, ["OAK", "ASH"], everything=False)
        _type_offline(desk, told, cora, ordered)
        _differ_silently(desk, told["silent"])
        desk.close()
    return Beginning(uri, name, folder, town, desk.peer)


def _type_before(desk: Workstation) -> dict[str, str]:
    """What both sides know before the desk goes offline."""
    town = desk.town
    return {
        "allergy": desk.insert(an_allergy(town, "iris", notes="as told by the mother")),
        "visit": desk.insert(a_visit(town, "iris", notes="open when the line went")),
        "mistake": desk.insert(a_visit(town, "iris", notes="a visit of somebody else")),
        "silent": desk.insert(an_allergy(town, "iris", allergen="Latex", notes="as sent")),
        "leaves": desk.insert(an_allergy(town, "jack", allergen="Egg", notes="goes with Jack")),
        "merged": desk.insert(an_allergy(town, "iris", allergen="Milk", notes="both add to it")),
    }


def _happen_at_the_district(others: Desk, told: dict[str, str], ordered: tuple[str, str]) -> None:
    """What others wrote while the desk was offline."""
    town = others.town
    told_otherwise = update("allergies", told["allergy"], 1, notes=("as told by the mother", "as told by the father"))
    added = update("allergies", told["merged"], 1, treatment=(None, "Antihistamine"))
    told_otherwise.author = added.author = town.ann
    theirs = [visit(town.students["iris"], town.oak, town.ann, notes=f"theirs {number}") for number in range(12)]
    dose = a_dose(town, *ordered, others.device)
    reply = others.push(
        told_otherwise,
        added,
        *(insert("clinic_visits", values, author=town.ann) for values in theirs),
        insert("allergies", allergy(town.students["kim"], notes="comes with Kim"), author=town.ben),
        insert("medication_logs", {name: getattr(dose, name) for name in _OF_A_DOSE}, author=town.ann),
    )
    assert {result.outcome for result in reply.results} == {Outcome.APPLIED}, reply.results


def _decide_at_the_district(town: Town, cora: str) -> None:
    """Kim comes to Oak, Jack leaves it, Cora's account is closed."""
    today = town.clock.now().date()
    with town.database.owning() as connection:
        writes = OwnWrites(connection, town.district, None, town.clock.now())
        writes.update("users", cora, {"is_active": False})
        for name, school in (("kim", town.oak), ("jack", town.elm)):
            pupil = town.students[name]
            ((enrolment,),) = connection.execute(
                "SELECT id::text FROM student_enrollments WHERE student_id = %s AND status <> 'ENDED'", (pupil,)
            ).fetchall()
            writes.update("student_enrollments", enrolment, {"status": "ENDED", "ends_on": today})
            writes.insert(
                "student_enrollments", {fresh(): {"student_id": pupil, "school_id": school, "starts_on": today}}
            )
            writes.update("students", pupil, {"school_id": school})
        writes.close()


def _type_offline(desk: Workstation, told: dict[str, str], cora: str, ordered: tuple[str, str]) -> None:
    town = desk.town
    registered, enrolment = a_student(town, "4711")
    key = SealedKey(student_id=registered.id, suite="X25519-AES256GCM", wrapped_key=bytes(range(48)))
    desk.insert(registered, enrolment, key)
    visit_id = new_id()
    desk.insert(
        a_visit(town, str(registered.id), id=visit_id, notes="first day 🤧"),
        VisitEvent(
            visit_id=visit_id,
            student_id=registered.id,
            kind=VisitEventKind.NOTE,
            occurred_at=town.clock.now(),
            zone_offset_minutes=-360,
            performed_by=uuid.UUID(town.ann),
            note="rested",
        ),
        vitals(town, temperature=38),
    )
    desk.insert(*(a_visit(town, "iris", notes=f"mine {number}") for number in range(6)))
    desk.update("allergies", told["allergy"], notes="as told by the grandmother")
    desk.update("allergies", told["merged"], notes="hives after cheese")
    desk.update("allergies", told["leaves"], notes="typed before Jack's transfer was known")
    desk.update(
        "clinic_visits", told["visit"], check_out_time=town.clock.now(), disposition=VisitDisposition.RETURN_TO_CLASS
    )
    desk.update("clinic_visits", told["visit"], signed_at=town.clock.now(), signed_by=uuid.UUID(town.ann))
    desk.delete("clinic_visits", told["mistake"])
    desk.insert(a_dose(town, *ordered, desk.device))
    desk.insert(an_allergy(town, "iris", allergen="Pollen", notes="by Cora"), who=cora)


def _differ_silently(desk: Workstation, key: str) -> None:
    """A bit that fell over: this row is not what the district sent, nobody typed it, and the sums say so (s55)."""
    with desk.store.apply(WorkContext(None, WritePurpose.SYNC, mode=WriteMode.APPLY)) as work:
        connection = work.session.connection()
        connection.exec_driver_sql("UPDATE allergies SET notes = 'as rotten' WHERE id = ?", (key,))
        copies = BaseCopies(connection)
        known = copies.of("allergies", [key])[key]
        copies.expect([known.anchor])
        values = {**copies.values("allergies", [key])[key], "notes": "as rotten"}
        copies.put("allergies", key, known.version, values, known.anchor, known)
        copies.flush()


class SmallPages(DeskStore):
    """Asks for a few rows at a time, so that a small district has several pages."""

    rows_a_page = ROWS_A_PAGE

    def page_rows(self) -> int:
        return self.rows_a_page


@dataclasses.dataclass
class Life:
    """One life from the beginning: the session, perhaps a death in it, a restart, and sessions until nothing moves."""

    desk: Workstation
    points: Points
    items_a_batch: int = ITEMS_A_BATCH
    rows_a_page: int = ROWS_A_PAGE
    watcher: Watcher = dataclasses.field(default_factory=Unwatched)
    through: Callable[[Line], Line] = lambda line: line

    def session(self) -> Session:
        """One whole session, recorded as the program records it.

        Raises: Killed where the desk dies; UnreachableError where the district did.
        """
        desk, points = self.desk, self.points
        store = SmallPages(
            desk.store,
            DeviceIdentity(desk.device, 1, "test", desk.user),
            NonceFile(desk.folder / "session-nonce"),
            desk.clock,
            unlocked=False,
            pause=lambda _seconds: None,
        )
        store.rows_a_page = self.rows_a_page
        line = MortalLine(self.through(desk.direct()), points, lambda: _serve(desk.town, points))
        desk.last = Session(line, store, self.watcher, BatchSize(self.items_a_batch, self.items_a_batch))
        run_session(desk.store, desk.last, desk.device, desk.user, desk.clock)
        return desk.last

    def finish(self) -> None:
        """Sessions until nothing moves; a life has to come to rest."""
        for _session in range(MOST_SESSIONS):
            totals = self.session().totals
            moved = totals.pushed + totals.pulled + totals.removed + totals.repaired + totals.mismatches
            if not moved and self.desk.last is not None and self.desk.last.equal:
                return
        raise AssertionError(f"no rest after {MOST_SESSIONS} sessions")

    def live(self) -> None:
        """To the end, through the one death that was chosen."""
        try:
            self.finish()
        except (Killed, ClinicDeskError, sa.exc.SQLAlchemyError):
            # What a dying program still says of it is not heard.
            if not self.points.dead:
                raise
            if self.points.passed[-1][0] not in OF_THE_DISTRICT:
                self.restart()
            self.finish()

    def restart(self) -> None:
        """The program is started again on what the disk had when it died."""
        self.desk.store.close()
        self.desk.folder = self.desk.folder / "after"
        self.desk.store = _opened(self.desk.folder, self.desk.device, self.desk.clock, self.points)


@contextlib.contextmanager
def lived(beginning: Beginning, folder: Path, dies_at: int | None = None) -> Iterator[Life]:
    """Both sides as at the beginning, in files and a database of this life alone."""
    points = Points(dies_at)
    shutil.copytree(beginning.folder, folder)
    points.keep_disk = lambda: _image(folder, folder / "after")
    name = _copy(beginning.uri, beginning.database)
    town = dataclasses.replace(beginning.town)
    town.database = MortalDatabase(in_database(beginning.uri, name), DISTRICT_SCHEMA)
    try:
        _serve(town, points)
        store = _opened(folder, beginning.peer.device, town.clock, points)
        peer = dataclasses.replace(beginning.peer, town=town)
        desk = Workstation(folder, town, peer, beginning.town.ann, town.clock, store)
        yield Life(desk, points)
        desk.close()
    finally:
        town.database.close()
        with psycopg.connect(beginning.uri, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        shutil.rmtree(folder, ignore_errors=True)


def _serve(town: Town, points: Points) -> None:
    """The district's process starts: new connections, nothing left in memory."""
    town.database.close()
    database = MortalDatabase(town.database.conninfo, DISTRICT_SCHEMA)
    with database.owning() as connection:
        known = read_district(connection)
    database.points = points
    town.database, town.exchange = database, Exchange(database, town.clock, known)


def _opened(folder: Path, device: str, clock: Clock, points: Points) -> Store:
    engine: sa.Engine = open_engine(folder / "clinic.db", TEST_KEY)
    watch_writes(engine, points)
    return Store(engine, clock, AuditTrail(clock, uuid.UUID(device), "0-test", "UTC", no_seal))


def _image(folder: Path, target: Path) -> None:
    """What is on the disk at this moment, beside the open database."""
    target.mkdir(mode=0o700)
    for name in FILES:
        if (folder / name).exists():
            shutil.copy2(folder / name, target / name)


def _copy(uri: str, template: str) -> str:
    name = f"faults_{secrets.token_hex(4)}"
    with psycopg.connect(uri, autocommit=True) as connection:
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
    return name
