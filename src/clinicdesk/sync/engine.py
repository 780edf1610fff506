"""One session with the district as a state machine: open, push until drained, pull, compare, repair (D21).

Pure and single-threaded: line, store and watcher are handed in, so a simulation can stop it at every step.
Each step is at most one request and one local transaction; a session cut anywhere is taken up by the next.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol, TypeVar

import msgspec

from clinicdesk.domain import digest
from clinicdesk.sync.body import BadBodyError
from clinicdesk.sync.errors import (
    CancelledError,
    EpochEndedError,
    RecoveryNeededError,
    RefusedError,
    RevokedError,
    TooLargeError,
    TooSlowError,
    UpgradeNeededError,
)
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Answer, Line, M, Watcher
from clinicdesk.sync.protocol import (
    MAX_PUSH_ITEMS,
    SCHEMA,
    DigestReply,
    DigestRequest,
    ErrorCode,
    HeldReply,
    HeldRequest,
    PullPage,
    PullRequest,
    PushBatch,
    PushReply,
    RowsReply,
    RowsRequest,
    SessionOpen,
    SessionReply,
    SessionState,
)
from clinicdesk.sync.rare import NEVER, Chance, Rare

MOST_PULL_ROUNDS = 5
"""How often a session pulls again because the district moved on before the digests could be compared."""

ROWS_A_REPAIR = 500

_START_ANEW = frozenset({ErrorCode.CURSOR_UNKNOWN, ErrorCode.RESNAPSHOT})
"""The district does not know a cursor, or not any more: the scope is pulled from nothing, over what is here (s20)."""


class Phase(enum.StrEnum):
    """Where a session stands; the words of `SyncSession.phase`."""

    OPEN = "open"
    RECOVER = "recover"
    OUTCOMES = "outcomes"
    PUSH = "push"
    PULL = "pull"
    MIGRATE = "migrate"
    COMPARE = "compare"
    REPAIR = "repair"
    OFFER = "offer"
    DONE = "done"


@dataclass(slots=True)
class Totals:
    """What one session did, for `SyncSession` and for the person who watches."""

    requests: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0
    pushed: int = 0
    merged: int = 0
    conflicts: int = 0
    held: int = 0
    rejected: int = 0
    pulled: int = 0
    removed: int = 0
    repaired: int = 0
    offered: int = 0
    mismatches: int = 0


@dataclass(frozen=True, slots=True)
class Pushed:
    """A batch as it goes out, already marked as in flight in the queue.

    `rows` leaves out upload-only rows: they ride with a session and change nothing for anybody else (D21).
    """

    batch: PushBatch
    rows: int


class LocalStore(Protocol):
    """The workstation's database as a session sees it; every method that writes is one transaction."""

    def opening(self) -> SessionOpen: ...

    def opened(self, reply: SessionReply) -> None: ...

    def set_aside(self, reply: SessionReply) -> None: ...

    def recovers(self) -> bool: ...

    def unsettled(self) -> list[str]: ...

    def settle_known(self, reply: HeldReply, totals: Totals) -> None: ...

    def recovered(self) -> None: ...

    def restoring(self) -> bool: ...

    def offer(self, table: str, keys: tuple[str, ...], reply: RowsReply, totals: Totals) -> None: ...

    def offered(self) -> None: ...

    def forget_cursors(self, scopes: tuple[str, ...]) -> None: ...

    def held(self) -> list[str]: ...

    def settle_held(self, reply: HeldReply, totals: Totals) -> None: ...

    def next_batch(self, most_rows: int) -> Pushed | None: ...

    def acknowledge(self, pushed: Pushed, reply: PushReply, totals: Totals) -> None: ...

    def pending(self) -> int: ...

    def cursors(self) -> Mapping[str, str | None]: ...

    def page_rows(self) -> int: ...

    def apply(self, scopes: tuple[str, ...], page: PullPage, totals: Totals) -> None: ...

    def roots(self) -> Mapping[str, int]: ...

    def table_sums(self, scope: str) -> Mapping[str, int]: ...

    def bucket_sums(self, scope: str, table: str) -> Mapping[int, int]: ...

    def versions(self, scope: str, table: str, bucket: int) -> Mapping[str, int]: ...

    def blocked(self) -> Mapping[str, list[str]]: ...

    def repair(self, table: str, keys: tuple[str, ...], reply: RowsReply, totals: Totals) -> None: ...

    def migrating(self) -> bool: ...

    def next_migrated(self) -> tuple[str, tuple[str, ...]] | None: ...

    def take_migrated(self, table: str, keys: tuple[str, ...], reply: RowsReply, totals: Totals) -> None: ...


@dataclass(slots=True)
class _Repair:
    """What is still to be compared, largest first: scopes, then tables, then buckets, then rows to fetch."""

    scopes: list[str] = field(default_factory=list)
    tables: list[tuple[str, str]] = field(default_factory=list)
    buckets: list[tuple[str, str, int]] = field(default_factory=list)
    rows: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


class Session:
    """One run. `step` until it returns False, or `run`; an error leaves everything as durable as it was."""

    first_phase: ClassVar[str] = Phase.OPEN.value

    def __init__(
        self,
        line: Line,
        store: LocalStore,
        watcher: Watcher,
        size: BatchSize,
        rare: Chance = NEVER,
        schema: int = SCHEMA,
    ) -> None:
        self._line = line
        self._store = store
        self._watcher = watcher
        self._size = size
        self._rare = rare
        self._schema = schema
        self._refusal: Exception | None = None
        self._pull_due = False
        self._to_pull: list[tuple[str | None, tuple[str, ...]]] = []
        self._expected: dict[str, int] = {}
        self._rounds = 0
        self._repair = _Repair()
        self._repaired_once = False
        self._blocked_fetched = False
        self._recovers = False
        self._to_ask: list[str] = []
        self._acked = 0
        self._epoch: str | None = None
        self._reopened = False
        self.phase = Phase.OPEN
        self.scopes: tuple[str, ...] = ()
        self._district: str | None = None
        self.totals = Totals()
        self.equal: bool | None = None
        """Whether both sides were found equal; None where the district moved on too fast to compare."""

    def run(self) -> Totals:
        """The whole session.

        Raises:
            WorldError: it could not be finished now; what was acknowledged stays so.
            UserFacingError: somebody has to do something first.
        """
        while self.step():
            pass
        return self.totals

    def step(self) -> bool:
        """The next request and its transaction; False when the session is over."""
        if self._watcher.stopped():
            raise CancelledError()
        steps = {
            Phase.OPEN: self._open,
            Phase.RECOVER: self._ask_known,
            Phase.OUTCOMES: self._ask_outcomes,
            Phase.PUSH: self._push,
            Phase.PULL: self._pull,
            Phase.MIGRATE: self._migrate,
            Phase.COMPARE: self._compare,
            Phase.REPAIR: self._mend,
            Phase.OFFER: self._mend,
        }
        act = steps.get(self.phase)
        if act is None:
            return False
        try:
            act()
        except EpochEndedError:
            # The district was restored or promoted under this session: it begins anew, once (s17, s18).
            if self._reopened:
                raise
            self._reopened, self._repair, self.phase = True, _Repair(), Phase.OPEN
        return self.phase is not Phase.DONE

    # --- Open ------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        reply = self._ask("/v1/session", self._store.opening(), SessionReply)
        if reply.state in {SessionState.REWOUND, SessionState.CLONED}:
            self._store.set_aside(reply)
            raise RecoveryNeededError(reason=reply.state.value)
        self._store.opened(reply)
        self._epoch = reply.epoch
        # A revoked or outdated workstation still hands in what it has; only then it is told (scenarios 22, 43).
        if reply.state is SessionState.REVOKED:
            self._refusal = RevokedError()
        elif reply.state is SessionState.UPGRADE_NEEDED:
            self._refusal = UpgradeNeededError(schema=reply.min_schema)
        self._district = reply.district
        self.scopes = tuple(scope.scope for scope in reply.scopes)
        self._expected = {scope.scope: digest.from_text(scope.root) for scope in reply.scopes}
        self._pull_due |= any(scope.changed for scope in reply.scopes)
        self._pull_due |= any(token is None for token in self._store.cursors().values())
        self._pull_due |= self._store.migrating()
        self._size.cap(min(self._size.most, reply.max_items))
        self.phase = Phase.OUTCOMES
        if self._store.recovers():
            self._recovers = self._pull_due = True
            # A revoked workstation is told nothing; what it hands in is kept whatever it says (scenario 43).
            revoked = reply.state is SessionState.REVOKED
            self._to_ask = [] if revoked else self._store.unsettled()
            self.phase = Phase.RECOVER if self._to_ask else Phase.OUTCOMES

    def _ask_known(self) -> None:
        """What this older database still wants to send may be there already, also as part of a later edit (s13)."""
        asked, self._to_ask = self._to_ask[:MAX_PUSH_ITEMS], self._to_ask[MAX_PUSH_ITEMS:]
        reply = self._ask("/v1/outcomes", HeldRequest(mutations=asked, schema=self._schema), HeldReply)
        self._store.settle_known(reply, self.totals)
        self.phase = Phase.RECOVER if self._to_ask else Phase.OUTCOMES

    def _ask_outcomes(self) -> None:
        held = self._store.held()
        self.phase = Phase.PUSH
        if held:
            reply = self._ask("/v1/outcomes", HeldRequest(mutations=held, schema=self._schema), HeldReply)
            self._store.settle_held(reply, self.totals)
            self._pull_due = True
        else:
            self._push()

    # --- Push ------------------------------------------------------------------------------------------------

    def _push(self) -> None:
        pushed = self._store.next_batch(self._size.rows)
        if pushed is None:
            self._after_push()
            return
        try:
            answer = self._timed("/v1/push", pushed.batch, PushReply)
        except (TooSlowError, TooLargeError) as error:
            # The items stay in flight under the same identifiers; the next request carries fewer of them.
            if not self._size.halve():
                raise
            if isinstance(error, TooLargeError):
                self._size.cap(self._size.rows)
            return
        reply = answer.message
        if reply.batch != pushed.batch.batch or len(reply.results) != len(pushed.batch.items):
            raise BadBodyError("not_this_batch")
        self._store.acknowledge(pushed, reply, self.totals)
        self._acked = pushed.batch.acked + len(reply.results)
        self._size.fast_enough(answer.seconds)
        if self._rare.takes(Rare.SPLIT_BATCH):
            self._size.halve()
        self._pull_due |= pushed.rows > 0
        self._watcher.progress(Phase.PUSH, self.totals.pushed, self.totals.pushed + self._store.pending())

    def _after_push(self) -> None:
        if self._refusal is not None:
            raise self._refusal
        if self._store.restoring():
            # Before anything of the restored district overwrites it: what does this desk know that was lost (s17)?
            self._repair = _Repair(scopes=sorted(self._store.cursors()))
            self.phase = Phase.OFFER
        elif self._pull_due:
            self._plan_pull()
        else:
            self.phase = Phase.COMPARE

    # --- Pull ------------------------------------------------------------------------------------------------

    def _plan_pull(self) -> None:
        """Scopes that stand at one and the same place are pulled together, the district's own first.

        Every school's rows name people and lists of the district, never the other way round.
        """
        groups: dict[str | None, list[str]] = {}
        for scope, token in self._store.cursors().items():
            groups.setdefault(token, []).append(scope)
        planned = [(token, tuple(sorted(scopes))) for token, scopes in groups.items()]
        self._to_pull = sorted(planned, key=lambda group: self._district not in group[1])
        self._expected = {}
        self._rounds += 1
        self.phase = Phase.PULL if self._to_pull else Phase.COMPARE

    def _pull(self) -> None:
        token, scopes = self._to_pull[0]
        try:
            page = self._ask(
                "/v1/pull",
                PullRequest(
                    scopes=list(scopes),
                    cursor=token,
                    limit=self._store.page_rows(),
                    skip_own=not self._recovers,
                    acked=self._acked,
                    schema=self._schema,
                ),
                PullPage,
            )
            self._acked = 0
        except RefusedError as refusal:
            if refusal.params.get("reason") not in _START_ANEW or token is None:
                raise
            self._store.forget_cursors(scopes)
            self._to_pull[0] = (None, scopes)
            return
        self._store.apply(scopes, page, self.totals)
        self._watcher.progress(Phase.PULL, self.totals.pulled, self.totals.pulled + page.remaining)
        if not page.complete:
            self._to_pull[0] = (page.cursor, scopes)
            return
        self._to_pull.pop(0)
        self._expected |= {scope: digest.from_text(root) for scope, root in page.roots.items()}
        if not self._to_pull:
            self._after_pull()

    def _after_pull(self) -> None:
        missing = self._store.cursors().keys() - self._expected.keys()
        if missing and self._rounds < MOST_PULL_ROUNDS:
            # The district moved on while the pages came: there is no digest of just this moment. Once more.
            self._plan_pull()
        elif self._store.migrating():
            self.phase = Phase.MIGRATE
        elif blocked := self._blocked_rows():
            self._repair = _Repair(rows=blocked)
            self.phase = Phase.REPAIR
        else:
            self.phase = Phase.COMPARE

    def _migrate(self) -> None:
        """Rows that look otherwise since this program, or the district, has another schema (s23)."""
        found = self._store.next_migrated()
        if found is None:
            self._plan_pull()  # they are as of now: the digests to compare with have to be, too
            return
        table, keys = found
        self._store.take_migrated(table, keys, self._rows(table, keys), self.totals)

    def _rows(self, table: str, keys: tuple[str, ...]) -> RowsReply:
        return self._ask("/v1/rows", RowsRequest(table=table, keys=list(keys), schema=self._schema), RowsReply)

    def _blocked_rows(self) -> list[tuple[str, tuple[str, ...]]]:
        """Rows that another row of this desk stood in the way of; once a session they are fetched again (s33)."""
        if self._blocked_fetched:
            return []
        self._blocked_fetched = True
        return [(table, tuple(keys)) for table, keys in self._store.blocked().items()]

    # --- Compare and repair ----------------------------------------------------------------------------------

    def _compare(self) -> None:
        mine = self._store.roots()
        unequal = sorted(scope for scope, root in self._expected.items() if mine.get(scope, 0) != root)
        self.totals.mismatches += len(unequal)
        uncompared = self._store.cursors().keys() - self._expected.keys()
        self.equal = False if unequal else None if uncompared else True
        if unequal and not self._repaired_once:
            self._repair = _Repair(scopes=unequal)
            self.phase = Phase.REPAIR
        else:
            if self._recovers and not unequal:
                self._store.recovered()
            self.phase = Phase.DONE

    def _mend(self) -> None:
        work = self._repair
        if work.rows:
            table, keys = work.rows.pop()
            take = self._store.offer if self.phase is Phase.OFFER else self._store.repair
            take(table, keys, self._rows(table, keys), self.totals)
        elif work.buckets:
            self._find_rows(*work.buckets.pop())
        elif work.tables:
            self._find_buckets(*work.tables.pop())
        elif work.scopes:
            self._find_tables(work.scopes.pop())
        elif self.phase is Phase.OFFER:
            self._store.offered()
            self._pull_due = True
            self.phase = Phase.PUSH
        else:
            # Refetched rows are compared again, once: a second difference is reported, not chased.
            self._repaired_once = self.totals.mismatches > 0
            self._plan_pull()

    def _find_tables(self, scope: str) -> None:
        reply = self._ask("/v1/digests", DigestRequest(scope=scope), DigestReply)
        mine = self._store.table_sums(scope)
        theirs = {table: digest.from_text(text) for table, (_rows, text) in reply.tables.items()}
        self._repair.tables += [(scope, table) for table in _differing(mine, theirs)]

    def _find_buckets(self, scope: str, table: str) -> None:
        reply = self._ask("/v1/digests", DigestRequest(scope=scope, table=table), DigestReply)
        mine = self._store.bucket_sums(scope, table)
        theirs = {int(bucket): digest.from_text(text) for bucket, (_rows, text) in reply.buckets.items()}
        self._repair.buckets += [(scope, table, bucket) for bucket in _differing(mine, theirs)]

    def _find_rows(self, scope: str, table: str, bucket: int) -> None:
        reply = self._ask("/v1/digests", DigestRequest(scope=scope, table=table, bucket=bucket), DigestReply)
        mine = self._store.versions(scope, table, bucket)
        # Equal versions with unequal sums: some value differs silently, so the whole bucket is fetched (s55).
        keys = _differing(mine, reply.keys) or sorted(mine)
        if self.phase is Phase.OFFER:
            keys = [key for key in keys if key in mine]
        for start in range(0, len(keys), ROWS_A_REPAIR):
            self._repair.rows.append((table, tuple(keys[start : start + ROWS_A_REPAIR])))

    # --- Asking ----------------------------------------------------------------------------------------------

    def _ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> M:
        return self._timed(path, request, kind).message

    def _timed(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        try:
            answer = self._line.ask(path, request, kind)
        except RefusedError as refusal:
            if refusal.params.get("reason") == ErrorCode.EPOCH_CHANGED:
                raise EpochEndedError() from refusal
            raise
        if kind is not SessionReply and getattr(answer.message, "epoch", None) not in {None, self._epoch}:
            raise EpochEndedError()
        self.totals.requests += 1
        self.totals.sent_bytes += answer.sent
        self.totals.received_bytes += answer.received
        return answer


_Name = TypeVar("_Name", str, int)


def _differing(mine: Mapping[_Name, int], theirs: Mapping[_Name, int]) -> list[_Name]:
    return sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))
