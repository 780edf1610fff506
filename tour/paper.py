"""The nurse's papers: a vaccination with all it needs, and a consent signed by a typed name on a handed-over screen."""

from __future__ import annotations

import uuid

from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit

from clinicdesk.bootstrap.demo import PASSWORD
from clinicdesk.gui.screens.forms.collect import CollectScreen
from clinicdesk.gui.screens.forms.hand_over import HandOver
from clinicdesk.models import Attachment, ConsentSignature, Student, StudentMedication, Vaccination
from clinicdesk.models.enums import ScheduleKind
from tour.hand import CTRL, Hand, K, TourError
from tour.place import Station
from tour.record import Record, Rows
from tour.roster import NEWCOMER

VACCINE = {
    "vaccine": "mmr",
    "lot": "X014582",
    "maker": "Merck",
    "expiry": "06/2028",
    "amount": "0.5",
    "edition": "2025-01-31",
    "consent": "Mother, on paper",
}
INITIALS = "DK"
MOST_STOPS = 40


class Paper:
    """Steps of one nurse at one desk."""

    def __init__(self, station: Station, record: Record, part: str) -> None:
        self._station = station
        self._record = record
        self._part = part

    def run(self) -> None:
        step = self._record.run
        step("Vaccination entered", "immunizations", self._vaccine)
        step("Vaccination recorded", "immunizations", self._save_vaccine)
        step("Consent: who signs", "forms.collect", self._collect)
        step("Consent handed over", "forms.hand-over", self._hand_over)
        step("Consent signed by typed name", "forms.hand-over", self._sign)
        step("Screen taken back", "forms.collect", self._take_back)

    @property
    def _hand(self) -> Hand:
        return self._station.hand

    # -- Vaccination -------------------------------------------------------------------------------------------

    def _vaccine(self) -> Rows:
        """Field after field by Tab; what is filled already stays."""
        hand = self._hand
        self._station.palette(NEWCOMER[1].lower(), "students.chart")
        hand.press(K.Key_I, modifiers=CTRL)
        hand.until(lambda: self._station.on("immunizations"), "immunizations")
        self._station.quiet()
        hand.go_to("immunizations.vaccine")
        for _ in range(MOST_STOPS):
            if hand.at("immunizations.allClear"):
                break
            focus = QApplication.focusWidget()
            text = VACCINE.get(hand.focused().rpartition(".")[2], "")
            if isinstance(focus, QComboBox) and not focus.currentData():
                hand.press(K.Key_Down)
            elif isinstance(focus, QLineEdit) and text and not focus.text():
                hand.write(text)
            hand.press(K.Key_Tab)
            self._station.quiet()
        hand.press(K.Key_Space)
        return {}

    def _save_vaccine(self) -> Rows:
        before = self._station.ids(Vaccination)
        self._hand.press(K.Key_Return, modifiers=CTRL)
        self._station.quiet()
        self._hand.until(lambda: self._station.ids(Vaccination) > before, "vaccination on record", 12)
        made = self._station.ids(Vaccination) - before
        if len(made) != 1:
            raise TourError("more than one vaccination was recorded")
        return {"Vaccination": sorted(made)}

    # -- Consent -----------------------------------------------------------------------------------------------

    def _collect(self) -> Rows:
        """The family of a student with an order as needed signs the permission anew."""
        hand = self._hand
        student, surname = self._student()
        self._station.go("forms")
        hand.go_to("forms.search")
        hand.write(surname)
        self._station.quiet()
        hand.press(K.Key_Return)
        hand.until(lambda: self._station.on("forms.collect"), "form to collect")
        self._station.quiet()
        hand.press(K.Key_Space)
        return {"Student": [student]}

    def _student(self) -> tuple[uuid.UUID, str]:
        """Somebody whose name can be typed on any keyboard."""
        with self._station.reading() as session:
            orders = session.query(StudentMedication).filter(
                StudentMedication.is_active, StudentMedication.schedule_kind == ScheduleKind.PRN
            )
            here = {str(school.id) for school in self._station.desk.person.schools}
            for order in orders:
                student = session.get_one(Student, order.student_id)
                name = f"{student.first_name} {student.last_name}".lower()
                if str(student.school_id) in here and name.isascii():
                    return student.id, name
        raise TourError("no student has an order as needed")

    def _hand_over(self) -> Rows:
        self._hand.press(K.Key_Return, modifiers=CTRL)
        self._hand.until(lambda: self._paper is not None, "handed-over screen")
        return {}

    def _sign(self) -> Rows:
        """Every question of the form, then the name as it is typed."""
        hand, station = self._hand, self._station
        before, files = station.ids(ConsentSignature), station.ids(Attachment)
        for _ in range(MOST_STOPS):
            place = hand.focused()
            if place == "handOver.typeName":
                break
            focus = QApplication.focusWidget()
            if place.startswith("handOver.block.") and isinstance(focus, QLineEdit):
                hand.write(INITIALS)
            elif place.startswith("handOver.block."):
                hand.press(K.Key_Space)
            hand.press(K.Key_Tab)
        if self._part != "consent":
            hand.press(K.Key_Space)
        hand.go_to("handOver.sign")
        hand.press(K.Key_Space)
        station.quiet()
        hand.until(lambda: station.ids(ConsentSignature) > before, "signature on record", 12)
        return {
            "ConsentSignature": sorted(station.ids(ConsentSignature) - before),
            "Attachment": sorted(station.ids(Attachment) - files),
        }

    def _take_back(self) -> Rows:
        hand = self._hand
        if self._paper is None:
            raise TourError("the screen was not handed over")
        hand.go_to("handOver.unlock")
        hand.press(K.Key_Space)
        hand.go_to("handOver.password")
        hand.write(PASSWORD)
        hand.press(K.Key_Return)
        hand.until(lambda: self._paper is None, "return of the program")
        self._station.quiet()
        return {}

    @property
    def _paper(self) -> HandOver | None:
        screen = self._station.workspace.current()
        return screen.view.hand_over_window if isinstance(screen, CollectScreen) else None
