"""Entries on record by keys: read, put right, taken back and undone, exempted; drafts; every state (D1, I15)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from tests.support import layout
from tests.support.accessibility import unnamed
from tests.support.consents import add_parent, consents_of, publish_form, typed
from tests.support.desk import Clinic
from tests.support.looks import Display, on_every_display
from tests.support.paper_window import PaperWindow
from tests.support.qt import settle
from tests.support.vaccines import new_dose, vaccine_lot

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.permissions import Act
from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.immunizations.screen import ImmunizationScreen
from clinicdesk.gui.screens.immunizations.sheets import EntrySheet, ExemptionSheet, ReportedSheet
from clinicdesk.gui.widgets.buttons import LinkText
from clinicdesk.gui.widgets.states import EmptyState, ErrorState, NoPermission
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.models import Draft, Immunization, StockBalance, SyncConflict, Vaccination
from clinicdesk.models.enums import ConflictKind, EntryKind, SyncEntityType
from clinicdesk.presentation.immunizations.state import ImmunizationState
from clinicdesk.services.allergies import AllergyEntry, HealthFacts
from clinicdesk.services.immunization_values import NewExemption, ReportedDose
from clinicdesk.services.immunizations import Immunizations

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def lot(clinic: Clinic) -> uuid.UUID:
    return vaccine_lot(clinic)


@pytest.fixture
def student(clinic: Clinic, lot: uuid.UUID) -> uuid.UUID:
    """With a consent, a dose given here from stock and one that her parents reported."""
    found = clinic.student(born=dt.date(2015, 4, 17))
    consents_of(clinic).collect(typed(publish_form(clinic, "VACCINATION"), found, add_parent(clinic, found)))
    service = Immunizations(clinic.desk())
    service.record_vaccination(new_dose(found, consent_by="", lot_id=lot))
    service.record_reported(found, "PARENT_RECORD", [ReportedDose(vaccine="polio", cvx="89", year=2015)])
    return found


@pytest.fixture
def window(built: Application, clinic: Clinic, student: uuid.UUID) -> Iterator[PaperWindow]:
    opened = PaperWindow(built, clinic, "immunizations")
    opened.workspace.navigate("immunizations", student_id=str(student))
    opened.rest()
    yield opened
    opened.close()


def screen_of(window: PaperWindow) -> ImmunizationScreen:
    found = window.workspace.current()
    assert isinstance(found, ImmunizationScreen)
    return found


def to(window: PaperWindow, place: str) -> None:
    """Tab until the focus is there."""
    for _ in range(60):
        if window.focus() == place:
            return
        window.press(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never reaches {place}")


def history(window: PaperWindow) -> list[tuple[str, str]]:
    return [(row.vaccine, row.note) for row in screen_of(window).view.history.rows()]


def test_d01_a_dose_is_corrected_by_keys_with_its_reason(clinic: Clinic, window: PaperWindow) -> None:
    to(window, "immunizations.history")
    window.press(Qt.Key.Key_Home)
    window.press(Qt.Key.Key_Return)
    assert isinstance(screen_of(window).view.sheet, EntrySheet)
    window.press(Qt.Key.Key_Return, CTRL)
    view = screen_of(window).view
    assert view.sheet is None
    assert window.focus() == "immunizations.vaccine"
    to(window, "immunizations.site")
    window.press(Qt.Key.Key_Down)
    window.press(Qt.Key.Key_Return, CTRL)
    assert view.entry.fields["why"].has_error()
    assert window.focus() == "immunizations.why"
    window.write("It was the right arm")
    window.press(Qt.Key.Key_Return, CTRL)

    first, second = sorted(clinic.rows(Vaccination), key=lambda row: row.revision)
    assert (second.supersedes_id, second.entry_kind) == (first.id, EntryKind.CORRECTION)
    assert (second.correction_reason, second.site_of_administration) == ("It was the right arm", "DELTOID_RIGHT")
    assert second.administration_date == first.administration_date
    assert history(window)[0] == ("MMR", "corrected")
    assert clinic.rows(StockBalance)[0].quantity == Decimal(9)


def test_d01_an_entry_made_in_error_stays_readable_and_undo_brings_it_back(clinic: Clinic, window: PaperWindow) -> None:
    to(window, "immunizations.history")
    window.press(Qt.Key.Key_Home)
    window.press(Qt.Key.Key_Return)
    to(window, "immunizations.entry.reason")
    window.press(Qt.Key.Key_Return)
    sheet = screen_of(window).view.sheet
    assert isinstance(sheet, EntrySheet)
    assert sheet.reason_field.has_error()
    window.write("Given to her sister")
    window.press(Qt.Key.Key_Return)

    assert history(window)[-1] == ("MMR", "Entered in error")
    assert clinic.rows(StockBalance)[0].quantity == Decimal(10)
    to(window, "immunizations.history")
    window.press(Qt.Key.Key_End)
    window.press(Qt.Key.Key_Return)
    sheet = screen_of(window).view.sheet
    assert isinstance(sheet, EntrySheet)
    assert not sheet.correct.isVisible()
    assert any("Given to her sister" in part.text() for part in sheet.findChildren(Paragraph))
    window.press(Qt.Key.Key_Escape)

    window.acts.undo()
    window.rest()
    assert history(window)[0] == ("MMR", "corrected")
    assert clinic.rows(StockBalance)[0].quantity == Decimal(9)


def test_undo_of_a_dose_restores_the_stock_and_the_screen(clinic: Clinic, window: PaperWindow, lot: uuid.UUID) -> None:
    clinic.clock.advance(dt.timedelta(days=1))
    window.scan("X014582")
    window.press(Qt.Key.Key_Down)
    window.press(Qt.Key.Key_A, CTRL | SHIFT)
    window.press(Qt.Key.Key_Return, CTRL)
    assert clinic.rows(StockBalance, StockBalance.lot_id == lot)[0].quantity == Decimal(8)
    assert len(history(window)) == 3
    window.acts.undo()
    window.rest()
    assert clinic.rows(StockBalance, StockBalance.lot_id == lot)[0].quantity == Decimal(9)
    assert history(window)[-1] == ("MMR", "Entered in error")


def test_d01_i15_a_reported_dose_is_put_right_by_keys(clinic: Clinic, window: PaperWindow) -> None:
    assert history(window)[-1] == ("Polio unspecified", "Not evaluable")
    to(window, "immunizations.history")
    window.press(Qt.Key.Key_End)
    window.press(Qt.Key.Key_Return)
    window.press(Qt.Key.Key_Return, CTRL)
    sheet = screen_of(window).view.sheet
    assert isinstance(sheet, ReportedSheet)
    assert sheet.fields["date"].editor.property("text") == "2015"
    window.press(Qt.Key.Key_A, CTRL)
    window.write("ipv")
    to(window, "immunizations.reported.date")
    window.press(Qt.Key.Key_A, CTRL)
    window.write("8/40/15")
    window.press(Qt.Key.Key_Return, CTRL)
    assert sheet.fields["date"].has_error()
    assert window.focus() == "immunizations.reported.date"
    window.press(Qt.Key.Key_A, CTRL)
    window.write("8/1/15")
    to(window, "immunizations.reported.why")
    window.write("The card was read again")
    window.press(Qt.Key.Key_Return, CTRL)

    assert history(window)[-1] == ("IPV", "corrected")
    last = max(clinic.rows(Immunization), key=lambda row: row.revision)
    assert (last.cvx_code, last.correction_reason) == ("10", "The card was read again")


def test_an_exemption_is_recorded_by_keys_with_type_end_and_document(clinic: Clinic, window: PaperWindow) -> None:
    to(window, "immunizations.exempt")
    window.press(Qt.Key.Key_Space)
    sheet = screen_of(window).view.sheet
    assert isinstance(sheet, ExemptionSheet)
    window.press(Qt.Key.Key_Return, CTRL)
    assert sheet.fields["vaccine"].has_error()
    window.write("varicella")
    to(window, "immunizations.exemption.kind")
    window.press(Qt.Key.Key_Down)
    to(window, "immunizations.exemption.reason")
    window.write("As stated on the form")
    to(window, "immunizations.exemption.until")
    window.write("6/30/2027")
    to(window, "immunizations.exemption.document")
    window.write("Form CH-205, folder 3")
    window.press(Qt.Key.Key_Return, CTRL)

    row = next(one for one in clinic.rows(Vaccination) if one.exemption_status)
    assert (row.exemption_kind, row.exemption_expires_on) == ("RELIGIOUS", dt.date(2027, 6, 30))
    assert row.exemption_document == "Form CH-205, folder 3"
    assert ("Varicella: exempt", "until Jun 30, 2027") in history(window)


def test_m13_an_expired_lot_is_told_when_it_is_scanned_and_cannot_be_saved(clinic: Clinic, window: PaperWindow) -> None:
    vaccine_lot(clinic, "Varicella", number="DEMOOLD1", expires_on=dt.date(2026, 9, 30))
    screen_of(window)._presenter.refresh()
    window.rest()
    window.scan("DEMOOLD1")
    entry = screen_of(window).view.entry
    assert entry.fields["expiry"].error.text() == "The lot expired on Sep 30, 2026."
    window.press(Qt.Key.Key_Return, CTRL)
    assert entry.fields["expiry"].error.text() == "The lot expired on Sep 30, 2026."
    assert clinic.count(Vaccination) == 1


def test_a_box_of_a_lot_that_nobody_received_fills_number_and_expiry(clinic: Clinic, window: PaperWindow) -> None:
    window.scan("010031234567890617270531" + "10FOREIGN7")
    entry = screen_of(window)._presenter.state.entry
    assert (entry.lot, entry.expiry, entry.lot_id) == ("FOREIGN7", "2027-05-31", None)
    assert window.focus() == "immunizations.vaccine"
    window.scan("NOLOTATALL")
    assert window.scans == ["NOLOTATALL"]


def test_m06_a_severe_allergy_to_a_part_stops_the_dose_in_words(
    clinic: Clinic, window: PaperWindow, student: uuid.UUID
) -> None:
    HealthFacts(clinic.desk()).add_allergy(student, AllergyEntry(allergen="Gelatin", severity="SEVERE"))
    vaccine_lot(clinic, "Varicella", number="W033871")
    screen_of(window)._presenter.refresh()
    window.rest()
    window.scan("W033871")
    window.press(Qt.Key.Key_A, CTRL | SHIFT)
    window.press(Qt.Key.Key_Return, CTRL)
    assert "Gelatin" in screen_of(window).view.entry.problem.text()
    assert clinic.count(Vaccination) == 1


def test_what_is_typed_outlives_a_lock_as_a_sealed_draft(
    built: Application, clinic: Clinic, window: PaperWindow, student: uuid.UUID
) -> None:
    window.scan("X014582")
    window.press(Qt.Key.Key_V, CTRL | SHIFT)
    window.write("mmr 5/6/16")
    window.press(Qt.Key.Key_Escape)
    window.workspace.leave()  # what the lock does first
    (draft,) = clinic.rows(Draft)
    assert b"X014582" not in draft.content
    assert b"mmr" not in draft.content

    clinic.clock.advance(dt.timedelta(days=1))
    again = PaperWindow(built, clinic, "immunizations")
    begun = screen_of(again).view.findChildren(LinkText)
    assert f"immunizations.waiting.{student}" in [link.objectName() for link in begun]
    again.workspace.navigate("immunizations", student_id=str(student))
    again.rest()
    state = screen_of(again)._presenter.state
    assert (state.entry.lot, state.entry.lot_id is not None) == ("X014582", True)
    assert state.entry.date == "2026-10-06"  # "today" was typed the day before
    assert [dose.date for dose in state.old.doses] == [dt.date(2016, 5, 6)]
    again.close()


def test_a_draft_is_kept_within_a_second_and_gone_when_the_dose_is_recorded(
    clinic: Clinic, window: PaperWindow
) -> None:
    clinic.clock.advance(dt.timedelta(days=1))
    window.scan("X014582")
    view = screen_of(window).view
    assert view._autosave.isActive()
    assert view._autosave.interval() <= 1000
    view._autosave.timeout.emit()
    window.rest()
    assert clinic.count(Draft) == 1
    window.press(Qt.Key.Key_Down)
    window.press(Qt.Key.Key_A, CTRL | SHIFT)
    window.press(Qt.Key.Key_Return, CTRL)
    assert clinic.count(Draft) == 0
    assert window.focus() == "immunizations.vaccine"


def test_m01_nothing_of_one_student_stays_on_the_screen_of_another(
    clinic: Clinic, window: PaperWindow, student: uuid.UUID
) -> None:
    other = clinic.student("Emeka", "Adeyemi")
    window.scan("X014582")
    window.workspace.navigate("immunizations", student_id=str(other))
    assert screen_of(window)._presenter.state.history is None
    window.rest()
    state = screen_of(window)._presenter.state
    assert state.history is not None
    assert (state.history.student.id, state.entry.lot, history(window)) == (other, "", [])
    window.workspace.navigate("immunizations", student_id=str(student))
    window.rest()
    assert screen_of(window)._presenter.state.entry.lot == "X014582"


def test_an_empty_history_offers_its_one_action(clinic: Clinic, window: PaperWindow) -> None:
    window.workspace.navigate("immunizations", student_id=str(clinic.student("Emeka", "Adeyemi")))
    window.rest()
    shown = screen_of(window).view.list_states.shown()
    assert isinstance(shown, EmptyState)
    shown.action.click()
    settle()
    assert screen_of(window).view.sheet is not None


def test_a_failure_says_what_is_safe_and_tries_again(clinic: Clinic, window: PaperWindow, student: uuid.UUID) -> None:
    window.workspace.navigate("immunizations", student_id=str(uuid.UUID(int=7)))
    window.rest()
    shown = screen_of(window).view.states.shown()
    assert isinstance(shown, ErrorState | NoPermission)
    window.workspace.navigate("immunizations", student_id=str(student))
    window.rest()
    assert screen_of(window).view.history.rows()


def test_a_role_sees_only_what_it_may_do(clinic: Clinic, window: PaperWindow) -> None:
    view, state = screen_of(window).view, screen_of(window)._presenter.state
    assert state.history is not None
    aide = replace(state, history=replace(state.history, may=frozenset({Act.RECORD_OUTSIDE_DOSE})))
    view.draw(aide)
    assert not view.entry.isVisible()
    assert not view.screening.isVisible()
    assert not view.exempt.isVisible()
    assert view.paste.isVisible()
    reader = replace(state, history=replace(state.history, may=frozenset()))
    view.draw(reader)
    assert not view.paste.isVisible()
    assert view.history.isVisible()
    view.draw(replace(state, denied="NURSE", history=None))
    assert isinstance(view.states.shown(), NoPermission)


def test_loading_shows_nothing_of_the_student_before(window: PaperWindow) -> None:
    view = screen_of(window).view
    view.draw(ImmunizationState(loading=True))
    assert not view.history.isVisible()
    assert view.header is not None
    assert not view.header.isVisible()


def test_the_header_names_allergies_and_the_route_takes_a_student(
    clinic: Clinic, window: PaperWindow, student: uuid.UUID
) -> None:
    HealthFacts(clinic.desk()).add_allergy(student, AllergyEntry(allergen="Peanut", severity="LIFE_THREATENING"))
    window.workspace.navigate("today")
    window.workspace.navigate("immunizations", student_id=str(student))
    window.rest()
    view = screen_of(window).view
    assert view.header is not None
    assert "Peanut: life-threatening" in view.header.accessibleName()
    assert window.focus() == "immunizations.vaccine"


def test_m01_one_of_a_same_name_pair_is_opened_by_a_second_key(clinic: Clinic, window: PaperWindow) -> None:
    clinic.student("Amara", "Okonkwo-Lindqvist", born=dt.date(2016, 2, 2))
    to(window, "immunizations.another")
    window.press(Qt.Key.Key_Space)
    window.write("okon")
    window.press(Qt.Key.Key_Return)
    view = screen_of(window).view
    assert screen_of(window)._presenter.state.history is None
    assert "Press Enter once more" in view.hint.text()
    window.press(Qt.Key.Key_Return)
    assert screen_of(window)._presenter.state.history is not None


def test_a_conflict_of_sync_is_a_badge_on_its_entry(clinic: Clinic, window: PaperWindow, student: uuid.UUID) -> None:
    row = clinic.rows(Immunization)[0]
    clinic.add(
        SyncConflict(
            queue_item_id=new_id(),
            entity_type=SyncEntityType.IMMUNIZATION,
            entity_id=row.id,
            table_name="immunizations",
            kind=ConflictKind.FORK,
            client_version={},
            server_version={},
            base_values={},
            fields=[],
            student_id=student,
            school_id=clinic.school.id,
        )
    )
    screen_of(window)._presenter.refresh()
    window.rest()
    assert history(window)[-1] == ("Polio unspecified", "Conflict")


@on_every_display
def test_no_sheet_is_cut_and_the_history_never_scrolls_sideways(
    clinic: Clinic, window: PaperWindow, built: Application, student: uuid.UUID, display: Display
) -> None:
    entry = NewExemption(
        student_id=student, cvx="21", kind="MEDICAL", reason="Steroids", since=dt.date(2026, 9, 1),
        until=dt.date(2027, 6, 30), document="On paper",
    )  # fmt: skip
    Immunizations(clinic.desk()).record_exemption(entry)
    screen = screen_of(window)
    screen._presenter.refresh()
    display.put_on(built, window.window)
    window.rest()
    view = screen.view
    assert view.history.horizontalScrollBar().maximum() == 0
    assert view.groups.horizontalScrollBar().maximum() == 0
    for show in (
        screen._presenter.records.show_exemption,
        lambda: screen._presenter.records.open(view.history.rows()[0].id),
        screen._presenter.old.show,
    ):
        show()
        window.rest()
        assert view.sheet is not None
        assert layout.problems(view.sheet) == []
        assert unnamed(view.sheet) == []
        assert view.history.horizontalScrollBar().maximum() == 0
        window.press(Qt.Key.Key_Escape)
