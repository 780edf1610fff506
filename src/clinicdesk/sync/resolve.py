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
from clinicdesk.models.enums import ConflictKind, SyncConflictResolution, SyncConflictStatus
from clinicdesk.storage.store import Work
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


_ALLOWED: Mapping[ConflictKind, frozenset[Choice]] = {
    ConflictKind.FIELD: frozenset({Choice.MINE, Choice.THEIRS, Choice.MERGED}),
    ConflictKind.GROUP: frozenset({Choice.MINE, Choice.THEIRS, Choice.MERGED}),
    ConflictKind.DIVERGED: frozenset({Choice.MINE, Choice.THEIRS, Choice.MERGED}),
    ConflictKind.DELETE_VS_EDIT: frozenset({Choice.RESTORE, Choice.CONFIRM_DELETE}),
    ConflictKind.EDIT_VS_DELETE: frozenset({Choice.THEIRS, Choice.CONFIRM_DELETE}),
    ConflictKind.UNIQUE: frozenset({Choice.MINE, Choice.THEIRS, Choice.MERGED}),
    ConflictKind.POSSIBLE_DUPLICATE: frozenset({Choice.BOTH}),
    ConflictKind.FORK: frozenset({Choice.BOTH}),
    ConflictKind.SIGN_VS_EDIT: frozenset({Choice.THEIRS}),
    ConflictKind.ORPHAN: frozenset({Choice.THEIRS}),
    ConflictKind.AUTHOR_INACTIVE: frozenset({Choice.THEIRS}),
}

_RECORDED = {
    Choice.MINE: SyncConflictResolution.CLIENT_WINS,
    Choice.THEIRS: SyncConflictResolution.SERVER_WINS,
    Choice.MERGED: SyncConflictResolution.MERGE,
    Choice.RESTORE: SyncConflictResolution.CLIENT_WINS,
    Choice.CONFIRM_DELETE: SyncConflictResolution.MANUAL,
    Choice.BOTH: SyncConflictResolution.MANUAL,
}


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


def choices_of(kind: ConflictKind) -> frozenset[Choice]:
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
    if decision.choice not in _ALLOWED[conflict.kind]:
        raise ChoiceNotPossibleError(kind=conflict.kind.value, choice=decision.choice.value)
    plan = wire_tables().by_name[conflict.table_name]
    wanted = _wanted(plan, conflict, decision, work.at, work.context.author)
    if wanted:
        work.session.execute(
            sa.update(plan.table)
            .where(plan.table.c["id"] == conflict.entity_id)
            .values({name: python_value(plan.kinds[name], value) for name, value in wanted.items()})
        )
    work.session.execute(
        sa.update(_CONFLICTS)
        .where(_CONFLICTS.c.id == decision.conflict)
        .values(
            status=SyncConflictStatus.RESOLVED,
            resolution=_RECORDED[decision.choice],
            resolved_at=work.at,
            resolved_by=work.context.author,
            merged_data=dict(wanted) or None,
            resolution_note=decision.note,
        )
    )


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
