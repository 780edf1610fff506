"""Where two digests differ: scopes first, then tables, then buckets, then the rows to fetch (D21)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from clinicdesk.domain import digest
from clinicdesk.sync.local_store import LocalStore
from clinicdesk.sync.protocol import DigestReply, DigestRequest

ROWS_A_REPAIR = 500

AskDigests = Callable[[DigestRequest], DigestReply]
_Name = TypeVar("_Name", str, int)


class Search:
    """What is still to be compared and which rows were found; each step costs at most one request.

    `known_only` leaves out rows that the workstation does not have.
    """

    def __init__(
        self,
        store: LocalStore,
        *,
        scopes: Iterable[str] = (),
        rows: Iterable[tuple[str, tuple[str, ...]]] = (),
        known_only: bool = False,
    ) -> None:
        self._store = store
        self._known_only = known_only
        self._scopes = sorted(scopes)
        self._tables: list[tuple[str, str]] = []
        self._buckets: list[tuple[str, str, int]] = []
        self._rows = list(rows)

    def take_rows(self) -> tuple[str, tuple[str, ...]] | None:
        """Rows of one table to be fetched next."""
        return self._rows.pop() if self._rows else None

    def narrow(self, ask: AskDigests) -> bool:
        """One comparison nearer to rows; False when everything has been compared."""
        if self._buckets:
            self._find_rows(ask, *self._buckets.pop())
        elif self._tables:
            self._find_buckets(ask, *self._tables.pop())
        elif self._scopes:
            self._find_tables(ask, self._scopes.pop())
        else:
            return False
        return True

    def _find_tables(self, ask: AskDigests, scope: str) -> None:
        reply = ask(DigestRequest(scope=scope))
        mine = self._store.table_sums(scope)
        theirs = {table: digest.from_text(text) for table, (_rows, text) in reply.tables.items()}
        self._tables += [(scope, table) for table in _differing(mine, theirs)]

    def _find_buckets(self, ask: AskDigests, scope: str, table: str) -> None:
        reply = ask(DigestRequest(scope=scope, table=table))
        mine = self._store.bucket_sums(scope, table)
        theirs = {int(bucket): digest.from_text(text) for bucket, (_rows, text) in reply.buckets.items()}
        self._buckets += [(scope, table, bucket) for bucket in _differing(mine, theirs)]

    def _find_rows(self, ask: AskDigests, scope: str, table: str, bucket: int) -> None:
        reply = ask(DigestRequest(scope=scope, table=table, bucket=bucket))
        mine = self._store.versions(scope, table, bucket)
        # Equal versions with unequal sums: some value differs silently, so the whole bucket is fetched (s55).
        keys = _differing(mine, reply.keys) or sorted(mine)
        if self._known_only:
            keys = [key for key in keys if key in mine]
        for start in range(0, len(keys), ROWS_A_REPAIR):
            self._rows.append((table, tuple(keys[start : start + ROWS_A_REPAIR])))


def _differing(mine: Mapping[_Name, int], theirs: Mapping[_Name, int]) -> list[_Name]:
    return sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))
