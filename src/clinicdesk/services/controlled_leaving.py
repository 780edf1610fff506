"""Medicine that leaves the clinic: one line of the append-only register, the parent told, a witness by (M12)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from clinicdesk.domain.medication.disposal import (
    Departure,
    DisposalMethod,
    Remainder,
    assess_departure,
    not_empty,
)
from clinicdesk.domain.medication.facts import DoseActor
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import Language, catalogue
from clinicdesk.models import ClinicalTask, InventoryTransaction
from clinicdesk.models.enums import AuditAction, ClinicalTaskKind, InventoryTransactionType, TaskStatus
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_facts import licence_of
from clinicdesk.services.dose_values import DoseRefusedError, OrderNotFoundError, Proof
from clinicdesk.services.second_person import SecondPerson, proved
from clinicdesk.services.stock import StockMove, Witnessed, write_move
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import stock as stock_queries
from clinicdesk.storage.queries.stock import LotOnHand
from clinicdesk.storage.store import Work

_MOVES = InventoryTransaction.__tablename__
_SOMEBODY = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Part of a lot, or all of it, that is handed back or destroyed. `parent_told`: who was told, and when."""

    lot_id: uuid.UUID
    amount: Decimal | None
    method: DisposalMethod | None
    on: dt.date | None
    reason: str = ""
    parent_told: str = ""
    received_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftLine:
    """A lot that keeps the register open at the end of the school year."""

    lot_id: uuid.UUID
    medication: str
    owner: str
    lot_number: str
    balance: Decimal


def let_go(desk: Desk, leaving: Leaving, witness: Proof) -> uuid.UUID:
    """Write the movement with both names, and the call to the parent as a task that is done.

    Raises:
        DoseRefusedError: what M12 asks for is missing, or the register holds less.
        WitnessRefusedError, WrongPasswordError: the second person.
    """
    with desk.store.read() as session:
        lot = _lot(session, desk, leaving.lot_id)
    # Before anybody types a password; who stands by is asked below.
    _require(desk, leaving, lot, _SOMEBODY)
    entry = AuditEntry(
        AuditAction.CREATE, "InventoryTransaction", entity_id=leaving.lot_id, student_id=lot.student_id,
        facts={"kind": _kind(leaving).value},
    )  # fmt: skip
    with (
        proved(desk, witness, Act.WITNESS_CONTROLLED) as second,
        desk.act(Act.RETURN_MEDICATION, entry, schools=(desk.school.id,)) as work,
    ):
        # Asked again on what the register says now, and on who really stood by.
        lot = _lot(work.session, desk, leaving.lot_id)
        _require(desk, leaving, lot, second.user_id)
        moved = write_move(work, desk, _move(desk, leaving, lot, second, work.at))
        if lot.student_id is not None:
            work.session.add(_told(desk, leaving, lot, moved, work))
        return moved


def left_over(desk: Desk) -> tuple[LeftLine, ...]:
    """The students' own and the controlled lots that are not at zero: nothing of them stays over the summer (M12)."""
    with desk.look(Act.COUNT_CONTROLLED) as session:
        lots = stock_queries.lots_to_close(session, desk.school.id)
    remains = not_empty(Remainder(lot_id=lot.lot_id, balance=lot.balance or Decimal(0)) for lot in lots)
    open_lots = {one.lot_id: one.balance for one in remains}
    return tuple(
        LeftLine(
            lot_id=lot.lot_id,
            medication=lot.medication,
            owner=lot.student_name or "",
            lot_number=lot.lot_number,
            balance=open_lots[lot.lot_id],
        )
        for lot in lots
        if lot.lot_id in open_lots
    )


def _lot(session: Session, desk: Desk, lot_id: uuid.UUID) -> LotOnHand:
    lot = stock_queries.lot(session, lot_id)
    if lot is None or lot.school_id not in {None, desk.school.id}:
        raise OrderNotFoundError
    return lot


def _require(desk: Desk, leaving: Leaving, lot: LotOnHand, witness: uuid.UUID | None) -> None:
    person = desk.person
    actor = DoseActor(
        user_id=person.user_id, role=person.role, licence=licence_of(person.role, person.credentials)
    )  # fmt: skip
    departure = Departure(
        amount=leaving.amount,
        method=leaving.method,
        on=leaving.on,
        actor=actor,
        witness_id=witness,
        reason=leaving.reason,
        parent_told=leaving.parent_told,
        received_by=leaving.received_by,
        students_own=lot.student_id is not None,
    )
    findings = assess_departure(departure, lot.balance or Decimal(0), desk.today())
    if findings:
        raise DoseRefusedError(findings)


def _kind(leaving: Leaving) -> InventoryTransactionType:
    returned = leaving.method is DisposalMethod.RETURNED_TO_PARENT
    return InventoryTransactionType.RETURN if returned else InventoryTransactionType.DISPOSAL


def _move(desk: Desk, leaving: Leaving, lot: LotOnHand, second: SecondPerson, at: dt.datetime) -> StockMove:
    """Today at this moment; an earlier day at its noon, since only the date is known (M17)."""
    today = leaving.on is None or leaving.on == desk.today()
    noon = dt.datetime.combine(leaving.on or desk.today(), dt.time(12), tzinfo=desk.school.zone).astimezone(dt.UTC)
    return StockMove(
        lot=lot,
        kind=_kind(leaving),
        amount=-(leaving.amount or Decimal(0)),
        unit=lot.unit,
        at=at if today else noon,
        reason=leaving.reason or None,
        method=None if leaving.method is None else leaving.method.value,
        witness=Witnessed(user_id=second.user_id, name=second.name),
        note=f"Received by {leaving.received_by}" if leaving.received_by else None,
    )


def _told(desk: Desk, leaving: Leaving, lot: LotOnHand, moved: uuid.UUID, work: Work) -> ClinicalTask:
    words = catalogue(Language.ENGLISH).term("task", "PARENT_CONTACT")
    return ClinicalTask(
        kind=ClinicalTaskKind.PARENT_CONTACT,
        title=f"{words}: {lot.medication}"[:200],
        student_id=lot.student_id,
        school_id=lot.school_id,
        subject_table=_MOVES,
        subject_id=moved,
        due_at=work.at,
        status=TaskStatus.DONE,
        done_at=work.at,
        done_by=desk.person.user_id,
        result_note=leaving.parent_told,
        details={"code": "task.parent_contact", "drug": lot.medication},
    )
