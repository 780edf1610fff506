"""Codes a person reads from paper and types: Crockford's base 32, with his check symbol where asked."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK_ALPHABET = ALPHABET + "*~$=U"
_READ_AS = {"I": "1", "L": "1", "O": "0"}


def encode(value: bytes, *, check: bool) -> str:
    """Fixed width for the number of bytes, most significant first."""
    number = int.from_bytes(value, "big")
    width = -(-len(value) * 8 // 5)
    digits = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(width)))
    return digits + _CHECK_ALPHABET[number % 37] if check else digits


def decode(text: str, *, size: int, check: bool) -> bytes | None:
    """The bytes behind what was typed, forgiving case, blanks, hyphens, I, L and O; None if it cannot be right."""
    digits = plain(text)
    last = ""
    if check:
        digits, last = digits[:-1], digits[-1:]
    if len(digits) != -(-size * 8 // 5) or any(digit not in ALPHABET for digit in digits):
        return None
    number = 0
    for digit in digits:
        number = number << 5 | ALPHABET.index(digit)
    if number >> 8 * size or (check and last != _CHECK_ALPHABET[number % 37]):
        return None
    return number.to_bytes(size, "big")


def plain(text: str) -> str:
    """What was typed, in the alphabet's own spelling and without separators."""
    shown = "".join(text.split()).replace("-", "").upper()
    return "".join(_READ_AS.get(digit, digit) for digit in shown)


def grouped(code: str, size: int = 5) -> str:
    """For print: groups of `size`, joined by hyphens."""
    return "-".join(code[start : start + size] for start in range(0, len(code), size))
