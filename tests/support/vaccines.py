"""A vaccine in stock and a dose with everything that I14 asks for, to be spoiled one by one."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from tests.support.desk import Clinic
from tests.support.medication import put_in_stock

from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.vaccination_entry import VfcEligibility
from clinicdesk.domain.vaccines import SCREENING
from clinicdesk.models import InventoryLot, InventoryTransaction, Medication
from clinicdesk.models.enums import InventoryTransactionType, Unit
from clinicdesk.services.immunization_values import NewVaccination

CLEAR = {key: False for key, _ in SCREENING}


def vaccine_lot(
    clinic: Clinic,
    name: str = "MMR",
    *,
    number: str = "X014582",
    expires_on: dt.date = dt.date(2027, 5, 31),
    amount: str = "10",
    **changes: Any,
) -> uuid.UUID:
    """A lot of a vaccine at the clinic's school; the formulary entry is made with it."""
    medication = new_id()
    clinic.add(
        Medication(
            id=medication, name=name, generic_name=name, dosage_form="vaccine", strength="0.5 mL",
            manufacturer="Merck", default_route=None,
        )
    )  # fmt: skip
    lot = put_in_stock(clinic, medication, "0", Unit.DOSE, expires_on=expires_on, funding="VFC", **changes)
    _renumber(clinic, lot, number)
    if Decimal(amount) > 0:
        _receive(clinic, lot, amount)
    return lot


def new_dose(student: uuid.UUID, **changes: Any) -> NewVaccination:
    """A complete MMR dose from a typed lot, consented to on paper."""
    values: dict[str, Any] = {
        "student_id": student,
        "cvx": "03",
        "lot_number": "X014582",
        "manufacturer": "Merck",
        "expires_on": dt.date(2027, 5, 31),
        "site": "DELTOID_LEFT",
        "route": "SUBCUTANEOUS",
        "amount": Decimal("0.5"),
        "information_edition": dt.date(2025, 1, 31),
        "information_given_on": dt.date(2026, 10, 6),
        "vfc": VfcEligibility.MEDICAID,
        "screening": CLEAR,
        "consent_by": "Ngozi Okonkwo",
    }
    return NewVaccination(**{**values, **changes})


def _renumber(clinic: Clinic, lot: uuid.UUID, number: str) -> None:
    with clinic.pulled() as work:
        work.session.get_one(InventoryLot, lot).lot_number = number


def _receive(clinic: Clinic, lot: uuid.UUID, amount: str) -> None:
    with clinic.store.read() as session:
        item = session.get_one(InventoryLot, lot).inventory_item_id
    clinic.add(
        InventoryTransaction(
            inventory_item_id=item,
            type=InventoryTransactionType.RECEIPT,
            quantity=Decimal(amount),
            performed_by_id=clinic.nurse.id,
            school_id=clinic.school.id,
            lot_id=lot,
            unit=Unit.DOSE,
            occurred_at=dt.datetime(2026, 9, 1, 13, tzinfo=dt.UTC),
            zone_offset_minutes=-240,
        )
    )
