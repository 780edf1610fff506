"""What a workstation of PostgreSQL sees of a pooler in transaction mode: a line that tells a process of its own."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

from psycopg.conninfo import conninfo_to_dict, make_conninfo

_KEY_DATA, _READY = b"K", b"Z"
_OWN_PROCESS = 7


@contextlib.contextmanager
def behind_a_pooler(conninfo: str) -> Iterator[str]:
    """The address of a relay to this database that names another process than the server's, as PgBouncer does."""
    asked = conninfo_to_dict(conninfo)
    target = (str(asked["host"]), int(str(asked.get("port") or 5432)))
    lines: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        relaying = threading.Thread(target=_relay, args=(listening, target, lines), daemon=True)
        relaying.start()
        port = listening.getsockname()[1]
        yield make_conninfo(conninfo, host="127.0.0.1", port=port, sslmode="disable", gssencmode="disable")
        listening.shutdown(socket.SHUT_RDWR)
        relaying.join(10)
    for line in lines:
        line.close()


def _relay(listening: socket.socket, target: tuple[str, int], lines: list[socket.socket]) -> None:
    while True:
        try:
            client, _address = listening.accept()
        except OSError:
            return
        server = _dialled(target)
        lines += [client, server]
        threading.Thread(target=_forward, args=(client, server), daemon=True).start()
        threading.Thread(target=_answer, args=(server, client), daemon=True).start()


def _dialled(target: tuple[str, int]) -> socket.socket:
    host, port = target
    if not host.startswith("/"):
        return socket.create_connection(target)
    line = socket.socket(socket.AF_UNIX)
    line.connect(f"{host}/.s.PGSQL.{port}")
    return line


def _forward(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while content := source.recv(1 << 16):
            target.sendall(content)
        target.shutdown(socket.SHUT_WR)


def _answer(server: socket.socket, client: socket.socket) -> None:
    """The messages up to the first readiness one by one, since the process is named in one of them."""
    with contextlib.suppress(OSError), server.makefile("rb") as answers:
        kind = b""
        while kind != _READY:
            kind = answers.read(1)
            head = answers.read(4)
            if len(head) < 4:
                return
            content = answers.read(struct.unpack("!I", head)[0] - 4)
            if kind == _KEY_DATA:
                content = struct.pack("!I", _OWN_PROCESS) + content[4:]
            client.sendall(kind + head + content)
        while content := answers.read1():
            client.sendall(content)
        client.shutdown(socket.SHUT_WR)
