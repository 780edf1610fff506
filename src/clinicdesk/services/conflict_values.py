"""What a conflict is to a person: the list, the sheet with both sides, and what a record is called (ux-spec 7.12)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from clinicdesk.domain.canonical import WireValue, canonical_value
from clinicdesk.domain.people import PersonName
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import term
from clinicdesk.models.enums import ConflictKind
from clinicdesk.models.registry import canonical_kind

ROSTER_TABLES = frozenset(
    {"students", "student_enrollments", "schools", "districts", "academic_sessions", "calendar_days", "users"}
)
"""Rows of the office: a conflict in them is decided by the office, any other by the clinic."""

DECISIONS = "sync_conflicts"
"""A conflict about a row of this table is one about a decision: two people decided one conflict (s38)."""

_TITLES = ("allergen", "condition", "medication_name", "vaccine_name", "name", "title", "reason", "chief_complaint")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictField:
    """One field in canonical form; `codes` are the words of a closed list, `people` names behind keys.

    `unit` is the UCUM code that both sides measure it in; empty where there is none, or where that differs too.
    """

    name: str
    base: WireValue
    mine: WireValue
    theirs: WireValue
    in_dispute: bool
    is_safety: bool
    group: str | None
    codes: tuple[str, ...]
    required: bool
    people: Mapping[str, str]
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictLine:
    """A conflict in the list."""

    id: uuid.UUID
    kind: ConflictKind
    table: str
    record: str
    student_id: uuid.UUID | None
    student: PersonName | None
    fields: tuple[str, ...]
    is_safety: bool
    since: dt.datetime

    @property
    def about_a_decision(self) -> bool:
        return self.table == DECISIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Who wrote a side, when by the author's own account, and whether at this device."""

    by: str = ""
    at: dt.datetime | None = None
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Rows to look at: nothing of them is picked. `table` says whose columns `fields` are.

    Of two rows `left` is the row in question; where there is one `only`, it is `right` and its values are `theirs`.
    """

    table: str
    left: Written
    right: Written
    fields: tuple[ConflictField, ...]
    only: bool = False


def act_for(table: str) -> Act:
    """Who decides: the office about roster rows, the clinic about all else."""
    return Act.RESOLVE_ROSTER_CONFLICT if table in ROSTER_TABLES else Act.RESOLVE_CLINICAL_CONFLICT


def wire(table: str, row: Mapping[str, Any], column: str) -> WireValue:
    """A value of a row as both sides spell it (D20)."""
    return canonical_value(canonical_kind(table, column), row.get(column))


def unit_column(column: str, among: Collection[str]) -> str:
    """The column that says what another one is measured in: `dose_unit` of `dose_amount`; empty for none."""
    stem = column.removesuffix("_amount").removesuffix("_count")
    return next((name for name in (f"{column}_unit", f"{stem}_unit") if name in among and name != column), "")


def record_name(row: Mapping[str, Any]) -> str:
    """What a record is called: the allergen of an allergy, the name of a contact, the complaints of a visit."""
    if row.get("reason_for_visit"):
        return ", ".join(term("visit.complaint", str(reason)) for reason in row["reason_for_visit"])
    if "last_name" in row:
        return " ".join(str(row[part]) for part in ("first_name", "last_name") if row[part])
    return next((str(row[name]) for name in _TITLES if row.get(name)), "")
