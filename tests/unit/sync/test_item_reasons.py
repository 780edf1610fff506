"""The words by which the district says why: each is in the list, each in the list is said, none is shown raw."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import clinicdesk
from clinicdesk.domain.item_reasons import ItemReason
from clinicdesk.domain.merge import ConflictKind
from clinicdesk.i18n import Language, use
from clinicdesk.presentation.sync_centre import words
from clinicdesk.services.sync_items import SettledKind
from clinicdesk.sync.protocol import Outcome

_ROOT = Path(clinicdesk.__file__).parent
_SAYS = {"Problem": 1, "Refusal": 0, "_ItemError": 0}
"""What makes a reason on the server, and at which place it stands."""


def _said() -> Iterator[str]:
    for path in [*(_ROOT / "server").glob("*.py"), _ROOT / "domain" / "merge.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ItemReason":
                yield ItemReason[node.attr].value
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            named = [one.value for one in node.keywords if one.arg == "reason" and name in {"ItemResult", "Merge"}]
            if name in _SAYS and len(node.args) > _SAYS[name]:
                named.append(node.args[_SAYS[name]])
            for given in named:
                found = [one.value for one in ast.walk(given) if isinstance(one, ast.Constant)]
                yield from (word for word in found if isinstance(word, str) and word)


def test_the_district_says_no_reason_that_is_not_in_the_list() -> None:
    found = set(_said())
    assert len(found) > 20
    # What a parent is missing for is worked out before it is said; that no request carries a row says its own desk.
    assert found | {"parent_held", "parent_missing", "too_large"} == set(ItemReason)


@pytest.fixture
def spoken() -> Iterator[None]:
    yield
    use(Language.ENGLISH)


@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize("language", list(Language))
def test_no_outcome_reason_or_kind_is_shown_raw(language: Language) -> None:
    use(language)
    shown = {one: words.reason_words(one.value) for one in ItemReason}
    assert all("_" not in text and one.value != text for one, text in shown.items())
    assert not any(text.startswith(("Refused:", "Rechazado:")) for text in shown.values())
    assert set(words._KINDS) == {kind.value for kind in ConflictKind}
    assert all(words.settled_words(kind) for kind in SettledKind)
    assert {one.value for one in Outcome} == {"applied", "merged", "conflict", "held", "rejected"}


def test_a_word_of_a_newer_district_is_named_for_support() -> None:
    assert words.reason_words("odd_word") == "Refused: odd word"
    assert words.reason_words(None) == "No reason was given"
