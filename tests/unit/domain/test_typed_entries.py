"""Dates, times, numbers and vaccine lines as a nurse types them."""

from __future__ import annotations

import contextlib
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.doses import DAY, ZONE, moment, quantity

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.historic import parse_historic_line, parse_historic_text
from clinicdesk.domain.entry.lots import parse_lot_expiry
from clinicdesk.domain.entry.numbers import (
    HeightUnit,
    TemperatureUnit,
    WeightUnit,
    parse_blood_pressure,
    parse_decimal,
    parse_dose,
    parse_height,
    parse_temperature,
    parse_weight,
    parse_whole,
    ten_fold,
)
from clinicdesk.domain.entry.when import Facing, parse_date, parse_moment, parse_time
from clinicdesk.domain.medication.quantities import DoseUnit, plain

BIRTH = dt.date(2018, 1, 15)


def problem_of(call: Any, *args: Any) -> str:
    with pytest.raises(InvalidValueError) as refused:
        call(*args)
    return refused.value.problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3/4", dt.date(2026, 3, 4)),
        ("10/6", DAY),
        ("10/7", dt.date(2025, 10, 7)),
        ("2/29", dt.date(2024, 2, 29)),
        ("3/4/19", dt.date(2019, 3, 4)),
        ("3/4/30", dt.date(1930, 3, 4)),
        ("3-4-2019", dt.date(2019, 3, 4)),
        ("2019-03-04", dt.date(2019, 3, 4)),
        ("today", DAY),
        (" Hoy ", DAY),
        ("yesterday", dt.date(2026, 10, 5)),
        ("-2d", dt.date(2026, 10, 4)),
        ("-1w", dt.date(2026, 9, 29)),
    ],
)
def test_a_past_field_reads_dates_and_never_guesses_the_future(text: str, expected: dt.date) -> None:
    assert parse_date(text, DAY) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+1d", dt.date(2026, 10, 7)),
        ("tomorrow", dt.date(2026, 10, 7)),
        ("+2w", dt.date(2026, 10, 20)),
        ("3/4", dt.date(2027, 3, 4)),
        ("10/6", DAY),
        ("3/4/27", dt.date(2027, 3, 4)),
    ],
)
def test_a_planned_date_looks_forward(text: str, expected: dt.date) -> None:
    assert parse_date(text, DAY, Facing.FUTURE) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "missing"),
        ("+1d", "in_future"),
        ("10/7/2026", "in_future"),
        ("13/1", "not_a_date"),
        ("2/30/2020", "not_a_date"),
        ("2/29/2025", "not_a_date"),
        ("1/1/1800", "not_a_date"),
        ("soon", "not_a_date"),
        ("3/4/", "not_a_date"),
        ("٣/٤", "not_a_date"),
    ],
)
def test_what_is_no_past_date_is_refused(text: str, problem: str) -> None:
    assert problem_of(parse_date, text, DAY) == problem


@given(st.dates(dt.date(1927, 1, 1), DAY))
def test_a_written_date_is_read_back_in_every_form(day: dt.date) -> None:
    for text in (day.isoformat(), f"{day.month}/{day.day}/{day.year}", f"{day.month}/{day.day}/{day:%y}"):
        assert parse_date(text, DAY) == day


@given(st.text(max_size=12))
def test_no_text_becomes_a_future_date_in_a_past_field(text: str) -> None:
    with contextlib.suppress(InvalidValueError):
        assert parse_date(text, DAY) <= DAY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1315", dt.time(13, 15)),
        ("13:15", dt.time(13, 15)),
        ("915", dt.time(9, 15)),
        ("9a", dt.time(9)),
        ("9:05p", dt.time(21, 5)),
        ("12a", dt.time(0)),
        ("12p", dt.time(12)),
        ("9 am", dt.time(9)),
        ("9 a.m.", dt.time(9)),
        ("noon", dt.time(12)),
        ("0", dt.time(0)),
    ],
)
def test_a_time_is_read(text: str, expected: dt.time) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize("text", ["2400", "1360", "13p", "0a", "9:", "9m", "9x", "12345", "-5"])
def test_what_is_no_time_is_refused(text: str) -> None:
    assert problem_of(parse_time, text) == "not_a_time"


@given(st.times())
def test_a_written_time_is_read_back(at: dt.time) -> None:
    whole = at.replace(second=0, microsecond=0, tzinfo=None)
    assert parse_time(f"{whole:%H%M}") == parse_time(f"{whole:%H:%M}") == parse_time(f"{whole:%I:%M %p}") == whole


NOW = moment("11:30")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", NOW),
        ("1115", moment("11:15")),
        ("-10m", moment("11:20")),
        ("-1h", moment("10:30")),
        ("yesterday 1p", moment("13:00", dt.date(2026, 10, 5))),
        ("10/5 9 am", moment("09:00", dt.date(2026, 10, 5))),
    ],
)
def test_a_moment_is_read_and_keeps_zone_and_offset(text: str, expected: dt.datetime) -> None:
    found = parse_moment(text, NOW, ZONE)
    assert (found.at, found.zone, found.offset_minutes) == (expected, ZONE, -240)
    assert found.local == expected


def test_a_future_time_is_refused_never_moved_to_yesterday() -> None:
    assert problem_of(parse_moment, "1315", NOW, ZONE) == "in_future"
    assert parse_moment("1315", NOW, ZONE, Facing.FUTURE).at == moment("13:15")


def test_a_time_that_the_clock_change_leaves_out_is_refused() -> None:
    later = dt.datetime(2026, 3, 9, 15, tzinfo=dt.UTC)
    assert problem_of(parse_moment, "3/8 0230", later, ZONE) == "no_such_time"


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("98.6f", "98.6", TemperatureUnit.F),
        ("37c", "37", TemperatureUnit.C),
        ("37.2 °C", "37.2", TemperatureUnit.C),
        ("98.6", "98.6", TemperatureUnit.F),
        ("37", "37", TemperatureUnit.C),
        ("45c", "45", TemperatureUnit.C),
    ],
)
def test_a_temperature_keeps_its_unit(text: str, value: str, unit: TemperatureUnit) -> None:
    found = parse_temperature(text)
    assert (found.value, found.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("60", "unit_missing"),
        ("37k", "unknown_unit"),
        ("37,5c", "comma_decimal"),
        ("-3c", "negative"),
        ("warm", "missing"),
        ("3³c", "foreign_digits"),
        ("٣٧", "foreign_digits"),
        ("37.c", "not_a_number"),
        ("1e3", "unknown_unit"),
    ],
)
def test_a_temperature_that_could_be_misread_is_refused(text: str, problem: str) -> None:
    assert problem_of(parse_temperature, text) == problem


def test_weights_and_heights_are_read_in_both_systems() -> None:
    assert (parse_weight("62lb").value, parse_weight("62 lbs").unit) == (Decimal(62), WeightUnit.LBS)
    assert parse_weight("28kg").kilograms == 28
    assert parse_weight("28", WeightUnit.KG).unit is WeightUnit.KG
    assert round(parse_weight("62lb").kilograms, 2) == Decimal("28.12")
    assert parse_height("132cm").centimetres == parse_height("1.32m").centimetres == 132
    assert {parse_height(text).value for text in ("4'4\"", "4ft 4in", "52in")} == {Decimal(52)}
    assert parse_height("4'").unit is HeightUnit.INCHES
    assert problem_of(parse_height, "4'13\"") == "out_of_range"
    assert problem_of(parse_weight, "62") == "unit_missing"
    assert problem_of(parse_weight, "62st") == "unknown_unit"
    assert problem_of(parse_height, "1320mm") == "unknown_unit"


def test_a_blood_pressure_has_two_values_in_order() -> None:
    found = parse_blood_pressure("120/70")
    assert (found.systolic, found.diastolic) == (120, 70)
    assert problem_of(parse_blood_pressure, "70/120") == "wrong_order"
    assert problem_of(parse_blood_pressure, "120") == "not_a_pressure"
    assert problem_of(parse_blood_pressure, "120/a") == "not_a_number"
    assert problem_of(parse_blood_pressure, "120.5/70") == "not_whole"


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("10mg", "10", DoseUnit.MILLIGRAM),
        ("2 tab", "2", DoseUnit.TABLET),
        ("0.5 mL", "0.5", DoseUnit.MILLILITRE),
        ("12 units", "12", DoseUnit.INTERNATIONAL_UNIT),
        ("180mcg", "180", DoseUnit.MICROGRAM),
        ("3 {puff}", "3", DoseUnit.PUFF),
    ],
)
def test_m03_a_dose_is_read_with_its_unit(text: str, amount: str, unit: DoseUnit) -> None:
    assert parse_dose(text) == quantity(amount, unit)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("10", "unit_missing"),
        ("10u", "unknown_unit"),
        ("10iu", "unknown_unit"),
        (".5mg", "leading_zero_missing"),
        ("1,5mg", "comma_decimal"),
        ("1,000mg", "comma_decimal"),
        ("0mg", "not_positive"),
        ("-5mg", "negative"),
        ("1.2.3mg", "not_a_number"),
        ("12345678901mg", "too_long"),
    ],
)
def test_m03_a_dose_that_could_be_misread_is_refused(text: str, problem: str) -> None:
    assert problem_of(parse_dose, text) == problem


def test_m03_a_slipped_decimal_point_asks_a_reason() -> None:
    known = quantity("5", DoseUnit.MILLIGRAM)
    for typed in (
        quantity("50", DoseUnit.MILLIGRAM),
        quantity("0.5", DoseUnit.MILLIGRAM),
        quantity("0.05", DoseUnit.GRAM),
    ):
        found = ten_fold(typed, known)
        assert found is not None
        assert found.code == "entry.ten_fold"
    assert ten_fold(quantity("10", DoseUnit.MILLIGRAM), known) is None
    assert ten_fold(quantity("50", DoseUnit.MILLILITRE), known) is None


@given(st.decimals(min_value=0, max_value=99999, places=3))
def test_a_written_number_is_read_back(value: Decimal) -> None:
    assert parse_decimal(plain(value), "x") == value


@given(st.text(max_size=10))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidValueError):
        assert parse_decimal(text, "x") >= 0


def test_a_whole_number_is_whole() -> None:
    assert parse_whole("92", "heart_rate") == 92
    assert problem_of(parse_whole, "92.5", "heart_rate") == "not_whole"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("06/2027", dt.date(2027, 6, 30)),
        ("6/27", dt.date(2027, 6, 30)),
        ("02/2028", dt.date(2028, 2, 29)),
        ("jun 2027", dt.date(2027, 6, 30)),
        ("Dic-27", dt.date(2027, 12, 31)),
        ("15 jun 2027", dt.date(2027, 6, 15)),
        ("2027-06", dt.date(2027, 6, 30)),
        ("2027-06-05", dt.date(2027, 6, 5)),
        ("6/5/27", dt.date(2027, 6, 5)),
        ("270600", dt.date(2027, 6, 30)),
        ("270605", dt.date(2027, 6, 5)),
    ],
)
def test_i14_month_and_year_of_a_lot_mean_its_last_day(text: str, expected: dt.date) -> None:
    assert parse_lot_expiry(text) == expected


@pytest.mark.parametrize("text", ["", "2027", "13/2027", "2/30/2027", "foo 2027", "6/1999"])
def test_i14_what_is_no_expiry_is_refused(text: str) -> None:
    assert problem_of(parse_lot_expiry, text) in {"missing", "not_a_date"}


def test_a_historic_line_holds_a_vaccine_and_its_dates() -> None:
    line = parse_historic_line("dtap 3/4/19 5/6/19", DAY, BIRTH)
    assert (line.name, line.cvx_code) == ("dtap", "107")
    assert [cell.date for cell in line.cells] == [dt.date(2019, 3, 4), dt.date(2019, 5, 6)]


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("Hep B, 3/4/2018; 5/6/2018", "Hep B", "45"),
        ("HPV 9 3/4/2019", "HPV 9", "165"),
        ("MMR\t2019-03-04", "MMR", "03"),
        ("something new 3/4/2019", "something new", None),
    ],
)
def test_a_historic_name_may_have_several_words(text: str, name: str, code: str | None) -> None:
    line = parse_historic_line(text, DAY, BIRTH)
    assert (line.name, line.cvx_code) == (name, code)


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("3/4", "year_missing"),
        ("3/19", "year_missing"),
        ("13/4/19", "not_a_date"),
        ("3/4/2017", "before_birth"),
        ("10/7/2026", "in_future"),
        ("2016", "before_birth"),
        ("2027", "in_future"),
        ("13/2019", "not_a_date"),
        ("3/4/19x", "not_a_date"),
    ],
)
def test_i15_a_bad_date_spoils_its_own_cell_only(word: str, problem: str) -> None:
    line = parse_historic_line(f"polio 3/4/2019 {word} 5/6/2019", DAY, BIRTH)
    assert [cell.problem for cell in line.cells] == [None, problem, None]
    assert line.cells[1].typed == word


@pytest.mark.parametrize(("word", "year", "month"), [("2019", 2019, None), ("3/2019", 2019, 3)])
def test_i15_a_partial_date_is_kept_and_never_completed(word: str, year: int, month: int | None) -> None:
    cell = parse_historic_line(f"polio {word}", DAY, BIRTH).cells[0]
    assert (cell.date, cell.year, cell.month, cell.is_partial) == (None, year, month, True)


def test_a_date_typed_twice_is_marked() -> None:
    line = parse_historic_line("polio 3/4/19 3/4/2019", DAY, BIRTH)
    assert [cell.problem for cell in line.cells] == [None, "duplicate"]


def test_pasted_lines_tell_which_one_is_wrong() -> None:
    lines = parse_historic_text("dtap 3/4/19\n\nmmr 3/4/19\n", DAY, BIRTH)
    assert [line.name for line in lines] == ["dtap", "mmr"]
    with pytest.raises(InvalidValueError) as refused:
        parse_historic_text("dtap 3/4/19\n3/4/19\n", DAY, BIRTH)
    assert refused.value.params["line"] == 2
    assert problem_of(parse_historic_line, "dtap", DAY, BIRTH) == "missing"
