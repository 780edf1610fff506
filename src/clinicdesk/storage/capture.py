"""Triggers of the workstation: change capture and the rules no write escapes, raw SQL included (D1, D2, D6)."""

# ruff: noqa: S608 - names of tables and columns come from the models, never from input

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from clinicdesk.models.policy import Anchor, ScopePath, SyncClass
from clinicdesk.models.types import Sealed
from clinicdesk.storage.engine import RULE_PREFIX
from clinicdesk.storage.shape import Shape

INSERTED = "'INSERT'"

MODE = "coalesce((SELECT mode FROM work_context), '')"
_DEVICE = "(SELECT text_value FROM device_facts WHERE name = 'device_id')"
BY_A_PERSON = f"{MODE} NOT IN ('APPLY', 'RETENTION')"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger; its name never changes once released."""

    name: str
    create: str


def triggers_of(shape: Shape) -> Iterator[Trigger]:
    """All triggers of one synced table."""
    if shape.captured:
        yield _capture_insert(shape)
        yield _capture_update(shape)
    yield _refuse_delete(shape)
    yield _refuse_key_change(shape)
    if shape.policy.kind is SyncClass.APPEND_ONLY:
        yield _append_only(shape)
    if shape.policy.signed_when is not None:
        yield _sealed_row(shape, shape.policy.signed_when)


def refusal(rule: str, table: str) -> str:
    """The RAISE whose message `storage.engine` turns into a `WriteRuleError`."""
    return f"RAISE(ABORT, '{RULE_PREFIX}{rule}:{table}')"


_QUOTE = sqlite.dialect().identifier_preparer.quote


def _of(row: str, column: sa.Column[object]) -> str:
    return f"{row}.{_QUOTE(column.name)}"


def _stored(row: str, column: sa.Column[object]) -> str:
    """A value as JSON can hold it: bytes in hexadecimal, all else as stored."""
    value = _of(row, column)
    if not isinstance(column.type, (sa.LargeBinary, Sealed)):
        return value
    return f"CASE WHEN {value} IS NOT NULL THEN hex({value}) END" if column.nullable else f"hex({value})"


def _changed(columns: Sequence[sa.Column[object]]) -> str:
    old, new = (",".join(_of(row, column) for column in columns) for row in ("OLD", "NEW"))
    return f"({old}) IS NOT ({new})"


def _inserted(columns: Sequence[sa.Column[object]]) -> str:
    """`{column: [null, new]}` of what is not null. Opening a connection parses all of this, so it is kept short."""
    rows = ",".join(f"('{column.name}',{_stored('NEW', column)})" for column in columns)
    return f"WITH v(k,n) AS (VALUES{rows}) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL"


def _updated(columns: Sequence[sa.Column[object]]) -> str:
    """`{column: [old, new]}` of what differs."""
    rows = ",".join(f"('{column.name}',{_stored('OLD', column)},{_stored('NEW', column)})" for column in columns)
    return f"WITH v(k,o,n) AS (VALUES{rows}) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n"


def _capture_insert(shape: Shape) -> Trigger:
    name = f"capture_insert_{shape.name}"
    return Trigger(
        name,
        f"CREATE TRIGGER {name} AFTER INSERT ON {shape.name}\n"
        f"WHEN {BY_A_PERSON}\n"
        "BEGIN\n"
        f"  {_needs_context(shape.name)}\n"
        f"  {_queue(shape, INSERTED, _inserted(shape.wire_columns))}\n"
        f"  UPDATE {shape.name} SET scope_id = {anchor_sql(shape.policy.scope, shape.table)}\n"
        "  WHERE id = NEW.id AND scope_id IS NULL;\n"
        "END",
    )


def _capture_update(shape: Shape) -> Trigger:
    """Fires where a wire column is assigned, and queues what really differs."""
    name = f"capture_update_{shape.name}"
    assigned = ",".join(_QUOTE(column.name) for column in shape.wire_columns)
    return Trigger(
        name,
        f"CREATE TRIGGER {name} AFTER UPDATE OF {assigned} ON {shape.name}\n"
        f"WHEN {BY_A_PERSON}\n"
        "BEGIN\n"
        f"  {_needs_context(shape.name)}\n"
        f"  {_queue(shape, _operation(shape), _updated(shape.wire_columns))}\n"
        # changes() counts the rows of the statement before it: none where nothing differs.
        f"  UPDATE {shape.name} SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context)"
        " WHERE id = NEW.id AND changes() > 0;\n"
        "END",
    )


def anchor_sql(path: ScopePath, table: sa.Table) -> str:
    """The anchor of a new row, until the district assigns it (D10)."""
    match path.anchor:
        case Anchor.DISTRICT:
            found = "(SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)"
        case Anchor.OWN:
            found = "NEW.id"
        case Anchor.DEVICE:
            found = _DEVICE
        case Anchor.PARENT:
            (key,) = table.columns[str(path.column)].foreign_keys
            found = f"(SELECT scope_id FROM {key.column.table.name} WHERE id = NEW.{path.column})"
        case Anchor.STUDENT | Anchor.SCHOOL:
            found = f"NEW.{path.column}"
    return found if path.fallback is None else f"coalesce({found}, {anchor_sql(path.fallback, table)})"


def _needs_context(table: str) -> str:
    return f"SELECT {refusal('no_context', table)} WHERE NOT EXISTS (SELECT 1 FROM work_context);"


def _operation(shape: Shape) -> str:
    """Delete, restore and sign are operations of their own (D2, D3)."""
    cases = []
    if shape.soft_deleted:
        cases += [
            "WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE'",
            "WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE'",
        ]
    if shape.policy.signed_when is not None:
        signed = shape.policy.signed_when
        cases.append(f"WHEN OLD.{signed} IS NULL AND NEW.{signed} IS NOT NULL THEN 'SIGN'")
    return f"CASE {' '.join(cases)} ELSE 'UPDATE' END" if cases else "'UPDATE'"


def new_id_sql() -> str:
    """A key of version 7 for a row that a trigger makes: the time of the transaction's own key, then 74 random bits."""
    return (
        "substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-'"
        " || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2)"
        " || '-' || lower(hex(randomblob(6)))"
    )


def _queue(shape: Shape, operation: str, changes: str) -> str:
    values = {
        "id": new_id_sql(),
        "mutation_id": new_id_sql(),
        "device_id": _DEVICE,
        "user_id": "w.author_id",
        "grant_id": "w.grant_id",
        "purpose": "w.purpose",
        "local_tx_id": "w.tx_id",
        "local_seq": "(SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0)",
        "timestamp": "w.written_at",
        "created_at": "w.written_at",
        "updated_at": "w.written_at",
        "action_type": operation,
        "entity_type": f"'{shape.entity_type}'",
        "table_name": f"'{shape.name}'",
        "entity_id": "NEW.id",
        "base_version": (
            f"coalesce((SELECT base_version FROM sync_rows WHERE table_name = '{shape.name}' AND row_id = NEW.id), 0)"
        ),
        "changes": "c.changes",
    }
    expressions = ", ".join(values.values())
    return (
        f"INSERT INTO sync_queue_items ({', '.join(values)})\n"
        f"  SELECT {expressions}\n"
        f"  FROM work_context w, (SELECT ({changes}) AS changes) c\n"
        f"  WHERE c.changes <> '{{}}' OR {operation} = {INSERTED};"
    )


def _refuse_delete(shape: Shape) -> Trigger:
    name = f"refuse_delete_{shape.name}"
    return Trigger(
        name,
        f"CREATE TRIGGER {name} BEFORE DELETE ON {shape.name}\nWHEN {BY_A_PERSON}\n"
        f"BEGIN\n  SELECT {refusal('physical_delete', shape.name)};\nEND",
    )


def _refuse_key_change(shape: Shape) -> Trigger:
    name = f"key_change_{shape.name}"
    return Trigger(
        name,
        f"CREATE TRIGGER {name} BEFORE UPDATE OF id ON {shape.name}\nWHEN OLD.id IS NOT NEW.id\n"
        f"BEGIN\n  SELECT {refusal('key_change', shape.name)};\nEND",
    )


def _append_only(shape: Shape) -> Trigger:
    """In every mode: even a pulled row brings the content it had (D1)."""
    name = f"append_only_{shape.name}"
    return Trigger(
        name,
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {shape.name}\nWHEN {_changed(shape.frozen_columns)}\n"
        f"BEGIN\n  SELECT {refusal('append_only', shape.name)};\nEND",
    )


def _sealed_row(shape: Shape, signed_when: str) -> Trigger:
    """For people; a pulled row is the district's state of it, and what the desk signed stays in the conflict (D2)."""
    name = f"sealed_row_{shape.name}"
    return Trigger(
        name,
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {shape.name}\n"
        f"WHEN {BY_A_PERSON} AND OLD.{signed_when} IS NOT NULL AND {_changed(shape.frozen_columns)}\n"
        f"BEGIN\n  SELECT {refusal('signed_row', shape.name)};\nEND",
    )
