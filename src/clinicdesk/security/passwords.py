"""Which passwords are accepted, how strong they look, and phrases for people who want one made for them."""

from __future__ import annotations

import functools
import secrets
import unicodedata
from collections.abc import Iterable
from importlib import resources

from clinicdesk.core.errors import InvalidValueError

MINIMUM_LENGTH = 15
MINIMUM_LENGTH_WITH_FILE_SECRET = 20  # T21
MAXIMUM_LENGTH = 256
PHRASE_WORDS = 5

# So much must be left of a password once names and common words are taken out.
_LEAST_OWN_CHARACTERS = 8
_LEAST_DISTINCT_CHARACTERS = 5
_SHORTEST_NAME = 3
_LEET = str.maketrans("013457$@!", "oleastsai")
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop")


def minimum_length(*, weaker_protection: bool) -> int:
    """20 characters where the device secret lies in a file (T21), else 15."""
    return MINIMUM_LENGTH_WITH_FILE_SECRET if weaker_protection else MINIMUM_LENGTH


def problem_of(password: str, names: Iterable[str], *, least: int = MINIMUM_LENGTH) -> str | None:
    """Why the password is refused: too_short, too_long, not_text, too_common, contains_name, too_simple; else None.

    `names` are those of the district, its schools and the user.
    """
    normal = unicodedata.normalize("NFC", password)
    if any(unicodedata.category(character) == "Cs" for character in normal):
        return "not_text"
    if len(normal) < least:
        return "too_short"
    if len(normal) > MAXIMUM_LENGTH:
        return "too_long"
    folded = normal.casefold()
    if len(set(folded)) < _LEAST_DISTINCT_CHARACTERS or _period(folded) * 3 <= len(folded):
        return "too_simple"
    if len(_without(folded, _name_parts(names))) < _LEAST_OWN_CHARACTERS:
        return "contains_name"
    if _own_part(folded) < _LEAST_OWN_CHARACTERS:
        return "too_common"
    return None


def require_acceptable(password: str, names: Iterable[str], *, least: int = MINIMUM_LENGTH) -> None:
    """Raises `InvalidValueError` on the field `password` with the word of `problem_of`."""
    problem = problem_of(password, names, least=least)
    if problem is not None:
        raise InvalidValueError("password", problem, minimum=least, maximum=MAXIMUM_LENGTH)


def strength(password: str, names: Iterable[str] = ()) -> int:
    """0 to 4 for the meter: what is left of it after common words, names and runs are taken out."""
    own = _own_part(_without(unicodedata.normalize("NFC", password).casefold(), _name_parts(names)))
    return sum(own >= bound for bound in (8, 12, 16, 22))


def generate_phrase(words: int = PHRASE_WORDS) -> str:
    """Random words of the bundled list; five of them are worth 55 bits and longer than any minimum here."""
    listed = phrase_words()
    return " ".join(secrets.choice(listed) for _ in range(words))


@functools.cache
def phrase_words() -> tuple[str, ...]:
    """The bundled list: at least 2,048 English words of four to seven letters."""
    return tuple(_resource("phrase_words.txt"))


@functools.cache
def common_words() -> tuple[str, ...]:
    """The bundled list of what guessers try first, longest first."""
    return tuple(sorted(_resource("common_passwords.txt"), key=len, reverse=True))


def _resource(name: str) -> list[str]:
    text = (resources.files("clinicdesk.security") / "resources" / name).read_text("utf-8")
    return [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]


def _name_parts(names: Iterable[str]) -> list[str]:
    parts = {part for name in names for part in unicodedata.normalize("NFC", name).casefold().split()}
    return sorted((part for part in parts if len(part) >= _SHORTEST_NAME), key=len, reverse=True)


def _without(text: str, parts: Iterable[str]) -> str:
    for part in parts:
        text = text.replace(part, "")
    return "".join(text.split())


def _own_part(folded: str) -> int:
    """How many characters are neither a common word (leet spelling included) nor part of a run like 4567 or qwer."""
    plain = _without(folded, common_words())
    return min(_without_runs(plain), _without_runs(_without(plain.translate(_LEET), common_words())))


def _without_runs(text: str) -> int:
    own, index = 0, 0
    while index < len(text):
        run = _run_length(text, index)
        own += 1
        index += run if run >= 3 else 1
    return own


def _run_length(text: str, start: int) -> int:
    longest = 1
    for row in _RUNS:
        for line in (row, row[::-1]):
            place = line.find(text[start])
            length = 0
            for typed, expected in zip(text[start:], line[place:] if place >= 0 else "", strict=False):
                if typed != expected:
                    break
                length += 1
            longest = max(longest, length)
    same = len(text[start:]) - len(text[start:].lstrip(text[start]))
    return max(longest, same)


def _period(text: str) -> int:
    """The length of the shortest piece whose repetition makes the text."""
    return (text + text).find(text, 1)
