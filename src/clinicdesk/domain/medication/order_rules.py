"""Rules that hold a dose against its order, consent and hour (M2, M3, M4, M17)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from clinicdesk.domain.consent import ConsentState
from clinicdesk.domain.findings import Finding, OverrideBy, advisory, hard_stop, soft_stop
from clinicdesk.domain.medication.facts import (
    ConsentMethod,
    MedicationConsent,
    OtcRule,
    ProposedDose,
    SafetyFacts,
)
from clinicdesk.domain.medication.orders import DoseMismatch, Order, OrderStatus, dose_mismatch, in_force
from clinicdesk.domain.medication.quantities import comparable, plain
from clinicdesk.domain.medication.slots import slots_of_day

_STATUS_CODES = {
    OrderStatus.DRAFT: "dose.order_draft",
    OrderStatus.ON_HOLD: "dose.order_on_hold",
    OrderStatus.DISCONTINUED: "dose.order_discontinued",
    OrderStatus.COMPLETED: "dose.order_completed",
}

_CONSENT_CODES = {
    ConsentState.DRAFT: "dose.consent_missing",
    ConsentState.SENT: "dose.consent_not_signed",
    ConsentState.NOT_YET_VALID: "dose.consent_not_yet_valid",
    ConsentState.DECLINED: "dose.consent_declined",
    ConsentState.EXPIRED: "dose.consent_expired",
    ConsentState.REVOKED: "dose.consent_revoked",
    ConsentState.FORKED: "dose.consent_in_conflict",
}

_MISMATCH_CODES = {
    DoseMismatch.UNIT: "dose.unit_mismatch",
    DoseMismatch.AMOUNT: "dose.arithmetic_mismatch",
    DoseMismatch.HALF: "dose.half_tablet_not_ordered",
    DoseMismatch.SPLIT: "dose.cannot_be_split",
}


def order_valid(dose: ProposedDose, order: Order, facts: SafetyFacts) -> Iterator[Finding]:
    """M2, M13: an active order in date, the version that governs the day of the dose."""
    day = facts.calendar.local_date(dose.event_at)
    governing = in_force(facts.versions, day)
    if governing is not None and governing.id != order.id:
        yield hard_stop("M2", "dose.order_changed", version=governing.version)
    if order.withdrawn:
        yield hard_stop("M2", "dose.order_withdrawn")
    elif order.status is not OrderStatus.ACTIVE and not _ended_later(order, day):
        yield hard_stop("M2", _STATUS_CODES[order.status])
    if day < order.start_date:
        yield hard_stop("M2", "dose.order_not_started", start=order.start_date.isoformat())
    if order.end_date is not None and day > order.end_date:
        yield hard_stop("M13", "dose.order_expired", end=order.end_date.isoformat())


def _ended_later(order: Order, day: dt.date) -> bool:
    """A late entry for a day on which an order now ended was still in force."""
    ended = order.status in {OrderStatus.DISCONTINUED, OrderStatus.COMPLETED}
    return ended and order.end_date is not None and day <= order.end_date


def consent(dose: ProposedDose, order: Order, facts: SafetyFacts) -> Iterator[Finding]:
    """M2: a consent that holds and covers this drug, dose and route; phone consent by the district's OTC rule."""
    concerning = [one for one in facts.consents if one.concerns(order)]
    if not concerning:
        yield hard_stop("M2", "dose.consent_missing")
        return
    day = facts.calendar.local_date(dose.event_at)
    problems = [_consent_problem(one, dose, order, day, facts.rules.otc) for one in concerning]
    found = [problem for problem in problems if problem is not None]
    if len(found) == len(problems):
        yield found[-1]


def _consent_problem(
    consent: MedicationConsent, dose: ProposedDose, order: Order, day: dt.date, otc: OtcRule | None
) -> Finding | None:
    if not consent.standing.permits:
        return hard_stop("M2", _CONSENT_CODES[consent.standing.state])
    if consent.drug_id not in {None, dose.drug_id} or consent.route not in {None, dose.route}:
        return hard_stop("M2", "dose.consent_for_other_drug_or_route")
    limit = consent.max_dose
    if limit is not None and (
        not comparable(dose.dose.unit, limit.unit) or dose.dose.converted(limit.unit).amount > limit.amount
    ):
        return hard_stop("M2", "dose.consent_below_dose", limit=str(limit))
    return _otc_problem(consent, order, day, otc)


def _otc_problem(consent: MedicationConsent, order: Order, day: dt.date, otc: OtcRule | None) -> Finding | None:
    by_phone = consent.method is ConsentMethod.PHONE
    if not order.over_the_counter or otc is None:
        return hard_stop("M2", "dose.phone_consent_not_allowed") if by_phone else None
    if by_phone and consent.phone_uses >= otc.max_phone_consents:
        return hard_stop("M2", "dose.phone_consents_used_up", maximum=otc.max_phone_consents)
    begun = consent.standing.valid_from
    if begun is not None and day >= begun + dt.timedelta(days=otc.valid_days):
        return hard_stop("M2", "dose.otc_consent_expired", days=otc.valid_days)
    return None


def dose_matches(dose: ProposedDose, order: Order) -> Iterator[Finding]:
    """M3: drug, dose and route as ordered; strength times units gives the dose."""
    scanned = dose.label.scanned_drug_id
    if dose.drug_id != order.drug.id or (scanned is not None and scanned != order.drug.id):
        yield hard_stop("M3", "dose.wrong_drug")
    if not dose.label.done:
        yield hard_stop("M3", "dose.label_missing")
    if dose.route is not order.route:
        yield hard_stop("M3", "dose.wrong_route", ordered=str(order.route))
    if not dose.dose.equals(order.dose):
        yield hard_stop("M3", "dose.not_as_ordered", ordered=str(order.dose), given=str(dose.dose))
    mismatch = dose_mismatch(
        dose=dose.dose,
        strength=dose.strength,
        form_count=dose.form_count,
        half_tablet_allowed=order.half_tablet_allowed,
    )
    if mismatch is not None:
        yield hard_stop("M3", _MISMATCH_CODES[mismatch], count=plain(dose.form_count), dose=str(dose.dose))


def weight(dose: ProposedDose, order: Order, facts: SafetyFacts) -> Iterator[Finding]:
    """M3: a dose by weight rests on a weight of the last twelve months (`ux-spec.md` 7.5)."""
    if not order.weight_based:
        return
    if facts.weight_measured_on is None:
        yield soft_stop("M3", "dose.weight_missing")
        return
    age = (facts.calendar.local_date(dose.event_at) - facts.weight_measured_on).days
    if age > facts.rules.weight_max_age_days:
        yield soft_stop("M3", "dose.weight_old", days=age)


def time_window(dose: ProposedDose, order: Order, facts: SafetyFacts) -> Iterator[Finding]:
    """M4, M4a: within the slot's window; early or late asks a reason, past the cut-off a nurse decides.

    M4 reads "early = warn"; `ux-spec.md` 7.5 counts every dose outside the window among the soft stops, which ask a
    reason. The decisions are silent, so the stricter one holds: a warning that is answered with a reason of M4's list
    (`outcomes.timing_reasons`), one key.
    """
    if order.is_prn:
        return
    if dose.slot_key is None:
        yield hard_stop("M4", "dose.slot_missing")
        return
    day = facts.calendar.local_date(dose.event_at)
    slot = next(
        (one for one in slots_of_day(order, day, facts.calendar, facts.rules.slots) if one.key == dose.slot_key),
        None,
    )
    if slot is None:
        yield hard_stop("M4a", "dose.no_such_slot")
    elif dose.event_at < slot.opens_at:
        yield soft_stop("M4", "dose.early", minutes=_minutes(slot.due_at - dose.event_at))
    elif dose.event_at > slot.cut_off_at:
        minutes = _minutes(dose.event_at - slot.due_at)
        yield hard_stop("M4", "dose.after_cut_off", OverrideBy.RN_WITH_REASON, minutes=minutes)
    elif dose.event_at > slot.closes_at:
        yield soft_stop("M4", "dose.late", minutes=_minutes(dose.event_at - slot.due_at))


def entry_time(dose: ProposedDose, facts: SafetyFacts) -> Iterator[Finding]:
    """M17: event time and entry time are both kept; a correction gives its reason and replaces a current row."""
    if dose.event_at > facts.now + facts.rules.clock_tolerance:
        yield hard_stop("M17", "dose.in_future")
    elif facts.now - dose.event_at >= facts.rules.late_entry_after:
        yield advisory("M17", "dose.late_entry", minutes=_minutes(facts.now - dose.event_at))
    if dose.corrects is None:
        return
    if not dose.corrects.reason.strip():
        yield hard_stop("M17", "dose.correction_reason_missing")
    if any(row.supersedes_id == dose.corrects.row_id for row in facts.doses):
        yield hard_stop("M17", "dose.correction_outdated")


def _minutes(span: dt.timedelta) -> int:
    return int(span.total_seconds() // 60)
