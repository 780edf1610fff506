"""Requests and consents of a school by keys: every state, sending, withdrawing, papers, and who may not sign."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from tests.support import accessibility, layout
from tests.support.consents import add_parent, consents_of, publish_form, typed
from tests.support.desk import Clinic
from tests.support.looks import LEAST_ROOM, SMALL, Display, on_every_display
from tests.support.medication import Cupboard, stock_cupboard
from tests.support.paper_window import PaperWindow
from tests.support.qt import settle, until

from clinicdesk.domain.consent import ConsentState, Validity, ValidityRule
from clinicdesk.gui.app import Application
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.forms.board import FormsView
from clinicdesk.gui.screens.forms.collect import CollectScreen, CollectView
from clinicdesk.gui.screens.forms.record_sheet import RecordSheet, RequestSheet
from clinicdesk.gui.widgets.tags import Tag, tag_size
from clinicdesk.models import AuditLog, ConsentRequest, ConsentSignature
from clinicdesk.models.enums import AuditAction, ConsentDecision, ConsentRequestStatus, SigningMethod
from clinicdesk.presentation.forms.board import Show
from clinicdesk.services.consent_values import How, Withdrawal

CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Board:
    """The forms screen of a nurse, over a school where every state occurs."""

    clinic: Clinic
    window: PaperWindow
    form: uuid.UUID
    cupboard: Cupboard
    asked: uuid.UUID

    @property
    def view(self) -> FormsView:
        found = self.window.workspace.current()
        assert found is not None
        view = found.widget()
        assert isinstance(view, FormsView)
        return view

    @property
    def states(self) -> set[ConsentState]:
        return {line.state for line in self.view.lines.rows()}

    def open(self, state: ConsentState) -> None:
        """Down the list to a line of this state, and Enter."""
        self.view.lines.setFocus()
        self.window.press(Qt.Key.Key_Home)
        for _ in self.view.lines.rows():
            line = self.view.lines.current()
            assert line is not None
            if line.state is state:
                break
            self.window.press(Qt.Key.Key_Down)
        self.window.press(Qt.Key.Key_Return)

    def sheet(self) -> QWidget:
        found = self.view._sheet
        assert found is not None
        return found

    def to(self, place: str) -> None:
        for _ in range(40):
            if self.window.focus() == place:
                return
            self.window.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab never came to {place}")


@pytest.fixture
def board(built: Application, clinic: Clinic) -> Iterator[Board]:
    now = clinic.clock.now()
    clinic.clock.advance(dt.timedelta(days=-25))
    september = Validity(rule=ValidityRule.UNTIL_DATE, until=dt.date(2026, 9, 20))
    form, short, desk = publish_form(clinic), publish_form(clinic, validity=september), consents_of(clinic)
    families = {}
    for name in ("Ada", "Ben", "Cleo", "Dov", "Eli"):
        student = clinic.student(name, "Example")
        families[name] = (student, add_parent(clinic, student, f"Parent{name}"))
    desk.collect(typed(short, *families["Ada"]))
    clinic.clock.advance(now - clinic.clock.now())
    desk.collect(typed(form, *families["Ben"], refused=True, answers={}))
    revoked = desk.collect(typed(form, *families["Cleo"]))
    desk.withdraw(revoked.id, Withdrawal(by="ParentCleo Okonkwo", how=How.PHONE))
    desk.ask(form, families["Dov"][0], due_on=dt.date(2026, 10, 20))
    desk.ask(form, families["Eli"][0], send=False)
    cupboard = stock_cupboard(clinic)
    window = PaperWindow(built, clinic, "forms")
    yield Board(clinic, window, form, cupboard, families["Eli"][0])
    window.close()


def test_every_state_of_a_consent_is_in_the_list_and_can_be_picked_out(board: Board) -> None:
    assert board.states == {
        ConsentState.DRAFT,
        ConsentState.SENT,
        ConsentState.SIGNED,
        ConsentState.DECLINED,
        ConsentState.EXPIRED,
        ConsentState.REVOKED,
    }
    found = {}
    for show in (Show.WAITING, Show.STOPPED):
        board.view.shows.chip(show.value).click()
        found[show] = board.states
    assert found == {
        Show.WAITING: {ConsentState.DRAFT, ConsentState.SENT},
        Show.STOPPED: {ConsentState.DECLINED, ConsentState.EXPIRED, ConsentState.REVOKED},
    }


def test_the_list_follows_the_name_that_is_typed(board: Board) -> None:
    board.window.type("cle")
    assert {line.student.name.first for line in board.view.lines.rows()} == {"Cleo"}


def test_a_drafted_request_is_sent_and_a_sent_one_called_off_by_keys(board: Board) -> None:
    board.open(ConsentState.DRAFT)
    assert board.window.focus() == "forms.request.collect"
    board.to("forms.request.send")
    board.window.press(Qt.Key.Key_Return)
    assert ConsentState.DRAFT not in board.states
    statuses = {row.student_id: row.status for row in board.clinic.rows(ConsentRequest)}
    assert statuses[board.asked] is ConsentRequestStatus.SENT

    board.open(ConsentState.SENT)
    board.to("forms.request.cancel")
    board.window.press(Qt.Key.Key_Return)
    assert sorted(row.status for row in board.clinic.rows(ConsentRequest)) == [
        ConsentRequestStatus.CANCELLED,
        ConsentRequestStatus.SENT,
    ]
    board.window.acts.undo()
    board.window.rest()
    assert {row.status for row in board.clinic.rows(ConsentRequest)} == {ConsentRequestStatus.SENT}


def test_escape_closes_the_sheet_and_the_list_has_the_focus_again(board: Board) -> None:
    board.open(ConsentState.SENT)
    assert isinstance(board.sheet(), RequestSheet)
    board.window.press(Qt.Key.Key_Escape)
    assert board.view._presenter.state.asked is None
    assert board.window.focus() == "forms.lines"


def test_a_line_opened_after_another_takes_its_place(board: Board) -> None:
    board.open(ConsentState.SENT)
    board.open(ConsentState.EXPIRED)
    assert isinstance(board.sheet(), RecordSheet)
    state = board.view._presenter.state
    assert state.opened is not None
    assert state.opened.line.state is ConsentState.EXPIRED


def test_m02_revoking_asks_who_when_and_how_and_lists_what_stopped(board: Board) -> None:
    board.open(ConsentState.SIGNED)
    sheet = board.sheet()
    assert isinstance(sheet, RecordSheet)
    board.to("forms.withdrawnBy")
    assert sheet.by.text() == "Ngozi Okonkwo"
    board.window.press(Qt.Key.Key_Tab)
    board.window.write("10/6 9:30")
    board.window.press(Qt.Key.Key_Tab)
    board.window.press(Qt.Key.Key_Down)
    board.window.press(Qt.Key.Key_Down)
    board.to("forms.withdrawnReason")
    board.window.write("She carries it herself")
    board.to("forms.withdraw")
    board.window.press(Qt.Key.Key_Return)

    row = next(row for row in board.clinic.rows(ConsentSignature) if row.supersedes_id == board.cupboard.consent)
    assert (row.decision, row.withdrawn_by, row.method, row.withdrawal_reason) == (
        ConsentDecision.WITHDRAWN,
        "Ngozi Okonkwo",
        SigningMethod.PHONE,
        "She carries it herself",
    )
    assert row.withdrawn_at == dt.datetime(2026, 10, 6, 9, 30, tzinfo=board.clinic.school.zone)
    names = {line.student.id: line.state for line in board.view.lines.rows()}
    assert names[board.cupboard.student] is ConsentState.REVOKED
    board.view.shows.chip(Show.STOPPED.value).click()
    board.view.lines.setFocus()
    line = next(one for one in board.view.lines.rows() if one.student.id == board.cupboard.student)
    board.view._presenter.open(line)
    board.window.rest()
    opened = board.view._presenter.state.opened
    assert opened is not None
    assert {one.act.id for one in opened.blocked} == {
        board.cupboard.amoxicillin,
        board.cupboard.methylphenidate,
        board.cupboard.albuterol,
    }
    assert opened.line.withdrawn_by == "Ngozi Okonkwo"


def test_a_time_that_is_no_time_is_said_under_its_field_and_nothing_is_written(board: Board) -> None:
    before = board.clinic.count(ConsentSignature)
    board.open(ConsentState.SIGNED)
    sheet = board.sheet()
    assert isinstance(sheet, RecordSheet)
    board.to("forms.withdrawnAt")
    board.window.write("10/30 9:30")
    sheet.withdraw.click()
    board.window.rest()
    assert sheet.when.has_error()
    assert board.clinic.count(ConsentSignature) == before


def test_d34_a_signed_consent_is_printed_saved_and_kept_as_text_from_the_list(
    built: Application, clinic: Clinic, tmp_path: Path
) -> None:
    form, student = publish_form(clinic), clinic.student()
    consents_of(clinic).collect(typed(form, student, add_parent(clinic, student)))
    window = PaperWindow(built, clinic, "forms")
    found = window.workspace.current()
    assert found is not None
    view = found.widget()
    assert isinstance(view, FormsView)
    view.lines.setFocus()
    window.press(Qt.Key.Key_Return)
    sheet = view._sheet
    assert isinstance(sheet, RecordSheet)
    assert window.focus() == "forms.print"
    assert "Permission for medicine at school (1.0)" in sheet.text.text()
    window.press(Qt.Key.Key_P, CTRL)
    window.file = tmp_path / "one.pdf"
    sheet.save.click()
    window.rest()
    assert window.opened == [((tmp_path / "one.pdf").read_bytes(), "consent.pdf")]
    window.file = tmp_path / "one.txt"
    sheet.save_text.click()
    window.rest()
    assert "Ngozi Okonkwo" in (tmp_path / "one.txt").read_text()
    actions = [row.action for row in clinic.rows(AuditLog)]
    assert (actions.count(AuditAction.PRINT), actions.count(AuditAction.EXPORT)) == (1, 2)
    window.close()


def collect_view(window: PaperWindow) -> CollectView:
    found = window.workspace.current()
    assert isinstance(found, CollectScreen)
    return found.view


def test_m17_a_paper_that_comes_back_is_entered_by_keys_from_its_request(board: Board) -> None:
    board.open(ConsentState.SENT)
    board.to("forms.request.blank")
    board.window.press(Qt.Key.Key_Return)
    assert [name for _, name in board.window.opened] == ["consent-form.pdf"]
    board.to("forms.request.paper")
    board.window.press(Qt.Key.Key_Return)
    view = collect_view(board.window)
    assert view.entry.isVisibleTo(view)
    # The identity is checked on paper too: until then nothing can be recorded, and the reason stands there.
    assert board.window.focus() == "collect.identity.Driver's license"
    assert not view.entry.record.isEnabled()
    assert view.why.text() == "Check who is signing first."
    board.window.press(Qt.Key.Key_Space)
    assert view.entry.record.isEnabled()
    board.to("paper.day")
    board.window.write("10/2")
    board.window.press(Qt.Key.Key_Tab)
    board.to("paper.block.talk")
    board.window.write("PO")
    board.window.press(Qt.Key.Key_Tab)
    board.window.press(Qt.Key.Key_Space)
    board.window.press(Qt.Key.Key_Return, CTRL)

    row = next(row for row in board.clinic.rows(ConsentSignature) if row.method is SigningMethod.PAPER)
    assert (row.signed_by, row.conditions) == ("ParentDov Okonkwo", "talk=PO\ntrip=yes")
    assert row.signed_at.astimezone(board.clinic.school.zone).date() == dt.date(2026, 10, 2)
    assert view.result.isVisibleTo(view)


def test_a_paper_without_a_day_or_with_one_to_come_is_refused_under_the_field(board: Board) -> None:
    board.open(ConsentState.SENT)
    board.to("forms.request.paper")
    board.window.press(Qt.Key.Key_Return)
    view = collect_view(board.window)
    view.identity.chip("Passport").click()
    before = board.clinic.count(ConsentSignature)
    for day in ("", "12/24/2026", "8/1/2026"):
        view.entry.day.set_text(day)
        view._presenter.type_signed_on(day)
        view._presenter.answer("talk", "PO")
        view._presenter.answer("trip", "yes")
        view._presenter.record_paper()
        board.window.rest()
        assert view.entry.day.has_error(), day
    assert board.clinic.count(ConsentSignature) == before


def test_d42_where_nobody_may_sign_it_is_said_who_states_it_and_where(built: Application, clinic: Clinic) -> None:
    student, form = clinic.student(), publish_form(clinic)
    add_parent(clinic, student, may_consent=False)
    window = PaperWindow(built, clinic, "forms.collect")
    window.workspace.navigate("forms.collect", form_id=str(form), student_id=str(student))
    window.rest()
    view = collect_view(window)
    assert view.nobody.isVisibleTo(view)
    assert window.focus() == "collect.contacts"
    for command in ("screen.primary", "collect.paper"):
        bound = window.workspace.commands.find(command)
        assert bound is not None
        assert bound.reason() == "Nobody on file may sign this form."
    gone: list[tuple[str, dict[str, object]]] = []
    view._shell.navigator.navigate = lambda screen, **params: gone.append((screen, params))  # type: ignore[method-assign]
    window.press(Qt.Key.Key_Return)
    assert gone == [("students.chart", {"student_id": str(student), "tab": "contacts"})]
    window.close()


@on_every_display
def test_the_list_and_its_sheets_are_named_whole_and_uncut(board: Board, built: Application, display: Display) -> None:
    display.put_on(built, board.window.window)
    for state in (ConsentState.SENT, ConsentState.SIGNED, ConsentState.REVOKED):
        board.open(state)
        settle(8)
        for part in (board.view, board.sheet()):
            assert layout.problems(part) == []
            assert accessibility.unnamed(part) == []


def test_the_list_follows_what_is_taken_back(board: Board) -> None:
    board.window.type("eli")
    board.open(ConsentState.DRAFT)
    board.to("forms.request.cancel")
    board.window.press(Qt.Key.Key_Return)
    assert board.states == set()
    board.window.press(Qt.Key.Key_Z, CTRL)
    board.window.acts.undo()
    board.window.rest()
    assert board.states == {ConsentState.DRAFT}


def test_who_may_only_read_gets_the_list_and_the_papers_and_nothing_to_write_with(
    built: Application, clinic: Clinic
) -> None:
    form, student = publish_form(clinic), clinic.student()
    consents_of(clinic).collect(typed(form, student, add_parent(clinic, student)))
    window = PaperWindow(built, clinic, "forms", clinic.viewer)
    found = window.workspace.current()
    assert found is not None
    view = found.widget()
    assert isinstance(view, FormsView)
    assert window.focus() == "forms.lines"
    assert not view.go.isVisibleTo(view)
    assert not view.author.isVisibleTo(view)
    window.press(Qt.Key.Key_Return)
    sheet = view._sheet
    assert isinstance(sheet, RecordSheet)
    assert sheet.ending is None
    assert not sheet.renew.isVisibleTo(sheet)
    window.press(Qt.Key.Key_P, CTRL)
    assert len(window.opened) == 1
    window.close()


def test_a_task_about_a_consent_that_ends_opens_that_consent(board: Board) -> None:
    line = next(line for line in board.view.lines.rows() if line.state is ConsentState.EXPIRED)
    board.window.workspace.navigate("forms", signature_id=str(line.signature_id))
    until(lambda: board.view._sheet is not None, what="the sheet of the consent")
    assert isinstance(board.sheet(), RecordSheet)
    state = board.view._presenter.state
    assert state.opened is not None
    assert state.opened.line.signature_id == line.signature_id


@pytest.mark.parametrize("display", [SMALL, LEAST_ROOM], ids=str)
def test_the_state_is_read_without_scrolling_sideways_also_beside_a_sheet(
    board: Board, built: Application, display: Display
) -> None:
    display.put_on(built, board.window.window)
    table = board.view.lines
    columns = table.columns()
    for state in (None, ConsentState.SIGNED):
        if state is not None:
            board.open(state)
        settle(6)
        assert table.horizontalScrollBar().maximum() == 0
        at = next(at for at, one in enumerate(columns) if one.key == "state")
        column = 0 if table.isColumnHidden(at) else at
        room = min(table.columnWidth(column), table.viewport().width() - table.columnViewportPosition(column)) - 24
        for place, line in enumerate(table.rows()):
            words = columns[at].text(line)
            assert tag_size(built.theme, Tag(words, shape=Shape.DONE)).width() <= room, words
            told = [
                str(table.model().index(place, one).data(Qt.ItemDataRole.AccessibleTextRole))
                for one in range(len(columns))
                if not table.isColumnHidden(one)
            ]
            assert any(f"State: {words}" in one for one in told)
