"""Rules of the district's database: roles, row security and the triggers that keep rows as they were (D1, D2, D12)."""

# ruff: noqa: S608 - names of tables and columns come from the models, never from input

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from clinicdesk.models.policy import SyncClass
from clinicdesk.storage.engine import RULE_PREFIX
from clinicdesk.storage.shape import Shape, shapes

SCOPES_SETTING: Final = "clinicdesk.scopes"
DEVICE_SETTING: Final = "clinicdesk.device"
MODE_SETTING: Final = "clinicdesk.mode"
ALL_SCOPES: Final = "ALL"
SCHEMA_MARK: Final = "{schema}"
"""Stands for the schema's name in the statements below: role names carry the district."""

_SCHEMA_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

# A null list of scopes matches nothing: without the setting no row is seen.
_IN_SCOPE = (
    f"current_setting('{SCOPES_SETTING}', true) = '{ALL_SCOPES}' OR scope_id IN (SELECT m.anchor_id"
    " FROM scope_members m WHERE m.scope_id = ANY (string_to_array("
    f"nullif(current_setting('{SCOPES_SETTING}', true), '{ALL_SCOPES}'), ',')::uuid[]))"
)
_NAMED_DEVICE = f"coalesce(current_setting('{DEVICE_SETTING}', true), '') <> ''"
_RETENTION = f"coalesce(current_setting('{MODE_SETTING}', true), '') = 'RETENTION'"

REFUSE_FUNCTION: Final = f"""\
CREATE FUNCTION clinicdesk_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{RULE_PREFIX}%:%', TG_ARGV[0], TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$"""


BALANCE_FUNCTION: Final = """\
CREATE FUNCTION clinicdesk_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  controlled boolean := NEW.is_controlled
    OR coalesce((SELECT i.is_controlled FROM inventory_items i WHERE i.id = NEW.inventory_item_id), false);
BEGIN
  IF NEW.lot_id IS NULL THEN
    INSERT INTO stock_balances AS b (id, inventory_item_id, location, school_id, quantity, unit, is_controlled,
        shortfall_accepted, updated_at)
      VALUES (gen_random_uuid(), NEW.inventory_item_id, NEW.location, NEW.school_id, NEW.quantity, NEW.unit,
        controlled, controlled AND NEW.quantity < 0, now())
      ON CONFLICT (inventory_item_id, location) WHERE lot_id IS NULL DO UPDATE
      SET quantity = b.quantity + EXCLUDED.quantity, updated_at = EXCLUDED.updated_at,
        shortfall_accepted = b.shortfall_accepted OR (b.is_controlled AND b.quantity + EXCLUDED.quantity < 0);
  ELSE
    INSERT INTO stock_balances AS b (id, inventory_item_id, lot_id, location, school_id, quantity, unit, is_controlled,
        shortfall_accepted, updated_at)
      VALUES (gen_random_uuid(), NEW.inventory_item_id, NEW.lot_id, NEW.location, NEW.school_id, NEW.quantity, NEW.unit,
        controlled, controlled AND NEW.quantity < 0, now())
      ON CONFLICT (inventory_item_id, lot_id, location) WHERE lot_id IS NOT NULL DO UPDATE
      SET quantity = b.quantity + EXCLUDED.quantity, updated_at = EXCLUDED.updated_at,
        shortfall_accepted = b.shortfall_accepted OR (b.is_controlled AND b.quantity + EXCLUDED.quantity < 0);
  END IF;
  RETURN NULL;
END
$$"""
"""The balance of a lot at a place; a movement that really happened is accepted below zero, and says so (D44)."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The three roles of one district; their names carry it, for roles belong to the whole server."""

    schema: str

    def __post_init__(self) -> None:
        if not _SCHEMA_NAME.fullmatch(self.schema):
            raise ValueError("not a schema name of a district")

    @property
    def read(self) -> str:
        return f"clinic_read_{self.schema}"

    @property
    def merge(self) -> str:
        return f"clinic_merge_{self.schema}"

    @property
    def owner(self) -> str:
        return f"clinic_owner_{self.schema}"


def role_statements() -> Iterator[str]:
    """The roles, where they are not there yet; `init` may have made them with more rights than this one has."""
    for role, bypasses in (("read", False), ("merge", False), ("owner", True)):
        name = f"clinic_{role}_{SCHEMA_MARK}"
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN"
            f" CREATE ROLE {name} NOLOGIN {'BYPASSRLS' if bypasses else 'NOBYPASSRLS'}; END IF; END $$"
        )
        yield f"GRANT USAGE ON SCHEMA {SCHEMA_MARK} TO {name}"


def rule_statements() -> Iterator[str]:
    """Functions, triggers, row security, policies and grants, after the tables."""
    yield REFUSE_FUNCTION
    for shape in shapes():
        yield from _triggers(shape)
        yield from _row_security(shape)
    yield from _audit_triggers()
    yield BALANCE_FUNCTION
    yield (
        "CREATE TRIGGER stock_balance_insert AFTER INSERT ON inventory_transactions"
        " FOR EACH ROW EXECUTE FUNCTION clinicdesk_balance()"
    )
    yield from _grants()


def _refusing(name: str, table: str, when: str, rule: str, condition: str | None = None) -> str:
    level = "STATEMENT" if "TRUNCATE" in when else "ROW"
    guard = f" WHEN ({condition})" if condition else ""
    return (
        f"CREATE TRIGGER {name}_{table} {when} ON {table} FOR EACH {level}{guard}"
        f" EXECUTE FUNCTION clinicdesk_refuse('{rule}')"
    )


def _differ(columns: Iterable[sa.Column[object]]) -> str:
    names = [f'"{column.name}"' for column in columns]
    old, new = (", ".join(f"{row}.{name}" for name in names) for row in ("OLD", "NEW"))
    return f"ROW({old}) IS DISTINCT FROM ROW({new})"


def _triggers(shape: Shape) -> Iterator[str]:
    if shape.policy.kind is SyncClass.UPLOAD_ONLY:
        return
    table = shape.name
    yield _refusing("refuse_delete", table, "BEFORE DELETE", "physical_delete", f"NOT ({_RETENTION})")
    yield _refusing("refuse_truncate", table, "BEFORE TRUNCATE", "physical_delete")
    yield _refusing("key_change", table, "BEFORE UPDATE", "key_change", "OLD.id IS DISTINCT FROM NEW.id")
    if shape.policy.kind is SyncClass.APPEND_ONLY:
        yield _refusing("append_only", table, "BEFORE UPDATE", "append_only", _differ(shape.frozen_columns))
    if shape.policy.signed_when is not None:
        signed = f'OLD."{shape.policy.signed_when}" IS NOT NULL AND {_differ(shape.frozen_columns)}'
        yield _refusing("sealed_row", table, "BEFORE UPDATE", "signed_row", signed)


def _audit_triggers() -> Iterator[str]:
    yield _refusing("audit_update", "audit_logs", "BEFORE UPDATE", "audit_immutable")
    yield _refusing("audit_delete", "audit_logs", "BEFORE DELETE", "audit_immutable", f"NOT ({_RETENTION})")
    yield _refusing("audit_truncate", "audit_logs", "BEFORE TRUNCATE", "audit_immutable")


def _row_security(shape: Shape) -> Iterator[str]:
    table = shape.name
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY read_in_scope ON {table} FOR SELECT TO clinic_read_{SCHEMA_MARK} USING ({_IN_SCOPE})"
    yield (
        f"CREATE POLICY merge_for_a_device ON {table} FOR ALL TO clinic_merge_{SCHEMA_MARK}"
        f" USING ({_NAMED_DEVICE}) WITH CHECK ({_NAMED_DEVICE} AND scope_id IS NOT NULL)"
    )


def _grants() -> Iterator[str]:
    """Readers read; the merge writes but never deletes synced rows; neither owns anything."""
    read, merge = f"clinic_read_{SCHEMA_MARK}", f"clinic_merge_{SCHEMA_MARK}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA_MARK} TO {read}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {SCHEMA_MARK} TO {merge}"
    for shape in shapes():
        yield f"REVOKE DELETE ON {shape.name} FROM {merge}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {SCHEMA_MARK} TO {merge}"
    yield f"GRANT ALL ON ALL TABLES IN SCHEMA {SCHEMA_MARK} TO clinic_owner_{SCHEMA_MARK}"
    yield f"GRANT ALL ON ALL SEQUENCES IN SCHEMA {SCHEMA_MARK} TO clinic_owner_{SCHEMA_MARK}"


def apply_rules(connection: sa.Connection, statements: Iterable[str]) -> None:
    """Run `statements` for the schema that this connection stands in."""
    schema = connection.execute(sa.text("SELECT current_schema()")).scalar_one()
    for statement in statements:
        connection.exec_driver_sql(statement.replace(SCHEMA_MARK, Roles(schema).schema).replace("%", "%%"))
