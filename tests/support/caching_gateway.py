"""A gateway on loopback between workstation and district that keeps answers and plays them again (scenario 51)."""

from __future__ import annotations

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import urllib3
from tests.support.served import ServedTown

from clinicdesk.security import tls

_HOP = {"connection", "transfer-encoding", "date", "server", "host"}


class CachingGateway:
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
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        context = tls.server_context(folder / "server.pem", folder / "server.key")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

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

    def __enter__(self) -> CachingGateway:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.upstream.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: CachingGateway

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        return

    def handle(self) -> None:
        try:
            super().handle()
        except (ssl.SSLError, ConnectionError):
            self.close_connection = True

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
