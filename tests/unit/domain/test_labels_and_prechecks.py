"""A scanned label, a typed check before a PRN dose, and names that could be mistaken (M1, M3, ux-spec 4 and 7.5)."""

from __future__ import annotations

import uuid

import pytest

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.findings import Tier
from clinicdesk.domain.medication.labels import ScannedLabel, ScannedPackage, assess_scan, drug_codes, read_label
from clinicdesk.domain.medication.names import tall_man
from clinicdesk.domain.medication.orders import PreCheck
from clinicdesk.domain.medication.outcomes import DoseReason, timing_reasons
from clinicdesk.domain.medication.prechecks import read_precheck

DRUG, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
CHILD, OTHER_CHILD = uuid.UUID(int=3), uuid.UUID(int=4)


def package(drug: uuid.UUID = DRUG, student: uuid.UUID | None = None, at: int = 9) -> ScannedPackage:
    return ScannedPackage(lot_id=uuid.UUID(int=at), drug_id=drug, student_id=student)


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("0143-9888-01", {"0143988801"}),
        ("50580-449-10", {"5058044910"}),
        ("00143-9888-01", {"0143988801", "0014398881"}),
        ("00143988801", {"0143988801", "0014398881"}),
        ("0143988801", {"0143988801"}),
        ("12345-6789-12", set()),
        ("hello", set()),
        ("1234-5678", set()),
    ],
)
def test_a_drug_code_has_ten_digits_however_it_is_written(written: str, codes: set[str]) -> None:
    assert drug_codes(written) == codes


@pytest.mark.parametrize(
    ("scanned", "code", "lot"),
    [
        ("301439888017", "0143988801", "301439888017"),
        ("00301439888015", "0143988801", "00301439888015"),
        ("0100301439888015172703311 06K204".replace(" ", ""), "0143988801", "6K204"),
        ("0100301439888015", "0143988801", ""),
    ],
)
def test_a_package_code_carries_the_drug_code_and_its_lot(scanned: str, code: str, lot: str) -> None:
    label = read_label(scanned)
    assert code in label.drug_codes
    assert label.lot_number == lot


def test_m03_the_ordered_drug_is_recognised_by_code_or_by_package() -> None:
    assert assess_scan(ScannedLabel(drugs=frozenset({DRUG})), DRUG, {CHILD}) is None
    assert assess_scan(ScannedLabel(packages=(package(),)), DRUG, {CHILD}) is None
    assert assess_scan(ScannedLabel(packages=(package(student=CHILD),)), DRUG, {CHILD}) is None


@pytest.mark.parametrize(
    ("label", "code", "tier"),
    [
        (ScannedLabel(drugs=frozenset({OTHER})), "dose.wrong_drug", Tier.HARD_STOP),
        (ScannedLabel(packages=(package(OTHER),)), "dose.wrong_drug", Tier.HARD_STOP),
        (ScannedLabel(packages=(package(student=OTHER_CHILD),)), "dose.package_not_theirs", Tier.HARD_STOP),
        (
            ScannedLabel(drugs=frozenset({DRUG}), packages=(package(student=OTHER_CHILD),)),
            "dose.package_not_theirs",
            Tier.HARD_STOP,
        ),
        (ScannedLabel(drugs=frozenset({DRUG, OTHER})), "dose.scan_unclear", Tier.ADVISORY),
    ],
)
def test_m01_m03_another_drug_or_another_child_s_package_stops(label: ScannedLabel, code: str, tier: Tier) -> None:
    finding = assess_scan(label, DRUG, {CHILD})
    assert finding is not None
    assert (finding.code, finding.tier) == (code, tier)


def test_m01_of_two_packages_of_one_lot_the_child_s_own_is_taken() -> None:
    school, own, other = package(at=5), package(student=CHILD, at=6), package(student=OTHER_CHILD, at=4)
    label = ScannedLabel(packages=(other, school, own))
    assert label.package_for(DRUG, {CHILD}) == own
    assert ScannedLabel(packages=(other, school)).package_for(DRUG, {CHILD}) == school


@pytest.mark.parametrize(
    ("check", "typed", "kept"),
    [
        (PreCheck.PEAK_FLOW, "190", "190 L/min"),
        (PreCheck.PEAK_FLOW, "190 l/min", "190 L/min"),
        (PreCheck.GLUCOSE, "104", "104 mg/dL"),
        (PreCheck.GLUCOSE, "5.4 mmol/L", "5.4 mmol/L"),
        (PreCheck.GLUCOSE, "5.4mmol", "5.4 mmol/L"),
        (PreCheck.TEMPERATURE, "98.6f", "98.6 °F"),
        (PreCheck.TEMPERATURE, "37", "37 °C"),
        (PreCheck.PARENT_CALL, "mother, 11:20 ", "mother, 11:20 "),
    ],
)
def test_a_check_is_kept_with_its_unit_and_words_as_they_were_typed(check: PreCheck, typed: str, kept: str) -> None:
    assert read_precheck(check, typed) == kept


@pytest.mark.parametrize(
    ("check", "typed", "problem"),
    [
        (PreCheck.PEAK_FLOW, "a lot", "not_a_number"),
        (PreCheck.PEAK_FLOW, "1900", "out_of_range"),
        (PreCheck.GLUCOSE, "5.4", "out_of_range"),
        (PreCheck.GLUCOSE, "-104", "negative"),
        (PreCheck.GLUCOSE, "104 mmol", "out_of_range"),
        (PreCheck.TEMPERATURE, "55c", "out_of_range"),
        (PreCheck.PARENT_CALL, "  ", "missing"),
    ],
)
def test_an_impossible_check_is_refused_and_names_its_problem(check: PreCheck, typed: str, problem: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        read_precheck(check, typed)
    assert (refused.value.field, refused.value.problem) == (check.value.lower(), problem)


def test_m04_early_and_late_have_their_reasons_and_other_stops_none() -> None:
    assert DoseReason.EARLY_DISMISSAL in timing_reasons("dose.early")
    assert timing_reasons("dose.late")[0] is DoseReason.NO_SHOW
    assert timing_reasons("dose.after_cut_off") == timing_reasons("dose.late")
    assert timing_reasons("dose.allergy") == ()
    assert DoseReason.OTHER not in {*timing_reasons("dose.early"), *timing_reasons("dose.late")}


def test_look_alike_names_are_written_in_tall_man_letters() -> None:
    assert tall_man("metformin ER") == "metFORMIN ER"
    assert tall_man("amoxicillin") == "amoxicillin"
