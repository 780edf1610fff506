"""One run as a `SyncSession` row: opened before the first request, closed with what really happened, audited once."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import ClinicDeskError, Param, WorldError
from clinicdesk.core.identifiers import new_id
from clinicdesk.models import SyncSession
from clinicdesk.models.enums import (
    AuditAction,
    SyncDirection,
    SyncSessionKind,
    SyncSessionStatus,
)
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.device_facts import text_fact
from clinicdesk.storage.engine import read_plainly
from clinicdesk.storage.store import Store
from clinicdesk.sync.engine import Session
from clinicdesk.sync.errors import CancelledError, NotStoredError
from clinicdesk.sync.local_store import Totals
from clinicdesk.sync.process import DIED
from clinicdesk.sync.session_facts import EPOCH, SKEW

_TABLE: sa.Table = SyncSession.__table__  # type: ignore[assignment]  # a mapped class of one table
SessionRow = dict[str, str | int | float | bool | None]


def run_session(
    store: Store, session: Session, device: str, user: str | None, clock: Clock, incarnation: int = 1
) -> SessionRow:
    """Run `session` to its end, recorded; the value is its row as plain values.

    Raises: what the session raises, after it was recorded.
    """
    run = _begin(store, device, user, clock, incarnation)
    try:
        session.run()
    except CancelledError as stopped:
        _end(store, run, session, clock, SyncSessionStatus.CANCELLED, stopped.code)
        raise
    except ClinicDeskError as failure:
        # On a full disk or a damaged file this may fail too: the next run then says that this one was cut off.
        with contextlib.suppress(WorldError):
            _end(store, run, session, clock, SyncSessionStatus.FAILED, failure.code)
        raise
    except sa.exc.SQLAlchemyError as error:
        refused = NotStoredError(phase=session.phase.value, kind=type(error).__name__)
        _end(store, run, session, clock, SyncSessionStatus.FAILED, refused.code)
        raise refused from None
    partial = session.equal is False or session.totals.held or session.totals.rejected
    return _end(store, run, session, clock, SyncSessionStatus.PARTIAL if partial else SyncSessionStatus.COMPLETED, None)


def record_death(
    store: Store, device: str, user: str | None, clock: Clock, incarnation: int, told: Mapping[str, Param]
) -> None:
    """The sync process died: its run, or one in its place where it had none yet, ends with what is known of why."""
    if not _died(store, clock, told):
        _begin(store, device, user, clock, incarnation)
        _died(store, clock, told)


def _died(store: Store, clock: Clock, told: Mapping[str, Param]) -> bool:
    with store.apply(SYNC_APPLIES) as work:
        ended = work.session.connection().execute(_DIED, {"now": clock.now(), "told": dict(told)})
        return bool(ended.rowcount)


class _Run(NamedTuple):
    """A run under way: its row, and when it began."""

    key: uuid.UUID
    started_at: dt.datetime


def _begin(store: Store, device: str, user: str | None, clock: Clock, incarnation: int) -> _Run:
    key, now = new_id(), clock.now()
    with store.apply(SYNC_APPLIES, keys_wait=False) as work:
        connection = work.session.connection()
        # A run that was killed says so now; only then it is finished and can be sent (D21).
        connection.execute(_CUT_OFF, {"now": now})
        # Before the first pull the person's own row is not here yet.
        person = None if user is None else uuid.UUID(user)
        if person is not None and not read_plainly(connection, _KNOWN, (str(person),)):
            person = None
        ((number,),) = read_plainly(connection, _NUMBER)
        opened: dict[str, Any] = {
            "id": key,
            "started_at": now,
            "status": SyncSessionStatus.IN_PROGRESS,
            "direction": SyncDirection.BIDIRECTIONAL,
            "kind": SyncSessionKind.WORKSTATION,
            "stats": {},
            "triggered_by": person,
            "triggered_by_name": "workstation" if person is None else None,
            "device_id": uuid.UUID(device),
            "session_seq": number,
            "incarnation": incarnation,
            "epoch": _epoch(text_fact(work.session, EPOCH)),
            "phase": Session.first_phase,
            "created_by": person,
            "updated_by": person,
            "scope_id": uuid.UUID(device),
        }
        connection.execute(_OPEN, opened)
    return _Run(key, now)


def _end(
    store: Store, run: _Run, session: Session, clock: Clock, status: SyncSessionStatus, error: str | None
) -> SessionRow:
    totals = session.totals
    with store.apply(SYNC_APPLIES, keys_wait=False) as work:
        skew = text_fact(work.session, SKEW)
        values: dict[str, Any] = {
            "status": status,
            "completed_at": max(clock.now(), run.started_at),
            "phase": session.phase.value,
            "last_error": error,
            "epoch": _epoch(text_fact(work.session, EPOCH)),
            "scopes": sorted(session.scopes),
            "clock_skew_ms": None if skew is None else round(float(skew) * 1000),
            "pushed": totals.pushed,
            "pulled": totals.pulled,
            "conflicts": totals.conflicts,
            "held": totals.held,
            "rejected": totals.rejected,
            "bytes_sent": totals.sent_bytes,
            "bytes_received": totals.received_bytes,
            "records_processed": totals.pushed + totals.held + totals.rejected + totals.pulled,
            "records_successful": totals.pushed + totals.pulled,
            "records_failed": totals.rejected,
            "stats": _stats(totals, session.equal),
        }
        work.session.connection().execute(_CLOSE, {"key": run.key, **values})
        if totals.pulled or totals.removed or totals.repaired:
            facts = {"pulled": totals.pulled, "removed": totals.removed, "repaired": totals.repaired}
            work.audit(AuditEntry(AuditAction.SYNC_APPLY, "SyncSession", run.key, facts=facts, is_phi=False))
        plain = {name: value for name, value in values.items() if isinstance(value, str | int | float | None)}
    return {
        **plain,
        "id": str(run.key),
        "status": status.value,
        "started_at": run.started_at.isoformat(),
        "completed_at": values["completed_at"].isoformat(),
        "epoch": None if values["epoch"] is None else str(values["epoch"]),
        "equal": session.equal,
        "requests": totals.requests,
    }


# Statements are made once: building one costs more than running it.
_AT = sa.bindparam("now", type_=_TABLE.c.started_at.type)
_ENDED = {
    "status": SyncSessionStatus.FAILED,
    # No run ends before it began, also where the clock was set back in between (s11).
    "completed_at": sa.case((_TABLE.c.started_at > _AT, _TABLE.c.started_at), else_=_AT),
}
_UNDER_WAY = sa.update(_TABLE).where(_TABLE.c.status == SyncSessionStatus.IN_PROGRESS)
_CUT_OFF = _UNDER_WAY.values(**_ENDED, last_error="sync_interrupted")
_DIED = _UNDER_WAY.values(**_ENDED, last_error=DIED, stats=sa.bindparam("told", type_=_TABLE.c.stats.type))
_KNOWN = "SELECT 1 FROM users WHERE id = ?"
_NUMBER = "SELECT coalesce(max(session_seq), 0) + 1 FROM sync_sessions"
_OPEN = sa.insert(_TABLE)
_CLOSE = sa.update(_TABLE).where(_TABLE.c.id == sa.bindparam("key"))


def _stats(totals: Totals, equal: bool | None) -> Mapping[str, Any]:
    return {
        "requests": totals.requests,
        "merged": totals.merged,
        "removed": totals.removed,
        "repaired": totals.repaired,
        "mismatches": totals.mismatches,
        "differing": totals.differing,
        "files_sent": totals.files_sent,
        "files_received": totals.files_received,
        "equal": equal,
    }


def _epoch(text: str | None) -> uuid.UUID | None:
    return None if text is None else uuid.UUID(text)
