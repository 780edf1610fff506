"""A district on a real PostgreSQL and workstations on real encrypted files."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.databases import DISTRICT_SCHEMA, district_uri, postgres_uri
from tests.support.delivery import Delivery
from tests.support.district import Town
from tests.support.workstation import Workstation, open_workstation

from clinicdesk.server.database import Database

__all__ = ["district_uri", "postgres_uri"]

NewDesk = Callable[..., Workstation]


@pytest.fixture
def town(district_uri: str, delivery: Delivery) -> Iterator[Town]:
    """Two schools, a nurse at each, a district administrator, and four students."""
    database = Database(district_uri, DISTRICT_SCHEMA, connections=6)
    with contextlib.closing(database):
        yield Town.found(database, delivery)


@pytest.fixture
def new_desk(town: Town, tmp_path: Path) -> Iterator[NewDesk]:
    """Makes workstations: `new_desk(user, school, ...)`."""
    made: list[Workstation] = []

    def make(user: str, *schools: str, **options: object) -> Workstation:
        desk = open_workstation(tmp_path / f"desk{len(made)}", town, user, *schools, **options)  # type: ignore[arg-type]
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def ann(new_desk: NewDesk, town: Town) -> Workstation:
    """Ann's desk at Oak, synced once."""
    desk = new_desk(town.ann, town.oak)
    desk.sync()
    return desk


@pytest.fixture
def second(new_desk: NewDesk, town: Town) -> Workstation:
    """Another desk at Oak, also Ann's, synced once."""
    desk = new_desk(town.ann, town.oak)
    desk.sync()
    return desk
