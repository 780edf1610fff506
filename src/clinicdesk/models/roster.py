"""Roster imports: one run, its rows with what was there before, and the memory of source ids."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from clinicdesk.domain.validation import AtLeast, Equals, Ordered, RequiredWhen
from clinicdesk.models.base import Base, SoftDeleted, Syncable
from clinicdesk.models.columns import column, index, link, live_unique
from clinicdesk.models.enums import ImportAction, ImportStatus
from clinicdesk.models.policy import DEVICE, DISTRICT, SyncClass, SyncPolicy, student_or_school


class RosterImport(Syncable, SoftDeleted, Base):
    """One roster file read under the server's import lease; it can be undone as a whole (D5)."""

    __tablename__ = "roster_imports"
    __sync__ = SyncPolicy(SyncClass.DISTRICT, DISTRICT)
    __rules__ = (
        Ordered("started_at", "finished_at"),
        RequiredWhen("finished_at", Equals("status", "APPLIED", "UNDONE", "FAILED"), "finished"),
        RequiredWhen("undone_at", Equals("status", "UNDONE"), "undone"),
        AtLeast("rows_read", 0),
        AtLeast("rows_changed", 0),
        AtLeast("rows_quarantined", 0),
    )

    file_name: Mapped[str] = column(String(255))
    content_hash: Mapped[str] = column(String(64), index=True)
    source: Mapped[str] = column(String(100))
    is_delta: Mapped[bool] = column(default=False)
    status: Mapped[ImportStatus] = column(default=ImportStatus.DRY_RUN, group="status")
    started_at: Mapped[dt.datetime] = column(group="status")
    finished_at: Mapped[dt.datetime | None] = column(group="status")
    undone_at: Mapped[dt.datetime | None] = column(group="status")
    rows_read: Mapped[int] = column(default=0)
    rows_changed: Mapped[int] = column(default=0)
    rows_quarantined: Mapped[int] = column(default=0)
    report: Mapped[dict[str, Any]] = column(default=dict)


class RosterImportRow(Syncable, Base):
    """What an import did with one line of its file: the row it touched and its values before, or why not.

    It names students of every school, so it goes to the district and to no other desk; an import is undone where it
    was made.
    """

    __tablename__ = "roster_import_rows"
    __table_args__ = (
        index("roster_import_id", "action"),
        index("table_name", "row_id"),
    )
    __sync__ = SyncPolicy(SyncClass.UPLOAD_ONLY, DEVICE)
    __rules__ = (
        RequiredWhen("reason", Equals("action", "QUARANTINE"), "quarantined"),
        AtLeast("line", 1),
    )

    roster_import_id: Mapped[uuid.UUID] = link("roster_imports.id", index=False)
    device_id: Mapped[uuid.UUID]
    file_name: Mapped[str] = column(String(255))
    line: Mapped[int]
    sourced_id: Mapped[str | None] = column(String(255), phi=True)
    action: Mapped[ImportAction]
    reason: Mapped[str | None]
    table_name: Mapped[str | None] = column(String(63))
    row_id: Mapped[uuid.UUID | None] = column(phi=True)
    raw: Mapped[dict[str, Any] | None] = column(phi=True)
    before: Mapped[dict[str, Any] | None] = column(phi=True)
    after: Mapped[dict[str, Any] | None] = column(phi=True)
    match_score: Mapped[int | None]
    match_reasons: Mapped[list[str]] = column(default=list, phi=True)
    decided_by: Mapped[uuid.UUID | None] = link("users.id", group="decision")
    decided_at: Mapped[dt.datetime | None] = column(group="decision")


class SourceLink(Syncable, SoftDeleted, Base):
    """Which row of ours a `sourcedId` of a roster source stands for, so that a second import updates (D5)."""

    __tablename__ = "source_links"
    __table_args__ = (
        live_unique("source", "kind", "sourced_id"),
        index("table_name", "row_id"),
    )
    __sync__ = SyncPolicy(SyncClass.DISTRICT, student_or_school())

    source: Mapped[str] = column(String(100))
    kind: Mapped[str] = column(String(40))
    sourced_id: Mapped[str] = column(String(255), phi=True)
    table_name: Mapped[str] = column(String(63))
    row_id: Mapped[uuid.UUID] = column(phi=True)
    student_id: Mapped[uuid.UUID | None] = link("students.id", phi=True)
    school_id: Mapped[uuid.UUID | None] = link("schools.id")
    content_hash: Mapped[str | None] = column(String(64))
    last_import_id: Mapped[uuid.UUID | None] = link("roster_imports.id")
    date_last_modified: Mapped[dt.datetime | None]
