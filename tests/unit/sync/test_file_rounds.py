"""What a session does for files, with a district and a shelf in memory (scenario 10)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from clinicdesk.sync.errors import CancelledError, RefusedError, TooLargeError, TooSlowError, UnreachableError
from clinicdesk.sync.files import (
    FIRST_RANGE,
    LARGEST_RANGE,
    LEAST_RANGE,
    MOST_STARTS,
    Due,
    FileRound,
    Range,
    RangeSize,
    Standing,
)
from clinicdesk.sync.local_store import Totals


@dataclass
class District:
    """Files by name as far as they have come; `before` is asked before each range and may fail."""

    files: dict[str, bytes] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.1
    before: Callable[[int], None] = lambda _length: None
    ranges: list[int] = field(default_factory=list)

    def standing(self, name: str) -> Standing:
        return Standing(len(self.files.get(name, b"")), self.sizes.get(name, 0), 0.0)

    def send(self, name: str, start: int, size: int, content: bytes) -> Standing:
        self.before(len(content))
        self.ranges.append(len(content))
        have = self.files.get(name, b"")
        if start != len(have):
            raise RefusedError(reason="other_place")
        whole = have + content
        if len(whole) == size and hashlib.sha256(whole).hexdigest() != name:
            whole = b""
        self.files[name], self.sizes[name] = whole, size
        return Standing(len(whole), size, self.seconds)

    def fetch(self, name: str, start: int, length: int) -> Range:
        self.before(length)
        if name not in self.files:
            raise RefusedError(reason="no_such_file")
        if start >= len(self.files[name]):
            raise RefusedError(reason="other_place")
        self.ranges.append(length)
        return Range(self.files[name][start : start + length], len(self.files[name]), self.seconds)


@dataclass
class Shelf:
    """The files of a desk."""

    here: dict[str, bytes] = field(default_factory=dict)
    wanted: list[str] = field(default_factory=list)
    parts: dict[str, bytes] = field(default_factory=dict)
    at_district: list[str] = field(default_factory=list)
    in_vain: list[str] = field(default_factory=list)
    made_here: bool = True
    waits: bool = False

    def due(self, most: int) -> Due:
        self.parts = {name: part for name, part in self.parts.items() if name in self.wanted}
        to_send = [(name, self.made_here) for name in self.here if name not in self.at_district]
        return Due(to_send[:most], [name for name in self.wanted if name not in self.here][:most])

    def size(self, name: str) -> int:
        return len(self.here[name])

    def read(self, name: str, start: int, length: int) -> bytes:
        return self.here[name][start : start + length]

    def brought(self, name: str) -> None:
        self.at_district.append(name)

    def spoilt(self, name: str) -> bool:
        return hashlib.sha256(self.here[name]).hexdigest() != name

    def asked(self, name: str) -> None:
        self.in_vain.append(name)

    def arrived(self, name: str) -> int:
        return len(self.parts.get(name, b""))

    def append(self, name: str, start: int, content: bytes) -> None:
        self.parts[name] = self.parts.get(name, b"")[:start] + content

    def complete(self, name: str) -> bool:
        content = self.parts.pop(name)
        if hashlib.sha256(content).hexdigest() != name:
            return False
        self.here[name] = content
        self.at_district.append(name)
        return True

    def rows_wait(self) -> bool:
        return self.waits


def a_file(size: int, letter: bytes = b"a") -> tuple[str, bytes]:
    content = letter * size
    return hashlib.sha256(content).hexdigest(), content


def run(round_: FileRound) -> Totals:
    totals = Totals()
    while round_.step(totals):
        pass
    return totals


def test_scenario_10_ranges_grow_while_answers_come_fast_and_shrink_on_time_outs() -> None:
    size = RangeSize()
    assert size.bytes == FIRST_RANGE
    for _ in range(5):
        size.fast_enough(0.2)
    assert size.bytes == LARGEST_RANGE
    size.fast_enough(5.0)
    assert size.bytes == LARGEST_RANGE
    halved = 0
    while size.halve():
        halved += 1
    assert (size.bytes, halved) == (LEAST_RANGE, 4)


def test_scenario_10_a_slow_line_is_asked_for_less_until_it_answers() -> None:
    name, content = a_file(600_000)

    def narrow(length: int) -> None:
        if length > 100_000:
            raise TooSlowError()

    district, shelf = District(before=narrow, seconds=3.0), Shelf({name: content})
    round_ = FileRound(district, shelf)
    run(round_)
    assert max(district.ranges) <= 100_000
    assert district.files.get(name, b"") == content[: len(district.files.get(name, b""))]
    assert round_.failed is None
    # Twenty seconds are over: the rest is for the next session, behind the last byte.
    assert shelf.at_district == []
    district.before = lambda _length: None
    run(FileRound(district, shelf))
    assert (district.files[name], shelf.at_district) == (content, [name])


def test_scenario_10_a_line_that_never_answers_in_time_ends_the_files_and_not_the_session() -> None:
    name, content = a_file(600_000)

    def never(_length: int) -> None:
        raise TooSlowError()

    round_ = FileRound(District(before=never), Shelf({name: content}))
    run(round_)
    assert isinstance(round_.failed, TooSlowError)


def test_scenario_10_a_cut_ends_the_files_and_a_cancel_the_session() -> None:
    name, content = a_file(600_000)

    def cut(_length: int) -> None:
        raise UnreachableError(reason="connection_lost")

    def cancelled(_length: int) -> None:
        raise CancelledError()

    round_ = FileRound(District(before=cut), Shelf({name: content}))
    run(round_)
    assert isinstance(round_.failed, UnreachableError)
    with pytest.raises(CancelledError):
        run(FileRound(District(before=cancelled), Shelf({name: content})))


def test_scenario_10_a_restored_district_that_lost_the_place_is_asked_for_it() -> None:
    name, content = a_file(600_000)
    district, shelf = District(), Shelf({name: content})
    round_, totals = FileRound(district, shelf), Totals()
    for _ in range(2):
        round_.step(totals)
    assert 0 < len(district.files[name]) < len(content)
    district.files[name] = content[:1_000]
    while round_.step(totals):
        pass
    assert (district.files[name], shelf.at_district) == (content, [name])


def test_scenario_10_a_place_that_never_fits_is_given_up_for_this_session_and_the_next_file_goes() -> None:
    odd, good = a_file(1_000), a_file(1_000, b"b")

    class Moves(District):
        def send(self, name: str, start: int, size: int, content: bytes) -> Standing:
            if name == odd[0]:
                self.ranges.append(0)
                raise RefusedError(reason="other_place")
            return super().send(name, start, size, content)

    district, shelf = Moves(), Shelf(dict([odd, good]))
    run(FileRound(district, shelf))
    assert (district.ranges.count(0), shelf.in_vain, shelf.at_district) == (MOST_STARTS, [odd[0]], [good[0]])


def test_scenario_10_what_the_district_does_not_take_from_us_waits_or_is_not_ours_to_bring() -> None:
    name, content = a_file(1_000)

    class Refuses(District):
        def standing(self, name: str) -> Standing:
            raise RefusedError(reason="scope")

    for made_here, in_vain, brought in ((True, [name], []), (False, [], [name])):
        shelf = Shelf({name: content}, made_here=made_here)
        run(FileRound(Refuses(), shelf))
        assert (shelf.in_vain, shelf.at_district) == (in_vain, brought)

    class Full(District):
        def send(self, name: str, start: int, size: int, content: bytes) -> Standing:
            raise TooLargeError()

    shelf = Shelf({name: content})
    run(FileRound(Full(), shelf))
    assert (shelf.in_vain, shelf.at_district) == ([name], [])


def test_scenario_10_what_arrives_wrong_is_dropped_and_a_longer_beginning_is_begun_anew() -> None:
    name, content = a_file(10_000)
    shelf = Shelf(wanted=[name], parts={name: b"x" * 5_000})
    run(FileRound(District({name: content}), shelf))
    assert (shelf.here, shelf.parts, shelf.in_vain) == ({}, {}, [name])
    shelf.parts = {name: b"x" * 20_000}
    run(FileRound(District({name: content}), shelf))
    assert shelf.here == {name: content}


def test_scenario_43_a_revoked_desk_only_sends() -> None:
    mine, theirs = a_file(1_000), a_file(1_000, b"b")
    district, shelf = District(dict([theirs])), Shelf(dict([mine]), wanted=[theirs[0]], waits=True)
    round_ = FileRound(district, shelf)
    round_.only_send()
    run(round_)
    assert (shelf.at_district, list(shelf.here)) == ([mine[0]], [mine[0]])
