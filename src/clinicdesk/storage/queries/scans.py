"""Whose ID, which drug and which package a scanned code may be (M1, M3)."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.medication.labels import LabelCode, ScannedLabel, ScannedPackage, drug_codes
from clinicdesk.models import InventoryLot, Medication, Student
from clinicdesk.models.enums import LotStatus

_GONE = (LotStatus.DEPLETED, LotStatus.DISPOSED)


def student_of_card(session: Session, code: str) -> uuid.UUID | None:
    """The student whose number is on a card, with or without its dashes; None where it is nobody's or two students'."""
    number = code.replace("-", "").strip().upper()
    if not number:
        return None
    found = session.scalars(
        sa.select(Student.id)
        .where(sa.func.upper(sa.func.replace(Student.student_number, "-", "")) == number, Student.deleted_at.is_(None))
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def label_of(session: Session, code: LabelCode, school: uuid.UUID) -> ScannedLabel:
    """The drugs of the formulary whose code the label carries, and the packages of the school that bear its lot."""
    lots = session.execute(
        sa.select(InventoryLot.id, InventoryLot.medication_id, InventoryLot.student_id, InventoryLot.lot_number)
        .where(
            InventoryLot.school_id == school,
            InventoryLot.medication_id.is_not(None),
            InventoryLot.deleted_at.is_(None),
            InventoryLot.status.not_in(_GONE),
            sa.func.upper(InventoryLot.lot_number) == code.lot_number.upper(),
        )
        .order_by(InventoryLot.id)
    ).all()
    drugs = _drugs(session, code.drug_codes)
    packages = tuple(
        ScannedPackage(lot_id=lot, drug_id=drug, student_id=student)
        for lot, drug, student, _ in lots
        # A label that names its drug is of that drug's packages alone: two makers may use one lot number.
        if code.lot_number and drug is not None and (not drugs or drug in drugs)
    )
    return ScannedLabel(drugs=drugs, packages=packages)


def _drugs(session: Session, codes: Collection[str]) -> frozenset[uuid.UUID]:
    if not codes:
        return frozenset()
    wanted = set(codes)
    of_formulary = sa.select(Medication.id, Medication.ndc).where(
        Medication.ndc.is_not(None), Medication.deleted_at.is_(None)
    )
    of_packages = sa.select(InventoryLot.medication_id, InventoryLot.ndc).where(
        InventoryLot.ndc.is_not(None), InventoryLot.deleted_at.is_(None)
    )
    known = [(row[0], row[1]) for query in (of_formulary, of_packages.distinct()) for row in session.execute(query)]
    return frozenset(drug for drug, written in known if drug is not None and wanted & drug_codes(written or ""))
