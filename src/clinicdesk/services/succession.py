"""Forks: rows of which two follow one, and how a person makes them one line again (D1)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.models import MedicationLog, StudentMedication
from clinicdesk.models.enums import EntryKind, OrderStatus, SignatureMeaning
from clinicdesk.models.registry import model_of, table_of
from clinicdesk.models.rules import validate
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_writing import write_log
from clinicdesk.services.signatures import SignedRow, Signer, sign_row
from clinicdesk.storage.queries.conflicts import row_of
from clinicdesk.storage.store import Work

ORDERS = StudentMedication.__tablename__
_DOSES = MedicationLog.__tablename__

_STAMPS = frozenset(
    {"id", "created_at", "created_by", "updated_at", "updated_by", "row_version", "field_versions", "scope_id"}
)
_OF_ONE_ROW = frozenset(
    {
        "revision", "version", "supersedes_id", "previous_version_id", "correction_reason", "recorded_at", "device_id",
        "amends_id", "amendment_reason", "signed_at", "signed_by", "activated_at", "activated_by", "is_active",
        "status_changed_at", "status_changed_by", "status_reason", "clock_skew_seconds", "stock_transaction_id",
        "witness_signature_id",
    }
)  # fmt: skip
"""What a row says of itself alone: nothing for a person to compare."""


def column_of(table: str) -> str:
    """The column by which rows of a table follow one another."""
    return "previous_version_id" if table == ORDERS else "supersedes_id"


def follows(table: str) -> bool:
    """Whether rows of the table follow one another; amendments of signed records stand beside each other (D2)."""
    return column_of(table) in table_of(table).c


def branches(session: Session, table: str, row: uuid.UUID) -> tuple[Mapping[str, Any], ...]:
    """The open ends of all lines that follow the row which this one follows; that row's own line comes first.

    A line that was taken back (D1: WITHDRAWN; an order: followed in favour of another version) has no open end.
    """
    if not follows(table):
        return ()
    own = row_of(session, table, row)
    root = None if own is None else own[column_of(table)]
    if own is None or root is None:
        return ()
    ends: list[Mapping[str, Any]] = []
    for first in [own, *(one for one in _followers(session, table, root) if one["id"] != row)]:
        ends += [end for end in _ends(session, table, first) if not taken_back(end)]
    return tuple(ends)


def common_row(session: Session, table: str, row: uuid.UUID) -> Mapping[str, Any] | None:
    """The row that both follow."""
    own = row_of(session, table, row)
    root = None if own is None else own[column_of(table)]
    return None if root is None else row_of(session, table, root)


def taken_back(row: Mapping[str, Any]) -> bool:
    return row["amends_id"] is not None if "previous_version_id" in row else row["entry_kind"] is EntryKind.WITHDRAWN


def compared(table: str) -> tuple[str, ...]:
    """The columns by which two rows of one line may differ in matter."""
    return tuple(
        column.name
        for column in table_of(table).columns
        if column.name not in _STAMPS | _OF_ONE_ROW
        and not column.info.get("local")
        and (not column.foreign_keys or column.name == "medication_id")
    )


def join(
    work: Work, desk: Desk, table: str, row: uuid.UUID, values: Mapping[str, Any], reason: str
) -> tuple[uuid.UUID, ...]:
    """Make the fork one line: the result follows the first open end, every other end is taken back.

    `values` are what the result says differently from the first end. The value is the keys that were written.

    Raises:
        InvalidValueError: no reason, or the result breaks a rule of the record.
    """
    if not reason.strip():
        raise InvalidValueError("correction_reason", "missing")
    first, *others = branches(work.session, table, row)
    if table == ORDERS:
        return _join_orders(work, desk, first, others, values, reason)
    # The taken back ones go first: two given doses cannot stand in one slot, not even within a transaction. Every row
    # is this desk's own: what another desk writes of its end meanwhile stands beside it (D1).
    own = {"device_id": desk.device_id} if "device_id" in first else {}
    back, on = ({"entry_kind": kind, **own} for kind in (EntryKind.WITHDRAWN, EntryKind.CORRECTION))
    written = [follow(work, desk, table, other, back, reason) for other in others]
    written.append(follow(work, desk, table, first, {**on, **values}, reason))
    return tuple(written)


def correct(work: Work, desk: Desk, table: str, row: uuid.UUID, values: Mapping[str, Any], reason: str) -> uuid.UUID:
    """Follow the end of a row's line by one that says otherwise; what was said stays readable.

    Raises:
        InvalidValueError: no reason, or the row breaks a rule.
    """
    if not reason.strip():
        raise InvalidValueError("correction_reason", "missing")
    own = row_of(work.session, table, row)
    if own is None:
        raise InvalidValueError("result", "refused")
    end = _ends(work.session, table, own)[0]
    device = {"device_id": desk.device_id} if "device_id" in end else {}
    return follow(work, desk, table, end, {"entry_kind": EntryKind.CORRECTION, **device, **values}, reason)


def follow(
    work: Work, desk: Desk, table: str, row: Mapping[str, Any], changed: Mapping[str, Any], reason: str
) -> uuid.UUID:
    """Write the next row of a line: what nobody may change is followed, never replaced (D1)."""
    key = new_id()
    values = {name: value for name, value in row.items() if name not in _STAMPS}
    values |= {
        "supersedes_id": row["id"],
        "revision": row["revision"] + 1,
        "correction_reason": reason,
        **{name: work.at for name in ("recorded_at",) if name in row},
        # Who stood by the first row does not sign the second.
        **{name: None for name in ("witness_signature_id",) if name in row},
        **changed,
    }
    if table == _DOSES:
        write_log(work, desk, key, values)
        return key
    model = model_of(table)
    _require(model.__name__, {"id": key, **values})
    work.session.add(model(id=key, **values))
    work.session.flush()
    return key


def _join_orders(
    work: Work,
    desk: Desk,
    first: Mapping[str, Any],
    others: Sequence[Mapping[str, Any]],
    values: Mapping[str, Any],
    reason: str,
) -> tuple[uuid.UUID, ...]:
    """A new version, signed by who decides where it is in force; the others are followed in its favour."""
    result = new_id()
    version = 1 + max(row["version"] for row in (first, *others))
    plain = {name: value for name, value in first.items() if name not in _STAMPS | _OF_ONE_ROW}
    made = {**plain, **values, "root_id": first["root_id"], "version": version, "previous_version_id": first["id"]}
    wanted = OrderStatus(made["status"])
    row = StudentMedication(
        id=result, **{**made, "status": OrderStatus.DRAFT, "is_active": False, "status_reason": None}
    )
    work.session.add(row)
    work.session.flush()
    if wanted is not OrderStatus.DRAFT:
        row.activated_at = row.signed_at = row.status_changed_at = work.at
        row.activated_by = row.signed_by = row.status_changed_by = desk.person.user_id
        row.status, row.is_active = wanted, wanted is OrderStatus.ACTIVE
        row.status_reason = None if row.is_active else reason
        _require("StudentMedication", _values(row))
        work.session.flush()
        _sign(work, desk, row)
    else:
        _require("StudentMedication", _values(row))
    return (result, *(_in_favour_of(work, desk, other, result, reason) for other in others))


def _in_favour_of(work: Work, desk: Desk, row: Mapping[str, Any], result: uuid.UUID, reason: str) -> uuid.UUID:
    key = new_id()
    plain = {name: value for name, value in row.items() if name not in _STAMPS | _OF_ONE_ROW}
    back = StudentMedication(
        id=key,
        **{
            **plain,
            "version": row["version"] + 1,
            "previous_version_id": row["id"],
            "amends_id": result,
            "amendment_reason": reason,
            "status": OrderStatus.DISCONTINUED,
            "is_active": False,
            "status_reason": reason,
            "status_changed_at": work.at,
            "status_changed_by": desk.person.user_id,
        },
    )
    _require("StudentMedication", _values(back))
    work.session.add(back)
    work.session.flush()
    return key


def _sign(work: Work, desk: Desk, row: StudentMedication) -> None:
    me = Signer(desk.person.user_id, desk.person.name, desk.unlocked.user_keys)
    signed = SignedRow(
        table=ORDERS, id=row.id, values=_values(row), student=row.student_id, school=None, version=row.row_version or 0
    )
    offset = desk.zone_offset_minutes(work.at)
    sign_row(work.session, signed, me, SignatureMeaning.APPROVED, work.at, offset, desk.device_id)


def _values(row: StudentMedication) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in table_of(ORDERS).columns}


def _require(model: str, values: Mapping[str, Any]) -> None:
    problems = validate(model, values)
    if problems:
        raise problems[0]


def _followers(session: Session, table: str, row: uuid.UUID) -> Iterable[Mapping[str, Any]]:
    found = table_of(table)
    where = [found.c[column_of(table)] == row]
    if "deleted_at" in found.c:
        where.append(found.c.deleted_at.is_(None))
    return [dict(one) for one in session.execute(sa.select(found).where(*where).order_by(found.c.id)).mappings()]


def _ends(session: Session, table: str, row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    later = _followers(session, table, row["id"])
    return [end for one in later for end in _ends(session, table, one)] if later else [row]
