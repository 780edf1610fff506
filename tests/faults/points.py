"""The points of a session at which a process can die: what its database, its line and the district do, counted."""

from __future__ import annotations

import contextlib
import enum
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa
from tests.support.faulty import Killed

from clinicdesk.server.database import Connection, Database
from clinicdesk.sync.errors import UnreachableError
from clinicdesk.sync.ports import Answer, Line, M

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Kind(enum.StrEnum):
    """What happens next, or has just happened, at a point."""

    DESK_WRITES = "the desk writes"
    DESK_COMMITS = "the desk commits"
    DESK_COMMITTED = "the desk has committed"
    SENDS = "a request goes out"
    RECEIVES = "an answer is here"
    DISTRICT_COMMITS = "the district commits"
    DISTRICT_COMMITTED = "the district has committed"


OF_THE_DISTRICT = frozenset({Kind.DISTRICT_COMMITS, Kind.DISTRICT_COMMITTED})


class DistrictDied(BaseException):
    """The server's process ended: its open transaction is rolled back, nobody gets an answer."""


@dataclass
class Points:
    """Counts the points of one life. Whoever reaches the one chosen dies there; the dead reach no more."""

    dies_at: int | None = None
    passed: list[tuple[Kind, str]] = field(default_factory=list)
    dead: bool = False
    keep_disk: Callable[[], None] = lambda: None
    """Called at the death of the desk, before anything of its program can still tidy up."""

    def reach(self, kind: Kind, what: str) -> None:
        if self.dead:
            return
        self.passed.append((kind, what))
        if len(self.passed) != self.dies_at:
            return
        self.dead = True
        if kind in OF_THE_DISTRICT:
            raise DistrictDied
        self.keep_disk()
        raise Killed


def watch_writes(engine: sa.Engine, points: Points) -> None:
    """Each statement or batch that writes into the desk's file, and each commit, before and after."""
    writing: list[str] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def before(*arguments: Any) -> None:
        statement = str(arguments[2]).lstrip()
        if statement.startswith(_WRITES):
            writing.append(statement)
            points.reach(Kind.DESK_WRITES, " ".join(statement.split()[:3]))

    @sa.event.listens_for(engine, "commit")
    def committing(_connection: sa.Connection) -> None:
        points.reach(Kind.DESK_COMMITS, f"after {len(writing)} statements")

    commit = engine.dialect.do_commit

    def committed(raw: Any) -> None:
        commit(raw)
        points.reach(Kind.DESK_COMMITTED, f"{len(writing)} statements")
        writing.clear()

    # The one place of a commit that lies behind it; SQLAlchemy's own event comes before.
    engine.dialect.do_commit = committed  # type: ignore[assignment]


class MortalLine:
    """The desk dies before a request goes out, or with the answer; a district that died is unreachable."""

    def __init__(self, line: Line, points: Points, restart: Callable[[], None]) -> None:
        self._line = line
        self._points = points
        self._restart = restart

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        self._points.reach(Kind.SENDS, path)
        try:
            answer = self._line.ask(path, request, kind)
        except DistrictDied:
            self._restart()
            raise UnreachableError(reason="connection_lost") from None
        self._points.reach(Kind.RECEIVES, path)
        return answer


class MortalDatabase(Database):
    """The district's connections: its process can die right before and right after each commit that writes."""

    points = Points()

    @contextlib.contextmanager
    def merging(self, device: uuid.UUID | str, **options: bool) -> Iterator[Connection]:
        with super().merging(device, **options) as connection:
            yield connection
            self.points.reach(Kind.DISTRICT_COMMITS, "what a device asked")
        self.points.reach(Kind.DISTRICT_COMMITTED, "what a device asked")
