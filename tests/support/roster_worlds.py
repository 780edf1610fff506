"""Worlds that a school system may state: small, full of clashes, changed at random, written as OneRoster packages."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Mapping
from typing import Any

from tests.support import oneroster

Cells = dict[str, str]
World = dict[str, dict[str, Cells]]
"""File by name: its rows by sourcedId."""

_CHANGE = "sourcedId,status,dateLastModified"
_COLUMNS = {
    "orgs": "name,type,identifier,parentSourcedId",
    "academicSessions": "title,type,startDate,endDate,parentSourcedId,schoolYear",
    "users": "enabledUser,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,"
    "preferredGivenName,primaryOrgSourcedId",
    "roles": "userSourcedId,roleType,role,beginDate,endDate,orgSourcedId",
    "demographics": "birthDate,sex",
    "classes": "title,classType,schoolSourcedId",
    "enrollments": "classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate",
}
FILES = tuple(_COLUMNS)
_SCHOOLS = ("o1", "o2", "o3")
_CHILDREN = tuple(f"u{number}" for number in range(1, 6))
_ADULTS = ("g1", "g2", "g3")
_DAYS = ("", "", "", "2026-08-24", "2026-10-01", "2026-11-02", "2026-11-03", "2026-11-20", "2027-06-10")
_ROLES = ("student", "student", "student", "student", "parent", "relative", "teacher")


def nothing() -> World:
    return {file: {} for file in FILES}


def some_world(chance: random.Random) -> World:
    """Any small district: twins, shared numbers, rows that point nowhere, people without a role."""
    world = nothing()
    for file, keys, row in (
        ("orgs", _SCHOOLS, _org),
        ("academicSessions", ("s1", "s2"), _session),
        ("users", _CHILDREN, _child),
        ("users", _ADULTS, _adult),
        ("demographics", _CHILDREN, _birth),
        ("roles", tuple(f"r{number}" for number in range(1, 9)), _role),
        ("classes", ("c1", "c2"), _room),
        ("enrollments", ("e1", "e2", "e3"), _seat),
    ):
        for key in keys:
            if chance.randrange(5):
                world[file][key] = row(chance)
    return world


def changed(world: World, chance: random.Random) -> World:
    """The world some time later: rows gone, come, or different in one cell."""
    other = some_world(chance)
    after = {file: dict(rows) for file, rows in world.items()}
    keys = sorted({(file, key) for one in (world, other) for file, rows in one.items() for key in rows})
    for file, key in chance.sample(keys, min(chance.randint(1, 10), len(keys))):
        if chance.randrange(10) < 3 or key not in other[file]:
            after[file].pop(key, None)
        elif key in after[file] and chance.randrange(2):
            cell = chance.choice(sorted(other[file][key]))
            after[file][key] = {**after[file][key], cell: other[file][key][cell]}
        else:
            after[file][key] = other[file][key]
    return after


def some_modes(chance: random.Random) -> dict[str, str]:
    """Every file in a mode of its own, or all as changes."""
    if not chance.randrange(3):
        return dict.fromkeys(FILES, "delta")
    return {file: chance.choice(("bulk", "bulk", "delta", "delta", "absent")) for file in FILES}


def written(
    before: World, after: World, modes: Mapping[str, str], chance: random.Random | None = None
) -> dict[str, bytes]:
    """The files of the package that takes a desk from `before` to `after`; `chance` shuffles their rows."""
    files = {
        f"{file}.csv": _table(file, _rows(before[file], after[file], delta=modes[file] == "delta"), chance)
        for file in FILES
        if modes[file] != "absent"
    }
    manifest = [("propertyName", "value"), ("manifest.version", "1.0"), ("oneroster.version", "1.2")]
    manifest += [("source.systemCode", "worlds"), *((f"file.{file}", mode) for file, mode in modes.items())]
    return {**files, "manifest.csv": _csv(manifest)}


def package(before: World, after: World, modes: Mapping[str, str], chance: random.Random | None = None) -> io.BytesIO:
    return oneroster.zipped(written(before, after, modes, chance))


def _rows(before: Mapping[str, Cells], after: Mapping[str, Cells], *, delta: bool) -> list[Cells]:
    if not delta:
        return [{"sourcedId": key, **cells} for key, cells in after.items()]
    at = "2026-11-01T06:00:00.000Z"
    gone = [
        {"sourcedId": key, "status": "tobedeleted", "dateLastModified": at, **cells}
        for key, cells in before.items()
        if key not in after
    ]
    come = [
        {"sourcedId": key, "status": "active", "dateLastModified": at, **cells}
        for key, cells in after.items()
        if before.get(key) != cells
    ]
    return [*gone, *come]


def _table(file: str, rows: list[Cells], chance: random.Random | None) -> bytes:
    columns = f"{_CHANGE},{_COLUMNS[file]}".split(",")
    if chance is not None:
        chance.shuffle(rows)
    return _csv([columns, *([row.get(column, "") for column in columns] for row in rows)])


def _csv(table: list[Any]) -> bytes:  # rows of any sequence of text
    target = io.StringIO()
    csv.writer(target, lineterminator="\r\n").writerows(table)
    return target.getvalue().encode()


def _org(chance: random.Random) -> Cells:
    return {
        "name": chance.choice(("Elm", "Oak", "Ash")),
        "type": chance.choice(("school", "school", "school", "district")),
        "identifier": chance.choice(("", "E1", "E2")),
        "parentSourcedId": chance.choice(("", "o1", "nowhere")),
    }


def _session(chance: random.Random) -> Cells:
    return {
        "title": chance.choice(("Year", "Term")),
        "type": chance.choice(("schoolYear", "term")),
        "startDate": chance.choice(("2026-08-24", "2026-09-01")),
        "endDate": chance.choice(("2027-06-10", "2027-06-20")),
        "parentSourcedId": chance.choice(("", "s1", "s2")),
        "schoolYear": "2027",
    }


def _child(chance: random.Random) -> Cells:
    return {
        "enabledUser": "true",
        "givenName": chance.choice(("Ann", "Bea", "Cy")),
        "familyName": chance.choice(("Fixture", "Fixture", "Sample")),
        "middleName": chance.choice(("", "Q")),
        "identifier": chance.choice(("", "1", "2", "3", "4", "5")),
        "agentSourcedIds": ",".join(chance.sample(("g1", "g2", "g3", "u1"), chance.randint(0, 2))),
        "grades": chance.choice(("", "03", "04", "unknown")),
        "preferredGivenName": chance.choice(("", "Annie")),
        "primaryOrgSourcedId": chance.choice(("", "o1", "o2")),
    }


def _adult(chance: random.Random) -> Cells:
    return {
        "givenName": chance.choice(("Pat", "Kim")),
        "familyName": chance.choice(("Fixture", "Sample")),
        "email": chance.choice(("", "pat@example.org", "not an address")),
        "sms": chance.choice(("", "555-0101", "555-0102")),
        "phone": chance.choice(("", "555-0103")),
    }


def _birth(chance: random.Random) -> Cells:
    return {
        "birthDate": chance.choice(("2016-01-02", "2016-01-02", "2015-02-03", "2014-03-04", "")),
        "sex": chance.choice(("female", "male", "")),
    }


def _role(chance: random.Random) -> Cells:
    return {
        "userSourcedId": chance.choice((*_CHILDREN, *_ADULTS)),
        "roleType": chance.choice(("primary", "secondary")),
        "role": chance.choice(_ROLES),
        "beginDate": chance.choice(_DAYS),
        "endDate": chance.choice((*_DAYS, "", "", "")),
        "orgSourcedId": chance.choice(_SCHOOLS),
    }


def _room(chance: random.Random) -> Cells:
    return {
        "title": chance.choice(("Room 1", "Room 2")),
        "classType": chance.choice(("homeroom", "scheduled")),
        "schoolSourcedId": chance.choice(_SCHOOLS),
    }


def _seat(chance: random.Random) -> Cells:
    return {
        "classSourcedId": chance.choice(("c1", "c2")),
        "schoolSourcedId": chance.choice(_SCHOOLS),
        "userSourcedId": chance.choice(_CHILDREN),
        "role": chance.choice(("student", "student", "teacher")),
        "beginDate": chance.choice(_DAYS),
        "endDate": chance.choice((*_DAYS, "", "")),
    }
