"""From an error's stable code to a sentence that names what happened and what to do."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from clinicdesk.core.errors import ClinicDeskError, InvalidValueError
from clinicdesk.i18n.catalogue import Language, clinical, language

_FOLDER = Path(__file__).parent


def sentence(error: BaseException) -> str:
    """The sentence for an error, in the language in use; never shows a technical text.

    `InvalidValueError` stands under its field, so its sentence (`invalid_value.<problem>` of the clinical words)
    does not name the field. A `reason` may have a sentence of its own: `<code>.<reason>`.
    """
    if not isinstance(error, ClinicDeskError):
        return _words("unexpected", {})
    if isinstance(error, InvalidValueError):
        found = clinical(f"invalid_value.{error.problem}", **error.params)
        return found or _words("invalid_value", error.params)
    reason = error.params.get("reason")
    known = _sentences()
    if isinstance(reason, str) and f"{error.code}.{reason}" in known:
        return _words(f"{error.code}.{reason}", error.params)
    if error.code in known:
        return _words(error.code, error.params)
    return clinical(error.code, **error.params) or _words("unexpected", {})


def has_sentence(code: str) -> bool:
    """Whether a code has words of its own."""
    return code in _sentences() or bool(clinical(code))


def _words(code: str, params: dict[str, str | int | float | bool | None]) -> str:
    words = _sentences()[code]
    text = words["es" if language() is Language.SPANISH else "en"]
    return text.format_map(_Known(params))


class _Known(dict[str, str | int | float | bool | None]):
    """Parameters that a caller does not send read as an ellipsis instead of failing in front of a nurse."""

    def __missing__(self, key: str) -> str:
        return "…"


@cache
def _sentences() -> dict[str, dict[str, str]]:
    """`sentences.toml` and the `<area>_sentences.toml` beside it."""
    # Imported here: no failure, no sentence, and the parser costs 15 ms of the start.
    import tomllib

    read: dict[str, dict[str, str]] = {}
    for path in sorted({*_FOLDER.glob("sentences.toml"), *_FOLDER.glob("*_sentences.toml")}):
        with path.open("rb") as file:
            read |= tomllib.load(file)
    return read
