"""The typed entry of a vaccine dose: lots of the stock, what a vaccine proposes, and drafts; no disk, no window."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.entry.historic import parse_historic_text
from clinicdesk.domain.entry.lots import ScannedLot
from clinicdesk.domain.people import PersonName
from clinicdesk.domain.vaccines import BY_CVX
from clinicdesk.domain.vaccines_on_record import DoseMark
from clinicdesk.presentation.immunizations.drafts import Typed, as_draft, from_draft
from clinicdesk.presentation.immunizations.entry import (
    DoseEntry,
    all_clear,
    date_echo,
    lot_scanned,
    lot_typed,
    lot_warnings,
    lot_words,
    lots_offered,
    read_entry,
    with_lot,
)
from clinicdesk.presentation.immunizations.state import ExemptionForm, OldDoses
from clinicdesk.services.immunization_values import VaccineConsent, VaccineHistory, VaccineLot
from clinicdesk.services.student_values import StudentFacts

TODAY = dt.date(2026, 10, 6)
NOW = dt.datetime(2026, 10, 6, 15, 32, tzinfo=dt.UTC)
BORN = dt.date(2015, 4, 17)


def lot(number: str = "X014582", cvx: str = "03", **changes: object) -> VaccineLot:
    made = VaccineLot(
        id=uuid.uuid5(uuid.NAMESPACE_OID, number + cvx),
        cvx=cvx,
        vaccine=BY_CVX[cvx].short,
        number=number,
        manufacturer="Merck",
        expires_on=dt.date(2027, 5, 31),
        ndc="00000-0003-01",
        funding="VFC",
        balance=Decimal(10),
        shut=False,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # names of the lot


def history(*lots: VaccineLot) -> VaccineHistory:
    student = StudentFacts(
        id=uuid.UUID(int=5), name=PersonName(first="Amara", last="Okonkwo"), birth_date=BORN, grade="5", number="1",
        number_status="ASSIGNED", school_id=None, school="Cedar Ridge", homeroom="18", photo=None, language="en",
        gender="FEMALE", is_active=True, left_on=None, provisional=False, row_version=1,
    )  # fmt: skip
    return VaccineHistory(
        student=student, badges=(), doses=(), groups=(), exemptions=(), withdrawn=(), lots=lots,
        consent=VaccineConsent(), today=TODAY,
    )  # fmt: skip


def test_m03_a_longer_lot_number_is_another_lot() -> None:
    assert lot_typed("X0145829", (lot(),)) is None
    assert lot_typed(" x014582 ", (lot(),)) == lot()
    assert lot_typed("", (lot(),)) is None


def test_of_two_lots_with_one_number_that_of_the_chosen_vaccine_is_meant() -> None:
    both = (lot(), lot(cvx="21"))
    assert lot_typed("X014582", both, "21") == both[1]
    assert lot_typed("X014582", both) == both[0]


def test_a_line_of_the_stock_list_is_its_lot() -> None:
    assert lot_words(lot()) == "X014582 · MMR · expires May 31, 2027 · 10 left · VFC"
    assert lot_typed(lot_words(lot()), (lot(),)) == lot()


def test_a_box_is_scanned_as_our_lot_or_as_a_foreign_one() -> None:
    assert lot_scanned("010031234567890617270531" + "10X014582", (lot(),)) == lot()
    assert lot_scanned("010031234567890617270531" + "10Z9", (lot(),)) == ScannedLot(
        number="Z9", expires_on=dt.date(2027, 5, 31)
    )
    assert lot_scanned("233-0078", (lot(),)) is None


def test_m13_the_stock_list_offers_only_what_may_be_given() -> None:
    stock = (
        lot(), lot("OLD1", expires_on=dt.date(2026, 10, 5)), lot("SHUT1", shut=True),
        lot("EMPTY1", balance=Decimal(0)), lot("V1", cvx="21"),
    )  # fmt: skip
    assert [words.split(" ")[0] for words in lots_offered(stock, None, TODAY)] == ["X014582", "V1"]
    assert [words.split(" ")[0] for words in lots_offered(stock, BY_CVX["21"], TODAY)] == ["V1"]


def test_a_lot_of_another_vaccine_takes_its_own_way_of_giving() -> None:
    entry = DoseEntry(
        vaccine="MMR", site="DELTOID_LEFT", route="SUBCUTANEOUS", amount="0.5", edition="2025-01-31", proposed="03"
    )
    filled = with_lot(entry, lot("F1", cvx="111"))
    assert (filled["site"], filled["route"], filled["amount"], filled["edition"]) == ("NASAL", "INTRANASAL", "0.2", "")
    assert (filled["maker"], filled["expiry"], filled["ndc"]) == ("Merck", "2027-05-31", "00000-0003-01")


def test_m13_m03_what_is_wrong_with_a_lot_is_told_at_once() -> None:
    old = lot("OLD1", expires_on=dt.date(2026, 10, 5))
    assert [field for field, _ in lot_warnings(DoseEntry(vaccine="MMR", lot_id=old.id), history(old))] == ["expiry"]
    assert [field for field, _ in lot_warnings(DoseEntry(vaccine="Tdap", lot_id=lot().id), history(lot()))] == ["lot"]
    none_left = lot("EMPTY1", balance=Decimal(0))
    assert [field for field, _ in lot_warnings(DoseEntry(lot_id=none_left.id), history(none_left))] == ["lot"]
    assert lot_warnings(DoseEntry(vaccine="MMR", lot_id=lot().id), history(lot())) == ()


@pytest.mark.parametrize(
    ("typed", "given_at"),
    [
        ("today", None),
        ("10/5", dt.datetime(2026, 10, 5, 12, tzinfo=dt.UTC)),
    ],
)
def test_a_date_is_now_or_noon_of_its_day(typed: str, given_at: dt.datetime | None) -> None:
    assert read_entry(DoseEntry(vaccine="MMR", date=typed), history(), NOW).given_at == given_at


def test_m17_a_correction_keeps_the_time_unless_the_date_changes() -> None:
    before = dt.datetime(2026, 10, 5, 9, 14, tzinfo=dt.UTC)
    entry = DoseEntry(vaccine="MMR", date="2026-10-05", corrects=uuid.UUID(int=9), given_at=before)
    assert read_entry(entry, history(), NOW).given_at == before
    assert read_entry(replace(entry, date="today"), history(), NOW).given_at == NOW
    moved = read_entry(replace(entry, date="10/2"), history(), NOW).given_at
    assert moved == dt.datetime(2026, 10, 2, 12, tzinfo=dt.UTC)


def test_a_vaccine_that_is_none_of_the_list_is_named() -> None:
    with pytest.raises(InvalidValueError) as problem:
        read_entry(DoseEntry(vaccine="foo"), history(), NOW)
    assert problem.value.field == "vaccine"
    assert date_echo(DoseEntry(date="3/4"), TODAY) == "Mar 4, 2026"
    assert date_echo(DoseEntry(date="3/40"), TODAY) == ""


def test_a_draft_gives_back_what_was_typed_and_nothing_is_no_draft() -> None:
    entry = DoseEntry(
        vaccine="MMR", lot="X1", lot_id=uuid.UUID(int=3), screening=all_clear(), corrects=uuid.UUID(int=4),
        given_at=NOW, why="Wrong arm",
    )  # fmt: skip
    typed = Typed(
        entry=entry,
        parked=DoseEntry(vaccine="Tdap"),
        old=OldDoses(text="mmr 5/6/16", source="REGISTRY", detail="state"),
        exemption=ExemptionForm(vaccine="21", reason="Steroids", until="6/30/2027"),
    )
    draft = as_draft(typed, TODAY)
    assert draft is not None
    assert from_draft(draft, TODAY) == typed
    assert as_draft(Typed(), TODAY) is None
    assert as_draft(Typed(parked=DoseEntry()), TODAY) is None
    assert as_draft(Typed(exemption=ExemptionForm(reason="Steroids")), TODAY) is not None


def test_m17_today_in_a_draft_means_the_day_it_was_typed() -> None:
    later = TODAY + dt.timedelta(days=2)
    draft = as_draft(Typed(entry=DoseEntry(vaccine="MMR")), TODAY)
    assert draft is not None
    assert from_draft(draft, later).entry.date == "2026-10-06"
    odd = as_draft(Typed(entry=DoseEntry(date="3/40")), TODAY)
    assert odd is not None
    assert from_draft(odd, later).entry.date == "3/40"
    only_old = as_draft(Typed(old=OldDoses(text="mmr 5/6/16")), TODAY)
    assert only_old is not None
    assert from_draft(only_old, later).entry == DoseEntry()


def test_i15_old_doses_on_record_are_left_out_before_they_are_kept() -> None:
    known = (DoseMark(cvx="03", name="MMR", on=dt.date(2016, 5, 6)),)
    lines = parse_historic_text("mmr 5/6/16 4/20/19\nfoo 2018\nipv 13/40/19", TODAY, BORN)
    old = OldDoses(text="as typed", lines=lines, known=known)
    assert [(dose.vaccine, dose.date, dose.year) for dose in old.doses] == [
        ("mmr", dt.date(2019, 4, 20), 2019),
        ("foo", None, 2018),
    ]
    assert old.bad == 1
