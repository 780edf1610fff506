"""What sealed and append-only rows have in common."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from clinicdesk.domain.validation import AtLeast, Between, Equals, ForbiddenWhen, Given, Not, RequiredWhen, Rule
from clinicdesk.models.base import reference
from clinicdesk.models.enums import EntryKind
from clinicdesk.models.policy import column_info
from clinicdesk.models.types import Choice, Guid, Instant


def _own_key(model: Any) -> sa.ForeignKey:
    """A reference to another row of the model's own table."""
    return reference(f"{model.__tablename__}.id")


class Signable:
    """A sealed row: open until signed, then changed by an amendment row only (D2)."""

    __rules__: ClassVar[tuple[Rule, ...]] = (
        RequiredWhen("signed_by", Given("signed_at"), "signed"),
        RequiredWhen("amendment_reason", Given("amends_id"), "amending"),
    )

    signed_at: Mapped[dt.datetime | None] = mapped_column(
        Instant(), sort_order=800, info=column_info(group="signature")
    )
    amendment_reason: Mapped[str | None] = mapped_column(
        sa.Text(), sort_order=803, info=column_info(phi=True, group="amendment"), comment="PHI"
    )

    @declared_attr
    def signed_by(cls) -> Mapped[uuid.UUID | None]:  # noqa: N805 - a mixin attribute sees the class
        return mapped_column(
            Guid(), reference("users.id"), index=True, sort_order=801, info=column_info(group="signature")
        )

    @declared_attr
    def amends_id(cls) -> Mapped[uuid.UUID | None]:  # noqa: N805
        return mapped_column(
            Guid(),
            _own_key(cls),
            index=True,
            sort_order=802,
            info=column_info(group="amendment"),
        )


class Superseding:
    """An append-only row: never changed; a correction or withdrawal is a new row with the next revision (D1).

    The row that nobody supersedes is current. What comes back after a withdrawal supersedes the WITHDRAWN row.
    """

    __rules__: ClassVar[tuple[Rule, ...]] = (
        Between("revision", 1, 1, when=Equals("entry_kind", "ORIGINAL")),
        AtLeast("revision", 2, when=Not(Equals("entry_kind", "ORIGINAL"))),
        RequiredWhen("supersedes_id", Not(Equals("entry_kind", "ORIGINAL")), "superseding"),
        ForbiddenWhen("supersedes_id", Equals("entry_kind", "ORIGINAL"), "original"),
        RequiredWhen("correction_reason", Not(Equals("entry_kind", "ORIGINAL")), "superseding"),
    )

    revision: Mapped[int] = mapped_column(sa.Integer(), default=1, server_default="1", sort_order=811)
    entry_kind: Mapped[EntryKind] = mapped_column(
        Choice(EntryKind), default=EntryKind.ORIGINAL, server_default="ORIGINAL", sort_order=812
    )
    correction_reason: Mapped[str | None] = mapped_column(
        sa.Text(), sort_order=813, info=column_info(phi=True), comment="PHI"
    )

    @declared_attr
    def supersedes_id(cls) -> Mapped[uuid.UUID | None]:  # noqa: N805
        return mapped_column(Guid(), _own_key(cls), index=True, sort_order=810)
