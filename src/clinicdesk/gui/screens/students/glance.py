"""The second look: two students share a name, so photograph and birth date are compared before a chart opens."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.people import face_of
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import GAP_3, GAP_4, GAP_6
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.cards import Card
from clinicdesk.gui.widgets.layout import STRETCH, box, column, row
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.people import Portrait
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import formats, tr
from clinicdesk.presentation.students.words import place_words, shown
from clinicdesk.services.student_values import StudentFacts
from clinicdesk.services.students import Glance


class GlanceStrip(QWidget):
    """Who is about to be opened, large; who shares the name, beside; one key confirms."""

    confirmed = Signal()
    declined = Signal()

    def __init__(self, glance: Glance, *, private: bool) -> None:
        super().__init__()
        name(self, "chart.glance", tr("Two students share this name"))
        self.confirm = Button(
            tr("Photo and date of birth match"), "chart.glance.confirm", kind=Kind.PRIMARY, shortcut="Return"
        )
        self.back = Button(tr("Back to the list"), "chart.glance.back", shortcut="Alt+Left")
        words = Paragraph(tr("Another student here has the same name. Check the date of birth."), TextKind.BODY)
        head = row(gap=GAP_3)
        head.addWidget(Mark(Shape.INFO, Tone.WARNING.text, 20), 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(column(Label(tr("Same name"), TextKind.SECTION), words, gap=2), 1)
        people = row(self._person(glance.student, chosen=True, private=private), gap=GAP_6)
        for other in glance.same_name:
            people.addWidget(self._person(other, chosen=False, private=private))
        people.addStretch(1)
        buttons = row(self.confirm, self.back, STRETCH, gap=GAP_3)
        card = Card(margins=(GAP_6, GAP_4, GAP_6, GAP_6), body=column(head, people, buttons, gap=GAP_4))
        self.setLayout(column(card, STRETCH, margins=(24, GAP_4, 24, 24)))
        self.confirm.clicked.connect(self.confirmed)
        self.back.clicked.connect(self.declined)

    def _person(self, one: StudentFacts, *, chosen: bool, private: bool) -> QWidget:
        side = 84 if chosen else 52
        face = face_of(one.id, one.name, one.photo, private=private)
        born = Label(formats().date(one.birth_date), TextKind.TITLE if chosen else TextKind.LABEL)
        lines = [Label(shown(one.name, private=private), TextKind.LABEL), born]
        lines.append(Label(place_words(one.grade, one.homeroom), TextKind.CAPTION, Role.TEXT_SECONDARY))
        if not chosen:
            lines.append(Label(tr("the other one"), TextKind.CAPTION, Role.TEXT_SECONDARY))
        made = box(row(Portrait(face, side), column(*lines, gap=2), gap=GAP_3))
        made.setAccessibleName(", ".join(line.text() for line in lines))
        return made
