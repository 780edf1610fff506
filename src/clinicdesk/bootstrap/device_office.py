"""The district's workstations in an administrator's hands: listed, approved, refused and revoked (D24, D32, D33)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from clinicdesk.bootstrap.district_line import DistrictLine
from clinicdesk.core.errors import UserFacingError
from clinicdesk.domain.permissions import Act
from clinicdesk.models.enums import AuditAction
from clinicdesk.presentation.admin.devices import Devices, KnownDevice, WaitingDevice
from clinicdesk.services.desk import Desk
from clinicdesk.services.signing_in import NotJoinedError
from clinicdesk.storage import device_facts
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.sync.enrolment import approve, list_devices, refuse, revoke
from clinicdesk.sync.enrolment_messages import DeviceRow, DevicesReply, EnrolState, PendingDevice


class NoSuchDeviceError(UserFacingError):
    """No workstation of that id waits for approval."""

    code = "no_such_device"


class DistrictDevices:
    """`presentation.admin.devices.DeviceOffice` over the line of the signed-in desk.

    What was listed last is kept: a decision is about the keys whose number the person has seen, whatever the
    district would list now.
    """

    def __init__(self, desk: Desk, line: DistrictLine) -> None:
        self._desk = desk
        self._line = line
        self._shown: dict[str, PendingDevice] = {}

    def listed(self) -> DevicesReply:
        """Ask the district; the numbers are worked out here from the keys it names."""
        self._desk.note(Act.VIEW_DEVICES, AuditEntry(AuditAction.READ, "Device", is_phi=False), schools=())
        with self._line.line() as line:
            reply = list_devices(line, self._desk.person.user_id)
        self._shown = {one.device: one for one in reply.pending}
        return reply

    def devices(self) -> Devices:
        reply = self.listed()
        return Devices(tuple(_waiting(one) for one in reply.pending), tuple(self._known(one) for one in reply.devices))

    def number(self, device: str) -> str:
        """The check number of a workstation that was listed."""
        return self._waiting(device).number

    def approve(self, device: str, schools: Sequence[str], everything: bool) -> EnrolState:
        """Seal the data keys to it and sign the decision; without a choice it gets what its invite named.

        Raises:
            NoSuchDeviceError, NotJoinedError, PermissionDeniedError, and what the line raises.
        """
        self._note(Act.APPROVE_DEVICE, AuditAction.CREATE, approved=device)
        with self._desk.store.read() as session:
            ring = device_facts.read_data_keys(session, self._desk.unlocked)
            district = device_facts.read_district(session)
        if ring is None or district is None:
            raise NotJoinedError
        try:
            waiting = self._waiting(device)
            with self._line.line() as line:
                return approve(
                    line,
                    waiting,
                    user=self._desk.person.user_id,
                    user_keys=self._desk.unlocked.user_keys,
                    district=district.id,
                    ring=ring,
                    scopes=schools or waiting.scopes,
                    everything=everything or (waiting.all_scopes and not schools),
                )
        finally:
            ring.destroy()

    def refuse(self, device: str) -> EnrolState:
        """Turn a workstation away; raises like `approve`."""
        self._note(Act.APPROVE_DEVICE, AuditAction.UPDATE, refused=device)
        waiting = self._waiting(device)
        with self._line.line() as line:
            return refuse(line, waiting, user=self._desk.person.user_id, user_keys=self._desk.unlocked.user_keys)

    def revoke(self, device: str) -> None:
        """Shut a workstation out at its next contact; its people keep what they had charted and not sent (D30)."""
        self._note(Act.REVOKE_DEVICE, AuditAction.UPDATE, revoked=device)
        with self._line.line() as line:
            revoke(line, device, user=self._desk.person.user_id, user_keys=self._desk.unlocked.user_keys)

    def _note(self, act: Act, action: AuditAction, **facts: str) -> None:
        self._desk.note(act, AuditEntry(action, "Device", facts=dict(facts), is_phi=False), schools=())

    def _waiting(self, device: str) -> PendingDevice:
        if device not in self._shown:
            with self._line.line() as line:
                self._shown = {one.device: one for one in list_devices(line, self._desk.person.user_id).pending}
        if device not in self._shown:
            raise NoSuchDeviceError(device=device)
        return self._shown[device]

    def _known(self, one: DeviceRow) -> KnownDevice:
        return KnownDevice(
            id=one.device,
            name=one.name,
            state=one.state,
            last_seen_at=_moment(one.last_seen_at),
            schools=tuple(one.scopes),
            everything=one.all_scopes,
            own=one.device == str(self._desk.device_id),
        )


def _waiting(one: PendingDevice) -> WaitingDevice:
    return WaitingDevice(
        id=one.device,
        name=one.name,
        platform=one.platform,
        user_name=one.user_name,
        asked_at=_moment(one.asked_at),
        number=one.number,
        schools=tuple(one.scopes),
        everything=one.all_scopes,
    )


def _moment(text: str | None) -> dt.datetime | None:
    """A time of the district; what cannot be read as one with a zone is shown as unknown."""
    if not text:
        return None
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
