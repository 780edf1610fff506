"""A revoked workstation before its wipe: what only it has, and the word in its audit chain (scenario 43)."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from clinicdesk.models.enums import AuditAction, Severity
from clinicdesk.security.errors import SignatureRefusedError
from clinicdesk.security.wipe_orders import WipeStatement, read_order
from clinicdesk.storage import attachment_notes
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.device_facts import District, read_district
from clinicdesk.storage.store import Store
from clinicdesk.sync.protocol import WipeOrder
from clinicdesk.sync.schema_waits import NOT_WAITING

_ONLY_HERE = (
    "SELECT count(*) FROM sync_queue_items WHERE state IN ('PENDING', 'IN_FLIGHT')"  # noqa: S608 - no input
    f" OR (state = 'HELD' AND NOT ({NOT_WAITING})) OR (state = 'REJECTED' AND last_error = 'too_large')"
)
_BEGUN = "wipe_begun"
_ON_RECORD = (
    "SELECT EXISTS (SELECT 1 FROM audit_logs WHERE device_id = ? AND result = ?"
    " AND json_extract(metadata, '$.ordered_at') = ?)"
)


def only_here(connection: sa.Connection) -> int:
    """How many changes and files the district does not have in any form, its inbox included."""
    changes = int(connection.exec_driver_sql(_ONLY_HERE).scalar_one())
    return changes + attachment_notes.waiting(connection)[0]


def accept(store: Store, device: str, order: WipeOrder) -> bool:
    """Whether this order is carried out now; then the audit chain says so before anything is destroyed.

    It is not while something is only here, unless the order says that it need not come in; and never where it is not
    the district's own word to this workstation. A session that was cut after it said so is not one more wipe.
    """
    with store.read() as session:
        waiting = only_here(session.connection())
        said = _said(order, read_district(session), device)
    if said is None or (waiting and not said.despite_waiting):
        return False
    ordered_at = said.ordered_at.isoformat()
    facts = {"waiting": waiting, "despite_waiting": said.despite_waiting, "ordered_at": ordered_at}
    with store.apply(SYNC_APPLIES) as work:
        connection = work.session.connection()
        if connection.exec_driver_sql(_ON_RECORD, (device, _BEGUN, ordered_at)).scalar_one():
            return True
        work.audit(
            AuditEntry(
                AuditAction.DEVICE_CHANGE,
                "SyncSession",
                facts=facts,
                is_phi=False,
                severity=Severity.HIGH,
                result=_BEGUN,
            )
        )
    return True


def _said(order: WipeOrder, district: District | None, device: str) -> WipeStatement | None:
    if district is None:
        return None
    try:
        return read_order(
            order.statement,
            order.signature,
            district_key=district.public_key,
            district=district.id,
            device=uuid.UUID(device),
        )
    except SignatureRefusedError:
        return None
