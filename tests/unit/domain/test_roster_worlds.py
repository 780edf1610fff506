"""Whatever a source states, in whatever mode and order, importing it twice is importing it once."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import roster_worlds as worlds
from tests.support.roster import carried_out, counted_ids

from clinicdesk.domain.roster.held import EnrollmentStatus, HeldRoster, LinkKind
from clinicdesk.domain.roster.plan import plan_import
from clinicdesk.interchange.oneroster import read_package

TODAY = dt.date(2026, 11, 3)
BULK = dict.fromkeys(worlds.FILES, "bulk")


def _through(chance: random.Random, steps: int) -> None:
    """A desk through some packages; after each, the same one again must find nothing to do."""
    held, new_id = HeldRoster(), counted_ids()
    before, after = worlds.nothing(), worlds.some_world(chance)
    for step in range(steps):
        today = TODAY + dt.timedelta(days=chance.choice((0, 0, 9)) * step)
        modes = worlds.some_modes(chance) if step else BULK
        package = read_package(worlds.package(before, after, modes, chance))
        plan = plan_import(package, held, today=today, new_id=new_id)
        rows = [change.row_id for change in plan.changes]
        assert len(rows) == len(set(rows))
        held = carried_out(plan, held)
        again = plan_import(package, held, today=today, new_id=new_id)
        assert (again.changes, dict(again.links_added), again.links_dropped) == ((), {}, frozenset())
        before, after = after, worlds.changed(after, chance)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_d05_a_package_imported_again_changes_nothing(chance: random.Random) -> None:
    _through(chance, 4)


@pytest.mark.parametrize("seed", [6, 27, 89, 175, 195, 429])
def test_d05_packages_that_once_changed_something_the_second_time(seed: int) -> None:
    for shift in range(10):
        _through(random.Random(seed * 1_000 + shift), 4)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference(chance: random.Random) -> None:
    before = worlds.some_world(chance)
    held, new_id = HeldRoster(), counted_ids()
    first = read_package(worlds.package(worlds.nothing(), before, BULK, chance))
    held = carried_out(plan_import(first, held, today=TODAY, new_id=new_id), held)
    shuffled = read_package(worlds.package(worlds.nothing(), before, BULK, chance))
    again = plan_import(shuffled, held, today=TODAY, new_id=new_id)
    assert again.changes == ()


def _enrolled(held: HeldRoster) -> set[tuple[str, str]]:
    """Which of the source's students attends which of its schools."""
    students = {row_id: key for key, row_id in held.linked(LinkKind.STUDENT).items()}
    schools = {row_id: key for key, row_id in held.linked(LinkKind.ORG).items()}
    return {
        (students[facts.student_id], schools[facts.school_id])
        for facts in held.enrollments.values()
        if facts.state is not EnrollmentStatus.ENDED
    }


def _plain(world: worlds.World) -> worlds.World:
    """The world with people nobody could mistake, schools that are there, and no class beside the roles."""
    names = ("Ann Moss", "Berta Tarn", "Chloe Quill", "Dagny Ibsen", "Esther Rook")
    for number, name in enumerate(names, start=1):
        given_name, family = name.split()
        cells = {"givenName": given_name, "familyName": family, "identifier": str(number)}
        world["users"][f"u{number}"] = {**world["users"].get(f"u{number}", {}), **cells}
        # A person without a role is not remembered, and changes alone could not say more of her.
        home = {"userSourcedId": f"u{number}", "roleType": "primary", "role": "student", "orgSourcedId": "o1"}
        world["roles"].setdefault(f"home{number}", home)
        world["demographics"][f"u{number}"] = {"birthDate": f"201{number}-0{number}-1{number}", "sex": "female"}
    for adult in ("g1", "g2", "g3"):
        world["users"].setdefault(adult, {"givenName": "Pat", "familyName": adult})
    for org in ("o1", "o2", "o3"):
        world["orgs"][org] = {"name": org, "type": "school"}
    for cells in world["roles"].values():
        cells |= {"beginDate": "", "endDate": ""}
        if cells["userSourcedId"].startswith("g"):
            cells["role"] = "parent"
    world["enrollments"].clear()
    return world


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_d10_changes_lead_to_the_schools_that_the_whole_list_states(chance: random.Random) -> None:
    held, new_id = HeldRoster(), counted_ids()
    before = worlds.nothing()
    for step in range(4):
        after = _plain(worlds.changed(before, chance) if step else worlds.some_world(chance))
        modes = dict.fromkeys(worlds.FILES, chance.choice(("bulk", "delta")) if step else "bulk")
        package = read_package(worlds.package(before, after, modes, chance))
        held = carried_out(plan_import(package, held, today=TODAY, new_id=new_id), held)
        stated = {
            (cells["userSourcedId"], cells["orgSourcedId"])
            for cells in after["roles"].values()
            if cells["role"] == "student"
        }
        assert _enrolled(held) == stated
        before = after
