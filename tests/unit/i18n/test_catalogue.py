"""Words in two languages and the pseudo language; every literal of the source has its Spanish."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import clinicdesk
from clinicdesk.i18n import Language, catalogue, clinical, language, plural, term, tr, use
from clinicdesk.presentation.commands import Group
from clinicdesk.presentation.shell import RAIL, ROLE_WORDS
from clinicdesk.presentation.today.words import _STEPS, WHEN_WORDS

ROOT = Path(clinicdesk.__file__).parent


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    use(Language.ENGLISH)


def _literals() -> Iterator[tuple[str, str, str]]:
    """File, kind and English text of every `tr("...")` and `plural("...", "...")`."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            place = str(path.relative_to(ROOT))
            if node.func.id == "tr" and texts:
                yield place, "word", texts[0]
            elif node.func.id == "plural" and len(texts) > 1:
                yield place, "plural", texts[1]


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_english_is_the_source_and_needs_no_file() -> None:
    assert tr("Nobody translated {this}", this="that") == "Nobody translated that"
    assert plural("{count} thing", "{count} things", 1) == "1 thing"
    assert plural("{count} thing", "{count} things", 0) == "0 things"


def test_spanish_comes_from_the_catalogue() -> None:
    use(Language.SPANISH)
    assert language() is Language.SPANISH
    assert tr("Lock now") == "Bloquear ahora"
    assert plural("{count} match", "{count} matches", 1) == "1 resultado"
    assert plural("{count} match", "{count} matches", 3) == "3 resultados"


def test_the_pseudo_language_is_longer_bracketed_and_keeps_its_parameters() -> None:
    use(Language.PSEUDO)
    text = tr("School: {school}", school="Cedar Ridge")
    assert text.startswith("[")
    assert text.endswith("]")
    assert "Cedar Ridge" in text
    assert len(text) >= len("School: Cedar Ridge") * 1.3


def test_clinical_terms_speak_both_languages() -> None:
    english = clinical("dose.wrong_student")
    use(Language.SPANISH)
    assert english
    assert clinical("dose.wrong_student") not in {"", english}
    assert clinical("no.such.code") == ""
    assert term("no", "SUCH") == "SUCH"


def test_a_missing_parameter_never_fails_in_front_of_a_nurse() -> None:
    assert "…" in clinical("dose.similar_name")


def test_translations_carry_the_parameters_of_their_source() -> None:
    spanish = catalogue(Language.SPANISH)
    wrong = [english for english, words in spanish._words.items() if _fields(english) != _fields(words)]
    wrong += [
        english
        for english, forms in spanish._plurals.items()
        if any(not _fields(words) <= _fields(english) for words in forms.values())
    ]
    assert wrong == []


def _titles() -> Iterator[tuple[str, str]]:
    """File and English title of every `Command(id, title ...)` and `replace(command, title=...)`."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            named = [word.value for word in node.keywords if word.arg == "title"]
            title = node.args[1:2] if node.func.id == "Command" else named if node.func.id == "replace" else []
            for one in title:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield str(path.relative_to(ROOT)), one.value


def test_every_word_of_the_program_has_its_spanish() -> None:
    spanish = catalogue(Language.SPANISH)
    spoken = {(place, text) for place, _, text in _literals()}
    assert len(spoken) > 1200
    assert sorted(f"{place}: {text}" for place, text in spoken if not spanish.has(text)) == []


def test_every_command_place_and_group_has_its_spanish() -> None:
    spanish = catalogue(Language.SPANISH)
    titles = set(_titles())
    assert len(titles) > 60
    assert sorted(f"{place}: {text}" for place, text in titles if not spanish.has(text)) == []
    words = [place.title for place in RAIL] + [group.value for group in Group]
    assert [text for text in words if not spanish.has(text)] == []


def test_words_that_stand_in_tables_have_their_spanish() -> None:
    spanish = catalogue(Language.SPANISH)
    words = [*ROLE_WORDS.values(), *WHEN_WORDS.values(), *_STEPS.values()]
    assert [text for text in words if not spanish.has(text)] == []
