"""The one read model of a student's vaccines: doses given here and doses reported, in one history (I14, I15)."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from clinicdesk.domain.calendar import SchoolCalendar
from clinicdesk.domain.consent import ConsentState
from clinicdesk.domain.vaccination_entry import evaluable
from clinicdesk.domain.vaccines import UNSPECIFIED, find_vaccine, protects
from clinicdesk.models import Immunization, Vaccination
from clinicdesk.models.enums import DatePrecision, EntryKind, LotStatus
from clinicdesk.services import consent_reading
from clinicdesk.services.immunization_values import (
    DoseLine,
    EntryVersion,
    ExemptionLine,
    OnRecord,
    VaccineConsent,
    VaccineEntry,
    VaccineLot,
)
from clinicdesk.storage.queries import immunizations as queries
from clinicdesk.storage.queries.chart import staff_names
from clinicdesk.storage.queries.students import open_conflicts

_SHUT = (LotStatus.QUARANTINED, LotStatus.RECALLED)
_LATE = dt.timedelta(hours=1)
Local = Callable[[dt.datetime], dt.datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What stands on record of a student's vaccines, newest first, and what was entered in error."""

    doses: tuple[DoseLine, ...]
    exemptions: tuple[ExemptionLine, ...]
    withdrawn: tuple[DoseLine | ExemptionLine, ...]


def lots(session: Session, school: uuid.UUID) -> tuple[VaccineLot, ...]:
    """The vaccine lots in stock; a formulary entry is matched to its CVX code by its generic name."""
    found = []
    for lot, _, drug, balance in queries.vaccine_lots(session, school):
        vaccine = find_vaccine(drug.generic_name or drug.name) or find_vaccine(drug.name)
        found.append(
            VaccineLot(
                id=lot.id,
                cvx=None if vaccine is None else vaccine.cvx,
                vaccine=drug.name,
                number=lot.lot_number,
                manufacturer=drug.manufacturer or "",
                expires_on=lot.expires_on,
                ndc=lot.ndc or drug.ndc,
                funding=lot.funding or "",
                balance=None if balance is None else balance.quantity,
                shut=lot.status in _SHUT,
            )
        )
    return tuple(found)


def entries(session: Session, students: Collection[uuid.UUID], local: Local) -> Entries:
    """Every current entry of these records (one student and those merged into her)."""
    disputed = {one.entity_id for one in open_conflicts(session, students, Vaccination, Immunization)}
    lines: list[DoseLine] = []
    exempt: list[ExemptionLine] = []
    for row in queries.given(session, students):
        if row.exemption_status:
            exempt.append(_exemption(row, local, disputed))
        else:
            lines.append(_given(row, local, disputed))
    lines += [_reported(row, local, disputed) for row in queries.reported(session, students)]
    lines.sort(key=lambda line: (line.on, line.vaccine), reverse=True)
    exempt.sort(key=lambda one: one.since, reverse=True)
    everything: list[DoseLine | ExemptionLine] = [*lines, *exempt]
    return Entries(
        doses=tuple(one for one in lines if not one.withdrawn),
        exemptions=tuple(one for one in exempt if not one.withdrawn),
        withdrawn=tuple(one for one in everything if one.withdrawn),
    )


def entry(session: Session, row: Vaccination | Immunization, local: Local) -> VaccineEntry:
    """One entry with every wording it had."""
    disputed = {one.entity_id for one in open_conflicts(session, [row.student_id], type(row))}
    if isinstance(row, Immunization):
        told = _versions(session, row, local)
        return VaccineEntry(
            line=_reported(row, local, disputed), versions=told, given_by=row.administered_by_name or ""
        )
    versions = _versions(session, row, local)
    if row.exemption_status:
        return VaccineEntry(line=_exemption(row, local, disputed), versions=versions)
    return VaccineEntry(
        line=_given(row, local, disputed),
        versions=versions,
        given_at=row.administration_date,
        lot_id=row.lot_id,
        manufacturer=row.manufacturer or "",
        expires_on=row.expiration_date,
        ndc=row.ndc_code or "",
        site=row.site_of_administration.value if row.site_of_administration else "",
        route=row.route_of_administration.value if row.route_of_administration else "",
        amount=row.dosage_amount,
        unit=row.dosage_unit.value if row.dosage_unit else "",
        edition=row.vis_edition or "",
        information_given_on=row.vis_date,
        vfc=row.vfc_code.value if row.vfc_code else "",
        consent_by=row.consent_by or "",
        given_by=row.administered_by_name or "",
        screening=row.screening_answers or {},
        notes=row.notes or "",
    )


def groups(lines: Collection[DoseLine], exempt: Collection[ExemptionLine], today: dt.date) -> tuple[OnRecord, ...]:
    """What is on record by disease: counts and dates, and nothing that an engine would have to say."""
    by_name: dict[str, list[DoseLine]] = {}
    for line in sorted(lines, key=lambda line: line.on):
        for name in line.protects:
            by_name.setdefault(name, []).append(line)
    freed: dict[str, ExemptionLine] = {}
    for one in exempt:
        if one.holds_on(today):
            for name in protects(one.cvx or None, one.vaccine):
                freed[name] = one
                by_name.setdefault(name, [])
    return tuple(
        OnRecord(name=name, doses=tuple(found), exempt=freed.get(name)) for name, found in sorted(by_name.items())
    )


def editions(session: Session) -> dict[str, dt.date]:
    """By CVX code, the edition of the information sheet handed out last; what is no date is passed over."""
    found = {}
    for code, written in queries.last_editions(session).items():
        with contextlib.suppress(ValueError):
            found[code] = dt.date.fromisoformat(written)
    return found


def consent(
    session: Session, students: Collection[uuid.UUID], calendar: SchoolCalendar, at: dt.datetime
) -> VaccineConsent:
    """The consent for vaccines that stands; a refusal, a withdrawal or a fork shuts the door until it is resolved."""
    shut = False
    best = VaccineConsent()
    for chain in consent_reading.chains(queries.vaccine_consents(session, students)):
        found = consent_reading.standing(chain, calendar, at)
        if found.state in {ConsentState.REVOKED, ConsentState.DECLINED, ConsentState.FORKED}:
            shut = True
        if found.permits and found.row is not None:
            row = next(one for one in chain if found.row is not None and one.id == found.row.id)
            if best.on is None or calendar.local_date(row.signed_at) >= best.on:
                best = VaccineConsent(signature_id=row.id, by=row.signed_by, on=calendar.local_date(row.signed_at))
    return best if best.signature_id is not None else VaccineConsent(shut=shut)


def _given(row: Vaccination, local: Local, disputed: Collection[uuid.UUID]) -> DoseLine:
    return DoseLine(
        id=row.id,
        here=True,
        vaccine=row.vaccine_name,
        cvx=row.cvx_code or "",
        on=local(row.administration_date).date(),
        precision=DatePrecision.DAY.value,
        lot=row.lot_number or "",
        source="HERE",
        source_detail=row.administered_by_name or "",
        protects=protects(row.cvx_code, row.vaccine_name),
        corrected=row.entry_kind is EntryKind.CORRECTION,
        late_entry=row.recorded_at - row.administration_date > _LATE,
        withdrawn=row.entry_kind is EntryKind.WITHDRAWN,
        disputed=row.id in disputed,
        reason=row.correction_reason or "",
    )


def _reported(row: Immunization, local: Local, disputed: Collection[uuid.UUID]) -> DoseLine:
    exact = row.date_precision is DatePrecision.DAY
    counts = evaluable(row.cvx_code, date_is_exact=exact, unspecified=UNSPECIFIED)
    return DoseLine(
        id=row.id,
        here=False,
        vaccine=row.vaccine_name,
        cvx=row.cvx_code or "",
        on=local(row.administered_date).date(),
        precision=row.date_precision.value,
        lot=row.lot_number or "",
        source=row.source.value,
        source_detail=row.source_detail or "",
        protects=protects(row.cvx_code, row.vaccine_name),
        problem="" if counts else ("product_unknown" if exact else "date_partial"),
        corrected=row.entry_kind is EntryKind.CORRECTION,
        withdrawn=row.entry_kind is EntryKind.WITHDRAWN,
        disputed=row.id in disputed,
        reason=row.correction_reason or "",
    )


def _exemption(row: Vaccination, local: Local, disputed: Collection[uuid.UUID]) -> ExemptionLine:
    return ExemptionLine(
        id=row.id,
        vaccine=row.vaccine_name,
        cvx=row.cvx_code or "",
        kind=row.exemption_kind.value if row.exemption_kind else "",
        reason=row.exemption_reason or "",
        since=local(row.administration_date).date(),
        until=row.exemption_expires_on,
        document=row.exemption_document or "",
        withdrawn=row.entry_kind is EntryKind.WITHDRAWN,
        disputed=row.id in disputed,
        correction_reason=row.correction_reason or "",
    )


def _versions(session: Session, row: queries.Entry, local: Local) -> tuple[EntryVersion, ...]:
    chain = queries.versions(session, row)
    names = staff_names(session, {one.created_by for one in chain})
    return tuple(_version(one, names, local) for one in chain)


def _version(row: Vaccination | Immunization, names: Mapping[uuid.UUID, str], local: Local) -> EntryVersion:
    if isinstance(row, Vaccination):
        on, precision = row.administration_date, DatePrecision.DAY
    else:
        on, precision = row.administered_date, row.date_precision
    return EntryVersion(
        kind=row.entry_kind.value,
        at=local(row.created_at),
        by=names.get(row.created_by, "") if row.created_by is not None else "",
        reason=row.correction_reason or "",
        vaccine=row.vaccine_name,
        on=local(on).date(),
        precision=precision.value,
        lot=row.lot_number or "",
    )
