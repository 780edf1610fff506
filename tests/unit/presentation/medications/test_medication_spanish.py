"""Every word of the medication screens has its Spanish, every code that they show its words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import clinicdesk
from clinicdesk.i18n import Language, catalogue
from clinicdesk.i18n.sentences import has_sentence

_PACKAGE = Path(clinicdesk.__file__).parent
_AT = {"tr": 0, "plural": 1, "Command": 1}
EFFECTS = ("RELIEVED", "IMPROVED", "UNCHANGED", "WORSE")
CODES = (
    "dose_refused",
    "dose_already_given",
    "order_not_found",
    "order_state",
    "witness_refused",
    "signing_key_unknown",
    "invalid_value.arithmetic_mismatch",
    "invalid_value.half_tablet_not_ordered",
    "invalid_value.cannot_be_split",
    "invalid_value.already_done",
)


def _spoken() -> Iterator[str]:
    for base in ("gui/screens/medications", "presentation/medications"):
        for path in sorted((_PACKAGE / base).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    at = _AT.get(node.func.id)
                    if at is not None and len(node.args) > at and isinstance(node.args[at], ast.Constant):
                        yield str(ast.literal_eval(node.args[at]))


def test_every_word_of_the_medication_screens_has_its_spanish() -> None:
    spanish = catalogue(Language.SPANISH)
    spoken = set(_spoken())
    assert len(spoken) > 100
    assert [words for words in sorted(spoken) if not spanish.has(words)] == []


@pytest.mark.parametrize("code", CODES)
def test_every_failure_of_a_dose_has_a_sentence(code: str) -> None:
    assert has_sentence(code)


@pytest.mark.parametrize("effect", EFFECTS)
def test_every_effect_has_words_in_both_languages(effect: str) -> None:
    english, spanish = catalogue(Language.ENGLISH), catalogue(Language.SPANISH)
    assert english.term("effect", effect) != effect
    assert spanish.term("effect", effect) not in {effect, english.term("effect", effect)}
