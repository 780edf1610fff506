"""A district and a workstation as processes of their own, which can be killed with -9 and started again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.support.databases import DISTRICT_SCHEMA, TEST_KEY
from tests.support.district import Town
from tests.support.served import give_keys
from tests.support.workstation import Workstation

from clinicdesk.core.clock import SystemClock
from clinicdesk.models.enums import WriteMode, WritePurpose
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.server.house import House, build_house
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.device_facts import District, write_district
from clinicdesk.sync.process import Event, Failed, Finished, Job, Progress
from clinicdesk.sync.runner import SyncProcess

SERVE = [sys.executable, "-c", "import sys; from clinicdesk.bootstrap.district import main; sys.exit(main())"]
SYNC = [sys.executable, "-c", "import sys; from clinicdesk.sync.worker import main; sys.exit(main())"]
PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.001


@dataclass
class ServedDistrict:
    """`clinicdesk-district serve`, as an operator runs it, on the database of a town."""

    house: House
    config: Path
    process: subprocess.Popen[str]
    starts: int = 1

    @classmethod
    def of(cls, town: Town, folder: Path) -> ServedDistrict:
        folder.mkdir(parents=True)
        config = folder / "district.json"
        house = build_house(
            SystemClock(),
            embedded=None,
            config=config,
            district="Example",
            schema=DISTRICT_SCHEMA,
            host="127.0.0.1",
            database=town.database.conninfo,
        )
        return cls(house, config, _served(config))

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        _closed(self.process)

    def restart(self) -> None:
        self.process = _served(self.config)
        self.starts += 1

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_SECONDS)
        _closed(self.process)


def _served(config: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([*SERVE, "serve", "--config", str(config)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["url"].startswith("https://")
    return process


def _closed(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    process.stdout.close()


@dataclass
class SyncingDesk:
    """A workstation whose sessions run in the sync process; its file is open in nobody else meanwhile."""

    desk: Workstation
    keys: KeyPairs
    started: float = 0.0
    heard: list[tuple[float, Event]] = field(default_factory=list)

    @classmethod
    def of(cls, desk: Workstation, district: ServedDistrict) -> SyncingDesk:
        """The profile as enrolment leaves it."""
        keys = KeyPairs.generate()
        give_keys(desk.town, desk.device, keys)
        authority = x509.load_pem_x509_certificate(district.house.authority_pem().encode())
        known = District(
            id=uuid.UUID(desk.town.district),
            name="Example",
            host=district.house.settings.host,
            pins=tuple(district.house.settings.pins),
            ca=authority.public_bytes(Encoding.DER),
            public_key=b"",
        )
        with desk.store.apply(WorkContext(None, WritePurpose.SYNC, mode=WriteMode.APPLY)) as work:
            write_district(work.session, known)
        return cls(desk, keys)

    def start(self) -> SyncProcess:
        """A session; the value is there when its process has written the first thing into the desk's file."""
        self.desk.close()
        job = Job(
            profile=str(self.desk.folder),
            database_key=TEST_KEY,
            device=self.desk.device,
            incarnation=1,
            device_private=self.keys.use_private(bytes),
            user=self.desk.user,
        )
        log = self.desk.folder / "clinic.db-wal"
        assert not log.exists(), "nobody else has the file open"
        heard = self.heard = []
        process = SyncProcess(SYNC, job, lambda event: heard.append((time.monotonic(), event)))
        while process.running and not (log.exists() and log.stat().st_size > 0):
            time.sleep(POLL_SECONDS)
        self.started = time.monotonic()
        return process

    def whole(self) -> tuple[Finished, float]:
        """A session that nobody disturbs, and how long it took from its first write."""
        process = self.start()
        process.wait(PATIENCE_SECONDS)
        self.desk.reopen()
        at, last = self.heard[-1]
        assert isinstance(last, Finished), last
        return last, at - self.started

    def cut(self, after: float, kill: Callable[[SyncProcess], None], settle: Callable[[], None]) -> str | None:
        """A session in which `kill` is called so many seconds after its first write; what it had come to.

        None where it was over by then.
        """
        process = self.start()
        time.sleep(max(0.0, self.started + after - time.monotonic()))
        kill(process)
        at = time.monotonic()
        settle()
        process.wait(PATIENCE_SECONDS)
        self.desk.reopen()
        ended, last = self.heard[-1]
        if ended < at:
            return None
        phases = [event.phase for when, event in self.heard if isinstance(event, Progress) and when < at]
        how = last.code if isinstance(last, Failed) else "went on to its end"
        return f"{phases[-1] if phases else 'before the first batch'} ({how})"


def kill_desk(process: SyncProcess) -> None:
    """The process, and nothing that could still tidy up behind it."""
    if process.running:
        # It may end by itself between the question and the signal.
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
