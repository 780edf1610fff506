"""One session with the district as a state machine: open, push until drained, pull, compare, repair (D21).

Pure and single-threaded: line, store and watcher are handed in, so a simulation can stop it at every step.
Each step is at most one request and one local transaction; a session cut anywhere is taken up by the next.
"""

from __future__ import annotations

import enum
from typing import ClassVar

import msgspec

from clinicdesk.domain import digest
from clinicdesk.sync.body import BadBodyError
from clinicdesk.sync.comparing import Search
from clinicdesk.sync.errors import (
    CancelledError,
    DanglingPageError,
    EpochEndedError,
    RecoveryNeededError,
    RefusedError,
    RevokedError,
    TooLargeError,
    TooSlowError,
    UpgradeNeededError,
    WipeOrderedError,
)
from clinicdesk.sync.files import FileRound
from clinicdesk.sync.local_store import LocalStore, Totals
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
    PushReply,
    RowsReply,
    RowsRequest,
    SessionReply,
    SessionState,
    WipeOrder,
    WipeReply,
    WipeReport,
)
from clinicdesk.sync.rare import NEVER, Chance, Rare

MOST_PULL_ROUNDS = 5
"""How often a session pulls again because the district moved on before the digests could be compared."""

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
    FILES = "files"
    DONE = "done"


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
        files: FileRound | None = None,
    ) -> None:
        self._line = line
        self._store = store
        self._watcher = watcher
        self._size = size
        self._rare = rare
        self._schema = schema
        self._files = files
        self._refusal: Exception | None = None
        self._wipe: WipeOrder | None = None
        self._wiping = False
        self._pull_due = False
        self._to_pull: list[tuple[str | None, tuple[str, ...]]] = []
        self._expected: dict[str, int] = {}
        self._awaited: frozenset[str] = frozenset()
        self._whole_pages = False
        self._rounds = 0
        self._search = Search(store)
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
            Phase.FILES: self._move_files,
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
            self._reopened, self._search, self.phase = True, Search(self._store), Phase.OPEN
        return self.phase is not Phase.DONE

    # --- Open ------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        try:
            reply = self._ask("/v1/session", self._store.opening(), SessionReply)
        except RefusedError as refusal:
            if refusal.params.get("reason") != ErrorCode.UNKNOWN_DEVICE:
                raise
            # Set back to before this workstation joined: it proves itself anew, with everything it holds (s17).
            self._store.set_aside_unknown()
            raise RecoveryNeededError(reason="unknown") from refusal
        if reply.state in {SessionState.REWOUND, SessionState.CLONED}:
            self._store.set_aside(reply)
            raise RecoveryNeededError(reason=reply.state.value)
        self._store.opened(reply, self.totals)
        self._epoch = reply.epoch
        # A revoked or outdated workstation still hands in what it has; only then it is told (scenarios 22, 43).
        if reply.state is SessionState.REVOKED:
            self._refusal = RevokedError()
            self._wipe = reply.wipe
        elif reply.state is SessionState.UPGRADE_NEEDED:
            self._refusal = UpgradeNeededError(schema=reply.min_schema)
        self._district = reply.district
        self.scopes = tuple(scope.scope for scope in reply.scopes)
        self._expected = {scope.scope: digest.from_text(scope.root) for scope in reply.scopes}
        self._pull_due |= any(scope.changed for scope in reply.scopes) or self._store.owes_pull()
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
        # A revoked workstation is told nothing, and goes on handing in what was written since (s43).
        held = [] if isinstance(self._refusal, RevokedError) else self._store.held()
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
            if self._size.halve():
                # One row alone may be as large as that, and the rest go on as before; a gateway's limit stays.
                if isinstance(error, TooLargeError) and "bytes" not in error.params:
                    self._size.cap(self._size.rows)
            elif isinstance(error, TooLargeError):
                self._store.refuse_too_large(pushed, self.totals)
            else:
                raise
            return
        reply = answer.message
        if reply.batch != pushed.batch.batch or len(reply.results) != len(pushed.batch.items):
            raise BadBodyError("not_this_batch")
        left = self._store.acknowledge(pushed, reply, self.totals)
        self._acked = pushed.batch.acked + len(reply.results)
        self._size.fast_enough(answer.seconds)
        if self._rare.takes(Rare.SPLIT_BATCH):
            self._size.halve()
        self._pull_due |= pushed.rows > 0
        self._watcher.progress(Phase.PUSH, self.totals.pushed, self.totals.pushed + left)

    def _after_push(self) -> None:
        if self._refusal is not None:
            # What this workstation alone has goes with its rows, and nothing comes (s43).
            if self._files is not None:
                self._files.only_send()
            self.phase = Phase.FILES
        elif self._store.restoring():
            # Before anything of the restored district overwrites it: what does this desk know that was lost (s17)?
            self._search = Search(self._store, scopes=self._store.cursors(), known_only=True)
            self.phase = Phase.OFFER
        elif self._pull_due:
            self._plan_pull()
        elif blocked := self._blocked_rows():
            # The session that found them was cut off before it fetched them; nothing else may bring them (s3, s40).
            self._search = Search(self._store, rows=blocked)
            self.phase = Phase.REPAIR
        else:
            self.phase = Phase.COMPARE

    # --- Pull ------------------------------------------------------------------------------------------------

    def _plan_pull(self) -> None:
        """Scopes that stand at one and the same place are pulled together, the district's own first.

        Every school's rows name people and lists of the district, never the other way round.
        """
        groups: dict[str | None, list[str]] = {}
        cursors = self._store.cursors()
        for scope, token in cursors.items():
            groups.setdefault(token, []).append(scope)
        planned = [(token, tuple(sorted(scopes))) for token, scopes in groups.items()]
        self._to_pull = sorted(planned, key=lambda group: self._district not in group[1])
        self._expected, self._awaited = {}, frozenset(cursors)
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
                    whole=self._whole_pages,
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
        try:
            self._store.apply(scopes, page, self.totals)
        except DanglingPageError:
            if self._whole_pages:
                raise
            self._whole_pages = True
            return
        self._watcher.progress(Phase.PULL, self.totals.pulled, self.totals.pulled + page.remaining)
        if not page.complete:
            self._to_pull[0] = (page.cursor, scopes)
            return
        self._to_pull.pop(0)
        self._expected |= {scope: digest.from_text(root) for scope, root in page.roots.items()}
        if not self._to_pull:
            self._after_pull()

    def _after_pull(self) -> None:
        if self._awaited.difference(self._expected) and self._rounds < MOST_PULL_ROUNDS:
            # The district moved on while the pages came: there is no digest of just this moment. Once more.
            self._plan_pull()
        elif self._store.migrating():
            self.phase = Phase.MIGRATE
        elif blocked := self._blocked_rows():
            self._search = Search(self._store, rows=blocked)
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
        uncompared = mine.keys() - self._expected.keys()
        self.equal = False if unequal else None if uncompared else True
        if unequal and not self._repaired_once:
            self._search = Search(self._store, scopes=unequal)
            self.phase = Phase.REPAIR
        else:
            if self._recovers and not unequal:
                self._store.recovered()
            self.phase = Phase.FILES

    def _mend(self) -> None:
        found = self._search.take_rows()
        if found is not None:
            table, keys = found
            take = self._store.offer if self.phase is Phase.OFFER else self._store.repair
            take(table, keys, self._rows(table, keys), self.totals)
            return
        if self._search.narrow(self._digests):
            return
        if self.phase is Phase.OFFER:
            self._store.offered()
            self._pull_due = True
            self.phase = Phase.PUSH
        else:
            # Refetched rows are compared again, once: a second difference is reported, not chased.
            self._repaired_once = self.totals.mismatches > 0
            self._plan_pull()

    def _digests(self, request: DigestRequest) -> DigestReply:
        return self._ask("/v1/digests", request, DigestReply)

    # --- Files -----------------------------------------------------------------------------------------------

    def _move_files(self) -> None:
        """After all rows, as long as no new one waits (s10)."""
        if self._files is not None and self._files.step(self.totals):
            moved = self.totals.files_sent + self.totals.files_received
            self._watcher.progress(Phase.FILES, moved, moved + self._files.left)
        elif self._refusal is not None:
            self._leave(self._refusal)
        else:
            self.phase = Phase.DONE

    def _leave(self, refusal: Exception) -> None:
        """Everything is handed in, and this workstation is told so; or ordered to destroy what it holds (s43)."""
        if self._wipe is None or (not self._wiping and not self._store.accept_wipe(self._wipe)):
            raise refusal
        if not self._wiping:
            self._wiping, self.phase = True, Phase.PUSH  # the audit chain's word of it goes before the rest is gone
            return
        told = self._ask("/v1/wipe", WipeReport(waiting=self._store.only_here()), WipeReply)
        raise WipeOrderedError() if told.proceed else refusal

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
