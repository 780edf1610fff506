"""Fuzz of the routes for files: clean refusals, little memory, no effect, a word in the trail (s10, T14, T17)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from tests.fuzz.sealed_files import NOBODYS, SIZE, FileTarget
from tests.fuzz.target import Target, Told, forget_peak, peak, resident
from tests.fuzz.test_fuzz import EXAMPLES, fuzzed

from clinicdesk.sync import protocol as p

pytestmark = pytest.mark.prove

MOST_MEMORY = 60 << 20
NO_FAULT = frozenset({"no_such_file", "other_place", "busy"})
METHODS = ("HEAD", "GET", "PUT")
PATH = p.FILE_PATH + "{hash}"

places = st.one_of(
    st.integers(0, SIZE + 2),
    st.sampled_from([0, 1, SIZE // 2, SIZE - 1, SIZE, 1 << 20, 10**12 - 1, 1 << 63]),
    st.integers(-5, 1 << 70),
)


odd_words = st.one_of(
    st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=80),
    st.sampled_from(
        ["bytes", "bytes=", "bytes=-5", "bytes=5-", "bytes=0-1,2-3", "bytes */5", "(" * 3_000, "a=1;b" * 900]
    ),
)
"""What a client can sign and the wire can carry in a header."""


class Watched:
    """Sends requests and sees to it that only a range that comes next changes anything."""

    def __init__(self, files: FileTarget) -> None:
        self.files = files
        self.rows = files.target.rows()

    def check(self, method: str, name: str, told: Told) -> None:
        if method == "PUT" and told.status == 200 and name == self.files.half:
            self.rows = self.files.target.rows()
        else:
            assert self.files.target.rows() == self.rows, (method, name, told)
        if name not in {self.files.whole, self.files.half}:
            assert told.code is not None, "nothing of other schools, and nothing that no row speaks of"
        if told.status == 206:
            assert told.body in self.files.contents[self.files.whole]


@pytest.fixture(scope="module")
def watched(worker: Target) -> Iterator[Watched]:
    """All that is sent in this module, with the server's memory from its first idle moment to the end."""
    files = FileTarget.of(worker)
    for method in METHODS:
        files.ask(method, files.whole, {"Range": "bytes=0-99", "Content-Range": f"bytes 0-9/{SIZE}"}, bytes(10))
    idle = resident(worker.process)
    forget_peak(worker.process)
    yield Watched(files)
    assert peak(worker.process) - idle < MOST_MEMORY
    assert files.seen - NO_FAULT <= worker.audited()


def names_of(files: FileTarget) -> st.SearchStrategy[str]:
    """Files that are there, and names that nobody could have given."""
    known = [files.whole, files.half, files.elsewhere, NOBODYS, files.whole.upper(), files.whole[:-1], files.half + "0"]
    invented = st.binary(max_size=40).map(lambda content: hashlib.sha256(content).hexdigest())
    odd = st.text("0123456789abcdefg.-_~", min_size=1, max_size=70).filter(lambda name: set(name) != {"."})
    return st.one_of(st.sampled_from(known), invented, odd)


@pytest.mark.parametrize("method", METHODS)
def test_t14_ranges_lengths_and_names_of_any_kind_are_answered_cleanly(watched: Watched, method: str) -> None:
    field = "Content-Range" if method == "PUT" else "Range"

    @settings(parent=fuzzed, max_examples=EXAMPLES * 3)
    @given(
        name=names_of(watched.files),
        at=st.tuples(places, places, places),
        odd=st.none() | odd_words,
        length=st.integers(0, 300) | st.just(SIZE // 2),
        tail=st.booleans(),
    )
    def send(name: str, at: tuple[int, int, int], odd: str | None, length: int, tail: bool) -> None:
        start, last, size = (SIZE // 2, SIZE // 2 + length - 1, SIZE) if tail else at
        said = f"bytes {start}-{last}/{size}" if method == "PUT" else f"bytes={start}-{last}"
        body = bytes(length) if method == "PUT" else b""
        watched.check(method, name, watched.files.ask(method, name, {field: said if odd is None else odd}, body))

    send()


def test_t17_signatures_that_do_not_fit_the_range_are_refused(watched: Watched) -> None:
    """What is signed of a request for a file is its place too: nobody on the way moves it."""

    @settings(parent=fuzzed, max_examples=EXAMPLES * 3)
    @given(
        method=st.sampled_from(METHODS),
        header=st.sampled_from(["Range", "Content-Range", "Content-Digest", "Date", "Signature", "Signature-Input"]),
        words=st.none() | odd_words,
    )
    def send(method: str, header: str, words: str | None) -> None:
        files = watched.files
        plain = {"Range": "bytes=0-99", "Content-Range": f"bytes {SIZE // 2}-{SIZE // 2 + 9}/{SIZE}"}
        told = files.ask(method, files.half, plain, bytes(10), altered={header: words})
        assert told.code is not None
        watched.check(method, files.half, told)

    send()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("method", METHODS)
def test_t14_whatever_the_served_description_says_of_files_is_answered_cleanly(
    watched: Watched, method: str, mode: GenerationMode
) -> None:
    """Schemathesis makes names, ranges and bodies from the description as it is served; the device's key signs them."""
    document = msgspec.json.decode(watched.files.target.pool.request("GET", "/v1/openapi.json").data)
    shared = document["paths"][PATH]
    shared["parameters"] = [one for one in shared["parameters"] if one["name"] == "hash"]
    # Sealed bytes are of a kind that it cannot write.
    shared["put"].pop("requestBody")
    operation = schemathesis.openapi.from_dict(document)[PATH][method]

    @fuzzed
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans(), body=st.binary(max_size=400))
    def send(case: schemathesis.Case[Any], known: bool, body: bytes) -> None:
        name = watched.files.half if known else _in_a_path(case.path_parameters.get("hash"))
        sent = body if method == "PUT" else b""
        watched.check(method, name, watched.files.ask(method, name, _sendable(case.headers), sent))

    send()


def _in_a_path(name: object) -> str:
    """A generated name as far as a client can put it into an address: one segment of plain characters."""
    return "".join(one for one in str(name) if one.isascii() and (one.isalnum() or one in "-_~")) or "0"


def _sendable(headers: Mapping[str, Any]) -> dict[str, str]:
    """The generated ranges, as far as a header can hold them."""
    kept = {name: str(value) for name, value in (headers or {}).items() if name in {"Range", "Content-Range"}}
    return {
        name: "".join(one for one in value if one.isprintable() and one.isascii()).strip()
        for name, value in kept.items()
    }
