"""A nurse's morning at the first workstation: search, chart, visit and doses, each checked in the desk's rows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from functools import partial

import sqlalchemy as sa

from clinicdesk.bootstrap.demo import PASSWORD
from clinicdesk.gui.screens.medications.screen import MedicationsScreen
from clinicdesk.gui.screens.visits.screen import VisitScreen
from clinicdesk.models import ClinicVisit, InventoryTransaction, MedicationLog, Student, StudentMedication, VitalSigns
from clinicdesk.models.enums import ScheduleKind, VisitDisposition
from clinicdesk.presentation.medications.round import Line
from clinicdesk.presentation.medications.sheet import DosePresenter
from tour.hand import CTRL, Hand, K, TourError
from tour.place import Station
from tour.record import Record, Rows
from tour.roster import NEWCOMER

ANSWERS = {
    "reason": "late bell today, family agrees",
    "contact": "office, 10:50",
    "counted": "",
}


class Care:
    """Steps of one nurse at one desk."""

    def __init__(self, station: Station, record: Record, part: str, *, witness: str, nurse: str) -> None:
        self._station = station
        self._record = record
        self._part = part
        self._witness = witness
        self._nurse = nurse

    def run(self) -> None:
        step = self._record.run
        step("The nurse unlocks", "today", self._unlock)
        step("Search palette", "search", self._search)
        step("Student chart", "students.chart", self._chart)
        step("Visit documented", "visits.visit", self._visit)
        step("Visit signed", "today", self._sign)
        step("Medication round", "medications", self._round)
        for words, kind in KINDS.items():
            step(f"{words} dose opened", "medications", partial(self._open, kind))
            step(f"{words} dose given", "medications", partial(self._give, controlled=kind is _is_controlled))

    @property
    def _hand(self) -> Hand:
        return self._station.hand

    def _unlock(self) -> Rows:
        self._station.unlock(self._nurse)
        if not self._station.on("today"):
            raise TourError("Today is not shown")
        return {}

    def _search(self) -> Rows:
        self._hand.press(K.Key_K, modifiers=CTRL)
        self._hand.write(NEWCOMER[1][:5].lower())
        self._station.quiet()
        return {"Student": sorted(self._newcomer())}

    def _chart(self) -> Rows:
        self._hand.press(K.Key_Return)
        self._hand.until(lambda: self._station.on("students.chart"), "chart")
        self._station.quiet()
        return {"Student": sorted(self._newcomer())}

    def _newcomer(self) -> set[uuid.UUID]:
        found = self._station.ids(Student, Student.first_name == NEWCOMER[0], Student.last_name == NEWCOMER[1])
        if len(found) != 1:
            raise TourError("the student of the roster import is not here")
        return found

    # -- Visit -------------------------------------------------------------------------------------------------

    def _visit(self) -> Rows:
        """From her chart: complaint, a temperature, a note."""
        before = self._station.ids(ClinicVisit)
        self._hand.press(K.Key_N, modifiers=CTRL)
        self._hand.until(lambda: self._station.on("visits.visit"), "visit screen")
        self._station.quiet()
        self._hand.until(lambda: self._visits.presenter.state.sheet is not None, "student on the visit screen")
        self._hand.write("sto")
        self._hand.press(K.Key_Return)
        self._hand.write("98.6f")
        self._hand.until(lambda: self._visits.presenter.state.visit_id is not None, "check-in")
        self._station.quiet()
        self._hand.go_to("visit.note")
        self._hand.write("Slept badly, ate no breakfast. Rested ten minutes, feels well.")
        self._station.quiet()
        made = self._station.ids(ClinicVisit) - before
        if len(made) != 1:
            raise TourError("the visit was not begun")
        return {"ClinicVisit": sorted(made)}

    def _sign(self) -> Rows:
        signed, vitals = (
            self._station.ids(ClinicVisit, ClinicVisit.signed_at.is_not(None)),
            self._station.ids(VitalSigns),
        )
        self._hand.press(K.Key_Return, modifiers=CTRL)
        self._hand.until(lambda: self._station.on("today"), "return to Today")
        self._station.quiet()
        made = self._station.ids(ClinicVisit, ClinicVisit.signed_at.is_not(None)) - signed
        measured = self._station.ids(VitalSigns) - vitals
        if len(made) != 1 or len(measured) != 1:
            raise TourError("the visit is not signed with its temperature")
        return {"ClinicVisit": sorted(made), "VitalSigns": sorted(measured)}

    @property
    def _visits(self) -> VisitScreen:
        screen = self._station.workspace.current()
        if not isinstance(screen, VisitScreen):
            raise TourError("the visit screen is not shown")
        return screen

    # -- Doses -------------------------------------------------------------------------------------------------

    def _round(self) -> Rows:
        self._hand.press(K.Key_3, modifiers=CTRL)
        self._hand.until(lambda: self._station.on("medications"), "medication round")
        self._station.quiet()
        if not self._lines():
            raise TourError("the round is empty")
        return {}

    def _open(self, wanted: Callable[[StudentMedication], bool]) -> Rows:
        """Down to the first row of that kind whose child is at school, and Enter."""
        with self._station.reading() as session:
            orders = {
                line.order_id: session.get_one(StudentMedication, line.order_id)
                for line in self._lines()
                if line.order_id
            }
            fitting = {key for key, order in orders.items() if wanted(order)}
            since = self._station.desk.now() - dt.timedelta(hours=16)
            home = sa.select(ClinicVisit.student_id).where(
                ClinicVisit.disposition == VisitDisposition.SENT_HOME, ClinicVisit.check_in_time >= since
            )
            gone = set(session.scalars(home))
        at = next(
            (
                at
                for at, line in enumerate(self._lines())
                if line.order_id in fitting and line.student_id not in gone and not _proposes_absent(line)
            ),
            None,
        )
        if at is None:
            raise TourError("the round has no such dose of a child who is at school")
        self._hand.press(K.Key_Home)
        for _ in self._lines():
            here = self._medications.view.grid.currentIndex().row()
            if here == at:
                break
            self._hand.press(K.Key_J if here < at else K.Key_K)
        self._hand.press(K.Key_Return)
        self._hand.until(lambda: self._medications.sheet is not None, "dose sheet")
        self._station.quiet()
        return {"StudentMedication": sorted(one for one in fitting if one == self._lines()[at].order_id)}

    def _give(self, *, controlled: bool) -> Rows:
        station, hand = self._station, self._hand
        logs, moves = station.ids(MedicationLog), station.ids(InventoryTransaction)
        sheet = self._dose
        indications = sheet.indications()
        if indications or sheet.state.timing_choices:
            hand.press(K.Key_1)
        hand.press(K.Key_Space, K.Key_Space)
        self._answer(controlled=controlled)
        if not controlled:
            hand.press(K.Key_G)
        hand.until(lambda: len(station.ids(MedicationLog)) > len(logs), f"dose on record ({sheet.state.message})", 12)
        station.quiet()
        made = station.ids(MedicationLog) - logs
        witnessed = station.ids(MedicationLog, MedicationLog.witnessed_by.is_not(None)) & made
        if len(made) != 1 or (controlled and witnessed != made):
            raise TourError("the dose is not on record as it has to be")
        return {
            "MedicationLog": sorted(made),
            "InventoryTransaction": sorted(station.ids(InventoryTransaction) - moves),
        }

    def _answer(self, *, controlled: bool) -> None:
        """What the sheet still asks for, field by field; the witness types the own password."""
        hand, sheet = self._hand, self._dose
        for _ in range(8):
            focus = hand.focused()
            if not focus.startswith("dose.need."):
                return
            name = focus.rpartition(".")[2]
            if name == "counted":
                stock = sheet.state.sheet.stock if sheet.state.sheet is not None else None
                hand.write(f"{stock.after.normalize():f}" if stock is not None and stock.after is not None else "")
            elif name == "witness":
                hand.write(self._witness)
            elif name == "witnessPassword":
                if self._part != "witness":
                    hand.write(PASSWORD)
                hand.press(K.Key_Return)
                return
            else:
                hand.write(ANSWERS.get(name, "looked at, as ordered"))
            hand.press(K.Key_Tab)

    def _lines(self) -> tuple[Line, ...]:
        grid = self._medications.view.grid.grid
        return tuple(grid.lines)

    @property
    def _medications(self) -> MedicationsScreen:
        screen = self._station.workspace.current()
        if not isinstance(screen, MedicationsScreen):
            raise TourError("the medication round is not shown")
        return screen

    @property
    def _dose(self) -> DosePresenter:
        return self._medications._presenter.sheet


def _proposes_absent(line: Line) -> bool:
    return line.scheduled is not None and any(cell.away is not None for cell in line.scheduled.cells.values())


def _is_controlled(order: StudentMedication) -> bool:
    return order.is_controlled


def _is_needed(order: StudentMedication) -> bool:
    return order.schedule_kind is ScheduleKind.PRN and not order.is_controlled


def _is_scheduled(order: StudentMedication) -> bool:
    return order.schedule_kind is ScheduleKind.SCHEDULED and not order.is_controlled


KINDS: dict[str, Callable[[StudentMedication], bool]] = {
    "Scheduled": _is_scheduled,
    "PRN": _is_needed,
    "Controlled": _is_controlled,
}
