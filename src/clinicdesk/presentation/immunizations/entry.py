"""The entry of a vaccine dose as it is typed: text of each field, what it is read as, what the form proposes (I14)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.lots import parse_lot_expiry
from clinicdesk.domain.entry.when import parse_date
from clinicdesk.domain.vaccination_entry import VfcEligibility
from clinicdesk.domain.vaccines import SCREENING, Vaccine, find_vaccine
from clinicdesk.services.immunization_values import NewVaccination, VaccineHistory, VaccineLot

SITES = (
    "DELTOID_LEFT", "DELTOID_RIGHT", "ARM_LEFT", "ARM_RIGHT", "THIGH_LEFT", "THIGH_RIGHT", "ORAL", "NASAL", "OTHER",
)  # fmt: skip
ROUTES = ("INTRAMUSCULAR", "SUBCUTANEOUS", "INTRADERMAL", "ORAL", "INTRANASAL", "OTHER")
SITE_WORDS: Mapping[str, str] = {
    "DELTOID_LEFT": "Left deltoid",
    "DELTOID_RIGHT": "Right deltoid",
    "ARM_LEFT": "Left upper arm",
    "ARM_RIGHT": "Right upper arm",
    "THIGH_LEFT": "Left thigh",
    "THIGH_RIGHT": "Right thigh",
    "ORAL": "Mouth",
    "NASAL": "Nose",
    "OTHER": "Other",
}
ROUTE_WORDS: Mapping[str, str] = {
    "INTRAMUSCULAR": "IM",
    "SUBCUTANEOUS": "SC",
    "INTRADERMAL": "ID",
    "ORAL": "oral",
    "INTRANASAL": "nasal",
    "OTHER": "other",
}
VFC_WORDS: Mapping[str, str] = {
    "NOT_ELIGIBLE": "Not VFC",
    "MEDICAID": "VFC: Medicaid",
    "UNINSURED": "VFC: uninsured",
    "NATIVE": "VFC: American Indian",
    "UNDERINSURED": "VFC: underinsured",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseEntry:
    """What stands in the fields. Text is kept exactly as typed; `lot_id` is set once the lot is one of the stock."""

    vaccine: str = ""
    date: str = "today"
    lot: str = ""
    lot_id: uuid.UUID | None = None
    maker: str = ""
    expiry: str = ""
    site: str = ""
    route: str = ""
    amount: str = ""
    edition: str = ""
    vfc: str = ""
    consent_by: str = ""
    screening: Mapping[str, bool] = field(default_factory=dict)
    lifts: str = ""

    @property
    def product(self) -> Vaccine | None:
        return find_vaccine(self.vaccine) if self.vaccine.strip() else None


def with_vaccine(entry: DoseEntry, vaccine: Vaccine) -> dict[str, str]:
    """What is usual for a vaccine, for fields that nobody has filled."""
    return {
        "vaccine": vaccine.words,
        "site": entry.site or vaccine.site,
        "route": entry.route or vaccine.route,
        "amount": entry.amount or str(vaccine.amount),
    }


def with_lot(entry: DoseEntry, lot: VaccineLot) -> dict[str, object]:
    """A lot of the stock fills vaccine, maker and expiry."""
    filled: dict[str, object] = {
        "lot": lot.number,
        "lot_id": lot.id,
        "maker": lot.manufacturer,
        "expiry": lot.expires_on.isoformat() if lot.expires_on is not None else "",
    }
    vaccine = find_vaccine(lot.cvx) if lot.cvx is not None else None
    return filled if vaccine is None else {**filled, **with_vaccine(entry, vaccine)}


def lot_typed(text: str, lots: tuple[VaccineLot, ...]) -> VaccineLot | None:
    """The lot of the stock with this number, or whose code a scanner read."""
    wanted = text.strip().casefold()
    if not wanted:
        return None
    exact = next((lot for lot in lots if lot.number.casefold() == wanted), None)
    return exact or next((lot for lot in lots if len(lot.number) >= 4 and lot.number.casefold() in wanted), None)


def read_entry(entry: DoseEntry, history: VaccineHistory, now: dt.datetime) -> NewVaccination:
    """The dose that the fields say.

    Raises:
        InvalidValueError: a field cannot be read; it is named.
    """
    on = parse_date(entry.date, history.today, field="given_on")
    vaccine = entry.product
    if entry.vaccine.strip() and vaccine is None:
        raise InvalidValueError("vaccine", "unknown_choice")
    return NewVaccination(
        student_id=history.student.id,
        cvx=None if vaccine is None else vaccine.cvx,
        given_at=None if on == history.today else dt.datetime.combine(on, dt.time(12), tzinfo=now.tzinfo),
        lot_id=entry.lot_id,
        lot_number=entry.lot,
        manufacturer=entry.maker,
        expires_on=parse_lot_expiry(entry.expiry) if entry.expiry.strip() else None,
        site=entry.site or None,
        route=entry.route or None,
        amount=_amount(entry.amount),
        information_edition=(
            parse_date(entry.edition, history.today, field="information_edition") if entry.edition.strip() else None
        ),
        information_given_on=on,
        vfc=VfcEligibility(entry.vfc) if entry.vfc else None,
        screening=entry.screening,
        consent_by=entry.consent_by,
        lifts=entry.lifts,
    )


def all_clear() -> dict[str, bool]:
    """Every screening question answered with no."""
    return {key: False for key, _ in SCREENING}


def _amount(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        found = Decimal(text.strip().removesuffix("mL").removesuffix("ml").strip().replace(",", "."))
    except InvalidOperation:
        raise InvalidValueError("amount", "not_a_number") from None
    if not found.is_finite():
        raise InvalidValueError("amount", "not_a_number")
    return found
