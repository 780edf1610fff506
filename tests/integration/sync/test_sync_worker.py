"""The real sync process against the real district: a whole run, a kill in the middle, a profile without a district."""

from __future__ import annotations

import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.integration.sync.conftest import NewDesk
from tests.support.databases import TEST_KEY
from tests.support.district import Town
from tests.support.served import ServedTown, give_keys, served
from tests.support.sync_rows import a_visit
from tests.support.workstation import Workstation, assert_equal_to_district, assert_nothing_lost

from clinicdesk.models.enums import WriteMode, WritePurpose
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.device_facts import District, write_district
from clinicdesk.sync.process import Event, Failed, Finished, Job, Progress
from clinicdesk.sync.runner import SyncProcess

COMMAND = [sys.executable, "-c", "import sys; from clinicdesk.sync.worker import main; sys.exit(main())"]


@pytest.fixture
def wire(town: Town, tmp_path: Path) -> Iterator[ServedTown]:
    with served(town, tmp_path / "server") as running:
        yield running


def job_of(desk: Workstation, keys: KeyPairs, *, unlocked: bool = True) -> Job:
    return Job(
        profile=str(desk.folder),
        database_key=TEST_KEY,
        device=desk.device,
        incarnation=1,
        device_private=keys.use_private(bytes),
        user=desk.user,
        unlocked=unlocked,
    )


def enrolled(wire: ServedTown, desk: Workstation) -> KeyPairs:
    """The desk's profile as enrolment leaves it."""
    keys = KeyPairs.generate()
    give_keys(wire.town, desk.device, keys)
    district = District(
        id=uuid.UUID(wire.town.district),
        name="Example",
        host=wire.host,
        pins=(wire.pin,),
        ca=x509.load_pem_x509_certificate(wire.pem).public_bytes(Encoding.DER),
        public_key=b"",
    )
    with desk.store.apply(WorkContext(None, WritePurpose.SYNC, mode=WriteMode.APPLY)) as work:
        write_district(work.session, district)
    return keys


def run(job: Job, on_event: Callable[[SyncProcess, Event], None] | None = None) -> list[Event]:
    events: list[Event] = []
    started = threading.Event()
    holder: list[SyncProcess] = []

    def heard(event: Event) -> None:
        events.append(event)
        started.wait(10)
        if on_event is not None:
            on_event(holder[0], event)

    holder.append(SyncProcess(COMMAND, job, heard))
    started.set()
    holder[0].wait(120)
    return events


def test_a_whole_session_runs_in_the_process_and_tells_its_row(town: Town, wire: ServedTown, new_desk: NewDesk) -> None:
    desk = new_desk(town.ann, town.oak)
    keys = enrolled(wire, desk)
    events = run(job_of(desk, keys))
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.session["status"] == "COMPLETED"
    assert last.session["equal"] is True
    assert any(isinstance(event, Progress) and event.phase == "pull" for event in events)
    assert {row["first_name"] for row in desk.rows("SELECT first_name FROM students")} == {"Iris", "Jack"}


def test_scenario_03_a_process_killed_in_the_middle_of_a_pull_leaves_a_whole_database(
    town: Town, wire: ServedTown, new_desk: NewDesk
) -> None:
    writing = new_desk(town.ann, town.oak)
    writing.sync()
    with writing.write() as session:
        session.add_all([a_visit(town, notes=f"visit {n}") for n in range(3000)])
    writing.sync()
    desk = new_desk(town.ann, town.oak)
    keys = enrolled(wire, desk)
    mine: list[str] = []

    def kill(process: SyncProcess, event: Event) -> None:
        if isinstance(event, Progress) and event.phase == "pull" and not mine:
            mine.append("killed")
            os.kill(process.pid, signal.SIGKILL)

    events = run(job_of(desk, keys), kill)
    assert events[-1] == Failed("sync_died", {"status": -signal.SIGKILL})
    arrived = desk.rows("SELECT count(*) AS n FROM clinic_visits")[0]["n"]
    assert arrived < 3000
    last = run(job_of(desk, keys))[-1]
    assert isinstance(last, Finished)
    assert desk.rows("SELECT count(*) AS n FROM clinic_visits")[0]["n"] == 3000
    states = [row["status"] for row in desk.rows("SELECT status FROM sync_sessions ORDER BY session_seq")]
    assert states == ["FAILED", "COMPLETED"]
    desk.sync()
    assert_nothing_lost(town, writing, desk)
    assert_equal_to_district(desk)


def test_a_profile_that_has_not_joined_a_district_says_so(town: Town, new_desk: NewDesk) -> None:
    desk = new_desk(town.ann, town.oak)
    assert run(job_of(desk, KeyPairs.generate())) == [Failed("sync_not_enrolled", {})]
