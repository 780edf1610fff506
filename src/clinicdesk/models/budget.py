"""Budget: lines of a fiscal year and what was spent."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import AtLeast, Between, TogetherGiven
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, link
from clinicdesk.models.enums import Currency
from clinicdesk.models.mixins import Superseding
from clinicdesk.models.policy import DISTRICT, SyncClass, SyncPolicy
from clinicdesk.models.types import Exact


class BudgetCategory(Syncable, SoftDeleted, Base):
    """A budget line of a fiscal year with allocated and spent amounts.

    `spent_amount` is derived from the transactions; more than allocated only warns.
    """

    __tablename__ = "budget_categories"
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, DISTRICT)
    __rules__ = (
        AtLeast("allocated_amount", 0),
        AtLeast("spent_amount", 0),
        Between("fiscal_year", 2000, 2200),
    )

    name: Mapped[str] = column(String(255))
    description: Mapped[str | None]
    fiscal_year: Mapped[int] = column(group="allocation")
    allocated_amount: Mapped[Decimal] = column(Exact(12, 2), group="allocation")
    spent_amount: Mapped[Decimal] = column(Exact(12, 2), default=Decimal(0), derived=True)
    is_active: Mapped[bool] = column(default=True)
    currency: Mapped[Currency] = column(default=Currency.USD)


class BudgetTransaction(Syncable, Superseding, Base):
    """One expense booked on a budget category.

    The amount is positive; what was booked wrongly is withdrawn by a later row. `reference_type` says what
    `reference_id` is the number of.
    """

    __tablename__ = "budget_transactions"
    __sync__ = SyncPolicy(SyncClass.APPEND_ONLY, DISTRICT)
    __rules__ = (
        AtLeast("amount", 0, above=True),
        TogetherGiven(("reference_id", "reference_type")),
    )

    category_id: Mapped[uuid.UUID] = link("budget_categories.id")
    amount: Mapped[Decimal] = column(Exact(12, 2))
    description: Mapped[str]
    transaction_date: Mapped[dt.datetime]
    reference_id: Mapped[str | None] = column(String(255))
    reference_type: Mapped[str | None] = column(String(100))
    notes: Mapped[str | None]
    currency: Mapped[Currency] = column(default=Currency.USD)
