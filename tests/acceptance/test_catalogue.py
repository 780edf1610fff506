"""Every model, column, enum word, reference, index and PHI mark of the catalogue stands in the data model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import clinicdesk.models as models
from clinicdesk.models import enums
from clinicdesk.models.base import STAMPS, Base
from clinicdesk.models.catalogue_names import SAME_WORDS, our_word
from clinicdesk.models.registry import attribute_of, column_kind, model_of, policy_of

CATALOGUE_FILE = Path(__file__).resolve().parents[3] / "shared" / "model-catalog.json"
DECISIONS_FILE = CATALOGUE_FILE.with_name("model-decisions.md")

CATALOGUE: dict[str, Any] = json.loads(CATALOGUE_FILE.read_text("utf-8"))
MODELS: dict[str, Any] = CATALOGUE["models"]
ENUMS: dict[str, list[str]] = CATALOGUE["enums"]

COLUMNS = [(name, column["name"]) for name, model in MODELS.items() for column in model["columns"]]

KINDS = {
    "uuid": {"uuid"},
    "text": {"text"},
    "integer": {"int"},
    "bigint": {"int"},
    "float": {"decimal"},
    "boolean": {"bool"},
    "date": {"date"},
    "datetime": {"instant"},
    "json": {"json"},
    "string[]": {"json"},
    "enum": {"enum"},
}

OTHER_KIND = {
    # People with an account (model-decisions, "Who"): the outside name stands in `<column>_name`.
    **dict.fromkeys(
        (
            "allergies.diagnosed_by",
            "chronic_conditions.diagnosed_by",
            "lab_results.ordered_by",
            "lab_results.performed_by",
            "lab_results.reviewed_by",
            "medication_logs.administered_by",
            "student_drug_allergies.diagnosed_by",
            "student_medications.prescribed_by",
            "sync_sessions.triggered_by",
            "vaccinations.administered_by",
            "vital_signs.measured_by",
        ),
        "uuid",
    ),
    # Keys kept as text in the source (concerns 7 and 35).
    **dict.fromkeys(
        (
            "ip_restrictions.created_by",
            "ip_restrictions.id",
            "login_attempts.id",
            "login_attempts.user_id",
            "medication_logs.id",
            "medication_logs.medication_id",
            "medication_logs.student_id",
            "security_incidents.assigned_to",
            "security_incidents.id",
            "security_incidents.user_id",
            "sessions.id",
            "sessions.user_id",
            "sync_conflicts.entity_id",
            "sync_conflicts.queue_item_id",
            "sync_queue_items.device_id",
            "sync_queue_items.entity_id",
        ),
        "uuid",
    ),
    # Free text with a fixed list (concerns 6, 15, 40 and "one enum an idea").
    **dict.fromkeys(
        (
            "appointments.recurring_frequency",
            "chronic_conditions.severity",
            "emergency_contacts.relationship",
            "follow_up_appointments.priority",
            "medication_logs.dosage_unit",
            "medication_logs.route",
            "prescriptions.route",
            "student_drug_allergies.allergy_type",
            "student_drug_allergies.severity",
            "student_medications.route",
            "threat_detections.severity",
        ),
        "enum",
    ),
    # Exact amounts (concern 6; "every quantity has its unit").
    "vaccinations.dosage_amount": "decimal",
    "inventory_transactions.quantity": "decimal",
    # A JSON array inside a text column (concern 40).
    "emergency_contacts.notification_channels": "json",
}

SEALED = {
    "audit_logs": {"changes", "previous_values", "new_values"},
    "device_tokens": {"token"},
    "integration_configs": {"api_key", "password", "authentication"},
    "mental_health_records": {
        "title",
        "session_notes",
        "assessment",
        "diagnosis",
        "diagnosis_code",
        "treatment_plan",
        "risk_factors",
        "protective_factors",
        "interventions",
        "referral_to",
        "referral_reason",
        "metadata",
    },
    "users": {"two_factor_secret"},
    "webhooks": {"secret"},
}
"""Columns that hold sealed bytes in place of their own kind (D32, concern 25)."""

MAY_BE_NULL = {
    "clinic_visits.disposition": "null while the visit is open (concern 39)",
    "emergency_broadcasts.sent_at": "null for drafts (concern 39)",
    "emergency_broadcasts.sent_by": "null for drafts (concern 39)",
    "immunizations.administered_by": "given outside",
    "maintenance_logs.performed_by_id": "an outside person by name",
    "prescriptions.prescribed_by": "an outside person by name",
    "treatment_plans.prescribed_by": "an outside person by name",
    "medication_logs.administered_by": "an outside person by name",
    "student_medications.prescribed_by": "an outside person by name",
    "vaccinations.administered_by": "an outside person by name",
    "sync_sessions.triggered_by": "the system by name",
    "students.student_number": "null while provisional or contested (D26)",
    "sync_queue_items.data": "the item as sent: null until then",
    "sync_queue_items.max_attempts": "null = never give up (D8)",
    "sync_sessions.config_id": "null for a workstation (D8)",
    "users.password": "local to each side (D5)",
}

NO_KEY = {
    "sync_conflicts.queue_item_id": "holds the mutation id (D8)",
    "sis_sync_conflicts.session_id": "is no foreign key (D8)",
}


def model_named(name: str) -> type[Base]:
    """The class, whose name may drop the suffix Entity (D8)."""
    found: type[Base] = getattr(models, name.removesuffix("Entity"))
    return found


def table_of(name: str) -> sa.Table:
    return Base.metadata.tables[MODELS[name]["table"]]


def declared(name: str, column: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in MODELS[name]["columns"] if each["name"] == column)
    return found


def column_of(name: str, column: str) -> sa.Column[Any]:
    return table_of(name).c[column]


def path(name: str, column: str) -> str:
    return f"{MODELS[name]['table']}.{column}"


def sealed(name: str, column: str) -> bool:
    return column in SEALED.get(MODELS[name]["table"], set())


def test_concern_52_the_catalogue_has_eighty_eight_models() -> None:
    assert (len(MODELS), len(CATALOGUE["categories"]), len(COLUMNS), len(CATALOGUE["concerns"])) == (88, 16, 1377, 52)


@pytest.mark.parametrize("name", MODELS)
def test_every_catalogue_model_has_a_class_on_its_table(name: str) -> None:
    assert model_of(MODELS[name]["table"]) is model_named(name)


def test_every_category_has_a_module() -> None:
    package = Path(models.__file__).parent
    missing = [each["module"] for each in CATALOGUE["categories"] if not (package / f"{each['module']}.py").exists()]
    assert missing == []


@pytest.mark.parametrize("name", MODELS)
def test_every_column_of_the_catalogue_exists_under_its_name(name: str) -> None:
    assert {each["name"] for each in MODELS[name]["columns"]} - set(table_of(name).columns.keys()) == set()


@pytest.mark.parametrize("name", MODELS)
def test_every_column_is_an_attribute_of_its_class(name: str) -> None:
    for column in table_of(name).columns:
        assert hasattr(model_named(name), attribute_of(table_of(name).name, column.name))


@pytest.mark.parametrize("name", MODELS)
def test_every_column_holds_the_kind_of_value_that_the_catalogue_says(name: str) -> None:
    wrong = {}
    for each in MODELS[name]["columns"]:
        kind = each["type"].split("(")[0]
        expected = KINDS.get(kind, {"text"} if kind == "string" else {"decimal"})
        if path(name, each["name"]) in OTHER_KIND:
            expected = {OTHER_KIND[path(name, each["name"])]}
        if sealed(name, each["name"]):
            expected = {"bytes"}
        actual = column_kind(column_of(name, each["name"]))
        if actual not in expected:
            wrong[each["name"]] = (each["type"], actual)
    assert wrong == {}


@pytest.mark.parametrize("name", MODELS)
def test_text_is_as_long_as_the_catalogue_allows(name: str) -> None:
    wrong = {}
    for each in MODELS[name]["columns"]:
        column = column_of(name, each["name"])
        if each["type"].startswith("string(") and column_kind(column) == "text":
            length = column.type.length  # type: ignore[attr-defined]  # text columns alone come here
            if length is not None and length < int(each["type"][7:-1]):
                wrong[each["name"]] = length
    assert wrong == {}


@pytest.mark.parametrize("name", MODELS)
def test_what_the_catalogue_requires_may_not_be_null(name: str) -> None:
    wrong = [
        each["name"]
        for each in MODELS[name]["columns"]
        if not each["nullable"]
        and column_of(name, each["name"]).nullable
        and each["name"] not in STAMPS
        and path(name, each["name"]) not in MAY_BE_NULL
    ]
    assert wrong == []


def test_every_exception_from_a_required_column_is_one() -> None:
    for each in MAY_BE_NULL:
        table, column = each.split(".")
        assert Base.metadata.tables[table].c[column].nullable, each


def test_concern_50_every_yes_or_no_column_is_required_and_has_a_default_where_the_catalogue_has_one() -> None:
    for name, column in COLUMNS:
        if declared(name, column)["type"] == "boolean":
            assert not column_of(name, column).nullable, path(name, column)
            if "default" in declared(name, column):
                made = column_of(name, column).default
                assert isinstance(made, sa.ColumnDefault), path(name, column)
                assert made.arg is declared(name, column)["default"], path(name, column)


@pytest.mark.parametrize("name", MODELS)
def test_the_defaults_of_the_catalogue_are_kept(name: str) -> None:
    wrong = {}
    for each in MODELS[name]["columns"]:
        default = each.get("default")
        if default in (None, "now", "uuid_v4") or path(name, each["name"]) in ("users.role", *MAY_BE_NULL):
            continue
        if sealed(name, each["name"]):
            continue
        made = column_of(name, each["name"]).default
        assert isinstance(made, sa.ColumnDefault), each["name"]
        actual = made.arg(None) if made.is_callable else made.arg
        expected = our_word(each["enum"], default) if each["type"] == "enum" else default
        if path(name, each["name"]) == "follow_up_appointments.priority":
            expected = enums.Priority.MEDIUM
        if actual != expected:
            wrong[each["name"]] = (expected, actual)
    assert wrong == {}


@pytest.mark.parametrize("enum_name", ENUMS)
def test_every_word_of_a_catalogue_enum_has_one_word_of_ours_and_shares_it_with_none(enum_name: str) -> None:
    ours = [our_word(enum_name, word) for word in ENUMS[enum_name]]
    assert len(set(ours)) == len(ours)
    assert {type(word) for word in ours} == {SAME_WORDS[enum_name]}


def test_every_enum_column_offers_all_words_of_its_catalogue_enum() -> None:
    for name, column in COLUMNS:
        enum_name = declared(name, column).get("enum") or declared(name, column).get("suggested_enum")
        if enum_name is None or column_kind(column_of(name, column)) != "enum":
            continue
        offered = set(column_of(name, column).type.enums)  # type: ignore[attr-defined]  # an enum column
        assert {our_word(enum_name, word).value for word in ENUMS[enum_name]} <= offered, path(name, column)


def test_every_reference_of_the_catalogue_is_a_deferrable_key() -> None:
    for name, column in COLUMNS:
        target = declared(name, column).get("references")
        if target is None or path(name, column) in NO_KEY:
            continue
        keys = column_of(name, column).foreign_keys
        assert {key.target_fullname for key in keys} == {target}, path(name, column)
        assert all(key.deferrable and key.initially == "IMMEDIATE" for key in keys), path(name, column)


def _indexed_from(table: sa.Table) -> list[tuple[str, ...]]:
    every_row = [index for index in table.indexes if index.dialect_kwargs.get("postgresql_where") is None]
    return [tuple(column.name for column in index.columns) for index in every_row]


def test_every_reference_of_the_catalogue_is_indexed_except_the_stamps() -> None:
    for name, column in COLUMNS:
        if "references" in declared(name, column) and column not in STAMPS | {"deleted_by"}:
            starts = {columns[0] for columns in _indexed_from(table_of(name))}
            assert column in starts, path(name, column)


@pytest.mark.parametrize("name", MODELS)
def test_concern_31_every_index_of_the_catalogue_exists_once(name: str) -> None:
    table = table_of(name)
    present = [tuple(column.name for column in index.columns) for index in table.indexes]
    for wanted in MODELS[name].get("indexes", []):
        if MODELS[name]["table"] == "audit_logs" and wanted == ["changes"]:
            continue  # sealed: cannot be searched (D32)
        assert any(columns[: len(wanted)] == tuple(wanted) for columns in present), wanted
    plain = _indexed_from(table)
    doubled = [one for one in plain for other in plain if one != other and other[: len(one)] == one]
    assert doubled == []
    assert len(set(plain)) == len(plain)


def test_concern_34_every_unique_key_of_the_catalogue_holds_on_live_rows() -> None:
    for name, model in MODELS.items():
        wanted = [[each["name"]] for each in model["columns"] if each.get("unique")] + model.get("unique", [])
        unique = {
            tuple(column.name for column in index.columns): index for index in table_of(name).indexes if index.unique
        }
        for columns in wanted:
            if model["table"] == "consent_signatures":
                continue  # many rows per form and student (concern 1)
            if columns == ["key"]:
                assert ("key", "scope", "applies_to_id") in unique  # concern 48
                continue
            assert tuple(columns) in unique, (name, columns)
            if "deleted_at" in table_of(name).columns:
                where = str(unique[tuple(columns)].dialect_kwargs["postgresql_where"])
                assert "deleted_at IS NULL" in where, (name, columns)


def test_every_phi_mark_of_the_catalogue_is_kept_in_the_code_and_in_the_database() -> None:
    for name, column in COLUMNS:
        marked = bool(column_of(name, column).info.get("phi"))
        if declared(name, column).get("phi"):
            assert marked, path(name, column)
        assert (column_of(name, column).comment == "PHI") == marked, path(name, column)


def test_what_the_catalogue_soft_deletes_can_be_soft_deleted() -> None:
    for name, model in MODELS.items():
        if model["soft_delete"]:
            assert "deleted_at" in table_of(name).columns


def _classes_of_the_decisions() -> dict[str, str]:
    """Class by model, read from the table of `model-decisions.md`."""
    text = DECISIONS_FILE.read_text("utf-8")
    rows = text.split("## Sync class and scope")[1].split("## Which of two homes")[0].splitlines()
    words = ("two_way", "sealed", "append_only", "upload_only", "district", "local")
    found: dict[str, str] = {}
    for row in rows:
        if not row.startswith("| ") or row.startswith(("| Category", "|---")):
            continue
        for part in row.split("|")[2].split("·"):
            named: list[str] = []
            for piece in part.replace("/", " / ").split():
                word = piece.strip(",;()")
                if word in words:
                    found |= dict.fromkeys(named, word)
                    named = []
                elif word.removesuffix("Entity") in dir(models) and word[0].isupper():
                    named.append(word)
    return found


def test_every_model_has_the_sync_class_that_was_decided() -> None:
    decided = _classes_of_the_decisions()
    assert {name.removesuffix("Entity") for name in MODELS} - set(decided) == set()
    actual = {name: policy_of(model_named(name).__tablename__).kind.value for name in decided}
    assert actual == decided
