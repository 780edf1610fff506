"""Students who move, swap numbers, get a new key or wait for a person: nobody is doubled, lost or left behind."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping

import pytest
from tests.support import roster_worlds as worlds
from tests.support.roster import carried_out, counted_ids

from clinicdesk.domain.roster.difference import Action, RosterPlan
from clinicdesk.domain.roster.held import EnrollmentFacts, EnrollmentStatus, HeldRoster, Kind, LinkKind, NumberStatus
from clinicdesk.domain.roster.plan import plan_import
from clinicdesk.interchange.oneroster import read_package

TODAY = dt.date(2026, 11, 3)
BULK = dict.fromkeys(worlds.FILES, "bulk")
DELTA = dict.fromkeys(worlds.FILES, "delta")


class Desk:
    """A desk that follows a world from package to package."""

    def __init__(self, world: worlds.World) -> None:
        self.held = HeldRoster()
        self.world = worlds.nothing()
        self._new_id = counted_ids()
        self.take(world, BULK)

    def take(self, world: worlds.World, modes: Mapping[str, str]) -> RosterPlan:
        plan = self.plan(worlds.package(self.world, world, modes))
        self.held, self.world = carried_out(plan, self.held), world
        return plan

    def plan(self, package: io.BytesIO) -> RosterPlan:
        return plan_import(read_package(package), self.held, today=TODAY, new_id=self._new_id)

    def schools(self, student: str) -> dict[str, EnrollmentFacts]:
        row_id = self.held.linked(LinkKind.STUDENT)[student]
        return {
            self.held.schools[facts.school_id].name: facts
            for facts in self.held.enrollments.values()
            if facts.student_id == row_id and facts.state is not EnrollmentStatus.ENDED
        }

    def number(self, student: str) -> tuple[str | None, NumberStatus]:
        facts = self.held.students[self.held.linked(LinkKind.STUDENT)[student]]
        return facts.number, facts.number_state


def world(**changed: str) -> worlds.World:
    """Two students at Elm, one at Oak; `changed` gives a role another school: `r1="oak"`."""
    found = worlds.nothing()
    found["orgs"] = {key: {"name": key.title(), "type": "school", "identifier": key} for key in ("elm", "oak")}
    for number, (key, given, family) in enumerate(
        (("u1", "Ann", "Moss"), ("u2", "Bea", "Tarn"), ("u3", "Cy", "Ibsen"))
    ):
        found["users"][key] = {"givenName": given, "familyName": family, "identifier": str(number + 1)}
        found["demographics"][key] = {"birthDate": f"201{number + 4}-02-03", "sex": "female"}
        school = changed.get(f"r{number + 1}", "oak" if key == "u3" else "elm")
        found["roles"][f"r{number + 1}"] = role(key, school)
    return found


def role(user: str, school: str, kind: str = "primary") -> worlds.Cells:
    return {"userSourcedId": user, "roleType": kind, "role": "student", "orgSourcedId": school}


@pytest.mark.parametrize("modes", [BULK, DELTA], ids=["bulk", "delta"])
def test_d10_a_role_that_now_names_another_school_moves_the_student(modes: Mapping[str, str]) -> None:
    desk = Desk(world())
    plan = desk.take(world(r1="oak"), modes)
    assert set(desk.schools("u1")) == {"Oak"}
    assert desk.schools("u1")["Oak"].is_primary
    (ended,) = [change for change in plan.changes if change.action is Action.END]
    assert (ended.kind, getattr(ended.after, "ends_on", None)) == (Kind.ENROLLMENT, TODAY)
    assert set(desk.schools("u2")) == {"Elm"}


@pytest.mark.parametrize("modes", [BULK, DELTA], ids=["bulk", "delta"])
def test_d10_a_role_that_now_names_another_student_takes_the_first_one_out(modes: Mapping[str, str]) -> None:
    desk = Desk(world())
    after = world()
    after["roles"]["r1"] = role("u3", "elm", "secondary")
    desk.take(after, modes)
    assert desk.schools("u1") == {}
    assert set(desk.schools("u3")) == {"Elm", "Oak"}


def test_d10_a_role_that_is_no_students_any_more_ends_the_enrolment() -> None:
    desk = Desk(world())
    after = world()
    after["roles"]["r1"] = {**role("u1", "elm"), "role": "proctor"}
    desk.take(after, DELTA)
    assert desk.schools("u1") == {}


def test_d10_roles_of_one_school_are_given_up_one_change_after_another() -> None:
    before = world()
    before["roles"]["r9"] = role("u1", "elm", "secondary")
    desk = Desk(before)
    without_first = world()
    del without_first["roles"]["r1"]
    without_first["roles"]["r9"] = role("u1", "elm", "secondary")
    desk.take(without_first, DELTA)
    assert set(desk.schools("u1")) == {"Elm"}
    without_both = world()
    del without_both["roles"]["r1"]
    desk.take(without_both, DELTA)
    assert desk.schools("u1") == {}


def test_d26_numbers_that_change_hands_in_one_package_are_believed() -> None:
    desk = Desk(world())
    after = world()
    after["users"]["u1"]["identifier"], after["users"]["u2"]["identifier"] = "2", "1"
    desk.take(after, BULK)
    assert desk.number("u1") == ("2", NumberStatus.CONFIRMED)
    assert desk.number("u2") == ("1", NumberStatus.CONFIRMED)
    assert desk.plan(worlds.package(worlds.nothing(), after, BULK)).changes == ()


def test_d26_a_number_that_its_holder_keeps_is_nobody_elses() -> None:
    desk = Desk(world())
    after = world()
    after["users"]["u2"]["identifier"] = "1"
    desk.take(after, DELTA)
    assert desk.number("u1") == ("1", NumberStatus.CONFIRMED)
    assert desk.number("u2") == (None, NumberStatus.CONTESTED)


def test_whoever_may_be_meant_by_a_row_that_waits_does_not_leave() -> None:
    desk = Desk(world())
    after = world()
    # A new key, no number and another sex: a person has to say whether she is the same.
    after["users"]["u8"] = {**after["users"].pop("u1"), "identifier": ""}
    after["demographics"]["u8"] = {**after["demographics"].pop("u1"), "sex": "male"}
    after["roles"]["r1"] = role("u8", "elm")
    plan = desk.take(after, BULK)
    assert [one.place.source_id for one in plan.undecided] == ["u8"]
    assert Action.END not in {change.action for change in plan.changes}
    assert set(desk.schools("u1")) == {"Elm"}


def test_a_past_homeroom_is_no_homeroom() -> None:
    after = world()
    after["classes"] = {
        "c1": {"title": "Room 1", "classType": "homeroom", "schoolSourcedId": "elm"},
        "c2": {"title": "Room 2", "classType": "homeroom", "schoolSourcedId": "elm"},
    }
    seat = {"schoolSourcedId": "elm", "userSourcedId": "u1", "role": "student"}
    after["enrollments"] = {
        "e1": {**seat, "classSourcedId": "c1", "beginDate": "2026-08-24", "endDate": "2026-10-02"},
        "e2": {**seat, "classSourcedId": "c2", "beginDate": "2026-10-05"},
    }
    desk = Desk(after)
    assert desk.held.students[desk.held.linked(LinkKind.STUDENT)["u1"]].homeroom == "Room 2"
