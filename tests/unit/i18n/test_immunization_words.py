"""Every word of the immunization screen has its Spanish."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import clinicdesk
from clinicdesk.gui.screens.immunizations.view import SHEETS
from clinicdesk.i18n import Language, catalogue
from clinicdesk.presentation.immunizations import entry, words

_PACKAGE = Path(clinicdesk.__file__).parent
_FOLDERS = ("gui/screens/immunizations", "presentation/immunizations")


def _spoken() -> Iterator[str]:
    for folder in _FOLDERS:
        for path in sorted((_PACKAGE / folder).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                    yield from _words(node.func.id, node)
    for listed in (words.SOURCES, words.KINDS, words.VERSIONS, words.PROBLEMS):
        yield from listed.values()
    for listed in (entry.SITE_WORDS, entry.ROUTE_WORDS, entry.VFC_WORDS):
        yield from listed.values()
    yield from (title for title, _ in SHEETS.values())


def _words(function: str, call: ast.Call) -> Iterator[str]:
    at = {"tr": 0, "plural": 1}.get(function)
    if at is not None and isinstance(call.args[at], ast.Constant):
        yield str(ast.literal_eval(call.args[at]))
    if function == "replace":
        yield from (
            str(ast.literal_eval(keyword.value))
            for keyword in call.keywords
            if keyword.arg == "title" and isinstance(keyword.value, ast.Constant)
        )


def test_every_word_of_the_immunization_screen_has_its_spanish() -> None:
    spanish = catalogue(Language.SPANISH)
    spoken = set(_spoken())
    assert len(spoken) > 80
    assert [one for one in sorted(spoken) if not spanish.has(one)] == []
