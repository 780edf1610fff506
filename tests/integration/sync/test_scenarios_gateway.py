"""A gateway between real workstations and the served district keeps answers and plays them again (scenario 51)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
from tests.integration.sync.conftest import NewDesk
from tests.support.caching_gateway import CachingGateway
from tests.support.district import Town
from tests.support.served import HASTY, ServedTown, give_keys, served
from tests.support.sync_rows import a_visit
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.security import tls
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.signing import HttpRequest, nonce_of, sign_request
from clinicdesk.sync.body import BadBodyError, encode
from clinicdesk.sync.protocol import ANSWERS, CONTENT_TYPE, HeldRequest
from clinicdesk.sync.transport import HttpsLine, device_signer


@pytest.fixture
def wire(town: Town, tmp_path: Path) -> Iterator[ServedTown]:
    with served(town, tmp_path / "server") as running:
        yield running


@pytest.fixture
def gateway(wire: ServedTown, tmp_path: Path) -> Iterator[CachingGateway]:
    with CachingGateway(wire, tmp_path / "server") as running:
        yield running


def through(gateway: CachingGateway, wire: ServedTown, desk: Workstation) -> KeyPairs:
    """From now on the desk speaks to the district through the gateway."""
    keys = KeyPairs.generate()
    give_keys(wire.town, desk.device, keys)
    context = tls.client_context(wire.pem, [wire.pin])
    line = HttpsLine(f"https://{gateway.host}", context, device_signer(desk.device, keys, wire.town.clock), HASTY)
    wire.lines.append(line)
    desk.line = line
    return keys


@pytest.mark.parametrize("path", ["/v1/pull", "/v1/session"])
def test_scenario_51_an_answer_played_again_is_refused_and_changes_nothing(
    town: Town, wire: ServedTown, gateway: CachingGateway, new_desk: NewDesk, ann: Workstation, path: str
) -> None:
    desk = new_desk(town.ann, town.oak)
    through(gateway, wire, desk)
    desk.sync()
    visit = ann.insert(a_visit(town))
    ann.sync()
    before = desk.rows("SELECT scope_id, cursor, seq FROM sync_cursors ORDER BY scope_id")
    gateway.replays = {path}
    with pytest.raises(BadBodyError) as caught:
        desk.sync()
    assert caught.value.problem == "not_this_request"
    assert gateway.replayed == HASTY.attempts
    assert desk.rows("SELECT scope_id, cursor, seq FROM sync_cursors ORDER BY scope_id") == before
    assert desk.rows("SELECT id FROM clinic_visits") == []
    assert desk.rows("SELECT last_error FROM sync_sessions ORDER BY id DESC LIMIT 1") == [{"last_error": "bad_body"}]
    gateway.replays = set()
    desk.sync()
    assert desk.row("clinic_visits", visit)["id"] == visit
    assert_nothing_lost(town, desk, ann)
    assert_equal_to_district(desk)


def test_scenario_51_after_one_old_answer_the_same_question_is_asked_again(
    town: Town, wire: ServedTown, gateway: CachingGateway, new_desk: NewDesk, ann: Workstation
) -> None:
    desk = new_desk(town.ann, town.oak)
    through(gateway, wire, desk)
    desk.sync()
    visit = ann.insert(a_visit(town))
    ann.sync()
    gateway.replays, gateway.times = {"/v1/session", "/v1/pull"}, 1
    desk.sync()
    assert gateway.replayed == 1
    assert desk.row("clinic_visits", visit)["id"] == visit
    assert_equal_to_district(desk)


def test_scenario_51_an_old_acknowledgement_settles_nothing(
    town: Town, wire: ServedTown, gateway: CachingGateway, new_desk: NewDesk
) -> None:
    desk = new_desk(town.ann, town.oak)
    through(gateway, wire, desk)
    desk.sync()
    desk.insert(a_visit(town))
    desk.sync()
    visit = desk.insert(a_visit(town))
    gateway.replays = {"/v1/push"}
    with pytest.raises(BadBodyError):
        desk.sync()
    assert [item["entity_id"] for item in desk.queue("IN_FLIGHT")] == [visit]
    gateway.replays = set()
    desk.sync()
    assert town.rows("clinic_visits", visit) is not None
    assert_equal_to_district(desk)


def test_scenario_51_a_gateway_that_obeys_keeps_nothing(
    town: Town, wire: ServedTown, tmp_path: Path, new_desk: NewDesk
) -> None:
    desk = new_desk(town.ann, town.oak)
    with CachingGateway(wire, tmp_path / "server", obeys=True) as gateway:
        keys = through(gateway, wire, desk)
        desk.sync()
        desk.insert(a_visit(town))
        desk.sync()
        desk.sync()
        assert gateway.kept == {}
        host, port = gateway.host.split(":")
        context = tls.client_context(wire.pem, [wire.pin])
        body, _encoding = encode(HeldRequest(mutations=[desk.device]))
        signed = sign_request(
            HttpRequest("POST", "/v1/outcomes", {"Content-Type": CONTENT_TYPE}, body),
            key_id=desk.device,
            key=keys.signing_key(),
            now=town.clock.now(),
        )
        with urllib3.HTTPSConnectionPool(host, int(port), ssl_context=context, retries=False) as pool:
            answers = [pool.request("POST", "/v1/outcomes", body=body, headers=signed) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 401]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert {answer.headers[ANSWERS] for answer in answers} == {nonce_of(signed)}
