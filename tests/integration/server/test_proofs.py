"""What a workstation shows of the past counts only as the district gave it out: nobody invents a restore (s17, s59)."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator

import msgspec
import pytest
from tests.support.databases import DISTRICT_SCHEMA, district_uri, postgres_uri
from tests.support.district import Desk, Town, allergy, fresh, insert

from clinicdesk.server.cursors import Cursor
from clinicdesk.server.database import Database
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.exchange import Exchange
from clinicdesk.server.proofs import ProofKey
from clinicdesk.server.sessions import read_district
from clinicdesk.sync.protocol import ErrorCode, PullRequest, SessionState

__all__ = ["district_uri", "postgres_uri"]


@pytest.fixture
def town(district_uri: str) -> Iterator[Town]:
    database = Database(district_uri, DISTRICT_SCHEMA, connections=6)
    with contextlib.closing(database):
        yield Town.found(database)


@pytest.fixture
def ann(town: Town) -> Desk:
    desk = town.desk(town.ann, town.oak)
    desk.push(insert("allergies", allergy(town.students["iris"])))
    desk.pull()
    return desk


def epoch_of(town: Town) -> str:
    ((epoch,),) = town.query("SELECT epoch::text FROM server_state")
    return str(epoch)


def as_before_the_marks(cursor: Cursor) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode()


def as_by_another_key(cursor: Cursor) -> str:
    return cursor.token(ProofKey(bytes(32)))


def as_a_damaged_one(cursor: Cursor) -> str:
    return "!" + as_by_another_key(cursor)[1:]


@pytest.mark.parametrize("made", [as_before_the_marks, as_by_another_key, as_a_damaged_one])
def test_scenario_59_an_invented_cursor_sets_nobody_back_and_its_scope_starts_anew(
    town: Town, ann: Desk, made: object
) -> None:
    assert callable(made)
    epoch = epoch_of(town)
    token = made(Cursor(epoch, 1, fresh()))
    reply = ann.open(cursors={town.oak: token, town.district: ann.cursors[town.district]}, epoch=epoch)
    assert (reply.state, reply.epoch, epoch_of(town)) == (SessionState.CONTINUE, epoch, epoch)
    assert {scope.scope for scope in reply.scopes if scope.changed} >= {town.oak}
    with pytest.raises(RefusedRequestError) as refused:
        town.exchange.pull(ann.known(), PullRequest([town.oak], token))
    assert refused.value.reason is ErrorCode.CURSOR_UNKNOWN


def test_scenario_59_an_invented_acknowledgement_sets_nobody_back(town: Town, ann: Desk) -> None:
    epoch, other = epoch_of(town), town.desk(town.ann, town.oak)
    theirs = other.push(insert("allergies", allergy(town.students["jack"]))).proof
    for proof in (None, theirs, "invented", ProofKey(bytes(32)).sealed("acknowledged", b"")):
        reply = ann.open(last_mutation=fresh(), proof=proof, epoch=epoch, acked=1)
        assert (reply.epoch, epoch_of(town)) == (epoch, epoch)


def test_scenario_17_an_answer_that_the_district_does_not_remember_begins_an_epoch(town: Town, ann: Desk) -> None:
    epoch = epoch_of(town)
    draft = insert("allergies", allergy(town.students["jack"]))
    proof = ann.push(draft).proof
    ann.open(epoch=epoch)
    with town.database.owning() as connection:
        connection.execute("DELETE FROM sync_receipts WHERE mutation_id = %s", (draft.mutation,))
    reply = ann.open(last_mutation=draft.mutation, proof=proof, epoch=epoch, acked=2)
    assert (reply.state, reply.epoch) == (SessionState.EPOCH_CHANGED, epoch_of(town))
    assert reply.epoch != epoch


def test_cursors_stay_good_over_a_restart(town: Town, ann: Desk) -> None:
    with town.database.owning() as connection:
        town.exchange = Exchange(town.database, town.clock, read_district(connection))
    reply = ann.open(epoch=epoch_of(town))
    assert reply.state is SessionState.CONTINUE
    assert not any(scope.changed for scope in reply.scopes)
