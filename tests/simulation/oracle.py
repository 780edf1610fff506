"""What must hold whenever a district has come to rest: nothing lost, every desk equal to the district, no traffic."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec
from tests.simulation.desks import SimulatedDesk
from tests.simulation.districts import SimulatedDistrict
from tests.simulation.journal import Journal, Kept

from clinicdesk.domain.canonical import WireValue, same_value
from clinicdesk.domain.digest import MODULUS, bucket_of, from_signed, row_digest
from clinicdesk.server import office
from clinicdesk.server.rows import load
from clinicdesk.server.synced_tables import synced_tables
from clinicdesk.sync.tables import wire_tables

Rows = dict[tuple[str, str], dict[str, WireValue]]
AnchoredRows = dict[tuple[str, str], tuple[str, dict[str, WireValue]]]


class BrokenInvariantError(AssertionError):
    """The simulation found what must never be."""


def check(district: SimulatedDistrict, desks: Sequence[SimulatedDesk], journal: Journal) -> None:
    """All invariants of a quiet point."""
    problems = [*_sums_of_the_district(district)]
    rows = _district_rows(district)
    for desk in desks:
        problems += _unequal_rows(rows, _anchors_of(district, desk), desk)
        problems += _unequal_sums(district, desk)
        problems += _mended_for_nothing(desk)
    problems += lost_values(district, desks, journal)
    if problems:
        raise BrokenInvariantError("\n".join(problems[:12]))


# --- I0 --------------------------------------------------------------------------------------------------------------


def lost_values(district: SimulatedDistrict, desks: Sequence[SimulatedDesk], journal: Journal) -> list[str]:
    """Typed values that are neither current, nor replaced by somebody who saw them, nor kept where both sides see."""
    current = _current(district, journal)
    theirs = _kept_by_district(district)
    here = {desk.name: _kept_by_desk(desk) for desk in desks}
    scopes = {desk.name: _anchors_of(district, desk) for desk in desks}
    problems = []
    for typed in journal.entries:
        if current.holds(typed) or journal.replaced(typed):
            continue
        if not theirs.holds(typed):
            problems.append(f"lost: {typed}")
        elif not here[typed.desk].holds(typed) and _anchor(district, typed.table, typed.key) in scopes[typed.desk]:
            problems.append(f"not shown where it was written: {typed}")
    return problems


def _current(district: SimulatedDistrict, journal: Journal) -> Kept:
    kept = Kept()
    with district.database.owning() as connection:
        for table, keys in journal.rows.items():
            for key, row in load(connection, synced_tables()[table], keys).items():
                for column, value in row.values.items():
                    kept.add(table, key, column, value)
    return kept


def _kept_by_district(district: SimulatedDistrict) -> Kept:
    """Conflicts, the inbox, and what the history keeps of a second deletion."""
    kept = Kept()
    query = district.town.query
    for table, key, mine, theirs in query(
        "SELECT table_name, entity_id::text, client_version, server_version FROM sync_conflicts"
    ):
        for values in (mine, theirs):
            for column, value in (values or {}).items():
                kept.add(table, key, column, value)
    for table, key, payload in query(
        "SELECT table_name, row_id::text, payload FROM sync_inbox WHERE state <> 'SETTLED'"
    ):
        for column, (_old, new, _base) in payload["changes"].items():
            kept.add(table, key, column, new)
    for table, key, changes in query(
        "SELECT table_name, row_id::text, changes FROM change_history WHERE operation = 'delete'"
    ):
        for column, (_old, new) in changes.items():
            kept.add(table, key, column, new)
    return kept


def _kept_by_desk(desk: SimulatedDesk) -> Kept:
    """The conflicts that the desk shows, its own items that were held or rejected, and its word on a deletion."""
    kept = Kept()
    for table, key, mine, theirs in desk.query(
        "SELECT table_name, entity_id, client_version, server_version FROM sync_conflicts"
    ):
        for values in (mine, theirs):
            for column, value in (msgspec.json.decode(values) if values else {}).items():
                kept.add(table, key, column, value)
    for table, key, operation, state, changes in desk.query(
        "SELECT table_name, entity_id, action_type, state, changes FROM sync_queue_items"
        " WHERE state IN ('HELD', 'REJECTED') OR action_type = 'DELETE'"
    ):
        plan = wire_tables().by_name[table]
        del operation, state
        for column, (_old, new) in msgspec.json.decode(changes).items():
            kept.add(table, key, column, plan.wire(column, new))
    return kept


def _anchor(district: SimulatedDistrict, table: str, key: str) -> str | None:
    with district.database.owning() as connection:
        row = load(connection, synced_tables()[table], [key]).get(key)
    return None if row is None else row.anchor


# --- Equality --------------------------------------------------------------------------------------------------------


def _anchors_of(district: SimulatedDistrict, desk: SimulatedDesk) -> set[str]:
    """The anchors in the desk's scopes, as the district's own tables say."""
    district_id = district.town.district
    return {
        anchor
        for anchor, scope in district.town.query("SELECT anchor_id::text, scope_id::text FROM scope_members")
        if desk.everything or scope in {*desk.schools, district_id}
    }


def _district_rows(district: SimulatedDistrict) -> AnchoredRows:
    """Every row of the district that workstations pull, with its anchor."""
    rows: AnchoredRows = {}
    with district.database.owning() as connection:
        for name, table in synced_tables().items():
            if not table.upload_only:
                keys = [key for (key,) in connection.execute(table.keys_sql)]
                rows |= {(name, key): (row.anchor, row.values) for key, row in load(connection, table, keys).items()}
    return rows


def _desk_rows(desk: SimulatedDesk) -> Rows:
    """What stands in the tables themselves, without companions; read raw, for SQLAlchemy's types take half a second."""
    rows: Rows = {}
    with desk.store.read() as session:
        connection = session.connection()
        companions = {
            (table, key)
            for table, key in connection.exec_driver_sql("SELECT table_name, row_id FROM sync_rows WHERE companion")
        }
        for name, plan in wire_tables().by_name.items():
            if plan.pulled:
                names = ", ".join(f'"{column}"' for column in ("id", *plan.columns))
                for key, *values in connection.exec_driver_sql(f"SELECT {names} FROM {name}"):
                    if (name, key) not in companions:
                        rows[name, key] = {
                            column: plan.wire(column, value.hex() if isinstance(value, bytes) else value)
                            for column, value in zip(plan.columns, values, strict=True)
                        }
    return rows


def _own_fields(desk: SimulatedDesk) -> dict[tuple[str, str], set[str] | None]:
    """Fields that the desk keeps as its own because the district holds or refused them; None: the whole row."""
    own: dict[tuple[str, str], set[str] | None] = {}
    for table, key, operation, changes in desk.query(
        "SELECT table_name, entity_id, action_type, changes FROM sync_queue_items WHERE state IN ('HELD', 'REJECTED')"
    ):
        fields = own.setdefault((table, key), set())
        if operation == "INSERT":
            own[table, key] = None
        elif fields is not None:
            columns = wire_tables().by_name[table].shape.wire_columns
            named = set(msgspec.json.decode(changes))
            groups = {column.info.get("merge_group") for column in columns if column.name in named} - {None}
            fields |= named | {column.name for column in columns if column.info.get("merge_group") in groups}
    return own


def _staying(desk: SimulatedDesk, own: Collection[tuple[str, str]]) -> set[str]:
    """Anchors that are to leave the desk as soon as nothing of them waits any more (s44)."""
    leaving = {
        name.partition(":")[2]
        for (name,) in desk.query("SELECT name FROM device_facts WHERE name LIKE 'sync.leaving:%'")
    }
    return leaving & {_anchor_here(desk, table, key) for table, key in own} if leaving else set()


def _anchor_here(desk: SimulatedDesk, table: str, key: str) -> str:
    return next((str(anchor) for (anchor,) in desk.query(f"SELECT scope_id FROM {table} WHERE id = ?", key)), "")


def _unequal_rows(all_rows: AnchoredRows, anchors: Collection[str], desk: SimulatedDesk) -> list[str]:
    theirs = {place: values for place, (anchor, values) in all_rows.items() if anchor in anchors}
    mine, own = _desk_rows(desk), _own_fields(desk)
    problems = [f"{desk.name} lacks {table} {key}" for table, key in sorted(theirs.keys() - mine.keys())]
    staying = _staying(desk, own)
    problems += [
        f"{desk.name} has {table} {key}, the district's query for its scopes has not"
        for table, key in sorted(mine.keys() - theirs.keys())
        if (table, key) not in own and _anchor_here(desk, table, key) not in staying
    ]
    for place in sorted(theirs.keys() & mine.keys()):
        fields = own.get(place, set())
        if fields is not None:
            problems += [
                f"{desk.name} {place[0]}.{column} of {place[1]}: {mine[place].get(column)!r} here,"
                f" {theirs[place].get(column)!r} at the district"
                for column in sorted(theirs[place].keys() - fields)
                if not same_value(mine[place].get(column), theirs[place].get(column))
            ]
    return problems


def _mended_for_nothing(desk: SimulatedDesk) -> list[str]:
    """Nothing damages a row here: one that the rotating check mended was written apart from its copy (s55)."""
    (mended,) = desk.query("SELECT coalesce(sum(stats ->> '$.differing'), 0) FROM sync_sessions")
    return [f"{desk.name} mended {mended[0]} rows that nothing had damaged"] if mended[0] else []


# --- Digests ---------------------------------------------------------------------------------------------------------


def _sums_of_the_district(district: SimulatedDistrict) -> Iterable[str]:
    """The district's stored sums against its rows, all read anew."""
    return [f"district: {problem}" for problem in office.verify(district.database)]


def _unequal_sums(district: SimulatedDistrict, desk: SimulatedDesk) -> list[str]:
    """The desk's stored sums against sums made anew from its base copies, and against the district's."""
    made = _sums_anew(desk)
    stored = {
        (scope, table, bucket): (rows, from_signed(digest))
        for scope, table, bucket, rows, digest in desk.query(
            "SELECT scope_id, table_name, bucket, rows, digest FROM sync_digests"
            " WHERE scope_id IN (SELECT scope_id FROM sync_cursors)"
        )
        if (rows, digest) != (0, 0)
    }
    problems = [
        f"{desk.name} sum of {place}: {stored.get(place)} stored, {made.get(place)} made anew"
        for place in sorted(made.keys() | stored.keys())
        if made.get(place) != stored.get(place)
    ]
    roots: dict[str, int] = {}
    for (scope, _table, _bucket), (_rows, digest) in made.items():
        roots[scope] = (roots.get(scope, 0) + digest) % MODULUS
    theirs = _district_roots(district, {scope for (scope,) in desk.query("SELECT scope_id FROM sync_cursors")})
    return problems + [
        f"{desk.name} digest of scope {scope}: {roots.get(scope, 0):x}, the district has {root:x}"
        for scope, root in sorted(theirs.items())
        if roots.get(scope, 0) != root
    ]


def _sums_anew(desk: SimulatedDesk) -> dict[tuple[str, str, int], tuple[int, int]]:
    sums: dict[tuple[str, str, int], tuple[int, int]] = {}
    for table, key, version, base, scope in desk.query(
        "SELECT r.table_name, r.row_id, r.base_version, r.base, m.scope_id FROM sync_rows r"
        " JOIN scope_members m ON m.anchor_id = r.anchor_id JOIN sync_cursors c ON c.scope_id = m.scope_id"
        " WHERE NOT r.companion"
    ):
        place = (scope, table, bucket_of(key))
        rows, total = sums.get(place, (0, 0))
        digest = row_digest(table, key, version, msgspec.json.decode(base))
        sums[place] = (rows + 1, (total + digest) % MODULUS)
    return sums


def _district_roots(district: SimulatedDistrict, scopes: Collection[str]) -> dict[str, int]:
    """The digest of each scope from the district's rows."""
    found: dict[str, int] = dict.fromkeys(scopes, 0)
    for scope, tables in office.digest(district.database)["scopes"].items():
        if scope in found:
            found[scope] = sum(int(of["digest"], 16) for of in tables.values()) % MODULUS
    return found
