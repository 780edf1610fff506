"""The words of the roster import: problems with remedies, refusals, reasons of a match."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from clinicdesk.i18n.catalogue import Language, Param, language

_FILE = Path(__file__).parent / "roster_words.toml"


def roster_words(group: str, code: str, /, **params: Param) -> str:
    """The words of a code in the language in use.

    Raises:
        KeyError: there are none; a test asks for every code.
    """
    words = _read()[group][code]
    return words["es" if language() is Language.SPANISH else "en"].format(**params)


@cache
def _read() -> dict[str, dict[str, dict[str, str]]]:
    with _FILE.open("rb") as file:
        return tomllib.load(file)
