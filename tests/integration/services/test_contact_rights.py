"""What a contact may do for a student: stated by a person, resting on something, and shown in the chart (D42)."""

from __future__ import annotations

import dataclasses
import uuid

import pytest
from tests.support.desk import Clinic

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.models import EmergencyContact, HealthRecord
from clinicdesk.services.contacts import ContactEntry, Contacts
from clinicdesk.services.student_values import ContactOnRecord
from clinicdesk.services.students import Students

MOTHER = ContactEntry(first_name="Ngozi", last_name="Okonkwo", relationship="PARENT", phone="555-0142")
SEEN = "birth certificate seen on Aug 24"


def _shown(clinic: Clinic, student: uuid.UUID) -> tuple[ContactOnRecord, ...]:
    return Students(clinic.desk()).open(student).summary.contacts


def _from_roster(clinic: Clinic, student: uuid.UUID) -> uuid.UUID:
    """A contact as a roster import leaves her: nobody has stated any right yet."""
    Contacts(clinic.desk()).add(student, MOTHER)
    return clinic.rows(EmergencyContact)[0].id


def test_d42_a_nurse_states_that_a_contact_of_the_roster_may_consent_and_what_that_rests_on(clinic: Clinic) -> None:
    student = clinic.student()
    contact = _from_roster(clinic, student)
    Contacts(clinic.desk()).amend(contact, dataclasses.replace(MOTHER, may_consent=True, rests_on=SEEN))
    (one,) = _shown(clinic, student)
    assert (one.may_consent, one.rests_on, one.stated_by) == (True, SEEN, "R. Olszewski")
    (said,) = clinic.rows(HealthRecord)
    assert (said.signed_by, said.signed_at) == (clinic.nurse.id, one.stated_at)


def test_d42_a_right_to_consent_that_rests_on_nothing_is_refused(clinic: Clinic) -> None:
    student = clinic.student()
    entry = dataclasses.replace(MOTHER, may_consent=True, rests_on="  ")
    contacts = Contacts(clinic.desk())
    with pytest.raises(InvalidValueError) as refused:
        contacts.add(student, entry)
    assert refused.value.field == "rests_on"
    contact = _from_roster(clinic, student)
    with pytest.raises(InvalidValueError) as refused:
        contacts.amend(contact, entry)
    assert refused.value.field == "rests_on"
    assert not any(row.may_consent for row in clinic.rows(EmergencyContact))
    assert clinic.count(HealthRecord) == 0


def test_d42_other_changes_of_a_contact_who_may_consent_ask_for_nothing_more(clinic: Clinic) -> None:
    student = clinic.student()
    stated = dataclasses.replace(MOTHER, may_consent=True, rests_on=SEEN)
    Contacts(clinic.desk()).add(student, stated)
    (row,) = clinic.rows(EmergencyContact)
    Contacts(clinic.desk()).amend(row.id, dataclasses.replace(stated, phone="555-0143", rests_on=""))
    (one,) = _shown(clinic, student)
    assert (one.phone, one.may_consent, one.rests_on) == ("555-0143", True, SEEN)


def test_d42_a_limit_of_custody_is_lifted_only_with_what_that_rests_on(clinic: Clinic) -> None:
    student = clinic.student()
    limited = dataclasses.replace(MOTHER, custody_limits="No contact by court order 26-114")
    contacts = Contacts(clinic.desk())
    contacts.add(student, limited)
    (row,) = clinic.rows(EmergencyContact)
    with pytest.raises(InvalidValueError) as refused:
        contacts.amend(row.id, MOTHER)
    assert refused.value.field == "rests_on"
    contacts.amend(row.id, dataclasses.replace(MOTHER, rests_on="order 26-201 seen"))
    (one,) = _shown(clinic, student)
    assert (one.no_release, one.rests_on) == (False, "order 26-201 seen")


def test_taking_a_right_back_within_the_minute_leaves_the_signed_statement(clinic: Clinic) -> None:
    student = clinic.student()
    contact = _from_roster(clinic, student)
    act = Contacts(clinic.desk()).amend(contact, dataclasses.replace(MOTHER, may_consent=True, rests_on=SEEN))
    act.undo(None)
    assert not _shown(clinic, student)[0].may_consent
    assert clinic.count(HealthRecord) == 1


def test_a_limit_goes_on_to_warn_after_the_person_is_called_no_more(clinic: Clinic) -> None:
    student = clinic.student()
    contacts = Contacts(clinic.desk())
    contacts.add(student, dataclasses.replace(MOTHER, custody_limits="No contact by court order 26-114"))
    (row,) = clinic.rows(EmergencyContact)
    contacts.end(row.id)
    assert [one.no_release for one in _shown(clinic, student)] == [True]
    assert [one.no_release for one in Students(clinic.desk()).emergency_card(student).contacts] == [True]


def test_a_person_who_is_called_no_more_can_be_called_again(clinic: Clinic) -> None:
    student = clinic.student()
    contact = _from_roster(clinic, student)
    contacts = Contacts(clinic.desk())
    contacts.end(contact)
    assert _shown(clinic, student) == ()
    contacts.resume(contact)
    assert [one.is_active for one in _shown(clinic, student)] == [True]


def test_a_changed_call_order_is_taken_back(clinic: Clinic) -> None:
    student = clinic.student()
    contacts = Contacts(clinic.desk())
    for first_name in ("Ngozi", "Erik", "Berit"):
        contacts.add(student, dataclasses.replace(MOTHER, first_name=first_name))
    mother, father, aunt = (one.id for one in _shown(clinic, student))
    act = contacts.call_in_order(student, [aunt, mother, father])
    assert [one.first_name for one in _shown(clinic, student)] == ["Berit", "Ngozi", "Erik"]
    act.undo(None)
    assert [one.first_name for one in _shown(clinic, student)] == ["Ngozi", "Erik", "Berit"]


def test_d42_an_aide_keeps_contacts_but_states_no_right_to_consent(clinic: Clinic) -> None:
    student = clinic.student()
    contacts = Contacts(clinic.desk(clinic.aide))
    contacts.add(student, MOTHER)
    (row,) = clinic.rows(EmergencyContact)
    with pytest.raises(PermissionDeniedError):
        contacts.amend(row.id, dataclasses.replace(MOTHER, may_consent=True, rests_on=SEEN))
    assert [one.may_consent for one in clinic.rows(EmergencyContact)] == [False]
    assert clinic.count(HealthRecord) == 0
