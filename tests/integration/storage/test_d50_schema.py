"""The migrations give exactly the schema of the models, and the proof notices whatever is missing (D50)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
import sqlalchemy as sa
from tests.support.databases import (
    DISTRICT_SCHEMA,
    NOW,
    TEST_KEY,
    TestDesk,
    an_allergy,
    district_template,
    own_database,
)

from clinicdesk.models import Allergy, AuditLog, District, Student, SyncQueueItem
from clinicdesk.storage import migrate, schema
from clinicdesk.storage.dump import Dump, dump
from clinicdesk.storage.engine import create_engine_on_new_file
from clinicdesk.storage.errors import DatabaseTooNewError
from clinicdesk.storage.prove_schema import compared


def dumped(engine: sa.Engine) -> Dump:
    with engine.connect() as connection:
        return dump(connection)


@pytest.fixture
def upgraded_desk(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = create_engine_on_new_file(tmp_path / "upgraded.db", TEST_KEY)
    migrate.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def upgraded_district(empty_district: sa.Engine) -> sa.Engine:
    migrate.upgrade(empty_district)
    return empty_district


def test_d50_an_upgraded_desk_is_the_desk_of_the_models(upgraded_desk: sa.Engine, desk_engine: sa.Engine) -> None:
    assert compared(dumped(upgraded_desk), dumped(desk_engine)) == []
    assert migrate.differences(upgraded_desk) == []
    kinds = {key.split(":")[0] for key in dumped(upgraded_desk)}
    assert kinds == {"table", "column", "check", "primary", "foreign", "index", "trigger"}


def test_d50_an_upgraded_district_is_the_district_of_the_models(
    upgraded_district: sa.Engine, district_engine: sa.Engine
) -> None:
    assert compared(dumped(upgraded_district), dumped(district_engine)) == []
    assert migrate.differences(upgraded_district) == []
    kinds = {key.split(":")[0] for key in dumped(upgraded_district)}
    assert kinds == {"table", "column", "constraint", "index", "trigger", "function", "policy", "grant"}


DESK_LOSSES: dict[str, tuple[str, ...]] = {
    "trigger": ("DROP TRIGGER capture_update_allergies",),
    "audit trigger": ("DROP TRIGGER audit_update",),
    "partial index": ("DROP INDEX uq_students_student_number",),
    "index": ("DROP INDEX ix_students_last_name_first_name",),
    "search index": ("DROP TABLE student_search_terms",),
    "column": ("ALTER TABLE drafts DROP COLUMN updated_at",),
    "weaker partial index": (
        "DROP INDEX uq_students_student_number",
        "CREATE UNIQUE INDEX uq_students_student_number ON students (student_number)",
    ),
    "check": (
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'CONSTRAINT ck_work_context_one_row CHECK (id = 1)',"
        " 'CONSTRAINT ck_work_context_one_row CHECK (id = id)') WHERE name = 'work_context'",
    ),
    "foreign key": (
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'DEFERRABLE INITIALLY IMMEDIATE', '') WHERE name = 'drafts'",
    ),
}

Side = Literal["migrations", "models"]


@dataclass(frozen=True)
class Pair:
    """A database by migration and one from the models, with their dumps; a test rolls back what it breaks."""

    engines: dict[Side, sa.Engine]
    dumps: dict[Side, Dump]

    @classmethod
    def of(cls, upgraded: sa.Engine, made: sa.Engine) -> Pair:
        return cls({"migrations": upgraded, "models": made}, {"migrations": dumped(upgraded), "models": dumped(made)})

    def notices(self, side: Side, statements: tuple[str, ...]) -> bool:
        """Whether the proof fails once `statements` have run on one side."""
        other: Side = "models" if side == "migrations" else "migrations"
        assert compared(self.dumps[side], self.dumps[other]) == []
        with self.engines[side].connect() as connection:
            connection.begin()
            for statement in statements:
                connection.exec_driver_sql(statement)
            return compared(dump(connection), self.dumps[other]) != []


@pytest.fixture(scope="module")
def desk_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    upgraded, made = (create_engine_on_new_file(folder / name, TEST_KEY) for name in ("a.db", "b.db"))
    migrate.upgrade(upgraded)
    schema.create_all(made)
    yield Pair.of(upgraded, made)
    upgraded.dispose()
    made.dispose()


@pytest.mark.parametrize("kind", DESK_LOSSES)
@pytest.mark.parametrize("side", ["migrations", "models"])
def test_d50_one_thing_less_on_either_side_of_a_desk_is_noticed(desk_pair: Pair, kind: str, side: Side) -> None:
    assert desk_pair.notices(side, DESK_LOSSES[kind])


DISTRICT_LOSSES = {
    "check": "ALTER TABLE stock_balances DROP CONSTRAINT ck_stock_balances_quantity_not_negative",
    "partial index": "DROP INDEX uq_students_student_number",
    "weaker partial index": "DROP INDEX uq_students_student_number;"
    " CREATE UNIQUE INDEX uq_students_student_number ON students (student_number)",
    "trigger": "DROP TRIGGER append_only_medication_logs ON medication_logs",
    "disabled trigger": "ALTER TABLE audit_logs DISABLE TRIGGER audit_update_audit_logs",
    "policy": "DROP POLICY read_in_scope ON students",
    "weaker policy": "ALTER POLICY read_in_scope ON students USING (true)",
    "row security": "ALTER TABLE students NO FORCE ROW LEVEL SECURITY",
    "grant": "GRANT DELETE ON students TO clinic_merge_{schema}",
    "function": "CREATE OR REPLACE FUNCTION clinicdesk_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RETURN NEW; END $$",
    "foreign key": "ALTER TABLE allergies DROP CONSTRAINT fk_allergies_student_id",
    "not null": "ALTER TABLE allergies ALTER allergen DROP NOT NULL",
    "default": "ALTER TABLE allergies ALTER active DROP DEFAULT",
    "comment": "COMMENT ON COLUMN allergies.allergen IS NULL",
}


@pytest.fixture(scope="module")
def district_pair(postgres_uri: str) -> Iterator[Pair]:
    template = district_template(postgres_uri)
    with own_database(postgres_uri, "template1") as one, own_database(postgres_uri, template) as two:
        upgraded = schema.district_engine(one, "district_empty")
        made = schema.district_engine(two, DISTRICT_SCHEMA)
        with upgraded.begin() as connection:
            connection.execute(sa.schema.CreateSchema("district_empty"))
        migrate.upgrade(upgraded)
        yield Pair.of(upgraded, made)
        upgraded.dispose()
        made.dispose()


@pytest.mark.parametrize("kind", DISTRICT_LOSSES)
@pytest.mark.parametrize("side", ["migrations", "models"])
def test_d50_one_thing_less_on_either_side_of_a_district_is_noticed(district_pair: Pair, kind: str, side: Side) -> None:
    name = "district_empty" if side == "migrations" else DISTRICT_SCHEMA
    assert district_pair.notices(side, (DISTRICT_LOSSES[kind].replace("{schema}", name),))


def test_d50_upgrading_a_filled_desk_at_head_changes_nothing(desk: TestDesk) -> None:
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        work.session.add(an_allergy(desk))
    before = dumped(desk.engine), rows(desk.engine)
    migrate.upgrade(desk.engine)
    assert (dumped(desk.engine), rows(desk.engine)) == before
    assert migrate.current(desk.engine) == migrate.head()


def test_d50_a_filled_desk_goes_down_and_up_again_in_development(desk: TestDesk) -> None:
    with desk.store.write(desk.context, attempt=desk.entry()) as work:
        work.session.add(an_allergy(desk))
    before = dumped(desk.engine)
    migrate.downgrade(desk.engine, "base")
    assert (dumped(desk.engine), migrate.current(desk.engine)) == ({}, None)
    migrate.upgrade(desk.engine)
    assert dumped(desk.engine) == before
    assert rows(desk.engine) == [0, 0, 0, 0]


def test_d50_a_filled_district_goes_down_and_up_again_in_development(district_engine: sa.Engine) -> None:
    with district_engine.begin() as connection:
        key = uuid.UUID(int=1)
        connection.execute(
            sa.insert(District).values(id=key, name="Pinewood", code="PW", created_at=NOW, updated_at=NOW, scope_id=key)
        )
    before = dumped(district_engine)
    migrate.upgrade(district_engine)
    assert dumped(district_engine) == before
    migrate.downgrade(district_engine, "base")
    assert dumped(district_engine) == {}
    migrate.upgrade(district_engine)
    assert dumped(district_engine) == before


def test_f30_a_database_of_a_newer_program_is_left_alone(desk: TestDesk) -> None:
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for opening in (migrate.upgrade, migrate.refuse_newer):
        with pytest.raises(DatabaseTooNewError, match="9999"):
            opening(desk.engine)
    assert migrate.current(desk.engine) == "9999"


def test_an_upgrade_that_fails_leaves_the_old_database(empty_desk: sa.Engine) -> None:
    with empty_desk.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE work_context (in_the_way INTEGER)")
    with pytest.raises(sa.exc.OperationalError):
        migrate.upgrade(empty_desk)
    assert set(dumped(empty_desk)) == {"table:work_context", "column:work_context.in_the_way"}
    assert migrate.current(empty_desk) is None


def rows(engine: sa.Engine) -> list[int]:
    with engine.connect() as connection:
        return [
            connection.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()
            for model in (Student, Allergy, SyncQueueItem, AuditLog)
        ]
