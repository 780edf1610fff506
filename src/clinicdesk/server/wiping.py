"""Orders to revoked workstations to destroy what they hold: given here, told there, every step on record (s43)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clinicdesk.core.clock import Clock
from clinicdesk.models.enums import AuditAction, Severity
from clinicdesk.security.wipe_orders import WipeStatement, sign_order
from clinicdesk.server.database import Connection, Database
from clinicdesk.server.errors import DistrictSetupError, RefusedRequestError
from clinicdesk.server.sessions import KnownDevice, read_device, read_district
from clinicdesk.server.trail import DistrictTrail
from clinicdesk.sync.protocol import ErrorCode, SessionReply, WipeOrder, WipeReply, WipeReport


def order_wipe(
    database: Database, clock: Clock, key: Ed25519PrivateKey, device: str, *, despite_waiting: bool = False
) -> None:
    """Order a revoked workstation to destroy what it holds, at its next contact.

    It does so when everything it has is in; `despite_waiting` is the override: whatever has not come in then is lost.

    Raises:
        DistrictSetupError: no such workstation, it is not revoked, or it is wiped already.
    """
    now = clock.now()
    with database.owning() as connection:
        known = read_device(connection, device)
        if known is None:
            raise DistrictSetupError("no_such_device", device=device)
        if not known.revoked:
            raise DistrictSetupError("not_revoked", device=device)
        district = read_district(connection).id
        order = WipeStatement(uuid.UUID(district), uuid.UUID(device), now, despite_waiting)
        statement, signature = sign_order(key, order)
        written = connection.execute(
            "INSERT INTO device_wipes AS w (device_id, ordered_at, despite_waiting, statement, signature)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (device_id) DO UPDATE SET ordered_at = excluded.ordered_at,"
            " despite_waiting = excluded.despite_waiting, statement = excluded.statement,"
            " signature = excluded.signature WHERE w.done_at IS NULL RETURNING 1",
            (device, now, despite_waiting, statement, signature),
        ).fetchone()
        if written is None:
            raise DistrictSetupError("wiped_already", device=device)
        facts = {"device": device, "despite_waiting": despite_waiting}
        _note(connection, district, clock, "wipe_ordered", facts)


@dataclass(frozen=True, slots=True)
class Wiping:
    """What a served district tells and hears of it."""

    database: Database
    clock: Clock
    district: str

    def told(self, device: KnownDevice, reply: SessionReply) -> SessionReply:
        """The answer to a revoked workstation, with the order to it if there is one."""
        if not device.revoked:
            return reply
        with self.database.merging(device.id) as connection:
            found = connection.execute(
                "SELECT statement, signature FROM device_wipes WHERE device_id = %s AND done_at IS NULL", (device.id,)
            ).fetchone()
        return reply if found is None else msgspec.structs.replace(reply, wipe=WipeOrder(*map(bytes, found)))

    def report(self, device: KnownDevice, said: WipeReport) -> WipeReply:
        """The workstation is about to destroy what it holds, or has done so.

        Raises:
            RefusedRequestError: nobody ordered it.
        """
        with self.database.merging(device.id) as connection:
            order = connection.execute(
                "SELECT despite_waiting, begun_at, done_at FROM device_wipes WHERE device_id = %s FOR UPDATE",
                (device.id,),
            ).fetchone()
            if order is None or not device.revoked:
                raise RefusedRequestError(ErrorCode.DENIED)
            despite, begun, done = order
            if said.done:
                if done is None:
                    self._set(connection, device.id, "done_at")
                    _note(connection, self.district, self.clock, "wiped", {"device": device.id})
                return WipeReply(True)
            if said.waiting and not despite:
                return WipeReply(False)
            if begun is None:
                self._set(connection, device.id, "begun_at")
                facts = {"device": device.id, "waiting": said.waiting, "despite_waiting": despite}
                _note(connection, self.district, self.clock, "wipe_begun", facts)
            connection.execute(
                "UPDATE device_wipes SET left_waiting = %s WHERE device_id = %s", (said.waiting, device.id)
            )
            return WipeReply(True)

    def _set(self, connection: Connection, device: str, column: str) -> None:
        statement = {
            "begun_at": "UPDATE device_wipes SET begun_at = %s WHERE device_id = %s",
            "done_at": "UPDATE device_wipes SET done_at = %s WHERE device_id = %s",
        }[column]
        connection.execute(statement.encode(), (self.clock.now(), device))


def wipes(connection: Connection) -> dict[str, str]:
    """How far the wipe of each workstation has come, by device: ordered, begun or done."""
    return {
        device: "done" if done else "begun" if begun else "ordered"
        for device, begun, done in connection.execute(
            "SELECT device_id::text, begun_at IS NOT NULL, done_at IS NOT NULL FROM device_wipes"
        )
    }


def _note(connection: Connection, district: str, clock: Clock, result: str, facts: dict[str, object]) -> None:
    DistrictTrail(district).append(
        connection, clock.now(), AuditAction.DEVICE_CHANGE, result, facts, severity=Severity.HIGH
    )
