"""The immunization view: whose vaccines, the entry beside its questions, the history beside what is on record."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QStackedLayout, QWidget

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.screens.immunizations.arranging import CardGrid, ScrolledCards
from clinicdesk.gui.screens.immunizations.entry import EntryCard
from clinicdesk.gui.screens.immunizations.history import HistoryTable, OnRecordTable
from clinicdesk.gui.screens.immunizations.old_doses import OldDosesSheet
from clinicdesk.gui.screens.immunizations.screening import ScreeningCard
from clinicdesk.gui.screens.immunizations.sheets import EntrySheet, ExemptionSheet, ReportedSheet
from clinicdesk.gui.screens.immunizations.side import SheetContent
from clinicdesk.gui.screens.people import face_of, tags_of
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import CONTENT_MARGINS, GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, LinkText
from clinicdesk.gui.widgets.cards import Card, PageTitle, SectionHead
from clinicdesk.gui.widgets.fields import Field, TextEditor
from clinicdesk.gui.widgets.layout import box, clear, column
from clinicdesk.gui.widgets.naming import name, reveal
from clinicdesk.gui.widgets.people import StudentHeader, StudentIdentity
from clinicdesk.gui.widgets.states import EmptyState, NoPermission, StateStack
from clinicdesk.gui.widgets.tables import Column, DataTable
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import formats, plural, tr
from clinicdesk.presentation.immunizations.presenter import ImmunizationPresenter
from clinicdesk.presentation.immunizations.state import ImmunizationState, Sheet
from clinicdesk.presentation.immunizations.words import HistoryRow, history_rows
from clinicdesk.presentation.students.words import badges, birth_words, place_words, shown
from clinicdesk.services.immunization_values import VaccineHistory
from clinicdesk.services.search import FoundStudent
from clinicdesk.services.student_values import StudentFacts

AUTOSAVE_MS = 700
_TWO_COLUMNS_FROM = 1040
_LEAST_TABLE = 200
SHEETS: dict[Sheet, tuple[str, Callable[[ImmunizationPresenter], SheetContent]]] = {
    Sheet.OLD: ("Old doses", OldDosesSheet),
    Sheet.ENTRY: ("Entry on record", EntrySheet),
    Sheet.REPORTED: ("Correct an old dose", ReportedSheet),
    Sheet.EXEMPTION: ("Exemption", ExemptionSheet),
}


class ImmunizationView(QWidget):
    """Draws an `ImmunizationState`."""

    def __init__(self, shell: ShellContext, presenter: ImmunizationPresenter, opened: Callable[[str], None]) -> None:
        super().__init__()
        name(self, "immunizations", tr("Immunizations"))
        self._shell = shell
        self._presenter = presenter
        self._opened = opened
        self._state = ImmunizationState()
        self._sheet_kind: Sheet | None = None
        self.sheet: SheetContent | None = None
        self.header: StudentHeader | None = None
        self._waiting_shown: tuple[StudentFacts, ...] = ()
        self._autosave = QTimer(self, singleShot=True, interval=AUTOSAVE_MS)
        self._autosave.timeout.connect(presenter.keep_draft)
        self._build()

    def draw(self, state: ImmunizationState) -> None:
        before, self._state = self._state, state
        if (state.entry, state.old, state.exemption) != (before.entry, before.old, before.exemption):
            self._autosave.start()
        if not self._draw_stand_in(state):
            return
        # The sheet first: on closing it gives the focus back, and the form may want it elsewhere.
        self._draw_sheet(state)
        if state.history is None:
            self._draw_picking(state)
        else:
            self._draw_working(state, before)

    def focus_first(self) -> None:
        if self._state.history is None:
            self.search.setFocus(Qt.FocusReason.TabFocusReason)
        elif self.entry.isVisibleTo(self):
            self.entry.focus_first()
        else:
            self.history.setFocus(Qt.FocusReason.TabFocusReason)

    def focus_empty(self) -> None:
        """After a scan: to the first thing that nobody has filled in yet."""
        if self.entry.focus_empty():
            return
        target = self.entry.save if self._state.entry.screening else self.screening.clear
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def open_found(self) -> None:
        found = self.found.current()
        if found is not None:
            self._on_found(found)

    def save(self) -> None:
        """The main action: the sheet's while it is open, else the dose."""
        if self.sheet is not None:
            self.sheet.primary()
            return
        self.entry.take_over()
        self._presenter.save()

    def stop_autosave(self) -> None:
        self._autosave.stop()

    # What is shown

    def _draw_stand_in(self, state: ImmunizationState) -> bool:
        """Loading, failure or no permission in place of the content; true where the content stands."""
        if state.denied:
            self.states.show_other(NoPermission(state.denied, object_name="immunizations.denied"))
            return False
        if state.failure and state.history is None:
            self.states.show_error(state.failure, tr("Nothing was lost."))
            return False
        if state.loading:
            self.states.show_loading()
            return False
        self.states.show_content()
        return True

    def _draw_picking(self, state: ImmunizationState) -> None:
        self._pages.setCurrentWidget(self._picking)
        if self.search.text() != state.query:
            self.search.setText(state.query)
        if self.found.rows() != state.found:
            self.found.set_rows(state.found)
            if state.found:
                self.found.selectRow(0)
        words = tr("Nobody found by this name at your schools.") if state.query.strip() and not state.found else ""
        if state.sure is not None:
            born = formats().date(state.sure.birth_date)
            words = tr("Same name: born {date}? Press Enter once more to open this student.", date=born)
        self.hint.set_text(words)
        reveal(self.hint, bool(words))
        self._draw_waiting(state.waiting)

    def _draw_waiting(self, waiting: tuple[StudentFacts, ...]) -> None:
        if waiting == self._waiting_shown:
            return
        self._waiting_shown = waiting
        clear(self._waiting)
        for student in waiting:
            words = f"{shown(student.name, private=self._shell.private)} · {formats().date(student.birth_date)}"
            link = LinkText(words, f"immunizations.waiting.{student.id}", icon="document")
            link.clicked.connect(self._opener(student))
            self._waiting.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        reveal(self._waiting_card, bool(waiting))

    def _draw_working(self, state: ImmunizationState, before: ImmunizationState) -> None:
        history = state.history
        assert history is not None
        arrived = before.history is None or before.history.student.id != history.student.id
        self._pages.setCurrentWidget(self._working)
        may_give = state.may(Act.RECORD_VACCINATION)
        reveal(self.entry, may_give)
        reveal(self.screening, may_give)
        reveal(self.paste, state.may(Act.RECORD_OUTSIDE_DOSE))
        reveal(self.exempt, state.may(Act.RECORD_EXEMPTION))
        if history is not before.history:
            self._draw_history(history)
        self.entry.draw(state)
        self.screening.draw(state)
        if arrived or (before.busy and not state.busy and not state.problems and state.sheet is None):
            self.focus_first()
        elif state.problems and state.problems != before.problems:
            self._focus_problem(state)
        elif state.entry.corrects is not None and before.entry.corrects != state.entry.corrects:
            self.entry.focus_first()

    def _focus_problem(self, state: ImmunizationState) -> None:
        if not self.entry.focus_problem(state) and any(field == "screening" for field, _ in state.problems):
            self.screening.focus_first()

    def _draw_history(self, history: VaccineHistory) -> None:
        identity = self._identity(history)
        if self.header is None:
            self.header = StudentHeader(identity, self.another)
            self._header.addWidget(self.header)
        else:
            self.header.set_identity(identity)
        rows = history_rows(history)
        self.history.set_rows(rows)
        self.list_head.set_note(plural("{count} dose", "{count} doses", len(history.doses)))
        if rows:
            self.list_states.show_content()
        else:
            shortcut = "Ctrl+Shift+V" if Act.RECORD_OUTSIDE_DOSE in history.may else ""
            empty = EmptyState(
                tr("No dose and no exemption is on record."),
                tr("Paste or type old doses") if shortcut else "",
                shortcut=shortcut,
                object_name="immunizations.empty",
            )
            empty.acted.connect(self._presenter.old.show)
            self.list_states.show_other(empty)
        self.groups.show_history(history)

    def _identity(self, history: VaccineHistory) -> StudentIdentity:
        student = history.student
        private = self._shell.private
        return StudentIdentity(
            student_id=face_of(student.id, student.name, student.photo, private=private).person,
            preferred_name=shown(student.name, private=private),
            birth_and_age=birth_words(student.birth_date, history.today),
            details=" · ".join(part for part in (place_words(student.grade, student.homeroom), student.number) if part),
            legal_name="" if private or student.name.legal == student.name.shown else student.name.legal,
            badges=tags_of(badges(history.badges, 3)),
        )

    def _draw_sheet(self, state: ImmunizationState) -> None:
        if state.sheet is None:
            if self.sheet is not None:
                self.sheet, self._sheet_kind = None, None
                self._shell.close_sheet()
            return
        if state.sheet is not self._sheet_kind or self.sheet is None:
            title, make = SHEETS[state.sheet]
            content = make(self._presenter)
            self.sheet, self._sheet_kind = content, state.sheet
            content.draw(state)
            content.left.connect(partial(self._on_sheet_closed, content))
            self._shell.open_sheet(tr(title), content, width=500)
            content.focus_first()
            return
        self.sheet.draw(state)

    # How it is built

    def _build(self) -> None:
        self._picking, self._working = QWidget(self), QWidget(self)
        self._build_picking()
        self._build_working()
        inner = QWidget(self)
        self._pages = QStackedLayout(inner)
        self._pages.addWidget(self._picking)
        self._pages.addWidget(self._working)
        self.states = StateStack(inner)
        self.states.retried.connect(self._presenter.retry)
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
        self.hint = Paragraph("", TextKind.BODY_MEDIUM, Role.TEXT_SECONDARY)
        self.hint.hide()
        card = Card(SectionHead(tr("Whose vaccines?")))
        card.body.addWidget(Field(tr("Student"), self.search))
        card.body.addWidget(self.hint)
        card.body.addWidget(self.found, 1)
        self._waiting = column(gap=GAP_2)
        self._waiting_card = Card(SectionHead(tr("Begun and not saved")))
        self._waiting_card.body.addLayout(self._waiting)
        self._waiting_card.hide()
        body = column(PageTitle(tr("Immunizations")), card, self._waiting_card, gap=GAP_3, margins=CONTENT_MARGINS)
        body.setStretch(1, 1)
        self._picking.setLayout(body)

    def _build_working(self) -> None:
        self.another = Button(tr("Another student"), "immunizations.another", icon="search")
        self.another.clicked.connect(self._on_another)
        self._header = column(gap=0)
        self.entry = EntryCard(self._presenter)
        self.screening = ScreeningCard(self._presenter)
        self.exempt = LinkText(tr("Add an exemption"), "immunizations.exempt")
        self.exempt.clicked.connect(self._presenter.records.show_exemption)
        self.paste = LinkText(tr("Paste or type old doses"), "immunizations.paste", shortcut="Ctrl+Shift+V")
        self.paste.clicked.connect(self._presenter.old.show)
        self.history = HistoryTable()
        self.history.opened.connect(self._on_entry)
        self.list_head = SectionHead(tr("History"), "", self.exempt, self.paste)
        listing = Card(self.list_head, margins=(0, 0, 0, 4))
        self.list_states: StateStack = StateStack(self.history)
        listing.body.addWidget(self.list_states, 1)
        self.groups: OnRecordTable = OnRecordTable()
        record = Card(SectionHead(tr("On record")), margins=(0, 0, 0, GAP_3))
        record.body.addWidget(self.groups, 1)
        note = Paragraph(
            tr("Doses are kept here and not judged: whether one counts is not evaluated."),
            TextKind.CAPTION,
            Role.TEXT_SECONDARY,
        )
        record.body.addWidget(box(column(note, margins=(GAP_4, GAP_2, GAP_4, 0))))
        for table in (self.history, self.groups):
            table.setMinimumHeight(_LEAST_TABLE)
        cards = CardGrid((self.entry, self.screening, listing, record), (736, 432), two_columns_from=_TWO_COLUMNS_FROM)
        # Who it is about stays in sight; what does not fit scrolls under it (ux-spec 1.5).
        body = column(self._header, ScrolledCards(box(column(cards, margins=CONTENT_MARGINS))), gap=0)
        body.setStretch(1, 1)
        self._working.setLayout(body)

    # What the person does

    def _found_name(self, one: FoundStudent) -> str:
        return shown(one.name, private=self._shell.private)

    def _on_found(self, one: FoundStudent) -> None:
        if self._presenter.choose(one):
            self._opened(str(one.id))

    def _opener(self, student: StudentFacts) -> Callable[[], None]:
        return lambda: self._opened(str(student.id))

    def _on_entry(self, row: HistoryRow) -> None:
        self._presenter.records.open(row.id)

    def _on_another(self) -> None:
        self._presenter.another()
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_sheet_closed(self, content: SheetContent) -> None:
        """Esc, or another sheet came over it; one of ours in its place is no closing."""
        if self.sheet is content:
            self.sheet, self._sheet_kind = None, None
            self._presenter.close_sheet()
