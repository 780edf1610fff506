"""A child who left school today: *absent* is proposed on round, sheet and board, and a person charts it (D41)."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from tests.support.desk import Clinic
from tests.support.leaving import send_home
from tests.support.medication import DAY, Cupboard, at, stock_cupboard

from clinicdesk.domain.calendar import AwayCause
from clinicdesk.domain.medication.log import DoseOutcome
from clinicdesk.domain.medication.outcomes import DoseReason
from clinicdesk.domain.medication.slots import SlotState
from clinicdesk.models import ClinicalTask, MedicationLog, StudentEnrollment
from clinicdesk.models.enums import VisitDisposition
from clinicdesk.services.dose_values import Cell, HomeDose
from clinicdesk.services.doses import Doses

SLOT = f"{DAY}T11:30"


@pytest.fixture
def cupboard(clinic: Clinic) -> Cupboard:
    return stock_cupboard(clinic)


@pytest.fixture
def doses(clinic: Clinic) -> Doses:
    return Doses(clinic.desk())


def cell(doses: Doses, cupboard: Cupboard) -> Cell:
    row = next(row for row in doses.round().rows if row.order.id == cupboard.amoxicillin)
    return row.cells["11:30"]


def test_d41_who_went_home_is_proposed_absent_and_nothing_is_charted(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    send_home(clinic, cupboard.student, at("10:42"))
    away = cell(doses, cupboard).away
    assert away is not None
    assert (away.at, away.cause) == (dt.time(10, 42), AwayCause.SENT_HOME)
    assert cell(doses, cupboard).state is SlotState.DUE
    assert doses.open_dose(cupboard.amoxicillin, cupboard.student, SLOT).away == away
    on_board = [dose for dose in doses.due().doses if dose.order.id == cupboard.amoxicillin]
    assert [dose.away for dose in on_board] == [away]
    assert clinic.count(MedicationLog) == 0


def test_d41_a_late_dose_of_a_child_who_left_still_counts_as_late(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    send_home(clinic, cupboard.student, at("10:42"), VisitDisposition.EMERGENCY_TRANSPORT)
    before = doses.due().late
    clinic.clock.advance(at("12:20") - clinic.clock.now())
    assert doses.due().late > before
    found = cell(doses, cupboard)
    assert found.state is SlotState.LATE
    assert found.away is not None
    assert found.away.cause is AwayCause.EMERGENCY_TRANSPORT


def test_d41_the_proposed_absence_is_charted_and_the_proposal_is_gone(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    send_home(clinic, cupboard.student, at("10:42"))
    dose = cupboard.dose(cupboard.amoxicillin, outcome=DoseOutcome.ABSENT, reason=DoseReason.ABSENT)
    doses.record(dose)
    found = cell(doses, cupboard)
    assert (found.state, found.away) == (SlotState.ABSENT, None)
    assert clinic.count(ClinicalTask) == 0


def test_d41_who_came_back_takes_her_dose_as_ever(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    send_home(clinic, cupboard.student, at("10:42"))
    given = doses.record(cupboard.dose(cupboard.amoxicillin))
    assert given.outcome is DoseOutcome.GIVEN
    others = [row.cells["11:30"] for row in doses.round().rows if row.order.id == cupboard.methylphenidate]
    assert [(one.state, one.away) for one in others] == [(SlotState.DUE, None)]


def test_d41_a_dose_told_from_home_brings_nobody_back(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    send_home(clinic, cupboard.student, at("10:42"))
    told = HomeDose(student_id=cupboard.student, order_id=cupboard.albuterol, given_at=at("11:00"), told_by="mother")
    doses.record_home_dose(told)
    assert cell(doses, cupboard).away is not None


def test_d41_another_childs_leaving_says_nothing(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    send_home(clinic, clinic.student("Tobias", "Grønlund"), at("10:42"))
    assert cell(doses, cupboard).away is None


def test_d41_an_enrolment_that_is_over_proposes_absent(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    with clinic.pulled() as work:
        work.session.execute(
            sa.update(StudentEnrollment)
            .where(StudentEnrollment.student_id == cupboard.student)
            .values(ends_on=DAY - dt.timedelta(days=1))
        )
    away = cell(doses, cupboard).away
    assert away is not None
    assert away.cause is AwayCause.ENROLLMENT_ENDED
