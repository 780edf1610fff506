"""The vaccine refrigerators of the demonstration: invented lots of known products, and the flu doses out of them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from clinicdesk.demonstration.calendar_facts import SchoolYears
from clinicdesk.demonstration.people import StudentPlan
from clinicdesk.demonstration.rows import Batch, Keys
from clinicdesk.domain.vaccination_entry import OBSERVATION_MINUTES
from clinicdesk.domain.vaccines import BY_CVX, SCREENING

if TYPE_CHECKING:
    from clinicdesk.demonstration.history import Clinic

FRIDGE = "Vaccine refrigerator"
FORM = "vaccine"
UNIT = "{dose}"
VFC, PRIVATE = "VFC", "private"
_FLU = "140"
_SHEET = dt.date(2025, 1, 31)
"""The edition of the information sheet that was handed out."""

FLU_EVERY = 12
"""Every twelfth student of a school came to its flu clinic."""

_RECEIVED_BEFORE_DAYS = 60
_LEFT_OVER = Decimal(3)
_FULL = Decimal(40)
_FLU_SEASON = Decimal(120)
_MINUTES_A_DOSE = 3


@dataclass(frozen=True, slots=True)
class Product:
    """A vaccine on the shelf: its code, its maker, who paid for the lots, and how many months they still keep."""

    cvx: str
    maker: str
    funding: tuple[str, ...]
    months: int

    @property
    def key(self) -> str:
        return f"vaccine {self.cvx}"


PRODUCTS = (
    Product("03", "Merck", (VFC, PRIVATE), 14),
    Product("21", "Merck", (VFC,), 11),
    Product("115", "Sanofi Pasteur", (VFC, PRIVATE), 17),
    Product("203", "Sanofi Pasteur", (VFC,), 20),
    Product("165", "Merck", (VFC,), 19),
    Product("10", "Sanofi Pasteur", (VFC,), 13),
    Product("130", "Sanofi Pasteur", (VFC,), 9),
    Product("08", "GlaxoSmithKline", (VFC,), 15),
    Product(_FLU, "Seqirus", (VFC, PRIVATE), 7),
)


def vaccine_rows(
    batch: Batch, schools: Sequence[uuid.UUID], keys: Keys, start: dt.datetime, system: uuid.UUID
) -> tuple[dict[str, uuid.UUID], dict[tuple[str, int], uuid.UUID]]:
    """The products in the formulary and their shelf in each school, by product and by product and school."""
    medications, items = {}, {}
    for product in PRODUCTS:
        vaccine = BY_CVX[product.cvx]
        amount = f"{vaccine.amount} mL"
        medications[product.key] = batch.put(
            "medications", keys.at(start), start, system,
            name=vaccine.short, generic_name=vaccine.short, dosage_form=FORM, strength=amount,
            manufacturer=product.maker, is_controlled=False, requires_witness=False, default_route=vaccine.route,
            is_emergency=False,
        )  # fmt: skip
        for at, school in enumerate(schools):
            items[product.key, at] = batch.put(
                "inventory_items", keys.at(start), start, system,
                name=f"{vaccine.short} {amount} vaccine", category="VACCINE", reorder_level=0, reorder_quantity=0,
                location=FRIDGE, school_id=school, medication_id=medications[product.key], unit=UNIT,
                is_controlled=False, description=None,
            )  # fmt: skip
    return medications, items


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gave the doses of a school, and where: what I14 asks of every dose."""

    name: str
    title: str
    address: str


class VaccineStock:
    """One school's refrigerator, written into its batch. Lot numbers begin with DEMO: nobody's vial bears one."""

    def __init__(
        self,
        batch: Batch,
        clinic: Clinic,
        medications: Mapping[str, uuid.UUID],
        items: Mapping[tuple[str, int], uuid.UUID],
        years: SchoolYears,
        keys: Keys,
        device: uuid.UUID,
        now: dt.datetime,
        giver: Giver,
    ) -> None:
        self._batch = batch
        self._clinic = clinic
        self._medications = medications
        self._items = items
        self._years = years
        self._keys = keys
        self._device = device
        self._giver = giver
        self._today = now.astimezone(clinic.zone).date()

    def fill(self, students: Sequence[tuple[uuid.UUID, StudentPlan, tuple[uuid.UUID, str]]]) -> None:
        """Lots that keep, one that was forgotten after its last day (M13), and the doses of the flu clinic."""
        flu: tuple[uuid.UUID, str, dt.date] | None = None
        received = self._received()
        for product in PRODUCTS:
            for number, funding in enumerate(product.funding):
                expires = _month_end(self._today, product.months + number)
                name = self._lot_name(product, number + 1)
                amount = _FLU_SEASON if product.cvx == _FLU else _FULL
                lot = self._lot(product, name, expires, received, funding, amount)
                if product.cvx == _FLU and funding == VFC:
                    flu = lot, name, expires
        old = next(product for product in PRODUCTS if product.cvx == _FLU)
        last = _month_end(self._today, -2)
        self._lot(old, self._lot_name(old, 9), last, self._years.past[0], VFC, _LEFT_OVER)
        held = self._flu_day(received)
        if flu is not None and held is not None:
            for turn, (student, _plan, contact) in enumerate(students[::FLU_EVERY]):
                self._dose(old, flu, student, contact[1], held + dt.timedelta(minutes=_MINUTES_A_DOSE * turn))

    def _received(self) -> dt.date:
        """The last school day that lies long enough back."""
        early = [day for day in self._years.past if day <= self._today - dt.timedelta(days=_RECEIVED_BEFORE_DAYS)]
        return early[-1] if early else self._years.past[0]

    def _flu_day(self, received: dt.date) -> dt.datetime | None:
        days = [day for day in self._years.past if received < day < self._today]
        return self._at(days[len(days) // 2], 9) if days else None

    def _lot_name(self, product: Product, number: int) -> str:
        return f"DEMO{self._clinic.at + 1:02d}C{product.cvx}N{number}"

    def _lot(
        self, product: Product, name: str, expires: dt.date, received: dt.date, funding: str, amount: Decimal
    ) -> uuid.UUID:
        at = self._at(received, 8)
        key = self._batch.put(
            "inventory_lots", self._keys.at(at), at, self._clinic.nurse,
            inventory_item_id=self._items[product.key, self._clinic.at], school_id=self._clinic.school,
            medication_id=self._medications[product.key], lot_number=name, expires_on=expires,
            ndc=f"00000-{int(product.cvx):04d}-01", unit=UNIT, is_controlled=False, received_on=received,
            funding=funding,
        )  # fmt: skip
        self._move(product, key, at, "RECEIPT", amount)
        return key

    def _move(self, product: Product, lot: uuid.UUID, at: dt.datetime, kind: str, amount: Decimal) -> uuid.UUID:
        return self._batch.put(
            "inventory_transactions", self._keys.at(at), at, self._clinic.nurse,
            inventory_item_id=self._items[product.key, self._clinic.at], type=kind, quantity=amount,
            performed_by_id=self._clinic.nurse, school_id=self._clinic.school, lot_id=lot, location=FRIDGE, unit=UNIT,
            occurred_at=at, zone_offset_minutes=self._offset(at), is_controlled=False, witness_id=None,
            witness_name=None, reason="delivered" if kind == "RECEIPT" else None, count_before=None, count_after=None,
            device_id=self._device,
        )  # fmt: skip

    def _dose(
        self, product: Product, lot: tuple[uuid.UUID, str, dt.date], student: uuid.UUID, parent: str, at: dt.datetime
    ) -> None:
        vaccine = BY_CVX[product.cvx]
        taken = self._move(product, lot[0], at, "USAGE", Decimal(-1))
        self._batch.put(
            "vaccinations", self._keys.at(at), at, self._clinic.nurse,
            student_id=student, vaccine_name=vaccine.short, vaccine_type=vaccine.kind, cvx_code=vaccine.cvx,
            manufacturer=product.maker, lot_number=lot[1], lot_id=lot[0], expiration_date=lot[2],
            stock_transaction_id=taken, administration_date=at, administered_by=self._clinic.nurse,
            administered_by_name=self._giver.name, administered_by_title=self._giver.title,
            administered_by_role="NURSE", administered_by_address=self._giver.address,
            site_of_administration=vaccine.site, route_of_administration=vaccine.route,
            dosage_amount=vaccine.amount, dosage_unit="mL",
            vis_provided=True, vis_date=at.date(), vis_edition=_SHEET.isoformat(), consent_obtained=True,
            consent_by=parent, vfc_eligibility=True, vfc_code="MEDICAID", school_id=self._clinic.school,
            screening_answers={key: False for key, _ in SCREENING}, observation_minutes=OBSERVATION_MINUTES,
            vaers_prompted=True, compliance_status="PARTIALLY_COMPLIANT", recorded_at=at,
            zone_offset_minutes=self._offset(at),
        )  # fmt: skip

    def _at(self, day: dt.date, hour: int) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(hour), tzinfo=self._clinic.zone)

    def _offset(self, at: dt.datetime) -> int:
        offset = at.utcoffset() or dt.timedelta()
        return int(offset.total_seconds() // 60)


def _month_end(day: dt.date, months: int) -> dt.date:
    """The last day of the month that lies so many months away: how a vial prints its expiry."""
    years, month = divmod(day.year * 12 + day.month - 1 + months + 1, 12)
    return dt.date(years, month + 1, 1) - dt.timedelta(days=1)
