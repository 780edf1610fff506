"""One seed: a few desks and the district on a virtual clock, and a scheduler that leaves nothing to itself."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation import oracle
from tests.simulation.chance import Identifiers, RareBranches, stream
from tests.simulation.desks import DeskClock, SimulatedDesk
from tests.simulation.districts import ServerDied, SimulatedDistrict, Template
from tests.simulation.enrolled import open_desk
from tests.simulation.journal import Journal
from tests.simulation.line import Ether, Reply, Request, RunningSession
from tests.simulation.oracle import BrokenInvariantError
from tests.simulation.people import OPERATIONS, People
from tests.support.district import NOW
from tests.support.faulty import Killed

from clinicdesk.core.clock import SettableClock
from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.core.identifiers import drawn_from
from clinicdesk.storage.errors import DiskFullError
from clinicdesk.sync.body import BadBodyError
from clinicdesk.sync.engine import Session
from clinicdesk.sync.errors import (
    BusyError,
    EpochEndedError,
    RecoveryNeededError,
    RefusedError,
    TooSlowError,
    UnreachableError,
)
from clinicdesk.sync.local_store import Totals
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Unwatched
from clinicdesk.sync.rare import Rare
from clinicdesk.sync.runs import run_session

MOST_ROUNDS = 20
"""After so many rounds of sessions a district must have come to rest."""

FAULTS = {
    "twice": 3,
    "twice_late": 3,
    "never_arrives": 2,
    "arrives_late": 3,
    "answer_lost": 5,
    "answer_cut": 2,
    "request_cut": 1,
    "too_slow": 2,
    "server_dies_before": 2,
    "server_dies_after": 2,
    "desk_dies_before": 2,
    "desk_dies_after": 2,
    "desk_dies_within": 4,
    "disk_full": 2,
}
"""What can happen to a request, each with how often."""

WORLD = {"restart": 1, "clock": 1, "crash": 2, "backup": 2, "restore": 2, "reopen": 1}
"""What can happen besides."""

EVERYTHING = frozenset(
    {
        *(f"fault {kind}" for kind in FAULTS),
        *(f"world {event}" for event in WORLD),
        *(f"rare {branch.name}" for branch in Rare),
        *(f"op {name}" for name in OPERATIONS),
    }
)
"""What enough seeds must have thrown at least once."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how rough one seed is."""

    quiet_points: int = 2
    steps: int = 30
    faults: float = 0.35
    rare: bool = True


@dataclass
class Outcome:
    """What a seed did, for the report of a long run."""

    seed: int
    trace: str
    seconds: float
    events: dict[str, int]
    written: set[str]
    refused: dict[str, int]


@dataclass
class Simulation:
    """A district in the middle of its life. `run` lives it to the end."""

    seed: int
    uri: str
    template: Template
    folder: Path
    plan: Plan = field(default_factory=Plan)
    make_district: Callable[..., SimulatedDistrict] = SimulatedDistrict
    trace: list[str] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)
    journal: Journal = field(default_factory=Journal)
    ether: Ether = field(default_factory=Ether)
    sessions: dict[str, RunningSession] = field(default_factory=dict)
    desks: list[SimulatedDesk] = field(default_factory=list)
    calm: bool = False

    def run(self) -> Outcome:
        began = time.perf_counter()
        with self.opened():
            for _point in range(self.plan.quiet_points):
                for _step in range(self.plan.steps):
                    self.step()
                self.come_to_rest()
        digest = hashlib.blake2b("\n".join(self.trace).encode(), digest_size=16).hexdigest()
        self.events.update({f"op {name}": count for name, count in self.people.done.items()})
        seconds, people = time.perf_counter() - began, self.people
        return Outcome(self.seed, digest, seconds, dict(self.events), people.written, people.refused)

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        """The district and its desks, with every identifier from the seed."""
        self.chance = stream(self.seed, "schedule")
        self.rare = RareBranches(stream(self.seed, "rare"))
        self.rare.quiet = not self.plan.rare
        self.folder.mkdir(parents=True, exist_ok=True)
        clock = SettableClock(NOW)
        identifiers = Identifiers(stream(self.seed, "identifiers"), clock.now)
        with drawn_from(identifiers.key, identifiers.random):
            chance = stream(self.seed, "district")
            self.district = self.make_district(self.uri, self.template, self.folder, clock, chance, self.rare)
            try:
                self._people_and_desks()
                yield
            finally:
                for running in self.sessions.values():
                    if not running.over:
                        running.fail(Killed())
                for desk in self.desks:
                    desk.close()
                self.district.close()
                shutil.rmtree(self.folder, ignore_errors=True)

    def _people_and_desks(self) -> None:
        town = self.template.town
        self.people = People(
            stream(self.seed, "people"), self.journal, self.template.orders, (town.oak, town.elm), self.seed
        )
        kinds = self.template.desks
        chosen = [kinds[0], *self.chance.sample(kinds[1:], self.chance.choice([1, 2, 2, 3]))]
        for enrolled in chosen:
            user = self.chance.choice(enrolled.users)
            clock = DeskClock(self.district.clock)
            self.desks.append(open_desk(enrolled, user, self.folder / enrolled.name, clock, seed=self.seed))
        for desk in self.desks:
            for _act in range(4):
                self.note("begun", self.people.act(desk))
            self._sync_calmly(desk)

    # --- Scheduling -------------------------------------------------------------------------------------------

    def note(self, event: str, detail: str = "") -> None:
        self.events[event] += 1
        self.trace.append(f"{len(self.trace)} {event} {detail}".rstrip())

    def step(self) -> None:
        """The next thing that happens anywhere."""
        chance = self.chance
        self.district.clock.advance(dt.timedelta(seconds=chance.choice([1, 7, 60, 900]), microseconds=137))
        draw = chance.random()
        if draw < 0.15:
            for met in self.people.meet(self.desks):
                self.note("met", met)
        elif draw < 0.45:
            desk = chance.choice(self.desks)
            for _act in range(chance.choice([1, 1, 2, 4])):
                self.note("act", f"{desk.name}: {self.people.act(desk)}")
        elif draw < 0.92:
            for _move in range(chance.choice([1, 3, 6])):
                self.move_a_session()
        elif draw < 0.935:
            self.late_arrival()
        elif draw < 0.95:
            self.quarrel()
        else:
            self.world_event()

    def quarrel(self) -> None:
        """Two desks work on one row and tell the district at once; somebody decides what comes of it."""
        idle = [desk for desk in self.desks if desk.name not in self.sessions]
        if len(idle) > 1:
            for met in self.people.meet(idle):
                self.note("met", met)
            for desk in idle:
                self._sync_calmly(desk)
            for desk in idle:
                self.note("act", f"{desk.name}: {self.people.decide_one(desk)}")

    def move_a_session(self) -> None:
        """Start a session, or bring one that waits to its next request; desks stop and go on in any order."""
        desk = self.chance.choice(self.desks)
        running = self.sessions.get(desk.name)
        if running is None:
            self.start_session(desk)
        elif not self.calm and self.chance.random() < self.plan.faults:
            self.fault(desk, running)
        else:
            self.deliver(running)

    def start_session(self, desk: SimulatedDesk) -> None:
        size = BatchSize() if self.calm else BatchSize(rows=self.chance.choice([1, 3, 1000]))

        def work(line: RunningSession) -> object:
            session = Session(line, desk.desk_store(self.rare), Unwatched(), size, self.rare)
            run_session(desk.store, session, desk.device, desk.user, desk.clock, desk.incarnation)
            return session

        self.note("session", desk.name)
        if not self.calm and self.chance.random() < 0.2:
            desk.keep_image()
        self.sessions[desk.name] = RunningSession(desk.name, desk.device, work)
        self._settle(self.sessions[desk.name])

    def deliver(self, running: RunningSession) -> None:
        """The request arrives once, and so does its answer."""
        try:
            reply = self.arrive(running.waiting)
        except ClinicDeskError as error:
            self._fail(running, error)
        else:
            self._resume(running, reply)

    def arrive(self, request: Request | None, *, dies: bool = False) -> Reply:
        """The district takes the request."""
        assert request is not None
        answer = self.district.answer(
            request.device, request.path, request.body, request.encoding, request.digest, dies=dies
        )
        self.note("request", f"{request.desk} {request.path} {_short(request.body)} {_short(answer[0])}")
        return answer

    def _resume(self, running: RunningSession, reply: Reply) -> None:
        running.resume(reply)
        self._settle(running)

    def _fail(self, running: RunningSession, error: BaseException) -> None:
        word = error.code if isinstance(error, ClinicDeskError) else type(error).__name__
        self.note("failed", f"{running.desk} {word}")
        running.fail(error)
        self._settle(running)

    def _settle(self, running: RunningSession) -> None:
        """Where the session has ended, take note how, and do what a person would do about it."""
        if not running.over:
            return
        del self.sessions[running.desk]
        desk = next(desk for desk in self.desks if desk.name == running.desk)
        error = running.error
        if error is None:
            totals = self._totals(running)
            self.note("synced", f"{desk.name} {totals}")
            desk.confirmed_by = None
            return
        self.note("ended", f"{desk.name} {error.code if isinstance(error, ClinicDeskError) else type(error).__name__}")
        if isinstance(error, Killed):
            desk.crash(power=self.chance.random() < 0.5)
        elif isinstance(error, DiskFullError):
            desk.disk_full = False
            desk.reopen()
        elif isinstance(error, RecoveryNeededError):
            desk.confirm_recovery(self.template.town.dora)
        elif not isinstance(error, (UnreachableError, BusyError, BadBodyError, RefusedError, EpochEndedError)):
            raise BrokenInvariantError(f"{desk.name}: a session ended by {error!r}") from error

    def _totals(self, running: RunningSession) -> Totals:
        session = running.result
        assert isinstance(session, Session)
        return session.totals

    # --- Faults -----------------------------------------------------------------------------------------------

    def fault(self, desk: SimulatedDesk, running: RunningSession) -> None:
        kind = self.chance.choices(list(FAULTS), list(FAULTS.values()))[0]
        fate: Callable[[SimulatedDesk, RunningSession], None] = getattr(self, f"_{kind}")
        self.note(f"fault {kind}", desk.name)
        fate(desk, running)

    def _twice(self, _desk: SimulatedDesk, running: RunningSession) -> None:
        with contextlib.suppress(ClinicDeskError):
            self.arrive(running.waiting)
        self.deliver(running)

    def _twice_late(self, _desk: SimulatedDesk, running: RunningSession) -> None:
        assert running.waiting is not None
        self.ether.late.append(running.waiting)
        self.deliver(running)

    def _never_arrives(self, _desk: SimulatedDesk, running: RunningSession) -> None:
        self._fail(running, UnreachableError(reason="no_connection"))

    def _arrives_late(self, _desk: SimulatedDesk, running: RunningSession) -> None:
        assert running.waiting is not None
        self.ether.late.append(running.waiting)
        self._fail(running, UnreachableError(reason="connection_lost"))

    def _answer_lost(self, _desk: SimulatedDesk, running: RunningSession) -> None:
        with contextlib.suppress(ClinicDeskError):
            self.arrive(running.waiting)
        if self.chance.random() < 0.5:
            # The transport itself asks again.
            self.deliver(running)
        else:
            self._fail(running, UnreachableError(reason="connection_lost"))

    def _answer_cut(self, _desk: SimulatedDesk, running: RunningSession) -> None:
        with contextlib.suppress(ClinicDeskError):
            self.arrive(running.waiting)
        self._fail(running, BadBodyError("cut"))

    def _request_cut(self, _desk: SimulatedDesk, running: RunningSession) -> None:
        request = running.waiting
        assert request is not None
        cut = request.body[: len(request.body) // 2]
        try:
            self.district.answer(request.device, request.path, cut, request.encoding, request.digest)
        except BadBodyError:
            self._fail(running, UnreachableError(reason="connection_lost"))
        else:
            raise BrokenInvariantError("half a request was taken")

    def _too_slow(self, _desk: SimulatedDesk, running: RunningSession) -> None:
        with contextlib.suppress(ClinicDeskError):
            self.arrive(running.waiting)
        self._fail(running, TooSlowError())

    def _server_dies_before(self, _desk: SimulatedDesk, running: RunningSession) -> None:
        try:
            self.arrive(running.waiting, dies=True)
        except ServerDied:
            self.district.restart()
        except ClinicDeskError as error:
            self._fail(running, error)
            return
        self._fail(running, UnreachableError(reason="connection_lost"))

    def _server_dies_after(self, _desk: SimulatedDesk, running: RunningSession) -> None:
        with contextlib.suppress(ClinicDeskError):
            self.arrive(running.waiting)
        self.district.restart()
        self._fail(running, UnreachableError(reason="connection_lost"))

    def _desk_dies_before(self, _desk: SimulatedDesk, running: RunningSession) -> None:
        self._fail(running, Killed())

    def _desk_dies_after(self, _desk: SimulatedDesk, running: RunningSession) -> None:
        with contextlib.suppress(ClinicDeskError):
            self.arrive(running.waiting)
        self._fail(running, Killed())

    def _desk_dies_within(self, desk: SimulatedDesk, running: RunningSession) -> None:
        desk.statements_to_live = self.chance.choice([0, 1, 2, 3, 5, 8, 13, 21, 34])
        self.deliver(running)
        desk.statements_to_live = None

    def _disk_full(self, desk: SimulatedDesk, running: RunningSession) -> None:
        desk.disk_full = True
        self.deliver(running)
        desk.disk_full = False

    # --- The world --------------------------------------------------------------------------------------------

    def late_arrival(self) -> None:
        request = self.ether.take(self.chance)
        if request is not None:
            with contextlib.suppress(ClinicDeskError):
                self.arrive(request)
                self.note("late", request.path)

    def world_event(self) -> None:
        event = self.chance.choices(list(WORLD), list(WORLD.values()))[0]
        desk = self.chance.choice(self.desks)
        if event == "restart":
            self.district.restart()
        elif event == "clock":
            desk.clock.wrong_by = dt.timedelta(days=self.chance.choice([0, 0, -3652, 3652, 1, -1]))
        elif event == "crash" and desk.name not in self.sessions:
            desk.crash()
        elif event == "reopen" and desk.name not in self.sessions:
            desk.reopen()
        elif event == "backup" and not self.district.has_backup:
            self.district.back_up()
        elif event == "restore" and self.district.has_backup:
            self.district.restore()
        else:
            return
        self.note(f"world {event}", desk.name)

    # --- Rest -------------------------------------------------------------------------------------------------

    def come_to_rest(self) -> None:
        """No more faults: everything in flight ends, every desk syncs until nothing moves; then all must hold."""
        self.note("resting")
        self.calm = True
        self.rare.quiet = True
        while self.ether.late:
            self.late_arrival()
        for running in list(self.sessions.values()):
            while not running.over:
                self.deliver(running)
        order = list(self.desks)
        for rounds in range(MOST_ROUNDS):
            self.chance.shuffle(order)
            moved = [desk.name for desk in order if self._sync_calmly(desk)]
            if not moved and rounds > 0:
                break
        else:
            raise BrokenInvariantError(f"no rest after {MOST_ROUNDS} rounds: {moved} still moves")
        self.note("rest", f"after {rounds + 1} rounds")
        self._count_outcomes()
        oracle.check(self.district, self.desks, self.journal)
        self.calm = False
        self.rare.quiet = not self.plan.rare

    def _count_outcomes(self) -> None:
        """What the life so far has led to, for the report of a long run."""
        query = self.district.town.query
        for kind, status, count in query("SELECT kind, status, count(*) FROM sync_conflicts GROUP BY 1, 2"):
            self.events[f"conflict {kind} {status}"] = max(self.events[f"conflict {kind} {status}"], count)
        for state, reason, count in query("SELECT state, reason, count(*) FROM sync_inbox GROUP BY 1, 2"):
            self.events[f"inbox {state} {reason}"] = max(self.events[f"inbox {state} {reason}"], count)
        self.events.update({f"rare {branch.name}": count for branch, count in self.rare.taken.items()})
        self.rare.taken.clear()

    def _sync_calmly(self, desk: SimulatedDesk) -> bool:
        """One session without faults; whether anything moved."""
        calm, quiet, self.calm, self.rare.quiet = self.calm, self.rare.quiet, True, True
        self.start_session(desk)
        running = self.sessions.get(desk.name)
        while running is not None and not running.over:
            self.deliver(running)
        self.calm, self.rare.quiet = calm, quiet
        if running is None or running.error is not None:
            return True
        session = running.result
        assert isinstance(session, Session)
        totals = session.totals
        moved = totals.pushed + totals.pulled + totals.removed + totals.repaired + totals.mismatches
        return bool(moved) or session.equal is not True


def run_seed(
    seed: int,
    uri: str,
    template: Template,
    folder: Path,
    plan: Plan | None = None,
    make_district: Callable[..., SimulatedDistrict] = SimulatedDistrict,
) -> Outcome:
    """Live one seed.

    Raises:
        BrokenInvariantError: what must never be; the seed repeats it.
    """
    simulation = Simulation(seed, uri, template, folder, plan or Plan(), make_district)
    try:
        return simulation.run()
    except Exception as error:
        error.add_note(f"seed {seed}; the end of its trace:\n" + "\n".join(simulation.trace[-25:]))
        raise


def _short(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=4).hexdigest()
