"""What the safety function is told: the dose proposed, and all facts that bear on it (D22, D40)."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from dataclasses import dataclass, field
from decimal import Decimal

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.calendar import SchoolCalendar
from clinicdesk.domain.consent import ConsentStanding
from clinicdesk.domain.medication.log import DoseRow, RecordSource
from clinicdesk.domain.medication.orders import Order, PreCheck, Route, Strength
from clinicdesk.domain.medication.quantities import Quantity
from clinicdesk.domain.medication.slots import SlotPolicy
from clinicdesk.domain.merge import ConflictKind
from clinicdesk.domain.people import SimilarName
from clinicdesk.domain.permissions import UserRole


class Licence(enum.StrEnum):
    """What a person may do by law; NONE is a delegate."""

    RN = "RN"
    LPN = "LPN"
    PRESCRIBER = "PRESCRIBER"
    NONE = "NONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """A named person's permission to give a student's drug (M18). Null student or order means every one."""

    delegate_id: uuid.UUID
    trained_on: dt.date
    valid_until: dt.date
    student_id: uuid.UUID | None = None
    order_root: uuid.UUID | None = None
    route: Route | None = None

    def covers(self, actor_id: uuid.UUID, order: Order) -> bool:
        """Whether it names this person, student, order and route, its dates left aside."""
        return (
            self.delegate_id == actor_id
            and self.student_id in {None, order.student_id}
            and self.order_root in {None, order.root_id}
            and self.route in {None, order.route}
        )

    def in_date(self, day: dt.date) -> bool:
        return self.trained_on <= day <= self.valid_until


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseActor:
    """Who gives the dose, or who lifts a stop."""

    user_id: uuid.UUID
    role: UserRole
    licence: Licence
    delegations: tuple[Delegation, ...] = ()

    @property
    def is_registered_nurse(self) -> bool:
        """A HEALTH_AIDE never counts as one, whatever else the record says (D40)."""
        return self.licence is Licence.RN and self.role is not UserRole.HEALTH_AIDE

    @property
    def is_licensed(self) -> bool:
        return self.licence is not Licence.NONE and self.role is not UserRole.HEALTH_AIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityStep:
    """How the student was identified (M1): a scan, or the photo and a second identifier, looked at."""

    scanned_student_id: uuid.UUID | None = None
    photo_matched: bool = False
    second_identifier_matched: bool = False

    @property
    def done(self) -> bool:
        return self.scanned_student_id is not None or (self.photo_matched and self.second_identifier_matched)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStep:
    """How the drug was identified (M3): a scan of its label, or the label read."""

    scanned_drug_id: uuid.UUID | None = None
    label_read: bool = False

    @property
    def done(self) -> bool:
        return self.scanned_drug_id is not None or self.label_read


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The row that a dose replaces, and why (M17)."""

    row_id: uuid.UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedDose:
    """A dose about to be charted as given. `order_id` is the version on the nurse's screen."""

    order_id: uuid.UUID
    student_id: uuid.UUID
    drug_id: uuid.UUID
    dose: Quantity
    strength: Strength
    form_count: Decimal
    route: Route
    event_at: dt.datetime
    identity: IdentityStep
    label: LabelStep
    slot_key: str | None = None
    indication: str | None = None
    prechecks_done: frozenset[PreCheck] = frozenset()
    witness_id: uuid.UUID | None = None
    source: RecordSource = RecordSource.DESK
    corrects: Correction | None = None

    def __post_init__(self) -> None:
        if self.event_at.tzinfo is None:
            raise InvalidValueError("event_at", "no_zone")
        if not self.form_count.is_finite() or self.form_count <= 0:
            raise InvalidValueError("form_count", "not_positive")


class ConsentMethod(enum.StrEnum):
    """How a consent was given. PHONE is for over-the-counter drugs where the district allows it (M2)."""

    WRITTEN = "WRITTEN"
    PHONE = "PHONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationConsent:
    """A consent for a drug as it stood at the dose's time. Null drug, dose or route = not limited to one."""

    consent_id: uuid.UUID
    standing: ConsentStanding
    order_root: uuid.UUID | None = None
    drug_id: uuid.UUID | None = None
    max_dose: Quantity | None = None
    route: Route | None = None
    method: ConsentMethod = ConsentMethod.WRITTEN
    phone_uses: int = 0

    def concerns(self, order: Order) -> bool:
        """Whether it was given for this order or drug at all."""
        if order.consent_id == self.consent_id or self.order_root == order.root_id:
            return True
        return self.order_root is None and self.drug_id == order.drug.id


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergyStatement:
    """One side's wording of an allergy: this desk's row, the district's, or the common base (D22)."""

    active: bool
    allergen: str
    ingredients: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    severe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergyFact:
    """An allergy with every side that an open conflict keeps apart; one side where there is none."""

    allergy_id: uuid.UUID
    sides: tuple[AllergyStatement, ...]
    about_drugs: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConflict:
    """A conflict that no person has resolved yet, on a row that safety reads (D22)."""

    conflict_id: uuid.UUID
    row_id: uuid.UUID
    fields: frozenset[str]
    kind: ConflictKind = ConflictKind.FIELD


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLot:
    """The package the dose is taken from. `expires_on` is its last good day (M13)."""

    lot_id: uuid.UUID
    drug_id: uuid.UUID
    expires_on: dt.date | None
    quarantined: bool = False
    balance: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtcRule:
    """A district's variation for over-the-counter drugs (M2)."""

    valid_days: int = 14
    max_phone_consents: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseRules:
    """What district and state set (`SystemConfig`). A null `otc` rule means OTC is treated as any drug."""

    slots: SlotPolicy = field(default_factory=SlotPolicy)
    otc: OtcRule | None = None
    unlicensed_may_give_controlled: bool = False
    controlled_needs_witness: bool = True
    weight_max_age_days: int = 365
    late_entry_after: dt.timedelta = dt.timedelta(minutes=15)
    clock_tolerance: dt.timedelta = dt.timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyFacts:
    """Everything known that bears on the dose, gathered by the service in one read.

    `versions` is the order's whole history; `other_orders` the student's other active orders. `doses` holds the
    log rows of the student (superseded ones too) and home doses, from 25 hours before the event on and of its
    slot. `doses_this_year` counts this order's taken doses of the school year. A merged record's rows count as
    the student's own (D26): `student_ids` holds the aliases.
    """

    now: dt.datetime
    actor: DoseActor
    student_ids: frozenset[uuid.UUID]
    versions: tuple[Order, ...]
    calendar: SchoolCalendar
    rules: DoseRules = field(default_factory=DoseRules)
    similar: tuple[SimilarName, ...] = ()
    consents: tuple[MedicationConsent, ...] = ()
    allergies: tuple[AllergyFact, ...] = ()
    other_orders: tuple[Order, ...] = ()
    doses: tuple[DoseRow, ...] = ()
    given_before: bool = False
    doses_this_year: int = 0
    lot: StockLot | None = None
    conflicts: tuple[OpenConflict, ...] = ()
    weight_measured_on: dt.date | None = None
