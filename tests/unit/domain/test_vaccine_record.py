"""Parts of vaccines, doses told twice, and codes on boxes: rules without disk."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from clinicdesk.domain.entry.lots import ScannedLot, read_lot_code
from clinicdesk.domain.findings import OverrideBy, Tier
from clinicdesk.domain.medication.facts import AllergyFact, AllergyStatement
from clinicdesk.domain.vaccines import BY_CVX
from clinicdesk.domain.vaccines_allergens import CONTAINS, PARTS, allergy_findings, contained
from clinicdesk.domain.vaccines_on_record import DoseMark, same_dose

DAY = dt.date(2016, 5, 6)


def fact(*sides: AllergyStatement) -> AllergyFact:
    return AllergyFact(allergy_id=uuid.UUID(int=1), sides=sides)


def said(allergen: str, *, severe: bool = True, active: bool = True) -> AllergyStatement:
    return AllergyStatement(active=active, allergen=allergen, severe=severe)


@pytest.mark.parametrize(
    ("cvx", "allergen", "part"),
    [
        ("03", "Gelatin", "gelatin"),
        ("21", "gelatina de cerdo", "gelatin"),
        ("10", "Polymyxin B", "polymyxin B"),
        ("165", "baker's yeast", "yeast"),
        ("140", "Egg white", "egg"),
        ("140", "Eggplant", ""),
        ("115", "Gelatin", ""),
        ("94", "varicella vaccine", "MMRV"),
        ("03", "Peanut", ""),
        ("20", "20", ""),
        ("03", "Cat dander", ""),
    ],
)
def test_m06_an_allergen_meets_a_part_of_the_vaccine_or_none(cvx: str, allergen: str, part: str) -> None:
    assert contained(BY_CVX[cvx], allergen) == part


def test_every_part_named_for_a_vaccine_has_its_words_and_every_code_is_known() -> None:
    assert {part for parts in CONTAINS.values() for part in parts} == set(PARTS)
    assert set(CONTAINS) <= set(BY_CVX)


def test_m06_a_severe_one_stops_for_good_and_a_mild_one_asks_for_a_reason() -> None:
    (severe,) = allergy_findings("03", [fact(said("Neomycin"))])
    (mild,) = allergy_findings("03", [fact(said("Neomycin", severe=False))])
    assert (severe.tier, severe.override) == (Tier.HARD_STOP, OverrideBy.SECOND_PERSON)
    assert (mild.tier, mild.override) == (Tier.SOFT_STOP, OverrideBy.ACTOR_WITH_REASON)


def test_egg_asks_for_a_reason_however_severe_it_is() -> None:
    (egg,) = allergy_findings("140", [fact(said("Egg"))])
    assert egg.override is OverrideBy.ACTOR_WITH_REASON


def test_d22_what_any_side_of_a_conflict_states_holds() -> None:
    disputed = fact(said("Gelatin", active=False), said("Gelatin", severe=False), said("Gelatin"))
    (finding,) = allergy_findings("03", [disputed])
    assert finding.code == "vaccine.allergy_severe"
    assert list(allergy_findings("03", [fact(said("Gelatin", active=False))])) == []
    assert list(allergy_findings(None, [disputed])) == []


def mark(cvx: str | None, name: str = "", on: dt.date = DAY, precision: str = "DAY") -> DoseMark:
    return DoseMark(cvx=cvx, name=name, on=on, precision=precision)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (mark("03"), mark("03"), True),
        (mark("03"), mark("03", on=dt.date(2016, 5, 7)), False),
        (mark("20"), mark("107"), True),
        (mark("107"), mark("110"), True),
        (mark("20"), mark("10"), False),
        (mark("20"), mark("106"), False),
        (mark("107", precision="YEAR"), mark("20", precision="YEAR"), False),
        (mark("03", precision="MONTH"), mark("03", precision="MONTH"), True),
        (mark("03", precision="MONTH"), mark("03"), False),
        (mark(None, "Foo vac"), mark(None, "foo-vac"), True),
        (mark(None, "foo"), mark("03", "foo"), True),
        (mark("9999"), mark("107"), False),
    ],
)
def test_i15_two_entries_tell_of_one_dose_or_of_two(one: DoseMark, other: DoseMark, same: bool) -> None:
    assert same_dose(one, other) is same
    assert same_dose(other, one) is same


@pytest.mark.parametrize(
    ("code", "read"),
    [
        (
            "0100312345678906172705311 0X014582".replace(" ", ""),
            ScannedLot(number="X014582", expires_on=dt.date(2027, 5, 31)),
        ),
        ("(01)00312345678906(17)270500(10)X014582", ScannedLot(number="X014582", expires_on=dt.date(2027, 5, 31))),
        (
            "0100312345678906" + "10X014582\x1d" + "17270531",
            ScannedLot(number="X014582", expires_on=dt.date(2027, 5, 31)),
        ),
        ("010031234567890610X1\x1d21S9", ScannedLot(number="X1")),
        ("X014582", None),
        ("0100312345678906", None),
        ("01003123456789061799991310X1", None),
        ("10X014582", None),
        ("990031", None),
    ],
)
def test_i14_a_code_on_a_box_says_its_lot_and_expiry(code: str, read: ScannedLot | None) -> None:
    assert read_lot_code(code) == read
