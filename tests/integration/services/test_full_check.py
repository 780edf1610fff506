"""Acts that a PIN does not do, at the services themselves (security-spec 2.2)."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.support.desk import PASSWORD, Clinic

from clinicdesk.domain.permissions import Act
from clinicdesk.models import AuditLog
from clinicdesk.models.enums import AuditAction
from clinicdesk.security.errors import WrongPasswordError
from clinicdesk.services.desk import Desk
from clinicdesk.services.full_check import A_FORM_TAKES, HOLDS, NEEDS_PASSWORD, FullCheck, PasswordNeededError
from clinicdesk.storage.audit import AuditEntry

ENTRY = AuditEntry(AuditAction.CREATE, "InventoryTransaction", is_phi=False)


def by_pin(clinic: Clinic) -> Desk:
    desk = clinic.desk(clinic.nurse)
    desk.full_check = FullCheck(clinic.clock, by_pin=True)
    return desk


def test_a_pin_never_signs_a_count_a_witness_a_consent_an_export_or_an_admin_act() -> None:
    named = {
        Act.COUNT_CONTROLLED,
        Act.WITNESS_CONTROLLED,
        Act.COLLECT_CONSENT,
        Act.WITHDRAW_CONSENT,
        Act.EXPORT_RECORD,
        Act.ADMIT_USER,
        Act.REVOKE_DEVICE,
        Act.IMPORT_ROSTER,
    }
    assert named <= NEEDS_PASSWORD


def test_care_goes_on_by_pin() -> None:
    care = {
        Act.CHECK_IN,
        Act.GIVE_SCHEDULED_DOSE,
        Act.GIVE_PRN_DOSE,
        Act.GIVE_CONTROLLED_DOSE,
        Act.GIVE_EMERGENCY_DOSE,
        Act.SIGN_NOTE,
        Act.VIEW_EMERGENCY_CARD,
        Act.BREAK_GLASS,
        Act.PRINT_RECORD,
    }
    assert not care & NEEDS_PASSWORD


def test_the_act_waits_nothing_is_written_and_the_attempt_is_audited(clinic: Clinic) -> None:
    desk = by_pin(clinic)
    asked: list[bool] = []
    desk.full_check.ask = lambda: asked.append(True)
    with pytest.raises(PasswordNeededError), desk.act(Act.COUNT_CONTROLLED, ENTRY):
        raise AssertionError("the act began")
    assert asked == [True]
    denied = clinic.rows(AuditLog, AuditLog.action == AuditAction.DENIED)
    assert [row.metadata_ for row in denied] == [{"act": "count_controlled", "reason": "password_needed"}]


def test_a_full_check_counts_for_five_minutes(clinic: Clinic) -> None:
    desk = by_pin(clinic)
    desk.confirm_password(PASSWORD)
    clinic.clock.advance(HOLDS)
    with desk.act(Act.COUNT_CONTROLLED, ENTRY):
        pass
    clinic.clock.advance(dt.timedelta(seconds=1))
    with pytest.raises(PasswordNeededError):
        desk.require(Act.COUNT_CONTROLLED, ENTRY)


def test_a_family_has_time_to_read_the_form_it_signs(clinic: Clinic) -> None:
    desk = by_pin(clinic)
    with pytest.raises(PasswordNeededError):
        desk.require(Act.COLLECT_CONSENT, ENTRY)
    desk.confirm_password(PASSWORD)
    clinic.clock.advance(A_FORM_TAKES)
    desk.require(Act.COLLECT_CONSENT, ENTRY)
    clinic.clock.advance(dt.timedelta(seconds=1))
    with pytest.raises(PasswordNeededError):
        desk.require(Act.COLLECT_CONSENT, ENTRY)


def test_a_wrong_password_confirms_nothing(clinic: Clinic) -> None:
    desk = by_pin(clinic)
    with pytest.raises(WrongPasswordError):
        desk.confirm_password("something else entirely")
    with pytest.raises(PasswordNeededError):
        desk.require(Act.COUNT_CONTROLLED, ENTRY)


def test_reading_what_such_acts_list_needs_no_password(clinic: Clinic) -> None:
    with by_pin(clinic).look(Act.COUNT_CONTROLLED) as session:
        assert session.is_active


def test_whoever_came_in_by_password_is_not_asked_again(clinic: Clinic) -> None:
    with clinic.desk(clinic.nurse).act(Act.COUNT_CONTROLLED, ENTRY):
        pass
