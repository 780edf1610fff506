"""A real TLS server on loopback that answers as the test says: well, badly, late, cut, or with a login page."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.loopback_server import LoopbackServer, QuietHandler

from clinicdesk.security import tls
from clinicdesk.security.signing import nonce_of
from clinicdesk.sync.body import content_digest
from clinicdesk.sync.protocol import ANSWERS, CONTENT_TYPE

NOW = dt.datetime.now(dt.UTC)


@dataclass
class Odd:
    """One answer. `cut` sends only half of the body, `late` waits before it answers."""

    body: bytes = b"{}"
    status: int = 200
    kind: str = CONTENT_TYPE
    headers: dict[str, str] = field(default_factory=dict)
    digest: str | None = None
    cut: bool = False
    hang_up: bool = False
    late: float = 0.0
    answers: str | None = None
    """The nonce that it says it answers; None: the one of the request."""


class Authority:
    """A district's certificate authority and a server certificate in files."""

    def __init__(self, folder: Path, *, host: str = "127.0.0.1", now: dt.datetime = NOW) -> None:
        self.authority = tls.make_authority("Test", tls.new_authority_key(), now)
        self.server = tls.issue_server_certificate(self.authority, [host], now)
        folder.mkdir(parents=True, exist_ok=True)
        self.certificate_file = folder / "server.pem"
        self.key_file = folder / "server.key"
        self.certificate_file.write_text(self.server.certificate_pem())
        self.key_file.write_bytes(self.server.key_pem())

    @property
    def pem(self) -> bytes:
        return self.authority.certificate_pem().encode()

    def client(self) -> ssl.SSLContext:
        return tls.client_context(self.pem, [self.authority.pin()])


class OddServer(LoopbackServer):
    """Answers each request with the next of `answers`, the last one for ever."""

    def __init__(self, context: ssl.SSLContext | None, answers: list[Odd]) -> None:
        self.answers = answers
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self._lock = threading.Lock()
        super().__init__(_Handler, context)

    def next_answer(self) -> Odd:
        with self._lock:
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Handler(QuietHandler):
    owner: OddServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.owner.requests.append((self.path, dict(self.headers.items()), body))
        odd = self.owner.next_answer()
        if odd.late:
            time.sleep(odd.late)
        if odd.hang_up:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(odd.status)
        self.send_header("Content-Type", odd.kind)
        self.send_header("Content-Length", str(len(odd.body)))
        self.send_header("Content-Digest", odd.digest if odd.digest is not None else content_digest(odd.body))
        nonce = odd.answers if odd.answers is not None else nonce_of(dict(self.headers.items()))
        if nonce:
            self.send_header(ANSWERS, nonce)
        for name, value in odd.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if odd.cut:
            self.wfile.write(odd.body[: len(odd.body) // 2])
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.wfile.write(odd.body)


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


ServerContext = Callable[[Authority], ssl.SSLContext]
