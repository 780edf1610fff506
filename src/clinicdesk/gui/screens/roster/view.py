"""The roster screen: path, counters, what stops the import, the difference in tabs, import and undo."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QStackedLayout, QWidget

from clinicdesk.domain.roster.difference import Action
from clinicdesk.gui.screens.roster.deciding import DecidingCard
from clinicdesk.gui.screens.roster.tables import (
    change_table,
    finding_table,
    past_table,
    tab_words,
    undecided_table,
)
from clinicdesk.gui.theme import Role, TextKind, Tone
from clinicdesk.gui.theme.metrics import GAP_2, GAP_3, GAP_4, GAP_6
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.cards import Card, PageTitle, Separator
from clinicdesk.gui.widgets.choices import Tick
from clinicdesk.gui.widgets.fields import Field, TextEditor
from clinicdesk.gui.widgets.layout import STRETCH, box, column, row
from clinicdesk.gui.widgets.naming import announce, name
from clinicdesk.gui.widgets.notices import Banner
from clinicdesk.gui.widgets.stat_strip import Stat, StatStrip
from clinicdesk.gui.widgets.states import EmptyState, Progress
from clinicdesk.gui.widgets.tabs import TabBar
from clinicdesk.gui.widgets.text import Label
from clinicdesk.i18n import tr
from clinicdesk.presentation.roster.lines import UndecidedLine
from clinicdesk.presentation.roster.presenter import RosterState, Shown

PATIENCE_MS = 2_000
CHANGES, UNDECIDED, SET_ASIDE, REMARKS, PAST = "changes", "undecided", "setAside", "remarks", "past"


class RosterView(QWidget):
    """Draws a `RosterState`; what a person wants comes out as signals."""

    check_wanted = Signal(str)
    decided = Signal(str, object)
    stops_accepted = Signal(bool)
    import_wanted = Signal()
    undo_wanted = Signal(object)
    stop_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        name(self, "roster", tr("Roster import"))
        self._words: dict[str, str] = {}
        self._drawn: Shown | None = None
        self._step_words = ""
        # Work that is over sooner shows its words only (ux-spec 5).
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._build()
        self._patience.timeout.connect(self.progress.show)

    def draw(self, state: RosterState) -> None:
        if state.path and self.path.text() != state.path and not (self.path.hasFocus() and self.path.text()):
            self.path.setText(state.path)
        self.check.set_available(state.busy)
        self.import_button.set_available(state.import_reason)
        self._state_words.setText(state.busy or (state.import_reason if state.shown else ""))
        self._draw_progress(state)
        self._draw_problem(state)
        self._draw_counters(state)
        self._draw_tabs(state)

    def focus_first(self) -> None:
        self.path.setFocus()

    def choose_candidate(self, at: int) -> None:
        """Keys 1 2 3 and 0 on the tab of undecided students."""
        if self.tabs.chosen() == UNDECIDED:
            self.deciding.choose(at)

    # -- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.path = TextEditor("roster.path", "", placeholder=tr("Paste the path of a OneRoster 1.2 zip"))
        self.path.returnPressed.connect(self._on_check)
        self.browse = Button(tr("Browse…"), "roster.browse", icon="document")
        self.browse.clicked.connect(self._on_browse)
        self.check = Button(tr("Check package"), "roster.check", icon="search")
        self.check.clicked.connect(self._on_check)
        self.undo_button = Button(tr("Undo import"), "roster.undo", kind=Kind.DANGER, icon="undo")
        self.undo_button.clicked.connect(self._on_undo)
        self.import_button = Button(
            tr("Import"), "roster.import", kind=Kind.PRIMARY, icon="download", shortcut="Ctrl+Return"
        )
        self.import_button.clicked.connect(self.import_wanted)
        self._state_words = Label("", TextKind.BODY, Role.TEXT_SECONDARY, elide=True)
        picking = row(Field(tr("Package"), self.path), gap=GAP_3)
        for button in (self.browse, self.check):
            picking.addLayout(column(STRETCH, button, gap=0))
        picking.setStretch(0, 1)
        self.problem = Banner("roster.problem", Tone.DANGER, "", two_lines=True, line=False)
        self.stop = Banner("roster.stop", Tone.WARNING, "", two_lines=True, line=False)
        self.accept = Tick(tr("I have looked at this. Import all the same."), "roster.accept")
        self.accept.toggled.connect(self.stops_accepted)
        self.progress = Progress("", "roster.progress")
        self.progress.cancelled.connect(self.stop_wanted)
        self.progress.hide()
        self.counters = StatStrip([Stat("", "") for _ in range(5)])
        outer = column(
            PageTitle(tr("Roster import"), tr("OneRoster 1.2 CSV")),
            Card(body=picking),
            self.progress,
            self.problem,
            self.stop,
            self.accept,
            self.counters,
            gap=GAP_3,
            margins=(GAP_6, GAP_4, GAP_6, GAP_6),
        )
        outer.addWidget(self._tables_part(), 1)
        self.setLayout(outer)

    def _tables_part(self) -> QWidget:
        self.tabs = TabBar("roster.tabs", tr("Parts of the difference"))
        for key, words in self._tab_titles(None):
            self.tabs.setTabData(self.tabs.addTab(words), key)
        self.tabs.picked.connect(self._on_tab)
        self.changes = change_table()
        self.undecided = undecided_table(self._words)
        self.set_aside = finding_table("roster.setAside", tr("Rows set aside"))
        self.remarks = finding_table("roster.remarks", tr("Remarks"))
        self.past = past_table()
        self.deciding = DecidingCard()
        self.deciding.decided.connect(self._on_decided)
        self.undecided.chosen.connect(self.deciding.show_line)
        self.past.chosen.connect(self._on_past_chosen)
        who = row(self.undecided, self.deciding, gap=GAP_4, margins=(0, 0, GAP_3, GAP_3))
        who.setStretch(0, 3)
        who.setStretch(1, 2)
        self._pages = {
            CHANGES: self.changes,
            UNDECIDED: box(who),
            SET_ASIDE: self.set_aside,
            REMARKS: self.remarks,
            PAST: self.past,
        }
        self._empty = EmptyState(tr("Choose a package to see what it would change."), object_name="roster.empty")
        pages = QWidget()
        # With its owner from the start: a page without a parent would be a window for a moment.
        self._stack = QStackedLayout(pages)
        self._stack.setContentsMargins(0, 0, 0, 0)
        for page in (*self._pages.values(), self._empty):
            page.setMinimumHeight(160)
            self._stack.addWidget(page)
        foot = row(self._state_words, self.undo_button, self.import_button, gap=GAP_3, margins=(15, GAP_2, 15, GAP_2))
        foot.setStretch(0, 1)
        body = column(self.tabs, Separator(), gap=0)
        body.addWidget(pages, 1)
        body.addWidget(Separator())
        body.addLayout(foot)
        return Card(body=body, margins=(0, 0, 0, 0))

    # -- drawing -----------------------------------------------------------------------------------------------

    def _draw_progress(self, state: RosterState) -> None:
        if not state.busy:
            self._patience.stop()
            self.progress.hide()
            self._step_words = ""
            return
        if not self._patience.isActive() and self.progress.isHidden():
            self._patience.start()
        step = state.step
        self.progress.set_progress(step.done, step.total, step.words)
        self.progress.set_stoppable(step.kept)
        if step.words.partition(":")[0] != self._step_words:
            self._step_words = step.words.partition(":")[0]
            announce(self, step.words)

    def _draw_problem(self, state: RosterState) -> None:
        self.problem.setVisible(bool(state.problem))
        if state.problem:
            self.problem.set_words(tr("Nothing was imported"), state.problem)
            announce(self.problem, state.problem, assertive=True)
        stops = state.shown.stop_words if state.shown is not None and not state.applied else ()
        self.stop.setVisible(bool(stops))
        self.accept.setVisible(bool(stops))
        if stops:
            self.stop.set_words(tr("This looks larger than meant"), " ".join(stops))
        self.accept.setChecked(state.accepted)

    def _draw_counters(self, state: RosterState) -> None:
        shown = state.shown
        self.counters.setVisible(shown is not None)
        if shown is None:
            return
        waiting = len([line for line in shown.undecided if line.source_id not in state.decisions])
        set_aside = shown.report.plan.rows_set_aside
        self.counters.set_stats(
            [
                Stat(tr("New students"), str(shown.count(Action.ADD))),
                Stat(tr("Changed"), str(shown.count(Action.UPDATE, Action.RETURN))),
                Stat(tr("Leaving"), str(shown.count(Action.END))),
                Stat(tr("Rows set aside"), str(set_aside), figure_role=Role.DANGER if set_aside else Role.TEXT),
                Stat(tr("Need you"), str(waiting), figure_role=Role.WARNING if waiting else Role.TEXT),
            ]
        )

    def _draw_tabs(self, state: RosterState) -> None:
        shown = state.shown
        for at, (_, words) in enumerate(self._tab_titles(state)):
            self.tabs.setTabText(at, words)
        self._note_decisions(state)
        if shown is not self._drawn:
            self._drawn = shown
            self.changes.set_rows(shown.changes if shown else ())
            self.set_aside.set_rows(shown.set_aside if shown else ())
            self.remarks.set_rows(shown.remarks if shown else ())
            self.undecided.set_rows(shown.undecided if shown else ())
            self.deciding.show_line(shown.undecided[0] if shown and shown.undecided else None)
            if shown is not None:
                self.tabs.choose(UNDECIDED if shown.undecided else CHANGES)
                self._first_to_do(shown).setFocus()
        self.undecided.viewport().update()
        if self.past.rows() != state.past:
            self.past.set_rows(state.past)
        self._on_past_chosen(self.past.current())
        self._on_tab(self.tabs.chosen())

    def _first_to_do(self, shown: Shown) -> QWidget:
        """Where a person goes on: who is who by single keys, what stops the import by Space, else the difference."""
        if shown.undecided:
            return self.undecided
        return self.accept if shown.stop_words and not shown.report.applied else self.changes

    def _note_decisions(self, state: RosterState) -> None:
        self._words.clear()
        names = {
            candidate.row_id: candidate.name
            for line in (state.shown.undecided if state.shown else ())
            for candidate in line.candidates
        }
        for source_id, same_as in state.decisions.items():
            self._words[source_id] = names.get(same_as, tr("Same")) if same_as is not None else tr("New student")

    def _tab_titles(self, state: RosterState | None) -> list[tuple[str, str]]:
        shown = state.shown if state is not None else None
        return [
            (CHANGES, tab_words(tr("Difference"), len(shown.changes) if shown else 0)),
            (UNDECIDED, tab_words(tr("Who is who"), len(shown.undecided) if shown else 0)),
            (SET_ASIDE, tab_words(tr("Set aside"), len(shown.set_aside) if shown else 0)),
            (REMARKS, tab_words(tr("Remarks"), len(shown.remarks) if shown else 0)),
            (PAST, tab_words(tr("Past imports"), len(state.past) if state else 0)),
        ]

    # -- slots -------------------------------------------------------------------------------------------------

    def _on_check(self) -> None:
        self.check_wanted.emit(self.path.text())

    def _on_browse(self) -> None:
        dialog = QFileDialog(self, tr("Choose a roster package"), "", tr("Roster packages (*.zip)"))
        dialog.setObjectName("roster.files")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_file(self, path: str) -> None:
        self.path.setText(path)
        self._on_check()

    def _on_tab(self, key: str) -> None:
        nothing = self._drawn is None and key != PAST
        self._stack.setCurrentWidget(self._empty if nothing else self._pages[key or CHANGES])

    def _on_decided(self, same_as: object) -> None:
        line: UndecidedLine | None = self.undecided.current()
        if line is None and self.undecided.rows():
            line = self.undecided.rows()[0]
        if line is not None:
            self.decided.emit(line.source_id, same_as)
            self._next_undecided(line)

    def _next_undecided(self, line: UndecidedLine) -> None:
        at = self.undecided.rows().index(line) + 1
        if at < len(self.undecided.rows()):
            self.undecided.selectRow(at)

    def _on_past_chosen(self, line: object) -> None:
        undoable = [one for one in self.past.rows() if one.undoable]
        self.undo_button.set_available("" if undoable else tr("There is no import to undo."))

    def _on_undo(self) -> None:
        """The chosen import on its tab, else the newest."""
        chosen = self.past.current() if self.tabs.chosen() == PAST else None
        newest = next((line for line in self.past.rows() if line.undoable), None)
        target = chosen if chosen is not None and chosen.undoable else newest
        if target is not None:
            self.undo_wanted.emit(target.id)
