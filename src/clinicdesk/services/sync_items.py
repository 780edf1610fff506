"""Captured changes as a person may look at them: stopped, settled without her, and the log for IT (ux-spec 7.12)."""

from __future__ import annotations

import datetime as dt
import enum
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from clinicdesk.core.errors import UserFacingError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.item_reasons import ItemReason
from clinicdesk.domain.people import PersonName
from clinicdesk.domain.permissions import Act
from clinicdesk.models import SyncQueueItem, SyncSession
from clinicdesk.models.enums import AuditAction, QueueState, SyncAction
from clinicdesk.services.desk import Desk
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import conflicts as people
from clinicdesk.storage.queries import sync_items as queries

LOG_SESSIONS = 500
OLDEST = 20
"""So many of the changes that wait are named one by one; all of them are counted."""


class NotStoppedError(UserFacingError):
    """The change is not refused any more, so it cannot be sent anew."""

    code = "sync_item_not_refused"


class LogNotWrittenError(UserFacingError):
    """The file could not be written where the person wanted it."""

    code = "sync_log_not_written"


class SettledKind(enum.StrEnum):
    """How two sides went together by themselves."""

    BESIDE = "beside"  # different fields of one row (s36)
    SAME = "same"  # the same value on both sides (s35)
    ADDED = "added"  # the same row on both sides
    DELETED = "deleted"  # deleted on both sides (s27)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One captured change: whose, what kind of row, which fields; who wrote it and when, as it was entered."""

    mutation: uuid.UUID
    table: str
    student: PersonName | None
    fields: tuple[str, ...]
    written_at: dt.datetime
    written_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedLine(ItemLine):
    """A change that did not go through. `refused`: it is not sent again by itself."""

    reason: str | None
    refused: bool
    at_fault: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledLines:
    """What was settled in one way today, newest first."""

    kind: SettledKind
    lines: tuple[ItemLine, ...]


@dataclass(frozen=True, slots=True)
class KindProgress:
    """How many changes of one kind of row are settled."""

    table: str
    settled: int
    all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncWork:
    """Everything about captured changes that the sync centre shows; `waiting` are the oldest of those not sent yet."""

    waiting: tuple[ItemLine, ...] = ()
    stopped: tuple[StoppedLine, ...] = ()
    settled: tuple[SettledLines, ...] = ()
    progress: tuple[KindProgress, ...] = ()


class SyncItems:
    """What a person at the desk does with captured changes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def today(self) -> SyncWork:
        midnight = self._desk.local(self._desk.now()).replace(hour=0, minute=0, second=0, microsecond=0)
        with self._desk.look(Act.VIEW_SYNC) as session:
            held, merged = queries.stopped(session), queries.merged_since(session, midnight)
            unsent = queries.waiting(session, OLDEST)
            # Who may not see conflicts does not learn whose records they are either.
            items = [*unsent, *held, *merged]
            names = _names(session, items) if self._desk.may(Act.VIEW_CONFLICTS) else {}
            authors = people.user_names(session, {item.user_id for item in items})
            return SyncWork(
                waiting=tuple(ItemLine(**_line(item, names, authors)) for item in unsent),
                stopped=tuple(_stopped(item, names, authors) for item in held),
                settled=_settled(merged, names, authors),
                progress=tuple(
                    KindProgress(one.table, one.settled, one.all) for one in queries.sent_since(session, midnight)
                ),
            )

    def send_anew(self, mutation: uuid.UUID) -> None:
        """A refused change goes with the next session once more, under a new identity (s31).

        Raises:
            NotStoppedError: it is not refused any more.
        """
        entry = AuditEntry(AuditAction.SYNC, "SyncQueueItem", facts={"mutation": str(mutation)}, is_phi=False)
        with self._desk.act(Act.SYNC_NOW, entry) as work:
            if not queries.send_anew(work.session, mutation, new_id()):
                raise NotStoppedError

    def export_log(self, file: Path) -> None:
        """Write the last runs and the stopped changes for IT: counts, codes and identifiers, nothing of a person.

        Raises:
            LogNotWrittenError: the place does not take the file.
        """
        with self._desk.look(Act.VIEW_SYNC) as session:
            runs = [_run(row) for row in queries.sessions(session, LOG_SESSIONS)]
            held = [_item(item) for item in queries.stopped(session)]
        facts = {"sessions": len(runs), "stopped": len(held)}
        self._desk.note(Act.VIEW_SYNC, AuditEntry(AuditAction.EXPORT, "SyncSession", facts=facts, is_phi=False))
        log = {"device": str(self._desk.device_id), "sessions": runs, "stopped": held}
        try:
            file.write_text(json.dumps(log, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise LogNotWrittenError from error


Names = Mapping[tuple[str, uuid.UUID], PersonName]
Authors = Mapping[uuid.UUID, str]


def _names(session: Session, items: Sequence[SyncQueueItem]) -> Names:
    whose = queries.students_of(session, {(item.table_name, item.entity_id) for item in items})
    students = people.students(session, set(whose.values()))
    return {
        place: PersonName(first=student.first_name, last=student.last_name, preferred=student.preferred_name)
        for place, key in whose.items()
        if (student := students.get(key)) is not None
    }


def _line(item: SyncQueueItem, names: Names, authors: Authors) -> dict[str, Any]:
    return {
        "mutation": item.mutation_id,
        "table": item.table_name,
        "student": names.get((item.table_name, item.entity_id)),
        "fields": () if item.action_type is SyncAction.INSERT else tuple(sorted(item.changes)),
        "written_at": item.timestamp,
        "written_by": authors.get(item.user_id, ""),
    }


def _stopped(item: SyncQueueItem, names: Names, authors: Authors) -> StoppedLine:
    return StoppedLine(
        **_line(item, names, authors),
        reason=item.last_error,
        refused=item.state is QueueState.REJECTED,
        at_fault=tuple(map(str, (item.outcome or {}).get("fields", ()))),
    )


def _settled(items: Sequence[SyncQueueItem], names: Names, authors: Authors) -> tuple[SettledLines, ...]:
    found: dict[SettledKind, list[ItemLine]] = {kind: [] for kind in SettledKind}
    for item in items:
        found[_kind(item)].append(ItemLine(**_line(item, names, authors)))
    return tuple(SettledLines(kind=kind, lines=tuple(lines)) for kind, lines in found.items() if lines)


def _kind(item: SyncQueueItem) -> SettledKind:
    if item.action_type is SyncAction.DELETE:
        return SettledKind.DELETED
    if (item.outcome or {}).get("reason") != ItemReason.SAME:
        return SettledKind.BESIDE
    return SettledKind.ADDED if item.action_type is SyncAction.INSERT else SettledKind.SAME


def _run(row: SyncSession) -> dict[str, Any]:
    plain = ("session_seq", "phase", "pushed", "pulled", "conflicts", "held", "rejected", "bytes_sent")
    return {
        "id": str(row.id),
        "started_at": row.started_at.isoformat(),
        "completed_at": None if row.completed_at is None else row.completed_at.isoformat(),
        "status": row.status.value,
        "last_error": row.last_error,
        **{name: getattr(row, name) for name in (*plain, "bytes_received", "clock_skew_ms")},
        "stats": row.stats,
    }


def _item(item: SyncQueueItem) -> dict[str, Any]:
    """A stopped change by its names alone: what stands in it is the record's."""
    return {
        "mutation": str(item.mutation_id),
        "table": item.table_name,
        "row": str(item.entity_id),
        "operation": item.action_type.value,
        "fields": sorted(item.changes),
        "state": item.state.value,
        "reason": item.last_error,
        "at_fault": list((item.outcome or {}).get("fields", ())),
        "written_at": item.timestamp.isoformat(),
        "attempts": item.attempts,
    }
