"""Dates, times, ages and numbers as the language in use writes them, without Qt."""

from __future__ import annotations

import datetime as dt
from functools import cache

from clinicdesk.i18n.catalogue import Language, language

_NAMES = {
    Language.ENGLISH: (
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        (
            *("January", "February", "March", "April", "May", "June"),
            *("July", "August", "September", "October", "November", "December"),
        ),
        ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    ),
    Language.SPANISH: (
        ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
        (
            *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
            *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
        ),
        ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
        ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    ),
}


class Formats:
    """Writes dates and numbers in one language. Times are 24-hour with tabular figures."""

    def __init__(self, language: Language) -> None:
        self._spanish = language is Language.SPANISH
        names = _NAMES[Language.SPANISH if self._spanish else Language.ENGLISH]
        self._months_short, self._months, self._days_short, self._days = names

    def date(self, day: dt.date) -> str:
        """Oct 6, 2026 / 6 oct 2026."""
        month = self._months_short[day.month - 1]
        return f"{day.day} {month} {day.year}" if self._spanish else f"{month} {day.day}, {day.year}"

    def date_short(self, day: dt.date) -> str:
        """Oct 6 / 6 oct."""
        month = self._months_short[day.month - 1]
        return f"{day.day} {month}" if self._spanish else f"{month} {day.day}"

    def weekday_short(self, day: dt.date) -> str:
        """Tue, Oct 6 / mar, 6 oct."""
        return f"{self._days_short[day.weekday()]}, {self.date_short(day)}"

    def date_long(self, day: dt.date) -> str:
        """Tuesday, October 6 / martes, 6 de octubre."""
        month, week_day = self._months[day.month - 1], self._days[day.weekday()]
        return f"{week_day}, {day.day} de {month}" if self._spanish else f"{week_day}, {month} {day.day}"

    def date_full(self, day: dt.date) -> str:
        """Tuesday, October 6, 2026 / martes, 6 de octubre de 2026."""
        return f"{self.date_long(day)} de {day.year}" if self._spanish else f"{self.date_long(day)}, {day.year}"

    def time(self, moment: dt.time | dt.datetime) -> str:
        """11:42."""
        return f"{moment.hour:02}:{moment.minute:02}"

    def age(self, born: dt.date, today: dt.date) -> str:
        """8 y 7 mo; months alone below two years."""
        months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
        year_mark, month_mark = ("a", "m") if self._spanish else ("y", "mo")
        if months < 24:
            return f"{max(0, months)} {month_mark}"
        return f"{months // 12} {year_mark} {months % 12} {month_mark}"

    def birth_and_age(self, born: dt.date, today: dt.date) -> str:
        """Feb 14, 2018 · 8 y 7 mo."""
        return f"{self.date(born)} · {self.age(born, today)}"

    def number(self, value: int) -> str:
        """12,000 / 12.000."""
        return f"{value:,}".replace(",", ".") if self._spanish else f"{value:,}"

    def duration(self, span: dt.timedelta) -> str:
        """43 min; 4 h 12 min from one hour."""
        minutes = int(span.total_seconds() // 60)
        return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


@cache
def _formats(of: Language) -> Formats:
    return Formats(of)


def formats() -> Formats:
    """The formats of the language in use."""
    return _formats(language())
