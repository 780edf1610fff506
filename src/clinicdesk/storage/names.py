"""The search form of a name: what is left when spelling habits are taken away (D61)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

JOINERS: Final = "'’‘ʼ′`´-‐‑‒–. \u00a0"
"""Apostrophes, hyphens, stops and spaces: what people leave out or put in at will."""

SPELLED_OUT: Final = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h",
}  # fmt: skip
"""Letters that have no base letter in Unicode, so no tokenizer folds them."""

_JOINED = re.compile("[" + re.escape(JOINERS) + "]+")
_SPELLING = str.maketrans(SPELLED_OUT)


def folded(text: str) -> str:
    """Lower case without marks, compatibility forms resolved."""
    if text.isascii():
        # Most names by far, and a search orders up to 200 of them at each key press.
        return text.lower()
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter)
    )
    return plain.translate(_SPELLING)


def joined(text: str) -> str:
    """`folded` with the joiners removed: O'Brien, O’Brien, obrien and Obríen are one."""
    return _JOINED.sub("", folded(text))


def joined_sql(column: str) -> str:
    """The part of `joined` that the tokenizer does not do itself, in SQL for a trigger."""
    expression = column
    for joiner in JOINERS:
        quoted = joiner.replace("'", "''")
        expression = f"replace({expression}, '{quoted}', '')"
    for letter, spelled in SPELLED_OUT.items():
        for one, other in ((letter, spelled), (letter.upper(), spelled)):
            if len(one) == 1:
                expression = f"replace({expression}, '{one}', '{other}')"
    return expression
