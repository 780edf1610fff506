"""Stops of a dose by real keys: who may go on, with what, and who never (D40, M4, M5, M6)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from PySide6.QtCore import Qt
from tests.gui.medications.conftest import Station
from tests.support.desk import PASSWORD, Clinic
from tests.support.medication import DAY, PRN, at, note_allergy, sign_consent, strength_of, write_order
from tests.support.round_day import RoundDay

from clinicdesk.domain.medication.facts import IdentityStep, LabelStep
from clinicdesk.domain.medication.log import DoseOutcome as Outcome
from clinicdesk.gui.widgets.fields import TextEditor
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.models import ClinicalTask, IncidentReport, MedicationLog
from clinicdesk.models.enums import DoseOutcome, DoseReason, IncidentType, OverrideRule, Route, Unit
from clinicdesk.services.dose_values import NewDose
from clinicdesk.services.doses import Doses

K = Qt.Key


def two_puffs(clinic: Clinic, student: uuid.UUID, inhaler: uuid.UUID, event_at: dt.datetime) -> None:
    """A student has had the inhaler a while ago."""
    Doses(clinic.desk(clinic.second_nurse)).record(
        NewDose(
            student_id=student,
            order_id=inhaler,
            event_at=event_at,
            identity=IdentityStep(photo_matched=True, second_identifier_matched=True),
            label=LabelStep(label_read=True),
            indication="wheeze",
        )
    )


def open_dose(station: Station, order: uuid.UUID) -> None:
    station.press(K.Key_Home)
    station.seek(order)
    station.press(K.Key_Return)


def words_of(station: Station) -> list[str]:
    sheet = station.round.sheet
    assert sheet is not None
    return [one.text() for one in sheet.findChildren(Paragraph) if one.isVisibleTo(sheet)]


def test_m05_d40_under_the_interval_a_nurse_goes_on_with_reason_and_prescriber(
    station: Station, clinic: Clinic
) -> None:
    two_puffs(clinic, station.day.jose, station.day.inhaler, at("11:20"))
    before = clinic.count(MedicationLog)
    open_dose(station, station.day.inhaler)
    station.press(K.Key_1, K.Key_Space, K.Key_Space)
    assert station.focused == "dose.need.dose.interval_too_short.reason"
    station.write("still wheezing", free=True)
    station.press(K.Key_Return)
    assert station.focused == "dose.need.dose.interval_too_short.contact"
    station.press(K.Key_Return)  # nothing is written there: Enter stays
    assert clinic.count(MedicationLog) == before
    station.write("Dr. Vantongeren 11:30", free=True)
    station.press(K.Key_Return)
    assert station.focused == "dose.given"
    station.press(K.Key_G)
    log = clinic.rows(MedicationLog)[-1]
    assert clinic.count(MedicationLog) == before + 1
    assert (log.override_rule, log.override_reason, log.override_prescriber_contact, log.override_by) == (
        OverrideRule.M5,
        "still wheezing",
        "Dr. Vantongeren 11:30",
        clinic.nurse.id,
    )


def test_m05_d40_over_the_daily_maximum_the_reason_alone_is_not_enough(station: Station, clinic: Clinic) -> None:
    cupboard = station.day.cupboard
    for moment in (at("23:30", DAY - dt.timedelta(days=1)), at("03:30"), at("07:30")):
        two_puffs(clinic, cupboard.student, cupboard.albuterol, moment)
    before = clinic.count(MedicationLog)
    open_dose(station, cupboard.albuterol)
    station.press(K.Key_1, K.Key_Space, K.Key_Space)
    assert station.focused == "dose.need.dose.over_24_hour_maximum.reason"
    station.write("wheeze", free=True)
    sheet = station.round.sheet
    assert sheet is not None
    assert not sheet.given.isEnabled()
    station.press(K.Key_Return)
    station.write("Dr. Lund 11:31", free=True)
    station.press(K.Key_Return, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert clinic.count(MedicationLog) == before + 1


def test_m05_d40_a_health_aide_is_asked_for_nothing_and_never_goes_on(aides_station: Station, clinic: Clinic) -> None:
    station = aides_station
    two_puffs(clinic, station.day.jose, station.day.inhaler, at("11:20"))
    before = clinic.count(MedicationLog)
    open_dose(station, station.day.inhaler)
    station.press(K.Key_1, K.Key_Space, K.Key_Space)
    sheet = station.round.sheet
    assert sheet is not None
    assert "Only a registered nurse can go on with this dose." in words_of(station)
    assert not [one for one in sheet.findChildren(TextEditor) if one.objectName().startswith("dose.need")]
    station.press(K.Key_G)
    station.press(K.Key_Return, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert not sheet.given.isEnabled()
    assert clinic.count(MedicationLog) == before


def test_m18_a_trained_aide_gives_a_scheduled_dose_with_the_same_keys(aides_station: Station, clinic: Clinic) -> None:
    open_dose(aides_station, aides_station.day.cupboard.amoxicillin)
    aides_station.press(K.Key_Space, K.Key_Space, K.Key_G)
    assert clinic.rows(MedicationLog)[-1].administered_by == clinic.aide.id


def test_m06_d40_an_allergy_is_lifted_by_a_second_nurse_s_own_password(station: Station, clinic: Clinic) -> None:
    cupboard = station.day.cupboard
    note_allergy(clinic, cupboard.student, "Amoxicillin", ingredient_code="723")
    before = clinic.count(MedicationLog)
    open_dose(station, cupboard.amoxicillin)
    station.press(K.Key_Space, K.Key_Space)
    assert station.focused == "dose.need.dose.allergy.reason"
    station.write("tolerated in June", free=True)
    station.press(K.Key_Return)
    assert station.focused == "dose.need.second"
    station.write("carvalho", free=True)
    station.press(K.Key_Tab)
    station.write("not her password", free=True)
    station.press(K.Key_Return)
    assert clinic.count(MedicationLog) == before
    assert station.dose.state.message
    assert station.focused == "dose.need.secondPassword"  # empty again, to be typed anew
    station.write(PASSWORD, free=True)
    station.press(K.Key_Return)
    log = clinic.rows(MedicationLog)[-1]
    assert clinic.count(MedicationLog) == before + 1
    assert (log.override_rule, log.override_by) == (OverrideRule.M6, clinic.second_nurse.id)


@pytest.mark.parametrize("second", ["olszewski", "whitfield"])
def test_m06_neither_the_giver_nor_an_aide_is_the_second_person(station: Station, clinic: Clinic, second: str) -> None:
    cupboard = station.day.cupboard
    note_allergy(clinic, cupboard.student, "Amoxicillin", ingredient_code="723")
    before = clinic.count(MedicationLog)
    open_dose(station, cupboard.amoxicillin)
    station.press(K.Key_Space, K.Key_Space)
    station.write("tolerated", free=True)
    station.press(K.Key_Return)
    station.write(second, free=True)
    station.press(K.Key_Tab)
    station.write(PASSWORD, free=True)
    station.press(K.Key_Return)
    assert clinic.count(MedicationLog) == before
    assert station.dose.state.message


def checked_order(clinic: Clinic, day: RoundDay, **changes: object) -> uuid.UUID:
    """An inhaler whose order asks for the peak flow and a call to the parent before each dose."""
    student = clinic.student("Ana", "Prieto", dt.date(2016, 5, 4))
    drugs = day.cupboard.drugs
    columns = {**PRN, "prn_indications": [], "prn_precheck": "PEAK_FLOW,PARENT_CALL", "route": Route.INHALED, **changes}
    return write_order(
        clinic,
        student,
        drugs.albuterol,
        sign_consent(clinic, drugs, student),
        **strength_of("90", Unit.UG, Unit.PUFF, "2"),
        **columns,
    )


def refreshed(station: Station) -> None:
    station.round._presenter.load()
    station.rest()


def test_m05_the_checks_before_a_prn_dose_are_charted_in_the_sheet(station: Station, clinic: Clinic) -> None:
    order = checked_order(clinic, station.day)
    refreshed(station)
    open_dose(station, order)
    station.press(K.Key_Space, K.Key_Space)
    assert station.focused == "dose.need.parent_call"
    station.write("mother 11:20", free=True)
    station.press(K.Key_Return)
    assert station.focused == "dose.need.peak_flow"
    station.write("1900")
    station.press(K.Key_Return)
    sheet = station.round.sheet
    assert sheet is not None
    assert not sheet.given.isEnabled()  # no lungs blow that
    station.press(K.Key_End, K.Key_Backspace)
    station.press(K.Key_Return)
    assert station.focused == "dose.given"
    station.press(K.Key_G)
    log = clinic.rows(MedicationLog)[-1]
    assert log.precheck_result == "PARENT_CALL=mother 11:20; PEAK_FLOW=190 L/min"
    assert log.override_rule is None


def test_m05_d40_a_nurse_goes_on_without_a_check_and_says_why(station: Station, clinic: Clinic) -> None:
    order = checked_order(clinic, station.day)
    refreshed(station)
    open_dose(station, order)
    station.press(K.Key_Space, K.Key_Space)
    station.write("mother 11:20", free=True)
    station.press(K.Key_Return, K.Key_Tab)
    assert station.focused == "dose.own.precheck.reason"
    station.write("meter broken", free=True)
    station.press(K.Key_Return)
    assert station.focused == "dose.given"
    station.press(K.Key_G)
    log = clinic.rows(MedicationLog)[-1]
    assert (log.precheck_result, log.override_rule, log.override_reason) == (
        "PARENT_CALL=mother 11:20",
        OverrideRule.M5,
        "meter broken",
    )


def test_m05_d40_an_aide_does_not_go_on_without_a_check(aides_station: Station, clinic: Clinic) -> None:
    station = aides_station
    order = checked_order(clinic, station.day)
    refreshed(station)
    before = clinic.count(MedicationLog)
    open_dose(station, order)
    station.press(K.Key_Space, K.Key_Space)
    assert "Without these checks only a registered nurse can go on." in words_of(station)
    station.press(K.Key_G)
    assert clinic.count(MedicationLog) == before


def test_m16_d40_an_emergency_dose_waits_for_no_check(station: Station, clinic: Clinic) -> None:
    order = checked_order(clinic, station.day, emergency=True)
    refreshed(station)
    open_dose(station, order)
    station.press(K.Key_G)
    log = clinic.rows(MedicationLog)[-1]
    recorded = {one["code"] for one in log.advisories}
    assert {"dose.precheck_missing", "dose.identity_missing"} <= recorded
    assert log.override_rule is None


def test_t04_m04_an_early_dose_is_given_with_one_key_for_its_reason(station: Station, clinic: Clinic) -> None:
    """The noon dose of 13:00, given at 11:32 before a field trip."""
    lines = station.round.view.grid.grid.lines
    row = next(at for at, line in enumerate(lines) if line.scheduled is not None and "13:00" in line.scheduled.cells)
    order = lines[row].order_id
    station.press(K.Key_Home)
    station.seek(order)
    while station.round.view.grid.grid.time_of(station.round.view.grid.currentIndex().column()) != "13:00":
        station.press(K.Key_Right)
    station.keys = 0
    station.press(K.Key_Return, K.Key_Space, K.Key_Space)
    sheet = station.round.sheet
    assert sheet is not None
    assert not sheet.given.isEnabled()
    station.press(K.Key_1, K.Key_G)
    assert station.keys <= 8
    log = clinic.rows(MedicationLog)[-1]
    assert (log.slot_key, log.override_rule, log.override_reason, log.reason_code) == (
        "2026-10-06T13:00",
        OverrideRule.M4,
        "Field trip",
        DoseReason.FIELD_TRIP,
    )


def test_m04_a_missed_dose_asks_its_reason_and_opens_an_incident_draft(station: Station, clinic: Clinic) -> None:
    clinic.clock.advance(dt.timedelta(hours=2))
    refreshed(station)
    station.press(K.Key_Home)
    open_dose(station, station.day.late)
    sheet = station.round.sheet
    assert sheet is not None
    assert sheet._buttons[Outcome.MISSED].isVisible()
    station.press(K.Key_M)
    station.press(K.Key_Return, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert station.dose.state.message == "Choose the reason."
    assert not [row for row in clinic.rows(MedicationLog) if row.outcome is DoseOutcome.MISSED]
    assert station.focused == "dose.chartOutcome"
    station.press(K.Key_1)
    station.press(K.Key_Return, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert station.dose.state.message == ""
    (log,) = [row for row in clinic.rows(MedicationLog) if row.outcome is DoseOutcome.MISSED]
    assert (log.student_id, log.reason_code) == (station.day.dmitri, DoseReason.NO_SHOW)
    (incident,) = clinic.rows(IncidentReport)
    assert (incident.type, incident.student_id) == (IncidentType.MEDICATION_ERROR, station.day.dmitri)
    assert {task.details["code"] for task in clinic.rows(ClinicalTask) if task.student_id == station.day.dmitri} == {
        "task.parent_contact",
        "task.incident_draft",
    }
    state = station.round._presenter.state
    assert state.round is not None
    (row,) = [one for one in state.round.rows if one.order.id == station.day.late]
    assert row.cells["11:00"].state == "MISSED_CHARTED"


def test_m04_a_dose_is_not_missed_before_its_time_has_passed(station: Station, clinic: Clinic) -> None:
    before = clinic.count(MedicationLog)
    open_dose(station, station.day.cupboard.amoxicillin)
    station.press(K.Key_M)
    assert station.dose.state.outcome is None
    assert "only after" in station.dose.state.message
    assert clinic.count(MedicationLog) == before
