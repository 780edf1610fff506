"""Rules about the people of a dose: the right student, a trained delegate (M1, M18)."""

from __future__ import annotations

from collections.abc import Iterator

from clinicdesk.domain.findings import Finding, advisory, hard_stop
from clinicdesk.domain.medication.facts import ProposedDose, SafetyFacts
from clinicdesk.domain.medication.orders import Order


def identity(dose: ProposedDose, facts: SafetyFacts) -> Iterator[Finding]:
    """M1: no dose before the identity step; a name that can be mixed up is said aloud."""
    scanned = dose.identity.scanned_student_id
    if dose.student_id not in facts.student_ids or (scanned is not None and scanned not in facts.student_ids):
        yield hard_stop("M1", "dose.wrong_student")
    if not dose.identity.done:
        yield hard_stop("M1", "dose.identity_missing")
    if facts.similar:
        code = "dose.same_name" if any(one.same_name for one in facts.similar) else "dose.similar_name"
        yield advisory("M1", code, count=len(facts.similar))


def delegate(dose: ProposedDose, order: Order, facts: SafetyFacts) -> Iterator[Finding]:
    """M18: an unlicensed person gives only what she was named and trained for, in date."""
    if facts.actor.is_licensed:
        return
    if not order.delegation_allowed:
        yield hard_stop("M18", "dose.not_delegable")
        return
    covering = [one for one in facts.actor.delegations if one.covers(facts.actor.user_id, order)]
    day = facts.calendar.local_date(dose.event_at)
    if not covering:
        yield hard_stop("M18", "dose.delegate_not_named")
    elif not any(one.in_date(day) for one in covering):
        yield hard_stop("M18", "dose.training_lapsed", until=max(one.valid_until for one in covering).isoformat())
