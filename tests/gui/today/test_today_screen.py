"""Today with real keys in a real window over a real encrypted file."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from tests.support import accessibility, layout
from tests.support.busy_day import BusyDay
from tests.support.clinic_window import ClinicWindow
from tests.support.looks import Display, on_every_display
from tests.support.qt import settle

from clinicdesk.core.identifiers import new_id
from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.today.screen import TodayScreen
from clinicdesk.gui.screens.today.visits import VisitCard
from clinicdesk.models import ClinicalTask
from clinicdesk.models.enums import TaskStatus
from clinicdesk.services.today import AlertKind

_CONTROL = Qt.KeyboardModifier.ControlModifier


def _screen(window: ClinicWindow) -> TodayScreen:
    current = window.workspace.current()
    assert isinstance(current, TodayScreen)
    return current


def _focused_card() -> VisitCard:
    card = QApplication.focusWidget()
    assert isinstance(card, VisitCard)
    return card


def test_today_begins_on_the_longest_open_visit_and_j_and_k_walk(window: ClinicWindow, day: BusyDay) -> None:
    assert _focused_card().visit.id == day.visits["max"]
    window.press(Qt.Key.Key_J)
    assert _focused_card().visit.id == day.visits["zoe"]
    window.press(Qt.Key.Key_K)
    assert _focused_card().visit.id == day.visits["max"]


def test_minutes_carry_their_warning_in_words(window: ClinicWindow) -> None:
    spoken = [card.accessibleName() for card in _screen(window).view.visits.cards]
    assert "43 min · too long" in spoken[0]
    assert "24 min · long" in spoken[1]
    assert "9 min," in spoken[2]


def test_enter_opens_the_visit_and_d_its_disposition(window: ClinicWindow, day: BusyDay) -> None:
    visit = str(day.visits["max"])
    window.press(Qt.Key.Key_Return)
    assert window.elsewhere["visits.visit"].activated[-1] == {"visit_id": visit}
    window.workspace.back()
    window.rest()
    _screen(window).view.visits.cards[0].setFocus()
    window.press(Qt.Key.Key_D)
    assert window.elsewhere["visits.visit"].activated[-1] == {"visit_id": visit, "part": "disposition"}


def test_n_begins_a_new_visit(window: ClinicWindow) -> None:
    window.press(Qt.Key.Key_N)
    assert window.elsewhere["visits.visit"].activated[-1] == {}


def test_late_doses_stand_first_and_enter_opens_the_round_at_that_time(window: ClinicWindow, day: BusyDay) -> None:
    doses = _screen(window).view.doses.list
    assert doses.rows()[0].late
    doses.setFocus()
    window.press(Qt.Key.Key_Return)
    params = window.elsewhere["medications"].activated[-1]
    assert params["student_id"] == str(day.students["dmitri"])
    assert params["order_id"] == str(day.orders["dmitri amoxicillin"])
    assert str(params["slot_key"]).endswith("10:50")


def test_the_now_line_stands_between_what_was_and_what_comes(window: ClinicWindow) -> None:
    ids = [
        row.line.id if row.dose is None else row.dose.slot.key[-5:] for row in _screen(window).view.doses.list.rows()
    ]
    assert ids == ["10:50", "11:00", "11:00", "11:30", "now", "12:00", "12:00", "12:00", "13:00"]


def test_a_conflict_leads_to_sync_and_a_missing_consent_to_the_order(window: ClinicWindow, day: BusyDay) -> None:
    presenter = _screen(window)._presenter
    board = presenter.state.board
    assert board is not None
    alerts = {alert.kind: alert for alert in board.alerts}
    presenter.open_alert(alerts[AlertKind.CONFLICTS])
    assert window.at() == "sync"
    presenter.open_alert(alerts[AlertKind.CONSENT_MISSING])
    assert window.elsewhere["medications"].activated[-1]["order_id"] == str(day.orders["isla acetaminophen"])


def test_space_ticks_a_task_off_and_undo_of_it_stays_visible(window: ClinicWindow, day: BusyDay) -> None:
    view = _screen(window).view
    view.alerts.list.setFocus()
    window.press(Qt.Key.Key_Space)
    task = day.tasks["Witness needed: waste of 5 mg"]
    assert day.clinic.rows(ClinicalTask, ClinicalTask.id == task)[0].status is TaskStatus.DONE
    assert view.undo.button.isVisible()
    window.press(Qt.Key.Key_Z, _CONTROL)
    assert day.clinic.rows(ClinicalTask, ClinicalTask.id == task)[0].status is TaskStatus.OPEN
    assert not view.undo.button.isVisible()


def test_privacy_mode_shows_initials_alone(window: ClinicWindow) -> None:
    window.press(Qt.Key.Key_F9)
    view = _screen(window).view
    labels = "\n".join(label.text() for label in view.findChildren(QLabel))
    spoken = [card.accessibleName() for card in view.visits.cards]
    spoken += [row.line.text for row in view.doses.list.rows()]
    spoken += [line.people for line in view.alerts.list.rows()]
    assert "Papadimitriou" not in labels + "".join(spoken)
    assert spoken[1].startswith("Z. P.")


def test_below_1280_px_the_columns_are_tabs(window: ClinicWindow) -> None:
    view = _screen(window).view
    assert not view.tabs.isVisible()
    assert view.visits.isVisible()
    assert view.doses.isVisible()
    window.window.resize(1024, 700)
    settle()
    assert view.tabs.isVisible()
    assert view.visits.isVisible()
    assert not view.doses.isVisible()
    view.tabs.choose("doses")
    window.rest()
    assert view.doses.isVisible()
    assert not view.visits.isVisible()


@on_every_display
def test_nothing_is_cut_at_any_size(window: ClinicWindow, built: Application, display: Display) -> None:
    display.put_on(built, window.window)
    assert layout.problems(window.window) == []


def test_every_stop_has_a_name_and_tab_reaches_it(window: ClinicWindow) -> None:
    assert accessibility.problems(window.window) == []


def test_todays_round_and_a_blank_log_are_printed_in_one_key(window: ClinicWindow) -> None:
    window.press(Qt.Key.Key_P, _CONTROL)
    (printed,) = window.documents
    name, content = printed
    assert name == "round.pdf"
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())
    assert "Medication round, " in text
    assert "Blank log" in text
    assert window.workspace.toasts.notes()[0].words == "The sheets are open: print them from there."


def test_whoever_comes_back_to_today_starts_at_the_visit_that_waits_longest(window: ClinicWindow) -> None:
    window.press(Qt.Key.Key_2, _CONTROL)
    assert window.at() != "today"
    window.press(Qt.Key.Key_1, _CONTROL)
    assert _focused_card() is _screen(window).view.visits.cards[0]


def test_a_consent_that_ends_leads_to_that_consent(window: ClinicWindow) -> None:
    presenter, signature = _screen(window)._presenter, new_id()
    board = presenter.state.board
    assert board is not None
    task = next(alert for alert in board.alerts if alert.kind is AlertKind.TASK)
    presenter.open_alert(replace(task, task_kind="CONSENT_EXPIRING", row_id=signature))
    assert window.at() == "forms"
    assert window.elsewhere["forms"].activated[-1] == {"signature_id": str(signature)}
