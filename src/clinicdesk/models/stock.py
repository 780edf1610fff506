"""Stock by lot and place: lots, the maintained balance, and the counts of controlled drugs."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import (
    All,
    Any_,
    AnyGiven,
    AtLeast,
    Between,
    Equals,
    Given,
    Holds,
    Not,
    Occurs,
    Ordered,
    RequiredWhen,
    SignWhen,
    Unequal,
)
from clinicdesk.models.base import Base, LocalRow, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link, live_unique
from clinicdesk.models.enums import CountKind, LotStatus, Unit
from clinicdesk.models.mixins import Superseding
from clinicdesk.models.policy import DEVICE, SyncClass, SyncPolicy, school
from clinicdesk.models.types import Exact


class InventoryLot(Syncable, SoftDeleted, Base):
    """Goods of one lot and expiry at one school; a student's own medicine names the student (M9, M13)."""

    __tablename__ = "inventory_lots"
    __table_args__ = (index("inventory_item_id", "expires_on"),)
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, school())
    __rules__ = (
        Ordered("received_on", "opened_on"),
        RequiredWhen("quarantine_reason", Equals("status", "QUARANTINED", "RECALLED"), "quarantined"),
        AnyGiven(("expires_on", "expiry_unknown_reason")),
        AtLeast("pack_size", 0, above=True),
        RequiredWhen("school_id", Given("student_id"), "students_own"),
    )

    inventory_item_id: Mapped[uuid.UUID] = link("inventory_items.id", index=False)
    school_id: Mapped[uuid.UUID | None] = link("schools.id", group="owner")
    medication_id: Mapped[uuid.UUID | None] = link("medications.id")
    student_id: Mapped[uuid.UUID | None] = link("students.id", phi=True, cross_scope=True, group="owner")
    lot_number: Mapped[str] = column(String(100), group="lot")
    expires_on: Mapped[dt.date | None] = column(index=True, group="lot", safety=True)
    expiry_unknown_reason: Mapped[str | None] = column(group="lot")
    ndc: Mapped[str | None] = column(String(255), group="lot")
    unit: Mapped[Unit] = column(group="lot")
    pack_size: Mapped[Decimal | None] = column(Exact(12, 3))
    is_controlled: Mapped[bool] = column(default=False)
    is_estimate: Mapped[bool] = column(default=False)
    status: Mapped[LotStatus] = column(default=LotStatus.AVAILABLE, group="status", safety=True)
    quarantine_reason: Mapped[str | None] = column(group="status")
    received_on: Mapped[dt.date] = column(group="dates")
    opened_on: Mapped[dt.date | None] = column(group="dates")
    funding: Mapped[str | None] = column(String(40))


class StockBalance(LocalRow, Base):
    """How much of a lot lies at a place: the sum of its movements, kept by each side for itself (concern 41).

    A controlled drug never falls below zero by a desk's own write; a dose that was really given elsewhere may take it
    there, which `shortfall_accepted` tells (D44).
    """

    __tablename__ = "stock_balances"
    __table_args__ = (
        live_unique("inventory_item_id", "lot_id", "location", where="lot_id IS NOT NULL"),
        live_unique("inventory_item_id", "location", where="lot_id IS NULL"),
    )
    __sync__ = SyncPolicy(SyncClass.LOCAL, DEVICE)
    __rules__ = (
        SignWhen(
            "quantity",
            "not_negative",
            All(Holds("is_controlled"), Not(Holds("shortfall_accepted"))),
        ),
    )

    inventory_item_id: Mapped[uuid.UUID] = link("inventory_items.id")
    lot_id: Mapped[uuid.UUID | None] = link("inventory_lots.id")
    location: Mapped[str] = column(String(255))
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    quantity: Mapped[Decimal] = column(Exact(14, 3))
    unit: Mapped[Unit]
    is_controlled: Mapped[bool] = column(default=False)
    shortfall_accepted: Mapped[bool] = column(default=False)
    updated_at: Mapped[dt.datetime]


class ControlledCount(Syncable, Superseding, Base):
    """A blind count of a controlled drug by two people: what was counted before the expected number was shown (M9)."""

    __tablename__ = "controlled_counts"
    __table_args__ = (index("lot_id", "counted_at"),)
    __sync__ = SyncPolicy(SyncClass.APPEND_ONLY, school())
    __rules__ = (
        Unequal("witness_id", "counted_by"),
        AnyGiven(("witness_id", "witness_name"), Not(Equals("kind", "DOSE"))),
        AtLeast("counted", 0),
        RequiredWhen("discrepancy_reason", Holds("is_discrepancy"), "discrepancy"),
        Occurs(
            "witness_signature_id",
            "witness_signed",
            Any_(Given("witness_signature_id"), Given("witness_name")),
            Given("witness_id"),
        ),
        Between("zone_offset_minutes", -840, 840),
    )

    lot_id: Mapped[uuid.UUID] = link("inventory_lots.id", index=False)
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    location: Mapped[str] = column(String(255), default="CLINIC")
    kind: Mapped[CountKind]
    counted: Mapped[Decimal] = column(Exact(12, 3))
    expected: Mapped[Decimal] = column(Exact(12, 3))
    unit: Mapped[Unit]
    is_estimate: Mapped[bool] = column(default=False)
    is_discrepancy: Mapped[bool] = column(default=False)
    discrepancy_reason: Mapped[str | None]
    counted_by: Mapped[uuid.UUID] = link("users.id")
    counter_signature_id: Mapped[uuid.UUID | None] = link("signatures.id", cross_scope=True)
    witness_id: Mapped[uuid.UUID | None] = link("users.id")
    witness_name: Mapped[str | None] = column(String(200))
    witness_signature_id: Mapped[uuid.UUID | None] = link("signatures.id", cross_scope=True)
    counted_at: Mapped[dt.datetime]
    zone_offset_minutes: Mapped[int]
    adjustment_id: Mapped[uuid.UUID | None] = link("inventory_transactions.id")
    incident_report_id: Mapped[uuid.UUID | None] = link("incident_reports.id", phi=True, cross_scope=True)
