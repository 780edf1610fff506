"""What a form means to the rules while it is typed: echoes, red flags, questioned dispositions, stops."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.numbers import Temperature
from clinicdesk.domain.findings import Finding, Tier
from clinicdesk.domain.people import age_on
from clinicdesk.domain.visit_templates import TEMPLATES, VisitDisposition
from clinicdesk.domain.visits import Visit, red_flags
from clinicdesk.domain.vitals import LIMITS, Level, Sex, Vital, VitalSigns, check_possible, levels
from clinicdesk.i18n import clinical, sentence, term, tr
from clinicdesk.presentation.visits.form import FIELD_OF, VITALS, VisitForm, other_unit, readable_signs
from clinicdesk.presentation.visits.state import Echo, Stop
from clinicdesk.services.visit_values import VisitSheet

_PAIR = (Vital.SYSTOLIC, Vital.DIASTOLIC)


def echoes(form: VisitForm, sheet: VisitSheet, today: dt.date) -> dict[str, Echo]:
    """Beside each measurement: the other unit, or where it stands for the age (ux-spec 4)."""
    born = sheet.student.birth_date
    years = age_on(born, max(today, born)).years
    sex = Sex(sheet.student.gender) if sheet.student.gender in set(Sex) else None
    made: dict[str, Echo] = {}
    for one in VITALS:
        text = form.vitals.get(one.key, "")
        if not text.strip():
            continue
        try:
            value = one.read(text)
            signs = VitalSigns(**{one.key: value})
            check_possible(signs)
        except InvalidValueError:
            continue
        found = levels(signs, years, sex)
        level = next(
            (found[vital] for vital in (*_PAIR, one.vital) if found.get(vital, Level.NORMAL) != "NORMAL"), None
        )
        words = term("level", level.value) if level else term("level", "NORMAL") if found else ""
        if isinstance(value, Temperature):
            words = f"{other_unit(value)} {words}" if level else other_unit(value)
        made[one.key] = Echo(words, "warning" if level or _strange(signs) else "")
    return made


def field_problems(form: VisitForm) -> dict[str, str]:
    """The sentence of each measurement that cannot be kept, by field: shown when the field is left."""
    found: dict[str, str] = {}
    for one in VITALS:
        text = form.vitals.get(one.key, "")
        if not text.strip():
            continue
        try:
            check_possible(VitalSigns(**{one.key: one.read(text)}))
        except InvalidValueError as problem:
            found[one.key] = sentence(problem)
    return found


def flags(form: VisitForm) -> tuple[str, ...]:
    """The danger signs found, in words."""
    return tuple(term("visit.danger", sign.key) for sign in red_flags(_judged(form)))


def questioned(form: VisitForm) -> frozenset[str]:
    """The dispositions that need a reason as things stand."""
    if form.template not in TEMPLATES:
        return frozenset()
    judged = _judged(form)
    found = set(TEMPLATES[form.template].questioned)
    for sign in red_flags(judged):
        found |= sign.questioned
    return frozenset(one.value for one in found)


def stops(findings: Iterable[Finding]) -> tuple[Stop, ...]:
    """What stands against signing, each with the place that settles it."""
    return tuple(
        Stop(
            code=one.code,
            words=clinical(one.code, **dict(one.params)) or tr("Give a reason."),
            by_reason=one.tier is Tier.SOFT_STOP,
            place=_place(one.code),
        )
        for one in findings
    )


def _place(code: str) -> str:
    kind, _, key = code.rpartition(".")
    match kind:
        case "visit.field_missing":
            return f"field.{key}"
        case "visit.vital_missing" | "vital.implausible":
            return f"vital.{FIELD_OF.get(Vital(key.upper()), key)}"
        case _:
            return "disposition" if key == "disposition_missing" else "left" if key == "out_before_in" else ""


def _judged(form: VisitForm) -> Visit:
    template = form.template if form.template in TEMPLATES else "other"
    disposition = VisitDisposition(form.disposition) if form.disposition in set(VisitDisposition) else None
    signs = readable_signs(form)
    visit = Visit(template=template, check_in_at=dt.datetime.min.replace(tzinfo=dt.UTC), expected={}, vitals=signs)
    return replace(visit, danger=frozenset(form.danger), disposition=disposition)


def _strange(signs: VitalSigns) -> bool:
    return any(
        not LIMITS[vital].implausible_low <= value <= LIMITS[vital].implausible_high
        for vital, value in signs.values().items()
    )
