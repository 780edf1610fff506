"""What a scanned label says: a national drug code in any of its printed forms, and the lot beside it (ux-spec 4)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from clinicdesk.domain import gs1
from clinicdesk.domain.findings import Finding, advisory, hard_stop

_PACKAGE = re.compile(r"(?:00)?3(?P<ndc>\d{10})\d")
_NDC = re.compile(r"(\d{4,5})-(\d{3,4})-(\d{1,2})|\d{10,11}")
_LONG = (5, 4, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCode:
    """The ten-digit drug codes that a scan may mean, and the lot number it carries or is."""

    drug_codes: frozenset[str]
    lot_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedPackage:
    """A package of this clinic that the label may be on; the school's own where no student is named."""

    lot_id: uuid.UUID
    drug_id: uuid.UUID
    student_id: uuid.UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedLabel:
    """What the clinic knows of a scanned label: the drugs that its code fits, the packages that its lot fits."""

    drugs: frozenset[uuid.UUID] = frozenset()
    packages: tuple[ScannedPackage, ...] = ()

    @property
    def known(self) -> bool:
        return bool(self.drugs or self.packages)

    def package_for(self, drug: uuid.UUID, students: Collection[uuid.UUID]) -> ScannedPackage | None:
        """The package a dose comes from: the student's own before the school's."""
        fitting = [one for one in self.packages if one.drug_id == drug and one.student_id in {None, *students}]
        return min(fitting, key=lambda one: (one.student_id is None, one.lot_id), default=None)


def assess_scan(label: ScannedLabel, drug: uuid.UUID, students: Collection[uuid.UUID]) -> Finding | None:
    """M1, M3: a label of another drug stops the dose, a package of another student too; null where it is the right one.

    Lot numbers are unique within a drug at best: the lot is held against drug and owner, never taken alone.
    """
    if label.package_for(drug, students) is not None:
        return None
    if any(one.drug_id == drug for one in label.packages):
        return hard_stop("M1", "dose.package_not_theirs")
    if label.drugs == {drug}:
        return None
    if drug in label.drugs:
        return advisory("M3", "dose.scan_unclear")
    return hard_stop("M3", "dose.wrong_drug")


def read_label(scanned: str) -> LabelCode:
    """Take a scan apart: GS1 element string, UPC or GTIN of a package, a bare NDC, or a lot number."""
    text = scanned.strip()
    parts = gs1.elements(text)
    if parts is not None:
        return LabelCode(drug_codes=_of_package(parts[gs1.PRODUCT]), lot_number=parts.get(gs1.LOT, ""))
    return LabelCode(drug_codes=_of_package(text) | drug_codes(text), lot_number=text)


def drug_codes(written: str) -> frozenset[str]:
    """The ten-digit forms of an NDC: one where it is dashed, one for each zero that eleven digits may have added."""
    text = written.strip()
    match = _NDC.fullmatch(text)
    if match is None:
        return frozenset()
    if match[1] is None:
        return frozenset({text}) if len(text) == 10 else _shortened((text[:5], text[5:9], text[9:]))
    parts = (match[1], match[2], match[3])
    if tuple(len(part) for part in parts) == _LONG:
        return _shortened(parts)
    joined = "".join(parts)
    return frozenset({joined}) if len(joined) == 10 else frozenset()


def _of_package(code: str) -> frozenset[str]:
    match = _PACKAGE.fullmatch(code)
    return frozenset() if match is None else frozenset({match["ndc"]})


def _shortened(parts: tuple[str, str, str]) -> frozenset[str]:
    found = set()
    for at, part in enumerate(parts):
        if part.startswith("0"):
            found.add("".join(other[1:] if other_at == at else other for other_at, other in enumerate(parts)))
    return frozenset(found)
