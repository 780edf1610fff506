"""A person's decision about a conflict, as ordinary mutations of the row and of the conflict (s38).

Both are captured with their base versions: where another person decided meanwhile, the second decision is a conflict
on the conflict itself, never silently the last word.
"""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from clinicdesk.core.errors import UserFacingError
from clinicdesk.domain.canonical import WireValue, python_value
from clinicdesk.models import SyncConflict
from clinicdesk.models.enums import ConflictKind, EntryKind, SyncConflictResolution, SyncConflictStatus
from clinicdesk.models.registry import is_append_only
from clinicdesk.storage.store import Work
from clinicdesk.sync.gone_rows import bring_back
from clinicdesk.sync.tables import TablePlan, wire_tables

_CONFLICTS: sa.Table = SyncConflict.__table__  # type: ignore[assignment]  # a mapped class of one table


class Choice(enum.StrEnum):
    """What a person can decide."""

    MINE = "mine"  # the value the desk wrote
    THEIRS = "theirs"  # the district's value stays
    MERGED = "merged"  # values put together by the person
    RESTORE = "restore"  # a deleted row comes back with the edit
    CONFIRM_DELETE = "confirm_delete"  # it stays, or becomes, deleted
    BOTH = "both"  # two rows that look like one are two (s37)
    ROWS = "rows"  # rows of their own were written: a correction, an amendment, one line out of two (D1, D2)


_ALLOWED: Mapping[ConflictKind, frozenset[Choice]] = {
    ConflictKind.FIELD: frozenset({Choice.MINE, Choice.THEIRS, Choice.MERGED}),
    ConflictKind.GROUP: frozenset({Choice.MINE, Choice.THEIRS, Choice.MERGED}),
    ConflictKind.DIVERGED: frozenset({Choice.MINE, Choice.THEIRS, Choice.MERGED}),
    ConflictKind.DELETE_VS_EDIT: frozenset({Choice.RESTORE, Choice.CONFIRM_DELETE}),
    ConflictKind.EDIT_VS_DELETE: frozenset({Choice.THEIRS, Choice.CONFIRM_DELETE}),
    ConflictKind.UNIQUE: frozenset({Choice.MINE, Choice.THEIRS, Choice.MERGED, Choice.ROWS}),
    ConflictKind.POSSIBLE_DUPLICATE: frozenset({Choice.BOTH, Choice.ROWS}),
    ConflictKind.FORK: frozenset({Choice.BOTH, Choice.ROWS}),
    ConflictKind.SIGN_VS_EDIT: frozenset({Choice.THEIRS, Choice.ROWS}),
    ConflictKind.ORPHAN: frozenset({Choice.THEIRS, Choice.ROWS}),
    ConflictKind.AUTHOR_INACTIVE: frozenset({Choice.THEIRS}),
}

_RECORDED = {
    Choice.MINE: SyncConflictResolution.CLIENT_WINS,
    Choice.THEIRS: SyncConflictResolution.SERVER_WINS,
    Choice.MERGED: SyncConflictResolution.MERGE,
    Choice.RESTORE: SyncConflictResolution.CLIENT_WINS,
    Choice.CONFIRM_DELETE: SyncConflictResolution.MANUAL,
    Choice.BOTH: SyncConflictResolution.MANUAL,
    Choice.ROWS: SyncConflictResolution.MANUAL,
}
_VALUES = frozenset({ConflictKind.FIELD, ConflictKind.GROUP, ConflictKind.DIVERGED, ConflictKind.UNIQUE})
"""Kinds that are about what stands in the fields of one row."""

_WRITING = frozenset({Choice.MINE, Choice.MERGED, Choice.RESTORE})
"""Choices by which values of the conflict go into the row."""

_NOBODY_CHANGES = frozenset({Choice.ROWS})
"""An entry that nobody may change is followed by a row of its own; neither side is simply dropped (D1)."""


class ConflictGoneError(UserFacingError):
    """The conflict is not open any more: somebody decided it, here or elsewhere."""

    code = "sync_conflict_gone"


class ChoiceNotPossibleError(UserFacingError):
    """This kind of conflict cannot be decided that way."""

    code = "sync_choice_not_possible"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about one conflict; `values` are canonical and only for `Choice.MERGED`."""

    conflict: uuid.UUID
    choice: Choice
    values: Mapping[str, WireValue] | None = None
    note: str | None = None


def choices_of(kind: ConflictKind, table: str) -> frozenset[Choice]:
    """What can be decided about a conflict of this kind in this table."""
    if table == _CONFLICTS.name:
        return frozenset({Choice.MINE, Choice.THEIRS})
    if kind in _VALUES and is_append_only(table):
        return _NOBODY_CHANGES
    return _ALLOWED[kind]


def resolve(work: Work, decision: Decision) -> None:
    """Write the decision in a desk transaction; the caller audits it (CONFLICT_RESOLVE).

    Raises:
        ConflictGoneError: it is not open any more.
        ChoiceNotPossibleError: not for this kind, or a field is missing in `values`.
    """
    conflict = work.session.execute(sa.select(_CONFLICTS).where(_CONFLICTS.c.id == decision.conflict)).one_or_none()
    if conflict is None or conflict.status is SyncConflictStatus.RESOLVED or conflict.deleted_at is not None:
        raise ConflictGoneError()
    if decision.choice not in choices_of(conflict.kind, conflict.table_name):
        raise ChoiceNotPossibleError(kind=conflict.kind.value, choice=decision.choice.value)
    plan = wire_tables().by_name.get(conflict.table_name)
    if plan is None or (decision.choice in _WRITING and not set(conflict.fields) <= plan.kinds.keys()):
        # A field that only a newer program knows: it cannot be written here, and must not be lost by deciding (s22).
        raise ChoiceNotPossibleError(kind=conflict.kind.value, choice=decision.choice.value, problem="newer")
    if conflict.kind is ConflictKind.FORK and _still_forked(work, plan, conflict.entity_id):
        raise ChoiceNotPossibleError(kind=conflict.kind.value, choice=decision.choice.value, problem="forked")
    wanted = _wanted(plan, conflict, decision, work.at, work.context.author)
    if decision.choice is not Choice.RESTORE or not bring_back(work, plan, conflict.entity_id, wanted):
        _write(work, plan, conflict.entity_id, wanted)
    if conflict.table_name == _CONFLICTS.name:
        _carry_out(work, conflict, decision.choice)
    decided = wanted
    if conflict.kind in _VALUES and decision.choice is not Choice.ROWS:
        # What a decision leaves as it was is part of it: another one of the same conflict may say otherwise (s38).
        decided = {**{name: (conflict.server_version or {}).get(name) for name in conflict.fields}, **wanted}
    work.session.execute(
        sa.update(_CONFLICTS)
        .where(_CONFLICTS.c.id == decision.conflict)
        .values(
            status=SyncConflictStatus.RESOLVED,
            resolution=_RECORDED[decision.choice],
            resolved_at=work.at,
            resolved_by=work.context.author,
            merged_data=dict(decided) or None,
            resolution_note=decision.note,
        )
    )


def _write(work: Work, plan: TablePlan, key: uuid.UUID, values: Mapping[str, WireValue]) -> None:
    if values:
        work.session.execute(
            sa.update(plan.table)
            .where(plan.table.c["id"] == key)
            .values({name: python_value(plan.kinds[name], value) for name, value in values.items()})
        )


def _carry_out(work: Work, conflict: Any, choice: Choice) -> None:
    """Two people decided one conflict: the record gets what the decision that stands says of it (s38)."""
    standing = conflict.client_version if choice is Choice.MINE else conflict.server_version
    first = work.session.execute(sa.select(_CONFLICTS).where(_CONFLICTS.c.id == conflict.entity_id)).one_or_none()
    values = (standing or {}).get("merged_data")
    if first is None or not values or first.kind not in _VALUES:
        return
    plan = wire_tables().by_name[first.table_name]
    _write(work, plan, first.entity_id, {name: value for name, value in values.items() if name in plan.kinds})


def _still_forked(work: Work, plan: TablePlan, key: uuid.UUID) -> bool:
    """Whether two rows that were not taken back end lines which follow one row: no word alone makes them one (D1).

    Two amendments of one signed record stay two (D2): there it is the person's word that counts.
    """
    table = plan.table
    if not {"previous_version_id", "supersedes_id"} & set(table.c.keys()):
        return False
    column = table.c["previous_version_id" if "previous_version_id" in table.c else "supersedes_id"]
    back = table.c["amends_id"].is_not(None) if "previous_version_id" in table.c else _withdrawn(table)
    lines = (
        sa.select(table.c["id"])
        .where(column == sa.select(column).where(table.c["id"] == key).scalar_subquery())
        .cte("lines", recursive=True)
    )
    lines = lines.union(sa.select(table.c["id"]).join(lines, column == lines.c["id"]))
    later = table.alias()
    ends = (
        sa.select(sa.func.count())
        .select_from(table.join(lines, lines.c["id"] == table.c["id"]))
        .where(~back, ~sa.exists().where(later.c[column.name] == table.c["id"]))
    )
    return bool(work.session.execute(ends).scalar_one() > 1)


def _withdrawn(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c["entry_kind"] == EntryKind.WITHDRAWN


def _wanted(
    plan: TablePlan, conflict: Any, decision: Decision, at: dt.datetime, author: uuid.UUID | None
) -> Mapping[str, WireValue]:
    """The values the row gets; none where it stays as it is."""
    mine: Mapping[str, WireValue] = {
        name: value for name, value in (conflict.client_version or {}).items() if name in plan.kinds
    }
    if decision.choice is Choice.MINE:
        return mine
    if decision.choice is Choice.MERGED:
        values = decision.values or {}
        if not values or not values.keys() <= plan.kinds.keys() or not set(conflict.fields) <= values.keys():
            raise ChoiceNotPossibleError(kind=conflict.kind.value, choice=decision.choice.value, problem="fields")
        return values
    if decision.choice is Choice.RESTORE:
        return {**mine, "deleted_at": None, "deleted_by": None, "delete_reason": None}
    if decision.choice is Choice.CONFIRM_DELETE and conflict.kind is ConflictKind.EDIT_VS_DELETE:
        return {
            "deleted_at": at.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "deleted_by": None if author is None else str(author),
            "delete_reason": str(mine.get("delete_reason") or decision.note or "confirmed"),
        }
    return {}
