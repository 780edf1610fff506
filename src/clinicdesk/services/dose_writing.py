"""How a log row is written: its values, its signatures, its stock movement and the tasks that follow (M4, M9, M14)."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.findings import Finding
from clinicdesk.domain.medication.facts import Licence, ProposedDose
from clinicdesk.domain.medication.log import TAKEN, DoseOutcome
from clinicdesk.domain.medication.outcomes import FollowUpTask, TaskKind, follow_up
from clinicdesk.domain.medication.safety import DoseDecision, Override
from clinicdesk.domain.medication.slots import parse_slot_key
from clinicdesk.i18n import Language, catalogue
from clinicdesk.models import ClinicalTask, IncidentReport, MedicationLog
from clinicdesk.models.enums import (
    ClinicalTaskKind,
    DoseReason,
    EntryKind,
    IncidentType,
    InventoryTransactionType,
    OverrideRule,
    Priority,
    RecordSource,
    Severity,
    SignatureMeaning,
    TaskStatus,
    Unit,
)
from clinicdesk.models.enums import DoseOutcome as OutcomeColumn
from clinicdesk.models.registry import table_of
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_facts import Gathered
from clinicdesk.services.dose_values import NewDose
from clinicdesk.services.second_person import SecondPerson
from clinicdesk.services.signatures import SignedRow, Signer, sign_row
from clinicdesk.services.stock import StockMove, Witnessed, require_valid, write_move
from clinicdesk.storage.store import Work

LOG = MedicationLog.__tablename__
CANCELLED_WITH_DOSE = "The dose was taken back"

_TASK_KINDS = {
    TaskKind.EFFECT_CHECK: ClinicalTaskKind.EFFECT_CHECK,
    TaskKind.PARENT_CONTACT: ClinicalTaskKind.PARENT_CONTACT,
    TaskKind.PRESCRIBER_CONTACT: ClinicalTaskKind.PRESCRIBER_CONTACT,
    TaskKind.STOCK_LOW: ClinicalTaskKind.STOCK_LOW,
    TaskKind.EMERGENCY_CALL: ClinicalTaskKind.FOLLOW_UP,
    TaskKind.INCIDENT_DRAFT: ClinicalTaskKind.FOLLOW_UP,
    TaskKind.CO_REVIEW: ClinicalTaskKind.CO_REVIEW,
}
_PRIORITIES = {
    TaskKind.EMERGENCY_CALL: Priority.URGENT,
    TaskKind.INCIDENT_DRAFT: Priority.HIGH,
    TaskKind.PARENT_CONTACT: Priority.HIGH,
    TaskKind.PRESCRIBER_CONTACT: Priority.HIGH,
}
_STOCK_KINDS = {DoseOutcome.WASTED: InventoryTransactionType.WASTE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Supersedes:
    """The row that a new one follows on (D1)."""

    id: uuid.UUID
    revision: int
    kind: EntryKind
    reason: str


def log_values(
    desk: Desk,
    at: dt.datetime,
    dose: NewDose,
    gathered: Gathered,
    *,
    decision: DoseDecision | None = None,
    advisories: Iterable[Finding] = (),
    witness: SecondPerson | None = None,
    supersedes: Supersedes | None = None,
) -> dict[str, Any]:
    """Every column of a new log row but those of stock and signatures."""
    order, row = gathered.row.order, gathered.row
    event = dose.event_at or at
    given = dose.outcome in {DoseOutcome.GIVEN, DoseOutcome.VOMITED}
    slot = None if dose.slot_key is None else parse_slot_key(dose.slot_key)
    standing = row.standing_order_id is not None and row.order.id == row.standing_order_id
    amount, count = dose.dose or order.dose, dose.form_count or order.form_count
    effect = order.prn.effect_check_after if order.prn is not None and dose.outcome is DoseOutcome.GIVEN else None
    values: dict[str, Any] = {
        "student_id": dose.student_id,
        "medication_id": order.drug.id,
        "dosage": amount.amount,
        "dosage_unit": Unit(amount.unit.value),
        "route": dose.route or order.route,
        "administered_at": event,
        "administered_by": desk.person.user_id,
        "administered_by_name": desk.person.name,
        "notes": dose.note or None,
        "was_given": given,
        "reason_not_given": _reason_words(dose),
        "student_medication_id": None if standing else order.id,
        "order_root_id": None if standing else order.root_id,
        "order_version": None if standing else order.version,
        "standing_order_id": row.standing_order_id,
        "school_id": gathered.school,
        "scheduled_for": None if slot is None else gathered.calendar.instant(*slot),
        "slot_key": dose.slot_key,
        "outcome": OutcomeColumn(dose.outcome.value),
        "reason_code": None if dose.reason is None else DoseReason(dose.reason.value),
        "form_count": count,
        "form_unit": Unit(order.strength.per.unit.value),
        "recorded_at": at,
        "zone_offset_minutes": desk.zone_offset_minutes(event),
        "source": RecordSource(dose.source.value),
        "device_id": desk.device_id,
        "witnessed_by": None if witness is None else witness.user_id,
        "lot_id": None,
        "counted": dose.counted,
        "count_is_estimate": gathered.lot is not None and gathered.lot.estimated,
        "indication": dose.indication,
        "precheck_result": "; ".join(f"{check.value}={said}" for check, said in dose.prechecks.items()) or None,
        "advisories": [_noted(finding) for finding in advisories],
        "identity_checked": _checked(dose),
        "effect_due_at": None if effect is None else event + effect,
        "lease_expired": False,
        "revision": 1 if supersedes is None else supersedes.revision + 1,
        "entry_kind": EntryKind.ORIGINAL if supersedes is None else supersedes.kind,
        "supersedes_id": None if supersedes is None else supersedes.id,
        "correction_reason": None if supersedes is None else supersedes.reason,
    }
    if decision is not None:
        values |= _overridden(decision)
    return values


def proposed(dose: NewDose, gathered: Gathered, at: dt.datetime, **changes: Any) -> ProposedDose:
    """The dose as the safety function is asked about it."""
    order = gathered.row.order
    known: dict[str, Any] = {
        "order_id": order.id,
        "student_id": dose.student_id,
        "drug_id": order.drug.id,
        "dose": dose.dose or order.dose,
        "strength": order.strength,
        "form_count": dose.form_count or order.form_count,
        "route": dose.route or order.route,
        "event_at": dose.event_at or at,
        "identity": dose.identity,
        "label": dose.label,
        "slot_key": dose.slot_key,
        "indication": dose.indication,
        "prechecks_done": frozenset(dose.prechecks),
    }
    return ProposedDose(**{**known, **changes})


def take_from_stock(
    work: Work, desk: Desk, gathered: Gathered, dose: NewDose, witness: SecondPerson | None
) -> uuid.UUID | None:
    """Move the dose out of its package; None where there is none to move it from.

    An emergency dose of a controlled drug is charted even when the register says the package is empty (M16): the
    movement is left out and the discrepancy task tells of it (M10).
    """
    lot, order = gathered.lot, gathered.row.order
    if lot is None:
        return None
    count = dose.form_count or order.form_count
    if order.emergency and lot.controlled and (lot.balance or Decimal(0)) < count:
        return None
    wasted = dose.outcome is DoseOutcome.WASTED
    return write_move(
        work,
        desk,
        StockMove(
            lot=lot,
            kind=_STOCK_KINDS.get(dose.outcome, InventoryTransactionType.USAGE),
            amount=-count,
            unit=order.strength.per.unit,
            at=dose.event_at or work.at,
            reason=(dose.note or (dose.reason.value if dose.reason else None)) if wasted else None,
            witness=None if witness is None else Witnessed(user_id=witness.user_id, name=witness.name),
        ),
    )


def write_log(
    work: Work, desk: Desk, key: uuid.UUID, values: dict[str, Any], witness: SecondPerson | None = None
) -> MedicationLog:
    """Write the row with the signatures of the person at the desk and, where there is one, of the witness.

    Raises:
        InvalidValueError: a rule of the table is broken; names the field.
    """
    complete = dict.fromkeys(_columns()) | values
    complete["revision"] = _free_revision(work.session, complete)
    if witness is not None:
        complete["witness_signature_id"] = new_id()
    require_valid("MedicationLog", complete)
    signed = SignedRow(table=LOG, id=key, values=complete, student=values["student_id"], school=values["school_id"])
    offset = desk.zone_offset_minutes(work.at)
    if witness is not None:
        sign_row(
            work.session,
            signed,
            witness.signer,
            SignatureMeaning.WITNESSED,
            work.at,
            offset,
            desk.device_id,
            complete["witness_signature_id"],
        )
        work.session.flush()
    log = MedicationLog(id=key, **complete)
    work.session.add(log)
    work.session.flush()
    me = Signer(desk.person.user_id, desk.person.name, desk.unlocked.user_keys)
    sign_row(work.session, signed, me, _meaning(complete), work.at, offset, desk.device_id)
    work.session.flush()
    return log


def _free_revision(session: Session, values: Mapping[str, Any]) -> int:
    """The next number that no given dose of this desk has in the slot (D1).

    What was struck out keeps its own, and of a slot that two desks charted two lines go on at one desk.
    """
    revision = int(values["revision"])
    bound = values["outcome"] == OutcomeColumn.GIVEN and values["slot_key"] is not None
    if values["entry_kind"] == EntryKind.ORIGINAL or not bound:
        return revision
    taken = set(
        session.scalars(
            sa.select(MedicationLog.revision).where(
                MedicationLog.order_root_id == values["order_root_id"],
                MedicationLog.slot_key == values["slot_key"],
                MedicationLog.device_id == values["device_id"],
                MedicationLog.outcome == OutcomeColumn.GIVEN,
            )
        )
    )
    return next(number for number in itertools.count(revision) if number not in taken)


def write_tasks(work: Work, desk: Desk, gathered: Gathered, dose: NewDose, log_id: uuid.UUID) -> tuple[str, ...]:
    """The tasks that the outcome makes; returns their codes."""
    order = gathered.row.order
    event = dose.event_at or work.at
    mine = [one for one in gathered.current if one.order_root == order.root_id]
    delegate = gathered.facts.actor.licence is Licence.NONE
    tasks = follow_up(order, dose.outcome, event, earlier=mine, by_delegate=delegate)
    for task in tasks:
        work.session.add(_task(task, gathered, dose, log_id))
    if dose.outcome is DoseOutcome.MISSED:
        _missed_dose_incident(work, desk, gathered, dose)
    return tuple(task.code for task in tasks)


def cancel_tasks(work: Work, desk: Desk, log_id: uuid.UUID) -> None:
    """What was still open for a dose that was taken back is called off."""
    for task in work.session.scalars(
        sa.select(ClinicalTask).where(
            ClinicalTask.medication_log_id == log_id,
            ClinicalTask.status.in_((TaskStatus.OPEN, TaskStatus.IN_PROGRESS)),
        )
    ):
        task.status = TaskStatus.CANCELLED
        task.done_at = work.at
        task.done_by = desk.person.user_id
        task.result_note = CANCELLED_WITH_DOSE


def copied(log: MedicationLog) -> dict[str, Any]:
    """The columns of a row for the row that follows on it."""
    return {name: getattr(log, name) for name in _columns()}


def _columns() -> Iterable[str]:
    stamps = {"id", "created_at", "created_by", "updated_at", "updated_by", "row_version", "field_versions", "scope_id"}
    return [column.name for column in table_of(LOG).columns if column.name not in stamps]


def _reason_words(dose: NewDose) -> str | None:
    """The words of a dose that was not given; the reason's name where nothing was written."""
    if dose.outcome in TAKEN:
        return None
    return dose.note or (dose.reason.value if dose.reason is not None else None)


def _checked(dose: NewDose) -> list[str]:
    steps = {
        "id_scan": dose.identity.scanned_student_id is not None,
        "photo": dose.identity.photo_matched,
        "birth_date": dose.identity.second_identifier_matched,
        "label_scan": dose.label.scanned_drug_id is not None,
        "label_read": dose.label.label_read,
    }
    return [name for name, done in steps.items() if done]


def _noted(finding: Finding) -> dict[str, Any]:
    noted: dict[str, Any] = {"rule": finding.rule, "code": finding.code, "params": dict(finding.params)}
    if finding.was is not None:
        noted["was"] = finding.was.value
    return noted


def _overridden(decision: DoseDecision) -> Mapping[str, Any]:
    """The first lifted stop stands in the columns of the row; every one stands among its advisories."""
    if not decision.lifted:
        return {}
    finding, override = decision.lifted[0]
    others = {one.by.user_id for _, one in decision.lifted if one.password_verified}
    return {
        "override_rule": OverrideRule(finding.rule) if finding.rule in set(OverrideRule) else OverrideRule.M4,
        "override_reason": override.reason,
        "override_prescriber_contact": override.prescriber_contact,
        "override_by": override.by.user_id,
        "override_second_id": next((one for one in others if one != override.by.user_id), None),
    }


def lifted_notes(lifted: Iterable[tuple[Finding, Override]]) -> list[dict[str, Any]]:
    """The stops that somebody lifted, as the row keeps them."""
    return [
        {
            **_noted(finding),
            "tier": finding.tier.value,
            "reason": override.reason,
            "prescriber_contact": override.prescriber_contact,
            "by": str(override.by.user_id),
        }
        for finding, override in lifted
    ]


def _meaning(values: Mapping[str, Any]) -> SignatureMeaning:
    if values["entry_kind"] is not EntryKind.ORIGINAL:
        return SignatureMeaning.AMENDED
    given = values["outcome"] is OutcomeColumn.GIVEN and values["source"] is not RecordSource.HOME_REPORTED
    return SignatureMeaning.ADMINISTERED if given else SignatureMeaning.RECORDED


def _task(task: FollowUpTask, gathered: Gathered, dose: NewDose, log_id: uuid.UUID) -> ClinicalTask:
    drug = gathered.row.order.drug.name
    words = catalogue(Language.ENGLISH).term("task", task.kind.value)
    return ClinicalTask(
        kind=_TASK_KINDS[task.kind],
        title=f"{words}: {drug}"[:200],
        student_id=dose.student_id,
        school_id=gathered.school,
        subject_table=LOG,
        subject_id=log_id,
        medication_log_id=log_id,
        due_at=task.due_at,
        priority=_PRIORITIES.get(task.kind, Priority.MEDIUM),
        details={"code": task.code, "drug": drug},
    )


def _missed_dose_incident(work: Work, desk: Desk, gathered: Gathered, dose: NewDose) -> None:
    """A missed dose is the commonest error there is: its incident draft opens itself."""
    event = dose.event_at or work.at
    work.session.add(
        IncidentReport(
            student_id=dose.student_id,
            reported_by_id=desk.person.user_id,
            type=IncidentType.MEDICATION_ERROR,
            severity=Severity.LOW,
            description=f"Missed dose: {gathered.row.order.drug.name}. {_reason_words(dose) or ''}".strip(),
            location="",
            actions_taken="",
            occurred_at=event,
            zone_offset_minutes=desk.zone_offset_minutes(event),
            school_id=gathered.school,
        )
    )
