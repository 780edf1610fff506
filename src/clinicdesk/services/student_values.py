"""What a chart says, as frozen values: identity, allergies with their sides, plans, contacts, entries."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from dataclasses import dataclass, field
from decimal import Decimal

from clinicdesk.domain.people import PersonName


class BadgeKind(enum.StrEnum):
    """What a badge warns of; every list and header shows the same ones (ux-spec 6)."""

    ALLERGY = "ALLERGY"
    PLAN = "PLAN"
    CONSENT = "CONSENT"
    OVERDUE = "OVERDUE"
    CONTROLLED = "CONTROLLED"
    CARE_PLAN = "CARE_PLAN"
    CONFLICT = "CONFLICT"


@dataclass(frozen=True, slots=True)
class StudentBadge:
    """`subject` names the allergen or condition, `detail` the reaction or severity; both may be empty."""

    kind: BadgeKind
    subject: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightOnRecord:
    """The newest weight, as it was measured."""

    amount: Decimal
    unit: str
    measured_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentFacts:
    """Who a student is: at least two identifiers wherever it goes (ux-spec 1.5)."""

    id: uuid.UUID
    name: PersonName
    birth_date: dt.date
    grade: str
    number: str | None
    number_status: str
    school_id: uuid.UUID | None
    school: str
    homeroom: str
    photo: str | None
    language: str
    gender: str
    is_active: bool
    left_on: dt.date | None
    provisional: bool
    row_version: int
    weight: WeightOnRecord | None = None
    merged_from: int = 0


class Side(enum.StrEnum):
    """Where a statement comes from while a conflict is open."""

    RECORD = "RECORD"
    DEVICE = "DEVICE"
    DISTRICT = "DISTRICT"


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergySide:
    """What one side says of an allergy."""

    side: Side
    allergen: str
    severity: str
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergyOnRecord:
    """An allergy as safety reads it: it holds if any side of an open conflict states it (D22)."""

    id: uuid.UUID
    allergen: str
    kind: str
    severity: str
    reactions: tuple[str, ...]
    symptoms: str
    treatment: str
    emergency_protocol: str
    verified: bool
    onset: dt.date | None
    recorded_at: dt.datetime
    epi_pen_location: str
    epi_pen_expires: dt.date | None
    epi_pen_required: bool
    holds: bool
    inactive_reason: str
    ingredient_code: str | None = None
    sides: tuple[AllergySide, ...] = ()

    @property
    def in_conflict(self) -> bool:
        return bool(self.sides)


class AllergyKnowledge(enum.StrEnum):
    """What is known of a student's allergies; nobody having asked is not the same as none (ux-spec 7.3)."""

    LISTED = "LISTED"
    NONE_KNOWN = "NONE_KNOWN"
    NOT_ASKED = "NOT_ASKED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergies:
    """The allergies of a student and what is known when there are none."""

    knowledge: AllergyKnowledge
    listed: tuple[AllergyOnRecord, ...] = ()
    ended: tuple[AllergyOnRecord, ...] = ()
    asked_at: dt.datetime | None = None
    asked_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOnRecord:
    """A plan that somebody must be able to open with one key; `emergency` ones can threaten life."""

    id: uuid.UUID
    title: str
    emergency: bool
    steps: str
    care: str
    valid_until: dt.date | None
    next_review: dt.date | None
    restrictions: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionOnRecord:
    """A long-term condition."""

    id: uuid.UUID
    condition: str
    status: str
    severity: str
    diagnosed_on: dt.date
    icd_code: str
    restrictions: tuple[str, ...]
    triggers: tuple[str, ...]
    accommodations: tuple[str, ...]
    emergency_protocol: str
    care_plan: str
    next_review: dt.date | None
    needs_504: bool
    needs_iep: bool
    is_active: bool
    in_conflict: bool
    diagnosed_by: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOnRecord:
    """A medication order as the chart lists it."""

    id: uuid.UUID
    root_id: uuid.UUID
    drug: str
    dose_amount: Decimal
    dose_unit: str
    form_count: Decimal | None
    form_unit: str | None
    route: str
    schedule_kind: str
    times: tuple[str, ...]
    max_per_day: int | None
    emergency: bool
    controlled: bool
    status: str
    starts_on: dt.date
    ends_on: dt.date | None
    consent_on: dt.date | None
    consent_missing: bool
    in_conflict: bool
    instructions: str = ""
    prescriber: str = ""
    standing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseOnRecord:
    """A row of the medication log."""

    id: uuid.UUID
    drug: str
    amount: Decimal
    unit: str
    outcome: str
    at: dt.datetime
    by: str
    reason: str
    late_entry: bool
    controlled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitOnRecord:
    """A visit as a line: when, why, what came of it."""

    id: uuid.UUID
    at: dt.datetime
    reasons: tuple[str, ...]
    template: str
    treatment: str
    disposition: str | None
    minutes: int | None
    seen_by: str
    signed: bool
    amended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VaccineOnRecord:
    """A vaccine dose or an exemption on record; what it means for school is another question (I11)."""

    id: uuid.UUID
    vaccine: str
    cvx: str
    given_on: dt.date
    precision: str
    here: bool
    source: str
    lot: str
    exemption: str = ""
    exemption_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSet:
    """One set of measurements, each with its unit; empty where it was not taken."""

    id: uuid.UUID
    at: dt.datetime
    height: str
    weight: str
    bmi: str
    temperature: str
    pulse: str
    pressure: str
    oxygen: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningOnRecord:
    """A screening that was done."""

    id: uuid.UUID
    kind: str
    at: dt.datetime
    passed: bool
    not_screened: str
    referral_sent_at: dt.datetime | None
    referral_outcome: str
    notes: str
    by: str


class PaperKind(enum.StrEnum):
    """What a line of documents and consent is."""

    CONSENT = "CONSENT"
    REQUEST = "REQUEST"
    DOCUMENT = "DOCUMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOnRecord:
    """A consent, a request for one, or a document; `here`: its file has reached this workstation."""

    id: uuid.UUID
    kind: PaperKind
    title: str
    state: str
    on: dt.date
    until: dt.date | None
    by: str
    here: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactOnRecord:
    """A person to call, in call order, with what limits her (M16, D22).

    `rests_on` is what her rights were last said to rest on, by whom and when (D42).
    """

    id: uuid.UUID
    contact_id: uuid.UUID
    first_name: str
    last_name: str
    relationship: str
    phone: str
    email: str
    call_order: int
    may_pick_up: bool
    may_consent: bool
    custody_limits: str
    language: str
    notes: str
    is_active: bool
    verified_at: dt.datetime | None
    recorded_at: dt.datetime
    in_conflict: bool
    rests_on: str = ""
    stated_at: dt.datetime | None = None
    stated_by: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def no_release(self) -> bool:
        """The student must not leave with this person."""
        return bool(self.custody_limits)

    @property
    def to_show(self) -> bool:
        """Those who are called, and those whose limit holds although they are called no more."""
        return self.is_active or self.no_release


@dataclass(frozen=True, slots=True, kw_only=True)
class CareNote:
    """The newest general note that everyone who cares should read."""

    words: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VaccinationFacts:
    """What is on record and nothing more: no verdict on compliance (I11)."""

    doses: int
    given_here: int
    newest: dt.date | None
    exemptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The first tab. A part the role may not see is None, never empty."""

    allergies: Allergies | None = None
    plans: tuple[PlanOnRecord, ...] | None = None
    orders: tuple[OrderOnRecord, ...] | None = None
    visits: tuple[VisitOnRecord, ...] | None = None
    visits_this_month: int = 0
    visits_this_year: int = 0
    visits_this_week: int = 0
    open_visit: uuid.UUID | None = None
    vaccinations: VaccinationFacts | None = None
    contacts: tuple[ContactOnRecord, ...] = ()
    restricted_notes: int | None = None
    may_read_restricted: bool = False
    care_note: CareNote | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One opened record."""

    student: StudentFacts
    badges: tuple[StudentBadge, ...]
    summary: Summary
    same_name: tuple[StudentFacts, ...] = ()
    today: dt.date = field(default=dt.date.min)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One line of everything that happened, newest first; `kind` names the sort of entry."""

    id: uuid.UUID
    kind: str
    at: dt.datetime
    words: tuple[str, ...]
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyCard:
    """What a person needs who has seconds: shown on a sheet and on paper (Ctrl+E)."""

    student: StudentFacts
    allergies: Allergies
    plans: tuple[PlanOnRecord, ...]
    emergency_orders: tuple[OrderOnRecord, ...]
    contacts: tuple[ContactOnRecord, ...]
