"""What came too late for a signed record, written as an amendment of it (D2, `sign_vs_edit`)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.models.enums import SignatureMeaning
from clinicdesk.models.registry import model_of, policy_of, table_of
from clinicdesk.models.rules import validate
from clinicdesk.services.desk import Desk
from clinicdesk.services.signatures import SignedRow, Signer, sign_row
from clinicdesk.services.succession import ORDERS
from clinicdesk.storage.queries.conflicts import row_of
from clinicdesk.storage.store import Work

_SIGNATURE = frozenset({"signed_at", "signed_by", "activated_at", "activated_by", "amends_id", "amendment_reason"})
_OF_ONE_VERSION = _SIGNATURE | {
    "id", "created_at", "created_by", "updated_at", "updated_by", "row_version", "field_versions", "scope_id",
    "deleted_at", "deleted_by", "delete_reason",
}  # fmt: skip


def newest_version(session: Session, table: str, row: uuid.UUID) -> Mapping[str, Any] | None:
    """The record as it stands: the last amendment of it."""
    found, current = table_of(table), row_of(session, table, row)
    while current is not None:
        later = session.scalar(
            sa.select(found.c.id)
            .where(found.c.amends_id == current["id"], found.c.deleted_at.is_(None))
            .order_by(found.c.id.desc())
            .limit(1)
        )
        if later is None:
            return current
        current = row_of(session, table, later)
    return None


def compared(table: str) -> tuple[str, ...]:
    """The columns in which two amendments of one record may differ, with the reason of each."""
    after = policy_of(table).after_sign
    left_out = (_OF_ONE_VERSION - {"amendment_reason"}) | set(after) | {"recorded_at", "student_id", "school_id"}
    return tuple(
        str(column.name)
        for column in table_of(table).columns
        if column.name not in left_out and not column.foreign_keys and not column.info.get("local")
    )


def may_be_amended(session: Session, table: str, row: uuid.UUID, late: Mapping[str, Any]) -> bool:
    """Whether the late change can still go in as an amendment: the record is signed, and something is new in it."""
    policy = policy_of(table)
    if policy.signed_when is None or table == ORDERS:
        return False
    stands = newest_version(session, table, row)
    return stands is not None and stands[policy.signed_when] is not None and bool(_matter(table, late))


def amend(work: Work, desk: Desk, table: str, row: uuid.UUID, late: Mapping[str, Any], reason: str) -> uuid.UUID:
    """Write the next version with what came late, signed by the person at the desk; the signed one stays readable.

    `late` are the columns as Python values.

    Raises:
        InvalidValueError: no reason, or the amendment breaks a rule of the record.
    """
    if not reason.strip():
        raise InvalidValueError("amendment_reason", "missing")
    model, stands = model_of(table), newest_version(work.session, table, row)
    if stands is None:
        raise InvalidValueError("result", "refused")
    after = policy_of(table).after_sign
    kept = {name: value for name, value in stands.items() if name not in _OF_ONE_VERSION and name not in after}
    values = {**kept, **_matter(table, late), "amends_id": stands["id"], "amendment_reason": reason}
    values |= {name: work.at for name in ("recorded_at", "signed_at") if name in table_of(table).c}
    key = new_id()
    values |= {"id": key, "signed_by": desk.person.user_id}
    problems = validate(model.__name__, values)
    if problems:
        raise problems[0]
    work.session.add(model(**values))
    work.session.flush()
    me = Signer(desk.person.user_id, desk.person.name, desk.unlocked.user_keys)
    signed = SignedRow(
        table=table,
        id=key,
        values=values,
        student=values.get("student_id"),
        school=values.get("school_id") or desk.school.id,
    )
    offset = desk.zone_offset_minutes(work.at)
    sign_row(work.session, signed, me, SignatureMeaning.AMENDED, work.at, offset, desk.device_id)
    return key


def _matter(table: str, late: Mapping[str, Any]) -> dict[str, Any]:
    """What of a late change is content: a second signature, or a delete of a signed record, is not (D2)."""
    columns = table_of(table).c
    return {name: value for name, value in late.items() if name in columns and name not in _OF_ONE_VERSION}
