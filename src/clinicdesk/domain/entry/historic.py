"""Lines of historic vaccine doses as typed or pasted: `dtap 3/4/19 5/6/19` (`ux-spec.md` 7.6, I15)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.when import parse_date
from clinicdesk.domain.name_forms import joined

HISTORIC_NAMES: Mapping[str, str] = {
    "dtap": "107", "tdap": "115", "td": "139", "dt": "28", "dtp": "01", "mmr": "03", "mmrv": "94", "proquad": "94",
    "varicella": "21", "var": "21", "vzv": "21", "chickenpox": "21", "varivax": "21", "ipv": "10", "opv": "182",
    "polio": "89", "hepb": "45", "hepatitisb": "45", "hbv": "45", "hepa": "85", "hepatitisa": "85", "hib": "17",
    "pcv": "152", "pcv7": "100", "pcv13": "133", "pcv15": "215", "pcv20": "216", "prevnar13": "133", "ppsv23": "33",
    "rota": "122", "rotavirus": "122", "rotateq": "116", "rotarix": "119", "flu": "88", "influenza": "88",
    "menacwy": "147", "mcv4": "147", "menb": "164", "hpv": "137", "hpv9": "165", "gardasil9": "165",
    "pediarix": "110", "pentacel": "120", "kinrix": "130", "quadracel": "130", "vaxelis": "146",
}  # fmt: skip
"""CVX codes of the names on paper records. A family name takes the unspecified code: the product is not guessed."""

_DATE = re.compile(r"\(?[0-9].*")
_MONTH_AND_YEAR = re.compile(r"([0-9]{1,2})[/-]([0-9]{4})")
_YEAR = re.compile(r"[0-9]{4}")
_WITH_YEAR = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:[0-9]{4}|[0-9]{2})|[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricCell:
    """One typed dose: a full date, or a partial one (kept, not evaluable), or what is wrong with it."""

    typed: str
    date: dt.date | None = None
    year: int | None = None
    month: int | None = None
    problem: str | None = None

    @property
    def is_partial(self) -> bool:
        return self.date is None and self.problem is None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricLine:
    """A vaccine name as typed, its CVX code if the name is known, and its doses in the order typed."""

    name: str
    cvx_code: str | None
    cells: tuple[HistoricCell, ...]


def parse_historic_line(
    text: str, today: dt.date, birth_date: dt.date, names: Mapping[str, str] = HISTORIC_NAMES
) -> HistoricLine:
    """Read one line. A bad date spoils its own cell only; what was typed stays.

    Raises:
        InvalidValueError: the line has no vaccine name or no date.
    """
    words = text.replace(",", " ").replace(";", " ").replace("\t", " ").split()
    # A name may end in a figure of its own (hpv 9, pcv 13): dates have a separator or four digits.
    first = next((index for index, word in enumerate(words) if index and _looks_like_date(word)), len(words))
    name = " ".join(words[:first])
    if not name or _looks_like_date(name):
        raise InvalidValueError("vaccine", "missing")
    if first == len(words):
        raise InvalidValueError("date", "missing")
    seen: set[dt.date] = set()
    cells = []
    for word in words[first:]:
        cell = _cell(word, today, birth_date)
        if cell.date is not None and cell.date in seen:
            cell = HistoricCell(typed=word, problem="duplicate")
        elif cell.date is not None:
            seen.add(cell.date)
        cells.append(cell)
    return HistoricLine(name=name, cvx_code=names.get(joined(name)), cells=tuple(cells))


def parse_historic_text(
    text: str, today: dt.date, birth_date: dt.date, names: Mapping[str, str] = HISTORIC_NAMES
) -> tuple[HistoricLine, ...]:
    """Read pasted lines; blank ones are passed over.

    Raises:
        InvalidValueError: a line has no vaccine name or no date; `line` tells which.
    """
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            lines.append(parse_historic_line(line, today, birth_date, names))
        except InvalidValueError as problem:
            raise InvalidValueError(problem.field, problem.problem, line=number) from problem
    return tuple(lines)


def _looks_like_date(word: str) -> bool:
    return bool(_DATE.fullmatch(word)) and (any(char in "/.-" for char in word) or bool(_YEAR.fullmatch(word)))


def _cell(word: str, today: dt.date, birth_date: dt.date) -> HistoricCell:
    if partial := _partial(word):
        year, month = partial
        if month is not None and not 1 <= month <= 12:
            return HistoricCell(typed=word, problem="not_a_date")
        if (year, month or 12) < (birth_date.year, birth_date.month):
            return HistoricCell(typed=word, problem="before_birth")
        if (year, month or 1) > (today.year, today.month):
            return HistoricCell(typed=word, problem="in_future")
        return HistoricCell(typed=word, year=year, month=month)
    if _WITH_YEAR.fullmatch(word) is None:
        problem = "year_missing" if re.fullmatch(r"[0-9]{1,2}[/.-][0-9]{1,2}", word) else "not_a_date"
        return HistoricCell(typed=word, problem=problem)
    try:
        date = parse_date(word, today)
    except InvalidValueError as problem:
        return HistoricCell(typed=word, problem=problem.problem)
    if date < birth_date:
        return HistoricCell(typed=word, problem="before_birth")
    return HistoricCell(typed=word, date=date, year=date.year, month=date.month)


def _partial(word: str) -> tuple[int, int | None] | None:
    if _YEAR.fullmatch(word):
        return int(word), None
    match = _MONTH_AND_YEAR.fullmatch(word)
    return (int(match[2]), int(match[1])) if match else None
