"""The demonstration's past obeys the rules that the program enforces, and has the volumes it claims (D64)."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from clinicdesk.demonstration.calendar_facts import school_years
from clinicdesk.demonstration.history import History, volumes
from clinicdesk.demonstration.people import plan_district
from clinicdesk.demonstration.reference import Placed, reference_rows
from clinicdesk.demonstration.roster_zip import write_roster
from clinicdesk.demonstration.rows import Batch, Keys, Values
from clinicdesk.domain.vaccination_entry import AdministeredDose, VfcEligibility, assess_vaccination
from clinicdesk.domain.vaccines import SCREENING, find_vaccine
from clinicdesk.domain.validation import violations
from clinicdesk.models.base import STAMPS
from clinicdesk.models.registry import table_of
from clinicdesk.models.rules import rules_of

NOW = dt.datetime(2026, 11, 23, 16, 40, tzinfo=dt.UTC)
ZONE = ZoneInfo("America/New_York")
STUDENTS = 360

Rows = dict[str, dict[str, Values]]


def past(seed: int = 7) -> Rows:
    plan = plan_district(seed, NOW.date(), STUDENTS)
    chance = random.Random(seed)
    keys = Keys(chance)

    def some_id() -> uuid.UUID:
        return uuid.UUID(int=chance.getrandbits(128), version=4)

    contacts = {guardian.source_id: some_id() for student in plan.students for guardian in student.guardians}
    placed = Placed(some_id(), [some_id() for _ in plan.schools], [some_id() for _ in plan.students], contacts)
    years = school_years(plan.year_start, plan.year_end, NOW.date())
    reference, formulary = reference_rows(plan, placed, years, ZONE, keys, some_id())
    history = History(plan, placed, formulary, years, ZONE, keys, some_id(), NOW)
    found: Rows = defaultdict(dict)
    batches: list[Batch] = [reference, *history.batches()]
    for batch in batches:
        for table, rows in batch.tables.items():
            found[table] |= rows
    return found


@pytest.fixture(scope="module")
def rows() -> Rows:
    return past()


def with_defaults(table: str, key: str, values: Values) -> dict[str, object]:
    """A row as it will stand: what is not given has the default of its column."""
    defaults: dict[str, object] = {}
    for column in table_of(table).columns:
        if isinstance(column.default, sa.ColumnDefault) and column.name not in STAMPS and column.default.is_scalar:
            defaults[column.name] = column.default.arg
    return {"entry_kind": "ORIGINAL", **defaults, **values, "id": key}


def before_today(rows: Rows, table: str, column: str) -> int:
    """How many rows happened before this morning, for which a few more were made."""
    today = NOW.astimezone(ZONE).date()
    moments = [values[column] for values in rows[table].values()]
    return sum(isinstance(at, dt.datetime) and at.astimezone(ZONE).date() < today for at in moments)


def test_d64_every_row_obeys_the_rules_of_its_table(rows: Rows) -> None:
    broken = Counter(
        (table, found.field, found.problem)
        for table, of_table in rows.items()
        for key, values in of_table.items()
        for found in violations(rules_of(table), with_defaults(table, key, values))
    )
    assert not broken


def test_the_year_has_the_volumes_and_the_mix_of_a_district(rows: Rows) -> None:
    wanted = volumes(STUDENTS)
    assert wanted.total == round(STUDENTS * 11.4)
    doses = before_today(rows, "medication_logs", "administered_at")
    visits = before_today(rows, "clinic_visits", "check_in_time")
    assert doses == wanted.medication
    assert visits == wanted.visits + wanted.procedures
    assert len(rows["health_screenings"]) == wanted.screenings
    contacted = len(rows["contact_attempts"]) / wanted.total
    assert 0.08 < contacted < 0.14


def test_m07_no_slot_is_given_twice(rows: Rows) -> None:
    slots = Counter(
        (values["order_root_id"], values["slot_key"])
        for values in rows["medication_logs"].values()
        if values.get("slot_key")
    )
    assert max(slots.values()) == 1


def test_m02_every_dose_has_an_order_and_a_consent_in_date(rows: Rows) -> None:
    for values in rows["medication_logs"].values():
        order = rows["student_medications"][str(values["student_medication_id"])]
        consent = rows["consent_signatures"][str(order["consent_signature_id"])]
        at = values["administered_at"]
        assert isinstance(at, dt.datetime)
        assert order["start_date"] <= at <= order["end_date"]  # type: ignore[operator]  # moments
        assert consent["effective_from"] <= at.date() <= consent["expires_on"]  # type: ignore[operator]  # dates


def test_m05_as_needed_doses_keep_their_interval(rows: Rows) -> None:
    by_order: dict[object, list[dt.datetime]] = defaultdict(list)
    for values in rows["medication_logs"].values():
        at = values["administered_at"]
        assert isinstance(at, dt.datetime)
        if not values.get("slot_key"):
            by_order[values["order_root_id"]].append(at)
    assert by_order
    for order, moments in by_order.items():
        interval = rows["student_medications"][str(order)]["prn_min_interval_minutes"]
        assert isinstance(interval, int)
        ordered = sorted(moments)
        gaps = [later - earlier for earlier, later in pairwise(ordered)]
        assert all(gap >= dt.timedelta(minutes=interval) for gap in gaps)


def test_m09_no_container_ever_holds_less_than_nothing_and_counts_agree(rows: Rows) -> None:
    moves: dict[object, list[tuple[dt.datetime, Decimal]]] = defaultdict(list)
    for values in rows["inventory_transactions"].values():
        at, amount = values["occurred_at"], values["quantity"]
        assert isinstance(at, dt.datetime)
        assert isinstance(amount, Decimal)
        moves[values["lot_id"]].append((at, amount))
    for of_lot in moves.values():
        held = Decimal(0)
        for _at, amount in sorted(of_lot, key=lambda move: (move[0], -move[1])):
            held += amount
            assert held >= 0
    for count in rows["controlled_counts"].values():
        at = count["counted_at"]
        assert isinstance(at, dt.datetime)
        assert count["counted"] == sum(amount for moment, amount in moves[count["lot_id"]] if moment <= at)


def vaccine_lots(rows: Rows) -> dict[str, Values]:
    vaccines = {key for key, one in rows["medications"].items() if one["dosage_form"] == "vaccine"}
    return {key: lot for key, lot in rows["inventory_lots"].items() if str(lot["medication_id"]) in vaccines}


def test_every_school_has_vaccines_in_stock_of_invented_lots_and_one_that_has_expired(rows: Rows) -> None:
    today = NOW.astimezone(ZONE).date()
    by_school: dict[object, list[Values]] = defaultdict(list)
    for lot in vaccine_lots(rows).values():
        by_school[lot["school_id"]].append(lot)
    assert len(by_school) == 12
    for lots in by_school.values():
        names = [str(lot["lot_number"]) for lot in lots]
        assert all(name.startswith("DEMO") for name in names)
        assert len(set(names)) == len(names) >= 10
        assert {lot["funding"] for lot in lots} == {"VFC", "private"}
        assert sum(lot["expires_on"] < today for lot in lots) == 1  # type: ignore[operator]  # dates
        assert all(lot["ndc"] for lot in lots)
    products = [str(one["name"]) for one in rows["medications"].values() if one["dosage_form"] == "vaccine"]
    assert len(products) > 8
    assert all((found := find_vaccine(one)) is not None and found.short == one for one in products)


def test_m13_i14_every_vaccine_dose_came_from_a_lot_in_date_with_all_that_it_needs(rows: Rows) -> None:
    given = rows["vaccinations"]
    assert given
    lots = vaccine_lots(rows)
    for values in given.values():
        lot, moved = lots[str(values["lot_id"])], rows["inventory_transactions"][str(values["stock_transaction_id"])]
        at = values["administration_date"]
        assert isinstance(at, dt.datetime)
        assert (lot["lot_number"], lot["expires_on"]) == (values["lot_number"], values["expiration_date"])
        assert lot["received_on"] <= at.date() <= lot["expires_on"]  # type: ignore[operator]  # dates
        assert (moved["type"], moved["quantity"], moved["lot_id"]) == ("USAGE", Decimal(-1), values["lot_id"])
        dose = AdministeredDose(
            student_id=values["student_id"],  # type: ignore[arg-type]  # a key
            birth_date=dt.date(2000, 1, 1),
            cvx_code=str(values["cvx_code"]),
            given_on=at.date(),
            lot_number=str(values["lot_number"]),
            manufacturer=str(values["manufacturer"]),
            expires_on=lot["expires_on"],  # type: ignore[arg-type]  # a date
            site=str(values["site_of_administration"]),
            route=str(values["route_of_administration"]),
            amount=values["dosage_amount"],  # type: ignore[arg-type]  # a number
            unit=str(values["dosage_unit"]),
            information_edition=dt.date.fromisoformat(str(values["vis_edition"])),
            information_given_on=values["vis_date"],  # type: ignore[arg-type]  # a date
            administrator_name=str(values["administered_by_name"]),
            administrator_title=str(values["administered_by_title"]),
            administrator_address=str(values["administered_by_address"]),
            vfc=VfcEligibility(str(values["vfc_code"])),
            screening_answered=set(values["screening_answers"]) == {key for key, _ in SCREENING},  # type: ignore[call-overload]  # a JSON object
            consent_holds=bool(values["consent_by"]),
        )
        assert assess_vaccination(dose, NOW.date()) == ()


def test_m04a_no_dose_on_a_closed_day(rows: Rows) -> None:
    closed = {values["day"] for values in rows["calendar_days"].values()}
    days = {str(values["slot_key"])[:10] for values in rows["medication_logs"].values() if values.get("slot_key")}
    assert not days & {str(day) for day in closed}


def test_the_same_seed_gives_the_same_past(rows: Rows) -> None:
    again = past()
    assert again["clinic_visits"] == rows["clinic_visits"]
    assert again["medication_logs"].keys() == rows["medication_logs"].keys()
    assert past(8)["clinic_visits"].keys() != rows["clinic_visits"].keys()


def test_the_same_seed_writes_the_same_roster_package(tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        write_roster(plan_district(3, NOW.date(), 50), tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_nobody_in_it_is_real() -> None:
    plan = plan_district(3, NOW.date(), 200)
    guardians = [guardian for student in plan.students for guardian in student.guardians]
    assert all(
        guardian.phone.startswith("555-01") and guardian.email.endswith("@example.org") for guardian in guardians
    )
    assert len(plan.schools) == 12
    assert Counter(person.role for person in plan.staff) == {"NURSE": 13, "HEALTH_AIDE": 11}
