"""The one safety function: each rule spoils the good dose in its own way, and only the right person lifts a stop."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tomllib
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.doses import (
    AIDE,
    ALBUTEROL,
    DAY,
    NURSE,
    SECOND_NURSE,
    STUDENT,
    aide,
    calendar,
    facts,
    moment,
    nurse,
    prn_order,
    proposed,
    quantity,
    row,
    scheduled_order,
    signed_consent,
)

import clinicdesk
from clinicdesk.domain.consent import ConsentStanding, ConsentState
from clinicdesk.domain.findings import Finding, OverrideBy, Tier
from clinicdesk.domain.medication.facts import (
    AllergyFact,
    AllergyStatement,
    ConsentMethod,
    Correction,
    Delegation,
    DoseRules,
    IdentityStep,
    LabelStep,
    Licence,
    OpenConflict,
    OtcRule,
    StockLot,
)
from clinicdesk.domain.medication.frequency_rules import prn_guard
from clinicdesk.domain.medication.log import DoseOutcome, RecordSource
from clinicdesk.domain.medication.orders import (
    Drug,
    Order,
    OrderStatus,
    PreCheck,
    PrnSchedule,
    Route,
    Strength,
    TimedSchedule,
)
from clinicdesk.domain.medication.quantities import DoseUnit
from clinicdesk.domain.medication.safety import SAFETY_FIELDS, Assessment, Override, assess, decide
from clinicdesk.domain.merge import ConflictKind
from clinicdesk.domain.people import SimilarName
from clinicdesk.domain.permissions import UserRole
from clinicdesk.models.care import StandingOrder
from clinicdesk.models.medication_order import StudentMedication

OTHER = uuid.UUID(int=77)
WORDS = tomllib.loads((Path(clinicdesk.__file__).parent / "i18n" / "clinical_en_es.toml").read_text("utf-8"))


def assessed(order: Order, dose: dict[str, Any] | None = None, **known: Any) -> Assessment:
    """The assessment; each of its findings can be said in both languages with the values it carries."""
    found = assess(proposed(order, **(dose or {})), facts(order, **known))
    for finding in found.findings:
        for text in WORDS[finding.code].values():
            assert text.format(**finding.params)
    return found


def stop(assessment: Assessment, code: str) -> Finding:
    return next(finding for finding in assessment.findings if finding.code == code)


def test_a_dose_with_everything_in_order_meets_no_finding() -> None:
    assert assessed(scheduled_order()).findings == ()
    assert assessed(prn_order()).findings == ()


# M1


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (IdentityStep(), "dose.identity_missing"),
        (IdentityStep(photo_matched=True), "dose.identity_missing"),
        (IdentityStep(second_identifier_matched=True), "dose.identity_missing"),
        (IdentityStep(scanned_student_id=OTHER), "dose.wrong_student"),
    ],
)
def test_m01_no_dose_before_the_student_is_identified(step: IdentityStep, code: str) -> None:
    found = assessed(scheduled_order(), {"identity": step})
    assert [(one.code, one.tier, one.override) for one in found.findings] == [(code, Tier.HARD_STOP, OverrideBy.NONE)]


def test_m01_a_scan_of_the_student_is_enough() -> None:
    assert assessed(scheduled_order(), {"identity": IdentityStep(scanned_student_id=STUDENT)}).clear


def test_m01_a_dose_for_another_student_stops() -> None:
    assert assessed(scheduled_order(), {"student_id": OTHER}).codes() == {"dose.wrong_student"}


def test_d26_a_merged_record_is_the_same_student() -> None:
    found = assessed(
        scheduled_order(),
        {"identity": IdentityStep(scanned_student_id=OTHER)},
        student_ids=frozenset({STUDENT, OTHER}),
    )
    assert found.clear


@pytest.mark.parametrize(("same", "code"), [(True, "dose.same_name"), (False, "dose.similar_name")])
def test_m01_a_name_that_can_be_mixed_up_is_said(same: bool, code: str) -> None:
    similar = (SimilarName(student_id=OTHER, same_name=same, same_birth_date=False),)
    found = assessed(scheduled_order(), similar=similar)
    assert found.clear
    assert stop(found, code).tier is Tier.ADVISORY


# M2


def test_m02_a_dose_without_any_order_stops() -> None:
    found = assess(proposed(scheduled_order(id=OTHER)), facts(scheduled_order()))
    assert found.codes() == {"dose.order_unknown"}
    assert not decide(found, nurse()).allowed


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (OrderStatus.DRAFT, "dose.order_draft"),
        (OrderStatus.ON_HOLD, "dose.order_on_hold"),
        (OrderStatus.DISCONTINUED, "dose.order_discontinued"),
        (OrderStatus.COMPLETED, "dose.order_completed"),
    ],
)
def test_m02_only_an_active_order_is_given(status: OrderStatus, code: str) -> None:
    found = assessed(scheduled_order(status=status, end_date=None))
    assert stop(found, code).override is OverrideBy.NONE


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"start_date": dt.date(2026, 10, 7)}, "dose.order_not_started"),
        ({"end_date": dt.date(2026, 10, 5)}, "dose.order_expired"),
    ],
)
def test_m02_m13_an_order_out_of_date_stops(changes: dict[str, Any], code: str) -> None:
    assert stop(assessed(scheduled_order(**changes)), code).tier is Tier.HARD_STOP


def test_m02_the_last_day_of_an_order_still_counts() -> None:
    assert assessed(scheduled_order(end_date=DAY)).clear
    assert assessed(scheduled_order(start_date=DAY)).clear


def test_m02_a_superseded_version_on_screen_stops() -> None:
    old = scheduled_order()
    new = scheduled_order(id=uuid.UUID(int=21), version=2, supersedes_id=old.id)
    assert stop(assessed(old, versions=(old, new)), "dose.order_changed").params == {"version": 2}


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (ConsentState.DRAFT, "dose.consent_missing"),
        (ConsentState.SENT, "dose.consent_not_signed"),
        (ConsentState.NOT_YET_VALID, "dose.consent_not_yet_valid"),
        (ConsentState.DECLINED, "dose.consent_declined"),
        (ConsentState.EXPIRED, "dose.consent_expired"),
        (ConsentState.REVOKED, "dose.consent_revoked"),
        (ConsentState.FORKED, "dose.consent_in_conflict"),
    ],
)
def test_m02_a_consent_that_does_not_hold_stops_and_nobody_overrides(state: ConsentState, code: str) -> None:
    consent = signed_consent(standing=ConsentStanding(state=state))
    found = stop(assessed(scheduled_order(), consents=(consent,)), code)
    assert (found.tier, found.override) == (Tier.HARD_STOP, OverrideBy.NONE)


def test_m02_no_consent_at_all_stops() -> None:
    assert assessed(scheduled_order(), consents=()).codes() == {"dose.consent_missing"}


def test_m02_a_consent_for_another_order_does_not_count() -> None:
    other = signed_consent(consent_id=OTHER, order_root=OTHER)
    assert assessed(scheduled_order(), consents=(other,)).codes() == {"dose.consent_missing"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"drug_id": OTHER}, "dose.consent_for_other_drug_or_route"),
        ({"route": Route.RECTAL}, "dose.consent_for_other_drug_or_route"),
        ({"max_dose": quantity("5", DoseUnit.MILLIGRAM)}, "dose.consent_below_dose"),
        ({"max_dose": quantity("5", DoseUnit.MILLILITRE)}, "dose.consent_below_dose"),
    ],
)
def test_m02_the_consent_covers_drug_dose_and_route(changes: dict[str, Any], code: str) -> None:
    assert assessed(scheduled_order(), consents=(signed_consent(**changes),)).codes() == {code}


def test_m02_one_holding_consent_beside_an_expired_one_is_enough() -> None:
    expired = signed_consent(standing=ConsentStanding(state=ConsentState.EXPIRED))
    assert assessed(scheduled_order(), consents=(expired, signed_consent())).clear


def test_m02_a_phone_consent_counts_for_over_the_counter_drugs_where_the_district_says_so() -> None:
    rules = DoseRules(otc=OtcRule(valid_days=14, max_phone_consents=3))
    recent = ConsentStanding(state=ConsentState.SIGNED, valid_from=DAY - dt.timedelta(days=13))
    phone = signed_consent(method=ConsentMethod.PHONE, standing=recent, phone_uses=2)
    over_the_counter = prn_order(over_the_counter=True)
    assert assessed(over_the_counter, consents=(phone,), rules=rules).clear
    assert assessed(over_the_counter, consents=(phone,)).codes() == {"dose.phone_consent_not_allowed"}
    assert assessed(prn_order(), consents=(phone,), rules=rules).codes() == {"dose.phone_consent_not_allowed"}
    used_up = dataclasses.replace(phone, phone_uses=3)
    assert assessed(over_the_counter, consents=(used_up,), rules=rules).codes() == {"dose.phone_consents_used_up"}
    old = signed_consent(standing=ConsentStanding(state=ConsentState.SIGNED, valid_from=DAY - dt.timedelta(days=14)))
    assert assessed(over_the_counter, consents=(old,), rules=rules).codes() == {"dose.otc_consent_expired"}


# M3


@pytest.mark.parametrize(
    ("dose", "code"),
    [
        ({"drug_id": OTHER}, "dose.wrong_drug"),
        ({"label": LabelStep(scanned_drug_id=OTHER)}, "dose.wrong_drug"),
        ({"label": LabelStep()}, "dose.label_missing"),
        ({"route": Route.RECTAL}, "dose.wrong_route"),
        ({"dose": quantity("5", DoseUnit.MILLIGRAM), "form_count": Decimal(1)}, "dose.not_as_ordered"),
        ({"form_count": Decimal(1)}, "dose.arithmetic_mismatch"),
        (
            {
                "form_count": Decimal("0.5"),
                "strength": Strength(content=quantity("20", DoseUnit.MILLIGRAM), per=quantity("1", DoseUnit.TABLET)),
            },
            "dose.half_tablet_not_ordered",
        ),
        (
            {
                "strength": Strength(
                    content=quantity("5", DoseUnit.INTERNATIONAL_UNIT), per=quantity("1", DoseUnit.TABLET)
                )
            },
            "dose.unit_mismatch",
        ),
    ],
)
def test_m03_whatever_differs_from_the_order_stops(dose: dict[str, Any], code: str) -> None:
    found = assessed(scheduled_order(), dose)
    assert found.codes() == {code}
    assert stop(found, code).override is OverrideBy.NONE


def test_m03_another_strength_that_gives_the_same_dose_is_right() -> None:
    ten = Strength(content=quantity("10", DoseUnit.MILLIGRAM), per=quantity("1", DoseUnit.TABLET))
    assert assessed(scheduled_order(), {"strength": ten, "form_count": Decimal(1)}).clear


@pytest.mark.parametrize(
    ("weighed", "codes"),
    [
        (None, {"dose.weight_missing"}),
        (DAY - dt.timedelta(days=366), {"dose.weight_old"}),
        (DAY - dt.timedelta(days=365), set()),
    ],
)
def test_m03_a_dose_by_weight_asks_a_weight_of_the_last_year(weighed: dt.date | None, codes: set[str]) -> None:
    found = assessed(scheduled_order(weight_based=True), weight_measured_on=weighed)
    assert found.codes() == codes
    assert all(one.tier is Tier.SOFT_STOP for one in found.findings)


# M4


@pytest.mark.parametrize(
    ("at", "code", "tier", "override"),
    [
        ("10:59", "dose.early", Tier.SOFT_STOP, OverrideBy.ACTOR_WITH_REASON),
        ("12:01", "dose.late", Tier.SOFT_STOP, OverrideBy.ACTOR_WITH_REASON),
        ("13:31", "dose.after_cut_off", Tier.HARD_STOP, OverrideBy.RN_WITH_REASON),
    ],
)
def test_m04_outside_the_window_a_reason_is_asked(at: str, code: str, tier: Tier, override: OverrideBy) -> None:
    found = assessed(scheduled_order(), {"event_at": moment(at)}, now=moment(at))
    assert [(one.code, one.tier, one.override) for one in found.findings] == [(code, tier, override)]


@pytest.mark.parametrize("at", ["11:00", "12:00"])
def test_m04_the_edges_of_the_window_belong_to_it(at: str) -> None:
    assert assessed(scheduled_order(), {"event_at": moment(at)}, now=moment(at)).findings == ()


@pytest.mark.parametrize("key", ["2026-10-06T11:00", "2026-10-05T11:30"])
def test_m04_a_time_the_order_does_not_name_stops(key: str) -> None:
    assert assessed(scheduled_order(), {"slot_key": key}).codes() == {"dose.no_such_slot"}


def test_m04_a_scheduled_dose_names_its_slot() -> None:
    assert assessed(scheduled_order(), {"slot_key": None}).codes() == {"dose.slot_missing"}


def test_m04a_no_scheduled_dose_on_a_day_without_school() -> None:
    saturday = dt.date(2026, 10, 10)
    order = scheduled_order(schedule=TimedSchedule(times=(dt.time(11, 30),), weekdays=frozenset(range(7))))
    dose = {"event_at": moment("11:30", saturday), "slot_key": "2026-10-10T11:30"}
    assert assessed(order, dose, now=moment("11:30", saturday)).codes() == {"dose.no_such_slot"}


# M5, D40


def test_m05_a_second_dose_under_the_interval_stops_and_a_nurse_may_override() -> None:
    order = prn_order()
    found = assessed(order, doses=(row(1, "07:31", order),))
    short = stop(found, "dose.interval_too_short")
    assert (short.tier, short.override, short.needs_prescriber_contact) == (
        Tier.HARD_STOP,
        OverrideBy.RN_WITH_REASON,
        True,
    )
    assert (short.params["minutes"], short.params["minimum"]) == (239, 240)


def test_m05_exactly_the_interval_is_enough() -> None:
    order = prn_order()
    assert assessed(order, doses=(row(1, "07:30", order),)).clear


def test_m05_a_dose_told_from_home_counts() -> None:
    home = row(1, "09:00", source=RecordSource.HOME_REPORTED)
    found = assessed(prn_order(), doses=(home,))
    assert stop(found, "dose.interval_too_short").params["source"] == "HOME_REPORTED"


def test_m05_the_same_ingredient_in_another_product_counts() -> None:
    other = prn_order(id=OTHER, root_id=OTHER, drug=dataclasses.replace(ALBUTEROL, id=OTHER, name="nebules"))
    found = assessed(prn_order(), doses=(row(1, "09:00", other),))
    assert "dose.interval_too_short" in found.codes()


def test_m05_another_ingredient_does_not_count() -> None:
    assert assessed(prn_order(), doses=(row(1, "11:00", scheduled_order(root_id=OTHER)),)).clear


@pytest.mark.parametrize("outcome", [DoseOutcome.REFUSED, DoseOutcome.HELD, DoseOutcome.WASTED, DoseOutcome.ABSENT])
def test_m05_a_dose_that_was_not_taken_does_not_count(outcome: DoseOutcome) -> None:
    order = prn_order()
    assert assessed(order, doses=(row(1, "11:00", order, outcome=outcome),)).clear


def test_m14_a_vomited_dose_counts_as_taken() -> None:
    order = prn_order()
    found = assessed(order, doses=(row(1, "11:00", order, outcome=DoseOutcome.VOMITED),))
    assert "dose.interval_too_short" in found.codes()


def test_m05_the_daily_maximum_stops() -> None:
    order = prn_order(schedule=PrnSchedule(min_interval=dt.timedelta(hours=1), max_per_day=3))
    rows = tuple(row(number, at, order) for number, at in enumerate(("07:00", "08:30", "10:00")))
    over = stop(assessed(order, doses=rows), "dose.over_daily_maximum")
    assert over.params == {"count": 3, "maximum": 3}
    assert over.needs_prescriber_contact


def test_m05_the_maximum_holds_over_midnight_too() -> None:
    order = prn_order(schedule=PrnSchedule(min_interval=dt.timedelta(hours=1), max_per_day=3))
    yesterday = DAY - dt.timedelta(days=1)
    rows = (row(1, "12:00", order, yesterday), row(2, "20:00", order, yesterday), row(3, "08:00", order))
    assert assessed(order, doses=rows).codes() == {"dose.over_24_hour_maximum"}
    a_day_ago = (row(1, "11:30", order, yesterday), *rows[1:])
    assert assessed(order, doses=a_day_ago).clear


def test_m05_a_late_entry_is_held_against_later_doses() -> None:
    order = prn_order()
    found = assessed(order, {"event_at": moment("09:00")}, doses=(row(1, "11:00", order),), now=moment("11:31"))
    assert "dose.interval_too_short" in found.codes()


def test_m05_a_standing_order_has_a_cap_for_the_year() -> None:
    schedule = PrnSchedule(min_interval=dt.timedelta(hours=4), max_per_day=3, max_per_school_year=10)
    order = prn_order(standing=True, schedule=schedule)
    assert assessed(order, doses_this_year=9).clear
    assert assessed(order, doses_this_year=10).codes() == {"dose.over_year_cap"}


def test_m05_the_reason_comes_from_the_orders_list() -> None:
    assert assessed(prn_order(), {"indication": "boredom"}).codes() == {"dose.indication_not_ordered"}


def test_m05_a_missing_precheck_stops_until_a_nurse_decides() -> None:
    schedule = PrnSchedule(min_interval=dt.timedelta(hours=4), max_per_day=3, prechecks=frozenset({PreCheck.PEAK_FLOW}))
    order = prn_order(schedule=schedule)
    assert stop(assessed(order), "dose.precheck_missing").override is OverrideBy.RN_WITH_REASON
    assert assessed(order, {"prechecks_done": frozenset({PreCheck.PEAK_FLOW})}).clear


def test_m05_a_scheduled_dose_answers_to_the_interval_of_a_like_prn_order() -> None:
    daily = prn_order(id=OTHER, root_id=OTHER, schedule=TimedSchedule(times=(dt.time(11, 30),)))
    daily = dataclasses.replace(daily, accepted_with=frozenset({prn_order().root_id}))
    dose = proposed(daily, slot_key="2026-10-06T11:30")
    known = facts(daily, other_orders=(prn_order(),), doses=(row(1, "10:00", prn_order()),))
    assert "dose.interval_too_short" in assess(dose, known).codes()


def test_m05_the_guard_tells_the_last_dose_and_when_the_next_is_allowed() -> None:
    order = prn_order()
    guard = prn_guard(order, (row(1, "07:20", order),), moment("11:32"), calendar().tzinfo)
    assert guard.last_dose is not None
    assert (guard.count, guard.maximum, guard.next_allowed_at) == (1, 3, moment("11:20"))
    assert not guard.limit_reached


def test_m05_the_guard_waits_for_the_oldest_dose_of_24_hours() -> None:
    order = prn_order(schedule=PrnSchedule(min_interval=dt.timedelta(hours=1), max_per_day=2))
    yesterday = DAY - dt.timedelta(days=1)
    rows = (row(1, "15:00", order, yesterday), row(2, "08:00", order))
    guard = prn_guard(order, rows, moment("11:00"), calendar().tzinfo)
    assert (guard.count, guard.next_allowed_at) == (2, moment("15:00"))
    assert guard.limit_reached


# M6, D22


def allergy(*sides: AllergyStatement) -> AllergyFact:
    return AllergyFact(allergy_id=OTHER, sides=sides)


@pytest.mark.parametrize(
    "side",
    [
        AllergyStatement(active=True, allergen="stimulants", classes=frozenset({"stimulant"})),
        AllergyStatement(active=True, allergen="Ritalin", ingredients=frozenset({"6901"})),
        AllergyStatement(active=True, allergen="Methylphenidate"),
    ],
)
def test_m06_an_allergy_to_ingredient_class_or_name_stops(side: AllergyStatement) -> None:
    found = stop(assessed(scheduled_order(), allergies=(allergy(side),)), "dose.allergy")
    assert (found.tier, found.override) == (Tier.HARD_STOP, OverrideBy.SECOND_PERSON)


def test_m06_an_allergy_to_something_else_does_not_stop() -> None:
    side = AllergyStatement(active=True, allergen="penicillin", ingredients=frozenset({"7980"}))
    assert assessed(scheduled_order(), allergies=(allergy(side),)).findings == ()


def test_m06_a_drug_allergy_without_code_is_shown_to_a_person() -> None:
    side = AllergyStatement(active=True, allergen="the pink syrup")
    found = assessed(scheduled_order(), allergies=(allergy(side),))
    assert stop(found, "dose.allergy_without_code").tier is Tier.ADVISORY


@pytest.mark.parametrize("stated_by", [0, 1])
def test_d22_an_allergy_holds_if_any_side_of_a_conflict_states_it(stated_by: int) -> None:
    stated = AllergyStatement(active=True, allergen="Ritalin", ingredients=frozenset({"6901"}))
    denied = dataclasses.replace(stated, active=False)
    sides = (stated, denied) if stated_by == 0 else (denied, stated)
    assert "dose.allergy_in_conflict" in assessed(scheduled_order(), allergies=(allergy(*sides),)).codes()
    assert assessed(scheduled_order(), allergies=(allergy(denied),)).clear


def test_m06_duplicate_therapy_needs_a_second_person() -> None:
    same = scheduled_order(id=OTHER, root_id=OTHER)
    found = stop(assessed(scheduled_order(), other_orders=(same,)), "dose.duplicate_ingredient")
    assert found.override is OverrideBy.SECOND_PERSON
    like = Drug(id=OTHER, name="x", ingredients=frozenset({"1"}), classes=frozenset({"stimulant"}))
    found_class = assessed(scheduled_order(), other_orders=(dataclasses.replace(same, drug=like),))
    assert found_class.codes() == {"dose.duplicate_class"}


def test_m06_two_orders_that_the_prescriber_wants_together_pass() -> None:
    same = scheduled_order(id=OTHER, root_id=OTHER)
    accepted = scheduled_order(accepted_with=frozenset({OTHER}))
    assert assessed(accepted, other_orders=(same,)).clear
    assert assessed(scheduled_order(), other_orders=(dataclasses.replace(same, status=OrderStatus.ON_HOLD),)).clear


@pytest.mark.parametrize(
    "field",
    [
        "dose_amount", "dose_unit", "medication_id", "route", "status", "end_date", "prn_max_per_day",
        "prn_min_interval_minutes", "max_per_year", "limits",
    ],
)  # fmt: skip
def test_m02_m05_d22_an_order_in_conflict_stops_and_names_the_conflict(field: str) -> None:
    conflict = OpenConflict(conflict_id=OTHER, row_id=scheduled_order().id, fields=frozenset({field}))
    found = stop(assessed(scheduled_order(), conflicts=(conflict,)), "dose.order_in_conflict")
    assert (found.override, found.params) == (OverrideBy.NONE, {"conflict": str(OTHER), "fields": field})


def test_d22_a_conflict_about_the_note_or_another_row_does_not_stop() -> None:
    note = OpenConflict(conflict_id=OTHER, row_id=scheduled_order().id, fields=frozenset({"notes"}))
    elsewhere = OpenConflict(conflict_id=OTHER, row_id=OTHER, fields=frozenset({"route"}))
    assert assessed(scheduled_order(), conflicts=(note, elsewhere)).clear


@pytest.mark.parametrize("kind", [ConflictKind.FORK, ConflictKind.EDIT_VS_DELETE, ConflictKind.SIGN_VS_EDIT])
def test_d22_a_conflict_about_the_whole_order_stops(kind: ConflictKind) -> None:
    conflict = OpenConflict(conflict_id=OTHER, row_id=scheduled_order().id, fields=frozenset(), kind=kind)
    assert assessed(scheduled_order(), conflicts=(conflict,)).codes() == {"dose.order_in_conflict"}


def test_d01_a_forked_order_stops_also_before_the_conflict_row_arrives() -> None:
    first = scheduled_order()
    left = scheduled_order(id=uuid.UUID(int=21), version=2, supersedes_id=first.id)
    right = scheduled_order(id=uuid.UUID(int=22), version=2, supersedes_id=first.id)
    for side in (left, right):
        found = assess(proposed(side), facts(side, versions=(first, left, right)))
        assert stop(found, "dose.order_forked").override is OverrideBy.NONE


# M7, M8


def test_m07_a_slot_takes_one_dose() -> None:
    order = scheduled_order()
    found = stop(assessed(order, doses=(row(1, "11:30", order),)), "dose.already_given")
    assert (found.tier, found.override) == (Tier.HARD_STOP, OverrideBy.NONE)


def test_m07_a_slot_charted_twice_by_two_desks_is_named_so() -> None:
    order = scheduled_order()
    rows = (row(1, "11:30", order), row(2, "11:30", order))
    assert stop(assessed(order, doses=rows), "dose.double_charted").params == {"count": 2}


def test_m07_an_undone_dose_frees_the_slot() -> None:
    order = scheduled_order()
    first = row(1, "11:30", order)
    undo = row(2, "11:30", order, supersedes_id=first.id, withdrawn=True, revision=2)
    assert assessed(order, doses=(first, undo)).clear


def test_m17_a_correction_replaces_its_own_row() -> None:
    order = scheduled_order()
    first = row(1, "11:30", order)
    dose = {"corrects": Correction(row_id=first.id, reason="wrong time written")}
    assert assessed(order, dose, doses=(first,)).clear


def test_m08_the_first_dose_ever_is_warned_of() -> None:
    found = assessed(scheduled_order(), given_before=False)
    assert found.clear
    assert found.codes() == {"dose.first_ever"}


# M9, D44, M13


def lot(**changes: Any) -> StockLot:
    whole = StockLot(
        lot_id=OTHER, drug_id=scheduled_order().drug.id, expires_on=dt.date(2027, 1, 31), balance=Decimal(20)
    )
    return dataclasses.replace(whole, **changes)


def controlled_order(**changes: Any) -> Order:
    return scheduled_order(controlled=True, **changes)


def test_m09_a_controlled_dose_with_witness_and_count_passes() -> None:
    assert assessed(controlled_order(), {"witness_id": SECOND_NURSE}, lot=lot()).clear


@pytest.mark.parametrize(
    ("dose", "known", "code"),
    [
        ({}, {"lot": lot()}, "dose.witness_missing"),
        ({"witness_id": NURSE}, {"lot": lot()}, "dose.witness_is_actor"),
        ({"witness_id": SECOND_NURSE}, {}, "dose.controlled_without_count"),
        ({"witness_id": SECOND_NURSE}, {"lot": lot(balance=Decimal(1))}, "dose.balance_too_low"),
    ],
)
def test_m09_d44_a_controlled_dose_needs_witness_and_stock(
    dose: dict[str, Any], known: dict[str, Any], code: str
) -> None:
    found = assessed(controlled_order(), dose, **known)
    assert found.codes() == {code}
    assert stop(found, code).override is OverrideBy.NONE


def test_m09_the_last_tablets_may_be_given() -> None:
    assert assessed(controlled_order(), {"witness_id": SECOND_NURSE}, lot=lot(balance=Decimal(2))).clear


def test_m09_no_delegation_of_controlled_drugs_where_the_state_forbids_it() -> None:
    delegation = Delegation(delegate_id=AIDE, trained_on=dt.date(2026, 8, 1), valid_until=dt.date(2027, 7, 31))
    known = {"actor": aide(delegations=(delegation,)), "lot": lot()}
    dose = {"witness_id": SECOND_NURSE}
    assert assessed(controlled_order(), dose, **known).codes() == {"dose.controlled_not_delegable"}
    allowed = DoseRules(unlicensed_may_give_controlled=True)
    assert assessed(controlled_order(), dose, rules=allowed, **known).clear


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"expires_on": dt.date(2026, 10, 5)}, "dose.product_expired"),
        ({"quarantined": True}, "dose.product_quarantined"),
        ({"drug_id": OTHER}, "dose.lot_of_other_drug"),
    ],
)
def test_m13_a_bad_package_stops(changes: dict[str, Any], code: str) -> None:
    found = assessed(scheduled_order(), lot=lot(**changes))
    assert found.codes() == {code}
    assert stop(found, code).override is OverrideBy.NONE


def test_m13_a_lot_is_good_through_its_last_day() -> None:
    assert assessed(scheduled_order(), lot=lot(expires_on=DAY)).clear


# M17, M18


def test_m17_a_future_time_stops_and_a_late_entry_is_marked() -> None:
    early = assessed(scheduled_order(), {"event_at": moment("11:50")}, now=moment("11:30"))
    assert early.codes() == {"dose.in_future"}
    late = assessed(scheduled_order(), now=moment("15:00"))
    assert late.clear
    assert stop(late, "dose.late_entry").params == {"minutes": 210}


def test_m17_a_correction_gives_a_reason_and_meets_the_newest_row() -> None:
    order = scheduled_order()
    first = row(1, "11:30", order)
    newer = row(2, "11:30", order, supersedes_id=first.id, revision=2)
    without = {"corrects": Correction(row_id=newer.id, reason=" ")}
    assert assessed(order, without, doses=(first, newer)).codes() == {"dose.correction_reason_missing"}
    outdated = {"corrects": Correction(row_id=first.id, reason="typo")}
    assert "dose.correction_outdated" in assessed(order, outdated, doses=(first, newer)).codes()


def delegation(**changes: Any) -> Delegation:
    whole = Delegation(
        delegate_id=AIDE, trained_on=dt.date(2026, 8, 20), valid_until=dt.date(2027, 6, 30), student_id=STUDENT
    )
    return dataclasses.replace(whole, **changes)


def test_m18_a_trained_delegate_gives_the_dose() -> None:
    assert assessed(scheduled_order(), actor=aide(delegations=(delegation(),))).clear


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"delegate_id": OTHER}, "dose.delegate_not_named"),
        ({"student_id": OTHER}, "dose.delegate_not_named"),
        ({"order_root": OTHER}, "dose.delegate_not_named"),
        ({"route": Route.RECTAL}, "dose.delegate_not_named"),
        ({"valid_until": DAY - dt.timedelta(days=1)}, "dose.training_lapsed"),
        ({"trained_on": DAY + dt.timedelta(days=1)}, "dose.training_lapsed"),
    ],
)
def test_m18_a_delegate_gives_only_what_she_is_trained_for(changes: dict[str, Any], code: str) -> None:
    found = assessed(scheduled_order(), actor=aide(delegations=(delegation(**changes),)))
    assert found.codes() == {code}
    assert stop(found, code).override is OverrideBy.NONE


def test_m18_an_order_may_forbid_delegation() -> None:
    found = assessed(scheduled_order(delegation_allowed=False), actor=aide(delegations=(delegation(),)))
    assert found.codes() == {"dose.not_delegable"}
    assert assessed(scheduled_order(delegation_allowed=False)).clear


def test_d22_the_fields_are_those_that_orders_and_standing_orders_mark_as_safety() -> None:
    tables = (StudentMedication.__table__, StandingOrder.__table__)
    marked = [column for table in tables for column in table.columns if column.info.get("safety")]
    assert marked
    groups = {column.info["merge_group"] for column in marked if "merge_group" in column.info}
    assert {column.name for column in marked} | groups | {"deleted_at"} == SAFETY_FIELDS


# D40: who lifts what


def interval_stop() -> Assessment:
    order = prn_order()
    return assessed(order, doses=(row(1, "10:00", order),))


def override(code: str = "dose.interval_too_short", **changes: Any) -> Override:
    whole = Override(code=code, by=nurse(), reason="still wheezing", prescriber_contact="Dr. V., 11:20")
    return dataclasses.replace(whole, **changes)


def test_d40_a_registered_nurse_goes_on_with_reason_and_prescriber() -> None:
    decision = decide(interval_stop(), nurse(), (override(),))
    assert decision.allowed
    assert [finding.code for finding, _ in decision.lifted] == ["dose.interval_too_short"]


@pytest.mark.parametrize(
    "changes",
    [{"reason": "  "}, {"prescriber_contact": None}, {"prescriber_contact": " "}, {"code": "dose.late"}],
)
def test_d40_without_reason_or_prescriber_the_interval_holds(changes: dict[str, Any]) -> None:
    decision = decide(interval_stop(), nurse(), (override(**changes),))
    assert not decision.allowed
    assert [finding.code for finding in decision.outstanding] == ["dose.interval_too_short"]


@pytest.mark.parametrize("licence", list(Licence))
def test_d40_a_health_aide_never_goes_under_the_interval(licence: Licence) -> None:
    helper = aide(licence=licence)
    assert not decide(interval_stop(), helper, (override(by=helper),)).allowed


@pytest.mark.parametrize("licence", [Licence.LPN, Licence.NONE, Licence.PRESCRIBER])
def test_d40_the_interval_asks_a_registered_nurse(licence: Licence) -> None:
    actor = dataclasses.replace(nurse(), licence=licence)
    assert not decide(interval_stop(), actor, (override(by=actor),)).allowed


def test_d40_a_nurse_beside_the_aide_proves_herself_by_password() -> None:
    beside = override(by=nurse(SECOND_NURSE))
    assert not decide(interval_stop(), aide(), (beside,)).allowed
    assert decide(interval_stop(), aide(), (dataclasses.replace(beside, password_verified=True),)).allowed


def allergy_stop() -> Assessment:
    side = AllergyStatement(active=True, allergen="Ritalin", ingredients=frozenset({"6901"}))
    return assessed(scheduled_order(), allergies=(allergy(side),))


def test_d40_an_allergy_is_lifted_by_a_second_licensed_persons_password() -> None:
    second = override("dose.allergy", by=nurse(SECOND_NURSE), password_verified=True)
    assert decide(allergy_stop(), nurse(), (second,)).allowed


@pytest.mark.parametrize(
    "changes",
    [
        {"password_verified": False},
        {"by": nurse(NURSE)},
        {"by": aide()},
        {"by": aide(licence=Licence.RN)},
        {"reason": ""},
    ],
)
def test_d40_nobody_else_lifts_an_allergy(changes: dict[str, Any]) -> None:
    second = {"by": nurse(SECOND_NURSE), "password_verified": True, **changes}
    assert not decide(allergy_stop(), nurse(), (override("dose.allergy", **second),)).allowed


def test_d40_a_stop_that_nobody_may_lift_stays() -> None:
    found = assessed(scheduled_order(), consents=())
    tries = tuple(
        override("dose.consent_missing", by=one, password_verified=True) for one in (nurse(), nurse(SECOND_NURSE))
    )
    assert not decide(found, nurse(), tries).allowed


def test_m04_the_actor_gives_the_reason_for_a_late_dose_herself() -> None:
    late = assessed(scheduled_order(), {"event_at": moment("12:05")}, now=moment("12:05"))
    mine = override("dose.late", reason="fire drill", prescriber_contact=None)
    assert decide(late, nurse(), (mine,)).allowed
    assert not decide(late, nurse(), (dataclasses.replace(mine, by=nurse(SECOND_NURSE)),)).allowed


# M16


def test_m16_d40_an_emergency_dose_is_never_withheld_and_everything_is_recorded() -> None:
    order = prn_order(emergency=True, end_date=dt.date(2026, 9, 30), controlled=True)
    conflict = OpenConflict(conflict_id=OTHER, row_id=order.id, fields=frozenset({"dose_amount"}))
    side = AllergyStatement(active=True, allergen="x", ingredients=ALBUTEROL.ingredients)
    found = assessed(
        order,
        {"identity": IdentityStep(), "label": LabelStep()},
        consents=(),
        actor=aide(),
        conflicts=(conflict,),
        allergies=(allergy(side),),
        doses=(row(1, "11:25", order),),
    )
    decision = decide(found, aide())
    assert decision.allowed
    assert {finding.code for finding in decision.recorded} >= {
        "dose.identity_missing",
        "dose.consent_missing",
        "dose.order_expired",
        "dose.order_in_conflict",
        "dose.allergy",
        "dose.interval_too_short",
        "dose.delegate_not_named",
        "dose.witness_missing",
    }
    assert all(finding.tier is Tier.ADVISORY for finding in found.findings)
    assert stop(found, "dose.consent_missing").was is Tier.HARD_STOP


# Laws

_SPOILERS: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("identity", {"identity": IdentityStep()}, {}),
    ("label", {"label": LabelStep()}, {}),
    ("consent", {}, {"consents": ()}),
    ("interval", {}, {"doses": (row(1, "10:00", prn_order()),)}),
    ("maximum", {}, {"doses": tuple(row(n, at, prn_order()) for n, at in enumerate(("01:00", "02:00", "03:00")))}),
    ("allergy", {}, {"allergies": (allergy(AllergyStatement(active=True, allergen="albuterol")),)}),
    ("duplicate", {}, {"other_orders": (prn_order(id=OTHER, root_id=OTHER),)}),
    ("lot", {}, {"lot": StockLot(lot_id=OTHER, drug_id=ALBUTEROL.id, expires_on=None, quarantined=True)}),
    ("future", {"event_at": moment("11:55")}, {}),
    ("indication", {"indication": "none"}, {}),
)

_ACTORS = st.builds(
    lambda user, role, licence: dataclasses.replace(nurse(user), role=role, licence=licence),
    st.sampled_from([NURSE, SECOND_NURSE, AIDE]),
    st.sampled_from([UserRole.NURSE, UserRole.HEALTH_AIDE, UserRole.VIEWER]),
    st.sampled_from(list(Licence)),
)


@given(
    st.lists(st.sampled_from(_SPOILERS), max_size=4, unique_by=lambda spoiler: spoiler[0]),
    _ACTORS,
    st.data(),
)
def test_no_dose_is_allowed_while_a_stop_stands_that_nobody_validly_lifted(
    spoilers: list[tuple[str, dict[str, Any], dict[str, Any]]], actor: Any, data: st.DataObject
) -> None:
    order = prn_order()
    dose = proposed(order)
    known = facts(order, actor=actor)
    for _, dose_changes, fact_changes in spoilers:
        dose = dataclasses.replace(dose, **dose_changes)
        known = dataclasses.replace(known, **fact_changes)
    found = assess(dose, known)
    overrides = data.draw(
        st.lists(
            st.builds(
                Override,
                code=st.sampled_from(sorted(found.codes()) or ["none"]),
                by=_ACTORS,
                reason=st.sampled_from(["", "needed"]),
                prescriber_contact=st.sampled_from([None, "Dr. V."]),
                password_verified=st.booleans(),
            ),
            max_size=5,
        )
    )
    decision = decide(found, actor, overrides)
    assert decision.allowed == (len(decision.lifted) == len(found.stops))
    if any(finding.override is OverrideBy.NONE for finding in found.stops):
        assert not decision.allowed
    for finding, used in decision.lifted:
        assert used.reason
        if finding.override is OverrideBy.SECOND_PERSON:
            assert used.by.user_id != actor.user_id
            assert used.password_verified
        if finding.override is OverrideBy.RN_WITH_REASON:
            assert used.by.licence is Licence.RN
            assert used.by.role is not UserRole.HEALTH_AIDE
        if finding.needs_prescriber_contact:
            assert used.prescriber_contact


@given(
    st.lists(st.integers(min_value=0, max_value=23 * 60), max_size=6, unique=True),
    st.integers(min_value=30, max_value=360),
    st.integers(min_value=1, max_value=5),
)
def test_m05_a_dose_that_the_guard_allows_meets_no_limit(minutes: list[int], interval: int, maximum: int) -> None:
    order = prn_order(schedule=PrnSchedule(min_interval=dt.timedelta(minutes=interval), max_per_day=maximum))
    at = moment("12:00")
    rows = tuple(
        row(number, "12:00", order, event_at=at - dt.timedelta(minutes=ago)) for number, ago in enumerate(minutes)
    )
    guard = prn_guard(order, rows, at, calendar().tzinfo)
    found = assess(proposed(order, event_at=at), facts(order, doses=rows, now=at))
    allowed = (guard.next_allowed_at is None or guard.next_allowed_at <= at) and not guard.limit_reached
    assert allowed == found.clear
