"""Desks that have pulled their schools, and their district: copied for each example, never made anew."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import random
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql
from tests.simulation.chance import stream
from tests.simulation.desks import DeskClock, DeskFile, SimulatedDesk
from tests.simulation.districts import SimulatedDistrict, Template, make_template
from tests.simulation.enrolled import Enrolled, open_desk
from tests.simulation.journal import Journal
from tests.simulation.people import People
from tests.support.district import NOW

from clinicdesk.core.clock import SettableClock
from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.security.private_files import replace_private
from clinicdesk.sync.engine import Session
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Line, Unwatched
from clinicdesk.sync.rare import NEVER, Chance
from clinicdesk.sync.runs import run_session

NAMES = ("oak", "office", "oak2", "elm", "both")
"""Five desks: of Oak, of the administrator, another of Oak, of Elm, and one of both schools."""

_WRITING = ("oak", "elm", "oak")
"""Whose people wrote the first rows of each table."""

MakeLine = Callable[[SimulatedDistrict, str], Line]


class RunningDistrict(SimulatedDistrict):
    """A copy of a district that goes on where its template stood: it was not restored, and says so."""

    def __init__(self, uri: str, prepared: Prepared, folder: Path, clock: SettableClock, chance: random.Random) -> None:
        self._mark = prepared.mark
        super().__init__(uri, prepared.template, folder, clock, chance, NEVER)

    def _start(self, rare: Chance) -> None:
        if not self.house.epoch_file.exists():
            replace_private(self.house.epoch_file, self._mark)
        super()._start(rare)


@dataclasses.dataclass(frozen=True)
class Prepared:
    """What every example is a copy of."""

    template: Template
    desks: tuple[Enrolled, ...]
    mark: bytes
    now: dt.datetime


def prepare(uri: str, folder: Path, line: MakeLine, tables: Sequence[str]) -> Prepared:
    """Some rows of each table, known to every desk that may see them."""
    template = make_template(uri)
    clock = SettableClock(NOW)
    district = SimulatedDistrict(uri, template, folder, clock, stream(0, "district"), NEVER)
    enrolled = [next(desk for desk in template.desks if desk.name == name) for name in NAMES]
    desks = [open_desk(made, made.users[-1], folder / made.name, DeskClock(clock), seed=0) for made in enrolled]
    _sync_all(district, desks, line)
    schools = (template.town.oak, template.town.elm)
    writing = People(stream(0, "people"), Journal(), template.orders, schools, 0)
    for table in tables:
        for name in _WRITING:
            desk = desks[NAMES.index(name)]
            with contextlib.suppress(ClinicDeskError, sa.exc.IntegrityError):
                writing.insert(desk, table)
    for _round in range(2):
        _sync_all(district, desks, line)
    for desk in desks:
        desk.close()
    mark = district.house.epoch_file.read_bytes()
    district.database.close()
    name = f"prepared_{secrets.token_hex(4)}"
    with psycopg.connect(uri, autocommit=True) as connection:
        copied = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(copied.format(sql.Identifier(name), sql.Identifier(district._name)))
    district.close()
    found = [dataclasses.replace(made, file=DeskFile.read(folder / made.name)) for made in enrolled]
    return Prepared(dataclasses.replace(template, database=name), tuple(found), mark, clock.now())


def _sync_all(district: SimulatedDistrict, desks: Sequence[SimulatedDesk], line: MakeLine) -> None:
    for desk in desks:
        session = Session(line(district, desk.device), desk.desk_store(NEVER), Unwatched(), BatchSize())
        run_session(desk.store, session, desk.device, desk.user, desk.clock)
