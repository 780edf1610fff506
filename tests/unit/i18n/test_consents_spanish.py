"""Every word of the forms and of the papers that families read has its Spanish."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import clinicdesk
from clinicdesk.i18n import Language, catalogue
from clinicdesk.presentation.forms import words
from clinicdesk.services import consent_record

_PACKAGE = Path(clinicdesk.__file__).parent
_PLACES = (
    "gui/screens/forms/*.py",
    "presentation/forms/*.py",
    "services/consent*.py",
    "reports/blank_consent.py",
    "reports/signed_consent.py",
)
_AT = {"tr": 0, "_tr": 1, "plural": 1, "Command": 1, "_own": 1}
_NAMED = {"_FAILURES", "_HINTS", "_LINES", "_PROBLEMS"}
_TABLES = (words._KINDS, words._RULES, words._BLOCKS, words._LANGUAGES, words._FORM_PROBLEMS, words._BARS, words._HOW)


def _spoken() -> Iterator[str]:
    for place in _PLACES:
        for path in sorted(_PACKAGE.glob(place)):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield from _words(node)
                elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in _NAMED:
                    yield from _held(node.value)
    for table in _TABLES:
        yield from table.values()
    yield from words.IDENTITY
    yield from consent_record.HOW_WORDS.values()
    yield consent_record.PAPER_NOTE
    yield consent_record.DISCLOSURE
    yield from (relation.replace("_", " ").capitalize() for relation in words.RELATIONS)


def _words(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    at = _AT.get(name)
    if at is not None and len(call.args) > at:
        yield from _literals(call.args[at])
    if name == "replace":
        for keyword in call.keywords:
            if keyword.arg == "title":
                yield from _literals(keyword.value)


def _held(table: ast.expr) -> Iterator[str]:
    """The words of a table that its module looks up later."""
    values = table.values if isinstance(table, ast.Dict) else getattr(table, "elts", [])
    for value in values:
        yield from _literals(value)


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value


def test_every_word_of_the_forms_has_its_spanish() -> None:
    spanish = catalogue(Language.SPANISH)
    spoken = set(_spoken())
    assert len(spoken) > 200
    assert [one for one in sorted(spoken) if not spanish.has(one)] == []
