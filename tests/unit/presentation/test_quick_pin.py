"""Setting a PIN, coming back by it, and the password an act waits for, without Qt (security-spec 2.2)."""

from __future__ import annotations

import datetime as dt

import pytest

from clinicdesk.core.clock import SettableClock
from clinicdesk.core.errors import InvalidValueError
from clinicdesk.presentation.quick_pin import CheckState, PasswordCheck, PinPresenter, PinState, why_no_pin
from clinicdesk.presentation.runner import ImmediateRunner
from clinicdesk.presentation.unlock import QuickEntry, StaffTile, Standing, UnlockPresenter, UnlockState
from clinicdesk.security.errors import WrongPasswordError
from clinicdesk.security.quick_unlock import PinGoneError, WrongPinError, require_good_pin

UNTIL = dt.datetime(2026, 10, 6, 20, tzinfo=dt.UTC)
PEOPLE = (StaffTile("ro", "Renata Olszewski"), StaffTile("dw", "Delphine Whitfield"))


class Pin:
    """Keeps what was set, by the real rules."""

    def __init__(self, reason: str = "") -> None:
        self.reason = reason
        self.kept = ""

    def why_not(self) -> str:
        return self.reason

    def until(self) -> dt.datetime | None:
        return UNTIL if self.kept else None

    def set_pin(self, pin: str) -> dt.datetime:
        require_good_pin(pin)
        self.kept = pin
        return UNTIL

    def forget(self) -> None:
        self.kept = ""


def _presenter(pin: Pin) -> tuple[PinPresenter, list[PinState], list[bool]]:
    shown: list[PinState] = []
    kept: list[bool] = []
    made = PinPresenter(pin, ImmediateRunner(), shown.append)
    made.when_set(lambda: kept.append(True))
    return made, shown, kept


def test_a_pin_typed_twice_is_kept() -> None:
    pin = Pin()
    presenter, shown, kept = _presenter(pin)
    presenter.save("480613", "480613")
    assert (pin.kept, kept, shown[-1].until) == ("480613", [True], UNTIL)


def test_two_different_pins_keep_none() -> None:
    pin = Pin()
    presenter, shown, kept = _presenter(pin)
    presenter.save("480613", "480614")
    assert (pin.kept, kept, shown[-1].field) == ("", [], "again")


@pytest.mark.parametrize(
    ("pin", "words"), [("4806", "At least 6 digits."), ("123456", "This is guessed too easily. Mix it up.")]
)
def test_a_weak_pin_is_refused_with_what_to_do(pin: str, words: str) -> None:
    presenter, shown, kept = _presenter(Pin())
    presenter.save(pin, pin)
    assert (shown[-1].problem, shown[-1].field, kept) == (words, "first", [])


def test_a_pin_is_taken_away() -> None:
    pin = Pin()
    presenter, shown, _kept = _presenter(pin)
    presenter.save("480613", "480613")
    presenter.forget()
    assert (pin.kept, shown[-1].until) == ("", None)


def test_the_reason_why_there_is_no_pin_is_a_sentence() -> None:
    assert why_no_pin(Pin()) == ""
    assert why_no_pin(Pin("policy")) == why_no_pin(None) == "Your district does not use PINs here."
    assert why_no_pin(Pin("by_pin")).startswith("You came in by PIN.")


class Door:
    """Opens Renata's desk by one PIN and any desk by one password."""

    def __init__(self) -> None:
        self.quick: tuple[QuickEntry, ...] = (QuickEntry("ro", UNTIL),)
        self.tries: list[tuple[str, str]] = []
        self.failure: Exception = WrongPinError(left=3)

    def standing(self) -> Standing:
        return Standing("Cedar Ridge K–8", people=PEOPLE, quick=self.quick, last="ro")

    def sign_in(self, user_name: str, password: str) -> object:
        raise WrongPasswordError(retry_after_s=4)

    def sign_in_by_pin(self, user_name: str, pin: str) -> object:
        self.tries.append((user_name, pin))
        if pin != "480613":
            raise self.failure
        return "desk"


def _card(door: Door) -> tuple[UnlockPresenter, list[UnlockState], list[object], SettableClock]:
    clock = SettableClock(dt.datetime(2026, 10, 6, 12, tzinfo=dt.UTC))
    shown: list[UnlockState] = []
    desks: list[object] = []
    return UnlockPresenter(door, ImmediateRunner(), clock, shown.append, desks.append), shown, desks, clock


def test_who_was_here_last_is_chosen_and_comes_back_by_pin() -> None:
    presenter, _shown, desks, _clock = _card(Door())
    assert (presenter.state.chosen, presenter.state.quick) == ("ro", QuickEntry("ro", UNTIL))
    presenter.submit_pin("480613")
    assert desks == ["desk"]


def test_others_have_no_pin_box() -> None:
    presenter, shown, _desks, _clock = _card(Door())
    presenter.choose("dw")
    assert presenter.state.quick is None
    presenter.choose("ro")
    presenter.submit_pin("135790")
    presenter.prefer_password()
    assert [bool(state.quick) for state in shown[-2:]] == [True, False]


def test_a_wrong_pin_says_how_many_tries_are_left() -> None:
    presenter, shown, _desks, _clock = _card(Door())
    presenter.submit_pin("135790")
    assert shown[-1].message == "This PIN does not open the desk. 3 tries left."


def test_a_pin_that_is_over_leads_to_the_password() -> None:
    door = Door()
    presenter, shown, _desks, _clock = _card(door)
    door.failure, door.quick = PinGoneError(), ()
    presenter.submit_pin("135790")
    assert shown[-1].quick is None
    assert shown[-1].message.startswith("The PIN is over. Type your password")


def test_an_empty_pin_is_no_try() -> None:
    door = Door()
    presenter, shown, _desks, _clock = _card(door)
    presenter.submit_pin("")
    assert (door.tries, shown[-1].message) == ([], "Type your PIN.")


def test_t03_a_wrong_password_is_answered_with_its_countdown() -> None:
    presenter, shown, _desks, clock = _card(Door())
    presenter.prefer_password()
    presenter.submit("ro", "wrong")
    assert (shown[-1].wait_s, shown[-1].wait_words) == (4, "Try again in 4 seconds")
    clock.advance(dt.timedelta(seconds=3))
    presenter.tick()
    assert shown[-1].wait_words == "Try again in 1 second"
    clock.advance(dt.timedelta(seconds=1))
    presenter.tick()
    assert shown[-1].can_try


def test_the_wait_of_one_person_is_not_anothers() -> None:
    presenter, shown, _desks, _clock = _card(Door())
    presenter.prefer_password()
    presenter.submit("ro", "wrong")
    presenter.choose("dw")
    assert shown[-1].can_try


def test_a_typed_name_chooses_the_person() -> None:
    presenter, shown, _desks, _clock = _card(Door())
    assert presenter.choose_typed("whi") == "dw"
    assert shown[-1].chosen == "dw"
    assert presenter.choose_typed("zz") == ""
    assert shown[-1].chosen == "dw"


def test_the_right_password_lets_the_act_go_on_and_a_wrong_one_is_said() -> None:
    given: list[str] = []

    def confirm(password: str) -> None:
        given.append(password)
        if password != "right":
            raise WrongPasswordError

    shown: list[CheckState] = []
    passed: list[bool] = []
    check = PasswordCheck(confirm, ImmediateRunner(), shown.append, lambda: passed.append(True))
    check.submit("")
    check.submit("wrong")
    assert (given, passed) == (["wrong"], [])
    assert shown[-1].problem == "Name and password do not go together. Try again."
    check.submit("right")
    assert passed == [True]


def test_the_rules_name_the_field() -> None:
    with pytest.raises(InvalidValueError) as refused:
        require_good_pin("12")
    assert refused.value.field == "pin"
