"""The district server as a process: services joined, TLS 1.3 alone, one line on standard output when it is ready."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn

from clinicdesk.core.clock import Clock
from clinicdesk.core.collector import spare_what_is_loaded
from clinicdesk.security.tls import server_context
from clinicdesk.server.app import Services, build_app
from clinicdesk.server.database import Database
from clinicdesk.server.enrolment import EnrolmentOffice
from clinicdesk.server.erasure import Erasing
from clinicdesk.server.exchange import Exchange
from clinicdesk.server.gate import Gate
from clinicdesk.server.house import House, renew_certificate, settle_epoch
from clinicdesk.server.memory import return_memory_promptly
from clinicdesk.server.schema_upkeep import settle_schema
from clinicdesk.server.sessions import read_district
from clinicdesk.server.synced_tables import synced_tables
from clinicdesk.server.upkeep import upkeep
from clinicdesk.server.watch import watch
from clinicdesk.storage import migrate

KEEP_ALIVE_SECONDS = 75
"""A busy workstation takes its time between two requests of a session; dialling anew costs both a handshake."""


@contextlib.contextmanager
def opened_services(house: House, clock: Clock) -> Iterator[Services]:
    """Everything the routes need, over a database that is migrated and whose epoch is settled."""
    with house.open() as database:
        _upgrade(database)
        settle_schema(database, clock.now())
        settle_epoch(house, database, clock)
        with database.merging(_SELF) as connection:
            district = read_district(connection)
        # An older backup may have brought back what was erased since.
        Erasing(database, clock, district.id, house.erasure_file).repeat()
        yield Services(
            Gate(database, clock),
            Exchange(database, clock, district, house.settings.max_pushes),
            EnrolmentOffice(database, clock, district, house.address, house.signing_key()),
            house.authority_pem(),
        )


_SELF = "00000000-0000-0000-0000-000000000000"


def _upgrade(database: Database) -> None:
    engine = database.engine()
    try:
        migrate.upgrade(engine)
    finally:
        engine.dispose()


class _Announced(uvicorn.Server):
    """Says when it accepts connections."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def make_server(house: House, services: Services, ready: Callable[[], None]) -> uvicorn.Server:
    """The HTTP server over these services; `run` serves until it is told to stop."""
    config = uvicorn.Config(
        build_app(services),
        host=house.settings.listen,
        port=house.settings.port,
        ssl_certfile=house.certificate_file,
        ssl_keyfile=house.key_file,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=10,
    )
    config.load()
    config.ssl = server_context(house.certificate_file, house.key_file)
    return _Announced(config, ready)


def serve(house: House, clock: Clock, ready: Callable[[], None]) -> None:
    """Serve until told to stop."""
    return_memory_promptly()
    renew_certificate(house, clock)
    with _stopping_in_order(), opened_services(house, clock) as services:
        exchange = services.exchange
        database = exchange.database
        with upkeep(database, exchange.district.id, clock), watch(house, database, clock):
            server = make_server(house, services, ready)
            synced_tables()
            spare_what_is_loaded()
            server.run()


@contextlib.contextmanager
def _stopping_in_order() -> Iterator[None]:
    """SIGTERM and Ctrl+C end the program through its open blocks: an embedded PostgreSQL stops with it.

    uvicorn takes the signal, finishes its requests and then raises it anew, which would by itself kill the process.
    """

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    before = {told: signal.signal(told, leave) for told in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for told, handler in before.items():
            signal.signal(told, handler)
