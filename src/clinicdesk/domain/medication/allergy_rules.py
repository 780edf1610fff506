"""Allergy and duplicate-therapy rules at ingredient and class level (M6, D22, D40)."""

from __future__ import annotations

from collections.abc import Iterator

from clinicdesk.domain.findings import Finding, OverrideBy, advisory, hard_stop
from clinicdesk.domain.medication.facts import AllergyFact, AllergyStatement, SafetyFacts
from clinicdesk.domain.medication.orders import Drug, Order, OrderStatus
from clinicdesk.domain.name_forms import joined


def allergies(order: Order, facts: SafetyFacts) -> Iterator[Finding]:
    """M6: a match stops the dose if any side of an open conflict states the allergy (D22)."""
    uncoded = 0
    for fact in facts.allergies:
        matching = [side for side in fact.sides if side.active and matches(side, order.drug)]
        if matching:
            code = "dose.allergy_in_conflict" if len(matching) < len(fact.sides) else "dose.allergy"
            yield hard_stop(
                "M6", code, OverrideBy.SECOND_PERSON, allergen=matching[0].allergen, allergy=str(fact.allergy_id)
            )
        elif _needs_eyes(fact):
            uncoded += 1
    if uncoded:
        yield advisory("M6", "dose.allergy_without_code", count=uncoded)


def matches(side: AllergyStatement, drug: Drug) -> bool:
    """By ingredient or class code, and by name where the allergy was written as text."""
    if side.ingredients & drug.ingredients or side.classes & drug.classes:
        return True
    allergen, name = joined(side.allergen), joined(drug.name)
    return len(allergen) >= 4 and (allergen in name or name in allergen)


def duplicate_therapy(order: Order, facts: SafetyFacts) -> Iterator[Finding]:
    """M6: another active order of the same ingredient or class, unless the prescriber wants both."""
    for other in facts.other_orders:
        if other.root_id == order.root_id or other.status is not OrderStatus.ACTIVE:
            continue
        if other.root_id in order.accepted_with or order.root_id in other.accepted_with:
            continue
        if order.drug.shares_ingredient(other.drug.ingredients):
            yield hard_stop("M6", "dose.duplicate_ingredient", OverrideBy.SECOND_PERSON, drug=other.drug.name)
        elif order.drug.classes & other.drug.classes:
            yield hard_stop("M6", "dose.duplicate_class", OverrideBy.SECOND_PERSON, drug=other.drug.name)


def _needs_eyes(fact: AllergyFact) -> bool:
    """A drug allergy without any code can only be compared by a person."""
    return fact.about_drugs and any(side.active and not side.ingredients and not side.classes for side in fact.sides)
