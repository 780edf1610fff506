"""The parts of a GS1 code as scanners send it, with its separator (FNC1) where a part has no fixed length."""

from __future__ import annotations

from collections.abc import Mapping

SEPARATOR = "\x1d"
PRODUCT, MADE, EXPIRY, LOT, SERIAL = "01", "11", "17", "10", "21"
_FIXED = {PRODUCT: 14, MADE: 6, EXPIRY: 6}
_LONGEST = 20


def elements(code: str) -> Mapping[str, str] | None:
    """The parts by their identifier; None for a code that is not of GS1, or names no product.

    Brackets around identifiers, a leading separator and the scanner's own mark of the symbology are left out.
    """
    plain = code.strip().replace("(", "").replace(")", "").removeprefix("]d2").removeprefix("]C1").lstrip(SEPARATOR)
    found: dict[str, str] = {}
    while plain:
        part, rest = plain[:2], plain[2:]
        if part in _FIXED:
            found[part], plain = rest[: _FIXED[part]], rest[_FIXED[part] :].lstrip(SEPARATOR)
            if len(found[part]) != _FIXED[part] or not found[part].isdecimal():
                return None
        elif part in {LOT, SERIAL}:
            found[part], _, plain = rest.partition(SEPARATOR)
            if not 0 < len(found[part]) <= _LONGEST:
                return None
        else:
            return None
    return found if PRODUCT in found else None
