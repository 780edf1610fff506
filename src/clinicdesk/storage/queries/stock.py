"""Lots and balances of medicines: which package a dose comes from, and what the register says of it (M9, M13)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.medication.facts import StockLot
from clinicdesk.domain.medication.orders import Order
from clinicdesk.domain.medication.quantities import DoseUnit, comparable
from clinicdesk.models import ControlledCount, InventoryItem, InventoryLot, Medication, StockBalance, Student
from clinicdesk.models.enums import LotStatus

CLINIC = "CLINIC"
"""The place of stock that no other place is named for."""

_GONE = (LotStatus.DEPLETED, LotStatus.DISPOSED)
_SHUT = (LotStatus.QUARANTINED, LotStatus.RECALLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOnHand:
    """A lot with its balance, as a dose or a count needs it."""

    lot_id: uuid.UUID
    item_id: uuid.UUID
    medication_id: uuid.UUID
    medication: str
    lot_number: str
    expires_on: dt.date | None
    shut: bool
    unit: DoseUnit
    balance: Decimal | None
    location: str
    school_id: uuid.UUID | None
    student_id: uuid.UUID | None
    student_name: str | None
    controlled: bool
    estimated: bool

    @property
    def for_rules(self) -> StockLot:
        return StockLot(
            lot_id=self.lot_id,
            drug_id=self.medication_id,
            expires_on=self.expires_on,
            quarantined=self.shut,
            balance=self.balance,
        )


def lots_for(session: Session, order: Order, students: Collection[uuid.UUID], school: uuid.UUID) -> list[LotOnHand]:
    """Packages that a dose of the order may come from: the student's own before the school's, first to expire first.

    What may not be given stands last, so that a stop says why where there is nothing else (M13).
    """
    found = _lots(
        session,
        InventoryLot.medication_id == order.drug.id,
        (InventoryLot.student_id.in_(list(students))) | InventoryLot.student_id.is_(None),
        InventoryLot.school_id == school,
    )
    fitting = [lot for lot in found if comparable(lot.unit, order.strength.per.unit)]
    return sorted(
        fitting,
        key=lambda lot: (lot.shut, lot.student_id is None, lot.balance == 0, lot.expires_on or dt.date.max, lot.lot_id),
    )


def lot(session: Session, lot_id: uuid.UUID) -> LotOnHand | None:
    """One lot with its balance."""
    return next(iter(_lots(session, InventoryLot.id == lot_id)), None)


def controlled_lots(session: Session, school: uuid.UUID) -> list[LotOnHand]:
    """The controlled lots of a school, by medicine and owner: what a count goes through."""
    found = _lots(session, InventoryLot.school_id == school, InventoryLot.is_controlled.is_(True))
    return sorted(found, key=lambda one: (one.medication, one.student_name or "", one.lot_number, one.lot_id))


def lots_to_close(session: Session, school: uuid.UUID) -> list[LotOnHand]:
    """The lots that must be empty at the end of the school year: the students' own and the controlled ones (M12)."""
    own = InventoryLot.student_id.is_not(None)
    found = _lots(session, InventoryLot.school_id == school, own | InventoryLot.is_controlled.is_(True))
    return sorted(found, key=lambda one: (one.student_name or "", one.medication, one.lot_number, one.lot_id))


def last_counts(session: Session, lots: Collection[uuid.UUID]) -> dict[uuid.UUID, dt.datetime]:
    """When each lot was last counted."""
    rows = session.execute(
        sa.select(ControlledCount.lot_id, sa.func.max(ControlledCount.counted_at))
        .where(ControlledCount.lot_id.in_(list(lots)))
        .group_by(ControlledCount.lot_id)
    )
    return {row.lot_id: row[1] for row in rows}


def _lots(session: Session, *where: sa.ColumnElement[bool]) -> list[LotOnHand]:
    rows = session.execute(
        sa.select(InventoryLot, InventoryItem, Medication, StockBalance, Student.first_name, Student.last_name)
        .join(InventoryItem, InventoryItem.id == InventoryLot.inventory_item_id)
        .join(Medication, Medication.id == InventoryLot.medication_id)
        .outerjoin(StockBalance, StockBalance.lot_id == InventoryLot.id)
        .outerjoin(Student, Student.id == InventoryLot.student_id)
        .where(InventoryLot.deleted_at.is_(None), InventoryLot.status.not_in(_GONE), *where)
        .order_by(InventoryLot.id, sa.case((StockBalance.location == CLINIC, 0), else_=1))
    )
    found: dict[uuid.UUID, LotOnHand] = {}
    for row, item, medication, balance, first, last in rows:
        found.setdefault(
            row.id,
            LotOnHand(
                lot_id=row.id,
                item_id=item.id,
                medication_id=medication.id,
                medication=f"{medication.name} {medication.strength}".strip(),
                lot_number=row.lot_number,
                expires_on=row.expires_on,
                shut=row.status in _SHUT,
                unit=DoseUnit(row.unit.value),
                balance=None if balance is None else balance.quantity,
                location=CLINIC if balance is None else balance.location,
                school_id=row.school_id,
                student_id=row.student_id,
                student_name=f"{first} {last}" if first is not None else None,
                controlled=row.is_controlled or item.is_controlled or medication.is_controlled,
                estimated=row.is_estimate,
            ),
        )
    return list(found.values())
