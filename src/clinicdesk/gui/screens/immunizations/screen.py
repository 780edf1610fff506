"""The immunization screen: entry and history at the left, what is on record at the right (`ux-spec.md` 7.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout, QWidget

from clinicdesk.domain.people import age_on
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.immunizations.entry import EntryCard
from clinicdesk.gui.screens.immunizations.old_doses import SOURCES, OldDosesSheet
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import CONTENT_MARGINS, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, LinkText
from clinicdesk.gui.widgets.cards import Card, PageTitle, SectionHead
from clinicdesk.gui.widgets.fields import Field, TextEditor
from clinicdesk.gui.widgets.layout import column, row
from clinicdesk.gui.widgets.naming import announce, name
from clinicdesk.gui.widgets.people import StudentHeader, StudentIdentity
from clinicdesk.gui.widgets.states import StateStack
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.tags import Tag
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import formats, plural, tr
from clinicdesk.presentation.commands import BoundCommand
from clinicdesk.presentation.immunizations.presenter import ImmunizationPresenter, ImmunizationState
from clinicdesk.presentation.shell import COMMANDS, Keys
from clinicdesk.presentation.students.words import birth_words, place_words, shown
from clinicdesk.services.immunization_values import DoseLine, OnRecord, VaccineHistory
from clinicdesk.services.search import FoundStudent

SCREEN = "immunizations"
SAVE = replace(COMMANDS[Keys.PRIMARY], title="Save dose")
_SOURCES = {"HERE": "Given here", **dict(SOURCES)}


class ImmunizationView(QWidget):
    """Draws an `ImmunizationState`."""

    def __init__(self, shell: ShellContext, presenter: ImmunizationPresenter) -> None:
        super().__init__()
        name(self, "immunizations", tr("Immunizations"))
        self._shell = shell
        self._presenter = presenter
        self._history: VaccineHistory | None = None
        self._problems: tuple[tuple[str, str], ...] = ()
        self.sheet: OldDosesSheet | None = None
        self._build()

    def draw(self, state: ImmunizationState) -> None:
        if state.failure and state.history is None:
            self.states.show_error(state.failure, tr("Nothing was lost."))
            return
        self.states.show_content()
        if state.history is None:
            self._history = None
            self._pages.setCurrentWidget(self._picking)
            if self.found.rows() != state.found:
                self.found.set_rows(state.found)
                if state.found:
                    self.found.selectRow(0)
            return
        if self._pages.currentWidget() is not self._working:
            self._pages.setCurrentWidget(self._working)
            self.entry.focus_first()
        if state.history is not self._history:
            self._history = state.history
            self._draw_history(state.history)
        self.entry.draw(state)
        if state.problems and state.problems != self._problems:
            self.entry.focus_problem(state)
        self._problems = state.problems
        self._draw_sheet(state)

    def focus_first(self) -> None:
        if self._presenter.state.history is None:
            self.search.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.entry.focus_first()

    def open_found(self) -> None:
        found = self.found.current()
        if found is not None:
            self._shell.navigator.navigate(SCREEN, student_id=str(found.id))

    def save(self) -> None:
        """The main action: the sheet's while it is open, else the dose."""
        if self._presenter.state.old is not None:
            self._presenter.save_old()
            return
        self.entry.take_over()
        self._presenter.save()

    def _build(self) -> None:
        self._picking, self._working = QWidget(self), QWidget(self)
        self._build_picking()
        self._build_working()
        inner = QWidget(self)
        self._pages = QStackedLayout(inner)
        self._pages.addWidget(self._picking)
        self._pages.addWidget(self._working)
        self.states = StateStack(inner)
        self.states.retried.connect(self._presenter.refresh)
        self.setLayout(column(self.states, gap=0))

    def _build_picking(self) -> None:
        self.search = TextEditor("immunizations.search", tr("Find a student"), placeholder=tr("Name or number"))
        self.search.textEdited.connect(self._presenter.find)
        self.search.returnPressed.connect(self.open_found)
        self.found: DataTable[FoundStudent] = DataTable(
            "immunizations.found",
            tr("Students found"),
            (
                Column("name", tr("Student"), self._found_name, kind=lambda _one: TextKind.BODY_MEDIUM),
                Column("born", tr("Born"), lambda one: formats().date(one.birth_date), width=140),
                Column("grade", tr("Grade"), lambda one: one.grade, width=100),
                Column("school", tr("School"), lambda one: one.school),
            ),
        )
        self.found.opened.connect(self._on_found)
        card = Card(SectionHead(tr("Whose vaccines?")))
        card.body.addWidget(Field(tr("Student"), self.search))
        card.body.addWidget(self.found, 1)
        body = column(PageTitle(tr("Immunizations")), card, gap=GAP_3, margins=CONTENT_MARGINS)
        body.setStretch(1, 1)
        self._picking.setLayout(body)

    def _build_working(self) -> None:
        self.another = Button(tr("Another student"), "immunizations.another", icon="search")
        self.another.clicked.connect(self._on_another)
        self._header = column(gap=0)
        self.header: StudentHeader | None = None
        self.entry = EntryCard(self._presenter)
        self.paste = LinkText(tr("Paste or type old doses"), "immunizations.paste", shortcut="Ctrl+Shift+V")
        self.paste.clicked.connect(self._presenter.show_old)
        self.history: DataTable[DoseLine] = DataTable(
            "immunizations.history",
            tr("History"),
            (
                Column(
                    "date", tr("Date"), _on, width=120, kind=lambda _one: TextKind.BODY_MEDIUM, sort=lambda one: one.on
                ),
                Column("age", tr("Age"), self._age, width=92),
                Column("vaccine", tr("Vaccine"), lambda one: one.vaccine, sort=lambda one: one.vaccine.casefold()),
                Column("cvx", tr("CVX"), lambda one: one.cvx, width=56),
                Column("lot", tr("Lot"), lambda one: one.lot or tr("unknown"), width=110),
                Column("source", tr("Source"), lambda one: tr(_SOURCES.get(one.source, one.source)), width=128),
                Column("note", tr("Note"), _note, tag=_tag, width=168),
            ),
            row_height=30,
        )
        self.list_head = SectionHead(tr("History"), "", self.paste)
        listing = Card(self.list_head, margins=(0, 0, 0, 4))
        listing.body.addWidget(self.history, 1)
        self.groups: DataTable[OnRecord] = DataTable(
            "immunizations.groups",
            tr("On record"),
            (
                Column(
                    "name", tr("Protects against"), lambda one: one.name,
                    kind=lambda _one: TextKind.BODY_MEDIUM, below=_dates,
                ),
                Column("count", tr("Doses"), _count, width=88, number=True),
            ),
            row_height=44,
        )  # fmt: skip
        record = Card(SectionHead(tr("On record")), margins=(0, 0, 0, 4))
        record.body.addWidget(self.groups, 1)
        note = Card()
        note.body.addWidget(
            Paragraph(
                tr("This version keeps doses and does not judge them: whether one counts is not evaluated here."),
                TextKind.BODY,
                Role.TEXT_SECONDARY,
            )
        )
        left = column(self.entry, listing, gap=GAP_4)
        left.setStretch(1, 1)
        right = column(record, note, gap=GAP_4)
        right.setStretch(0, 1)
        cards = row(gap=GAP_4, margins=CONTENT_MARGINS)
        cards.addLayout(left, 768)
        cards.addLayout(right, 400)
        body = column(gap=0)
        body.addLayout(self._header)
        body.addLayout(cards, 1)
        self._working.setLayout(body)

    def _draw_history(self, history: VaccineHistory) -> None:
        identity = self._identity(history)
        if self.header is None:
            self.header = StudentHeader(identity, self.another)
            self._header.addWidget(self.header)
        else:
            self.header.set_identity(identity)
        self.history.set_rows(history.doses)
        self.list_head.set_note(plural("{count} dose", "{count} doses", len(history.doses)))
        self.groups.set_rows(history.groups)

    def _identity(self, history: VaccineHistory) -> StudentIdentity:
        student = history.student
        private = self._shell.private
        return StudentIdentity(
            student_id="" if private or student.photo is None else str(student.id),
            preferred_name=shown(student.name, private=private),
            birth_and_age=birth_words(student.birth_date, history.today),
            details=" · ".join(part for part in (place_words(student.grade, student.homeroom), student.number) if part),
        )

    def _draw_sheet(self, state: ImmunizationState) -> None:
        if state.old is None:
            if self.sheet is not None:
                self.sheet = None
                self._shell.close_sheet()
            return
        if self.sheet is None:
            self.sheet = OldDosesSheet(self._presenter)
            self._shell.open_sheet(tr("Old doses"), self.sheet, width=500)
            self.sheet.focus_first()
        self.sheet.draw(state)

    def _age(self, one: DoseLine) -> str:
        history = self._history
        if history is None or one.precision != "DAY" or one.on < history.student.birth_date:
            return ""
        age = age_on(history.student.birth_date, one.on)
        if not age.years:
            return tr("{months} mo", months=age.months)
        return tr("{years} y {months} mo", years=age.years, months=age.months)

    def _found_name(self, one: FoundStudent) -> str:
        return shown(one.name, private=self._shell.private)

    def _on_found(self, one: FoundStudent) -> None:
        self._shell.navigator.navigate(SCREEN, student_id=str(one.id))

    def _on_another(self) -> None:
        self._presenter.another()
        self.search.clear()
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)


class ImmunizationScreen:
    """`activate(student_id="")`; without a student it asks for one."""

    id = SCREEN

    def __init__(self, shell: ShellContext, presenter: ImmunizationPresenter) -> None:
        self._shell = shell
        self._presenter = presenter
        self._view = ImmunizationView(shell, presenter)
        presenter.on_change = self._view.draw
        presenter.on_said = self._on_said

    @property
    def title(self) -> str:
        return tr("Immunizations")

    @property
    def view(self) -> ImmunizationView:
        return self._view

    def widget(self) -> QWidget:
        return self._view

    def scanned(self, code: str) -> bool:
        """A scan while this screen shows: a lot of the stock fills the form."""
        return self._presenter.scanned(code)

    def activate(self, **params: object) -> None:
        self._view.draw(self._presenter.state)
        student = str(params.get("student_id", ""))
        if student:
            self._presenter.open(student)
        else:
            self._presenter.refresh()
        self._view.focus_first()

    def deactivate(self) -> None:
        """What is typed stays in the form for as long as the person is signed in."""
        self._presenter.hide_old()

    def commands(self) -> Sequence[BoundCommand]:
        return (
            BoundCommand(SAVE, self._view.save, self._reason),
            BoundCommand(COMMANDS[Keys.PASTE_HISTORY], self._presenter.show_old, self._reason),
        )

    def _reason(self) -> str:
        return "" if self._presenter.state.history is not None else tr("Find the student first.")

    def _on_said(self, words: str) -> None:
        self._shell.toast(words, Tone.SUCCESS)
        announce(self._view, words)


def _strong(_one: DoseLine) -> TextKind:
    return TextKind.BODY_MEDIUM


def _on(one: DoseLine) -> str:
    """The date as far as it is known."""
    if one.precision == "YEAR":
        return str(one.on.year)
    if one.precision == "MONTH":
        return f"{one.on.month}/{one.on.year}"
    return formats().date(one.on)


def _note(one: DoseLine) -> str:
    words = {"date_partial": tr("date not complete"), "product_unknown": tr("product not named")}
    if one.problem:
        return words[one.problem]
    if one.corrected:
        return tr("corrected")
    return tr("late entry") if one.late_entry else ""


def _tag(one: DoseLine) -> Tag | None:
    if one.problem:
        return Tag(_note(one), Tone.WARNING, Shape.WAITING)
    return None


def _dates(one: OnRecord) -> str:
    if one.exempt is not None and not one.doses:
        return tr("Exempt")
    return ", ".join(_on(dose) for dose in one.doses)


def _count(one: OnRecord) -> str:
    if one.exempt is not None:
        return tr("{count}, exempt", count=len(one.doses))
    return str(len(one.doses))
