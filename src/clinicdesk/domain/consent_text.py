"""The text of a consent form: blocks in every language side by side, its hash, and what a signer answered."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.consent import Validity, ValidityRule

LANGUAGES = ("en", "es")
"""Every form speaks both from day one (`ux-spec.md` 9)."""


class BlockKind(enum.StrEnum):
    """What a block of a form is. VALIDITY is the text that says how long the consent holds, with the rule itself."""

    TEXT = "text"
    VALIDITY = "validity"
    CHOICE = "choice"
    INITIALS = "initials"
    DATE = "date"
    SIGNATURE = "signature"


ASKING = frozenset({BlockKind.CHOICE, BlockKind.INITIALS, BlockKind.DATE})
"""Blocks that the signer fills in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer of a choice; `key` is the same in every language."""

    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block in one language; `key` ties it to the same block of the other languages."""

    key: str
    kind: BlockKind
    text: str
    heading: str = ""
    options: tuple[Option, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLanguage:
    """A form in one language."""

    language: str
    title: str
    blocks: tuple[Block, ...]

    def block(self, key: str) -> Block | None:
        return next((block for block in self.blocks if block.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormText:
    """All that a signer is shown, in every language, and how long a signature on it holds."""

    languages: tuple[FormLanguage, ...]
    validity: Validity = field(default_factory=lambda: Validity(rule=ValidityRule.SCHOOL_YEAR))

    def spoken(self, language: str) -> FormLanguage:
        """The form in a language; the first one where it does not speak it."""
        return next((one for one in self.languages if one.language == language), self.languages[0])


def to_json(text: FormText) -> list[dict[str, Any]]:
    """The form as the column `consent_forms.languages` keeps it."""
    return [
        {
            "language": one.language,
            "title": one.title,
            "blocks": [_block_json(block, text.validity) for block in one.blocks],
        }
        for one in text.languages
    ]


def from_json(stored: Sequence[Any]) -> FormText:
    """Read the column back.

    Raises:
        InvalidValueError: it is no form of ours.
    """
    try:
        languages = tuple(
            FormLanguage(
                language=str(one["language"]),
                title=str(one["title"]),
                blocks=tuple(_block(block, at) for at, block in enumerate(one["blocks"])),
            )
            for one in stored
        )
        rule = next((block for one in stored for block in one["blocks"] if block["kind"] == BlockKind.VALIDITY), None)
        validity = Validity(rule=ValidityRule.UNTIL_REVOKED)
        if rule is not None:
            until = rule.get("until")
            validity = Validity(
                rule=ValidityRule(rule["rule"]), until=None if until is None else dt.date.fromisoformat(until)
            )
    except (KeyError, TypeError, ValueError) as problem:
        raise InvalidValueError("languages", "not_a_form") from problem
    if not languages:
        raise InvalidValueError("languages", "missing")
    return FormText(languages=languages, validity=validity)


def plain_form(title: str, content: str) -> FormText:
    """A form from before blocks: its words as one text to be signed."""
    blocks = (
        Block(key="text", kind=BlockKind.TEXT, text=content),
        Block(key="sign", kind=BlockKind.SIGNATURE, text=title),
    )
    return FormText(languages=(FormLanguage(language="en", title=title, blocks=blocks),))


def text_hash(stored: Sequence[Any]) -> str:
    """SHA-256 over the stored form: what a signature says it was given on (concern 1)."""
    plain = json.dumps(list(stored), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(b"clinicdesk consent/v1\0" + plain.encode()).hexdigest()


def check_form(text: FormText) -> None:
    """What every published form must have.

    Raises:
        InvalidValueError: a language is missing or says less than the other, or the form cannot be signed.
    """
    for problem in form_problems(text):
        raise problem


def form_problems(text: FormText) -> tuple[InvalidValueError, ...]:
    """Everything that keeps a form from being published; `language`, `block` and `option` say where it is."""
    return (*_shape_problems(text), *(problem for one in text.languages for problem in _word_problems(one)))


def _shape_problems(text: FormText) -> Iterator[InvalidValueError]:
    spoken = {one.language for one in text.languages}
    for language in LANGUAGES:
        if language not in spoken:
            yield InvalidValueError("languages", "language_missing", language=language)
    first = text.languages[0]
    kinds = [block.kind for block in first.blocks]
    if len({block.key for block in first.blocks}) != len(first.blocks):
        yield InvalidValueError("blocks", "duplicate")
    if kinds.count(BlockKind.SIGNATURE) != 1:
        yield InvalidValueError("blocks", "one_signature")
    if kinds.count(BlockKind.VALIDITY) != 1:
        yield InvalidValueError("blocks", "one_validity")
    if BlockKind.TEXT not in kinds:
        yield InvalidValueError("blocks", "missing")
    for one in text.languages[1:]:
        if [_shape(block) for block in one.blocks] != [_shape(block) for block in first.blocks]:
            yield InvalidValueError("languages", "languages_differ", language=one.language)


def _word_problems(one: FormLanguage) -> Iterator[InvalidValueError]:
    if not one.title.strip():
        yield InvalidValueError("title", "missing", language=one.language)
    for block in one.blocks:
        if not block.text.strip():
            yield InvalidValueError("blocks", "text_missing", language=one.language, block=block.key)
        if block.kind is BlockKind.CHOICE and len(block.options) < 2:
            yield InvalidValueError("blocks", "options_missing", language=one.language, block=block.key)
        for option in block.options:
            if not option.text.strip():
                yield InvalidValueError(
                    "blocks", "options_missing", language=one.language, block=block.key, option=option.key
                )


def check_answers(form: FormLanguage, answers: Mapping[str, str]) -> None:
    """Whether everything the form asks for is answered.

    Raises:
        InvalidValueError: an answer is missing or none of the choices; `block` names which.
    """
    for block in form.blocks:
        if block.kind not in ASKING:
            continue
        answer = answers.get(block.key, "").strip()
        if not answer:
            if block.required:
                raise InvalidValueError("answers", "missing", block=block.key)
            continue
        if block.kind is BlockKind.CHOICE and answer not in {option.key for option in block.options}:
            raise InvalidValueError("answers", "not_a_choice", block=block.key)


def answer_words(block: Block, answer: str) -> str:
    """An answer as the signer read it."""
    return next((option.text for option in block.options if option.key == answer), answer)


def _shape(block: Block) -> tuple[str, BlockKind, tuple[str, ...], bool]:
    return block.key, block.kind, tuple(option.key for option in block.options), block.required


def _block_json(block: Block, validity: Validity) -> dict[str, Any]:
    found: dict[str, Any] = {
        "key": block.key,
        "kind": block.kind.value,
        "heading": block.heading,
        "text": block.text,
        "required": block.required,
    }
    if block.options:
        found["options"] = [{"key": option.key, "text": option.text} for option in block.options]
    if block.kind is BlockKind.VALIDITY:
        found |= {
            "rule": validity.rule.value,
            "until": None if validity.until is None else validity.until.isoformat(),
        }
    return found


def _block(stored: Mapping[str, Any], at: int) -> Block:
    return Block(
        key=str(stored.get("key", f"b{at + 1}")),
        kind=BlockKind(stored["kind"]),
        heading=str(stored.get("heading") or ""),
        text=str(stored["text"]),
        options=tuple(
            Option(key=str(option["key"]), text=str(option["text"])) for option in stored.get("options") or ()
        ),
        required=bool(stored.get("required", True)),
    )
