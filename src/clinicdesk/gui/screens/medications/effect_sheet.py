"""The effect check in the side sheet: who had which dose when, four effects, a note (M5)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from clinicdesk.gui.screens.people import face_of
from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, ChipRow, Kind
from clinicdesk.gui.widgets.fields import Field, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, box, column, row, scrolling
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.people import Portrait
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import formats, term, tr
from clinicdesk.presentation.medications.effect import EFFECTS, EffectPresenter, EffectState
from clinicdesk.presentation.medications.words import dose_line, order_title, past_words
from clinicdesk.presentation.shell import masked


class EffectSheetView(QWidget):
    """Draws an `EffectState`; 1 to 4 choose the effect."""

    def __init__(self, presenter: EffectPresenter, *, private: Callable[[], bool], close: Callable[[], None]) -> None:
        super().__init__()
        name(self, "effect", tr("Check the effect"))
        self._presenter = presenter
        self._private = private
        self._on_close = close
        self._said = ""
        self._portrait = row(gap=GAP_4)
        self._shown = False
        self._who = Paragraph("", TextKind.TITLE)
        self._born = Label("", TextKind.LABEL)
        self._order = Paragraph("", TextKind.SECTION)
        self._dose = Paragraph("", TextKind.BODY)
        self._when = Paragraph("", TextKind.BODY, Role.TEXT_SECONDARY)
        choices = [(one, f"{at} {term('effect', one)}") for at, one in enumerate(EFFECTS, 1)]
        self.effects = ChipRow("effect.effect", tr("Effect"), choices)
        self.effects.picked.connect(presenter.choose)
        self.note = TextEditor("effect.note")
        self.note.textEdited.connect(presenter.set_note)
        self.note.returnPressed.connect(presenter.save)
        self._message = Paragraph("", TextKind.BODY_MEDIUM, Role.DANGER)
        self.save_button = Button(
            tr("Save the check"), "effect.save", kind=Kind.PRIMARY, shortcut="Ctrl+Return", size="large"
        )
        self.save_button.clicked.connect(presenter.save)
        self._portrait.addLayout(column(self._who, self._born, STRETCH, gap=2), 1)
        body = column(
            self._portrait, column(self._order, self._dose, self._when, gap=2), self.effects,
            Field(tr("Note"), self.note), self._message, row(self.save_button, STRETCH), STRETCH,
            gap=GAP_3, margins=(20, 14, 20, GAP_4),
        )  # fmt: skip
        outer = column(scrolling(box(body, "effect.body"), "effect.scroll", tr("Check the effect")), gap=0)
        self.setLayout(outer)
        self.draw(presenter.state)

    def draw(self, state: EffectState) -> None:
        sheet = state.sheet
        if sheet is not None and not self._shown:
            self._shown = True
            private = self._private()
            student = sheet.student
            face = face_of(student.id, student.name, student.photo, private=private)
            self._portrait.insertWidget(0, Portrait(face, 96), 0, Qt.AlignmentFlag.AlignTop)
            self._who.set_text(masked(student.name.shown, private=private))
            self._born.setText(formats().birth_and_age(student.born, sheet.opened_at.date()))
            self._order.set_text(order_title(sheet))
            self._dose.set_text(dose_line(sheet))
            if state.dose is not None:
                today = self._presenter.local(sheet.opened_at).date()
                when, what, _ = past_words(state.dose, self._presenter.local, today)
                self._when.set_text(f"{tr('Given {when}', when=when)} · {what}")
            self.effects.chip(EFFECTS[0]).setFocus(Qt.FocusReason.OtherFocusReason)
        self.effects.choose(state.effect)
        self.save_button.set_available(state.blocked)
        words = state.failure or state.message or (state.blocked if state.done else "")
        if words and words != self._said:
            announce(self, words, assertive=True)
        self._said = words
        self._message.set_text(words)
        reveal(self._message, bool(words))

    def hideEvent(self, event: QHideEvent) -> None:
        """The sheet hides its content when it closes, however that came about."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._on_close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = event.key() - Qt.Key.Key_1
        if 0 <= at < len(EFFECTS) and not event.modifiers():
            self._presenter.choose(EFFECTS[at])
            return
        super().keyPressEvent(event)
