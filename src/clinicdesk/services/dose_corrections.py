"""What happens to an entry afterwards: taken back, corrected, vomited, its effect checked (D1, M14, M17)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.findings import hard_stop
from clinicdesk.domain.medication.facts import Correction, IdentityStep, LabelStep
from clinicdesk.domain.medication.log import DoseOutcome, RecordSource
from clinicdesk.domain.medication.outcomes import DoseReason, check_reason, takes_stock
from clinicdesk.domain.medication.quantities import DoseUnit, Quantity
from clinicdesk.domain.medication.safety import assess
from clinicdesk.domain.permissions import Act
from clinicdesk.models import ClinicalTask, InventoryTransaction, MedicationLog
from clinicdesk.models.enums import AuditAction, CheckResult, EntryKind, TaskStatus
from clinicdesk.models.enums import DoseOutcome as OutcomeColumn
from clinicdesk.models.enums import DoseReason as ReasonColumn
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_facts import Gathered, gather
from clinicdesk.services.dose_values import DoseRefusedError, NewDose, OrderNotFoundError, TaskDose
from clinicdesk.services.dose_writing import (
    cancel_tasks,
    copied,
    proposed,
    take_from_stock,
    write_log,
    write_tasks,
)
from clinicdesk.services.stock import write_reversal
from clinicdesk.services.undo import reason_for
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import stock as stock_queries
from clinicdesk.storage.store import Work

VOMITED_AFTER = "Vomited after the dose"

# Stops that ask about the moment of giving, which a correction of the words does not repeat.
_ASKED_ONCE = frozenset({"M1", "M5", "M6", "M8", "M9", "M13", "M18", "D22"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What a row is about, read before its transaction is opened."""

    student: uuid.UUID
    written_at: dt.datetime


def undo(desk: Desk, log_id: uuid.UUID, reason: str | None) -> None:
    """Write the withdrawing row, give the stock back, call off open tasks."""
    entry = _entry_of(desk, log_id)
    words = reason_for(entry.written_at, desk.now(), reason)
    audit = AuditEntry(AuditAction.SUPERSEDE, "MedicationLog", entity_id=log_id, student_id=entry.student)
    with desk.act(Act.CORRECT_DOSE, audit) as work:
        withdraw(work, desk, log_id, words)


def withdraw(work: Work, desk: Desk, log_id: uuid.UUID, reason: str) -> uuid.UUID:
    """The part of taking an entry back that is written, for acts that do more besides; the key of the new row.

    Raises:
        DoseRefusedError: the entry was followed by another already.
    """
    log, key = _current(work.session, log_id), new_id()
    values = copied(log) | _following(desk, log, EntryKind.WITHDRAWN, reason, work.at)
    values["stock_transaction_id"] = _give_back(work, desk, log, reason)
    write_log(work, desk, key, values)
    cancel_tasks(work, desk, log.id)
    return key


def correct(
    desk: Desk,
    log_id: uuid.UUID,
    reason: str,
    event_at: dt.datetime | None,
    outcome: DoseOutcome | None,
    note: str | None,
    code: DoseReason | None,
) -> tuple[uuid.UUID, Gathered, NewDose, dt.datetime]:
    """Write the correcting row; the rules are asked on what the entry becomes."""
    if not reason.strip():
        raise InvalidValueError("correction_reason", "missing")
    if outcome is not None:
        check_reason(outcome, code, note or "")
    entry = _entry_of(desk, log_id)
    audit = AuditEntry(AuditAction.SUPERSEDE, "MedicationLog", entity_id=log_id, student_id=entry.student)
    with desk.act(Act.CORRECT_DOSE, audit) as work:
        log = _current(work.session, log_id)
        dose = _dose_of(log, event_at, outcome, note)
        found = gather(work.session, desk, dose.order_id, dose.student_id, dose.event_at or work.at, log.lot_id)
        _require_right(dose, found, work, log.id, reason)
        values = copied(log) | _following(desk, log, EntryKind.CORRECTION, reason, work.at)
        values |= {
            "administered_at": dose.event_at,
            "zone_offset_minutes": desk.zone_offset_minutes(dose.event_at or work.at),
            "outcome": OutcomeColumn(dose.outcome.value),
            "was_given": dose.outcome in {DoseOutcome.GIVEN, DoseOutcome.VOMITED},
            "notes": dose.note or None,
        }
        was, now = takes_stock(DoseOutcome(log.outcome.value)), takes_stock(dose.outcome)
        if was and not now:
            values["stock_transaction_id"] = _give_back(work, desk, log, reason)
            values |= {
                "reason_not_given": note or reason,
                "reason_code": None if code is None else ReasonColumn(code.value),
            }
        elif now and not was:
            values["stock_transaction_id"] = take_from_stock(work, desk, found, dose, None)
            values |= {
                "lot_id": None if found.lot is None else found.lot.lot_id,
                "reason_not_given": None,
                "reason_code": None,
            }
        key = new_id()
        write_log(work, desk, key, values)
        return key, found, dose, work.at


def vomited(
    desk: Desk, log_id: uuid.UUID, note: str
) -> tuple[uuid.UUID, Gathered, NewDose, dt.datetime, tuple[str, ...]]:
    """Follow a given dose by VOMITED: no stock moves, no new dose is made."""
    entry = _entry_of(desk, log_id)
    audit = AuditEntry(AuditAction.SUPERSEDE, "MedicationLog", entity_id=log_id, student_id=entry.student)
    with desk.act(Act.CHART_DOSE_NOT_GIVEN, audit) as work:
        log = _current(work.session, log_id)
        if log.outcome is not OutcomeColumn.GIVEN:
            raise InvalidValueError("outcome", "not_allowed", outcome=log.outcome.value)
        dose = _dose_of(log, None, DoseOutcome.VOMITED, note or log.notes)
        found = gather(work.session, desk, dose.order_id, dose.student_id, work.at, log.lot_id)
        values = copied(log) | _following(desk, log, EntryKind.CORRECTION, VOMITED_AFTER, work.at)
        values |= {"outcome": OutcomeColumn.VOMITED, "notes": dose.note or None}
        key = new_id()
        write_log(work, desk, key, values)
        tasks = write_tasks(work, desk, found, replace(dose, event_at=work.at), key)
        return key, found, dose, work.at, tasks


def dose_of_task(session: Session, task_id: uuid.UUID) -> TaskDose:
    """The dose, its order and its student, of an effect-check task."""
    task = session.get(ClinicalTask, task_id)
    log = None if task is None or task.medication_log_id is None else session.get(MedicationLog, task.medication_log_id)
    if task is None or log is None or log.student_medication_id is None:
        raise OrderNotFoundError
    return TaskDose(
        student_id=log.student_id,
        order_id=log.student_medication_id,
        log_id=log.id,
        done=task.status in {TaskStatus.DONE, TaskStatus.CANCELLED},
    )


def check_effect(desk: Desk, task_id: uuid.UUID, effect: CheckResult, note: str) -> None:
    """Close an effect-check task with its result."""
    with desk.store.read() as session:
        task = session.get(ClinicalTask, task_id)
        student = None if task is None else task.student_id
    if student is None:
        raise OrderNotFoundError
    audit = AuditEntry(AuditAction.UPDATE, "ClinicalTask", entity_id=task_id, student_id=student)
    with desk.act(Act.MANAGE_FOLLOW_UP, audit) as work:
        row = work.session.get_one(ClinicalTask, task_id)
        if row.status in {TaskStatus.DONE, TaskStatus.CANCELLED}:
            raise InvalidValueError("effect", "already_done")
        row.status = TaskStatus.DONE
        row.done_at = work.at
        row.done_by = desk.person.user_id
        row.effect = effect
        row.result_note = note or None


def _entry_of(desk: Desk, log_id: uuid.UUID) -> _Entry:
    with desk.store.read() as session:
        log = session.get(MedicationLog, log_id)
        if log is None:
            raise OrderNotFoundError
        return _Entry(student=log.student_id, written_at=log.recorded_at)


def _current(session: Session, log_id: uuid.UUID) -> MedicationLog:
    """The row, if nobody has followed it by another yet."""
    followed = session.scalar(sa.select(MedicationLog.id).where(MedicationLog.supersedes_id == log_id).limit(1))
    log = session.get_one(MedicationLog, log_id)
    if followed is not None or log.entry_kind is EntryKind.WITHDRAWN:
        raise DoseRefusedError((hard_stop("M17", "dose.correction_outdated"),))
    return log


def _following(desk: Desk, log: MedicationLog, kind: EntryKind, reason: str, at: dt.datetime) -> dict[str, Any]:
    """What differs in a row that follows on another: who stood by the first one does not sign the second.

    It is this desk's row: what two desks make of one dose stands side by side, and is a fork (D1).
    """
    return {
        "device_id": desk.device_id,
        "supersedes_id": log.id,
        "revision": log.revision + 1,
        "entry_kind": kind,
        "correction_reason": reason,
        "recorded_at": at,
        "witness_signature_id": None,
    }


def _give_back(work: Work, desk: Desk, log: MedicationLog, reason: str) -> uuid.UUID | None:
    if log.stock_transaction_id is None or log.lot_id is None:
        return None
    moved = work.session.get_one(InventoryTransaction, log.stock_transaction_id)
    lot = stock_queries.lot(work.session, log.lot_id)
    return None if lot is None else write_reversal(work, desk, moved, lot, reason)


def _dose_of(
    log: MedicationLog, event_at: dt.datetime | None, outcome: DoseOutcome | None, note: str | None
) -> NewDose:
    """The entry as it will read."""
    order = log.student_medication_id or log.standing_order_id
    if order is None:
        raise OrderNotFoundError
    return NewDose(
        student_id=log.student_id,
        order_id=order,
        outcome=outcome or DoseOutcome(log.outcome.value),
        slot_key=log.slot_key,
        event_at=event_at or log.administered_at,
        identity=IdentityStep(photo_matched=True, second_identifier_matched=True),
        label=LabelStep(label_read=True),
        indication=log.indication,
        note=note if note is not None else (log.notes or ""),
        dose=Quantity(amount=log.dosage, unit=DoseUnit(log.dosage_unit.value)) if log.dosage > 0 else None,
        form_count=log.form_count,
        source=RecordSource(log.source.value),
    )


def _require_right(dose: NewDose, found: Gathered, work: Work, corrects: uuid.UUID, reason: str) -> None:
    """A correction cannot make an entry that could not be: two doses in a slot, the future, another drug."""
    if dose.outcome is not DoseOutcome.GIVEN:
        return
    asked = proposed(dose, found, work.at, corrects=Correction(row_id=corrects, reason=reason))
    stops = tuple(
        stop
        for stop in assess(asked, found.facts).stops
        if stop.rule not in _ASKED_ONCE and stop.tier.value == "HARD_STOP" and stop.code != "dose.after_cut_off"
    )
    if stops:
        raise DoseRefusedError(stops)
