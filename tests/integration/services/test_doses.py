"""Giving medication on a real encrypted file: every rule of a dose holds in the service that writes it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

import pytest
import sqlalchemy as sa
from tests.support.desk import PASSWORD, Clinic
from tests.support.medication import (
    CHECKED,
    DAY,
    PRN,
    READ,
    Cupboard,
    at,
    note_allergy,
    put_in_stock,
    sign_consent,
    standing_epinephrine,
    stock_cupboard,
    strength_of,
    train_aide,
    write_order,
)

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.medication.facts import IdentityStep, LabelStep
from clinicdesk.domain.medication.log import DoseOutcome, RecordSource
from clinicdesk.domain.medication.outcomes import DoseReason
from clinicdesk.domain.medication.quantities import DoseUnit, Quantity
from clinicdesk.domain.medication.slots import SlotState
from clinicdesk.models import (
    AuditLog,
    CalendarDay,
    ClinicalTask,
    ConsentSignature,
    ControlledCount,
    DoseSlot,
    IncidentReport,
    InventoryTransaction,
    MedicationLog,
    Signature,
    StockBalance,
    SyncConflict,
    SyncQueueItem,
)
from clinicdesk.models.enums import (
    CalendarDayKind,
    CheckResult,
    ClinicalTaskKind,
    ConflictKind,
    ConsentDecision,
    EntryKind,
    LotStatus,
    OrderStatus,
    SignatureMeaning,
    SyncEntityType,
    TaskStatus,
    Unit,
)
from clinicdesk.models.enums import RecordSource as SourceColumn
from clinicdesk.security.document_signatures import decode_signature, verify_document
from clinicdesk.security.errors import WrongPasswordError
from clinicdesk.security.key_pairs import KeyPairs
from clinicdesk.services.dose_values import (
    AlreadyGivenError,
    DoseRefusedError,
    HomeDose,
    OrderNotFoundError,
    OverrideWords,
    PrnState,
    Proof,
    WitnessRefusedError,
)
from clinicdesk.services.doses import Doses
from clinicdesk.services.signatures import record_of

WITNESS = Proof(user_name="carvalho", password=PASSWORD)


@pytest.fixture
def cupboard(clinic: Clinic) -> Cupboard:
    return stock_cupboard(clinic)


@pytest.fixture
def doses(clinic: Clinic) -> Doses:
    return Doses(clinic.desk())


def refused(doses: Doses, *args: object, **kwargs: object) -> set[str]:
    """The codes of the stops that a dose was refused for."""
    with pytest.raises(DoseRefusedError) as refusal:
        doses.record(*args, **kwargs)  # type: ignore[arg-type]  # handed on as it comes
    return {finding.code for finding in refusal.value.findings}


def test_a_dose_is_written_with_stock_signature_capture_and_audit_in_one_transaction(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    recorded = doses.record(cupboard.dose(cupboard.amoxicillin))

    (log,) = clinic.rows(MedicationLog)
    assert log.id == recorded.id
    assert (log.dosage, log.dosage_unit, log.form_count, log.form_unit) == (
        Decimal(500),
        Unit.MG,
        Decimal(1),
        Unit.CAPSULE,
    )
    (moved,) = clinic.rows(InventoryTransaction, InventoryTransaction.lot_id == cupboard.capsules)[1:]
    assert (log.stock_transaction_id, moved.quantity) == (moved.id, Decimal(-1))
    (signature,) = clinic.rows(Signature)
    assert (signature.row_id, signature.meaning) == (log.id, SignatureMeaning.ADMINISTERED)
    queued = {item.table_name for item in clinic.rows(SyncQueueItem)}
    assert queued == {"medication_logs", "inventory_transactions", "signatures"}
    assert len({item.local_tx_id for item in clinic.rows(SyncQueueItem)}) == 1
    (audit,) = clinic.rows(AuditLog, AuditLog.entity_id == log.id)
    assert (audit.result, audit.student_id) == ("DONE", cupboard.student)


def test_the_signature_holds_over_the_row_as_it_is_stored(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    doses.record(cupboard.dose(cupboard.methylphenidate, counted=Decimal(19)), witness=WITNESS)

    (log,) = clinic.rows(MedicationLog)
    stored = {column.name: getattr(log, column.name) for column in MedicationLog.__table__.columns}
    keys = {member.id: KeyPairs(bytearray(member.keys)).public for member in clinic.staff.values()}
    about_dose = clinic.rows(Signature, Signature.row_id == log.id)
    assert {one.meaning for one in about_dose} == {SignatureMeaning.ADMINISTERED, SignatureMeaning.WITNESSED}
    for one in about_dose:
        statement = verify_document(
            decode_signature(one.signature), keys[one.signer_id], record_of("medication_logs", stored)
        )
        assert statement.record_hash.hex() == one.record_hash


def test_m01_no_dose_before_the_student_is_identified(cupboard: Cupboard, doses: Doses) -> None:
    assert refused(doses, cupboard.dose(cupboard.amoxicillin, identity=IdentityStep(photo_matched=True))) == {
        "dose.identity_missing"
    }


def test_m01_an_order_of_another_student_is_not_found(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    other = clinic.student("Chen", "Li-Wei")
    with pytest.raises(OrderNotFoundError):
        doses.record(dataclasses.replace(cupboard.dose(cupboard.amoxicillin), student_id=other))
    assert clinic.count(MedicationLog) == 0


def test_m01_a_scanned_id_of_another_student_stops_the_dose(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    other = clinic.student("Chen", "Li-Wei")
    scanned = IdentityStep(scanned_student_id=other)
    assert "dose.wrong_student" in refused(doses, cupboard.dose(cupboard.amoxicillin, identity=scanned))


def test_m01_a_like_name_at_the_school_is_said_on_the_sheet(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    clinic.student("Amarah", "Okonkwo-Lindqvist")
    sheet = doses.open_dose(cupboard.amoxicillin, cupboard.student, f"{DAY}T11:30")
    assert "dose.similar_name" in {finding.code for finding in sheet.findings}


def test_m02_a_dose_without_an_order_is_refused(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    with pytest.raises(OrderNotFoundError):
        doses.record(cupboard.dose(new_id()))
    assert clinic.count(MedicationLog) == 0


def test_m02_a_dose_without_consent_is_refused_and_the_attempt_is_audited(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    order = write_order(
        clinic, cupboard.student, cupboard.drugs.ibuprofen, None, **strength_of("200", Unit.MG, Unit.TABLET)
    )
    assert refused(doses, cupboard.dose(order)) == {"dose.consent_missing"}
    assert clinic.count(MedicationLog) == 0
    assert clinic.count(InventoryTransaction) == 2
    assert clinic.count(AuditLog, AuditLog.result == "dose_refused") == 1


def test_m02_a_withdrawn_consent_blocks_at_once(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    (signed,) = clinic.rows(ConsentSignature)
    sign_consent(
        clinic,
        cupboard.drugs,
        cupboard.student,
        decision=ConsentDecision.WITHDRAWN,
        supersedes_id=signed.id,
        entry_kind=EntryKind.CORRECTION,
        revision=2,
        correction_reason="withdrawn",
        withdrawn_at=at("10:00"),
        withdrawn_by="Ngozi Okonkwo",
    )
    assert refused(doses, cupboard.dose(cupboard.amoxicillin)) == {"dose.consent_revoked"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": OrderStatus.ON_HOLD, "is_active": False, "status_reason": "asked"}, "dose.order_on_hold"),
        ({"status": OrderStatus.DRAFT, "activated_at": None, "is_active": False}, "dose.order_draft"),
        ({"end_date": at("00:00", DAY - dt.timedelta(days=1))}, "dose.order_expired"),
        ({"start_date": at("00:00", DAY + dt.timedelta(days=1))}, "dose.order_not_started"),
    ],
)
def test_m02_m13_an_order_not_in_force_stops_the_dose(
    clinic: Clinic, cupboard: Cupboard, doses: Doses, changes: dict[str, object], code: str
) -> None:
    order = write_order(
        clinic,
        cupboard.student,
        cupboard.drugs.ibuprofen,
        cupboard.consent,
        **{**strength_of("200", Unit.MG, Unit.TABLET), **changes},
    )
    assert code in refused(doses, cupboard.dose(order))


def test_m03_another_dose_than_ordered_is_refused(cupboard: Cupboard, doses: Doses) -> None:
    double = Quantity(amount=Decimal(1000), unit=DoseUnit.MILLIGRAM)
    assert "dose.not_as_ordered" in refused(
        doses, cupboard.dose(cupboard.amoxicillin, dose=double, form_count=Decimal(2))
    )


def test_m03_the_label_must_have_been_read(cupboard: Cupboard, doses: Doses) -> None:
    assert refused(doses, cupboard.dose(cupboard.amoxicillin, label=LabelStep())) == {"dose.label_missing"}


def test_m04_a_late_dose_asks_a_reason_and_keeps_it(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    clinic.clock.advance(dt.timedelta(minutes=45))
    dose = cupboard.dose(cupboard.amoxicillin)
    assert refused(doses, dose) == {"dose.late"}
    doses.record(dose, [OverrideWords(code="dose.late", reason="fire drill")])
    (log,) = clinic.rows(MedicationLog)
    assert (log.override_rule, log.override_reason, log.override_by) == ("M4", "fire drill", clinic.nurse.id)


def test_m04_a_refusal_without_a_reason_is_not_taken(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    with pytest.raises(InvalidValueError) as problem:
        doses.record(cupboard.dose(cupboard.amoxicillin, outcome=DoseOutcome.REFUSED))
    assert problem.value.field == "reason_not_given"
    assert clinic.count(MedicationLog) == 0


def test_m04_a_missed_dose_opens_an_incident_draft(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    clinic.clock.advance(dt.timedelta(hours=4))
    doses.record(
        cupboard.dose(
            cupboard.amoxicillin, outcome=DoseOutcome.MISSED, reason=DoseReason.OTHER, note="room full", event_at=None
        )
    )
    (incident,) = clinic.rows(IncidentReport)
    assert (incident.student_id, incident.signed_at) == (cupboard.student, None)


def test_m04a_d41_a_holiday_has_no_slots_and_takes_no_dose(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    assert doses.round().rows
    clinic.add(CalendarDay(school_id=clinic.school.id, day=DAY, kind=CalendarDayKind.CLOSED, title="Snow"))
    assert doses.round().rows == ()
    assert doses.due().owed == 0
    assert refused(doses, cupboard.dose(cupboard.amoxicillin)) == {"dose.no_such_slot"}


def test_m04a_d41_early_dismissal_leaves_later_doses_out(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    clinic.add(CalendarDay(school_id=clinic.school.id, day=DAY, kind=CalendarDayKind.EARLY_DISMISSAL, at_time="11:00"))
    assert doses.round().times == ()


def test_m05_a_dose_at_home_counts_for_the_interval(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    doses.record_home_dose(
        HomeDose(
            student_id=cupboard.student,
            order_id=cupboard.albuterol,
            given_at=at("09:20"),
            told_by="mother",
            form_count=Decimal(2),
        )
    )
    assert refused(doses, cupboard.dose(cupboard.albuterol)) == {"dose.interval_too_short"}
    (log,) = clinic.rows(MedicationLog)
    assert (log.source, log.administered_by, log.order_root_id) == (SourceColumn.HOME_REPORTED, None, None)
    (row,) = [row for row in doses.round().prn if row.order.id == cupboard.albuterol]
    assert (row.state, row.last_from_home, row.guard.count) == (PrnState.WAIT, True, 1)


def test_m05_d40_a_registered_nurse_overrides_with_reason_and_prescriber(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    doses.record(cupboard.dose(cupboard.albuterol, event_at=at("10:30")))
    dose = cupboard.dose(cupboard.albuterol)
    only_reason = [OverrideWords(code="dose.interval_too_short", reason="still wheezing")]
    assert refused(doses, dose, only_reason) == {"dose.interval_too_short"}
    doses.record(
        dose,
        [
            OverrideWords(
                code="dose.interval_too_short", reason="still wheezing", prescriber_contact="Dr. Vantongeren, 11:30"
            )
        ],
    )
    log = clinic.rows(MedicationLog)[-1]
    assert (log.override_rule, log.override_prescriber_contact) == ("M5", "Dr. Vantongeren, 11:30")


def test_m05_d40_a_health_aide_never_overrides(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    train_aide(clinic)
    aides = Doses(clinic.desk(clinic.aide))
    doses.record(cupboard.dose(cupboard.albuterol, event_at=at("10:30")))
    words = OverrideWords(code="dose.interval_too_short", reason="wheezing", prescriber_contact="called")
    assert refused(aides, cupboard.dose(cupboard.albuterol), [words]) == {"dose.interval_too_short"}


def test_m05_the_same_ingredient_in_another_product_counts(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    tablet = write_order(
        clinic,
        cupboard.student,
        cupboard.drugs.ibuprofen,
        cupboard.consent,
        **{**strength_of("200", Unit.MG, Unit.TABLET), **PRN, "prn_indications": []},
    )
    doses.record_home_dose(
        HomeDose(student_id=cupboard.student, order_id=tablet, given_at=at("10:00"), told_by="father")
    )
    home = clinic.rows(MedicationLog)[0]
    assert home.source is SourceColumn.HOME_REPORTED
    capsule = write_order(
        clinic,
        cupboard.student,
        cupboard.drugs.motrin,
        cupboard.consent,
        **{**strength_of("200", Unit.MG, Unit.CAPSULE), **PRN, "prn_indications": []},
    )
    codes = refused(doses, cupboard.dose(capsule, slot_key=None))
    assert {"dose.interval_too_short", "dose.duplicate_ingredient"} <= codes


def test_m05_the_effect_is_checked_after_45_minutes(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    recorded = doses.record(cupboard.dose(cupboard.albuterol))
    (task,) = clinic.rows(ClinicalTask)
    assert (task.kind, task.medication_log_id) == (ClinicalTaskKind.EFFECT_CHECK, recorded.id)
    assert task.due_at == clinic.clock.now() + dt.timedelta(minutes=45)
    doses.check_effect(task.id, CheckResult.IMPROVED, "240 L/min")
    (task,) = clinic.rows(ClinicalTask)
    assert (task.status, task.effect) == (TaskStatus.DONE, CheckResult.IMPROVED)
    sheet = doses.open_dose(cupboard.albuterol, cupboard.student)
    assert sheet.last[0].effect == "IMPROVED"


def test_m06_d40_an_allergy_stops_and_a_second_nurse_lifts_it_with_her_own_password(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    note_allergy(clinic, cupboard.student, "Amoxicillin", ingredient_code="723")
    dose = cupboard.dose(cupboard.amoxicillin)
    own_word = [OverrideWords(code="dose.allergy", reason="tolerated before")]
    assert refused(doses, dose, own_word) == {"dose.allergy"}
    second = OverrideWords(code="dose.allergy", reason="tolerated before", by=WITNESS)
    doses.record(dose, [second])
    (log,) = clinic.rows(MedicationLog)
    assert (log.override_rule, log.override_by) == ("M6", clinic.second_nurse.id)


def test_m06_the_second_person_of_an_override_must_be_licensed(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    note_allergy(clinic, cupboard.student, "Amoxicillin", ingredient_code="723")
    by_aide = OverrideWords(code="dose.allergy", reason="x", by=Proof(user_name="whitfield", password=PASSWORD))
    with pytest.raises(WitnessRefusedError):
        doses.record(cupboard.dose(cupboard.amoxicillin), [by_aide])


def test_m07_a_second_dose_for_the_slot_is_refused_and_says_who_and_when(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    doses.record(cupboard.dose(cupboard.amoxicillin))
    clinic.clock.advance(dt.timedelta(minutes=5))
    with pytest.raises(AlreadyGivenError) as refusal:
        Doses(clinic.desk(clinic.second_nurse)).record(cupboard.dose(cupboard.amoxicillin))
    assert (refusal.value.by, refusal.value.at) == ("Renata Olszewski", at("11:32"))
    assert clinic.count(MedicationLog) == 1
    assert clinic.count(DoseSlot) == 1


def test_m07_two_desks_offline_give_one_dose_each_and_the_round_shows_a_double(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    recorded = doses.record(cupboard.dose(cupboard.amoxicillin))
    (mine,) = clinic.rows(MedicationLog)
    columns = {c.name: getattr(mine, c.name) for c in MedicationLog.__table__.columns}
    theirs = {**columns, "id": new_id(), "device_id": new_id(), "stock_transaction_id": None}
    clinic.add(MedicationLog(**theirs))
    (row,) = [row for row in doses.round().rows if row.order.id == cupboard.amoxicillin]
    assert row.cells["11:30"].state is SlotState.DOUBLE_CHARTED
    assert clinic.count(MedicationLog) == 2
    assert recorded.id in {log.id for log in clinic.rows(MedicationLog)}


def test_m08_the_first_dose_ever_is_warned_of(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    order = write_order(
        clinic,
        cupboard.student,
        cupboard.drugs.ibuprofen,
        cupboard.consent,
        **{**strength_of("200", Unit.MG, Unit.TABLET), "first_dose_given_elsewhere": False},
    )
    recorded = doses.record(cupboard.dose(order))
    assert [finding.code for finding in recorded.advisories] == ["dose.first_ever"]


def test_m09_a_controlled_dose_needs_a_witness_who_signs_with_her_own_password(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    dose = cupboard.dose(cupboard.methylphenidate)
    assert refused(doses, dose) == {"dose.witness_missing"}
    with pytest.raises(WrongPasswordError):
        doses.record(dose, witness=Proof(user_name="carvalho", password="guessed"))
    with pytest.raises(WitnessRefusedError):
        doses.record(dose, witness=Proof(user_name="olszewski", password=PASSWORD))
    with pytest.raises(WitnessRefusedError):
        doses.record(dose, witness=Proof(user_name="moreau", password=PASSWORD))
    assert clinic.count(MedicationLog) == 0
    doses.record(dose, witness=WITNESS)
    (log,) = clinic.rows(MedicationLog)
    assert (log.witnessed_by, log.expected_count) == (clinic.second_nurse.id, Decimal(19))
    (witnessed,) = clinic.rows(Signature, Signature.meaning == SignatureMeaning.WITNESSED)
    assert (witnessed.id, witnessed.signer_id) == (log.witness_signature_id, clinic.second_nurse.id)


def test_m09_an_aide_gives_no_controlled_drug(clinic: Clinic, cupboard: Cupboard) -> None:
    train_aide(clinic)
    with pytest.raises(PermissionDeniedError):
        Doses(clinic.desk(clinic.aide)).record(cupboard.dose(cupboard.methylphenidate), witness=WITNESS)
    assert clinic.count(MedicationLog) == 0


def test_m09_a_count_back_that_differs_opens_incident_and_recount(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    recorded = doses.record(cupboard.dose(cupboard.methylphenidate, counted=Decimal(18)), witness=WITNESS)
    assert recorded.discrepancy
    (count,) = clinic.rows(ControlledCount)
    (incident,) = clinic.rows(IncidentReport)
    assert (count.expected, count.counted, count.incident_report_id) == (Decimal(19), Decimal(18), incident.id)
    assert ClinicalTaskKind.RECOUNT in {task.kind for task in clinic.rows(ClinicalTask)}


def test_d44_a_desk_cannot_take_more_than_the_register_holds(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    student = clinic.student("Tobias", "Grønlund")
    put_in_stock(clinic, cupboard.drugs.methylphenidate, "0", Unit.TABLET, student=student, controlled=True)
    order = write_order(
        clinic,
        student,
        cupboard.drugs.methylphenidate,
        sign_consent(clinic, cupboard.drugs, student),
        **strength_of("10", Unit.MG, Unit.TABLET),
        is_controlled=True,
        requires_witness=True,
    )
    dose = dataclasses.replace(cupboard.dose(order), student_id=student)
    assert refused(doses, dose, witness=WITNESS) == {"dose.controlled_without_count"}


def test_m13_nothing_is_given_from_an_expired_or_quarantined_lot(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    old = put_in_stock(
        clinic, cupboard.drugs.amoxicillin, "5", Unit.CAPSULE, student=cupboard.student, expires_on=dt.date(2026, 9, 30)
    )
    shut = put_in_stock(
        clinic,
        cupboard.drugs.amoxicillin,
        "5",
        Unit.CAPSULE,
        status=LotStatus.QUARANTINED,
        quarantine_reason="fridge at 14 °C",
    )
    dose = cupboard.dose(cupboard.amoxicillin)
    assert refused(doses, dataclasses.replace(dose, lot_id=old)) == {"dose.product_expired"}
    assert refused(doses, dataclasses.replace(dose, lot_id=shut)) == {"dose.product_quarantined"}


def test_m14_a_refused_dose_makes_a_task_for_the_parent_and_no_new_dose(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    doses.record(cupboard.dose(cupboard.amoxicillin, outcome=DoseOutcome.REFUSED, reason=DoseReason.REFUSED))
    assert [task.kind for task in clinic.rows(ClinicalTask)] == [ClinicalTaskKind.PARENT_CONTACT]
    assert clinic.count(MedicationLog) == 1
    assert clinic.count(InventoryTransaction) == 2
    (row,) = [row for row in doses.round().rows if row.order.id == cupboard.amoxicillin]
    assert row.cells["11:30"].state is SlotState.REFUSED


def test_m14_a_vomited_dose_still_counts_and_prescriber_and_parent_are_called(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    given = doses.record(cupboard.dose(cupboard.amoxicillin))
    clinic.clock.advance(dt.timedelta(minutes=10))
    doses.vomited(given.id, "whole capsule seen")
    assert {task.kind for task in clinic.rows(ClinicalTask)} == {
        ClinicalTaskKind.PARENT_CONTACT,
        ClinicalTaskKind.PRESCRIBER_CONTACT,
    }
    assert refused(doses, cupboard.dose(cupboard.amoxicillin)) == {"dose.already_given"}
    assert balance(clinic, cupboard.capsules) == 11


@pytest.mark.parametrize(
    ("outcome", "reason", "state"),
    [
        (DoseOutcome.ABSENT, DoseReason.ABSENT, SlotState.ABSENT),
        (DoseOutcome.HELD, DoseReason.HELD_BY_NURSE, SlotState.HELD),
        (DoseOutcome.NOT_AVAILABLE, DoseReason.NO_SUPPLY, SlotState.NOT_AVAILABLE),
        (DoseOutcome.SELF_CARRIED, None, SlotState.SELF_CARRIED),
    ],
)
def test_m14_each_outcome_has_its_state_and_moves_no_stock(
    clinic: Clinic,
    cupboard: Cupboard,
    doses: Doses,
    outcome: DoseOutcome,
    reason: DoseReason | None,
    state: SlotState,
) -> None:
    doses.record(cupboard.dose(cupboard.amoxicillin, outcome=outcome, reason=reason))
    (row,) = [row for row in doses.round().rows if row.order.id == cupboard.amoxicillin]
    assert row.cells["11:30"].state is state
    assert balance(clinic, cupboard.capsules) == 12


def test_m14_a_wasted_dose_leaves_the_stock_and_the_slot_stays_owed(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    wasted = cupboard.dose(
        cupboard.amoxicillin, outcome=DoseOutcome.WASTED, reason=DoseReason.OTHER, note="fell on the floor"
    )
    doses.record(wasted)
    assert balance(clinic, cupboard.capsules) == 11
    (row,) = [row for row in doses.round().rows if row.order.id == cupboard.amoxicillin]
    assert row.cells["11:30"].state is SlotState.DUE
    doses.record(cupboard.dose(cupboard.amoxicillin))
    assert balance(clinic, cupboard.capsules) == 10


def test_m09_wasting_a_controlled_tablet_needs_a_witness(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    wasted = cupboard.dose(
        cupboard.methylphenidate, outcome=DoseOutcome.WASTED, reason=DoseReason.OTHER, note="crushed"
    )
    assert refused(doses, wasted) == {"controlled.witness_missing"}
    doses.record(wasted, witness=WITNESS)
    assert balance(clinic, cupboard.tablets) == 19


def test_m16_d40_emergency_medication_is_never_withheld(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    note_allergy(clinic, cupboard.student, "Epinephrine", ingredient_code="3992")
    recorded = doses.record(cupboard.dose(cupboard.epinephrine, identity=IdentityStep(), label=LabelStep()))
    assert {"dose.consent_missing", "dose.allergy"} <= {finding.code for finding in recorded.advisories}
    assert all(finding.was for finding in recorded.advisories if finding.code == "dose.consent_missing")
    assert {"task.emergency_call", "task.parent_contact"} <= set(recorded.tasks)
    (log,) = clinic.rows(MedicationLog)
    assert "dose.consent_missing" in {note["code"] for note in log.advisories}
    clinic.clock.advance(dt.timedelta(minutes=3))
    sheet = doses.open_dose(cupboard.epinephrine, cupboard.student)
    assert sheet.emergency_since == recorded.at


def test_m16_a_standing_order_serves_any_student_without_consent(clinic: Clinic, cupboard: Cupboard) -> None:
    student = clinic.student("Harriet", "Quill")
    put_in_stock(clinic, cupboard.drugs.epinephrine, "2", Unit.DOSE)
    standing = standing_epinephrine(clinic, cupboard.drugs)
    doses = Doses(clinic.desk(clinic.aide))
    doses.record(dataclasses.replace(cupboard.dose(standing, slot_key=None), student_id=student))
    (log,) = clinic.rows(MedicationLog)
    assert (log.standing_order_id, log.student_medication_id, log.outcome) == (standing, None, "GIVEN")
    assert log.stock_transaction_id is not None


def test_m16_a_controlled_rescue_drug_is_charted_though_the_register_says_empty(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    order = write_order(
        clinic,
        cupboard.student,
        cupboard.drugs.methylphenidate,
        None,
        **{**strength_of("10", Unit.MG, Unit.TABLET, "30"), **PRN, "prn_indications": []},
        is_controlled=True,
        requires_witness=True,
        emergency=True,
    )
    recorded = doses.record(cupboard.dose(order, slot_key=None, form_count=Decimal(30)))
    assert recorded.discrepancy
    assert balance(clinic, cupboard.tablets) == 20
    assert ClinicalTaskKind.RECOUNT in {task.kind for task in clinic.rows(ClinicalTask)}


def test_m17_a_late_entry_keeps_event_time_and_entry_time(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    clinic.clock.advance(dt.timedelta(hours=3))
    recorded = doses.record(cupboard.dose(cupboard.amoxicillin, event_at=at("11:35"), source=RecordSource.PAPER))
    (log,) = clinic.rows(MedicationLog)
    assert (log.administered_at, log.recorded_at) == (at("11:35"), at("14:32"))
    assert log.source is SourceColumn.PAPER
    assert "dose.late_entry" in {finding.code for finding in recorded.advisories}


def test_m17_a_dose_in_the_future_is_refused(cupboard: Cupboard, doses: Doses) -> None:
    assert "dose.in_future" in refused(doses, cupboard.dose(cupboard.amoxicillin, event_at=at("11:45")))


def test_m17_a_correction_supersedes_with_its_reason_and_the_first_entry_stays(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    first = doses.record(cupboard.dose(cupboard.amoxicillin))
    with pytest.raises(InvalidValueError):
        doses.correct_dose(first.id, " ", event_at=at("11:25"))
    second = doses.correct_dose(first.id, "wrong time typed", event_at=at("11:25"))
    logs = {log.id: log for log in clinic.rows(MedicationLog)}
    assert logs[second.id].supersedes_id == first.id
    assert (logs[second.id].revision, logs[second.id].correction_reason) == (2, "wrong time typed")
    assert logs[first.id].administered_at == at("11:32")
    assert balance(clinic, cupboard.capsules) == 11
    with pytest.raises(DoseRefusedError):
        doses.correct_dose(first.id, "again", event_at=at("11:20"))


def test_m17_correcting_given_into_absent_gives_the_stock_back(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    first = doses.record(cupboard.dose(cupboard.amoxicillin))
    doses.correct_dose(first.id, "was on the bus", outcome=DoseOutcome.ABSENT, reason_code=DoseReason.FIELD_TRIP)
    assert balance(clinic, cupboard.capsules) == 12


def test_d01_undo_within_a_minute_frees_the_slot_and_restores_the_stock(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    recorded = doses.record(cupboard.dose(cupboard.amoxicillin))
    assert balance(clinic, cupboard.capsules) == 11
    recorded.last_act.undo(None)
    assert balance(clinic, cupboard.capsules) == 12
    assert clinic.count(DoseSlot) == 0
    assert [log.entry_kind for log in clinic.rows(MedicationLog)] == [EntryKind.ORIGINAL, EntryKind.WITHDRAWN]
    again = doses.record(cupboard.dose(cupboard.amoxicillin))
    logs = {log.id: log for log in clinic.rows(MedicationLog)}
    assert (logs[again.id].revision, logs[again.id].entry_kind) == (3, EntryKind.CORRECTION)
    assert balance(clinic, cupboard.capsules) == 11


def charted_elsewhere(clinic: Clinic, device: uuid.UUID) -> uuid.UUID:
    """The dose of the slot stands here a second time, from another desk."""
    (mine,) = clinic.rows(MedicationLog)
    columns = {c.name: getattr(mine, c.name) for c in MedicationLog.__table__.columns}
    theirs = new_id()
    clinic.add(MedicationLog(**{**columns, "id": theirs, "device_id": device, "stock_transaction_id": None}))
    return theirs


def test_m07_both_entries_of_a_slot_charted_twice_are_struck_out_and_the_dose_is_charted_again(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    mine = doses.record(cupboard.dose(cupboard.amoxicillin)).id
    theirs = charted_elsewhere(clinic, new_id())
    for entry in (theirs, mine):
        doses.undo(entry, "charted for the wrong student")
    assert clinic.count(DoseSlot) == 0
    again = doses.record(cupboard.dose(cupboard.amoxicillin))
    logs = {log.id: log for log in clinic.rows(MedicationLog)}
    assert len(logs) == 5
    assert logs[again.id].entry_kind is EntryKind.CORRECTION
    followed = {log.supersedes_id for log in logs.values()}
    standing = [key for key, log in logs.items() if key not in followed and log.entry_kind is not EntryKind.WITHDRAWN]
    assert standing == [again.id]
    keys = [(log.device_id, log.revision) for log in logs.values()]
    assert len(set(keys)) == len(keys)


def test_m17_beside_an_entry_that_was_struck_out_the_other_one_of_the_slot_is_corrected(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    mine = doses.record(cupboard.dose(cupboard.amoxicillin)).id
    doses.undo(charted_elsewhere(clinic, new_id()), "charted twice")
    corrected = doses.correct_dose(mine, "with food", note="with food")
    logs = {log.id: log for log in clinic.rows(MedicationLog)}
    assert (logs[corrected.id].supersedes_id, logs[corrected.id].notes) == (mine, "with food")


def test_m14_a_dose_that_was_corrected_into_a_refused_one_can_be_given_later_in_its_slot(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    first = doses.record(cupboard.dose(cupboard.amoxicillin))
    corrected = doses.correct_dose(
        first.id, "spat it out", outcome=DoseOutcome.REFUSED, reason_code=DoseReason.REFUSED, note="spat it out"
    )
    later = doses.record(cupboard.dose(cupboard.amoxicillin))
    logs = {log.id: log for log in clinic.rows(MedicationLog)}
    assert (logs[later.id].supersedes_id, logs[later.id].correction_reason) == (corrected.id, "spat it out")
    assert balance(clinic, cupboard.capsules) == 11


def test_d01_undo_after_a_minute_asks_a_reason_and_calls_off_the_tasks(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    recorded = doses.record(cupboard.dose(cupboard.albuterol))
    clinic.clock.advance(dt.timedelta(seconds=61))
    with pytest.raises(InvalidValueError):
        recorded.last_act.undo(None)
    recorded.last_act.undo("charted for the wrong student")
    (task,) = clinic.rows(ClinicalTask)
    assert task.status is TaskStatus.CANCELLED
    assert clinic.rows(MedicationLog)[-1].correction_reason == "charted for the wrong student"


def conflict(
    clinic: Clinic, table: str, kind: SyncEntityType, row: uuid.UUID, student: uuid.UUID, **values: object
) -> None:
    theirs = {key: value for key, value in values.items() if key != "fields"}
    fields = values.get("fields", list(theirs))
    clinic.add(
        SyncConflict(
            queue_item_id=new_id(),
            entity_type=kind,
            entity_id=row,
            client_version={},
            server_version=theirs,
            kind=ConflictKind.FIELD,
            table_name=table,
            fields=fields,
            student_id=student,
        )
    )


def test_d22_an_order_with_an_open_conflict_in_its_dose_is_a_hard_stop(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    conflict(
        clinic,
        "student_medications",
        SyncEntityType.MEDICATION,
        cupboard.amoxicillin,
        cupboard.student,
        dose_amount="250",
    )
    assert refused(doses, cupboard.dose(cupboard.amoxicillin)) == {"dose.order_in_conflict"}
    (row,) = [row for row in doses.round().rows if row.order.id == cupboard.amoxicillin]
    assert row.in_conflict


def test_d22_an_allergy_that_only_the_district_states_still_stops(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    allergy = note_allergy(
        clinic,
        cupboard.student,
        "Amoxicillin",
        ingredient_code="723",
        active=False,
        inactive_reason="tested negative",
    )
    doses.record(cupboard.dose(cupboard.amoxicillin)).last_act.undo(None)
    conflict(clinic, "allergies", SyncEntityType.HEALTH_RECORD, allergy, cupboard.student, active=True)
    assert refused(doses, cupboard.dose(cupboard.amoxicillin)) == {"dose.allergy_in_conflict"}


def test_m18_a_trained_aide_gives_a_dose_and_the_nurse_reviews_it(clinic: Clinic, cupboard: Cupboard) -> None:
    train_aide(clinic)
    Doses(clinic.desk(clinic.aide)).record(cupboard.dose(cupboard.amoxicillin))
    assert [task.kind for task in clinic.rows(ClinicalTask)] == [ClinicalTaskKind.CO_REVIEW]


def test_m18_an_aide_whose_training_lapsed_gives_nothing(clinic: Clinic, cupboard: Cupboard) -> None:
    train_aide(clinic, until=dt.date(2026, 10, 5))
    assert refused(Doses(clinic.desk(clinic.aide)), cupboard.dose(cupboard.amoxicillin)) == {"dose.training_lapsed"}


def test_a_viewer_charts_nothing(clinic: Clinic, cupboard: Cupboard) -> None:
    with pytest.raises(PermissionDeniedError):
        Doses(clinic.desk(clinic.viewer)).record(cupboard.dose(cupboard.amoxicillin))


def test_the_due_board_counts_the_day_and_puts_late_doses_first(
    clinic: Clinic, cupboard: Cupboard, doses: Doses
) -> None:
    write_order(
        clinic,
        cupboard.student,
        cupboard.drugs.ibuprofen,
        cupboard.consent,
        **{**strength_of("200", Unit.MG, Unit.TABLET), "times_of_day": ["08:00", "13:00"]},
    )
    doses.record(cupboard.dose(cupboard.amoxicillin))
    board = doses.due()
    assert (board.owed, board.given, board.late) == (4, 1, 1)
    assert [(dose.slot.key[-5:], dose.state) for dose in board.doses] == [
        ("08:00", SlotState.MISSED),
        ("11:30", SlotState.GIVEN),
        ("11:30", SlotState.DUE),
        ("13:00", SlotState.UPCOMING),
    ]


def test_the_sheet_shows_what_must_be_seen(clinic: Clinic, cupboard: Cupboard, doses: Doses) -> None:
    note_allergy(clinic, cupboard.student, "Tree nuts")
    sheet = doses.open_dose(cupboard.methylphenidate, cupboard.student, f"{DAY}T11:30")
    assert sheet.student.name.shown == "Amara Okonkwo-Lindqvist"
    assert (sheet.age_years, sheet.age_months) == (11, 5)
    assert [(line.allergen, line.reaction) for line in sheet.allergies] == [("Tree nuts", "hives")]
    assert (sheet.consent, sheet.consent_by) == ("SIGNED", "Ngozi Okonkwo")
    assert sheet.stock is not None
    assert (sheet.stock.balance, sheet.stock.after, sheet.stock.own) == (Decimal(20), Decimal(19), True)
    assert sheet.witness_needed
    assert sheet.stops == ()
    assert clinic.count(AuditLog, AuditLog.entity_id == cupboard.methylphenidate) == 1


def balance(clinic: Clinic, lot: uuid.UUID) -> Decimal:
    with clinic.store.read() as session:
        return session.execute(sa.select(StockBalance.quantity).where(StockBalance.lot_id == lot)).scalar_one()


def test_the_helpers_of_this_file_describe_a_dose_that_passes(cupboard: Cupboard, doses: Doses) -> None:
    dose = cupboard.dose(cupboard.amoxicillin, identity=CHECKED, label=READ)
    assert doses.assessed(dose) == ()
