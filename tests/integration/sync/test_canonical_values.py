"""One value, one canonical form, whichever database held it: each column type of the real tables on both (D20, s56)."""

from __future__ import annotations

import datetime as dt
import decimal
import unicodedata
import uuid
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import sql
from sqlalchemy.dialects import postgresql, sqlite
from tests.integration.sync.conftest import NewDesk
from tests.support.district import Town
from tests.support.sync_rows import a_visit, an_allergy
from tests.support.workstation import Workstation, assert_equal_to_district

from clinicdesk.domain.canonical import (
    Kind,
    WireValue,
    canonical_value,
    json_from_text,
    python_value,
    same_value,
    sqlite_value,
)
from clinicdesk.domain.digest import row_digest
from clinicdesk.models.registry import canonical_kind_of
from clinicdesk.models.types import Exact
from clinicdesk.server.synced_tables import wire_sql
from clinicdesk.storage.engine import create_engine_on_new_file
from clinicdesk.sync.tables import wire_tables

KEY = "0198c8f2-7c3a-7d00-8000-00000000002a"


@dataclass(frozen=True, slots=True)
class ColumnType:
    """One way in which real columns are declared on the two databases."""

    name: str
    kind: Kind
    column: sa.Column[Any]

    def declared(self, dialect: sa.Dialect) -> str:
        return str(self.column.type.compile(dialect=dialect))


DIALECTS: tuple[sa.Dialect, ...] = (postgresql.dialect(), sqlite.dialect())  # type: ignore[no-untyped-call]
"""Of the two databases."""


def _column_types() -> list[ColumnType]:
    found: dict[tuple[object, ...], ColumnType] = {}
    for plan in wire_tables().by_name.values():
        for column in plan.shape.wire_columns:
            declared = tuple(str(column.type.compile(dialect=dialect)) for dialect in DIALECTS)
            place = (canonical_kind_of(column), *declared)
            found.setdefault(place, ColumnType(f"c{len(found)}", canonical_kind_of(column), column))
    # No column holds a time of day yet; the kind is there for the first one.
    time: sa.Column[Any] = sa.Column("time_of_day", sa.Time())
    return [*found.values(), ColumnType("time_of_day", Kind.TIME, time)]


TYPES = _column_types()


# --- Values in any spelling ----------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
ODD_TEXT = st.sampled_from(
    ["", " ", "blank behind  ", "\tTab\n", "Zoë", unicodedata.normalize("NFD", "Zoë Å é"), "ﬁ", "💉"]
)
ZONES = st.sampled_from(["UTC", "America/New_York", "America/Los_Angeles", "Asia/Kathmandu", "Australia/Lord_Howe"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT | st.floats(-(2.0**53), 2.0**53),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
JSON_VALUE = st.lists(_JSON, max_size=4) | st.dictionaries(TEXT, _JSON, max_size=4)
"""What JSON columns hold: a list or an object, never a bare number."""


def _instants() -> st.SearchStrategy[dt.datetime]:
    least, most = dt.datetime(2, 1, 1), dt.datetime(9998, 12, 31)  # noqa: DTZ001 - the zone is drawn beside it
    return st.datetimes(least, most, timezones=ZONES.map(zoneinfo.ZoneInfo), allow_imaginary=False)


def values_of(column_type: ColumnType) -> st.SearchStrategy[Any]:
    declared = column_type.column.type
    match column_type.kind:
        case Kind.UUID:
            return st.uuids() | st.uuids().map(lambda key: str(key).upper())
        case Kind.INSTANT:
            return _instants()
        case Kind.DATE:
            return st.dates()
        case Kind.TIME:
            return st.times()
        case Kind.NUMBER:
            assert isinstance(declared, Exact)
            most = decimal.Decimal(10) ** (declared.precision - declared.scale) - 1
            exact = st.decimals(-most, most, places=declared.scale)
            return exact | st.sampled_from([decimal.Decimal("1.0"), decimal.Decimal("-0"), 1])
        case Kind.INTEGER:
            return st.integers(-(2**31), 2**31 - 1)
        case Kind.BOOLEAN:
            return st.booleans() | st.sampled_from([0, 1])
        case Kind.TEXT:
            if isinstance(declared, sa.Enum):
                return st.sampled_from(declared.enums)
            length = getattr(declared, "length", None)
            texts = TEXT | ODD_TEXT
            if length is None:
                return texts
            return texts.filter(lambda text: len(unicodedata.normalize("NFC", text)) <= length)
        case Kind.JSON:
            return JSON_VALUE
        case Kind.BYTES:
            return st.binary(max_size=40)
    raise AssertionError(column_type.kind)


ROWS = st.fixed_dictionaries({one.name: st.none() | values_of(one) for one in TYPES})


# --- Both databases ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Probe:
    """A table of every column type, on a real PostgreSQL and in a real encrypted file."""

    district: psycopg.Connection[tuple[Any, ...]]
    desk: sa.Connection

    def through_the_district(self, values: dict[str, WireValue]) -> dict[str, WireValue]:
        """Written and read as the server does: one JSON text in, canonical forms made by PostgreSQL out."""
        record = {one.name: _for_json(one.kind, values[one.name]) for one in TYPES}
        self.district.execute("TRUNCATE probe")
        self.district.execute(
            "INSERT INTO probe SELECT * FROM json_populate_recordset(NULL::probe, %s::json)",
            (msgspec.json.encode([record]).decode(),),
        )
        read = sql.SQL(", ").join(wire_sql(sql.Identifier(one.name), one.kind) for one in TYPES)
        found = self.district.execute(sql.SQL("SELECT json_build_array({})::text FROM probe").format(read)).fetchone()
        assert found is not None
        return dict(zip([one.name for one in TYPES], msgspec.json.decode(found[0]), strict=True))

    def through_the_desk(self, values: dict[str, WireValue]) -> dict[str, WireValue]:
        """Written as sync stores it, read as change capture sees it."""
        stored = [sqlite_value(one.kind, values[one.name]) for one in TYPES]
        self.desk.exec_driver_sql("DELETE FROM probe")
        self.desk.exec_driver_sql(f"INSERT INTO probe VALUES ({', '.join('?' * len(TYPES))})", tuple(stored))
        row = self.desk.exec_driver_sql("SELECT * FROM probe").mappings().one()
        return {one.name: _from_desk(one.kind, row[one.name]) for one in TYPES}


def _for_json(kind: Kind, value: WireValue) -> object:
    return "\\x" + python_value(kind, value).hex() if kind is Kind.BYTES and value is not None else value


def _from_desk(kind: Kind, stored: Any) -> WireValue:
    if stored is None:
        return None
    return json_from_text(stored) if kind is Kind.JSON else canonical_value(kind, stored)


@pytest.fixture(scope="module")
def probe(postgres_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    engine = create_engine_on_new_file(tmp_path_factory.mktemp("probe") / "probe.db", bytes(range(32)))
    with psycopg.connect(postgres_uri) as district, engine.connect() as desk:
        for execute, dialect in zip((district.execute, desk.exec_driver_sql), DIALECTS, strict=True):
            columns = ", ".join(f"{one.name} {one.declared(dialect)}" for one in TYPES)
            temporary = "TEMP " if execute == district.execute else ""
            execute(f"CREATE {temporary}TABLE probe ({columns})")  # type: ignore[operator]  # no input in it
        yield Probe(district, desk)
        district.rollback()
    engine.dispose()


def test_every_kind_of_the_real_tables_is_among_them() -> None:
    assert {one.kind for one in TYPES} == set(Kind)
    assert len(TYPES) > 20


@given(ROWS)
@settings(max_examples=150)
def test_scenario_56_a_row_has_one_canonical_form_and_one_digest_on_both_databases(
    probe: Probe, row: dict[str, Any]
) -> None:
    canonical = {one.name: canonical_value(one.kind, row[one.name]) for one in TYPES}
    there, here = probe.through_the_district(canonical), probe.through_the_desk(canonical)
    for one in TYPES:
        assert same_value(there[one.name], canonical[one.name]), one
        assert same_value(here[one.name], canonical[one.name]), one
    digests = {row_digest("probe", KEY, 3, values) for values in (canonical, there, here)}
    assert len(digests) == 1


@given(ROWS)
@settings(max_examples=100)
def test_scenario_56_a_desk_stores_what_a_person_writes_as_sync_would(row: dict[str, Any]) -> None:
    """The type of the column, which services write through, and the statements of a pull leave the same in the file."""
    dialect = sqlite.dialect()
    for one in TYPES:
        canonical = canonical_value(one.kind, row[one.name])
        if canonical is None or one.kind in {Kind.JSON, Kind.TEXT}:
            continue
        bind = one.column.type.dialect_impl(dialect).bind_processor(dialect)
        value = python_value(one.kind, canonical)
        assert (value if bind is None else bind(value)) == sqlite_value(one.kind, canonical), one


@pytest.mark.parametrize(
    "notes", ["", " ", "blank behind  ", unicodedata.normalize("NFD", "Zoë"), "Zoë", "💉 1.0", "line\r\nline"]
)
def test_scenario_56_what_was_typed_comes_to_the_other_desk_as_it_is(
    town: Town, ann: Workstation, new_desk: NewDesk, notes: str
) -> None:
    visit = ann.insert(a_visit(town, notes=notes))
    empty = ann.insert(an_allergy(town, notes=None, reactions=[1.0, 1, {"b": "", "a": None}, 0.1]))
    ann.sync()
    other = new_desk(town.ann, town.oak)
    other.sync()
    for desk in (ann, other):
        desk.sync()
        assert unicodedata.normalize("NFC", desk.row("clinic_visits", visit)["notes"]) == unicodedata.normalize(
            "NFC", notes
        )
        assert desk.row("allergies", empty)["notes"] is None
    assert_equal_to_district(ann, other)


# --- 12: the zone changed while nobody was connected ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-03-08T01:59:59.999999-05:00", "2026-03-08T06:59:59.999999Z"),
        ("2026-03-08T03:00:00-04:00", "2026-03-08T07:00:00.000000Z"),
        ("2026-11-01T01:30:00-04:00", "2026-11-01T05:30:00.000000Z"),
        ("2026-11-01T01:30:00-05:00", "2026-11-01T06:30:00.000000Z"),
        ("2026-04-05T01:45:00+10:30", "2026-04-04T15:15:00.000000Z"),
    ],
)
def test_scenario_12_an_instant_is_equal_to_itself_in_every_zone(one: str, other: str) -> None:
    assert canonical_value(Kind.INSTANT, one) == other
    assert canonical_value(Kind.INSTANT, dt.datetime.fromisoformat(one)) == other


@given(_instants(), ZONES)
def test_scenario_12_equality_compares_instants_not_spellings(moment: dt.datetime, zone: str) -> None:
    elsewhere = moment.astimezone(dt.UTC).astimezone(zoneinfo.ZoneInfo(zone))
    assert canonical_value(Kind.INSTANT, elsewhere) == canonical_value(Kind.INSTANT, moment)
    later = elsewhere + dt.timedelta(microseconds=1)
    assert canonical_value(Kind.INSTANT, later.astimezone(dt.UTC) + dt.timedelta(days=1)) != canonical_value(
        Kind.INSTANT, moment
    )


def test_scenario_12_two_desks_in_other_zones_over_a_change_of_clocks_agree(
    town: Town, ann: Workstation, second: Workstation
) -> None:
    """The hour that comes twice: two visits at the same time on the wall, and one of them edited from elsewhere."""
    east, west = zoneinfo.ZoneInfo("America/New_York"), zoneinfo.ZoneInfo("America/Los_Angeles")
    wall = dt.datetime(2026, 11, 1, 1, 30, tzinfo=east)
    first_half, second_half = wall.replace(fold=0), wall.replace(fold=1)
    visits = [a_visit(town), a_visit(town)]
    for visit, moment in zip(visits, (first_half, second_half), strict=True):
        visit.check_in_time = moment
    key, again = (ann.insert(visit) for visit in visits)
    ann.sync()
    second.sync()
    stored = [second.row("clinic_visits", one)["check_in_time"] for one in (key, again)]
    assert stored == ["2026-11-01T05:30:00.000000Z", "2026-11-01T06:30:00.000000Z"]
    # The same moment, as a machine that was set to another zone meanwhile would write it: nothing changed.
    before = len(second.queue())
    second.update("clinic_visits", key, check_in_time=first_half.astimezone(west))
    assert len(second.queue()) == before
    second.update("clinic_visits", key, notes="seen from the west")
    ann.update("clinic_visits", key, check_in_time=first_half.astimezone(dt.UTC) + dt.timedelta(minutes=5))
    second.sync()
    ann.sync()
    second.sync()
    for desk in (ann, second):
        assert desk.row("clinic_visits", key)["check_in_time"] == "2026-11-01T05:35:00.000000Z"
        assert desk.row("clinic_visits", key)["notes"] == "seen from the west"
        assert desk.conflicts() == []
    assert_equal_to_district(ann, second)


def test_uuids_of_any_spelling_are_one() -> None:
    key = uuid.UUID(KEY)
    assert {canonical_value(Kind.UUID, spelling) for spelling in (key, KEY.upper(), key.hex, f"{{{KEY}}}")} == {KEY}


def test_scenario_56_a_number_that_json_cannot_hold_exactly_is_refused_alone(town: Town, ann: Workstation) -> None:
    """PostgreSQL would give it back as a whole number that no digest can be made of."""
    odd = ann.insert(an_allergy(town, reactions=[{"count": 1e22}]))
    fraction = ann.insert(an_allergy(town, reactions=[{"count": 1e-22}]))
    ann.sync()
    assert [(item["entity_id"], item["last_error"]) for item in ann.queue("REJECTED")] == [(odd, "not_canonical")]
    assert town.query("SELECT row_id::text FROM sync_inbox WHERE reason = 'not_canonical'") == [(odd,)]
    assert town.rows("allergies", fraction) is not None
    assert ann.last is not None
    assert ann.last.equal is True
