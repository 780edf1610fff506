"""The one safety function: every rule a dose must pass, read from rows and open conflicts alike (D22, D40).

`assess` says what stands against a dose; `decide` says whether it may be charted, given the overrides at hand.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clinicdesk.domain.findings import Finding, OverrideBy, Tier, hard_stop
from clinicdesk.domain.medication import allergy_rules, frequency_rules, order_rules, person_rules, supply_rules
from clinicdesk.domain.medication.facts import DoseActor, ProposedDose, SafetyFacts
from clinicdesk.domain.medication.orders import Order, heads
from clinicdesk.domain.merge import ConflictKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All findings on one dose, stops first. `emergency`: nothing stops, everything is recorded (D40)."""

    findings: tuple[Finding, ...]
    emergency: bool

    @property
    def stops(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.stops)

    @property
    def clear(self) -> bool:
        """No stop at all: the dose may be given without a word."""
        return not self.stops

    def codes(self) -> frozenset[str]:
        return frozenset(finding.code for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person's decision to go on in spite of one stop, named by its code.

    `password_verified`: the person proved to be present with her own password in this act.
    """

    code: str
    by: DoseActor
    reason: str
    prescriber_contact: str | None = None
    password_verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseDecision:
    """Whether the dose may be charted, what still stands against it, and what goes on record."""

    allowed: bool
    outstanding: tuple[Finding, ...]
    lifted: tuple[tuple[Finding, Override], ...]
    recorded: tuple[Finding, ...]


_RANK = {Tier.HARD_STOP: 0, Tier.SOFT_STOP: 1, Tier.ADVISORY: 2}


def assess(dose: ProposedDose, facts: SafetyFacts) -> Assessment:
    """Everything that stands against the dose, or is worth saying about it.

    Emergency and rescue orders turn every stop into a recorded advisory: they are never withheld (M16, D40).
    """
    order = _order_on_screen(dose, facts)
    if order is None:
        return Assessment(findings=(hard_stop("M2", "dose.order_unknown"),), emergency=False)
    findings: Iterable[Finding] = _all_findings(dose, order, facts)
    if order.emergency:
        findings = (_recorded(finding) for finding in findings)
    ordered = sorted(findings, key=lambda finding: _RANK[finding.tier])
    return Assessment(findings=tuple(ordered), emergency=order.emergency)


def decide(assessment: Assessment, actor: DoseActor, overrides: Iterable[Override] = ()) -> DoseDecision:
    """Match the stops with the overrides. A stop that no valid override lifts forbids the dose."""
    given = tuple(overrides)
    outstanding: list[Finding] = []
    lifted: list[tuple[Finding, Override]] = []
    for finding in assessment.stops:
        override = next((one for one in given if lifts(one, finding, actor)), None)
        if override is None:
            outstanding.append(finding)
        else:
            lifted.append((finding, override))
    return DoseDecision(
        allowed=not outstanding,
        outstanding=tuple(outstanding),
        lifted=tuple(lifted),
        recorded=tuple(finding for finding in assessment.findings if finding.was is not None),
    )


def lifts(override: Override, finding: Finding, actor: DoseActor) -> bool:
    """Whether the override is by the person, and with the words, that the stop asks for (D40)."""
    if override.code != finding.code or not override.reason.strip():
        return False
    if finding.needs_prescriber_contact and not (override.prescriber_contact or "").strip():
        return False
    match finding.override:
        case OverrideBy.NONE:
            return False
        case OverrideBy.ACTOR_WITH_REASON:
            return override.by.user_id == actor.user_id
        case OverrideBy.RN_WITH_REASON:
            if override.by.user_id == actor.user_id:
                return actor.is_registered_nurse and override.by.is_registered_nurse
            return override.by.is_registered_nurse and override.password_verified
        case OverrideBy.SECOND_PERSON:
            return override.by.user_id != actor.user_id and override.by.is_licensed and override.password_verified


def _order_on_screen(dose: ProposedDose, facts: SafetyFacts) -> Order | None:
    return next((order for order in facts.versions if order.id == dose.order_id), None)


def _all_findings(dose: ProposedDose, order: Order, facts: SafetyFacts) -> Iterator[Finding]:
    yield from person_rules.identity(dose, facts)
    yield from person_rules.delegate(dose, order, facts)
    yield from _conflicts(order, facts)
    yield from order_rules.order_valid(dose, order, facts)
    yield from order_rules.consent(dose, order, facts)
    yield from order_rules.dose_matches(dose, order)
    yield from order_rules.weight(dose, order, facts)
    yield from order_rules.time_window(dose, order, facts)
    yield from order_rules.entry_time(dose, facts)
    yield from frequency_rules.exactly_once(dose, order, facts)
    yield from frequency_rules.as_needed(dose, order, facts)
    yield from frequency_rules.first_dose(facts)
    yield from allergy_rules.allergies(order, facts)
    yield from allergy_rules.duplicate_therapy(order, facts)
    yield from supply_rules.stock(dose, order, facts)
    yield from supply_rules.controlled(dose, order, facts)


# Columns of an order, and its merge groups, in which an open conflict makes the dose itself uncertain (D22).
SAFETY_FIELDS = frozenset(
    {
        "medication_id", "dosage", "frequency", "route", "start_date", "end_date", "is_active", "status",
        "dose_amount", "dose_unit", "form_count", "form_unit", "strength_amount", "strength_unit",
        "half_tablet_allowed", "weight_based", "dose_per_kg", "weight_kg", "schedule_kind", "times_of_day",
        "days_of_week", "window_before_minutes", "window_after_minutes", "prn_min_interval_minutes",
        "prn_max_per_day", "is_controlled", "requires_witness", "emergency", "deleted_at",
        "drug", "dose", "schedule", "dates",
        # A standing order's own words for its limits (M5).
        "max_dose_amount", "min_interval_minutes", "max_per_day", "max_per_year", "min_age_months",
        "starts_on", "ends_on", "limits",
    }
)  # fmt: skip


# Every other kind of conflict is about the whole row.
_BY_FIELD = frozenset({ConflictKind.FIELD, ConflictKind.GROUP})


def _conflicts(order: Order, facts: SafetyFacts) -> Iterator[Finding]:
    """D22: an order with an open conflict in what makes the dose is a stop that names the conflict."""
    version_ids = {version.id for version in facts.versions} | {order.root_id}
    for conflict in facts.conflicts:
        if conflict.row_id not in version_ids:
            continue
        fields = sorted(conflict.fields & SAFETY_FIELDS)
        if fields or conflict.kind not in _BY_FIELD:
            yield hard_stop(
                "D22", "dose.order_in_conflict", conflict=str(conflict.conflict_id), fields=", ".join(fields)
            )
    if len(heads(facts.versions)) > 1 and not _fork_named(facts, version_ids):
        yield hard_stop("D22", "dose.order_forked", versions=len(heads(facts.versions)))


def _fork_named(facts: SafetyFacts, version_ids: set[uuid.UUID]) -> bool:
    return any(conflict.kind is ConflictKind.FORK and conflict.row_id in version_ids for conflict in facts.conflicts)


def _recorded(finding: Finding) -> Finding:
    if not finding.stops:
        return finding
    return dataclasses.replace(
        finding,
        tier=Tier.ADVISORY,
        override=OverrideBy.NONE,
        needs_prescriber_contact=False,
        was=finding.tier,
    )
