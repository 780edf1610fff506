"""A district served over TLS: by this process for the fixed worst cases, by the real program for the long fuzz."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
from tests.fuzz.target import Target
from tests.support.databases import DISTRICT_SCHEMA, district_template, own_database, postgres_uri
from tests.support.district import Town
from tests.support.served import served

from clinicdesk.core.clock import SystemClock
from clinicdesk.security import tls
from clinicdesk.server.database import Database
from clinicdesk.server.house import build_house

__all__ = ["postgres_uri"]

PROGRAM = "import sys; from clinicdesk.bootstrap.district import main; sys.exit(main())"


@pytest.fixture(scope="module")
def town(postgres_uri: str) -> Iterator[Town]:
    """One district for all that is thrown at it."""
    with own_database(postgres_uri, district_template(postgres_uri)) as address:
        database = Database(address, DISTRICT_SCHEMA, connections=6)
        with contextlib.closing(database):
            yield Town.found(database)


@pytest.fixture(scope="module")
def target(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Served by a thread of this process."""
    with served(town, tmp_path_factory.mktemp("server")) as running:
        context = tls.client_context(running.pem, [running.pin])
        host, port = running.host.split(":")
        with urllib3.HTTPSConnectionPool(host, int(port), ssl_context=context, timeout=60, maxsize=4) as pool:
            yield Target.of(town, pool, os.getpid())


@pytest.fixture(scope="module")
def worker(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Served by `clinicdesk-district serve` as a process of its own."""
    folder = tmp_path_factory.mktemp("district")
    house = build_house(
        SystemClock(),
        embedded=None,
        config=folder / "district.json",
        district="Example",
        schema=DISTRICT_SCHEMA,
        host="127.0.0.1",
        database=town.database.conninfo,
    )
    command = [sys.executable, "-c", PROGRAM, "serve", "--config", str(folder / "district.json")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path("src").resolve()), str(Path.cwd())])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["url"].startswith("https://")
        context = tls.client_context(house.authority_pem().encode(), house.settings.pins)
        with urllib3.HTTPSConnectionPool(
            "127.0.0.1", house.settings.port, ssl_context=context, timeout=60, maxsize=4
        ) as pool:
            yield Target.of(town, pool, process.pid)
        process.terminate()
        process.wait(20)
