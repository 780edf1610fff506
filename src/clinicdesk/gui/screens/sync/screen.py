"""The sync centre: counters, Sync now, conflicts at the left, the resolver at the right (ux-spec 7.12, mockup 07)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFileDialog, QSizePolicy, QWidget

from clinicdesk.gui.screens.sync.detail import Detail
from clinicdesk.gui.screens.sync.kept import KeptDetail
from clinicdesk.gui.screens.sync.listing import ListPainter, ListRow, list_rows
from clinicdesk.gui.screens.sync.recovery import DamageBanner, RecoveryBanner
from clinicdesk.gui.screens.sync.repairs import RejoinSheet, SalvageSheet
from clinicdesk.gui.screens.sync.resolver import Resolver
from clinicdesk.gui.shell.screen import ShellContext
from clinicdesk.gui.theme import Role, theme
from clinicdesk.gui.theme.metrics import CONTENT_MARGINS, GAP_3, GAP_4
from clinicdesk.gui.widgets.buttons import Button, Kind
from clinicdesk.gui.widgets.cards import Card, PageTitle, SectionHead
from clinicdesk.gui.widgets.layout import column, row
from clinicdesk.gui.widgets.lists import RowList
from clinicdesk.gui.widgets.naming import announce, name, reveal
from clinicdesk.gui.widgets.stat_strip import Stat, StatStrip
from clinicdesk.gui.widgets.states import EmptyState, Progress, Skeleton, StateStack
from clinicdesk.gui.widgets.text import Paragraph
from clinicdesk.i18n import formats, plural, tr
from clinicdesk.presentation.commands import BoundCommand, Command, Group, Scope
from clinicdesk.presentation.shell import COMMANDS, Keys
from clinicdesk.presentation.sync_centre.keeping import KeptState
from clinicdesk.presentation.sync_centre.presenter import SyncCentre
from clinicdesk.presentation.sync_centre.recovering import RecoveryPart
from clinicdesk.presentation.sync_centre.repairing import RepairPart, RepairState
from clinicdesk.presentation.sync_centre.state import CentreState
from clinicdesk.presentation.sync_centre.words import ago
from clinicdesk.presentation.sync_now import SyncState
from clinicdesk.services.desk import Desk
from clinicdesk.services.sync_items import StoppedLine
from clinicdesk.services.undo import LastAct

_HERE = "sync"
_LIST = 240
_LATER = Command("sync.decide-later", "Decide later", "L", Group.SCREEN, Scope.SCREEN, "clock", None, _HERE)
_REJOIN = Command("sync.rejoin", "Join anew", "", Group.SCREEN, Scope.SCREEN, "key", None, _HERE)
_SALVAGE = Command("sync.salvage", "Repair this database", "", Group.SCREEN, Scope.SCREEN, "lock", None, _HERE)
_CANCEL = Command("sync.cancel", "Cancel sync", "X", Group.SCREEN, Scope.SCREEN, "cross", None, _HERE)


class SyncView(QWidget):
    """Draws a `CentreState`."""

    def __init__(
        self,
        shell: ShellContext,
        presenter: SyncCentre,
        desk: Desk,
        recovery: RecoveryPart | None = None,
        repair: RepairPart | None = None,
    ) -> None:
        super().__init__()
        name(self, _HERE, tr("Sync"))
        self.repair = repair
        self.sheet: RejoinSheet | SalvageSheet | None = None
        self._shell = shell
        self._presenter = presenter
        self._desk = desk
        self._said = ""
        self._toasted = ""
        self._opened = False
        self._arriving = False
        self._stopped = False
        self.now_button = Button(tr("Sync now"), "sync.now", kind=Kind.PRIMARY, icon="sync", shortcut="F5")
        self.now_button.clicked.connect(presenter.sync_now)
        self.log_button = Button(tr("Export log"), "sync.log", icon="download")
        self.log_button.clicked.connect(self._on_log)
        self.title = PageTitle(tr("Sync"), desk.school.name, self.log_button, self.now_button)
        self.progress = Progress(tr("Syncing"), "sync.progress")
        self.progress.cancelled.connect(presenter.cancel_sync)
        self._running = Card(body=column(self.progress, gap=0))
        self._running.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.failed = Paragraph("", role=Role.DANGER)
        self.reason_button = Button(tr("Show reason"), "sync.reason")
        self.reason_button.clicked.connect(self._on_reason)
        self.stats = StatStrip([Stat("", "")] * 5, self.reason_button)
        self.list: RowList[ListRow] = RowList(
            "sync.list",
            tr("Conflicts"),
            ListPainter(),
            lambda line: line.spoken,
            enabled=lambda line: not line.heading,
        )
        self.list.chosen.connect(self._on_chosen)
        self.list.opened.connect(self._on_opened)
        self._head = SectionHead(tr("Conflicts"), "")
        self._left = Card(self._head, margins=(0, 0, 0, 0))
        self._left.body.addWidget(self.list, 1)
        self.resolver = Resolver(presenter, desk.local, lambda: shell.private)
        self.detail = Detail(presenter, desk.local, lambda: shell.private)
        self.kept = KeptDetail(presenter.kept, desk, lambda: shell.private)
        self.empty = EmptyState("", object_name="sync.empty")
        self._blank = Card(margins=(0, 0, 0, 0))
        self._blank.body.addWidget(self.empty, 1)
        inner = QWidget()
        line = row(gap=GAP_4)
        line.addWidget(self._left, 304)
        line.addWidget(self.resolver, 864)
        line.addWidget(self.detail, 864)
        line.addWidget(self.kept, 864)
        line.addWidget(self._blank, 864)
        inner.setLayout(line)
        self.resolver.hide()
        self.detail.hide()
        self.kept.hide()
        self.states = StateStack(inner, Skeleton(5, row_height=68))
        self.states.retried.connect(presenter.load)
        body = column(
            self.title, self._running, self.failed, self.stats, self.states, gap=GAP_3, margins=CONTENT_MARGINS
        )
        body.setStretch(4, 1)
        may_repair = repair is not None and repair.may
        self.damage = DamageBanner(may_repair=may_repair)
        self.damage.wanted.connect(self.open_salvage)
        body.insertWidget(1, self.damage)
        self.recovery = None if recovery is None else RecoveryBanner(recovery, may_rejoin=may_repair)
        if self.recovery is not None:
            self.recovery.rejoined.connect(self.open_rejoin)
            body.insertWidget(1, self.recovery)
        if repair is not None:
            repair.on_change = self._draw_repair
            repair.on_asked_in = recovery.read if recovery is not None else repair.on_asked_in
        self.setLayout(body)
        self._running.hide()
        self.failed.hide()
        theme().changed.connect(self._make_room)

    def arrive(self) -> None:
        """The person came here: the list takes the focus as soon as it is shown."""
        self._arriving = True

    def draw(self, state: CentreState) -> None:
        self._draw_sync(state.sync)
        self._draw_stats(state)
        if state.failure:
            self.states.show_error(state.failure, tr("Nothing was lost. What was written here is kept."))
            return
        if state.may_view and state.lines is None:
            self.states.show_loading()
            return
        self._draw_list(state)
        opened = state.open is not None
        if opened:
            self.resolver.draw(state)
        elif self._opened:
            self.resolver.draw(state)
            self._make_room()
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        detailed = state.detail is not None and not opened
        if detailed:
            self.detail.draw(state)
        elif self.detail.isVisible() and not opened:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        kept = self._presenter.kept.state.open is not None and not opened and not detailed
        self.kept.draw(self._presenter.kept.state)
        if self.kept.isVisible() and not kept and not opened:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self._make_room()
        self.resolver.setVisible(opened)
        self.detail.setVisible(detailed)
        self.kept.setVisible(kept)
        self._blank.setVisible(not opened and not detailed and not kept)
        self._opened = opened
        self.empty.words.set_text(self._empty_words(state))
        self.states.show_content()
        if self._arriving:
            self._arriving = False
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        if state.message and state.message != self._said:
            announce(self, state.message)
        self._said = state.message
        said = state.said or self._presenter.kept.state.said
        if said and said != self._toasted:
            self._shell.toast(said)
        self._toasted = said

    def open_rejoin(self) -> None:
        """Join anew under another identity; where that was asked for already, only how it stands."""
        if self.repair is not None and self.repair.may:
            self.repair.begin()
            made = RejoinSheet(self.repair)
            self._open_sheet(tr("Join anew"), made)
            if self.recovery is not None and self.recovery.waits_anew:
                made.wait()

    def open_salvage(self) -> None:
        """Repair this database."""
        if self.repair is not None and self.repair.may:
            self.repair.begin()
            self._open_sheet(tr("Repair this database"), SalvageSheet(self.repair))

    def _open_sheet(self, title: str, made: RejoinSheet | SalvageSheet) -> None:
        self.sheet = made
        made.left.connect(self._on_sheet_left)
        self._shell.open_sheet(title, made, width=440)

    def _on_sheet_left(self) -> None:
        self.sheet = None

    def _draw_repair(self, state: RepairState) -> None:
        if self.sheet is not None:
            self.sheet.draw(state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    # --- parts --------------------------------------------------------------------------------------------------

    def _make_room(self) -> None:
        """What stands beside what: a narrow window shows the conflict in question alone."""
        look = theme()
        reveal(self.stats.trailing[0], self._stopped and self.width() >= look.width(860))
        # The list of what needs a person comes first: the counters take one row, or as little as they can.
        self.stats.set_compact(not self.stats.fits_one_row(self._widest()))
        alone = self.in_hand and self._room() < look.width(1000)
        # With large letters the names need more of the window; what is beside them wraps.
        self._left.setMinimumWidth(min(look.width(_LIST), self._room() * 45 // 100))
        reveal(self._left, not alone)
        reveal(self.stats, not alone)

    def _widest(self) -> int:
        """The room for the counters, whether the page scrolls or not: else they would change with its bar."""
        parent = self.parentWidget()
        area = None if parent is None else parent.parentWidget()
        room = area.maximumViewportSize().width() if isinstance(area, QAbstractScrollArea) else self.width()
        left, _top, right, _bottom = CONTENT_MARGINS
        return room - left - right

    @property
    def in_hand(self) -> bool:
        """Whether something is open that a person decides."""
        return self._presenter.state.open is not None or self._presenter.kept.state.open is not None

    def _room(self) -> int:
        """What the window gives; the page itself may be wider than that."""
        parent = self.parentWidget()
        return self.width() if parent is None else parent.width()

    def _draw_sync(self, sync: SyncState) -> None:
        reveal(self._running, sync.running)
        self.now_button.set_available(tr("A sync is running.") if sync.running else "")
        if sync.running:
            self.progress.set_progress(sync.done, sync.total or 0, _phase(sync.phase))
        self.damage.draw(damaged=sync.damaged)
        self.failed.set_text(sync.message)
        reveal(self.failed, bool(sync.message) and not sync.damaged)

    def _draw_stats(self, state: CentreState) -> None:
        status, now, day = state.sync.status, self._desk.now(), state.day
        self._stopped = bool(state.work.stopped)
        self._make_room()
        if status is None:
            return
        last = status.last_success
        took = day.last_took if day is not None else None
        beside = "" if last is None else tr("{ago} ago", ago=ago(now - last))
        if took is not None:
            beside = f"{beside}, {took.total_seconds():.1f} s"
        oldest = status.oldest_pending
        conflicts = state.lines or ()
        since = min((line.since for line in conflicts), default=None)
        stopped = status.stopped
        first = min((item.authored_at for item in stopped), default=None)
        self.stats.set_stats(
            [
                Stat(tr("Last full sync"), "–" if last is None else formats().time(self._desk.local(last)), beside),
                Stat(
                    tr("To send"),
                    formats().number(status.pending),
                    tr("oldest {ago}", ago=ago(now - oldest)) if oldest is not None else tr("all acknowledged"),
                ),
                Stat(tr("Received today"), formats().number(day.received if day is not None else 0), tr("rows")),
                Stat(
                    tr("Conflicts"),
                    str(status.open_conflicts),
                    tr("oldest {ago}", ago=ago(now - since)) if since is not None else "",
                    figure_role=Role.WARNING if status.open_conflicts else Role.TEXT,
                ),
                Stat(
                    tr("Could not be sent"),
                    str(len(stopped)),
                    tr("for {ago}", ago=ago(now - first)) if first is not None else "",
                    figure_role=Role.DANGER if stopped else Role.TEXT,
                ),
            ]
        )

    def _draw_list(self, state: CentreState) -> None:
        lines, status = state.lines or (), state.sync.status
        self._head.set_note(plural("{count} open", "{count} open", len(lines)))
        rows = list_rows(
            lines,
            state.work,
            status.scopes if status is not None else (),
            self._presenter.kept.state.lines,
            now=self._desk.now(),
            local=self._desk.local,
            private=self._shell.private,
        )
        before = self.list.rows()
        if list(before) == rows:
            return
        self.list.blockSignals(True)
        stood = self.list.currentIndex().row()
        self.list.set_rows(rows, keep=lambda one: one.key)
        self.list.blockSignals(False)
        self._keep_place(before, rows, stood)

    def _keep_place(self, before: Sequence[ListRow], rows: Sequence[ListRow], stood: int) -> None:
        """The cursor jumps once, to the first conflict that comes; else it stays, whatever goes or comes."""
        first = next((at for at, one in enumerate(rows) if one.conflict is not None), None)
        if first is not None and all(one.conflict is None for one in before):
            self.list.select_row(first)
        elif stood >= 0 and before[stood].key not in {one.key for one in rows}:
            reachable = [at for at, one in enumerate(rows) if not one.heading]
            if reachable:
                self.list.select_row(min(reachable, key=lambda at: (abs(at - stood), at)))

    def _empty_words(self, state: CentreState) -> str:
        if not state.may_view:
            return tr("Conflicts are decided by the clinic and the office. Your own entries are sent as usual.")
        if problem := state.message or self._presenter.kept.state.message:
            return problem
        if state.lines:
            return tr("Choose a conflict at the left. Enter opens it.")
        if self._presenter.kept.state.lines:
            return tr("No conflicts. Of a mended record an older value was kept: choose it at the left.")
        return tr("No conflicts. Everything that both sides wrote stands in the record.")

    def _on_chosen(self, line: ListRow) -> None:
        if not self.list.hasFocus():
            return
        if line.detail is not None:
            self._presenter.look_at(line.detail)
        elif line.conflict is None or self._presenter.state.detail is not None or self._presenter.kept.state.open:
            self._presenter.later()

    def _on_opened(self, line: ListRow) -> None:
        if line.conflict is not None:
            self.resolver.enter_when_shown(line.conflict)
            self._presenter.show(line.conflict)
        elif line.kept is not None:
            self.kept.enter_when_shown(line.kept.id)
            self._presenter.look_at_kept(line.kept)
        elif line.detail is not None:
            self._presenter.look_at(line.detail)
            self.detail.enter()

    def _on_reason(self) -> None:
        """Go to the first change that was stopped."""
        found = [at for at, one in enumerate(self.list.rows()) if isinstance(one.detail, StoppedLine)]
        if found:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            self.list.select_row(found[0])

    def _on_log(self) -> None:
        dialog = QFileDialog(self, tr("Export log"), f"clinicdesk-sync-{self._desk.today():%Y-%m-%d}.json")
        dialog.setObjectName("sync.log.file")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(tr("Logs (*.json)"))
        dialog.setDefaultSuffix("json")
        dialog.fileSelected.connect(self._presenter.export_log)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


class SyncScreen:
    """Where sync tells how it is, and a person decides what machines may not."""

    id = _HERE

    def __init__(
        self,
        shell: ShellContext,
        presenter: SyncCentre,
        desk: Desk,
        recovery: RecoveryPart | None = None,
        repair: RepairPart | None = None,
    ) -> None:
        self._shell = shell
        self._presenter = presenter
        self._recovery = recovery
        self.repair = repair
        self.view = SyncView(shell, presenter, desk, recovery, repair)
        presenter.on_change = self.view.draw
        presenter.on_decided = self._on_decided
        presenter.kept.on_change = self._on_kept
        presenter.kept.on_decided = self._on_decided

    @property
    def title(self) -> str:
        return tr("Sync")

    @property
    def presenter(self) -> SyncCentre:
        return self._presenter

    def widget(self) -> QWidget:
        return self.view

    def activate(self, **params: object) -> None:
        self.view.arrive()
        self.view.draw(self._presenter.state)
        self._presenter.load()
        if self._recovery is not None:
            self._recovery.read()

    def deactivate(self) -> None:
        return

    def commands(self) -> Sequence[BoundCommand]:
        return (
            BoundCommand(COMMANDS[Keys.PRIMARY], self._primary, self._why_not_take),
            BoundCommand(_LATER, self._presenter.later, self._why_not_later),
            BoundCommand(_CANCEL, self._presenter.cancel_sync, self._why_not_cancel),
            BoundCommand(_REJOIN, self.view.open_rejoin, self._why_not_repair),
            BoundCommand(_SALVAGE, self.view.open_salvage, self._why_not_repair),
        )

    def _primary(self) -> None:
        """The sheet that is open, else the resolver."""
        if self.view.sheet is not None:
            self.view.sheet.submit()
        elif self._presenter.kept.state.open is not None:
            self.view.kept.give()
        else:
            self.view.resolver.take()

    def _why_not_repair(self) -> str:
        return tr("Not at this window.") if self.repair is None else self.repair.why_not()

    def _on_kept(self, _state: KeptState) -> None:
        self.view.draw(self._presenter.state)

    def _on_decided(self, act: LastAct) -> None:
        self._shell.toast(act.words, action=tr("Undo"), run=self._presenter.undo)

    def _why_not_take(self) -> str:
        opened, kept = self._presenter.state.open, self._presenter.kept.state.open
        asking = any(one is not None and one.asking for one in (opened, kept))
        if self.view.sheet is not None or asking:
            return ""
        return tr("Choose what happens to the kept value.") if kept is not None else self._presenter.why_not()

    def _why_not_later(self) -> str:
        return "" if self.view.in_hand else tr("No conflict is open.")

    def _why_not_cancel(self) -> str:
        return "" if self._presenter.state.sync.running else tr("No sync is running.")


def _phase(phase: str) -> str:
    known = {
        "open": tr("Reaching the district"),
        "recover": tr("Asking what the district has of this database"),
        "outcomes": tr("Reading what became of earlier changes"),
        "push": tr("Sending"),
        "pull": tr("Receiving"),
        "compare": tr("Comparing both sides"),
        "repair": tr("Repairing what differs"),
        "files": tr("Moving files"),
    }
    return known.get(phase, tr("Syncing"))
