"""A town served as the program serves it: the real application over TLS 1.3 on loopback, and lines to it."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.support.district import Town
from tests.support.odd_server import Authority

from clinicdesk.core.clock import Clock, SystemClock
from clinicdesk.security import tls
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.server.app import Services, build_app
from clinicdesk.server.enrolment import Address, EnrolmentOffice
from clinicdesk.server.gate import Gate
from clinicdesk.sync.transport import HttpsLine, Patience, device_signer

HASTY = Patience(attempts=3, first_wait=0.01, longest_wait=0.05, jitter=0.01, busy_wait=3.0, connect=2.0, read=60.0)


@dataclass(frozen=True)
class ServedTown:
    """Where the district listens and whom to trust there."""

    town: Town
    host: str
    pem: bytes
    pin: str
    lines: list[HttpsLine] = field(default_factory=list)

    def line(self, device: str, keys: KeyPairs, clock: Clock | None = None) -> HttpsLine:
        """A workstation's own line, signed by its keys."""
        context = tls.client_context(self.pem, [self.pin])
        line = HttpsLine(f"https://{self.host}", context, device_signer(device, keys, clock or SystemClock()), HASTY)
        self.lines.append(line)
        return line


def give_keys(town: Town, device: str, keys: KeyPairs) -> None:
    """The district knows the device by these keys from now on."""
    with town.database.owning() as connection:
        connection.execute(
            "UPDATE devices SET signing_key = %s, sealing_key = %s WHERE id = %s",
            (keys.public.signing, keys.public.sealing, device),
        )


@contextlib.contextmanager
def served(town: Town, folder: Path) -> Iterator[ServedTown]:
    """Serve `town` until the end of the block."""
    authority = Authority(folder, now=dt.datetime.now(dt.UTC))
    # Named as TCP, so that asyncio switches Nagle's delay off on what it accepts, as on a listener of its own.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    host = f"127.0.0.1:{listening.getsockname()[1]}"
    pin = authority.authority.pin()
    district = town.exchange.district
    office = EnrolmentOffice(town.database, town.clock, district, Address(host, (pin,)), Ed25519PrivateKey.generate())
    services = Services(Gate(town.database, town.clock), town.exchange, office, authority.pem.decode())
    config = uvicorn.Config(
        build_app(services),
        ssl_certfile=authority.certificate_file,
        ssl_keyfile=authority.key_file,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
    )
    config.load()
    config.ssl = tls.server_context(authority.certificate_file, authority.key_file)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    running = ServedTown(town, host, authority.pem, pin)
    try:
        yield running
    finally:
        for line in running.lines:
            line.close()
        server.should_exit = True
        thread.join()
        listening.close()
