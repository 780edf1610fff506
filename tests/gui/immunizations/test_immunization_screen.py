"""The immunization screen by keys: a new dose from a scanned lot, ten old doses, and nothing judged (T7)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from tests.support import layout
from tests.support.accessibility import unnamed
from tests.support.consents import add_parent, consents_of, publish_form, typed
from tests.support.desk import Clinic
from tests.support.looks import Display, on_every_display
from tests.support.paper_window import PaperWindow
from tests.support.qt import settle
from tests.support.vaccines import new_dose, vaccine_lot

from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.immunizations.old_doses import OldDosesSheet
from clinicdesk.gui.screens.immunizations.screen import ImmunizationScreen
from clinicdesk.models import Immunization, Vaccination
from clinicdesk.models.enums import VfcEligibility
from clinicdesk.services.immunizations import Immunizations

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def student(clinic: Clinic) -> uuid.UUID:
    """With a consent for vaccines, a lot in stock, and an information sheet handed out before."""
    found = clinic.student()
    consents_of(clinic).collect(typed(publish_form(clinic, "VACCINATION"), found, add_parent(clinic, found)))
    vaccine_lot(clinic)
    other = clinic.student("Emeka", "Adeyemi")
    Immunizations(clinic.desk()).record_vaccination(new_dose(other))
    return found


@pytest.fixture
def window(built: Application, clinic: Clinic, student: uuid.UUID) -> Iterator[PaperWindow]:
    opened = PaperWindow(built, clinic, "immunizations")
    yield opened
    opened.close()


def screen_of(window: PaperWindow) -> ImmunizationScreen:
    found = window.workspace.current()
    assert isinstance(found, ImmunizationScreen)
    return found


def test_t07_a_new_dose_with_a_scanned_lot_takes_fourteen_keys(
    clinic: Clinic, window: PaperWindow, student: uuid.UUID
) -> None:
    window.type("okon")
    window.press(Qt.Key.Key_Return)
    window.scan("X014582")
    assert window.focus() == "immunizations.funding"
    window.press(Qt.Key.Key_Down)
    window.press(Qt.Key.Key_Down)
    window.press(Qt.Key.Key_A, CTRL | SHIFT)
    window.press(Qt.Key.Key_Return, CTRL)

    assert screen_of(window).view._presenter.state.problems == ()
    (row,) = clinic.rows(Vaccination, Vaccination.student_id == student)
    assert (row.lot_number, row.cvx_code, row.vis_edition) == ("X014582", "03", "2025-01-31")
    assert (row.manufacturer, row.expiration_date) == ("Merck", dt.date(2027, 5, 31))
    assert row.consent_signature_id is not None
    assert row.vfc_code is VfcEligibility.MEDICAID
    assert window.keys <= 14
    print(f"T7 new dose: {window.keys} keys")


def test_t07_without_a_scanner_the_lot_is_picked_from_stock_and_every_field_is_reached_by_tab(
    clinic: Clinic, window: PaperWindow, student: uuid.UUID
) -> None:
    """By keys alone, with nothing but Tab between the fields."""
    window.write("okon")
    window.press(Qt.Key.Key_Return)
    assert window.focus() == "immunizations.vaccine"
    window.press(Qt.Key.Key_Tab)
    assert window.focus() == "immunizations.lot"
    window.press(Qt.Key.Key_Down)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    window.rest()
    seen = [window.focus()]
    while seen[-1] != "immunizations.allClear" and len(seen) < 20:
        if seen[-1] == "immunizations.funding":
            window.press(Qt.Key.Key_Down)
        window.press(Qt.Key.Key_Tab)
        seen.append(window.focus())
    window.press(Qt.Key.Key_Space)
    window.press(Qt.Key.Key_Return, CTRL)
    assert seen == [
        f"immunizations.{name}"
        for name in ("lot", "date", "expiry", "maker", "site", "route", "amount", "edition", "funding", "allClear")
    ]
    (row,) = clinic.rows(Vaccination, Vaccination.student_id == student)
    assert (row.lot_number, row.vfc_code) == ("X014582", VfcEligibility.NOT_ELIGIBLE)
    assert row.stock_transaction_id is not None


TYPED = {
    "vaccine": "mmr",
    "lot": "FOREIGN7",
    "expiry": "06/2028",
    "maker": "Merck",
    "edition": "2025-01-31",
    "consent": "Mother, on paper",
}


def test_a_typed_lot_and_a_consent_on_paper_are_entered_by_tab_alone(clinic: Clinic, window: PaperWindow) -> None:
    """A student without a signed consent, a lot that no stock knows: every field in its order."""
    other = clinic.student("Zola", "Brandt")
    window.workspace.navigate("immunizations", student_id=str(other))
    window.rest()
    while window.focus() != "immunizations.allClear":
        place = window.focus().rpartition(".")[2]
        editor = QApplication.focusWidget()
        if isinstance(editor, QComboBox) and not editor.currentData():
            window.press(Qt.Key.Key_Down)
        elif isinstance(editor, QLineEdit) and not editor.text() and place in TYPED:
            window.write(TYPED[place])
        window.press(Qt.Key.Key_Tab)
        assert window.keys < 60
    window.press(Qt.Key.Key_Space)
    window.press(Qt.Key.Key_Return, CTRL)
    (row,) = clinic.rows(Vaccination, Vaccination.student_id == other)
    assert (row.lot_number, row.expiration_date, row.lot_id) == ("FOREIGN7", dt.date(2028, 6, 30), None)
    assert (row.consent_by, row.consent_signature_id) == ("Mother, on paper", None)


def test_t07_ten_old_doses_take_ninety_keys(clinic: Clinic, window: PaperWindow, student: uuid.UUID) -> None:
    window.type("oko")
    window.press(Qt.Key.Key_Return)
    window.press(Qt.Key.Key_V, CTRL | SHIFT)
    window.type("dtap 6/7/15 8/7/15 9/7/15 8/7/16 5/6/19")
    window.press(Qt.Key.Key_Return)
    window.type("ipv 6/7/15 8/7/15 9/7/15 5/6/19")
    window.press(Qt.Key.Key_Return)
    window.type("mmr 5/6/16")
    window.press(Qt.Key.Key_Return, CTRL)

    assert clinic.count(Immunization, Immunization.student_id == student) == 10
    assert window.keys <= 90
    print(f"T7 old doses: {window.keys} keys")


def test_what_is_missing_stands_under_its_field_and_has_the_focus(clinic: Clinic, window: PaperWindow) -> None:
    window.type("okon")
    window.press(Qt.Key.Key_Return)
    window.write("mmr")
    window.press(Qt.Key.Key_Return)  # takes the vaccine and closes the suggestions
    window.press(Qt.Key.Key_Return, CTRL)
    entry = screen_of(window).view.entry
    assert entry.fields["lot"].has_error()
    assert entry.fields["vfc"].has_error()
    assert clinic.count(Vaccination) == 1
    assert window.focus() == "immunizations.lot"


def test_a_date_that_cannot_be_read_is_named_and_nothing_is_kept(clinic: Clinic, window: PaperWindow) -> None:
    window.type("okon")
    window.press(Qt.Key.Key_Return)
    window.press(Qt.Key.Key_V, CTRL | SHIFT)
    window.write("mmr 13/40/19 5/6/19")
    window.press(Qt.Key.Key_Return, CTRL)
    sheet = screen_of(window).view.sheet
    assert isinstance(sheet, OldDosesSheet)
    assert sheet.problem.text() == "1 date cannot be read."
    assert clinic.count(Immunization) == 0


def test_the_screen_shows_counts_and_dates_and_no_verdict(
    clinic: Clinic, window: PaperWindow, student: uuid.UUID
) -> None:
    Immunizations(clinic.desk()).record_vaccination(new_dose(student, consent_by=""))
    window.workspace.navigate("immunizations", student_id=str(student))
    window.rest()
    view = screen_of(window).view
    assert [(one.name, len(one.doses)) for one in view.groups.rows()] == [("MMR", 1)]
    assert [one.on for one in view.history.rows()] == [dt.date(2026, 10, 6)]


@on_every_display
def test_nothing_is_cut_and_everything_has_a_name(
    window: PaperWindow, built: Application, student: uuid.UUID, display: Display
) -> None:
    window.workspace.navigate("immunizations", student_id=str(student))
    display.put_on(built, window.window)
    window.rest()
    settle()
    assert layout.problems(screen_of(window).view) == []
    assert unnamed(screen_of(window).view) == []
