"""What the dose rules must know, read from rows and open conflicts alike: log, calendar, consents, allergies (D22)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.calendar import Closure, SchoolCalendar, SessionDates
from clinicdesk.domain.consent import (
    ConsentDecision,
    ConsentStanding,
    ConsentState,
    SignatureRow,
    SignerCapacity,
    Validity,
    ValidityRule,
    standing_of,
)
from clinicdesk.domain.medication.facts import (
    AllergyFact,
    AllergyStatement,
    ConsentMethod,
    Delegation,
    DoseRules,
    MedicationConsent,
    OpenConflict,
    OtcRule,
)
from clinicdesk.domain.medication.log import DoseOutcome, DoseRow, RecordSource
from clinicdesk.domain.medication.orders import Drug
from clinicdesk.domain.medication.quantities import DoseUnit, Quantity
from clinicdesk.domain.medication.slots import SlotPolicy
from clinicdesk.domain.people import NamedStudent, PersonName, SimilarName, similar_names
from clinicdesk.models import (
    AcademicSession,
    Allergy,
    CalendarDay,
    ConsentSignature,
    DrugCatalog,
    GrowthTracking,
    MedicationLog,
    Student,
    StudentDrugAllergy,
    StudentEnrollment,
    SyncConflict,
    SystemConfig,
    TrainingCompletion,
    TrainingModule,
    VitalSigns,
)
from clinicdesk.models.enums import (
    AllergySeverity,
    AllergyType,
    CalendarDayKind,
    ConfigScope,
    EnrollmentStatus,
    EntryKind,
    SigningMethod,
    TrainingCategory,
)
from clinicdesk.storage.queries.disputes import in_dispute, sides_of
from clinicdesk.storage.queries.orders import drugs_of
from clinicdesk.storage.queries.students import same_person

_NO_END = dt.date(9999, 12, 31)


def aliases(session: Session, student: uuid.UUID) -> frozenset[uuid.UUID]:
    """A student's record with those merged into it, whichever of them was named (D26)."""
    return frozenset(same_person(session, student))


def log_rows(
    session: Session,
    students: Collection[uuid.UUID] | sa.Select[Any],
    since: dt.datetime,
    *,
    order_root: uuid.UUID | None = None,
) -> list[tuple[MedicationLog, DoseRow]]:
    """Log rows of students since a moment, superseded ones too; with `order_root`, those of the order of any age."""
    chosen = MedicationLog.student_id.in_(students if isinstance(students, sa.Select) else list(students))
    recent: sa.ColumnElement[bool] = MedicationLog.administered_at >= since
    if order_root is not None:
        recent = sa.or_(recent, MedicationLog.order_root_id == order_root)
    rows = session.scalars(
        sa.select(MedicationLog)
        .where(chosen, recent)
        .order_by(MedicationLog.administered_at, MedicationLog.revision, MedicationLog.id)
    ).all()
    drugs = drugs_of(session, {row.medication_id for row in rows})
    return [(row, dose_row(row, drugs[row.medication_id])) for row in rows]


def dose_row(row: MedicationLog, drug: Drug) -> DoseRow:
    """A log row as the rules read it."""
    amount = row.dosage
    return DoseRow(
        id=row.id,
        student_id=row.student_id,
        order_root=row.order_root_id or row.standing_order_id,
        outcome=DoseOutcome(row.outcome.value),
        event_at=row.administered_at,
        entered_at=row.recorded_at,
        ingredients=drug.ingredients,
        slot_key=row.slot_key,
        dose=Quantity(amount=amount, unit=DoseUnit(row.dosage_unit.value)) if amount > 0 else None,
        source=RecordSource(row.source.value),
        revision=row.revision,
        supersedes_id=row.supersedes_id,
        withdrawn=row.entry_kind is EntryKind.WITHDRAWN,
        device_id=row.device_id,
        actor_id=row.administered_by,
    )


def calendar_of(session: Session, school: uuid.UUID, zone: str) -> SchoolCalendar:
    """The school's days: its own sessions and those of all schools, with closures and shortened days (D41)."""
    ours = (AcademicSession.school_id == school) | AcademicSession.school_id.is_(None)
    sessions = session.scalars(sa.select(AcademicSession).where(ours, AcademicSession.deleted_at.is_(None))).all()
    days = session.scalars(
        sa.select(CalendarDay)
        .where((CalendarDay.school_id == school) | CalendarDay.school_id.is_(None), CalendarDay.deleted_at.is_(None))
        .order_by(CalendarDay.school_id.is_(None))
    ).all()
    # A school's own word on a day goes before that of all schools.
    by_day: dict[dt.date, CalendarDay] = {}
    for one in days:
        by_day.setdefault(one.day, one)
    kinds: dict[CalendarDayKind, list[CalendarDay]] = {kind: [] for kind in CalendarDayKind}
    for one in by_day.values():
        kinds[one.kind].append(one)
    weekdays = {day for one in sessions for day in one.school_days}
    return SchoolCalendar(
        school_id=school,
        zone=zone,
        sessions=tuple(SessionDates(first=one.starts_on, last=one.ends_on) for one in sessions),
        closures=tuple(
            Closure(first=one.day, last=one.day, name=one.title or "") for one in kinds[CalendarDayKind.CLOSED]
        ),
        early_dismissals=_times_of(kinds[CalendarDayKind.EARLY_DISMISSAL]),
        late_starts=_times_of(kinds[CalendarDayKind.LATE_START]),
        make_up_days=frozenset(one.day for one in kinds[CalendarDayKind.EXTRA_SCHOOL_DAY]),
        weekdays=frozenset(weekdays) or frozenset(range(5)),
    )


def _times_of(days: list[CalendarDay]) -> tuple[tuple[dt.date, dt.time], ...]:
    return tuple((one.day, dt.time.fromisoformat(one.at_time)) for one in days if one.at_time)


def rules_of(session: Session, school: uuid.UUID) -> DoseRules:
    """What district and school set for doses; the school's value goes before the district's (concern 48)."""
    set_ = _settings(session, school)
    window = dt.timedelta(minutes=int(set_.get("doses.window_minutes", "30")))
    otc_days = set_.get("doses.otc_valid_days")
    return DoseRules(
        slots=SlotPolicy(
            before=window,
            after=window,
            cut_off=dt.timedelta(minutes=int(set_.get("doses.cut_off_minutes", "120"))),
        ),
        otc=None
        if otc_days is None
        else OtcRule(valid_days=int(otc_days), max_phone_consents=int(set_.get("doses.otc_phone_consents", "3"))),
        unlicensed_may_give_controlled=set_.get("doses.unlicensed_controlled", "false").lower() == "true",
        controlled_needs_witness=set_.get("doses.controlled_witness", "true").lower() == "true",
    )


def _settings(session: Session, school: uuid.UUID) -> Mapping[str, str]:
    rank = {ConfigScope.SYSTEM: 0, ConfigScope.DISTRICT: 1, ConfigScope.SCHOOL: 2}
    rows = session.scalars(
        sa.select(SystemConfig).where(
            SystemConfig.key.startswith("doses."),
            SystemConfig.deleted_at.is_(None),
            (SystemConfig.scope != ConfigScope.SCHOOL) | (SystemConfig.applies_to_id == school),
        )
    ).all()
    known = sorted((row for row in rows if row.scope in rank), key=lambda row: rank[row.scope])
    return {row.key: row.value for row in known}


def consent_of(
    session: Session, consent: uuid.UUID | None, calendar: SchoolCalendar, at: dt.datetime
) -> tuple[MedicationConsent, ConsentSignature] | None:
    """The consent that an order names, with all that followed on it: renewal, withdrawal, correction (M2)."""
    named = session.get(ConsentSignature, consent) if consent is not None else None
    if named is None:
        return None
    # A renewal may stand on a later version of the form, or on the record this student was merged into.
    students = same_person(session, named.student_id)
    rows = session.scalars(sa.select(ConsentSignature).where(ConsentSignature.student_id.in_(students))).all()
    chain = _chain(named, rows)
    standing = _standing(chain, calendar, at)
    deciding = next((row for row in chain if standing.row is not None and row.id == standing.row.id), named)
    by_phone = deciding.method is SigningMethod.PHONE
    return (
        MedicationConsent(
            consent_id=named.id, standing=standing, method=ConsentMethod.PHONE if by_phone else ConsentMethod.WRITTEN
        ),
        deciding,
    )


def _chain(named: ConsentSignature, rows: Collection[ConsentSignature]) -> list[ConsentSignature]:
    """The rows joined with `named` by supersession, in both directions."""
    known = {named.id}
    while True:
        joined = {row.id for row in rows if row.supersedes_id in known}
        joined |= {row.supersedes_id for row in rows if row.id in known and row.supersedes_id is not None}
        if joined <= known:
            return [row for row in rows if row.id in known]
        known |= joined


def _standing(chain: Collection[ConsentSignature], calendar: SchoolCalendar, at: dt.datetime) -> ConsentStanding:
    values = [
        SignatureRow(
            id=row.id,
            form_id=row.consent_form_id,
            form_version=row.form_version,
            student_id=row.student_id,
            decision=ConsentDecision(row.decision.value),
            event_at=row.withdrawn_at or row.signed_at,
            supersedes_id=row.supersedes_id,
            in_error=row.entry_kind is EntryKind.WITHDRAWN,
            capacity=SignerCapacity(row.capacity.value),
        )
        for row in chain
    ]
    first = standing_of(None, values, Validity(rule=ValidityRule.UNTIL_REVOKED), calendar, at)
    if first.row is None or first.state not in {ConsentState.SIGNED, ConsentState.NOT_YET_VALID}:
        return first
    deciding = next(row for row in chain if row.id == first.row.id)
    until = deciding.expires_on
    rule = ValidityRule.UNTIL_DATE if until is not None else ValidityRule.UNTIL_REVOKED
    return standing_of(None, values, Validity(rule=rule, until=until, starts=deciding.effective_from), calendar, at)


def allergies_of(session: Session, students: Collection[uuid.UUID]) -> tuple[AllergyFact, ...]:
    """Every allergy that any side states (D22): live rows, and rows of either side of an open conflict."""
    conflicts: dict[uuid.UUID, list[SyncConflict]] = {}
    for conflict in session.scalars(
        sa.select(SyncConflict).where(SyncConflict.table_name == Allergy.__tablename__, in_dispute())
    ):
        conflicts.setdefault(conflict.entity_id, []).append(conflict)
    rows = session.scalars(
        sa.select(Allergy)
        .where(
            Allergy.student_id.in_(list(students)),
            sa.or_(Allergy.deleted_at.is_(None), Allergy.id.in_(conflicts.keys())),
        )
        .order_by(Allergy.id)
    ).all()
    codes = _catalogue_codes(session, {row.id for row in rows})
    found = []
    for row in rows:
        here = _columns(row)
        sides = [here]
        sides += [{**here, **side} for conflict in conflicts.get(row.id, ()) for side in sides_of(conflict)]
        statements = tuple(dict.fromkeys(_statement(side, codes.get(row.id, _NOTHING)) for side in sides))
        if any(statement.active for statement in statements):
            found.append(
                AllergyFact(allergy_id=row.id, sides=statements, about_drugs=row.allergy_type is AllergyType.MEDICATION)
            )
    return tuple(found)


_NOTHING: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())


def _columns(row: Allergy) -> dict[str, Any]:
    return {
        "active": row.active,
        "deleted_at": row.deleted_at,
        "allergen": row.allergen,
        "ingredient_code": row.ingredient_code,
        "severity": row.severity.value,
    }


def _statement(side: Mapping[str, Any], codes: tuple[frozenset[str], frozenset[str]]) -> AllergyStatement:
    ingredient = side.get("ingredient_code")
    severe = str(side.get("severity")) in {AllergySeverity.SEVERE.value, AllergySeverity.LIFE_THREATENING.value}
    return AllergyStatement(
        active=bool(side.get("active", True)) and side.get("deleted_at") is None,
        allergen=str(side.get("allergen", "")),
        ingredients=codes[0] | ({str(ingredient)} if ingredient else frozenset()),
        classes=codes[1],
        severe=severe,
    )


def _catalogue_codes(
    session: Session, allergies: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, tuple[frozenset[str], frozenset[str]]]:
    """Ingredient and class codes of the catalogue drugs that allergies are linked to (concern 16)."""
    rows = session.execute(
        sa.select(StudentDrugAllergy, DrugCatalog)
        .join(DrugCatalog, DrugCatalog.id == StudentDrugAllergy.drug_id)
        .where(StudentDrugAllergy.allergy_id.in_(list(allergies)), StudentDrugAllergy.deleted_at.is_(None))
    )
    found: dict[uuid.UUID, tuple[frozenset[str], frozenset[str]]] = {}
    for link, drug in rows:
        ingredients, classes = found.get(link.allergy_id, _NOTHING)
        codes = {str(one.get("code", "")) if isinstance(one, dict) else str(one) for one in drug.ingredients}
        codes |= {code for code in (drug.rxnorm_id, link.ingredient_code) if code}
        found[link.allergy_id] = (ingredients | codes, classes | set(drug.allergy_classes))
    return found


def open_conflicts(session: Session, rows: Iterable[uuid.UUID]) -> tuple[OpenConflict, ...]:
    """Conflicts that nobody has resolved on these rows (D22)."""
    found = session.scalars(sa.select(SyncConflict).where(SyncConflict.entity_id.in_(list(rows)), in_dispute()))
    return tuple(
        OpenConflict(
            conflict_id=row.id,
            row_id=row.entity_id,
            fields=frozenset(row.fields) | ({row.merge_group} if row.merge_group else frozenset()),
            kind=row.kind,
        )
        for row in found
    )


def weighed_on(session: Session, students: Collection[uuid.UUID], zone: dt.tzinfo) -> dt.date | None:
    """The day of the newest weight, from vital signs or a growth measurement (M3)."""
    chosen = list(students)
    moments = [
        session.scalar(
            sa.select(sa.func.max(VitalSigns.measurement_date)).where(
                VitalSigns.student_id.in_(chosen), VitalSigns.weight.is_not(None), VitalSigns.deleted_at.is_(None)
            )
        ),
        session.scalar(
            sa.select(sa.func.max(GrowthTracking.measurement_date)).where(
                GrowthTracking.student_id.in_(chosen),
                GrowthTracking.weight.is_not(None),
                GrowthTracking.deleted_at.is_(None),
            )
        ),
    ]
    days = [moment.astimezone(zone).date() for moment in moments if moment is not None]
    return max(days, default=None)


def similar_to(session: Session, student: Student, schools: Collection[uuid.UUID]) -> tuple[SimilarName, ...]:
    """Students of the same schools whose names could be taken for this one's (M1)."""
    rows = session.execute(
        sa.select(
            Student.id,
            Student.first_name,
            Student.last_name,
            Student.middle_name,
            Student.preferred_name,
            Student.date_of_birth,
        )
        .join(StudentEnrollment, StudentEnrollment.student_id == Student.id)
        .where(
            StudentEnrollment.school_id.in_(list(schools)),
            StudentEnrollment.deleted_at.is_(None),
            StudentEnrollment.status != EnrollmentStatus.ENDED,
            Student.deleted_at.is_(None),
            Student.merged_into_id.is_(None),
        )
        .distinct()
    )
    others = [
        NamedStudent(
            id=key, name=PersonName(first=first, last=last, middle=middle, preferred=preferred), birth_date=born
        )
        for key, first, last, middle, preferred, born in rows
    ]
    return similar_names(NamedStudent(id=student.id, name=name_of(student), birth_date=student.date_of_birth), others)


def name_of(student: Student) -> PersonName:
    return PersonName(
        first=student.first_name, last=student.last_name, middle=student.middle_name, preferred=student.preferred_name
    )


def delegations_of(session: Session, user: uuid.UUID, medication: uuid.UUID) -> tuple[Delegation, ...]:
    """The trainings that let an unlicensed person give a medicine (M18): of medication, for this one or for all."""
    rows = session.scalars(
        sa.select(TrainingCompletion)
        .join(TrainingModule, TrainingModule.id == TrainingCompletion.training_module_id)
        .where(
            TrainingCompletion.user_id == user,
            TrainingModule.category == TrainingCategory.MEDICATION_MANAGEMENT,
            (TrainingCompletion.medication_id == medication) | TrainingCompletion.medication_id.is_(None),
        )
    ).all()
    superseded = {row.supersedes_id for row in rows}
    return tuple(
        Delegation(delegate_id=user, trained_on=row.completed_on, valid_until=row.expires_on or _NO_END)
        for row in rows
        if row.id not in superseded and row.entry_kind is not EntryKind.WITHDRAWN
    )


def taken_since(rows: Iterable[DoseRow], order_root: uuid.UUID, since: dt.datetime) -> int:
    """How often an order's drug was taken since a moment, by the current rows handed in."""
    return sum(row.order_root == order_root and row.taken and row.event_at >= since for row in rows)
