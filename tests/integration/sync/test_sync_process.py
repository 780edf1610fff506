"""The sync process and the desk's end of it, with real processes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from clinicdesk.sync.process import EXIT_BAD_JOB, EXIT_FAILED, EXIT_STOPPED, Event, Failed, Finished, Job, Progress
from clinicdesk.sync.runner import SyncProcess

JOB = Job(
    profile="/nowhere",
    database_key=b"k" * 32,
    device="00000000-0000-7000-8000-000000000001",
    incarnation=1,
    device_private=b"p" * 64,
)

HEAD = """
import sys, time
from clinicdesk.sync.process import serve_parent
from clinicdesk.sync.errors import CancelledError, UnreachableError
"""
TAIL = "\nsys.exit(serve_parent(work))"

WORKS = """
def work(job, watcher):
    watcher.progress('push', 5, 9)
    return {'pushed': 9, 'key': len(job.database_key)}
"""
FAILS = "def work(job, watcher):\n    raise UnreachableError(reason='no_connection')"
STOPS = """
def work(job, watcher):
    watcher.progress('push', 0, None)
    while not watcher.stopped():
        time.sleep(0.005)
    raise CancelledError()
"""
HANGS = "def work(job, watcher):\n    watcher.progress('push', 0, None)\n    time.sleep(60)"
STUMBLES = """
from clinicdesk.domain.digest import from_text
def work(job, watcher):
    from_text("Nils Sample")
"""
STAMMERS = """
def work(job, watcher):
    import os
    os.write(1, b'{"event":"finis')
    os._exit(9)
"""
DIES = "def work(job, watcher):\n    import os\n    os._exit(9)"


class Heard:
    """Every event, and a way to wait for the first."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.first = threading.Event()

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        self.first.set()


def started(work: str, heard: Heard) -> SyncProcess:
    return SyncProcess([sys.executable, "-c", HEAD + work + TAIL], JOB, heard)


def test_progress_and_the_end_are_heard_and_the_keys_came_over_the_pipe() -> None:
    heard = Heard()
    assert started(WORKS, heard).wait(20) == 0
    assert heard.events == [Progress("push", 5, 9), Finished({"pushed": 9, "key": 32})]


def test_a_failure_arrives_with_its_code() -> None:
    heard = Heard()
    assert started(FAILS, heard).wait(20) == EXIT_FAILED
    assert heard.events == [Failed("sync_unreachable", {"reason": "no_connection"})]


def test_a_process_that_dies_without_a_word_is_reported() -> None:
    heard = Heard()
    started(DIES, heard).wait(20)
    assert heard.events == [Failed("sync_died", {"status": 9})]


def test_a_process_that_dies_of_a_failure_leaves_its_name_and_place_and_no_value() -> None:
    heard = Heard()
    started(STUMBLES, heard).wait(20)
    (died,) = heard.events
    assert isinstance(died, Failed)
    assert (died.code, died.params["status"], died.params["failure"]) == ("sync_died", 1, "ValueError")
    assert str(died.params["place"]).startswith("clinicdesk/domain/digest.py:")
    assert "Sample" not in str(died)


def test_a_process_that_cannot_even_start_says_why() -> None:
    heard = Heard()
    SyncProcess([sys.executable, "-c", "import a_library_that_was_not_bundled"], JOB, heard).wait(20)
    assert heard.events == [Failed("sync_died", {"status": 1, "failure": "ModuleNotFoundError"})]


def test_a_word_that_is_cut_by_the_end_of_the_process_is_no_event() -> None:
    heard = Heard()
    started(STAMMERS, heard).wait(20)
    assert heard.events == [Failed("sync_died", {"status": 9})]


def test_a_cancelled_session_says_so() -> None:
    heard = Heard()
    process = started(STOPS, heard)
    assert heard.first.wait(20)
    process.cancel()
    assert process.wait(5) == EXIT_STOPPED
    assert heard.events[-1] == Failed("sync_cancelled", {})


@pytest.mark.parametrize("work", [STOPS, HANGS])
def test_d31_the_process_ends_within_300_ms_of_the_lock(work: str) -> None:
    heard = Heard()
    process = started(work, heard)
    assert heard.first.wait(20)
    began = time.monotonic()
    process.close()
    assert time.monotonic() - began < 0.3
    assert not process.running
    assert heard.events[-1] == Failed("sync_cancelled", {})


def test_a_step_that_does_not_end_is_ended_after_a_cancel() -> None:
    heard = Heard()
    process = started(HANGS, heard)
    assert heard.first.wait(20)
    began = time.monotonic()
    process.cancel()
    assert process.wait(5) == EXIT_STOPPED
    assert time.monotonic() - began < 0.6


def test_d31_no_key_stands_in_the_arguments_or_the_environment_of_the_process() -> None:
    heard = Heard()
    process = started(HANGS, heard)
    try:
        assert heard.first.wait(20)
        for name in ("cmdline", "environ"):
            with open(f"/proc/{process.pid}/{name}", "rb") as shown:
                assert b"kkkkkkkk" not in shown.read()
    finally:
        process.close()
    assert "k" * 8 not in repr(JOB)


def test_a_job_that_cannot_be_read_is_wrong_use() -> None:
    command = [sys.executable, "-c", HEAD + WORKS + TAIL]
    ended = subprocess.run(command, input=b"{}\n", capture_output=True, check=False)
    assert (ended.returncode, ended.stdout) == (EXIT_BAD_JOB, b"")
