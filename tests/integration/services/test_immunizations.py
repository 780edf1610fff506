"""Vaccines on a real encrypted file: what a given dose needs, old doses kept as reported, corrections and stock."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
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
from clinicdesk.services.allergies import AllergyEntry, HealthFacts
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
    entry = vaccines.entry(student, line.id)
    assert [(one.kind, one.lot, one.reason) for one in entry.versions] == [
        ("ORIGINAL", "X014582", ""),
        ("CORRECTION", "Y1", "Wrong lot typed"),
    ]


def test_a_corrected_dose_keeps_the_time_it_was_given(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations
) -> None:
    recorded = vaccines.record_vaccination(new_dose(student))
    given_at = clinic.clock.now()
    clinic.clock.advance(dt.timedelta(minutes=4))
    corrected = vaccines.correct_vaccination(recorded.ids[0], new_dose(student, site="DELTOID_RIGHT"), "Wrong arm")
    row = next(one for one in clinic.rows(Vaccination) if one.id == corrected.ids[0])
    assert (row.administration_date, row.recorded_at) == (given_at, clinic.clock.now())


def test_m01_a_dose_is_not_moved_to_another_child_by_a_correction(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations
) -> None:
    recorded = vaccines.record_vaccination(new_dose(student))
    other = clinic.student("Emeka", "Adeyemi", born=BORN)
    with pytest.raises(InvalidValueError):
        vaccines.correct_vaccination(recorded.ids[0], new_dose(other), "Wrong child")
    assert [line.id for line in vaccines.history(student).doses] == list(recorded.ids)


def test_d01_what_was_entered_in_error_stays_readable_and_counts_nowhere(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations
) -> None:
    lot = vaccine_lot(clinic)
    recorded = vaccines.record_vaccination(new_dose(student, lot_id=lot))
    taken = vaccines.take_back(recorded.ids[0], "Given to her sister")
    history = vaccines.history(student)
    assert (history.doses, history.groups) == ((), ())
    (line,) = history.withdrawn
    assert (line.vaccine, line.withdrawn) == ("MMR", True)
    assert [(one.kind, one.reason) for one in vaccines.entry(student, line.id).versions] == [
        ("ORIGINAL", ""),
        ("WITHDRAWN", "Given to her sister"),
    ]

    taken.undo(None)
    assert [line.lot for line in vaccines.history(student).doses] == ["X014582"]
    assert clinic.rows(StockBalance, StockBalance.lot_id == lot)[0].quantity == Decimal(9)


def test_m03_a_vial_of_another_vaccine_is_refused(clinic: Clinic, student: uuid.UUID, vaccines: Immunizations) -> None:
    varicella = vaccine_lot(clinic, "Varicella", number="W033871")
    assert refused(vaccines, new_dose(student, lot_id=varicella)) == {"vaccine.lot_of_other_product"}
    assert clinic.count(InventoryTransaction) == 1


def test_m07_a_dose_that_is_on_record_for_the_day_needs_a_reason(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations
) -> None:
    vaccines.record_reported(student, "REGISTRY", reported("mmr 10/6/26"))
    assert refused(vaccines, new_dose(student)) == {"vaccine.on_record_already"}
    vaccines.record_vaccination(new_dose(student, lifts="The registry names another child"))
    assert clinic.count(Vaccination) == 1


@pytest.mark.parametrize(
    ("allergen", "severity", "code"),
    [
        ("Gelatin", "SEVERE", "vaccine.allergy_severe"),
        ("Neomicina", "LIFE_THREATENING", "vaccine.allergy_severe"),
        ("MMR vaccine", "SEVERE", "vaccine.allergy_severe"),
        ("gelatin sweets", "MILD", "vaccine.allergy"),
    ],
)
def test_m06_an_allergy_to_a_part_of_the_vaccine_stops_it(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations, allergen: str, severity: str, code: str
) -> None:
    HealthFacts(clinic.desk()).add_allergy(student, AllergyEntry(allergen=allergen, severity=severity))
    assert refused(vaccines, new_dose(student)) == {code}
    again = new_dose(student, lifts="Tolerated twice before, prescriber called")
    if code == "vaccine.allergy_severe":
        assert refused(vaccines, again) == {code}
    else:
        vaccines.record_vaccination(again)
        (row,) = clinic.rows(Vaccination)
        assert row.screening_answers is not None
        assert row.screening_answers["lifted"] == [code]


def test_an_allergy_to_something_else_stops_nothing(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations
) -> None:
    HealthFacts(clinic.desk()).add_allergy(student, AllergyEntry(allergen="Peanut", severity="LIFE_THREATENING"))
    vaccines.record_vaccination(new_dose(student))
    assert [badge.subject for badge in vaccines.history(student).badges] == ["Peanut"]


def test_i08_an_exemption_that_holds_asks_for_a_reason_and_an_ended_one_does_not(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations
) -> None:
    ended = NewExemption(
        student_id=student, cvx="94", kind="MEDICAL", reason="Steroids", since=dt.date(2026, 1, 5),
        until=dt.date(2026, 10, 5), document="Letter of the clinic, in the folder",
    )  # fmt: skip
    vaccines.record_exemption(ended)
    vaccines.record_vaccination(new_dose(student))
    history = vaccines.history(student)
    assert [one.exempt for one in history.groups] == [None]
    assert history.exemptions[0].document == "Letter of the clinic, in the folder"

    vaccines.record_exemption(replace(ended, until=dt.date(2027, 1, 5)))
    assert "vaccine.exempt" in refused(vaccines, new_dose(student, cvx="21"))


def test_an_exemption_needs_its_ground_and_a_possible_end(student: uuid.UUID, vaccines: Immunizations) -> None:
    good = NewExemption(student_id=student, cvx="03", kind="RELIGIOUS", reason="Form CH-205", since=dt.date(2026, 9, 1))
    for wrong, field in (
        (replace(good, reason=" "), "exemption_reason"),
        (replace(good, kind="WHIM"), "exemption_kind"),
        (replace(good, cvx="9999"), "cvx_code"),
        (replace(good, until=dt.date(2026, 8, 31)), "exemption_expires_on"),
    ):
        with pytest.raises(InvalidValueError) as refusal:
            vaccines.record_exemption(wrong)
        assert refusal.value.field == field
    assert vaccines.history(student).exemptions == ()


def test_d01_a_reported_dose_is_corrected_with_a_reason(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations
) -> None:
    (key,) = vaccines.record_reported(student, "PARENT_RECORD", reported("polio 2015")).ids
    right = ReportedDose(vaccine="IPV", cvx="10", date=dt.date(2015, 8, 1), lot="P77")
    with pytest.raises(InvalidValueError):
        vaccines.correct_reported(key, student, "REGISTRY", right, "", "")
    done = vaccines.correct_reported(key, student, "REGISTRY", right, "state", "The card was read")
    (line,) = vaccines.history(student).doses
    assert (line.vaccine, line.on, line.precision, line.lot) == ("IPV", dt.date(2015, 8, 1), "DAY", "P77")
    assert (line.source, line.problem, line.corrected) == ("REGISTRY", "", True)
    assert [one.vaccine for one in vaccines.entry(student, line.id).versions] == ["Polio unspecified", "IPV"]
    assert done.last_act is not None
    done.last_act.undo(None)
    assert vaccines.history(student).doses == ()


def test_i15_a_partial_date_in_the_month_of_birth_is_kept(clinic: Clinic, vaccines: Immunizations) -> None:
    child = clinic.student("Late", "Born", born=dt.date(2015, 4, 30))
    vaccines.record_reported(child, "PARENT_RECORD", [ReportedDose(vaccine="hepb", cvx="45", year=2015, month=4)])
    assert [line.precision for line in vaccines.history(child).doses] == ["MONTH"]
    with pytest.raises(InvalidValueError):
        vaccines.record_reported(child, "PARENT_RECORD", [ReportedDose(vaccine="hepb", cvx="45", year=2015, month=3)])


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


def test_a_family_name_on_the_day_of_a_product_is_the_same_dose(
    clinic: Clinic, student: uuid.UUID, vaccines: Immunizations
) -> None:
    vaccines.record_reported(student, "REGISTRY", reported("pediarix 6/17/15"))
    again = vaccines.record_reported(student, "PARENT_RECORD", reported("dtap 6/17/15 8/17/15\nmmr 6/17/16"))
    assert [dose.vaccine for dose in again.known] == ["dtap"]
    assert clinic.count(Immunization) == 3


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


def test_the_edition_handed_out_last_is_proposed(clinic: Clinic, student: uuid.UUID, vaccines: Immunizations) -> None:
    assert vaccines.history(student).editions == {}
    vaccines.record_vaccination(new_dose(student, information_edition=dt.date(2024, 8, 6)))
    clinic.clock.advance(dt.timedelta(days=1))
    vaccines.record_vaccination(new_dose(clinic.student("Emeka", "Adeyemi"), information_given_on=dt.date(2026, 10, 7)))
    assert vaccines.history(student).editions == {"03": dt.date(2025, 1, 31)}


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
