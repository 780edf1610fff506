"""The difference between a package and the desk: what is added, changed, ended and left alone."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from tests.support import oneroster
from tests.support.roster import by_name, carried_out, counted_ids

from clinicdesk.domain.matching import Ground
from clinicdesk.domain.roster.difference import Action, Change, RosterPlan, RosterPolicy, StopReason
from clinicdesk.domain.roster.held import (
    EnrollmentFacts,
    EnrollmentStatus,
    HeldRoster,
    Kind,
    NumberStatus,
    Remembered,
    SessionFacts,
    StudentFacts,
)
from clinicdesk.domain.roster.plan import plan_import
from clinicdesk.domain.roster.records import Problem
from clinicdesk.interchange.oneroster import read_package

TODAY = dt.date(2026, 11, 3)


class Desk:
    """A roster in memory and the imports it went through."""

    def __init__(self, held: HeldRoster | None = None) -> None:
        self.held = held or HeldRoster()
        self._new_id: Callable[[], uuid.UUID] = counted_ids()

    def plan(
        self,
        package: io.BytesIO,
        *,
        decisions: Mapping[str, uuid.UUID | None] | None = None,
        policy: RosterPolicy | None = None,
        today: dt.date = TODAY,
    ) -> RosterPlan:
        return plan_import(
            read_package(package), self.held, today=today, new_id=self._new_id, decisions=decisions or {}, policy=policy
        )

    def take(
        self, package: io.BytesIO, *, decisions: Mapping[str, uuid.UUID | None] | None = None, today: dt.date = TODAY
    ) -> RosterPlan:
        plan = self.plan(package, decisions=decisions, today=today)
        self.held = carried_out(plan, self.held)
        return plan

    def student(self, name: str) -> tuple[uuid.UUID, StudentFacts]:
        row_id = by_name(self.held)[name]
        return row_id, self.held.students[row_id]

    def schools_of(self, name: str) -> dict[str, EnrollmentFacts]:
        row_id, _ = self.student(name)
        return {
            self.held.schools[facts.school_id].code: facts
            for facts in self.held.enrollments.values()
            if facts.student_id == row_id and facts.state is not EnrollmentStatus.ENDED
        }


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.take(oneroster.package("pinewood"))
    return desk


def _of(plan: RosterPlan, kind: Kind) -> list[Change]:
    return [change for change in plan.changes if change.kind is kind]


def _users(*rows: str) -> bytes:
    header = "sourcedId,givenName,familyName,middleName,identifier,sms,email,agentSourcedIds,grades"
    return "\n".join([header, *rows, ""]).encode()


def test_the_first_import_adds_everything_the_package_states() -> None:
    plan = Desk().plan(oneroster.package("pinewood"))
    added = {kind: actions[Action.ADD] for kind, actions in plan.counts().items()}
    assert added == {
        Kind.SCHOOL: 2,
        Kind.SESSION: 3,
        Kind.STUDENT: 9,
        # Nine students, Tess at two schools, Zoë also where she has a class.
        Kind.ENROLLMENT: 11,
        Kind.CONTACT: 4,
        Kind.GUARDIAN: 9,
    }
    assert {change.action for change in plan.changes} == {Action.ADD}
    assert (plan.undecided, plan.stops, plan.quarantined) == ((), (), ())


def test_the_same_package_again_changes_nothing(desk: Desk) -> None:
    plan = desk.plan(oneroster.package("pinewood"))
    assert plan.changes == ()
    assert plan.unchanged[Kind.STUDENT] == 9
    assert (plan.links_added, plan.links_dropped) == ({}, frozenset())


def test_twins_and_students_of_one_name_and_birth_date_become_students_of_their_own(desk: Desk) -> None:
    assert {name for name in by_name(desk.held) if "Testperson" in name or "Sample" in name} == {
        "Ada Testperson 100001",
        "Ida Testperson 100002",
        "Sam Sample 100003",
        "Sam Sample 100004",
    }


def test_a_student_in_two_schools_has_one_primary_school(desk: Desk) -> None:
    schools = desk.schools_of("Tess Twoschools 100006")
    assert {code: facts.is_primary for code, facts in schools.items()} == {"PW02": True, "PW01": False}
    assert schools["PW01"].ends_on == dt.date(2027, 1, 15)
    assert desk.held.schools[desk.student("Tess Twoschools 100006")[1].school_id or uuid.UUID(int=0)].code == "PW02"


def test_a_class_at_another_school_makes_a_second_enrolment(desk: Desk) -> None:
    assert set(desk.schools_of("Zoë Éxample 100007")) == {"PW01", "PW02"}


def test_the_homeroom_comes_from_the_homeroom_class(desk: Desk) -> None:
    assert desk.student("Ada Testperson 100001")[1].homeroom == "Room 12"
    assert desk.student("Sam Sample 100003")[1].homeroom == ""


def test_a_disabled_sign_in_at_the_source_does_not_take_a_child_out_of_the_clinic(desk: Desk) -> None:
    assert desk.student("Noël Leaver 100008")[1].is_active


def test_guardians_are_called_in_the_order_of_the_list_with_their_mobile_number_first(desk: Desk) -> None:
    ada, _ = desk.student("Ada Testperson 100001")
    called = sorted(
        (facts.call_order, facts.first_name, facts.phone, facts.relationship)
        for facts in desk.held.guardians.values()
        if facts.student_id == ada
    )
    assert called == [(1, "Pat", "555-0101", "PARENT"), (2, "Kim", "555-0102", "GUARDIAN")]


def test_staff_are_recognised_by_address_and_never_given_an_account() -> None:
    account = uuid.UUID(int=7)
    plan = Desk(HeldRoster(staff={"may@example.org": account})).plan(oneroster.package("pinewood"))
    assert (plan.staff_recognised, plan.staff_unknown) == (1, 1)
    assert Remembered(account) in plan.links_added.values()
    assert not any("Mentor" in repr(change.after) for change in plan.changes)


def test_a_delta_changes_what_it_names_and_nothing_else(desk: Desk) -> None:
    plan = desk.take(oneroster.package("pinewood-delta"))
    students = {change.row_id: change for change in _of(plan, Kind.STUDENT)}
    ada, _ = desk.student("Ada Testperson-Sample 100001")
    assert students[ada].fields == ("last_name", "grade")
    leaver, facts = desk.student("Max Mock Jr. 100009")
    assert (students[leaver].action, facts.is_active, facts.left_on) == (Action.END, False, TODAY)
    assert {change.action for change in _of(plan, Kind.STUDENT)} == {Action.ADD, Action.UPDATE, Action.END}
    assert len(students) == 5
    assert plan.undecided == ()


def test_a_delta_moves_a_student_by_ending_one_role_and_stating_another(desk: Desk) -> None:
    desk.take(oneroster.package("pinewood-delta"))
    schools = desk.schools_of("Sam Sample 100003")
    assert set(schools) == {"PW02"}
    assert (schools["PW02"].is_primary, schools["PW02"].starts_on) == (True, dt.date(2026, 11, 2))
    _, facts = desk.student("Sam Sample 100003")
    assert facts.school_id == schools["PW02"].school_id
    ended = [one for one in desk.held.enrollments.values() if one.state is EnrollmentStatus.ENDED]
    assert {one.ends_on for one in ended} == {TODAY}


def test_a_third_student_of_one_name_and_birth_date_is_added_beside_the_two(desk: Desk) -> None:
    desk.take(oneroster.package("pinewood-delta"))
    assert len([name for name in by_name(desk.held) if name.startswith("Sam Sample")]) == 3


def test_deleting_what_nobody_remembers_is_a_remark(desk: Desk) -> None:
    users = b"sourcedId,status,dateLastModified,givenName,familyName\nu-nobody,tobedeleted,2026-11-02T08:00:00Z,,\n"
    plan = desk.plan(oneroster.package("pinewood-delta", users=users))
    assert [found.problem for found in plan.warnings] == [Problem.NOTHING_TO_DELETE]


def test_whoever_a_whole_list_no_longer_names_leaves(desk: Desk) -> None:
    files = oneroster.files_of("pinewood")
    users = b"".join(line for line in files["users.csv"].splitlines(keepends=True) if not line.startswith(b"u-jr"))
    roles = b"".join(line for line in files["roles.csv"].splitlines(keepends=True) if b"u-jr" not in line)
    demographics = files["demographics.csv"].replace(b"u-jr,,,2013-11-11,,,,,,,,,,,,\n", b"")
    plan = desk.take(oneroster.package("pinewood", users=users, roles=roles, demographics=demographics))
    assert [change.action for change in plan.changes] == [Action.END, Action.END]
    assert not desk.student("Max Mock Jr. 100009")[1].is_active
    assert desk.schools_of("Max Mock Jr. 100009") == {}


def test_who_comes_back_is_active_again_with_a_new_enrolment(desk: Desk) -> None:
    desk.take(oneroster.package("pinewood-delta"))
    row_id, _ = desk.student("Max Mock Jr. 100009")
    plan = desk.take(oneroster.package("pinewood"))
    back = next(change for change in _of(plan, Kind.STUDENT) if change.row_id == row_id)
    assert (back.action, desk.held.students[row_id].is_active, desk.held.students[row_id].left_on) == (
        Action.RETURN,
        True,
        None,
    )
    assert set(desk.schools_of("Max Mock Jr. 100009")) == {"PW02"}


def test_a_row_set_aside_in_a_whole_list_makes_nobody_leave(desk: Desk) -> None:
    users = oneroster.files_of("pinewood")["users.csv"].replace(b"u-sam1,,,true,sam.sample,,Sam,", b"u-sam1,,,true,,,,")
    plan = desk.plan(oneroster.package("pinewood", users=users))
    assert ("u-sam1", Problem.MISSING) in {(found.place.source_id, found.problem) for found in plan.quarantined}
    assert ("r-sam1", Problem.REFERENCE_SET_ASIDE) in {
        (found.place.source_id, found.problem) for found in plan.quarantined
    }
    assert plan.changes == ()


def test_rows_that_point_nowhere_are_set_aside_and_remarks_keep_the_child() -> None:
    plan = Desk().plan(oneroster.package("pinewood-bad-rows"))
    found = {(one.place.source_id, one.field, one.problem) for one in plan.quarantined}
    assert {
        ("r-2", "userSourcedId", Problem.REFERENCE_SET_ASIDE),
        ("r-3", "userSourcedId", Problem.UNKNOWN_REFERENCE),
        ("r-4", "orgSourcedId", Problem.UNKNOWN_REFERENCE),
        ("u-ghost", "sourcedId", Problem.UNKNOWN_REFERENCE),
        ("e-2", "userSourcedId", Problem.UNKNOWN_REFERENCE),
        ("u-nodob", "birthDate", Problem.NO_BIRTH_DATE),
    } <= found
    remarks = {(one.place.source_id, one.field, one.problem) for one in plan.warnings}
    assert {
        ("org-elm", "parentSourcedId", Problem.UNKNOWN_REFERENCE),
        ("u-good", "agentSourcedIds", Problem.UNKNOWN_REFERENCE),
        ("u-nosch", "role", Problem.NO_ROLE),
    } <= remarks
    added = {change.after.first_name for change in plan.changes if isinstance(change.after, StudentFacts)}
    assert added == {"Gwen", "Stan"}


def test_an_import_changes_roster_columns_only_and_blank_cells_erase_nothing(desk: Desk) -> None:
    row_id, facts = desk.student("Ada Testperson 100001")
    desk.held = replace(desk.held, students={**desk.held.students, row_id: replace(facts, preferred_name="Addie")})
    users = _users("u-ada,Ada,Testperson,,,,,,")
    demographics = b"sourcedId,birthDate,sex\nu-ada,,\n"
    plan = desk.plan(oneroster.package("pinewood", users=users, demographics=demographics))
    ada = next(change for change in plan.changes if change.row_id == row_id)
    assert ada.fields == ("middle_name",)


def test_a_number_stated_for_two_students_belongs_to_neither(desk: Desk) -> None:
    users = oneroster.files_of("pinewood")["users.csv"].replace(b"Sam,Sample,,100004", b"Sam,Sample,,100003")
    fresh = Desk()
    plan = fresh.take(oneroster.package("pinewood", users=users))
    states = [(facts.number, facts.number_state) for facts in fresh.held.students.values() if facts.first_name == "Sam"]
    assert states == [(None, NumberStatus.CONTESTED), (None, NumberStatus.CONTESTED)]
    assert [found.problem for found in plan.warnings].count(Problem.NUMBER_TAKEN) == 2


def test_nobody_is_born_tomorrow() -> None:
    demographics = oneroster.files_of("pinewood")["demographics.csv"].replace(b"2018-02-28", b"2028-02-28")
    plan = Desk().plan(oneroster.package("pinewood", demographics=demographics))
    found = {(one.place.file.value, one.place.source_id, one.problem) for one in plan.quarantined}
    assert ("demographics", "u-ada", Problem.DATE_OUT_OF_RANGE) in found
    assert ("users", "u-ada", Problem.NO_BIRTH_DATE) in found


def test_sessions_that_are_each_others_parent_are_cut_apart() -> None:
    sessions = (
        b"sourcedId,title,type,startDate,endDate,parentSourcedId,schoolYear\n"
        b"as-a,A,term,2026-08-24,2026-12-18,as-b,2027\nas-b,B,term,2027-01-04,2027-06-11,as-a,2027\n"
        b"as-c,C,term,2026-08-24,2027-06-11,as-c,2027\n"
    )
    plan = Desk().plan(oneroster.package("pinewood", academicSessions=sessions))
    placed: set[uuid.UUID] = set()
    for change in _of(plan, Kind.SESSION):
        assert isinstance(change.after, SessionFacts)
        assert change.after.parent_id is None or change.after.parent_id in placed
        placed.add(change.row_id)
    assert len(placed) == 3


def test_an_enrolment_never_ends_before_it_begins(desk: Desk) -> None:
    roles = oneroster.files_of("pinewood")["roles.csv"].replace(
        b"student,primary,u-jr,org-mid,r-jr,,,,,", b"student,primary,u-jr,org-mid,r-jr,,,,2026-11-20,"
    )
    desk.take(oneroster.package("pinewood", roles=roles), today=dt.date(2026, 11, 1))
    for facts in desk.held.enrollments.values():
        assert facts.ends_on is None or facts.starts_on <= facts.ends_on


def test_a_student_whom_the_source_gave_a_new_key_neither_leaves_nor_doubles(desk: Desk) -> None:
    files = {name: content.replace(b"u-jr", b"u-rekeyed") for name, content in oneroster.files_of("pinewood").items()}
    row_id, _ = desk.student("Max Mock Jr. 100009")
    plan = desk.take(oneroster.zipped(files))
    assert [change.kind for change in plan.changes if change.kind is Kind.STUDENT] == []
    assert desk.student("Max Mock Jr. 100009")[0] == row_id
    assert desk.student("Max Mock Jr. 100009")[1].is_active
    assert desk.plan(oneroster.zipped(files)).changes == ()


def test_one_record_is_never_two_students_even_by_a_persons_word() -> None:
    desk = Desk()
    row_id = _provisional(desk)
    users = oneroster.files_of("pinewood")["users.csv"].replace(b"Ida,Testperson,June", b"Ada,Testperson,June")
    package = oneroster.package("pinewood", users=users)
    plan = desk.plan(package, decisions={"u-ada": row_id, "u-ida": row_id})
    assert [one.place.source_id for one in plan.undecided] == ["u-ida"]
    ids = [change.row_id for change in plan.changes]
    assert len(ids) == len(set(ids))


def _provisional(desk: Desk, **facts: object) -> uuid.UUID:
    """A student whom a nurse entered before any import."""
    school, row_id, enrollment = uuid.UUID(int=2**64), uuid.UUID(int=2**64 + 1), uuid.UUID(int=2**64 + 2)
    student = StudentFacts("Ada", "Testperson", dt.date(2018, 2, 28), "FEMALE", "3", school_id=school)
    held = Desk(desk.held)
    held.take(oneroster.package("pinewood"))
    elm = next(facts for facts in held.held.schools.values() if facts.code == "PW01")
    desk.held = replace(
        desk.held,
        schools={school: replace(elm, sourced_id="")},
        students={row_id: replace(student, **facts)},  # type: ignore[arg-type]  # the fields of StudentFacts
        enrollments={
            enrollment: EnrollmentFacts(row_id, school, True, dt.date(2026, 9, 1), state=EnrollmentStatus.PROVISIONAL)
        },
    )
    return row_id


def test_a_student_entered_by_a_nurse_waits_for_a_person_where_a_twin_is_near() -> None:
    desk = Desk()
    row_id = _provisional(desk)
    plan = desk.plan(oneroster.package("pinewood"))
    assert [one.place.source_id for one in plan.undecided] == ["u-ada"]
    assert Ground.POSSIBLE_TWIN in plan.undecided[0].verdict.grounds
    assert plan.undecided[0].verdict.candidates[0].key == str(row_id)
    assert not any(change.row_id == row_id for change in plan.changes)
    assert "Ida" in {change.after.first_name for change in plan.changes if isinstance(change.after, StudentFacts)}


def test_a_person_decides_that_it_is_the_same_student() -> None:
    desk = Desk()
    row_id = _provisional(desk)
    plan = desk.take(oneroster.package("pinewood"), decisions={"u-ada": row_id})
    assert plan.undecided == ()
    assert (desk.held.students[row_id].number, desk.held.students[row_id].number_state) == (
        "100001",
        NumberStatus.CONFIRMED,
    )
    assert desk.schools_of("Ada Testperson 100001")["PW01"].state is EnrollmentStatus.CONFIRMED
    assert desk.plan(oneroster.package("pinewood")).changes == ()


def test_a_person_decides_that_it_is_somebody_else() -> None:
    desk = Desk()
    row_id = _provisional(desk)
    desk.take(oneroster.package("pinewood"), decisions={"u-ada": None})
    assert len([name for name in by_name(desk.held) if name.startswith("Ada")]) == 2
    assert desk.held.students[row_id].number is None


def test_a_student_entered_by_a_nurse_is_found_by_her_number() -> None:
    desk = Desk()
    row_id = _provisional(desk, number="100001")
    desk.take(oneroster.package("pinewood"))
    assert by_name(desk.held)["Ada Testperson 100001"] == row_id


def test_a_school_is_found_by_its_code_and_an_unlinked_one_is_left_alone() -> None:
    desk = Desk()
    _provisional(desk, number="100001")
    plan = desk.plan(oneroster.package("pinewood"))
    assert plan.counts()[Kind.SCHOOL] == {Action.ADD: 1, Action.UPDATE: 1, Action.END: 0, Action.RETURN: 0}


def test_a_nurses_corrected_number_stays_until_the_source_states_a_new_one(desk: Desk) -> None:
    contact = next(row for row, facts in desk.held.contacts.items() if facts.first_name == "Pat")
    corrected = replace(desk.held.contacts[contact], phone="555-0199")
    desk.held = replace(desk.held, contacts={**desk.held.contacts, contact: corrected})
    assert desk.plan(oneroster.package("pinewood")).changes == ()


def test_a_guardian_no_longer_listed_is_no_longer_called(desk: Desk) -> None:
    users = oneroster.files_of("pinewood")["users.csv"].replace(b'100001,,,,"g-pat,g-kim"', b"100001,,,,g-pat")
    plan = desk.take(oneroster.package("pinewood", users=users))
    assert [(change.kind, change.action) for change in plan.changes] == [(Kind.GUARDIAN, Action.END)]
    assert desk.plan(oneroster.package("pinewood", users=users)).changes == ()


def test_a_guardian_whom_a_nurse_took_off_the_list_stays_off(desk: Desk) -> None:
    row_id = next(row for row, facts in desk.held.guardians.items() if facts.first_name == "Kim")
    off = replace(desk.held.guardians[row_id], is_active=False)
    desk.held = replace(desk.held, guardians={**desk.held.guardians, row_id: off})
    assert desk.plan(oneroster.package("pinewood")).changes == ()


def test_a_guardian_whom_the_source_lists_again_is_called_again(desk: Desk) -> None:
    users = oneroster.files_of("pinewood")["users.csv"].replace(b'100001,,,,"g-pat,g-kim"', b"100001,,,,g-pat")
    desk.take(oneroster.package("pinewood", users=users))
    plan = desk.plan(oneroster.package("pinewood"))
    assert [(change.kind, change.action) for change in plan.changes] == [(Kind.GUARDIAN, Action.RETURN)]


def test_a_guardian_whom_a_nurse_added_stays(desk: Desk) -> None:
    ada, _ = desk.student("Ada Testperson 100001")
    aunt, row_id = uuid.UUID(int=2**65), uuid.UUID(int=2**65 + 1)
    pat = next(facts for facts in desk.held.guardians.values() if facts.first_name == "Pat")
    own = replace(pat, student_id=ada, contact_id=aunt, first_name="Aunt", call_order=3)
    desk.held = replace(desk.held, guardians={**desk.held.guardians, row_id: own})
    assert desk.plan(oneroster.package("pinewood")).changes == ()


def test_an_imported_guardian_whom_a_nurse_gave_to_another_student_stays(desk: Desk) -> None:
    zoe, _ = desk.student("Zoë Éxample 100007")
    pat = next(facts for facts in desk.held.guardians.values() if facts.first_name == "Pat")
    row_id = uuid.UUID(int=2**66)
    own = replace(pat, student_id=zoe)
    desk.held = replace(desk.held, guardians={**desk.held.guardians, row_id: own})
    assert desk.plan(oneroster.package("pinewood")).changes == ()


def test_a_student_with_more_guardians_than_marks_loses_none() -> None:
    files = oneroster.files_of("pinewood")
    keys = [f"g-{number}" for number in range(11)]
    listed = f'100001,,,,"{",".join(keys)}"'.encode()
    users = files["users.csv"].replace(b'100001,,,,"g-pat,g-kim"', listed)
    users += b"".join(f"{key},,,true,,,Adult,{key},,,,,555-0100{',' * 11}\r\n".encode() for key in keys)
    desk = Desk()
    desk.take(oneroster.package("pinewood", users=users))
    ada, _ = desk.student("Ada Testperson 100001")
    assert len([facts for facts in desk.held.guardians.values() if facts.student_id == ada]) == 11
    assert desk.plan(oneroster.package("pinewood", users=users)).changes == ()
    plan = desk.plan(oneroster.package("pinewood", users=users.replace(b",g-9,g-10", b"")))
    assert [(change.kind, change.action) for change in plan.changes] == [(Kind.GUARDIAN, Action.END)] * 2


def test_a_delta_without_roles_leaves_relationships_as_they_are(desk: Desk) -> None:
    users = (
        b"sourcedId,status,dateLastModified,givenName,familyName,sms,agentSourcedIds,identifier,middleName,grades\n"
        b'u-ada,active,2026-11-02T08:00:00Z,Ada,Testperson,,"g-pat,g-kim",100001,Rose,03\n'
        b"g-pat,active,2026-11-02T08:00:00Z,Pat,Testperson,555-0177,,,,\n"
    )
    plan = desk.take(oneroster.package("pinewood-delta", users=users, roles=_NO_ROWS, demographics=_NO_BIRTHS))
    assert {(change.kind, change.fields) for change in plan.changes} == {
        (Kind.CONTACT, ("phone",)),
        (Kind.GUARDIAN, ("phone",)),
    }


_NO_ROWS = b"sourcedId,status,dateLastModified,userSourcedId,roleType,role,orgSourcedId\n"
_NO_BIRTHS = b"sourcedId,status,dateLastModified,birthDate\n"


def test_a_guardian_without_a_number_is_kept_as_a_contact_with_a_remark() -> None:
    users = oneroster.files_of("pinewood")["users.csv"].replace(b"lee@example.org,,555-0103", b"lee at home,,call me")
    plan = Desk().plan(oneroster.package("pinewood", users=users))
    problems = [found.problem for found in plan.warnings if found.place.source_id == "g-lee"]
    assert sorted(problems) == [Problem.NO_NUMBER_TO_CALL] * 2 + [Problem.UNUSABLE_ADDRESS] * 2
    assert plan.counts()[Kind.CONTACT][Action.ADD] == 4
    assert plan.counts()[Kind.GUARDIAN][Action.ADD] == 7


def test_an_import_that_would_send_many_away_is_stopped(desk: Desk) -> None:
    users = _users("u-ada,Ada,Testperson,Rose,100001,,,,")
    plan = desk.plan(oneroster.package("pinewood", users=users), policy=RosterPolicy(leaving_floor=3))
    assert (StopReason.MANY_LEAVING, 8, 9) in {(stop.reason, stop.count, stop.total) for stop in plan.stops}


def test_a_package_that_is_mostly_unreadable_is_stopped() -> None:
    plan = Desk().plan(oneroster.package("pinewood-bad-rows"), policy=RosterPolicy(set_aside_floor=3))
    assert [stop.reason for stop in plan.stops] == [StopReason.MANY_SET_ASIDE]


def test_a_school_that_the_source_drops_is_taken_out_of_use(desk: Desk) -> None:
    orgs = oneroster.files_of("pinewood")["orgs.csv"]
    without = b"".join(line for line in orgs.splitlines(keepends=True) if not line.startswith(b"org-elm"))
    plan = desk.plan(oneroster.package("pinewood", orgs=without))
    assert [change.action for change in _of(plan, Kind.SCHOOL)] == [Action.END]


def test_sessions_are_added_and_updated_and_never_ended(desk: Desk) -> None:
    sessions = (
        b"sourcedId,title,type,startDate,endDate,parentSourcedId,schoolYear\n"
        b"as-y,2026-2027,schoolYear,2026-08-24,2027-06-18,,2027\n"
    )
    plan = desk.plan(oneroster.package("pinewood", academicSessions=sessions))
    assert [(change.action, change.fields) for change in _of(plan, Kind.SESSION)] == [(Action.UPDATE, ("last_day",))]
