"""Each kind of conflict opened and decided with the keyboard alone, over real rows (ux-spec 7.12)."""

from __future__ import annotations

import uuid
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from tests.gui.sync.conftest import Centre
from tests.support import accessibility, layout
from tests.support.conflict_kinds import (
    contested,
    deleted_visit,
    dose_of_an_order,
    every_kind,
    forked_order,
    given_twice,
    one_number,
    orphan,
    signed_visit,
)
from tests.support.desk import Clinic
from tests.support.looks import Display, on_every_display
from tests.support.qt import settle
from tests.support.sync_conflicts import visit_conflict

from clinicdesk.gui.screens.sync.beside import BesideRows
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.models import ClinicVisit, MedicationLog, Student, StudentMedication, SyncConflict
from clinicdesk.models.enums import ConflictKind, EntryKind, SyncConflictResolution, SyncConflictStatus, Unit

K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def is_open(clinic: Clinic, key: uuid.UUID) -> bool:
    (row,) = clinic.rows(SyncConflict, SyncConflict.id == key)
    return row.status is not SyncConflictStatus.RESOLVED


def give_reason(centre: Centre, words: str) -> None:
    """The field has the focus as soon as a reason is asked for; Enter writes it."""
    reason = centre.screen.view.resolver.ways.reason
    assert QApplication.focusWidget() is reason.editor
    centre.write(words)
    centre.press(K.Key_Return)


def test_d01_a_fork_is_joined_by_keys_and_a_reason(centre: Centre) -> None:
    mine, theirs, key = forked_order(centre.clinic, centre.student)
    centre.open(key)
    resolver = centre.screen.view.resolver
    assert set(resolver.rows) == {"dose_amount", "form_count"}
    # One side of a dose is taken whole: the count goes with the amount.
    centre.press(K.Key_3)
    centre.press(K.Key_Return, modifiers=CTRL)
    give_reason(centre, "asked Dr. Vantongeren")
    assert not is_open(centre.clinic, key)
    later = {row.previous_version_id: row for row in centre.clinic.rows(StudentMedication)}
    assert later[mine].dose_amount == later[theirs].dose_amount
    assert (later[mine].status, later[mine].activated_by) == ("ACTIVE", centre.clinic.nurse.id)
    assert (later[theirs].amends_id, later[theirs].status) == (later[mine].id, "DISCONTINUED")


def test_scenario_37_one_of_two_doses_is_marked_as_an_error_by_keys(centre: Centre) -> None:
    here, elsewhere, key = given_twice(centre.clinic, centre.student)
    centre.open(key)
    ways = centre.screen.view.resolver.ways.ways
    words = [button.text() for button in ways.buttons.values()]
    assert "Ines Carvalho" in words[0]
    assert "Renata Olszewski" in words[1]
    assert words[2].startswith("Both were given")
    centre.press(K.Key_1)
    give_reason(centre, "charted for the brother")
    assert not is_open(centre.clinic, key)
    logs = centre.clinic.rows(MedicationLog)
    assert {here, elsewhere} < {row.id for row in logs}
    (back,) = [row for row in logs if row.revision == 2]
    assert (back.supersedes_id, back.entry_kind) == (elsewhere, EntryKind.WITHDRAWN)
    assert back.correction_reason == "charted for the brother"


def test_scenario_37_esc_takes_the_question_back_and_both_are_acknowledged_by_keys(centre: Centre) -> None:
    _here, _elsewhere, key = given_twice(centre.clinic, centre.student)
    centre.open(key)
    centre.press(K.Key_1)
    centre.press(K.Key_Escape)
    resolver = centre.screen.view.resolver
    assert QApplication.focusWidget() is next(iter(resolver.ways.ways.buttons.values()))
    centre.press(K.Key_3)
    assert not is_open(centre.clinic, key)
    assert len(centre.clinic.rows(MedicationLog)) == 2


def test_d02_a_late_edit_becomes_an_amendment_by_keys(centre: Centre) -> None:
    visit, key = signed_visit(centre.clinic, centre.student)
    centre.open(key)
    centre.press(K.Key_1)
    give_reason(centre, "came late")
    assert not is_open(centre.clinic, key)
    (amendment,) = centre.clinic.rows(ClinicVisit, ClinicVisit.amends_id == visit)
    assert (amendment.notes, amendment.amendment_reason) == ("by Renata", "came late")
    assert amendment.signed_by == centre.clinic.nurse.id


def test_scenario_32_the_parent_comes_back_by_one_key_and_goes_again_by_undo(centre: Centre) -> None:
    visit, key = centre.visit, orphan(centre.clinic, centre.visit)
    centre.open(key)
    centre.press(K.Key_1)
    assert not is_open(centre.clinic, key)
    (row,) = centre.clinic.rows(ClinicVisit, ClinicVisit.id == visit)
    assert row.deleted_at is None
    centre.acts.undo()
    centre.rest()
    (row,) = centre.clinic.rows(ClinicVisit, ClinicVisit.id == visit)
    assert row.delete_reason == "Entered for the wrong child"
    assert is_open(centre.clinic, key)


def tab_to(centre: Centre, part: object) -> None:
    for _ in range(20):
        if QApplication.focusWidget() is part:
            return
        centre.press(K.Key_Tab)
    raise AssertionError("not reached by Tab")


def test_scenario_33_two_records_of_one_child_are_merged_by_keys(office: Centre) -> None:
    holder, second, key = one_number(office.clinic)
    office.open(key)
    (button,) = office.screen.view.resolver.ways.ways.buttons.values()
    tab_to(office, button)
    office.press(K.Key_Space)
    give_reason(office, "same child")
    assert not is_open(office.clinic, key)
    (row,) = office.clinic.rows(Student, Student.id == second)
    assert row.merged_into_id == holder
    office.acts.undo()
    office.rest()
    (row,) = office.clinic.rows(Student, Student.id == second)
    assert row.merged_into_id is None


def test_scenario_33_a_nurse_reads_who_merges_and_cannot(centre: Centre) -> None:
    _holder, second, key = one_number(centre.clinic)
    centre.open(key)
    (button,) = centre.screen.view.resolver.ways.ways.buttons.values()
    assert not button.isEnabled()
    paragraphs = centre.screen.view.resolver.ways.ways.findChildren(Paragraph)
    assert [one.text() for one in paragraphs] == ["Your role does not decide this conflict."]
    (row,) = centre.clinic.rows(Student, Student.id == second)
    assert row.merged_into_id is None


def test_scenario_38_two_decisions_stand_side_by_side_and_one_is_taken_by_a_key(centre: Centre) -> None:
    first = centre.visit_conflict
    key = contested(centre.clinic, first)
    centre.open(key)
    buttons = list(centre.screen.view.resolver.ways.ways.buttons.values())
    assert [button.text().split("\t")[0] for button in buttons] == [
        "The decision of Renata Olszewski stands",
        "The decision of Ines Carvalho stands",
    ]
    centre.press(K.Key_1)
    assert not is_open(centre.clinic, key)
    (row,) = centre.clinic.rows(ClinicVisit, ClinicVisit.id == centre.visit)
    assert row.notes == "by Renata"
    (decided,) = centre.clinic.rows(SyncConflict, SyncConflict.id == first)
    assert (decided.resolution, decided.resolved_by) == (SyncConflictResolution.CLIENT_WINS, centre.clinic.nurse.id)


@pytest.mark.parametrize(("key", "stands"), [(K.Key_1, True), (K.Key_2, False)])
def test_scenario_25_an_edit_of_a_deleted_record_is_decided_by_one_key(centre: Centre, key: K, stands: bool) -> None:
    clinic = centre.clinic
    visit, made = deleted_visit(clinic, centre.student)
    centre.open(made)
    centre.press(key)
    assert not is_open(clinic, made)
    (row,) = clinic.rows(ClinicVisit, ClinicVisit.id == visit)
    assert ((row.deleted_at is None), row.notes) == ((True, "by Renata") if stands else (False, "by Ines"))


def test_scenario_36_a_dose_is_decided_whole_by_two_keys_and_names_its_units(centre: Centre) -> None:
    order, key = dose_of_an_order(centre.clinic, centre.student)
    centre.open(key)
    resolver, centre.keys = centre.screen.view.resolver, 0
    shown_units = [resolver.rows["dose_unit"].conflict.mine, resolver.rows["form_unit"].conflict.theirs]
    assert shown_units == ["mcg", "puff"]
    assert resolver.rows["dose_amount"].conflict.kind.startswith("mcg")
    centre.press(K.Key_2)
    centre.press(K.Key_Return, modifiers=CTRL)
    assert centre.screen.presenter.state.message == ""
    assert not is_open(centre.clinic, key)
    (row,) = centre.clinic.rows(StudentMedication, StudentMedication.id == order)
    assert (row.dosage, row.dose_amount, row.dose_unit) == ("2 puffs", Decimal(180), Unit.UG)
    assert row.form_count == Decimal(2)
    assert centre.keys == 2


def test_scenario_55_a_value_that_differs_silently_is_decided_by_two_keys(centre: Centre) -> None:
    visit, key = visit_conflict(centre.clinic, centre.student, kind=ConflictKind.DIVERGED)
    centre.open(key)
    centre.keys = 0
    centre.press(K.Key_2)
    centre.press(K.Key_Return, modifiers=CTRL)
    assert not is_open(centre.clinic, key)
    (row,) = centre.clinic.rows(ClinicVisit, ClinicVisit.id == visit)
    assert (row.notes, centre.keys) == ("by Renata", 2)


def test_scenario_41_what_an_inactive_author_wrote_is_seen_by_one_key(centre: Centre) -> None:
    visit, key = visit_conflict(centre.clinic, centre.student, kind=ConflictKind.AUTHOR_INACTIVE)
    centre.open(key)
    resolver = centre.screen.view.resolver
    assert resolver.rows["notes"].conflict.mine == "by Renata"
    assert not resolver.rows["notes"].result.isVisible()
    centre.press(K.Key_Return)
    assert not is_open(centre.clinic, key)
    (row,) = centre.clinic.rows(ClinicVisit, ClinicVisit.id == visit)
    assert row.notes == "by Ines"


@pytest.mark.parametrize(("key", "stands"), [(K.Key_1, True), (K.Key_2, False)])
def test_scenario_26_a_record_changed_there_and_deleted_here_is_decided_by_one_key(
    centre: Centre, key: K, stands: bool
) -> None:
    visit, made = deleted_visit(centre.clinic, centre.student, ConflictKind.EDIT_VS_DELETE)
    centre.open(made)
    centre.press(key)
    assert not is_open(centre.clinic, made)
    (row,) = centre.clinic.rows(ClinicVisit, ClinicVisit.id == visit)
    assert (row.deleted_at is None) is stands


def test_scenario_25_who_deleted_it_and_why_stands_below_what_was_changed(centre: Centre) -> None:
    _visit, key = deleted_visit(centre.clinic, centre.student)
    centre.open(key)
    assert told(centre) == [["Visit"], ["deleted"], ["Deleted at", "Oct 6, 2026, 11:32"],
                            ["Deleted by", "Ines Carvalho"], ["Reason for deleting", "twice"]]  # fmt: skip


def test_scenario_32_the_childs_own_values_stand_first_and_then_the_deleted_parent(centre: Centre) -> None:
    centre.open(orphan(centre.clinic, centre.visit))
    lines = told(centre)
    assert lines[0] == ["Vital signs"]
    assert lines[1][0].startswith("Renata Olszewski")
    assert ["Heart rate", "88"] in lines[: lines.index(["deleted"])]
    assert ["Reason for deleting", "Entered for the wrong child"] in lines[lines.index(["deleted"]) :]
    assert ["Complaints", "Headache"] in lines


def test_scenario_37_a_dose_reads_in_safe_units_and_names_its_giver_once(centre: Centre) -> None:
    _here, _there, key = given_twice(centre.clinic, centre.student, amount="90", unit=Unit.UG)
    centre.open(key)
    lines = told(centre)
    assert ["Dosage", "90 mcg", "90 mcg"] in lines
    assert [line[0] for line in lines if "Ines Carvalho" in line] == ["Given by"]
    assert not [word for line in lines for word in line if "ug" in word.casefold().split() or "µg" in word]


def told(centre: Centre) -> list[list[str]]:
    """The rows to look at, line by line."""
    lines: list[list[str]] = []
    for part in centre.screen.view.resolver.findChildren(BesideRows):
        words = part.findChildren(Paragraph)
        placed = sorted((one.mapTo(part, QPoint()).y(), one.mapTo(part, QPoint()).x(), one.text()) for one in words)
        for _top, line in groupby(placed, key=itemgetter(0)):
            lines.append([text for _y, _x, text in line])
    return lines


def test_the_footer_stands_still_while_a_reason_is_asked(centre: Centre) -> None:
    for key in (given_twice(centre.clinic, centre.student)[2], signed_visit(centre.clinic, centre.student)[1]):
        centre.open(key)
        resolver = centre.screen.view.resolver
        before = [button.geometry() for button in (resolver.later, resolver.apply)]
        centre.press(K.Key_1)
        assert resolver.ways.reason.isVisible()
        assert [button.geometry() for button in (resolver.later, resolver.apply)] == before
        centre.press(K.Key_Escape)


@on_every_display
def test_every_kind_is_shown_without_cuts_and_named(display: Display, centre: Centre) -> None:
    display.put_on(centre.built, centre.window)
    for kind, key in every_kind(centre.clinic, centre.student).items():
        centre.open(key)
        settle(3)
        assert layout.problems(centre.window) == [], kind
        assert accessibility.problems(centre.window) == [], kind
        focus = QApplication.focusWidget()
        assert focus is not None, kind
        assert not focus.visibleRegion().isEmpty(), kind
