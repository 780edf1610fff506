"""A district and its desks as Hypothesis lives them: any act, any order, any value; at the end nothing may be lost."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import decimal
import itertools
import random
import string
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import sqlalchemy as sa
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    multiple,
    precondition,
    rule,
)
from tests.faults.prepared import Prepared, RunningDistrict
from tests.simulation import oracle
from tests.simulation.chance import Identifiers, stream
from tests.simulation.desks import DeskClock, DeskFile, SimulatedDesk, wire_values
from tests.simulation.districts import SimulatedDistrict
from tests.simulation.enrolled import open_desk
from tests.simulation.journal import Journal
from tests.simulation.people import People
from tests.simulation.values import plain_columns
from tests.support.faulty import Killed

from clinicdesk.core.clock import SettableClock
from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.core.identifiers import drawn_from
from clinicdesk.models.enums import ConflictKind, UserRole
from clinicdesk.models.registry import column_kind, policy_of, table_of
from clinicdesk.models.types import Exact
from clinicdesk.sync.body import content_digest, decode, encode
from clinicdesk.sync.engine import Session
from clinicdesk.sync.errors import RecoveryNeededError, UnreachableError
from clinicdesk.sync.outbox import BatchSize
from clinicdesk.sync.ports import Answer, M, Unwatched
from clinicdesk.sync.rare import NEVER
from clinicdesk.sync.resolve import Choice, Decision, choices_of, resolve
from clinicdesk.sync.runs import run_session

MOST_ROUNDS = 20
"""So many rounds of sessions bring any district to rest."""

TABLES = (
    "allergies",
    "chronic_conditions",
    "clinic_visits",
    "clinical_notes",
    "emergency_contacts",
    "growth_tracking",
    "incident_reports",
    "lab_results",
    "sealed_keys",
    "treatment_plans",
    "vital_signs",
)

_INSTANTS = (
    dt.datetime(2026, 3, 8, 6, 59, 59, 999999, dt.UTC),
    dt.datetime(2026, 3, 8, 7, 0, tzinfo=dt.UTC),
    dt.datetime(2026, 11, 1, 5, 30, 0, 1, dt.UTC),
    dt.datetime(2026, 11, 1, 6, 30, tzinfo=dt.UTC),
    dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
    dt.datetime(2100, 2, 28, 23, 59, 59, tzinfo=dt.UTC),
)
_TEXTS = ("", " ", "🤧🩹", "👩‍⚕️ Zoë", "Nguyễn  ", "e\u0301", "é", 'a "quote" \\ and \n', "عين", "0", "NULL", "1.0")
_FLOATS = st.floats(-1e15, 1e15, allow_nan=False, width=64)
"""Within the exact range: beyond it PostgreSQL's JSON writes a double as an integer, which has no canonical form."""
_PLAIN = st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), _FLOATS, st.sampled_from(_TEXTS))


def values_of(column: sa.Column[Any]) -> st.SearchStrategy[Any]:
    """Everything that a column of this kind can hold, the odd first."""
    kind = column_kind(column)
    made: st.SearchStrategy[Any]
    if kind == "enum":
        assert isinstance(column.type, sa.Enum)
        made = st.sampled_from(column.type.enums)
    elif kind == "text":
        longest = getattr(column.type, "length", None)
        made = st.one_of(
            st.sampled_from(_TEXTS),
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
            st.just("long " * 20_000),
        ).map(lambda text: text if longest is None else text[:longest])
    elif kind == "instant":
        made = st.one_of(
            st.sampled_from(_INSTANTS),
            st.integers(0, 4 * 10**15).map(lambda n: _INSTANTS[4] + dt.timedelta(microseconds=n)),
        )
    elif kind == "date":
        made = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))
    elif kind == "decimal":
        assert isinstance(column.type, Exact)
        scale = column.type.scale
        made = st.integers(0, 10 ** (scale + 2)).map(lambda n: decimal.Decimal(n).scaleb(-scale))
    elif kind == "int":
        made = st.integers(0, 200)
    elif kind == "bool":
        made = st.booleans()
    elif kind == "json":
        made = st.one_of(
            st.lists(_PLAIN, max_size=3),
            st.dictionaries(st.sampled_from(["a", "é", "", string.ascii_letters]), _PLAIN, max_size=3),
        )
    elif kind == "bytes":
        made = st.binary(max_size=40)
    else:
        made = st.uuids(version=4)
    return st.one_of(st.none(), made) if column.nullable else made


@dataclasses.dataclass
class Wire:
    """The line of one session: each request may arrive twice, and the nth answer may be lost."""

    district: SimulatedDistrict
    device: str
    loses: int | None = None
    doubles: bool = False

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        body, encoding = encode(request)
        answer, answer_encoding = self._arrive(path, body, encoding)
        if self.doubles:
            answer, answer_encoding = self._arrive(path, body, encoding)
        if self.loses is not None:
            self.loses -= 1
            if self.loses == 0:
                raise UnreachableError(reason="connection_lost")
        return Answer(decode(answer, answer_encoding, kind), len(body), len(answer), 0.01)

    def _arrive(self, path: str, body: bytes, encoding: str) -> tuple[bytes, str]:
        return self.district.answer(self.device, path, body, encoding, content_digest(body))


_SEEDS = st.integers(0, 2**32 - 1)
_DESKS = st.integers(0, 4)
_TABLES = st.sampled_from(TABLES)
_AMENDED = tuple(table for table in TABLES if policy_of(table).signed_when is not None)
_REPORTS = "incident_reports"
"""Of these every signed one can be amended."""

_PAIRS = st.integers(0, 11)


class DistrictMachine(RuleBasedStateMachine):
    """Two to five real encrypted files and the real server, whose database is real too; only the network is not."""

    uri: ClassVar[str]
    prepared: ClassVar[Prepared]
    done: ClassVar[Counter[str]] = Counter()
    """What all examples together did: a machine whose rules find nothing to do proves nothing."""

    decided: ClassVar[Counter[str]] = Counter()
    """Kinds of conflicts that were decided, and how."""

    conflicts = Bundle("conflicts")
    """Open ones, by key."""

    def __init__(self) -> None:
        super().__init__()
        self.open = contextlib.ExitStack()
        self.folder = Path(self.open.enter_context(tempfile.TemporaryDirectory(prefix="machine")))
        clock = SettableClock(self.prepared.now)
        identifiers = Identifiers(stream(0, "machine"), clock.now)
        self.open.enter_context(drawn_from(identifiers.key, identifiers.random))
        template = self.prepared.template
        self.district = RunningDistrict(self.uri, self.prepared, self.folder, clock, stream(0, "district"))
        self.open.callback(self._close_district)
        self.journal = Journal()
        town = template.town
        self.people = People(random.Random(0), self.journal, template.orders, (town.oak, town.elm), 0)
        self.people.favourites = frozenset(TABLES)
        self.desks: list[SimulatedDesk] = []
        self.copies: dict[str, DeskFile] = {made.name: made.file for made in self.prepared.desks}
        """A backup of each desk's database, as old as the example at first."""
        self.restored: set[str] = set()

    @initialize(number=st.integers(2, 5))
    def begin(self, number: int) -> None:
        """So many of the desks that were enrolled and have pulled their schools."""
        for made in self.prepared.desks[:number]:
            desk = open_desk(made, made.users[-1], self.folder / made.name, DeskClock(self.district.clock), seed=0)
            self.open.callback(desk.close)
            self.desks.append(desk)

    def _close_district(self) -> None:
        self.district.close()

    # --- What people do ---------------------------------------------------------------------------------------

    def _desk(self, number: int, seed: int = 0) -> SimulatedDesk:
        self.district.clock.advance(dt.timedelta(seconds=60, microseconds=137))
        self.people.chance.seed(seed)
        return self.desks[number % len(self.desks)]

    def _did(self, act: Callable[..., str | None], *arguments: Any) -> None:
        """An act, unless the desk's own rules refuse it: then nothing was written."""
        try:
            told = act(*arguments)
        except (ClinicDeskError, sa.exc.IntegrityError) as refusal:
            self.done[f"refused: {refusal if isinstance(refusal, ClinicDeskError) else 'constraint'}"] += 1
        else:
            self.done[told.split(" ")[0] if told else "nothing to do"] += 1

    @rule(number=_DESKS, table=_TABLES, seed=_SEEDS)
    def write_a_new_row(self, number: int, table: str, seed: int) -> None:
        self._did(self.people.insert, self._desk(number, seed), table)

    @rule(number=_DESKS, table=_TABLES, row=st.integers(0, 5), data=st.data())
    def edit_one_value(self, number: int, table: str, row: int, data: st.DataObject) -> None:
        desk = self._desk(number)
        keys = self.people._keys(desk, table)
        if keys:
            self._edit(desk, table, keys[row % len(keys)], self._column(table, data), data)

    @precondition(lambda self: self._pairs)
    @rule(target=conflicts, pair=_PAIRS, table=_TABLES, row=st.integers(0, 5), data=st.data())
    def disagree_about_a_value(self, pair: int, table: str, row: int, data: st.DataObject) -> Any:
        """Two desks write one field of one row, neither sees the other, and both tell the district."""
        with self._told(pair, table, row) as (first, second, shared, key, found):
            if key:
                column = self._column(shared, data)
                two = st.lists(values_of(column), min_size=2, max_size=2, unique_by=repr)
                values = data.draw(two, label="values")
                for desk, value in zip((first, second), values, strict=True):
                    self._write(desk, shared, key, column, value)
        return self._left_open(found, second, data)

    @precondition(lambda self: self._pairs)
    @rule(target=conflicts, pair=_PAIRS, table=_TABLES, row=st.integers(0, 5), data=st.data())
    def delete_what_another_edits(self, pair: int, table: str, row: int, data: st.DataObject) -> Any:
        """Whichever of the two is told first."""
        with self._told(pair, table, row) as (first, second, shared, key, found):
            if key:
                deleting, editing = data.draw(st.permutations([first, second]), label="deletes, edits")
                self._did(self.people._delete_row, deleting, shared, self._row(deleting, shared, key))
                self._edit(editing, shared, key, self._column(shared, data), data)
        return self._left_open(found, second, data)

    @precondition(lambda self: self._pairs)
    @rule(target=conflicts, pair=_PAIRS, table=st.sampled_from(_AMENDED), row=st.integers(0, 5), data=st.data())
    def amend_at_two_desks(self, pair: int, table: str, row: int, data: st.DataObject) -> Any:
        """A signed record is amended at each of two desks; a report where the one that was drawn cannot be."""
        first, second = self._pairs[pair % len(self._pairs)]
        if not self._shared(first, second, _REPORTS):
            self._did(self.people.insert, first, _REPORTS)
            self._sync_whole(first, second)
        with self._told(pair, table, row, _AMENDED) as (first, second, shared, key, found):
            if key and not self._amended(first, second, shared, key):
                for report in self._shared(first, second, _REPORTS)[:1]:
                    self._amended(first, second, _REPORTS, report)
        return self._left_open(found, second, data)

    def _amended(self, first: SimulatedDesk, second: SimulatedDesk, table: str, key: str) -> bool:
        """Whether both have: the rules of some records leave nothing that an amendment could say."""
        self._did(self.people._sign_row, first, table, self._row(first, table, key))
        self._sync_whole(first, second)
        before = self.done["amend"]
        for desk in (first, second):
            self._did(self.people._amend_row, desk, table, self._row(desk, table, key))
        return self.done["amend"] == before + 2

    def _shared(self, first: SimulatedDesk, second: SimulatedDesk, table: str) -> list[str]:
        """The live rows of a table that both desks have."""
        live = "deleted_at IS NULL" if "deleted_at" in table_of(table).c else "true"
        return sorted({*self.people._keys(first, table, live)} & {*self.people._keys(second, table, live)})

    def _left_open(self, found: Sequence[str], desk: SimulatedDesk, data: st.DataObject) -> Any:
        """Most conflicts are decided where they show first; the others later, anywhere, by a rule of their own."""
        left = []
        for conflict in found:
            how = data.draw(st.sampled_from([*Choice, None]), label="decides")
            if how is None:
                left.append(conflict)
            else:
                self._decide_at(desk, conflict, how, data)
        return multiple(*left)

    @property
    def _pairs(self) -> list[tuple[SimulatedDesk, SimulatedDesk]]:
        """Desks of nurses that have a school in common, each pair in both orders."""
        nurses = [desk for desk in self.desks if desk.role is UserRole.NURSE]
        return [both for both in itertools.permutations(nurses, 2) if {*both[0].schools} & {*both[1].schools}]

    @contextlib.contextmanager
    def _told(
        self, pair: int, table: str, row: int, among: tuple[str, ...] = TABLES
    ) -> Iterator[tuple[SimulatedDesk, SimulatedDesk, str, str | None, list[str]]]:
        """Two desks and a row that both have, of this table or the next that has one; after the block both sync.

        The list then has the conflicts that have come of it.
        """
        self.district.clock.advance(dt.timedelta(seconds=60, microseconds=137))
        first, second = self._pairs[pair % len(self._pairs)]
        start = among.index(table)
        found: list[str] = []
        for shared in (*among[start:], *among[:start]):
            both = self._shared(first, second, shared)
            if both:
                known = {conflict for desk in self.desks for conflict in self._open_conflicts(desk)}
                yield first, second, shared, both[row % len(both)], found
                self._sync_whole(first, second)
                found += [conflict for conflict in self._open_conflicts(second) if conflict not in known]
                return
        yield first, second, table, None, found

    def _row(self, desk: SimulatedDesk, table: str, key: str) -> dict[str, Any]:
        found = desk.row(table, key)
        assert found is not None
        return found

    def _sync_whole(self, *desks: SimulatedDesk) -> None:
        for desk in desks:
            self._sync(desk, Wire(self.district, desk.device))

    def _open_conflicts(self, desk: SimulatedDesk) -> list[str]:
        return self.people._keys(desk, "sync_conflicts", "status = 'PENDING' AND deleted_at IS NULL")

    def _column(self, table: str, data: st.DataObject) -> sa.Column[Any]:
        columns = [column for column in plain_columns(table) if column.name not in {"signed_at", "is_signed"}]
        return data.draw(st.sampled_from(columns), label="column")

    def _edit(self, desk: SimulatedDesk, table: str, key: str, column: sa.Column[Any], data: st.DataObject) -> None:
        self._write(desk, table, key, column, data.draw(values_of(column), label="value"))

    def _write(self, desk: SimulatedDesk, table: str, key: str, column: sa.Column[Any], value: object) -> None:
        self._did(self.people._change, desk, table, self._row(desk, table, key), {column.name: value}, "edit")

    @rule(number=_DESKS, table=_TABLES, data=st.data())
    def update_all_rows_by_plain_sql(self, number: int, table: str, data: st.DataObject) -> None:
        """As a repair script does: around the models, over every row of the table; capture sees it all the same."""
        texts = [c for c in plain_columns(table) if column_kind(c) == "text" and c.nullable]
        if texts:
            column = data.draw(st.sampled_from(texts), label="column")
            value = data.draw(values_of(column), label="value")
            self._did(self._plain_sql, self._desk(number), table, column.name, value)

    def _plain_sql(self, desk: SimulatedDesk, table: str, column: str, value: object) -> str | None:
        keys = [
            key
            for key in self.people._keys(desk, table)
            if (row := desk.row(table, key)) is not None and not row.get("signed_at") and not row.get("deleted_at")
        ]
        if not keys:
            return None
        with self.people._noted(desk) as (work, noted):
            for key in keys:
                before = desk.wire_row(table, key)
                assert before is not None
                noted.append((table, key, before))
            statement = f'UPDATE {table} SET "{column}" = ? WHERE id IN (SELECT value FROM json_each(?))'
            work.session.connection().exec_driver_sql(statement, (value, msgspec.json.encode(keys).decode()))
        return "plain"

    @rule(
        number=_DESKS,
        act=st.sampled_from(["delete", "delete", "restore", "sign", "dose", "dose", "enrol", "amend"]),
        seed=_SEEDS,
    )
    def do_something_else(self, number: int, act: str, seed: int) -> None:
        """Delete, bring back, sign, give a dose, register a student, correct what is final."""
        self._did(getattr(self.people, act), self._desk(number, seed))

    @rule(seed=_SEEDS)
    def transfer_a_student(self, seed: int) -> None:
        self._did(self.people.transfer, self._desk(self._office, seed))

    @rule(number=_DESKS, which=st.integers(0, 5), at_office=st.booleans())
    def delete_a_student(self, number: int, which: int, at_office: bool) -> None:
        """Entered twice, says somebody; whether the district takes it is its own affair, but it must say so."""
        desk = self._desk(self._office if at_office else number)
        keys = self.people._keys(desk, "students", "deleted_at IS NULL")
        if len(keys) > 1:
            found = desk.row("students", keys[which % len(keys)])
            assert found is not None
            gone = {"deleted_at": desk.clock.now(), "deleted_by": uuid.UUID(desk.user), "delete_reason": "twice"}
            self._did(self.people._change, desk, "students", found, gone, "delete_student")

    @rule(found=consumes(conflicts), number=_DESKS, how=st.sampled_from(list(Choice)), data=st.data())
    def decide_a_conflict(self, found: str, number: int, how: Choice, data: st.DataObject) -> None:
        """Mine, theirs, or typed anew, whatever the kind of conflict allows; at either desk, or at both."""
        number %= len(self.desks)
        for desk in [*self.desks[number:], *self.desks[:number]]:
            if found in self._open_conflicts(desk):
                self._decide_at(desk, found, how, data)
                return

    def _decide_at(self, desk: SimulatedDesk, found: str, how: Choice, data: st.DataObject) -> None:
        conflict = self._row(desk, "sync_conflicts", found)
        table = str(conflict["table_name"])
        possible = sorted(choices_of(ConflictKind(conflict["kind"]), table) - {Choice.ROWS})
        if not possible:
            return
        choice = how if how in possible else possible[0]
        values: dict[str, Any] = {**(conflict["server_version"] or {}), **(conflict["client_version"] or {})}
        if choice is Choice.MERGED:
            columns = [table_of(table).c[name] for name in conflict["fields"] if name in table_of(table).c]
            texts = [column for column in columns if column_kind(column) == "text"]
            values |= {column.name: data.draw(values_of(column), label=column.name) for column in texts}
        self._did(self._decide, desk, conflict, table, Decision(conflict["id"], choice, values, "looked at both"))

    def _decide(self, desk: SimulatedDesk, conflict: Mapping[str, Any], table: str, decision: Decision) -> str:
        key = str(conflict["entity_id"])
        before = desk.wire_row(table, key)
        with self.people._noted(desk) as (work, noted):
            noted.append(("sync_conflicts", str(conflict["id"]), wire_values("sync_conflicts", conflict)))
            if before is not None:
                noted.append((table, key, before))
            resolve(work, decision)
        decided = f"{ConflictKind(conflict['kind'])} {decision.choice}"
        self.decided[decided] += 1
        event(f"decided {decided}")
        return "decided"

    # --- Sync and what befalls it -----------------------------------------------------------------------------

    @rule(number=_DESKS, loses=st.one_of(st.none(), st.integers(1, 6)), doubles=st.booleans())
    def sync(self, number: int, loses: int | None, doubles: bool) -> None:
        """One session: whole, cut by a lost answer, or with everything asked twice."""
        self._sync(self._desk(number), Wire(self.district, self._desk(number).device, loses, doubles))

    @rule(number=_DESKS, statements=st.integers(0, 60))
    def crash_within_a_session(self, number: int, statements: int) -> None:
        desk = self._desk(number)
        desk.statements_to_live = statements
        try:
            self._sync(desk, Wire(self.district, desk.device))
        except Killed:
            self.done["crash"] += 1
        desk.crash()

    @rule(number=st.integers(0, 5))
    def restart(self, number: int) -> None:
        """A desk, or the district."""
        if number == 5:
            self.district.restart()
        else:
            self._desk(number).reopen()

    @rule(number=_DESKS)
    def keep_a_copy(self, number: int) -> None:
        """A newer backup of one desk's database."""
        desk = self._desk(number)
        desk.reopen()
        desk.close()
        self.copies[desk.name] = DeskFile.read(desk.folder)
        desk.reopen()

    @rule(number=_DESKS)
    def restore_a_copy(self, number: int) -> None:
        """The older database comes back, after what was typed since then had been sent: else nobody could know of it.

        The nonce is not part of the backup, so the district finds out, and a person confirms.
        """
        desk = self._desk(number)
        for _session in range(3):
            self._sync(desk, Wire(self.district, desk.device))
        desk.close()
        for file in sorted(desk.folder.glob("clinic.db*")):
            file.unlink()
        (desk.folder / "clinic.db").write_bytes(self.copies[desk.name].database)
        desk.reopen()
        self.restored.add(desk.name)
        self.done["restored"] += 1

    def _sync(self, desk: SimulatedDesk, line: Wire) -> bool:
        """One session; whether anything moved."""
        session = Session(line, desk.desk_store(NEVER), Unwatched(), BatchSize())
        try:
            run_session(desk.store, session, desk.device, desk.user, desk.clock, desk.incarnation)
        except UnreachableError:
            return True
        except RecoveryNeededError:
            desk.confirm_recovery(self.prepared.template.town.dora)
            self.done["recovery confirmed"] += 1
            return True
        self.done["synced"] += 1
        desk.confirmed_by = None
        totals = session.totals
        moved = totals.pushed + totals.pulled + totals.removed + totals.repaired + totals.mismatches
        return bool(moved) or session.equal is not True

    @property
    def _office(self) -> int:
        """The administrator's desk, which is always there."""
        return next(n for n, desk in enumerate(self.desks) if desk.role is UserRole.DISTRICT_ADMIN)

    # --- Rest -------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """All desks sync until nothing moves; then everything must hold."""
        with self.open:
            if self.desks:
                self.come_to_rest()

    def come_to_rest(self) -> None:
        for _round in range(MOST_ROUNDS):
            moved = [desk.name for desk in self.desks if self._sync(desk, Wire(self.district, desk.device))]
            if not moved:
                break
        else:
            raise AssertionError(f"no rest after {MOST_ROUNDS} rounds: {moved} still moves")
        self.done["rest"] += 1
        self.done["typed values"] += len(self.journal.entries)
        for kind, count in self.district.town.query("SELECT kind, count(*) FROM sync_conflicts GROUP BY 1"):
            self.done[f"conflict {kind}"] += count
        for reason, count in self.district.town.query("SELECT reason, count(*) FROM sync_inbox GROUP BY 1"):
            self.done[f"inbox {reason}"] += count
        try:
            oracle.check(self.district, self.desks, self.journal)
        except oracle.BrokenInvariantError as broken:
            # What was held or refused before a desk was set back stands at the district alone.
            gone = tuple(f"not shown where it was written: {name} wrote" for name in self.restored)
            if any(not line.startswith(gone) for line in str(broken).splitlines()) or not gone:
                raise
