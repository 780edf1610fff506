"""The palette's source of people: students with badges, by number, staff, and who was opened lately."""

from __future__ import annotations

import datetime as dt
import threading
import unicodedata
import uuid
from collections.abc import Callable, Sequence

from clinicdesk.i18n import formats, tr
from clinicdesk.presentation.search import Badge, Hit, HitKind
from clinicdesk.presentation.students.trail import SearchTrail
from clinicdesk.presentation.students.words import badges, grade_words, same_name_badge
from clinicdesk.services.search import FoundStudent, Search, SearchAnswer

_MOST_BADGES = 2
_ROLES = {
    "ADMIN": "Administrator",
    "DISTRICT_ADMIN": "District administrator",
    "SCHOOL_ADMIN": "School administrator",
    "NURSE": "School nurse",
    "HEALTH_AIDE": "Health aide",
    "COUNSELOR": "Counselor",
    "VIEWER": "Viewer",
}


class PeopleFinder:
    """Implements `presentation.search.SearchProvider`; called off the window's thread."""

    def __init__(self, search: Search, trail: SearchTrail, local: Callable[[dt.datetime], dt.datetime]) -> None:
        self._search = search
        self._trail = trail
        self._local = local
        self._lock = threading.Lock()
        self._opened: dict[uuid.UUID, dt.datetime] = {}

    def students(self, query: str, limit: int) -> Sequence[Hit]:
        answer = self._search.widened(query, limit=limit)
        self._trail.answered(answer)
        return hits(answer)

    def by_number(self, query: str, limit: int) -> Sequence[Hit]:
        """Only those whose number begins with what was typed."""
        answer = self._search.widened(query, limit=limit)
        typed = query.strip().casefold()
        found = tuple(one for one in answer.students if (one.number or "").casefold().startswith(typed))
        kept = SearchAnswer(query=query, reach=answer.reach, students=found)
        self._trail.answered(kept)
        return hits(kept)

    def staff(self, query: str, limit: int) -> Sequence[Hit]:
        return tuple(
            Hit(HitKind.STAFF, str(one.id), one.name, details=one.job or tr(_ROLES.get(one.role, one.role)))
            for one in self._search.staff(query, limit)
        )

    def recents(self, limit: int) -> Sequence[Hit]:
        """Opened in this sign-in, the newest first."""
        with self._lock:
            opened = dict(list(reversed(self._opened.items()))[:limit])
        return tuple(
            Hit(
                HitKind.RECENT,
                str(one.id),
                one.name.shown,
                details=tr("opened {time}", time=formats().time(self._local(opened[one.id]))),
                photo=one.photo is not None,
            )
            for one in self._search.by_ids(opened)
        )

    def opened(self, student: uuid.UUID, at: dt.datetime) -> None:
        """A chart was opened: it is the newest recent, and the search that led to it is on record."""
        with self._lock:
            self._opened.pop(student, None)
            self._opened[student] = at
        self._trail.opened(student)


def hits(answer: SearchAnswer) -> tuple[Hit, ...]:
    """The lines of an answer, inactive students marked for below the divider."""
    return tuple(hit(one, answer.query) for one in answer.students)


def hit(one: FoundStudent, query: str = "") -> Hit:
    details = [grade_words(one.grade)]
    if not one.here and one.school:
        details.append(one.school)
    if one.near:
        details.append(tr("similar spelling"))
    shown = badges(one.badges, _MOST_BADGES)
    flags: tuple[Badge, ...] = (same_name_badge(), *shown) if one.same_name else shown
    return Hit(
        HitKind.STUDENT if one.is_active else HitKind.INACTIVE,
        str(one.id),
        one.name.shown,
        birth_date=formats().date(one.birth_date),
        details=" · ".join(details),
        badges=flags,
        match=match_of(one.name.shown, query),
        same_name=one.same_name,
        photo=one.photo is not None,
    )


def match_of(name: str, query: str) -> tuple[tuple[int, int], ...]:
    """Where the typed words stand in a name, whatever the accents, case, apostrophes and hyphens."""
    plain, places = _searchable(name)
    found: dict[int, int] = {}
    for word in query.split():
        wanted, _ = _searchable(word)
        at = plain.find(wanted) if wanted else -1
        while at > 0 and not _starts_word(name, places[at]):
            at = plain.find(wanted, at + 1)
        if at >= 0:
            first, last = places[at], places[at + len(wanted) - 1]
            found[first] = max(found.get(first, 0), last - first + 1)
    return tuple(sorted(found.items()))


def _starts_word(name: str, at: int) -> bool:
    return at == 0 or not name[at - 1].isalnum()


def _searchable(text: str) -> tuple[str, list[int]]:
    """The letters that a search compares, each with its place in the text."""
    letters, places = [], []
    for at, char in enumerate(text):
        for letter in unicodedata.normalize("NFKD", char.casefold()):
            if letter.isalnum():
                letters.append(letter)
                places.append(at)
    return "".join(letters), places
