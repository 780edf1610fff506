"""What holds for every test: random examples are the same in each run, and no verdict depends on the machine's load."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from tests.support.delivery import Delivery

settings.register_profile(
    "same-everywhere", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same-everywhere")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--delivery", choices=[way.value for way in Delivery], default=Delivery.ONCE.value, help="how the line behaves"
    )


@pytest.fixture
def delivery(request: pytest.FixtureRequest) -> Delivery:
    """How requests and answers travel in this run; a test that counts them has each of them once."""
    if request.node.get_closest_marker("sent_once") is not None:
        return Delivery.ONCE
    return Delivery(request.config.getoption("--delivery"))
