"""The two sheets of the admin screen: a person's own password, and the number of a workstation that asks in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_1, GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, ChipRow, Kind
from clinicdesk.gui.widgets.choices import Tick
from clinicdesk.gui.widgets.fields import PasswordField
from clinicdesk.gui.widgets.layout import STRETCH, column, row
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import tr
from clinicdesk.presentation.admin.presenter import WHOLE_DISTRICT, AdminState, PersonLine, WaitingLine

_MARGINS = (20, 16, 20, 16)


class AdmitSheet(QWidget):
    """The person types the own password twice; nobody else learns it (D33)."""

    admitted = Signal(str, str)

    def __init__(self, person: PersonLine, least_password: int, on_closed: Callable[[], None]) -> None:
        super().__init__()
        name(self, "admin.admitSheet", tr("Admit {name}", name=person.name))
        self._on_closed = on_closed
        self.password = PasswordField(tr("Own password"), "admin.password")
        self.password.set_echo(tr("At least {count} characters; a sentence works well.", count=least_password))
        self.again = PasswordField(tr("The same again"), "admin.again")
        self.password.entered.connect(self.again.setFocus)
        self.again.entered.connect(self.submit)
        self.admit = Button(tr("Admit"), "admin.admit", kind=Kind.PRIMARY, icon="key", shortcut="Ctrl+Return")
        self.admit.clicked.connect(self.submit)
        self._problem = Paragraph("", TextKind.BODY, Role.DANGER)
        self._busy = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self._problem.hide()
        self._busy.hide()
        plain = tr("Hand the keyboard to {name}. Nobody else may see or type this password.", name=person.name)
        self.setLayout(
            column(
                Paragraph(plain, TextKind.BODY, Role.TEXT),
                Label(tr("Signs in as {sign_in}", sign_in=person.sign_in), TextKind.LABEL),
                GAP_1,
                self.password,
                self.again,
                self._problem,
                row(self.admit, self._busy, STRETCH, gap=GAP_3),
                STRETCH,
                gap=GAP_3,
                margins=_MARGINS,
            )
        )

    def submit(self) -> None:
        self.admitted.emit(self.password.text(), self.again.text())

    def draw(self, state: AdminState) -> None:
        self.password.set_error(state.problems.get("password", ""))
        self.again.set_error(state.problems.get("again", ""))
        _say(self._problem, state.problems.get("act", ""))
        self._busy.setText(state.busy)
        reveal(self._busy, bool(state.busy))
        self.admit.set_available(state.busy)
        if state.problems:
            (self.again if "again" in state.problems else self.password).setFocus()

    def closed(self) -> None:
        """The sheet goes: no typed secret stays behind."""
        self.password.clear()
        self.again.clear()
        self._on_closed()


class DecideSheet(QWidget):
    """Compare the number, choose the schools, approve or refuse (D24)."""

    approved = Signal(object, bool)
    refused = Signal()

    def __init__(self, device: WaitingLine, schools: Sequence[tuple[str, str]], on_closed: Callable[[], None]) -> None:
        super().__init__()
        name(self, "admin.decideSheet", tr("Let {name} in?", name=device.name))
        self._on_closed = on_closed
        self.number = Label(device.number, TextKind.METRIC)
        self.number.setAccessibleName(tr("Number {number}", number=device.number))
        self.compared = Tick(tr("The other screen shows this number"), "admin.compared")
        self.compared_problem = Paragraph("", TextKind.CAPTION, Role.DANGER)
        self.schools = ChipRow("admin.schools", tr("Schools"), schools, exclusive=False)
        self.schools.choose(*device.chosen)
        self.schools.picked.connect(self._on_picked)
        self.schools_problem = Paragraph("", TextKind.CAPTION, Role.DANGER)
        self.approve = Button(tr("Approve"), "admin.approve", kind=Kind.PRIMARY, icon="check", shortcut="Ctrl+Return")
        self.refuse = Button(tr("Refuse"), "admin.refuse", kind=Kind.DANGER, icon="cross")
        self.approve.clicked.connect(self.submit)
        self.refuse.clicked.connect(self.refused)
        self._problem = Paragraph("", TextKind.BODY, Role.DANGER)
        self._busy = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        for part in (self.compared_problem, self.schools_problem, self._problem, self._busy):
            part.hide()
        asks = tr(
            "{user} asks on {platform}, {asked}", user=device.user_name, platform=device.platform, asked=device.asked
        )
        differs = tr("Another number means that somebody stands between. Then refuse, and call IT.")
        self.setLayout(
            column(
                Paragraph(asks, TextKind.BODY, Role.TEXT),
                column(
                    Label(tr("Number"), TextKind.LABEL),
                    self.number,
                    self.compared,
                    self.compared_problem,
                    Paragraph(differs, TextKind.CAPTION, Role.TEXT_SECONDARY),
                    gap=GAP_1,
                ),
                column(
                    Label(tr("It holds the records of"), TextKind.LABEL), self.schools, self.schools_problem, gap=GAP_2
                ),
                self._problem,
                row(self.approve, self.refuse, STRETCH, gap=GAP_2),
                self._busy,
                STRETCH,
                gap=GAP_4,
                margins=_MARGINS,
            )
        )

    def submit(self) -> None:
        self.approved.emit(self.schools.chosen(), self.compared.isChecked())

    def draw(self, state: AdminState) -> None:
        _say(self.compared_problem, state.problems.get("compared", ""))
        _say(self.schools_problem, state.problems.get("schools", ""))
        _say(self._problem, state.problems.get("act", ""))
        self._busy.setText(state.busy)
        reveal(self._busy, bool(state.busy))
        self.approve.set_available(state.busy)
        self.refuse.set_available(state.busy)
        if "compared" in state.problems:
            self.compared.setFocus()

    def closed(self) -> None:
        self._on_closed()

    def _on_picked(self, key: str) -> None:
        """The whole district and single schools exclude each other."""
        chosen = self.schools.chosen()
        if key == WHOLE_DISTRICT and key in chosen:
            self.schools.choose(WHOLE_DISTRICT)
        elif key != WHOLE_DISTRICT:
            self.schools.choose(*(one for one in chosen if one != WHOLE_DISTRICT))


def _say(line: Paragraph, words: str) -> None:
    changed = words != line.text()
    line.set_text(words)
    reveal(line, bool(words))
    if words and changed:
        announce(line, words)
