"""Writing a consent form: blocks are added, moved and removed in every language at once, words in one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.consent import Validity
from clinicdesk.domain.consent_text import LANGUAGES, Block, BlockKind, FormLanguage, FormText, Option

ADDABLE = (BlockKind.TEXT, BlockKind.CHOICE, BlockKind.INITIALS, BlockKind.DATE)
"""What a form may have many of; validity and signature stand in it exactly once."""

_MOST_OPTIONS = 8


def blank_form() -> FormText:
    """A form with the three blocks that none can do without, and no words yet."""
    blocks = (
        Block(key="b1", kind=BlockKind.TEXT, text=""),
        Block(key="b2", kind=BlockKind.VALIDITY, text=""),
        Block(key="b3", kind=BlockKind.SIGNATURE, text=""),
    )
    return FormText(languages=tuple(FormLanguage(language=one, title="", blocks=blocks) for one in LANGUAGES))


def in_all_languages(text: FormText) -> FormText:
    """The same form with a column for each language: what another system wrote may speak one only."""
    first = text.languages[0]
    missing = [language for language in LANGUAGES if all(one.language != language for one in text.languages)]
    if not missing:
        return text
    empty = tuple(
        replace(block, text="", heading="", options=tuple(replace(option, text="") for option in block.options))
        for block in first.blocks
    )
    more = tuple(FormLanguage(language=language, title="", blocks=empty) for language in missing)
    found = replace(text, languages=text.languages + more)
    if any(block.kind is BlockKind.VALIDITY for block in first.blocks):
        return found
    return _insert(found, _new_block(found, BlockKind.VALIDITY), len(first.blocks) - 1)


def add_block(text: FormText, kind: BlockKind, after: str = "") -> tuple[FormText, str]:
    """A new block behind another one, or before the signature; gives the form and the new block's key."""
    if kind not in ADDABLE:
        raise InvalidValueError("blocks", "not_a_choice")
    block = _new_block(text, kind)
    blocks = text.languages[0].blocks
    place = next((at + 1 for at, one in enumerate(blocks) if one.key == after), len(blocks))
    signature = next((at for at, one in enumerate(blocks) if one.kind is BlockKind.SIGNATURE), len(blocks))
    return _insert(text, block, min(place, signature)), block.key


def remove_block(text: FormText, key: str) -> FormText:
    """Take a block out of every language. Validity and signature stay: a form cannot be signed without them."""
    if not removable(text, key):
        return text
    return _each(text, lambda blocks: tuple(block for block in blocks if block.key != key))


def removable(text: FormText, key: str) -> bool:
    return any(block.key == key and block.kind in ADDABLE for block in text.languages[0].blocks)


def move_block(text: FormText, key: str, by: int) -> FormText:
    """Move a block up or down by one; the signature stays the last one."""
    blocks = text.languages[0].blocks
    at = next((place for place, block in enumerate(blocks) if block.key == key), -1)
    to = at + by
    if at < 0 or not 0 <= to < len(blocks):
        return text
    if BlockKind.SIGNATURE in {blocks[at].kind, blocks[to].kind}:
        return text

    def moved(found: tuple[Block, ...]) -> tuple[Block, ...]:
        order = list(found)
        order.insert(to, order.pop(at))
        return tuple(order)

    return _each(text, moved)


def write_title(text: FormText, language: str, title: str) -> FormText:
    return _in(text, language, lambda one: replace(one, title=title))


def write_block(text: FormText, language: str, key: str, words: str) -> FormText:
    return _block(text, language, key, lambda block: replace(block, text=words))


def write_heading(text: FormText, language: str, key: str, words: str) -> FormText:
    return _block(text, language, key, lambda block: replace(block, heading=words))


def write_option(text: FormText, language: str, key: str, option: str, words: str) -> FormText:
    """The words of one answer of a choice, as typed; empty lines are kept until the form is published."""

    def written(block: Block) -> Block:
        options = (replace(one, text=words) if one.key == option else one for one in block.options)
        return replace(block, options=tuple(options))

    return _block(text, language, key, written)


def add_option(text: FormText, key: str) -> tuple[FormText, str]:
    """One more answer, in every language; gives its key, empty where there are enough."""
    block = text.languages[0].block(key)
    if block is None or block.kind is not BlockKind.CHOICE or len(block.options) >= _MOST_OPTIONS:
        return text, ""
    new = _free("o", {option.key for option in block.options})
    return _everywhere(text, key, lambda one: replace(one, options=(*one.options, Option(key=new, text="")))), new


def remove_option(text: FormText, key: str, option: str) -> FormText:
    """Take an answer out; a choice keeps two."""
    block = text.languages[0].block(key)
    if block is None or len(block.options) <= 2:
        return text

    def without(one: Block) -> Block:
        return replace(one, options=tuple(found for found in one.options if found.key != option))

    return _everywhere(text, key, without)


def require_answer(text: FormText, key: str, required: bool) -> FormText:
    return _everywhere(text, key, lambda block: replace(block, required=required))


def hold(text: FormText, validity: Validity) -> FormText:
    """How long a signature on the form holds."""
    return replace(text, validity=validity)


def _new_block(text: FormText, kind: BlockKind) -> Block:
    options = (Option(key="o1", text=""), Option(key="o2", text="")) if kind is BlockKind.CHOICE else ()
    return Block(key=_free("b", {block.key for block in text.languages[0].blocks}), kind=kind, text="", options=options)


def _free(letter: str, taken: set[str]) -> str:
    at = 1
    while f"{letter}{at}" in taken:
        at += 1
    return f"{letter}{at}"


def _insert(text: FormText, block: Block, place: int) -> FormText:
    return _each(text, lambda blocks: (*blocks[:place], block, *blocks[place:]))


def _each(text: FormText, change: Callable[[tuple[Block, ...]], tuple[Block, ...]]) -> FormText:
    return replace(text, languages=tuple(replace(one, blocks=change(one.blocks)) for one in text.languages))


def _in(text: FormText, language: str, change: Callable[[FormLanguage], FormLanguage]) -> FormText:
    return replace(text, languages=tuple(change(one) if one.language == language else one for one in text.languages))


def _block(text: FormText, language: str, key: str, change: Callable[[Block], Block]) -> FormText:
    def changed(one: FormLanguage) -> FormLanguage:
        return replace(one, blocks=tuple(change(block) if block.key == key else block for block in one.blocks))

    return _in(text, language, changed)


def _everywhere(text: FormText, key: str, change: Callable[[Block], Block]) -> FormText:
    for one in text.languages:
        text = _block(text, one.language, key, change)
    return text
