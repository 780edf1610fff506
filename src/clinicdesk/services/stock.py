"""Movements of stock: written once, never changed; a balance is their sum (M9, D44)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.medication.controlled import InventoryTransactionType, Movement, MovementOrigin, assess_movement
from clinicdesk.domain.medication.quantities import DoseUnit, convert
from clinicdesk.models import InventoryTransaction
from clinicdesk.models.enums import EntryKind, Unit
from clinicdesk.models.rules import validate
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_values import DoseRefusedError
from clinicdesk.storage.queries.stock import LotOnHand
from clinicdesk.storage.store import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """Who stood by a movement: a member of staff with a signature, or the adult who brought the medicine."""

    user_id: uuid.UUID | None = None
    name: str | None = None
    signature_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMove:
    """A movement of a lot that is about to be written; `amount` is signed, in `unit`."""

    lot: LotOnHand
    kind: InventoryTransactionType
    amount: Decimal
    unit: DoseUnit
    at: dt.datetime
    reason: str | None = None
    method: str | None = None
    witness: Witnessed | None = None
    reverses: uuid.UUID | None = None
    reversal_reason: str | None = None
    revision: int = 1
    again: bool = False
    note: str | None = None


def write_move(work: Work, desk: Desk, move: StockMove) -> uuid.UUID:
    """Write a movement inside a unit of work.

    Raises:
        DoseRefusedError: the register of a controlled drug forbids it (M9).
        InvalidValueError: a field holds what a movement cannot.
    """
    lot = move.lot
    amount = convert(move.amount, move.unit, lot.unit)
    key = new_id()
    witness = move.witness or Witnessed()
    before = lot.balance if lot.balance is not None else Decimal(0)
    if lot.controlled:
        _require_register(desk, key, move, amount, before, witness)
    values = {
        "inventory_item_id": lot.item_id,
        "type": move.kind,
        "quantity": amount,
        "reason": move.reason,
        "performed_by_id": desk.person.user_id,
        "notes": move.note,
        "school_id": lot.school_id,
        "lot_id": lot.lot_id,
        "location": lot.location,
        "unit": Unit(lot.unit.value),
        "occurred_at": move.at,
        "zone_offset_minutes": desk.zone_offset_minutes(move.at),
        "is_controlled": lot.controlled,
        "witness_id": witness.user_id,
        "witness_name": witness.name,
        "witness_signature_id": witness.signature_id,
        "count_before": before if before >= 0 else None,
        "count_after": before + amount if before + amount >= 0 else None,
        "is_estimate": lot.estimated,
        "disposal_method": move.method,
        "device_id": desk.device_id,
        "entry_kind": EntryKind.ORIGINAL if move.reverses is None else EntryKind.WITHDRAWN,
        "supersedes_id": move.reverses,
        "revision": move.revision,
        "correction_reason": move.reversal_reason,
    }
    require_valid("InventoryTransaction", values)
    work.session.add(InventoryTransaction(id=key, **values))
    work.session.flush()
    return key


def write_reversal(work: Work, desk: Desk, original: InventoryTransaction, lot: LotOnHand, reason: str) -> uuid.UUID:
    """Give back exactly what a taken-back entry moved, or take again what was given back once too often (D1).

    Whoever stood by the first movement stands by this one, unless it is now the one who acts.
    """
    witness = Witnessed(user_id=original.witness_id, name=original.witness_name)
    move = StockMove(
        lot=lot,
        kind=original.type,
        amount=-original.quantity,
        unit=DoseUnit(original.unit.value),
        at=desk.now(),
        reason=original.reason,
        method=original.disposal_method,
        witness=None if original.witness_id == desk.person.user_id else witness,
        reverses=original.id,
        again=original.entry_kind is EntryKind.WITHDRAWN,
        reversal_reason=reason,
        revision=original.revision + 1,
    )
    return write_move(work, desk, move)


def require_valid(model: str, values: dict[str, object]) -> None:
    """Raise the first thing that is wrong with a row, by the rules that the server asks too."""
    problems = validate(model, values)
    if problems:
        raise problems[0]


def _require_register(
    desk: Desk, key: uuid.UUID, move: StockMove, amount: Decimal, before: Decimal, witness: Witnessed
) -> None:
    kind = move.kind
    movement = Movement(
        id=key,
        kind=kind,
        change=amount,
        at=move.at,
        actor_id=desk.person.user_id,
        witness_id=witness.user_id,
        delivered_by=witness.name,
        reason=move.reason or "",
        reverses_id=move.reverses,
        again=move.again,
    )
    findings = assess_movement(movement, before, MovementOrigin.DESK)
    if kind is InventoryTransactionType.USAGE:
        # Whether a dose needs a witness is the dose rules' decision (they know district and emergency).
        findings = tuple(finding for finding in findings if finding.code == "controlled.balance_too_low")
    if findings:
        raise DoseRefusedError(findings)
