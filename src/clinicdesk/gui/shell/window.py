"""The main window: the locked card or, signed in, the workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from clinicdesk.core.clock import Clock
from clinicdesk.gui.runtime import TaskRunner
from clinicdesk.gui.shell.focus import entry_of
from clinicdesk.gui.shell.idle import IdleWatcher
from clinicdesk.gui.shell.session_end import SessionWatcher
from clinicdesk.gui.theme import Tone
from clinicdesk.gui.widgets.naming import name
from clinicdesk.i18n import plural, tr

if TYPE_CHECKING:
    from clinicdesk.gui.shell.keyboard import Keyboard
    from clinicdesk.gui.shell.workspace import Session, Workspace


class MainWindow(QWidget):
    """One window, two states: locked (a widget handed in) and signed in. The title never names anyone.

    `first_painted` comes once, after everything first shown has been painted.
    """

    locked = Signal()
    first_painted = Signal()

    def __init__(self, runner: TaskRunner, clock: Clock, make_locked: Callable[[], QWidget]) -> None:
        super().__init__()
        name(self, "mainWindow", "ClinicDesk")
        self.setWindowTitle("ClinicDesk")
        self.setMinimumSize(QSize(1024, 700))
        self.resize(1440, 900)
        self._runner = runner
        self._clock = clock
        self._make_locked = make_locked
        self._holder = QVBoxLayout(self)
        self._holder.setContentsMargins(0, 0, 0, 0)
        self._locked_view: QWidget | None = None
        self._workspace: Workspace | None = None
        self._session: Session | None = None
        self._painted = False
        self.idle = IdleWatcher(5, self, clock.monotonic)
        self.idle.warned.connect(self._on_idle_warned)
        self.idle.calmed.connect(self._on_idle_calmed)
        self.idle.expired.connect(self._on_idle_expired)
        self.session_end = SessionWatcher(clock, self)
        self.session_end.warned.connect(self._on_session_warned)
        self.session_end.over.connect(self._on_session_over)
        self.keyboard: Keyboard | None = None
        self.show_locked()

    @property
    def workspace(self) -> Workspace | None:
        return self._workspace

    @property
    def locked_view(self) -> QWidget | None:
        return self._locked_view

    def show_locked(self) -> None:
        """Replace all content by the locked card; drafts were kept by `leave`."""
        if self._drop_workspace():
            self.locked.emit()
        if self._locked_view is None:
            self._locked_view = self._make_locked()
            self._holder.addWidget(self._locked_view)
            target = entry_of(self._locked_view)
            if target is not None:
                target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _drop_workspace(self) -> bool:
        """Take the frame away with everything in it; false where there was none."""
        self.idle.stop()
        self.session_end.stop()
        if self._workspace is None:
            return False
        self._workspace.leave()
        if self.keyboard is not None:
            self.keyboard.close()
            self.keyboard.deleteLater()
            self.keyboard = None
        self._workspace.hide()
        self._holder.removeWidget(self._workspace)
        self._workspace.deleteLater()
        self._workspace = None
        self._session = None
        return True

    def renew_locked(self) -> None:
        """The locked state is another one now: the workstation has joined."""
        if self._locked_view is not None:
            self._locked_view.hide()
            self._holder.removeWidget(self._locked_view)
            self._locked_view.deleteLater()
            self._locked_view = None
        self.show_locked()

    def show_workspace(self, session: Session) -> Workspace:
        """Sign-in succeeded, or the person works at another school now: build the frame, go to the first screen."""
        # Imported here: the locked card is painted before the frame is loaded.
        from clinicdesk.gui.shell.keyboard import Keyboard
        from clinicdesk.gui.shell.workspace import Workspace

        self._drop_workspace()
        if self._locked_view is not None:
            self._locked_view.hide()
            self._holder.removeWidget(self._locked_view)
            self._locked_view.deleteLater()
            self._locked_view = None
        self._session = session
        workspace = Workspace(self, session, self._runner, self._clock)
        self._workspace = workspace
        self._holder.addWidget(workspace)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.keyboard = Keyboard(
            app,
            workspace.commands,
            on_scan=session.scanned,
            on_input=self.idle.touch,
            blocked=self._blocks_commands,
            on_unavailable=self._on_unavailable,
            seconds=self._clock.monotonic,
        )
        self.idle.set_minutes(session.idle_minutes)
        self.idle.start()
        if session.ends_at is not None:
            self.session_end.start(session.ends_at)
        workspace.show()
        workspace.start()
        return workspace

    def lock(self) -> None:
        """Ask the owner of the session to lock; it drops the keys and calls `show_locked`."""
        if self._session is not None:
            self._session.lock()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            # The parts of the window are painted with it, before the loop turns.
            QTimer.singleShot(0, self.first_painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._workspace is not None:
            self._workspace.leave()
        if self.keyboard is not None:
            self.keyboard.close()
        self._runner.close()
        super().closeEvent(event)

    def _blocks_commands(self, focus: QWidget) -> bool:
        """No command acts while a layer lies over the workspace or another window has the keys."""
        workspace = self._workspace
        if workspace is None or not shiboken6.isValid(workspace) or focus.window() is not self:
            return True
        return workspace.covered

    def _on_unavailable(self, reason: str) -> None:
        if self._workspace is not None:
            self._workspace.toast(reason, Tone.WARNING)

    def _on_idle_warned(self, seconds: int) -> None:
        if self._workspace is None:
            return
        cause = tr("This desk locks in {seconds} s", seconds=seconds)
        remedy = tr("Any key or touch keeps it open. What you typed is kept either way.")
        banner = self._workspace.banners.banner("idle")
        if banner is None:
            from clinicdesk.gui.widgets.notices import Banner

            self._workspace.show_banner("idle", Banner("banner.idle", Tone.WARNING, cause, remedy))
        else:
            banner.set_words(cause, remedy)

    def _on_idle_calmed(self) -> None:
        if self._workspace is not None:
            self._workspace.take_banner("idle")

    def _on_session_warned(self, minutes: int) -> None:
        if self._workspace is None:
            return
        cause = plural("This session ends in {count} minute", "This session ends in {count} minutes", minutes)
        remedy = tr("Then the password is asked again. What you typed is kept.")
        banner = self._workspace.banners.banner("session")
        if banner is None:
            from clinicdesk.gui.widgets.notices import Banner

            self._workspace.show_banner("session", Banner("banner.session", Tone.WARNING, cause, remedy))
        else:
            banner.set_words(cause, remedy)

    def _on_session_over(self) -> None:
        if self._session is not None:
            self._session.end()

    def _on_idle_expired(self) -> None:
        self.lock()
