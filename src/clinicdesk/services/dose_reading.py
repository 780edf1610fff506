"""The dose sheet: one student, one order, one slot, with all that must be seen before the dose is given."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.domain.medication.facts import AllergyFact, IdentityStep, LabelStep
from clinicdesk.domain.medication.frequency_rules import prn_guard
from clinicdesk.domain.medication.log import DoseOutcome, RecordSource
from clinicdesk.domain.medication.outcomes import emergency_timer, re_dose_warning
from clinicdesk.domain.medication.quantities import DoseUnit
from clinicdesk.domain.medication.safety import assess
from clinicdesk.domain.medication.slots import SlotStanding, parse_slot_key, slots_of_day, state_of
from clinicdesk.domain.people import age_on
from clinicdesk.models import Allergy, ClinicalTask, MedicationLog
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_facts import Gathered, gather
from clinicdesk.services.dose_values import AllergyLine, DoseSheet, NewDose, PastDose, StockLine
from clinicdesk.services.dose_writing import proposed
from clinicdesk.services.medication_round import initials_of, student_value
from clinicdesk.services.presence import away_of
from clinicdesk.storage.queries.students import no_known_allergies

_LAST = 3
_FILLED_IN = frozenset(
    {
        "dose.identity_missing",
        "dose.label_missing",
        "dose.witness_missing",
        "dose.indication_not_ordered",
        "dose.precheck_missing",
    }
)
"""What the sheet itself asks for: not a stop before anything was filled in."""


def read_sheet(
    session: Session,
    desk: Desk,
    order_id: uuid.UUID,
    student_id: uuid.UUID,
    slot_key: str | None,
    lot_id: uuid.UUID | None = None,
) -> DoseSheet:
    """Read the sheet in one snapshot; of the package `lot_id` where one was scanned."""
    now = desk.now()
    found = gather(session, desk, order_id, student_id, now, lot_id)
    order, facts = found.row.order, found.facts
    dose = NewDose(
        student_id=student_id,
        order_id=order_id,
        slot_key=slot_key,
        identity=IdentityStep(photo_matched=True, second_identifier_matched=True),
        label=LabelStep(label_read=True),
    )
    findings = [one for one in assess(proposed(dose, found, now), facts).findings if one.code not in _FILLED_IN]
    vomited = re_dose_warning(row for row in found.current if row.order_root == order.root_id)
    standing = _slot(session, found, slot_key)
    age = age_on(found.student.date_of_birth, desk.today())
    consent = found.consent
    return DoseSheet(
        student=student_value(found.student),
        age_years=age.years,
        age_months=age.months,
        allergies=_allergies(session, facts.allergies),
        no_known_allergies=no_known_allergies(session, facts.student_ids) is not None,
        order=order,
        slot=None if standing is None else standing.slot,
        state=None if standing is None else standing.state,
        instructions=found.row.instructions,
        prescriber_phone=found.row.prescriber_phone,
        consent=None if consent is None else consent[0].standing.state,
        consent_by="" if consent is None else consent[1].signed_by,
        consent_on=None if consent is None else found.calendar.local_date(consent[1].signed_at),
        stock=_stock(found),
        last=_last(session, found),
        findings=(*findings, *([vomited] if vomited else [])),
        guard=prn_guard(order, facts.doses, now, found.calendar.tzinfo) if order.is_prn else None,
        witness_needed=order.requires_witness or (order.controlled and facts.rules.controlled_needs_witness),
        count_back=order.controlled,
        opened_at=now,
        emergency_since=_emergency_since(found, desk),
        nurse=facts.actor.is_registered_nurse,
        away=None if standing is None else standing.away,
    )


def _slot(session: Session, found: Gathered, slot_key: str | None) -> SlotStanding | None:
    if slot_key is None:
        return None
    day, _ = parse_slot_key(slot_key)
    slots = slots_of_day(found.row.order, day, found.calendar, found.facts.rules.slots)
    slot = next((one for one in slots if one.key == slot_key), None)
    if slot is None:
        return None
    away = away_of(session, found.facts.student_ids, found.school, found.calendar, day, found.current)
    return state_of(slot, found.facts.doses, found.facts.now, away, found.calendar)


def _allergies(session: Session, facts: Collection[AllergyFact]) -> tuple[AllergyLine, ...]:
    rows = {
        row.id: row
        for row in session.scalars(sa.select(Allergy).where(Allergy.id.in_([fact.allergy_id for fact in facts])))
    }
    return tuple(
        AllergyLine(
            allergen=side.allergen,
            reaction=_reaction(rows[fact.allergy_id]),
            severe=any(one.severe for one in fact.sides),
            disputed=len(fact.sides) > 1,
        )
        for fact in facts
        for side in fact.sides[:1]
    )


def _reaction(row: Allergy) -> str:
    named = [str(one) for one in row.reactions or ()]
    return ", ".join(named) or row.symptoms or ""


def _stock(found: Gathered) -> StockLine | None:
    lot, order = found.lot, found.row.order
    if lot is None:
        return None
    after = None if lot.balance is None else lot.balance - order.form_count
    return StockLine(
        lot_id=lot.lot_id,
        lot_number=lot.lot_number,
        expires_on=lot.expires_on,
        own=lot.student_id is not None,
        unit=lot.unit,
        balance=lot.balance,
        after=after,
    )


def _last(session: Session, found: Gathered) -> tuple[PastDose, ...]:
    """The last doses that were taken, of this order or of its ingredient at home."""
    order = found.row.order
    taken = [
        row
        for row in found.current
        if row.taken and (row.order_root == order.root_id or order.drug.shares_ingredient(row.ingredients))
    ][-_LAST:]
    logs = {log.id: log for log, _ in found.logs}
    initials = initials_of(session, (row.actor_id for row in taken))
    effects = _effects(session, [row.id for row in taken])
    return tuple(
        _past(logs[row.id], initials.get(row.actor_id, "") if row.actor_id else "", effects.get(row.id))
        for row in reversed(taken)
    )


def _past(log: MedicationLog, initials: str, effect: str | None) -> PastDose:
    home = log.source.value == RecordSource.HOME_REPORTED.value
    return PastDose(
        id=log.id,
        at=log.administered_at,
        outcome=DoseOutcome(log.outcome.value),
        count=log.form_count,
        unit=None if log.form_unit is None else DoseUnit(log.form_unit.value),
        dose=None,
        indication=log.indication or "",
        by=(log.administered_by_name or "") if home else (log.administered_by_name or initials),
        source=RecordSource(log.source.value),
        effect=effect,
        effect_due_at=log.effect_due_at,
    )


def _effects(session: Session, logs: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = session.execute(
        sa.select(ClinicalTask.medication_log_id, ClinicalTask.effect).where(
            ClinicalTask.medication_log_id.in_(list(logs)), ClinicalTask.effect.is_not(None)
        )
    )
    return {log: effect.value for log, effect in rows if log is not None and effect is not None}


def _emergency_since(found: Gathered, desk: Desk) -> dt.datetime | None:
    if not found.row.order.emergency:
        return None
    mine = [row for row in found.current if row.order_root == found.row.order.root_id]
    timer = emergency_timer(mine, desk.now())
    return None if timer is None else timer.first_dose_at
