"""The vaccines a school clinic meets: CVX codes, names, what they protect against, how they are given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from clinicdesk.domain.name_forms import joined


@dataclass(frozen=True, slots=True)
class Vaccine:
    """One product or family of products of the CVX list.

    `protects` are the lines of a record it counts for; `route`, `amount` and `site` are what is usual, for the entry
    form to propose. An `unspecified` one stands on paper records only: the product is not known (I15).
    """

    cvx: str
    short: str
    name: str
    kind: str
    protects: tuple[str, ...]
    route: str = "INTRAMUSCULAR"
    amount: Decimal = Decimal("0.5")
    unspecified: bool = False

    @property
    def site(self) -> str:
        """Where it is usually given to a child of school age."""
        return {"ORAL": "ORAL", "INTRANASAL": "NASAL"}.get(self.route, "DELTOID_LEFT")

    @property
    def words(self) -> str:
        return f"{self.short} · CVX {self.cvx}"


_SC, _ORAL, _NASAL = "SUBCUTANEOUS", "ORAL", "INTRANASAL"


def _unspecified(cvx: str, short: str, name: str, kind: str, *protects: str) -> Vaccine:
    return Vaccine(cvx, short, name, kind, protects or (short,), unspecified=True)


ALL: tuple[Vaccine, ...] = (
    Vaccine("20", "DTaP", "Diphtheria, tetanus, acellular pertussis", "DTAP", ("DTaP/Tdap",)),
    Vaccine("106", "DTaP-5", "DTaP, 5 pertussis antigens", "DTAP", ("DTaP/Tdap",)),
    _unspecified("107", "DTaP unspecified", "DTaP, unspecified formulation", "DTAP", "DTaP/Tdap"),
    Vaccine("110", "DTaP-HepB-IPV", "DTaP, hepatitis B, polio", "DTAP", ("DTaP/Tdap", "Hepatitis B", "Polio")),
    Vaccine("120", "DTaP-IPV/Hib", "DTaP, polio, Hib", "DTAP", ("DTaP/Tdap", "Polio", "Hib")),
    Vaccine("130", "DTaP-IPV", "DTaP, polio", "DTAP", ("DTaP/Tdap", "Polio")),
    Vaccine(
        "146", "DTaP-IPV-Hib-HepB", "DTaP, polio, Hib, hepatitis B", "DTAP",
        ("DTaP/Tdap", "Polio", "Hib", "Hepatitis B"),
    ),
    Vaccine("01", "DTP", "Diphtheria, tetanus, whole-cell pertussis", "DTAP", ("DTaP/Tdap",)),
    Vaccine("28", "DT", "Diphtheria, tetanus, pediatric", "DIPHTHERIA", ("DTaP/Tdap",)),
    Vaccine("115", "Tdap", "Tetanus, diphtheria, acellular pertussis", "TDAP", ("DTaP/Tdap",)),
    Vaccine("113", "Td", "Tetanus, diphtheria, preservative free", "TETANUS", ("DTaP/Tdap",)),
    Vaccine("09", "Td adsorbed", "Tetanus, diphtheria, adsorbed", "TETANUS", ("DTaP/Tdap",)),
    _unspecified("139", "Td unspecified", "Td, unspecified formulation", "TETANUS", "DTaP/Tdap"),
    Vaccine("10", "IPV", "Polio, inactivated", "POLIO", ("Polio",)),
    Vaccine("02", "OPV", "Polio, oral, trivalent", "POLIO", ("Polio",), _ORAL),
    _unspecified("182", "OPV unspecified", "Polio, oral, unspecified formulation", "POLIO", "Polio"),
    _unspecified("89", "Polio unspecified", "Polio, unspecified formulation", "POLIO", "Polio"),
    Vaccine("03", "MMR", "Measles, mumps, rubella", "MMR", ("MMR",), _SC),
    Vaccine("94", "MMRV", "Measles, mumps, rubella, varicella", "MMR", ("MMR", "Varicella"), _SC),
    Vaccine("21", "Varicella", "Varicella", "VARICELLA", ("Varicella",), _SC),
    Vaccine("08", "Hep B", "Hepatitis B, pediatric or adolescent", "HEPATITIS_B", ("Hepatitis B",)),
    Vaccine("43", "Hep B adult", "Hepatitis B, adult", "HEPATITIS_B", ("Hepatitis B",), amount=Decimal(1)),
    _unspecified("45", "Hep B unspecified", "Hepatitis B, unspecified formulation", "HEPATITIS_B", "Hepatitis B"),
    Vaccine("83", "Hep A", "Hepatitis A, pediatric or adolescent, 2 dose", "HEPATITIS_A", ("Hepatitis A",)),
    Vaccine("52", "Hep A adult", "Hepatitis A, adult", "HEPATITIS_A", ("Hepatitis A",), amount=Decimal(1)),
    _unspecified("85", "Hep A unspecified", "Hepatitis A, unspecified formulation", "HEPATITIS_A", "Hepatitis A"),
    Vaccine(
        "104", "Hep A-Hep B", "Hepatitis A and B", "HEPATITIS_A", ("Hepatitis A", "Hepatitis B"), amount=Decimal(1)
    ),
    Vaccine("48", "Hib (PRP-T)", "Haemophilus influenzae b, PRP-T", "HIB", ("Hib",)),
    Vaccine("49", "Hib (PRP-OMP)", "Haemophilus influenzae b, PRP-OMP", "HIB", ("Hib",)),
    _unspecified("17", "Hib unspecified", "Hib, unspecified formulation", "HIB", "Hib"),
    Vaccine("100", "PCV7", "Pneumococcal conjugate, 7 valent", "PNEUMOCOCCAL", ("Pneumococcal",)),
    Vaccine("133", "PCV13", "Pneumococcal conjugate, 13 valent", "PNEUMOCOCCAL", ("Pneumococcal",)),
    Vaccine("215", "PCV15", "Pneumococcal conjugate, 15 valent", "PNEUMOCOCCAL", ("Pneumococcal",)),
    Vaccine("216", "PCV20", "Pneumococcal conjugate, 20 valent", "PNEUMOCOCCAL", ("Pneumococcal",)),
    Vaccine("33", "PPSV23", "Pneumococcal polysaccharide, 23 valent", "PNEUMOCOCCAL", ("Pneumococcal",)),
    _unspecified("152", "PCV unspecified", "Pneumococcal conjugate, unspecified", "PNEUMOCOCCAL", "Pneumococcal"),
    Vaccine("116", "Rotavirus (RV5)", "Rotavirus, pentavalent", "ROTAVIRUS", ("Rotavirus",), _ORAL, Decimal(2)),
    Vaccine("119", "Rotavirus (RV1)", "Rotavirus, monovalent", "ROTAVIRUS", ("Rotavirus",), _ORAL, Decimal(1)),
    _unspecified("122", "Rotavirus unspecified", "Rotavirus, unspecified formulation", "ROTAVIRUS", "Rotavirus"),
    Vaccine("140", "Influenza", "Influenza, injectable, preservative free", "FLU", ("Influenza",)),
    Vaccine("150", "Influenza quadrivalent", "Influenza, injectable, quadrivalent", "FLU", ("Influenza",)),
    Vaccine("111", "Influenza nasal", "Influenza, live, nasal", "FLU", ("Influenza",), _NASAL, Decimal("0.2")),
    _unspecified("88", "Influenza unspecified", "Influenza, unspecified formulation", "FLU", "Influenza"),
    Vaccine("114", "MenACWY-D", "Meningococcal ACWY, diphtheria conjugate", "MENINGOCOCCAL", ("Meningococcal ACWY",)),
    Vaccine("136", "MenACWY-CRM", "Meningococcal ACWY, CRM conjugate", "MENINGOCOCCAL", ("Meningococcal ACWY",)),
    Vaccine("203", "MenACWY-TT", "Meningococcal ACWY, tetanus conjugate", "MENINGOCOCCAL", ("Meningococcal ACWY",)),
    _unspecified("147", "MenACWY unspecified", "MenACWY, unspecified", "MENINGOCOCCAL", "Meningococcal ACWY"),
    Vaccine("162", "MenB-FHbp", "Meningococcal B, recombinant (FHbp)", "MENINGOCOCCAL", ("Meningococcal B",)),
    Vaccine("163", "MenB-4C", "Meningococcal B, OMV (4C)", "MENINGOCOCCAL", ("Meningococcal B",)),
    _unspecified("164", "MenB unspecified", "Meningococcal B, unspecified", "MENINGOCOCCAL", "Meningococcal B"),
    Vaccine("165", "HPV9", "Human papillomavirus, 9 valent", "HPV", ("HPV",)),
    Vaccine("62", "HPV4", "Human papillomavirus, quadrivalent", "HPV", ("HPV",)),
    _unspecified("137", "HPV unspecified", "Human papillomavirus, unspecified", "HPV", "HPV"),
    _unspecified("213", "COVID-19 unspecified", "COVID-19, unspecified formulation", "COVID_19", "COVID-19"),
)  # fmt: skip

BY_CVX: Mapping[str, Vaccine] = MappingProxyType({vaccine.cvx: vaccine for vaccine in ALL})
UNSPECIFIED: frozenset[str] = frozenset(vaccine.cvx for vaccine in ALL if vaccine.unspecified)
GIVEN_HERE: tuple[Vaccine, ...] = tuple(vaccine for vaccine in ALL if not vaccine.unspecified)
"""What the entry form offers: a dose given here has a known product."""

_SPOKEN: Mapping[str, str] = MappingProxyType({joined(vaccine.short): vaccine.cvx for vaccine in ALL})
_BRANDS: Mapping[str, str] = MappingProxyType(
    {
        "flu": "140", "flumist": "111", "influenza": "140", "hepb": "08", "hepa": "83", "polio": "10", "var": "21",
        "chickenpox": "21", "varivax": "21", "proquad": "94", "mmrii": "03", "boostrix": "115", "adacel": "115",
        "daptacel": "106", "infanrix": "20", "pediarix": "110", "pentacel": "120", "kinrix": "130",
        "quadracel": "130", "vaxelis": "146", "ipol": "10", "engerix": "08", "engerixb": "08", "recombivax": "08",
        "havrix": "83", "vaqta": "83", "menactra": "114", "menveo": "136", "menquadfi": "203", "menacwy": "203",
        "trumenba": "162", "bexsero": "163", "menb": "163", "gardasil": "165", "gardasil9": "165", "hpv": "165",
        "hib": "48", "acthib": "48", "pedvaxhib": "49", "pcv": "216", "prevnar20": "216", "prevnar13": "133",
    }
)  # fmt: skip
_CODE = re.compile(r"(?:cvx\s*)?([0-9]{1,3})", re.IGNORECASE)
_TRAILING_CODE = re.compile(r".*\bcvx\s*([0-9]{1,3})", re.IGNORECASE)


def find_vaccine(typed: str) -> Vaccine | None:
    """The product behind what was typed, scanned or printed: a code, a short name, a brand, or a line of the list."""
    text = typed.strip()
    code = _CODE.fullmatch(text) or _TRAILING_CODE.fullmatch(text)
    if code is not None:
        return BY_CVX.get(code[1]) or BY_CVX.get(code[1].zfill(2))
    folded = joined(text)
    known = _SPOKEN.get(folded) or _BRANDS.get(folded)
    return BY_CVX[known] if known is not None else None


def protects(cvx: str | None, name: str) -> tuple[str, ...]:
    """The lines of the record a dose stands in; a code that is not in the table stands under its own name."""
    known = BY_CVX.get(cvx) if cvx is not None else None
    return known.protects if known is not None else (name,)


SCREENING: tuple[tuple[str, str], ...] = (
    ("sick_today", "Sick today?"),
    ("allergies", "Allergy to medicine, food, latex, vaccine parts?"),
    ("reaction", "Serious reaction to a vaccine before?"),
    ("immune", "Long illness, weak immunity, seizures, pregnancy?"),
    ("recent", "Blood products or a vaccine in the last 4 weeks?"),
)
"""The questions asked before a dose (I14); the keys stand in the record."""
