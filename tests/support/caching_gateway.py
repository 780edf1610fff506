"""A gateway on loopback between workstation and district that keeps answers and plays them again (scenario 51)."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import urllib3
from tests.support.loopback_server import LoopbackServer, QuietHandler
from tests.support.served import ServedTown

from clinicdesk.security import tls

_HOP = {"connection", "transfer-encoding", "date", "server", "host"}


class CachingGateway(LoopbackServer):
    """Speaks TLS with the district's own certificate, as a reverse proxy of the district does.

    It keeps the newest answer of each path. One that obeys keeps none that says `no-store`; of the paths in `replays`
    it gives what it kept and asks nobody, as often as `times` says.
    """

    def __init__(self, wire: ServedTown, folder: Path, *, obeys: bool = False) -> None:
        self.obeys = obeys
        self.replays: set[str] = set()
        self.times = 1_000
        self.replayed = 0
        self.kept: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self._lock = threading.Lock()
        host, port = wire.host.split(":")
        self.upstream = urllib3.HTTPSConnectionPool(
            host, int(port), ssl_context=tls.client_context(wire.pem, [wire.pin]), maxsize=4, retries=False
        )
        super().__init__(_Handler, tls.server_context(folder / "server.pem", folder / "server.key"))

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def kept_for(self, path: str) -> tuple[int, dict[str, str], bytes] | None:
        with self._lock:
            if path not in self.replays or path not in self.kept or self.times <= 0:
                return None
            self.times -= 1
            self.replayed += 1
            return self.kept[path]

    def keep(self, path: str, answer: tuple[int, dict[str, str], bytes]) -> None:
        if self.obeys and "no-store" in answer[1].get("cache-control", ""):
            return
        with self._lock:
            self.kept[path] = answer

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self.upstream.close()


class _Handler(QuietHandler):
    owner: CachingGateway

    def do_POST(self) -> None:
        self._serve()

    do_GET = do_PUT = do_HEAD = do_POST  # noqa: N815 - the base class names them so

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = urlsplit(self.path).path
        answer = self.owner.kept_for(path)
        if answer is None:
            sent = {name: value for name, value in self.headers.items() if name.lower() not in _HOP - {"date"}}
            got = self.owner.upstream.urlopen(
                self.command, self.path, body=body, headers=sent, redirect=False, decode_content=False
            )
            headers = {name.lower(): value for name, value in got.headers.items() if name.lower() not in _HOP}
            answer = (got.status, headers, got.data)
            self.owner.keep(path, answer)
        status, headers, content = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
