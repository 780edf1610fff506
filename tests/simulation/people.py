"""What people do at their desks, at random, over every table of the real model set."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa
from tests.simulation.desks import SimulatedDesk, wire_values
from tests.simulation.journal import Journal
from tests.simulation.values import NOW, Values, new_row, plain_columns, rules_of, settled

from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.permissions import Authority
from clinicdesk.models.enums import ConflictKind, UserRole
from clinicdesk.models.policy import Anchor, SyncClass
from clinicdesk.models.registry import column_kind, merge_groups, policy_of, table_of, wire_columns
from clinicdesk.server.synced_tables import synced_tables
from clinicdesk.storage.store import Work
from clinicdesk.sync.resolve import Choice, Decision, choices_of, resolve

_USUAL = {
    UserRole.NURSE: {Authority.CLINIC, Authority.SCHOOL, Authority.DEVICE, Authority.OWN},
    UserRole.COUNSELOR: {Authority.MENTAL_HEALTH, Authority.DEVICE, Authority.OWN},
    UserRole.DISTRICT_ADMIN: {Authority.DISTRICT, Authority.DEVICE, Authority.OWN},
}
_LEAVE_ALONE = {
    "users": {"role", "is_active", "email"},
    "students": {"number_status"},
    "student_medications": {"root_id", "version"},
}
"""Who may write at all, and what a version of an order is, change by acts of their own."""

_NEVER_DELETED = frozenset({"users", "districts", "schools", "students"})
_EDITED = frozenset({SyncClass.TWO_WAY, SyncClass.SEALED, SyncClass.DISTRICT})
_MADE_BY_SYNC = frozenset({"audit_logs", "sync_sessions", "sync_conflicts"})
FAVOURITES = 12
OPERATIONS = (
    "insert", "edit", "delete", "restore", "amend", "sign", "dose", "enrol", "transfer", "decide",
)  # fmt: skip
"""What people do; the first word of what an act tells."""

_SUCCEEDING = ("supersedes_id", "amends_id", "previous_version_id", "merged_into_id")
_SLOTS = ("2026-03-02T12:00", "2026-03-03T12:00")


@dataclass
class People:
    """Acts of the people of all desks. Each act is one transaction; what a rule of the desk refuses leaves nothing."""

    chance: random.Random
    journal: Journal
    orders: Sequence[tuple[str, str, str]]
    schools: Sequence[str]
    turn: int
    values: Values = field(init=False)
    favourites: frozenset[str] = field(init=False)
    written: set[str] = field(default_factory=set)
    refused: dict[str, int] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.values = Values(self.chance)
        # Most acts of one seed are about few tables, so that desks meet in the same rows; the seeds share out the rest.
        named = sorted(synced_tables().keys() - _MADE_BY_SYNC)
        turns = [named[(self.turn * FAVOURITES + step) % len(named)] for step in range(FAVOURITES)]
        self.favourites = frozenset(turns) | {"allergies", "clinic_visits"}

    def meet(self, desks: Sequence[SimulatedDesk]) -> list[str]:
        """Two desks work on one row, neither seeing the other: what every conflict begins with (s25-s27, s34-s36)."""
        first = self.chance.choice(desks)
        tables = [name for name in sorted(self.favourites) if policy_of(name).kind in _EDITED]
        self.chance.shuffle(tables)
        for table in tables:
            found = self._keys(first, table)
            others = [desk for desk in desks if desk is not first]
            key = self.chance.choice(found) if found else None
            second = next((desk for desk in others if key and desk.row(table, key) is not None), None)
            if key is None or second is None:
                continue
            columns = self.chance.random() < 0.6 and self._some_columns(table)
            return [self._tried(self._work_on, desk, table, key, columns or None) for desk in (first, second)]
        return []

    def _work_on(
        self, desk: SimulatedDesk, table: str, key: str, columns: Sequence[sa.Column[Any]] | None
    ) -> str | None:
        """Edit these fields of the row, or do whatever else can be done to it."""
        row = desk.row(table, key)
        assert row is not None
        if columns:
            return self._change(desk, table, row, {column.name: self.values.of(column) for column in columns}, "edit")
        acts = self.chance.choices([self._edit_row, self._delete_row, self._sign_row, self._restore_row], [5, 3, 1, 1])
        return acts[0](desk, table, row)

    def act(self, desk: SimulatedDesk) -> str:
        """One act of the desk's person; what it was, for the trace."""
        acts: list[tuple[Callable[[SimulatedDesk], str | None], int]] = [
            (self.insert, 8),
            (self.edit, 9),
            (self.delete, 2),
            (self.restore, 2),
            (self.amend, 3),
            (self.sign, 2),
            (self.dose, 2),
            (self.enrol, 1),
            (self.transfer, 2),
            (self.decide, 4),
        ]
        chosen = self.chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]
        return self._tried(chosen, desk) or self._tried(self.insert, desk) or f"{chosen.__name__}: nothing to do"

    def decide_one(self, desk: SimulatedDesk) -> str:
        """What became of it, for the trace."""
        return self._tried(self.decide, desk)

    def _tried(self, act: Callable[..., str | None], *arguments: Any) -> str:
        """What the act did; what the desk's own rules refuse leaves nothing behind."""
        try:
            told = act(*arguments) or ""
            if told:
                self.done[told.split(" ", 1)[0]] += 1
            return told
        except (ClinicDeskError, sa.exc.IntegrityError) as refusal:
            word = refusal.code if isinstance(refusal, ClinicDeskError) else "constraint"
            self.refused[word] = self.refused.get(word, 0) + 1
            return f"{act.__name__}: {word}"

    # --- New rows ---------------------------------------------------------------------------------------------

    def insert(self, desk: SimulatedDesk, table: str | None = None) -> str | None:
        table = table or self._table(desk)
        with self._noted(desk) as (work, noted):
            made = _Maker(self, desk, work, noted).make(table)
        return None if made is None else f"insert {table} {made}"

    def enrol(self, desk: SimulatedDesk) -> str | None:
        """A new student, provisionally enrolled at the desk's school (D10); numbers are few, so two desks clash."""
        if desk.role is not UserRole.NURSE:
            return None
        school = self.chance.choice(desk.schools)
        with self._noted(desk) as (work, noted):
            maker = _Maker(self, desk, work, noted)
            number = self.chance.choice([None, f"N-{self.chance.randint(1, 3)}"])
            given = {
                "student_number": number,
                "number_status": "PROVISIONAL" if number is None else "CONFIRMED",
                "school_id": uuid.UUID(school),
                "merged_into_id": None,
                "medical_record_num": None,
                "sourced_id": None,
            }
            student = maker.make("students", given)
            if student is None:
                return None
            maker.make(
                "student_enrollments",
                {
                    "student_id": student,
                    "school_id": uuid.UUID(school),
                    "status": "PROVISIONAL",
                    "starts_on": NOW.date(),
                    "ends_on": None,
                },
            )
        return f"enrol {student}"

    def dose(self, desk: SimulatedDesk) -> str | None:
        """A dose of one of few slots: two desks record the same one (s37)."""
        student, medicine, order = self.chance.choice(self.orders)
        if desk.row("student_medications", order) is None or desk.role is UserRole.DISTRICT_ADMIN:
            return None
        slot = self.chance.choice(_SLOTS)
        given: dict[str, object] = {
            "student_id": uuid.UUID(student),
            "medication_id": uuid.UUID(medicine),
            "student_medication_id": uuid.UUID(order),
            "order_root_id": uuid.UUID(order),
            "order_version": 1,
            "slot_key": slot,
            "scheduled_for": NOW,
            "outcome": "GIVEN",
            "was_given": True,
            "entry_kind": "ORIGINAL",
            "revision": 1,
            "supersedes_id": None,
            "device_id": uuid.UUID(desk.device),
            "administered_at": NOW,
            "recorded_at": NOW,
        }
        with self._noted(desk) as (work, noted):
            made = _Maker(self, desk, work, noted).make("medication_logs", given)
        return None if made is None else f"dose {slot} {made}"

    def amend(self, desk: SimulatedDesk) -> str | None:
        """A correction of an append-only row, or the amendment of a signed one (D1, D2)."""
        table = self._table(desk, {SyncClass.APPEND_ONLY, SyncClass.SEALED})
        signed = policy_of(table).signed_when
        row = self._any_row(desk, table, "true" if signed is None else f"{signed} IS NOT NULL")
        return None if row is None else self._amend_row(desk, table, row)

    def _amend_row(self, desk: SimulatedDesk, table: str, row: Mapping[str, Any]) -> str | None:
        succession = next((name for name in ("supersedes_id", "amends_id") if name in table_of(table).c), None)
        signed = policy_of(table).signed_when
        if succession is None or (signed is not None and row[signed] is None):
            return None
        given: dict[str, object] = {name: row[name] for name in wire_columns(table)}
        given |= {succession: row["id"], "device_id": uuid.UUID(desk.device)} if "device_id" in row else {}
        given[succession] = row["id"]
        if "revision" in row:
            given |= {"revision": row["revision"] + 1, "entry_kind": "CORRECTION"}
        if signed is not None:
            given[signed] = None
        changing = [column for column in plain_columns(table) if column.nullable and column_kind(column) == "text"]
        for column in changing[:1]:
            given[column.name] = self.values.of(column)
        made = settled(table, _as_words(given), rules_of(table), {succession})
        if made is None:
            return None
        key = new_id()
        with self._noted(desk) as (work, noted):
            work.session.execute(sa.insert(table_of(table)).values(id=key, **made))
            noted.append((table, str(key), None))
        return f"amend {table} {key}"

    # --- Changes ----------------------------------------------------------------------------------------------

    def edit(self, desk: SimulatedDesk) -> str | None:
        """One field, several, or a whole merge group of one row."""
        return self._on_some_row(desk, _EDITED, self._edit_row)

    def sign(self, desk: SimulatedDesk) -> str | None:
        return self._on_some_row(desk, {SyncClass.SEALED}, self._sign_row)

    def delete(self, desk: SimulatedDesk) -> str | None:
        return self._on_some_row(desk, _EDITED, self._delete_row)

    def restore(self, desk: SimulatedDesk) -> str | None:
        """Whatever is deleted comes back, if anything is (s25)."""
        tables = [name for name in sorted(self.favourites) if _can_be_deleted(name)]
        self.chance.shuffle(tables)
        for table in tables:
            found = self._keys(desk, table, "deleted_at IS NOT NULL")
            if found:
                row = desk.row(table, self.chance.choice(found))
                assert row is not None
                return self._restore_row(desk, table, row)
        return None

    def _on_some_row(
        self,
        desk: SimulatedDesk,
        kinds: Collection[SyncClass],
        act: Callable[[SimulatedDesk, str, Mapping[str, Any]], str | None],
    ) -> str | None:
        table = self._table(desk, kinds)
        row = self._any_row(desk, table)
        return None if row is None else act(desk, table, row)

    def _edit_row(self, desk: SimulatedDesk, table: str, row: Mapping[str, Any]) -> str | None:
        signed = policy_of(table).signed_when
        columns = self._some_columns(table)
        if signed is not None and row[signed] is not None:
            columns = [column for column in columns if column.name in policy_of(table).after_sign]
        if not columns or row.get("deleted_at") is not None:
            return None
        changed: dict[str, object] = {}
        for column in columns:
            clears = column.nullable and self.chance.random() < 0.15
            changed[column.name] = None if clears else self.values.of(column)
        return self._change(desk, table, row, changed, "edit")

    def _some_columns(self, table: str) -> list[sa.Column[Any]]:
        """One field, a few, or a merge group."""
        left_alone = _LEAVE_ALONE.get(table, set()) | {policy_of(table).signed_when}
        columns = [column for column in plain_columns(table) if column.name not in left_alone]
        chosen = self.chance.sample(columns, min(len(columns), self.chance.choice([1, 1, 1, 2, 3])))
        groups = sorted(merge_groups(table))
        if groups and self.chance.random() < 0.4:
            group = merge_groups(table)[self.chance.choice(groups)]
            chosen = [column for column in columns if column.name in group] or chosen
        return chosen

    def _sign_row(self, desk: SimulatedDesk, table: str, row: Mapping[str, Any]) -> str | None:
        signed = policy_of(table).signed_when
        if signed is None or row[signed] is not None or row.get("deleted_at") is not None:
            return None
        changed: dict[str, object] = {signed: desk.clock.now()}
        for name in ("signed_by", "activated_by"):
            if name in row:
                changed[name] = uuid.UUID(desk.user)
        return self._change(desk, table, row, changed, "sign")

    def _delete_row(self, desk: SimulatedDesk, table: str, row: Mapping[str, Any]) -> str | None:
        signed = policy_of(table).signed_when
        if table in _NEVER_DELETED or "deleted_at" not in row or row["deleted_at"] is not None:
            return None
        if signed is not None and row[signed] is not None:
            return None
        reason = self.values.of(table_of(table).c.delete_reason)
        changed = {"deleted_at": desk.clock.now(), "deleted_by": uuid.UUID(desk.user), "delete_reason": reason}
        return self._change(desk, table, row, changed, "delete")

    def _restore_row(self, desk: SimulatedDesk, table: str, row: Mapping[str, Any]) -> str | None:
        if row.get("deleted_at") is None:
            return None
        changed = dict.fromkeys(("deleted_at", "deleted_by", "delete_reason"))
        return self._change(desk, table, row, changed, "restore")

    def transfer(self, desk: SimulatedDesk) -> str | None:
        """A student moves to another school, or back: one enrolment ends and another begins (s44, s45)."""
        if desk.role is not UserRole.DISTRICT_ADMIN:
            return None
        found = self._keys(desk, "student_enrollments", "deleted_at IS NULL AND status <> 'ENDED'")
        if not found:
            return None
        row = desk.row("student_enrollments", self.chance.choice(found))
        assert row is not None
        school = self.chance.choice([name for name in self.schools if name != str(row["school_id"])])
        with self._noted(desk) as (work, noted):
            enrolments = table_of("student_enrollments")
            noted.append(("student_enrollments", str(row["id"]), wire_values("student_enrollments", row)))
            work.session.execute(
                sa.update(enrolments)
                .where(enrolments.c.id == row["id"])
                .values(status="ENDED", ends_on=max(NOW.date(), row["starts_on"]))
            )
            made = _Maker(self, desk, work, noted).make(
                "student_enrollments",
                {
                    "student_id": row["student_id"],
                    "school_id": uuid.UUID(school),
                    "status": "CONFIRMED",
                    "starts_on": NOW.date(),
                    "ends_on": None,
                },
            )
            student = desk_row(work, "students", row["student_id"])
            if student is not None:
                noted.append(("students", str(row["student_id"]), wire_values("students", student)))
                students = table_of("students")
                work.session.execute(
                    sa.update(students).where(students.c.id == row["student_id"]).values(school_id=uuid.UUID(school))
                )
        return f"transfer {row['student_id']} to {school}: {made}"

    def decide(self, desk: SimulatedDesk) -> str | None:
        """A person decides an open conflict, whichever way it allows."""
        found = self._keys(desk, "sync_conflicts", "status = 'PENDING' AND deleted_at IS NULL")
        if not found:
            return None
        conflict = desk.row("sync_conflicts", self.chance.choice(found))
        assert conflict is not None
        kind = ConflictKind(conflict["kind"])
        possible = choices_of(kind, str(conflict["table_name"])) - {Choice.ROWS}
        if not possible:
            return None  # decided by writing rows of their own: the services' part
        choice = self.chance.choice(sorted(possible))
        values = {**(conflict["server_version"] or {}), **(conflict["client_version"] or {})}
        table, key = str(conflict["table_name"]), str(conflict["entity_id"])
        before = desk.wire_row(table, key) if table in synced_tables() else None
        with self._noted(desk) as (work, noted):
            noted.append(("sync_conflicts", str(conflict["id"]), wire_values("sync_conflicts", conflict)))
            if before is not None:
                noted.append((table, key, before))
            resolve(work, Decision(conflict["id"], choice, values, "looked at both"))
        return f"decide {kind} {choice} {conflict['id']}"

    def _change(
        self, desk: SimulatedDesk, table: str, row: Mapping[str, Any], changed: Mapping[str, object], name: str
    ) -> str | None:
        present = _as_words({column: row[column] for column in wire_columns(table)})
        made = settled(table, present | dict(changed), rules_of(table), changed.keys())
        if made is None:
            return None
        differing = {column: value for column, value in made.items() if value != present[column]}
        keys = {column for column in differing if table_of(table).c[column].foreign_keys and column not in changed}
        if keys or not differing:
            return None
        with self._noted(desk) as (work, noted):
            noted.append((table, str(row["id"]), wire_values(table, row)))
            target = table_of(table)
            work.session.execute(sa.update(target).where(target.c.id == row["id"]).values(differing))
        return f"{name} {table} {row['id']} {sorted(differing)}"

    # --- Choosing ---------------------------------------------------------------------------------------------

    def _table(self, desk: SimulatedDesk, kinds: Collection[SyncClass] = tuple(SyncClass)) -> str:
        usual = _USUAL[desk.role] if self.chance.random() < 0.93 else set(Authority)
        named = [
            name
            for name, table in synced_tables().items()
            if table.authority in usual and table.plan.kind in kinds and name not in _MADE_BY_SYNC
        ]
        liked = [name for name in named if name in self.favourites]
        if liked and self.chance.random() < 0.75:
            return self.chance.choice(liked)
        return self.chance.choice(named or [name for name in synced_tables() if name not in _MADE_BY_SYNC])

    def _any_row(self, desk: SimulatedDesk, table: str, where: str = "true") -> dict[str, Any] | None:
        found = self._keys(desk, table, where)
        if not found:
            return None
        # The newest rows are edited most, as in a clinic.
        return desk.row(table, self.chance.choice(found[-3:] if self.chance.random() < 0.6 else found))

    def _keys(self, desk: SimulatedDesk, table: str, where: str = "true") -> list[str]:
        own = f"id NOT IN (SELECT row_id FROM sync_rows WHERE table_name = '{table}' AND companion)"
        return [key for (key,) in desk.query(f"SELECT id FROM {table} WHERE ({where}) AND {own} ORDER BY id")]

    # --- The journal ------------------------------------------------------------------------------------------

    def _noted(self, desk: SimulatedDesk) -> _Noted:
        return _Noted(self, desk)


class _Noted:
    """A transaction whose rows go into the journal once it is committed: as they are then, read anew."""

    def __init__(self, people: People, desk: SimulatedDesk) -> None:
        self._people = people
        self._desk = desk
        self._noted: list[tuple[str, str, Mapping[str, Any] | None]] = []
        self._writing = desk.write()

    def __enter__(self) -> tuple[Work, list[tuple[str, str, Mapping[str, Any] | None]]]:
        return self._writing.__enter__(), self._noted

    def __exit__(self, *error: Any) -> None:
        self._writing.__exit__(*error)
        if error[0] is None:
            for table, key, before in self._noted:
                after = self._desk.wire_row(table, key)
                assert after is not None
                self._people.journal.note(self._desk.name, table, key, before, after)
                self._people.written.add(table)


def _can_be_deleted(table: str) -> bool:
    return policy_of(table).kind in _EDITED and "deleted_at" in table_of(table).c and table not in _NEVER_DELETED


def desk_row(work: Work, table: str, key: uuid.UUID) -> dict[str, Any] | None:
    target = table_of(table)
    found = work.session.execute(sa.select(target).where(target.c.id == key)).mappings().first()
    return None if found is None else dict(found)


def _as_words(row: Mapping[str, Any]) -> dict[str, object]:
    return {name: getattr(value, "value", value) for name, value in row.items()}


class _Maker:
    """Makes a row with the rows it needs: of the same student or school, so that scopes hold each other (D11)."""

    def __init__(
        self,
        people: People,
        desk: SimulatedDesk,
        work: Work,
        noted: list[tuple[str, str, Mapping[str, Any] | None]],
    ) -> None:
        self._people = people
        self._chance = people.chance
        self._desk = desk
        self._work = work
        self._noted = noted
        self._depth = 0

    def make(self, table: str, given: Mapping[str, object] | None = None) -> uuid.UUID | None:
        target = table_of(table)
        given = dict(given or {})
        if "entry_kind" in target.c and "revision" in target.c and "entry_kind" not in given:
            given |= {"entry_kind": "ORIGINAL", "revision": 1, "supersedes_id": None}
        if (
            "device_id" in target.c
            and not target.c.device_id.foreign_keys
            and column_kind(target.c.device_id) == "uuid"
        ):
            given.setdefault("device_id", uuid.UUID(self._desk.device))
        if policy_of(table).kind is SyncClass.UPLOAD_ONLY and "completed_at" in target.c:
            # What is still being written stays at the desk until it is finished (D21).
            given.setdefault("completed_at", NOW)
        self._place(table, given)
        if table == "student_medications" and "root_id" not in given:
            given |= {"version": 1}
        row = new_row(table, self._people.values, self._chance, given, self._pick_for(table, given))
        if row is None:
            return None
        key = new_id()
        if table == "student_medications" and row.get("version") == 1:
            row["root_id"] = key
        self._work.session.execute(sa.insert(target).values(id=key, **row))
        self._noted.append((table, str(key), None))
        return key

    def _place(self, table: str, given: dict[str, object]) -> None:
        """Whose row it will be: one student's, one school's, or the district's."""
        columns = table_of(table).c
        path = policy_of(table).scope
        if path.anchor is Anchor.PARENT:
            return
        if "student_id" in columns and "student_id" in wire_columns(table) and "student_id" not in given:
            optional = columns["student_id"].nullable and self._chance.random() < 0.3
            given["student_id"] = None if optional else self._one("students", "merged_into_id IS NULL")
        student = given.get("student_id")
        if "school_id" in columns and "school_id" in wire_columns(table) and "school_id" not in given:
            given["school_id"] = self._school(student, nullable=bool(columns["school_id"].nullable))

    def _school(self, student: object, *, nullable: bool) -> uuid.UUID | None:
        if student is not None:
            found = self._query("SELECT school_id FROM students WHERE id = ?", str(student))
            if found and found[0] is not None:
                return uuid.UUID(found[0])
        if nullable and self._desk.everything and self._chance.random() < 0.5:
            return None
        return uuid.UUID(self._chance.choice(self._desk.schools or self._people.schools))

    def _pick_for(self, table: str, given: Mapping[str, object]) -> Callable[[sa.Column[Any]], uuid.UUID | None]:
        home = {str(value) for name in ("student_id", "school_id") if (value := given.get(name)) is not None}

        def pick(column: sa.Column[Any]) -> uuid.UUID | None:
            (key,) = column.foreign_keys
            parent = str(key.column.table.name)
            if column.name in _SUCCEEDING or (column.nullable and self._chance.random() > 0.4):
                return None
            if parent == "users":
                return uuid.UUID(self._desk.user)
            found = self._candidates(parent, home, anywhere=bool(column.info.get("cross_scope")))
            if found:
                return uuid.UUID(self._chance.choice(found))
            if column.nullable or self._depth > 2:
                return None
            self._depth += 1
            made = self.make(
                parent,
                {
                    name: given[name]
                    for name in ("student_id", "school_id")
                    if name in given and name in wire_columns(parent)
                },
            )
            self._depth -= 1
            return made

        return pick

    def _candidates(self, parent: str, home: Collection[str], *, anywhere: bool) -> list[str]:
        columns = table_of(parent).c
        live = "deleted_at IS NULL" if "deleted_at" in columns else "true"
        path = policy_of(parent).scope
        if anywhere or path.anchor in {Anchor.OWN, Anchor.DISTRICT} or not home:
            return self._query(f"SELECT id FROM {parent} WHERE {live} ORDER BY id")
        places = msgspec.json.encode(sorted(home)).decode()
        district = "(SELECT id FROM districts)"
        return self._query(
            f"SELECT id FROM {parent} WHERE {live} AND (scope_id IN (SELECT value FROM json_each(?))"
            f" OR scope_id IN {district}) ORDER BY id",
            places,
        )

    def _one(self, table: str, where: str) -> uuid.UUID | None:
        companion = f"id NOT IN (SELECT row_id FROM sync_rows WHERE table_name = '{table}' AND companion)"
        found = self._query(f"SELECT id FROM {table} WHERE {where} AND {companion} ORDER BY id")
        return uuid.UUID(self._chance.choice(found)) if found else None

    def _query(self, statement: str, *parameters: object) -> list[Any]:
        return [row[0] for row in self._work.session.connection().exec_driver_sql(statement, parameters)]
