"""The students screen: a search field, its reach, and the list that follows the typing (ux-spec 7.3)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.screens.students.entry_sheets import RegisterSheet
from clinicdesk.gui.shell.palette import HitDelegate, Line
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import CONTENT_MARGINS, GAP_3
from clinicdesk.gui.widgets.buttons import Button, ChipRow, Kind
from clinicdesk.gui.widgets.cards import Card, PageTitle
from clinicdesk.gui.widgets.fields import TextEditor
from clinicdesk.gui.widgets.layout import column, row
from clinicdesk.gui.widgets.lists import RowList
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.states import EmptyState, StateStack
from clinicdesk.gui.widgets.text import Label
from clinicdesk.i18n import tr
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.shell import COMMANDS, Keys
from clinicdesk.presentation.students.finding import hit
from clinicdesk.presentation.students.listing import ListPresenter, ListState
from clinicdesk.services.search import Reach

_REGISTER = Command(
    "students.register",
    "Register a student",
    "Ctrl+Shift+N",
    Group.SCREEN,
    Scope.SCREEN,
    "plus",
    Act.REGISTER_STUDENT,
    "students",
)
_FIELDS = {"birth_date": "born", "date_of_birth": "born"}


class StudentsView(QWidget):
    """Draws a `ListState`. The cursor stays in the field; arrows walk the list, Enter opens."""

    def __init__(self, shell: ShellContext, presenter: ListPresenter) -> None:
        super().__init__()
        name(self, "students", tr("Students"))
        self._shell = shell
        self._presenter = presenter
        self._sheet: RegisterSheet | None = None
        self._delegate = HitDelegate()
        self.register = Button(
            tr("Register a student"), "students.register", icon="plus", shortcut="Ctrl+Shift+N", kind=Kind.SECONDARY
        )
        reveal(self.register, presenter.state.may_register)
        self.title = PageTitle(tr("Students"), "", self.register)
        self.query = TextEditor("students.query", tr("Find a student"), placeholder=tr("Name, ID or date of birth"))
        self.reach = ChipRow(
            "students.reach",
            tr("Where to look"),
            [(Reach.SCHOOL.value, tr("This school")), (Reach.DISTRICT.value, tr("District"))],
        )
        self.reach.choose(Reach.SCHOOL.value)
        self.count = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self.list: RowList[Line] = RowList(
            "students.list", tr("Students found"), self._delegate, _spoken, enabled=_reachable
        )
        self.states = StateStack(self.list)
        head = row(self.query, self.reach, gap=GAP_3)
        head.setStretch(0, 1)
        card = Card(margins=(0, 4, 0, 4), body=column(self.states, gap=0))
        body = column(self.title, head, self.count, card, gap=GAP_3, margins=CONTENT_MARGINS)
        body.setStretch(3, 1)
        self.setLayout(body)
        self.query.textEdited.connect(presenter.type)
        self.query.installEventFilter(self)
        self.reach.picked.connect(self._on_reach)
        self.register.clicked.connect(self.open_register)
        self.list.opened.connect(self._on_opened)
        self.states.retried.connect(self._on_retry)

    def draw(self, state: ListState) -> None:
        self._delegate.private = self._shell.private
        # Before anything is typed the empty list says it.
        self.count.setText(state.words if state.query.strip() else "")
        lines: list[Line] = [Line(hit=hit(one, state.query)) for one in state.active]
        if state.inactive:
            lines.append(Line(tr("No longer enrolled")))
            lines += [Line(hit=hit(one, state.query)) for one in state.inactive]
        self.list.set_rows(lines, keep=_key)
        self.list.ensure_current()
        if state.failure and not state.busy and self._sheet is None:
            self.states.show_error(state.failure)
        elif lines or (state.busy and state.answer is None):
            self.states.show_content()
        elif not state.query.strip():
            self.states.show_other(EmptyState(state.words, object_name="students.empty"))
        elif not state.busy:
            words = tr("Nobody here matches. Look in the whole district, or register a new student.")
            self.states.show_other(EmptyState(words, object_name="students.none"))
        if state.answer is not None and not state.busy:
            announce(self.query, state.words)
        self._draw_sheet(state)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.query:
            match event.key():
                case Qt.Key.Key_Down | Qt.Key.Key_Up | Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
                    self.list.keyPressEvent(event)
                    return True
                case Qt.Key.Key_Return | Qt.Key.Key_Enter if not event.modifiers():
                    current = self.list.current()
                    if current is not None:
                        self._on_opened(current)
                    return True
        return False

    def chosen(self) -> uuid.UUID | None:
        current = self.list.current()
        return uuid.UUID(current.hit.id) if current is not None and current.hit is not None else None

    def open_register(self) -> None:
        self._presenter.forget_entry()
        self._sheet = RegisterSheet()
        self._sheet.submitted.connect(self._on_register)
        self._sheet.picked.connect(self._presenter.open)
        self._sheet.destroyed.connect(self._on_sheet_gone)
        self._shell.open_sheet(tr("Register a student"), self._sheet, width=380)

    def _draw_sheet(self, state: ListState) -> None:
        if self._sheet is not None:
            self._sheet.show_problems(state.field_errors, state.failure, _FIELDS)
            self._sheet.show_alike(state.alike)

    def _on_register(self, typed: Mapping[str, str | bool]) -> None:
        if self._sheet is None:
            return
        words = {key: str(value) for key, value in typed.items()}
        self._presenter.register(
            first_name=words["first_name"],
            last_name=words["last_name"],
            born=words["born"],
            grade=words["grade"],
            preferred_name=words["preferred_name"],
            although_alike=self._sheet.although_alike,
        )

    def _on_sheet_gone(self, _gone: object) -> None:
        self._sheet = None

    def _on_reach(self, key: str) -> None:
        self._presenter.look_in(Reach(key))
        self.query.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_opened(self, line: Line) -> None:
        if line.hit is not None:
            self._presenter.open(uuid.UUID(line.hit.id))

    def _on_retry(self) -> None:
        self._presenter.type(self._presenter.state.query)


class StudentsScreen:
    """The list of students as a screen of the frame."""

    id = "students"

    def __init__(self, shell: ShellContext, presenter: ListPresenter) -> None:
        self._shell = shell
        self._presenter = presenter
        self._view = StudentsView(shell, presenter)
        presenter.on_change = self._view.draw

    @property
    def title(self) -> str:
        return tr("Students")

    @property
    def view(self) -> StudentsView:
        return self._view

    def widget(self) -> QWidget:
        return self._view

    def activate(self, **params: object) -> None:
        query = str(params.get("query", self._presenter.state.query))
        self._view.query.setText(query)
        self._view.query.selectAll()
        self._view.query.setFocus(Qt.FocusReason.OtherFocusReason)
        self._presenter.type(query)

    def deactivate(self) -> None:
        if self._view._sheet is not None:
            self._shell.close_sheet()

    def commands(self) -> Sequence[BoundCommand]:
        return (
            BoundCommand(_REGISTER, self._view.open_register),
            BoundCommand(COMMANDS[Keys.NEW_VISIT], self._on_new_visit, self._needs_student),
        )

    def _on_new_visit(self) -> None:
        student = self._view.chosen()
        if student is not None:
            self._presenter.new_visit(student)

    def _needs_student(self) -> str:
        return "" if self._view.chosen() is not None else tr("Find the student first.")


def _spoken(line: Line) -> str:
    if line.hit is None:
        return line.heading
    one = line.hit
    return ", ".join(
        part for part in (one.name, one.birth_date, one.details, *(tag.words for tag in one.badges)) if part
    )


def _reachable(line: Line) -> bool:
    return line.hit is not None


def _key(line: Line) -> str:
    return line.hit.id if line.hit is not None else line.heading
