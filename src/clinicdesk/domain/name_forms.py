"""Names brought to forms in which two spellings of one name meet: accents, apostrophes, other alphabets, suffixes."""

from __future__ import annotations

import functools
import re
import unicodedata

import jellyfish

_LATIN = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss"}
# As passports write them.
_CYRILLIC = {
    **dict(zip("абвгдеёзийклмнопрстуфыэєіїґ", "abvgdeeziiklmnoprstufyeeiig", strict=True)),
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "ie",
    "ь": "",
    "ю": "iu",
    "я": "ia",
}
_LETTERS = str.maketrans({**_LATIN, **_CYRILLIC})
_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_APART = re.compile(r"[\s\-‐‑–_/]+")
_NOT_LETTERS = re.compile(r"[^a-z0-9]")
_SUFFIXES = {
    "jr": "jr",
    "junior": "jr",
    "sr": "sr",
    "senior": "sr",
    "ii": "2",
    "2nd": "2",
    "iii": "3",
    "3rd": "3",
    "iv": "4",
    "4th": "4",
}
_PARTICLES = frozenset({"de", "del", "la", "las", "los", "da", "do", "dos", "das", "van", "von", "der", "den", "y"})


def words(name: str) -> tuple[str, ...]:
    """The words of a name, folded: O'Brien-Núñez gives obrien, nunez."""
    return _words(name)[0]


def joined(name: str) -> str:
    """A name as one folded word, without suffix: O'Brien-Núñez gives obriennunez."""
    return "".join(words(name))


def spellings(name: str) -> frozenset[str]:
    """Every folded form of a name: Müller gives muller and mueller."""
    return _spellings(name)


def suffix(*names: str) -> str:
    """Jr, Sr, II... wherever it was written; empty where none is."""
    return next((found for name in names if (found := _words(name)[1])), "")


def sound(name: str) -> str:
    """How the name sounds in English."""
    return _sound(name)


@functools.lru_cache(maxsize=65_536)
def _words(name: str) -> tuple[tuple[str, ...], str]:
    found: list[str] = []
    ending = ""
    for part in _APART.split(name.replace(",", " ").casefold()):
        word = _fold(part)
        if word in _SUFFIXES and found:
            ending = _SUFFIXES[word]
        elif word:
            found.append(word)
    return tuple(found), ending


@functools.lru_cache(maxsize=65_536)
def _spellings(name: str) -> frozenset[str]:
    plain = words(name)
    spread = words(unicodedata.normalize("NFC", name).casefold().translate(_DIGRAPHS))
    without = tuple(word for word in plain if word not in _PARTICLES) or plain
    return frozenset("".join(form) for form in (plain, spread, without) if form)


@functools.lru_cache(maxsize=65_536)
def _sound(name: str) -> str:
    return str(jellyfish.metaphone(" ".join(words(name))))


def _fold(part: str) -> str:
    composed = unicodedata.normalize("NFC", part).translate(_LETTERS)
    stripped = unicodedata.normalize("NFKD", composed)
    return _NOT_LETTERS.sub("", stripped)
