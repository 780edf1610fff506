"""People as rules see them: age, names as shown and masked, names that can be mixed up (M1)."""

from __future__ import annotations

import datetime as dt
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import JaroWinkler

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain import name_forms

_SIMILAR_FROM = 0.90
_SHORTEST_COMPARED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """Completed years and the months beyond them."""

    years: int
    months: int

    @property
    def total_months(self) -> int:
        return self.years * 12 + self.months


def age_on(birth_date: dt.date, day: dt.date) -> Age:
    """The age on a day. A child born on 29 February ages on 1 March of other years.

    Raises:
        InvalidValueError: the birth date lies after the day.
    """
    if birth_date > day:
        raise InvalidValueError("birth_date", "in_future")
    months = (day.year - birth_date.year) * 12 + day.month - birth_date.month
    if day.day < birth_date.day:
        months -= 1
    return Age(years=months // 12, months=months % 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """A legal name and the name a student goes by."""

    first: str
    last: str
    middle: str | None = None
    preferred: str | None = None

    @property
    def called(self) -> str:
        return (self.preferred or "").strip() or self.first.strip()

    @property
    def shown(self) -> str:
        """Preferred first name and last name: how the student is called on screen."""
        return f"{self.called} {self.last.strip()}".strip()

    @property
    def legal(self) -> str:
        parts = (self.first, self.middle or "", self.last)
        return " ".join(part.strip() for part in parts if part.strip())

    @property
    def sorted_by(self) -> str:
        return f"{self.last.strip()}, {self.called}"


def initials(name: PersonName) -> str:
    """First letters of the called and the last name, with their accents: "J. Ñ."."""
    letters = [_first_letter(part) for part in (name.called, name.last)]
    return " ".join(f"{letter}." for letter in letters if letter)


def masked(name: PersonName, *, private: bool) -> str:
    """The name as shown, or initials in privacy mode (F9)."""
    return initials(name) if private else name.shown


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedStudent:
    """A student as the similar-name check sees one."""

    id: uuid.UUID
    name: PersonName
    birth_date: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarName:
    """Another student whom the name could be mistaken for."""

    student_id: uuid.UUID
    same_name: bool
    same_birth_date: bool


def similar_names(student: NamedStudent, others: Iterable[NamedStudent]) -> tuple[SimilarName, ...]:
    """Students that could be taken for this one, same names first (M1).

    Alike are: the same name in any spelling or order, the same last name with a like first name, and whole
    names that differ by little.
    """
    found = [
        SimilarName(
            student_id=other.id,
            same_name=bool(_spellings(student.name) & _spellings(other.name)),
            same_birth_date=other.birth_date == student.birth_date,
        )
        for other in others
        if other.id != student.id and _alike(student.name, other.name)
    ]
    return tuple(sorted(found, key=lambda one: (not one.same_name, not one.same_birth_date, one.student_id)))


def _spellings(name: PersonName) -> frozenset[str]:
    last = name_forms.joined(name.last)
    called = {name_forms.joined(name.called), name_forms.joined(name.first)}
    return frozenset({first + last for first in called} | {last + first for first in called})


def _alike(left: PersonName, right: PersonName) -> bool:
    if _spellings(left) & _spellings(right):
        return True
    last = _likeness(left.last, right.last)
    first = max(_likeness(a, b) for a in {left.called, left.first} for b in {right.called, right.first})
    return min(first, last) >= _SIMILAR_FROM


def _likeness(left: str, right: str) -> float:
    """Likeness of two words; short ones (Li, Lu) are alike only when equal."""
    folded = name_forms.joined(left), name_forms.joined(right)
    if min(len(word) for word in folded) < _SHORTEST_COMPARED:
        return 1.0 if folded[0] == folded[1] else 0.0
    return float(JaroWinkler.similarity(*folded))


def _first_letter(text: str) -> str:
    for char in unicodedata.normalize("NFC", text):
        if char.isalpha():
            return char.upper()
    return ""
