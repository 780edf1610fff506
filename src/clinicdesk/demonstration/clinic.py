"""One small clinic on an encrypted file of its own: a district with two schools, its staff, desks for any of them.

For whoever needs real services over a few invented people: benchmarks and tests. The file is opened by key; desk,
store, audit trail, capture and all keys are the real ones. Rows that another part would have written are put there
by `Clinic.add`, as a pull would bring them.
"""

from __future__ import annotations

import atexit
import contextlib
import copy
import datetime as dt
import functools
import secrets
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from clinicdesk.core.clock import SettableClock
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.name_forms import joined
from clinicdesk.models import (
    AcademicSession,
    Base,
    District,
    RoleGrant,
    School,
    ScopeMember,
    SealedKey,
    Student,
    StudentEnrollment,
    User,
    UserKey,
)
from clinicdesk.models.enums import (
    EnrollmentStatus,
    Gender,
    KeyPurpose,
    SessionKind,
    UserRole,
    WriteMode,
    WritePurpose,
)
from clinicdesk.security.derivation import KEY_BYTES, expand
from clinicdesk.security.device_keys import DeviceKeys
from clinicdesk.security.errors import WrongPasswordError
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.sealed_fields import DataKeyRing
from clinicdesk.security.slots import Reauthenticated
from clinicdesk.security.unlocked import DATABASE_KEY, Unlocked
from clinicdesk.security.unlocked import Person as KeyHolder
from clinicdesk.services.desk import Desk, SchoolPlace
from clinicdesk.services.field_keys import SUITE, FieldKeys
from clinicdesk.services.signing_in import person_of
from clinicdesk.storage import device_facts
from clinicdesk.storage.audit import AuditTrail
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.engine import create_engine_on_new_file, open_engine
from clinicdesk.storage.schema import create_all
from clinicdesk.storage.store import Store, Work

ZONE = ZoneInfo("America/New_York")
NOW = dt.datetime(2026, 10, 6, 11, 32, tzinfo=ZONE)  # a Tuesday
PASSWORD = "correct horse battery"  # noqa: S105 - of invented people, in files that are thrown away
"""Of every invented person here."""
ROOT = bytes(range(32))
FILE = "clinicdesk.db"

Row = TypeVar("Row", bound=Base)
T = TypeVar("T")


@dataclass(frozen=True)
class Member:
    """Somebody on the staff, with the keys that her slot on this device would hold."""

    id: uuid.UUID
    name: str
    sign_in: str
    role: UserRole
    keys: bytes
    """The private halves, copied for each sign-in as opening a slot would."""


@dataclass
class Clinic:
    """One workstation of the Tamarack Valley district, with everything its services stand on."""

    folder: Path
    clock: SettableClock
    ring: DataKeyRing
    device: uuid.UUID
    district: uuid.UUID
    school: SchoolPlace
    other_school: SchoolPlace
    staff: dict[str, Member] = field(default_factory=dict)

    @functools.cached_property
    def store(self) -> Store:
        """The open file."""
        trail = AuditTrail(self.clock, self.device, "0.0", ZONE.key, self.field_keys.seal_audit)
        store = Store(open_engine(self.folder / FILE, _file_key()), self.clock, trail)
        self.field_keys.read_from(store)
        return store

    @functools.cached_property
    def field_keys(self) -> FieldKeys:
        return FieldKeys(self.ring)

    @property
    def touched(self) -> bool:
        """Whether anybody has had its file open."""
        return "store" in vars(self)

    # The people every test knows.
    @property
    def nurse(self) -> Member:
        """Renata Olszewski, RN: a nurse at Cedar Ridge."""
        return self.staff["olszewski"]

    @property
    def second_nurse(self) -> Member:
        """Ines Carvalho, RN: a nurse at both schools."""
        return self.staff["carvalho"]

    @property
    def aide(self) -> Member:
        """Dan Whitfield, health aide at Cedar Ridge."""
        return self.staff["whitfield"]

    @property
    def principal(self) -> Member:
        """Joan Ferrer, school administrator at Cedar Ridge: may witness, gives nothing."""
        return self.staff["ferrer"]

    @property
    def administrator(self) -> Member:
        """Ada Lindgren, district administrator."""
        return self.staff["lindgren"]

    @property
    def viewer(self) -> Member:
        """Vic Moreau, who may only look."""
        return self.staff["moreau"]

    def desk(self, who: Member | None = None, *, school: SchoolPlace | None = None) -> Desk:
        """This workstation with `who` (the nurse, unless named) signed in; several may exist side by side."""
        who = who or self.nurse
        with self.store.read() as session:
            person = person_of(session, who.id, "Tamarack Valley USD", self.clock.now())
        unlocked = Unlocked(
            device=self.device,
            person=KeyHolder(who.id, who.sign_in),
            user_keys=KeyPairs(bytearray(who.keys)),
            roots={1: bytearray(ROOT)},
            device_keys=DeviceKeys.generate(self.device),
            weaker_protection=False,
        )
        return Desk(
            store=self.store,
            person=person,
            unlocked=unlocked,
            field_keys=self.field_keys,
            clock=self.clock,
            session_id=new_id(),
            reauthenticate=self.reauthenticate,
            school=school or person.schools[0],
        )

    def reauthenticate(self, user_name: str, password: str) -> Reauthenticated:
        """The own keys for the own password, like `security.slots.reauthenticate`, without the derivation."""
        who = self.staff.get(user_name)
        if who is None or password != PASSWORD:
            raise WrongPasswordError
        return Reauthenticated(KeyHolder(who.id, who.sign_in), KeyPairs(bytearray(who.keys)))

    def add(self, *rows: Row) -> Row:
        """Put rows there as a pull would, parents first; returns the first."""
        with self.pulled() as work:
            for row in rows:
                work.session.add(row)
                work.session.flush()
            work.session.expunge_all()
        return rows[0]

    @contextlib.contextmanager
    def pulled(self) -> Iterator[Work]:
        """A transaction of sync: not captured, not audited."""
        with self.store.apply(WorkContext(author=None, purpose=WritePurpose.SYNC, mode=WriteMode.APPLY)) as work:
            yield work

    def member(
        self,
        first: str,
        last: str,
        role: UserRole,
        *,
        schools: tuple[SchoolPlace, ...] | None = None,
        credentials: str | None = None,
    ) -> Member:
        """Somebody new on the staff (`schools` None: the whole district); the sign-in name is the last name."""
        sign_in = joined(last)
        keys = KeyPairs.generate()
        who = Member(new_id(), f"{first} {last}", sign_in, role, keys.use_private(bytes))
        places: tuple[uuid.UUID | None, ...] = (None,) if schools is None else tuple(place.id for place in schools)
        self.add(
            User(
                id=who.id,
                email=f"{sign_in}@example.org",
                first_name=first,
                last_name=last,
                role=role,
                credentials=credentials,
                district_id=self.district,
                school_id=places[0],
            ),
            *[RoleGrant(user_id=who.id, role=role, school_id=place, valid_from=_at(2026, 8, 1)) for place in places],
            *[
                UserKey(
                    user_id=who.id,
                    device_id=self.device,
                    purpose=purpose,
                    suite=suite,
                    public_key=public,
                    valid_from=_at(2026, 8, 1),
                )
                for purpose, suite, public in (
                    (KeyPurpose.SIGNING, "Ed25519", keys.public.signing),
                    (KeyPurpose.SEALING, "X25519", keys.public.sealing),
                )
            ],
        )
        self.staff[sign_in] = who
        return who

    def student(
        self,
        first: str = "Amara",
        last: str = "Okonkwo-Lindqvist",
        born: dt.date = dt.date(2015, 4, 17),
        *,
        school: SchoolPlace | None = None,
        grade: str = "5",
        homeroom: str | None = "18",
        number: str | None = None,
        gender: Gender = Gender.FEMALE,
        preferred_name: str | None = None,
        photo: str | None = None,
    ) -> uuid.UUID:
        """A student with a confirmed enrolment and a field key; returns the id."""
        place = school or self.school
        key, student = new_id(), new_id()
        field_key = self.ring.new_student_key(student)
        self.add(
            Student(
                id=student,
                student_number=number or f"171-{student.int % 10**6:06d}",
                first_name=first,
                last_name=last,
                preferred_name=preferred_name,
                date_of_birth=born,
                grade=grade,
                homeroom=homeroom,
                gender=gender,
                photo=photo,
                enrollment_date=_at(2026, 8, 31),
                school_id=place.id,
                district_id=self.district,
                scope_id=student,
            ),
            StudentEnrollment(
                student_id=student,
                school_id=place.id,
                starts_on=dt.date(2026, 8, 31),
                status=EnrollmentStatus.CONFIRMED,
                grade=grade,
                scope_id=student,
            ),
            SealedKey(
                id=key,
                student_id=student,
                suite=SUITE,
                data_key_epoch=self.ring.epoch,
                wrapped_key=self.ring.wrap_student_key(student, field_key),
                scope_id=student,
            ),
            ScopeMember(anchor_id=student, scope_id=place.id),
        )
        return student

    def rows(self, model: type[Row], *where: sa.ColumnElement[bool]) -> list[Row]:
        """What stands in the file, in the order of the keys: for the assertions of a test."""
        with self.store.read() as session:
            found = list(session.scalars(sa.select(model).where(*where).order_by(model.__table__.c.id)))
            session.expunge_all()
            return found

    def count(self, model: type[Base], *where: sa.ColumnElement[bool]) -> int:
        with self.store.read() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0


@contextlib.contextmanager
def open_clinic(folder: Path, now: dt.datetime = NOW) -> Iterator[Clinic]:
    """A clinic on a new encrypted file in `folder`, with its staff, closed at the end of the block."""
    founded = _founded(now)
    clinic = Clinic(
        folder,
        SettableClock(now),
        DataKeyRing({1: bytearray(founded.data_key)}),
        founded.device,
        founded.district,
        *founded.schools,
    )
    founded.state.lay_into(clinic)
    try:
        yield clinic
    finally:
        if clinic.touched:
            clinic.store.close()


def furnished(furnish: Callable[[Clinic], T]) -> Callable[[Clinic], T]:
    """Does it once a process: a clinic that nobody has touched begins as a copy of what it left then.

    What `furnish` returns may name the clinic and keys, but nothing that was opened there.
    """

    @functools.cache
    def left(now: dt.datetime) -> tuple[Clinic, T, _State]:
        with open_clinic(_folder(), now) as clinic:
            made = furnish(clinic)
        return clinic, made, _State.of(clinic)

    @functools.wraps(furnish)
    def begin(clinic: Clinic) -> T:
        if clinic.touched:
            return furnish(clinic)
        origin, made, state = left(clinic.clock.now())
        state.lay_into(clinic)
        return copy.deepcopy(made, {id(origin): clinic})

    return begin


@dataclass(frozen=True)
class _State:
    """A closed clinic, to be copied."""

    file: Path
    now: dt.datetime
    staff: Mapping[str, Member]

    @classmethod
    def of(cls, clinic: Clinic) -> _State:
        return cls(clinic.folder / FILE, clinic.clock.now(), clinic.staff)

    def lay_into(self, clinic: Clinic) -> None:
        shutil.copyfile(self.file, clinic.folder / FILE)
        clinic.clock.advance(self.now - clinic.clock.now())
        clinic.staff = dict(self.staff)


@dataclass(frozen=True)
class _Founded:
    """What the clinics of one moment have in common."""

    data_key: bytes
    device: uuid.UUID
    district: uuid.UUID
    schools: tuple[SchoolPlace, SchoolPlace]
    state: _State


@functools.cache
def _founded(now: dt.datetime) -> _Founded:
    """Schema, schools and staff, made once a process for each moment."""
    schools = SchoolPlace(new_id(), "Cedar Ridge K–8", ZONE), SchoolPlace(new_id(), "Old Mill Elementary", ZONE)
    key = secrets.token_bytes(KEY_BYTES)
    clinic = Clinic(_folder(), SettableClock(now), DataKeyRing({1: bytearray(key)}), new_id(), new_id(), *schools)
    engine = create_engine_on_new_file(clinic.folder / FILE, _file_key())
    create_all(engine)
    engine.dispose()
    _furnish(clinic)
    # With the last connection the write-ahead log goes into the file.
    clinic.store.close()
    return _Founded(key, clinic.device, clinic.district, schools, _State.of(clinic))


def _folder() -> Path:
    """Gone with the process."""
    folder = Path(tempfile.mkdtemp(prefix="clinicdesk-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _file_key() -> bytes:
    return bytes(expand(bytearray(ROOT), DATABASE_KEY))


def _furnish(clinic: Clinic) -> None:
    with clinic.pulled() as work:
        device_facts.write_fact(work.session, "device_id", text=str(clinic.device))
    clinic.add(District(id=clinic.district, name="Tamarack Valley USD", code="TV", state="MA", time_zone=ZONE.key))
    for code, place in (("TV01", clinic.school), ("TV02", clinic.other_school)):
        clinic.add(
            School(id=place.id, name=place.name, code=code, district_id=clinic.district, time_zone=ZONE.key),
            AcademicSession(
                school_id=place.id,
                title="2026–27",
                kind=SessionKind.SCHOOL_YEAR,
                starts_on=dt.date(2026, 8, 31),
                ends_on=dt.date(2027, 6, 18),
                school_days=[0, 1, 2, 3, 4],
            ),
        )
    here = (clinic.school,)
    clinic.member("Renata", "Olszewski", UserRole.NURSE, schools=here, credentials="RN")
    clinic.member("Ines", "Carvalho", UserRole.NURSE, schools=(clinic.school, clinic.other_school), credentials="RN")
    clinic.member("Dan", "Whitfield", UserRole.HEALTH_AIDE, schools=here)
    clinic.member("Joan", "Ferrer", UserRole.SCHOOL_ADMIN, schools=here)
    clinic.member("Ada", "Lindgren", UserRole.DISTRICT_ADMIN)
    clinic.member("Vic", "Moreau", UserRole.VIEWER, schools=here)


def _at(year: int, month: int, day: int) -> dt.datetime:
    return dt.datetime(year, month, day, tzinfo=dt.UTC)
