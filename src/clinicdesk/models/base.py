"""The declarative base: one metadata, named constraints, and the stamps of a synced row."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import uuid
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.validation import Rule
from clinicdesk.models.checks import checks_of
from clinicdesk.models.policy import SyncPolicy, column_info
from clinicdesk.models.stamps import stamped_at, stamped_by
from clinicdesk.models.types import Choice, Exact, Guid, Instant, Json


def _check_name(constraint: Any, _table: sa.Table) -> str:
    """The check of a choice is named for its column: two columns of one table may share an enum."""
    if constraint._type_bound:  # the only mark SQLAlchemy gives the check of an enum
        return "_".join(column.name for column in constraint.columns) + "_choice"
    return str(constraint.name)


def _index_name(index: Any, table: sa.Table) -> str:
    names = "_".join(column.name for column in index.columns)
    return f"{'uq' if index.unique else 'ix'}_{table.name}_{names}"


NAMING: dict[str, Any] = {
    "choice_or_constraint_name": _check_name,
    "index_or_constraint_name": _index_name,
    "ix": "%(index_or_constraint_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(choice_or_constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

STAMPS = frozenset(
    {"created_at", "created_by", "updated_at", "updated_by", "row_version", "field_versions", "scope_id"}
)
"""Columns that never travel as changes, never conflict and are not in the digest (D4)."""


def reference(target: str, **options: Any) -> sa.ForeignKey:
    """A foreign key that may be checked at commit on both databases (D11)."""
    return sa.ForeignKey(target, deferrable=True, initially="IMMEDIATE", **options)


class Base(DeclarativeBase):
    """Every table of ClinicDesk, on workstation and district server alike."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        uuid.UUID: Guid(),
        dt.datetime: Instant(),
        decimal.Decimal: Exact(),
        enum.StrEnum: Choice(enum.StrEnum),
        str: sa.Text(),
        dict[str, Any]: Json(),
        list[Any]: Json(),
        list[str]: Json(),
        list[int]: Json(),
    }
    __rules__: ClassVar[tuple[Rule, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        """Give the table the checks of the rules that the class and its mixins declare."""
        super().__init_subclass__(**options)
        table = cls.__dict__.get("__table__")
        if isinstance(table, sa.Table):
            for constraint in checks_of(declared_rules(cls)):
                table.append_constraint(constraint)


def declared_rules(model: type) -> tuple[Rule, ...]:
    """The rules of a model with those of its mixins, the mixins' first."""
    return tuple(rule for owner in reversed(model.__mro__) for rule in owner.__dict__.get("__rules__", ()))


class Keyed:
    """A UUIDv7 key made on the device."""

    id: Mapped[uuid.UUID] = mapped_column(Guid(), primary_key=True, default=new_id, sort_order=-100)


class Stamped:
    """Who wrote the row and when, as the database's own record of it (D4); filled from the unit of work."""

    created_at: Mapped[dt.datetime] = mapped_column(Instant(), default=stamped_at, sort_order=900)
    updated_at: Mapped[dt.datetime] = mapped_column(Instant(), default=stamped_at, sort_order=902)

    @declared_attr
    def created_by(cls) -> Mapped[uuid.UUID | None]:  # noqa: N805 - a mixin attribute sees the class
        return mapped_column(Guid(), reference("users.id"), default=stamped_by, sort_order=901)

    @declared_attr
    def updated_by(cls) -> Mapped[uuid.UUID | None]:  # noqa: N805
        return mapped_column(Guid(), reference("users.id"), default=stamped_by, sort_order=903)


class Syncable(Keyed, Stamped):
    """A row that the district knows or will know.

    `row_version` is the district's version (0: not acknowledged yet), `field_versions` its sparse map of field to
    the version of its last change (server only), `scope_id` the anchor of its scope.
    """

    __sync__: ClassVar[SyncPolicy]

    row_version: Mapped[int] = mapped_column(sa.BigInteger(), default=0, server_default="0", sort_order=910)
    field_versions: Mapped[dict[str, Any] | None] = mapped_column(Json(), sort_order=911)
    scope_id: Mapped[uuid.UUID | None] = mapped_column(Guid(), sort_order=912)


class SoftDeleted:
    """A row that can be deleted and restored; delete is an operation of its own (D3)."""

    deleted_at: Mapped[dt.datetime | None] = mapped_column(Instant(), sort_order=920, info=column_info(group="delete"))
    delete_reason: Mapped[str | None] = mapped_column(
        sa.String(200), sort_order=922, info=column_info(group="delete", phi=True), comment="PHI"
    )

    @declared_attr
    def deleted_by(cls) -> Mapped[uuid.UUID | None]:  # noqa: N805
        return mapped_column(Guid(), reference("users.id"), sort_order=921, info=column_info(group="delete"))


class LocalRow(Keyed):
    """A row of this device alone; it is neither captured nor sent."""

    __sync__: ClassVar[SyncPolicy]
