"""The visit screen: T3 by real keys, one-key entries, red flags, drafts, lock, layout and accessibility."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from tests.gui.visits.conftest import VisitDesk
from tests.support import accessibility, layout
from tests.support.desk import Clinic
from tests.support.frame import PlainScreen
from tests.support.looks import HARDEST, LEAST_ROOM, PLAIN, SMALL, Display, displays, on_every_display
from tests.support.qt import settle, until

from clinicdesk.domain.visit_templates import VisitDisposition
from clinicdesk.gui.app import Application
from clinicdesk.gui.widgets.choices import Tick
from clinicdesk.gui.widgets.fields import NoteEditor, TextEditor
from clinicdesk.gui.widgets.text import Label
from clinicdesk.models import ClinicVisit, VisitEvent
from clinicdesk.models import VitalSigns as VitalRow
from clinicdesk.services.contacts import ContactEntry, Contacts
from clinicdesk.services.visit_values import NewVisit

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
_KEY_S, _THINK_S = 0.28, 1.35


def begin(desk: VisitDesk, template: str, complaint: str = "", **student: str) -> uuid.UUID:
    new = NewVisit(
        student_id=desk.clinic.student(**student),  # type: ignore[arg-type]  # names alone
        complaints=(complaint or template,),
        template=template,
    )
    return desk.visits.check_in(new).visit_id


def test_t03_a_minor_visit_with_one_vital_takes_at_most_22_keys_and_15_seconds(visit_desk: VisitDesk) -> None:
    clinic = visit_desk.clinic
    student = clinic.student("Amara", "Okonkwo")
    clinic.student("Bela", "Farkas")
    visit_desk.press(Qt.Key.Key_N, CTRL)
    visit_desk.type("oko")
    until(lambda: bool(visit_desk.screen.presenter.state.asking.found), what="the list")  # type: ignore[union-attr]
    visit_desk.press(Qt.Key.Key_Return)
    visit_desk.wait_loaded()
    visit_desk.type("sto")
    visit_desk.press(Qt.Key.Key_Return)
    visit_desk.type("98.6f")
    visit_desk.press(Qt.Key.Key_Return, CTRL)
    until(lambda: clinic.count(ClinicVisit, ClinicVisit.signed_at.is_not(None)) == 1, what="the signature")
    [row] = clinic.rows(ClinicVisit)
    assert (row.student_id, row.template_code, row.disposition) == (student, "stomach_ache", "RETURN_TO_CLASS")
    assert [vital.temperature for vital in clinic.rows(VitalRow)] == [Decimal("98.6")]
    thoughts = 4  # who came, what for, the reading, signing
    assert visit_desk.keys <= 22
    assert visit_desk.keys * _KEY_S + thoughts * _THINK_S <= 15


def test_keys_typed_before_the_check_in_is_written_are_kept(visit_desk: VisitDesk) -> None:
    visit_desk.open(student_id=visit_desk.clinic.student())
    visit_desk.type("head")
    visit_desk.press(Qt.Key.Key_Return)
    visit_desk.type("4")
    until(lambda: visit_desk.screen.presenter.state.visit_id is not None, what="the check-in")
    assert visit_desk.screen.presenter.state.form.vitals == {"heart_rate": "4"}
    assert visit_desk.screen.presenter.state.form.template == "head_injury"


def test_m01_one_of_a_same_name_pair_needs_a_second_look(visit_desk: VisitDesk) -> None:
    clinic = visit_desk.clinic
    clinic.student("Siobhan", "O'Brien", dt.date(2014, 4, 22))
    clinic.student("Siobhan", "O'Brien", dt.date(2018, 12, 30))
    visit_desk.press(Qt.Key.Key_N, CTRL)
    visit_desk.type("obri")
    until(lambda: len(visit_desk.screen.presenter.state.asking.found) == 2, what="both")  # type: ignore[union-attr]
    visit_desk.press(Qt.Key.Key_Return)
    asking = visit_desk.screen.presenter.state.asking
    assert asking is not None
    assert asking.sure == asking.found[0].id
    visit_desk.press(Qt.Key.Key_Return)
    visit_desk.wait_loaded()


def test_a_measurement_is_echoed_and_an_impossible_one_is_told_on_leaving(visit_desk: VisitDesk) -> None:
    visit_desk.open(visit_id=begin(visit_desk, "stomach_ache"))
    visit_desk.type("37c")
    field = visit_desk.screen._view.findings.vitals["temperature"]
    assert field.echo.text() == "98.6 °F"
    pulse = visit_desk.screen._view.findings.vitals["heart_rate"]
    pulse.editor.setFocus()
    visit_desk.type("abc")
    assert not pulse.has_error()
    visit_desk.press(Qt.Key.Key_Tab)
    assert pulse.has_error()
    assert isinstance(pulse.editor, TextEditor)
    assert pulse.editor.text() == "abc"


def test_findings_are_dashed_until_touched_and_one_chord_confirms_all(visit_desk: VisitDesk) -> None:
    visit_desk.open(visit_id=begin(visit_desk, "head_injury"))
    tick = visit_desk.widget("visit.finding.gait_steady")
    assert isinstance(tick, Tick)
    assert tick.finding == "template"
    tick.click()
    settle()
    assert (tick.finding, tick.isChecked()) == ("", True)
    assert visit_desk.screen._view.untouched.text() == "4 findings from template"
    visit_desk.press(Qt.Key.Key_A, CTRL | SHIFT)
    assert visit_desk.screen.presenter.state.form.untouched == 0
    assert not visit_desk.screen._view.untouched.isVisible()


def test_a_red_flag_asks_for_a_reason_before_class(visit_desk: VisitDesk) -> None:
    visit_desk.open(visit_id=begin(visit_desk, "stomach_ache"))
    visit_desk.type("37c")
    faint = visit_desk.widget("visit.danger.faint")
    assert isinstance(faint, Tick)
    faint.click()
    settle()
    assert visit_desk.screen._view.findings.flag.isVisible()
    visit_desk.press(Qt.Key.Key_Return, CTRL)
    assert [stop.code for stop in visit_desk.screen.presenter.state.stops] == ["visit.red_flag.faint"]
    visit_desk.type("faints at blood, mother agrees")
    visit_desk.press(Qt.Key.Key_Return, CTRL)
    until(lambda: visit_desk.clinic.count(ClinicVisit, ClinicVisit.signed_at.is_not(None)) == 1, what="the signature")


def test_single_keys_write_the_log_and_f4_starts_the_911_timer(visit_desk: VisitDesk) -> None:
    visit = begin(visit_desk, "head_injury")
    visit_desk.open(visit_id=visit)
    visit_desk.widget("visit.finding.gait_steady").setFocus()
    visit_desk.press(Qt.Key.Key_K)
    visit_desk.press(Qt.Key.Key_F4)
    until(lambda: visit_desk.clinic.count(VisitEvent) == 3, what="both entries")
    assert [step.code for step in visit_desk.visits.refreshed(visit).steps] == ["", "neuro_check", "call_911"]
    assert "911 called" in visit_desk.screen._view.findings.flag.accessibleName()
    visit_desk.press(Qt.Key.Key_2)
    assert visit_desk.screen.presenter.state.form.disposition == "SENT_HOME"


def test_brackets_switch_between_open_visits(visit_desk: VisitDesk) -> None:
    first = begin(visit_desk, "rash")
    visit_desk.clinic.clock.advance(dt.timedelta(minutes=25))
    second = begin(visit_desk, "fever", first="Bela", last="Farkas")
    visit_desk.open(visit_id=first)
    until(lambda: len(visit_desk.screen.presenter.state.tabs) == 2, what="the tabs")
    visit_desk.widget("visit.finding.no_fever").setFocus()
    visit_desk.press(Qt.Key.Key_BracketRight)
    until(lambda: visit_desk.screen.presenter.state.visit_id == second, what="the next visit")


def test_m01_the_chosen_tab_and_the_header_name_the_same_child(visit_desk: VisitDesk) -> None:
    begin(visit_desk, "rash")
    arriving = visit_desk.clinic.student("Bela", "Farkas")
    visit_desk.open(student_id=arriving)
    until(lambda: visit_desk.screen.presenter.state.sheet is not None, what="the new visit")
    tabs = visit_desk.screen._view.tabs
    until(lambda: tabs.count() == 2, what="the tabs")
    assert tabs.tabText(tabs.currentIndex()).startswith("Bela Farkas")
    tabs.picked.emit("")
    assert visit_desk.screen.presenter.state.visit_id is None


def test_what_is_typed_is_kept_within_a_second_and_a_lock_keeps_it(visit_desk: VisitDesk) -> None:
    visit = begin(visit_desk, "rash")
    visit_desk.open(visit_id=visit)
    note = visit_desk.widget("visit.note")
    assert isinstance(note, NoteEditor)
    note.setFocus()
    visit_desk.type("itches")
    until(lambda: visit_desk.visits.draft(str(visit)) is not None, seconds=1.0, what="the draft")
    visit_desk.type(" a lot")
    visit_desk.screen.deactivate()
    until(lambda: (visit_desk.visits.draft(str(visit)) or {}).get("note") == "itches a lot", what="the whole draft")


def test_the_last_act_is_taken_back_from_the_toast_or_with_ctrl_z(visit_desk: VisitDesk) -> None:
    visit_desk.open(student_id=visit_desk.clinic.student())
    visit_desk.type("rash")
    visit_desk.press(Qt.Key.Key_Return)
    until(lambda: visit_desk.screen.presenter.state.visit_id is not None, what="the check-in")
    visit_desk.widget("visit.finding.no_fever").setFocus()
    visit_desk.press(Qt.Key.Key_Z, CTRL)
    until(lambda: visit_desk.visits.open_visits() == (), what="the undo")


@pytest.mark.parametrize("display", [PLAIN, SMALL, LEAST_ROOM], ids=str)
def test_the_toast_of_the_check_in_covers_neither_the_note_nor_anything_else(
    visit_desk: VisitDesk, built: Application, display: Display
) -> None:
    display.put_on(built, visit_desk.window)
    visit_desk.open(student_id=visit_desk.clinic.student())
    visit_desk.type("rash")
    visit_desk.press(Qt.Key.Key_Return)
    until(lambda: visit_desk.screen.presenter.state.visit_id is not None, what="the check-in")
    settle(8)
    (toast,) = visit_desk.workspace.toasts.toasts()
    assert toast.note.words.endswith("checked in")
    note = visit_desk.widget("visit.note")
    assert isinstance(note, NoteEditor)
    visit_desk.widget("visit.giveMedication").setFocus(Qt.FocusReason.TabFocusReason)
    while QApplication.focusWidget() is not note:
        visit_desk.press(Qt.Key.Key_Tab)
    visit_desk.type("it")
    # It is said once more while the note is typed.
    toast_words = toast.note.words
    window, places = visit_desk.window, []
    places.append((note.mapTo(window, QPoint(0, 0)), note.size()))
    toast.dismiss()
    settle(8)
    places.append((note.mapTo(window, QPoint(0, 0)), note.size()))
    visit_desk.workspace.toast(toast_words, action="Undo")
    settle(8)
    places.append((note.mapTo(window, QPoint(0, 0)), note.size()))
    assert places == [places[0]] * 3, "nothing moves under the hands of whoever types"
    assert layout.under_toasts(visit_desk.window) == []
    heading = next(one for one in visit_desk.window.findChildren(Label) if one.text() == "Note")
    assert heading.visibleRegion().boundingRect() == heading.rect()
    line = note.cursorRect()
    assert note.viewport().visibleRegion().boundingRect().contains(line.center())
    if display.scale == 1:
        sign = visit_desk.widget("visit.sign")
        assert sign.visibleRegion().boundingRect() == sign.rect(), "the main action is in sight too"
    visit_desk.type("ches")
    assert note.toPlainText() == "itches"
    assert layout.under_toasts(visit_desk.window) == []


@on_every_display
def test_nothing_is_cut_and_every_stop_has_a_name(visit_desk: VisitDesk, built: Application, display: Display) -> None:
    display.put_on(built, visit_desk.window)
    visit_desk.open(visit_id=begin(visit_desk, "head_injury"))
    settle(8)
    assert layout.problems(visit_desk.screen.widget()) == []
    # Tab enters a group of choices once; the arrows walk inside it.
    found = [one for one in accessibility.problems(visit_desk.window) if not one.startswith("visit.disposition.")]
    assert found == []


def test_interventions_are_ticked_by_tab_and_space(visit_desk: VisitDesk) -> None:
    visit_desk.open(visit_id=begin(visit_desk, "head_injury"))
    visit_desk.widget("visit.interventions.ice_pack").setFocus()
    visit_desk.press(Qt.Key.Key_Tab)
    assert visit_desk.widget("visit.interventions.rest").hasFocus()
    visit_desk.press(Qt.Key.Key_Space)
    assert visit_desk.screen.presenter.state.form.interventions == ("rest",)


def test_a_signed_visit_is_read_only_and_says_who_signed(visit_desk: VisitDesk, clinic: Clinic) -> None:
    visit_desk.open(visit_id=begin(visit_desk, "rash"))
    injured = visit_desk.widget("visit.field.injury_site")
    injured.setFocus()
    visit_desk.type("arm")
    visit_desk.press(Qt.Key.Key_Return, CTRL)
    until(lambda: clinic.count(ClinicVisit, ClinicVisit.signed_at.is_not(None)) == 1, what="the signature")
    until(lambda: visit_desk.workspace.current().id == "today", what="Today")  # type: ignore[union-attr]
    visit_desk.open(visit_id=clinic.rows(ClinicVisit)[0].id)
    view = visit_desk.screen._view
    assert not view.sign.isVisible()
    assert view.amend.isVisible()
    assert "R. Olszewski" in view._will.text()


def test_privacy_mode_masks_the_names_and_leaves_the_visit_as_it_stands(visit_desk: VisitDesk) -> None:
    begin(visit_desk, "fever", first="Bela", last="Farkas")
    visit_desk.open(visit_id=begin(visit_desk, "rash"))
    tabs = visit_desk.screen._view.tabs
    until(lambda: tabs.count() == 2, what="the tabs")
    visit_desk.widget("visit.note").setFocus()
    visit_desk.type("itch")
    visit_desk.press(Qt.Key.Key_F9)
    assert visit_desk.screen.presenter.state.form.note == "itch"
    shown = [visit_desk.screen.title, visit_desk.screen._view.header._name.text()]
    shown += [tabs.tabText(at) for at in range(tabs.count())]
    assert not any(name in words for words in shown for name in ("Farkas", "Okonkwo", "Amara"))


def test_privacy_mode_does_not_leave_a_visit_that_began_with_a_question(visit_desk: VisitDesk) -> None:
    visit_desk.clinic.student("Bela", "Farkas")
    visit_desk.press(Qt.Key.Key_N, CTRL)
    visit_desk.type("fark")
    until(lambda: bool(visit_desk.screen.presenter.state.asking.found), what="the list")  # type: ignore[union-attr]
    visit_desk.press(Qt.Key.Key_Return)
    visit_desk.wait_loaded()
    visit_desk.press(Qt.Key.Key_F9)
    assert visit_desk.screen.presenter.state.sheet is not None
    assert visit_desk.screen.title == "B. F."


def test_the_tabs_tell_the_minutes_with_a_word_and_keep_counting(visit_desk: VisitDesk) -> None:
    first = begin(visit_desk, "rash")
    visit_desk.clinic.clock.advance(dt.timedelta(minutes=19))
    visit_desk.open(visit_id=first)
    tabs = visit_desk.screen._view.tabs
    until(lambda: tabs.count() == 1, what="the tab")
    told = []
    for minutes in (0, 1, 20):
        visit_desk.clinic.clock.advance(dt.timedelta(minutes=minutes))
        visit_desk.screen.presenter.tick()
        told.append(tabs.accessibleTabName(0).rpartition(", ")[2])
    assert told == ["19 min", "20 min · long", "40 min · too long"]


@displays([PLAIN, HARDEST, SMALL, LEAST_ROOM])
def test_a_visit_never_scrolls_sideways(visit_desk: VisitDesk, built: Application, display: Display) -> None:
    display.put_on(built, visit_desk.window)
    visit_desk.open(visit_id=begin(visit_desk, "diabetes"))
    settle(8)
    view = visit_desk.screen.widget()
    frame = view.parentWidget()
    assert frame is not None
    assert visit_desk.widget("visit.columns").width() <= view.width() <= frame.width()
    assert layout.problems(visit_desk.screen.widget()) == []


def test_m01_a_new_visit_shows_no_disposition_of_the_child_before(visit_desk: VisitDesk) -> None:
    visit_desk.open(visit_id=begin(visit_desk, "fever"))
    assert visit_desk.screen._view.leaving.tiles.chosen() == "SENT_HOME"
    visit_desk.open(student_id=visit_desk.clinic.student("Ida", "Blom"))
    assert visit_desk.screen._view.leaving.tiles.chosen() == ""


def test_the_bar_of_an_empty_visit_stretches_no_button(visit_desk: VisitDesk) -> None:
    visit_desk.open(student_id=visit_desk.clinic.student())
    settle(4)
    for part in (visit_desk.screen._view.save, visit_desk.screen._view.sign):
        assert part.width() <= part.sizeHint().width() + 1


def test_the_keys_of_a_visit_act_on_its_student(visit_desk: VisitDesk) -> None:
    student = visit_desk.clinic.student()
    visit_desk.open(student_id=student)
    visit_desk.press(Qt.Key.Key_E, CTRL)
    until(lambda: visit_desk.workspace.sheet.content is not None, what="the emergency card")
    visit_desk.press(Qt.Key.Key_Escape)
    for key, screen in ((Qt.Key.Key_M, "medications"), (Qt.Key.Key_I, "immunizations")):
        visit_desk.open(student_id=student)
        visit_desk.press(key, CTRL)
        current = visit_desk.workspace.current()
        assert isinstance(current, PlainScreen)
        assert (current.id, current.activated[-1]) == (screen, {"student_id": str(student)})


def test_f4_begins_a_visit_that_nobody_has_begun_and_logs_the_call(visit_desk: VisitDesk) -> None:
    visit_desk.open(student_id=visit_desk.clinic.student())
    visit_desk.press(Qt.Key.Key_F4)
    until(lambda: visit_desk.clinic.count(VisitEvent) == 2, what="the call")
    steps = visit_desk.visits.refreshed(visit_desk.clinic.rows(ClinicVisit)[0].id).steps
    assert [step.code for step in steps] == ["", "call_911"]
    assert visit_desk.widget("visit.step.cpr_started").isVisible()
    visit_desk.widget("visit.finding.alert_oriented").setFocus()
    visit_desk.press(Qt.Key.Key_P)
    until(lambda: visit_desk.clinic.count(VisitEvent) == 3, what="the entry")


def test_sent_home_warns_of_whom_the_student_must_not_leave_with_and_keeps_who_picked_up(
    visit_desk: VisitDesk,
) -> None:
    clinic = visit_desk.clinic
    visit = begin(visit_desk, "stomach_ache")
    student = clinic.rows(ClinicVisit)[0].student_id
    contacts = Contacts(clinic.desk())
    mother = ContactEntry(first_name="Ngozi", last_name="Okonkwo", relationship="PARENT", phone="555-0142")
    contacts.add(student, dataclasses.replace(mother, may_pick_up=True))
    limits = "No contact by court order"
    contacts.add(student, dataclasses.replace(mother, first_name="Gregor", last_name="Halloran", custody_limits=limits))
    visit_desk.open(visit_id=visit)
    leaving = visit_desk.screen._view.leaving
    assert not leaving.release.isVisible()
    visit_desk.type("98.6f")
    visit_desk.widget("visit.finding.no_fever").setFocus()
    visit_desk.press(Qt.Key.Key_2)
    assert leaving.release.isVisible()
    assert "Gregor Halloran" in leaving.release.accessibleName()
    leaving.released_to.setFocus()
    visit_desk.type("Gregor Halloran")
    assert leaving.released_field.echo.text() == "Must not leave with this person"
    leaving.released_to.selectAll()
    visit_desk.type("Ngozi Okonkwo")
    assert leaving.released_field.echo.text() == "may pick up"
    visit_desk.press(Qt.Key.Key_Return, CTRL)
    until(lambda: clinic.count(ClinicVisit, ClinicVisit.signed_at.is_not(None)) == 1, what="the signature")
    assert clinic.rows(ClinicVisit)[0].released_to_name == "Ngozi Okonkwo"


def test_d02_an_amended_visit_shows_what_was_signed_before(visit_desk: VisitDesk) -> None:
    visits = visit_desk.visits
    visit_desk.open(visit_id=begin(visit_desk, "rash"))
    visit_desk.widget("visit.field.injury_site").setFocus()
    visit_desk.type("arm")
    visit_desk.press(Qt.Key.Key_Return, CTRL)
    until(lambda: visit_desk.clinic.count(ClinicVisit, ClinicVisit.signed_at.is_not(None)) == 1, what="the signature")
    until(lambda: visit_desk.workspace.current().id == "today", what="Today")  # type: ignore[union-attr]
    first = visit_desk.clinic.rows(ClinicVisit)[0].id
    entry = visits.refreshed(first).entry
    assert entry is not None
    amended = visits.amend(first, "It was the leg", dataclasses.replace(entry, fields={"injury_site": "leg"}))
    visit_desk.open(visit_id=amended)
    view = visit_desk.screen._view
    assert "Amended: It was the leg" in view._will.text()
    assert view.version.text() == "Earlier version"
    view.version.click()
    until(lambda: visit_desk.screen.presenter.state.visit_id == first, what="the earlier version")
    assert visit_desk.screen.presenter.state.form.fields == {"injury_site": "arm"}
    assert view._will.text().startswith("Earlier version: Signed")
    assert not view.amend.isVisible()
    view.version.click()
    until(lambda: visit_desk.screen.presenter.state.visit_id == amended, what="the newest version")


def test_what_is_typed_for_an_amendment_is_kept_until_it_is_signed_or_given_up(visit_desk: VisitDesk) -> None:
    visits, clinic = visit_desk.visits, visit_desk.clinic
    visit = begin(visit_desk, "rash")
    entry = visits.refreshed(visit).entry
    assert entry is not None
    gone = dataclasses.replace(entry, fields={"injury_site": "arm"}, disposition=VisitDisposition.RETURN_TO_CLASS)
    visits.close_and_sign(visit, gone)
    visit_desk.open(visit_id=visit)
    visit_desk.screen._view.amend.click()
    visit_desk.widget("visit.note").setFocus()
    visit_desk.type("leg")
    visit_desk.workspace.navigate("today")
    visit_desk.open(visit_id=visit)
    until(lambda: visit_desk.screen.presenter.state.amending, what="the amendment")
    assert visit_desk.screen.presenter.state.form.note == "leg"
    visit_desk.screen._view.unamend.click()
    until(lambda: visits.draft(f"amend:{visit}") is None, what="the end of the draft")
    visit_desk.wait_loaded()
    assert not visit_desk.screen.presenter.state.amending
    assert visit_desk.screen.presenter.state.form.note == ""
    assert clinic.count(ClinicVisit) == 1
