"""The two workstations of the tour: who signs in, what is on the screen, and what lies in the desk's own rows."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.bootstrap.demo import PASSWORD
from clinicdesk.bootstrap.desktop import Desktop
from clinicdesk.bootstrap.person import PersonAtWork
from clinicdesk.gui.app import Application
from clinicdesk.gui.screens.unlock.card import UnlockView
from clinicdesk.gui.screens.unlock.first_run import FirstRunView
from clinicdesk.gui.shell.workspace import Workspace
from clinicdesk.gui.widgets.lists import RowList
from clinicdesk.models.base import Base
from clinicdesk.presentation.unlock import Step
from clinicdesk.services.desk import Desk
from clinicdesk.sync.status import read_status
from tour.hand import CTRL, Hand, K, TourError, settle

SIZE = (1440, 900)
RAIL_KEYS = {
    "today": K.Key_1,
    "students": K.Key_2,
    "medications": K.Key_3,
    "immunizations": K.Key_4,
    "forms": K.Key_6,
    "sync": K.Key_0,
}
Digests = dict[str, dict[str, tuple[int, str]]]
"""Rows and digest by scope and table."""

FIRST_PULL_S = 150.0
SYNC_S = 90.0


class Station:
    """One workstation with its window; `hand` types there."""

    def __init__(self, application: Application, profile: Path, policy: Path) -> None:
        self.desktop = Desktop(application, profile, policy)
        self.application = application
        self.hand = Hand(self.desktop.window)

    def show(self) -> None:
        """Bring the window up, so that keys go there."""
        self.desktop.window.resize(*SIZE)
        self.desktop.show()
        self.desktop.window.activateWindow()
        settle()
        if self.desktop.window.size().toTuple() != SIZE:
            raise TourError("the window has another size than the pictures")

    def hide(self) -> None:
        """Walk away: the desk is locked, so that its watch over the keys ends too."""
        self.lock()
        self.desktop.window.hide()
        settle()

    def close(self) -> None:
        self.desktop.close()
        self.desktop.window.close()
        settle()

    # -- Facts -------------------------------------------------------------------------------------------------

    @property
    def person(self) -> PersonAtWork:
        if self.desktop.person is None:
            raise TourError("nobody is signed in")
        return self.desktop.person

    @property
    def desk(self) -> Desk:
        return self.person.desk

    @property
    def workspace(self) -> Workspace:
        workspace = self.desktop.window.workspace
        if workspace is None:
            raise TourError("the window is locked")
        return workspace

    def on(self, screen: str) -> bool:
        shown = self.workspace.current()
        return shown is not None and shown.id == screen

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        with self.desk.store.read() as session:
            yield session

    def ids(self, model: type[Base], *where: sa.ColumnElement[bool]) -> set[uuid.UUID]:
        """The ids of a model's rows, read from the desk's own store."""
        with self.reading() as session:
            return set(session.scalars(sa.select(model.__table__.c.id).where(*where)))

    def pending(self) -> int:
        """How many changes wait to be sent."""
        with self.reading() as session:
            return read_status(session).pending

    def digest(self) -> Digests:
        """What `clinicdesk digest` would print, by scope and table."""
        from clinicdesk.domain.digest import to_text
        from clinicdesk.models import SyncDigest
        from clinicdesk.sync.base_copies import Sums

        with self.reading() as session:
            sums = Sums(session.connection())
            rows = sa.func.sum(SyncDigest.rows)
            counted = session.execute(
                sa.select(SyncDigest.scope_id, SyncDigest.table_name, rows).group_by(
                    SyncDigest.scope_id, SyncDigest.table_name
                )
            ).all()
            found: Digests = {}
            for scope, table, count in counted:
                if count:
                    digest = to_text(sums.tables(str(scope)).get(table, 0))
                    found.setdefault(str(scope), {})[table] = (int(count), digest)
            return found

    # -- What a person does everywhere ---------------------------------------------------------------------------

    def join(self, invite: str, code: str, user: str) -> None:
        """First run, from the invite to the sign-in card; the kit's groups are typed again as asked."""
        view = self.desktop.window.locked_view
        if not isinstance(view, FirstRunView):
            raise TourError("this workstation has been set up before")
        hand, presenter = self.hand, view.presenter
        hand.go_to("firstRun.invite")
        hand.paste(invite)
        hand.go_to("firstRun.invite.next")
        hand.press(K.Key_Space)
        if code:
            hand.until(lambda: presenter.state.step is Step.CODE, "page for the code")
            hand.go_to("firstRun.code")
            hand.write(code)
            hand.press(K.Key_Return)
        hand.until(lambda: presenter.state.step is Step.PERSON, "page for the first person")
        hand.go_to("firstRun.name")
        hand.write(user)
        hand.press(K.Key_Tab)
        hand.write(PASSWORD)
        hand.go_to("firstRun.again")
        hand.write(PASSWORD)
        hand.press(K.Key_Return)
        hand.until(lambda: presenter.state.step is Step.NUMBER, "check number", 60)

    def keep_kit(self) -> None:
        """Number, kit, and its two groups again; ends at the sign-in card."""
        view = self.desktop.window.locked_view
        if not isinstance(view, FirstRunView):
            raise TourError("this is not the first run")
        hand, presenter = self.hand, view.presenter
        hand.go_to("firstRun.number.next")
        hand.press(K.Key_Space)
        kit = presenter.state.recovery
        hand.go_to("firstRun.kit.next")
        hand.press(K.Key_Space)
        first, second = presenter.state.asked
        hand.go_to("firstRun.word1")
        hand.write(kit[first])
        hand.press(K.Key_Tab)
        hand.write(kit[second])
        hand.press(K.Key_Return)
        hand.until(lambda: presenter.state.step is Step.DONE, "end of the first run")

    def leave_first_run(self) -> None:
        self.hand.go_to("firstRun.done")
        self.hand.press(K.Key_Space)
        self.hand.until(lambda: isinstance(self.desktop.window.locked_view, UnlockView), "sign-in card")

    def unlock(self, user: str, seconds: float = 30.0) -> None:
        """Choose the person with Down and type the password."""
        view = self.desktop.window.locked_view
        if not isinstance(view, UnlockView):
            raise TourError("the window is not locked")
        hand = self.hand
        hand.go_to("unlock.password")
        for _ in self.desktop.here.people():
            if view.presenter.state.chosen == user:
                break
            hand.press(K.Key_Down)
        if view.presenter.state.chosen != user:
            raise TourError(f"{user} cannot be chosen")
        hand.write(PASSWORD)
        hand.press(K.Key_Return)
        hand.until(
            lambda: self.desktop.person is not None or bool(view.presenter.state.message), "answer to the password",
            seconds,
        )  # fmt: skip
        if self.desktop.person is None:
            raise TourError(view.presenter.state.message)
        self.quiet()

    def lock(self) -> None:
        if self.desktop.person is None:
            return
        self.hand.press(K.Key_L, modifiers=CTRL)
        self.hand.until(lambda: self.desktop.person is None, "lock")

    def sync(self) -> None:
        """F5, and the end of the run by what the window knows of it."""
        line = self.person.sync
        self.hand.until(lambda: not line.state.running, "end of the run before", SYNC_S)
        self.hand.press(K.Key_F5)
        self.hand.until(lambda: line.state.running, "start of the run")
        self.hand.until(lambda: not line.state.running, "end of the run", SYNC_S)
        if line.state.message:
            raise TourError(line.state.message)
        self.quiet()

    def go(self, screen: str) -> None:
        """To a place of the rail by its key."""
        self.hand.press(RAIL_KEYS[screen], modifiers=CTRL)
        self.hand.until(lambda: self.on(screen), f"screen {screen}")
        self.quiet()

    def palette(self, words: str, screen: str = "") -> None:
        """Ctrl+K, words, and the first hit; `screen` is where that leads."""
        self.hand.press(K.Key_K, modifiers=CTRL)
        self.hand.write(words)
        self.quiet()
        self.hand.press(K.Key_Return)
        if screen:
            self.hand.until(lambda: self.on(screen), f"screen {screen}")
        self.quiet()

    def further_place(self, screen: str) -> None:
        """Through the list of places of the admin screen."""
        self.palette("admin", "admin")
        self.hand.go_to("admin.links")
        self.hand.press(K.Key_Home)
        links = self.workspace.findChild(RowList, "admin.links")
        if not isinstance(links, RowList):
            raise TourError("the admin screen has no further places")
        for _ in links.rows():
            current = links.current()
            if current is not None and current.screen == screen:
                break
            self.hand.press(K.Key_Down)
        self.hand.press(K.Key_Return)
        self.hand.until(lambda: self.on(screen), f"screen {screen}")
        self.quiet()

    def quiet(self) -> None:
        """What was asked for in the background has arrived."""
        self.hand.until(lambda: not self.application.runner.busy(), "end of the work", 30)
