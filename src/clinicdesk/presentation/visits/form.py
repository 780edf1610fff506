"""What a person typed into a visit, as text and ticks: kept as a draft, read into an entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.numbers import (
    BloodPressure,
    Temperature,
    TemperatureUnit,
    parse_blood_pressure,
    parse_decimal,
    parse_temperature,
    parse_whole,
)
from clinicdesk.domain.entry.when import Facing, parse_date, parse_moment
from clinicdesk.domain.medication.quantities import plain
from clinicdesk.domain.visit_templates import TEMPLATES, VisitDisposition
from clinicdesk.domain.visits import Tick
from clinicdesk.domain.vitals import Vital, VitalSigns
from clinicdesk.i18n import formats
from clinicdesk.services.visit_values import FollowUp, VisitEntry

RESTING = "REST"
"""Resting is no end of a visit: it stays open (ux-spec 7.4)."""


@dataclass(frozen=True, slots=True)
class VitalField:
    """A field of the vitals row: its name in the form, the vital it measures, its unit, how its text is read."""

    key: str
    vital: Vital
    unit: str
    read: Callable[[str], Any]  # Any: each measurement has its own type


VITALS: tuple[VitalField, ...] = (
    VitalField("temperature", Vital.TEMPERATURE, "", parse_temperature),
    VitalField("heart_rate", Vital.HEART_RATE, "/min", lambda text: parse_whole(text, "heart_rate")),
    VitalField("respiratory_rate", Vital.RESPIRATORY_RATE, "/min", lambda text: parse_whole(text, "respiratory_rate")),
    VitalField("blood_pressure", Vital.SYSTOLIC, "", parse_blood_pressure),
    VitalField("oxygen_saturation", Vital.OXYGEN_SATURATION, "%", lambda t: parse_decimal(t, "oxygen_saturation")),
    VitalField("pain", Vital.PAIN, "/10", lambda text: parse_whole(text, "pain")),
    VitalField("glucose", Vital.GLUCOSE, "mg/dL", lambda text: parse_decimal(text, "glucose")),
)
"""Six always; glucose where the template asks for it."""
VITAL_OF: Mapping[str, VitalField] = {one.key: one for one in VITALS}
FIELD_OF: Mapping[Vital, str] = {one.vital: one.key for one in VITALS} | {Vital.DIASTOLIC: "blood_pressure"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitForm:
    """The form as it was typed; nothing of it is lost or changed."""

    came: str = ""
    brought_by: str = ""
    complaints: tuple[str, ...] = ()
    template: str = ""
    vitals: Mapping[str, str] = field(default_factory=dict)
    ticks: Mapping[str, str] = field(default_factory=dict)
    danger: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    interventions: tuple[str, ...] = ()
    note: str = ""
    disposition: str = ""
    disposition_reason: str = ""
    released_to: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)
    follow_up: str = ""
    follow_up_on: str = ""
    left: str = ""

    def as_draft(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def untouched(self) -> int:
        """Findings of the template that nobody has confirmed."""
        return sum(self.ticks.get(key, Tick.FROM_TEMPLATE) == Tick.FROM_TEMPLATE for key in expected_of(self.template))


def expected_of(template: str) -> tuple[str, ...]:
    found = TEMPLATES.get(template)
    return found.expected if found is not None else ()


def from_draft(content: Mapping[str, Any], known: VisitForm) -> VisitForm:
    """A draft laid over what is known; parts of an older release that no longer exist are left out."""
    names = VisitForm.__dataclass_fields__
    kept: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in content.items() if name in names
    }
    return replace(known, **kept)


def from_entry(entry: VisitEntry, zone: ZoneInfo) -> VisitForm:
    """The form of a visit on record."""
    here = formats()
    local = entry.came_at.astimezone(zone)
    return VisitForm(
        came=here.time(local),
        brought_by=entry.brought_by,
        complaints=entry.complaints,
        template=entry.template,
        vitals=_typed(entry.vitals),
        ticks={key: tick.value for key, tick in entry.expected.items()},
        danger=tuple(sorted(entry.danger)),
        fields=dict(entry.fields),
        interventions=tuple(sorted(entry.interventions)),
        note=entry.note,
        disposition=entry.disposition.value if entry.disposition is not None else default_disposition(entry.template),
        disposition_reason=entry.disposition_reason,
        released_to=entry.released_to,
        reasons=dict(entry.reasons),
        left=here.time(entry.left_at.astimezone(zone)) if entry.left_at is not None else "",
    )


def default_disposition(template: str) -> str:
    """Back to class, unless the template says otherwise (ux-spec 7.4)."""
    found = TEMPLATES.get(template)
    return found.default_disposition.value if found is not None else VisitDisposition.RETURN_TO_CLASS.value


def template_for(complaint: str) -> str:
    """The template of a complaint; what was typed freely has the general one."""
    return next((key for key, one in TEMPLATES.items() if one.complaint == complaint), "other")


def entry_of(form: VisitForm, now: dt.datetime, zone: ZoneInfo, came: dt.datetime | None) -> VisitEntry:
    """The form as an entry. `came` is the moment on record, kept to the second while its text is untouched.

    Raises:
        InvalidValueError: a field cannot be read; it names the field.
    """
    disposition = form.disposition if form.disposition != RESTING else ""
    return VisitEntry(
        complaints=form.complaints,
        template=form.template or "other",
        came_at=came_at(form, now, zone, came),
        brought_by=form.brought_by,
        expected={key: Tick(tick) for key, tick in form.ticks.items() if key in expected_of(form.template)},
        danger=frozenset(form.danger),
        fields={key: text for key, text in form.fields.items() if text},
        vitals=signs_of(form),
        interventions=frozenset(form.interventions),
        note=form.note,
        disposition=VisitDisposition(disposition) if disposition else None,
        disposition_reason=form.disposition_reason,
        released_to=form.released_to if disposition == VisitDisposition.SENT_HOME else "",
        left_at=parse_moment(form.left, now, zone.key, field="left").at if form.left.strip() else None,
        reasons={code: text for code, text in form.reasons.items() if text.strip()},
    )


def came_at(form: VisitForm, now: dt.datetime, zone: ZoneInfo, came: dt.datetime | None) -> dt.datetime:
    """The time in; empty is now."""
    if not form.came.strip():
        return came or now
    if came is not None and form.came == formats().time(came.astimezone(zone)):
        return came
    return parse_moment(form.came, now, zone.key, field="came").at


def follow_up_of(form: VisitForm, today: dt.date) -> FollowUp | None:
    """What is to come of the visit, where something is.

    Raises:
        InvalidValueError: the day is missing or cannot be read.
    """
    if not form.follow_up:
        return None
    on = parse_date(form.follow_up_on, today, Facing.FUTURE, "follow_up_on")
    if on < today:
        raise InvalidValueError("follow_up_on", "in_past")
    return FollowUp(on=on, words=form.follow_up, appointment=True)


def signs_of(form: VisitForm) -> VitalSigns:
    """The vitals row as measurements.

    Raises:
        InvalidValueError: a field cannot be read; it names the field.
    """
    return VitalSigns(**{one.key: one.read(text) for one in VITALS if (text := form.vitals.get(one.key, "")).strip()})


def readable_signs(form: VisitForm) -> VitalSigns:
    """Those measurements that can be read so far, for echoes and red flags while somebody types."""
    found: dict[str, Any] = {}
    for one in VITALS:
        text = form.vitals.get(one.key, "")
        try:
            found[one.key] = one.read(text)
        except InvalidValueError:
            continue
    return VitalSigns(**found)


def other_unit(temperature: Temperature) -> str:
    """The echo of a temperature: what is stored, and the other scale beside it."""
    if temperature.unit is TemperatureUnit.C:
        return f"{plain(round(temperature.fahrenheit, 1))} °F"
    return f"{plain(round(temperature.celsius, 1))} °C"


def _typed(signs: VitalSigns) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in VITALS:
        value = getattr(signs, one.key)
        match value:
            case None:
                continue
            case Temperature():
                found[one.key] = f"{plain(value.value)}{'f' if value.unit is TemperatureUnit.F else 'c'}"
            case BloodPressure():
                found[one.key] = f"{value.systolic}/{value.diastolic}"
            case int():
                found[one.key] = str(value)
            case _:
                found[one.key] = plain(value)
    return found
