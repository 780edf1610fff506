"""What the sync centre shows is what is so."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from tests.integration.sync.conftest import NewDesk
from tests.support.district import Town
from tests.support.faulty import LosesAnswers
from tests.support.sync_rows import a_visit, an_allergy, another_nurse
from tests.support.workstation import Workstation

from clinicdesk.models import ClinicVisit
from clinicdesk.sync.errors import UnreachableError
from clinicdesk.sync.status import ScopeStatus, SyncStatus, as_json, read_status


def status(desk: Workstation) -> SyncStatus:
    with desk.store.read() as session:
        return read_status(session)


def test_what_waits_is_counted_and_the_oldest_is_named(town: Town, ann: Workstation) -> None:
    assert (status(ann).pending, status(ann).oldest_pending) == (0, None)
    ann.insert(a_visit(town))
    ann.insert(a_visit(town))
    shown = status(ann)
    assert (shown.pending, shown.oldest_pending) == (2, town.clock.now())
    assert shown.riding >= 2
    ann.sync()
    assert status(ann).pending == 0


def test_each_school_says_whether_it_is_complete(town: Town, ann: Workstation) -> None:
    shown = {scope.name: scope for scope in status(ann).scopes}
    assert shown["Oak"].complete
    assert shown["Oak"].pulled_at == town.clock.now()


def test_each_school_says_what_waits_for_it_and_when_it_acknowledged_last(town: Town, new_desk: NewDesk) -> None:
    desk = new_desk(town.ann, town.oak, town.elm)
    desk.sync()

    def of(name: str) -> ScopeStatus:
        return next(scope for scope in status(desk).scopes if scope.name == name)

    assert [(of(name).waiting, of(name).acknowledged_at) for name in ("Oak", "Elm")] == [(0, None), (0, None)]
    written = town.clock.now()
    desk.insert(a_visit(town, "iris"))
    desk.insert(a_visit(town, "jack"))
    assert (of("Oak").waiting, of("Oak").oldest, of("Elm").waiting) == (2, written, 0)
    town.clock.advance(dt.timedelta(minutes=7))
    desk.sync()
    assert (of("Oak").waiting, of("Oak").oldest) == (0, None)
    assert of("Oak").acknowledged_at == town.clock.now()
    assert of("Elm").acknowledged_at is None
    told = as_json(status(desk))
    assert told["waiting"] == 0
    assert {one["name"]: one["acknowledged_at"] for one in told["schools"]} == {
        None: None,
        "Elm": None,
        "Oak": town.clock.now().isoformat(),
    }


def test_who_wrote_a_row_and_when_is_as_it_was_entered_wherever_it_arrives(
    town: Town, ann: Workstation, new_desk: NewDesk
) -> None:
    cora = new_desk(another_nurse(town), town.oak)
    cora.sync()
    written = town.clock.now()
    visit = ann.insert(a_visit(town))
    town.clock.advance(dt.timedelta(days=9))
    ann.update("clinic_visits", visit, notes="later")
    changed = town.clock.now()
    town.clock.advance(dt.timedelta(days=3))
    ann.sync()
    town.clock.advance(dt.timedelta(hours=5))
    cora.sync()
    with cora.store.read() as session:
        row = session.get_one(ClinicVisit, uuid.UUID(visit))
        assert (str(row.created_by), str(row.updated_by)) == (ann.user, ann.user)
        assert (row.created_at, row.updated_at) in {(written, changed), (changed, changed)}


def test_a_failed_session_is_told_and_forgotten_after_the_next(town: Town, ann: Workstation) -> None:
    ann.insert(a_visit(town))
    with pytest.raises(UnreachableError):
        ann.sync(LosesAnswers(ann.direct(), "/v1/push"))
    shown = status(ann)
    assert (shown.last_error, shown.pending) == ("sync_unreachable", 1)
    ann.sync()
    shown = status(ann)
    assert (shown.last_error, shown.pending, shown.last_success) == (None, 0, town.clock.now())


def test_d22_an_open_safety_conflict_is_counted_apart(town: Town, ann: Workstation, new_desk: NewDesk) -> None:
    cora = new_desk(another_nurse(town), town.oak)
    cora.sync()
    allergy = ann.insert(an_allergy(town, notes="before"))
    visit = ann.insert(a_visit(town, notes="before"))
    ann.sync()
    cora.sync()
    ann.update("allergies", allergy, severity="MILD")
    ann.update("clinic_visits", visit, notes="by Ann")
    cora.update("allergies", allergy, severity="LIFE_THREATENING")
    cora.update("clinic_visits", visit, notes="by Cora")
    ann.sync()
    cora.sync()
    shown = status(cora)
    assert (shown.open_conflicts, shown.safety_conflicts, shown.needs_a_person) == (2, 1, True)
