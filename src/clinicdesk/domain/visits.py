"""Clinic visits: findings from a template, red flags, what closing asks for, minutes and repeat visits."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.findings import Finding, Tier, hard_stop, soft_stop
from clinicdesk.domain.visit_templates import TEMPLATES, DangerSign, VisitDisposition, VisitTemplate
from clinicdesk.domain.vitals import Vital, VitalSigns

AMBER_MINUTES = 20
RED_MINUTES = 40
REPEAT_VISITS = 3


class Tick(enum.StrEnum):
    """An expected finding: from the template until a person touched it."""

    FROM_TEMPLATE = "FROM_TEMPLATE"
    CONFIRMED = "CONFIRMED"
    NOT_FOUND = "NOT_FOUND"


class WaitLevel(enum.StrEnum):
    """How long a student has been in the clinic, as the card shows it."""

    NORMAL = "NORMAL"
    AMBER = "AMBER"
    RED = "RED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The body of one visit. `reasons` are given per code of a soft stop."""

    template: str
    check_in_at: dt.datetime
    expected: Mapping[str, Tick]
    danger: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)
    vitals: VitalSigns = field(default_factory=VitalSigns)
    interventions: frozenset[str] = frozenset()
    disposition: VisitDisposition | None = None
    check_out_at: dt.datetime | None = None
    parent_reached: bool = False
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def from_template(self) -> tuple[str, ...]:
        """Expected findings that nobody has touched."""
        return tuple(key for key, tick in self.expected.items() if tick is Tick.FROM_TEMPLATE)

    @property
    def is_open(self) -> bool:
        return self.check_out_at is None


def start_visit(template: str, check_in_at: dt.datetime) -> Visit:
    """A new visit with the template's expected findings, none of them confirmed.

    Raises:
        InvalidValueError: there is no such template.
    """
    found = template_of(template)
    return Visit(template=template, check_in_at=check_in_at, expected=dict.fromkeys(found.expected, Tick.FROM_TEMPLATE))


def template_of(key: str) -> VisitTemplate:
    """The template of that key.

    Raises:
        InvalidValueError: there is no such template.
    """
    if key not in TEMPLATES:
        raise InvalidValueError("template", "unknown")
    return TEMPLATES[key]


def touch(visit: Visit, finding: str, tick: Tick) -> Visit:
    """The visit with one expected finding set by a person.

    Raises:
        InvalidValueError: the template does not ask for that finding.
    """
    if finding not in visit.expected:
        raise InvalidValueError("finding", "unknown")
    return dataclasses.replace(visit, expected={**visit.expected, finding: tick})


def confirm_all(visit: Visit) -> Visit:
    """The visit with every untouched finding confirmed at one key."""
    confirmed = {key: Tick.CONFIRMED if tick is Tick.FROM_TEMPLATE else tick for key, tick in visit.expected.items()}
    return dataclasses.replace(visit, expected=confirmed)


def signature_line(visit: Visit) -> tuple[str, int] | None:
    """The code and number of "12 findings from template"; null where all were touched."""
    count = len(visit.from_template)
    if not count:
        return None
    return ("visit.from_template.one" if count == 1 else "visit.from_template.other", count)


def assess_closing(visit: Visit) -> tuple[Finding, ...]:
    """What stands against signing and closing. A soft stop with its reason in `reasons` is settled."""
    return tuple(
        finding
        for finding in _closing_findings(visit, template_of(visit.template))
        if not (visit.reasons.get(finding.code, "").strip() and finding.tier is Tier.SOFT_STOP)
    )


def red_flags(visit: Visit) -> tuple[DangerSign, ...]:
    """The danger signs found, ticked or told by the vital signs."""
    told = visit.danger | _told_by_vitals(visit)
    return tuple(sign for sign in template_of(visit.template).danger if sign.key in told)


def minutes_in_clinic(visit: Visit, now: dt.datetime) -> int:
    """Whole minutes from check-in to check-out, or to now."""
    end = visit.check_out_at or now
    return max(0, int((end - visit.check_in_at).total_seconds() // 60))


def wait_level(minutes: int) -> WaitLevel:
    """Amber from 20 minutes, red from 40 (`ux-spec.md` 7.2)."""
    if minutes >= RED_MINUTES:
        return WaitLevel.RED
    return WaitLevel.AMBER if minutes >= AMBER_MINUTES else WaitLevel.NORMAL


def visit_of_week(check_ins: Iterable[dt.datetime], now: dt.datetime, zone: str) -> int | None:
    """Which visit of the week (from Monday, at the school) the newest one is, from the third on; null before.

    `check_ins` holds the current visit too.
    """
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    monday = today - dt.timedelta(days=today.weekday())
    count = sum(monday <= moment.astimezone(here).date() <= today for moment in check_ins)
    return count if count >= REPEAT_VISITS else None


def _closing_findings(visit: Visit, template: VisitTemplate) -> Iterator[Finding]:
    for name in template.required_fields:
        if not visit.fields.get(name, "").strip():
            yield hard_stop("VISIT", f"visit.field_missing.{name}")
    measured = visit.vitals.values()
    for vital in template.required_vitals:
        if vital not in measured:
            yield soft_stop("VISIT", f"visit.vital_missing.{vital.lower()}")
    if visit.check_out_at is not None and visit.check_out_at < visit.check_in_at:
        yield hard_stop("VISIT", "visit.out_before_in")
    if template.parent_contact and not visit.parent_reached:
        yield soft_stop("VISIT", "visit.parent_not_reached")
    if visit.disposition is None:
        yield hard_stop("VISIT", "visit.disposition_missing")
        return
    for sign in red_flags(visit):
        if visit.disposition in sign.questioned:
            yield soft_stop("VISIT", f"visit.red_flag.{sign.key}")
    if visit.disposition in template.questioned:
        yield soft_stop("VISIT", "visit.disposition_unusual")


# Danger signs that a measurement tells by itself, where the template knows them.
_GLUCOSE_LOW, _GLUCOSE_HIGH = 70, 300


def _told_by_vitals(visit: Visit) -> frozenset[str]:
    glucose = visit.vitals.values().get(Vital.GLUCOSE)
    if glucose is None:
        return frozenset()
    if glucose < _GLUCOSE_LOW:
        return frozenset({"glucose_below_70"})
    return frozenset({"glucose_above_300"}) if glucose > _GLUCOSE_HIGH else frozenset()
