"""What was kept of mended rows, by the columns that are decided as one, as far as it is somebody's to decide (s55)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.canonical import (
    CanonicalError,
    Kind,
    WireValue,
    canonical_value,
    json_from_text,
    same_value,
)
from clinicdesk.domain.merge_safety import has_stricter_side
from clinicdesk.models.registry import canonical_kind, merge_groups, table_of
from clinicdesk.storage.kept_values import Kept, undecided
from clinicdesk.storage.queries.conflicts import row_of


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPart:
    """One field of a mended row, or those that mean something only together (s36), and the row as it stands.

    `values` has nothing that cannot be read; that is in `raw`, as it stood in the file.
    """

    key: uuid.UUID
    table: str
    at: str
    fields: tuple[str, ...]
    values: Mapping[str, WireValue]
    raw: Mapping[str, str]
    stands: Mapping[str, Any]


def undecided_parts(session: Session, only: uuid.UUID | None = None) -> Iterator[KeptPart]:
    """The newest first; of rows that are here, and of them what does not stand in the row again."""
    for key, kept in undecided(session):
        stands = row_of(session, kept.table, key) if only is None or key == only else None
        if stands is None:
            continue
        for fields in _together(kept):
            values, raw = _read(kept, fields)
            if raw or not all(_stands(kept.table, stands, name, value) for name, value in values.items()):
                yield KeptPart(
                    key=key, table=kept.table, at=kept.at, fields=fields, values=values, raw=raw, stands=stands
                )


def _stands(table: str, row: Mapping[str, Any], name: str, value: WireValue) -> bool:
    return same_value(value, canonical_value(canonical_kind(table, name), row.get(name)))


def _together(kept: Kept) -> Iterator[tuple[str, ...]]:
    """The undecided columns, those of one merge group as one; a column that only another program knows is left."""
    known = table_of(kept.table).c
    left = [name for name in kept.values if name not in kept.settled and name in known]
    while left:
        first = left[0]
        group: Collection[str] = (first,)
        if not has_stricter_side(kept.table, first):
            group = next((names for names in merge_groups(kept.table).values() if first in names), group)
        fields = tuple(name for name in left if name in group and not has_stricter_side(kept.table, name)) or (first,)
        yield fields
        left = [name for name in left if name not in fields]


def _read(kept: Kept, fields: Collection[str]) -> tuple[Mapping[str, WireValue], Mapping[str, str]]:
    """The values in canonical form, and as text those that are none of their field."""
    values: dict[str, WireValue] = {}
    raw: dict[str, str] = {}
    for name in fields:
        stored, column = kept.values[name], table_of(kept.table).c[name]
        try:
            value = _canonical(canonical_kind(kept.table, name), stored)
            if value is not None and isinstance(column.type, sa.Enum) and value not in column.type.enums:
                raise CanonicalError(Kind.TEXT, "unknown_choice")
            values[name] = value
        except (CanonicalError, ValueError, TypeError, msgspec.DecodeError):
            raw[name] = str(stored)
    return values, raw


def _canonical(kind: Kind, stored: Any) -> WireValue:
    if isinstance(stored, str) and kind is Kind.JSON:
        return json_from_text(stored)
    if isinstance(stored, str) and kind is Kind.BYTES:
        return canonical_value(kind, bytes.fromhex(stored))
    return canonical_value(kind, stored)
