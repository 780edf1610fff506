"""Every word of the roster and calendar screens has its Spanish."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import clinicdesk
from clinicdesk.i18n import Language, catalogue

_PACKAGE = Path(clinicdesk.__file__).parent


def _spoken(area: str) -> Iterator[str]:
    for base in ("gui/screens", "presentation"):
        for path in sorted((_PACKAGE / base / area).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                    yield from _words(node.func.id, node)


def _words(function: str, call: ast.Call) -> Iterator[str]:
    at = {"tr": 0, "plural": 1, "Command": 1}.get(function)
    if at is not None and isinstance(call.args[at], ast.Constant):
        yield str(ast.literal_eval(call.args[at]))
    if function == "replace":
        yield from (
            str(ast.literal_eval(keyword.value))
            for keyword in call.keywords
            if keyword.arg == "title" and isinstance(keyword.value, ast.Constant)
        )


@pytest.mark.parametrize("area", ["roster", "calendar"])
def test_every_word_of_the_screens_has_its_spanish(area: str) -> None:
    spanish = catalogue(Language.SPANISH)
    spoken = set(_spoken(area))
    assert len(spoken) > 40
    assert [words for words in sorted(spoken) if not spanish.has(words)] == []
