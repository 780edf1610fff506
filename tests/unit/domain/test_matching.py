"""Who is who: certain only where everything agrees, and never two people made one by guesswork."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinicdesk.domain import name_forms
from clinicdesk.domain.matching import Ground, Outcome, PersonFacts, compare, match_people

BORN = dt.date(2016, 5, 4)
KNOWN = PersonFacts(
    key="known", given="Ada", family="Testperson", birth_date=BORN, sex="FEMALE", grade="3", schools=frozenset({"elm"})
)
INCOMING = replace(KNOWN, key="incoming")


def _one(incoming: PersonFacts, *known: PersonFacts) -> tuple[Outcome, str | None, tuple[Ground, ...]]:
    verdict = match_people([incoming], known or [KNOWN], remembered={})[incoming.key]
    return verdict.outcome, verdict.known, verdict.grounds


def test_a_remembered_key_is_the_same_person_whatever_changed_in_her_name() -> None:
    married = replace(INCOMING, family="Sample")
    verdict = match_people([married], [KNOWN], remembered={"incoming": "known"})["incoming"]
    assert (verdict.outcome, verdict.known, verdict.grounds) == (Outcome.MATCH, "known", (Ground.SOURCE_ID,))


def test_a_remembered_key_that_now_names_another_child_waits_for_a_person() -> None:
    other = replace(INCOMING, given="Bartholomew", birth_date=dt.date(2012, 1, 1))
    verdict = match_people([other], [KNOWN], remembered={"incoming": "known"})["incoming"]
    assert (verdict.outcome, verdict.known) == (Outcome.PROBABLE, None)
    assert Ground.SOURCE_ID_REUSED in verdict.grounds


def test_an_equal_number_is_believed_when_name_or_birth_date_speak_for_it() -> None:
    known, incoming = replace(KNOWN, number="17"), replace(INCOMING, number="17", family="Sample", grade="4")
    assert _one(incoming, known)[:2] == (Outcome.MATCH, "known")


def test_an_equal_number_of_another_child_waits_for_a_person() -> None:
    known = replace(KNOWN, number="17")
    incoming = PersonFacts(key="incoming", given="Zeno", family="Mock", birth_date=dt.date(2012, 9, 9), number="17")
    assert _one(incoming, known)[:2] == (Outcome.PROBABLE, None)


def test_one_number_stated_for_two_incoming_people_decides_nothing() -> None:
    known = replace(KNOWN, number="17")
    first, second = replace(INCOMING, key="a", number="17"), replace(INCOMING, key="b", number="17")
    verdicts = match_people([first, second], [known], remembered={})
    assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.PROBABLE}


def test_the_same_name_birth_date_school_and_sex_are_the_same_child() -> None:
    assert _one(INCOMING)[:2] == (Outcome.MATCH, "known")


def test_name_and_birth_date_alone_wait_for_a_person() -> None:
    incoming = PersonFacts(key="incoming", given="Ada", family="Testperson", birth_date=BORN)
    assert _one(incoming)[0] is Outcome.PROBABLE


def test_another_name_and_birth_date_are_somebody_new() -> None:
    incoming = replace(INCOMING, given="Zeno", family="Mock", birth_date=dt.date(2013, 9, 9))
    assert _one(incoming) == (Outcome.NEW, None, ())


@pytest.mark.parametrize(
    ("given_name", "family"),
    [("Zoë", "O'Brien-Núñez"), ("ZOE", "OBrien Nunez"), ("Zoe", "o’brien–nuñez")],
)
def test_accents_case_apostrophes_and_hyphens_make_no_difference(given_name: str, family: str) -> None:
    known = replace(KNOWN, given="Zoe", family="OBrien-Nunez")
    assert _one(replace(INCOMING, given=given_name, family=family), known)[:2] == (Outcome.MATCH, "known")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "Mueller"),
        ("Müller", "Muller"),
        ("Łukasz", "Lukasz"),
        ("Иван", "Ivan"),
        ("Søren", "Soeren"),
        ("de la Cruz", "Cruz"),
    ],
)
def test_spellings_of_one_name_meet(one: str, other: str) -> None:
    assert name_forms.spellings(one) & name_forms.spellings(other)


def test_swapped_day_and_month_are_seen_and_wait_for_a_person() -> None:
    outcome, _, grounds = _one(replace(INCOMING, birth_date=dt.date(2016, 4, 5)))
    assert outcome is Outcome.PROBABLE
    assert Ground.DAY_AND_MONTH_SWAPPED in grounds


def test_swapped_names_are_seen_and_wait_for_a_person() -> None:
    outcome, _, grounds = _one(replace(INCOMING, given="Testperson", family="Ada"))
    assert outcome is Outcome.PROBABLE
    assert Ground.NAMES_SWAPPED in grounds


def test_half_of_a_hyphenated_name_is_seen_and_waits_for_a_person() -> None:
    outcome, _, grounds = _one(replace(INCOMING, family="Testperson-Sample"))
    assert outcome is Outcome.PROBABLE
    assert Ground.PART_OF_FAMILY_NAME in grounds


def test_a_preferred_or_middle_name_counts() -> None:
    known = replace(KNOWN, given="Augusta", preferred_given="Ada")
    outcome, _, grounds = _one(INCOMING, known)
    assert outcome is Outcome.PROBABLE
    assert Ground.SAME_PREFERRED_OR_MIDDLE in grounds


def test_a_name_that_sounds_the_same_counts() -> None:
    assert (
        Ground.FAMILY_NAME_SOUNDS_SAME
        in compare(replace(INCOMING, family="Wright"), replace(KNOWN, family="Rite")).grounds
    )


def test_shared_guardians_count() -> None:
    adults = frozenset({"pattestperson"})
    assert (
        Ground.SHARED_GUARDIAN in compare(replace(INCOMING, guardians=adults), replace(KNOWN, guardians=adults)).grounds
    )


def test_junior_and_the_third_are_two_people() -> None:
    outcome, _, grounds = _one(replace(INCOMING, family="Testperson III"), replace(KNOWN, family="Testperson Jr."))
    assert outcome is Outcome.PROBABLE
    assert Ground.OTHER_SUFFIX in grounds


def test_a_suffix_that_one_side_leaves_out_is_no_doubt() -> None:
    assert _one(replace(INCOMING, family="Testperson, Jr"))[:2] == (Outcome.MATCH, "known")


@pytest.mark.parametrize(
    "other",
    [
        replace(INCOMING, sex="MALE"),
        replace(INCOMING, middle="Rose"),
        replace(INCOMING, number="18"),
    ],
)
def test_one_contradiction_is_enough_to_ask_a_person(other: PersonFacts) -> None:
    known = replace(KNOWN, middle="June", number="17")
    assert _one(replace(other, guardians=known.guardians), known)[0] is Outcome.PROBABLE


def test_an_incoming_twin_is_not_taken_for_the_known_one() -> None:
    ida = replace(INCOMING, key="ida", given="Ida")
    verdicts = match_people([INCOMING, ida], [KNOWN], remembered={})
    assert verdicts["incoming"].outcome is Outcome.PROBABLE
    assert Ground.POSSIBLE_TWIN in verdicts["incoming"].grounds
    assert verdicts["ida"].known is None


def test_a_nickname_with_a_shared_guardian_waits_for_a_person() -> None:
    adults = frozenset({"pattestperson"})
    outcome, _, grounds = _one(replace(INCOMING, given="Xochitl", guardians=adults), replace(KNOWN, guardians=adults))
    assert outcome is Outcome.PROBABLE
    assert Ground.OTHER_GIVEN_NAME in grounds


def test_a_twin_of_a_remembered_student_is_somebody_new() -> None:
    ida = replace(INCOMING, key="ida", given="Ida")
    verdicts = match_people([INCOMING, ida], [KNOWN], remembered={"incoming": "known"})
    assert verdicts["incoming"].known == "known"
    assert verdicts["ida"].outcome is Outcome.NEW


def test_known_twins_are_told_apart_by_a_person() -> None:
    ida = replace(KNOWN, key="known-ida", given="Ida")
    outcome, _, grounds = _one(INCOMING, KNOWN, ida)
    assert outcome is Outcome.PROBABLE
    assert Ground.POSSIBLE_TWIN in grounds


def test_two_incoming_students_of_one_name_and_birth_date_stay_two() -> None:
    first, second = replace(INCOMING, key="a"), replace(INCOMING, key="b")
    verdicts = match_people([first, second], [], remembered={})
    assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.NEW}


def test_two_incoming_students_of_the_name_and_birth_date_of_a_known_one_wait_for_a_person() -> None:
    first, second = replace(INCOMING, key="a"), replace(INCOMING, key="b")
    verdicts = match_people([first, second], [KNOWN], remembered={})
    assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.PROBABLE}
    assert all(Ground.SAME_NAME_AND_BIRTH_DATE in verdict.grounds for verdict in verdicts.values())


def test_a_student_listed_under_another_key_and_number_is_somebody_else() -> None:
    known, incoming = replace(KNOWN, number="17"), replace(INCOMING, number="18")
    verdict = match_people([incoming], [known], remembered={}, spoken_for=frozenset({"known"}))["incoming"]
    assert verdict.outcome is Outcome.NEW


def test_a_student_listed_under_another_key_without_number_waits_for_a_person() -> None:
    verdict = match_people([INCOMING], [KNOWN], remembered={}, spoken_for=frozenset({"known"}))["incoming"]
    assert verdict.outcome is Outcome.PROBABLE
    assert Ground.KNOWN_UNDER_OTHER_ID in verdict.grounds


_PEOPLE = st.builds(
    PersonFacts,
    key=st.uuids().map(str),
    given=st.sampled_from(["Ada", "Ida", "Zoë", "Testperson"]),
    family=st.sampled_from(["Testperson", "Sample", "Sample-Mock", "Ada"]),
    birth_date=st.sampled_from([None, BORN, dt.date(2016, 4, 5), dt.date(2016, 5, 5)]),
    sex=st.sampled_from(["", "MALE", "FEMALE"]),
    number=st.sampled_from(["", "1", "2"]),
    schools=st.sampled_from([frozenset(), frozenset({"elm"})]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_PEOPLE, max_size=5), st.lists(_PEOPLE, max_size=5))
def test_no_known_person_is_ever_given_to_two_incoming_ones(
    incoming: list[PersonFacts], known: list[PersonFacts]
) -> None:
    verdicts = match_people(incoming, known, remembered={})
    given_away = [verdict.known for verdict in verdicts.values() if verdict.known is not None]
    assert len(given_away) == len(set(given_away))
    assert set(verdicts) == {person.key for person in incoming}
    assert all((verdict.known is not None) == (verdict.outcome is Outcome.MATCH) for verdict in verdicts.values())
