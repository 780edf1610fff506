"""Conflicts as a pull brings them, over real rows of a clinic."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.desk import Clinic

from clinicdesk.core.identifiers import new_id
from clinicdesk.models import Allergy, ClinicVisit, SyncConflict, SyncQueueItem
from clinicdesk.models.enums import (
    AllergySeverity,
    AllergyType,
    ConflictKind,
    QueueState,
    SyncAction,
    SyncEntityType,
    WritePurpose,
)
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.sync_now import Running, SyncNow
from clinicdesk.sync.process import Event
from clinicdesk.sync.status import read_status


class ScriptedLine:
    """A sync process that says what the test lets it say."""

    def __init__(self) -> None:
        self.heard: list[Callable[[Event], None]] = []
        self.cancelled = 0

    def start(self, heard: Callable[[Event], None]) -> Running:
        self.heard.append(heard)
        return self

    def cancel(self) -> None:
        self.cancelled += 1

    def close(self) -> None:
        return


def sync_of(clinic: Clinic, runner: Runner, line: ScriptedLine) -> SyncNow:
    def read() -> Any:
        with clinic.store.read() as session:
            return read_status(session)

    return SyncNow(line.start, read, runner, clinic.clock)


def conflict(
    clinic: Clinic,
    table: str,
    row: uuid.UUID,
    student: uuid.UUID | None,
    sides: Mapping[str, tuple[Any, Any, Any]],
    *,
    kind: ConflictKind = ConflictKind.FIELD,
    safety: bool = False,
    group: str | None = None,
    other: uuid.UUID | None = None,
    minutes: int = 21,
    here: bool = True,
) -> uuid.UUID:
    """`sides` is {field: (base, this device, district)} in canonical form."""
    key = new_id()
    since = clinic.clock.now() - dt.timedelta(minutes=minutes)
    clinic.add(
        SyncConflict(
            id=key,
            queue_item_id=new_id(),
            entity_type=SyncEntityType(_TYPES[table]),
            entity_id=row,
            client_version={name: mine for name, (_, mine, _) in sides.items()},
            server_version={name: theirs for name, (_, _, theirs) in sides.items()},
            base_values={name: base for name, (base, _, _) in sides.items()},
            kind=kind,
            table_name=table,
            fields=list(sides),
            merge_group=group,
            student_id=student,
            other_entity_id=other,
            is_safety=safety,
            device_id=clinic.device if here else new_id(),
            author_id=clinic.nurse.id,
            authored_at=since,
            server_author_id=clinic.second_nurse.id,
            server_changed_at=since - dt.timedelta(minutes=13),
            created_at=since,
            updated_at=since,
            scope_id=student,
        )
    )
    return key


_TYPES = {
    "allergies": "ALLERGY",
    "clinic_visits": "CLINIC_VISIT",
    "students": "STUDENT",
    "medication_logs": "MEDICATION_LOG",
    "student_medications": "STUDENT_MEDICATION",
    "sync_conflicts": "SYNC_CONFLICT",
    "vital_signs": "VITAL_SIGNS",
}


def queued(
    clinic: Clinic,
    table: str,
    row: uuid.UUID,
    state: QueueState,
    *,
    action: SyncAction = SyncAction.UPDATE,
    reason: str | None = None,
    at_fault: tuple[str, ...] = (),
    fields: tuple[str, ...] = ("notes",),
    minutes: int = 9,
) -> uuid.UUID:
    """A captured change of this desk in some state; its mutation."""
    mutation, now = new_id(), clinic.clock.now()
    stopped = state in {QueueState.HELD, QueueState.REJECTED}
    waiting = state in {QueueState.PENDING, QueueState.IN_FLIGHT}
    clinic.add(
        SyncQueueItem(
            device_id=clinic.device,
            user_id=clinic.nurse.id,
            action_type=action,
            entity_type=SyncEntityType(_TYPES[table]),
            entity_id=row,
            timestamp=now - dt.timedelta(minutes=minutes),
            created_at=now,
            updated_at=now,
            synced_at=None if stopped or waiting else now,
            synced=not (stopped or waiting),
            last_error=reason if stopped else None,
            mutation_id=mutation,
            local_tx_id=new_id(),
            local_seq=clinic.count(SyncQueueItem) + 1,
            table_name=table,
            changes={name: ["before", "after"] for name in fields},
            base_version=1,
            purpose=WritePurpose.CARE,
            state=state,
            outcome={"outcome": state.value.lower(), "reason": reason, "fields": list(at_fault), "conflicts": []},
        )
    )
    return mutation


def allergy_conflict(clinic: Clinic, student: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """Tree nuts: the severity, the reactions and the protocol differ; (row, conflict)."""
    key = new_id()
    clinic.add(
        Allergy(
            id=key,
            student_id=student,
            allergen="Tree nuts",
            allergy_type=AllergyType.FOOD,
            severity=AllergySeverity.SEVERE,
            reactions=["Hives", "Lip swelling"],
            treatment="Give cetirizine 10 mg, call mother and 911 if breathing is hard.",
            scope_id=student,
        )
    )
    made = conflict(
        clinic,
        "allergies",
        key,
        student,
        {
            "severity": ("MODERATE", "MODERATE", "SEVERE"),
            "reactions": (["Hives"], ["Hives", "Wheeze"], ["Hives", "Lip swelling"]),
            "treatment": (
                "Give cetirizine 5 mg, call mother.",
                "Give albuterol 2 puffs and cetirizine 5 mg, call mother.",
                "Give cetirizine 10 mg, call mother and 911 if breathing is hard.",
            ),
        },
        safety=True,
    )
    return key, made


def visit_conflict(
    clinic: Clinic, student: uuid.UUID, *, kind: ConflictKind = ConflictKind.FIELD, **row: Any
) -> tuple[uuid.UUID, uuid.UUID]:
    """A visit whose note differs; (row, conflict)."""
    key, now = new_id(), clinic.clock.now()
    clinic.add(
        ClinicVisit(
            id=key,
            student_id=student,
            school_id=clinic.school.id,
            attended_by=clinic.nurse.id,
            check_in_time=now,
            recorded_at=now,
            reason_for_visit=["HEADACHE"],
            zone_offset_minutes=-240,
            notes="by Ines",
            scope_id=student,
            **row,
        )
    )
    return key, conflict(
        clinic, "clinic_visits", key, student, {"notes": ("before", "by Renata", "by Ines")}, kind=kind, minutes=8
    )
