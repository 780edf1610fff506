"""Whoever gets a row can get what it names (D11): refused at the push, or other desks' pulls would stop for ever."""

from __future__ import annotations

import pytest
from tests.support.district import Desk, Draft, Town, fresh, insert, update, visit

from clinicdesk.server.reach import binding_keys


def a_session(school: str | None, parent: str | None = None, key: str | None = None) -> Draft:
    kind = "TERM" if parent else "SCHOOL_YEAR"
    values = {"school_id": school, "parent_id": parent, "title": "2025-2026", "kind": kind}
    return insert("academic_sessions", {**values, "starts_on": "2025-08-20", "ends_on": "2026-06-05"}, key)


def a_note(student: str, visit_key: str) -> Draft:
    return insert(
        "clinical_notes", {"student_id": student, "visit_id": visit_key, "title": "Note", "content": "Rested"}
    )


@pytest.fixture
def office(town: Town) -> Desk:
    return town.desk(town.dora, everything=True)


def refused(desk: Desk, draft: Draft) -> list[str]:
    result = desk.push_one(draft)
    assert (result.outcome.value, result.reason) == ("rejected", "not_shared")
    return list(result.fields)


def test_d11_a_row_of_the_whole_district_cannot_name_one_of_a_single_school(town: Town, office: Desk) -> None:
    year = a_session(town.oak)
    assert office.push_one(year).outcome.value == "applied"
    term = a_session(None, year.key)
    assert refused(office, term) == ["parent_id"]
    assert town.rows("academic_sessions", term.key) is None
    (kept,) = town.query("SELECT state, reason FROM sync_inbox WHERE row_id = %s", term.key)
    assert kept == ("REJECTED", "not_shared"), "what its author typed is kept and shown"


def test_d11_nor_one_of_another_school_but_the_district_s_own_and_its_own(town: Town, office: Desk) -> None:
    years = {school: a_session(school) for school in (None, town.oak, town.elm)}
    office.push(*years.values())
    assert refused(office, a_session(town.oak, years[town.elm].key)) == ["parent_id"]
    assert office.push_one(a_session(town.oak, years[town.oak].key)).outcome.value == "applied"
    assert office.push_one(a_session(town.elm, years[None].key)).outcome.value == "applied"


def test_d11_a_parent_that_comes_in_the_same_batch_counts_as_well(town: Town, office: Desk) -> None:
    year = fresh()
    reply = office.push(a_session(None, year), a_session(town.oak, key=year), a_session(town.oak, year))
    outcomes = [(result.outcome.value, result.reason) for result in reply.results]
    assert outcomes == [("rejected", "not_shared"), ("applied", None), ("applied", None)]


def test_d11_a_visit_of_one_child_cannot_be_named_by_a_row_of_another(town: Town) -> None:
    """Both go to one school today; the day one of them leaves it, the other's record would not be whole any more."""
    desk = town.desk(town.ann, town.oak)
    theirs = insert("clinic_visits", visit(town.students["jack"], town.oak, town.ann))
    assert desk.push_one(theirs).outcome.value == "applied"
    assert refused(desk, a_note(town.students["iris"], theirs.key)) == ["visit_id"]


def test_d11_a_row_does_not_move_away_from_those_that_name_it(town: Town, office: Desk) -> None:
    year = a_session(None)
    term = a_session(town.elm, year.key)
    office.push(year, term)
    assert refused(office, update("academic_sessions", year.key, 1, school_id=(None, town.oak))) == ["school_id"]
    assert (town.rows("academic_sessions", year.key) or {})["school_id"] is None
    assert (
        office.push_one(update("academic_sessions", year.key, 1, school_id=(None, town.elm))).outcome.value == "applied"
    )


def test_d11_a_row_does_not_move_to_where_what_it_names_is_not(town: Town, office: Desk) -> None:
    year = a_session(town.oak)
    term = a_session(town.oak, year.key)
    office.push(year, term)
    assert refused(office, update("academic_sessions", term.key, 1, school_id=(town.oak, None))) == ["parent_id"]


def test_d11_two_changes_that_are_right_alone_do_not_go_in_where_they_are_wrong_together(
    town: Town, office: Desk
) -> None:
    other = town.desk(town.dora, everything=True)
    oaks, term = a_session(town.oak), a_session(town.oak)
    office.push(oaks, term)
    assert (
        office.push_one(update("academic_sessions", term.key, 1, school_id=(town.oak, None))).outcome.value == "applied"
    )
    assert refused(other, update("academic_sessions", term.key, 1, parent_id=(None, oaks.key))) == ["parent_id"]


def test_d11_two_records_of_one_child_may_name_each_other_s_rows(town: Town, office: Desk) -> None:
    iris, jack = town.students["iris"], town.students["jack"]
    theirs = insert("clinic_visits", visit(jack, town.oak, town.ann))
    town.desk(town.ann, town.oak).push(theirs)
    assert office.push_one(update("students", jack, 1, merged_into_id=(None, iris))).outcome.value == "applied"
    desk = town.desk(town.ann, town.oak)
    assert desk.push_one(a_note(iris, theirs.key)).outcome.value == "applied"


def test_d11_what_is_everywhere_or_travels_along_is_not_judged() -> None:
    assert binding_keys("medication_logs").keys() >= {"student_medication_id", "visit_id"}
    assert not binding_keys("medication_logs").keys() & {"medication_id", "lot_id", "administered_by"}
    assert "merged_into_id" not in binding_keys("students")
    assert "contact_id" not in binding_keys("emergency_contacts")
