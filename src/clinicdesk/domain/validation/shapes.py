"""Shapes of text that have a name: addresses, numbers and codes from outside."""

from __future__ import annotations

EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
PHONE = r"\+?[0-9][0-9 ().x-]{5,18}[0-9]"
STATE = r"[A-Z]{2}"
ZIP = r"[0-9]{5}(-[0-9]{4})?"
NPI = r"[0-9]{10}"
NDC = r"[0-9]{4,5}-[0-9]{3,4}-[0-9]{1,2}|[0-9]{10,11}"
ICD10 = r"[A-TV-Z][0-9][0-9AB](\.[0-9A-Z]{1,4})?"
CLOCK_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"
WEEKDAYS = tuple("0123456")
"""Monday is 0, as in `domain.calendar`."""

RXNORM = r"[0-9]{1,8}"
