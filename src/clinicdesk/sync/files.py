"""The files of a session: after the rows, range by range, by the hash of their sealed bytes (scenario 10).

Pure like the engine: line and shelf are handed in. A file that was cut goes on at the byte where it stopped, in this
session or in a later one. Rows come first: as soon as somebody saves one, the files wait for the next session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from clinicdesk.core.errors import WorldError
from clinicdesk.sync.errors import CancelledError, RefusedError, TooLargeError, TooSlowError
from clinicdesk.sync.local_store import Totals
from clinicdesk.sync.protocol import ErrorCode

LEAST_RANGE = 64 << 10
FIRST_RANGE = 256 << 10
LARGEST_RANGE = 1 << 20
_FAST_SECONDS = 1.0

MOST_SECONDS = 20.0
MOST_BYTES = 64 << 20
"""What one session gives to files at most."""

MOST_FILES = 500
MOST_IN_VAIN = 8
"""How many files that are not at the district yet are asked for in a session."""

MOST_STARTS = 3
"""How often a session begins with a file again whose place the district sees elsewhere."""


_NOT_TO_BE_HAD = frozenset({ErrorCode.NO_SUCH_FILE, ErrorCode.OTHER_PLACE, ErrorCode.SCOPE})


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of a file the district has, and in how much time it said so; `size` is 0 where it has nothing yet."""

    received: int
    size: int
    seconds: float

    @property
    def whole(self) -> bool:
        return 0 < self.size == self.received


@dataclass(frozen=True, slots=True)
class Range:
    """Part of a file as it came, and the size of the whole."""

    content: bytes
    size: int
    seconds: float


class FileLine(Protocol):
    """A way to the district's files. Each request may be repeated; all raise the errors of `sync.errors`."""

    def standing(self, name: str) -> Standing: ...

    def send(self, name: str, start: int, size: int, content: bytes) -> Standing: ...

    def fetch(self, name: str, start: int, length: int) -> Range: ...


class Due(NamedTuple):
    """The files to be sent, each with whether it was made here, and those to be fetched."""

    to_send: Sequence[tuple[str, bool]]
    missing: Sequence[str]


class Shelf(Protocol):
    """The files of this workstation as a session sees them."""

    def due(self, most: int) -> Due:
        """At most so many of each, once files that no row speaks of are gone."""

    def size(self, name: str) -> int: ...

    def read(self, name: str, start: int, length: int) -> bytes: ...

    def brought(self, name: str) -> None: ...

    def spoilt(self, name: str) -> bool: ...

    def asked(self, name: str) -> None: ...

    def arrived(self, name: str) -> int: ...

    def append(self, name: str, start: int, content: bytes) -> None: ...

    def complete(self, name: str) -> bool: ...

    def rows_wait(self) -> bool: ...


@dataclass(slots=True)
class RangeSize:
    """How many bytes the next range has: doubled when answers come fast, halved on a time-out."""

    bytes: int = FIRST_RANGE

    def fast_enough(self, seconds: float) -> None:
        if seconds < _FAST_SECONDS:
            self.bytes = min(self.bytes * 2, LARGEST_RANGE)

    def halve(self) -> bool:
        """Whether there was anything left to halve."""
        if self.bytes <= LEAST_RANGE:
            return False
        self.bytes = max(LEAST_RANGE, self.bytes // 2)
        return True


@dataclass(slots=True)
class _Sending:
    """A file on its way out; `at` is None until the district said how much of it is there."""

    name: str
    made_here: bool
    at: int | None = None
    starts: int = 0


@dataclass(slots=True)
class FileRound:
    """What one session does for files. `step` until it returns False; a failure ends it, and the rows stand."""

    line: FileLine
    shelf: Shelf
    size: RangeSize = field(default_factory=RangeSize)
    failed: WorldError | None = None
    _planned: bool = False
    _only_send: bool = False
    _sending: list[_Sending] = field(default_factory=list)
    _fetching: list[str] = field(default_factory=list)
    _seconds: float = 0.0
    _bytes: int = 0
    _in_vain: int = 0

    @property
    def left(self) -> int:
        """Files that this session still means to move."""
        return len(self._sending) + len(self._fetching)

    def only_send(self) -> None:
        """This workstation is told nothing any more; what it alone has, it hands in (scenario 43)."""
        self._only_send = True

    def step(self, totals: Totals) -> bool:
        """The next request and what it changes here; False when the files are through, or have had their time."""
        if not self._planned:
            self._plan()
        if not (self._sending or self._fetching) or self._spent():
            return False
        try:
            if self._sending:
                self._send(self._sending[-1], totals)
            else:
                self._fetch(self._fetching[-1], totals)
        except TooSlowError as slow:
            if not self.size.halve():
                self.failed = slow
                return False
        except CancelledError:
            raise
        except WorldError as failure:
            self.failed = failure
            return False
        return True

    def _plan(self) -> None:
        self._planned = True
        due = self.shelf.due(MOST_FILES)
        self._sending = [_Sending(name, made) for name, made in reversed(due.to_send)]
        self._fetching = [] if self._only_send else list(reversed(due.missing))

    def _spent(self) -> bool:
        if self._only_send:
            return False
        return self._seconds >= MOST_SECONDS or self._bytes >= MOST_BYTES or self.shelf.rows_wait()

    # --- Out -------------------------------------------------------------------------------------------------

    def _send(self, file: _Sending, totals: Totals) -> None:
        try:
            standing = self._next_range(file, totals)
        except RefusedError as refusal:
            self._refused(file, refusal)
            return
        except TooLargeError:
            # The district takes no file of this size: it stays here, and is shown as waiting.
            self._give_up(file)
            return
        self._seconds += standing.seconds
        totals.requests += 1
        if standing.whole:
            self.shelf.brought(file.name)
            totals.files_sent += 1
            self._sending.pop()
        elif file.at is not None and standing.received <= file.at:
            # All of it was there and it was not this file: the bytes here are damaged, or somebody else's were.
            self._begin_again(file)
        else:
            # Of a file of another size nothing counts: it cannot be this one.
            file.at = standing.received if standing.size in {0, self.shelf.size(file.name)} else 0

    def _next_range(self, file: _Sending, totals: Totals) -> Standing:
        """Ask how much is there, or send what comes next."""
        if file.at is None:
            return self.line.standing(file.name)
        content = self.shelf.read(file.name, file.at, self.size.bytes)
        standing = self.line.send(file.name, file.at, self.shelf.size(file.name), content)
        self._bytes += len(content)
        totals.sent_bytes += len(content)
        self.size.fast_enough(standing.seconds)
        return standing

    def _refused(self, file: _Sending, refusal: RefusedError) -> None:
        reason = refusal.params.get("reason")
        if reason == ErrorCode.SCOPE:
            # No row of ours speaks of it there. What others made is not ours to bring; our own waits for its row.
            self._give_up(file) if file.made_here else self._let_be(file)
        elif reason == ErrorCode.OTHER_PLACE:
            self._begin_again(file)
        else:
            raise refusal

    def _begin_again(self, file: _Sending) -> None:
        file.at = None
        file.starts += 1
        if file.starts >= MOST_STARTS or self.shelf.spoilt(file.name):
            self._give_up(file)

    def _give_up(self, file: _Sending) -> None:
        """For this session."""
        self.shelf.asked(file.name)
        self._sending.pop()

    def _let_be(self, file: _Sending) -> None:
        self.shelf.brought(file.name)
        self._sending.pop()

    # --- In --------------------------------------------------------------------------------------------------

    def _fetch(self, name: str, totals: Totals) -> None:
        start = self.shelf.arrived(name)
        try:
            came = self.line.fetch(name, start, self.size.bytes)
        except RefusedError as refusal:
            reason = refusal.params.get("reason")
            if reason == ErrorCode.OTHER_PLACE and start:
                self.shelf.append(name, 0, b"")  # not the file that is there now: from its beginning
                return
            if reason not in _NOT_TO_BE_HAD:
                raise
            self._not_there(name)
            return
        totals.requests += 1
        totals.received_bytes += len(came.content)
        self._seconds += came.seconds
        self._bytes += len(came.content)
        self.size.fast_enough(came.seconds)
        self.shelf.append(name, start, came.content)
        if start + len(came.content) < came.size:
            return
        if self.shelf.complete(name):
            totals.files_received += 1
        else:
            self.shelf.asked(name)
        self._fetching.pop()

    def _not_there(self, name: str) -> None:
        """Whoever made it has not brought it yet: asked again next time."""
        self.shelf.asked(name)
        self._fetching.pop()
        self._in_vain += 1
        if self._in_vain >= MOST_IN_VAIN:
            self._fetching.clear()
