"""What the district's database itself refuses, and whom it shows what (D1, D2, D12)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.support.databases import DISTRICT_SCHEMA, NOW, a_student, a_user

from clinicdesk.core.identifiers import new_id
from clinicdesk.models import (
    Allergy,
    AuditLog,
    ClinicVisit,
    District,
    InventoryItem,
    InventoryTransaction,
    School,
    ScopeMember,
    StockBalance,
    Student,
    VisitEvent,
)
from clinicdesk.models.enums import (
    AllergySeverity,
    AuditAction,
    InventoryTransactionType,
    UserRole,
    VisitDisposition,
    VisitEventKind,
    WritePurpose,
)
from clinicdesk.models.stamps import STAMP_OPTION, Stamp
from clinicdesk.storage.district_schema import DEVICE_SETTING, MODE_SETTING, SCOPES_SETTING, Roles

ROLES = Roles(DISTRICT_SCHEMA)
DISTRICT, HILL, RIVER, NURSE, ANN, BEN = (uuid.UUID(int=number) for number in range(1, 7))


@contextmanager
def acting(engine: sa.Engine, role: str | None = None, **settings: str) -> Iterator[Session]:
    """One transaction in a role with session settings, rolled back unless it ends well."""
    options = {STAMP_OPTION: Stamp(NOW, None)}
    with (
        engine.connect().execution_options(**options) as connection,
        connection.begin(),
        Session(connection) as session,
    ):
        for name, value in {"role": role, **settings}.items():
            if value is not None:
                setting = {"scopes": SCOPES_SETTING, "device": DEVICE_SETTING, "mode": MODE_SETTING}.get(name, name)
                session.execute(sa.text("SELECT set_config(:name, :value, true)"), {"name": setting, "value": value})
        yield session
        session.flush()


@pytest.fixture
def district(district_engine: sa.Engine) -> sa.Engine:
    """A district with two schools and a student in each."""
    with acting(district_engine) as session:
        session.add(District(id=DISTRICT, name="Pinewood", code="PW", scope_id=DISTRICT))
        session.flush()
        nurse = a_user(NURSE, UserRole.NURSE)
        nurse.scope_id = DISTRICT
        session.add(nurse)
        for number, (school, student, name) in enumerate(((HILL, ANN, "Ann"), (RIVER, BEN, "Ben"))):
            session.add(School(id=school, name=name, code=f"PW{number}", district_id=DISTRICT, scope_id=school))
            session.flush()
            session.add(a_student(student, school, last_name="Willow", first_name=name))
            session.add(ScopeMember(anchor_id=student, scope_id=school))
            session.flush()
            session.add(Allergy(student_id=student, allergen=name, severity=AllergySeverity.MILD, scope_id=student))
    return district_engine


def allergens(session: Session) -> list[str]:
    return sorted(session.scalars(sa.select(Allergy.allergen)))


@pytest.mark.parametrize(
    ("scopes", "seen"),
    [(str(HILL), ["Ann"]), (f"{HILL},{RIVER}", ["Ann", "Ben"]), ("ALL", ["Ann", "Ben"]), ("", []), (str(DISTRICT), [])],
)
def test_d12_a_reader_sees_the_rows_of_its_scopes_alone(district: sa.Engine, scopes: str, seen: list[str]) -> None:
    with acting(district, ROLES.read, scopes=scopes) as session:
        assert allergens(session) == seen
        assert sorted(session.scalars(sa.select(Student.first_name))) == seen


def test_d12_a_reader_without_scopes_sees_nothing_and_never_writes(district: sa.Engine) -> None:
    with acting(district, ROLES.read) as session:
        assert allergens(session) == []
    with denied("permission denied"), acting(district, ROLES.read, scopes="ALL") as session:
        session.execute(sa.update(Allergy).values(notes="x"))


def test_d12_a_merge_names_its_device_and_deletes_nothing(district: sa.Engine) -> None:
    with acting(district, ROLES.merge) as session:
        assert allergens(session) == []
        assert session.execute(sa.update(Allergy).values(notes="x")).rowcount == 0  # type: ignore[attr-defined]
    with acting(district, ROLES.merge, device=str(new_id())) as session:
        assert allergens(session) == ["Ann", "Ben"]
        session.execute(sa.update(Allergy).values(notes="x"))
    with denied("permission denied"), acting(district, ROLES.merge, device=str(new_id())) as session:
        session.execute(sa.delete(Allergy))


def test_d12_a_merge_stores_no_row_without_a_scope(district: sa.Engine) -> None:
    row = Allergy(student_id=ANN, allergen="Milk", severity=AllergySeverity.MILD)
    with denied("row-level security"), acting(district, ROLES.merge, device=str(new_id())) as session:
        session.add(row)
        session.flush()


def test_d12_neither_role_owns_a_table_or_bypasses_row_security(district: sa.Engine) -> None:
    with acting(district) as session:
        found = sa.text("SELECT rolname, rolbypassrls FROM pg_roles WHERE rolname = ANY (:names)")
        roles = session.execute(found, {"names": [ROLES.read, ROLES.merge, ROLES.owner]})
        rights = {row.rolname: row.rolbypassrls for row in roles}
        owners = set(
            session.scalars(sa.text("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = current_schema()"))
        )
    assert rights == {ROLES.read: False, ROLES.merge: False, ROLES.owner: True}
    assert not owners & {ROLES.read, ROLES.merge}


def denied(text: str) -> Any:
    return pytest.raises(sa.exc.DBAPIError, match=text)


def an_event(visit: uuid.UUID) -> VisitEvent:
    return VisitEvent(
        visit_id=visit,
        student_id=ANN,
        kind=VisitEventKind.CHECKED_IN,
        occurred_at=NOW,
        zone_offset_minutes=-300,
        performed_by=NURSE,
        scope_id=ANN,
    )


@pytest.fixture
def signed_visit(district: sa.Engine) -> uuid.UUID:
    visit = ClinicVisit(
        student_id=ANN,
        school_id=HILL,
        reason_for_visit=["headache"],
        check_in_time=NOW,
        check_out_time=NOW,
        disposition=VisitDisposition.RETURN_TO_CLASS,
        recorded_at=NOW,
        zone_offset_minutes=-300,
        attended_by=NURSE,
        signed_at=NOW,
        signed_by=NURSE,
        scope_id=ANN,
    )
    with acting(district) as session:
        session.add(visit)
        session.flush()
        session.add(an_event(visit.id))
        return visit.id


@pytest.mark.usefixtures("signed_visit")
@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE clinic_visits SET notes = 'x'", "signed_row"),
        ("UPDATE clinic_visits SET signed_at = NULL, signed_by = NULL", "signed_row"),
        ("UPDATE clinic_visits SET deleted_at = now()", "signed_row"),
        ("UPDATE visit_events SET note = 'x'", "append_only"),
        ("UPDATE visit_events SET id = gen_random_uuid()", "key_change"),
        ("DELETE FROM visit_events", "physical_delete"),
        ("DELETE FROM allergies", "physical_delete"),
        ("TRUNCATE visit_events", "physical_delete"),
    ],
)
def test_d01_d02_even_a_superuser_meets_the_triggers(district: sa.Engine, statement: str, rule: str) -> None:
    with denied(f"clinicdesk:{rule}:"), acting(district) as session:
        session.execute(sa.text(statement))


@pytest.mark.usefixtures("signed_visit")
def test_d01_d02_stamps_and_open_columns_may_change_and_retention_removes(district: sa.Engine) -> None:
    with acting(district) as session:
        session.execute(sa.update(VisitEvent).values(row_version=4, scope_id=BEN))
        session.execute(sa.update(ClinicVisit).values(co_reviewed_by=NURSE, co_reviewed_at=NOW, row_version=2))
    with acting(district, mode="RETENTION") as session:
        session.execute(sa.delete(VisitEvent))
        assert session.scalars(sa.select(VisitEvent)).all() == []


def test_concern_23_an_audit_row_is_immutable_at_the_district_too(district: sa.Engine) -> None:
    row = AuditLog(
        action=AuditAction.READ, entity_type="Student", device_id=new_id(), seq=1, occurred_at=NOW, zone="UTC",
        monotonic_ns=0, app_version="0", purpose=WritePurpose.CARE, result="DONE", prev_hash="0" * 64, hash="1" * 64,
        scope_id=DISTRICT,
    )  # fmt: skip
    with acting(district) as session:
        session.add(row)
    for statement in ("UPDATE audit_logs SET zone = 'x'", "DELETE FROM audit_logs", "TRUNCATE audit_logs"):
        with denied("clinicdesk:audit_immutable:audit_logs"), acting(district) as session:
            session.execute(sa.text(statement))
    with acting(district, mode="RETENTION") as session:
        session.execute(sa.delete(AuditLog))


def test_d44_the_district_accepts_a_movement_below_zero_and_marks_it(district: sa.Engine) -> None:
    item = InventoryItem(
        name="Ritalin", category="Medicine", reorder_level=1, reorder_quantity=1, is_controlled=True, scope_id=HILL
    )
    with acting(district) as session:
        session.add(item)
        session.flush()
        key = item.id
    for quantity, kind in (("2.5", InventoryTransactionType.PURCHASE), ("-3", InventoryTransactionType.USAGE)):
        with acting(district, ROLES.merge, device=str(new_id())) as session:
            session.add(
                InventoryTransaction(
                    inventory_item_id=key,
                    type=kind,
                    quantity=Decimal(quantity),
                    performed_by_id=NURSE,
                    occurred_at=NOW,
                    zone_offset_minutes=0,
                    scope_id=HILL,
                )
            )
    with acting(district) as session:
        balance = session.scalars(sa.select(StockBalance)).one()
        assert (balance.quantity, balance.shortfall_accepted) == (Decimal("-0.5"), True)


def test_a_schema_name_that_is_no_plain_word_is_refused() -> None:
    for name in ("", "Public", "a b", "x" * 41, 'a"; DROP SCHEMA public', "1a"):
        with pytest.raises(ValueError, match="schema name"):
            Roles(name)
