"""From an error's stable code to a sentence that names what happened and what to do."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from clinicdesk.core.errors import ClinicDeskError, InvalidValueError
from clinicdesk.i18n.catalogue import Language, language, tr

_FILE = Path(__file__).parent / "sentences.toml"


def sentence(error: BaseException) -> str:
    """The sentence for an error, in the language in use; never shows a technical text."""
    if isinstance(error, InvalidValueError):
        return _invalid(error)
    code = error.code if isinstance(error, ClinicDeskError) else "unexpected"
    params = error.params if isinstance(error, ClinicDeskError) else {}
    found = _words(code) or _words("unexpected")
    return _filled(found, dict(params))


def has_sentence(code: str) -> bool:
    return code in _sentences()["error"]


def problems() -> frozenset[str]:
    """The `problem` words of `InvalidValueError` that have a sentence."""
    return frozenset(_sentences()["problem"])


def _invalid(error: InvalidValueError) -> str:
    known = _sentences()["problem"]
    words = known.get(error.problem, known["other"])
    field = _sentences()["field"].get(error.field)
    shown = _in_language(field) if field else tr("This entry")
    return _filled(_in_language(words), {**error.params, "field": shown})


def _words(code: str) -> str:
    words = _sentences()["error"].get(code)
    return _in_language(words) if words else ""


def _in_language(words: dict[str, str]) -> str:
    return words.get("es", words["en"]) if language() is Language.SPANISH else words["en"]


def _filled(text: str, params: dict[str, str | int | float | bool | None]) -> str:
    return text.format_map(_Known(params))


class _Known(dict[str, object]):
    """Parameters that an older caller does not send read as an ellipsis instead of failing."""

    def __missing__(self, key: str) -> str:
        return "…"


@cache
def _sentences() -> dict[str, dict[str, dict[str, str]]]:
    with _FILE.open("rb") as file:
        return tomllib.load(file)
