"""Real databases for tests: encrypted files opened by key, and districts on one embedded PostgreSQL server.

A folder's conftest.py imports the fixtures it uses. However many do, one server runs per test session, and the
schema is made once per side: a desk is a copy of a file, a district a copy of a database.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import secrets
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from clinicdesk.core.clock import SettableClock
from clinicdesk.core.identifiers import new_id
from clinicdesk.models import Allergy, ClinicVisit, DeviceFact, District, School, Student, StudentEnrollment, User
from clinicdesk.models.enums import AllergySeverity, AuditAction, Gender, UserRole, WriteMode, WritePurpose
from clinicdesk.storage import schema
from clinicdesk.storage.audit import AuditEntry, AuditTrail
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.engine import create_engine_on_new_file, open_engine
from clinicdesk.storage.store import Store
from clinicdesk.storage.throwaway import throwaway_postgres

TEST_KEY = bytes(range(32))
NOW = dt.datetime(2026, 11, 3, 15, tzinfo=dt.UTC)
DISTRICT_SCHEMA = "district_test"


@pytest.fixture
def desk_path(tmp_path: Path) -> Path:
    """Where the encrypted file of this test stands."""
    return tmp_path / "clinicdesk.db"


@pytest.fixture
def empty_desk(desk_path: Path) -> Iterator[sa.Engine]:
    """An engine on a new encrypted file without tables."""
    engine = create_engine_on_new_file(desk_path, TEST_KEY)
    yield engine
    engine.dispose()


@functools.cache
def _desk_template() -> bytes:
    """The content of an encrypted file with the whole schema and no rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        engine = create_engine_on_new_file(path, TEST_KEY)
        schema.create_all(engine)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        return path.read_bytes()


@pytest.fixture
def desk_engine(desk_path: Path) -> Iterator[sa.Engine]:
    """An engine on an encrypted file with the workstation's schema and no rows."""
    desk_path.write_bytes(_desk_template())
    engine = open_engine(desk_path, TEST_KEY)
    yield engine
    engine.dispose()


def no_seal(student: uuid.UUID | None, column: str, row: uuid.UUID, plain: bytes) -> bytes:
    """Stands for the seal where a test is not about it: says under which key it would have been sealed."""
    return f"{student or 'district'}|{column}|{row}|".encode() + plain


@dataclass(frozen=True, slots=True)
class TestDesk:
    """A workstation of one school, with its nurse and one student, as if all had been pulled."""

    __test__ = False

    store: Store
    engine: sa.Engine
    clock: SettableClock
    device: uuid.UUID
    district: uuid.UUID
    school: uuid.UUID
    nurse: uuid.UUID
    student: uuid.UUID

    @property
    def context(self) -> WorkContext:
        """The nurse giving care."""
        return WorkContext(self.nurse, WritePurpose.CARE, role=UserRole.NURSE)

    @property
    def applying(self) -> WorkContext:
        return WorkContext(None, WritePurpose.SYNC, mode=WriteMode.APPLY)

    @property
    def retaining(self) -> WorkContext:
        return WorkContext(None, WritePurpose.MAINTENANCE, mode=WriteMode.RETENTION)

    def entry(self, entity_type: str = "Student", action: AuditAction = AuditAction.UPDATE) -> AuditEntry:
        return AuditEntry(action, entity_type, self.student, self.student)


@pytest.fixture
def desk(desk_engine: sa.Engine) -> TestDesk:
    clock = SettableClock(NOW)
    device, district, school, nurse, student = (new_id() for _ in range(5))
    store = Store(desk_engine, clock, AuditTrail(clock, device, "0.0-test", "America/New_York", no_seal))
    made = TestDesk(store, desk_engine, clock, device, district, school, nurse, student)
    with store.apply(made.applying) as work:
        work.session.add(DeviceFact(name="device_id", text_value=str(device)))
        work.session.add(District(id=district, name="Pinewood", code="PW", scope_id=district))
        work.session.add(School(id=school, name="Old Mill School", code="PW01", district_id=district))
        work.session.add(a_user(nurse, UserRole.NURSE))
        work.session.flush()
        work.session.add(a_student(student, school, last_name="O'Brien", first_name="Zoë"))
        work.session.add(
            StudentEnrollment(student_id=student, school_id=school, starts_on=dt.date(2026, 8, 20), scope_id=student)
        )
    return made


def a_user(key: uuid.UUID, role: UserRole) -> User:
    return User(id=key, email=f"{key}@example.org", first_name="Nora", last_name="Nurse", role=role)


def a_student(
    key: uuid.UUID, school: uuid.UUID | None, *, last_name: str, first_name: str, number: str | None = None
) -> Student:
    """An obviously invented student; the number is made up from the key."""
    return Student(
        id=key,
        student_number=number or key.hex[-8:],
        first_name=first_name,
        last_name=last_name,
        date_of_birth=dt.date(2014, 3, 2),
        grade="6",
        gender=Gender.FEMALE,
        enrollment_date=NOW,
        school_id=school,
        scope_id=key,
    )


def an_allergy(desk: TestDesk, allergen: str = "Peanut", **values: Any) -> Allergy:
    """An allergy of the desk's student."""
    return Allergy(student_id=desk.student, allergen=allergen, severity=AllergySeverity.SEVERE, **values)


def a_visit(desk: TestDesk) -> ClinicVisit:
    """An open visit of the desk's student."""
    return ClinicVisit(
        student_id=desk.student,
        school_id=desk.school,
        reason_for_visit=["headache"],
        check_in_time=NOW,
        recorded_at=NOW,
        zone_offset_minutes=-300,
        attended_by=desk.nurse,
    )


class SharedServer:
    """The one server of this test session: started by the first who asks, ended when the last has left."""

    def __init__(self) -> None:
        self._users = 0
        self._running = contextlib.ExitStack()
        self._uri = ""

    def __enter__(self) -> str:
        if self._users == 0:
            self._uri = self._running.enter_context(throwaway_postgres())
            with psycopg.connect(self._uri, autocommit=True) as connection:
                # It comes when it likes, and how a query is planned would depend on which tests ran before.
                connection.execute("ALTER SYSTEM SET autovacuum = off")
                connection.execute("SELECT pg_reload_conf()")
        self._users += 1
        return self._uri

    def __exit__(self, *_: object) -> None:
        self._users -= 1
        if self._users == 0:
            self._running.close()
            district_template.cache_clear()
            _districts.cache_clear()


_SERVER = SharedServer()


@pytest.fixture(scope="session")
def postgres_uri() -> Iterator[str]:
    """The libpq address of the running embedded server, as superuser: `postgresql://...`."""
    with _SERVER as uri:
        yield uri


@functools.cache
def district_template(uri: str) -> str:
    """A database with the whole schema of a district and no rows, to be copied."""
    name = "template_district"
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    engine = schema.district_engine(in_database(uri, name), DISTRICT_SCHEMA)
    with engine.begin() as opened:
        opened.execute(sa.schema.CreateSchema(DISTRICT_SCHEMA))
    schema.create_all(engine)
    engine.dispose()
    return name


def in_database(uri: str, name: str) -> str:
    """The same server, another database."""
    return uri.replace("/postgres?", f"/{name}?", 1)


@contextlib.contextmanager
def own_database(uri: str, template: str) -> Iterator[str]:
    """The address of a copy of `template`; it ends with the block."""
    name = _copy(uri, template)
    yield in_database(uri, name)
    _drop(uri, name)


def _copy(uri: str, template: str) -> str:
    name = f"test_{secrets.token_hex(4)}"
    with psycopg.connect(uri, autocommit=True) as connection:
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
    return name


def _drop(uri: str, name: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def empty_district_uri(postgres_uri: str) -> Iterator[str]:
    """The address of an empty database."""
    with own_database(postgres_uri, "template1") as uri:
        yield uri


_SHAPE = """
SELECT (SELECT md5(string_agg(format('%%s %%s %%s', c.relname, a.attname, a.atttypid), ','
                              ORDER BY c.relname, a.attnum))
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = n.oid AND a.attnum > 0),
       (SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = n.oid AND t.tgenabled = 'O'),
       (SELECT count(*) FROM pg_constraint WHERE connamespace = n.oid),
       (SELECT count(*) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = n.oid),
       (SELECT count(*) FROM pg_namespace)
FROM pg_namespace n WHERE nspname = %s"""

_SIZE = "SELECT pg_database_size(current_database())"

MOST_LEFT_BYTES = 8 << 20
"""Deleted rows keep their room; from here on a test could tell that others had been there before."""


class Districts:
    """Databases with the schema and no rows. A copy costs a quarter of a second, so a used one is emptied instead."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._free: list[str] = []
        with psycopg.connect(in_database(uri, district_template(uri))) as connection:
            self._shape = connection.execute(_SHAPE, (DISTRICT_SCHEMA,)).fetchone()
            ((self._size,),) = connection.execute(_SIZE).fetchall()
            found = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename <> 'alembic_version'",
                (DISTRICT_SCHEMA,),
            )
            self._tables = [sql.Identifier(DISTRICT_SCHEMA, name) for (name,) in found]

    def take(self) -> str:
        if self._free:
            return self._free.pop()
        return in_database(self._uri, _copy(self._uri, district_template(self._uri)))

    def give_back(self, address: str) -> None:
        """Keep it for the next test, unless this one changed its tables or filled them."""
        name = psycopg.conninfo.conninfo_to_dict(address)["dbname"]
        with psycopg.connect(self._uri, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        with psycopg.connect(address) as connection:
            same = connection.execute(_SHAPE, (DISTRICT_SCHEMA,)).fetchone() == self._shape
            ((size,),) = connection.execute(_SIZE).fetchall()
            reusable = same and size - self._size < MOST_LEFT_BYTES
            if reusable:
                self._empty(connection)
        if reusable:
            self._free.append(address)
        else:
            _drop(self._uri, str(name))

    def _empty(self, connection: psycopg.Connection[Any]) -> None:
        # Rows that may never be deleted go too: the rules that say so are triggers.
        connection.execute("SET session_replication_role = replica")
        any_row = [
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(position, table)
            for position, table in enumerate(self._tables)
        ]
        for (position,) in connection.execute(sql.SQL(" UNION ALL ").join(any_row)).fetchall():
            connection.execute(sql.SQL("DELETE FROM {}").format(self._tables[position]))


@functools.cache
def _districts(uri: str) -> Districts:
    return Districts(uri)


@pytest.fixture
def district_uri(postgres_uri: str) -> Iterator[str]:
    """The address of a database with the schema `DISTRICT_SCHEMA` and no rows."""
    districts = _districts(postgres_uri)
    address = districts.take()
    yield address
    districts.give_back(address)


@pytest.fixture
def empty_district(empty_district_uri: str) -> Iterator[sa.Engine]:
    """An engine whose connections stand in a new schema without tables, as superuser."""
    engine = schema.district_engine(empty_district_uri, "district_empty")
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema("district_empty"))
    yield engine
    engine.dispose()


@pytest.fixture
def district_engine(district_uri: str) -> Iterator[sa.Engine]:
    """An engine whose connections stand in a district's schema without rows, as superuser."""
    engine = schema.district_engine(district_uri, DISTRICT_SCHEMA)
    yield engine
    engine.dispose()
