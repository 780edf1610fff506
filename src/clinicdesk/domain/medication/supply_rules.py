"""Rules about the package a dose comes from, and about controlled drugs (M9, M13, D44)."""

from __future__ import annotations

from collections.abc import Iterator

from clinicdesk.domain.findings import Finding, hard_stop
from clinicdesk.domain.medication.facts import ProposedDose, SafetyFacts
from clinicdesk.domain.medication.orders import Order
from clinicdesk.domain.medication.quantities import plain


def stock(dose: ProposedDose, order: Order, facts: SafetyFacts) -> Iterator[Finding]:
    """M13: nothing expired, quarantined or of another drug; a lot is good through its last day."""
    lot = facts.lot
    if lot is None:
        return
    if lot.drug_id != order.drug.id:
        yield hard_stop("M3", "dose.lot_of_other_drug")
    if lot.expires_on is not None and facts.calendar.local_date(dose.event_at) > lot.expires_on:
        yield hard_stop("M13", "dose.product_expired", expired=lot.expires_on.isoformat())
    if lot.quarantined:
        yield hard_stop("M13", "dose.product_quarantined")


def controlled(dose: ProposedDose, order: Order, facts: SafetyFacts) -> Iterator[Finding]:
    """M9: witness, a counted package with enough in it, no delegation where the state forbids it (D44)."""
    needs_witness = order.requires_witness or (order.controlled and facts.rules.controlled_needs_witness)
    if needs_witness and dose.witness_id is None:
        yield hard_stop("M9", "dose.witness_missing")
    elif dose.witness_id == facts.actor.user_id:
        yield hard_stop("M9", "dose.witness_is_actor")
    if not order.controlled:
        return
    if not facts.actor.is_licensed and not facts.rules.unlicensed_may_give_controlled:
        yield hard_stop("M9", "dose.controlled_not_delegable")
    if facts.lot is None or facts.lot.balance is None:
        yield hard_stop("M9", "dose.controlled_without_count")
    elif facts.lot.balance < dose.form_count:
        yield hard_stop("M9", "dose.balance_too_low", balance=plain(facts.lot.balance))
