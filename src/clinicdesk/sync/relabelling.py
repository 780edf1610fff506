"""A queue that goes on under another device: a copied workstation that joined anew keeps all it had (scenario 15)."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.identifiers import new_id
from clinicdesk.models import DeviceFact, UserKey
from clinicdesk.storage.device_facts import DEVICE_ID, write_fact
from clinicdesk.storage.recovery_state import begin_recovery, came_anew, end_recovery, recovers
from clinicdesk.sync.session_facts import ACKNOWLEDGED, LAST_MUTATION, LAST_PROOF

_WAITING = "SELECT local_seq FROM sync_queue_items WHERE state = 'PENDING' ORDER BY local_seq"
_RENAMED = "UPDATE sync_queue_items SET mutation_id = ? WHERE local_seq = ?"
_RELABELLED = "UPDATE sync_queue_items SET device_id = ? WHERE state IN ('PENDING', 'IN_FLIGHT', 'HELD', 'REJECTED')"


def relabel(session: Session, device: uuid.UUID) -> int:
    """Everything that waits is the new device's, which has acknowledged nothing yet; the value is how much it is.

    What was never sent gets identities of its own: the other machine may have sent the same one together with later
    edits. What was sent keeps its identity, under which the district gives the answer that it gave.
    """
    connection = session.connection()
    renamed = [(str(new_id()), seq) for (seq,) in connection.exec_driver_sql(_WAITING)]
    if renamed:
        connection.exec_driver_sql(_RENAMED, renamed)
    relabelled = connection.exec_driver_sql(_RELABELLED, (str(device),)).rowcount
    write_fact(session, DEVICE_ID, text=str(device))
    session.execute(sa.delete(DeviceFact).where(DeviceFact.name.in_((ACKNOWLEDGED, LAST_MUTATION, LAST_PROOF))))
    under_way = recovers(session)
    end_recovery(session)
    if under_way:
        begin_recovery(session)
    came_anew(session)
    return relabelled


def carry_keys(session: Session, before: uuid.UUID, device: uuid.UUID, but: uuid.UUID, at: dt.datetime) -> int:
    """The keys of the people who were admitted under the identity before, as keys of this one; how many people.

    Written as an administrator writes them who admits somebody; `but` is the one whom the district certifies itself.
    """
    found = session.scalars(
        sa.select(UserKey)
        .where(
            UserKey.device_id == before,
            UserKey.user_id != but,
            UserKey.revoked_at.is_(None),
            UserKey.deleted_at.is_(None),
        )
        .order_by(UserKey.key_epoch)
    )
    newest = {(row.user_id, row.purpose): row for row in found}
    for row in newest.values():
        session.add(
            UserKey(
                id=new_id(),
                user_id=row.user_id,
                device_id=device,
                purpose=row.purpose,
                suite=row.suite,
                public_key=row.public_key,
                valid_from=at,
            )
        )
    session.flush()
    return len({user for user, _purpose in newest})
