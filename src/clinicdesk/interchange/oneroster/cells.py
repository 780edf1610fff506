"""The cells of one row by column name, each read strictly; what is wrong is collected, not raised."""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Mapping
from typing import TypeVar

from clinicdesk.domain.roster.records import Problem, RosterFile, RowFinding, RowPlace
from clinicdesk.interchange.oneroster.binding import GRADES
from clinicdesk.interchange.oneroster.table import RawRow, tidy

_E = TypeVar("_E", bound=enum.StrEnum)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SPACES = re.compile(r"\s+")
# Invisible, yet part of the spelling of names in Persian and in the scripts of India.
_JOINERS = str.maketrans("", "", "\u200c\u200d")
_EXTENSION = "ext:"
# Longer than any key of a real system, shorter than an index refuses.
ID_LENGTH = 255
NAME_LENGTH = 100
_SHOWN = 60
_OLDEST = dt.date(1900, 1, 1)
_LATEST = dt.date(2199, 12, 31)


class RowReader:
    """Reads one row; `fatal` findings set it aside, `remarks` keep it."""

    def __init__(self, file: RosterFile, columns: Mapping[str, int], raw: RawRow) -> None:
        self._columns = columns
        self._cells = raw.cells
        source_id = self._cell("sourcedId")
        self.place = RowPlace(file, raw.line, source_id[:ID_LENGTH])
        self.fatal: list[RowFinding] = []
        self.remarks: list[RowFinding] = []
        self._check_id("sourcedId", source_id, needed=True)

    def text(self, column: str, *, needed: bool = False, longest: int = NAME_LENGTH) -> str:
        """One line of text: inner white space becomes single blanks."""
        value = _SPACES.sub(" ", self._cell(column))
        if not value:
            if needed:
                self.reject(column, Problem.MISSING)
        elif not value.translate(_JOINERS).isprintable():
            self.reject(column, Problem.UNREADABLE_TEXT)
        elif len(value) > longest:
            self.reject(column, Problem.TOO_LONG, value)
        return value

    def key(self, column: str, *, needed: bool = False) -> str:
        """The key of another row."""
        value = self._cell(column)
        self._check_id(column, value, needed=needed)
        return value

    def keys(self, column: str) -> tuple[str, ...]:
        """A list of keys inside one cell, each once."""
        values = tuple(dict.fromkeys(tidy(part) for part in self._cell(column).split(",")))
        for value in values:
            self._check_id(column, value, needed=False)
        return tuple(value for value in values if value)

    def day(self, column: str, *, needed: bool = False) -> dt.date | None:
        value = self._cell(column)
        if not value:
            if needed:
                self.reject(column, Problem.MISSING)
            return None
        try:
            # `fromisoformat` alone would take 20260131 and 2026-W05-6 too.
            day = dt.date.fromisoformat(value) if _DATE.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None:
            self.reject(column, Problem.NOT_A_DATE, value)
        elif not _OLDEST <= day <= _LATEST:
            self.reject(column, Problem.DATE_OUT_OF_RANGE, value)
            return None
        return day

    def days(self, first: str, last: str, *, needed: bool = False) -> tuple[dt.date | None, dt.date | None]:
        """Two days in order."""
        begins, ends = self.day(first, needed=needed), self.day(last, needed=needed)
        if begins is not None and ends is not None and ends < begins:
            self.reject(last, Problem.WRONG_ORDER, ends.isoformat())
        return begins, ends

    def word(self, column: str, words: type[_E], *, needed: bool = False) -> _E | None:
        """A word of a fixed list; its case does not matter."""
        value = self._cell(column)
        if not value:
            if needed:
                self.reject(column, Problem.MISSING)
            return None
        for known in words:
            if known.value.casefold() == value.casefold():
                return known
        self.reject(column, Problem.UNKNOWN_VALUE, value)
        return None

    def role(self, column: str, roles: frozenset[str]) -> str:
        """A role of the binding, or an extension of it (`ext:`)."""
        value = self._cell(column)
        if not value:
            self.reject(column, Problem.MISSING)
        elif value.startswith(_EXTENSION) and len(value) > len(_EXTENSION):
            return value
        for known in roles:
            if known.casefold() == value.casefold():
                return known
        if value:
            self.reject(column, Problem.UNKNOWN_VALUE, value)
        return value

    def flag(self, column: str, *, absent: bool) -> bool:
        value = self._cell(column).casefold()
        if value not in {"", "true", "false"}:
            self.reject(column, Problem.UNKNOWN_VALUE, value)
        return absent if not value else value == "true"

    def grade(self, column: str) -> str:
        """The clinic's word for the first grade listed; an unknown one is kept as it stands, with a remark."""
        stated = self._cell(column).split(",")[0].strip()
        if not stated:
            return ""
        known = GRADES.get(stated.upper())
        if known is None:
            self.remark(column, Problem.UNKNOWN_GRADE, stated)
            return stated[:10]
        return known

    def year(self, column: str) -> int | None:
        value = self._cell(column)
        if not value:
            return None
        if not re.fullmatch(r"(19|20|21)\d\d", value, re.ASCII):
            self.remark(column, Problem.UNKNOWN_VALUE, value)
            return None
        return int(value)

    def leaving(self, *, delta: bool) -> bool:
        """What a changed row wants. A bulk row says nothing here, yet one that says it goes is believed."""
        status = self._cell("status").casefold()
        if delta and not status:
            self.reject("status", Problem.MISSING)
        elif status not in {"", "active", "tobedeleted"}:
            self.reject("status", Problem.UNKNOWN_VALUE, status)
        self._check_changed_at(needed=delta)
        return status == "tobedeleted"

    def reject(self, column: str, problem: Problem, value: str = "") -> None:
        self.fatal.append(RowFinding(self.place, column, problem, _shown(value)))

    def remark(self, column: str, problem: Problem, value: str = "") -> None:
        self.remarks.append(RowFinding(self.place, column, problem, _shown(value)))

    def _cell(self, column: str) -> str:
        index = self._columns.get(column)
        return tidy(self._cells[index]) if index is not None and index < len(self._cells) else ""

    def _check_id(self, column: str, value: str, *, needed: bool) -> None:
        if not value:
            if needed:
                self.reject(column, Problem.MISSING)
        elif not value.isprintable():
            self.reject(column, Problem.UNREADABLE_TEXT)
        elif len(value) > ID_LENGTH:
            self.reject(column, Problem.TOO_LONG, value)

    def _check_changed_at(self, *, needed: bool) -> None:
        """The clinic does not order rows by this time, so a wrong one is a remark only."""
        value = self._cell("dateLastModified")
        if not value:
            if needed:
                self.remark("dateLastModified", Problem.MISSING)
            return
        try:
            dt.datetime.fromisoformat(value)
        except ValueError:
            self.remark("dateLastModified", Problem.NOT_AN_INSTANT, value)


def _shown(value: str) -> str:
    return value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
