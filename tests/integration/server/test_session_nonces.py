"""The nonce of a session tells two machines of one identity apart, and nothing else (s15)."""

from __future__ import annotations

from tests.support.district import Town

from clinicdesk.sync.protocol import SessionState


def test_scenario_15_a_request_that_comes_late_makes_no_clone_of_its_own_workstation(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    given_up = desk.open().nonce
    answered = desk.open().nonce
    assert desk.open(nonce=given_up).state is SessionState.CONTINUE, "the first request arrives after its repetition"
    assert desk.open(nonce=answered).state is SessionState.CONTINUE


def test_scenario_15_of_two_machines_that_began_on_one_nonce_the_second_to_go_on_is_told(town: Town) -> None:
    desk = town.desk(town.ann, town.oak)
    shared = desk.open().nonce
    mine, theirs = desk.open(nonce=shared).nonce, desk.open(nonce=shared).nonce
    assert desk.open(nonce=mine).state is SessionState.CONTINUE
    assert desk.open(nonce=theirs).state is SessionState.CLONED
