"""Joining a district over the real wire: first device, second device with approval, and everything that is refused."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.district import Town
from tests.support.served import HASTY, ServedTown, served

from clinicdesk.core.identifiers import new_id
from clinicdesk.security import enrolment as handshake
from clinicdesk.security.device_keys import DeviceKeys
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.sealed_fields import DataKeyRing
from clinicdesk.server.enrolment import Address, open_invite
from clinicdesk.sync.enrolment import (
    Enrolment,
    EnrolmentRefusedError,
    InviteRefusedError,
    MissingDataKeyError,
    Newcomer,
    approve,
    collect,
    join,
    line_to,
    list_devices,
    refuse,
    revoke,
)
from clinicdesk.sync.enrolment_messages import EnrolState
from clinicdesk.sync.errors import RefusedError, RevokedError, WrongCertificateError
from clinicdesk.sync.protocol import HeldReply, HeldRequest


@pytest.fixture
def wire(town: Town, tmp_path: Path) -> Iterator[ServedTown]:
    with served(town, tmp_path / "server") as running:
        yield running


class Someone:
    """A person at a new workstation."""

    def __init__(self, name: str) -> None:
        self.device = DeviceKeys.generate(new_id())
        self.keys = KeyPairs.generate()
        self.newcomer = Newcomer(self.device, f"{name}'s desk", "0-test", name, self.keys.public)


def invite(wire: ServedTown, *, first: bool = False, ring: DataKeyRing | None = None) -> handshake.Invite:
    """An invite with its code; the first administrator's carries the data keys (D32)."""
    address = Address(wire.host, (wire.pin,))
    with wire.town.database.owning() as connection:
        code, keys = open_invite(
            connection, address, wire.town.clock.now(), schools=[wire.town.oak], everything=first, first=first
        )
    sealed = None
    if ring is not None:
        sealed = handshake.seal_data_keys_for_invite(ring, keys, uuid.UUID(wire.town.district))
    return handshake.Invite(wire.host, (wire.pin,), code, sealed)


def first_desk(wire: ServedTown, ring: DataKeyRing) -> tuple[Someone, Enrolment]:
    dora = Someone("dora")
    return dora, join(invite(wire, first=True, ring=ring), dora.newcomer, wire.town.clock, HASTY)


def test_d24_the_very_first_device_is_in_at_once_with_the_data_keys_of_its_invite(wire: ServedTown) -> None:
    ring = DataKeyRing.generate()
    _dora, enrolment = first_desk(wire, ring)
    assert enrolment.state is EnrolState.APPROVED
    assert enrolment.user == uuid.UUID(wire.town.dora)
    assert enrolment.everything
    assert enrolment.certificate is not None
    assert enrolment.data_keys is not None
    student = new_id()
    wrapped = ring.wrap_student_key(student, ring.new_student_key(student))
    enrolment.data_keys.open_student_key(student, wrapped)


def test_d24_a_later_device_waits_shows_one_number_on_both_sides_and_is_let_in(wire: ServedTown) -> None:
    ring = DataKeyRing.generate()
    dora, at_dora = first_desk(wire, ring)
    ann = Someone("ann")
    pending = join(invite(wire), ann.newcomer, wire.town.clock, HASTY)
    assert pending.state is EnrolState.PENDING
    assert pending.data_keys is None
    line = line_to(at_dora.district, dora.device, wire.town.clock, HASTY)
    (waiting,) = list_devices(line, uuid.UUID(wire.town.dora)).pending
    assert waiting.number == pending.number
    assert len(waiting.number.replace(" ", "")) == 12
    own = line_to(pending.district, ann.device, wire.town.clock, HASTY)
    assert collect(own, ann.device, pending.district).state is EnrolState.PENDING
    state = approve(
        line,
        waiting,
        user=uuid.UUID(wire.town.dora),
        user_keys=dora.keys,
        district=uuid.UUID(wire.town.district),
        ring=ring,
        scopes=[wire.town.oak],
    )
    assert state is EnrolState.APPROVED
    enrolled = collect(own, ann.device, pending.district)
    assert (enrolled.user, enrolled.scopes) == (uuid.UUID(wire.town.ann), (wire.town.oak,))
    assert enrolled.data_keys is not None
    student = new_id()
    enrolled.data_keys.open_student_key(student, ring.wrap_student_key(student, ring.new_student_key(student)))
    assert own.ask("/v1/outcomes", HeldRequest(mutations=[]), HeldReply).message.results == {}
    line.close()
    own.close()


def test_d33_an_enrolled_workstation_alone_cannot_approve(wire: ServedTown) -> None:
    ring = DataKeyRing.generate()
    dora, at_dora = first_desk(wire, ring)
    join(invite(wire), Someone("ann").newcomer, wire.town.clock, HASTY)
    line = line_to(at_dora.district, dora.device, wire.town.clock, HASTY)
    (waiting,) = list_devices(line, uuid.UUID(wire.town.dora)).pending
    with pytest.raises(RefusedError):
        approve(
            line,
            waiting,
            user=uuid.UUID(wire.town.dora),
            user_keys=KeyPairs.generate(),
            district=uuid.UUID(wire.town.district),
            ring=ring,
            scopes=[wire.town.oak],
        )
    line.close()


def test_d24_an_administrator_can_refuse_and_revoke(wire: ServedTown) -> None:
    ring = DataKeyRing.generate()
    dora, at_dora = first_desk(wire, ring)
    administrator = uuid.UUID(wire.town.dora)
    ann = Someone("ann")
    pending = join(invite(wire), ann.newcomer, wire.town.clock, HASTY)
    line = line_to(at_dora.district, dora.device, wire.town.clock, HASTY)
    (waiting,) = list_devices(line, administrator).pending
    assert refuse(line, waiting, user=administrator, user_keys=dora.keys) is EnrolState.REFUSED
    own = line_to(pending.district, ann.device, wire.town.clock, HASTY)
    with pytest.raises(EnrolmentRefusedError):
        collect(own, ann.device, pending.district)
    revoke(line, str(dora.device.device), user=administrator, user_keys=dora.keys)
    with pytest.raises(RevokedError):
        list_devices(line, administrator)
    line.close()
    own.close()


def test_a_wrong_code_is_refused_and_an_invite_counts_once(wire: ServedTown) -> None:
    ring = DataKeyRing.generate()
    first_desk(wire, ring)
    good = invite(wire)
    with pytest.raises(InviteRefusedError):
        join(good.with_code(handshake.new_code()), Someone("ann").newcomer, wire.town.clock, HASTY)
    join(good, Someone("ann").newcomer, wire.town.clock, HASTY)
    with pytest.raises(InviteRefusedError):
        join(good, Someone("ann").newcomer, wire.town.clock, HASTY)


def test_t16_another_pin_is_refused_before_anything_is_said(wire: ServedTown) -> None:
    good = invite(wire)
    with pytest.raises(WrongCertificateError):
        join(replace(good, pins=("sha256/" + "A" * 43 + "=",)), Someone("ann").newcomer, wire.town.clock, HASTY)
    assert wire.town.query("SELECT count(*) FROM device_nonces") == [(0,)]


def test_d32_the_first_invite_must_carry_the_data_keys(wire: ServedTown) -> None:
    with pytest.raises(MissingDataKeyError):
        join(invite(wire, first=True), Someone("dora").newcomer, wire.town.clock, HASTY)
