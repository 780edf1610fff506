"""A workstation that joined after the backup that a district was restored from joins anew with all it has (s17)."""

from __future__ import annotations

import uuid

import msgspec
import pytest
from tests.integration.server.test_scenarios_durability import (
    NewDesk,
    backups,
    district_uri,
    house,
    new_desk,
    postgres_uri,
    town,
)
from tests.support.deciders import sign_in
from tests.support.district import NOW, Town
from tests.support.restoring import Backups
from tests.support.sync_rows import a_visit, another_nurse
from tests.support.workstation import DirectLine, Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.models.enums import AuditAction, WritePurpose
from clinicdesk.server.house import House, settle_epoch, write_mark
from clinicdesk.server.review import Review
from clinicdesk.server.sessions import read_device
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.context import SYNC_APPLIES, WorkContext
from clinicdesk.storage.recovery_state import Finding, Found, read_found
from clinicdesk.sync.errors import RecoveryNeededError, RefusedError
from clinicdesk.sync.ports import Answer, M
from clinicdesk.sync.protocol import ErrorCode
from clinicdesk.sync.relabelling import carry_keys, relabel

__all__ = ["backups", "district_uri", "house", "new_desk", "postgres_uri", "town"]


class AtTheGate(DirectLine):
    """As the gate answers: whoever is not in the list of devices is unknown, before anything is read."""

    def __init__(self, desk: Workstation) -> None:
        super().__init__(desk.peer)
        self._town = desk.town
        self._device = desk.device

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        with self._town.database.owning() as connection:
            if read_device(connection, self._device) is None:
                raise RefusedError(reason=ErrorCode.UNKNOWN_DEVICE.value)
        return super().ask(path, request, kind)


def found_at(desk: Workstation) -> Found | None:
    with desk.store.read() as session:
        return read_found(session)


def join_anew(desk: Workstation) -> None:
    """What the workstation does once an administrator has let its new identity in."""
    desk.peer = desk.town.desk(desk.user, desk.town.oak)
    (desk.folder / "session-nonce").unlink()
    with desk.store.apply(SYNC_APPLIES) as work:
        relabel(work.session, uuid.UUID(desk.device))
    desk.reopen()


def test_scenario_17_a_workstation_unknown_after_a_restore_joins_anew_with_its_queue(
    town: Town, backups: Backups, new_desk: NewDesk, house: House
) -> None:
    ann = new_desk(town.ann, town.oak)
    settle_epoch(house, town.database, town.clock)
    restore = backups.keep()
    late = new_desk(town.ann, town.oak)
    sent = late.insert(a_visit(town, notes="acknowledged, then lost"))
    late.sync()
    late.update("clinic_visits", sent, treatment="also acknowledged")
    late.sync()
    waiting = late.insert(a_visit(town, notes="typed since"))
    write_mark(house, town.database)
    restore()
    assert settle_epoch(house, town.database, town.clock)
    before = late.queue()
    with pytest.raises(RecoveryNeededError) as refused:
        late.sync(AtTheGate(late))
    assert refused.value.params == {"reason": "unknown"}
    assert found_at(late) == Found(Finding.UNKNOWN, 1)
    assert late.queue() == before, "nothing was touched"
    join_anew(late)
    for desk in (late, ann, late):
        desk.sync(AtTheGate(desk))
    assert found_at(late) is None
    assert (town.rows("clinic_visits", sent) or {})["treatment"] == "also acknowledged"
    assert (town.rows("clinic_visits", waiting) or {})["notes"] == "typed since"
    assert Review(town.database, town.clock).listed() == []
    assert late.queue("PENDING", "IN_FLIGHT", "HELD", "REJECTED") == []
    assert ann.row("clinic_visits", sent)["notes"] == "acknowledged, then lost"
    assert_nothing_lost(town, ann, late)
    assert_equal_to_district(ann, late)


def test_d33_colleagues_of_a_workstation_that_joined_anew_sign_under_its_new_identity(
    town: Town, new_desk: NewDesk
) -> None:
    desk = new_desk(town.ann, town.oak)
    colleague = another_nurse(town)
    sign_in(town, desk, colleague)
    sign_in(town, desk, town.ann)
    before = desk.device
    (known,) = desk.rows("SELECT * FROM user_keys WHERE user_id = ?", colleague)
    join_anew(desk)
    context = WorkContext(uuid.UUID(town.dora), WritePurpose.ADMINISTRATION)
    with desk.store.write(context) as work:
        assert carry_keys(work.session, uuid.UUID(before), uuid.UUID(desk.device), uuid.UUID(town.ann), NOW) == 1
        work.audit(AuditEntry(AuditAction.CREATE, "UserKey"))
    desk.sync()
    assert desk.queue("PENDING", "HELD", "REJECTED") == []
    ((key, purpose),) = town.query(
        "SELECT public_key, purpose FROM user_keys WHERE user_id = %s AND device_id = %s", colleague, desk.device
    )
    assert (bytes(key), purpose) == (known["public_key"], "SIGNING")
    assert_equal_to_district(desk)


def test_a_workstation_that_the_district_knows_again_needs_nobody(
    town: Town, backups: Backups, new_desk: NewDesk
) -> None:
    """The restore was a wrong one, and a newer backup took its place."""
    restore_older = backups.keep()
    late = new_desk(town.ann, town.oak)
    restore_newer = backups.keep()
    restore_older()
    with pytest.raises(RecoveryNeededError):
        late.sync(AtTheGate(late))
    restore_newer()
    late.sync(AtTheGate(late))
    assert found_at(late) is None
    assert_equal_to_district(late)
