"""The faults that the catalogue's source had, each shown to be gone where that is a rule (concerns 1 to 52)."""

from __future__ import annotations

import datetime as dt
import enum
import inspect
import re
import uuid
from collections.abc import Iterator
from decimal import Decimal

import pytest
import sqlalchemy as sa
from tests.support.rule_examples import NOON, sample

from clinicdesk.core.identifiers import new_id
from clinicdesk.models import Base, enums
from clinicdesk.models.base import STAMPS, Syncable
from clinicdesk.models.named_rows import NAMED_ROWS
from clinicdesk.models.policy import SyncClass
from clinicdesk.models.registry import (
    anchor_of,
    column_kinds,
    model_of,
    policy_of,
    references,
    sealed_columns,
    synced_tables,
    table_of,
    unique_keys,
    wire_columns,
)
from clinicdesk.models.rules import validate

TABLES = sorted(Base.metadata.tables)
ENUMS = [each for _, each in inspect.getmembers(enums, inspect.isclass) if issubclass(each, enum.StrEnum)]
UCUM = (enums.Unit, enums.GlucoseUnit, enums.HeightUnit, enums.WeightUnit, enums.TemperatureUnit)


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    """A database in memory without foreign keys switched on: these tests are about one table each."""
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def put(connection: sa.Connection, name: str, **given: object) -> uuid.UUID:
    """Insert a row whose required columns hold samples, where the test does not say otherwise."""
    needed = {
        column.name: sample(name, column.name)
        for column in table_of(name).columns
        if not column.nullable and column.default is None
    }
    stamps = {"created_at", "updated_at"} & set(table_of(name).columns.keys())
    row = needed | dict.fromkeys(stamps, NOON) | {"id": new_id()} | given
    connection.execute(sa.insert(table_of(name)).values(row))
    return uuid.UUID(str(row["id"]))


def problems(model_name: str, **values: object) -> set[tuple[str, str]]:
    return {(each.field, each.problem) for each in validate(model_name, values)}


def targets(table: str) -> dict[str, str]:
    return {edge.column: edge.target for edge in references(table)}


def test_concern_01_a_second_guardian_may_sign_the_same_form_for_the_same_student(connection: sa.Connection) -> None:
    both = {"consent_form_id": new_id(), "student_id": new_id(), "text_hash": "a" * 64}
    put(connection, "consent_signatures", signed_by="Ada Example", **both)
    put(connection, "consent_signatures", signed_by="Ben Example", **both)
    assert {"form_version", "text_hash", "signer_contact_id", "capacity", "method"} <= set(
        wire_columns("consent_signatures")
    )


def test_concern_01_a_withdrawal_is_a_later_row_that_names_who_and_when() -> None:
    found = problems("ConsentSignature", decision="WITHDRAWN", entry_kind="CORRECTION", revision=2)
    assert {("withdrawn_at", "missing"), ("withdrawn_by", "missing"), ("supersedes_id", "missing")} <= found


def test_concern_03_every_table_has_its_time_stamps_once() -> None:
    for table in TABLES:
        names = [column.name for column in table_of(table).columns]
        assert not {"createdAt", "updatedAt"} & set(names)


def test_concern_04_doses_given_here_and_doses_reported_have_two_homes() -> None:
    assert "source" in wire_columns("immunizations")
    assert "source" not in wire_columns("vaccinations")
    assert not table_of("immunizations").c["source"].nullable


def test_concern_05_companies_are_keys_and_their_copied_names_never_travel() -> None:
    assert targets("inventory_items")["supplier_id"] == "suppliers"
    assert targets("maintenance_logs")["vendor_id"] == "vendors"
    assert targets("suppliers")["vendor_id"] == "vendors"
    assert "supplier" not in wire_columns("inventory_items")
    assert "vendor" not in wire_columns("maintenance_logs")


def test_concern_06_ordered_and_given_doses_are_exact_amounts_in_the_same_units() -> None:
    amounts = {"student_medications": "dose_amount", "medication_logs": "dosage", "prescriptions": "dose_amount"}
    units = {"student_medications": "dose_unit", "medication_logs": "dosage_unit", "prescriptions": "dose_unit"}
    for table in amounts:
        assert column_kinds(table)[amounts[table]] == "decimal"
        unit_type = table_of(table).c[units[table]].type
        assert isinstance(unit_type, sa.Enum)
        assert unit_type.enum_class is enums.Unit


def test_concern_07_a_dose_points_to_its_order_by_a_real_key() -> None:
    assert {targets("medication_logs")[name] for name in ("student_id", "medication_id", "student_medication_id")} == {
        "students",
        "medications",
        "student_medications",
    }


def test_concern_08_a_dose_has_witness_stock_and_count() -> None:
    travelling = set(wire_columns("medication_logs"))
    assert {"witnessed_by", "witness_signature_id", "lot_id", "stock_transaction_id"} <= travelling
    assert {"counted", "expected_count", "count_is_estimate"} <= travelling
    person = new_id()
    assert ("witnessed_by", "same_as") in problems("MedicationLog", administered_by=person, witnessed_by=person)


def test_concern_13_every_word_is_upper_snake_case_and_units_are_ucum_codes() -> None:
    for each in ENUMS:
        if each not in UCUM:
            assert [word.value for word in each if not re.fullmatch(r"[A-Z][A-Z0-9_]*", word.value)] == []
            assert [word.name for word in each] == [word.value for word in each]


def test_concern_14_there_is_one_priority() -> None:
    assert [each.__name__ for each in ENUMS if "Priority" in each.__name__] == ["ContactPriority", "Priority"]


def test_concern_15_every_severity_has_a_fixed_list() -> None:
    for table in TABLES:
        for column in table_of(table).columns:
            if column.name == "severity":
                assert isinstance(column.type, sa.Enum), table


def test_concern_16_a_drug_allergy_and_a_history_entry_of_type_allergy_point_to_the_allergy() -> None:
    assert not table_of("student_drug_allergies").c["allergy_id"].nullable
    assert ("allergy_id", "missing") in problems("MedicalHistory", record_type="ALLERGY", is_active=True)


def test_concern_17_a_history_entry_can_name_the_condition_it_speaks_of() -> None:
    assert targets("medical_history")["chronic_condition_id"] == "chronic_conditions"


def test_concern_18_an_order_leads_to_the_reference_drug() -> None:
    assert targets("student_medications")["prescription_id"] == "prescriptions"
    assert targets("student_medications")["medication_id"] == "medications"
    assert targets("medications")["drug_catalog_id"] == "drug_catalog"
    assert targets("prescriptions")["drug_catalog_id"] == "drug_catalog"


def test_concern_19_body_mass_and_percentiles_are_derived_everywhere() -> None:
    for table in ("growth_tracking", "vital_signs"):
        assert not {name for name in wire_columns(table) if name == "bmi" or name.startswith("percentile")}
    assert targets("growth_tracking")["vital_signs_id"] == "vital_signs"


def test_concern_20_a_temperature_has_its_own_unit() -> None:
    assert ("temperature_unit", "missing") in problems("VitalSigns", temperature=Decimal("37.2"), temperature_unit=None)
    assert {unit.value for unit in enums.TemperatureUnit} == {"[degF]", "Cel"}


def test_concern_24_a_new_account_is_a_viewer() -> None:
    default = table_of("users").c["role"].default
    assert isinstance(default, sa.ColumnDefault)
    assert default.arg is enums.UserRole.VIEWER


def test_concern_25_secrets_are_sealed_or_local() -> None:
    assert {"api_key", "password", "authentication"} <= sealed_columns("integration_configs")
    assert {"secret"} <= sealed_columns("webhooks")
    assert {"token"} <= sealed_columns("device_tokens")
    assert {"two_factor_secret"} <= sealed_columns("users")
    assert policy_of("sessions").kind is SyncClass.LOCAL


def test_concern_26_the_two_times_of_one_password_change_are_the_same() -> None:
    later = NOON + dt.timedelta(seconds=1)
    assert ("last_password_change", "missing") in problems("User", password_changed_at=NOON)
    assert ("password_changed_at", "wrong_order") in problems(
        "User", password_changed_at=NOON, last_password_change=later
    )


def test_concern_27_no_moment_has_a_default_fixed_at_program_start() -> None:
    for table in TABLES:
        for column in table_of(table).columns:
            if column.default is not None and column_kinds(table)[column.name] in {"instant", "date"}:
                assert column.name in STAMPS, f"{table}.{column.name}"
                assert column.default.is_callable


def test_concern_28_every_synced_row_has_its_time_of_entry() -> None:
    for table in synced_tables():
        assert not table_of(table).c["created_at"].nullable
        assert not table_of(table).c["updated_at"].nullable


def test_concern_29_every_name_is_snake_case() -> None:
    for table in TABLES:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", table)
        names = [column.name for column in table_of(table).columns]
        assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []


def test_concern_33_every_table_that_changes_can_be_restored_after_a_delete() -> None:
    for table in synced_tables():
        if policy_of(table).kind in {SyncClass.TWO_WAY, SyncClass.SEALED, SyncClass.DISTRICT}:
            assert {"deleted_at", "deleted_by", "delete_reason"} <= set(wire_columns(table))


def test_concern_34_a_deleted_student_does_not_block_the_number(connection: sa.Connection) -> None:
    put(connection, "students", student_number="1001", deleted_at=NOON)
    put(connection, "students", student_number="1001")
    with pytest.raises(sa.exc.IntegrityError, match="UNIQUE"):
        put(connection, "students", student_number="1001")


def test_concern_35_all_keys_are_uuids() -> None:
    for table in synced_tables():
        assert column_kinds(table)["id"] == "uuid"
        assert {column_kinds(table)[edge.column] for edge in references(table)} <= {"uuid"}


def test_concern_36_whoever_may_be_an_outside_person_stands_by_key_or_by_name() -> None:
    for model_name, column in (
        ("LabResults", "ordered_by"),
        ("MedicationLog", "administered_by"),
        ("Prescription", "prescribed_by"),
        ("StudentMedication", "prescribed_by"),
        ("TreatmentPlan", "prescribed_by"),
        ("Vaccination", "administered_by"),
        ("VitalSigns", "measured_by"),
    ):
        assert (column, "missing") in problems(model_name)
        assert (column, "missing") not in problems(model_name, **{f"{column}_name": "Dr. Example"})


def test_concern_37_a_key_of_many_tables_names_one_of_them() -> None:
    for each in NAMED_ROWS:
        assert {each.key, each.kind} <= set(table_of(each.table).columns.keys())
        assert set(each.tables.values()) <= set(TABLES)
    of_conflict = next(each for each in NAMED_ROWS if each.table == "sync_conflicts")
    assert of_conflict.target({"entity_id": new_id(), "entity_type": "CLINIC_VISIT"}) == "clinic_visits"
    of_signature = next(each for each in NAMED_ROWS if each.table == "signatures")
    assert of_signature.target({"row_id": new_id(), "table_name": "clinic_visits"}) == "clinic_visits"
    with pytest.raises(KeyError):
        of_signature.target({"row_id": new_id(), "table_name": "dragons"})
    of_audit = next(each for each in NAMED_ROWS if each.table == "audit_logs")
    assert of_audit.target({"entity_id": new_id(), "entity_type": "ClinicVisit"}) == "clinic_visits"
    of_setting = next(each for each in NAMED_ROWS if each.table == "system_configurations")
    assert of_setting.target({"applies_to_id": None, "scope": "SYSTEM"}) is None


def test_concern_38_therapists_and_psychiatrists_are_contacts() -> None:
    assert targets("mental_health_records")["therapist_id"] == "contacts"
    assert targets("mental_health_records")["psychiatrist_id"] == "contacts"


def test_concern_39_an_open_visit_has_no_disposition_and_a_closed_one_needs_it() -> None:
    assert ("disposition", "missing") not in problems("ClinicVisit", check_in_time=NOON)
    assert ("disposition", "missing") in problems("ClinicVisit", check_in_time=NOON, check_out_time=NOON)
    assert ("sent_at", "missing") not in problems("EmergencyBroadcast", status="DRAFT")
    assert ("sent_at", "missing") in problems("EmergencyBroadcast", status="SENT")


def test_concern_40_channels_are_a_list_and_the_relationship_has_fixed_words() -> None:
    assert column_kinds("emergency_contacts")["notification_channels"] == "json"
    assert ("relationship", "not_a_choice") in problems("EmergencyContact", relationship="best friend")


def test_concern_41_what_goes_out_is_negative_and_totals_add_up() -> None:
    given = {"entry_kind": "ORIGINAL", "revision": 1}
    assert ("quantity", "wrong_sign") in problems("InventoryTransaction", type="USAGE", quantity=Decimal(1), **given)
    assert ("quantity", "wrong_sign") in problems("InventoryTransaction", type="RECEIPT", quantity=Decimal(-1), **given)
    assert ("quantity_received", "above_limit") in problems("PurchaseOrderItem", quantity=2, quantity_received=3)


def test_concern_41_m09_a_controlled_balance_stays_above_zero_unless_a_dose_was_really_given(
    connection: sa.Connection,
) -> None:
    short = {"is_controlled": True, "quantity": Decimal(-1)}
    put(connection, "stock_balances", shortfall_accepted=True, lot_id=new_id(), **short)
    with pytest.raises(sa.exc.IntegrityError, match="quantity_not_negative"):
        put(connection, "stock_balances", lot_id=new_id(), **short)


def test_concern_43_a_detection_may_open_an_incident_and_a_contact_is_one_person_in_many_roles() -> None:
    assert targets("threat_detections")["security_incident_id"] == "security_incidents"
    assert targets("emergency_contacts")["contact_id"] == "contacts"
    assert not table_of("emergency_contacts").c["contact_id"].nullable


def test_concern_44_a_disclosure_on_an_authorization_has_one() -> None:
    assert ("authorization_obtained", "authorization_basis_has_one") in problems(
        "PhiDisclosure", disclosure_type="AUTHORIZATION", authorization_obtained=False
    )


def test_concern_45_a_pair_of_drugs_stands_once_and_never_of_one_drug(connection: sa.Connection) -> None:
    first, second = sorted([new_id(), new_id()])
    put(connection, "drug_interactions", drug1_id=first, drug2_id=second)
    for pair in ((first, second), (second, first), (first, first)):
        with pytest.raises(sa.exc.IntegrityError):
            put(connection, "drug_interactions", drug1_id=pair[0], drug2_id=pair[1])


def test_concern_46_who_completed_a_training_is_on_record() -> None:
    assert targets("training_completions")["user_id"] == "users"
    assert targets("training_completions")["training_module_id"] == "training_modules"
    assert "completion_count" not in wire_columns("training_modules")


def test_concern_47_impossible_dates_and_amounts_are_refused() -> None:
    yesterday = NOON - dt.timedelta(days=1)
    assert ("check_out_time", "wrong_order") in problems("ClinicVisit", check_in_time=NOON, check_out_time=yesterday)
    assert ("refills_used", "above_limit") in problems("Prescription", refills_authorized=1, refills_used=2)
    assert ("gpa", "out_of_range") in problems("AcademicTranscript", gpa=Decimal("4.01"))
    assert ("amount", "too_low") in problems("BudgetTransaction", amount=Decimal(0))


def test_concern_48_a_school_overrides_the_district_and_the_default(connection: sa.Connection) -> None:
    put(connection, "system_configurations", key="round.window", scope="SYSTEM")
    put(connection, "system_configurations", key="round.window", scope="DISTRICT")
    school = new_id()
    put(connection, "system_configurations", key="round.window", scope="SCHOOL", applies_to_id=school)
    for scope, whose in (("SYSTEM", None), ("DISTRICT", None), ("SCHOOL", school)):
        with pytest.raises(sa.exc.IntegrityError):
            put(connection, "system_configurations", key="round.window", scope=scope, applies_to_id=whose)


def test_concern_49_every_synced_row_leads_to_a_student_a_school_the_district_or_a_device() -> None:
    for table in synced_tables():
        assert issubclass(model_of(table), Syncable)
        assert anchor_of(table)
        assert "scope_id" in table_of(table).columns


def test_concern_51_both_drug_codes_are_unique_on_live_rows() -> None:
    assert {("rxnorm_code",), ("rxnorm_id",)} <= set(unique_keys("drug_catalog"))
