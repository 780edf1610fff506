"""The one read model of a student's vaccines: doses given here and doses reported, in one history (I14, I15)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection

from sqlalchemy.orm import Session

from clinicdesk.domain.calendar import SchoolCalendar
from clinicdesk.domain.consent import ConsentState
from clinicdesk.domain.vaccination_entry import evaluable
from clinicdesk.domain.vaccines import UNSPECIFIED, find_vaccine, protects
from clinicdesk.models import Immunization, Vaccination
from clinicdesk.models.enums import DatePrecision, EntryKind, LotStatus
from clinicdesk.services import consent_reading
from clinicdesk.services.immunization_values import DoseLine, ExemptionLine, OnRecord, VaccineConsent, VaccineLot
from clinicdesk.storage.queries import immunizations as queries

_SHUT = (LotStatus.QUARANTINED, LotStatus.RECALLED)
_LATE = dt.timedelta(hours=1)
Local = Callable[[dt.datetime], dt.datetime]


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


def doses(
    session: Session, students: Collection[uuid.UUID], local: Local
) -> tuple[tuple[DoseLine, ...], tuple[ExemptionLine, ...]]:
    """Every current dose, newest first, and the exemptions."""
    lines, exempt = [], []
    for row in queries.given(session, students):
        if row.exemption_status:
            exempt.append(_exemption(row, local))
        else:
            lines.append(_given(row, local))
    lines += [_reported(row, local) for row in queries.reported(session, students)]
    ordered = sorted(lines, key=lambda line: (line.on, line.vaccine), reverse=True)
    return tuple(ordered), tuple(exempt)


def groups(lines: Collection[DoseLine], exempt: Collection[ExemptionLine]) -> tuple[OnRecord, ...]:
    """What is on record by disease: counts and dates, and nothing that an engine would have to say."""
    by_name: dict[str, list[DoseLine]] = {}
    for line in sorted(lines, key=lambda line: line.on):
        for name in line.protects:
            by_name.setdefault(name, []).append(line)
    freed: dict[str, ExemptionLine] = {}
    for one in exempt:
        vaccine = find_vaccine(one.vaccine)
        for name in protects(vaccine.cvx if vaccine is not None else None, one.vaccine):
            freed[name] = one
            by_name.setdefault(name, [])
    return tuple(
        OnRecord(name=name, doses=tuple(found), exempt=freed.get(name)) for name, found in sorted(by_name.items())
    )


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


def _given(row: Vaccination, local: Local) -> DoseLine:
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
    )


def _reported(row: Immunization, local: Local) -> DoseLine:
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
    )


def _exemption(row: Vaccination, local: Local) -> ExemptionLine:
    return ExemptionLine(
        id=row.id,
        vaccine=row.vaccine_name,
        kind=row.exemption_kind.value if row.exemption_kind else "",
        reason=row.exemption_reason or "",
        since=local(row.administration_date).date(),
        until=row.exemption_expires_on,
    )
