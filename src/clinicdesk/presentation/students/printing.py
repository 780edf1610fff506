"""What the printed emergency card says, from the card on the screen."""

from __future__ import annotations

import datetime as dt

from clinicdesk.i18n import formats, language, tr
from clinicdesk.presentation.students.words import (
    birth_words,
    contact_note,
    dose_words,
    place_words,
    plan_words,
    relation_words,
    severity_words,
)
from clinicdesk.reports.emergency_card import CardPart, EmergencyPaper
from clinicdesk.services.student_values import AllergyKnowledge, ContactOnRecord, EmergencyCard


def emergency_paper(card: EmergencyCard, site: str, now: dt.datetime) -> EmergencyPaper:
    """The paper of a card; `now` is the moment at the school."""
    student = card.student
    limited = [one for one in card.contacts if one.no_release]
    called = [one for one in card.contacts if one.is_active and not one.no_release]
    parts = [CardPart(heading=tr("Allergies"), lines=_allergies(card), warns=bool(card.allergies.listed))]
    parts += [
        CardPart(heading=plan_words(plan), lines=tuple(plan.steps.splitlines()), warns=True) for plan in card.plans
    ]
    if not card.plans:
        parts.append(CardPart(heading=tr("Action plans"), lines=(tr("No emergency plan is on record."),)))
    if card.emergency_orders:
        doses = tuple(f"{order.drug}, {dose_words(order)}" for order in card.emergency_orders)
        parts.append(CardPart(heading=tr("Emergency medicine"), lines=doses))
    parts += [
        CardPart(heading=tr("Do not release to {name}", name=one.name), lines=(one.custody_limits,), warns=True)
        for one in limited
    ]
    nobody = tr("No contact is on record. Ask the office before the student needs one.")
    parts.append(CardPart(heading=tr("Emergency contacts"), lines=tuple(_contact(one) for one in called) or (nobody,)))
    return EmergencyPaper(
        title=tr("Emergency card"),
        language="es" if language().value == "es" else "en",
        site=site,
        printed=f"{formats().date(now.date())} {formats().time(now)}",
        student_name=student.name.legal
        if student.name.legal == student.name.shown
        else f"{student.name.shown} ({student.name.legal})",
        student_born=birth_words(student.birth_date, now.date()),
        student_place=place_words(student.grade, student.homeroom),
        parts=tuple(parts),
    )


def _allergies(card: EmergencyCard) -> tuple[str, ...]:
    match card.allergies.knowledge:
        case AllergyKnowledge.NONE_KNOWN:
            return (tr("No known allergies"),)
        case AllergyKnowledge.NOT_ASKED:
            return (tr("Not asked"), tr("Nobody has asked yet. This is not the same as none."))
        case _:
            return tuple(
                f"{one.allergen}: {severity_words(one.severity)[0]}. {', '.join(one.reactions) or one.symptoms}".strip()
                for one in card.allergies.listed
            )


def _contact(one: ContactOnRecord) -> str:
    note = contact_note(one)
    return f"{one.call_order}. {one.name}, {relation_words(one.relationship)}: {one.phone}" + (
        f" ({note})" if note else ""
    )
