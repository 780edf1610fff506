"""Doses given here, doses reported, vaccine lots and the consents that permit a vaccine."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from clinicdesk.models import (
    ClinicalTask,
    ConsentForm,
    ConsentSignature,
    Immunization,
    InventoryItem,
    InventoryLot,
    Medication,
    StockBalance,
    Vaccination,
)
from clinicdesk.models.enums import ClinicalTaskKind, ConsentType, LotStatus, TaskStatus

VACCINE_FORM = "vaccine"
"""The dosage form of a vaccine in the formulary; its generic name is the vaccine's short name or CVX code."""
_GONE = (LotStatus.DEPLETED, LotStatus.DISPOSED)


def given(session: Session, students: Collection[uuid.UUID]) -> list[Vaccination]:
    """The current rows of doses given here and of exemptions, what was entered in error among them (D1)."""
    later = aliased(Vaccination)
    return list(
        session.scalars(
            sa.select(Vaccination)
            .where(
                Vaccination.student_id.in_(list(students)),
                ~sa.exists().where(later.supersedes_id == Vaccination.id),
            )
            .order_by(Vaccination.administration_date.desc(), Vaccination.id)
        )
    )


def reported(session: Session, students: Collection[uuid.UUID]) -> list[Immunization]:
    """The current rows of doses given elsewhere, what was entered in error among them (D1)."""
    later = aliased(Immunization)
    return list(
        session.scalars(
            sa.select(Immunization)
            .where(
                Immunization.student_id.in_(list(students)),
                ~sa.exists().where(later.supersedes_id == Immunization.id),
            )
            .order_by(Immunization.administered_date.desc(), Immunization.id)
        )
    )


Entry = TypeVar("Entry", Vaccination, Immunization)


def versions(session: Session, row: Entry) -> list[Entry]:
    """The row and those before it, first wording first."""
    found = [row]
    while (before := found[-1].supersedes_id) is not None:
        earlier = session.get(type(row), before)
        if earlier is None:
            break
        found.append(earlier)
    return found[::-1]


def superseded(session: Session, model: type[Vaccination] | type[Immunization], row: uuid.UUID) -> bool:
    """Whether somebody has followed this row by another yet."""
    return session.scalar(sa.select(model.id).where(model.supersedes_id == row).limit(1)) is not None


def vaccine_lots(
    session: Session, school: uuid.UUID
) -> list[tuple[InventoryLot, InventoryItem, Medication, StockBalance | None]]:
    """Vaccine lots of a school that are not used up, first to expire first."""
    rows = session.execute(
        sa.select(InventoryLot, InventoryItem, Medication, StockBalance)
        .join(InventoryItem, InventoryItem.id == InventoryLot.inventory_item_id)
        .join(Medication, Medication.id == InventoryLot.medication_id)
        .outerjoin(StockBalance, StockBalance.lot_id == InventoryLot.id)
        .where(
            InventoryLot.deleted_at.is_(None),
            InventoryLot.school_id == school,
            InventoryLot.student_id.is_(None),
            InventoryLot.status.not_in(_GONE),
            Medication.dosage_form == VACCINE_FORM,
        )
        .order_by(InventoryLot.expires_on, InventoryLot.id)
    )
    return [(lot, item, drug, balance) for lot, item, drug, balance in rows]


def vaccine_consents(session: Session, students: Collection[uuid.UUID]) -> list[ConsentSignature]:
    """The signature log of forms that permit vaccines."""
    return list(
        session.scalars(
            sa.select(ConsentSignature)
            .join(ConsentForm, ConsentForm.id == ConsentSignature.consent_form_id)
            .where(ConsentSignature.student_id.in_(list(students)), ConsentForm.type == ConsentType.VACCINATION)
            .order_by(ConsentSignature.id)
        )
    )


def open_observations(session: Session, vaccination: uuid.UUID) -> list[ClinicalTask]:
    return list(
        session.scalars(
            sa.select(ClinicalTask).where(
                ClinicalTask.kind == ClinicalTaskKind.OBSERVATION,
                ClinicalTask.subject_id == vaccination,
                ClinicalTask.status.in_((TaskStatus.OPEN, TaskStatus.IN_PROGRESS)),
                ClinicalTask.deleted_at.is_(None),
            )
        )
    )


def last_editions(session: Session) -> dict[str, str]:
    """By CVX code, the information-sheet edition that was handed out last: what the form proposes next."""
    rows = session.execute(
        sa.select(Vaccination.cvx_code, Vaccination.vis_edition)
        .where(Vaccination.vis_edition.is_not(None), Vaccination.cvx_code.is_not(None))
        .group_by(Vaccination.cvx_code, Vaccination.vis_edition)
        .order_by(sa.func.max(Vaccination.administration_date))
    )
    return {code: edition for code, edition in rows if code is not None and edition is not None}
