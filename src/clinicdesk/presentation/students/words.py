"""The words of a chart: badges, doses, relations, dates, in the language in use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from zoneinfo import ZoneInfo

from clinicdesk.domain.medication.quantities import DoseUnit, plain
from clinicdesk.domain.people import PersonName, masked
from clinicdesk.i18n import formats, term, tr
from clinicdesk.presentation.search import Badge
from clinicdesk.services.charts import UNIT_SIGNS
from clinicdesk.services.student_values import (
    BadgeKind,
    ContactOnRecord,
    OrderOnRecord,
    PlanOnRecord,
    StudentBadge,
    StudentFacts,
    VisitOnRecord,
)

_LOOK = {
    BadgeKind.ALLERGY: ("danger", "octagon"),
    BadgeKind.PLAN: ("danger", "triangle"),
    BadgeKind.CONSENT: ("danger", "page-slash"),
    BadgeKind.OVERDUE: ("danger", "ring-clock"),
    BadgeKind.CONTROLLED: ("controlled", "diamond"),
    BadgeKind.CARE_PLAN: ("neutral", ""),
    BadgeKind.CONFLICT: ("warning", "split-circle"),
}
_GRADES = {"PK": "Prekindergarten", "KG": "Kindergarten", "K": "Kindergarten"}
_RELATIONS = {
    "PARENT": "parent",
    "GUARDIAN": "guardian",
    "SIBLING": "sibling",
    "GRANDPARENT": "grandparent",
    "AUNT_UNCLE": "aunt or uncle",
    "FAMILY_FRIEND": "family friend",
    "NEIGHBOR": "neighbor",
    "OTHER": "other contact",
    "STEPPARENT": "stepparent",
    "FOSTER_PARENT": "foster parent",
    "SELF": "the student",
}
_SEVERITIES = {
    "MILD": ("Mild", "neutral"),
    "MODERATE": ("Moderate", "warning"),
    "SEVERE": ("Severe", "danger"),
    "LIFE_THREATENING": ("Life-threatening", "danger"),
}


def severity_words(severity: str) -> tuple[str, str]:
    """The word and the tone of an allergy's severity."""
    words, tone = _SEVERITIES.get(severity, (severity, "neutral"))
    return tr(words), tone


def badge(one: StudentBadge) -> Badge:
    """A badge says what it warns of, with its tone and shape (ux-spec 6)."""
    tone, shape = _LOOK[one.kind]
    return Badge(_badge_words(one), tone, shape)


def badges(found: Iterable[StudentBadge], most: int | None = None) -> tuple[Badge, ...]:
    """All badges; with `most`, the weightiest, and how many more there are."""
    made = [badge(one) for one in found]
    if most is None or len(made) <= most:
        return tuple(made)
    return (*made[:most], Badge(f"+{len(made) - most}", "neutral", ""))


def _badge_words(one: StudentBadge) -> str:
    match one.kind:
        case BadgeKind.ALLERGY:
            return f"{one.subject}: {severity_words(one.detail)[0].lower()}" if one.detail else one.subject
        case BadgeKind.PLAN:
            return tr("{condition} plan", condition=one.subject)
        case BadgeKind.CARE_PLAN:
            return one.subject
        case BadgeKind.CONSENT:
            return tr("Consent missing")
        case BadgeKind.OVERDUE:
            return tr("Overdue")
        case BadgeKind.CONTROLLED:
            return tr("Controlled medicine")
        case BadgeKind.CONFLICT:
            return tr("Conflict")


def same_name_badge() -> Badge:
    return Badge(tr("Same name"), "warning", "info-ring")


def grade_words(grade: str) -> str:
    """ "Grade 3", "Kindergarten"."""
    return tr(_GRADES[grade]) if grade in _GRADES else tr("Grade {grade}", grade=grade.lstrip("0") or grade)


def place_words(grade: str, homeroom: str) -> str:
    """ "Grade 3 · Room 14"."""
    parts = [grade_words(grade)]
    if homeroom:
        parts.append(tr("Room {room}", room=homeroom) if homeroom[:1].isdigit() else homeroom)
    return " · ".join(parts)


def birth_words(born: dt.date, today: dt.date) -> str:
    return formats().birth_and_age(born, today)


def detail_words(student: StudentFacts, zone: dt.tzinfo | None) -> str:
    """Grade, room, number and weight in one line under the name."""
    parts = [place_words(student.grade, student.homeroom).replace(" · ", ", ")]
    if student.number:
        parts.append(tr("ID {number}", number=student.number))
    elif student.provisional:
        parts.append(tr("provisional, no ID yet"))
    if student.weight is not None:
        weight = f"{plain(student.weight.amount)} {UNIT_SIGNS.get(student.weight.unit, student.weight.unit)}"
        day = formats().date_short(student.weight.measured_at.astimezone(zone).date())
        parts.append(tr("{weight} on {day}", weight=weight, day=day))
    if not student.is_active:
        parts.append(tr("no longer enrolled"))
    return " · ".join(parts)


def legal_words(name: PersonName) -> str:
    """The legal name where it is not the one on top."""
    return tr("legal name {name}", name=name.legal) if name.legal != name.shown else ""


def shown(name: PersonName, *, private: bool) -> str:
    return masked(name, private=private)


def amount_words(amount: Decimal, unit: str) -> str:
    """ "1 tablet", "10 mg": the amount with its unit's word."""
    try:
        known = DoseUnit(unit)
    except ValueError:
        return f"{plain(amount)} {unit}"
    return f"{plain(amount)} {term(known.word, 'one' if amount <= 1 else 'other')}"


def dose_words(order: OrderOnRecord) -> str:
    """The dose both ways with its route: "10 mg (1 tablet), by mouth" (M3)."""
    dose = amount_words(order.dose_amount, order.dose_unit)
    if order.form_count is not None and order.form_unit is not None and order.form_unit != order.dose_unit:
        dose = f"{dose} ({amount_words(order.form_count, order.form_unit)})"
    return f"{dose}, {term('dose_route', order.route)}"


def plan_words(plan: PlanOnRecord) -> str:
    """ "Asthma emergency plan", or the name of a plan of care."""
    return tr("{condition} emergency plan", condition=plan.title) if plan.emergency else plan.title


def when_words(order: OrderOnRecord) -> str:
    """ "08:00 and 12:00", "As needed, at most 3 a day", "Emergency"."""
    if order.emergency:
        return tr("Emergency")
    if order.schedule_kind == "PRN":
        if order.max_per_day is None:
            return tr("As needed")
        return tr("As needed, at most {count} a day", count=order.max_per_day)
    times = list(order.times)
    if len(times) < 2:
        return "".join(times)
    return tr("{first} and {last}", first=", ".join(times[:-1]), last=times[-1])


def complaint_words(visit_reasons: Iterable[str]) -> str:
    """Codes of complaints in words; what was typed freely stays as it is."""
    return ", ".join(term("visit.complaint", reason) for reason in visit_reasons)


def visit_words(visit: VisitOnRecord) -> str:
    """Reason and what was done."""
    return ", ".join(part for part in (complaint_words(visit.reasons), visit.treatment) if part)


def disposition_words(disposition: str | None) -> str:
    return tr("Still here") if disposition is None else term("visit.disposition", disposition)


DISPOSITION_ICONS = {
    "RETURN_TO_CLASS": "graduation-cap",
    "SENT_HOME": "house",
    "EMERGENCY_TRANSPORT": "ambulance",
}


def relation_words(relationship: str) -> str:
    return tr(_RELATIONS.get(relationship, relationship.lower()))


RELATIONS = tuple(_RELATIONS)


def contact_note(contact: ContactOnRecord) -> str:
    """Language, right to pick up and to consent, and what else a caller should know."""
    parts = []
    if contact.language and contact.language != "en":
        parts.append(tr("Speaks {language}", language=language_words(contact.language)))
    if contact.may_pick_up:
        parts.append(tr("may pick up"))
    if contact.may_consent:
        parts.append(tr("may consent"))
    if contact.notes:
        parts.append(contact.notes)
    return " · ".join(parts)


def rights_words(contact: ContactOnRecord, zone: ZoneInfo) -> str:
    """What the rights of a contact rest on, by whom and when (D42); of a guardian, that nobody has said so yet."""
    if contact.rests_on and contact.stated_at is not None:
        day = formats().date(contact.stated_at.astimezone(zone).date())
        said = contact.rests_on
        return tr("Rests on: {said} ({by}, {day})", said=said, by=contact.stated_by, day=day)
    if contact.relationship in _GUARDIANS and not contact.may_consent and not contact.no_release:
        return tr("Nobody has stated yet that this person may consent.")
    return ""


_GUARDIANS = frozenset({"PARENT", "GUARDIAN", "STEPPARENT", "FOSTER_PARENT"})
_LANGUAGES = {"en": "English", "es": "Spanish"}
LANGUAGES = tuple(_LANGUAGES)


def language_words(code: str) -> str:
    return tr(_LANGUAGES[code]) if code in _LANGUAGES else code
