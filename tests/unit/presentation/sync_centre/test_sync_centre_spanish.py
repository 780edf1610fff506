"""Every word of the sync centre has its Spanish."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import clinicdesk
from clinicdesk.i18n import Language, catalogue
from clinicdesk.presentation.sync_centre import words

_ROOT = Path(clinicdesk.__file__).parent


def _literals() -> Iterator[str]:
    for folder in ("presentation/sync_centre", "gui/screens/sync"):
        for path in sorted((_ROOT / folder).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
                    if node.func.id in {"tr", "plural"} and texts:
                        yield str(texts[-1])


def test_every_word_of_the_sync_centre_has_its_spanish() -> None:
    spanish = catalogue(Language.SPANISH)
    lists = (words._TABLES, words._MANY, words._KINDS, words._REASONS, words._SETTLED, words._FIELDS)
    named = [word for one in lists for word in one.values()]
    found = {*_literals(), *named, "Decide later", "Cancel sync", "Join anew", "Repair this database"}
    assert len(found) > 150
    assert sorted(text for text in found if not spanish.has(text)) == []
