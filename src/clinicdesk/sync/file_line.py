"""Files over the line to the district: `HEAD`, `PUT` and `GET` of `/v1/attachments/<hash>`, range by range (s10)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from clinicdesk.sync.body import BadBodyError, decode
from clinicdesk.sync.files import Range, Standing
from clinicdesk.sync.protocol import CONTENT_TYPE, FILE_PATH, FILE_TYPE, RECEIVED, SIZE, FileStanding
from clinicdesk.sync.transport import HttpsLine, Reply

_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")


@dataclass(frozen=True, slots=True)
class HttpsFiles:
    """`files.FileLine` over the one connection of the session; every request is signed like any other (D23)."""

    line: HttpsLine

    def standing(self, name: str) -> Standing:
        reply = self.line.trying(
            lambda: self.line.send("HEAD", FILE_PATH + name, {"Accept": FILE_TYPE}, b"", FILE_TYPE)
        )
        return Standing(_number(reply.headers, RECEIVED), _number(reply.headers, SIZE), reply.seconds)

    def send(self, name: str, start: int, size: int, content: bytes) -> Standing:
        plain = {
            "Accept": CONTENT_TYPE,
            "Content-Type": FILE_TYPE,
            "Content-Range": f"bytes {start}-{start + len(content) - 1}/{size}",
        }

        def once() -> Standing:
            reply = self.line.send("PUT", FILE_PATH + name, plain, content)
            said = decode(reply.body, reply.headers.get("Content-Encoding", "identity"), FileStanding)
            return Standing(said.received, said.size, reply.seconds)

        return self.line.trying(once)

    def fetch(self, name: str, start: int, length: int) -> Range:
        plain = {"Accept": FILE_TYPE, "Range": f"bytes={start}-{start + length - 1}"}

        def once() -> Range:
            reply = self.line.send("GET", FILE_PATH + name, plain, b"", FILE_TYPE)
            return Range(reply.body, _size(reply, start, length), reply.seconds)

        return self.line.trying(once)


def _size(reply: Reply, start: int, length: int) -> int:
    """The size of the whole file, if this is the part of it that was asked for."""
    named = _RANGE.fullmatch(reply.headers.get("Content-Range", ""))
    if named is None:
        raise BadBodyError("range")
    first, last, size = (int(number) for number in named.groups())
    if first != start or last - first + 1 != len(reply.body) or not 0 < len(reply.body) <= length or last >= size:
        raise BadBodyError("range")
    return size


def _number(headers: Mapping[str, str], name: str) -> int:
    given = headers.get(name, "")
    if not (given.isascii() and given.isdigit() and len(given) <= 12):
        raise BadBodyError("range")
    return int(given)
