"""A real desk on an encrypted database, signed in as a district administrator, and a district that answers."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from tests.support import oneroster
from tests.support.databases import TEST_KEY

from clinicdesk.core.clock import SettableClock
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.permissions import Actor, RoleGrant, UserRole
from clinicdesk.models import DeviceFact, District, School, User
from clinicdesk.models.enums import WriteMode, WritePurpose
from clinicdesk.security.device_keys import DeviceKeys
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.sealed_fields import DataKeyRing
from clinicdesk.security.slots import Reauthenticated
from clinicdesk.security.unlocked import Person as KeyHolder
from clinicdesk.security.unlocked import Unlocked
from clinicdesk.services.desk import Desk, Person, SchoolPlace
from clinicdesk.services.field_keys import FieldKeys
from clinicdesk.services.roster import LeaseAnswer, RosterService
from clinicdesk.storage.audit import AuditTrail
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.engine import create_engine_on_new_file, open_engine
from clinicdesk.storage.schema import create_all
from clinicdesk.storage.store import Store

NOW = dt.datetime(2026, 11, 3, 15, tzinfo=dt.UTC)
ZONE = "America/New_York"


class NearbyDistrict:
    """A district within reach: what it grants, and what it was asked."""

    def __init__(self) -> None:
        self.all_schools = True
        self.grants = True
        self.asked: list[str] = []

    def holds_all_schools(self) -> bool:
        return self.all_schools

    def sync(self) -> None:
        self.asked.append("sync")

    @contextlib.contextmanager
    def lease(self, user: uuid.UUID) -> Iterator[LeaseAnswer]:
        self.asked.append("lease")
        try:
            yield LeaseAnswer(self.grants)
        finally:
            self.asked.append("release")


@dataclass
class Office:
    """The desk of the district office and what it imports with."""

    desk: Desk
    clock: SettableClock
    district: NearbyDistrict
    roster: RosterService
    folder: Path

    def package(self, folder: str, **replaced: bytes | None) -> Path:
        """A package of the test data, as a file."""
        path = self.folder / f"{folder}-{len(list(self.folder.iterdir()))}.zip"
        path.write_bytes(oneroster.package(folder, **replaced).getvalue())
        return path


def signed_in(engine: sa.Engine, clock: SettableClock, role: UserRole, *, school_name: str = "Old Mill School") -> Desk:
    """A desk of a new district with one school, whose person holds `role` everywhere."""
    device, user, district, school = new_id(), new_id(), new_id(), new_id()
    keys = FieldKeys(DataKeyRing.generate())
    trail = AuditTrail(clock, device, "0.0-test", ZONE, keys.seal_audit)
    store = Store(engine, clock, trail)
    keys.read_from(store)
    # What the first pull would have brought.
    context = WorkContext(author=None, purpose=WritePurpose.SYNC, mode=WriteMode.APPLY)
    with store.apply(context) as work:
        work.session.add(DeviceFact(name="device_id", text_value=str(device)))
        work.session.add(District(id=district, name="Pinewood", code="PW"))
        work.session.flush()
        work.session.add(School(id=school, name=school_name, code="PW99", district_id=district))
        work.session.add(User(id=user, email="admin@example.org", first_name="Nora", last_name="Office", role=role))
        work.session.add(User(email="may@example.org", first_name="May", last_name="Mentor", role=UserRole.VIEWER))
    holder = KeyHolder(user, "admin")
    unlocked = Unlocked(
        device=device,
        person=holder,
        user_keys=KeyPairs.generate(),
        roots={1: bytearray(32)},
        device_keys=DeviceKeys.generate(device),
        weaker_protection=False,
    )
    place = SchoolPlace(school, school_name, ZoneInfo(ZONE))
    grant = RoleGrant(role, district_wide=True)
    person = Person(user, "Nora Office", None, role, Actor(user, (grant,)), None, (place,), "Pinewood")

    def nobody_proves_again(name: str, password: str) -> Reauthenticated:
        raise AssertionError("an import asks for no second password")

    return Desk(
        store=store,
        person=person,
        unlocked=unlocked,
        field_keys=keys,
        clock=clock,
        session_id=new_id(),
        reauthenticate=nobody_proves_again,
        school=place,
    )


@pytest.fixture(scope="session")
def desk_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encrypted file with the whole schema, made once."""
    path = tmp_path_factory.mktemp("template") / "clinicdesk.db"
    engine = create_engine_on_new_file(path, TEST_KEY)
    create_all(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def desk_engine(desk_template: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    path = tmp_path / "clinicdesk.db"
    shutil.copyfile(desk_template, path)
    engine = open_engine(path, TEST_KEY)
    yield engine
    engine.dispose()


@pytest.fixture
def office(desk_engine: sa.Engine, tmp_path: Path) -> Office:
    clock = SettableClock(NOW)
    desk = signed_in(desk_engine, clock, UserRole.DISTRICT_ADMIN)
    folder = tmp_path / "packages"
    folder.mkdir()
    district = NearbyDistrict()
    return Office(desk, clock, district, RosterService(desk, district), folder)
