"""The locked card and first run without a window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from clinicdesk.core.clock import SettableClock
from clinicdesk.core.errors import Param, UserFacingError
from clinicdesk.presentation.runner import ImmediateRunner
from clinicdesk.presentation.unlock import (
    Enrolled,
    FirstRunPresenter,
    FirstRunState,
    InviteSeen,
    StaffTile,
    Standing,
    Step,
    UnlockPresenter,
    UnlockState,
    tiles_for,
)

PEOPLE = (StaffTile("ro", "Renata Olszewski", "School nurse, RN"), StaffTile("dw", "Delphine Whitfield"))


class WrongPasswordError(UserFacingError):
    """As the keys say it."""

    code = "wrong_password"


class SlotLockedError(UserFacingError):
    """Too many tries."""

    code = "slot_locked"


class InvalidInviteError(UserFacingError):
    """No invite."""

    code = "invalid_invite"


class WrongInviteCodeError(UserFacingError):
    """As `security` raises it."""

    code = "wrong_invite_code"


class Door:
    """Signs in with one password."""

    def __init__(self, people: tuple[StaffTile, ...] = PEOPLE) -> None:
        self.people = people
        self.tries: list[tuple[str, str]] = []
        self.failure: Exception = WrongPasswordError()

    def standing(self) -> Standing:
        return Standing("Cedar Ridge K–8", people=self.people, due=5, late=1)

    def sign_in(self, user_name: str, password: str) -> object:
        self.tries.append((user_name, password))
        if password != "right":
            raise self.failure
        return "desk"

    def sign_in_by_pin(self, user_name: str, pin: str) -> object:
        raise self.failure


class Card:
    """Keeps what the presenter shows."""

    def __init__(self, door: Door, *, second_instance: bool = False) -> None:
        self.clock = SettableClock(dt.datetime(2026, 10, 6, 12, tzinfo=dt.UTC))
        self.desks: list[object] = []
        self.shown: list[UnlockState] = []
        self.presenter = UnlockPresenter(
            door,
            ImmediateRunner(),
            self.clock,
            self.shown.append,
            self.desks.append,
            second_instance=second_instance,
        )

    @property
    def state(self) -> UnlockState:
        return self.presenter.state


def test_the_right_password_opens_the_desk() -> None:
    door = Door()
    card = Card(door)
    card.presenter.submit("ro", "right")
    assert card.desks == ["desk"]
    assert card.shown[0].busy


def test_t03_a_wrong_password_and_an_unknown_user_look_alike() -> None:
    card = Card(Door())
    card.presenter.submit("ro", "wrong")
    known = card.state.message
    card.presenter.submit("nobody", "wrong")
    assert card.state.message == known == "Name and password do not go together. Try again."


def test_t03_a_wait_counts_down_and_blocks_tries() -> None:
    door = Door()
    door.failure = SlotLockedError(retry_after_s=30)
    card = Card(door)
    card.presenter.submit("ro", "wrong")
    assert card.state.wait_words == "Try again in 30 seconds"
    card.presenter.submit("ro", "right")
    assert len(door.tries) == 1
    card.clock.advance(dt.timedelta(seconds=29.5))
    card.presenter.tick()
    assert card.state.wait_words == "Try again in 1 second"
    card.clock.advance(dt.timedelta(seconds=1))
    card.presenter.tick()
    assert card.state.can_try
    assert card.state.message == ""


def test_a_lock_without_end_asks_for_help() -> None:
    door = Door()
    locked: dict[str, Param] = {"retry_after_s": None}
    door.failure = SlotLockedError(**locked)
    card = Card(door)
    card.presenter.submit("ro", "wrong")
    assert card.state.wait_s == 0
    assert "administrator" in card.state.message


def test_an_empty_password_is_no_wrong_try() -> None:
    door = Door()
    card = Card(door)
    card.presenter.submit("ro", "")
    assert door.tries == []
    assert card.state.message == "Type your name and your password."


def test_a_second_window_on_the_profile_cannot_sign_in() -> None:
    door = Door()
    card = Card(door, second_instance=True)
    card.presenter.submit("ro", "right")
    assert door.tries == []


def test_hidden_names_ask_for_the_name() -> None:
    assert Card(Door(())).state.typed_name


def test_someone_else_types_the_name_and_a_tile_takes_it_back() -> None:
    card = Card(Door())
    card.presenter.choose_other()
    assert (card.state.typed_name, card.state.chosen) == (True, "")
    card.presenter.choose("dw")
    assert (card.state.typed_name, card.state.chosen) == (False, "dw")


def test_counts_are_said_as_numbers_only() -> None:
    assert Card(Door()).state.due_words == "5 doses are due now"


def test_tiles_are_found_by_any_word_of_the_name() -> None:
    assert [tile.user_name for tile in tiles_for(PEOPLE, "whit")] == ["dw"]
    assert tiles_for(PEOPLE, "") == PEOPLE


class District:
    """A district that takes one invite and one code."""

    def __init__(self, *, needs_approval: bool = True) -> None:
        self.needs_approval = needs_approval
        self.is_approved = False
        self.people: list[tuple[str, str]] = []

    def read_invite(self, text: str) -> InviteSeen:
        if not text.startswith("clinicdesk-enroll:1"):
            raise InvalidInviteError(reason="not_an_invite")
        return InviteSeen("district.example.org:8443", has_code="code=" in text)

    def enrol(self, invite: str, code: str, user_name: str, password: str) -> Enrolled:
        if code == "WRONG00000":
            raise WrongInviteCodeError
        self.people.append((user_name, password))
        return Enrolled("123456789012", self.needs_approval, "ABCD-EFGH-JKMN-PQRS-TVWX-YZ12")

    def approved(self) -> bool:
        return self.is_approved


def _first_run(district: District) -> tuple[FirstRunPresenter, list[FirstRunState], Callable[[], int]]:
    shown: list[FirstRunState] = []
    finished: list[bool] = []
    presenter = FirstRunPresenter(
        district, ImmediateRunner(), shown.append, lambda: finished.append(True), lambda count: (1, count - 1)
    )
    return presenter, shown, lambda: len(finished)


def _step(presenter: FirstRunPresenter) -> Step:
    return presenter.state.step


def test_d24_joining_goes_from_the_invite_to_done() -> None:
    district = District()
    presenter, _, finished = _first_run(district)
    presenter.take_invite("clinicdesk-enroll:1?host=district.example.org")
    assert (presenter.state.step, presenter.state.host) == (Step.CODE, "district.example.org:8443")
    presenter.take_code("AB12CD34EF")
    assert _step(presenter) is Step.PERSON
    presenter.make_person("renata", "a long enough password", "a long enough password")
    assert presenter.state.number_groups == "1234 5678 9012"
    district.is_approved = True
    presenter.check_approval()
    assert presenter.state.approved
    presenter.number_agrees()
    assert _step(presenter) is Step.KIT
    presenter.kit_kept()
    assert presenter.state.asked == (1, 5)
    presenter.retype("efgh", " YZ12 ")
    assert _step(presenter) is Step.DONE
    assert presenter.state.recovery == ()
    presenter.finish()
    assert finished() == 1


def test_a_text_that_is_no_invite_names_the_fix() -> None:
    presenter, _, _ = _first_run(District())
    presenter.take_invite("hello")
    assert _step(presenter) is Step.INVITE
    assert "invite" in presenter.state.message
    assert presenter.state.field == "invite"


def test_d24_an_unapproved_workstation_is_told_to_wait() -> None:
    presenter, _, _ = _first_run(District())
    presenter.take_invite("clinicdesk-enroll:1?x")
    presenter.take_code("AB12CD34EF")
    presenter.make_person("renata", "a long enough password", "a long enough password")
    presenter.check_approval()
    assert not presenter.state.approved
    assert "Not approved yet" in presenter.state.message


def test_d24_the_first_workstation_needs_no_approval() -> None:
    presenter, _, _ = _first_run(District(needs_approval=False))
    presenter.take_invite("clinicdesk-enroll:1?x")
    presenter.take_code("AB12CD34EF")
    presenter.make_person("renata", "a long enough password", "a long enough password")
    assert presenter.state.approved


def test_d24_an_invite_that_holds_its_code_asks_for_none() -> None:
    presenter, _, _ = _first_run(District())
    presenter.take_invite("clinicdesk-enroll:1?host=x&code=AB12CD34EF")
    assert _step(presenter) is Step.PERSON
    presenter.back()
    assert _step(presenter) is Step.INVITE


def test_d24_a_refused_code_can_be_typed_again_and_makes_no_keys() -> None:
    district = District()
    presenter, _, _ = _first_run(district)
    presenter.take_invite("clinicdesk-enroll:1?x")
    presenter.take_code("")
    assert (presenter.state.step, presenter.state.field) == (Step.CODE, "code")
    presenter.take_code("WRONG00000")
    presenter.make_person("renata", "a long enough password", "a long enough password")
    assert (presenter.state.step, presenter.state.field) == (Step.CODE, "code")
    assert presenter.state.message
    assert district.people == []


@pytest.mark.parametrize(
    ("name", "password", "again", "field"),
    [
        ("", "a long enough password", "a long enough password", "name"),
        ("renata", "short", "short", "password"),
        ("renata", "a long enough password", "another long password", "again"),
    ],
)
def test_the_first_person_is_checked_before_keys_are_made(name: str, password: str, again: str, field: str) -> None:
    district = District(needs_approval=False)
    presenter, _, _ = _first_run(district)
    presenter.take_invite("clinicdesk-enroll:1?x")
    presenter.take_code("AB12CD34EF")
    presenter.make_person(name, password, again)
    assert presenter.state.field == field
    assert district.people == []


def test_a_wrong_word_of_the_kit_can_be_looked_up_again() -> None:
    presenter, _, _ = _first_run(District(needs_approval=False))
    presenter.take_invite("clinicdesk-enroll:1?x")
    presenter.take_code("AB12CD34EF")
    presenter.make_person("renata", "a long enough password", "a long enough password")
    presenter.number_agrees()
    presenter.kit_kept()
    presenter.retype("EFGH", "0000")
    assert (presenter.state.step, presenter.state.field) == (Step.RETYPE, "second")
    presenter.back()
    assert _step(presenter) is Step.KIT
    assert presenter.state.recovery
