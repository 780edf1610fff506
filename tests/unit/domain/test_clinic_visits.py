"""Visits from a template: what closing asks for, red flags, waiting, and the vital signs taken in them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.doses import ZONE, moment

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.numbers import (
    BloodPressure,
    parse_blood_pressure,
    parse_height,
    parse_temperature,
    parse_weight,
)
from clinicdesk.domain.findings import Tier
from clinicdesk.domain.visit_templates import TEMPLATES, VisitDisposition
from clinicdesk.domain.visits import (
    Tick,
    Visit,
    WaitLevel,
    assess_closing,
    confirm_all,
    minutes_in_clinic,
    red_flags,
    signature_line,
    start_visit,
    template_of,
    touch,
    visit_of_week,
    wait_level,
)
from clinicdesk.domain.vitals import (
    LIMITS,
    RAISED_PRESSURE,
    Level,
    Sex,
    Vital,
    VitalSigns,
    abnormal,
    assess_vitals,
    check_possible,
    levels,
)

IN = moment("10:59")
SIGNS = VitalSigns(
    temperature=parse_temperature("36.9c"),
    heart_rate=92,
    respiratory_rate=18,
    blood_pressure=parse_blood_pressure("110/70"),
    oxygen_saturation=Decimal(99),
    pain=2,
    glucose=Decimal(110),
)


def ready(template: str, disposition: VisitDisposition | None = None, **changes: Any) -> Visit:
    """A visit with everything asked for, that ends as its template expects."""
    found = TEMPLATES[template]
    visit = dataclasses.replace(
        start_visit(template, IN),
        fields=dict.fromkeys(found.required_fields, "as told"),
        vitals=SIGNS,
        disposition=disposition or found.default_disposition,
        check_out_at=moment("11:20"),
        parent_reached=True,
    )
    return dataclasses.replace(visit, **changes)


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_a_complete_visit_of_every_template_closes_as_it_expects(template: str) -> None:
    assert assess_closing(ready(template)) == ()


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_no_visit_closes_without_a_disposition(template: str) -> None:
    visit = dataclasses.replace(ready(template), disposition=None)
    assert [(one.code, one.tier) for one in assess_closing(visit)] == [("visit.disposition_missing", Tier.HARD_STOP)]


@pytest.mark.parametrize("template", [key for key, one in TEMPLATES.items() if one.required_fields])
def test_each_required_field_is_asked(template: str) -> None:
    for field in TEMPLATES[template].required_fields:
        visit = ready(template)
        visit = dataclasses.replace(visit, fields={**visit.fields, field: "  "})
        assert [one.code for one in assess_closing(visit)] == [f"visit.field_missing.{field}"]


@pytest.mark.parametrize("template", [key for key, one in TEMPLATES.items() if one.required_vitals])
def test_missing_vital_signs_ask_a_reason(template: str) -> None:
    found = assess_closing(ready(template, vitals=VitalSigns()))
    wanted = [f"visit.vital_missing.{vital.lower()}" for vital in TEMPLATES[template].required_vitals]
    assert [(one.code, one.tier) for one in found] == [(code, Tier.SOFT_STOP) for code in wanted]
    assert assess_closing(ready(template, vitals=VitalSigns(), reasons=dict.fromkeys(wanted, "refused"))) == ()


@pytest.mark.parametrize(
    ("template", "sign"), [(key, sign.key) for key, one in TEMPLATES.items() for sign in one.danger]
)
def test_every_danger_sign_asks_a_reason_for_going_back_to_class(template: str, sign: str) -> None:
    visit = ready(template, VisitDisposition.RETURN_TO_CLASS, danger=frozenset({sign}))
    codes = [one.code for one in assess_closing(visit)]
    assert f"visit.red_flag.{sign}" in codes
    assert assess_closing(dataclasses.replace(visit, reasons=dict.fromkeys(codes, "seen by the doctor"))) == ()
    assert assess_closing(dataclasses.replace(visit, disposition=VisitDisposition.EMERGENCY_TRANSPORT)) == ()


def test_vomiting_after_a_head_injury_lets_the_student_go_home() -> None:
    vomiting = frozenset({"vomiting"})
    assert assess_closing(ready("head_injury", VisitDisposition.SENT_HOME, danger=vomiting)) == ()
    unconscious = frozenset({"loss_of_consciousness"})
    home = assess_closing(ready("head_injury", VisitDisposition.SENT_HOME, danger=unconscious))
    assert [one.code for one in home] == ["visit.red_flag.loss_of_consciousness"]


def test_anaphylaxis_goes_to_hospital_or_asks_why_not() -> None:
    found = assess_closing(ready("anaphylaxis", VisitDisposition.SENT_HOME))
    assert [one.code for one in found] == ["visit.disposition_unusual"]


def test_a_low_glucose_is_a_red_flag_by_itself() -> None:
    low = ready("diabetes", vitals=dataclasses.replace(SIGNS, glucose=Decimal(62)))
    assert [sign.key for sign in red_flags(low)] == ["glucose_below_70"]
    high = ready("diabetes", vitals=dataclasses.replace(SIGNS, glucose=Decimal(301)))
    assert [sign.key for sign in red_flags(high)] == ["glucose_above_300"]
    assert red_flags(ready("diabetes", vitals=dataclasses.replace(SIGNS, glucose=Decimal(70)))) == ()


def test_a_serious_visit_asks_for_the_parent() -> None:
    found = assess_closing(ready("asthma", parent_reached=False))
    assert [one.code for one in found] == ["visit.parent_not_reached"]


def test_a_visit_cannot_end_before_it_began() -> None:
    found = assess_closing(ready("headache", check_out_at=moment("10:58")))
    assert [one.code for one in found] == ["visit.out_before_in"]


def test_a_reason_does_not_settle_a_hard_stop() -> None:
    visit = dataclasses.replace(ready("headache"), disposition=None, reasons={"visit.disposition_missing": "no time"})
    assert [one.code for one in assess_closing(visit)] == ["visit.disposition_missing"]


def test_findings_are_from_the_template_until_touched() -> None:
    visit = start_visit("head_injury", IN)
    assert signature_line(visit) == ("visit.from_template.other", 5)
    visit = touch(visit, "alert_oriented", Tick.CONFIRMED)
    visit = touch(visit, "pupils_equal", Tick.NOT_FOUND)
    assert signature_line(visit) == ("visit.from_template.other", 3)
    confirmed = confirm_all(visit)
    assert signature_line(confirmed) is None
    assert confirmed.expected["pupils_equal"] is Tick.NOT_FOUND
    with pytest.raises(InvalidValueError):
        touch(visit, "no_such_finding", Tick.CONFIRMED)
    with pytest.raises(InvalidValueError):
        template_of("no_such_template")


def test_one_untouched_finding_is_said_in_the_singular() -> None:
    assert signature_line(start_visit("other", IN)) == ("visit.from_template.one", 1)


@pytest.mark.parametrize(
    ("minutes", "level"),
    [(0, WaitLevel.NORMAL), (19, WaitLevel.NORMAL), (20, WaitLevel.AMBER), (39, WaitLevel.AMBER), (40, WaitLevel.RED)],
)
def test_a_long_stay_turns_amber_then_red(minutes: int, level: WaitLevel) -> None:
    visit = start_visit("headache", IN)
    assert minutes_in_clinic(visit, IN + dt.timedelta(minutes=minutes, seconds=59)) == minutes
    assert wait_level(minutes) is level
    assert visit.is_open


def test_the_third_visit_of_a_week_is_flagged() -> None:
    monday = dt.date(2026, 10, 5)
    check_ins = [moment("09:00", monday), moment("10:00", monday), moment("11:00")]
    assert visit_of_week(check_ins, moment("11:00"), ZONE) == 3
    assert visit_of_week(check_ins[1:], moment("11:00"), ZONE) is None
    sunday = moment("23:30", monday - dt.timedelta(days=1))
    assert visit_of_week([sunday, *check_ins[1:]], moment("11:00"), ZONE) is None


# Vital signs


def test_normal_signs_meet_no_finding() -> None:
    assert assess_vitals(SIGNS) == ()
    assert abnormal(SIGNS, 13, Sex.MALE) == ()


@pytest.mark.parametrize(
    ("changes", "vital"),
    [
        ({"temperature": parse_temperature("45c")}, "temperature"),
        ({"temperature": parse_temperature("113f")}, "temperature"),
        ({"heart_rate": 250}, "heart_rate"),
        ({"respiratory_rate": 4}, "respiratory_rate"),
        ({"oxygen_saturation": Decimal(80)}, "oxygen_saturation"),
        ({"weight": parse_weight("400lb")}, "weight"),
        ({"height": parse_height("60cm")}, "height"),
        ({"glucose": Decimal(35)}, "glucose"),
        ({"peak_flow": 900}, "peak_flow"),
    ],
)
def test_an_implausible_measurement_asks_a_reason(changes: dict[str, Any], vital: str) -> None:
    found = assess_vitals(dataclasses.replace(SIGNS, **changes))
    assert [(one.code, one.tier) for one in found] == [(f"vital.implausible.{vital}", Tier.SOFT_STOP)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"temperature": parse_temperature("98c")}, "temperature"),
        ({"heart_rate": 900}, "heart_rate"),
        ({"pain": 11}, "pain"),
        ({"oxygen_saturation": Decimal(101)}, "oxygen_saturation"),
        ({"oxygen_saturation": Decimal("NaN")}, "oxygen_saturation"),
        ({"weight": parse_weight("500kg")}, "weight"),
        ({"height": parse_height("4m")}, "height"),
        ({"blood_pressure": BloodPressure(systolic=70, diastolic=120)}, "blood_pressure"),
        ({"heart_rate": -1}, "heart_rate"),
    ],
)
def test_an_impossible_measurement_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        check_possible(dataclasses.replace(SIGNS, **changes))
    assert refused.value.field == field


def test_ranges_go_by_age_and_sex() -> None:
    signs = VitalSigns(heart_rate=115, respiratory_rate=22, blood_pressure=parse_blood_pressure("114/60"))
    assert levels(signs, 7, Sex.MALE) == {
        Vital.HEART_RATE: Level.NORMAL,
        Vital.RESPIRATORY_RATE: Level.NORMAL,
        Vital.SYSTOLIC: Level.HIGH,
        Vital.DIASTOLIC: Level.NORMAL,
    }
    assert abnormal(signs, 14, Sex.MALE) == (Vital.HEART_RATE, Vital.RESPIRATORY_RATE)
    twelve = VitalSigns(blood_pressure=parse_blood_pressure("113/60"))
    assert levels(twelve, 12, Sex.MALE)[Vital.SYSTOLIC] is Level.HIGH
    assert levels(twelve, 12, Sex.FEMALE)[Vital.SYSTOLIC] is Level.NORMAL
    assert levels(twelve, 12, None)[Vital.SYSTOLIC] is Level.HIGH
    assert levels(VitalSigns(blood_pressure=parse_blood_pressure("79/50")), 5, None)[Vital.SYSTOLIC] is Level.LOW


@pytest.mark.parametrize(
    ("text", "level"), [("100.4f", Level.HIGH), ("38c", Level.HIGH), ("100.3f", Level.NORMAL), ("94.9f", Level.LOW)]
)
def test_fever_is_the_same_in_both_units(text: str, level: Level) -> None:
    assert levels(VitalSigns(temperature=parse_temperature(text)), 10, None)[Vital.TEMPERATURE] is level


def test_the_body_mass_index_is_derived_from_either_system() -> None:
    metric = VitalSigns(weight=parse_weight("28kg"), height=parse_height("132cm"))
    assert metric.bmi == Decimal("16.1")
    assert VitalSigns(weight=parse_weight("61.73lb"), height=parse_height("51.97in")).bmi == Decimal("16.1")
    assert VitalSigns(weight=parse_weight("28kg")).bmi is None


@given(st.sampled_from(list(Vital)), st.integers(0, 18))
def test_the_limits_lie_in_order(vital: Vital, age: int) -> None:
    limits = LIMITS[vital]
    assert limits.impossible_low <= limits.implausible_low < limits.implausible_high <= limits.impossible_high
    boys, girls = RAISED_PRESSURE[min(max(age, 1), 13)]
    assert boys[0] > boys[1]
    assert girls[0] > girls[1]
