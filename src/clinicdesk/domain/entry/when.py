"""Dates and times as a nurse types them: `3/4`, `today`, `-2d`, `1315`, `9a` (`ux-spec.md` 4).

Month comes before day, as on every form of these schools. What is read is echoed; nothing becomes a future moment
by guessing.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from clinicdesk.core.errors import InvalidValueError

_EARLIEST_YEAR = 1900
_WORDS = {"today": 0, "hoy": 0, "t": 0, "yesterday": -1, "ayer": -1, "y": -1, "tomorrow": 1, "mañana": 1}
_RELATIVE = re.compile(r"([+-])([0-9]{1,3})\s*([dw])")
_SLASHED = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})(?:[/.-]([0-9]{4}|[0-9]{2}))?")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CLOCK = re.compile(r"([0-9]{1,2}):?([0-9]{2})?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE)
_BACK = re.compile(r"-([0-9]{1,3})\s*(m|min|h)", re.IGNORECASE)


class Facing(enum.StrEnum):
    """Which way a field looks: what happened, or what is planned."""

    PAST = "PAST"
    FUTURE = "FUTURE"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMoment:
    """A moment in UTC with the zone it was typed in and the offset there: what gets stored and echoed."""

    at: dt.datetime
    zone: str
    offset_minutes: int

    @property
    def local(self) -> dt.datetime:
        return self.at.astimezone(ZoneInfo(self.zone))


def parse_date(text: str, today: dt.date, facing: Facing = Facing.PAST, field: str = "date") -> dt.date:
    """Read a date. Without a year: the last such day of a past field, the next one of a future field.

    Raises:
        InvalidValueError: no date (`not_a_date`), or a future one in a past field (`in_future`).
    """
    typed = text.strip().casefold()
    if not typed:
        raise InvalidValueError(field, "missing")
    found = _relative_date(typed, today) or _written_date(typed, today, facing)
    if found is None:
        raise InvalidValueError(field, "not_a_date")
    if facing is Facing.PAST and found > today:
        raise InvalidValueError(field, "in_future")
    return found


def parse_time(text: str, field: str = "time") -> dt.time:
    """Read a time of day: `1315`, `13:15`, `9a`, `9:05p`, `noon`. Without a or p it is the 24-hour clock.

    Raises:
        InvalidValueError: no time (`not_a_time`).
    """
    typed = text.strip().casefold()
    if not typed:
        raise InvalidValueError(field, "missing")
    if typed in {"noon", "mediodía"}:
        return dt.time(12)
    match = _CLOCK.fullmatch(typed)
    if match is None or typed.endswith(":") or (match[3] is None and typed.endswith("m")):
        raise InvalidValueError(field, "not_a_time")
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half is not None:
        if not 1 <= hour <= 12:
            raise InvalidValueError(field, "not_a_time")
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        raise InvalidValueError(field, "not_a_time")
    return dt.time(hour, minute)


def parse_moment(
    text: str, now: dt.datetime, zone: str, facing: Facing = Facing.PAST, field: str = "event_at"
) -> ParsedMoment:
    """Read a moment: a time of today, a date and a time, `now`, or `-10m` and `-1h` ago.

    Raises:
        InvalidValueError: not a moment, one that the clock change leaves out (`no_such_time`), or one still to
            come in a past field (`in_future`).
    """
    typed = text.strip().casefold()
    if not typed:
        raise InvalidValueError(field, "missing")
    here = now.astimezone(ZoneInfo(zone))
    ago = _BACK.fullmatch(typed)
    if typed in {"now", "ahora", "n"}:
        return _moment(now, zone)
    if ago is not None:
        unit = dt.timedelta(hours=1) if ago[2] == "h" else dt.timedelta(minutes=1)
        return _moment(now - int(ago[1]) * unit, zone)
    day_text, _, time_text = typed.rpartition(" ")
    if time_text in {"a", "p", "am", "pm", "a.m.", "p.m."}:
        day_text, _, hour_text = day_text.rpartition(" ")
        time_text = hour_text + time_text
    day = parse_date(day_text, here.date(), facing, field) if day_text else here.date()
    local = dt.datetime.combine(day, parse_time(time_text, field), tzinfo=ZoneInfo(zone))
    at = local.astimezone(dt.UTC)
    if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise InvalidValueError(field, "no_such_time")
    if facing is Facing.PAST and at > now:
        raise InvalidValueError(field, "in_future")
    return _moment(at, zone)


def _moment(at: dt.datetime, zone: str) -> ParsedMoment:
    offset = at.astimezone(ZoneInfo(zone)).utcoffset() or dt.timedelta(0)
    return ParsedMoment(at=at.astimezone(dt.UTC), zone=zone, offset_minutes=int(offset.total_seconds() // 60))


def _relative_date(typed: str, today: dt.date) -> dt.date | None:
    if typed in _WORDS:
        return today + dt.timedelta(days=_WORDS[typed])
    match = _RELATIVE.fullmatch(typed)
    if match is None:
        return None
    days = int(match[2]) * (7 if match[3] == "w" else 1)
    return today + dt.timedelta(days=-days if match[1] == "-" else days)


def _written_date(typed: str, today: dt.date, facing: Facing) -> dt.date | None:
    iso = _ISO.fullmatch(typed)
    if iso is not None:
        return _real(int(iso[1]), int(iso[2]), int(iso[3]))
    slashed = _SLASHED.fullmatch(typed)
    if slashed is None:
        return None
    month, day = int(slashed[1]), int(slashed[2])
    if slashed[3] is None:
        return _nearest(month, day, today, facing)
    return _real(full_year(slashed[3], today, facing), month, day)


def full_year(digits: str, today: dt.date, facing: Facing = Facing.PAST) -> int:
    """A year of two digits is the last one that is not to come, or in a future field one of this century."""
    year = int(digits)
    if len(digits) == 4:
        return year
    year += today.year // 100 * 100
    return year - 100 if facing is Facing.PAST and year > today.year else year


def _nearest(month: int, day: int, today: dt.date, facing: Facing) -> dt.date | None:
    # Eight years span any leap day, also around 1900 and 2100.
    step = -1 if facing is Facing.PAST else 1
    for distance in range(9):
        found = _real(today.year + step * distance, month, day)
        if found is not None and (found <= today if facing is Facing.PAST else found >= today):
            return found
    return None


def _real(year: int, month: int, day: int) -> dt.date | None:
    if year < _EARLIEST_YEAR:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
