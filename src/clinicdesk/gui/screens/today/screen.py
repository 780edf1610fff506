"""The Today screen: counters, who is in the clinic, doses due, alerts; columns above 1280 px, tabs below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from clinicdesk.domain.permissions import Act
from clinicdesk.gui.icons import Shape
from clinicdesk.gui.screens.today.alerts import AlertColumn
from clinicdesk.gui.screens.today.doses import AHEAD, BACK, DoseColumn
from clinicdesk.gui.screens.today.visits import VisitColumn
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Role, TextKind, Tone, theme
from clinicdesk.gui.theme.metrics import CONTENT_MARGINS, GAP_2, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, Kind, LinkText
from clinicdesk.gui.widgets.cards import Card, PageTitle, SectionHead
from clinicdesk.gui.widgets.layout import column, row, shared
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.stat_strip import Stat, StatStrip
from clinicdesk.gui.widgets.states import Mark, Skeleton, StateStack
from clinicdesk.gui.widgets.tabs import TabBar
from clinicdesk.gui.widgets.text import Label
from clinicdesk.i18n import formats, tr
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.shell import COMMANDS, Keys
from clinicdesk.presentation.today.presenter import Column, TodayPresenter, TodayState
from clinicdesk.presentation.today.words import Local, returned_words
from clinicdesk.services.today import TodayBoard

FRESH_MS = 30_000
_COLUMNS_FROM = 1072
"""The content of a window of 1280 px beside the open rail."""
_LEAST = 260
_WIDTHS = {Column.VISITS: 336, Column.DOSES: 464, Column.ALERTS: 352}

_NEW = Command("today.new-visit", "New visit", "N", Group.SCREEN, Scope.SCREEN, "plus", Act.CHECK_IN, "today")
_ROUND = Command(
    "today.open-round", "Open round", "R", Group.SCREEN, Scope.SCREEN, "pill", Act.VIEW_MEDICATION, "today"
)

_PRINT = replace(
    COMMANDS[Keys.PRINT], title="Print today's round and a blank log", act=Act.PRINT_RECORD, icon="printer"
)


class UndoStrip(QWidget):
    """The last act and its Undo, in a fixed place (D66)."""

    def __init__(self, object_name: str = "today.undo") -> None:
        super().__init__()
        name(self, object_name)
        self._mark = Mark(Shape.DONE, Role.SUCCESS, 18)
        self._caption = Label("", TextKind.CAPTION, Role.TEXT_SECONDARY)
        self._words = Label("", TextKind.BODY_MEDIUM, elide=True)
        self.button = Button(tr("Undo"), f"{object_name}.button", icon="undo", shortcut="Ctrl+Z")
        words = column(self._caption, self._words, gap=0)
        line = row(self._mark, gap=GAP_3)
        line.addLayout(words, 1)
        line.addWidget(self.button)
        self.setLayout(line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_act(self, words: str, at: str, seconds: int) -> None:
        self._caption.setText(tr("Last act, {time}", time=at) if at else tr("Last act"))
        self._words.setText(words or tr("Nothing to undo"))
        self._words.set_role(Role.TEXT if words else Role.TEXT_SECONDARY)
        self._mark.setVisible(bool(words))
        self.button.setVisible(seconds > 0)
        self.button.set_note(tr("{seconds} s", seconds=seconds))
        self.setAccessibleName(f"{self._caption.text()}: {self._words.text()}")


class TodayView(QWidget):
    """Draws a `TodayState`."""

    def __init__(self, shell: ShellContext, presenter: TodayPresenter, local: Local) -> None:
        super().__init__()
        name(self, "today", tr("Today"))
        self._shell = shell
        self._presenter = presenter
        self._local = local
        self._arriving = True
        self._said = ""
        self.new_visit = Button(
            tr("New visit"),
            "today.newVisit",
            kind=Kind.PRIMARY,
            icon="plus",
            shortcut="Ctrl+N",
        )
        reveal(self.new_visit, shell.commands.allowed(Act.CHECK_IN))
        self.print_day = Button(tr("Print today's round"), "today.print", icon="printer", shortcut="Ctrl+P")
        reveal(self.print_day, shell.commands.allowed(Act.PRINT_RECORD) and shell.commands.allowed(Act.VIEW_MEDICATION))
        self.title = PageTitle(tr("Today"), "", self.print_day, self.new_visit)
        self.undo = UndoStrip()
        blank = Stat("", "")
        self.stats = StatStrip([blank, blank, blank], self.undo, stretches=(196, 250, 270))
        # Where there is no room beside the counters, the last act stands below them.
        self.undo_below = UndoStrip("today.undo.below")
        self._below = Card(margins=(20, GAP_2, GAP_4, GAP_2), body=column(self.undo_below, gap=0))
        self._below.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.visits, self.doses, self.alerts = VisitColumn(), DoseColumn(), AlertColumn()
        self.open_round = LinkText(tr("Open round"), "today.openRound", shortcut="Ctrl+3")
        self._heads = {
            Column.VISITS: SectionHead(tr("In clinic now"), "", _longest_first(), height=32),
            Column.DOSES: SectionHead(tr("Doses due"), "", self.open_round, height=32),
            Column.ALERTS: SectionHead(tr("Alerts and tasks"), "", height=32),
        }
        self.tabs = TabBar("today.tabs", tr("Columns of Today"), [(one.value, one.value) for one in Column])
        self._panes = {
            Column.VISITS: self._pane(Column.VISITS, self.visits),
            Column.DOSES: self._pane(Column.DOSES, self.doses),
            Column.ALERTS: self._pane(Column.ALERTS, self.alerts),
        }
        self._columns = QHBoxLayout()
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setSpacing(GAP_4)
        for key, pane in self._panes.items():
            self._columns.addWidget(pane, _WIDTHS[key])
        inner = QWidget()
        lines = column(self.stats, self._below, self.tabs, self._columns, gap=GAP_4)
        lines.setStretch(3, 1)
        inner.setLayout(lines)
        self.states = StateStack(inner, Skeleton(6, row_height=58, photo=True))
        body = column(self.title, self.states, gap=GAP_3, margins=CONTENT_MARGINS)
        body.setStretch(1, 1)
        self.setLayout(body)
        self._connect()

    def draw(self, state: TodayState) -> None:
        board = state.board
        if state.failure and board is None:
            self.states.show_error(state.failure, tr("Nothing was lost. Drafts and records are kept."))
            return
        if board is None:
            self.states.show_loading()
            return
        private = self._shell.private
        self.title.set_note(formats().date_long(board.day))
        self._draw_counters(board)
        self._draw_columns(board, private=private)
        self.draw_undo()
        self.tabs.choose(state.column.value)
        self.states.show_content()
        self._fit()
        if self._arriving and not state.busy:
            self._arriving = False
            self._focus_work()
        self._say(state.message)

    def arrive(self) -> None:
        """The person comes to Today: once the board is read, the keys start at the work."""
        self._arriving = True

    def _focus_work(self) -> None:
        """The visit that waits longest, else New visit; whoever has gone elsewhere meanwhile stays there."""
        if self.print_day.hasFocus() or self.new_visit.hasFocus():
            target = self.visits.cards[0] if self.visits.cards else self.new_visit
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, message: str) -> None:
        """What undo says stands in its strip; everything else is a toast."""
        if message and message != self._said:
            if message == self._presenter.acts.message:
                announce(self, message)
            else:
                self._shell.toast(message, Tone.INFO)
        self._said = message

    def draw_undo(self) -> None:
        acts = self._presenter.acts
        act = acts.act
        for strip in (self.undo, self.undo_below):
            if act is None:
                strip.show_act(acts.message, "", 0)
            else:
                strip.show_act(act.words, formats().time(self._local(act.at)), acts.seconds_left)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # --- parts --------------------------------------------------------------------------------------------------

    def _pane(self, key: Column, content: QWidget) -> QWidget:
        pane = QWidget()
        lines = column(self._heads[key], content, gap=GAP_2)
        lines.setStretch(1, 1)
        pane.setLayout(lines)
        return pane

    def _connect(self) -> None:
        presenter = self._presenter
        self.new_visit.clicked.connect(presenter.new_visit)
        self.print_day.clicked.connect(presenter.print_day)
        self.visits.wanted.connect(presenter.new_visit)
        self.visits.opened.connect(presenter.open_visit)
        self.visits.disposed.connect(presenter.dispose)
        self.doses.opened.connect(presenter.open_dose)
        self.open_round.clicked.connect(presenter.open_round)
        self.alerts.opened.connect(presenter.open_alert)
        self.alerts.ticked.connect(presenter.finish)
        self.alerts.show_all.clicked.connect(self._on_show_all)
        for strip in (self.undo, self.undo_below):
            strip.button.clicked.connect(presenter.undo)
        self.states.retried.connect(presenter.refresh)
        self.tabs.picked.connect(self._on_tab)

    def _on_tab(self, key: str) -> None:
        if Column(key) is not self._presenter.state.column:
            self._presenter.show_column(Column(key))

    def _on_show_all(self) -> None:
        self._shell.commands.run(Keys.NOTIFICATIONS)

    def _draw_counters(self, board: TodayBoard) -> None:
        counts = board.counters
        share, behind = returned_words(counts)
        remarks = [tr("{count} late", count=counts.late)] if counts.late else []
        held = tr("{count} held", count=counts.held) if counts.held else ""
        beside = tr("of {owed}", owed=counts.owed)
        self.stats.set_stats(
            [
                Stat(tr("Visits today"), str(counts.visits), tr("{count} open now", count=counts.open_visits)),
                Stat(
                    tr("Doses given"),
                    str(counts.given),
                    f"{beside} · {held}" if held else beside,
                    "".join(remarks),
                    Role.DANGER,
                ),
                Stat(tr("Returned to class"), share, behind),
            ]
        )

    def _draw_columns(self, board: TodayBoard, *, private: bool) -> None:
        visits, doses = board.visits or (), board.doses
        self.visits.show_visits(visits, self._local, private=private)
        self._heads[Column.VISITS].set_note(str(len(visits)) if visits else "")
        if doses is not None:
            self.doses.show_board(doses, self._local, private=private)
            span = [formats().time(self._local(moment)) for moment in (board.now - BACK, board.now + AHEAD)]
            self._heads[Column.DOSES].set_note(" – ".join(span))
        self.alerts.show_alerts(board.alerts, board.tasks_done, board.now, self._local, private=private)
        self._heads[Column.ALERTS].set_note(str(len(board.alerts)) if board.alerts else "")
        words = {
            Column.VISITS: tr("In clinic now ({count})", count=len(visits)),
            Column.DOSES: tr("Doses due ({count})", count=len(doses.doses) if doses else 0),
            Column.ALERTS: tr("Alerts and tasks ({count})", count=len(board.alerts)),
        }
        for at, key in enumerate(Column):
            self.tabs.setTabText(at, words[key])

    def _fit(self) -> None:
        """Three columns where there is room, one with tabs where there is not; parts the role may not see are out."""
        board = self._presenter.state.board
        parts = {Column.VISITS: self.visits, Column.DOSES: self.doses, Column.ALERTS: self.alerts}
        least = [
            max(theme().width(_LEAST), *(one.minimumSizeHint().width() for one in (self._heads[key], parts[key])))
            for key in self._panes
        ]
        needed = sum(least) + GAP_4 * (len(least) - 1) + sum(CONTENT_MARGINS[::2])
        wide = self.width() >= max(theme().width(_COLUMNS_FROM), needed)
        chosen = self._presenter.state.column
        allowed = {
            Column.VISITS: board is None or board.visits is not None,
            Column.DOSES: board is None or board.doses is not None,
            Column.ALERTS: True,
        }
        # The shares of the columns alone would cut what is longer in another language.
        rooms = shared(self.width() - (needed - sum(least)), [_WIDTHS[key] for key in self._panes], least)
        for at, (key, pane) in enumerate(self._panes.items()):
            self._columns.setStretch(at, max(1, rooms[at]))
            pane.setMinimumWidth(theme().width(_LEAST))
            pane.setVisible(allowed[key] and (wide or key is chosen))
            self._heads[key].setVisible(wide or key is Column.DOSES)
            self.tabs.setTabVisible(at, allowed[key])
        self.tabs.setVisible(not wide)
        self.stats.trailing[0].setVisible(wide)
        self._below.setVisible(not wide)


def _longest_first() -> Label:
    return Label(tr("longest first"), TextKind.CAPTION, Role.TEXT_SECONDARY)


class TodayScreen:
    """The first screen of the day."""

    id = "today"

    def __init__(self, shell: ShellContext, presenter: TodayPresenter, local: Local) -> None:
        self._presenter = presenter
        self._view = TodayView(shell, self._presenter, local)
        self._presenter.on_change = self._view.draw
        self._fresh = QTimer(self._view, interval=FRESH_MS)
        self._fresh.timeout.connect(self._presenter.refresh)
        self._second = QTimer(self._view, interval=1000)
        self._second.timeout.connect(self._view.draw_undo)

    @property
    def title(self) -> str:
        return tr("Today")

    @property
    def view(self) -> TodayView:
        return self._view

    def widget(self) -> QWidget:
        return self._view

    def activate(self, **params: object) -> None:
        self._view.arrive()
        self._presenter.refresh()
        self._fresh.start()
        self._second.start()

    def deactivate(self) -> None:
        self._fresh.stop()
        self._second.stop()

    def commands(self) -> Sequence[BoundCommand]:
        return (
            BoundCommand(_NEW, self._presenter.new_visit),
            BoundCommand(_ROUND, self._presenter.open_round),
            BoundCommand(_PRINT, self._presenter.print_day),
        )
