"""Counts of controlled drugs as rows, and what a difference opens: an incident draft and a recount (M9, M10)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.medication.controlled import Count, discrepancy
from clinicdesk.domain.medication.controlled import CountKind as Kind
from clinicdesk.domain.medication.quantities import plain
from clinicdesk.models import ClinicalTask, ControlledCount, IncidentReport
from clinicdesk.models.enums import (
    ClinicalTaskKind,
    CountKind,
    IncidentType,
    Priority,
    Severity,
    SignatureMeaning,
    Unit,
)
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_facts import Gathered
from clinicdesk.services.dose_values import NewDose
from clinicdesk.services.second_person import SecondPerson
from clinicdesk.services.signatures import SignedRow, Signer, sign_row
from clinicdesk.services.stock import require_valid
from clinicdesk.storage.queries.stock import LotOnHand
from clinicdesk.storage.store import Work

COUNTS = ControlledCount.__tablename__
UNDER_RECOUNT = "Differs from the register; recount asked for"
ESTIMATE_TOLERANCE = Decimal("0.05")
"""The part of an estimated balance (liquids, patches) by which a count may differ (M11)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedLot:
    """One lot counted by two people: what was counted before anybody saw the expected number."""

    lot: LotOnHand
    kind: Kind
    counted: Decimal
    expected: Decimal
    at: dt.datetime
    student: uuid.UUID | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenCount:
    """A count on record; `incident` where the difference opened one."""

    id: uuid.UUID
    difference: Decimal
    incident: uuid.UUID | None
    discrepancy: bool


def write_count(
    work: Work,
    desk: Desk,
    counted: CountedLot,
    witness: SecondPerson | None,
    witness_name: str | None = None,
) -> WrittenCount:
    """Write a count with the signatures of both; a difference opens its incident draft and tasks at once (M10)."""
    lot = counted.lot
    witness_id = None if witness is None else witness.user_id
    found = discrepancy(
        counted.expected,
        Count(
            counted=counted.counted,
            at=counted.at,
            kind=counted.kind,
            actor_id=desk.person.user_id,
            witness_id=witness_id,
            estimated=lot.estimated,
        ),
        abs(counted.expected) * ESTIMATE_TOLERANCE,
    )
    student = counted.student or lot.student_id
    incident = None if found is None or student is None else _open_incident(work, desk, counted, student)
    key = new_id()
    values: dict[str, object] = {
        "lot_id": lot.lot_id,
        "school_id": lot.school_id or desk.school.id,
        "location": lot.location,
        "kind": CountKind(counted.kind.value),
        "counted": counted.counted,
        "expected": counted.expected,
        "unit": Unit(lot.unit.value),
        "is_estimate": lot.estimated,
        "is_discrepancy": found is not None,
        "discrepancy_reason": None if found is None else (counted.reason or UNDER_RECOUNT),
        "counted_by": desk.person.user_id,
        "witness_id": witness_id,
        "witness_name": witness_name,
        "counted_at": counted.at,
        "zone_offset_minutes": desk.zone_offset_minutes(counted.at),
        "incident_report_id": incident,
        "revision": 1,
        "entry_kind": "ORIGINAL",
    }
    values["counter_signature_id"] = _signed(work, desk, key, values, None)
    values["witness_signature_id"] = None if witness is None else _signed(work, desk, key, values, witness)
    require_valid("ControlledCount", values)
    work.session.add(ControlledCount(id=key, **values))
    work.session.flush()
    if found is not None:
        _open_tasks(work, counted, key, student)
    return WrittenCount(
        id=key,
        difference=counted.counted - counted.expected,
        incident=incident,
        discrepancy=found is not None,
    )


def note_count_back(
    work: Work,
    desk: Desk,
    gathered: Gathered,
    dose: NewDose,
    values: dict[str, object],
    witness: SecondPerson | None,
) -> bool:
    """The count after a dose of a controlled drug (M9); true where it does not fit the register.

    An emergency dose that the register could not give (M16) is a discrepancy too: the package held it.
    """
    lot, expected = gathered.lot, values.get("expected_count")
    if lot is None or not lot.controlled:
        return False
    if values.get("stock_transaction_id") is None:
        before = lot.balance or Decimal(0)
        missing = CountedLot(
            lot=lot, kind=Kind.DOSE, counted=Decimal(0), expected=before, at=work.at, student=dose.student_id
        )
        _open_tasks(work, missing, None, dose.student_id)
        return True
    if dose.counted is None or not isinstance(expected, Decimal):
        return False
    counted = CountedLot(
        lot=lot, kind=Kind.DOSE, counted=dose.counted, expected=expected, at=work.at, student=dose.student_id
    )
    return write_count(work, desk, counted, witness).discrepancy


def _signed(
    work: Work, desk: Desk, key: uuid.UUID, values: dict[str, object], witness: SecondPerson | None
) -> uuid.UUID:
    """A signature over what was counted; the signatures' own keys are no part of it."""
    content = {name: value for name, value in values.items() if not name.endswith("signature_id")}
    school = values["school_id"]
    row = SignedRow(
        table=COUNTS, id=key, values=content, student=None, school=school if isinstance(school, uuid.UUID) else None
    )
    by = Signer(desk.person.user_id, desk.person.name, desk.unlocked.user_keys) if witness is None else witness.signer
    meaning = SignatureMeaning.COUNTED if witness is None else SignatureMeaning.WITNESSED
    signature = sign_row(work.session, row, by, meaning, work.at, desk.zone_offset_minutes(work.at), desk.device_id)
    work.session.flush()
    return signature


def _open_incident(work: Work, desk: Desk, counted: CountedLot, student: uuid.UUID) -> uuid.UUID:
    difference = counted.counted - counted.expected
    what = "missing" if difference < 0 else "too many"
    key = new_id()
    work.session.add(
        IncidentReport(
            id=key,
            student_id=student,
            reported_by_id=desk.person.user_id,
            type=IncidentType.CONTROLLED_DISCREPANCY,
            severity=Severity.HIGH if difference < 0 else Severity.MEDIUM,
            description=(
                f"{counted.lot.medication}, lot {counted.lot.lot_number}: counted {plain(counted.counted)},"
                f" expected {plain(counted.expected)} ({plain(abs(difference))} {what})."
            ),
            location=counted.lot.location,
            actions_taken="",
            occurred_at=counted.at,
            zone_offset_minutes=desk.zone_offset_minutes(counted.at),
            school_id=counted.lot.school_id or desk.school.id,
        )
    )
    work.session.flush()
    return key


def _open_tasks(work: Work, counted: CountedLot, count: uuid.UUID | None, student: uuid.UUID | None) -> None:
    """Stop, recount, tell the administrator (M10)."""
    lot = counted.lot
    for kind, words in (
        (ClinicalTaskKind.RECOUNT, "Recount with a witness"),
        (ClinicalTaskKind.FOLLOW_UP, "Tell the administrator of the discrepancy"),
    ):
        work.session.add(
            ClinicalTask(
                kind=kind,
                title=f"{words}: {lot.medication}"[:200],
                student_id=student,
                school_id=lot.school_id,
                subject_table=None if count is None else COUNTS,
                subject_id=count,
                due_at=work.at,
                priority=Priority.URGENT,
                details={
                    "code": f"task.{kind.value.lower()}",
                    "lot": lot.lot_number,
                    "counted": plain(counted.counted),
                    "expected": plain(counted.expected),
                },
            )
        )
    work.session.flush()
