"""The entry of a vaccine dose as it is typed: text of each field, what it is read as, what the form proposes (I14).

Also what an entry on record looks like in the same fields, for its correction.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.lots import ScannedLot, parse_lot_expiry, read_lot_code
from clinicdesk.domain.entry.when import parse_date
from clinicdesk.domain.vaccination_entry import VfcEligibility
from clinicdesk.domain.vaccines import GIVEN_HERE, SCREENING, Vaccine, find_vaccine
from clinicdesk.i18n import clinical, formats, tr
from clinicdesk.services.immunization_values import NewVaccination, VaccineEntry, VaccineHistory, VaccineLot

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
    """What stands in the fields. Text is kept exactly as typed; `lot_id` is set once the lot is one of the stock.

    `proposed` is the vaccine whose usual site, route, amount and sheet were filled in.
    A correction names the entry it `corrects`, when that dose was given, and `why`.
    """

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
    ndc: str = ""
    proposed: str = ""
    corrects: uuid.UUID | None = None
    given_at: dt.datetime | None = None
    why: str = ""

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
        "proposed": vaccine.cvx,
    }


def for_vaccine(entry: DoseEntry, vaccine: Vaccine) -> DoseEntry:
    """Another vaccine is given in another way: what was proposed for the one before must not stay."""
    if entry.proposed in {"", vaccine.cvx}:
        return entry
    return replace(entry, site="", route="", amount="", edition="")


def with_lot(entry: DoseEntry, lot: VaccineLot) -> dict[str, object]:
    """A lot of the stock fills vaccine, maker, expiry and package code."""
    filled: dict[str, object] = {
        "lot": lot.number,
        "lot_id": lot.id,
        "maker": lot.manufacturer,
        "expiry": lot.expires_on.isoformat() if lot.expires_on is not None else "",
        "ndc": lot.ndc or "",
    }
    vaccine = find_vaccine(lot.cvx) if lot.cvx is not None else None
    if vaccine is None:
        return filled
    fresh = for_vaccine(entry, vaccine)
    return {**filled, "edition": fresh.edition, **with_vaccine(fresh, vaccine)}


def with_foreign_lot(scanned: ScannedLot) -> dict[str, object]:
    """A lot that the stock does not know: its number and expiry as the box says them."""
    expiry = scanned.expires_on.isoformat() if scanned.expires_on is not None else ""
    return {"lot": scanned.number, "lot_id": None, "expiry": expiry, "maker": "", "ndc": ""}


def lot_typed(text: str, lots: tuple[VaccineLot, ...], cvx: str | None = None) -> VaccineLot | None:
    """The lot of the stock with exactly this number or line of the list; of two, the one of the vaccine chosen."""
    wanted = text.strip().casefold()
    found = [lot for lot in lots if wanted and wanted in {lot.number.casefold(), lot_words(lot).casefold()}]
    return next((lot for lot in found if lot.cvx == cvx), found[0] if found else None)


def lot_scanned(code: str, lots: tuple[VaccineLot, ...], cvx: str | None = None) -> VaccineLot | ScannedLot | None:
    """What a scanner read: a lot of ours, a lot nobody has received here, or no lot at all."""
    read = read_lot_code(code)
    return lot_typed(read.number if read is not None else code, lots, cvx) or read


def lot_words(lot: VaccineLot) -> str:
    """A lot as the list of the stock shows it: number, vaccine, expiry, how many are left, who paid."""
    parts = [lot.number, lot.vaccine]
    if lot.expires_on is not None:
        parts.append(tr("expires {date}", date=formats().date(lot.expires_on)))
    if lot.balance is not None:
        parts.append(tr("{count} left", count=f"{lot.balance.normalize():f}"))
    return " · ".join(part for part in (*parts, lot.funding) if part)


def lots_offered(lots: tuple[VaccineLot, ...], vaccine: Vaccine | None, today: dt.date) -> tuple[str, ...]:
    """The stock as a list to pick from: what may be given, of the vaccine chosen, first to expire first (M13)."""
    good = [
        lot
        for lot in lots
        if not lot.shut
        and (lot.expires_on is None or lot.expires_on >= today)
        and (lot.balance is None or lot.balance > 0)
        and (vaccine is None or lot.cvx == vaccine.cvx)
    ]
    return tuple(lot_words(lot) for lot in good)


def lot_warnings(entry: DoseEntry, history: VaccineHistory) -> tuple[tuple[str, str], ...]:
    """What is wrong with the lot chosen, told at once and not only on saving (M3, M13)."""
    lot = next((one for one in history.lots if one.id == entry.lot_id), None)
    if lot is None:
        return ()
    found = []
    if lot.shut:
        found.append(("lot", clinical("dose.product_quarantined")))
    if lot.expires_on is not None and lot.expires_on < history.today and entry.corrects is None:
        found.append(("expiry", clinical("vaccine.lot_expired", expired=formats().date(lot.expires_on))))
    if lot.balance is not None and lot.balance <= 0 and entry.corrects is None:
        found.append(("lot", tr("By the stock none of this lot is left.")))
    if entry.product is not None and lot.cvx is not None and lot.cvx != entry.product.cvx:
        found.append(("lot", clinical("vaccine.lot_of_other_product", vaccine=lot.vaccine)))
    return tuple(found)


def correcting(on_record: VaccineEntry, history: VaccineHistory) -> DoseEntry:
    """The fields of a dose on record, to be put right."""
    line = on_record.line
    vaccine = find_vaccine(line.cvx) if line.cvx else None
    questions = {key for key, _ in SCREENING}
    answers = {key: value is True for key, value in on_record.screening.items() if key in questions}
    known = {word.value for word in VfcEligibility}
    vfc = "NATIVE" if on_record.vfc == "AMERICAN_INDIAN" else on_record.vfc
    return DoseEntry(
        vaccine=vaccine.words if vaccine is not None else line.vaccine,
        date=_on(on_record).isoformat(),
        lot=getattr(line, "lot", ""),
        lot_id=on_record.lot_id,
        maker=on_record.manufacturer,
        expiry=on_record.expires_on.isoformat() if on_record.expires_on is not None else "",
        site=on_record.site,
        route=on_record.route,
        amount="" if on_record.amount is None else f"{on_record.amount.normalize():f}",
        edition=on_record.edition,
        vfc=vfc if vfc in known else "",
        consent_by="" if history.consent.signature_id is not None else on_record.consent_by,
        screening=answers,
        lifts=str(on_record.screening.get("reason", "")),
        ndc=on_record.ndc,
        proposed=line.cvx,
        corrects=line.id,
        given_at=on_record.given_at,
    )


def _on(on_record: VaccineEntry) -> dt.date:
    return on_record.versions[-1].on


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
        given_at=_given_at(entry, on, history.today, now),
        lot_id=entry.lot_id,
        lot_number=entry.lot,
        manufacturer=entry.maker,
        ndc=entry.ndc or None,
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


def _given_at(entry: DoseEntry, on: dt.date, today: dt.date, now: dt.datetime) -> dt.datetime | None:
    """Now, noon of another day, or the very moment of the dose that is corrected (M17)."""
    if entry.given_at is not None and entry.given_at.astimezone(now.tzinfo).date() == on:
        return entry.given_at
    if on == today:
        return now if entry.corrects is not None else None
    return dt.datetime.combine(on, dt.time(12), tzinfo=now.tzinfo)


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


_FIELDS = {
    "vaccine.field_missing.cvx_code": "vaccine",
    "vaccine.field_missing.lot_number": "lot",
    "vaccine.field_missing.manufacturer": "maker",
    "vaccine.field_missing.expires_on": "expiry",
    "vaccine.field_missing.site": "site",
    "vaccine.field_missing.route": "route",
    "vaccine.field_missing.amount": "amount",
    "vaccine.field_missing.information_edition": "edition",
    "vaccine.field_missing.vfc": "vfc",
    "vaccine.field_missing.screening_answered": "screening",
    "vaccine.screening_positive": "lifts",
    "vaccine.on_record_already": "lifts",
    "vaccine.allergy": "lifts",
    "vaccine.exempt": "lifts",
    "vaccine.too_young": "lifts",
    "vaccine.too_old": "lifts",
    "vaccine.interval_too_short": "lifts",
    "vaccine.consent_missing": "consent_by",
    "vaccine.lot_expired": "expiry",
    "vaccine.lot_of_other_product": "lot",
    "dose.product_quarantined": "lot",
    "vaccine.in_future": "date",
    "vaccine.before_birth": "date",
    "vaccine.amount_not_positive": "amount",
    "vaccine.information_newer_than_dose": "edition",
    "given_on": "date",
    "information_edition": "edition",
    "expiration_date": "expiry",
    "lot_number": "lot",
    "manufacturer": "maker",
    "dosage_amount": "amount",
    "correction_reason": "why",
}


def field_of(code: str) -> str:
    """Where a problem stands on the form, by the rule's code or the column's name."""
    return _FIELDS.get(code, "" if "." in code else code)


def vaccine_choices() -> tuple[str, ...]:
    """The lines of the type-ahead: a dose given here has a known product."""
    return tuple(vaccine.words for vaccine in GIVEN_HERE)


def date_echo(entry: DoseEntry, today: dt.date) -> str:
    """What the date was understood as."""
    try:
        return formats().date(parse_date(entry.date, today))
    except InvalidValueError:
        return ""
