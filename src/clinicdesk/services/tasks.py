"""Clinical tasks: done with what came of it, or called off with a reason."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import tr
from clinicdesk.models import ClinicalTask
from clinicdesk.models.enums import AuditAction, CheckResult, ClinicalTaskKind, TaskStatus
from clinicdesk.models.rules import validate
from clinicdesk.services.desk import Desk
from clinicdesk.services.undo import LastAct, reason_for
from clinicdesk.storage.audit import AuditEntry

_FIELDS = ("status", "done_at", "done_by", "effect", "result_note")


class Tasks:
    """What the clinic has yet to do."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def finish(self, task: uuid.UUID, *, note: str | None = None, effect: str | None = None) -> LastAct:
        """Tick a task off. An effect check says what the medicine did.

        Raises:
            InvalidValueError: the task is not open, or an effect check has no effect.
        """
        row = self._row(task)
        if row["kind"] is ClinicalTaskKind.EFFECT_CHECK and effect is None:
            raise InvalidValueError("effect", "missing")
        try:
            found = CheckResult(effect) if effect is not None else None
        except ValueError:
            raise InvalidValueError("effect", "unknown_choice") from None
        return self._close(row, {"status": TaskStatus.DONE, "effect": found, "result_note": note}, tr("Task done"))

    def call_off(self, task: uuid.UUID, reason: str) -> LastAct:
        """The task is not needed after all.

        Raises:
            InvalidValueError: no reason, or the task is not open.
        """
        if not reason.strip():
            raise InvalidValueError("result_note", "missing")
        row = self._row(task)
        return self._close(row, {"status": TaskStatus.CANCELLED, "result_note": reason}, tr("Task called off"))

    def _row(self, task: uuid.UUID) -> dict[str, Any]:
        with self._desk.store.read() as session:
            row = session.get(ClinicalTask, task)
            if row is None:
                raise InvalidValueError("id", "unknown")
            values = {column.key: getattr(row, column.key) for column in ClinicalTask.__table__.columns}
        if values["status"] not in {TaskStatus.OPEN, TaskStatus.IN_PROGRESS}:
            raise InvalidValueError("status", "not_open")
        return values

    def _close(self, row: Mapping[str, Any], values: dict[str, Any], words: str) -> LastAct:
        changed = {**values, "done_at": self._desk.now(), "done_by": self._desk.person.user_id}
        problems = validate("ClinicalTask", {**row, **changed})
        if problems:
            raise problems[0]
        at = self._write(row, changed)

        def undo(reason: str | None) -> None:
            because = reason_for(at, self._desk.now(), reason)
            self._write(row, {name: row[name] for name in _FIELDS}, because)

        return LastAct(words, at, undo)

    def _write(self, row: Mapping[str, Any], values: Mapping[str, Any], reason: str | None = None) -> dt.datetime:
        entry = AuditEntry(
            AuditAction.UPDATE,
            "ClinicalTask",
            entity_id=row["id"],
            student_id=row["student_id"],
            new={name: None if value is None else str(value) for name, value in values.items()},
            changes={"reason": reason} if reason else None,
        )
        schools = None if row["student_id"] is not None else (row["school_id"],)
        with self._desk.act(Act.MANAGE_FOLLOW_UP, entry, schools=schools) as work:
            task = work.session.get_one(ClinicalTask, row["id"])
            for name, value in values.items():
                setattr(task, name, value)
            return work.at
