"""Files at a served district to be shot at, and requests for them by hand: signed, altered, cut (s10, T14)."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import urllib3
from tests.fuzz.target import CLOCK, Signer, Target, Told, judged
from tests.support.district import fresh
from tests.support.served import give_keys

from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.security.signing import HttpRequest, sign_request
from clinicdesk.server.errors import STATUS
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.sync import protocol as p
from clinicdesk.sync.body import content_digest

SIZE = 200_000
NOBODYS = "0" * 64


@dataclass(slots=True)
class FileTarget:
    """A whole file and half of one that rows of Oak speak of, and a whole one of Elm alone."""

    target: Target
    contents: dict[str, bytes]
    whole: str
    half: str
    elsewhere: str
    seen: set[str] = field(default_factory=set)
    """The codes of refusals of requests that a known device had signed."""

    @classmethod
    def of(cls, target: Target) -> FileTarget:
        town, chance = target.town, random.Random(7)
        contents = {hashlib.sha256(content).hexdigest(): content for content in (chance.randbytes(SIZE) for _ in "123")}
        whole, half, elsewhere = contents
        with town.database.owning() as connection:
            writes = OwnWrites(connection, town.district, None, town.clock.now())
            for name, student in ((whole, "iris"), (half, "iris"), (elsewhere, "kim")):
                writes.insert("attachments", {fresh(): _scan(town.students[student], name)})
            writes.close()
        made = cls(target, contents, whole, half, elsewhere)
        far, keys = town.desk(town.ben, town.elm), KeyPairs.generate()
        give_keys(town, far.device, keys)
        made.bring(whole, SIZE)
        made.bring(half, SIZE // 2)
        made.bring(elsewhere, SIZE, Signer(far, keys))
        return made

    def bring(self, name: str, until: int, by: Signer | None = None) -> None:
        content = self.contents[name][:until]
        told = self.ask("PUT", name, {"Content-Range": f"bytes 0-{until - 1}/{SIZE}"}, content, by=by)
        assert told.status == 200

    def ask(
        self,
        method: str,
        name: str,
        plain: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        by: Signer | None = None,
        altered: Mapping[str, str | None] | None = None,
    ) -> Told:
        """One request, signed as it stands; `altered` headers are changed behind the signature."""
        path, signer = p.FILE_PATH + name, by or self.target.device()
        kind = {"Content-Type": p.FILE_TYPE} if method == "PUT" else {}
        headers = sign_request(
            HttpRequest(method, path, {**kind, **(plain or {})}, body),
            key_id=signer.desk.device,
            key=signer.keys.signing_key(),
            now=CLOCK.now(),
        )
        for header, value in (altered or {}).items():
            headers.pop(header, None)
            if value is not None:
                headers[header] = value
        told = self.send(method, path, headers, body)
        if told.code is not None and not altered:
            self.seen.add(told.code)
        return told

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | Iterable[bytes]) -> Told:
        answer = self.target.pool.urlopen(
            method, path, body=body, headers=dict(headers), decode_content=False, retries=False, redirect=False
        )
        return judged_file(method, answer)


def judged_file(method: str, answer: urllib3.BaseHTTPResponse) -> Told:
    """The answer, if it is one that the description allows; never 500."""
    status, headers, body = answer.status, answer.headers, answer.data
    if method == "HEAD":
        assert body == b""
        assert headers["Cache-Control"] == "no-store"
        if status == 200:
            assert int(headers[p.RECEIVED]) <= int(headers[p.SIZE])
            return Told(200, None, b"")
        code = p.ErrorCode(headers[p.REFUSAL])
        assert (STATUS[code], code is p.ErrorCode.INTERNAL) == (status, False)
        return Told(status, code.value, b"")
    if status == 206:
        assert headers["Content-Type"].startswith(p.FILE_TYPE)
        assert headers["Content-Digest"] == content_digest(body)
        assert headers["Cache-Control"] == "no-store"
        return Told(206, None, body)
    told = judged(status, headers, body)
    assert told.code is None or headers[p.REFUSAL] == told.code
    return told


def _scan(student: str, name: str) -> dict[str, object]:
    return {
        "student_id": student,
        "kind": "DOCUMENT",
        "file_name": "scan.pdf",
        "media_type": "application/pdf",
        "size_bytes": SIZE - 100,
        "content_hash": name,
        "wrapped_key": base64.b64encode(b"wrapped elsewhere").decode(),
    }
