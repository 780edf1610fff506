"""The locked state without Qt: who signs in, the wait after wrong tries, warnings; and the steps of first run."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import ClinicDeskError
from clinicdesk.i18n import plural, sentence, tr
from clinicdesk.presentation.runner import Runner

LEAST_PASSWORD = 15
CODE_REFUSED = frozenset({"enrolment_invite_refused", "wrong_invite_code", "invalid_invite"})


@dataclass(frozen=True, slots=True)
class StaffTile:
    """A person who can sign in here. `user_name` is what the service takes; the role is shown below the name."""

    user_name: str
    name: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class QuickEntry:
    """Somebody who may come back by PIN, and until when (security-spec 2.2)."""

    user_name: str
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """A permanent notice of the locked card: weaker key protection (T21), a stand-in policy (D31)."""

    key: str
    cause: str
    remedy: str
    serious: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What may be shown while locked: no personal data beyond the names policy allows, counts only.

    `last` is the sign-in name of who was here last in this run of the program: chosen to begin with.
    """

    site: str
    place: str = ""
    people: tuple[StaffTile, ...] = ()
    warnings: tuple[Notice, ...] = ()
    due: int = 0
    late: int = 0
    sync_words: str = ""
    lease_words: str = ""
    drafts: int = 0
    version: str = ""
    quick: tuple[QuickEntry, ...] = ()
    last: str = ""


class SigningIn(Protocol):
    """The way in. `sign_in` derives the key and takes its time; it runs off the window's thread.

    It raises an error whose `code` is `wrong_password` or `slot_locked` (with `retry_after_s`), alike for users who
    exist and who do not; `sign_in_by_pin` one with `wrong_pin` or `pin_gone`; other errors have their own sentences.
    """

    def standing(self) -> Standing: ...

    def sign_in(self, user_name: str, password: str) -> object: ...

    def sign_in_by_pin(self, user_name: str, pin: str) -> object: ...


@dataclass(frozen=True, slots=True)
class UnlockState:
    """What the locked card shows."""

    standing: Standing
    chosen: str = ""
    typed_name: bool = False
    use_password: bool = False
    busy: bool = False
    message: str = ""
    wait_s: int = 0
    second_instance: bool = False

    @property
    def quick(self) -> QuickEntry | None:
        """The chosen person's way back by PIN, unless the password is preferred."""
        if self.typed_name or self.use_password:
            return None
        return next((entry for entry in self.standing.quick if entry.user_name == self.chosen), None)

    @property
    def can_try(self) -> bool:
        return not self.busy and self.wait_s == 0 and not self.second_instance

    @property
    def wait_words(self) -> str:
        return plural("Try again in {count} second", "Try again in {count} seconds", self.wait_s)

    @property
    def due_words(self) -> str:
        return plural("{count} dose is due now", "{count} doses are due now", self.standing.due)


class UnlockPresenter:
    """Decides what the card shows. `changed` draws a state, `opened` gets the desk, on the caller's thread."""

    def __init__(
        self,
        service: SigningIn,
        runner: Runner,
        clock: Clock,
        changed: Callable[[UnlockState], None],
        opened: Callable[[object], None],
        *,
        second_instance: bool = False,
    ) -> None:
        self._service = service
        self._runner = runner
        self._clock = clock
        self._changed = changed
        self._opened = opened
        self._waits_until = 0.0
        standing = service.standing()
        self._state = UnlockState(
            standing, _first_choice(standing), not standing.people, second_instance=second_instance
        )

    @property
    def state(self) -> UnlockState:
        return self._state

    def choose(self, user_name: str) -> None:
        if user_name != self._state.chosen:
            # One person's wait is not another's; the keys themselves refuse who comes too early.
            self._waits_until = 0.0
            self._show(wait_s=0)
        self._show(chosen=user_name, typed_name=False, use_password=False, message="")

    def choose_typed(self, typed: str) -> str:
        """The first person whose name begins as typed is chosen; the user name, empty where nobody is called so."""
        found = tiles_for(self._state.standing.people, typed)
        if not typed.strip() or not found:
            return ""
        self.choose(found[0].user_name)
        return found[0].user_name

    def prefer_password(self) -> None:
        """The password instead of the PIN."""
        self._show(use_password=True, message="")

    def choose_other(self) -> None:
        """Someone whose tile is not shown types the name."""
        self._show(chosen="", typed_name=True, message="")

    def refresh(self) -> None:
        self._show(standing=self._service.standing())

    def submit(self, user_name: str, password: str) -> None:
        """Try to sign in. An empty name or password is asked for here; it is no wrong try."""
        if not self._state.can_try:
            return
        if not user_name.strip() or not password:
            self._show(message=tr("Type your name and your password."))
            return
        self._try(lambda: self._service.sign_in(user_name.strip(), password))

    def submit_pin(self, pin: str) -> None:
        """Come back by PIN; an empty one is asked for and no wrong try."""
        chosen = self._state.chosen
        if not self._state.can_try or self._state.quick is None:
            return
        if not pin:
            self._show(message=tr("Type your PIN."))
            return
        self._try(lambda: self._service.sign_in_by_pin(chosen, pin))

    def tick(self) -> None:
        """Once a second while a wait runs."""
        left = max(0, math.ceil(self._waits_until - self._clock.monotonic()))
        if left != self._state.wait_s:
            self._show(wait_s=left, message=self._state.message if left else "")

    def _try(self, work: Callable[[], object]) -> None:
        self._show(busy=True, message="")
        self._runner.run(work, done=self._on_opened, failed=self._on_failed, key="unlock")

    def _on_opened(self, desk: object) -> None:
        self._show(busy=False, message="", wait_s=0)
        self._opened(desk)

    def _on_failed(self, error: Exception) -> None:
        code = error.code if isinstance(error, ClinicDeskError) else ""
        params = error.params if isinstance(error, ClinicDeskError) else {}
        wait = params.get("retry_after_s")
        if isinstance(wait, int | float) and wait > 0:
            self._waits_until = self._clock.monotonic() + wait
            self._show(busy=False, message=sentence(error), wait_s=math.ceil(wait))
            return
        if code == "wrong_pin":
            left = int(params.get("left") or 0)
            words = plural("{count} try left, then the password is asked.", "{count} tries left.", left)
            self._show(busy=False, message=f"{sentence(error)} {words}")
            return
        if code == "pin_gone":
            self._show(busy=False, message=sentence(error), use_password=True, standing=self._service.standing())
            return
        self._show(busy=False, message=sentence(error))

    def _show(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # names and types are the state's own
        self._changed(self._state)


def _first_choice(standing: Standing) -> str:
    names = [person.user_name for person in standing.people]
    if standing.last in names:
        return standing.last
    return names[0] if names else ""


class Step(StrEnum):
    """The pages of first run, in order (ux-spec 7.1; D24)."""

    INVITE = "invite"
    CODE = "code"
    PERSON = "person"
    NUMBER = "number"
    KIT = "kit"
    RETYPE = "retype"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class InviteSeen:
    """What an invite says before its code is used."""

    host: str
    has_code: bool = False


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The district took the code, and the first person's keys are made.

    The number is compared on both screens; the first device of a district needs no approval. `recovery` is the
    recovery code of this workstation, shown once.
    """

    number: str
    needs_approval: bool
    recovery: str


class Joining(Protocol):
    """Joins this workstation to a district. All but `read_invite` are slow and run off the window's thread.

    Raises errors with codes `invalid_invite`, `wrong_invite_code`, `sync_unreachable`, `tls_refused` ...
    """

    def read_invite(self, text: str) -> InviteSeen: ...

    def enrol(self, invite: str, code: str, user_name: str, password: str) -> Enrolled:
        """Make the first person's keys and prove the code (empty where the invite has it); all or nothing."""

    def approved(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class FirstRunState:
    """What the page shows."""

    step: Step = Step.INVITE
    invite: str = ""
    code: str = ""
    host: str = ""
    number: str = ""
    needs_approval: bool = False
    approved: bool = False
    recovery: tuple[str, ...] = ()
    asked: tuple[int, int] = (0, 0)
    busy: bool = False
    message: str = ""
    field: str = ""

    @property
    def number_groups(self) -> str:
        """Twelve digits in groups of four, as people read them aloud."""
        return " ".join(self.number[at : at + 4] for at in range(0, len(self.number), 4))


class FirstRunPresenter:
    """Leads through joining; each page has at most four fields, and Back loses nothing."""

    def __init__(
        self,
        service: Joining,
        runner: Runner,
        changed: Callable[[FirstRunState], None],
        finished: Callable[[], None],
        ask_two: Callable[[int], tuple[int, int]],
    ) -> None:
        self._service = service
        self._runner = runner
        self._changed = changed
        self._finished = finished
        self._ask_two = ask_two
        self._state = FirstRunState()

    @property
    def state(self) -> FirstRunState:
        return self._state

    def take_invite(self, text: str) -> None:
        """A pasted or read invite."""
        try:
            seen = self._service.read_invite(text)
        except ClinicDeskError as error:
            self._show(message=sentence(error), field="invite")
            return
        step = Step.PERSON if seen.has_code else Step.CODE
        self._show(step=step, invite=text, code="", host=seen.host, message="", field="")

    def take_code(self, code: str) -> None:
        """The code that came by another way; it is proved together with the first person's keys."""
        if not code:
            self._show(message=tr("Type the code of the invite."), field="code")
            return
        self._show(step=Step.PERSON, code=code, message="", field="")

    def check_approval(self) -> None:
        """Ask the district again whether an administrator has approved."""
        if self._state.needs_approval and not self._state.approved:
            self._work(self._service.approved, self._on_approved, "number")

    def number_agrees(self) -> None:
        """The person compared the numbers; an unapproved workstation may set up its first person and wait."""
        self._show(step=Step.KIT, message="", field="")

    def make_person(self, user_name: str, password: str, again: str) -> None:
        name = user_name.strip()
        if not name:
            self._show(message=tr("Type the name you sign in with."), field="name")
        elif len(password) < LEAST_PASSWORD:
            self._show(
                message=tr("At least {count} characters; a sentence works well.", count=LEAST_PASSWORD),
                field="password",
            )
        elif password != again:
            self._show(message=tr("The two passwords differ."), field="again")
        else:
            invite, code = self._state.invite, self._state.code
            self._work(lambda: self._service.enrol(invite, code, name, password), self._on_enrolled, "password")

    def kit_kept(self) -> None:
        """The person printed or wrote down the recovery code."""
        self._show(step=Step.RETYPE, asked=self._ask_two(len(self._state.recovery)), message="", field="")

    def retype(self, first: str, second: str) -> None:
        wanted = [self._state.recovery[at] for at in self._state.asked]
        typed = [text.strip().upper() for text in (first, second)]
        if typed == wanted:
            self._show(step=Step.DONE, recovery=(), message="", field="")
        else:
            place = "first" if typed[0] != wanted[0] else "second"
            self._show(message=tr("That is not what the kit says. Look again, or go back to it."), field=place)

    def back(self) -> None:
        before_person = Step.CODE if self._state.code else Step.INVITE
        earlier = {Step.CODE: Step.INVITE, Step.PERSON: before_person, Step.RETYPE: Step.KIT}
        if self._state.step in earlier and not self._state.busy:
            self._show(step=earlier[self._state.step], message="", field="")

    def finish(self) -> None:
        self._finished()

    def _work(self, work: Callable[[], object], done: Callable[[object], None], field: str) -> None:
        if self._state.busy:
            return
        self._show(busy=True, message="", field=field)
        self._runner.run(work, done=done, failed=self._on_failed, key="first-run")

    def _on_enrolled(self, enrolled: object) -> None:
        assert isinstance(enrolled, Enrolled)
        self._show(
            step=Step.NUMBER,
            number=enrolled.number,
            needs_approval=enrolled.needs_approval,
            approved=not enrolled.needs_approval,
            recovery=tuple(enrolled.recovery.replace("-", " ").split()),
            code="",
            busy=False,
            message="",
            field="",
        )

    def _on_approved(self, approved: object) -> None:
        words = "" if approved else tr("Not approved yet. An administrator compares the number and approves it.")
        self._show(approved=bool(approved), busy=False, message=words)

    def _on_failed(self, error: Exception) -> None:
        about_code = isinstance(error, ClinicDeskError) and error.code in CODE_REFUSED
        if about_code and self._state.code:
            self._show(step=Step.CODE, busy=False, message=sentence(error), field="code")
        else:
            self._show(busy=False, message=sentence(error))

    def _show(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # names and types are the state's own
        self._changed(self._state)


def tiles_for(people: Sequence[StaffTile], typed: str) -> tuple[StaffTile, ...]:
    """Tiles whose name has a word that begins with what was typed."""
    wanted = typed.casefold().strip()
    return tuple(
        tile for tile in people if not wanted or any(word.startswith(wanted) for word in tile.name.casefold().split())
    )
