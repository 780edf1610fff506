"""What a decided fork of one dose leaves in stock: each desk moved it for itself, the dose was one (D1, D44, M10)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.medication.log import DoseOutcome
from clinicdesk.domain.medication.outcomes import takes_stock
from clinicdesk.models import InventoryTransaction, MedicationLog
from clinicdesk.models.enums import EntryKind
from clinicdesk.services.desk import Desk
from clinicdesk.services.stock import write_reversal
from clinicdesk.storage.queries import stock as stock_queries
from clinicdesk.storage.store import Work

_REASON = "Two desks had moved the stock of one dose"
_NOTHING = Decimal(0)


def settle_stock(work: Work, desk: Desk, log: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Bring the movements of a dose to what stands of it now; the movements that this took.

    Nothing is taken away: what was moved too often is given back by a row of its own, what was given back too often
    is taken again. A dose that never moved any stock is left alone.

    Raises:
        DoseRefusedError: the register of a controlled drug forbids it (M9).
    """
    session = work.session
    rows = _of_one_dose(session, log)
    ends = [row for row in rows if row.id not in {other.supersedes_id for other in rows}]
    standing = next((row for row in ends if row.entry_kind is not EntryKind.WITHDRAWN), None)
    moves = _movements(session, {row.stock_transaction_id for row in rows if row.stock_transaction_id is not None})
    written: list[uuid.UUID] = []
    for lot in sorted({move.lot_id for move in moves if move.lot_id is not None}):
        of_lot = [move for move in moves if move.lot_id == lot]
        taken = next((move.quantity for move in of_lot if move.quantity < 0), _NOTHING)
        stands = standing is not None and standing.lot_id == lot and takes_stock(DoseOutcome(standing.outcome.value))
        wanted = taken if stands else _NOTHING
        own = standing.stock_transaction_id if standing is not None else None
        for move in _too_many(of_lot, wanted, own):
            on_hand = stock_queries.lot(session, lot)
            if on_hand is not None:
                written.append(write_reversal(work, desk, move, on_hand, _REASON))
    return tuple(written)


def _too_many(
    moves: Iterable[InventoryTransaction], wanted: Decimal, own: uuid.UUID | None
) -> list[InventoryTransaction]:
    """The newest movements that, taken back, leave the sum that is wanted; that of the standing entry comes last."""
    moves = list(moves)
    followed = {move.supersedes_id for move in moves}
    excess = wanted - sum((move.quantity for move in moves), _NOTHING)
    found: list[InventoryTransaction] = []
    for move in sorted(moves, key=lambda one: (one.id == own, -one.id.int)):
        against = -move.quantity
        if move.id not in followed and excess * against > 0 and abs(against) <= abs(excess):
            found.append(move)
            excess -= against
    return found


def _of_one_dose(session: Session, log: uuid.UUID) -> list[MedicationLog]:
    """Every row of the dose that this row is of."""
    first = session.get_one(MedicationLog, log)
    while first.supersedes_id is not None:
        first = session.get_one(MedicationLog, first.supersedes_id)
    found, level = [first], [first.id]
    while level:
        later = session.scalars(sa.select(MedicationLog).where(MedicationLog.supersedes_id.in_(level))).all()
        found += later
        level = [row.id for row in later]
    return found


def _movements(session: Session, named: Collection[uuid.UUID]) -> list[InventoryTransaction]:
    """The movements that these rows name, with what they take back and what takes them back, oldest first."""
    found: dict[uuid.UUID, InventoryTransaction] = {}
    asked: set[uuid.UUID] = set()
    level = set(named)
    while level:
        asked |= level
        for move in session.scalars(
            sa.select(InventoryTransaction).where(
                InventoryTransaction.id.in_(level) | InventoryTransaction.supersedes_id.in_(level)
            )
        ):
            found[move.id] = move
        level = {key for move in found.values() for key in (move.id, move.supersedes_id) if key is not None} - asked
    return sorted(found.values(), key=lambda move: move.id)
