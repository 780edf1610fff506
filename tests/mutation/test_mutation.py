"""What a run of mutation testing is judged by; the run itself takes minutes and belongs to `make soak`."""

from __future__ import annotations

from tests.mutation.mutation import Change, Finding, reasons

KNOWN = Change("_update", "a > b", "a >= b")
OTHER = Change("_sign", "a", "b")


def test_a_survivor_with_its_reason_is_let_pass() -> None:
    assert Finding(100, [KNOWN]).problems({KNOWN: "both do the same"}) == []


def test_a_survivor_without_a_reason_fails_the_run() -> None:
    (problem,) = Finding(100, [KNOWN, OTHER]).problems({KNOWN: "both do the same"})
    assert "_sign: 'a' -> 'b'" in problem


def test_more_than_three_in_a_hundred_fail_the_run_whatever_the_reasons() -> None:
    many = [Change("_update", str(number), "x") for number in range(4)]
    assert len(Finding(100, many).problems(dict.fromkeys(many, "so it is"))) == 1
    assert Finding(100, many[:3]).problems(dict.fromkeys(many[:3], "so it is")) == []


def test_a_reason_that_is_not_needed_any_more_has_to_go() -> None:
    (problem,) = Finding(100, []).problems({KNOWN: "both do the same"})
    assert "take it off the list" in problem


def test_a_run_whose_time_was_up_is_judged_by_what_it_found() -> None:
    many = [Change("_update", str(number), "x") for number in range(4)]
    known = dict.fromkeys(many, "so it is")
    assert Finding(100, many, complete=False).problems({**known, KNOWN: "both do the same"}) == []
    assert len(Finding(100, [*many, OTHER], complete=False).problems(known)) == 1


def test_the_list_of_survivors_can_be_read() -> None:
    assert all(reason.strip() for reason in reasons().values())
