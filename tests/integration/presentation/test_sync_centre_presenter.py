"""The sync centre without its window, over a real encrypted file: propose, pick, edit, apply, undo (ux-spec 7.12)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from tests.support.desk import (
    Clinic,
    Member,
    clinic,  # noqa: F401 - the fixture is found by name
)
from tests.support.medication import Cupboard, stock_cupboard
from tests.support.rotten_rows import mended
from tests.support.sync_conflicts import ScriptedLine, allergy_conflict, conflict, queued, sync_of, visit_conflict

from clinicdesk.models import Allergy, ClinicVisit, SyncConflict, SyncCursor
from clinicdesk.models.enums import (
    ConflictKind,
    QueueState,
    SyncConflictResolution,
    SyncConflictStatus,
)
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.runner import ImmediateRunner
from clinicdesk.presentation.sync_centre.presenter import SyncCentre
from clinicdesk.presentation.sync_centre.proposing import Side
from clinicdesk.presentation.sync_centre.state import FieldLine, OpenConflict
from clinicdesk.presentation.sync_now import Running
from clinicdesk.services.kept_rows import KeptRows
from clinicdesk.services.sync_items import StoppedLine
from clinicdesk.sync.process import Event, Finished


class QuickLine(ScriptedLine):
    """A sync that is over as soon as it began."""

    def start(self, heard: Callable[[Event], None]) -> Running:
        running = super().start(heard)
        heard(Finished({}))
        return running


def centre_of(clinic: Clinic, who: Member | None = None) -> SyncCentre:  # noqa: F811
    runner = ImmediateRunner()
    acts = LastActs(clinic.clock, runner)
    made = SyncCentre(clinic.desk(who), sync_of(clinic, runner, QuickLine()), acts, runner)
    made.load()
    return made


def opened(centre: SyncCentre, key: uuid.UUID) -> OpenConflict:
    centre.show(key)
    assert centre.state.open is not None
    return centre.state.open


def listed(centre: SyncCentre) -> list[uuid.UUID]:
    return [one.id for one in centre.state.lines or ()]


def line(centre: SyncCentre, name: str) -> FieldLine:
    assert centre.state.open is not None
    return next(one for one in centre.state.open.fields if one.name == name)


def test_d22_safety_data_begin_with_the_stricter_side_and_a_plain_text_with_nothing(clinic: Clinic) -> None:  # noqa: F811
    _row, key = allergy_conflict(clinic, clinic.student())
    centre = centre_of(clinic)
    shown = opened(centre, key)
    assert [(one.name, one.result, one.decided) for one in shown.fields] == [
        ("severity", "Severe", True),
        ("reactions", "Hives\nWheeze\nLip swelling", True),
        ("treatment", "", False),
    ]
    centre.apply()
    assert centre.state.message == "First decide: Treatment"
    assert centre.state.open is not None


def test_a_decision_by_hand_is_written_and_taken_back(clinic: Clinic) -> None:  # noqa: F811
    row, key = allergy_conflict(clinic, clinic.student())
    centre = centre_of(clinic)
    opened(centre, key)
    centre.pick("severity", Side.BASE)
    centre.keep_both("reactions")
    centre.edit("treatment", "Call mother, then 911.")
    centre.apply()
    (allergy,) = clinic.rows(Allergy, Allergy.id == row)
    assert (allergy.severity, allergy.treatment) == ("MODERATE", "Call mother, then 911.")
    assert allergy.reactions == ["Hives", "Wheeze", "Lip swelling"]
    assert listed(centre) == []
    centre.undo()
    (allergy,) = clinic.rows(Allergy, Allergy.id == row)
    assert (allergy.severity, allergy.reactions) == ("SEVERE", ["Hives", "Lip swelling"])
    assert listed(centre) == [key]


def test_what_is_no_value_stays_typed_with_its_problem(clinic: Clinic) -> None:  # noqa: F811
    _row, key = allergy_conflict(clinic, clinic.student())
    centre = centre_of(clinic)
    opened(centre, key)
    centre.edit("severity", "terrible")
    assert (line(centre, "severity").result, bool(line(centre, "severity").problem)) == ("terrible", True)
    centre.pick("treatment", Side.MINE)
    centre.apply()
    assert centre.state.message == line(centre, "severity").problem
    assert clinic.count(SyncConflict, SyncConflict.status == SyncConflictStatus.RESOLVED) == 0


def test_d22_a_dose_is_taken_whole_from_one_side(clinic: Clinic) -> None:  # noqa: F811
    cupboard: Cupboard = stock_cupboard(clinic)
    key = conflict(
        clinic,
        "student_medications",
        cupboard.amoxicillin,
        cupboard.student,
        {"dose_amount": ("500", "250", "500"), "route": ("ORAL", "ORAL", "RECTAL")},
        kind=ConflictKind.GROUP,
        group="dose",
        safety=True,
    )
    centre = centre_of(clinic)
    assert [one.decided for one in opened(centre, key).fields] == [False, False]
    centre.pick("route", Side.THEIRS)
    taken = [line(centre, name) for name in ("dose_amount", "route")]
    assert [(one.result, one.decided) for one in taken] == [("500", True), ("Rectal", True)]


def test_d22_picking_the_allergen_of_one_side_does_not_lower_the_severity(clinic: Clinic) -> None:  # noqa: F811
    student = clinic.student()
    row, _key = allergy_conflict(clinic, student)
    sides = {"allergen": ("Nuts", "Tree nuts", "Peanut"), "severity": ("SEVERE", "MILD", "SEVERE")}
    key = conflict(clinic, "allergies", row, student, sides, kind=ConflictKind.GROUP, group="allergen", safety=True)
    centre = centre_of(clinic)
    opened(centre, key)
    centre.pick("allergen", Side.MINE)
    assert (line(centre, "allergen").result, line(centre, "severity").result) == ("Tree nuts", "Severe")


def test_scenario_33_a_number_of_another_student_is_not_proposed_and_said_by_its_field(clinic: Clinic) -> None:  # noqa: F811
    clinic.student("Nils", "Sample", number="S-77")
    second = clinic.student("Nico", "Sample", number="S-78")
    sides = {"student_number": (None, "S-77", "S-78")}
    key = conflict(clinic, "students", second, second, sides, kind=ConflictKind.UNIQUE)
    centre = centre_of(clinic, clinic.administrator)
    (field,) = opened(centre, key).fields
    assert (field.decided, field.result) == (False, "")
    centre.pick("student_number", Side.MINE)
    centre.apply()
    assert centre.state.message.startswith("Student number: Another record has this already.")
    assert (centre.state.writing, centre.state.open is None) == (False, False)


def test_a_conflict_that_another_decided_meanwhile_is_said(clinic: Clinic) -> None:  # noqa: F811
    _row, key = visit_conflict(clinic, clinic.student())
    centre = centre_of(clinic)
    with clinic.pulled() as work:
        work.session.execute(
            sa.update(SyncConflict).values(
                status=SyncConflictStatus.RESOLVED,
                resolution=SyncConflictResolution.SERVER_WINS,
                resolved_at=clinic.clock.now(),
                resolved_by=clinic.nurse.id,
            )
        )
    centre.show(key)
    assert (centre.state.open, centre.state.message) == (None, "This conflict is decided already.")
    assert centre.state.lines == ()


def test_a_stopped_change_beside_the_list_goes_when_it_was_settled(clinic: Clinic) -> None:  # noqa: F811
    row, _key = visit_conflict(clinic, clinic.student())
    queued(clinic, "clinic_visits", row, QueueState.REJECTED, reason="invalid")
    centre = centre_of(clinic)
    (stopped,) = centre.state.work.stopped
    centre.look_at(stopped)
    assert isinstance(centre.state.detail, StoppedLine)
    centre.send_anew()
    centre.load()
    assert [centre.state.detail, *centre.state.work.stopped] == [None]


@pytest.mark.parametrize("side", [Side.MINE, Side.THEIRS])
def test_scenario_34_one_side_taken_as_it_is(clinic: Clinic, side: Side) -> None:  # noqa: F811
    row, key = visit_conflict(clinic, clinic.student())
    centre = centre_of(clinic)
    opened(centre, key)
    centre.pick("notes", side)
    centre.apply()
    (visit,) = clinic.rows(ClinicVisit, ClinicVisit.id == row)
    assert visit.notes == ("by Renata" if side is Side.MINE else "by Ines")
    (settled,) = clinic.rows(SyncConflict, SyncConflict.id == key)
    expected = SyncConflictResolution.CLIENT_WINS if side is Side.MINE else SyncConflictResolution.SERVER_WINS
    assert settled.resolution is expected


def test_who_may_not_see_conflicts_reads_counts_alone(clinic: Clinic) -> None:  # noqa: F811
    row, _key = visit_conflict(clinic, clinic.student())
    queued(clinic, "clinic_visits", row, QueueState.REJECTED, reason="invalid")
    state = centre_of(clinic, clinic.viewer).state
    assert (state.may_view, state.lines) == (False, None)
    assert [one.student for one in state.work.stopped] == [None]


def test_the_chip_says_what_waits_since_when_and_what_each_school_last_acknowledged(clinic: Clinic) -> None:  # noqa: F811
    visit, _key = visit_conflict(clinic, clinic.student())
    queued(clinic, "clinic_visits", visit, QueueState.PENDING, minutes=150)
    queued(clinic, "clinic_visits", visit, QueueState.PENDING, minutes=9)
    queued(clinic, "clinic_visits", visit, QueueState.REJECTED, reason="invalid")
    with clinic.pulled() as work:
        work.session.execute(
            sa.insert(SyncCursor).values(
                scope_id=clinic.school.id, seq=1, bootstrapped=True, updated_at=clinic.clock.now()
            )
        )
    sync = sync_of(clinic, ImmediateRunner(), QuickLine())
    sync.refresh()
    chip = sync.chip()
    # A conflict comes first in the words; nothing of the rest is hidden by it.
    assert (chip.words, chip.act) == ("1 conflict", True)
    assert chip.details[0] == "2 rows not sent yet, the oldest written 2 hours ago"
    assert chip.details[1] == "1 could not be sent"
    assert any(line.startswith(f"{clinic.school.name}: 2 to send, ") for line in chip.details)


def test_scenario_55_the_chip_says_what_was_kept_until_somebody_has_decided(clinic: Clinic) -> None:  # noqa: F811
    allergy, key = allergy_conflict(clinic, clinic.student())
    mended(clinic, "allergies", allergy, {"treatment": "Give water.", "severity": "MILD"})
    sync = sync_of(clinic, ImmediateRunner(), QuickLine())
    sync.refresh()
    assert (sync.chip().words, sync.chip().act) == ("3 to decide", True)
    assert sync.chip().details[:2] == ("1 conflict", "2 kept values")
    with clinic.pulled() as work:
        work.session.get_one(SyncConflict, key).deleted_at = clinic.clock.now()
    rows = KeptRows(clinic.desk())
    for line, told in zip(rows.lines(), ("2 kept values", "1 kept value"), strict=True):
        sync.refresh()
        assert (sync.chip().words, sync.chip().act) == (told, True)
        assert told not in sync.chip().details
        rows.dismiss(line, "Dismissed", "seen")
    sync.refresh()
    assert (sync.chip().words, sync.chip().act) == ("Not synced yet", False)


def test_scenario_55_a_kept_value_that_stands_in_the_row_again_is_nobodys_to_decide(clinic: Clinic) -> None:  # noqa: F811
    allergy, key = allergy_conflict(clinic, clinic.student())
    mended(clinic, "allergies", allergy, {"treatment": "Give water."})
    with clinic.pulled() as work:
        work.session.get_one(SyncConflict, key).deleted_at = clinic.clock.now()
        work.session.get_one(Allergy, allergy).treatment = "Give water."
    sync = sync_of(clinic, ImmediateRunner(), QuickLine())
    sync.refresh()
    assert sync.state.status is not None
    assert (sync.state.status.kept, sync.chip().act) == (0, False)
