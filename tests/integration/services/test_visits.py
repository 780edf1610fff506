"""Visits on a real encrypted file: check-in, findings, closing, signing, amendments, taking back."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.support.desk import Clinic

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.domain.entry.numbers import BloodPressure, Temperature, TemperatureUnit
from clinicdesk.domain.permissions import Act
from clinicdesk.domain.visit_templates import VisitDisposition
from clinicdesk.domain.visits import Tick
from clinicdesk.domain.vitals import VitalSigns
from clinicdesk.models import (
    AuditLog,
    ClinicalTask,
    ClinicVisit,
    Contact,
    ContactAttempt,
    FollowUpAppointment,
    Signature,
    SyncQueueItem,
    VisitEvent,
)
from clinicdesk.models import VitalSigns as VitalRow
from clinicdesk.models.enums import (
    AuditAction,
    ClinicalTaskKind,
    ContactType,
    EntryKind,
    FollowUpStatus,
    SignatureMeaning,
    TaskStatus,
)
from clinicdesk.security.document_signatures import decode_signature, verify_document
from clinicdesk.security.errors import SignatureRefusedError
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.services.signatures import record_of
from clinicdesk.services.today import Today
from clinicdesk.services.visit_values import (
    FollowUp,
    NewCall,
    NewVisit,
    Signed,
    VisitEntry,
    VisitOpenError,
    VisitRefusedError,
    VisitSignedError,
    VisitUnknownError,
)
from clinicdesk.services.visit_writing import columns_of
from clinicdesk.services.visits import Visits
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.errors import WriteRuleError

WARM = VitalSigns(temperature=Temperature(value=Decimal("98.6"), unit=TemperatureUnit.F))


@pytest.fixture
def visits(clinic: Clinic) -> Visits:
    return Visits(clinic.desk())


def begin(
    clinic: Clinic, visits: Visits, template: str = "stomach_ache", student: uuid.UUID | None = None
) -> uuid.UUID:
    new = NewVisit(student_id=student or clinic.student(), complaints=(template,), template=template)
    return visits.check_in(new).visit_id


def entry(clinic: Clinic, template: str = "stomach_ache", **more: object) -> VisitEntry:
    known = VisitEntry(
        complaints=(template,),
        template=template,
        came_at=clinic.clock.now(),
        vitals=WARM,
        disposition=VisitDisposition.RETURN_TO_CLASS,
    )
    return replace(known, **more)  # type: ignore[arg-type]  # any field of the entry


def finish(clinic: Clinic, visits: Visits, note: str = "") -> Signed:
    visit = begin(clinic, visits)
    clinic.clock.advance(dt.timedelta(minutes=7))
    return visits.close_and_sign(visit, replace(entry(clinic), note=note, came_at=visits.visit(visit).entry.came_at))  # type: ignore[union-attr]


def newest(clinic: Clinic) -> ClinicVisit:
    return clinic.rows(ClinicVisit)[-1]


def test_d02_an_open_visit_is_a_synced_row_from_check_in_on(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits)
    row = newest(clinic)
    assert (row.id, row.disposition, row.signed_at) == (visit, None, None)
    queued = {item.entity_type for item in clinic.rows(SyncQueueItem)}
    assert {"CLINIC_VISIT", "VISIT_EVENT"} <= queued
    assert [tab.id for tab in visits.open_visits()] == [visit]
    assert [step.kind for step in visits.visit(visit).steps] == ["CHECKED_IN"]


def test_m17_a_late_entry_keeps_its_event_time_and_its_entry_time(clinic: Clinic, visits: Visits) -> None:
    came = clinic.clock.now() - dt.timedelta(hours=2)
    visits.check_in(NewVisit(student_id=clinic.student(), complaints=("headache",), template="headache", came_at=came))
    row = newest(clinic)
    assert (row.check_in_time, row.recorded_at) == (came, clinic.clock.now())
    [step] = visits.visit(row.id).steps
    assert (step.at, step.late) == (came, True)


def test_m17_a_time_to_come_is_refused(clinic: Clinic, visits: Visits) -> None:
    came = clinic.clock.now() + dt.timedelta(minutes=1)
    with pytest.raises(InvalidValueError) as refused:
        visits.check_in(NewVisit(student_id=clinic.student(), complaints=("rash",), template="rash", came_at=came))
    assert (refused.value.field, refused.value.problem) == ("check_in_time", "in_future")
    assert clinic.count(ClinicVisit) == 0


@pytest.mark.parametrize(("complaints", "template", "field"), [((), "rash", "complaints"), (("x",), "x", "template")])
def test_a_check_in_names_what_is_missing(
    clinic: Clinic, visits: Visits, complaints: tuple[str, ...], template: str, field: str
) -> None:
    with pytest.raises(InvalidValueError) as refused:
        visits.check_in(NewVisit(student_id=clinic.student(), complaints=complaints, template=template))
    assert refused.value.field == field


def test_a_student_who_is_here_already_is_not_checked_in_twice(clinic: Clinic, visits: Visits) -> None:
    student = clinic.student()
    visit = begin(clinic, visits, student=student)
    assert visits.arriving(student).id == visit


def test_what_was_saved_is_read_as_it_was_typed(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits, "head_injury")
    written = entry(
        clinic,
        "head_injury",
        complaints=("head_injury", "fell off the wall"),
        expected={"alert_oriented": Tick.CONFIRMED, "gait_steady": Tick.NOT_FOUND},
        danger=frozenset({"vomiting"}),
        fields={"mechanism": " fell  "},
        vitals=replace(WARM, heart_rate=92, pain=5, blood_pressure=BloodPressure(systolic=118, diastolic=72)),
        interventions=frozenset({"ice_pack", "rest"}),
        note="Struck right temple.\n",
        brought_by="Coach D. Abernathy",
        disposition=None,
    )
    visits.save(visit, written)
    read = visits.visit(visit).entry
    assert read is not None
    assert read.complaints == ("head_injury", "fell off the wall")
    assert read.expected["alert_oriented"] is Tick.CONFIRMED
    assert read.expected["gait_steady"] is Tick.NOT_FOUND
    assert read.expected["grip_equal"] is Tick.FROM_TEMPLATE
    assert (read.danger, read.fields) == (frozenset({"vomiting"}), {"mechanism": " fell  "})
    assert read.vitals == written.vitals
    assert (read.note, read.brought_by) == (written.note, written.brought_by)
    assert newest(clinic).treatment == "Ice pack, Rest"
    [measured] = clinic.rows(VitalRow)
    assert (measured.visit_id, measured.temperature_unit, measured.signed_at) == (visit, "[degF]", None)


def test_saving_twice_keeps_one_row_of_measurements(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits)
    visits.save(visit, entry(clinic))
    visits.save(visit, entry(clinic, vitals=replace(WARM, pain=3)))
    [measured] = clinic.rows(VitalRow)
    assert (measured.temperature, measured.pain) == (Decimal("98.6"), 3)


def test_an_impossible_measurement_is_refused_and_names_its_field(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits)
    with pytest.raises(InvalidValueError) as refused:
        visits.save(visit, entry(clinic, vitals=replace(WARM, heart_rate=400)))
    assert (refused.value.field, refused.value.problem) == ("heart_rate", "out_of_range")
    assert clinic.count(VitalRow) == 0


def test_an_implausible_measurement_needs_a_reason(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits)
    hot = VitalSigns(temperature=Temperature(value=Decimal(45), unit=TemperatureUnit.C))
    with pytest.raises(VisitRefusedError) as refused:
        visits.save(visit, entry(clinic, vitals=hot))
    [finding] = refused.value.findings
    assert finding.code == "vital.implausible.temperature"
    assert clinic.count(VitalRow) == 0
    visits.save(visit, entry(clinic, vitals=hot, reasons={finding.code: "measured twice, ear and mouth"}))
    [measured] = clinic.rows(VitalRow)
    assert measured.notes == "measured twice, ear and mouth"


def test_a_measurement_finer_than_a_row_can_hold_is_refused(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits)
    fine = VitalSigns(temperature=Temperature(value=Decimal("36.605"), unit=TemperatureUnit.C))
    with pytest.raises(InvalidValueError) as refused:
        visits.save(visit, entry(clinic, vitals=fine))
    assert refused.value.field == "temperature"


def test_one_key_entries_stand_in_the_log_at_their_own_moment(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits, "head_injury")
    clinic.clock.advance(dt.timedelta(minutes=6))
    visits.note_step(visit, "ASSESSED", code="neuro_check", note="normal")
    clinic.clock.advance(dt.timedelta(minutes=5))
    undone = visits.note_step(visit, "NOTE", code="vomited")
    assert [step.code for step in visits.visit(visit).steps] == ["", "neuro_check", "vomited"]
    undone.undo(None)
    assert [step.code for step in visits.visit(visit).steps] == ["", "neuro_check"]
    withdrawn = clinic.rows(VisitEvent, VisitEvent.entry_kind == EntryKind.WITHDRAWN)
    assert [(row.revision, row.correction_reason) for row in withdrawn] == [(2, "Undone within a minute")]


def test_a_step_can_be_entered_late_but_not_ahead(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits)
    now = clinic.clock.now()
    with pytest.raises(InvalidValueError):
        visits.note_step(visit, "NOTE", at=now + dt.timedelta(minutes=1))
    with pytest.raises(InvalidValueError):
        visits.note_step(visit, "NO_SUCH_KIND")


def test_a_call_is_on_record_with_its_outcome_and_in_the_log(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits)
    visits.note_call(visit, NewCall(outcome="LEFT_MESSAGE", name="Front office"))
    [call] = visits.visit(visit).calls
    assert (call.name, call.outcome) == ("Front office", "LEFT_MESSAGE")
    assert clinic.rows(ContactAttempt)[0].visit_id == visit
    with pytest.raises(InvalidValueError):
        visits.note_call(visit, NewCall(outcome="REACHED"))
    with pytest.raises(InvalidValueError):
        visits.note_call(visit, NewCall(outcome="SPOKE_TO_DOG", name="Rex"))


def test_d02_signing_closes_the_visit_and_freezes_it(clinic: Clinic, visits: Visits) -> None:
    signed = finish(clinic, visits)
    row = newest(clinic)
    assert (row.disposition, row.minutes_missed, row.signed_by) == ("RETURN_TO_CLASS", 7, clinic.nurse.id)
    assert signed.from_template == 4
    assert visits.open_visits() == ()
    with pytest.raises(VisitSignedError):
        visits.save(signed.visit_id, entry(clinic))
    audit = AuditEntry(AuditAction.UPDATE, "ClinicVisit", entity_id=signed.visit_id, student_id=row.student_id)
    with pytest.raises(WriteRuleError) as frozen, clinic.desk().act(Act.DOCUMENT_VISIT, audit) as work:
        work.session.get_one(ClinicVisit, signed.visit_id).notes = "changed"
    assert frozen.value.rule == "signed_row"


def test_the_signature_is_over_the_row_as_it_stands(clinic: Clinic, visits: Visits) -> None:
    signed = finish(clinic, visits)
    signatures = clinic.rows(Signature)
    assert {row.table_name for row in signatures} == {"clinic_visits", "vital_signs"}
    assert {row.meaning for row in signatures} == {SignatureMeaning.RECORDED}
    [mine] = [row for row in signatures if row.id == signed.signature_id]
    row = newest(clinic)
    assert (mine.row_id, mine.signer_id) == (row.id, clinic.nurse.id)
    keys = KeyPairs(bytearray(clinic.nurse.keys)).public
    document = decode_signature(mine.signature)
    verify_document(document, keys, record_of("clinic_visits", columns_of(row)))
    row.notes = "forged"
    with pytest.raises(SignatureRefusedError):
        verify_document(document, keys, record_of("clinic_visits", columns_of(row)))


def test_what_is_missing_stops_the_signature_and_nothing_is_written(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits, "head_injury")
    with pytest.raises(VisitRefusedError) as refused:
        visits.close_and_sign(visit, entry(clinic, "head_injury", disposition=None))
    codes = {finding.code for finding in refused.value.findings}
    assert {"visit.disposition_missing", "visit.field_missing.mechanism", "visit.vital_missing.pain"} <= codes
    assert newest(clinic).signed_at is None
    assert clinic.count(Signature) == 0


def test_a_red_flag_needs_a_reason_to_go_back_to_class(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits)
    flagged = entry(clinic, danger=frozenset({"faint"}))
    with pytest.raises(VisitRefusedError) as refused:
        visits.close_and_sign(visit, flagged)
    assert [finding.code for finding in refused.value.findings] == ["visit.red_flag.faint"]
    reasons = {"visit.red_flag.faint": "Known to faint at the sight of blood; mother agrees"}
    visits.close_and_sign(visit, replace(flagged, reasons=reasons))
    read = visits.visit(visit).entry
    assert read is not None
    assert read.reasons == reasons


def test_a_parent_on_record_who_was_reached_settles_the_parent_contact(clinic: Clinic, visits: Visits) -> None:
    student = clinic.student()
    parent = clinic.add(
        Contact(first_name="Ngozi", last_name="Okonkwo", type=ContactType.GUARDIAN, school_id=clinic.school.id)
    ).id
    visit = begin(clinic, visits, "fever", student)
    home = entry(clinic, "fever", disposition=VisitDisposition.SENT_HOME)
    visits.note_call(visit, NewCall(outcome="NO_ANSWER", contact_id=parent))
    with pytest.raises(VisitRefusedError) as refused:
        visits.close_and_sign(visit, home)
    assert [finding.code for finding in refused.value.findings] == ["visit.parent_not_reached"]
    visits.note_call(visit, NewCall(outcome="REACHED", contact_id=parent))
    assert visits.visit(visit).calls[-1].name == "Ngozi Okonkwo"
    visits.close_and_sign(visit, home)
    assert newest(clinic).disposition == "SENT_HOME"


def test_a_time_out_before_the_time_in_is_refused(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits)
    early = clinic.clock.now() - dt.timedelta(minutes=5)
    with pytest.raises(VisitRefusedError) as refused:
        visits.close_and_sign(visit, entry(clinic, left_at=early))
    assert [finding.code for finding in refused.value.findings] == ["visit.out_before_in"]


def test_a_follow_up_becomes_an_appointment_or_a_task(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits)
    plan = FollowUp(on=dt.date(2026, 10, 7), words="Return-to-learn check", appointment=True)
    visits.close_and_sign(visit, entry(clinic), plan)
    [planned] = clinic.rows(FollowUpAppointment)
    assert (planned.original_visit_id, planned.scheduled_date.isoformat()) == (visit, "2026-10-07T13:00:00+00:00")
    second = begin(clinic, visits)
    visits.close_and_sign(second, entry(clinic), replace(plan, appointment=False))
    [task] = clinic.rows(ClinicalTask)
    assert (task.kind, task.subject_id, task.title) == (ClinicalTaskKind.FOLLOW_UP, second, plan.words)


def test_a_follow_up_in_the_past_is_refused(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits)
    with pytest.raises(InvalidValueError):
        visits.close_and_sign(visit, entry(clinic), FollowUp(on=dt.date(2026, 10, 5), words="check"))
    assert newest(clinic).signed_at is None


def test_m18_what_an_aide_signs_waits_for_a_nurse(clinic: Clinic, visits: Visits) -> None:
    aide = Visits(clinic.desk(clinic.aide))
    signed = finish(clinic, aide)
    assert signed.co_review
    [task] = clinic.rows(ClinicalTask)
    assert (task.kind, task.subject_id, task.status) == (ClinicalTaskKind.CO_REVIEW, signed.visit_id, TaskStatus.OPEN)
    assert visits.visit(signed.visit_id).awaits_co_review
    with pytest.raises(PermissionDeniedError):
        aide.co_review(signed.visit_id)
    visits.co_review(signed.visit_id, "agreed")
    assert not visits.visit(signed.visit_id).awaits_co_review
    assert clinic.rows(ClinicalTask)[0].status is TaskStatus.DONE
    assert [row.meaning for row in clinic.rows(Signature)][-1] is SignatureMeaning.REVIEWED


def test_a_nurse_s_own_visit_asks_for_no_review(clinic: Clinic, visits: Visits) -> None:
    assert not finish(clinic, visits).co_review
    assert clinic.count(ClinicalTask) == 0


def test_d02_a_signed_visit_is_changed_by_an_amendment_with_a_reason(clinic: Clinic, visits: Visits) -> None:
    signed = finish(clinic, visits, note="Ate breakfast.")
    held = visits.visit(signed.visit_id).entry
    assert held is not None
    with pytest.raises(InvalidValueError):
        visits.amend(signed.visit_id, " ", held)
    warmer = replace(held.vitals, temperature=Temperature(value=Decimal("99.6"), unit=TemperatureUnit.F))
    amended = visits.amend(signed.visit_id, "Misread", replace(held, note="Skipped breakfast.", vitals=warmer))
    first, second = clinic.rows(ClinicVisit)
    assert (first.notes, second.notes, second.amends_id) == ("Ate breakfast.", "Skipped breakfast.", first.id)
    assert (second.id, second.amendment_reason, second.disposition) == (amended, "Misread", "RETURN_TO_CLASS")
    assert [row.temperature for row in clinic.rows(VitalRow)] == [Decimal("98.6"), Decimal("99.6")]
    sheet = visits.visit(signed.visit_id)
    assert (sheet.id, sheet.root_id, sheet.amended) == (amended, signed.visit_id, True)
    assert sheet.entry is not None
    assert sheet.entry.vitals == warmer


def test_d02_the_version_before_an_amendment_stays_readable_with_its_own_measurements(
    clinic: Clinic, visits: Visits
) -> None:
    signed = finish(clinic, visits, note="Ate breakfast.")
    before = visits.refreshed(signed.visit_id)
    assert before.entry is not None
    warmer = replace(before.entry.vitals, temperature=Temperature(value=Decimal("99.6"), unit=TemperatureUnit.F))
    held = replace(before.entry, note="Skipped breakfast.", vitals=warmer)
    clinic.clock.advance(dt.timedelta(minutes=5))
    amended = visits.amend(signed.visit_id, "Misread", held)
    now = visits.refreshed(amended)
    assert (now.amends, now.amendment_reason, now.superseded) == (signed.visit_id, "Misread", False)
    earlier = visits.version(signed.visit_id)
    assert earlier.entry is not None
    assert (earlier.entry.note, earlier.entry.vitals) == ("Ate breakfast.", before.entry.vitals)
    assert (earlier.superseded, earlier.may_write, earlier.may_amend) == (True, False, False)


def test_an_open_visit_is_not_amended_and_an_aide_does_not_amend(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits)
    with pytest.raises(VisitOpenError):
        visits.amend(visit, "why", entry(clinic))
    signed = visits.close_and_sign(visit, entry(clinic))
    with pytest.raises(PermissionDeniedError):
        Visits(clinic.desk(clinic.aide)).amend(signed.visit_id, "why", entry(clinic))


def test_d01_a_check_in_is_taken_back_within_a_minute_without_a_reason(clinic: Clinic, visits: Visits) -> None:
    begun = visits.check_in(NewVisit(student_id=clinic.student(), complaints=("rash",), template="rash"))
    clinic.clock.advance(dt.timedelta(seconds=59))
    begun.act.undo(None)
    assert visits.open_visits() == ()
    with pytest.raises(VisitUnknownError):
        visits.visit(begun.visit_id)
    row = newest(clinic)
    assert (row.deleted_by, row.delete_reason) == (clinic.nurse.id, "Undone within a minute")
    assert clinic.count(VisitEvent, VisitEvent.entry_kind == EntryKind.WITHDRAWN) == 1


def test_d01_later_a_reason_is_asked(clinic: Clinic, visits: Visits) -> None:
    begun = visits.check_in(NewVisit(student_id=clinic.student(), complaints=("rash",), template="rash"))
    clinic.clock.advance(dt.timedelta(seconds=61))
    with pytest.raises(InvalidValueError):
        begun.act.undo(None)
    begun.act.undo("Wrong student")
    assert newest(clinic).delete_reason == "Wrong student"


def test_d02_taking_a_signature_back_opens_a_new_version_and_keeps_the_signed_row(
    clinic: Clinic, visits: Visits
) -> None:
    visit = begin(clinic, visits)
    plan = FollowUp(on=dt.date(2026, 10, 7), words="Look again", appointment=True)
    signed = visits.close_and_sign(visit, entry(clinic), plan)
    signed.act.undo(None)
    first, second = clinic.rows(ClinicVisit)
    assert first.signed_at is not None
    assert (second.signed_at, second.check_out_time, second.amends_id) == (None, None, first.id)
    assert [tab.id for tab in visits.open_visits()] == [second.id]
    board = Today(clinic.desk()).board()
    assert board.visits is not None
    assert [one.id for one in board.visits] == [second.id]
    assert (board.counters.visits, board.counters.closed) == (1, 0)
    assert [row.status for row in clinic.rows(FollowUpAppointment)] == [FollowUpStatus.CANCELLED]
    again = visits.close_and_sign(visit, replace(entry(clinic), note="once more"))
    assert clinic.rows(ClinicVisit)[-1].notes == "once more"
    assert clinic.rows(Signature)[-1].meaning is SignatureMeaning.AMENDED
    assert again.from_template == 4
    with pytest.raises(VisitSignedError):
        visits.undo_check_in(visit, "no")


def test_a_signature_is_taken_back_later_by_a_nurse_with_a_reason(clinic: Clinic, visits: Visits) -> None:
    aide = Visits(clinic.desk(clinic.aide))
    signed = finish(clinic, aide)
    clinic.clock.advance(dt.timedelta(minutes=2))
    with pytest.raises(PermissionDeniedError):
        aide.undo_sign(signed.visit_id, "wrong student")
    with pytest.raises(InvalidValueError):
        visits.undo_sign(signed.visit_id)
    visits.undo_sign(signed.visit_id, "wrong student")
    assert clinic.rows(ClinicalTask)[0].status is TaskStatus.CANCELLED


def test_the_third_visit_of_the_week_is_told(clinic: Clinic, visits: Visits) -> None:
    student = clinic.student()
    for _ in range(2):
        clinic.clock.advance(dt.timedelta(minutes=30))
        visit = begin(clinic, visits, student=student)
        visits.close_and_sign(visit, entry(clinic))
    assert visits.arriving(student).visit_of_week == 3
    third = begin(clinic, visits, student=student)
    assert visits.visit(third).visit_of_week == 3
    assert visits.arriving(clinic.student("Someone", "Else")).visit_of_week is None


def test_d34_opening_a_visit_leaves_one_row_and_refreshing_none(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits)
    before = clinic.count(AuditLog)
    visits.visit(visit)
    visits.refreshed(visit)
    visits.open_visits()
    assert clinic.count(AuditLog) == before + 1
    assert clinic.rows(AuditLog)[-1].action is AuditAction.READ


@pytest.mark.parametrize("who", ["principal", "viewer", "administrator"])
def test_who_does_not_chart_checks_nobody_in(clinic: Clinic, who: str) -> None:
    outsider = Visits(clinic.desk(getattr(clinic, who), school=clinic.school))
    with pytest.raises(PermissionDeniedError):
        begin(clinic, outsider)
    assert clinic.count(ClinicVisit) == 0


def test_a_viewer_reads_and_an_unknown_visit_is_told(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits)
    sheet = Visits(clinic.desk(clinic.viewer)).visit(visit)
    assert not sheet.may_write
    with pytest.raises(VisitUnknownError):
        visits.visit(uuid.uuid4())


def test_d02_a_draft_is_its_author_s_alone_and_goes_with_the_act(clinic: Clinic, visits: Visits) -> None:
    visit = begin(clinic, visits)
    visits.keep_draft(str(visit), {"note": "half a sen"})
    assert visits.draft(str(visit)) == {"note": "half a sen"}
    assert Visits(clinic.desk(clinic.second_nurse)).draft(str(visit)) is None
    visits.close_and_sign(visit, entry(clinic))
    assert visits.draft(str(visit)) is None
