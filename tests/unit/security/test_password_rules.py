"""Which passwords are accepted, and the phrases made for people."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.security import passwords
from clinicdesk.security.derivation import password_bytes

NAMES = ("Janet Doe", "Lakeside District", "Lincoln Elementary")


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("seven letters", "too_short"),
        ("x" * 14, "too_short"),
        ("green plum " * 30, "too_long"),
        ("\ud800 half of a surrogate", "not_text"),
        ("aaaaaaaaaaaaaaaaaaaa", "too_simple"),
        ("abcabcabcabcabcabc", "too_simple"),
        ("passwordpassword", "too_common"),
        ("P@ssw0rd!P@ssw0rd!", "too_common"),
        ("password12345678", "too_common"),
        ("qwertyuiopasdfghjkl", "too_common"),
        ("Nurse2024School!", "too_common"),
        ("correct horse battery staple", "too_common"),
        ("JanetDoeJanetDoe12", "contains_name"),
        ("Lakeside-District-7", "contains_name"),
        ("crimson teapot over seven hills", None),
        ("ここは保健室の合言葉です長い長い", None),
        ("the  otter   wears a hat", None),
    ],
)
def test_passwords_are_accepted_or_refused_with_a_reason(password: str, problem: str | None) -> None:
    assert passwords.problem_of(password, NAMES) == problem


def test_no_composition_rule_asks_for_digits_or_symbols() -> None:
    assert passwords.problem_of("otters swim quietly", NAMES) is None


def test_t21_twenty_characters_are_asked_for_beside_a_file_secret() -> None:
    least = passwords.minimum_length(weaker_protection=True)
    assert (least, passwords.minimum_length(weaker_protection=False)) == (20, 15)
    with pytest.raises(InvalidValueError) as refused:
        passwords.require_acceptable("otters swim quietly", NAMES, least=least)
    assert refused.value.params == {"field": "password", "problem": "too_short", "minimum": 20, "maximum": 256}


def test_the_length_is_counted_after_composition() -> None:
    decomposed = unicodedata.normalize("NFD", "é" * 8 + "wxyzkub")[:-1]
    assert len(decomposed) > 15
    assert passwords.problem_of(decomposed, ()) == "too_short"


def test_generated_phrases_are_accepted_everywhere() -> None:
    for _ in range(200):
        phrase = passwords.generate_phrase()
        assert len(phrase.split()) == 5
        assert passwords.problem_of(phrase, NAMES, least=20) is None


def test_the_word_list_is_worth_eleven_bits_a_word() -> None:
    words = passwords.phrase_words()
    assert len(words) == len(set(words)) >= 2_048
    assert all(word.isalpha() and word.islower() and 4 <= len(word) <= 7 for word in words)


def test_the_meter_rises_with_what_a_guesser_has_to_find() -> None:
    shown = [
        passwords.strength(password, NAMES) for password in ("password123", "otter hat", "crimson teapot over hills")
    ]
    assert shown == sorted(shown)
    assert (shown[0], shown[-1]) == (0, 4)


@given(st.text(max_size=400))
def test_any_text_gets_a_verdict_and_bytes(password: str) -> None:
    assert passwords.problem_of(password, NAMES) in {
        None, "too_short", "too_long", "not_text", "too_simple", "contains_name", "too_common",
    }  # fmt: skip
    assert 0 <= passwords.strength(password, NAMES) <= 4
    assert password_bytes(password) == password_bytes(unicodedata.normalize("NFD", password))
