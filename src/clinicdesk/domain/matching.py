"""Who is who: incoming people against those already known, with the reasons, and never two made one by guesswork.

`domain-rules.md` section 3: a bad roster match creates a second record, or worse, joins two children. So a match by
score alone needs everything to agree and nobody else to be near; twins, and two students of one name and birth date,
always wait for a person.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import JaroWinkler, Levenshtein

from clinicdesk.domain import name_forms

PROBABLE_AT = 60
CERTAIN_AT = 85
# What name and birth date must reach together before an equal number is believed.
_NUMBER_NEEDS = 45
_ALIKE = 0.90
_FAR_APART = 0.72
_CANDIDATES_SHOWN = 3


class Outcome(enum.StrEnum):
    """MATCH is certain, PROBABLE needs a person, NEW is nobody we know."""

    MATCH = "match"
    PROBABLE = "probable"
    NEW = "new"


class Ground(enum.StrEnum):
    """One reason for or against. The screens make the sentence."""

    SOURCE_ID = "source_id"
    SOURCE_ID_REUSED = "source_id_reused"
    DECIDED = "decided"
    SAME_NUMBER = "same_number"
    OTHER_NUMBER = "other_number"
    SAME_FAMILY_NAME = "same_family_name"
    LIKE_FAMILY_NAME = "like_family_name"
    PART_OF_FAMILY_NAME = "part_of_family_name"
    FAMILY_NAME_SOUNDS_SAME = "family_name_sounds_same"
    SAME_GIVEN_NAME = "same_given_name"
    LIKE_GIVEN_NAME = "like_given_name"
    SAME_PREFERRED_OR_MIDDLE = "same_preferred_or_middle"
    SAME_INITIAL = "same_initial"
    OTHER_GIVEN_NAME = "other_given_name"
    NAMES_SWAPPED = "names_swapped"
    OTHER_MIDDLE_NAME = "other_middle_name"
    OTHER_SUFFIX = "other_suffix"
    SAME_BIRTH_DATE = "same_birth_date"
    DAY_AND_MONTH_SWAPPED = "day_and_month_swapped"
    BIRTH_DATE_ONE_DIGIT = "birth_date_one_digit"
    OTHER_BIRTH_DATE = "other_birth_date"
    SAME_SEX = "same_sex"
    OTHER_SEX = "other_sex"
    SAME_SCHOOL = "same_school"
    SAME_GRADE = "same_grade"
    NEAR_GRADE = "near_grade"
    SHARED_GUARDIAN = "shared_guardian"
    POSSIBLE_TWIN = "possible_twin"
    SAME_NAME_AND_BIRTH_DATE = "same_name_and_birth_date"
    SEVERAL_CANDIDATES = "several_candidates"
    KNOWN_UNDER_OTHER_ID = "known_under_other_id"


_POINTS: dict[Ground, int] = {
    Ground.SAME_NUMBER: 40,
    Ground.OTHER_NUMBER: -10,
    Ground.SAME_FAMILY_NAME: 25,
    Ground.LIKE_FAMILY_NAME: 18,
    Ground.PART_OF_FAMILY_NAME: 18,
    Ground.FAMILY_NAME_SOUNDS_SAME: 14,
    Ground.SAME_GIVEN_NAME: 20,
    Ground.SAME_PREFERRED_OR_MIDDLE: 15,
    Ground.LIKE_GIVEN_NAME: 12,
    Ground.SAME_INITIAL: 6,
    # Half of what tells twins apart; a nickname is outweighed by a shared guardian.
    Ground.OTHER_GIVEN_NAME: -15,
    Ground.NAMES_SWAPPED: 32,
    Ground.OTHER_MIDDLE_NAME: -10,
    Ground.OTHER_SUFFIX: -25,
    Ground.SAME_BIRTH_DATE: 30,
    Ground.DAY_AND_MONTH_SWAPPED: 20,
    Ground.BIRTH_DATE_ONE_DIGIT: 15,
    Ground.OTHER_BIRTH_DATE: -30,
    Ground.SAME_SEX: 3,
    Ground.OTHER_SEX: -10,
    Ground.SAME_SCHOOL: 7,
    Ground.SAME_GRADE: 5,
    Ground.NEAR_GRADE: 3,
    Ground.SHARED_GUARDIAN: 10,
}
_GRADE_ORDER = ("IT", "PR", "PK", "TK", "K", *(str(number) for number in range(1, 14)))
# With any of these a person looks first, whatever the sum.
_DOUBTS = frozenset(
    {
        Ground.OTHER_NUMBER,
        Ground.OTHER_SEX,
        Ground.OTHER_SUFFIX,
        Ground.OTHER_MIDDLE_NAME,
        Ground.OTHER_BIRTH_DATE,
        Ground.KNOWN_UNDER_OTHER_ID,
    }
)
_EXACT = frozenset({Ground.SAME_FAMILY_NAME, Ground.SAME_GIVEN_NAME, Ground.SAME_BIRTH_DATE})


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What may tell a person from another. `guardians` are folded names and telephone numbers of the adults."""

    key: str
    given: str
    family: str
    middle: str = ""
    preferred_given: str = ""
    preferred_family: str = ""
    birth_date: dt.date | None = None
    sex: str = ""
    number: str = ""
    grade: str = ""
    schools: frozenset[str] = frozenset()
    guardians: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One known person who may be the incoming one, with the reasons."""

    key: str
    score: int
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was concluded on one incoming person; `known` is set for MATCH only."""

    outcome: Outcome
    known: str | None
    grounds: tuple[Ground, ...]
    candidates: tuple[Candidate, ...] = ()


def compare(incoming: PersonFacts, known: PersonFacts) -> Candidate:
    """The score of one pair, with every reason that entered it."""
    grounds = (
        *_numbers(incoming, known),
        *_names(incoming, known),
        *_birth_dates(incoming.birth_date, known.birth_date),
        *_circumstances(incoming, known),
    )
    return Candidate(known.key, sum(_POINTS[ground] for ground in grounds), grounds)


def match_people(
    incoming: Sequence[PersonFacts],
    known: Sequence[PersonFacts],
    *,
    remembered: Mapping[str, str],
    spoken_for: frozenset[str] = frozenset(),
) -> dict[str, Verdict]:
    """One verdict for each incoming person; no known person is given to two.

    `remembered` maps an incoming key to the known person it meant before. `spoken_for` are known people whom the
    source still lists under another key: they are somebody else unless a person says so.
    """
    return _Matching(incoming, known, remembered, spoken_for).verdicts()


class _Matching:
    def __init__(
        self,
        incoming: Sequence[PersonFacts],
        known: Sequence[PersonFacts],
        remembered: Mapping[str, str],
        spoken_for: frozenset[str],
    ) -> None:
        self._incoming = incoming
        self._known = {person.key: person for person in known}
        self._remembered = remembered
        self._spoken_for = spoken_for
        self._verdicts: dict[str, Verdict] = {}
        self._claimed: set[str] = set()

    def verdicts(self) -> dict[str, Verdict]:
        for person in self._incoming:
            self._by_memory(person)
        self._by_number([person for person in self._incoming if person.key not in self._verdicts])
        self._by_score([person for person in self._incoming if person.key not in self._verdicts])
        return self._verdicts

    def _by_memory(self, person: PersonFacts) -> None:
        known = self._known.get(self._remembered.get(person.key, ""))
        if known is None:
            return
        if known.key in self._claimed:
            candidate = compare(person, known)
            grounds = (*candidate.grounds, Ground.SEVERAL_CANDIDATES)
            self._verdicts[person.key] = Verdict(Outcome.PROBABLE, None, grounds, (candidate,))
            return
        self._claimed.add(known.key)
        if _somebody_else(person, known):
            candidate = compare(person, known)
            self._verdicts[person.key] = Verdict(Outcome.PROBABLE, None, (Ground.SOURCE_ID_REUSED,), (candidate,))
        else:
            self._verdicts[person.key] = Verdict(Outcome.MATCH, known.key, (Ground.SOURCE_ID,))

    def _by_number(self, left: Sequence[PersonFacts]) -> None:
        stated = _grouped(left)
        held = _grouped(person for person in self._known.values() if person.key not in self._claimed)
        for number, people in stated.items():
            holders = held.get(number, [])
            if len(people) != 1 or len(holders) != 1:
                continue
            person, known = people[0], holders[0]
            candidate = compare(person, known)
            believable = candidate.score - _POINTS[Ground.SAME_NUMBER] >= _NUMBER_NEEDS
            if believable and Ground.OTHER_SUFFIX not in candidate.grounds:
                self._verdicts[person.key] = Verdict(Outcome.MATCH, known.key, candidate.grounds, (candidate,))
            else:
                self._verdicts[person.key] = Verdict(Outcome.PROBABLE, None, candidate.grounds, (candidate,))
            self._claimed.add(known.key)

    def _by_score(self, left: Sequence[PersonFacts]) -> None:
        free = [person for person in self._known.values() if person.key not in self._claimed]
        blocks = _Blocks(free)
        found = _without_siblings({person.key: self._candidates(person, blocks) for person in left})
        wanted: dict[str, int] = defaultdict(int)
        for candidates in found.values():
            for candidate in candidates:
                wanted[candidate.key] += 1
        births_in, births_known = _births(self._incoming), _births(self._known.values())
        for person in left:
            candidates = found[person.key]
            if not candidates:
                self._verdicts[person.key] = Verdict(Outcome.NEW, None, ())
                continue
            doubts = self._doubts(person, candidates, wanted, births_in, births_known)
            best = candidates[0]
            if not doubts and best.score >= CERTAIN_AT and set(best.grounds) >= _EXACT:
                self._verdicts[person.key] = Verdict(Outcome.MATCH, best.key, best.grounds, candidates)
            else:
                self._verdicts[person.key] = Verdict(Outcome.PROBABLE, None, (*best.grounds, *doubts), candidates)

    def _candidates(self, person: PersonFacts, blocks: _Blocks) -> tuple[Candidate, ...]:
        found = []
        for known in blocks.near(person):
            candidate = compare(person, known)
            if known.key in self._spoken_for:
                # Two keys and two numbers, both in use: the source itself says that these are two people.
                if Ground.OTHER_NUMBER in candidate.grounds:
                    continue
                candidate = Candidate(candidate.key, candidate.score, (*candidate.grounds, Ground.KNOWN_UNDER_OTHER_ID))
            if candidate.score >= PROBABLE_AT:
                found.append(candidate)
        found.sort(key=lambda candidate: (-candidate.score, candidate.key))
        return tuple(found[:_CANDIDATES_SHOWN])

    def _doubts(
        self,
        person: PersonFacts,
        candidates: tuple[Candidate, ...],
        wanted: Mapping[str, int],
        births_in: _Births,
        births_known: _Births,
    ) -> tuple[Ground, ...]:
        doubts: list[Ground] = [ground for ground in candidates[0].grounds if ground is Ground.KNOWN_UNDER_OTHER_ID]
        if len(candidates) > 1 or wanted[candidates[0].key] > 1:
            doubts.append(Ground.SEVERAL_CANDIDATES)
        known = self._known[candidates[0].key]
        alike = {*births_in.given_names(person), *births_known.given_names(person), *births_in.given_names(known)}
        if births_in.count(person) > 1 or births_known.count(known) > 1:
            doubts.append(Ground.POSSIBLE_TWIN if len(alike) > 1 else Ground.SAME_NAME_AND_BIRTH_DATE)
        doubts += [ground for ground in candidates[0].grounds if ground in _DOUBTS and ground not in doubts]
        return tuple(dict.fromkeys(doubts))


def _without_siblings(found: dict[str, tuple[Candidate, ...]]) -> dict[str, tuple[Candidate, ...]]:
    """A known person whom somebody else fits in every name is no candidate for one of another given name."""
    fitted = {
        candidate.key for candidates in found.values() for candidate in candidates if set(candidate.grounds) >= _EXACT
    }
    return {
        key: tuple(
            candidate
            for candidate in candidates
            if candidate.key not in fitted or Ground.OTHER_GIVEN_NAME not in candidate.grounds
        )
        for key, candidates in found.items()
    }


class _Blocks:
    """Known people by what a look-alike would share, so that not everybody is compared with everybody."""

    def __init__(self, people: Iterable[PersonFacts]) -> None:
        self._by: dict[tuple[str, ...], list[PersonFacts]] = defaultdict(list)
        for person in people:
            for key in self._keys(person):
                self._by[key].append(person)

    def near(self, person: PersonFacts) -> list[PersonFacts]:
        found: dict[str, PersonFacts] = {}
        for key in self._keys(person):
            for known in self._by.get(key, ()):
                found[known.key] = known
        return list(found.values())

    @staticmethod
    def _keys(person: PersonFacts) -> set[tuple[str, ...]]:
        keys: set[tuple[str, ...]] = set()
        if person.number:
            keys.add(("number", person.number))
        if person.birth_date is not None:
            day = person.birth_date
            # Unordered, so that a swapped day and month meet.
            keys.add(("born", str(day.year), *sorted((f"{day.month:02}", f"{day.day:02}"))))
        family, given = name_forms.spellings(person.family), name_forms.spellings(person.given)
        for one in family:
            for other in given:
                keys.add(("name", *sorted((one, other))))
        if person.birth_date is not None:
            keys.add(("sound", name_forms.sound(person.family), str(person.birth_date.month)))
        return keys


class _Births:
    """How many people share a family name and a birth date: twins, or two students of one name."""

    def __init__(self, people: Iterable[PersonFacts]) -> None:
        self._by: dict[tuple[str, dt.date], list[str]] = defaultdict(list)
        for person in people:
            if person.birth_date is not None:
                names = self._by[name_forms.joined(person.family), person.birth_date]
                names.append(name_forms.joined(person.given))

    def count(self, person: PersonFacts) -> int:
        return len(self._names(person))

    def given_names(self, person: PersonFacts) -> frozenset[str]:
        return frozenset(self._names(person))

    def _names(self, person: PersonFacts) -> list[str]:
        if person.birth_date is None:
            return []
        return self._by.get((name_forms.joined(person.family), person.birth_date), [])


def _births(people: Iterable[PersonFacts]) -> _Births:
    return _Births(people)


def _grouped(people: Iterable[PersonFacts]) -> dict[str, list[PersonFacts]]:
    groups: dict[str, list[PersonFacts]] = defaultdict(list)
    for person in people:
        if person.number:
            groups[person.number].append(person)
    return groups


def _somebody_else(person: PersonFacts, known: PersonFacts) -> bool:
    """A key that now stands for another child: neither name nor birth date is what it was."""
    if person.birth_date is None or known.birth_date is None or person.birth_date == known.birth_date:
        return False
    given = _likeness(person.given, known.given)
    swapped = _likeness(person.given, known.family)
    return max(given, swapped) < _FAR_APART


def _numbers(incoming: PersonFacts, known: PersonFacts) -> tuple[Ground, ...]:
    if not incoming.number or not known.number:
        return ()
    return (Ground.SAME_NUMBER if incoming.number == known.number else Ground.OTHER_NUMBER,)


def _names(incoming: PersonFacts, known: PersonFacts) -> tuple[Ground, ...]:
    family = _family(incoming, known)
    given = _given(incoming, known)
    grounds = tuple(ground for ground in (family, given) if ground is not None)
    if sum(_POINTS[ground] for ground in grounds) < _POINTS[Ground.NAMES_SWAPPED] and _swapped(incoming, known):
        grounds = (Ground.NAMES_SWAPPED,)
    return (*grounds, *_further_names(incoming, known))


def _family(incoming: PersonFacts, known: PersonFacts) -> Ground | None:
    if name_forms.spellings(incoming.family) & name_forms.spellings(known.family):
        return Ground.SAME_FAMILY_NAME
    ours, theirs = _families(known), _families(incoming)
    if ours & theirs:
        return Ground.LIKE_FAMILY_NAME
    one, other = set(name_forms.words(incoming.family)), set(name_forms.words(known.family))
    if one and other and (one <= other or other <= one):
        return Ground.PART_OF_FAMILY_NAME
    if _likeness(incoming.family, known.family) >= _ALIKE:
        return Ground.LIKE_FAMILY_NAME
    if name_forms.sound(incoming.family) == name_forms.sound(known.family) != "":
        return Ground.FAMILY_NAME_SOUNDS_SAME
    return None


def _given(incoming: PersonFacts, known: PersonFacts) -> Ground | None:
    if name_forms.spellings(incoming.given) & name_forms.spellings(known.given):
        return Ground.SAME_GIVEN_NAME
    ours = _forms(known.given, known.preferred_given, known.middle)
    theirs = _forms(incoming.given, incoming.preferred_given, incoming.middle)
    if ours & theirs:
        return Ground.SAME_PREFERRED_OR_MIDDLE
    if _likeness(incoming.given, known.given) >= _ALIKE:
        return Ground.LIKE_GIVEN_NAME
    if name_forms.joined(incoming.given)[:1] == name_forms.joined(known.given)[:1] != "":
        return Ground.SAME_INITIAL
    return Ground.OTHER_GIVEN_NAME if incoming.given and known.given else None


def _swapped(incoming: PersonFacts, known: PersonFacts) -> bool:
    return bool(
        name_forms.spellings(incoming.given) & name_forms.spellings(known.family)
        and name_forms.spellings(incoming.family) & name_forms.spellings(known.given)
    )


def _further_names(incoming: PersonFacts, known: PersonFacts) -> tuple[Ground, ...]:
    grounds = []
    one, other = name_forms.joined(incoming.middle), name_forms.joined(known.middle)
    if one and other and not one.startswith(other) and not other.startswith(one):
        grounds.append(Ground.OTHER_MIDDLE_NAME)
    suffixes = [name_forms.suffix(person.family, person.given, person.middle) for person in (incoming, known)]
    # One side often leaves Jr out; two that differ are two people.
    if suffixes[0] != suffixes[1] and all(suffixes):
        grounds.append(Ground.OTHER_SUFFIX)
    return tuple(grounds)


def _birth_dates(one: dt.date | None, other: dt.date | None) -> tuple[Ground, ...]:
    if one is None or other is None:
        return ()
    if one == other:
        return (Ground.SAME_BIRTH_DATE,)
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return (Ground.DAY_AND_MONTH_SWAPPED,)
    if Levenshtein.distance(one.isoformat(), other.isoformat()) == 1:
        return (Ground.BIRTH_DATE_ONE_DIGIT,)
    return (Ground.OTHER_BIRTH_DATE,)


def _circumstances(incoming: PersonFacts, known: PersonFacts) -> tuple[Ground, ...]:
    grounds = []
    if incoming.sex and known.sex:
        grounds.append(Ground.SAME_SEX if incoming.sex == known.sex else Ground.OTHER_SEX)
    if incoming.schools & known.schools:
        grounds.append(Ground.SAME_SCHOOL)
    if incoming.grade and incoming.grade == known.grade:
        grounds.append(Ground.SAME_GRADE)
    elif _grades_apart(incoming.grade, known.grade) == 1:
        grounds.append(Ground.NEAR_GRADE)
    if incoming.guardians & known.guardians:
        grounds.append(Ground.SHARED_GUARDIAN)
    return tuple(grounds)


def _grades_apart(one: str, other: str) -> int | None:
    if one not in _GRADE_ORDER or other not in _GRADE_ORDER:
        return None
    return abs(_GRADE_ORDER.index(one) - _GRADE_ORDER.index(other))


def _families(person: PersonFacts) -> frozenset[str]:
    return _forms(person.family, person.preferred_family)


def _forms(*names: str) -> frozenset[str]:
    return frozenset().union(*(name_forms.spellings(name) for name in names if name))


def _likeness(one: str, other: str) -> float:
    return float(JaroWinkler.similarity(name_forms.joined(one), name_forms.joined(other)))
