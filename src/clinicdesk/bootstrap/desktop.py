"""Builds the window and joins it with the workstation: the locked card, a person's screens, sync, and the lock."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

import clinicdesk
from clinicdesk.bootstrap.loading import Loading
from clinicdesk.bootstrap.opened_documents import OpenedDocuments
from clinicdesk.core.clock import Clock, SystemClock
from clinicdesk.core.paths import ProfilePaths, default_profile
from clinicdesk.gui.app import Application, arguments, build, speak
from clinicdesk.gui.screens.unlock.card import UnlockView
from clinicdesk.gui.shell.window import MainWindow
from clinicdesk.i18n import Language, language, plural, tr
from clinicdesk.presentation.unlock import Notice, QuickEntry, StaffTile, Standing
from clinicdesk.security.policy import load_policy
from clinicdesk.security.process_hardening import harden_process
from clinicdesk.security.sign_in_names import sign_in_names

if TYPE_CHECKING:
    from clinicdesk.bootstrap.person import PersonAtWork
    from clinicdesk.security.unlocked import Unlocked
    from clinicdesk.services.quick_unlocking import QuickUnlocking
    from clinicdesk.services.signing_in import Workstation
    from clinicdesk.settings import Settings

SITE_FILE = "site.json"
"""What the locked card says of where it stands; it names no person."""


class Desktop:
    """One run of the program: the window, and whoever is signed in."""

    def __init__(
        self,
        application: Application,
        profile: Path | None = None,
        managed_policy: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.application = application
        self.paths = default_profile() if profile is None else ProfilePaths(profile.absolute())
        self.clock = clock or SystemClock()
        self.person: PersonAtWork | None = None
        self.choices: Settings | None = None
        """What the person at work chose about looks on this workstation."""
        self._managed_policy = managed_policy
        self._policy = load_policy(managed_policy)
        self._loading = Loading()
        self._here: Workstation | None = None
        self._pins: QuickUnlocking | None = None
        self._due = (0, 0)
        self._last = ""
        self._looks = application.theme.look
        self._language = language()
        self._language_picked = False
        self._session_over = False
        self._repairing = False
        self._repaired: Notice | None = None
        self._held = self._take_lock()
        self.documents = OpenedDocuments(self.paths.opened)
        if self._held:
            self.documents.forget()
            self._finish_wipe()
        self.window = MainWindow(application.runner, self.clock, self._locked_view)
        application.app.aboutToQuit.connect(self.close)

    def show(self) -> None:
        # The services are loaded while the person types: nothing of them is needed for the first paint.
        self.window.first_painted.connect(self._warm)
        self.window.show()

    @property
    def here(self) -> Workstation:
        """The workstation; loading it takes longer than painting the card."""
        if self._here is None:
            from clinicdesk.bootstrap.workstation import workstation

            self._here = workstation(self.paths.root, self._managed_policy, self.clock)
        return self._here

    @property
    def pins(self) -> QuickUnlocking:
        """Who may come back by PIN in this run of the program."""
        if self._pins is None:
            from clinicdesk.services.quick_unlocking import QuickUnlocking

            self._pins = QuickUnlocking(self.here, self.clock)
        return self._pins

    # -- The locked card (presentation.unlock.SigningIn) ------------------------------------------------------

    def standing(self) -> Standing:
        site = _site(self.paths)
        people = tuple(StaffTile(name, name) for name in self._names())
        return Standing(
            site.get("school") or "ClinicDesk",
            site.get("district", ""),
            people,
            self._warnings(),
            due=self._due[0],
            late=self._due[1],
            version=clinicdesk.__version__,
            quick=tuple(QuickEntry(*entry) for entry in self._pins.live().items()) if self._pins else (),
            last=self._last,
        )

    def sign_in(self, user_name: str, password: str) -> object:
        """Off the window's thread: the keys, while the rest is still loading; then the database and the desk.

        The first time after joining there is nothing of the district here yet: it is fetched then.
        """
        self._loading.keys()
        unlocked = self._unlocked(user_name, password)
        self._loading.desk()
        from clinicdesk.services.signing_in import NotJoinedError

        try:
            return self.here.sign_in_with(unlocked)
        except NotJoinedError:
            from clinicdesk.bootstrap.first_run import fetch_first

            fetch_first(self.here, self.clock, user_name, password)
            return self.here.sign_in(user_name, password)

    def sign_in_by_pin(self, user_name: str, pin: str) -> object:
        """Off the window's thread, like `sign_in`."""
        return self.pins.sign_in(user_name, pin)

    def lock(self) -> None:
        """Empty the window, stop sync, close the database and drop the keys: within 300 ms (D31)."""
        person, self.person = self.person, None
        if person is None:
            return
        self._due = person.due_counts
        self.window.show_locked()
        self.documents.forget()
        person.close()
        self._undress()

    def end_session(self) -> None:
        """The session has lasted as long as one may: the desk locks, and the card says why (security-spec 2.2)."""
        self._session_over = True
        self.lock()

    def work_at(self, school_id: str) -> None:
        """The same person at another of her schools: the frame is built anew over the same open desk."""
        # After the event that chose it: the menu belongs to the frame that goes.
        QTimer.singleShot(0, self.window, lambda: self._work_at(school_id))

    def speak(self, chosen: str) -> None:
        """The same person in another language: the frame is built anew over the same open desk."""
        QTimer.singleShot(0, self.window, lambda: self._speak(Language(chosen)))

    def salvage(self, user_name: str, password: str) -> None:
        """Lock, and carry what can be read of a damaged database into a fresh one; the card says how it ended (s53)."""
        QTimer.singleShot(0, self.window, lambda: self._salvage(user_name, password))

    def wipe(self) -> None:
        """The district's order to a revoked workstation: lock, destroy what is here, and begin like a new one (s43).

        From any thread: it is carried out on the window's.
        """
        QTimer.singleShot(0, self.window, self._wipe)

    def close(self) -> None:
        self.lock()
        if self._pins is not None:
            self._pins.forget_all()
        self._lock.release()

    # -- What a person at work needs of Qt --------------------------------------------------------------------

    def every(self, milliseconds: int, call: Callable[[], None]) -> Callable[[], None]:
        """Call again and again on the window's thread; the answer stops it."""
        timer = QTimer(self.window)
        timer.setInterval(milliseconds)
        timer.timeout.connect(call)
        timer.start()
        return timer.stop

    def ask_path(self, proposed: str) -> str | None:
        """Where a document goes, given its proposed name; None if nowhere."""
        from PySide6.QtWidgets import QFileDialog

        chosen, _kind = QFileDialog.getSaveFileName(self.window, "", str(Path.home() / proposed))
        return chosen or None

    def _opened(self, desk: Any) -> None:
        from clinicdesk.bootstrap.person import PersonAtWork
        from clinicdesk.settings import Settings

        _write_site(self.paths, desk.school.name, desk.person.district_name)
        if self.choices is None:
            self.choices = Settings(self.paths.choices_of(desk.person.user_id))
            self._dress_for(self.choices)
        self._last = desk.unlocked.user_name
        self._session_over, self._repaired = False, None
        self.person = PersonAtWork(self, desk)
        self.person.begin(self.window.show_workspace(self.person.session()))

    def _dress_for(self, choices: Settings) -> None:
        """The person's own looks and language, before anything of the frame is built (ux-spec 6).

        A language that was picked on the card is the choice of whoever signs in with it.
        """
        from clinicdesk.gui.shell.appearance import look_of, wear
        from clinicdesk.settings import Source

        if self._language_picked:
            # Where the disk does not take it, it holds until the desk locks.
            with contextlib.suppress(OSError):
                choices.set("appearance.language", language().value)
        chosen = choices.value("appearance.language")
        speak(self._language if chosen.source is Source.DEFAULT else Language(str(chosen.value)))
        self._language_picked = False
        wear(look_of(choices, self._looks))

    def _undress(self) -> None:
        """The card wears the program's own looks; its language stays until somebody picks another one."""
        from clinicdesk.gui.shell.appearance import wear

        self.choices = None
        wear(self._looks)

    def _work_at(self, school_id: str) -> None:
        person = self.person
        if person is None:
            return
        desk = person.desk
        place = next((one for one in desk.person.schools if str(one.id) == school_id), None)
        if place is None or place.id == desk.school.id:
            return
        person.end()
        desk.work_at(place)
        self._opened(desk)

    def _speak(self, chosen: Language) -> None:
        person = self.person
        if person is None or chosen is language():
            return
        person.end()
        speak(chosen)
        self._opened(person.desk)

    def _salvage(self, user_name: str, password: str) -> None:
        from clinicdesk.bootstrap.repairing import not_salvaged_notice, salvaged_notice
        from clinicdesk.bootstrap.salvaging import salvage_profile

        self._repairing = True
        self.lock()
        self.application.runner.run(
            lambda: salvage_profile(self.here, user_name, password, self.clock),
            done=lambda found: self._on_repaired(salvaged_notice(found)),
            failed=lambda error: self._on_repaired(not_salvaged_notice(error)),
        )

    def _wipe(self) -> None:
        from clinicdesk.bootstrap.wiping import Wipe

        person = self.person
        if person is None:
            return
        wipe = Wipe.of(self.paths, person.desk.store, person.desk.unlocked)
        self._repairing = True
        self.lock()
        if self._pins is not None:
            self._pins.forget_all()
        self.application.runner.run(
            lambda: wipe.carry_out(self.here, self.clock),
            done=lambda _nothing: self._on_wiped(),
            failed=lambda _error: self._on_wiped(),
        )

    def _on_wiped(self) -> None:
        self._repairing = False
        self.window.renew_locked()

    def _on_repaired(self, notice: Notice) -> None:
        self._repairing, self._repaired = False, notice
        self.window.renew_locked()

    def _unlocked(self, user_name: str, password: str) -> Unlocked:
        from clinicdesk.security import slots
        from clinicdesk.security.keystore import open_secret_store

        policy = self._policy.policy
        store, parameters = open_secret_store(policy), policy.kdf_parameters()
        return slots.unlock(self.paths, user_name, password, store, self.clock, parameters=parameters)

    def _locked_view(self) -> QWidget:
        if not self.paths.slots.exists() and self._held:
            return self._first_run()
        if self._repairing:
            from clinicdesk.gui.screens.sync.under_repair import UnderRepair

            return UnderRepair()
        view = UnlockView(self, self.application.runner, self.clock, self._opened, second_instance=not self._held)
        view.language_picked.connect(self._on_language)
        return view

    def _on_language(self, chosen: str) -> None:
        self._language_picked = True
        speak(Language(chosen))
        self.window.renew_locked()

    def _first_run(self) -> QWidget:
        from clinicdesk.bootstrap.first_run import JoiningHere
        from clinicdesk.gui.screens.unlock.first_run import FirstRunView

        view = FirstRunView(JoiningHere(self.here, self.clock), self.application.runner)
        view.finished.connect(self._on_joined)
        return view

    def _on_joined(self) -> None:
        self.window.renew_locked()

    def _names(self) -> tuple[str, ...]:
        """Read here, not through the workstation: that would load every service before the first paint."""
        return () if self._policy.policy.hide_user_names else sign_in_names(self.paths)

    def _warnings(self) -> tuple[Notice, ...]:
        policy = self._policy
        found: list[Notice] = [] if self._repaired is None else [self._repaired]
        if self._session_over:
            hours = policy.policy.session_hours
            cause = plural("The session ended after {count} hour.", "The session ended after {count} hours.", hours)
            found.append(Notice("session_over", cause, tr("Sign in again by password. What was typed is kept.")))
        if policy.stand_in:
            found.append(
                Notice("stand_in", tr("A stand-in policy is in force."), tr("For demonstrations and tests only."))
            )
        if policy.policy.allow_file_secret:
            cause = tr("This machine has no keystore: its keys are protected less well.")
            found.append(Notice("weaker", cause, tr("Ask IT to set up a keystore."), serious=True))
        for problem in policy.problems:
            words = tr("The policy file has a mistake ({problem}); the safe setting holds.", problem=problem.problem)
            found.append(Notice(f"policy.{problem.problem}", words, tr("Tell IT.")))
        return tuple(found)

    def _finish_wipe(self) -> None:
        """A wipe that was cut goes on before anybody can sign in."""
        if self.paths.wipe_mark.exists():
            from clinicdesk.bootstrap.wiping import finish_wipe

            finish_wipe(self.here)

    def _take_lock(self) -> bool:
        from clinicdesk.storage.profile_lock import ProfileLock

        self._lock = ProfileLock(self.paths.lock)
        return self._lock.take()

    def _warm(self) -> None:
        self.application.runner.run(self._loading.all, key="warm")


def main(profile: Path | None = None, managed_policy: Path | None = None) -> int:
    """Run the desktop application until its window is closed."""
    harden_process()
    application = build(arguments(), _report)
    desktop = Desktop(application, profile, managed_policy)
    desktop.show()
    return application.app.exec()


def show_once() -> bool:
    """Paint the window once and close it: whether this machine can show it."""
    import tempfile

    application = build(arguments(), _report)
    with tempfile.TemporaryDirectory() as folder:
        window = Desktop(application, Path(folder)).window
        window.show()
        application.app.processEvents()
        painted = not window.grab().isNull()
        window.close()
    return painted


def _report(error: BaseException, support_code: str) -> None:
    """Errors nobody took: their kind and code alone, for names may stand in the message."""
    sys.stderr.write(f"clinicdesk: {type(error).__name__} [{support_code}]\n")


def _site(paths: ProfilePaths) -> dict[str, str]:
    try:
        found = json.loads((paths.root / SITE_FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write_site(paths: ProfilePaths, school: str, district: str) -> None:
    from clinicdesk.security.private_files import replace_private

    replace_private(paths.root / SITE_FILE, json.dumps({"school": school, "district": district}).encode())
