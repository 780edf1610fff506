"""Admitting people at a workstation, over the real slot file and the real database (D33)."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.admin_office import admission, newcomer, open_profile
from tests.support.desk import Clinic
from tests.support.secret_stores import OTHER_PASSWORD

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.models import AuditLog, UserKey
from clinicdesk.models.enums import AuditAction, KeyPurpose
from clinicdesk.security.errors import UserExistsError, WrongPasswordError
from clinicdesk.security.slots import known_users
from clinicdesk.services.admission import Admission, NoSuchAccountError


def test_d33_an_admitted_person_signs_in_with_the_own_password_and_her_keys_go_to_the_district(
    clinic: Clinic, tmp_path: Path
) -> None:
    here, sign_in = open_profile(clinic, tmp_path), newcomer(clinic)
    account = admission(clinic, here).admit(" Okafor ", OTHER_PASSWORD)
    proved = here.reauthenticate(sign_in, OTHER_PASSWORD)
    assert proved.person.user_id == account.user_id
    rows = clinic.rows(UserKey, UserKey.user_id == account.user_id)
    assert {row.purpose: row.public_key for row in rows} == {
        KeyPurpose.SIGNING: proved.keys.public.signing,
        KeyPurpose.SEALING: proved.keys.public.sealing,
    }
    assert {row.device_id for row in rows} == {clinic.device}
    written = AuditLog.entity_id == account.user_id, AuditLog.action == AuditAction.CREATE
    assert clinic.count(AuditLog, *written) == 1


def test_the_list_says_who_signs_in_here_already(clinic: Clinic, tmp_path: Path) -> None:
    here = open_profile(clinic, tmp_path)
    office = admission(clinic, here)
    sign_in = newcomer(clinic)
    assert [one.sign_in for one in office.accounts() if one.admitted] == ["lindgren"]
    office.admit(sign_in, OTHER_PASSWORD)
    assert {one.sign_in for one in office.accounts() if one.admitted} == {"lindgren", "okafor"}
    names = [one.name.split()[-1] for one in office.accounts()]
    assert names == sorted(names)


def test_nobody_is_admitted_twice(clinic: Clinic, tmp_path: Path) -> None:
    here, sign_in = open_profile(clinic, tmp_path), newcomer(clinic)
    office = admission(clinic, here)
    office.admit(sign_in, OTHER_PASSWORD)
    with pytest.raises(UserExistsError):
        office.admit(sign_in, "another long sentence nobody guesses")
    with pytest.raises(WrongPasswordError):
        here.reauthenticate(sign_in, "another long sentence nobody guesses")


def test_a_name_without_an_account_is_refused(clinic: Clinic, tmp_path: Path) -> None:
    here = open_profile(clinic, tmp_path)
    with pytest.raises(NoSuchAccountError):
        admission(clinic, here).admit("nobody", OTHER_PASSWORD)
    assert len(known_users(here.paths)) == 1


@pytest.mark.parametrize(
    ("password", "problem"),
    [("seven hills now", None), ("seven hills", "too_short"), ("Cedar Ridge Okafor Nneka", "contains_name")],
)
def test_a_password_is_measured_against_the_rules_before_anything_changes(
    clinic: Clinic, tmp_path: Path, password: str, problem: str | None
) -> None:
    here, sign_in = open_profile(clinic, tmp_path), newcomer(clinic)
    before = clinic.count(UserKey)
    if problem is None:
        assert admission(clinic, here).admit(sign_in, password).sign_in == sign_in
        return
    with pytest.raises(InvalidValueError) as refused:
        admission(clinic, here).admit(sign_in, password)
    assert (refused.value.field, refused.value.problem) == ("password", problem)
    assert len(known_users(here.paths)) == 1
    assert clinic.count(UserKey) == before


def test_t21_a_secret_in_a_file_asks_for_twenty_characters(clinic: Clinic, tmp_path: Path) -> None:
    here, sign_in = open_profile(clinic, tmp_path, weaker=True), newcomer(clinic)
    with pytest.raises(InvalidValueError) as refused:
        admission(clinic, here).admit(sign_in, "seven hills now")
    assert refused.value.params["minimum"] == 20


def test_a_nurse_admits_nobody_and_the_attempt_is_audited(clinic: Clinic, tmp_path: Path) -> None:
    here, sign_in = open_profile(clinic, tmp_path), newcomer(clinic)
    with pytest.raises(PermissionDeniedError):
        Admission(clinic.desk(clinic.nurse), here).admit(sign_in, OTHER_PASSWORD)
    assert len(known_users(here.paths)) == 1
    assert clinic.count(AuditLog, AuditLog.action == AuditAction.DENIED) == 1
