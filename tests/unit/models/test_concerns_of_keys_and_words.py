"""Faults of the catalogue's source in keys, indexes and words, each shown to be gone (concerns 2 to 42)."""

from __future__ import annotations

import enum
import inspect
from decimal import Decimal

import pytest
import sqlalchemy as sa

from clinicdesk.models import Base, enums
from clinicdesk.models.registry import references, table_of, wire_columns
from clinicdesk.models.rules import validate

WORDS = {
    name: frozenset(each) for name, each in inspect.getmembers(enums, inspect.isclass) if issubclass(each, enum.StrEnum)
}
STUDENTS = [
    "appointments",
    "appointment_waitlist",
    "clinic_visits",
    "clinical_notes",
    "follow_up_appointments",
    "growth_tracking",
    "health_screenings",
    "immunizations",
    "lab_results",
    "medical_history",
    "prescriptions",
    "treatment_plans",
    "vital_signs",
    "consent_signatures",
    "phi_disclosures",
    "sis_sync_conflicts",
    "student_drug_allergies",
]
ONCE_WITHOUT_INDEX = [
    "compliance_checklist_items",
    "compliance_reports",
    "compliance_violations",
    "consent_forms",
    "data_retention_policies",
    "phi_disclosures",
    "policy_documents",
    "push_notifications",
    "remediation_actions",
]


def targets(table: str) -> dict[str, str]:
    return {edge.column: edge.target for edge in references(table)}


def lab_problems(**values: object) -> set[tuple[str, str]]:
    found = validate("LabResults", {"flags_set_by_hand": False, "is_abnormal": False} | values)
    return {(each.field, each.problem) for each in found if each.field == "is_abnormal"}


def test_concern_02_the_retention_of_audit_rows_is_a_policy_and_nothing_beside_it() -> None:
    assert "AUDIT_LOGS" in WORDS["DataRetentionCategory"]
    assert not {name for name in table_of("audit_logs").columns.keys() if "retention" in name or "keep" in name}  # noqa: SIM118 - columns iterate as columns


@pytest.mark.parametrize("table", STUDENTS)
def test_concern_09_what_speaks_of_a_student_has_a_real_key_to_one(table: str) -> None:
    assert targets(table)["student_id"] == "students"


def test_concern_09_every_key_is_deferrable_and_starts_immediate() -> None:
    keys = [key for table in Base.metadata.tables.values() for key in table.foreign_key_constraints]
    assert len(keys) > 300
    assert {(key.deferrable, key.initially) for key in keys} == {(True, "IMMEDIATE")}


def test_concern_10_an_order_names_its_medication_and_a_statement_its_incident_by_key() -> None:
    assert targets("student_medications")["medication_id"] == "medications"
    assert targets("witness_statements")["incident_report_id"] == "incident_reports"


def test_concern_11_four_states_of_compliance_have_four_names() -> None:
    names = [
        "AnalyticsComplianceStatus",
        "ComplianceReportStatus",
        "IncidentComplianceStatus",
        "VaccinationComplianceStatus",
    ]
    assert len({WORDS[name] for name in names}) == 4
    assert "ComplianceStatus" not in WORDS


def test_concern_12_no_two_enums_mean_the_same_under_two_names() -> None:
    seen: dict[frozenset[str], list[str]] = {}
    for name, words in WORDS.items():
        seen.setdefault(words, []).append(name)
    assert [names for names in seen.values() if len(names) > 1] == []


@pytest.mark.parametrize("written", ["3.5-5.1", "3.5 – 5.1 mmol/L", "3.5 to 5.1", ">= 3.5", "-2 - 5.1"])
def test_concern_21_no_number_is_not_a_low_number(written: str) -> None:
    assert lab_problems(result_value=None, reference_range=written) == set()
    assert lab_problems(result_value=None, reference_range=written, is_abnormal=True) == {
        ("is_abnormal", "not_as_range")
    }


@pytest.mark.parametrize(
    ("value", "written", "abnormal"),
    [
        ("3.4", "3.5-5.1", True),
        ("3.5", "3.5-5.1", False),
        ("-3", "-2 to 2", True),
        ("-1.5", "-2 - -1 mmol/L", False),
        ("5", "< 5", True),
        ("5", "<= 5", False),
        ("5.1", "≤ 5 mg/dL", True),
        ("60", "> 60 mL/min", True),
        ("60", ">= 60", False),
        ("7", "see report", False),
        ("7", "5-3", False),
    ],
)
def test_concern_21_a_flag_says_what_the_range_says(value: str, written: str, abnormal: bool) -> None:
    result = {"result_value": Decimal(value), "reference_range": written}
    assert lab_problems(**result, is_abnormal=abnormal) == set()
    assert lab_problems(**result, is_abnormal=not abnormal) == {("is_abnormal", "not_as_range")}


@pytest.mark.parametrize("flag", [True, False])
def test_concern_21_a_flag_set_by_hand_stays(flag: bool) -> None:
    result = {"result_value": Decimal(4), "reference_range": "3.5-5.1"}
    assert lab_problems(**result, is_abnormal=flag, flags_set_by_hand=True) == set()


def test_concern_22_the_facts_behind_a_kind_of_health_record_stand_in_their_own_tables() -> None:
    assert {"SCREENING", "IMMUNIZATION", "LAB_RESULT"} <= WORDS["HealthRecordType"]
    for table, fact in (
        ("health_screenings", "result"),
        ("immunizations", "cvx_code"),
        ("lab_results", "result_value"),
    ):
        assert any(fact in name for name in wire_columns(table)), table
        assert not any(fact == name for name in wire_columns("health_records")), table


@pytest.mark.parametrize("table", ONCE_WITHOUT_INDEX)
def test_concern_30_indexes_stand_on_columns_that_exist(table: str) -> None:
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    declared = {str(index.name) for index in table_of(table).indexes}
    assert declared
    assert declared <= {str(index["name"]) for index in sa.inspect(engine).get_indexes(table)}
    engine.dispose()


def test_concern_32_contacts_take_their_words_from_the_one_place_for_words() -> None:
    for table, column in (("emergency_contacts", "relationship"), ("contacts", "type")):
        kind = table_of(table).c[column].type
        assert isinstance(kind, sa.Enum)
        assert kind.enum_class is not None
        assert getattr(enums, kind.enum_class.__name__) is kind.enum_class


def test_concern_42_witnesses_and_follow_ups_of_an_incident_stand_in_their_own_tables() -> None:
    assert targets("witness_statements")["incident_report_id"] == "incident_reports"
    assert targets("follow_up_actions")["incident_report_id"] == "incident_reports"
