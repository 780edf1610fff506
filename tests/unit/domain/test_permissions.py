"""The policy table: default deny, schools, aides, counsellors, readers (T6, M9, M18, D5, D40)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from clinicdesk.domain.permissions import (
    POLICY,
    Act,
    Actor,
    Authority,
    Reason,
    RoleGrant,
    UserRole,
    allowed,
    may_write,
)

OAK, ELM = uuid.UUID(int=1), uuid.UUID(int=2)
NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def at_oak(role: UserRole) -> Actor:
    return Actor(uuid.UUID(int=9), (RoleGrant(role, frozenset({OAK})),))


def district_wide(role: UserRole) -> Actor:
    return Actor(uuid.UUID(int=9), (RoleGrant(role, district_wide=True),))


def test_t06_every_act_stands_in_the_policy() -> None:
    assert set(POLICY) == set(Act)


@pytest.mark.parametrize("role", list(UserRole))
@pytest.mark.parametrize("act", list(Act))
def test_t06_an_act_is_allowed_exactly_to_the_roles_of_the_policy(act: Act, role: UserRole) -> None:
    assert allowed(at_oak(role), act, [OAK]).allowed is (role in POLICY[act])


@pytest.mark.parametrize("role", list(UserRole))
@pytest.mark.parametrize("act", list(Act))
def test_t06_no_act_reaches_a_school_without_a_grant(act: Act, role: UserRole) -> None:
    assert not allowed(at_oak(role), act, [ELM])


def test_t06_a_student_of_two_schools_is_covered_by_either() -> None:
    assert allowed(at_oak(UserRole.NURSE), Act.DOCUMENT_VISIT, [ELM, OAK])


def test_t06_a_district_wide_grant_covers_every_school() -> None:
    assert allowed(district_wide(UserRole.NURSE), Act.DOCUMENT_VISIT, [ELM])


def test_t06_one_grant_does_not_lend_its_role_to_the_schools_of_another() -> None:
    grants = (RoleGrant(UserRole.NURSE, frozenset({OAK})), RoleGrant(UserRole.VIEWER, frozenset({ELM})))
    actor = Actor(uuid.UUID(int=9), grants)
    assert allowed(actor, Act.DOCUMENT_VISIT, [ELM]).reason is Reason.SCHOOL


def test_t06_without_a_grant_nothing_is_allowed() -> None:
    assert allowed(Actor(uuid.UUID(int=9), ()), Act.SEARCH_STUDENTS).reason is Reason.NO_GRANT


def test_t06_an_inactive_account_can_do_nothing() -> None:
    actor = Actor(uuid.UUID(int=9), (RoleGrant(UserRole.ADMIN, district_wide=True),), active=False)
    assert allowed(actor, Act.EDIT_OWN_SETTINGS).reason is Reason.INACTIVE


@pytest.mark.parametrize(("offset", "holds"), [(-2, False), (-1, True), (0, True), (1, False)])
def test_a_grant_holds_from_its_first_moment_and_up_to_its_last(offset: int, holds: bool) -> None:
    grant = RoleGrant(
        UserRole.NURSE, frozenset({OAK}), valid_from=NOW - dt.timedelta(days=1), valid_to=NOW + dt.timedelta(days=1)
    )
    actor = Actor(uuid.UUID(int=9), (grant,))
    assert allowed(actor, Act.CHECK_IN, [OAK], at=NOW + dt.timedelta(days=offset)).allowed is holds


@pytest.mark.parametrize(
    "act",
    [
        Act.GIVE_CONTROLLED_DOSE,
        Act.COUNT_CONTROLLED,
        Act.ADJUST_CONTROLLED,
        Act.WASTE_CONTROLLED,
        Act.OVERRIDE_DOSE_LIMIT,
        Act.SECOND_ALLERGY_OVERRIDE,
        Act.ACTIVATE_ORDER,
        Act.REVIEW_AIDE_ENTRY,
        Act.VERIFY_INSULIN,
        Act.SIGN_NOTE,
    ],
)
def test_m18_what_needs_a_licence_is_closed_to_an_aide(act: Act) -> None:
    assert not allowed(at_oak(UserRole.HEALTH_AIDE), act, [OAK])


def test_m16_an_emergency_dose_is_open_to_whoever_stands_by() -> None:
    helpers = {role for role in UserRole if allowed(at_oak(role), Act.GIVE_EMERGENCY_DOSE, [OAK])}
    assert helpers == {UserRole.NURSE, UserRole.HEALTH_AIDE, UserRole.COUNSELOR, UserRole.SCHOOL_ADMIN}


def test_mental_health_records_are_the_counsellors_alone() -> None:
    assert {role for role in UserRole if allowed(at_oak(role), Act.VIEW_MENTAL_HEALTH, [OAK])} == {UserRole.COUNSELOR}


def test_a_viewer_changes_nothing_but_their_own_settings() -> None:
    reading = ("view_", "open_", "search_", "verify_")
    writing = {act for act in Act if allowed(at_oak(UserRole.VIEWER), act, [OAK]) and not act.startswith(reading)}
    assert writing == {Act.SYNC_NOW, Act.EDIT_OWN_PROFILE, Act.EDIT_OWN_SETTINGS}


@pytest.mark.parametrize(
    ("role", "authority", "schools", "taken"),
    [
        (UserRole.NURSE, Authority.CLINIC, [OAK], True),
        (UserRole.NURSE, Authority.CLINIC, [ELM], False),
        (UserRole.VIEWER, Authority.CLINIC, [OAK], False),
        (UserRole.NURSE, Authority.DISTRICT, [], False),
        (UserRole.NURSE, Authority.DISTRICT, [OAK], False),
        (UserRole.SCHOOL_ADMIN, Authority.DISTRICT, [OAK], True),
        (UserRole.SCHOOL_ADMIN, Authority.DISTRICT, [ELM], False),
        (UserRole.SCHOOL_ADMIN, Authority.DISTRICT, [], False),
        (UserRole.DISTRICT_ADMIN, Authority.DISTRICT, [], True),
        (UserRole.NURSE, Authority.MENTAL_HEALTH, [OAK], False),
        (UserRole.COUNSELOR, Authority.MENTAL_HEALTH, [OAK], True),
        (UserRole.VIEWER, Authority.DEVICE, [], True),
        (UserRole.VIEWER, Authority.OWN, [], True),
        (UserRole.ADMIN, Authority.SYSTEM, [], False),
        (UserRole.NURSE, Authority.CONFLICT, [OAK], True),
    ],
)
def test_d05_the_district_takes_rows_only_from_roles_with_authority(
    role: UserRole, authority: Authority, schools: list[uuid.UUID], taken: bool
) -> None:
    assert may_write(at_oak(role), authority, schools).allowed is taken


def test_d05_a_row_of_an_inactive_author_is_not_simply_taken() -> None:
    actor = Actor(uuid.UUID(int=9), (RoleGrant(UserRole.NURSE, district_wide=True),), active=False)
    assert may_write(actor, Authority.CLINIC, [OAK]).reason is Reason.INACTIVE


def test_d05_a_row_of_an_author_without_a_grant_is_not_taken() -> None:
    assert may_write(Actor(uuid.UUID(int=9), ()), Authority.CLINIC, [OAK]).reason is Reason.NO_GRANT
