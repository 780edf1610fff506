"""Desks that joined the district before any seed began: enrolled, and their schools pulled. Made once a process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.simulation.chance import stream
from tests.simulation.desks import DeskClock, DeskFile, SimulatedDesk
from tests.support.databases import _desk_template as desk_template
from tests.support.district import Town
from tests.support.workstation import DirectLine

from clinicdesk.models.enums import UserRole
from clinicdesk.sync.engine import Session
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Unwatched
from clinicdesk.sync.rare import NEVER
from clinicdesk.sync.runs import run_session


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A desk as a seed finds it: who works there, and what is on its disk."""

    name: str
    users: tuple[str, ...]
    role: UserRole
    schools: tuple[str, ...]
    everything: bool
    device: str
    file: DeskFile


def enrol_desks(town: Town, people: dict[str, str], folder: Path) -> tuple[Enrolled, ...]:
    """One desk of each kind; with several users a seed chooses who sits at it."""
    kinds = [
        ("oak", (town.ann,), UserRole.NURSE, (town.oak,), False),
        ("office", (town.dora,), UserRole.DISTRICT_ADMIN, (), True),
        ("oak2", (town.ann, people["cora"]), UserRole.NURSE, (town.oak,), False),
        ("elm", (town.ben,), UserRole.NURSE, (town.elm,), False),
        ("both", (people["hugo"],), UserRole.NURSE, (town.oak, town.elm), False),
        ("counsel", (people["carl"],), UserRole.COUNSELOR, (town.oak,), False),
    ]
    made = []
    for name, users, role, schools, everything in kinds:
        peer = town.desk(users[0], *schools, everything=everything)
        new = Enrolled(name, users, role, schools, everything, peer.device, DeskFile(desk_template()))
        desk = open_desk(new, users[0], folder / name, DeskClock(town.clock), seed=0)
        session = Session(DirectLine(peer), desk.desk_store(NEVER), Unwatched(), BatchSize(), NEVER)
        run_session(desk.store, session, desk.device, desk.user, desk.clock, desk.incarnation)
        desk.close()
        made.append(Enrolled(name, users, role, schools, everything, peer.device, DeskFile.read(desk.folder)))
    return tuple(made)


def open_desk(enrolled: Enrolled, user: str, folder: Path, clock: DeskClock, *, seed: int) -> SimulatedDesk:
    """The desk at the beginning of a seed."""
    return SimulatedDesk(
        enrolled.name,
        folder,
        enrolled.device,
        user,
        enrolled.role,
        enrolled.schools,
        enrolled.everything,
        clock,
        stream(seed, f"desk {enrolled.name}"),
        enrolled.file,
    )
