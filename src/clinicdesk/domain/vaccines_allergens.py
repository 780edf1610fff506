"""Parts of vaccines that an allergy may be to: what the package inserts name, and the allergies that meet them (M6)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from clinicdesk.domain.findings import Finding, OverrideBy, hard_stop, soft_stop
from clinicdesk.domain.medication.facts import AllergyFact
from clinicdesk.domain.vaccines import BY_CVX, Vaccine, find_vaccine

PARTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "gelatin": frozenset({"gelatin", "gelatine", "gelatina"}),
        "neomycin": frozenset({"neomycin", "neomicina", "neosporin"}),
        "polymyxin B": frozenset({"polymyxin", "polimixina", "neosporin"}),
        "streptomycin": frozenset({"streptomycin", "estreptomicina"}),
        "gentamicin": frozenset({"gentamicin", "gentamycin", "gentamicina"}),
        "kanamycin": frozenset({"kanamycin", "kanamicina"}),
        "yeast": frozenset({"yeast", "levadura", "saccharomyces"}),
        "egg": frozenset({"egg", "eggs", "huevo", "huevos", "ovalbumin"}),
    }
)
"""The words by which an allergy to a part is written, in both languages."""

_LIVE_MMR = ("gelatin", "neomycin")
_IPV = ("neomycin", "polymyxin B", "streptomycin")
CONTAINS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "03": _LIVE_MMR, "94": _LIVE_MMR, "21": _LIVE_MMR,
        "10": _IPV, "110": ("neomycin", "polymyxin B", "yeast"), "120": ("neomycin", "polymyxin B"),
        "130": ("neomycin", "polymyxin B"), "146": (*_IPV, "yeast"),
        "83": ("neomycin",), "52": ("neomycin",), "104": ("neomycin", "yeast"),
        "08": ("yeast",), "43": ("yeast",), "62": ("yeast",), "165": ("yeast",),
        "111": ("egg", "gelatin", "gentamicin"), "140": ("egg",), "150": ("egg",), "163": ("kanamycin",),
    }
)  # fmt: skip
"""By CVX code, the parts that the package insert names as a ground not to give it."""

_TOLERATED = frozenset({"egg"})
"""A known allergy to egg is no contraindication any more (ACIP, since 2023): it asks for a reason, nothing else."""

_WORD = re.compile(r"[a-z0-9]+")
_SAYS_VACCINE = frozenset({"vaccine", "vaccines", "vaccination", "immunization", "shot", "shots", "vacuna", "vacunas"})


def allergy_findings(cvx: str | None, allergies: Iterable[AllergyFact]) -> Iterator[Finding]:
    """M6: a severe allergy to the vaccine or a part of it stops the dose; a milder one asks for a reason.

    An allergy holds if any side of an open conflict states it (D22).
    """
    vaccine = BY_CVX.get(cvx or "")
    if vaccine is None:
        return
    for fact in allergies:
        for side in fact.sides:
            part = contained(vaccine, side.allergen) if side.active else ""
            if not part:
                continue
            params = {"allergen": side.allergen, "part": part}
            # What any side calls severe is severe.
            if part not in _TOLERATED and any(one.severe for one in fact.sides if one.active):
                yield hard_stop("M6", "vaccine.allergy_severe", OverrideBy.SECOND_PERSON, **params)
            else:
                yield soft_stop("M6", "vaccine.allergy", **params)
            break


def contained(vaccine: Vaccine, allergen: str) -> str:
    """The part of the vaccine that an allergen names, the vaccine itself, or nothing."""
    words = _words(allergen)
    for part in CONTAINS.get(vaccine.cvx, ()):
        if PARTS[part] & set(words):
            return part
    named = " ".join(word for word in words if word not in _SAYS_VACCINE)
    known = find_vaccine(named) if named and not named.isdigit() else None
    return vaccine.short if known is not None and set(known.protects) & set(vaccine.protects) else ""


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))
