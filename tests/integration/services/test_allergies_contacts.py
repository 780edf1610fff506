"""Allergies, conditions, contacts and tasks as a nurse writes them, on a real encrypted file."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.support.busy_day import students_of
from tests.support.desk import Clinic

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.models import Allergy, ClinicalTask, EmergencyContact, HealthRecord, SyncQueueItem
from clinicdesk.models.enums import AllergySeverity, ClinicalTaskKind, TaskStatus
from clinicdesk.services.allergies import AllergiesKnownError, AllergyEntry, ConditionEntry, HealthFacts
from clinicdesk.services.contacts import ContactEntry, Contacts
from clinicdesk.services.student_values import AllergyKnowledge
from clinicdesk.services.students import Students
from clinicdesk.services.tasks import Tasks

PEANUT = AllergyEntry(allergen="Peanut", severity="SEVERE", kind="FOOD", reactions=("hives",), verified=True)
MOTHER = ContactEntry(
    first_name="Ngozi", last_name="Okonkwo", relationship="PARENT", phone="555-0142", may_pick_up=True
)


def _knowledge(clinic: Clinic, student: object) -> AllergyKnowledge:
    allergies = Students(clinic.desk()).open(student).summary.allergies  # type: ignore[arg-type]  # an id
    assert allergies is not None
    return allergies.knowledge


def test_an_allergy_is_listed_verified_by_the_nurse_and_taken_back(clinic: Clinic) -> None:
    student = clinic.student()
    act = HealthFacts(clinic.desk()).add_allergy(student, PEANUT)
    (row,) = clinic.rows(Allergy)
    assert (row.allergen, row.verified_by) == ("Peanut", clinic.nurse.id)
    assert _knowledge(clinic, student) is AllergyKnowledge.LISTED
    act.undo(None)
    assert _knowledge(clinic, student) is AllergyKnowledge.NOT_ASKED


def test_an_amendment_sends_only_what_differs(clinic: Clinic) -> None:
    student = clinic.student()
    row = clinic.add(Allergy(student_id=student, allergen="Peanut", severity=AllergySeverity.MILD))
    entry = AllergyEntry(allergen="Peanut", severity="SEVERE")
    HealthFacts(clinic.desk()).amend_allergy(row.id, entry)
    (sent,) = clinic.rows(SyncQueueItem)
    assert sent.changes == {"severity": ["MILD", "SEVERE"]}
    assert clinic.rows(Allergy)[0].severity is AllergySeverity.SEVERE


def test_ending_an_allergy_needs_a_reason_and_keeps_the_row(clinic: Clinic) -> None:
    student = clinic.student()
    facts = HealthFacts(clinic.desk())
    facts.add_allergy(student, PEANUT)
    (row,) = clinic.rows(Allergy)
    with pytest.raises(InvalidValueError):
        facts.end_allergy(row.id, "  ")
    facts.end_allergy(row.id, "oral challenge passed")
    allergies = Students(clinic.desk()).open(student).summary.allergies
    assert allergies is not None
    assert [one.inactive_reason for one in allergies.ended] == ["oral challenge passed"]


def test_no_known_allergies_is_a_dated_signed_statement_of_who_was_asked(clinic: Clinic) -> None:
    student = clinic.student()
    HealthFacts(clinic.desk()).state_none_known(student, "mother, by phone")
    (record,) = clinic.rows(HealthRecord)
    assert (record.description, record.signed_by) == ("mother, by phone", clinic.nurse.id)
    assert _knowledge(clinic, student) is AllergyKnowledge.NONE_KNOWN


def test_none_known_cannot_be_stated_while_one_is_on_record(clinic: Clinic) -> None:
    student = clinic.student()
    facts = HealthFacts(clinic.desk())
    facts.add_allergy(student, PEANUT)
    with pytest.raises(AllergiesKnownError):
        facts.state_none_known(student, "mother")


def test_an_allergy_written_later_outweighs_the_statement(clinic: Clinic) -> None:
    student = clinic.student()
    facts = HealthFacts(clinic.desk())
    facts.state_none_known(student, "mother")
    facts.add_allergy(student, PEANUT)
    assert _knowledge(clinic, student) is AllergyKnowledge.LISTED


def test_an_aide_writes_no_allergy(clinic: Clinic) -> None:
    student = clinic.student()
    with pytest.raises(PermissionDeniedError):
        HealthFacts(clinic.desk(clinic.aide)).add_allergy(student, PEANUT)
    assert clinic.count(Allergy) == 0


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (AllergyEntry(allergen=" ", severity="SEVERE"), "allergen"),
        (AllergyEntry(allergen="Peanut", severity="BAD"), "severity"),
        (AllergyEntry(allergen="Peanut", severity="MILD", onset=dt.date(2027, 1, 1)), "onset_date"),
    ],
)
def test_an_impossible_allergy_is_refused_at_its_field(clinic: Clinic, entry: AllergyEntry, field: str) -> None:
    student = clinic.student()
    with pytest.raises(InvalidValueError) as refused:
        HealthFacts(clinic.desk()).add_allergy(student, entry)
    assert refused.value.field == field
    assert clinic.count(Allergy) == 0


def test_a_condition_with_an_emergency_plan_can_be_opened_from_the_summary(clinic: Clinic) -> None:
    student = clinic.student()
    facts = HealthFacts(clinic.desk())
    entry = ConditionEntry(
        condition="Asthma", diagnosed_on=dt.date(2020, 1, 1), diagnosed_by="Dr. Ito", emergency_protocol="albuterol"
    )
    act = facts.add_condition(student, entry)
    plans = Students(clinic.desk()).open(student).summary.plans
    assert plans is not None
    assert [(plan.title, plan.emergency) for plan in plans] == [("Asthma", True)]
    act.undo(None)
    assert Students(clinic.desk()).open(student).summary.plans == ()


def test_contacts_are_called_in_their_order_and_the_order_can_change(clinic: Clinic) -> None:
    student = clinic.student()
    contacts = Contacts(clinic.desk())
    contacts.add(student, MOTHER)
    contacts.add(
        student, ContactEntry(first_name="Erik", last_name="Lindqvist", relationship="PARENT", phone="555-0177")
    )
    first, second = (row.id for row in clinic.rows(EmergencyContact))
    contacts.call_in_order(student, [second, first])
    names = [one.first_name for one in Students(clinic.desk()).open(student).summary.contacts]
    assert names == ["Erik", "Ngozi"]
    with pytest.raises(InvalidValueError):
        contacts.call_in_order(student, [first])


def test_custody_limits_and_the_right_to_pick_up_contradict_each_other(clinic: Clinic) -> None:
    student = clinic.student()
    entry = ContactEntry(
        first_name="Gregor",
        last_name="Halloran",
        relationship="OTHER",
        phone="555-0190",
        may_pick_up=True,
        custody_limits="No contact by court order",
    )
    with pytest.raises(InvalidValueError) as refused:
        Contacts(clinic.desk()).add(student, entry)
    assert refused.value.field == "custody_limits"


def test_a_contact_that_ends_is_called_no_more_until_taken_back(clinic: Clinic) -> None:
    student = clinic.student()
    contacts = Contacts(clinic.desk())
    contacts.add(student, MOTHER)
    (row,) = clinic.rows(EmergencyContact)
    act = contacts.end(row.id)
    assert Students(clinic.desk()).open(student).summary.contacts == ()
    act.undo(None)
    assert len(Students(clinic.desk()).open(student).summary.contacts) == 1


def test_an_effect_check_is_done_with_what_the_medicine_did(clinic: Clinic) -> None:
    day = students_of(clinic)
    task = day.task("Check effect: albuterol", ClinicalTaskKind.EFFECT_CHECK, 30, who="jose")
    tasks = Tasks(clinic.desk())
    with pytest.raises(InvalidValueError):
        tasks.finish(task)
    act = tasks.finish(task, effect="IMPROVED", note="breathing easier")
    (row,) = clinic.rows(ClinicalTask)
    assert (row.status, row.effect) == (TaskStatus.DONE, "IMPROVED")
    with pytest.raises(InvalidValueError):
        tasks.finish(task, effect="IMPROVED")
    act.undo(None)
    assert clinic.rows(ClinicalTask)[0].status is TaskStatus.OPEN


def test_a_task_is_called_off_with_a_reason(clinic: Clinic) -> None:
    day = students_of(clinic)
    task = day.task("Call the pharmacy", ClinicalTaskKind.PRESCRIBER_CONTACT, 30)
    with pytest.raises(InvalidValueError):
        Tasks(clinic.desk()).call_off(task, "")
    Tasks(clinic.desk()).call_off(task, "came with the parent")
    assert clinic.rows(ClinicalTask)[0].status is TaskStatus.CANCELLED
