"""Files over HTTP: `HEAD`, `PUT` and `GET` of `/v1/attachments/<hash>`, signed like every request (s10, D23)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from fastapi import Response

from clinicdesk.security.signing import HttpRequest
from clinicdesk.server.errors import RefusedRequestError
from clinicdesk.server.files import Files
from clinicdesk.server.gate import Gate
from clinicdesk.server.sessions import KnownDevice
from clinicdesk.sync.body import check_digest, content_digest
from clinicdesk.sync.protocol import FILE_PATH, FILE_TYPE, MAX_BODY_BYTES, RECEIVED, SIZE, ErrorCode

_NAME = re.compile(r"[0-9a-f]{64}")
_SENT = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")
_ASKED = re.compile(r"bytes=(\d{1,12})-(\d{1,12})")
_NO_STORE = {"Cache-Control": "no-store"}


@dataclass(slots=True)
class Asked:
    """What is known of a request by the time it is refused."""

    device: KnownDevice | None = None

    def by(self) -> KnownDevice:
        """The device that an earlier step admitted."""
        assert self.device is not None
        return self.device


Step = Callable[[HttpRequest, Asked], msgspec.Struct | Response | None]
"""One step of serving a whole request: the last one answers it, and any raises why not.

The first finds out who asks, and says so in `Asked`.
"""


@dataclass(frozen=True, slots=True)
class FileRoutes:
    """What the methods of one path do."""

    gate: Gate
    files: Files

    def by_method(self) -> dict[str, tuple[Step, str | None]]:
        """Each as `admit` goes before it, with the content type of its request; None: it has no body."""
        return {"HEAD": (self.standing, None), "PUT": (self.take, FILE_TYPE), "GET": (self.give, None)}

    def admit(self, http: HttpRequest, asked: Asked) -> None:
        check_digest(http.body, http.headers.get("content-digest"))
        asked.device = self.gate.admit(http)

    def standing(self, http: HttpRequest, asked: Asked) -> Response:
        found = self.files.standing(asked.by(), _named(http))
        headers = {**_NO_STORE, RECEIVED: str(found.received), SIZE: str(found.size)}
        return Response(b"", 200, headers, media_type=FILE_TYPE)

    def take(self, http: HttpRequest, asked: Asked) -> msgspec.Struct:
        start, last, size = _numbers(_SENT, http.headers.get("content-range"))
        if last - start + 1 != len(http.body):
            raise RefusedRequestError(ErrorCode.BAD_BODY, problem="range")
        return self.files.take(asked.by(), _named(http), start, size, http.body)

    def give(self, http: HttpRequest, asked: Asked) -> Response:
        start, last = _numbers(_ASKED, http.headers.get("range"))
        if last < start:
            raise RefusedRequestError(ErrorCode.BAD_BODY, problem="range")
        content, size = self.files.give(asked.by(), _named(http), start, min(last - start + 1, MAX_BODY_BYTES))
        headers = {
            **_NO_STORE,
            "Content-Range": f"bytes {start}-{start + len(content) - 1}/{size}",
            "Content-Digest": content_digest(content),
        }
        return Response(content, 206, headers, media_type=FILE_TYPE)


def _named(http: HttpRequest) -> str:
    name = http.target.removeprefix(FILE_PATH)
    if not _NAME.fullmatch(name):
        raise RefusedRequestError(ErrorCode.BAD_BODY, problem="hash")
    return name


def _numbers(form: re.Pattern[str], header: str | None) -> tuple[int, ...]:
    found = form.fullmatch(header or "")
    if found is None:
        raise RefusedRequestError(ErrorCode.BAD_BODY, problem="range")
    return tuple(int(number) for number in found.groups())
