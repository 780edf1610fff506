"""The synced schema as data, so that a number can be recorded and the next one be explained by its step.

`python -m tests.support.synced_schema` records the present number; the record of a released number never changes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from clinicdesk.models.policy import SyncClass
from clinicdesk.sync.tables import TablePlan, WireTables, wire_tables
from clinicdesk.sync.versions import (
    AddedColumn,
    AddedTable,
    AddedWord,
    RenamedColumn,
    SchemaStep,
    SplitColumn,
)

RECORDS = Path(__file__).parents[1] / "data" / "synced_schema"

Described = dict[str, dict[str, dict[str, Any]]]
"""By table and column: kind, whether it may be null, the words of a fixed list, whether it is under a signature."""


def described(tables: WireTables) -> Described:
    return {
        plan.name: {
            str(column.name): {
                "kind": plan.kinds[str(column.name)].value,
                "nullable": bool(column.nullable),
                "words": sorted(column.type.enums) if isinstance(column.type, sa.Enum) else None,
                "sealed": _is_sealed(plan, str(column.name)),
            }
            for column in plan.shape.wire_columns
        }
        for plan in tables.by_name.values()
    }


def _is_sealed(plan: TablePlan, column: str) -> bool:
    return plan.kind is SyncClass.SEALED and column not in plan.shape.policy.after_sign


def recorded(schema: int) -> Described:
    found: Described = json.loads((RECORDS / f"{schema}.json").read_text(encoding="utf-8"))
    return found


def record(tables: WireTables) -> Path:
    RECORDS.mkdir(parents=True, exist_ok=True)
    path = RECORDS / f"{tables.schema}.json"
    lines = [f"{json.dumps(table)}: {json.dumps(columns)}" for table, columns in sorted(described(tables).items())]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return path


def problems(before: Described, after: Described, step: SchemaStep) -> list[str]:
    """What of the way from one schema to the next its step does not say, or says wrongly."""
    expected = {table: {name: dict(column) for name, column in columns.items()} for table, columns in before.items()}
    found = [text for change in step.changes for text in _take(expected, after, change)]
    for table in sorted(expected.keys() | after.keys()):
        mine, theirs = expected.get(table), after.get(table)
        if mine is None or theirs is None:
            found.append(f"{table}: {'removed' if theirs is None else 'added without a step'}")
            continue
        for name in sorted(mine.keys() | theirs.keys()):
            if name not in theirs:
                found.append(f"{table}.{name}: gone without a step")
            elif name not in mine:
                found.append(f"{table}.{name}: added without a step")
            elif mine[name] != theirs[name]:
                found.append(f"{table}.{name}: differs without a step")
    return found


def _take(schema: Described, after: Described, change: object) -> Iterator[str]:
    """Do to `schema` what the change says; the new side of it is taken from `after`."""
    match change:
        case AddedTable(table):
            schema[table] = after.get(table, {})
        case AddedColumn(table, column):
            made = after[table][column]
            if not made["nullable"]:
                yield f"{table}.{column}: a new column of a table that is there has to be nullable"
            schema[table][column] = made
        case AddedWord(table, column, word, _shown):
            target = schema[table][column]
            if target["sealed"]:
                yield f"{table}.{column}: a stand-in would break signatures"
            target["words"] = sorted({*(target["words"] or ()), word})
        case RenamedColumn(table, old, new):
            if schema[table][old]["sealed"]:
                yield f"{table}.{old}: a column under a signature keeps its name"
            schema[table][new] = schema[table].pop(old)
        case SplitColumn(table, column, into):
            if schema[table][column]["sealed"]:
                yield f"{table}.{column}: a column under a signature keeps its name"
            if schema[table].pop(column)["kind"] != "text":
                yield f"{table}.{column}: only text is split"
            schema[table] |= {name: after[table][name] for name in into}


def names_used_twice(steps: Collection[SchemaStep], first: Described) -> list[str]:
    """Names that a later step gives to something else: an old change that waits could not be told from a new one."""
    used = {(table, column) for table, columns in first.items() for column in columns}
    found: list[str] = []
    for step in steps:
        for change in step.changes:
            for name in _new_names(change):
                if name in used:
                    found.append(".".join(name))
                used.add(name)
    return found


def _new_names(change: object) -> list[tuple[str, str]]:
    match change:
        case AddedColumn(table, column):
            return [(table, column)]
        case RenamedColumn(table, _old, new):
            return [(table, new)]
        case SplitColumn(table, _column, into):
            return [(table, name) for name in into]
    return []


if __name__ == "__main__":
    print(record(wire_tables()).name)
