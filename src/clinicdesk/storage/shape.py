"""What the triggers need to know of a table, read from the models."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import sort_tables_and_constraints

from clinicdesk.models import Base
from clinicdesk.models.base import STAMPS
from clinicdesk.models.enums import SyncEntityType
from clinicdesk.models.policy import SyncClass, SyncPolicy

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

CAPTURED = frozenset({SyncClass.TWO_WAY, SyncClass.SEALED, SyncClass.APPEND_ONLY, SyncClass.DISTRICT})
"""Classes whose desk writes go through the queue; upload-only rows are sent by their own cursor (D21)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A table that takes part in sync, as change capture sees it."""

    table: sa.Table
    policy: SyncPolicy
    model: str

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def entity_type(self) -> str:
        """The member of `SyncEntityType` that names this model."""
        return SyncEntityType(_WORDS.sub("_", self.model).upper()).value

    @property
    def captured(self) -> bool:
        return self.policy.kind in CAPTURED

    @property
    def wire_columns(self) -> tuple[sa.Column[object], ...]:
        """The columns that travel as changes: neither key nor stamp, nor of this side alone (D4)."""
        return tuple(
            column
            for column in self.table.columns
            if not column.primary_key
            and column.name not in STAMPS
            and not column.info.get("local")
            and not column.info.get("derived")
        )

    @property
    def frozen_columns(self) -> tuple[sa.Column[object], ...]:
        """What nobody changes any more: everything once appended, everything but `after_sign` once signed (D1, D2)."""
        return tuple(column for column in self.wire_columns if column.name not in self.policy.after_sign)

    @property
    def soft_deleted(self) -> bool:
        return "deleted_at" in self.table.columns


@cache
def tables() -> tuple[sa.Table, ...]:
    """Every table, parents first as far as they go: schools, districts and users know one another."""
    ordered = sort_tables_and_constraints(Base.metadata.tables.values())  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return tuple(table for table, _ in ordered if table is not None)


@cache
def shapes() -> tuple[Shape, ...]:
    """Every synced table, in order of its keys: parents first."""
    models: dict[object, Any] = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    return tuple(
        Shape(table, models[table].__sync__, models[table].__name__)
        for table in tables()
        if models[table].__sync__.kind is not SyncClass.LOCAL
    )
