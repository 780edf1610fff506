"""The school days of the demonstration's past twelve months, and the closed days among them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import holidays

PAST_DAYS = 365


@dataclass(frozen=True, slots=True)
class SchoolYears:
    """School years as first and last day, closed days with their names, and the school days before today."""

    years: tuple[tuple[dt.date, dt.date], ...]
    closed: Mapping[dt.date, str]
    past: tuple[dt.date, ...]
    today_is_extra: bool


def school_years(start: dt.date, end: dt.date, today: dt.date) -> SchoolYears:
    """This school year and the one before; today is made a school day if it is none, so that a round can be shown."""
    years = ((start.replace(year=start.year - 1), end.replace(year=end.year - 1)), (start, end))
    closed: dict[dt.date, str] = {}
    for first, last in years:
        named = holidays.country_holidays("US", years=(first.year, last.year))
        closed |= {day: name for day, name in sorted(named.items()) if first <= day <= last and day.weekday() < 5}
        for day in _days(dt.date(first.year, 12, 23), dt.date(last.year, 1, 1)):
            closed.setdefault(day, "Winter break")
        for day in _days(dt.date(last.year, 4, 13), dt.date(last.year, 4, 17)):
            closed.setdefault(day, "Spring break")
    runs = any(first <= today <= last for first, last in years) and today.weekday() < 5
    closed.pop(today, None)
    past = tuple(
        day
        for day in _days(today - dt.timedelta(days=PAST_DAYS), today - dt.timedelta(days=1))
        if day.weekday() < 5 and day not in closed and any(first <= day <= last for first, last in years)
    )
    return SchoolYears(years, closed, past, today_is_extra=not runs)


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    """Weekdays only."""
    count = (last - first).days + 1
    return [day for day in (first + dt.timedelta(days=n) for n in range(count)) if day.weekday() < 5]
