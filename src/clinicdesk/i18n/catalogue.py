"""Catalogues: English words as keys, translations in TOML, plurals, and a pseudo language for layout tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_CLINICAL = _FOLDER / "clinical_en_es.toml"
Param = str | int | float | bool | None


class Language(StrEnum):
    """Languages of the program. PSEUDO is English, 40 % longer and in brackets."""

    ENGLISH = "en"
    SPANISH = "es"
    PSEUDO = "pseudo"


class Catalogue:
    """The words of one language; a missing translation falls back to the English it stands for."""

    def __init__(
        self,
        language: Language,
        words: dict[str, str],
        plurals: dict[str, dict[str, str]],
        terms: Mapping[str, dict[str, str]],
    ) -> None:
        self.language = language
        self._words = words
        self._plurals = plurals
        self._terms = terms

    def tr(self, text: str, /, **params: Param) -> str:
        """The text in this language with `{name}` filled in."""
        found = _pseudo(text) if self.language is Language.PSEUDO else self._words.get(text, text)
        return found.format(**params) if params else found

    def plural(self, one: str, other: str, count: int, /, **params: Param) -> str:
        """The form for a number; `{count}` stands for it."""
        form = one if count == 1 else other
        if self.language is Language.PSEUDO:
            form = _pseudo(form)
        elif (forms := self._plurals.get(other)) is not None:
            form = forms["one" if count == 1 else "other"]
        return form.format(count=count, **params)

    def term(self, group: str, code: str) -> str:
        """The words of a clinical code ("visit.complaint", "HEADACHE"); the code itself where none is known."""
        words = self._terms.get(f"{group}.{code.lower()}")
        if words is None:
            return code
        english = words.get("en", code)
        if self.language is Language.PSEUDO:
            return _pseudo(english)
        return words.get(self.language.value, english)

    def sentence(self, code: str, /, **params: Param) -> str:
        """The clinical sentence of a code ("dose.wrong_student"), filled in; empty where there is none."""
        words = self._terms.get(code)
        if words is None:
            return ""
        text = words["es" if self.language is Language.SPANISH else "en"]
        return _filled(_pseudo(text) if self.language is Language.PSEUDO else text, params)

    def has(self, text: str) -> bool:
        return text in self._words or text in self._plurals


@cache
def catalogue(language: Language) -> Catalogue:
    """The catalogue of a language, read once from `es.toml` and the `<area>_es.toml` beside it; English needs none."""
    words: dict[str, str] = {}
    plurals: dict[str, dict[str, str]] = {}
    if language is Language.SPANISH:
        for path in sorted({*_FOLDER.glob("es.toml"), *_FOLDER.glob("*_es.toml")} - {_CLINICAL}):
            read = _read(path)
            words |= read.get("words", {})
            plurals |= read.get("plurals", {})
    return Catalogue(language, words, plurals, _Terms())


class _Terms(Mapping[str, dict[str, str]]):
    """Clinical terms of `clinical_en_es.toml`, read when the first one is asked for."""

    def __getitem__(self, key: str) -> dict[str, str]:
        return _clinical()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(_clinical())

    def __len__(self) -> int:
        return len(_clinical())


@cache
def _clinical() -> dict[str, dict[str, str]]:
    return _read(_CLINICAL)


def _read(path: Path) -> dict[str, Any]:
    # Imported here: English starts without any catalogue, and the parser costs 15 ms of the start.
    import tomllib

    with path.open("rb") as file:
        return tomllib.load(file)


class _Active:
    catalogue = Catalogue(Language.ENGLISH, {}, {}, _Terms())


def use(language: Language) -> None:
    """Speak this language from now on; open windows rebuild themselves on `Theme.changed` or a new sign-in."""
    _Active.catalogue = catalogue(language)


def language() -> Language:
    return _Active.catalogue.language


def tr(text: str, /, **params: Param) -> str:
    """The English text in the language in use: `tr("{name} checked in", name=...)`."""
    return _Active.catalogue.tr(text, **params)


def plural(one: str, other: str, count: int, /, **params: Param) -> str:
    """`plural("{count} conflict", "{count} conflicts", 2)`."""
    return _Active.catalogue.plural(one, other, count, **params)


def term(group: str, code: str) -> str:
    return _Active.catalogue.term(group, code)


def clinical(code: str, /, **params: Param) -> str:
    """The clinical sentence of a code, in the language in use; empty where there is none."""
    return _Active.catalogue.sentence(code, **params)


def _filled(text: str, params: Mapping[str, Param]) -> str:
    return text.format_map(_Known(params))


class _Known(dict[str, Param]):
    """Parameters that a caller does not send read as an ellipsis instead of failing in front of a nurse."""

    def __missing__(self, key: str) -> str:
        return "…"


_ACCENTS = str.maketrans("aeiouAEIOUcnsy", "áéíóúÁÉÍÓÚçñšý")


def _pseudo(text: str) -> str:
    """Accents, brackets and two fifths more length; `{params}` stay as they are."""
    parts = []
    for at, piece in enumerate(text.replace("}", "{").split("{")):
        parts.append(piece.translate(_ACCENTS) if at % 2 == 0 else f"{{{piece}}}")
    return f"[{''.join(parts)}{'~' * (len(text) * 2 // 5)}]"
