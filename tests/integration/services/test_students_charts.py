"""Charts on a real encrypted file: opening, safety while a conflict is open, aliases, registering."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from tests.support.busy_day import BusyDay, busy_day, students_of
from tests.support.desk import Clinic

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.models import Allergy, AuditLog, SealedKey, Student, StudentEnrollment, SyncQueueItem
from clinicdesk.models.enums import (
    AllergySeverity,
    AuditAction,
    EnrollmentStatus,
    NumberStatus,
)
from clinicdesk.services.charts import Charts
from clinicdesk.services.student_values import AllergyKnowledge, BadgeKind, PaperKind
from clinicdesk.services.students import NewStudent, Students, StudentUnknownError


@pytest.fixture
def day(clinic: Clinic) -> BusyDay:
    return busy_day(clinic)


def _reads(clinic: Clinic) -> list[AuditLog]:
    return clinic.rows(AuditLog, AuditLog.action == AuditAction.READ, AuditLog.entity_type == "Student")


def test_opening_a_chart_is_audited_once_and_its_pages_are_not(clinic: Clinic, day: BusyDay) -> None:
    desk, amara = clinic.desk(), day.students["amara"]
    Students(desk).open(amara)
    Students(desk).refresh(amara)
    charts = Charts(desk)
    charts.visits(amara), charts.medications(amara), charts.timeline(amara)
    (row,) = _reads(clinic)
    assert row.student_id == amara


def test_the_summary_says_what_the_nurse_needs_first(clinic: Clinic, day: BusyDay) -> None:
    chart = Students(clinic.desk()).open(day.students["amara"])
    summary = chart.summary
    assert summary.allergies is not None
    assert [one.allergen for one in summary.allergies.listed] == ["Peanut", "Amoxicillin"]
    assert summary.plans is not None
    assert [plan.emergency for plan in summary.plans] == [True, False]
    assert summary.visits is not None
    assert len(summary.visits) == 5
    assert (summary.visits_this_month, summary.visits_this_year) == (1, 6)
    assert [one.name for one in summary.contacts if one.no_release] == ["Gregor Halloran"]
    assert [one.call_order for one in summary.contacts] == [1, 2, 3, 4]
    assert (summary.restricted_notes, summary.may_read_restricted) == (1, False)
    assert summary.vaccinations is not None
    assert summary.vaccinations.doses == 1
    assert chart.student.weight is not None
    assert str(chart.student.weight.amount) == "26.4"


def test_d22_an_allergy_holds_while_one_side_of_a_conflict_states_it(clinic: Clinic, day: BusyDay) -> None:
    student = day.students["harriet"]
    row = clinic.add(
        Allergy(
            student_id=student,
            allergen="Latex",
            severity=AllergySeverity.MILD,
            active=False,
            inactive_reason="outgrown",
        )
    )
    day.conflict("harriet", row.id, {"active": False}, {"active": True, "severity": "SEVERE"})
    chart = Students(clinic.desk()).open(student)
    assert chart.summary.allergies is not None
    (latex,) = chart.summary.allergies.listed
    assert latex.holds
    assert latex.severity == "SEVERE"
    assert latex.in_conflict
    assert BadgeKind.ALLERGY in {badge.kind for badge in chart.badges}


def test_d22_a_deleted_allergy_holds_while_the_other_side_kept_it(clinic: Clinic, day: BusyDay) -> None:
    student = day.students["harriet"]
    row = clinic.add(
        Allergy(
            student_id=student, allergen="Bee sting", severity=AllergySeverity.SEVERE, deleted_at=clinic.clock.now()
        )
    )
    day.conflict("harriet", row.id, {"deleted_at": "2026-10-06T15:00:00.000000Z"}, {"deleted_at": None})
    allergies = Students(clinic.desk()).open(student).summary.allergies
    assert allergies is not None
    assert [one.allergen for one in allergies.listed] == ["Bee sting"]


def test_nobody_having_asked_is_not_the_same_as_no_allergy(clinic: Clinic) -> None:
    student = clinic.student()
    allergies = Students(clinic.desk()).open(student).summary.allergies
    assert allergies is not None
    assert allergies.knowledge is AllergyKnowledge.NOT_ASKED


def test_d26_a_merged_record_opens_as_the_one_that_counts_with_the_allergies_of_both(clinic: Clinic) -> None:
    kept, other = clinic.student("Lena", "Berg"), clinic.student("Lena", "Berg")
    clinic.add(Allergy(student_id=other, allergen="Peanut", severity=AllergySeverity.SEVERE))
    with clinic.pulled() as work:
        work.session.get_one(Student, other).merged_into_id = kept
    chart = Students(clinic.desk()).open(other)
    assert chart.student.id == kept
    assert chart.student.merged_from == 1
    assert chart.summary.allergies is not None
    assert [one.allergen for one in chart.summary.allergies.listed] == ["Peanut"]


def test_a_role_without_the_health_record_sees_who_it_is_and_the_badges_alone(clinic: Clinic, day: BusyDay) -> None:
    chart = Students(clinic.desk(clinic.principal)).open(day.students["amara"])
    assert chart.summary.allergies is None
    assert chart.summary.visits is None
    assert chart.summary.orders is None
    assert BadgeKind.ALLERGY in {badge.kind for badge in chart.badges}
    with pytest.raises(PermissionDeniedError):
        Charts(clinic.desk(clinic.principal)).visits(day.students["amara"])


def test_a_student_of_another_school_stays_closed_and_the_attempt_is_on_record(clinic: Clinic) -> None:
    away = clinic.student("Ida", "Nyqvist", school=clinic.other_school)
    with pytest.raises(PermissionDeniedError):
        Students(clinic.desk()).open(away)
    (denied,) = clinic.rows(AuditLog, AuditLog.action == AuditAction.DENIED)
    assert denied.student_id == away


def test_an_unknown_student_is_said_to_be_unknown(clinic: Clinic) -> None:
    with pytest.raises(StudentUnknownError):
        Students(clinic.desk()).open(uuid.uuid4())


def test_the_second_look_names_the_other_of_the_same_name(clinic: Clinic) -> None:
    day = students_of(clinic)
    students = Students(clinic.desk())
    glance = students.glance(day.students["siobhan"])
    assert [one.id for one in glance.same_name] == [day.students["siobhan2"]]
    assert students.glance(day.students["nkechi"]).same_name == ()
    assert _reads(clinic) == []


def test_the_emergency_card_is_for_every_role_and_each_showing_is_audited(clinic: Clinic, day: BusyDay) -> None:
    card = Students(clinic.desk(clinic.viewer)).emergency_card(day.students["amara"])
    assert [one.allergen for one in card.allergies.listed] == ["Peanut", "Amoxicillin"]
    assert [plan.steps for plan in card.plans] == ["Give epinephrine, call 911, lie flat with legs raised."]
    assert [order.drug for order in card.emergency_orders] == ["EPINEPHrine auto-injector"]
    (row,) = _reads(clinic)
    assert (row.metadata_ or {})["part"] == "emergency_card"


def test_m02_an_order_without_a_standing_consent_says_so_and_an_emergency_never_does(
    clinic: Clinic, day: BusyDay
) -> None:
    students = Students(clinic.desk())
    orders = students.open(day.students["isla"]).summary.orders
    assert orders is not None
    assert [order.consent_missing for order in orders] == [True]
    amara = students.open(day.students["amara"]).summary.orders
    assert amara is not None
    assert [order.consent_missing for order in amara] == [False, False]


def test_each_page_has_its_rows(clinic: Clinic, day: BusyDay) -> None:
    charts, amara = Charts(clinic.desk()), day.students["amara"]
    assert len(charts.visits(amara)) == 6
    assert {order.drug for order in charts.medications(amara).orders} == {
        "methylphenidate",
        "EPINEPHrine auto-injector",
    }
    assert [one.vaccine for one in charts.immunizations(amara)] == ["MMR"]
    assert [one.weight for one in charts.growth(amara)] == ["26.4 kg"]
    assert {one.kind for one in charts.papers(amara)} == {PaperKind.CONSENT}
    assert len(charts.contacts(amara)) == 4
    assert {entry.kind for entry in charts.timeline(amara)} == {"VISIT", "VACCINE", "MEASURED"}
    assert charts.screenings(amara) == ()
    fatoumata = charts.medications(day.students["fatoumata"]).doses
    assert [(dose.drug, dose.outcome) for dose in fatoumata] == [("metFORMIN", "GIVEN")]


NEW = NewStudent(first_name="Łukasz", last_name="Wójcik", birth_date=dt.date(2017, 3, 3), grade="3")


def test_d10_a_registered_student_is_provisional_at_this_school_with_a_key_of_her_own(clinic: Clinic) -> None:
    made = Students(clinic.desk()).register(NEW).student_id
    assert made is not None
    (student,) = clinic.rows(Student, Student.id == made)
    assert student.number_status is NumberStatus.PROVISIONAL
    assert student.student_number is None
    (enrolment,) = clinic.rows(StudentEnrollment, StudentEnrollment.student_id == made)
    assert (enrolment.status, enrolment.school_id) == (EnrollmentStatus.PROVISIONAL, clinic.school.id)
    assert clinic.count(SealedKey, SealedKey.student_id == made) == 1
    queued = {item.table_name for item in clinic.rows(SyncQueueItem)}
    assert {"students", "student_enrollments", "sealed_keys"} <= queued
    assert Students(clinic.desk()).open(made).student.provisional


def test_somebody_alike_stops_the_registration_until_a_person_decides(clinic: Clinic) -> None:
    known = clinic.student("Lukasz", "Wojcik", NEW.birth_date)
    students = Students(clinic.desk())
    stopped = students.register(NEW)
    assert stopped.student_id is None
    assert [one.student.id for one in stopped.alike] == [known]
    assert clinic.count(Student) == 1
    assert students.register(NEW, although_alike=True).student_id is not None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"first_name": "  "}, "first_name"),
        ({"birth_date": dt.date(2027, 1, 1)}, "birth_date"),
        ({"gender": "unknown"}, "gender"),
        ({"last_name": "x" * 101}, "last_name"),
    ],
)
def test_an_impossible_entry_is_refused_at_its_field(clinic: Clinic, changed: dict[str, object], field: str) -> None:
    values = {"first_name": "Ann", "last_name": "Li", "birth_date": dt.date(2017, 3, 3), "grade": "3", **changed}
    with pytest.raises(InvalidValueError) as refused:
        Students(clinic.desk()).register(NewStudent(**values))  # type: ignore[arg-type]  # one of them is wrong on purpose
    assert refused.value.field == field
    assert clinic.count(Student) == 0


def test_an_aide_registers_nobody(clinic: Clinic) -> None:
    with pytest.raises(PermissionDeniedError):
        Students(clinic.desk(clinic.aide)).register(NEW)


def test_a_preferred_name_is_written_and_taken_back(clinic: Clinic) -> None:
    student = clinic.student()
    students = Students(clinic.desk())
    act = students.call_by(student, "Ama")
    assert students.open(student).student.name.shown == "Ama Okonkwo-Lindqvist"
    act.undo(None)
    assert students.open(student).student.name.preferred is None


def test_after_a_minute_taking_back_asks_for_a_reason(clinic: Clinic) -> None:
    student = clinic.student()
    students = Students(clinic.desk())
    act = students.call_by(student, "Ama")
    clinic.clock.advance(dt.timedelta(minutes=2))
    with pytest.raises(InvalidValueError):
        act.undo(None)
    act.undo("typed for the wrong student")
    assert students.open(student).student.name.preferred is None
