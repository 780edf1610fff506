"""The controlled cupboard: receipt, blind counts by two, waste, adjustment; an append-only register (M9-M12)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.medication.controlled import CountKind, reconciliation_due
from clinicdesk.domain.medication.quantities import DoseUnit
from clinicdesk.domain.permissions import Act
from clinicdesk.models import InventoryItem, InventoryLot, InventoryTransaction, Medication
from clinicdesk.models.enums import AuditAction, InventoryTransactionType, Unit
from clinicdesk.services.controlled_discrepancy import CountedLot, WrittenCount, write_count
from clinicdesk.services.controlled_leaving import Leaving, LeftLine, left_over, let_go
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_values import OrderNotFoundError, Proof
from clinicdesk.services.second_person import proved
from clinicdesk.services.stock import StockMove, Witnessed, require_valid, write_move
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import stock as stock_queries
from clinicdesk.storage.queries.stock import LotOnHand


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """A lot to be counted. The expected number is not here: a count is blind."""

    lot_id: uuid.UUID
    medication: str
    owner: str
    lot_number: str
    unit: DoseUnit
    estimated: bool
    last_counted_at: dt.datetime | None
    due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedLine:
    """A lot after both have signed: now the register's number may be seen."""

    lot_id: uuid.UUID
    counted: Decimal
    expected: Decimal
    discrepancy: bool
    incident: uuid.UUID | None

    @property
    def difference(self) -> Decimal:
        return self.counted - self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A controlled medicine that an adult brings: counted together at the desk, both sign."""

    medication_id: uuid.UUID
    student_id: uuid.UUID | None
    lot_number: str
    expires_on: dt.date
    counted: Decimal
    delivered_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLine:
    """One line of the register of a lot, oldest first."""

    at: dt.datetime
    kind: str
    change: Decimal
    balance: Decimal
    by: uuid.UUID
    witness: uuid.UUID | None
    reason: str


class ControlledDrugs:
    """What is done with controlled drugs besides giving them. No balance is ever edited."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def lines(self) -> tuple[CountLine, ...]:
        """The lots to be counted at the desk's school, without the numbers that the register expects."""
        now = self._desk.now()
        with self._desk.look(Act.COUNT_CONTROLLED) as session:
            lots = stock_queries.controlled_lots(session, self._desk.school.id)
            last = stock_queries.last_counts(session, [lot.lot_id for lot in lots])
        return tuple(
            CountLine(
                lot_id=lot.lot_id,
                medication=lot.medication,
                owner=lot.student_name or "",
                lot_number=lot.lot_number,
                unit=lot.unit,
                estimated=lot.estimated,
                last_counted_at=last.get(lot.lot_id),
                due=reconciliation_due(last.get(lot.lot_id), now),
            )
            for lot in lots
        )

    def count(
        self, counted: Mapping[uuid.UUID, Decimal], kind: CountKind, witness: Proof, reason: str | None = None
    ) -> tuple[CountedLine, ...]:
        """Put a blind count on record, signed by both. A difference opens its incident draft and a recount (M10).

        Raises:
            InvalidValueError: a count is negative, or nothing was counted.
            WitnessRefusedError, WrongPasswordError: the second person.
        """
        if not counted:
            raise InvalidValueError("counted", "missing")
        entry = AuditEntry(
            AuditAction.CREATE, "ControlledCount", facts={"kind": kind.value, "lots": len(counted)}, is_phi=False
        )
        with (
            proved(self._desk, witness, Act.WITNESS_CONTROLLED) as second,
            self._desk.act(Act.COUNT_CONTROLLED, entry) as work,
        ):
            found: list[CountedLine] = []
            for lot_id, amount in counted.items():
                lot = self._lot(work.session, lot_id)
                one = CountedLot(
                    lot=lot, kind=kind, counted=amount, expected=lot.balance or Decimal(0), at=work.at, reason=reason
                )
                found.append(_line(one, write_count(work, self._desk, one, second)))
            return tuple(found)

    def receive(self, receipt: Receipt) -> uuid.UUID:
        """Take a medicine in: counted with the adult who brings it, whose name stands beside the nurse's signature.

        Returns the lot.
        """
        entry = AuditEntry(AuditAction.CREATE, "InventoryLot", student_id=receipt.student_id)
        lot_id = new_id()
        if not receipt.delivered_by.strip():
            raise InvalidValueError("witness_name", "missing")
        if receipt.counted <= 0:
            raise InvalidValueError("quantity", "not_positive")
        with self._desk.act(Act.RECEIVE_STOCK, entry) as work:
            medication = work.session.get(Medication, receipt.medication_id)
            if medication is None:
                raise OrderNotFoundError
            unit = medication.form_unit or Unit.EACH
            item = self._item(work.session, medication, unit)
            values: dict[str, object] = {
                "inventory_item_id": item,
                "school_id": self._desk.school.id,
                "medication_id": medication.id,
                "student_id": receipt.student_id,
                "lot_number": receipt.lot_number,
                "expires_on": receipt.expires_on,
                "unit": unit,
                "is_controlled": medication.is_controlled,
                "is_estimate": unit is Unit.ML,
                "received_on": self._desk.today(),
            }
            require_valid("InventoryLot", values)
            work.session.add(InventoryLot(id=lot_id, **values))
            work.session.flush()
            lot = self._lot(work.session, lot_id)
            witness = Witnessed(name=receipt.delivered_by)
            write_move(
                work,
                self._desk,
                StockMove(
                    lot=lot,
                    kind=InventoryTransactionType.RECEIPT,
                    amount=receipt.counted,
                    unit=lot.unit,
                    at=work.at,
                    witness=witness,
                ),
            )
            counted = CountedLot(
                lot=lot,
                kind=CountKind.RECEIPT,
                counted=receipt.counted,
                expected=receipt.counted,
                at=work.at,
                student=receipt.student_id,
            )
            write_count(work, self._desk, counted, None, receipt.delivered_by)
        return lot_id

    def waste(self, lot_id: uuid.UUID, amount: Decimal, reason: str, witness: Proof) -> None:
        """Destroy part of a lot, both watching (M9)."""
        self._move(Act.WASTE_CONTROLLED, lot_id, InventoryTransactionType.WASTE, -amount, reason, witness)

    def adjust(self, lot_id: uuid.UUID, counted: Decimal, reason: str, witness: Proof) -> None:
        """Bring the register to what was recounted: an adjustment with its reason and witness, never an edit (M9)."""
        with self._desk.look(Act.ADJUST_CONTROLLED) as session:
            before = self._lot(session, lot_id).balance or Decimal(0)
        self._move(
            Act.ADJUST_CONTROLLED,
            lot_id,
            InventoryTransactionType.COUNT_ADJUSTMENT,
            counted - before,
            reason,
            witness,
        )

    def let_go(self, leaving: Leaving, witness: Proof) -> uuid.UUID:
        """Hand medicine back or destroy it: parent told, one witness, amount, method, date (M12). Returns the movement.

        Raises:
            DoseRefusedError: what M12 asks for is missing, or the register holds less.
            WitnessRefusedError, WrongPasswordError: the second person.
        """
        return let_go(self._desk, leaving, witness)

    def left_over(self) -> tuple[LeftLine, ...]:
        """What keeps the register open at the end of the school year (M12)."""
        return left_over(self._desk)

    def register(self, lot_id: uuid.UUID) -> tuple[RegisterLine, ...]:
        """Every movement of a lot with the balance after it."""
        entry = AuditEntry(AuditAction.READ, "InventoryLot", entity_id=lot_id)
        with self._desk.open_record(Act.VIEW_STOCK, entry) as session:
            rows = session.scalars(
                sa.select(InventoryTransaction)
                .where(InventoryTransaction.lot_id == lot_id)
                .order_by(InventoryTransaction.occurred_at, InventoryTransaction.id)
            ).all()
        balance = Decimal(0)
        lines = []
        for row in rows:
            balance += row.quantity
            lines.append(
                RegisterLine(
                    at=row.occurred_at,
                    kind=row.type.value,
                    change=row.quantity,
                    balance=balance,
                    by=row.performed_by_id,
                    witness=row.witness_id,
                    reason=row.reason or row.correction_reason or "",
                )
            )
        return tuple(lines)

    def _move(
        self,
        act: Act,
        lot_id: uuid.UUID,
        kind: InventoryTransactionType,
        amount: Decimal,
        reason: str,
        witness: Proof,
    ) -> None:
        entry = AuditEntry(AuditAction.CREATE, "InventoryTransaction", entity_id=lot_id, facts={"kind": kind.value})
        with (
            proved(self._desk, witness, Act.WITNESS_CONTROLLED) as second,
            self._desk.act(act, entry) as work,
        ):
            lot = self._lot(work.session, lot_id)
            write_move(
                work,
                self._desk,
                StockMove(
                    lot=lot,
                    kind=kind,
                    amount=amount,
                    unit=lot.unit,
                    at=work.at,
                    reason=reason,
                    witness=Witnessed(user_id=second.user_id, name=second.name),
                ),
            )

    def _lot(self, session: Session, lot_id: uuid.UUID) -> LotOnHand:
        lot = stock_queries.lot(session, lot_id)
        if lot is None or lot.school_id not in {None, self._desk.school.id}:
            raise OrderNotFoundError
        return lot

    def _item(self, session: Session, medication: Medication, unit: Unit) -> uuid.UUID:
        """The stock item of a medicine at this school; made when the first package comes."""
        found = session.scalar(
            sa.select(InventoryItem.id).where(
                InventoryItem.medication_id == medication.id,
                InventoryItem.school_id == self._desk.school.id,
                InventoryItem.deleted_at.is_(None),
            )
        )
        if found is not None:
            return found
        key = new_id()
        session.add(
            InventoryItem(
                id=key,
                name=f"{medication.name} {medication.strength}",
                category="MEDICATION",
                reorder_level=0,
                reorder_quantity=0,
                school_id=self._desk.school.id,
                medication_id=medication.id,
                unit=unit,
                is_controlled=medication.is_controlled,
            )
        )
        session.flush()
        return key


def _line(one: CountedLot, written: WrittenCount) -> CountedLine:
    return CountedLine(
        lot_id=one.lot.lot_id,
        counted=one.counted,
        expected=one.expected,
        discrepancy=written.discrepancy,
        incident=written.incident,
    )
