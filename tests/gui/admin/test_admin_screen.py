"""Admitting people and deciding about workstations at the admin screen, with real keys and real slots."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from tests.gui.admin.conftest import AdminWindow
from tests.support import accessibility, layout
from tests.support.desk import Clinic
from tests.support.looks import Display, on_every_display
from tests.support.secret_stores import OTHER_PASSWORD

from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.admin.sheets import AdmitSheet, DecideSheet

K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def seek_person(admin: AdminWindow, sign_in: str) -> None:
    admin.view.people.setFocus()
    admin.press(K.Key_Home)
    for _ in admin.view.people.rows():
        current = admin.view.people.current()
        if current is not None and current.sign_in == sign_in:
            return
        admin.press(K.Key_J)
    raise AssertionError(sign_in)


def test_d33_a_person_is_admitted_with_keys_alone_and_signs_in_here(admin: AdminWindow) -> None:
    seek_person(admin, admin.newcomer)
    admin.press(K.Key_Return)
    assert isinstance(admin.sheet, AdmitSheet)
    admin.type(OTHER_PASSWORD)
    admin.press(K.Key_Return)
    admin.type(OTHER_PASSWORD)
    admin.press(K.Key_Return)
    assert admin.no_sheet()
    assert {one.sign_in for one in admin.view.people.rows() if one.admitted} == {"lindgren", "okafor"}
    assert admin.here.reauthenticate("okafor", OTHER_PASSWORD).person.name == "okafor"


def test_a_refused_password_is_answered_under_its_field(admin: AdminWindow) -> None:
    seek_person(admin, admin.newcomer)
    admin.press(K.Key_Return)
    sheet = admin.sheet
    assert isinstance(sheet, AdmitSheet)
    admin.type("short")
    admin.press(K.Key_Return, K.Key_Return)
    assert sheet.password.error.text() == "Use at least 15 characters; a sentence works well."
    admin.press(K.Key_Escape)
    assert admin.no_sheet()


def test_d24_a_workstation_is_approved_with_keys_alone(admin: AdminWindow, clinic: Clinic) -> None:
    admin.view.waiting.setFocus()
    admin.press(K.Key_Return)
    assert isinstance(admin.sheet, DecideSheet)
    admin.press(K.Key_Space)
    admin.press(K.Key_Return, modifiers=CTRL)
    assert admin.district.done == [("approve", "dev-1", (str(clinic.other_school.id),), False)]
    assert admin.no_sheet()
    assert [line.id for line in admin.view.waiting.rows()] == ["dev-2"]


def test_d24_nothing_is_approved_before_the_numbers_were_compared(admin: AdminWindow) -> None:
    admin.view.waiting.setFocus()
    admin.press(K.Key_Return)
    admin.press(K.Key_Return, modifiers=CTRL)
    sheet = admin.sheet
    assert isinstance(sheet, DecideSheet)
    assert admin.district.done == []
    assert sheet.compared_problem.text() == "Compare the number with the other screen first."


def test_the_whole_district_and_single_schools_exclude_each_other(admin: AdminWindow, clinic: Clinic) -> None:
    admin.view.waiting.setFocus()
    admin.press(K.Key_Return)
    sheet = admin.sheet
    assert isinstance(sheet, DecideSheet)
    sheet.schools.chip("all").click()
    assert sheet.schools.chosen() == ("all",)
    sheet.schools.chip(str(clinic.school.id)).click()
    assert sheet.schools.chosen() == (str(clinic.school.id),)


def test_a_workstation_is_refused(admin: AdminWindow) -> None:
    admin.view.waiting.setFocus()
    admin.press(K.Key_Return)
    sheet = admin.sheet
    assert isinstance(sheet, DecideSheet)
    sheet.refuse.setFocus()
    admin.press(K.Key_Return)
    assert admin.district.done == [("refuse", "dev-1", (), False)]


def test_shutting_a_workstation_out_is_asked_before(admin: AdminWindow) -> None:
    admin.view.known.setFocus()
    admin.press(K.Key_J, K.Key_Delete)
    admin.widget("question.keep").setFocus()
    admin.press(K.Key_Return)
    assert admin.district.done == []
    admin.view.known.setFocus()
    admin.press(K.Key_Delete)
    admin.widget("question.act").setFocus()
    admin.press(K.Key_Return)
    assert admin.district.done == [("revoke", "dev-4", (), False)]
    assert [line.shut_out for line in admin.view.known.rows()] == [False, True]


def test_the_workstation_in_use_cannot_shut_itself_out(admin: AdminWindow) -> None:
    admin.view.known.setFocus()
    admin.press(K.Key_Home, K.Key_Delete)
    assert admin.no_sheet()
    assert not admin.view.revoke.isEnabled()


def test_the_further_places_are_opened_by_keys(admin: AdminWindow) -> None:
    assert [link.screen for link in admin.view.links.rows()] == ["admin.roster", "admin.calendar"]
    admin.view.links.setFocus()
    admin.press(K.Key_J, K.Key_Return)
    assert admin.elsewhere["admin.calendar"].activated


def test_out_of_reach_is_said_in_a_sentence_and_people_are_admitted_all_the_same(
    built: Application, clinic: Clinic, tmp_path: Path
) -> None:
    away = AdminWindow(built, clinic, tmp_path, away=True)
    try:
        assert away.view.devices_failure.isVisible()
        assert "The district cannot be reached now." in away.view.devices_failure.accessibleName()
        assert len(away.view.people.rows()) == 7
        assert layout.problems(away.window) == []
    finally:
        away.close()


def test_a_school_administrator_sees_neither_people_nor_workstations(
    built: Application, clinic: Clinic, tmp_path: Path
) -> None:
    office = AdminWindow(built, clinic, tmp_path, clinic.principal)
    try:
        assert [link.screen for link in office.view.links.rows()] == ["admin.calendar"]
        assert not office.view.people.isVisible()
        assert not office.view.known.isVisible()
        assert layout.problems(office.window) == []
    finally:
        office.close()


def test_every_part_is_reached_by_tab_and_has_a_name(admin: AdminWindow) -> None:
    assert accessibility.problems(admin.window) == []
    admin.view.waiting.setFocus()
    admin.press(K.Key_Return)
    assert accessibility.problems(admin.window) == []


@on_every_display
def test_nothing_is_cut(admin: AdminWindow, display: Display) -> None:
    display.put_on(admin.built, admin.window)
    assert layout.problems(admin.window) == []
    seek_person(admin, admin.newcomer)
    admin.press(K.Key_Return)
    assert layout.problems(admin.window) == []
    admin.press(K.Key_Escape)
    admin.view.waiting.setFocus()
    admin.press(K.Key_Return)
    assert layout.problems(admin.window) == []
