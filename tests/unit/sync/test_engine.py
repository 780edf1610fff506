"""The session as a state machine: what it asks, in which order, and when it ends."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from tests.support.scripted_sync import BATCH, MemoryStore, Reaction, ScriptedLine, item

from clinicdesk.domain import digest
from clinicdesk.sync.body import BadBodyError
from clinicdesk.sync.engine import Phase, Session
from clinicdesk.sync.errors import (
    CancelledError,
    RecoveryNeededError,
    RefusedError,
    RevokedError,
    TooLargeError,
    TooSlowError,
)
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Unwatched
from clinicdesk.sync.protocol import (
    DigestReply,
    DigestRequest,
    HeldReply,
    ItemResult,
    Outcome,
    PullPage,
    PullRequest,
    PushBatch,
    PushReply,
    RowsReply,
    ScopeState,
    SessionReply,
    SessionState,
)

ID = "00000000-0000-7000-8000-0000000000{:02x}".format
EPOCH, NONCE, COMMIT = ID(1), ID(2), ID(3)
OAK, ELM = ID(10), ID(11)


def opened(*scopes: ScopeState, state: SessionState = SessionState.CONTINUE, most: int = 2000) -> Reaction:
    reply = SessionReply(
        state=state,
        protocol=1,
        schema=1,
        min_schema=1,
        epoch=EPOCH,
        nonce=NONCE,
        horizon=9,
        durable=0,
        server_time="2026-01-01T00:00:00.000000Z",
        scopes=list(scopes),
        max_items=most,
    )
    return lambda _request: reply


def scope(name: str, root: int = 0, *, changed: bool = False) -> ScopeState:
    return ScopeState(scope=name, root=digest.to_text(root), changed=changed)


def page(cursor: str, *, complete: bool = True, **roots: int) -> PullPage:
    named = {"oak": OAK, "elm": ELM}
    return PullPage(
        epoch=EPOCH,
        cursor=cursor,
        horizon=9,
        complete=complete,
        roots={named[name]: digest.to_text(root) for name, root in roots.items()},
    )


def accepted(request: msgspec.Struct) -> PushReply:
    assert isinstance(request, PushBatch)
    results = [ItemResult(Outcome.APPLIED, version=2) for _item in request.items]
    return PushReply(batch=BATCH, epoch=EPOCH, commit=COMMIT, results=results)


def session(line: ScriptedLine, store: MemoryStore, rows: int = 1000) -> Session:
    return Session(line, store, Unwatched(), BatchSize(rows=rows))


def test_with_nothing_to_do_one_request_is_enough() -> None:
    line = ScriptedLine({"/v1/session": opened(scope(OAK, 5))})
    run = session(line, MemoryStore(tokens={OAK: "c1"}, root_sums={OAK: 5}))
    run.run()
    assert line.paths == ["/v1/session"]
    assert (run.phase, run.equal) == (Phase.DONE, True)


def test_push_comes_before_pull_and_the_digests_last() -> None:
    line = ScriptedLine(
        {
            "/v1/session": opened(scope(OAK, changed=True)),
            "/v1/push": accepted,
            "/v1/pull": lambda _request: page("c2", oak=7),
        }
    )
    store = MemoryStore(queue=[item(n) for n in range(3)], tokens={OAK: "c1"}, root_sums={OAK: 7})
    run = session(line, store, rows=2)
    totals = run.run()
    assert line.paths == ["/v1/session", "/v1/push", "/v1/push", "/v1/pull"]
    assert (totals.pushed, run.equal, store.queue) == (3, True, [])


@pytest.mark.parametrize("error", [TooSlowError, TooLargeError])
def test_a_batch_that_is_too_slow_or_too_large_is_halved_and_nothing_is_lost(error: type[Exception]) -> None:
    sizes: list[int] = []

    def push(request: msgspec.Struct) -> PushReply:
        assert isinstance(request, PushBatch)
        sizes.append(len(request.items))
        if len(request.items) > 2:
            raise error
        return accepted(request)

    line = ScriptedLine(
        {"/v1/session": opened(scope(OAK)), "/v1/push": push, "/v1/pull": lambda _request: page("c2", oak=0)}, 3.0
    )
    store = MemoryStore(queue=[item(n) for n in range(7)], tokens={OAK: "c1"})
    session(line, store, rows=8).run()
    assert sizes == [7, 4, 2, 2, 2, 1]
    assert store.queue == []


def test_a_single_row_that_never_gets_through_ends_the_session() -> None:
    def push(_request: msgspec.Struct) -> PushReply:
        raise TooSlowError

    store = MemoryStore(queue=[item(1)], tokens={OAK: "c1"})
    with pytest.raises(TooSlowError):
        session(ScriptedLine({"/v1/session": opened(scope(OAK)), "/v1/push": push}), store, rows=4).run()
    assert len(store.queue) == 1


def test_scenario_07_an_answer_to_another_batch_is_not_used() -> None:
    def push(request: msgspec.Struct) -> PushReply:
        return msgspec.structs.replace(accepted(request), batch=ID(99))

    store = MemoryStore(queue=[item(1)], tokens={OAK: "c1"})
    with pytest.raises(BadBodyError):
        session(ScriptedLine({"/v1/session": opened(scope(OAK)), "/v1/push": push}), store).run()
    assert len(store.queue) == 1


def test_scopes_at_one_place_are_pulled_together_and_others_apart() -> None:
    line = ScriptedLine(
        {
            "/v1/session": opened(scope(OAK, changed=True), scope(ELM, changed=True)),
            "/v1/pull": lambda request: page("c9", oak=0, elm=0),
        }
    )
    third = ID(12)
    session(line, MemoryStore(tokens={OAK: "c1", ELM: "c1", third: None})).run()
    pulls = [request for _path, request in line.asked if isinstance(request, PullRequest)]
    assert [(pull.scopes, pull.cursor) for pull in pulls[:2]] == [([OAK, ELM], "c1"), ([third], None)]


def test_the_pages_of_a_window_follow_their_cursor() -> None:
    pages: Iterator[PullPage] = iter([page("p1", complete=False), page("p2", complete=False), page("c9", oak=3)])
    line = ScriptedLine({"/v1/session": opened(scope(OAK, changed=True)), "/v1/pull": lambda _request: next(pages)})
    store = MemoryStore(tokens={OAK: "c1"}, root_sums={OAK: 3})
    session(line, store).run()
    assert [request.cursor for _path, request in line.asked if isinstance(request, PullRequest)] == ["c1", "p1", "p2"]
    assert store.tokens == {OAK: "c9"}


def test_a_cursor_the_district_does_not_know_starts_over_from_nothing() -> None:
    def pull(request: msgspec.Struct) -> PullPage:
        assert isinstance(request, PullRequest)
        if request.cursor is not None:
            raise RefusedError(reason="cursor_unknown")
        return page("c9", oak=0)

    store = MemoryStore(tokens={OAK: "old"})
    session(ScriptedLine({"/v1/session": opened(scope(OAK, changed=True)), "/v1/pull": pull}), store).run()
    assert store.events == ["opened", "forgot", "page c9"]


def test_d21_a_difference_is_followed_down_to_the_rows_and_only_they_are_fetched() -> None:
    good, wrong, extra = ID(0x20), ID(0x21), ID(0x22)

    def digests(request: msgspec.Struct) -> DigestReply:
        assert isinstance(request, DigestRequest)
        if request.table is None:
            tables = {"students": (1, digest.to_text(1)), "clinic_visits": (2, digest.to_text(2))}
            return DigestReply(horizon=9, root=digest.to_text(8), tables=tables)
        if request.bucket is None:
            return DigestReply(horizon=9, root=digest.to_text(8), buckets={"7": (2, digest.to_text(2))})
        return DigestReply(horizon=9, root=digest.to_text(8), keys={good: 4, wrong: 5})

    line = ScriptedLine(
        {
            "/v1/session": opened(scope(OAK, 8)),
            "/v1/digests": digests,
            "/v1/rows": lambda _request: RowsReply(rows=[]),
            "/v1/pull": lambda _request: page("c2", oak=8),
        }
    )
    store = MemoryStore(
        tokens={OAK: "c1"},
        root_sums={OAK: 6},
        tables={"students": 1, "clinic_visits": 3},
        buckets={7: 3},
        keys={good: 4, wrong: 4, extra: 1},
    )
    store.after_repair = lambda: store.root_sums.update({OAK: 8})
    run = session(line, store)
    totals = run.run()
    assert store.repaired == [("clinic_visits", (wrong, extra))]
    assert (totals.mismatches, run.equal) == (1, True)


def test_d21_a_second_difference_is_reported_and_not_chased() -> None:
    line = ScriptedLine(
        {
            "/v1/session": opened(scope(OAK, 8)),
            "/v1/digests": lambda _request: DigestReply(horizon=9, root=digest.to_text(8)),
            "/v1/pull": lambda _request: page("c2", oak=8),
        }
    )
    run = session(line, MemoryStore(tokens={OAK: "c1"}, root_sums={OAK: 6}))
    run.run()
    assert run.equal is False
    assert line.paths.count("/v1/digests") == 1


def test_a_busy_district_is_pulled_again_but_not_for_ever() -> None:
    line = ScriptedLine({"/v1/session": opened(scope(OAK, changed=True)), "/v1/pull": lambda _request: page("c2")})
    run = session(line, MemoryStore(tokens={OAK: "c1"}))
    run.run()
    assert line.paths.count("/v1/pull") == 5
    assert run.equal is None


def test_a_revoked_workstation_hands_in_its_work_before_it_is_told() -> None:
    line = ScriptedLine({"/v1/session": opened(state=SessionState.REVOKED), "/v1/push": accepted})
    store = MemoryStore(queue=[item(1)], tokens={OAK: "c1"})
    with pytest.raises(RevokedError):
        session(line, store).run()
    assert (store.queue, line.paths) == ([], ["/v1/session", "/v1/push"])


@pytest.mark.parametrize("state", [SessionState.REWOUND, SessionState.CLONED])
def test_d26_an_older_copy_or_a_clone_asks_for_a_person_and_changes_nothing(state: SessionState) -> None:
    store = MemoryStore(queue=[item(1)], tokens={OAK: "c1"})
    with pytest.raises(RecoveryNeededError):
        session(ScriptedLine({"/v1/session": opened(state=state)}), store).run()
    assert (store.events, len(store.queue)) == ([f"set aside: {state.value}"], 1)


def test_d26_a_confirmed_recovery_asks_for_receipts_first_and_pulls_its_own_changes_too() -> None:
    known = ID(0x51)
    line = ScriptedLine(
        {
            "/v1/session": opened(scope(OAK)),
            "/v1/outcomes": lambda _request: HeldReply(results={known: ItemResult(Outcome.APPLIED, version=1)}),
            "/v1/push": accepted,
            "/v1/pull": lambda _request: page("c2", oak=0),
        }
    )
    store = MemoryStore(queue=[item(1), item(2)], tokens={OAK: "c1"}, recovering=True)
    known = store.queue[0].mutation
    session(line, store).run()
    assert line.paths == ["/v1/session", "/v1/outcomes", "/v1/push", "/v1/pull"]
    (pushed,) = [request for path, request in line.asked if path == "/v1/push"]
    (pulled,) = [request for path, request in line.asked if path == "/v1/pull"]
    assert isinstance(pushed, PushBatch)
    assert isinstance(pulled, PullRequest)
    assert (len(pushed.items), pulled.skip_own) == (1, False)
    assert store.events[-1] == "recovered"


def test_held_items_are_asked_after_before_anything_is_sent() -> None:
    held = ID(0x30)
    line = ScriptedLine(
        {
            "/v1/session": opened(scope(OAK)),
            "/v1/outcomes": lambda _request: HeldReply(results={held: ItemResult(Outcome.APPLIED, version=1)}),
            "/v1/push": accepted,
            "/v1/pull": lambda _request: page("c2", oak=0),
        }
    )
    store = MemoryStore(queue=[item(1)], held_items=[held], tokens={OAK: "c1"})
    session(line, store).run()
    assert line.paths == ["/v1/session", "/v1/outcomes", "/v1/push", "/v1/pull"]
    assert store.held_items == []


class _StopsAfter:
    def __init__(self, steps: int) -> None:
        self._left = steps

    def progress(self, phase: str, done: int, total: int | None) -> None:
        return

    def stopped(self) -> bool:
        self._left -= 1
        return self._left < 0


def test_a_session_stops_between_two_steps() -> None:
    line = ScriptedLine({"/v1/session": opened(scope(OAK)), "/v1/push": accepted})
    store = MemoryStore(queue=[item(1), item(2)], tokens={OAK: "c1"})
    run = Session(line, store, _StopsAfter(2), BatchSize(rows=1))
    with pytest.raises(CancelledError):
        run.run()
    assert len(store.queue) == 1
