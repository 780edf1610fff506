"""Finding a student while typing: accents, case and apostrophes do not matter, nor does one typing error (D61)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy.orm import Session

from clinicdesk.storage.names import folded, joined

MOST_MATCHES: Final = 200
FEW_HITS: Final = 5
"""Where the exact words give fewer hits, near ones are looked for as well."""
SHORTEST_NEAR: Final = 4
MOST_NEAR_TERMS: Final = 60


@dataclass(frozen=True, slots=True)
class StudentHit:
    """One student of a search list; the badges come from `queries.students.badge_facts`."""

    id: uuid.UUID
    first_name: str
    last_name: str
    preferred_name: str | None
    date_of_birth: dt.date
    grade: str
    number: str | None
    school_id: uuid.UUID | None
    school: str | None
    photo: str | None
    is_active: bool
    near: bool  # found by a near word, not by what was typed


def search_students(
    session: Session,
    text: str,
    *,
    schools: Collection[uuid.UUID] | None = None,
    include_inactive: bool = True,
    limit: int = 20,
) -> tuple[StudentHit, ...]:
    """Students whose names, number or date of birth begin with every word of `text`, active ones first, by name.

    `schools` None is the whole district. Of more than 200 matches the first 200 are ordered.
    """
    words = _words(text)
    if not words:
        return ()
    filters = _filters(schools, include_inactive=include_inactive)
    exact = _ordered(session, [*filters, _exact(words)])
    near: list[str] = []
    if len(exact) < min(FEW_HITS, limit):
        expression = _near(session, words)
        if expression is not None:
            found = set(exact)
            near = [key for key in _ordered(session, [*filters, expression]) if key not in found]
    return _hits(session, exact[:limit], near[: max(0, limit - len(exact))])


# --- the question ---------------------------------------------------------------------------------------------------

_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_US_DATE = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")


def _quoted(term: str) -> str:
    """A term as FTS5 takes it literally, whatever it holds (T15)."""
    return '"' + term.replace('"', '""') + '"'


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFC", text.replace("\0", " "))
    return [word for word in plain.replace(",", " ").split() if joined(word) and any(map(str.isalnum, word))]


def _birth_date(word: str) -> dt.date | None:
    iso, us = _ISO_DATE.fullmatch(word), _US_DATE.fullmatch(word)
    try:
        if iso:
            return dt.date(*map(int, iso.groups()))
        if us:
            month, day, year = map(int, us.groups())
            return dt.date(year, month, day)
    except ValueError:
        return None
    return None


def _beginning(word: str) -> str:
    """What a word must match: its own spelling, or the form without accents, apostrophes and hyphens."""
    born = _birth_date(word)
    if born is not None:
        return f'marks : "0b{born:%Y%m%d}"'
    forms = dict.fromkeys((word, folded(word), joined(word)))
    return "{names joined number} : (" + " OR ".join(f"{_quoted(form)}*" for form in forms) + ")"


def _exact(words: list[str]) -> str:
    together = " AND ".join(f"({_beginning(word)})" for word in words)
    if len(words) > 1:
        # "mary jane" finds Maryjane.
        together = f"({together}) OR joined : {_quoted(joined(''.join(words)))}*"
        together += f" OR names : {_quoted(joined(''.join(words)))}*"
    return together


def _filters(schools: Collection[uuid.UUID] | None, *, include_inactive: bool) -> list[str]:
    found = []
    if schools is not None:
        marks = " OR ".join(f'"0s{school.hex}"' for school in sorted(schools))
        found.append(f"marks : ({marks})" if marks else 'marks : "0none"')
    if not include_inactive:
        found.append('marks : "0a1"')
    return found


_MATCHES = sa.text(
    "SELECT r.student_id, r.sort_key FROM student_search f JOIN student_search_rows r ON r.doc = f.rowid"
    " WHERE student_search MATCH :question LIMIT :most"
)


def _ordered(session: Session, parts: Iterable[str]) -> list[str]:
    """Keys of at most 200 matches: active ones first, then by name."""
    question = " AND ".join(f"({part})" for part in parts)
    rows = session.execute(_MATCHES, {"question": question, "most": MOST_MATCHES}).all()
    return [key for key, _ in sorted(rows, key=_place)]


def _place(row: Any) -> tuple[bool, str, str]:
    last, first, active = row[1].split("\x1f")
    return active != "1", joined(last), joined(first)


# --- near words -----------------------------------------------------------------------------------------------------

_TERMS = sa.text("SELECT term FROM student_search_terms WHERE term >= :first AND term < :after")


def _near(session: Session, words: list[str]) -> str | None:
    """The question with words of the index that differ by one edit; None where there are none."""
    parts, helped = [], False
    for word in words:
        form = joined(word)
        terms = _near_terms(session, form) if len(form) >= SHORTEST_NEAR and form.isalpha() else []
        helped = helped or bool(terms)
        near = " OR ".join(_quoted(term) for term in terms)
        parts.append(f"({_beginning(word)}) OR ({{names joined}} : ({near}))" if near else _beginning(word))
    return " AND ".join(f"({part})" for part in parts) if helped else None


def _near_terms(session: Session, word: str) -> list[str]:
    """People mistype the first letter seldom: the other letters are asked only where it leads nowhere."""
    same_start = _close(session, word, word[0], word[0] + "\U0010ffff")
    return same_start or _close(session, word, "a", "\U0010ffff")


def _close(session: Session, word: str, first: str, after: str) -> list[str]:
    terms = session.execute(_TERMS, {"first": first, "after": after}).scalars().all()
    found: dict[str, None] = {}
    # The word may still be unfinished, so beginnings of the terms count as well.
    for length in (None, len(word), len(word) + 1, len(word) - 1):
        beginnings = terms if length is None else [term[:length] for term in terms]
        for _, _, place in process.extract(word, beginnings, scorer=OSA.distance, score_cutoff=1, limit=None):
            found.setdefault(terms[place])
    return list(found)[:MOST_NEAR_TERMS]


# --- the list -------------------------------------------------------------------------------------------------------

_DETAILS = sa.text(
    "SELECT s.id, s.first_name, s.last_name, s.preferred_name, s.date_of_birth, s.grade, s.student_number AS number,"
    " s.school_id, c.name AS school, s.photo, s.is_active"
    " FROM students s LEFT JOIN schools c ON c.id = s.school_id WHERE s.id IN :keys"
).bindparams(sa.bindparam("keys", expanding=True))


def _hits(session: Session, exact: list[str], near: list[str]) -> tuple[StudentHit, ...]:
    keys = [*exact, *near]
    if not keys:
        return ()
    found = {row["id"]: row for row in session.execute(_DETAILS, {"keys": keys}).mappings()}
    return tuple(_hit(found[key], near=place >= len(exact)) for place, key in enumerate(keys))


def _hit(row: Any, *, near: bool) -> StudentHit:
    values = dict(row)
    values["id"] = uuid.UUID(values["id"])
    values["school_id"] = None if values["school_id"] is None else uuid.UUID(values["school_id"])
    values["date_of_birth"] = dt.date.fromisoformat(values["date_of_birth"])
    values["is_active"] = bool(values["is_active"])
    return StudentHit(**values, near=near)
