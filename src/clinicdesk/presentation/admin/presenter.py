"""Decides what the admin screen shows: people admitted here, workstations of the district, and what may be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from clinicdesk.core.errors import ClinicDeskError, InvalidValueError
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import sentence, tr
from clinicdesk.presentation.admin.devices import DeviceOffice, Devices, KnownDevice, WaitingDevice
from clinicdesk.presentation.admin.words import (
    REVOKED,
    moment_words,
    password_words,
    role_words,
    schools_words,
    state_words,
)
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.admission import Account
from clinicdesk.services.desk import SchoolPlace

LEAST_PASSWORD = 15
LEAST_PASSWORD_WITH_FILE_SECRET = 20
"""T21: where the device secret lies in a file."""
WHOLE_DISTRICT = "all"


class Admitting(Protocol):
    """`services.admission.Admission` as the screen uses it."""

    def accounts(self) -> tuple[Account, ...]: ...

    def admit(self, sign_in: str, password: str) -> Account: ...


@dataclass(frozen=True, slots=True)
class PlaceLink:
    """Another screen of the administration."""

    screen: str
    title: str
    plain: str
    icon: str


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One account of the district."""

    sign_in: str
    name: str
    role: str
    admitted: bool


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One workstation that asks in; `chosen` are the schools its invite named."""

    id: str
    name: str
    platform: str
    user_name: str
    number: str
    asked: str
    schools: str
    chosen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownLine:
    """One workstation of the district."""

    id: str
    name: str
    state: str
    shut_out: bool
    last_seen: str
    schools: str
    own: bool


Problems = dict[str, str]


@dataclass(frozen=True, slots=True)
class AdminState:
    """What the screen shows. `problems` are those of the open sheet, by field."""

    links: tuple[PlaceLink, ...] = ()
    shows_people: bool = False
    shows_devices: bool = False
    people: tuple[PersonLine, ...] = ()
    people_loading: bool = False
    people_failure: str = ""
    waiting: tuple[WaitingLine, ...] = ()
    known: tuple[KnownLine, ...] = ()
    devices_loading: bool = False
    devices_failure: str = ""
    admitting: PersonLine | None = None
    deciding: WaitingLine | None = None
    busy: str = ""
    failure: str = ""
    problems: Problems = field(default_factory=dict)


class AdminPresenter:
    """`changed` draws a state, `said` shows a passing word. Every call of a service goes through the runner."""

    def __init__(
        self,
        admission: Admitting,
        office: DeviceOffice,
        runner: Runner,
        *,
        allowed: Callable[[Act], bool],
        schools: Sequence[SchoolPlace],
        local: Callable[[dt.datetime], dt.datetime],
        least_password: int,
        changed: Callable[[AdminState], None],
        said: Callable[[str], None],
    ) -> None:
        self._admission = admission
        self._office = office
        self._runner = runner
        self._local = local
        self._least = least_password
        self._changed = changed
        self._said = said
        self._names = {str(school.id): school.name for school in schools}
        self._state = AdminState(
            links=_links(allowed),
            shows_people=allowed(Act.ADMIT_USER),
            shows_devices=allowed(Act.VIEW_DEVICES),
        )

    @property
    def state(self) -> AdminState:
        return self._state

    @property
    def least_password(self) -> int:
        return self._least

    @property
    def school_choices(self) -> tuple[tuple[str, str], ...]:
        """Keys and names for the schools of a workstation; the whole district comes first."""
        return ((WHOLE_DISTRICT, tr("All schools")), *self._names.items())

    def open(self) -> None:
        self.read_people()
        self.read_devices()

    def read_people(self) -> None:
        if self._state.shows_people:
            self._show(people_loading=True, people_failure="")
            self._runner.run(
                self._admission.accounts, done=self._on_people, failed=self._on_people_failed, key="admin.people"
            )

    def read_devices(self) -> None:
        """Ask the district; out of reach, what was read before stays in sight."""
        if self._state.shows_devices:
            self._show(devices_loading=True, devices_failure="")
            self._runner.run(
                self._office.devices, done=self._on_devices, failed=self._on_devices_failed, key="admin.devices"
            )

    # -- a person --------------------------------------------------------------------------------------------------

    def begin_admitting(self, line: PersonLine) -> bool:
        """Whether the sheet for this person may open; somebody admitted already needs none."""
        if self._state.busy:
            return False
        if line.admitted:
            self._said(tr("{name} signs in here already.", name=line.name))
            return False
        self._show(admitting=line, deciding=None, problems={})
        return True

    def admit(self, password: str, again: str) -> None:
        """The person has typed the own password twice."""
        person = self._state.admitting
        if person is None or self._state.busy:
            return
        if len(password) < self._least:
            words = tr("Use at least {count} characters; a sentence works well.", count=self._least)
            self._show(problems={"password": words})
            return
        if password != again:
            self._show(problems={"again": tr("The two passwords differ.")})
            return
        self._show(busy=tr("Making the keys of {name}", name=person.name), problems={}, failure="")
        self._runner.run(
            lambda: self._admission.admit(person.sign_in, password),
            done=self._on_admitted,
            failed=self._on_act_failed,
        )

    # -- a workstation ---------------------------------------------------------------------------------------------

    def begin_deciding(self, line: WaitingLine) -> bool:
        """Whether the sheet for this workstation may open: one act at a time."""
        if self._state.busy:
            return False
        self._show(deciding=line, admitting=None, problems={})
        return True

    def approve(self, schools: Sequence[str], *, compared: bool) -> None:
        """Let the workstation in for these schools (or `WHOLE_DISTRICT`), once the numbers were compared (D24)."""
        device = self._state.deciding
        if device is None or self._state.busy:
            return
        problems: Problems = {}
        if not compared:
            problems["compared"] = tr("Compare the number with the other screen first.")
        if not schools:
            problems["schools"] = tr("Choose at least one school.")
        if problems:
            self._show(problems=problems)
            return
        everything = WHOLE_DISTRICT in schools
        chosen = [] if everything else list(schools)
        self._decide(
            lambda: self._office.approve(device.id, chosen, everything),
            tr("Letting {name} in", name=device.name),
            tr("{name} is in. It starts with its next contact.", name=device.name),
        )

    def refuse(self) -> None:
        device = self._state.deciding
        if device is not None and not self._state.busy:
            self._decide(
                lambda: self._office.refuse(device.id),
                tr("Turning {name} away", name=device.name),
                tr("{name} was turned away.", name=device.name),
            )

    def revoke(self, line: KnownLine) -> None:
        """Shut a workstation out; the screen has asked before."""
        if not self.revoke_reason(line) and not self._state.busy:
            self._decide(
                lambda: self._office.revoke(line.id),
                tr("Shutting {name} out", name=line.name),
                tr("{name} is shut out from its next contact on.", name=line.name),
            )

    def revoke_reason(self, line: KnownLine | None) -> str:
        """Why a workstation cannot be shut out; empty when it can."""
        if line is None:
            return tr("Choose a workstation.")
        if line.shut_out:
            return tr("It is shut out already.")
        return tr("This is the workstation you work at. Use another one.") if line.own else ""

    def close_sheet(self) -> None:
        """The sheet has gone; what runs goes on."""
        if self._state.admitting is not None or self._state.deciding is not None:
            self._show(admitting=None, deciding=None, problems={})

    # -- answers ---------------------------------------------------------------------------------------------------

    def _decide(self, work: Callable[[], object], busy: str, words: str) -> None:
        def on_done(_answer: object) -> None:
            self._show(busy="", deciding=None)
            self._said(words)
            self.read_devices()

        self._show(busy=busy, problems={}, failure="")
        self._runner.run(work, done=on_done, failed=self._on_act_failed)

    def _on_people(self, accounts: tuple[Account, ...]) -> None:
        lines = tuple(PersonLine(one.sign_in, one.name, role_words(one.role), one.admitted) for one in accounts)
        self._show(people=lines, people_loading=False)

    def _on_people_failed(self, error: Exception) -> None:
        self._show(people_loading=False, people_failure=_words(error))

    def _on_devices(self, devices: Devices) -> None:
        self._show(
            devices_loading=False,
            waiting=tuple(self._waiting(one) for one in devices.waiting),
            known=tuple(self._known(one) for one in devices.known),
        )

    def _on_devices_failed(self, error: Exception) -> None:
        self._show(devices_loading=False, devices_failure=_words(error))

    def _on_admitted(self, account: Account) -> None:
        self._show(busy="", admitting=None, problems={})
        self._said(tr("{name} signs in here as {sign_in}.", name=account.name, sign_in=account.sign_in))
        self.read_people()

    def _on_act_failed(self, error: Exception) -> None:
        words = _words(error)
        in_sheet = self._state.admitting is not None or self._state.deciding is not None
        if isinstance(error, InvalidValueError) and error.field == "password":
            self._show(busy="", problems={"password": password_words(error)})
        elif in_sheet:
            self._show(busy="", problems={"act": words})
        else:
            self._show(busy="", failure=words)

    def _waiting(self, one: WaitingDevice) -> WaitingLine:
        chosen = (WHOLE_DISTRICT,) if one.everything else tuple(key for key in one.schools if key in self._names)
        return WaitingLine(
            one.id,
            one.name,
            one.platform,
            one.user_name,
            one.number,
            moment_words(one.asked_at, self._local),
            schools_words(one.schools, self._names, everything=one.everything),
            chosen,
        )

    def _known(self, one: KnownDevice) -> KnownLine:
        return KnownLine(
            one.id,
            one.name,
            state_words(one.state),
            one.state == REVOKED,
            moment_words(one.last_seen_at, self._local),
            schools_words(one.schools, self._names, everything=one.everything),
            one.own,
        )

    def _show(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # fields of the state, by name
        self._changed(self._state)


def _links(allowed: Callable[[Act], bool]) -> tuple[PlaceLink, ...]:
    roster = PlaceLink(
        "admin.roster", tr("Roster import"), tr("Bring in students and staff from the student system"), "upload"
    )
    calendar = PlaceLink(
        "admin.calendar", tr("School calendar"), tr("School years, closures and early dismissals"), "calendar"
    )
    found = ((Act.IMPORT_ROSTER, roster), (Act.VIEW_CALENDAR, calendar))
    return tuple(link for act, link in found if allowed(act))


def _words(error: Exception) -> str:
    """The sentence of an error of ours; a mistake of the program goes on to the last resort."""
    if not isinstance(error, ClinicDeskError):
        raise error
    return sentence(error)
