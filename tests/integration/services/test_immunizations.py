"""Vaccines on a real encrypted file: what a given dose needs, old doses kept as reported, corrections and stock."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from tests.support.consents import add_parent, consents_of, publish_form, typed
from tests.support.desk import Clinic
from tests.support.vaccines import CLEAR, new_dose, vaccine_lot

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.domain.entry.historic import parse_historic_text
from clinicdesk.models import (
    AuditLog,
    ClinicalTask,
    Immunization,
    InventoryTransaction,
    Signature,
    StockBalance,
    Vaccination,
)
from clinicdesk.models.enums import (
    AuditAction,
    ClinicalTaskKind,
    DatePrecision,
    EntryKind,
    LotStatus,
    SignatureMeaning,
    TaskStatus,
)
from clinicdesk.services.consent_values import How, Withdrawal
from clinicdesk.services.immunization_values import (
    EntryOutdatedError,
    NewExemption,
    NewVaccination,
    ReportedDose,
    VaccinationRefusedError,
)
from clinicdesk.services.immunizations import Immunizations

BORN = dt.date(2015, 4, 17)


@pytest.fixture
def student(clinic: Clinic) -> uuid.UUID:
    return clinic.student(born=BORN)


@pytest.fixture
def vaccines(clinic: Clinic) -> Immunizations:
    return Immunizations(clinic.desk())


def refused(vaccines: Immunizations, dose: NewVaccination) -> set[str]:
    with pytest.raises(VaccinationRefusedError) as refusal:
        vaccines.record_vaccination(dose)
    return {finding.code for finding in refusal.value.findings}


def test_i14_a_given_dose_is_written_with_signature_stock_and_observation(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations
) -> None:
    lot = vaccine_lot(clinic)
    recorded = vaccines.record_vaccination(new_dose(student, lot_id=lot, lot_number="", expires_on=None))

    (row,) = clinic.rows(Vaccination)
    assert (row.cvx_code, row.lot_number, row.expiration_date) == ("03", "X014582", dt.date(2027, 5, 31))
    assert (row.vis_edition, row.vis_date) == ("2025-01-31", dt.date(2026, 10, 6))
    assert (row.administered_by_name, row.administered_by_title) == ("Renata Olszewski", "RN")
    assert row.administered_by_address
    (moved,) = clinic.rows(InventoryTransaction, InventoryTransaction.id == row.stock_transaction_id)
    assert moved.quantity == Decimal(-1)
    (task,) = clinic.rows(ClinicalTask)
    assert (task.kind, task.due_at) == (
        ClinicalTaskKind.OBSERVATION,
        clinic.clock.now() + dt.timedelta(minutes=15),
    )
    (signature,) = clinic.rows(Signature)
    assert (signature.row_id, signature.meaning) == (recorded.ids[0], SignatureMeaning.ADMINISTERED)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cvx": None}, "vaccine.field_missing.cvx_code"),
        ({"lot_number": " "}, "vaccine.field_missing.lot_number"),
        ({"manufacturer": ""}, "vaccine.field_missing.manufacturer"),
        ({"expires_on": None}, "vaccine.field_missing.expires_on"),
        ({"site": None}, "vaccine.field_missing.site"),
        ({"route": None}, "vaccine.field_missing.route"),
        ({"amount": None}, "vaccine.field_missing.amount"),
        ({"information_edition": None}, "vaccine.field_missing.information_edition"),
        ({"information_given_on": None}, "vaccine.field_missing.information_given_on"),
        ({"vfc": None}, "vaccine.field_missing.vfc"),
        ({"screening": {"sick_today": False}}, "vaccine.field_missing.screening_answered"),
        ({"consent_by": ""}, "vaccine.consent_missing"),
        ({"amount": Decimal(0)}, "vaccine.amount_not_positive"),
        ({"information_edition": dt.date(2026, 10, 7)}, "vaccine.information_newer_than_dose"),
    ],
)
def test_i14_each_missing_part_stops_the_dose(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations, changes: dict[str, object], code: str
) -> None:
    assert code in refused(vaccines, new_dose(student, **changes))
    assert clinic.count(Vaccination) == 0


def test_m13_an_expired_or_shut_lot_is_not_given(clinic: Clinic, student: uuid.UUID, vaccines: Immunizations) -> None:
    old = vaccine_lot(clinic, expires_on=dt.date(2026, 9, 30))
    shut = vaccine_lot(
        clinic, "Varicella", number="W033871", status=LotStatus.QUARANTINED, quarantine_reason="8.9 °C overnight"
    )
    assert refused(vaccines, new_dose(student, lot_id=old)) == {"vaccine.lot_expired"}
    assert refused(vaccines, new_dose(student, cvx="21", lot_id=shut)) == {"dose.product_quarantined"}
    assert refused(vaccines, new_dose(student, expires_on=dt.date(2026, 10, 5))) == {"vaccine.lot_expired"}


def test_a_positive_screening_answer_needs_a_reason(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations
) -> None:
    sick = new_dose(student, screening={**CLEAR, "sick_today": True})
    assert refused(vaccines, sick) == {"vaccine.screening_positive"}
    reason = "Mild cold, no fever"
    vaccines.record_vaccination(new_dose(student, screening={**CLEAR, "sick_today": True}, lifts=reason))
    (row,) = clinic.rows(Vaccination)
    assert row.screening_answers is not None
    assert row.screening_answers["reason"] == reason


def test_a_reason_lifts_no_hard_stop(student: uuid.UUID, vaccines: Immunizations) -> None:
    assert refused(vaccines, new_dose(student, consent_by="", lifts="It is fine")) == {"vaccine.consent_missing"}


def test_the_signed_consent_is_named_and_a_withdrawn_one_blocks_the_dose(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations
) -> None:
    form, mother = publish_form(clinic, "VACCINATION"), add_parent(clinic, student)
    signed = consents_of(clinic).collect(typed(form, student, mother))
    vaccines.record_vaccination(new_dose(student, consent_by=""))
    assert clinic.rows(Vaccination)[0].consent_signature_id == signed.id

    consents_of(clinic).withdraw(signed.id, Withdrawal(by="Ngozi Okonkwo", how=How.PHONE))

    again = new_dose(student, cvx="21", consent_by="Ngozi Okonkwo")
    assert refused(vaccines, again) == {"vaccine.consent_missing"}


def test_a_dose_written_down_later_keeps_its_time_and_asks_for_no_observation(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations
) -> None:
    earlier = clinic.clock.now() - dt.timedelta(days=1)
    given = new_dose(student, given_at=earlier, information_given_on=dt.date(2026, 10, 5))
    recorded = vaccines.record_vaccination(given)
    (row,) = clinic.rows(Vaccination)
    assert (row.administration_date, row.recorded_at) == (earlier, clinic.clock.now())
    assert recorded.observe_until is None
    assert vaccines.history(student).doses[0].late_entry


def test_undo_restores_the_stock_and_calls_the_observation_off(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations
) -> None:
    lot = vaccine_lot(clinic)
    recorded = vaccines.record_vaccination(new_dose(student, lot_id=lot))
    assert recorded.last_act is not None
    recorded.last_act.undo(None)
    assert vaccines.history(student).doses == ()
    assert clinic.rows(StockBalance, StockBalance.lot_id == lot)[0].quantity == Decimal(10)
    assert clinic.rows(ClinicalTask)[0].status is TaskStatus.CANCELLED
    assert [row.entry_kind for row in clinic.rows(Vaccination)] == [EntryKind.ORIGINAL, EntryKind.WITHDRAWN]


def test_d01_a_correction_supersedes_and_moves_the_stock(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations
) -> None:
    first, second = vaccine_lot(clinic), vaccine_lot(clinic, "M-M-R II", number="Y1")
    recorded = vaccines.record_vaccination(new_dose(student, lot_id=first))
    with pytest.raises(InvalidValueError):
        vaccines.correct_vaccination(recorded.ids[0], new_dose(student, lot_id=second), " ")
    vaccines.correct_vaccination(recorded.ids[0], new_dose(student, lot_id=second), "Wrong lot typed")
    (line,) = vaccines.history(student).doses
    assert (line.lot, line.corrected) == ("Y1", True)
    balances = {row.lot_id: row.quantity for row in clinic.rows(StockBalance)}
    assert (balances[first], balances[second]) == (Decimal(10), Decimal(9))
    with pytest.raises(EntryOutdatedError):
        vaccines.take_back(recorded.ids[0], "Too late")


def reported(text: str) -> list[ReportedDose]:
    return [
        ReportedDose(vaccine=line.name, cvx=line.cvx_code, date=cell.date, year=cell.year, month=cell.month)
        for line in parse_historic_text(text, dt.date(2026, 10, 6), BORN)
        for cell in line.cells
        if cell.problem is None
    ]


def test_i15_old_doses_are_kept_as_reported_and_never_guessed(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations
) -> None:
    vaccines.record_reported(student, "REGISTRY", reported("mmr 5/6/16 4/20/19\nhepb 2015\nfoo 6/2018"), "state")

    lines = {(line.vaccine, line.precision, line.problem) for line in vaccines.history(student).doses}
    assert lines == {
        ("MMR", "DAY", ""),
        ("Hep B unspecified", "YEAR", "date_partial"),
        ("foo", "MONTH", "date_partial"),
    }
    unknown = next(row for row in clinic.rows(Immunization) if row.vaccine_name == "foo")
    assert (unknown.cvx_code, unknown.date_precision) == (None, DatePrecision.MONTH)


def test_i15_an_unspecified_product_is_marked(student: uuid.UUID, vaccines: Immunizations) -> None:
    vaccines.record_reported(student, "PARENT_RECORD", reported("polio 8/1/15"))
    assert [line.problem for line in vaccines.history(student).doses] == ["product_unknown"]


def test_doses_on_record_already_are_recognised(clinic: Clinic, student: uuid.UUID, vaccines: Immunizations) -> None:
    vaccines.record_vaccination(new_dose(student))
    vaccines.record_reported(student, "REGISTRY", reported("mmr 5/6/16"))
    again = vaccines.record_reported(student, "FORMER_SCHOOL", reported("mmr 5/6/16 10/6/26 4/20/19"))
    assert [dose.date for dose in again.known] == [dt.date(2016, 5, 6), dt.date(2026, 10, 6)]
    assert clinic.count(Immunization) == 2


def test_a_combined_vaccine_stands_under_each_disease_and_no_verdict_is_given(
    student: uuid.UUID, vaccines: Immunizations
) -> None:
    vaccines.record_reported(student, "REGISTRY", reported("pediarix 6/17/15 8/17/15\nipv 5/1/19"))
    groups = {one.name: [line.on for line in one.doses] for one in vaccines.history(student).groups}
    assert set(groups) == {"DTaP/Tdap", "Hepatitis B", "Polio"}
    assert groups["Polio"] == [dt.date(2015, 6, 17), dt.date(2015, 8, 17), dt.date(2019, 5, 1)]


def test_an_exemption_stands_beside_the_doses(clinic: Clinic, student: uuid.UUID, vaccines: Immunizations) -> None:
    entry = NewExemption(
        student_id=student, cvx="03", kind="MEDICAL", reason="Leukemia treatment", since=dt.date(2026, 9, 1)
    )
    recorded = vaccines.record_exemption(entry)
    (group,) = vaccines.history(student).groups
    assert (group.name, group.doses) == ("MMR", ())
    assert group.exempt is not None
    assert recorded.last_act is not None
    recorded.last_act.undo(None)
    assert vaccines.history(student).exemptions == ()


def test_an_aide_reports_old_doses_and_gives_none(clinic: Clinic, student: uuid.UUID) -> None:
    aide = Immunizations(clinic.desk(clinic.aide))
    aide.record_reported(student, "PARENT_RECORD", reported("mmr 5/6/16"))
    with pytest.raises(PermissionDeniedError):
        aide.record_vaccination(new_dose(student))
    assert clinic.count(Vaccination) == 0


def test_opening_the_history_is_on_record_once(clinic: Clinic, student: uuid.UUID, vaccines: Immunizations) -> None:
    vaccines.open(student)
    vaccines.history(student)
    assert len(clinic.rows(AuditLog, AuditLog.action == AuditAction.READ)) == 1


def test_the_edition_handed_out_last_is_proposed(student: uuid.UUID, vaccines: Immunizations) -> None:
    assert vaccines.last_edition("03") is None
    vaccines.record_vaccination(new_dose(student))
    assert vaccines.last_edition("03") == dt.date(2025, 1, 31)


def test_the_lots_in_stock_know_their_code(clinic: Clinic, student: uuid.UUID, vaccines: Immunizations) -> None:
    vaccine_lot(clinic)
    (lot,) = vaccines.history(student).lots
    assert (lot.cvx, lot.number, lot.manufacturer, lot.funding, lot.balance) == (
        "03",
        "X014582",
        "Merck",
        "VFC",
        Decimal(10),
    )
