"""A form being written: every change goes through all languages at once, and nothing can make it unsignable."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.consent import Validity, ValidityRule
from clinicdesk.domain.consent_text import (
    LANGUAGES,
    BlockKind,
    FormText,
    check_form,
    form_problems,
    from_json,
    plain_form,
    to_json,
)
from clinicdesk.domain.consent_writing import (
    ADDABLE,
    add_block,
    add_option,
    blank_form,
    hold,
    in_all_languages,
    move_block,
    remove_block,
    remove_option,
    require_answer,
    write_block,
    write_heading,
    write_option,
    write_title,
)


def kinds(text: FormText) -> list[BlockKind]:
    return [block.kind for block in text.languages[0].blocks]


def keys(text: FormText) -> list[str]:
    return [block.key for block in text.languages[0].blocks]


def test_a_blank_form_has_what_none_can_do_without_and_lacks_only_words() -> None:
    text = blank_form()
    assert kinds(text) == [BlockKind.TEXT, BlockKind.VALIDITY, BlockKind.SIGNATURE]
    assert {problem.problem for problem in form_problems(text)} == {"missing", "text_missing"}


def test_a_new_block_stands_behind_the_one_named_and_never_behind_the_signature() -> None:
    text, choice = add_block(blank_form(), BlockKind.CHOICE, after="b1")
    text, date = add_block(text, BlockKind.DATE, after="b3")
    text, initials = add_block(text, BlockKind.INITIALS)
    assert keys(text) == ["b1", choice, "b2", date, initials, "b3"]
    assert [option.key for option in text.languages[1].blocks[1].options] == ["o1", "o2"]


def test_validity_and_signature_cannot_be_added_or_removed() -> None:
    for kind in (BlockKind.VALIDITY, BlockKind.SIGNATURE):
        with pytest.raises(InvalidValueError):
            add_block(blank_form(), kind)
    text = blank_form()
    assert remove_block(remove_block(text, "b2"), "b3") == text


def test_a_choice_keeps_two_answers() -> None:
    text, choice = add_block(blank_form(), BlockKind.CHOICE)
    text, third = add_option(text, choice)
    text = write_option(text, "es", choice, third, "Tal vez")
    block = text.spoken("es").block(choice)
    assert block is not None
    assert block.options[2].text == "Tal vez"
    text = remove_option(remove_option(text, choice, "o1"), choice, "o2")
    left = text.spoken("en").block(choice)
    assert left is not None
    assert [option.key for option in left.options] == ["o2", third]


def test_words_go_into_one_language_and_rules_into_all() -> None:
    text, initials = add_block(blank_form(), BlockKind.INITIALS)
    text = write_title(write_block(text, "es", initials, "Sus iniciales"), "en", "Trip")
    text = write_heading(require_answer(text, initials, False), "en", "b1", "What you agree to")
    english, spanish = text.spoken("en").block(initials), text.spoken("es").block(initials)
    assert english is not None
    assert spanish is not None
    assert (english.text, spanish.text) == ("", "Sus iniciales")
    assert (english.required, spanish.required) == (False, False)
    assert (text.spoken("en").title, text.spoken("es").title) == ("Trip", "")


def test_each_problem_says_where_it_is() -> None:
    text, choice = add_block(blank_form(), BlockKind.CHOICE)
    text = write_option(text, "en", choice, "o1", "Yes")
    missing = [problem.params for problem in form_problems(text) if problem.params.get("block") == choice]
    assert [(one["language"], one.get("option")) for one in missing] == [
        ("en", None),
        ("en", "o2"),
        ("es", None),
        ("es", "o1"),
        ("es", "o2"),
    ]
    with pytest.raises(InvalidValueError):
        check_form(text)


def test_a_form_of_another_system_gets_its_spanish_column_and_its_validity() -> None:
    text = in_all_languages(plain_form("Old form", "Words"))
    assert kinds(text) == [BlockKind.TEXT, BlockKind.VALIDITY, BlockKind.SIGNATURE]
    assert [one.language for one in text.languages] == list(LANGUAGES)
    assert in_all_languages(text) == text
    assert {str(problem.params.get("language")) for problem in form_problems(text)} >= {"es"}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "up", "down", "option", "drop"]),
        st.sampled_from(ADDABLE),
        st.integers(0, 9),
    ),
    max_size=25,
)


@given(STEPS)
def test_whatever_is_done_every_language_keeps_the_same_blocks_and_one_signature_at_the_end(
    steps: list[tuple[str, BlockKind, int]],
) -> None:
    text = hold(blank_form(), Validity(rule=ValidityRule.ONE_YEAR))
    for what, kind, at in steps:
        known = keys(text)
        key = known[at % len(known)]
        match what:
            case "add":
                text, _ = add_block(text, kind, after=key)
            case "remove":
                text = remove_block(text, key)
            case "up" | "down":
                text = move_block(text, key, -1 if what == "up" else 1)
            case "option":
                text, _ = add_option(text, key)
            case _:
                text = remove_option(text, key, "o1")
    shapes = {
        tuple((block.key, block.kind, tuple(option.key for option in block.options)) for block in one.blocks)
        for one in text.languages
    }
    assert len(shapes) == 1
    assert kinds(text)[-1] is BlockKind.SIGNATURE
    assert kinds(text).count(BlockKind.SIGNATURE) == kinds(text).count(BlockKind.VALIDITY) == 1
    assert len(set(keys(text))) == len(keys(text))
    assert from_json(to_json(text)) == text
    only_words = {problem.problem for problem in form_problems(text)} - {"missing"}
    assert only_words <= {"text_missing", "options_missing"}
    assert form_problems(replace(text, languages=text.languages[:1]))[0].problem == "language_missing"
