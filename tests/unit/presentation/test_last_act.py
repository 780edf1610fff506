"""The last act of the desk: taken back once, and still there when taking it back failed."""

from __future__ import annotations

import datetime as dt

import pytest

from clinicdesk.core.clock import SettableClock
from clinicdesk.core.errors import WorldError
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.runner import ImmediateRunner
from clinicdesk.services.undo import LastAct

NOON = dt.datetime(2026, 10, 6, 12, tzinfo=dt.UTC)


class Store:
    """Takes an act back, unless the disk is full."""

    def __init__(self) -> None:
        self.full = False
        self.taken = 0

    def undo(self, _reason: str | None) -> None:
        if self.full:
            raise WorldError
        self.taken += 1


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def acts(store: Store) -> LastActs:
    made = LastActs(SettableClock(NOON), ImmediateRunner())
    made.done(LastAct("Given", NOON, store.undo))
    return made


def test_an_act_is_taken_back_once(acts: LastActs, store: Store) -> None:
    acts.undo()
    acts.undo()
    assert (store.taken, acts.act) == (1, None)


def test_an_act_that_could_not_be_taken_back_stays_to_be_tried_again(acts: LastActs, store: Store) -> None:
    store.full = True
    acts.undo()
    assert (store.taken, acts.reason()) == (0, "")
    assert acts.message
    store.full = False
    acts.undo()
    assert (store.taken, acts.act) == (1, None)


def test_a_failed_undo_does_not_push_a_newer_act_aside(store: Store) -> None:
    acts = LastActs(SettableClock(NOON), ImmediateRunner())
    newer = LastAct("Held", NOON, store.undo)

    def fail(_reason: str | None) -> None:
        acts.done(newer)
        raise WorldError

    acts.done(LastAct("Given", NOON, fail))
    acts.undo()
    assert acts.act is newer
