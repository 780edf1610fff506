"""Joining anew under another identity, and salvage of a damaged database: an administrator's own acts (s15, s53)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from clinicdesk.i18n import sentence, tr
from clinicdesk.presentation.runner import Runner
from clinicdesk.presentation.sync_now import SyncNow


@dataclass(frozen=True, slots=True)
class AskedIn:
    """The answer of the district: let in at once, or to be approved by the number that both screens show."""

    number: str
    let_in: bool


class Repairs(Protocol):
    """What `bootstrap` does for the person at work."""

    @property
    def may(self) -> bool: ...

    def join_anew(self, invite: str, code: str) -> AskedIn: ...

    def let_in(self) -> bool: ...

    def confirm(self, password: str) -> None: ...

    def salvage(self, password: str) -> None:
        """Lock the desk and begin; the locked card says how it ends."""


@dataclass(frozen=True, slots=True)
class RepairState:
    """What a sheet draws. `problems` by field, "act" for all of it; `number` once the district has answered."""

    busy: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    number: str = ""
    done: str = ""


class RepairPart:
    """Checks what was typed, does it off the window's thread, and says how it went."""

    def __init__(self, repairs: Repairs, sync: SyncNow, runner: Runner) -> None:
        self._repairs = repairs
        self._sync = sync
        self._runner = runner
        self._state = RepairState()
        self.on_change: Callable[[RepairState], None] = lambda _state: None
        self.on_asked_in: Callable[[], None] = lambda: None

    @property
    def may(self) -> bool:
        return self._repairs.may

    @property
    def state(self) -> RepairState:
        return self._state

    def why_not(self) -> str:
        """Why this person does not do it; empty where she may."""
        return "" if self.may else tr("This is for an administrator of the district.")

    def begin(self) -> None:
        """A sheet is opened: nothing was said yet."""
        self._state = RepairState()

    def join_anew(self, invite: str, code: str, typed: str) -> None:
        problems = {}
        if not invite.strip():
            problems["invite"] = tr("Needed here.")
        if not _agrees(typed, join_word()):
            problems["typed"] = tr("Type {word} to go on.", word=join_word())
        if self._barred(problems):
            return
        self._show(busy=tr("Asking the district …"))
        self._runner.run(
            lambda: self._repairs.join_anew(invite.strip(), code.strip()),
            done=self._on_asked,
            failed=self._on_failed,
        )

    def ask_again(self) -> None:
        """Whether an administrator has let this workstation in; then it syncs."""
        if self._state.busy:
            return
        self._show(busy=tr("Asking the district …"), problems={})
        self._runner.run(self._repairs.let_in, done=self._on_let_in, failed=self._on_failed)

    def salvage(self, password: str, typed: str) -> None:
        problems = {}
        if not password:
            problems["password"] = tr("Needed here.")
        if not _agrees(typed, salvage_word()):
            problems["typed"] = tr("Type {word} to go on.", word=salvage_word())
        if self._barred(problems):
            return
        self._show(busy=tr("Checking the password …"))
        self._runner.run(
            lambda: self._repairs.confirm(password),
            done=lambda _nothing: self._repairs.salvage(password),
            failed=self._on_failed,
        )

    # --- parts --------------------------------------------------------------------------------------------------

    def _barred(self, problems: Mapping[str, str]) -> bool:
        """Say what is missing; nothing is begun twice."""
        if self._state.busy:
            return True
        barred = {"act": self.why_not()} if not self.may else problems
        self._show(problems=barred)
        return bool(barred)

    def _on_asked(self, asked: AskedIn) -> None:
        self.on_asked_in()
        if asked.let_in:
            self._on_let_in(True)
            return
        words = tr("Approve it on another workstation: Admin, workstations that ask in. Both show this number.")
        self._show(busy="", number=asked.number, done=words)

    def _on_let_in(self, let_in: bool) -> None:
        if not let_in:
            self._show(busy="", problems={"act": tr("Nobody has approved it yet. What is entered here is kept.")})
            return
        self._show(busy="", number="", done=tr("This workstation is let in. Everything that waited here is sent now."))
        self.on_asked_in()
        self._sync.now()

    def _on_failed(self, error: Exception) -> None:
        self._show(busy="", problems={"act": sentence(error)})

    def _show(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # names and types are the state's own
        self.on_change(self._state)


def join_word() -> str:
    """What is typed before another identity is taken: it cannot be undone."""
    return tr("JOIN")


def salvage_word() -> str:
    """What is typed before the database is replaced: it cannot be undone."""
    return tr("REPAIR")


def _agrees(typed: str, word: str) -> bool:
    return typed.strip().casefold() == word.casefold()
