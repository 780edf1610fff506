"""What holds for every test: random examples are the same in each run, and no verdict depends on the machine's load."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests.support.delivery import Delivery
from tests.support.statements import share_statements

from clinicdesk.core.collector import spare_what_is_loaded

settings.register_profile(
    "same-everywhere", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("soak", max_examples=1_000, stateful_step_count=100, derandomize=False, deadline=None)
settings.load_profile("same-everywhere")
share_statements()

IN_MEMORY = Path("/dev/shm")
ROOM = 4 << 30


def _has_room(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize >= ROOM and not found.f_flag & (os.ST_NOEXEC | os.ST_RDONLY)


# A test commits hundreds of times, and none of them is about the disk: where there is room, its files lie in memory.
if "TMPDIR" not in os.environ and _has_room(IN_MEMORY):
    os.environ["TMPDIR"] = tempfile.tempdir = str(IN_MEMORY)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Thirteen thousand tests are some million objects that stay to the end."""
    spare_what_is_loaded()


def pytest_addoption(parser: pytest.Parser) -> None:
    ways = [way.value for way in Delivery if way is not Delivery.ONCE]
    parser.addoption("--delivery", action="append", choices=ways, default=[], help="how the line behaves; repeatable")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test over a line runs in each way that was asked for; one that counts what travels has its own way."""
    ways = metafunc.config.getoption("--delivery")
    counts = metafunc.definition.get_closest_marker("sent_once") is not None
    if ways and not counts and "delivery" in metafunc.fixturenames:
        marked = [pytest.param(Delivery(way), marks=pytest.mark.delivered, id=way) for way in ways]
        metafunc.parametrize("delivery", marked, indirect=True)


@pytest.fixture
def delivery(request: pytest.FixtureRequest) -> Delivery:
    """How requests and answers travel in this test."""
    return getattr(request, "param", Delivery.ONCE)
