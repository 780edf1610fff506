"""A revoked workstation is wiped by the district's signed order, once everything it has is in (scenario 43)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from tests.integration.sync.conftest import NewDesk
from tests.support.desk import Clinic, clinic
from tests.support.district import Town
from tests.support.faulty import LosesAnswers
from tests.support.profile import PASSWORD, joined_profile
from tests.support.served import ServedTown, give_keys, served
from tests.support.sync_files import folder_of, scan_paper
from tests.support.sync_rows import a_visit
from tests.support.workstation import Workstation

from clinicdesk.bootstrap.wiping import Wipe, finish_wipe
from clinicdesk.bootstrap.workstation import workstation
from clinicdesk.core.clock import SystemClock
from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.server import office
from clinicdesk.server.device_scopes import revoke
from clinicdesk.server.errors import DistrictSetupError
from clinicdesk.server.wiping import order_wipe
from clinicdesk.storage.context import SYNC_APPLIES
from clinicdesk.storage.device_facts import District, write_district
from clinicdesk.sync.errors import RevokedError, UnreachableError, WipeOrderedError
from clinicdesk.sync.file_line import HttpsFiles

__all__ = ["clinic"]

KEY = Ed25519PrivateKey.generate()


@pytest.fixture
def wire(town: Town, tmp_path: Path) -> Iterator[ServedTown]:
    with served(town, tmp_path / "server") as running:
        yield running


def place_of(wire: ServedTown, key: Ed25519PrivateKey = KEY) -> District:
    ca = x509.load_pem_x509_certificate(wire.pem).public_bytes(Encoding.DER)
    public = key.public_key().public_bytes_raw()
    return District(uuid.UUID(wire.town.district), "Example District", wire.host, (wire.pin,), ca, public)


@pytest.fixture
def lost(town: Town, wire: ServedTown, new_desk: NewDesk) -> Workstation:
    """A workstation that was synced once, has a visit and a scan that nobody else has, and is revoked."""
    desk = new_desk(town.ann, town.oak)
    keys = KeyPairs.generate()
    give_keys(town, desk.device, keys)
    line = wire.line(desk.device, keys, town.clock)
    desk.line, desk.files = line, HttpsFiles(line)
    desk.sync()
    with desk.store.apply(SYNC_APPLIES) as work:
        write_district(work.session, place_of(wire))
    desk.insert(a_visit(town, notes="typed before it was lost"))
    scan_paper(desk, town, 10_000)
    revoke(town.database, town.clock, desk.device)
    return desk


def standing(town: Town, desk: Workstation) -> str | None:
    (found,) = [one for one in office.devices(town.database) if one["device"] == desk.device]
    return found.get("wipe")


def trail(town: Town) -> list[str]:
    """What the chain of the district says of wipes."""
    found = town.query(
        "SELECT result FROM audit_logs WHERE device_id = %s AND result LIKE 'wipe%%' ORDER BY seq", town.district
    )
    return [result for (result,) in found]


def handed_in(town: Town, desk: Workstation) -> int:
    """How many rows of the desk's own chain say that its wipe has begun: in quarantine, like all it hands in."""
    ((rows,),) = town.query(
        "SELECT count(*) FROM sync_inbox WHERE device_id = %s AND table_name = 'audit_logs'"
        " AND payload::text LIKE '%%wipe_begun%%'",
        desk.device,
    )
    return int(rows)


def test_scenario_43_a_wipe_comes_after_the_queue_is_in_and_both_ends_have_it_on_record(
    town: Town, lost: Workstation
) -> None:
    with pytest.raises(RevokedError):
        lost.sync()
    order_wipe(town.database, town.clock, KEY, lost.device)
    assert standing(town, lost) == "ordered"
    lost.insert(a_visit(town, notes="and one more"))
    with pytest.raises(WipeOrderedError):
        lost.sync()
    assert standing(town, lost) == "begun"
    ((kept,),) = town.query(
        "SELECT count(*) FROM sync_inbox WHERE device_id = %s AND table_name = 'clinic_visits'", lost.device
    )
    assert kept == 2
    assert town.query("SELECT left_waiting FROM device_wipes") == [(0,)]
    assert handed_in(town, lost) == 1
    assert trail(town) == ["wipe_ordered", "wipe_begun"]


def test_scenario_43_a_wipe_that_lost_its_line_goes_on_and_is_on_record_once(town: Town, lost: Workstation) -> None:
    order_wipe(town.database, town.clock, KEY, lost.device)
    assert lost.line is not None
    with pytest.raises(UnreachableError):
        lost.sync(LosesAnswers(lost.line, "/v1/wipe"))
    with pytest.raises(WipeOrderedError):
        lost.sync()
    assert (standing(town, lost), handed_in(town, lost)) == ("begun", 1)
    assert trail(town) == ["wipe_ordered", "wipe_begun"]


def test_scenario_43_what_is_only_here_keeps_the_wipe_back_unless_the_order_says_otherwise(
    town: Town, lost: Workstation
) -> None:
    order_wipe(town.database, town.clock, KEY, lost.device)
    lost.files = None
    for _attempt in range(2):
        with pytest.raises(RevokedError):
            lost.sync()
    assert (standing(town, lost), handed_in(town, lost)) == ("ordered", 0)
    order_wipe(town.database, town.clock, KEY, lost.device, despite_waiting=True)
    with pytest.raises(WipeOrderedError):
        lost.sync()
    assert town.query("SELECT left_waiting, despite_waiting FROM device_wipes") == [(1, True)]
    assert trail(town) == ["wipe_ordered", "wipe_ordered", "wipe_begun"]


def test_scenario_43_an_order_that_is_not_the_districts_own_destroys_nothing(town: Town, lost: Workstation) -> None:
    order_wipe(town.database, town.clock, Ed25519PrivateKey.generate(), lost.device)
    with pytest.raises(RevokedError):
        lost.sync()
    assert folder_of(lost).root.is_dir()
    assert handed_in(town, lost) == 0
    elsewhere = town.desk(town.ben, town.elm)
    with pytest.raises(DistrictSetupError, match="not_revoked"):
        order_wipe(town.database, town.clock, KEY, elsewhere.device)
    with pytest.raises(DistrictSetupError, match="no_such_device"):
        order_wipe(town.database, town.clock, KEY, str(uuid.uuid4()))
    # One that was meant for another workstation does not count here either.
    revoke(town.database, town.clock, elsewhere.device)
    order_wipe(town.database, town.clock, KEY, elsewhere.device)
    with town.database.owning() as connection:
        connection.execute("DELETE FROM device_wipes WHERE device_id = %s", (lost.device,))
        connection.execute("UPDATE device_wipes SET device_id = %s", (lost.device,))
    with pytest.raises(RevokedError):
        lost.sync()


def test_scenario_43_nothing_can_be_opened_after_a_wipe_and_the_district_hears_of_it(
    town: Town, lost: Workstation, wire: ServedTown, clinic: Clinic, tmp_path: Path
) -> None:
    order_wipe(town.database, town.clock, KEY, lost.device)
    with pytest.raises(WipeOrderedError):
        lost.sync()
    profile = joined_profile(clinic, tmp_path / "machine", (clinic.nurse,))
    here = workstation(profile.paths.root, profile.policy)
    (profile.paths.attachments).mkdir()
    (profile.paths.attachments / "0").write_bytes(b"sealed")
    opened = here.open(clinic.nurse.sign_in, PASSWORD)
    wipe = Wipe.of(here.paths, opened.store, opened.unlocked)
    kept = profile.paths.slots.read_bytes(), profile.paths.device.read_bytes()
    opened.close()
    # The order is that of the desk above: it is its line that the last word goes over.
    wipe.district, wipe.keys.device = place_of(wire), uuid.UUID(lost.device)
    give_keys(town, lost.device, wipe.keys.pairs)
    wipe.carry_out(here, SystemClock())
    assert standing(town, lost) == "done"
    assert trail(town)[-1] == "wiped"
    assert {entry.name for entry in profile.paths.root.iterdir()} <= {profile.paths.lock.name}
    assert not here.joined
    # Whoever copied the slots before it opens nothing with them: the device secret is gone.
    profile.paths.slots.write_bytes(kept[0])
    profile.paths.device.write_bytes(kept[1])
    with pytest.raises(ClinicDeskError):
        here.open(clinic.nurse.sign_in, PASSWORD)
    with pytest.raises(DistrictSetupError, match="wiped_already"):
        order_wipe(town.database, town.clock, KEY, lost.device)


def test_scenario_43_a_wipe_that_was_cut_goes_on_before_anybody_signs_in(clinic: Clinic, tmp_path: Path) -> None:
    profile = joined_profile(clinic, tmp_path / "machine", (clinic.nurse,))
    here = workstation(profile.paths.root, profile.policy)
    assert not finish_wipe(here)
    profile.paths.wipe_mark.write_text(str(clinic.device), encoding="utf-8")
    profile.paths.slots.unlink()
    assert finish_wipe(here)
    assert {entry.name for entry in profile.paths.root.iterdir()} <= {profile.paths.lock.name}
    assert not finish_wipe(here)
