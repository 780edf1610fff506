"""What the admin screen says and does, without a window."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pytest

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.permissions import Act
from clinicdesk.presentation.admin.devices import Devices, KnownDevice, WaitingDevice
from clinicdesk.presentation.admin.presenter import WHOLE_DISTRICT, AdminPresenter, AdminState
from clinicdesk.presentation.runner import ImmediateRunner
from clinicdesk.services.admission import Account
from clinicdesk.services.desk import SchoolPlace
from clinicdesk.sync.errors import UnreachableError

ZONE = ZoneInfo("America/New_York")
CEDAR, MILL = (SchoolPlace(uuid.UUID(int=at), name, ZONE) for at, name in ((1, "Cedar Ridge"), (2, "Old Mill")))
GOOD = "velvet harbor under nine clouds"
SEEN = dt.datetime(2026, 10, 6, 14, 5, tzinfo=dt.UTC)


@dataclass
class People:
    """Two accounts; the first signs in here. `problem` refuses the next password."""

    problem: InvalidValueError | None = None
    admitted: list[tuple[str, str]] = field(default_factory=list)

    def accounts(self) -> tuple[Account, ...]:
        here = {name for name, _ in self.admitted} | {"lindgren"}
        return tuple(
            Account(user_id=uuid.UUID(int=9), sign_in=name, name=words, role=role, admitted=name in here)
            for name, words, role in (
                ("lindgren", "Ada Lindgren", "DISTRICT_ADMIN"),
                ("okafor", "Nneka Okafor", "NURSE"),
            )
        )

    def admit(self, sign_in: str, password: str) -> Account:
        if self.problem is not None:
            raise self.problem
        self.admitted.append((sign_in, password))
        return next(one for one in self.accounts() if one.sign_in == sign_in)


@dataclass
class District:
    """One waits, one is known and one is this desk; `away` is out of reach."""

    away: bool = False
    done: list[tuple[str, tuple[str, ...], bool]] = field(default_factory=list)

    def devices(self) -> Devices:
        self._reach()
        waiting = WaitingDevice(
            id="dev-1", name="OLDMILL-2", platform="Windows", user_name="iturbide", asked_at=SEEN,
            number="4821 0937 5566", schools=(str(MILL.id), str(uuid.UUID(int=77))), everything=False,
        )  # fmt: skip
        own = KnownDevice(
            id="dev-2", name="CEDAR-1", state="ACTIVE", last_seen_at=SEEN, schools=(), everything=True, own=True
        )
        other = KnownDevice(
            id="dev-3", name="CEDAR-2", state="ACTIVE", last_seen_at=None, schools=(), everything=False, own=False
        )
        return Devices((waiting,), (own, other))

    def approve(self, device: str, schools: Sequence[str], everything: bool) -> object:
        return self._did(f"approve {device}", tuple(schools), everything)

    def refuse(self, device: str) -> object:
        return self._did(f"refuse {device}", (), False)

    def revoke(self, device: str) -> object:
        return self._did(f"revoke {device}", (), False)

    def _did(self, what: str, schools: tuple[str, ...], everything: bool) -> object:
        self._reach()
        self.done.append((what, schools, everything))
        return None

    def _reach(self) -> None:
        if self.away:
            raise UnreachableError()


@dataclass
class Office:
    """A presenter and what it showed and said."""

    people: People = field(default_factory=People)
    district: District = field(default_factory=District)
    denied: frozenset[Act] = frozenset()
    least: int = 15
    states: list[AdminState] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def open(self) -> AdminPresenter:
        made = AdminPresenter(
            self.people,
            self.district,
            ImmediateRunner(),
            allowed=lambda act: act not in self.denied,
            schools=(CEDAR, MILL),
            local=lambda moment: moment.astimezone(ZONE),
            least_password=self.least,
            changed=self.states.append,
            said=self.said.append,
        )
        made.open()
        return made


def test_people_and_workstations_are_said_in_words() -> None:
    state = Office().open().state
    assert [(one.name, one.role, one.admitted) for one in state.people] == [
        ("Ada Lindgren", "District administrator", True),
        ("Nneka Okafor", "School nurse", False),
    ]
    (waiting,) = state.waiting
    assert (waiting.number, waiting.asked, waiting.schools) == (
        "4821 0937 5566",
        "Oct 6, 10:05",
        "Old Mill, 1 other school",
    )
    assert waiting.chosen == (str(MILL.id),)
    assert [(one.state, one.last_seen, one.schools) for one in state.known] == [
        ("In use", "Oct 6, 10:05", "All schools"),
        ("In use", "–", "No school"),
    ]


def test_d33_a_person_is_admitted_with_the_password_typed_twice() -> None:
    office = Office()
    presenter = office.open()
    assert presenter.begin_admitting(presenter.state.people[1])
    presenter.admit(GOOD, GOOD)
    assert office.people.admitted == [("okafor", GOOD)]
    assert presenter.state.admitting is None
    assert all(one.admitted for one in presenter.state.people)
    assert office.said == ["Nneka Okafor signs in here as okafor."]
    assert GOOD not in repr(office.states)


@pytest.mark.parametrize(
    ("least", "password", "again", "problems"),
    [
        (15, "short", "short", {"password": "Use at least 15 characters; a sentence works well."}),
        (20, "seven hills now", "seven hills now", {"password": "Use at least 20 characters; a sentence works well."}),
        (15, GOOD, GOOD + "!", {"again": "The two passwords differ."}),
    ],
)
def test_t21_a_password_is_answered_under_its_field(
    least: int, password: str, again: str, problems: dict[str, str]
) -> None:
    office = Office(least=least)
    presenter = office.open()
    presenter.begin_admitting(presenter.state.people[1])
    presenter.admit(password, again)
    assert presenter.state.problems == problems
    assert office.people.admitted == []


@pytest.mark.parametrize("problem", ["too_short", "too_simple", "too_common", "contains_name", "not_text"])
def test_what_the_rules_refuse_is_answered_in_own_words(problem: str) -> None:
    office = Office(People(problem=InvalidValueError("password", problem, minimum=15)))
    presenter = office.open()
    presenter.begin_admitting(presenter.state.people[1])
    presenter.admit(GOOD, GOOD)
    words = presenter.state.problems["password"]
    assert words.endswith(".")
    assert problem not in words
    assert presenter.state.busy == ""


def test_somebody_who_signs_in_here_needs_no_sheet() -> None:
    office = Office()
    presenter = office.open()
    assert not presenter.begin_admitting(presenter.state.people[0])
    assert office.said == ["Ada Lindgren signs in here already."]


def test_d24_an_approval_needs_the_comparison_and_a_school() -> None:
    office = Office()
    presenter = office.open()
    presenter.begin_deciding(presenter.state.waiting[0])
    presenter.approve((), compared=False)
    assert set(presenter.state.problems) == {"compared", "schools"}
    assert office.district.done == []
    presenter.approve((str(CEDAR.id),), compared=True)
    assert office.district.done == [("approve dev-1", (str(CEDAR.id),), False)]


def test_d24_the_whole_district_is_one_choice() -> None:
    office = Office()
    presenter = office.open()
    presenter.begin_deciding(presenter.state.waiting[0])
    presenter.approve((WHOLE_DISTRICT,), compared=True)
    assert office.district.done == [("approve dev-1", (), True)]


def test_the_own_workstation_is_never_revoked_and_another_is() -> None:
    office = Office()
    presenter = office.open()
    own, other = presenter.state.known
    presenter.revoke(own)
    assert office.district.done == []
    presenter.revoke(other)
    assert office.district.done == [("revoke dev-3", (), False)]


def test_out_of_reach_is_a_sentence_and_the_lists_stay() -> None:
    office = Office()
    presenter = office.open()
    office.district.away = True
    presenter.read_devices()
    assert "cannot be reached" in presenter.state.devices_failure
    assert presenter.state.waiting
    presenter.begin_deciding(presenter.state.waiting[0])
    presenter.refuse()
    assert "cannot be reached" in presenter.state.problems["act"]
    presenter.close_sheet()
    presenter.revoke(presenter.state.known[1])
    assert "cannot be reached" in presenter.state.failure
    assert presenter.state.busy == ""


def test_without_the_right_nothing_is_asked_for() -> None:
    office = Office(denied=frozenset({Act.ADMIT_USER, Act.VIEW_DEVICES, Act.IMPORT_ROSTER}))
    office.district.away = True
    state = office.open().state
    assert (state.people, state.known, state.devices_failure) == ((), (), "")
    assert [link.screen for link in state.links] == ["admin.calendar"]
