"""What each touch makes of the form of a visit: complaints, template, findings, danger signs (ux-spec 7.4)."""

from __future__ import annotations

from dataclasses import replace

from clinicdesk.domain.visit_templates import TEMPLATES
from clinicdesk.domain.visits import Tick
from clinicdesk.i18n import term
from clinicdesk.presentation.visits.form import VisitForm, default_disposition, expected_of

COMPLAINTS = tuple(dict.fromkeys(template.complaint for template in TEMPLATES.values()))
UNTOLD = "other"
"""The complaint of a visit that begins with a 911 call; the template is chosen afterwards."""


def with_complaint(form: VisitForm, words: str) -> VisitForm | None:
    """The form with one more complaint, a known one by its words or their beginning; None where nothing is new."""
    typed = words.strip().casefold()
    if not typed:
        return None
    known = {term("visit.complaint", key).casefold(): key for key in COMPLAINTS}
    key = known.get(typed) or next((code for text, code in known.items() if text.startswith(typed)), words)
    return None if key in form.complaints else replace(form, complaints=(*form.complaints, key))


def with_template(form: VisitForm, template: str) -> VisitForm:
    """Expected findings come unconfirmed; what was ticked by hand before stays where the template has it."""
    kept = {key: tick for key, tick in form.ticks.items() if key in expected_of(template)}
    fresh = {key: kept.get(key, Tick.FROM_TEMPLATE.value) for key in expected_of(template)}
    goes = form.disposition if form.disposition not in {"", default_disposition(form.template)} else ""
    return replace(form, template=template, ticks=fresh, disposition=goes or default_disposition(template))


def touched(form: VisitForm, finding: str, *, found: bool) -> VisitForm:
    """A person confirmed an expected finding, or did not find it."""
    tick = Tick.CONFIRMED if found else Tick.NOT_FOUND
    return replace(form, ticks={**form.ticks, finding: tick.value})


def with_danger(form: VisitForm, sign: str, *, found: bool) -> VisitForm:
    danger = set(form.danger) - {sign}
    return replace(form, danger=tuple(sorted(danger | {sign} if found else danger)))


def all_confirmed(form: VisitForm) -> VisitForm:
    """Every finding of the template that nobody touched is confirmed."""
    ticks = form.ticks
    done = {
        key: Tick.CONFIRMED.value if ticks.get(key, Tick.FROM_TEMPLATE) == Tick.FROM_TEMPLATE else ticks[key]
        for key in expected_of(form.template)
    }
    return replace(form, ticks=done)
