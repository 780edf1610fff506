"""Two workstations over the real wire: TLS 1.3, pinned authority, signed requests, the real application."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
from tests.integration.sync.conftest import NewDesk
from tests.support.district import Town
from tests.support.served import ServedTown, give_keys, served
from tests.support.sync_rows import a_visit
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.security import tls
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.signing import HttpRequest, sign_request
from clinicdesk.sync.body import encode
from clinicdesk.sync.errors import RefusedError, RevokedError
from clinicdesk.sync.protocol import CONTENT_TYPE, HeldRequest


@pytest.fixture
def wire(town: Town, tmp_path: Path) -> Iterator[ServedTown]:
    with served(town, tmp_path / "server") as running:
        yield running


def over_https(wire: ServedTown, desk: Workstation) -> KeyPairs:
    """From now on the desk speaks over the wire with keys of its own."""
    keys = KeyPairs.generate()
    give_keys(wire.town, desk.device, keys)
    desk.line = wire.line(desk.device, keys, wire.town.clock)
    return keys


def test_d23_two_desks_share_rows_over_the_real_wire(town: Town, wire: ServedTown, new_desk: NewDesk) -> None:
    one, two = new_desk(town.ann, town.oak), new_desk(town.ann, town.oak)
    over_https(wire, one)
    over_https(wire, two)
    one.sync()
    two.sync()
    with one.write() as session:
        session.add_all([a_visit(town, notes=f"visit {n}") for n in range(300)])
    totals = one.sync()
    two.sync()
    assert totals.pushed == 300
    assert two.rows("SELECT count(*) AS n FROM clinic_visits")[0]["n"] == 300
    assert_nothing_lost(town, one, two)
    assert_equal_to_district(one, two)


@pytest.mark.sent_once
def test_100_edits_need_at_most_four_requests_and_20_kb(town: Town, wire: ServedTown, new_desk: NewDesk) -> None:
    desk = new_desk(town.ann, town.oak)
    over_https(wire, desk)
    desk.sync()
    keys = [desk.insert(a_visit(town, notes=f"visit {n}")) for n in range(100)]
    desk.sync()
    desk.sync()
    with desk.write() as session:
        for key in keys:
            session.connection().exec_driver_sql("UPDATE clinic_visits SET notes = 'edited' WHERE id = ?", (key,))
    totals = desk.sync()
    assert totals.requests <= 4
    assert totals.sent_bytes + totals.received_bytes <= 20_000


@pytest.mark.sent_once
def test_a_desk_with_nothing_to_do_asks_at_most_twice(town: Town, wire: ServedTown, new_desk: NewDesk) -> None:
    desk = new_desk(town.ann, town.oak)
    over_https(wire, desk)
    desk.sync()
    totals = desk.sync()
    assert totals.requests <= 2
    assert totals.sent_bytes + totals.received_bytes <= 4_096


def test_t17_a_device_the_district_does_not_know_is_refused(town: Town, wire: ServedTown, new_desk: NewDesk) -> None:
    desk = new_desk(town.ann, town.oak)
    desk.line = wire.line(desk.device, KeyPairs.generate(), town.clock)
    with pytest.raises(RefusedError):
        desk.sync()
    assert desk.rows("SELECT status, last_error FROM sync_sessions") == [
        {"status": "FAILED", "last_error": "sync_refused"}
    ]


def test_a_revoked_device_gets_nothing_more(town: Town, wire: ServedTown, new_desk: NewDesk) -> None:
    desk = new_desk(town.ann, town.oak)
    over_https(wire, desk)
    desk.sync()
    visit = desk.insert(a_visit(town))
    with town.database.owning() as connection:
        connection.execute("UPDATE devices SET status = 'REVOKED' WHERE id = %s", (desk.device,))
    with pytest.raises(RevokedError):
        desk.sync()
    assert town.rows("clinic_visits", visit) is None
    ((kept,),) = town.query("SELECT count(*) FROM sync_inbox WHERE row_id = %s", visit)
    assert kept == 1
    assert desk.row("clinic_visits", visit)["id"] == visit


def test_scenario_06_a_body_that_was_cut_is_not_decoded(town: Town, wire: ServedTown, new_desk: NewDesk) -> None:
    desk = new_desk(town.ann, town.oak)
    keys = over_https(wire, desk)
    whole, _encoding = encode(HeldRequest(mutations=[desk.device] * 200))
    plain = {"Content-Type": CONTENT_TYPE, "Content-Encoding": "zstd"}
    signed = sign_request(
        HttpRequest("POST", "/v1/outcomes", plain, whole),
        key_id=desk.device,
        key=keys.signing_key(),
        now=town.clock.now(),
    )
    host, port = wire.host.split(":")
    context = tls.client_context(wire.pem, [wire.pin])
    with urllib3.HTTPSConnectionPool(host, int(port), ssl_context=context, retries=False) as pool:
        answer = pool.request("POST", "/v1/outcomes", body=whole[: len(whole) // 2], headers=signed)
    assert answer.status == 400
    assert answer.json() == {"code": "bad_body", "params": {"problem": "digest"}}
