"""Round, dose sheet and count without a window: real services on a real encrypted file, work done at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader
from tests.support.desk import PASSWORD, Clinic
from tests.support.medication import PRN, note_allergy, sign_consent, strength_of, train_aide, write_order
from tests.support.round_day import RoundDay, stock_round

from clinicdesk.domain.medication.controlled import CountKind
from clinicdesk.domain.medication.log import DoseOutcome
from clinicdesk.domain.medication.orders import PreCheck
from clinicdesk.domain.medication.outcomes import DoseReason
from clinicdesk.models import AuditLog, ControlledCount, Draft, MedicationLog, Student
from clinicdesk.models.enums import AuditAction, Route, Unit
from clinicdesk.models.enums import DoseReason as ReasonColumn
from clinicdesk.presentation.medications.count import CountPresenter
from clinicdesk.presentation.medications.dose_state import PRECHECK_MISSING
from clinicdesk.presentation.medications.round import RoundPresenter, Show
from clinicdesk.presentation.medications.sheet import DosePresenter
from clinicdesk.presentation.medications.words import when_words
from clinicdesk.presentation.runner import ImmediateRunner
from clinicdesk.services.allergies import HealthFacts
from clinicdesk.services.controlled import ControlledDrugs
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_values import Recorded
from clinicdesk.services.doses import Doses
from clinicdesk.services.paper_day import PaperDay
from clinicdesk.services.undo import LastAct

STAFF = ("carvalho", "ferrer", "olszewski", "whitfield")


@dataclasses.dataclass
class Work:
    """One person's presenters, and what they reported."""

    clinic: Clinic
    day: RoundDay
    round: RoundPresenter
    acts: list[LastAct]
    advice: list[str]
    desk: Desk

    @property
    def sheet(self) -> DosePresenter:
        return self.round.sheet

    def open(self, order: uuid.UUID, student: uuid.UUID, slot: str | None = None) -> None:
        self.round.open(order, student, slot)

    def checked(self) -> None:
        self.sheet.tick_next()
        self.sheet.tick_next()

    def logs(self) -> int:
        return self.clinic.count(MedicationLog)

    def last(self) -> MedicationLog:
        return self.clinic.rows(MedicationLog)[-1]


def at_work(clinic: Clinic, day: RoundDay, desk: Desk) -> Work:
    acts: list[LastAct] = []
    advice: list[str] = []
    presenter = RoundPresenter(
        Doses(desk), PaperDay(desk), ImmediateRunner(), acts.append, desk.local, desk.now, lambda: STAFF
    )
    presenter.on_advice = advice.append
    presenter.load()
    return Work(clinic, day, presenter, acts, advice, desk)


@pytest.fixture
def day(clinic: Clinic) -> RoundDay:
    return stock_round(clinic)


@pytest.fixture
def work(clinic: Clinic, day: RoundDay) -> Work:
    return at_work(clinic, day, clinic.desk())


SLOT = "2026-10-06T11:30"


# The round


def test_the_round_begins_at_the_late_dose_and_counts_its_filters(work: Work) -> None:
    state = work.round.state
    row, time = state.cursor
    assert (state.lines[row].order_id, time) == (work.day.late, "11:00")
    everything, late, due, needed = state.counts
    assert (late, needed) == (1, 3)
    work.round.filter(Show.LATE)
    assert [line.order_id for line in work.round.state.lines] == [work.day.late]
    work.round.filter(Show.PRN)
    assert sum(not line.heading for line in work.round.state.lines) == needed
    work.round.filter(Show.ALL)
    assert everything == sum(not line.heading for line in work.round.state.lines)
    assert due >= late


def test_d34_the_printed_round_names_allergies_and_is_audited(work: Work, tmp_path: Path) -> None:
    """The same paper as Today's: a round on paper without allergies would be a trap (M6)."""
    note_allergy(work.clinic, work.day.jose, "Tree nuts")
    saved: list[str] = []
    work.round.print_round(lambda name: str(tmp_path / name), saved.append)
    (path,) = saved
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())
    assert "TREE NUTS" in text, "a severe one stands in capitals"
    assert "not asked" in text
    assert AuditAction.PRINT in {row.action for row in work.clinic.rows(AuditLog)}


def test_m06_a_sheet_knows_whether_somebody_was_asked_for_allergies(work: Work) -> None:
    """No allergy on record is not the same as none known."""
    line = work.round.state.lines[0].scheduled
    assert line is not None
    time = next(iter(line.cells))

    def asked() -> bool:
        work.round.open_at(0, time)
        assert work.sheet.state.sheet is not None
        return work.sheet.state.sheet.no_known_allergies

    assert not asked()
    HealthFacts(work.desk).state_none_known(line.student.id, "Mother, by phone")
    assert asked()


def test_the_sheet_says_with_its_day_when_the_last_dose_was() -> None:
    now = dt.datetime(2026, 10, 6, 15, tzinfo=dt.UTC)
    assert when_words(now - dt.timedelta(hours=2), now, lambda moment: moment) == "13:00"
    assert when_words(now - dt.timedelta(hours=20), now, lambda moment: moment) == "Oct 5, 19:00"


def test_a_room_shows_its_own_students_only(work: Work) -> None:
    room = work.round.state.rooms[0]
    work.round.in_room(room)
    rows = [line.scheduled or line.prn for line in work.round.state.lines if not line.heading]
    assert {row.student.homeroom for row in rows if row is not None} == {room}


def test_what_was_given_is_reported_for_undo_and_the_cursor_goes_on(work: Work) -> None:
    cupboard = work.day.cupboard
    work.open(cupboard.amoxicillin, cupboard.student, SLOT)
    work.checked()
    placed = work.round.state.placed
    work.sheet.give()
    assert [act.words for act in work.acts] == ["Given: amoxicillin, Amara Okonkwo-Lindqvist"]
    assert work.round.state.open_order is None
    assert work.round.state.placed == placed + 1
    before = work.logs()
    work.acts[0].undo(None)
    assert work.logs() == before + 1  # the withdrawing row: nothing is deleted


def test_m04_a_missed_dose_that_was_explained_waits_for_nobody(work: Work) -> None:
    work.clinic.clock.advance(dt.timedelta(hours=2))
    work.round.load()
    late_before = work.round.state.counts[1]
    waiting = Doses(work.desk).due().late
    work.open(work.day.late, work.day.dmitri, "2026-10-06T11:00")
    work.sheet.choose_outcome(DoseOutcome.MISSED)
    assert work.sheet.state.reason is None
    work.sheet.chart_outcome()
    assert work.sheet.state.message == "Choose the reason."
    assert work.sheet.choose_at(0)
    work.sheet.chart_outcome()
    assert (work.last().outcome, work.last().reason_code) == ("MISSED", ReasonColumn.NO_SHOW)
    assert work.round.state.counts[1] == late_before - 1
    assert Doses(work.desk).due().late == waiting - 1


# The sheet


def test_given_waits_for_both_rights_and_space_ticks_them_in_turn(work: Work) -> None:
    cupboard = work.day.cupboard
    work.open(cupboard.amoxicillin, cupboard.student, SLOT)
    said = [work.sheet.state.blocked]
    work.sheet.tick_next()
    said.append(work.sheet.state.blocked)
    work.sheet.tick_next()
    said.append(work.sheet.state.blocked)
    assert said == ["Right 1: check photo and date of birth.", "Right 2: read the label.", ""]
    work.sheet.tick_label()
    before = work.logs()
    work.sheet.give()
    assert work.logs() == before


def test_d40_the_interval_is_lifted_by_reason_and_prescriber_together(work: Work) -> None:
    work.open(work.day.inhaler, work.day.jose)
    work.sheet.choose_indication("wheeze")
    work.checked()
    work.sheet.give()
    assert work.acts
    work.open(work.day.inhaler, work.day.jose)
    work.sheet.choose_indication("wheeze")
    work.checked()
    (stop,) = [one for one in work.sheet.state.stops if one.code == "dose.interval_too_short"]
    before = work.logs()
    work.sheet.set_reason_for(stop.code, "still wheezing")
    work.sheet.give()
    assert work.logs() == before
    work.sheet.set_contact_for(stop.code, "Dr. Lund 11:31")
    assert work.sheet.state.blocked == ""
    work.sheet.give()
    assert work.logs() == before + 1
    assert work.last().override_prescriber_contact == "Dr. Lund 11:31"


def test_d40_an_aide_lifts_nothing_whatever_is_filled_in(clinic: Clinic, day: RoundDay) -> None:
    train_aide(clinic)
    nurse = at_work(clinic, day, clinic.desk())
    nurse.open(day.inhaler, day.jose)
    nurse.sheet.choose_indication("wheeze")
    nurse.checked()
    nurse.sheet.give()
    aide = at_work(clinic, day, clinic.desk(clinic.aide))
    aide.open(day.inhaler, day.jose)
    aide.sheet.choose_indication("wheeze")
    aide.checked()
    aide.sheet.set_reason_for("dose.interval_too_short", "wheezing")
    aide.sheet.set_contact_for("dose.interval_too_short", "called")
    before = aide.logs()
    aide.sheet.give()
    assert aide.sheet.state.blocked == "Something stops this dose."
    assert aide.logs() == before


def test_m06_one_second_person_answers_for_every_stop_that_asks_for_one(work: Work) -> None:
    """An allergy and a duplicate therapy at once: one name, one password, a reason each."""
    cupboard = work.day.cupboard
    drugs = cupboard.drugs
    note_allergy(work.clinic, cupboard.student, "Ibuprofen", ingredient_code="5640")
    for drug, form in ((drugs.ibuprofen, Unit.TABLET), (drugs.motrin, Unit.CAPSULE)):
        order = write_order(work.clinic, cupboard.student, drug, cupboard.consent, **strength_of("200", Unit.MG, form))
    work.open(order, cupboard.student, SLOT)
    work.checked()
    codes = {stop.code for stop in work.sheet.state.stops}
    assert codes == {"dose.allergy", "dose.duplicate_ingredient"}
    for code in codes:
        work.sheet.set_reason_for(code, "prescriber knows")
    assert work.sheet.state.blocked
    work.sheet.set_second("carv")
    assert work.sheet.state.blocked == ""
    before = work.logs()
    work.sheet.give(second_password="wrong password here")
    assert work.logs() == before
    assert work.sheet.state.message
    work.sheet.give(second_password=PASSWORD)
    assert work.logs() == before + 1
    assert work.last().override_by == work.clinic.second_nurse.id


def test_m09_the_witness_types_the_own_password_and_the_count_is_a_number(work: Work) -> None:
    cupboard = work.day.cupboard
    work.open(cupboard.methylphenidate, cupboard.student, SLOT)
    work.checked()
    assert work.sheet.state.blocked == "A witness is needed."
    work.sheet.set_witness("carv")
    assert work.sheet.state.blocked == "Count what is left in the package."
    work.sheet.set_counted("19")
    before = work.logs()
    work.sheet.give("not her password")
    assert work.logs() == before
    work.sheet.give(PASSWORD)
    assert (work.logs(), work.last().witnessed_by) == (before + 1, work.clinic.second_nurse.id)


def inhaler_with_checks(work: Work, **changes: object) -> tuple[uuid.UUID, uuid.UUID]:
    student = work.clinic.student("Ana", "Prieto", dt.date(2016, 5, 4))
    drugs = work.day.cupboard.drugs
    columns = {**PRN, "prn_indications": [], "prn_precheck": "PEAK_FLOW", "route": Route.INHALED, **changes}
    order = write_order(
        work.clinic,
        student,
        drugs.albuterol,
        sign_consent(work.clinic, drugs, student),
        **strength_of("90", Unit.UG, Unit.PUFF, "2"),
        **columns,
    )
    return order, student


def test_m05_a_missing_check_is_recorded_or_overridden_never_a_dead_end(work: Work) -> None:
    work.open(*inhaler_with_checks(work))
    work.checked()
    assert work.sheet.state.blocked == "A check before the dose is missing."
    work.sheet.set_precheck(PreCheck.PEAK_FLOW, "lots")
    work.sheet.check_precheck(PreCheck.PEAK_FLOW)
    assert work.sheet.state.precheck_problems
    assert work.sheet.state.blocked
    work.sheet.set_precheck(PreCheck.PEAK_FLOW, "190")
    assert (work.sheet.state.precheck_problems, work.sheet.state.blocked) == ({}, "")
    work.sheet.set_precheck(PreCheck.PEAK_FLOW, "")
    work.sheet.set_reason_for(PRECHECK_MISSING, "meter broken")
    assert work.sheet.state.blocked == ""
    work.sheet.give()
    assert (work.last().precheck_result, work.last().override_reason) == (None, "meter broken")


def test_m16_an_emergency_asks_for_nothing_first(work: Work) -> None:
    work.open(*inhaler_with_checks(work, emergency=True))
    assert work.sheet.state.blocked == ""
    before = work.logs()
    work.sheet.give()
    assert work.logs() == before + 1
    assert {"dose.precheck_missing", "dose.identity_missing"} <= {one["code"] for one in work.last().advisories}


def test_m04_early_takes_a_reason_of_the_list_or_own_words(work: Work) -> None:
    rows = work.round.state.round.rows if work.round.state.round is not None else ()
    row = next(one for one in rows if "13:00" in one.cells)
    work.open(row.order.id, row.student.id, row.cells["13:00"].slot.key)
    work.checked()
    assert work.sheet.state.timing_choices[:2] == (DoseReason.FIELD_TRIP, DoseReason.EARLY_DISMISSAL)
    assert work.sheet.state.blocked
    assert work.sheet.choose_at(1)
    work.sheet.set_reason_for("dose.early", "bus at noon")
    work.sheet.give()
    assert (work.last().override_reason, work.last().reason_code) == (
        "Early dismissal: bus at noon",
        ReasonColumn.EARLY_DISMISSAL,
    )


def test_m07_the_sheet_of_a_dose_given_elsewhere_meanwhile_says_by_whom(work: Work) -> None:
    cupboard = work.day.cupboard
    work.open(cupboard.amoxicillin, cupboard.student, SLOT)
    work.checked()
    Doses(work.clinic.desk(work.clinic.second_nurse)).record(cupboard.dose(cupboard.amoxicillin))
    before = work.logs()
    work.sheet.give()
    assert work.logs() == before
    assert "Ines Carvalho" in work.sheet.state.message


# Scans


def card(work: Work, student: uuid.UUID) -> str:
    (row,) = [one for one in work.clinic.rows(Student) if one.id == student]
    return str(row.student_number)


def test_t04_a_card_opens_what_is_owed_longest_and_ticks_right_one(work: Work) -> None:
    work.round.scanned(card(work, work.day.dmitri).replace("-", ""))
    assert work.round.state.open_order == work.day.late
    assert work.sheet.state.identity
    assert work.sheet.state.card == work.day.dmitri


def test_a_card_of_a_student_who_is_owed_nothing_opens_nothing_and_says_so(work: Work) -> None:
    work.round.scanned(card(work, work.day.jose))
    assert work.round.state.open_order is None
    assert work.advice == ["No dose of this student is due now."]


def test_m01_a_wrong_card_takes_the_tick_away_and_a_look_does_not_bring_it_back(work: Work) -> None:
    cupboard = work.day.cupboard
    work.open(cupboard.amoxicillin, cupboard.student, SLOT)
    work.checked()
    work.round.scanned(card(work, work.day.dmitri))
    assert (work.sheet.state.identity, work.sheet.state.blocked) == (False, "The scan does not fit. Stop.")
    work.sheet.tick_identity()
    assert not work.sheet.state.identity
    work.open(cupboard.amoxicillin, cupboard.student, SLOT)  # begun anew
    assert work.sheet.state.wrong == ()


# Drafts


def test_words_typed_for_a_dose_outlive_a_lock_and_are_gone_once_it_is_given(clinic: Clinic, day: RoundDay) -> None:
    first = at_work(clinic, day, clinic.desk())
    rows = first.round.state.round.rows if first.round.state.round is not None else ()
    row = next(one for one in rows if "13:00" in one.cells)
    where = (row.order.id, row.student.id, row.cells["13:00"].slot.key)
    first.open(*where)
    first.sheet.set_reason_for("dose.early", "bus at noon")
    assert first.sheet.unsaved
    first.sheet.leave()
    assert b"bus at noon" not in clinic.rows(Draft)[0].content
    again = at_work(clinic, day, clinic.desk())
    again.open(*where)
    assert again.sheet.state.lifting["dose.early"].reason == "bus at noon"
    assert again.sheet.state.draft_at is not None
    assert not again.sheet.state.identity  # what was looked at is looked at again
    other = at_work(clinic, day, clinic.desk(clinic.second_nurse))
    other.open(*where)
    assert other.sheet.state.lifting == {}  # another person's draft is nobody else's
    again.checked()
    again.sheet.give()
    assert again.last().override_reason == "bus at noon"
    assert clinic.rows(Draft) == []


def test_an_old_reading_never_comes_back_as_the_one_before_the_dose(work: Work) -> None:
    where = inhaler_with_checks(work)
    work.open(*where)
    work.sheet.set_precheck(PreCheck.PEAK_FLOW, "190")
    work.sheet.set_reason_for(PRECHECK_MISSING, "meter broken")
    work.round.close()
    work.clinic.clock.advance(dt.timedelta(minutes=16))
    work.open(*where)
    assert work.sheet.state.prechecks == {}
    assert work.sheet.state.lifting[PRECHECK_MISSING].reason == "meter broken"
    work.round.close()
    work.clinic.clock.advance(dt.timedelta(minutes=20))
    work.open(*where)
    assert work.sheet.state.lifting == {}


# The count


def test_m09_the_count_is_blind_and_shows_the_register_once_both_have_signed(clinic: Clinic, day: RoundDay) -> None:
    presenter = CountPresenter(ControlledDrugs(clinic.desk()), ImmediateRunner(), lambda: STAFF)
    presenter.load()
    lines = presenter.state.lines
    assert lines is not None
    assert [line.lot_id for line in lines] == [day.cupboard.tablets]
    assert presenter.state.blocked == "Count every package."
    presenter.set_counted(day.cupboard.tablets, "18")
    assert presenter.state.blocked == "A witness is needed."
    presenter.set_witness("carv")
    presenter.set_kind(CountKind.WEEKLY)
    presenter.sign("not her password")
    assert (presenter.state.results, clinic.count(ControlledCount)) == ({}, 0)
    assert presenter.state.message
    presenter.sign(PASSWORD)
    result = presenter.state.results[day.cupboard.tablets]
    assert (result.counted, result.expected, result.discrepancy) == (Decimal(18), Decimal(20), True)
    assert presenter.state.message == "1 differ. Stop and recount; an incident draft is open."
    (row,) = clinic.rows(ControlledCount)
    assert (row.kind, row.witness_id) == ("WEEKLY", clinic.second_nurse.id)


def test_m09_nobody_witnesses_the_own_count(clinic: Clinic, day: RoundDay) -> None:
    presenter = CountPresenter(ControlledDrugs(clinic.desk()), ImmediateRunner(), lambda: STAFF)
    presenter.load()
    presenter.set_counted(day.cupboard.tablets, "20")
    presenter.set_witness("olszewski")
    presenter.sign(PASSWORD)
    assert clinic.count(ControlledCount) == 0
    assert presenter.state.message


def test_the_recorded_dose_is_handed_on_as_it_was_written(work: Work) -> None:
    heard: list[Recorded] = []
    work.sheet.on_recorded = heard.append
    cupboard = work.day.cupboard
    work.open(cupboard.amoxicillin, cupboard.student, SLOT)
    work.sheet.choose_outcome(DoseOutcome.REFUSED)
    assert work.sheet.state.blocked == "Another outcome is being charted."
    work.sheet.chart_outcome()
    assert [one.outcome for one in heard] == [DoseOutcome.REFUSED]
