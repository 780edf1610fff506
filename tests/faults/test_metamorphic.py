"""What must not matter: the order in which desks arrive, how often a sync is cut in two, the order of keys in JSON."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from tests.faults.outcome import Outcome, outcome_of
from tests.faults.rich_session import Beginning, lived, prepare
from tests.support.databases import DISTRICT_SCHEMA, district_uri, own_database
from tests.support.district import Desk, Draft, Town, allergy, insert, update, visit

from clinicdesk.server import office
from clinicdesk.server.database import Database
from clinicdesk.server.exchange import Exchange
from clinicdesk.server.sessions import read_district
from clinicdesk.sync.errors import CancelledError
from clinicdesk.sync.ports import Answer, Line, M, Unwatched

__all__ = ["district_uri"]

TAKEN = {"applied", "merged"}


# --- Order of arrival ------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Arrivals:
    """A district and what each of four desks has to say; none of it contradicts any other."""

    database: str
    said: list[tuple[Desk, list[Draft]]]


@pytest.fixture
def arrivals(district_uri: str) -> Arrivals:
    with contextlib.closing(Database(district_uri, DISTRICT_SCHEMA)) as database:
        town = Town.found(database)
        iris = town.students["iris"]
        desks = [town.desk(town.ann, town.oak) for _desk in range(4)]
        known = [
            insert("allergies", allergy(iris, notes="as it was", treatment="none")),
            insert("clinic_visits", visit(iris, town.oak, town.ann, notes="open")),
        ]
        desks[0].push(*known)
        told, stay = (draft.key for draft in known)
        said = [
            [update("allergies", told, 1, notes=("as it was", "hives")), *_visits(town, "first")],
            [update("allergies", told, 1, treatment=("none", "Antihistamine")), *_visits(town, "second")],
            [update("allergies", told, 1, severity=("SEVERE", "MODERATE")), *_visits(town, "third")],
            [update("clinic_visits", stay, 1, symptoms=(None, ["HEADACHE"])), insert("allergies", allergy(iris))],
        ]
        return Arrivals(
            str(psycopg.conninfo.conninfo_to_dict(district_uri)["dbname"]), list(zip(desks, said, strict=True))
        )


def _visits(town: Town, name: str) -> list[Draft]:
    pupils = (town.students["iris"], town.students["jack"])
    return [insert("clinic_visits", visit(pupil, town.oak, town.ann, notes=f"{name} 🤧")) for pupil in pupils]


def digests_after(uri: str, arrivals: Arrivals, order: Sequence[int], *, one_by_one: bool = False) -> object:
    """Let the desks arrive in this order at a copy of the district; what its digests are then."""
    with (
        own_database(uri, arrivals.database) as copy,
        contextlib.closing(Database(copy, DISTRICT_SCHEMA)) as database,
    ):
        for number in order:
            desk, drafts = arrivals.said[number]
            town = dataclasses.replace(desk.town, database=database)
            with database.owning() as connection:
                town.exchange = Exchange(database, town.clock, read_district(connection))
            there = dataclasses.replace(desk, town=town)
            for part in [[draft] for draft in drafts] if one_by_one else [drafts]:
                assert {result.outcome.value for result in there.push(*part).results} <= TAKEN
        assert office.verify(database) == []
        return office.digest(database)


def test_the_order_in_which_desks_arrive_does_not_matter_where_they_do_not_contradict_each_other(
    postgres_uri: str, arrivals: Arrivals
) -> None:
    usual = digests_after(postgres_uri, arrivals, range(4))
    for order in itertools.permutations(range(4)):
        assert digests_after(postgres_uri, arrivals, order) == usual, order


def test_a_push_of_many_items_does_what_pushes_of_one_item_do(postgres_uri: str, arrivals: Arrivals) -> None:
    usual = digests_after(postgres_uri, arrivals, range(4))
    assert digests_after(postgres_uri, arrivals, range(4), one_by_one=True) == usual


# --- One sync or many ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def beginning(postgres_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Beginning:
    return prepare(postgres_uri, tmp_path_factory.mktemp("metamorphic") / "beginning")


@pytest.fixture(scope="module")
def whole(beginning: Beginning, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What the rich session comes to when nothing is special about it."""
    with lived(beginning, tmp_path_factory.mktemp("metamorphic") / "whole") as life:
        life.finish()
        return outcome_of(life.desk, life.desk.town)


@dataclasses.dataclass
class StopsAfter:
    """A person who cancels after so many steps."""

    steps: int

    def progress(self, phase: str, done: int, total: int | None) -> None:
        del phase, done, total

    def stopped(self) -> bool:
        self.steps -= 1
        return self.steps < 0


@pytest.mark.parametrize("steps", [1, 2, 3, 5])
def test_a_sync_cut_into_many_does_what_one_does(
    beginning: Beginning, whole: Outcome, tmp_path: Path, steps: int
) -> None:
    """Each session may go some steps further than the one before, until one comes to its end."""
    with lived(beginning, tmp_path / "cut") as life:
        cuts = 0
        for further in itertools.count(steps, steps):
            life.watcher = StopsAfter(further)
            try:
                life.session()
            except CancelledError:
                cuts += 1
            else:
                break
        assert cuts >= 2
        life.watcher = Unwatched()
        life.finish()
        assert whole.differences(outcome_of(life.desk, life.desk.town)) == []


@pytest.mark.parametrize("rows", [1, 4, 1_000])
def test_the_size_of_pages_does_not_matter(beginning: Beginning, whole: Outcome, tmp_path: Path, rows: int) -> None:
    with lived(beginning, tmp_path / "pages") as life:
        life.rows_a_page = rows
        life.finish()
        assert whole.differences(outcome_of(life.desk, life.desk.town)) == []


@pytest.mark.parametrize("items", [1, 3, 1_000])
def test_the_size_of_batches_does_not_matter(beginning: Beginning, whole: Outcome, tmp_path: Path, items: int) -> None:
    """But for the versions: edits of one row fold within a batch, so a small batch can take two versions for them."""
    with lived(beginning, tmp_path / "batches") as life:
        life.items_a_batch = items
        life.finish()
        ended = outcome_of(life.desk, life.desk.town)
    assert _values(ended.district) == _values(whole.district)
    assert _values(ended.desk) == _values(whole.desk)
    assert (ended.conflicts, ended.conflicts_here, ended.inbox) == (
        whole.conflicts,
        whole.conflicts_here,
        whole.inbox,
    )


def _values(rows: dict[tuple[str, str], tuple[int, str | None, dict[str, Any]]]) -> object:
    return {place: (anchor, values) for place, (_version, anchor, values) in rows.items()}


# --- JSON ------------------------------------------------------------------------------------------------------------


class OtherKeyOrder:
    """Every request arrives twice, first as it was sent, then with the keys of all its objects in another order."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._chance = random.Random("keys")

    def ask(self, path: str, request: msgspec.Struct, kind: type[M]) -> Answer[M]:
        self._line.ask(path, request, kind)
        answer = self._line.ask(path, self._mixed(request, type(request)), kind)
        return dataclasses.replace(answer, message=self._mixed(answer.message, kind))

    def _mixed(self, message: msgspec.Struct, kind: type[M]) -> M:
        text = msgspec.json.encode(self._shuffled(msgspec.json.decode(msgspec.json.encode(message))))
        return msgspec.json.decode(text, type=kind)

    def _shuffled(self, value: object) -> object:
        if isinstance(value, dict):
            names = list(value)
            self._chance.shuffle(names)
            return {name: self._shuffled(value[name]) for name in names}
        return [self._shuffled(one) for one in value] if isinstance(value, list) else value


def test_the_order_of_keys_in_messages_does_not_matter(beginning: Beginning, whole: Outcome, tmp_path: Path) -> None:
    with lived(beginning, tmp_path / "keys") as life:
        life.through = OtherKeyOrder
        life.finish()
        assert whole.differences(outcome_of(life.desk, life.desk.town)) == []
