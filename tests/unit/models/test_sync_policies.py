"""What every table declares about sync: class, scope, groups, marks; and that the declarations fit each other."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from tests.support.rule_examples import broken

import clinicdesk.models as models
from clinicdesk.domain.validation import AnyGiven, RequiredWhen, Rule, Unequal
from clinicdesk.models import Base
from clinicdesk.models.base import STAMPS, LocalRow, SoftDeleted, Syncable, declared_rules
from clinicdesk.models.enums import SyncEntityType
from clinicdesk.models.mixins import Signable, Superseding
from clinicdesk.models.policy import Anchor, ScopePath, SyncClass
from clinicdesk.models.registry import (
    Reference,
    anchor_of,
    authority_columns,
    column_kinds,
    entity_type_of,
    entity_types,
    local_columns,
    merge_groups,
    model_of,
    own_anchor_sources,
    phi_columns,
    policy_of,
    references,
    referring,
    safety_columns,
    sealed_columns,
    synced_models,
    synced_tables,
    table_name,
    table_of,
    tables_for_side,
    tables_in_key_order,
    unique_keys,
    wire_columns,
)

TABLES = sorted(Base.metadata.tables)
SYNCED = sorted(synced_tables())
EDGES = [edge for table in SYNCED for edge in references(table)]


def test_everything_exported_is_a_model_with_a_table() -> None:
    exported = {getattr(models, name) for name in models.__all__} - {Base}
    assert {model.__tablename__ for model in exported} == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_every_model_declares_how_it_takes_part_in_sync(table: str) -> None:
    policy = policy_of(table)
    assert (policy.kind is SyncClass.LOCAL) == (not issubclass(model_of(table), Syncable))


@pytest.mark.parametrize("table", SYNCED)
def test_every_scope_path_leads_to_an_anchor(table: str) -> None:
    path: ScopePath | None = policy_of(table).scope
    while path is not None:
        if path.column is not None:
            column = table_of(table).c[path.column]
            expected = {
                Anchor.STUDENT: {"students"},
                Anchor.SCHOOL: {"schools"},
                Anchor.PARENT: {edge.target for edge in references(table) if edge.column == path.column},
                Anchor.OWN: set(),
            }[path.anchor]
            targets = {key.column.table.name for key in column.foreign_keys}
            assert targets == expected or column.primary_key
        if path.fallback is None and path.column is not None and not table_of(table).c[path.column].primary_key:
            assert not table_of(table).c[path.column].nullable, "a row without an anchor would have no scope"
        path = path.fallback
    assert anchor_of(table)


def _contains(edge: Reference) -> bool:
    """Whether the scope of the parent holds that of the child by what the tables declare (D11)."""
    child, parent = anchor_of(edge.table), anchor_of(edge.target)
    if parent[0] is Anchor.DISTRICT or edge.target == "schools":
        return True
    if parent[0] is Anchor.OWN:
        return child[0] is Anchor.STUDENT or edge in own_anchor_sources()
    return child[0] is parent[0]


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: f"{edge.table}.{edge.column}")
def test_d11_the_parent_s_scope_holds_the_child_s_or_the_key_says_otherwise(edge: Reference) -> None:
    child, parent = policy_of(edge.table).kind, policy_of(edge.target).kind
    assert parent is not SyncClass.LOCAL
    if child is SyncClass.UPLOAD_ONLY:
        return  # never pulled: the district has every parent
    assert parent is not SyncClass.UPLOAD_ONLY, "a parent that is never pulled"
    assert _contains(edge) != edge.cross_scope


GUARDED = {"student_id", "school_id"}

WITHOUT_GUARD = {
    "sync_conflicts": "carries the values of a row, and so stands where that row stands",
    "signatures": "names a student where its row does",
    "source_links": "names a student where its row does",
    "controlled_counts": "its one mark is the key of an incident, which tells nothing",
}


@pytest.mark.parametrize("table", SYNCED)
def test_d10_no_row_about_a_patient_can_fall_to_the_whole_district(table: str) -> None:
    free_text = {"delete_reason", "amendment_reason", "correction_reason"}
    if anchor_of(table)[-1] is not Anchor.DISTRICT or not phi_columns(table) - free_text or table in WITHOUT_GUARD:
        return
    target = table
    while policy_of(target).scope.anchor is Anchor.PARENT:
        column = policy_of(target).scope.column
        target = next(edge.target for edge in references(target) if edge.column == column)
    required = any(not column.nullable for column in table_of(target).columns if column.name in GUARDED)
    ruled = any(
        (isinstance(rule, AnyGiven) and set(rule.fields) <= GUARDED)
        or (isinstance(rule, RequiredWhen) and rule.field in GUARDED)
        for rule in declared_rules(model_of(target))
    )
    assert required or ruled


def test_d11_every_key_is_deferrable_and_checked_at_once_by_default() -> None:
    for table in TABLES:
        for constraint in table_of(table).foreign_key_constraints:
            assert (constraint.deferrable, constraint.initially) == (True, "IMMEDIATE"), constraint.name


def test_every_key_but_the_stamps_is_indexed() -> None:
    for table in TABLES:
        every_row = [each for each in table_of(table).indexes if each.dialect_kwargs["postgresql_where"] is None]
        starts = {next(iter(index.columns)).name for index in every_row}
        starts |= {next(iter(table_of(table).primary_key.columns)).name}
        for edge in references(table):
            assert edge.column in starts, f"{table}.{edge.column}"


def test_key_order_puts_parents_first() -> None:
    order = {table: place for place, table in enumerate(tables_in_key_order())}
    assert set(order) == set(TABLES)
    late = [edge for table in TABLES for edge in references(table) if order[edge.target] > order[table]]
    assert late == []


def test_referring_lists_the_keys_that_point_to_a_table() -> None:
    found = {(edge.table, edge.column) for edge in referring("clinic_visits")}
    assert {("clinical_notes", "visit_id"), ("clinic_visits", "amends_id"), ("visit_events", "visit_id")} <= found
    assert ("clinic_visits", "created_by") not in {(edge.table, edge.column) for edge in referring("users")}


@pytest.mark.parametrize("table", SYNCED)
def test_d04_stamps_derived_and_local_columns_never_travel(table: str) -> None:
    travelling = set(wire_columns(table))
    assert not travelling & (STAMPS | {"id"})
    assert not travelling & local_columns(table)
    assert not any(table_of(table).c[name].info.get("derived") for name in travelling)
    assert travelling


def test_d05_secrets_and_device_columns_of_users_stay_on_their_side() -> None:
    assert local_columns("users") == {
        "email_verification_expires",
        "email_verification_token",
        "failed_login_attempts",
        "last_login",
        "last_password_change",
        "lockout_until",
        "must_change_password",
        "password",
        "password_changed_at",
        "password_reset_expires",
        "password_reset_token",
        "two_factor_enabled",
        "two_factor_secret",
    }


def test_d05_roster_columns_of_students_belong_to_the_district() -> None:
    assert {
        "student_number",
        "first_name",
        "last_name",
        "date_of_birth",
        "grade",
        "school_id",
        "merged_into_id",
    } <= authority_columns("students")
    assert not authority_columns("students") & {"nurse_id", "preferred_name", "language", "photo"}


@pytest.mark.parametrize("table", TABLES)
def test_d20_every_column_has_a_canonical_kind_and_none_is_a_float(table: str) -> None:
    assert set(column_kinds(table)) == set(table_of(table).columns.keys())
    assert not any(isinstance(column.type, sa.Float) for column in table_of(table).columns)


@pytest.mark.parametrize("table", SYNCED)
def test_d01_append_only_rows_supersede_and_are_never_deleted(table: str) -> None:
    append_only = policy_of(table).kind is SyncClass.APPEND_ONLY
    assert issubclass(model_of(table), Superseding) == append_only
    if append_only:
        assert not issubclass(model_of(table), SoftDeleted)


@pytest.mark.parametrize("table", SYNCED)
def test_d02_sealed_rows_name_what_seals_them_and_what_stays_open(table: str) -> None:
    policy = policy_of(table)
    assert (policy.kind is SyncClass.SEALED) == issubclass(model_of(table), Signable)
    assert (policy.signed_when is not None) == (policy.kind is SyncClass.SEALED)
    assert policy.after_sign <= set(table_of(table).columns.keys())
    if policy.signed_when is not None:
        assert table_of(table).c[policy.signed_when].nullable
        assert policy.signed_when not in policy.after_sign


@pytest.mark.parametrize("table", SYNCED)
def test_d02_no_merge_group_is_half_open_after_signing(table: str) -> None:
    travelling_open = policy_of(table).after_sign & set(wire_columns(table))
    for names in merge_groups(table).values():
        assert names <= travelling_open or not names & travelling_open


def _fields(rule: Rule, table: str) -> set[str]:
    return set(broken(rule, table)) & set(wire_columns(table))


ACROSS_THE_SEAL = {
    ("clinic_visits", "disposition_when_signed"),
    ("emergency_broadcasts", "expires_at_after_sent_at"),
    ("incident_reports", "parent_notified_at_after_occurred_at"),
    ("lab_results", "reviewed_date_after_result_date"),
    ("prescriptions", "quantity_filled_not_above_quantity"),
    ("prescriptions", "refills_used_not_above_refills_authorized"),
    ("student_medications", "activated_at_when_active"),
    ("student_medications", "times_of_day_not_empty_when_scheduled"),
}
"""Rules between columns that signing freezes and columns that stay open, or the signing itself."""


@pytest.mark.parametrize("table", SYNCED)
def test_d02_what_one_rule_binds_merges_as_one_group_so_that_clean_merges_keep_the_rules(table: str) -> None:
    if policy_of(table).kind in {SyncClass.APPEND_ONLY, SyncClass.UPLOAD_ONLY}:
        return  # inserted whole
    columns = table_of(table).c
    for rule in declared_rules(model_of(table)):
        if isinstance(rule, Unequal) or (table, rule.name) in ACROSS_THE_SEAL:
            continue
        groups = {columns[name].info.get("merge_group", name) for name in _fields(rule, table)}
        assert len(groups) <= 1, rule.name


@pytest.mark.parametrize("table", SYNCED)
def test_d03_a_table_that_changes_can_be_deleted_and_restored(table: str) -> None:
    changes = policy_of(table).kind in {SyncClass.TWO_WAY, SyncClass.SEALED, SyncClass.DISTRICT}
    assert issubclass(model_of(table), SoftDeleted) == changes
    if changes:
        assert merge_groups(table)["delete"] == {"deleted_at", "deleted_by", "delete_reason"}


@pytest.mark.parametrize("table", SYNCED)
def test_a_merge_group_has_more_than_one_column(table: str) -> None:
    assert [group for group, names in merge_groups(table).items() if len(names) < 2] == []


def test_scenario_36_what_only_makes_sense_together_is_one_merge_group() -> None:
    assert merge_groups("vital_signs")["blood_pressure"] == {"blood_pressure_systolic", "blood_pressure_diastolic"}
    assert {"dose_amount", "dose_unit", "route", "strength_amount", "form_count"} <= merge_groups(
        "student_medications"
    )["dose"]
    assert merge_groups("student_medications")["dates"] == {"start_date", "end_date"}


def test_d22_safety_columns_of_orders_and_allergies_are_marked() -> None:
    of_orders = safety_columns("student_medications")
    assert {"medication_id", "dose_amount", "dose_unit", "route", "times_of_day"} <= of_orders
    assert {"start_date", "end_date", "status"} <= of_orders
    assert {"allergen", "allergy_type", "severity", "active"} <= safety_columns("allergies")
    assert {"drug_id", "reaction", "severity"} <= safety_columns("student_drug_allergies")
    assert {"restrictions", "status"} <= safety_columns("chronic_conditions")
    for table in ("allergies", "chronic_conditions", "student_medications", "student_drug_allergies"):
        assert policy_of(table).safety


@pytest.mark.parametrize("table", TABLES)
def test_d32_sealed_columns_hold_bytes_and_are_marked(table: str) -> None:
    kinds = column_kinds(table)
    assert all(kinds[name] == "bytes" for name in sealed_columns(table))


def test_every_synced_model_has_its_entity_type_and_no_other_exists() -> None:
    assert {entity_type_of(table) for table in SYNCED} == set(SyncEntityType)
    assert entity_types()[SyncEntityType.SIS_SYNC_CONFLICT] == "sis_sync_conflicts"
    assert [table_name(model) for model in synced_models()] == [
        table for table in tables_in_key_order() if table in SYNCED
    ]


def test_bookkeeping_stands_on_its_own_side_only() -> None:
    desk, district = set(tables_for_side("desk")), set(tables_for_side("district"))
    assert desk | district == set(TABLES)
    assert set(SYNCED) <= desk & district
    assert {"work_context", "sync_rows", "dose_slots", "drafts"} <= desk - district
    assert {"change_log", "sync_receipts", "devices", "server_state"} <= district - desk
    for side, tables in (("desk", desk), ("district", district)):
        outside = [edge for table in tables for edge in references(table) if edge.target not in tables]
        assert outside == [], side


def test_rows_of_the_device_alone_have_no_stamps_of_the_district() -> None:
    for table in TABLES:
        if issubclass(model_of(table), LocalRow):
            assert not {"row_version", "scope_id"} & set(table_of(table).columns.keys())


def test_contacts_take_their_scope_from_the_students_that_refer_to_them() -> None:
    assert ("emergency_contacts", "contact_id") in {(edge.table, edge.column) for edge in own_anchor_sources()}


def test_unique_rules_are_known_by_their_columns() -> None:
    assert ("student_number",) in unique_keys("students")
    assert ("order_root_id", "slot_key", "device_id", "revision") in unique_keys("medication_logs")


def test_constraint_names_are_distinct_and_short_enough_for_postgresql() -> None:
    for table in TABLES:
        names = [str(constraint.name) for constraint in table_of(table).constraints]
        assert len(set(names)) == len(names), table
    indexes = [index.name for table in TABLES for index in table_of(table).indexes]
    assert len(set(indexes)) == len(indexes)
