"""Who may do what: one policy table for the services and the district server, default deny (T6, D5, M18)."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass


class UserRole(enum.StrEnum):
    """The roles of an account."""

    ADMIN = "ADMIN"
    DISTRICT_ADMIN = "DISTRICT_ADMIN"
    SCHOOL_ADMIN = "SCHOOL_ADMIN"
    NURSE = "NURSE"
    HEALTH_AIDE = "HEALTH_AIDE"  # unlicensed, works under delegation (M18)
    COUNSELOR = "COUNSELOR"
    VIEWER = "VIEWER"
    SYSTEM = "SYSTEM"  # the district server's own account: no person, no act


class Act(enum.StrEnum):
    """Everything a person can do. Each service method names one."""

    # Students
    SEARCH_STUDENTS = "search_students"
    OPEN_STUDENT = "open_student"
    VIEW_EMERGENCY_CARD = "view_emergency_card"
    REGISTER_STUDENT = "register_student"
    EDIT_STUDENT = "edit_student"
    EDIT_ROSTER_FIELDS = "edit_roster_fields"
    EDIT_EMERGENCY_CONTACTS = "edit_emergency_contacts"
    ENROL_STUDENT = "enrol_student"
    MERGE_STUDENTS = "merge_students"
    DELETE_STUDENT = "delete_student"
    # Health record
    VIEW_HEALTH_RECORD = "view_health_record"
    EDIT_HEALTH_RECORD = "edit_health_record"
    EDIT_ALLERGIES = "edit_allergies"
    EDIT_CONDITIONS = "edit_conditions"
    EDIT_CARE_PLAN = "edit_care_plan"
    RECORD_SCREENING = "record_screening"
    RECORD_LAB_RESULT = "record_lab_result"
    VIEW_MENTAL_HEALTH = "view_mental_health"
    EDIT_MENTAL_HEALTH = "edit_mental_health"
    # Visits and notes
    VIEW_VISITS = "view_visits"
    CHECK_IN = "check_in"
    DOCUMENT_VISIT = "document_visit"
    RECORD_VITALS = "record_vitals"
    CLOSE_VISIT = "close_visit"
    SIGN_NOTE = "sign_note"
    AMEND_NOTE = "amend_note"
    REVIEW_AIDE_ENTRY = "review_aide_entry"
    MANAGE_FOLLOW_UP = "manage_follow_up"
    BOOK_APPOINTMENT = "book_appointment"
    REPORT_INCIDENT = "report_incident"
    # Orders and doses
    VIEW_MEDICATION = "view_medication"
    WRITE_ORDER = "write_order"
    ACTIVATE_ORDER = "activate_order"
    STOP_ORDER = "stop_order"
    GIVE_SCHEDULED_DOSE = "give_scheduled_dose"
    GIVE_PRN_DOSE = "give_prn_dose"
    GIVE_CONTROLLED_DOSE = "give_controlled_dose"
    GIVE_EMERGENCY_DOSE = "give_emergency_dose"
    CHART_DOSE_NOT_GIVEN = "chart_dose_not_given"
    CORRECT_DOSE = "correct_dose"
    OVERRIDE_DOSE_LIMIT = "override_dose_limit"
    SECOND_ALLERGY_OVERRIDE = "second_allergy_override"
    WITNESS_DOSE = "witness_dose"
    VERIFY_INSULIN = "verify_insulin"
    DELEGATE_DOSE = "delegate_dose"
    # Stock and controlled drugs
    VIEW_STOCK = "view_stock"
    RECEIVE_STOCK = "receive_stock"
    MOVE_STOCK = "move_stock"
    COUNT_CONTROLLED = "count_controlled"
    ADJUST_CONTROLLED = "adjust_controlled"
    WASTE_CONTROLLED = "waste_controlled"
    WITNESS_CONTROLLED = "witness_controlled"
    RETURN_MEDICATION = "return_medication"
    ORDER_SUPPLIES = "order_supplies"
    # Immunization
    VIEW_IMMUNIZATIONS = "view_immunizations"
    RECORD_VACCINATION = "record_vaccination"
    RECORD_EXEMPTION = "record_exemption"
    RECORD_OUTSIDE_DOSE = "record_outside_dose"
    # Consent and forms
    VIEW_CONSENTS = "view_consents"
    AUTHOR_CONSENT_FORM = "author_consent_form"
    PUBLISH_CONSENT_FORM = "publish_consent_form"
    COLLECT_CONSENT = "collect_consent"
    WITHDRAW_CONSENT = "withdraw_consent"
    REVIEW_FORMS = "review_forms"
    # School and district
    IMPORT_ROSTER = "import_roster"
    UNDO_IMPORT = "undo_import"
    RESOLVE_ROSTER_MATCH = "resolve_roster_match"
    VIEW_CALENDAR = "view_calendar"
    EDIT_CALENDAR = "edit_calendar"
    EDIT_SCHOOL_SETTINGS = "edit_school_settings"
    EDIT_DISTRICT_SETTINGS = "edit_district_settings"
    EDIT_FORMULARY = "edit_formulary"
    EDIT_SCHEDULE_PACKS = "edit_schedule_packs"
    # People and devices
    VIEW_USERS = "view_users"
    MANAGE_USERS = "manage_users"
    GRANT_ROLES = "grant_roles"
    EDIT_OWN_PROFILE = "edit_own_profile"
    ADMIT_USER = "admit_user"
    VIEW_DEVICES = "view_devices"
    APPROVE_DEVICE = "approve_device"
    REVOKE_DEVICE = "revoke_device"
    # Sync
    VIEW_SYNC = "view_sync"
    SYNC_NOW = "sync_now"
    VIEW_CONFLICTS = "view_conflicts"
    RESOLVE_CLINICAL_CONFLICT = "resolve_clinical_conflict"
    RESOLVE_ROSTER_CONFLICT = "resolve_roster_conflict"
    OPEN_RECOVERY = "open_recovery"
    # Communication, compliance, reports
    SEND_MESSAGE = "send_message"
    BROADCAST_EMERGENCY = "broadcast_emergency"
    RECORD_DISCLOSURE = "record_disclosure"
    MANAGE_COMPLIANCE = "manage_compliance"
    VIEW_REPORTS = "view_reports"
    RUN_REPORT = "run_report"
    PRINT_RECORD = "print_record"
    EXPORT_RECORD = "export_record"
    EXPORT_REGISTER = "export_register"
    VIEW_BUDGET = "view_budget"
    MANAGE_BUDGET = "manage_budget"
    # Audit and emergencies
    VIEW_AUDIT = "view_audit"
    VERIFY_AUDIT = "verify_audit"
    BREAK_GLASS = "break_glass"
    REVIEW_BREAK_GLASS = "review_break_glass"
    # This workstation
    SAVE_DRAFT = "save_draft"
    EDIT_OWN_SETTINGS = "edit_own_settings"
    EDIT_WORKSTATION_SETTINGS = "edit_workstation_settings"
    BACK_UP = "back_up"
    RESTORE_BACKUP = "restore_backup"


class Reason(enum.StrEnum):
    """Why an act is denied."""

    ROLE = "role"
    SCHOOL = "school"
    INACTIVE = "inactive"
    NO_GRANT = "no_grant"


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A role at some schools (none named: the whole district), within its days."""

    role: UserRole
    schools: frozenset[uuid.UUID] = frozenset()
    district_wide: bool = False
    valid_from: dt.datetime | None = None
    valid_to: dt.datetime | None = None

    def holds(self, at: dt.datetime | None) -> bool:
        if at is None:
            return True
        return (self.valid_from is None or self.valid_from <= at) and (self.valid_to is None or at < self.valid_to)

    def covers(self, schools: Collection[uuid.UUID]) -> bool:
        """Whether one of the schools is the grant's; what concerns no school concerns every grant."""
        return self.district_wide or not schools or any(school in self.schools for school in schools)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with an account, and the grants they hold."""

    user_id: uuid.UUID
    grants: tuple[RoleGrant, ...]
    active: bool = True

    @property
    def roles(self) -> frozenset[UserRole]:
        return frozenset(grant.role for grant in self.grants)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether an act is allowed, and if not, why."""

    allowed: bool
    reason: Reason | None = None

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Decision(allowed=True)

_DISTRICT = frozenset({UserRole.ADMIN, UserRole.DISTRICT_ADMIN})
_OFFICE = _DISTRICT | {UserRole.SCHOOL_ADMIN}
_NURSE = frozenset({UserRole.NURSE})
_CLINIC = frozenset({UserRole.NURSE, UserRole.HEALTH_AIDE})
_CARE = _CLINIC | {UserRole.COUNSELOR}
_READERS = frozenset({UserRole.VIEWER})
_EVERYONE = frozenset(UserRole) - {UserRole.SYSTEM}

# Administrators run the district; they do not chart. A nurse who also administers holds two grants.
POLICY: Mapping[Act, frozenset[UserRole]] = {
    Act.SEARCH_STUDENTS: _EVERYONE,
    Act.OPEN_STUDENT: _EVERYONE,
    Act.VIEW_EMERGENCY_CARD: _EVERYONE,
    Act.REGISTER_STUDENT: _OFFICE | _NURSE,
    Act.EDIT_STUDENT: _OFFICE | _NURSE,
    Act.EDIT_ROSTER_FIELDS: _OFFICE,
    Act.EDIT_EMERGENCY_CONTACTS: _OFFICE | _CLINIC,
    Act.ENROL_STUDENT: _OFFICE | _NURSE,
    Act.MERGE_STUDENTS: _DISTRICT,
    Act.DELETE_STUDENT: _DISTRICT,
    Act.VIEW_HEALTH_RECORD: _DISTRICT | _CLINIC | _READERS,
    Act.EDIT_HEALTH_RECORD: _NURSE,
    Act.EDIT_ALLERGIES: _NURSE,
    Act.EDIT_CONDITIONS: _NURSE,
    Act.EDIT_CARE_PLAN: _NURSE,
    Act.RECORD_SCREENING: _CLINIC,
    Act.RECORD_LAB_RESULT: _NURSE,
    Act.VIEW_MENTAL_HEALTH: frozenset({UserRole.COUNSELOR}),
    Act.EDIT_MENTAL_HEALTH: frozenset({UserRole.COUNSELOR}),
    Act.VIEW_VISITS: _DISTRICT | _CLINIC | _READERS,
    Act.CHECK_IN: _CLINIC,
    Act.DOCUMENT_VISIT: _CLINIC,
    Act.RECORD_VITALS: _CLINIC,
    Act.CLOSE_VISIT: _CLINIC,
    Act.SIGN_NOTE: _NURSE | {UserRole.COUNSELOR},
    Act.AMEND_NOTE: _NURSE | {UserRole.COUNSELOR},
    Act.REVIEW_AIDE_ENTRY: _NURSE,
    Act.MANAGE_FOLLOW_UP: _CARE,
    Act.BOOK_APPOINTMENT: _CARE | {UserRole.SCHOOL_ADMIN},
    Act.REPORT_INCIDENT: _CARE | _OFFICE,
    Act.VIEW_MEDICATION: _DISTRICT | _CLINIC | _READERS,
    Act.WRITE_ORDER: _NURSE,
    Act.ACTIVATE_ORDER: _NURSE,
    Act.STOP_ORDER: _NURSE,
    Act.GIVE_SCHEDULED_DOSE: _CLINIC,
    Act.GIVE_PRN_DOSE: _CLINIC,
    Act.GIVE_CONTROLLED_DOSE: _NURSE,  # M9: not delegated to unlicensed staff
    Act.GIVE_EMERGENCY_DOSE: _CLINIC | {UserRole.COUNSELOR, UserRole.SCHOOL_ADMIN},  # M16: never blocked
    Act.CHART_DOSE_NOT_GIVEN: _CLINIC,
    Act.CORRECT_DOSE: _CLINIC,
    Act.OVERRIDE_DOSE_LIMIT: _NURSE,  # D40: an aide never
    Act.SECOND_ALLERGY_OVERRIDE: _NURSE,  # D40: a second licensed person
    Act.WITNESS_DOSE: _CLINIC | _OFFICE,
    Act.VERIFY_INSULIN: _NURSE,
    Act.DELEGATE_DOSE: _NURSE,
    Act.VIEW_STOCK: _DISTRICT | _CLINIC,
    Act.RECEIVE_STOCK: _CLINIC,
    Act.MOVE_STOCK: _CLINIC,
    Act.COUNT_CONTROLLED: _NURSE,
    Act.ADJUST_CONTROLLED: _NURSE,
    Act.WASTE_CONTROLLED: _NURSE,
    Act.WITNESS_CONTROLLED: _CLINIC | _OFFICE,
    Act.RETURN_MEDICATION: _NURSE,
    Act.ORDER_SUPPLIES: _NURSE | _OFFICE,
    Act.VIEW_IMMUNIZATIONS: _OFFICE | _CLINIC | _READERS,
    Act.RECORD_VACCINATION: _NURSE,
    Act.RECORD_EXEMPTION: _NURSE,
    Act.RECORD_OUTSIDE_DOSE: _CLINIC,
    Act.VIEW_CONSENTS: _OFFICE | _CARE | _READERS,
    Act.AUTHOR_CONSENT_FORM: _DISTRICT | _NURSE,
    Act.PUBLISH_CONSENT_FORM: _DISTRICT,
    Act.COLLECT_CONSENT: _CARE | {UserRole.SCHOOL_ADMIN},
    Act.WITHDRAW_CONSENT: _NURSE | {UserRole.SCHOOL_ADMIN, UserRole.COUNSELOR},
    Act.REVIEW_FORMS: _NURSE,
    Act.IMPORT_ROSTER: _DISTRICT,
    Act.UNDO_IMPORT: _DISTRICT,
    Act.RESOLVE_ROSTER_MATCH: _DISTRICT,
    Act.VIEW_CALENDAR: _EVERYONE,
    Act.EDIT_CALENDAR: _OFFICE,
    Act.EDIT_SCHOOL_SETTINGS: _OFFICE,
    Act.EDIT_DISTRICT_SETTINGS: _DISTRICT,
    Act.EDIT_FORMULARY: _DISTRICT,
    Act.EDIT_SCHEDULE_PACKS: _DISTRICT,
    Act.VIEW_USERS: _OFFICE,
    Act.MANAGE_USERS: _DISTRICT,
    Act.GRANT_ROLES: _DISTRICT,
    Act.EDIT_OWN_PROFILE: _EVERYONE,
    Act.ADMIT_USER: _DISTRICT,
    Act.VIEW_DEVICES: _DISTRICT,
    Act.APPROVE_DEVICE: _DISTRICT,
    Act.REVOKE_DEVICE: _DISTRICT,
    Act.VIEW_SYNC: _EVERYONE,
    Act.SYNC_NOW: _EVERYONE,
    Act.VIEW_CONFLICTS: _OFFICE | _CARE,
    Act.RESOLVE_CLINICAL_CONFLICT: _NURSE | {UserRole.COUNSELOR},
    Act.RESOLVE_ROSTER_CONFLICT: _OFFICE,
    Act.OPEN_RECOVERY: _DISTRICT,
    Act.SEND_MESSAGE: _OFFICE | _CARE,
    Act.BROADCAST_EMERGENCY: _OFFICE | _NURSE,
    Act.RECORD_DISCLOSURE: _OFFICE | _NURSE | {UserRole.COUNSELOR},
    Act.MANAGE_COMPLIANCE: _OFFICE | _NURSE,
    Act.VIEW_REPORTS: _OFFICE | _CARE | _READERS,
    Act.RUN_REPORT: _OFFICE | _NURSE,
    Act.PRINT_RECORD: _CLINIC,
    Act.EXPORT_RECORD: _NURSE | _DISTRICT,
    Act.EXPORT_REGISTER: _NURSE | _OFFICE,
    Act.VIEW_BUDGET: _OFFICE | _NURSE,
    Act.MANAGE_BUDGET: _OFFICE,
    Act.VIEW_AUDIT: _DISTRICT,
    Act.VERIFY_AUDIT: _DISTRICT,
    Act.BREAK_GLASS: _CARE | _OFFICE,
    Act.REVIEW_BREAK_GLASS: _DISTRICT,
    Act.SAVE_DRAFT: _EVERYONE - _READERS,
    Act.EDIT_OWN_SETTINGS: _EVERYONE,
    Act.EDIT_WORKSTATION_SETTINGS: _DISTRICT,
    Act.BACK_UP: _OFFICE | _NURSE,
    Act.RESTORE_BACKUP: _DISTRICT,
}


def allowed(
    actor: Actor, act: Act, school_ids: Collection[uuid.UUID] = (), *, at: dt.datetime | None = None
) -> Decision:
    """Whether an actor may do this about something that belongs to these schools (none: to no school in particular).

    A student of several schools is covered by a grant for any of them. Default deny.
    """
    if not actor.active:
        return Decision(allowed=False, reason=Reason.INACTIVE)
    valid = [grant for grant in actor.grants if grant.holds(at)]
    if not valid:
        return Decision(allowed=False, reason=Reason.NO_GRANT)
    roles = POLICY.get(act, frozenset())
    fitting = [grant for grant in valid if grant.role in roles]
    if not fitting:
        return Decision(allowed=False, reason=Reason.ROLE)
    if not any(grant.covers(school_ids) for grant in fitting):
        return Decision(allowed=False, reason=Reason.SCHOOL)
    return ALLOWED


class Authority(enum.StrEnum):
    """Whose decision the rows of a table are, for the district's check of what it receives (D5)."""

    CLINIC = "clinic"  # students' health records
    SCHOOL = "school"  # a school's own affairs
    DISTRICT = "district"  # reference data and settings
    MENTAL_HEALTH = "mental_health"
    DEVICE = "device"  # what a workstation reports of itself
    CONFLICT = "conflict"  # decisions on conflicts; the rows themselves are the server's
    OWN = "own"  # a user's own contact data and tokens
    SYSTEM = "system"  # written by the server's account alone


_WRITERS: Mapping[Authority, frozenset[UserRole]] = {
    Authority.CLINIC: _OFFICE | _CARE,
    Authority.SCHOOL: _OFFICE | _CLINIC,
    Authority.DISTRICT: _OFFICE,
    Authority.MENTAL_HEALTH: frozenset({UserRole.COUNSELOR}),
    Authority.DEVICE: _EVERYONE,
    Authority.CONFLICT: _OFFICE | _CARE,
    Authority.OWN: _EVERYONE,
    Authority.SYSTEM: frozenset(),
}


def may_write(
    actor: Actor,
    authority: Authority,
    school_ids: Collection[uuid.UUID],
    *,
    at: dt.datetime | None = None,
) -> Decision:
    """Whether the district takes rows of this authority from this author (D5, D12): the floor under the services.

    District rows of no school in particular are for roles of the whole district; a SCHOOL_ADMIN writes those of
    her schools.
    """
    if not actor.active:
        return Decision(allowed=False, reason=Reason.INACTIVE)
    valid = [grant for grant in actor.grants if grant.holds(at)]
    if not valid:
        return Decision(allowed=False, reason=Reason.NO_GRANT)
    fitting = [grant for grant in valid if grant.role in _WRITERS[authority]]
    if authority is Authority.DISTRICT and not school_ids:
        fitting = [grant for grant in fitting if grant.role in _DISTRICT]
    if not fitting:
        return Decision(allowed=False, reason=Reason.ROLE)
    if not any(grant.covers(school_ids) for grant in fitting):
        return Decision(allowed=False, reason=Reason.SCHOOL)
    return ALLOWED
