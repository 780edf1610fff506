"""Inventory: items, movements, orders and vendors."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import (
    All,
    AnyGiven,
    AtLeast,
    Between,
    Equals,
    Holds,
    Lowercase,
    NotAbove,
    Ordered,
    Pattern,
    ProductOf,
    RequiredWhen,
    SignWhen,
    SumOf,
    Unequal,
)
from clinicdesk.domain.validation.shapes import EMAIL
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link, live_unique
from clinicdesk.models.enums import Currency, InventoryTransactionType, MaintenanceType, PurchaseOrderStatus, Unit
from clinicdesk.models.mixins import Superseding
from clinicdesk.models.policy import DISTRICT, SyncClass, SyncPolicy, parent, school
from clinicdesk.models.types import Exact


class InventoryItem(Syncable, SoftDeleted, Base):
    """A kind of supply or equipment the clinics keep in stock.

    Its stock is the sum of its transactions, kept per lot and place in `stock_balances` (concern 41). `supplier` is
    the copied name of `supplier_id` (concern 5).
    """

    __tablename__ = "inventory_items"
    __table_args__ = (live_unique("sku", where="deleted_at IS NULL AND sku IS NOT NULL"),)
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, school())
    __rules__ = (
        AtLeast("unit_cost", 0),
        AtLeast("reorder_level", 0),
        AtLeast("reorder_quantity", 0),
    )

    name: Mapped[str] = column(String(255), index=True)
    category: Mapped[str] = column(String(255), index=True)
    description: Mapped[str | None]
    sku: Mapped[str | None] = column(String(255))
    supplier: Mapped[str | None] = column(String(255), index=True, derived=True)
    unit_cost: Mapped[Decimal | None] = column(Exact(10, 2))
    reorder_level: Mapped[int] = column(index=True, group="reorder")
    reorder_quantity: Mapped[int] = column(group="reorder")
    location: Mapped[str | None] = column(String(255))
    notes: Mapped[str | None]
    is_active: Mapped[bool] = column(default=True, index=True)
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    supplier_id: Mapped[uuid.UUID | None] = link("suppliers.id")
    medication_id: Mapped[uuid.UUID | None] = link("medications.id")
    unit: Mapped[Unit] = column(default=Unit.EACH)
    is_controlled: Mapped[bool] = column(default=False)
    currency: Mapped[Currency] = column(default=Currency.USD)


class InventoryTransaction(Syncable, Superseding, Base):
    """One movement of stock of an inventory item.

    What comes in is positive, what goes out negative; stock is the sum of all rows, so a WITHDRAWN row carries the
    opposite quantity and a CORRECTION the difference (concern 41). A transfer is two rows with one `transfer_id`. A
    controlled adjustment has a witness who is not the actor (M9).
    """

    __tablename__ = "inventory_transactions"
    __table_args__ = (index("created_at"),)
    __sync__ = SyncPolicy(SyncClass.APPEND_ONLY, school())
    __rules__ = (
        SignWhen("quantity", "positive", All(Equals("entry_kind", "ORIGINAL"), Equals("type", "PURCHASE", "RECEIPT"))),
        SignWhen(
            "quantity",
            "negative",
            All(Equals("entry_kind", "ORIGINAL"), Equals("type", "USAGE", "DISPOSAL", "WASTE", "RETURN")),
        ),
        SignWhen("quantity", "not_zero", Equals("entry_kind", "ORIGINAL")),
        AtLeast("unit_cost", 0),
        Unequal("witness_id", "performed_by_id"),
        AnyGiven(
            ("witness_id", "witness_name"),
            All(
                Holds("is_controlled"),
                Equals("type", "ADJUSTMENT", "COUNT_ADJUSTMENT", "DISPOSAL", "WASTE", "RETURN", "RECEIPT"),
            ),
        ),
        RequiredWhen("reason", Equals("type", "ADJUSTMENT", "COUNT_ADJUSTMENT", "DISPOSAL", "WASTE"), "adjusted"),
        RequiredWhen("disposal_method", Equals("type", "DISPOSAL"), "disposed"),
        AtLeast("count_before", 0),
        AtLeast("count_after", 0),
        RequiredWhen("transfer_id", Equals("type", "TRANSFER"), "transferred"),
        Between("zone_offset_minutes", -840, 840),
    )

    inventory_item_id: Mapped[uuid.UUID] = link("inventory_items.id")
    type: Mapped[InventoryTransactionType] = column(index=True)
    quantity: Mapped[Decimal] = column(Exact(12, 3))
    unit_cost: Mapped[Decimal | None] = column(Exact(10, 2))
    reason: Mapped[str | None] = column(String(255))
    batch_number: Mapped[str | None] = column(String(255))
    expiration_date: Mapped[dt.datetime | None]
    performed_by_id: Mapped[uuid.UUID] = link("users.id")
    notes: Mapped[str | None]
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    lot_id: Mapped[uuid.UUID | None] = link("inventory_lots.id")
    location: Mapped[str] = column(String(255), default="CLINIC")
    unit: Mapped[Unit] = column(default=Unit.EACH)
    currency: Mapped[Currency] = column(default=Currency.USD)
    occurred_at: Mapped[dt.datetime]
    zone_offset_minutes: Mapped[int]
    is_controlled: Mapped[bool] = column(default=False)
    witness_id: Mapped[uuid.UUID | None] = link("users.id")
    witness_name: Mapped[str | None] = column(String(200))
    witness_signature_id: Mapped[uuid.UUID | None] = link("signatures.id", cross_scope=True)
    count_before: Mapped[Decimal | None] = column(Exact(12, 3))
    count_after: Mapped[Decimal | None] = column(Exact(12, 3))
    is_estimate: Mapped[bool] = column(default=False)
    transfer_id: Mapped[uuid.UUID | None] = column(index=True)
    purchase_order_item_id: Mapped[uuid.UUID | None] = link("purchase_order_items.id")
    disposal_method: Mapped[str | None] = column(String(255))
    device_id: Mapped[uuid.UUID | None]


class MaintenanceLog(Syncable, Superseding, Base):
    """One service event of a piece of equipment.

    `vendor` is the copied name of `vendor_id` (concern 5).
    """

    __tablename__ = "maintenance_logs"
    __sync__ = SyncPolicy(SyncClass.APPEND_ONLY, school())
    __rules__ = (
        AnyGiven(("performed_by_id", "performed_by_id_name")),
        AtLeast("cost", 0),
        Ordered("performed_at", "next_maintenance_date"),
    )

    inventory_item_id: Mapped[uuid.UUID] = link("inventory_items.id")
    type: Mapped[MaintenanceType] = column(index=True)
    description: Mapped[str]
    performed_by_id: Mapped[uuid.UUID | None] = link("users.id")
    performed_by_id_name: Mapped[str | None] = column(String(255))
    cost: Mapped[Decimal | None] = column(Exact(10, 2))
    next_maintenance_date: Mapped[dt.datetime | None] = column(index=True)
    vendor: Mapped[str | None] = column(String(255), derived=True)
    notes: Mapped[str | None]
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    vendor_id: Mapped[uuid.UUID | None] = link("vendors.id")
    currency: Mapped[Currency] = column(default=Currency.USD)
    performed_at: Mapped[dt.datetime]


class PurchaseOrder(Syncable, SoftDeleted, Base):
    """An order of supplies placed with a vendor."""

    __tablename__ = "purchase_orders"
    __table_args__ = (live_unique("order_number"),)
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, school())
    __rules__ = (
        AtLeast("subtotal", 0),
        AtLeast("tax", 0),
        AtLeast("shipping", 0),
        SumOf("total", ("subtotal", "tax", "shipping")),
        Ordered("order_date", "expected_date"),
        Ordered("order_date", "received_date"),
        RequiredWhen("received_date", Equals("status", "RECEIVED"), "received"),
    )

    order_number: Mapped[str] = column(String(255))
    vendor_id: Mapped[uuid.UUID] = link("vendors.id")
    order_date: Mapped[dt.datetime] = column(index=True, group="progress")
    expected_date: Mapped[dt.datetime | None] = column(group="progress")
    received_date: Mapped[dt.datetime | None] = column(group="progress")
    subtotal: Mapped[Decimal] = column(Exact(12, 2), group="amounts")
    tax: Mapped[Decimal] = column(Exact(12, 2), group="amounts")
    shipping: Mapped[Decimal] = column(Exact(12, 2), group="amounts")
    total: Mapped[Decimal] = column(Exact(12, 2), group="amounts")
    status: Mapped[PurchaseOrderStatus] = column(default=PurchaseOrderStatus.PENDING, index=True, group="progress")
    notes: Mapped[str | None]
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    currency: Mapped[Currency] = column(default=Currency.USD)


class PurchaseOrderItem(Syncable, SoftDeleted, Base):
    """One line of a purchase order.

    `quantity_received` tells a partly received order (concern 41).
    """

    __tablename__ = "purchase_order_items"
    __sync__ = SyncPolicy(SyncClass.TWO_WAY, parent("purchase_order_id"))
    __rules__ = (
        AtLeast("quantity", 1),
        AtLeast("quantity_received", 0),
        NotAbove("quantity_received", "quantity"),
        AtLeast("unit_cost", 0),
        ProductOf("total_cost", ("quantity", "unit_cost")),
    )

    purchase_order_id: Mapped[uuid.UUID] = link("purchase_orders.id")
    inventory_item_id: Mapped[uuid.UUID] = link("inventory_items.id")
    quantity: Mapped[int] = column(group="amounts")
    unit_cost: Mapped[Decimal] = column(Exact(10, 2), group="amounts")
    total_cost: Mapped[Decimal] = column(Exact(12, 2), group="amounts")
    quantity_received: Mapped[int] = column(default=0, group="amounts")
    currency: Mapped[Currency] = column(default=Currency.USD)


class Vendor(Syncable, SoftDeleted, Base):
    """A company the district buys from, with contact, terms and rating.

    A source of one item at it is `Supplier` (concern 5).
    """

    __tablename__ = "vendors"
    __table_args__ = (live_unique("email", where="deleted_at IS NULL AND email IS NOT NULL"),)
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        Between("rating", 0, 5),
        Lowercase("email"),
        Pattern("email", "email_address", EMAIL),
    )

    name: Mapped[str] = column(String(255), index=True)
    contact_name: Mapped[str | None] = column(String(255))
    email: Mapped[str | None] = column(String(255))
    phone: Mapped[str | None] = column(String(255))
    address: Mapped[str | None]
    website: Mapped[str | None] = column(String(255))
    tax_id: Mapped[str | None] = column(String(255))
    payment_terms: Mapped[str | None]
    notes: Mapped[str | None]
    rating: Mapped[Decimal | None] = column(Exact(3, 2))
    is_active: Mapped[bool] = column(default=True, index=True)
